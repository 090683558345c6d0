//! Messages of a peer that are asked for again after every loss.

use std::time::Duration;

use futures::stream::{self, LocalBoxStream};
use futures::{Stream, StreamExt};
use libp2p::PeerId;

use super::backoff::Backoff;
use super::calls::CallError;
use super::{ConnectError, exchange, within};
use crate::net::streams::Control;
use crate::platform::Instant;

/// The wait before a peer that is connected is asked again.
const SOON: Duration = Duration::from_secs(1);

/// Messages of one stream.
pub(super) type Messages<T, R> = LocalBoxStream<'static, Result<T, exchange::Error<R>>>;

/// A message, or why no more of them came for now: the peer is asked again after a while.
pub(super) type Heard<T, R> = Result<T, CallError<R>>;

/// The messages that `begin` gives, begun again after every loss, later each time; as soon as the peer is
/// connected anew for whatever reason. Ends only with the network.
pub(super) fn lasting<T, R, B>(
    control: Control,
    peer: PeerId,
    backoff: Backoff,
    begin: B,
) -> impl Stream<Item = Heard<T, R>>
where
    R: std::error::Error + 'static,
    B: AsyncFn() -> Result<Messages<T, R>, CallError<R>>,
{
    let lasting = Lasting { control, peer, backoff, begin, messages: None };
    stream::unfold(lasting, async |mut lasting| Some((lasting.next().await?, lasting)))
}

struct Lasting<T, R: std::error::Error + 'static, B> {
    control: Control,
    peer: PeerId,
    backoff: Backoff,
    begin: B,
    messages: Option<Messages<T, R>>,
}

impl<T, R, B> Lasting<T, R, B>
where
    R: std::error::Error + 'static,
    B: AsyncFn() -> Result<Messages<T, R>, CallError<R>>,
{
    /// `None` when the network is stopped.
    async fn next(&mut self) -> Option<Heard<T, R>> {
        let lost = loop {
            let Some(messages) = &mut self.messages else {
                self.pause().await;
                match (self.begin)().await {
                    Ok(messages) => {
                        self.messages = Some(messages);
                        self.backoff.stands(Instant::now());
                        continue;
                    }
                    Err(CallError::Connect(ConnectError::Stopped)) => return None,
                    Err(error) => break error,
                }
            };
            match messages.next().await {
                Some(Ok(message)) => return Some(Ok(message)),
                Some(Err(error)) => break error.into(),
                None => break CallError::Connect(ConnectError::Unreachable),
            }
        };
        self.messages = None;
        self.backoff.failed(Instant::now());
        Some(Err(lost))
    }

    /// Waits until the next attempt is due, or the peer is connected to again.
    async fn pause(&self) {
        if let Some(due) = self.backoff.due() {
            let mut wait = due.saturating_duration_since(Instant::now());
            if self.control.path(self.peer).is_some() {
                // Who is here is not away: most likely it was one of two ways that was lost.
                wait = wait.min(SOON);
            }
            within(wait, self.control.next_connection(self.peer)).await;
        }
    }
}

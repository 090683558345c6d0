//! A stream of messages from a peer that is opened again after every loss.

use std::pin::pin;
use std::time::Duration;

use futures::future::{self, BoxFuture, Either, select};
use futures::stream::{self, LocalBoxStream};
use futures::{FutureExt, Stream, StreamExt};
use libp2p::PeerId;

use super::backoff::Backoff;
use super::calls::CallError;
use super::{ConnectError, exchange, within};
use crate::net::streams::Control;
use crate::platform::Instant;

/// The wait before a connected peer is asked again.
const CONNECTED_WAIT: Duration = Duration::from_secs(1);

/// The messages of one stream.
pub(super) type Messages<T, R> = LocalBoxStream<'static, Result<T, exchange::Error<R>>>;

/// A message, or why none comes for now. The peer is asked again after a while.
pub(super) type MessageResult<T, R> = Result<T, CallError<R>>;

/// Streams the messages that `open` returns, and calls `open` again after every loss, with back-off. A new
/// connection to the peer ends the back-off. If the peer is reached through one of our relays, a new
/// connection to `relay` ends it soon after. The stream ends only with the network.
pub(super) fn reconnecting<T, R, B>(
    control: Control,
    peer: PeerId,
    relay: Option<PeerId>,
    backoff: Backoff,
    open: B,
) -> impl Stream<Item = MessageResult<T, R>>
where
    R: std::error::Error + 'static,
    B: AsyncFn() -> Result<Messages<T, R>, CallError<R>>,
{
    let state = State { control, peer, relay, relay_back: None, backoff, open, messages: None };
    stream::unfold(state, async |mut state| Some((state.next().await?, state)))
}

struct State<T, R: std::error::Error + 'static, B> {
    control: Control,
    peer: PeerId,
    relay: Option<PeerId>,
    /// Ends when the relay connects again, counted from the last attempt.
    relay_back: Option<BoxFuture<'static, ()>>,
    backoff: Backoff,
    open: B,
    messages: Option<Messages<T, R>>,
}

impl<T, R, B> State<T, R, B>
where
    R: std::error::Error + 'static,
    B: AsyncFn() -> Result<Messages<T, R>, CallError<R>>,
{
    /// Returns `None` if the network has stopped.
    async fn next(&mut self) -> Option<MessageResult<T, R>> {
        let lost = loop {
            let Some(messages) = &mut self.messages else {
                self.pause().await;
                self.relay_back = self.relay.map(|relay| self.control.next_connection(relay).boxed());
                match (self.open)().await {
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

    /// Waits until the next attempt is due, or the peer connects again, or can be reached.
    async fn pause(&mut self) {
        let Some(due) = self.backoff.due() else { return };
        let mut wait = due.saturating_duration_since(Instant::now());
        if self.control.path(self.peer).is_some() {
            // A connected peer is not away. Most likely one of two connections was lost.
            wait = wait.min(CONNECTED_WAIT);
        }
        let here = self.control.next_connection(self.peer);
        let back = self.relay_back.take().unwrap_or_else(|| future::pending().boxed());
        if let Some(Either::Right(_)) = within(wait, select(pin!(here), back)).await {
            // Reset the back-off when the relay listens for us again, because the peer may be reachable
            // again.
            self.backoff.reset();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;
    use std::rc::Rc;

    use libp2p::swarm::ConnectionId;

    use super::*;
    use crate::net::event::Path;

    /// A wait that no test sees the end of.
    const LONG: Duration = Duration::from_secs(100_000);

    #[tokio::test]
    async fn a_peer_that_was_not_reached_is_asked_again_once_the_relay_between_is_back() {
        let (control, peer, relay) = (Control::new(), PeerId::random(), PeerId::random());
        let asked = Rc::new(Cell::new(0));
        let open = {
            let (asked, control) = (asked.clone(), control.clone());
            async move || {
                asked.set(asked.get() + 1);
                if asked.get() == 3 {
                    // This holds while the peer is asked, too.
                    control.connected(ConnectionId::new_unchecked(3), relay, Path::Direct);
                }
                Err::<Messages<(), Infallible>, _>(CallError::Connect(ConnectError::Unreachable))
            }
        };
        let backoff = Backoff::between((LONG, LONG));
        let mut messages = pin!(reconnecting(control.clone(), peer, Some(relay), backoff, open));
        messages.next().await;
        assert!(messages.next().now_or_never().is_none());
        assert_eq!(asked.get(), 1);
        control.connected(ConnectionId::new_unchecked(1), relay, Path::Direct);
        messages.next().await;
        assert!(messages.next().now_or_never().is_none());
        assert_eq!(asked.get(), 2);
        control.connected(ConnectionId::new_unchecked(2), peer, Path::Relayed);
        messages.next().await;
        messages.next().await;
        assert_eq!(asked.get(), 4);
    }
}

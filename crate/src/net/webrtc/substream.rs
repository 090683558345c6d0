//! One data channel as a stream of bytes. Each half can be closed or reset by itself.
//!
//! Data channels cannot be half closed, and browsers may lose what was sent just before one was closed. Hence
//! flags, and an acknowledgement of the last byte. For each channel a task, [`keep`], receives what arrives,
//! even if nobody reads, and runs until both halves are done.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures::future::{self, Either};
use futures::{AsyncRead, AsyncWrite};

use super::host::{Channel, Closed};
use super::message::{self, Flag, Message, Unframer};
use crate::platform;

/// How long a channel waits for the peer to acknowledge the last byte after its stream was dropped.
const LINGER: Duration = Duration::from_secs(10);

/// Bytes that all channels of a connection received and nobody read. Data channels have no back-pressure, so
/// a peer that exceeds this loses the channel on which it did.
pub(super) const MAX_UNREAD: usize = 16 * 1024 * 1024;

/// A stream of bytes over one data channel. Dropping it without closing resets it.
#[derive(Debug)]
pub struct Substream {
    shared: Shared,
    /// Most bytes that go into one message.
    payload: usize,
}

/// State that the substream shares with its [`keep`].
#[derive(Clone, Debug)]
pub(super) struct Shared(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    channel: Option<Box<dyn Channel>>,
    room: Room,
    unread: VecDeque<Bytes>,
    reading: Reading,
    writing: Writing,
    /// The substream was dropped.
    released: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
    keeper: Option<Waker>,
}

/// The peer's half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Open,
    /// The peer has sent its last byte.
    Finished,
    /// Nobody reads it any more, or it failed.
    Broken,
}

/// Our half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    Open,
    /// We have sent the last byte.
    Finished,
    /// The peer has acknowledged it.
    Acknowledged,
    /// The peer reads no more.
    Unwanted,
    Broken,
}

/// Room for bytes that were received and not read. The channels of a connection share it.
#[derive(Clone, Debug)]
pub(super) struct Room(Arc<AtomicUsize>);

impl Room {
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicUsize::new(MAX_UNREAD)))
    }

    fn take(&self, bytes: usize) -> bool {
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |free| free.checked_sub(bytes)).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::AcqRel);
    }
}

impl Substream {
    /// Makes a stream over a channel, to be [kept](keep). `max_message` is the size of a framed message in
    /// bytes.
    pub(super) fn new(channel: Box<dyn Channel>, max_message: usize, room: Room) -> (Self, Shared) {
        let state = State {
            channel: Some(channel),
            room,
            unread: VecDeque::new(),
            reading: Reading::Open,
            writing: Writing::Open,
            released: false,
            reader: None,
            writer: None,
            keeper: None,
        };
        let shared = Shared(Arc::new(Mutex::new(state)));
        (Self { shared: shared.clone(), payload: message::payload(max_message) }, shared)
    }
}

/// Receives what arrives over a channel until both halves are done, and then closes it.
///
/// Dropping the future closes it too.
pub(super) fn keep(shared: Shared) -> impl Future<Output = ()> + Send {
    let kept = Kept(shared);
    async move {
        let over = pin!(receive(&kept.0));
        let late = pin!(async {
            kept.0.released().await;
            platform::sleep(LINGER).await;
        });
        if let Either::Right(_) = future::select(over, late).await {
            tracing::debug!("peer did not acknowledge the end of a stream");
        }
    }
}

/// A channel that closes when nobody keeps it.
struct Kept(Shared);

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.state().close();
    }
}

async fn receive(shared: &Shared) {
    let mut unframer = Unframer::default();
    while let Some(bytes) = shared.received().await {
        unframer.push(bytes);
        loop {
            match unframer.next() {
                Ok(Some(message)) => shared.state().take(message),
                Ok(None) => break,
                Err(message::Malformed) => return shared.state().reset(),
            }
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics while it holds the lock")
    }

    /// Returns the next message, or `None` if the channel has ended or both halves are done.
    async fn received(&self) -> Option<Bytes> {
        poll_fn(|cx| {
            let mut state = self.state();
            state.keeper = Some(cx.waker().clone());
            if state.is_done() {
                return Poll::Ready(None);
            }
            state.channel.as_mut().map_or(Poll::Ready(None), |channel| channel.poll_receive(cx))
        })
        .await
    }

    async fn released(&self) {
        poll_fn(|cx| {
            let mut state = self.state();
            state.keeper = Some(cx.waker().clone());
            if state.released { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

impl State {
    fn take(&mut self, message: Message) {
        if let Some(data) = message.data
            && !data.is_empty()
            && self.reading == Reading::Open
        {
            if !self.room.take(data.len()) {
                tracing::debug!("reset a stream: more came than is read");
                return self.reset();
            }
            self.unread.push_back(data);
        }
        match message.flag.map(Flag::try_from) {
            Some(Ok(Flag::Fin)) => {
                if self.reading == Reading::Open {
                    self.reading = Reading::Finished;
                }
                self.flag(Flag::FinAck);
            }
            Some(Ok(Flag::FinAck)) if self.writing == Writing::Finished => {
                self.writing = Writing::Acknowledged
            }
            Some(Ok(Flag::StopSending)) if self.writing == Writing::Open => self.writing = Writing::Unwanted,
            Some(Ok(Flag::Reset)) => self.break_off(),
            // Ignore flags of a later specification, as protobuf does.
            _ => {}
        }
        self.wake();
    }

    /// Whether nobody waits for anything more.
    fn is_done(&self) -> bool {
        let read = self.reading != Reading::Open;
        match self.writing {
            Writing::Broken => true,
            Writing::Acknowledged => read,
            Writing::Unwanted => read && self.released,
            Writing::Open | Writing::Finished => false,
        }
    }

    /// Resets the stream, and tells the peer.
    fn reset(&mut self) {
        self.flag(Flag::Reset);
        self.break_off();
        self.wake();
    }

    fn break_off(&mut self) {
        // If the peer sent its last byte, what was read is complete, even if the channel broke afterwards.
        if self.reading == Reading::Open {
            self.forget_unread();
            self.reading = Reading::Broken;
        }
        self.writing = Writing::Broken;
    }

    /// Drops the channel, which closes it. A half that was not finished is broken; a finished one stays readable.
    fn close(&mut self) {
        self.channel = None;
        if self.reading == Reading::Open {
            self.reading = Reading::Broken;
        }
        if matches!(self.writing, Writing::Open | Writing::Unwanted) {
            self.writing = Writing::Broken;
        }
        self.wake();
    }

    fn forget_unread(&mut self) {
        let bytes = self.unread.drain(..).map(|bytes| bytes.len()).sum();
        self.room.give_back(bytes);
    }

    /// Sends a flag, if the channel is still open.
    fn flag(&mut self, flag: Flag) {
        let _ = self.channel.as_mut().ok_or(Closed).and_then(|channel| channel.send(&message::flagged(flag)));
    }

    fn wake(&mut self) {
        [self.reader.take(), self.writer.take(), self.keeper.take()]
            .into_iter()
            .flatten()
            .for_each(Waker::wake);
    }

    /// Whether we may write.
    fn writable(&self) -> io::Result<()> {
        match self.writing {
            Writing::Open => Ok(()),
            Writing::Finished | Writing::Acknowledged | Writing::Unwanted => {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            Writing::Broken => Err(io::ErrorKind::ConnectionReset.into()),
        }
    }

    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writer = Some(cx.waker().clone());
        let room = self.channel.as_mut().map_or(Poll::Ready(Err(Closed)), |channel| channel.poll_room(cx));
        room.map_err(|Closed| io::ErrorKind::ConnectionReset.into())
    }
}

impl AsyncRead for Substream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut state = self.shared.state();
        let mut filled = 0;
        while filled < buf.len()
            && let Some(first) = state.unread.front_mut()
        {
            let part = first.len().min(buf.len() - filled);
            first.copy_to_slice(&mut buf[filled..filled + part]);
            if first.is_empty() {
                state.unread.pop_front();
            }
            filled += part;
        }
        state.room.give_back(filled);
        if filled > 0 || buf.is_empty() {
            return Poll::Ready(Ok(filled));
        }
        match state.reading {
            Reading::Open => {
                state.reader = Some(cx.waker().clone());
                Poll::Pending
            }
            Reading::Finished => Poll::Ready(Ok(0)),
            Reading::Broken => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
        }
    }
}

impl AsyncWrite for Substream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let mut state = self.shared.state();
        state.writable()?;
        ready!(state.poll_room(cx))?;
        let part = &buf[..buf.len().min(self.payload)];
        let channel = state.channel.as_mut().ok_or(io::ErrorKind::ConnectionReset)?;
        channel.send(&message::framed(part)).map_err(|Closed| io::ErrorKind::ConnectionReset)?;
        Poll::Ready(Ok(part.len()))
    }

    /// Written bytes are in flight already.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Sends the end of the stream. The task waits for its acknowledgement.
    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.shared.state();
        match state.writing {
            Writing::Open => {
                ready!(state.poll_room(cx))?;
                state.flag(Flag::Fin);
                state.writing = Writing::Finished;
                Poll::Ready(Ok(()))
            }
            Writing::Finished | Writing::Acknowledged | Writing::Unwanted => Poll::Ready(Ok(())),
            Writing::Broken => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
        }
    }
}

impl Drop for Substream {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.released = true;
        state.forget_unread();
        match (state.writing, state.reading) {
            (Writing::Open, _) | (Writing::Unwanted, Reading::Open) => state.reset(),
            (Writing::Finished | Writing::Acknowledged, Reading::Open) => {
                state.flag(Flag::StopSending);
                state.reading = Reading::Broken;
            }
            _ => {}
        }
        state.wake();
    }
}

#[cfg(test)]
mod tests;

//! One data channel as a stream of bytes, each half of which can be closed or reset by itself.
//!
//! Data channels cannot be half closed, and browsers may lose what was sent last before one was closed; hence flags,
//! and an acknowledgement of the last byte. A task for each channel, [`keep`], takes what comes, whether or not
//! anybody reads, and stays until both halves are done.

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

/// How long a channel stays for the peer to acknowledge the last byte, when nobody here holds it any more.
const LINGER: Duration = Duration::from_secs(10);

/// Bytes received on all channels of a connection that nobody has read yet. Data channels know no back-pressure, so
/// that one who overflows this loses the channel by which it did.
pub(super) const MAX_UNREAD: usize = 16 * 1024 * 1024;

/// A stream of bytes over one data channel; dropping it without closing it resets it.
#[derive(Debug)]
pub struct Substream {
    shared: Shared,
    /// Most bytes that go into one message.
    payload: usize,
}

/// What the substream and its [`keep`] share.
#[derive(Clone, Debug)]
pub(super) struct Shared(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    channel: Option<Box<dyn Channel>>,
    room: Room,
    unread: VecDeque<Bytes>,
    reading: Reading,
    writing: Writing,
    /// Nobody holds the substream any more.
    released: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
    keeper: Option<Waker>,
}

/// The peer's half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Open,
    /// The peer has sent everything.
    Finished,
    /// It is no longer read, or came to a bad end.
    Broken,
}

/// Our half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    Open,
    /// We have sent everything.
    Finished,
    /// And the peer has it.
    Acknowledged,
    /// The peer reads no more.
    Unwanted,
    Broken,
}

/// Room for what is received and not yet read, common to the channels of a connection.
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
    /// A stream over a channel, to be [kept](keep); `max_message` are the bytes of a framed message.
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

/// Takes in what comes over a channel until it is done, and then closes it.
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

/// A channel that is closed when nobody keeps it.
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

    /// What comes next; `None` when nothing does, or both halves are done.
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
            // Flags of a later specification are passed over, as protobuf would have it.
            _ => {}
        }
        self.wake();
    }

    /// Whether nothing is to come that anybody waits for.
    fn is_done(&self) -> bool {
        let read = self.reading != Reading::Open;
        match self.writing {
            Writing::Broken => true,
            Writing::Acknowledged => read,
            Writing::Unwanted => read && self.released,
            Writing::Open | Writing::Finished => false,
        }
    }

    /// Gives the stream up, and says so.
    fn reset(&mut self) {
        self.flag(Flag::Reset);
        self.break_off();
        self.wake();
    }

    fn break_off(&mut self) {
        // What was sent to its end is whole, whatever came after.
        if self.reading == Reading::Open {
            self.forget_unread();
            self.reading = Reading::Broken;
        }
        self.writing = Writing::Broken;
    }

    /// Closes the channel. What was read half is broken, and what was read to its end stays readable.
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

    /// Says something about one half, if there is still somebody to hear it.
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

    /// What was written is on its way already.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Says that this was all. That the peer has it is waited for behind the scenes.
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
mod tests {
    use super::super::message::{flagged, framed};
    use super::super::script::Script;
    use super::*;
    use futures::future::BoxFuture;
    use futures::{AsyncReadExt, AsyncWriteExt, FutureExt};
    use prost::Message as _;

    /// A substream, its keeper, and the peer.
    fn stream() -> (Substream, BoxFuture<'static, ()>, Script) {
        stream_in(Room::new())
    }

    fn stream_in(room: Room) -> (Substream, BoxFuture<'static, ()>, Script) {
        let (channel, script) = Script::channel();
        let (substream, shared) = Substream::new(channel, message::LEAST, room);
        (substream, keep(shared).boxed(), script)
    }

    fn flags(script: &Script) -> Vec<Flag> {
        script.sent().iter().filter_map(|message| Flag::try_from(message.flag?).ok()).collect()
    }

    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        future.now_or_never()
    }

    /// What a reader gets, up to the end or an error.
    fn rest(substream: &mut Substream) -> Option<io::Result<Vec<u8>>> {
        let mut all = Vec::new();
        now(substream.read_to_end(&mut all)).map(|read| read.map(|_| all))
    }

    #[test]
    fn both_halves_end_and_then_the_channel_is_closed() {
        let (mut substream, mut keeper, peer) = stream();
        now(substream.write_all(b"question")).unwrap().unwrap();
        now(substream.close()).unwrap().unwrap();
        let sent = peer.sent();
        assert_eq!((sent[0].data.as_deref(), sent[1].flag), (Some(&b"question"[..]), Some(Flag::Fin.into())));
        assert_eq!(now(substream.write(b"more")).unwrap().unwrap_err().kind(), io::ErrorKind::BrokenPipe);

        for bytes in [flagged(Flag::FinAck), framed(b"ans"), framed(b"wer"), flagged(Flag::Fin)] {
            assert!(now(&mut keeper).is_none() && !peer.is_closed());
            peer.push(bytes);
        }
        assert!(now(&mut keeper).is_some() && peer.is_closed());
        assert_eq!(flags(&peer), [Flag::FinAck]);
        assert_eq!(rest(&mut substream).unwrap().unwrap(), b"answer");
    }

    #[test]
    fn a_reader_waits_for_the_rest_of_a_message() {
        let (mut substream, mut keeper, peer) = stream();
        let message = framed(&[7; 300]);
        peer.push(message[..100].to_vec());
        assert!(now(&mut keeper).is_none() && now(substream.read(&mut [0; 1000])).is_none());
        peer.push(message[100..].to_vec());
        assert!(now(&mut keeper).is_none());
        assert_eq!(now(substream.read(&mut [0; 1000])).unwrap().unwrap(), 300);
    }

    #[test]
    fn writing_waits_for_room_and_messages_stay_within_their_size() {
        let (mut substream, _keeper, peer) = stream();
        peer.fill(true);
        assert!(now(substream.write(b"a")).is_none() && peer.sent().is_empty());
        peer.fill(false);
        now(substream.write_all(&[7; 50_000])).unwrap().unwrap();
        let sent = peer.sent();
        assert!(sent.len() == 4 && sent.iter().all(|message| message.encoded_len() < message::LEAST));
    }

    #[test]
    fn a_stream_dropped_without_being_closed_is_reset() {
        let (substream, mut keeper, peer) = stream();
        drop(substream);
        assert_eq!(flags(&peer), [Flag::Reset]);
        assert!(now(&mut keeper).is_some() && peer.is_closed());
    }

    #[test]
    fn a_reset_ends_both_halves_and_takes_nothing_from_what_was_sent_to_its_end() {
        let (mut substream, mut keeper, peer) = stream();
        peer.push(framed(b"cut"));
        peer.push(flagged(Flag::Reset));
        assert!(now(&mut keeper).is_some());
        assert_eq!(rest(&mut substream).unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(now(substream.write(b"x")).unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionReset);

        let (mut substream, mut keeper, peer) = stream();
        for bytes in [framed(b"whole"), flagged(Flag::Fin), flagged(Flag::Reset)] {
            peer.push(bytes);
        }
        assert!(now(&mut keeper).is_some());
        assert_eq!(rest(&mut substream).unwrap().unwrap(), b"whole");
    }

    #[test]
    fn a_channel_that_closes_early_is_never_taken_for_the_end() {
        let (mut substream, mut keeper, peer) = stream();
        peer.push(framed(b"cut"));
        peer.close();
        assert!(now(&mut keeper).is_some());
        assert_eq!(rest(&mut substream).unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    }

    #[test]
    fn a_peer_that_stops_reading_can_still_be_read() {
        let (mut substream, mut keeper, peer) = stream();
        peer.push(flagged(Flag::StopSending));
        peer.push(framed(b"still"));
        assert!(now(&mut keeper).is_none());
        assert_eq!(now(substream.write(b"x")).unwrap().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(now(substream.read(&mut [0; 9])).unwrap().unwrap(), 5);
        assert!(flags(&peer).is_empty(), "a reset is no answer to this");
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_stream_stays_behind_the_scenes_until_the_peer_has_everything() {
        let (mut substream, mut keeper, peer) = stream();
        now(substream.close()).unwrap().unwrap();
        drop(substream);
        assert_eq!(flags(&peer), [Flag::Fin, Flag::StopSending]);
        assert!(now(&mut keeper).is_none() && !peer.is_closed());
        peer.push(flagged(Flag::FinAck));
        assert!(now(&mut keeper).is_some() && peer.is_closed());

        let (mut substream, keeper, peer) = stream();
        now(substream.close()).unwrap().unwrap();
        drop(substream);
        let start = tokio::time::Instant::now();
        keeper.await;
        assert!(peer.is_closed() && start.elapsed() >= LINGER);
    }

    #[test]
    fn nobody_who_waits_is_left_behind_when_the_connection_goes() {
        let (mut substream, mut keeper, peer) = stream();
        assert!(now(&mut keeper).is_none() && now(substream.read(&mut [0])).is_none());
        drop(keeper);
        assert!(peer.is_closed());
        assert!(
            now(substream.read(&mut [0])).unwrap().is_err() && now(substream.write(b"x")).unwrap().is_err()
        );
    }

    #[test]
    fn a_flood_that_nobody_reads_costs_its_own_stream_only() {
        let room = Room::new();
        let (mut flooded, mut keeper, flooder) = stream_in(room.clone());
        let (mut other, mut keeper_of_other, peer) = stream_in(room);
        let payload = message::payload(message::MOST);
        for _ in 0..MAX_UNREAD / payload {
            flooder.push(framed(&vec![7; payload]));
        }
        assert!(now(&mut keeper).is_none());
        flooder.push(framed(&vec![7; payload]));
        assert!(now(&mut keeper).is_some() && flooder.is_closed());
        assert_eq!(flags(&flooder), [Flag::Reset]);
        assert!(now(flooded.read(&mut [0])).unwrap().is_err());

        peer.push(framed(&vec![7; payload]));
        assert!(now(&mut keeper_of_other).is_none());
        assert!(now(other.read(&mut [0; 10])).unwrap().is_ok());
    }

    #[test]
    fn what_is_no_message_costs_its_own_stream_only() {
        let (mut substream, mut keeper, peer) = stream();
        peer.push(vec![0xff; 100]);
        assert!(now(&mut keeper).is_some() && peer.is_closed());
        assert!(now(substream.read(&mut [0])).unwrap().is_err());
    }
}

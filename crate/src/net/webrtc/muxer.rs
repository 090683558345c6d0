//! A peer connection as libp2p sees it: every stream is a data channel.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use libp2p::core::muxing::{StreamMuxer, StreamMuxerEvent};

use super::host::{Channel, Closed, Connection, HostCommand, HostEvent};
use super::role::{INIT, OpenConnection};
use super::substream::{Room, Substream, keep};
use crate::platform;

/// Channels of one connection, with those whose end the peer did not acknowledge. Two peers like us hold
/// fewer. If a peer opens more, the connection is closed, as with Yamux.
pub const MAX_CHANNELS: usize = 1024;

/// Channels that the peer opened and that were not taken yet.
const MAX_UNTAKEN: usize = 512;

/// Browsers report after two and a half seconds that nothing arrives. After as long again, the circuit is
/// better.
const PATIENCE: Duration = Duration::from_millis(2_500);

/// Why a direct connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndReason {
    /// Nothing arrived for five seconds, or the connection failed.
    #[error("the direct way to the peer is lost")]
    Lost,
    /// The window that made the connection is gone.
    #[error("the page's window let go of the connection")]
    Host(#[from] Closed),
    /// The peer opened too many channels.
    #[error("peer opened more than {MAX_CHANNELS} channels")]
    TooManyChannels,
}

/// An authenticated direct connection to a peer.
pub struct Muxer {
    connection: Connection,
    max_message: usize,
    room: Room,
    incoming: VecDeque<Box<dyn Channel>>,
    /// See [`OpenConnection::init`].
    _init: Option<Box<dyn Channel>>,
    opened: VecDeque<Box<dyn Channel>>,
    /// A channel was asked for and has not arrived yet.
    asked: bool,
    keepers: FuturesUnordered<BoxFuture<'static, ()>>,
    /// Runs while nothing arrives.
    interrupted: Option<BoxFuture<'static, ()>>,
    ended: Option<EndReason>,
}

impl Muxer {
    pub(super) fn new(established: OpenConnection) -> Self {
        Self {
            connection: established.connection,
            max_message: established.max_message,
            room: Room::new(),
            incoming: established.early.into(),
            _init: established.init,
            opened: VecDeque::new(),
            asked: false,
            keepers: FuturesUnordered::new(),
            interrupted: None,
            ended: None,
        }
    }

    /// Handles all events that are here.
    fn drive(&mut self, cx: &mut Context<'_>) -> Result<(), EndReason> {
        while self.ended.is_none()
            && let Poll::Ready(event) = self.connection.events().poll_next_unpin(cx)
        {
            self.ended = self.on_event(event).err();
        }
        while let Poll::Ready(Some(())) = self.keepers.poll_next_unpin(cx) {}
        if self.interrupted.as_mut().is_some_and(|patience| patience.poll_unpin(cx).is_ready()) {
            self.ended.get_or_insert(EndReason::Lost);
        }
        self.ended.map_or(Ok(()), Err)
    }

    fn on_event(&mut self, event: Option<HostEvent>) -> Result<(), EndReason> {
        match event {
            Some(HostEvent::Incoming { label, channel }) if label == INIT => self._init = Some(channel),
            Some(HostEvent::Incoming { channel, .. }) => {
                if self.incoming.len() >= MAX_UNTAKEN || self.keepers.len() >= MAX_CHANNELS {
                    return Err(EndReason::TooManyChannels);
                }
                self.incoming.push_back(channel);
            }
            Some(HostEvent::Opened(channel)) => {
                self.asked = false;
                self.opened.push_back(channel);
            }
            Some(HostEvent::Connected { .. }) => self.interrupted = None,
            Some(HostEvent::Interrupted) => {
                self.interrupted.get_or_insert_with(|| platform::sleep(PATIENCE).boxed());
            }
            Some(HostEvent::Failed) => return Err(EndReason::Lost),
            // The peers are connected, so more candidates do not matter.
            Some(HostEvent::Candidate(_) | HostEvent::Described(_)) => {}
            None => return Err(Closed.into()),
        }
        Ok(())
    }

    fn substream(&mut self, channel: Box<dyn Channel>, cx: &Context<'_>) -> Substream {
        let (substream, shared) = Substream::new(channel, self.max_message, self.room.clone());
        self.keepers.push(keep(shared).boxed());
        // The new task must be polled once.
        cx.waker().wake_by_ref();
        substream
    }
}

impl StreamMuxer for Muxer {
    type Substream = Substream;
    type Error = EndReason;

    fn poll_inbound(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Substream, EndReason>> {
        self.drive(cx)?;
        let Some(channel) = self.incoming.pop_front() else { return Poll::Pending };
        Poll::Ready(Ok(self.substream(channel, cx)))
    }

    fn poll_outbound(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Substream, EndReason>> {
        self.drive(cx)?;
        if let Some(channel) = self.opened.pop_front() {
            return Poll::Ready(Ok(self.substream(channel, cx)));
        }
        // Wake the tasks that wait when a channel ends.
        if !self.asked && self.keepers.len() < MAX_CHANNELS {
            self.connection.send_command(HostCommand::Open { label: "" })?;
            self.asked = true;
        }
        Poll::Pending
    }

    /// Nothing has to be sent: the host closes the connection, and the peer's browser notices.
    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), EndReason>> {
        Poll::Ready(Ok(()))
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<StreamMuxerEvent, EndReason>> {
        self.drive(cx)?;
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::super::host::HostConnection;
    use super::super::message::{self, Flag, flagged, framed};
    use super::super::script::{self, Script};
    use super::*;
    use futures::channel::mpsc;
    use futures::{AsyncReadExt, AsyncWriteExt};
    use libp2p::core::muxing::StreamMuxerExt;
    use std::future::poll_fn;

    struct World {
        muxer: Muxer,
        commands: mpsc::Receiver<HostCommand>,
        events: mpsc::Sender<HostEvent>,
    }

    fn world() -> World {
        let (connection, HostConnection { commands, events }) = script::connection();
        let established =
            OpenConnection { connection, early: Vec::new(), init: None, max_message: message::LEAST };
        World { muxer: Muxer::new(established), commands, events }
    }

    impl World {
        /// A channel that the peer opened, taken from the queue.
        fn incoming(&mut self) -> (Substream, Script) {
            let (channel, script) = Script::channel();
            self.events.try_send(HostEvent::Incoming { label: String::new(), channel }).unwrap();
            (self.inbound().expect("it is there").unwrap(), script)
        }

        fn inbound(&mut self) -> Option<Result<Substream, EndReason>> {
            poll_fn(|cx| self.muxer.poll_inbound_unpin(cx)).now_or_never()
        }

        fn outbound(&mut self) -> Option<Result<Substream, EndReason>> {
            poll_fn(|cx| self.muxer.poll_outbound_unpin(cx)).now_or_never()
        }

        fn ended(&mut self) -> Option<EndReason> {
            let polled = poll_fn(|cx| self.muxer.poll_unpin(cx)).now_or_never();
            polled.map(|ended| ended.map(drop).unwrap_err())
        }
    }

    #[test]
    fn streams_come_and_go_both_ways() {
        let mut world = world();
        assert!(world.inbound().is_none() && world.outbound().is_none());
        assert!(world.outbound().is_none(), "one channel at a time is asked for");
        assert_eq!(world.commands.try_recv().unwrap(), HostCommand::Open { label: "" });
        assert!(world.commands.try_recv().is_err());
        let (channel, far) = Script::channel();
        world.events.try_send(HostEvent::Opened(channel)).unwrap();
        let mut out = world.outbound().unwrap().unwrap();
        out.write_all(b"hello").now_or_never().unwrap().unwrap();
        assert_eq!(far.sent()[0].data.as_deref(), Some(&b"hello"[..]));

        let (mut stream, peer) = world.incoming();
        peer.push(framed(b"hi"));
        assert!(world.ended().is_none());
        assert_eq!(stream.read(&mut [0; 9]).now_or_never().unwrap().unwrap(), 2);
        peer.push([flagged(Flag::Fin), flagged(Flag::FinAck)].concat());
        stream.close().now_or_never().unwrap().unwrap();
        assert!(world.ended().is_none() && peer.is_closed());
    }

    #[test]
    fn the_first_channel_of_a_connection_is_no_stream_and_left_for_the_peer_to_close() {
        let mut world = world();
        let (channel, script) = Script::channel();
        world.events.try_send(HostEvent::Incoming { label: INIT.into(), channel }).unwrap();
        assert!(world.inbound().is_none() && !script.is_closed());
    }

    #[test]
    fn ten_thousand_channels_end_the_connection() {
        let mut world = world();
        let mut held = Vec::new();
        let mut scripts = Vec::new();
        let ended = (0..10_000).find_map(|_| {
            let (channel, script) = Script::channel();
            scripts.push(script);
            world.events.try_send(HostEvent::Incoming { label: String::new(), channel }).unwrap();
            match world.inbound().unwrap() {
                Ok(stream) => held.push(stream),
                Err(ended) => return Some(ended),
            }
            None
        });
        assert_eq!((ended, held.len()), (Some(EndReason::TooManyChannels), MAX_CHANNELS));
        drop(world);
        assert!(scripts.iter().all(Script::is_closed));
    }

    #[test]
    fn channels_that_nobody_takes_end_the_connection() {
        let mut world = world();
        let ended = (0..10_000).find_map(|_| {
            world
                .events
                .try_send(HostEvent::Incoming { label: String::new(), channel: Script::channel().0 })
                .unwrap();
            world.ended()
        });
        assert_eq!(ended, Some(EndReason::TooManyChannels));
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_interruption_is_waited_out_and_a_long_one_ends_the_connection() {
        let mut world = world();
        world.events.try_send(HostEvent::Interrupted).unwrap();
        assert!(world.ended().is_none());
        tokio::time::sleep(PATIENCE - Duration::from_millis(1)).await;
        assert!(world.ended().is_none());
        world.events.try_send(HostEvent::Connected { max_message: 1 }).unwrap();
        assert!(world.ended().is_none());
        tokio::time::sleep(PATIENCE).await;
        assert!(world.ended().is_none());
        world.events.try_send(HostEvent::Interrupted).unwrap();
        assert!(world.ended().is_none());
        tokio::time::sleep(PATIENCE).await;
        assert_eq!(world.ended(), Some(EndReason::Lost));
    }

    #[test]
    fn a_connection_that_is_lost_ends_and_so_do_its_streams() {
        let mut first = world();
        first.events.try_send(HostEvent::Failed).unwrap();
        assert_eq!(first.ended(), Some(EndReason::Lost));
        let mut second = world();
        second.events.close_channel();
        assert_eq!(second.ended(), Some(EndReason::Host(Closed)));

        let mut third = world();
        let (mut stream, _peer) = third.incoming();
        drop(third);
        assert!(stream.read(&mut [0]).now_or_never().unwrap().is_err());
    }
}

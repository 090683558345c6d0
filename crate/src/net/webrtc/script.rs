//! Scripted peers and hosts for the tests of this module.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use super::host::{Channel, Closed, Connection, Host, HostConnection};
use super::message::{Message, Unframer};

/// The other end of a channel.
#[derive(Clone, Debug, Default)]
pub(super) struct Script(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    coming: VecDeque<Bytes>,
    sent: Vec<u8>,
    full: bool,
    /// The peer closed it.
    closed: bool,
    /// We closed it.
    dropped: bool,
    wakers: Vec<Waker>,
}

#[derive(Debug)]
struct Scripted(Script);

impl Script {
    /// A channel and its other end.
    pub(super) fn channel() -> (Box<dyn Channel>, Self) {
        let script = Self::default();
        (Box::new(Scripted(script.clone())), script)
    }

    /// A message from the peer.
    pub(super) fn push(&self, bytes: impl Into<Bytes>) {
        self.change(|state| state.coming.push_back(bytes.into()));
    }

    /// The peer closes the channel.
    pub(super) fn close(&self) {
        self.change(|state| state.closed = true);
    }

    /// Whether the send buffer is full.
    pub(super) fn fill(&self, full: bool) {
        self.change(|state| state.full = full);
    }

    /// Returns what was sent since the last call.
    pub(super) fn sent(&self) -> Vec<Message> {
        let mut unframer = Unframer::default();
        unframer.push(std::mem::take(&mut self.state().sent).into());
        std::iter::from_fn(|| unframer.next().unwrap()).collect()
    }

    /// Whether we have closed the channel.
    pub(super) fn is_closed(&self) -> bool {
        self.state().dropped
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        state.wakers.drain(..).for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl Channel for Scripted {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut state = self.0.state();
        match state.coming.pop_front() {
            Some(bytes) => Poll::Ready(Some(bytes)),
            None if state.closed => Poll::Ready(None),
            None => {
                state.wakers.push(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Closed>> {
        let mut state = self.0.state();
        if state.closed {
            return Poll::Ready(Err(Closed));
        }
        if state.full {
            state.wakers.push(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    fn send(&mut self, message: &[u8]) -> Result<(), Closed> {
        let mut state = self.0.state();
        if state.closed {
            return Err(Closed);
        }
        state.sent.extend_from_slice(message);
        Ok(())
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.0.change(|state| state.dropped = true);
    }
}

/// A peer connection and its host's end.
pub(super) fn connection() -> (Connection, HostConnection) {
    let (host, mut connections) = Host::new();
    let connection = host.connect().unwrap();
    (connection, connections.try_recv().unwrap())
}

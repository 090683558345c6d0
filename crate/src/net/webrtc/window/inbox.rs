//! Messages that arrived over a channel, and the tasks that wait for them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::net::webrtc::host::Closed;
use crate::net::webrtc::substream::MAX_UNREAD;

/// State that a channel shares with its listeners. A page has one thread.
#[derive(Clone, Debug, Default)]
pub(super) struct Inbox(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    received: VecDeque<Bytes>,
    unread: usize,
    open: bool,
    closed: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Inbox {
    /// The channel is open.
    pub(super) fn open(&self) {
        self.change(|state| state.open = true);
    }

    /// The channel is closed, so nothing more arrives.
    pub(super) fn close(&self) {
        self.change(|state| state.closed = true);
    }

    /// There may be room to send again.
    pub(super) fn wake_writer(&self) {
        if let Some(writer) = self.0.borrow_mut().writer.take() {
            writer.wake();
        }
    }

    /// A message arrived. Text, or more than fits, ends the channel.
    pub(super) fn receive(&self, message: &JsValue) {
        self.change(|state| {
            let within = message
                .dyn_ref::<ArrayBuffer>()
                .filter(|buffer| state.unread.saturating_add(buffer.byte_length() as usize) <= MAX_UNREAD);
            match within {
                Some(buffer) => {
                    let bytes = Bytes::from(Uint8Array::new(buffer).to_vec());
                    state.unread += bytes.len();
                    state.received.push_back(bytes);
                }
                None => state.closed = true,
            }
        });
    }

    pub(super) fn is_closed(&self) -> bool {
        self.0.borrow().closed
    }

    pub(super) fn poll_receive(&self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut state = self.0.borrow_mut();
        // Browsers may deliver messages before they report that the channel is open.
        if (state.open || state.closed)
            && let Some(bytes) = state.received.pop_front()
        {
            state.unread -= bytes.len();
            return Poll::Ready(Some(bytes));
        }
        if state.closed {
            return Poll::Ready(None);
        }
        state.reader = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Ready when the channel is open and `has_room`.
    pub(super) fn poll_room(&self, cx: &mut Context<'_>, has_room: bool) -> Poll<Result<(), Closed>> {
        let mut state = self.0.borrow_mut();
        if state.closed {
            return Poll::Ready(Err(Closed));
        }
        if state.open && has_room {
            return Poll::Ready(Ok(()));
        }
        state.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.0.borrow_mut();
        let before = (state.open, state.closed);
        change(&mut state);
        let writer = if before == (state.open, state.closed) { None } else { state.writer.take() };
        [state.reader.take(), writer].into_iter().flatten().for_each(Waker::wake);
    }
}

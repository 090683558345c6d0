//! One WebSocket as a stream of bytes, with back-pressure in both directions.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;
use std::{fmt, io};

use bytes::{Buf, Bytes};
use futures::channel::oneshot;
use futures::future::BoxFuture;
use futures::{AsyncRead, AsyncWrite, FutureExt};
use js_sys::{ArrayBuffer, Uint8Array};
use send_wrapper::SendWrapper;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use super::DialError;
use crate::platform;

/// Bytes in the browser's send buffer at which a writer waits: some ten milliseconds of a fast line.
const SEND_MARK: u32 = 1024 * 1024;

/// A waiting writer goes on at this level, early enough that the line never runs dry.
const SEND_LOW: u32 = SEND_MARK / 2;

/// How often a waiting writer checks. Browsers allow no shorter repeated timer.
const RECHECK: Duration = Duration::from_millis(4);

/// Bytes received and not read at which the connection is closed. Yamux's windows keep an honest peer far
/// below. A browser has no means to slow down a peer that ignores them.
const RECEIVE_LIMIT: usize = 32 * 1024 * 1024;

/// The browser's code for an orderly end.
const CLOSED_NORMALLY: u16 = 1000;

/// An open WebSocket.
pub struct Connection {
    // A page has one thread. libp2p requires `Send` nevertheless.
    inner: SendWrapper<Inner>,
    /// Runs while a writer waits for room.
    recheck: Option<BoxFuture<'static, ()>>,
}

struct Inner {
    socket: WebSocket,
    state: Rc<RefCell<State>>,
    _callbacks: Callbacks,
}

#[derive(Debug, Default)]
struct State {
    received: VecDeque<Bytes>,
    unread: usize,
    reader: Option<Waker>,
    end: Option<End>,
}

/// How the connection ended.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Closed {
        code: u16,
    },
    /// The peer sent text, or more than [`RECEIVE_LIMIT`].
    Violation,
}

/// The callbacks of the browser, kept while it may call them.
struct Callbacks {
    _open: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connection").field(&self.inner.socket.url()).finish()
    }
}

impl Connection {
    /// Opens a WebSocket. Dropping the future closes it.
    pub(super) async fn open(url: String) -> Result<Self, DialError> {
        let socket = WebSocket::new(&url)
            .map_err(|error| DialError::Refused { url: url.clone(), reason: text(&error) })?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let (opened, open) = oneshot::channel();
        let state = Rc::<RefCell<State>>::default();
        let callbacks = Callbacks::attach(&socket, &state, opened);
        let inner = Inner { socket, state, _callbacks: callbacks };
        match open.await {
            Ok(Ok(())) => Ok(Self { inner: SendWrapper::new(inner), recheck: None }),
            Ok(Err(code)) => Err(DialError::Unreachable { url, code }),
            Err(oneshot::Canceled) => Err(DialError::Unreachable { url, code: 0 }),
        }
    }

    /// Ready when the browser's send buffer is below its mark. After it was full, it must be half empty
    /// first.
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut mark = if self.recheck.is_some() { SEND_LOW } else { SEND_MARK };
        while self.inner.socket.buffered_amount() >= mark {
            ready!(self.recheck.get_or_insert_with(|| platform::sleep(RECHECK).boxed()).poll_unpin(cx));
            self.recheck = None;
            mark = SEND_LOW;
        }
        self.recheck = None;
        Poll::Ready(())
    }
}

impl Callbacks {
    /// `opened` gets whether the connection is open, or the code with which it failed.
    fn attach(
        socket: &WebSocket,
        state: &Rc<RefCell<State>>,
        opened: oneshot::Sender<Result<(), u16>>,
    ) -> Self {
        let opened = Rc::new(RefCell::new(Some(opened)));
        let answer = move |result| {
            if let Some(opened) = opened.borrow_mut().take() {
                // The caller may have given up.
                let _ = opened.send(result);
            }
        };
        let open = Closure::<dyn FnMut()>::new({
            let answer = answer.clone();
            move || answer(Ok(()))
        });
        let message = Closure::<dyn FnMut(MessageEvent)>::new({
            let (state, socket) = (Rc::downgrade(state), socket.clone());
            move |event: MessageEvent| receive(&state, &socket, &event.data())
        });
        let close = Closure::<dyn FnMut(CloseEvent)>::new({
            let state = Rc::downgrade(state);
            move |event: CloseEvent| {
                answer(Err(event.code()));
                if let Some(state) = state.upgrade() {
                    state.borrow_mut().finish(End::Closed { code: event.code() });
                }
            }
        });
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        // An error is always followed by a close, which tells at least as much.
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Self { _open: open, _message: message, _close: close }
    }
}

fn receive(state: &Weak<RefCell<State>>, socket: &WebSocket, data: &JsValue) {
    let Some(state) = state.upgrade() else { return };
    let mut state = state.borrow_mut();
    if state.end.is_some() {
        return;
    }
    let within = data
        .dyn_ref::<ArrayBuffer>()
        .filter(|buffer| state.unread.saturating_add(buffer.byte_length() as usize) <= RECEIVE_LIMIT);
    let Some(buffer) = within else {
        state.finish(End::Violation);
        // Fails only for forbidden codes and reasons. None is passed here.
        let _ = socket.close();
        return;
    };
    let bytes = Bytes::from(Uint8Array::new(buffer).to_vec());
    if bytes.is_empty() {
        return;
    }
    state.unread += bytes.len();
    state.received.push_back(bytes);
    wake(&mut state.reader);
}

impl State {
    fn finish(&mut self, end: End) {
        self.end.get_or_insert(end);
        wake(&mut self.reader);
    }

    /// Returns why nothing more can be sent or received. `None` after an orderly end.
    fn error(&self) -> Option<io::Error> {
        match self.end? {
            End::Closed { code: CLOSED_NORMALLY } => None,
            End::Closed { code } => {
                Some(io::Error::new(io::ErrorKind::ConnectionReset, format!("connection lost (code {code})")))
            }
            End::Violation => Some(io::Error::new(
                io::ErrorKind::InvalidData,
                "peer sent what is not binary, or more than its windows allow",
            )),
        }
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut state = self.inner.state.borrow_mut();
        let mut filled = 0;
        while filled < buf.len()
            && let Some(first) = state.received.front_mut()
        {
            let part = first.len().min(buf.len() - filled);
            first.copy_to_slice(&mut buf[filled..filled + part]);
            if first.is_empty() {
                state.received.pop_front();
            }
            filled += part;
        }
        state.unread -= filled;
        if filled > 0 || buf.is_empty() {
            return Poll::Ready(Ok(filled));
        }
        if state.end.is_some() {
            return Poll::Ready(state.error().map_or(Ok(0), Err));
        }
        state.reader = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_room(cx));
        let Inner { socket, state, .. } = &*self.inner;
        let state = state.borrow();
        if state.end.is_some() || socket.ready_state() != WebSocket::OPEN {
            return Poll::Ready(Err(state.error().unwrap_or_else(|| io::ErrorKind::BrokenPipe.into())));
        }
        let sent = socket.send_with_u8_array(buf).map(|()| buf.len());
        Poll::Ready(sent.map_err(|error| io::Error::other(text(&error))))
    }

    /// Written bytes are in flight already.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// The browser sends its buffer before it closes, so there is nothing to wait for.
    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = self.inner.socket.close_with_code(CLOSED_NORMALLY);
        Poll::Ready(closed.map_err(|error| io::Error::other(text(&error))))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // If the connection is closing or closed, leave it as it is.
        let _ = self.socket.close_with_code(CLOSED_NORMALLY);
    }
}

/// Returns the text of a thrown value.
fn text(thrown: &JsValue) -> String {
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => error.message().into(),
        None => format!("{thrown:?}"),
    }
}

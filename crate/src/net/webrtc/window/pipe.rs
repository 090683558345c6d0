//! A data channel that stays in the window. It is piped through a port, in batches and with credit.

use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use js_sys::{Array, Uint8Array};
use send_wrapper::SendWrapper;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, MessagePort};

use super::channel::SEND_MARK;
use super::inbox::Inbox;
use super::{member, object, post};
use crate::net::webrtc::host::{Channel, Closed};

/// A channel at the other end of a port.
#[derive(Debug)]
pub(super) struct Pipe {
    // A worker has one thread. libp2p requires `Send` nevertheless.
    inner: SendWrapper<Inner>,
}

#[derive(Debug)]
struct Inner {
    port: MessagePort,
    inbox: Inbox,
    /// Bytes that the window has not sent yet.
    under_way: Rc<Cell<u32>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Pipe {
    pub(super) fn new(port: MessagePort) -> Self {
        let (inbox, under_way) = (Inbox::default(), Rc::<Cell<u32>>::default());
        let on_message = Closure::new({
            let (port, inbox, under_way) = (port.clone(), inbox.clone(), under_way.clone());
            move |event: MessageEvent| hear(&port, &inbox, &under_way, &event.data())
        });
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let inner = Inner { port, inbox, under_way, _on_message: on_message };
        Self { inner: SendWrapper::new(inner) }
    }
}

fn hear(port: &MessagePort, inbox: &Inbox, under_way: &Cell<u32>, message: &JsValue) {
    if let Some(batch) = member(message, "received").and_then(|batch| batch.dyn_into::<Array>().ok()) {
        batch.iter().for_each(|message| inbox.receive(&message));
        // Ask for the next batch.
        let _ = post(port, &object("taken", &true.into()), &[]);
    } else if let Some(bytes) = member(message, "sent").and_then(|bytes| bytes.as_f64()) {
        under_way.set(under_way.get().saturating_sub(bytes as u32));
        inbox.wake_writer();
    } else if member(message, "open").is_some() {
        inbox.open();
    } else {
        inbox.close();
    }
}

impl Channel for Pipe {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.inner.inbox.poll_receive(cx)
    }

    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Closed>> {
        self.inner.inbox.poll_room(cx, self.inner.under_way.get() < SEND_MARK)
    }

    fn send(&mut self, message: &[u8]) -> Result<(), Closed> {
        if self.inner.inbox.is_closed() {
            return Err(Closed);
        }
        let buffer = Uint8Array::from(message).buffer();
        let length = buffer.byte_length();
        post(&self.inner.port, &object("send", &buffer), &[buffer.clone().into()]).map_err(|_| Closed)?;
        self.inner.under_way.set(self.inner.under_way.get().saturating_add(length));
        Ok(())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.port.set_onmessage(None);
        // A window that is gone has closed everything already.
        let _ = post(&self.port, &object("bye", &true.into()), &[]);
        self.port.close();
    }
}

//! A data channel that the window has transferred to the worker.

use std::task::{Context, Poll};

use bytes::Bytes;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{MessageEvent, RtcDataChannel, RtcDataChannelState, RtcDataChannelType};

use super::inbox::Inbox;
use crate::net::webrtc::host::{Channel, Closed};

/// Bytes in the browser's send buffer at which a writer waits: some tens of milliseconds of a fast line.
/// Browsers close the channel above 16 MiB.
pub(super) const SEND_MARK: u32 = 1024 * 1024;

/// A waiting writer goes on at this level, early enough that the line never runs dry.
pub(super) const SEND_LOW: u32 = SEND_MARK / 2;

/// An `RTCDataChannel` of this worker.
#[derive(Debug)]
pub(super) struct DataChannel {
    // A worker has one thread. libp2p requires `Send` nevertheless.
    inner: SendWrapper<Inner>,
}

#[derive(Debug)]
struct Inner {
    channel: RtcDataChannel,
    inbox: Inbox,
    _on_event: Closure<dyn FnMut()>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl DataChannel {
    /// Listens at once, because messages to a channel without a listener are lost.
    pub(super) fn new(channel: RtcDataChannel) -> Self {
        let inbox = Inbox::default();
        channel.set_binary_type(RtcDataChannelType::Arraybuffer);
        channel.set_buffered_amount_low_threshold(SEND_LOW);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new({
            let inbox = inbox.clone();
            move |event: MessageEvent| inbox.receive(&event.data())
        });
        let on_event = Closure::<dyn FnMut()>::new({
            let (inbox, channel) = (inbox.clone(), channel.clone());
            move || notice(&channel, &inbox)
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let listener = Some(on_event.as_ref().unchecked_ref());
        channel.set_onopen(listener);
        channel.set_onclose(listener);
        channel.set_onbufferedamountlow(listener);
        notice(&channel, &inbox);
        let inner = Inner { channel, inbox, _on_event: on_event, _on_message: on_message };
        Self { inner: SendWrapper::new(inner) }
    }
}

/// Copies the state of the channel.
fn notice(channel: &RtcDataChannel, inbox: &Inbox) {
    match channel.ready_state() {
        RtcDataChannelState::Connecting => {}
        RtcDataChannelState::Open => inbox.open(),
        _ => inbox.close(),
    }
    inbox.wake_writer();
}

impl Channel for DataChannel {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.inner.inbox.poll_receive(cx)
    }

    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Closed>> {
        self.inner.inbox.poll_room(cx, self.inner.channel.buffered_amount() < SEND_MARK)
    }

    fn send(&mut self, message: &[u8]) -> Result<(), Closed> {
        // Fails only if the channel is not open.
        self.inner.channel.send_with_u8_array(message).map_err(|_| Closed)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.set_onopen(None);
        self.channel.set_onclose(None);
        self.channel.set_onbufferedamountlow(None);
        self.channel.close();
    }
}

//! The page's window as the host of peer connections, because a worker cannot make them.
//!
//! Speaks over ports, as `www/src/engine/protocol.ts` defines: one port for requests, and one for each peer
//! connection. If the browser can transfer a data channel, it arrives as itself; otherwise as a port through
//! which it is piped.

mod channel;
mod inbox;
mod pipe;

use futures::StreamExt;
use futures::channel::mpsc;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageChannel, MessageEvent, MessagePort, RtcDataChannel};

use super::candidate::Candidate;
use super::host::{Channel, Host, HostCommand, HostConnection, HostEvent};
use channel::DataChannel;
use pipe::Pipe;

/// The window at the other end of this port.
pub fn host(port: MessagePort) -> Host {
    let (host, mut connections) = Host::new();
    spawn_local(async move {
        while let Some(connection) = connections.next().await {
            let Ok(pair) = MessageChannel::new() else { continue };
            let sent = post(&port, &Object::new(), &[pair.port2().into()]);
            if sent.is_ok() {
                spawn_local(serve(pair.port1(), connection));
            }
        }
        port.close();
    });
    host
}

/// Passes on commands and events of one peer connection, until either side drops it.
async fn serve(port: MessagePort, HostConnection { mut commands, events }: HostConnection) {
    let port = AttachedPort::new(port, events);
    while let Some(command) = commands.next().await {
        if port.send(&command).is_err() {
            return;
        }
    }
}

/// The port of a peer connection, with its listener. When it is dropped, the window closes the connection.
struct AttachedPort {
    port: MessagePort,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl AttachedPort {
    fn new(port: MessagePort, mut events: mpsc::Sender<HostEvent>) -> Self {
        let on_message = Closure::new(move |event: MessageEvent| {
            // An overflow is a flood, or a task that hangs. The connection is of no use then.
            if decode(&event.data()).is_some_and(|event| events.try_send(event).is_err()) {
                events.close_channel();
            }
        });
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Self { port, _on_message: on_message }
    }

    fn send(&self, command: &HostCommand) -> Result<(), JsValue> {
        let (name, value) = match command {
            HostCommand::Open { label } => ("open", (*label).into()),
            HostCommand::Offer => ("offer", true.into()),
            HostCommand::Answer { offer } => ("answer", offer.into()),
            HostCommand::Accept { answer } => ("accept", answer.into()),
            HostCommand::Try(None) => ("try", JsValue::NULL),
            HostCommand::Try(Some(candidate)) => (
                "try",
                serde_json::to_string(candidate).expect("strings and numbers always become JSON").into(),
            ),
        };
        post(&self.port, &object(name, &value), &[])
    }
}

impl Drop for AttachedPort {
    fn drop(&mut self) {
        self.port.set_onmessage(None);
        // A window that is gone has closed everything already.
        let _ = post(&self.port, &object("bye", &true.into()), &[]);
        self.port.close();
    }
}

/// Decodes a message of the window. Returns `None` if this build does not know it.
fn decode(message: &JsValue) -> Option<HostEvent> {
    if let Some(channel) = member(message, "channel") {
        let channel = received(channel)?;
        return Some(match member(message, "label").and_then(|label| label.as_string()) {
            Some(label) => HostEvent::Incoming { label, channel },
            None => HostEvent::Opened(channel),
        });
    }
    if let Some(sdp) = member(message, "described") {
        return Some(HostEvent::Described(sdp.as_string()?));
    }
    if let Some(json) = member(message, "candidate") {
        let candidate: Option<Candidate> = match json.as_string() {
            Some(json) => Some(serde_json::from_str(&json).ok()?),
            None => None,
        };
        return Some(HostEvent::Candidate(candidate));
    }
    match member(message, "state")?.as_string()?.as_str() {
        "connected" => {
            Some(HostEvent::Connected { max_message: member(message, "maxMessage")?.as_f64()? as usize })
        }
        "interrupted" => Some(HostEvent::Interrupted),
        _ => Some(HostEvent::Failed),
    }
}

fn received(channel: JsValue) -> Option<Box<dyn Channel>> {
    match channel.dyn_into::<RtcDataChannel>() {
        Ok(channel) => Some(Box::new(DataChannel::new(channel))),
        Err(port) => Some(Box::new(Pipe::new(port.dyn_into().ok()?))),
    }
}

fn member(message: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(message, &name.into()).ok().filter(|value| !value.is_undefined())
}

fn object(name: &str, value: &JsValue) -> Object {
    let object = Object::new();
    Reflect::set(&object, &name.into(), value).expect("a new object takes any member");
    object
}

/// Posts a message, and transfers these values with it.
fn post(port: &MessagePort, message: &JsValue, transfer: &[JsValue]) -> Result<(), JsValue> {
    port.post_message_with_transferable(message, &transfer.iter().collect::<Array>())
}

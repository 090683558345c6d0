//! The messages of a tab or the service worker over its port: `Request` of `www/src/engine/protocol.ts`.

use js_sys::{Array, Reflect};
use wasm_bindgen::JsCast;
use web_sys::{MessageEvent, MessagePort};

use super::args::Args;

/// A message to the engine.
pub(super) enum Request {
    /// A call, answered under its id.
    Call { id: u32, method: String, args: Args },
    /// Ends a call or stream without an answer.
    Cancel(u32),
    /// Grants a stream this many more pieces.
    Pull { id: u32, pieces: u32 },
    /// Opens a queue of events under this number.
    Subscribe(u32),
    /// Closes a queue.
    Unsubscribe(u32),
    /// A batch of this queue was read.
    Seen(u32),
    /// At the other end of this port is a worker that takes over when this one ends.
    Heir(MessagePort),
    /// The other end is about to close.
    Bye,
}

impl Request {
    /// Reads a message. Returns `None` if this build does not know it.
    pub(super) fn parse(event: &MessageEvent) -> Option<Self> {
        let message = event.data();
        let member =
            |name: &str| Reflect::get(&message, &name.into()).ok().filter(|value| !value.is_undefined());
        let number = |name: &str| member(name)?.as_f64().map(|number| number as u32);
        if let Some(method) = member("method") {
            let args = member("args")?.dyn_into::<Array>().ok()?;
            return Some(Self::Call {
                id: number("id")?,
                method: method.as_string()?,
                args: Args::new(args),
            });
        }
        if let Some(id) = number("pull") {
            return Some(Self::Pull { id, pieces: number("pieces")? });
        }
        if let Some(id) = number("cancel") {
            return Some(Self::Cancel(id));
        }
        if let Some(feed) = number("subscribe") {
            return Some(Self::Subscribe(feed));
        }
        if let Some(feed) = number("unsubscribe") {
            return Some(Self::Unsubscribe(feed));
        }
        if let Some(feed) = number("seen") {
            return Some(Self::Seen(feed));
        }
        if member("heir").is_some() {
            return event.ports().get(0).dyn_into().ok().map(Self::Heir);
        }
        member("bye").map(|_| Self::Bye)
    }
}

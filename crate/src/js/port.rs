//! One open port. It receives calls, and sends answers, pieces of streams and events.

use std::collections::HashMap;
use std::pin::pin;
use std::rc::Rc;

use bytes::Bytes;
use futures::channel::mpsc;
use futures::future::{AbortHandle, Abortable, select};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, TryStreamExt, select_biased};
use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, MessagePort};

use crate::engine::{Engine, Error};
use crate::store::indexed_db::IndexedDb;

use super::args::Args;
use super::call::{Answer, call};
use super::credit::Credit;
use super::feeds::Feeds;
use super::request::Request;
use super::value;

/// Requests that may wait for the task of a port. The task takes each before the next message is delivered. So the
/// queue fills up only if the task hangs, and then the port is closed.
const MAX_WAITING: usize = 1_024;

/// Calls and streams that one tab may have open. More is a defect of the page, and each may hold a piece of a file.
const MAX_OPEN: usize = 1_024;

/// The call after which nothing of a profile is to stay in this worker.
const LOCK: &str = "profiles.lock";

/// Serves `port` until its other end says goodbye or is closed. Calls `on_locked` when a caller has locked the profile and
/// has its answer.
pub(super) async fn serve(engine: Engine, databases: Rc<IndexedDb>, port: MessagePort, on_locked: Function) {
    let (requests, mut inbox) = mpsc::channel(MAX_WAITING);
    let port = Rc::new(Attached::new(port, requests));
    let mut open: HashMap<u32, Open> = HashMap::new();
    let mut running = FuturesUnordered::new();
    let mut feeds = Feeds::default();
    // One at most, and no longer than its tab.
    let mut _heir = None;
    loop {
        select_biased! {
            request = inbox.next() => match request {
                Some(Request::Call { id, .. }) if open.len() >= MAX_OPEN => {
                    port.answer(id, Err(Error::Unsupported("too many calls at once".into())));
                }
                Some(Request::Call { id, method, args }) => {
                    let (abort, registration) = AbortHandle::new_pair();
                    let locks = method == LOCK;
                    let credit = Rc::new(Credit::default());
                    let run = run(engine.clone(), port.clone(), id, method, args, credit.clone());
                    running.push(Abortable::new(run, registration).map(move |done| (id, locks, done)).boxed_local());
                    open.insert(id, Open { abort, credit });
                }
                Some(Request::Cancel(id)) => if let Some(call) = open.remove(&id) { call.abort.abort() },
                Some(Request::Pull { id, pieces }) => if let Some(call) = open.get(&id) { call.credit.grant(pieces) },
                Some(Request::Subscribe(feed)) => feeds.open(feed, engine.events()),
                Some(Request::Unsubscribe(feed)) => feeds.close(feed),
                Some(Request::Seen(feed)) => feeds.seen(feed),
                Some(Request::Heir(port)) => _heir = Some(databases.add_heir(port)),
                Some(Request::Bye) | None => break,
            },
            (feed, first) = feeds.next().fuse() => if let Some(batch) = feeds.batch(feed, Some(first)).await {
                port.send(&batch);
            },
            (id, locks, done) = running.select_next_some() => {
                open.remove(&id);
                // The events that the call caused come before its answer.
                for feed in feeds.ids() {
                    if let Some(batch) = feeds.batch(feed, None).await { port.send(&batch) }
                }
                if let Ok(result) = done {
                    let has_locked = locks && result.is_ok();
                    port.answer(id, result);
                    if has_locked {
                        // What it throws is the worker's own defect, and the profile is locked all the same.
                        let _ = on_locked.call0(&JsValue::NULL);
                    }
                }
            }
        }
    }
}

/// A call or stream that is not answered yet.
struct Open {
    abort: AbortHandle,
    credit: Rc<Credit>,
}

async fn run(
    engine: Engine,
    port: Rc<Attached>,
    id: u32,
    method: String,
    args: Args,
    credit: Rc<Credit>,
) -> Result<JsValue, Error> {
    match call(&engine, &method, &args).await? {
        Answer::Value(value) => Ok(value),
        Answer::Pieces(mut pieces) => loop {
            // A reader that is slow, or reads no more, hears at once that the profile was locked.
            select(pin!(credit.take()), pin!(pieces.locked())).await;
            match pieces.try_next().await? {
                Some(piece) => port.piece(id, &piece),
                None => return Ok(JsValue::UNDEFINED),
            }
        },
    }
}

/// A port with its listeners, which are removed when it is dropped.
struct Attached {
    port: MessagePort,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    on_close: Closure<dyn FnMut()>,
}

impl Attached {
    fn new(port: MessagePort, requests: mpsc::Sender<Request>) -> Self {
        let mut inbox = requests.clone();
        let on_message = Closure::new(move |event: MessageEvent| {
            let Some(request) = Request::parse(&event) else { return };
            if inbox.try_send(request).is_err() {
                inbox.close_channel();
            }
        });
        let mut inbox = requests;
        let on_close = Closure::new(move || inbox.close_channel());
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // Browsers without this event leave a silent port behind. Nearly always, `bye` has closed it before.
        port.add_event_listener_with_callback("close", on_close.as_ref().unchecked_ref())
            .expect("any target takes any listener");
        Self { port, _on_message: on_message, on_close }
    }

    fn answer(&self, id: u32, result: Result<JsValue, Error>) {
        let answer = match result {
            Ok(value) => ("ok", value),
            Err(error) => ("error", value::failure(&error)),
        };
        self.send(&value::object(&[("id", id.into()), answer]));
    }

    /// Transfers bytes without another copy.
    fn piece(&self, id: u32, piece: &Bytes) {
        let piece = Uint8Array::from(&piece[..]);
        let transfer = Array::of1(&piece.buffer());
        let message = value::object(&[("id", id.into()), ("piece", piece.into())]);
        self.port
            .post_message_with_transferable(&message, &transfer)
            .expect("bytes of our own can be handed over");
    }

    fn send(&self, message: &JsValue) {
        self.port.post_message(message).expect("what the engine answers can be cloned");
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.port.set_onmessage(None);
        let _ =
            self.port.remove_event_listener_with_callback("close", self.on_close.as_ref().unchecked_ref());
        self.port.close();
    }
}

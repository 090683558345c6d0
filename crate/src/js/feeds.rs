//! The events of one port: a queue in the engine for each reader at its other end.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::Poll;

use futures::{FutureExt, StreamExt};
use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;

use crate::engine::Events;
use crate::engine::api::Event;

use super::{storage, value};

/// Readers that one port may have: a page has one or two.
const MAX_FEEDS: usize = 64;

/// Batches that a reader may have unread. Each answer to a call sends one. If a reader has more, it does not read, and
/// its events stay in the engine's queue.
const MAX_UNSEEN: u32 = 64;

/// The queues of one port, by the number that the other end has given to each.
#[derive(Default)]
pub(super) struct Feeds(BTreeMap<u32, Feed>);

struct Feed {
    events: Events,
    /// Batches that were sent and not read yet.
    unseen: u32,
}

impl Feeds {
    /// Opens a queue, unless there are too many: then one reader opens them in a loop.
    pub(super) fn open(&mut self, feed: u32, events: Events) {
        if self.0.len() < MAX_FEEDS {
            self.0.insert(feed, Feed { events, unseen: 0 });
        }
    }

    pub(super) fn close(&mut self, feed: u32) {
        self.0.remove(&feed);
    }

    /// Records that one batch was read.
    pub(super) fn seen(&mut self, feed: u32) {
        if let Some(feed) = self.0.get_mut(&feed) {
            feed.unseen = feed.unseen.saturating_sub(1);
        }
    }

    /// Returns the numbers of the queues.
    pub(super) fn ids(&self) -> Vec<u32> {
        self.0.keys().copied().collect()
    }

    /// Returns the next event of a reader that has read the earlier ones. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> (u32, Event) {
        poll_fn(|context| {
            for (id, feed) in &mut self.0 {
                if feed.unseen == 0
                    && let Poll::Ready(event) = feed.events.poll_next_unpin(context)
                {
                    return Poll::Ready((*id, event.expect("an engine's events do not end")));
                }
            }
            Poll::Pending
        })
        .await
    }

    /// Returns a message with `first` and all later events, or `None` if there are none or the reader does not read.
    pub(super) async fn batch(&mut self, id: u32, first: Option<Event>) -> Option<JsValue> {
        let feed = self.0.get_mut(&id)?;
        if feed.unseen >= MAX_UNSEEN {
            return None;
        }
        let events = &mut feed.events;
        let waiting = std::iter::from_fn(|| events.next().now_or_never().flatten());
        let batch = Array::new();
        for event in first.into_iter().chain(waiting) {
            batch.push(&to_js(&event).await);
        }
        if batch.length() == 0 {
            return None;
        }
        feed.unseen += 1;
        Some(value::object(&[("feed", id.into()), ("events", batch.into())]))
    }
}

/// Converts an event. One that cannot be converted is replaced by the advice to list again.
async fn to_js(event: &Event) -> JsValue {
    let converted = value::to_js(event).or_else(|_| value::to_js(&Event::Resync)).unwrap_or_default();
    if let Event::Quota { .. } = event {
        let quota = storage::quota().await.unwrap_or_default();
        // The value is an object of our own.
        let _ = Reflect::set(&converted, &"quota".into(), &(quota as f64).into());
    }
    converted
}

//! Events, from the engine to everyone who listens.
//!
//! A listener that is slow keeps the newest event of each subject, in the order in which the subjects first
//! moved; one that falls further behind than `MAX_WAITING` subjects gets a single [`Event::Resync`].

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

use futures::Stream;

use super::api::{Change, Event, TransferId};

/// Subjects that may wait for one listener: a page that is so far behind had better list again.
const MAX_WAITING: usize = 1_000;

/// Files named in one event of a transfer; what lasts is in the list of files.
pub(super) const MAX_FILES_NAMED: usize = 64;

/// What an event is about; a newer event replaces a waiting one of the same subject.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Subject {
    Transfer(TransferId),
    TransferListed(TransferId),
    Share(String),
    Contact(String),
    Request(String),
    Delivery(String, String),
    Answers(String, Option<String>),
    Profile,
    Quota,
    Network,
    Folders,
    Drops,
    Introductions,
    Keeping,
    Devices,
    DeviceAsks,
    DeviceWords,
    DeviceIdentity,
    DeviceCodeEnded,
    Resync,
}

impl Subject {
    fn of(event: &Event) -> Self {
        match event {
            Event::Transfer(t) => Self::Transfer(t.id.clone()),
            Event::TransferAdded { id } | Event::TransferRemoved { id } => Self::TransferListed(id.clone()),
            Event::Share { share, .. } => Self::Share(share.id.clone()),
            Event::Contact { contact } => Self::Contact(contact.id.clone()),
            Event::ContactRemoved { id } => Self::Contact(id.clone()),
            Event::Request { id, .. } | Event::RequestRemoved { id } => Self::Request(id.clone()),
            Event::Delivery { share, contact, .. } => Self::Delivery(share.clone(), contact.clone()),
            Event::Answers { share, from } => Self::Answers(share.clone(), from.clone()),
            Event::Profile { .. } => Self::Profile,
            Event::Quota { .. } => Self::Quota,
            Event::Network { .. } => Self::Network,
            Event::Folders => Self::Folders,
            Event::Drops => Self::Drops,
            Event::Introductions => Self::Introductions,
            Event::Keeping => Self::Keeping,
            Event::Devices => Self::Devices,
            Event::DeviceAsks { .. } => Self::DeviceAsks,
            Event::DeviceWords { .. } => Self::DeviceWords,
            Event::DeviceIdentity { .. } => Self::DeviceIdentity,
            Event::DeviceCodeEnded => Self::DeviceCodeEnded,
            Event::Resync => Self::Resync,
        }
    }
}

/// Where events are published.
#[derive(Default)]
pub(super) struct Hub {
    listeners: RefCell<Vec<Weak<RefCell<Queue>>>>,
}

impl Hub {
    /// Everything from now on; dropping the stream unsubscribes.
    pub(super) fn listen(&self) -> Events {
        let queue = Rc::new(RefCell::new(Queue::default()));
        self.listeners.borrow_mut().push(Rc::downgrade(&queue));
        Events(queue)
    }

    /// Puts an event into the queue of every listener.
    pub(super) fn emit(&self, event: &Event) {
        self.listeners.borrow_mut().retain(|listener| match listener.upgrade() {
            Some(queue) => {
                queue.borrow_mut().push(event.clone());
                true
            }
            None => false,
        });
    }
}

/// The events of an engine from one moment on.
pub struct Events(Rc<RefCell<Queue>>);

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut queue = self.0.borrow_mut();
        match queue.pop() {
            Some(event) => Poll::Ready(Some(event)),
            None => {
                queue.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// What waits for one listener: each subject's newest event, under the turn at which the subject first moved.
#[derive(Default)]
struct Queue {
    next: u64,
    turns: HashMap<Subject, u64>,
    waiting: BTreeMap<u64, Event>,
    waker: Option<Waker>,
}

impl Queue {
    fn push(&mut self, event: Event) {
        let subject = Subject::of(&event);
        let is_full = self.waiting.len() >= MAX_WAITING;
        match self.turns.get(&subject).and_then(|turn| self.waiting.get_mut(turn)) {
            Some(older) => merge(older, event),
            None if is_full => {
                self.turns.clear();
                self.waiting.clear();
                self.append(Subject::Resync, Event::Resync);
            }
            None => self.append(subject, event),
        }
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn append(&mut self, subject: Subject, event: Event) {
        self.turns.insert(subject, self.next);
        self.waiting.insert(self.next, event);
        self.next += 1;
    }

    fn pop(&mut self) -> Option<Event> {
        let (_, event) = self.waiting.pop_first()?;
        self.turns.remove(&Subject::of(&event));
        Some(event)
    }
}

/// Lets `newer` stand for both, so that a share that came and then changed is still told as received and the
/// files that moved are still named.
fn merge(older: &mut Event, mut newer: Event) {
    match (&*older, &mut newer) {
        (
            Event::Share { change: Change::Received, .. },
            Event::Share { change: change @ Change::Updated, .. },
        ) => {
            *change = Change::Received;
        }
        (Event::Transfer(before), Event::Transfer(after)) => {
            let room = MAX_FILES_NAMED.saturating_sub(after.files.len());
            let missed: Vec<_> = before
                .files
                .iter()
                .filter(|file| after.files.iter().all(|moved| moved.path != file.path))
                .take(room)
                .cloned()
                .collect();
            after.files.extend(missed);
        }
        _ => {}
    }
    *older = newer;
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, StreamExt};

    use super::*;

    fn network(connected: bool) -> Event {
        Event::Network { connected }
    }

    fn removed(id: usize) -> Event {
        Event::ContactRemoved { id: id.to_string() }
    }

    fn drain(events: &mut Events) -> Vec<Event> {
        std::iter::from_fn(|| events.next().now_or_never().flatten()).collect()
    }

    #[test]
    fn a_slow_listener_keeps_the_newest_of_each_subject_in_the_order_of_the_first() {
        let hub = Hub::default();
        let mut events = hub.listen();
        for event in [network(true), removed(1), network(false)] {
            hub.emit(&event);
        }
        assert_eq!(drain(&mut events), [network(false), removed(1)]);
    }

    #[test]
    fn a_listener_that_is_hopelessly_behind_is_told_to_list_again() {
        let hub = Hub::default();
        let mut events = hub.listen();
        for id in 0..=MAX_WAITING {
            hub.emit(&removed(id));
        }
        hub.emit(&network(true));
        assert_eq!(drain(&mut events), [Event::Resync, network(true)]);
    }

    #[test]
    fn a_listener_that_is_gone_is_forgotten() {
        let hub = Hub::default();
        drop(hub.listen());
        hub.emit(&network(true));
        assert!(hub.listeners.borrow().is_empty());
    }
}

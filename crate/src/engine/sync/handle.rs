//! The handle to syncing, and its workers.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::StreamExt;
use futures::channel::mpsc;
use tokio::sync::Notify;

use crate::engine::contacts::Contacts;
use crate::engine::directory::Directory;
use crate::engine::introductions::Introductions;
use crate::engine::keeping::Keeping;
use crate::engine::network::RecordSource;
use crate::engine::shares::Shares;
use crate::engine::state::State;
use crate::engine::tasks::Tasks;
use crate::engine::transfer::Fetchers;
use crate::keys::{Id, Ring};
use crate::net::Provider;
use crate::social::ingest::IngestQueue;
use crate::social::sequences::SequenceTracker;

/// What syncing may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) ring: Rc<Ring>,
    pub(in crate::engine) state: State,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) fetchers: Fetchers,
    pub(in crate::engine) records: Rc<dyn RecordSource>,
    pub(in crate::engine) shares: Shares,
    pub(in crate::engine) contacts: Contacts,
    pub(in crate::engine) introductions: Introductions,
    pub(in crate::engine) keeping: Keeping,
    /// Contacts of whom more is wanted than was ingested: their newest record is asked for again.
    pub(in crate::engine) wanted: mpsc::Receiver<Id>,
    /// How long a fork may be joined before its contact gets a warning.
    pub(in crate::engine) fork_patience: Duration,
    pub(in crate::engine) tasks: Tasks,
}

/// Handle to syncing.
#[derive(Clone)]
pub(in crate::engine) struct Sync(pub(super) Rc<Inner>);

pub(super) struct Inner {
    pub(super) ring: Rc<Ring>,
    pub(super) state: State,
    pub(super) directory: Directory,
    pub(super) fetchers: Fetchers,
    pub(super) records: Rc<dyn RecordSource>,
    pub(super) shares: Shares,
    pub(super) contacts: Contacts,
    pub(super) introductions: Introductions,
    pub(super) keeping: Keeping,
    wanted: RefCell<Option<mpsc::Receiver<Id>>>,
    pub(super) fork_patience: Duration,
    pub(super) tasks: Tasks,
    pub(super) queue: IngestQueue,
    /// Notified when a record came into the queue.
    pub(super) queued: Notify,
    pub(super) sequences: SequenceTracker<Provider>,
}

impl Sync {
    pub(in crate::engine) fn new(args: Args) -> Self {
        let Args {
            ring,
            state,
            directory,
            fetchers,
            records,
            shares,
            contacts,
            introductions,
            keeping,
            wanted,
            fork_patience,
            tasks,
        } = args;
        let (queue, queued, sequences) = Default::default();
        Self(Rc::new(Inner {
            ring,
            state: state.background(),
            directory,
            fetchers,
            records,
            shares,
            contacts,
            introductions,
            keeping,
            wanted: RefCell::new(Some(wanted)),
            fork_patience,
            tasks,
            queue,
            queued,
            sequences,
        }))
    }

    /// Starts to watch the records of all contacts, to ingest what is new, to ask again for what is wanted, and
    /// to warn of forks.
    pub(in crate::engine) fn start(&self) {
        let tasks = &self.0.tasks;
        tasks.spawn(self.clone().keep_watching());
        tasks.spawn(self.clone().keep_meeting());
        tasks.spawn(self.clone().keep_ingesting());
        tasks.spawn(self.clone().keep_judging_forks());
        if let Some(mut wanted) = self.0.wanted.take() {
            let sync = self.clone();
            tasks.spawn(async move {
                while let Some(id) = wanted.next().await {
                    sync.0.tasks.spawn(sync.clone().look_again(id));
                }
            });
        }
    }
}

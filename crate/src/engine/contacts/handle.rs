//! The handle to contacts, and its workers.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use futures::channel::mpsc;

use crate::engine::Error;
use crate::engine::directory::Directory;
use crate::engine::network::Mailboxes;
use crate::engine::state::State;
use crate::engine::tasks::Tasks;
use crate::engine::transfer::Fetchers;
use crate::keys::{Id, Ring};
use crate::platform::{self, Instant};
use crate::social::drop_box::PendingDrop;
use crate::social::relation::Relation;

use super::backoff::Backoffs;
use super::owner::Owner;

/// What contacts may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) ring: Rc<Ring>,
    pub(in crate::engine) state: State,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) fetchers: Fetchers,
    pub(in crate::engine) mailboxes: Rc<dyn Mailboxes>,
    /// Takes the people whose records are to be looked for at once.
    pub(in crate::engine) wanted: mpsc::Sender<Id>,
    pub(in crate::engine) tasks: Tasks,
}

/// Handle to the contacts of the unlocked profile.
#[derive(Clone)]
pub(in crate::engine) struct Contacts(pub(super) Rc<Inner>);

pub(super) struct Inner {
    pub(super) ring: Rc<Ring>,
    pub(super) state: State,
    /// The same state for the workers.
    pub(super) background: State,
    pub(super) directory: Directory,
    pub(super) fetchers: Fetchers,
    pub(super) mailboxes: Rc<dyn Mailboxes>,
    /// One sender and no clones: each clone of a sender adds a place to its queue.
    wanted: RefCell<mpsc::Sender<Id>>,
    pub(super) tasks: Tasks,
    /// When a request that failed is left again.
    pub(super) backoffs: RefCell<Backoffs>,
    /// When the profile of a person who asks was looked for last.
    pub(super) looked_for: RefCell<BTreeMap<Id, Instant>>,
    /// How many drops of no box wait for news of another device.
    pub(super) held: Cell<usize>,
}

impl Contacts {
    pub(in crate::engine) fn new(args: Args) -> Self {
        let Args { ring, state, directory, fetchers, mailboxes, wanted, tasks } = args;
        Self(Rc::new(Inner {
            ring,
            background: state.background(),
            state,
            directory,
            fetchers,
            mailboxes,
            wanted: RefCell::new(wanted),
            tasks,
            backoffs: RefCell::default(),
            looked_for: RefCell::default(),
            held: Cell::default(),
        }))
    }

    /// Starts to leave requests, to read my mailboxes, and to look for the profiles of people who ask.
    pub(in crate::engine) fn start(&self) {
        let Inner { tasks, directory, .. } = &*self.0;
        tasks.spawn(self.clone().leave_requests());
        for relay in &directory.relays {
            tasks.spawn(self.clone().read_mailbox(relay.clone(), Owner::now(self.0.ring.clone())));
        }
        tasks.spawn(self.clone().read_former_mailboxes());
        tasks.spawn(self.clone().find_out_who_asks());
    }

    /// Removes requests and invites whose time is over, and relations that nothing depends on any more; takes back the
    /// decisions about people who were removed while the disk was full.
    pub(in crate::engine) async fn forget_the_old(&self) -> Result<(), Error> {
        let now = platform::now_ms();
        let forget = self.0.background.remove(move |tx| {
            Rc::make_mut(&mut tx.inbox).forget(now);
            Rc::make_mut(&mut tx.invites).forget(now);
            Rc::make_mut(&mut tx.drop_boxes).forget(now);
            let tables = &mut **tx;
            tables.introduced.remove_where(|_, introduction| introduction.is_over(now));
            let (boxes, relations) = (&tables.drop_boxes, &tables.relations);
            let is_open = |from: &Id, drop: &PendingDrop| {
                drop.is_open(boxes, relations.get(from).unwrap_or(&Relation::default()))
            };
            tables.drops.remove_where(|from, drop| !is_open(from, drop));
            let is_idle = |id: &Id| !tx.contacts.contains(id);
            let old =
                tx.relations.iter().filter(|(id, relation)| is_idle(id) && relation.is_forgettable(now));
            let old: Vec<_> = old.map(|(id, _)| *id).collect();
            for id in old {
                tx.relations.remove(&id);
            }
            Ok(())
        });
        forget.await?;
        let settle = self.0.background.update(|tx| {
            tx.settle_relations();
            Ok(())
        });
        settle.await
    }

    /// Has the record of this person looked for at once. If too many wait, the watch of their record finds it later.
    pub(super) fn look_for(&self, id: Id) {
        if self.0.wanted.borrow_mut().try_send(id).is_err() {
            tracing::debug!("a person is looked for later");
        }
    }
}

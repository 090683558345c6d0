//! The state's task: runs the updates that wait, commits them together, then shows what they changed.

use std::rc::{Rc, Weak};

use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use futures::channel::{mpsc, oneshot};

use crate::engine::Error;
use crate::platform;
use crate::store::{Durability, StoreError, Table, Write};

use super::handle::Inner;
use super::live::Live;
use super::sealed::RowWriter;
use super::tables::{Kind, ROOT, Tables};
use super::transaction::Transaction;
use super::{answers, decided, events, folders, introductions, needs_root};

/// Updates that are committed together at most.
const MAX_GROUP: usize = 64;

/// An update that adds more bytes than this is committed alone, so that a full disk fails no other update.
const MAX_SHARED: u64 = 64 << 10;

type Change = Box<dyn FnOnce(&mut Transaction) -> Result<Finish, Refuse>>;

/// Answers the caller, once the commit has succeeded or failed.
type Finish = Box<dyn FnOnce(Result<(), Error>)>;

/// The change itself failed, and its caller knows.
struct Refuse;

/// An update in the queue.
pub(super) struct Job {
    blocks: Vec<(Cid, Bytes)>,
    is_removal: bool,
    change: Change,
    is_abandoned: Box<dyn Fn() -> bool>,
}

impl Job {
    pub(super) fn new<T: 'static>(
        blocks: Vec<(Cid, Bytes)>,
        is_removal: bool,
        change: impl FnOnce(&mut Transaction) -> Result<T, Error> + 'static,
        answer: oneshot::Sender<Result<T, Error>>,
    ) -> Self {
        let answer = Rc::new(std::cell::RefCell::new(Some(answer)));
        let waiting = Rc::clone(&answer);
        let is_abandoned =
            Box::new(move || waiting.borrow().as_ref().is_none_or(oneshot::Sender::is_canceled));
        let change: Change = Box::new(move |transaction| {
            let send = move |result| {
                if let Some(answer) = answer.take() {
                    // A caller that is gone needs no answer.
                    let _ = answer.send(result);
                }
            };
            match change(transaction) {
                Ok(value) => {
                    Ok(Box::new(move |committed: Result<(), Error>| send(committed.map(|()| value))))
                }
                Err(why) => {
                    send(Err(why));
                    Err(Refuse)
                }
            }
        });
        Self { blocks, is_removal, change, is_abandoned }
    }

    /// Runs the change on top of `before`; nothing where it failed or is no longer wanted.
    fn stage(self, inner: &Inner, before: &Tables) -> Option<Staged> {
        if (self.is_abandoned)() {
            return None;
        }
        let mut transaction = Transaction::new(before.clone(), self.blocks);
        let finish = (self.change)(&mut transaction).ok()?;
        transaction.forget_idle(before);
        answers::settle(&inner.directory.id, before, &mut transaction);
        introductions::settle(before, &mut transaction);
        // A removal writes nothing, for a full disk; its time is that of the next root.
        if !self.is_removal && !transaction.is_decided_elsewhere {
            decided::note(&inner.directory.id, before, &mut transaction, platform::now_ms());
        }
        folders::note_earlier(
            &inner.directory.id,
            before,
            &mut transaction,
            platform::now_ms(),
            self.is_removal,
        );
        let has_changed = || needs_root::needs_root(&inner.directory.id, before, &transaction);
        let needs_root = transaction.is_root_due.unwrap_or_else(has_changed);
        if needs_root {
            transaction.current.remove(&ROOT.to_owned());
        } else if transaction.is_root_due.is_some() {
            transaction.current.insert(ROOT.to_owned(), true);
        }
        let is_gathered = transaction.is_gathered;
        let mut write = Write::strict();
        write.blocks = std::mem::take(&mut transaction.blocks);
        let after = transaction.into_tables();
        let kinds = after.write(before, &mut RowWriter::new(&inner.sealed, &mut write));
        let is_made_again = |(table, ..): &(Table, Vec<u8>, Option<Vec<u8>>)| *table == Table::Drafts;
        if kinds == [Kind::runs] && write.rows.iter().all(is_made_again) {
            write.durability = Durability::Relaxed;
        }
        Some(Staged { after, write, finish, kinds, wakes_publishing: needs_root && !is_gathered })
    }
}

/// An update that has run and waits for its commit.
struct Staged {
    after: Tables,
    write: Write,
    finish: Finish,
    kinds: Vec<Kind>,
    wakes_publishing: bool,
}

impl Staged {
    fn is_large(&self) -> bool {
        self.write.added() > MAX_SHARED
    }
}

/// Runs until the last handle to the state is dropped, or the state has ended.
pub(super) async fn run(state: Weak<Inner>, mut jobs: mpsc::Receiver<Job>) {
    let mut waiting = None;
    loop {
        let job = match waiting.take() {
            Some(job) => job,
            None => match jobs.next().await {
                Some(job) => job,
                None => return,
            },
        };
        let Some(inner) = state.upgrade() else { return };
        if inner.ended.borrow().is_some() {
            // The callers of all that wait learn it by their answers being dropped.
            continue;
        }
        inner.is_idle.set(false);
        waiting = inner.run_group(job, &mut jobs).await;
        inner.is_idle.set(true);
        inner.idle.notify_waiters();
    }
}

impl Inner {
    /// Stages `first` and what waits behind it, and commits; gives a job that has to begin the next group.
    async fn run_group(&self, first: Job, jobs: &mut mpsc::Receiver<Job>) -> Option<Job> {
        let before = self.tables.borrow().clone();
        let mut now = before.clone();
        let mut group = Vec::new();
        let (mut alone, mut next) = (None, Some(first));
        let mut rest = None;
        while let Some(job) = next.take() {
            let is_removal = job.is_removal;
            if is_removal && !group.is_empty() {
                rest = Some(job);
                break;
            }
            if let Some(staged) = job.stage(self, &now) {
                now = staged.after.clone();
                if staged.is_large() && !group.is_empty() {
                    alone = Some(staged);
                    break;
                }
                let is_alone = is_removal || staged.is_large();
                group.push(staged);
                if is_alone || group.len() == MAX_GROUP {
                    break;
                }
            }
            next = jobs.try_recv().ok();
        }
        let committed = self.commit(before, group).await;
        if let Some(staged) = alone {
            match committed {
                Ok(()) => {
                    let before = self.tables.borrow().clone();
                    // Its caller has the answer.
                    let _ = self.commit(before, vec![staged]).await;
                }
                // It stands on what failed, and needs more room than that.
                Err(why) => (staged.finish)(Err(why)),
            }
        }
        rest
    }

    /// Commits a group that was staged on top of `before`, and shows it.
    async fn commit(&self, before: Tables, group: Vec<Staged>) -> Result<(), Error> {
        let Some(last) = group.last() else { return Ok(()) };
        let after = last.after.clone();
        let mut write = Write::relaxed();
        for staged in &group {
            write.rows.extend(staged.write.rows.iter().cloned());
            write.blocks.extend(staged.write.blocks.iter().cloned());
            if staged.write.durability == Durability::Strict && !staged.write.is_empty() {
                write.durability = Durability::Strict;
            }
        }
        let committed = if write.is_empty() { Ok(()) } else { self.store.commit(write).await };
        if let Err(why) = committed {
            let is_lost = why == StoreError::EpochLost || why == StoreError::Closed;
            let why = Error::from(why);
            if is_lost {
                self.end(why.clone());
            }
            group.into_iter().for_each(|staged| (staged.finish)(Err(why.clone())));
            return Err(why);
        }
        self.directory.set_own_only(after.account.relay_only);
        self.tables.replace(after);
        let live = self.live.borrow().clone();
        events::of_change(&self.directory, &before, &self.tables.borrow(), &live, |event| {
            self.hub.emit(&event)
        });
        let mut kinds: Vec<Kind> = group.iter().flat_map(|staged| staged.kinds.iter().copied()).collect();
        kinds.dedup();
        self.watched.touch(&kinds);
        if group.iter().any(|staged| staged.wakes_publishing) {
            self.watched.touch_pending();
        }
        group.into_iter().for_each(|staged| (staged.finish)(Ok(())));
        Ok(())
    }

    /// Takes no update from now on, for this reason; the first reason stays.
    pub(super) fn end(&self, why: Error) {
        self.ended.borrow_mut().get_or_insert(why);
        self.places.close();
        self.background_places.close();
    }

    pub(super) fn why_ended(&self) -> Error {
        self.ended.borrow().clone().unwrap_or(Error::EngineMoved)
    }

    /// Wipes memory, after the task has come to its end.
    pub(super) fn wipe(&self) {
        self.live.take();
        self.tables.borrow_mut().wipe();
    }

    pub(super) fn set_live<T>(&self, change: impl FnOnce(&mut Live) -> T) -> T {
        let before = self.live.borrow().clone();
        let value = change(&mut self.live.borrow_mut());
        let after = self.live.borrow().clone();
        if before != after {
            events::of_live(&self.directory, &self.tables.borrow(), &before, &after, |event| {
                self.hub.emit(&event);
            });
        }
        value
    }
}

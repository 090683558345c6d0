//! The handle to folders, and its worker.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{Either, select};
use futures::lock::Mutex;

use crate::engine::Error;
use crate::engine::api::{BoundFolder, DirectoryStore, Event, FileChange, FolderState, RenamedFile};
use crate::engine::events::Hub;
use crate::engine::shares::Shares;
use crate::engine::state::{EARLIER_MS, FolderRow, Kind, State, Tables};
use crate::engine::storage::Storage;
use crate::engine::tasks::Tasks;
use crate::keys::{Id, Ring};
use crate::platform;

use super::standing::{Outcome, Standing};

/// How often every folder is looked at: a browser does not tell when a file changes.
const PERIOD: Duration = Duration::from_secs(60);

/// The wait before a folder is looked at again in which a file was being written.
const SOON: Duration = Duration::from_secs(2);

/// Times that a folder is looked at again soon, before it waits for its turn: something may stand in the way for long.
const SOON_TIMES: u32 = 10;

/// Rounds that follow each other at once, at most: the next ones wait for their turn.
const ROUNDS: usize = 8;

/// Files with another name that one folder lists, at most.
const MAX_LISTED: usize = 100;

/// What folders may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) ring: Rc<Ring>,
    /// The key of this device.
    pub(in crate::engine) device: Id,
    pub(in crate::engine) state: State,
    pub(in crate::engine) storage: Storage,
    pub(in crate::engine) shares: Shares,
    pub(in crate::engine) directories: DirectoryStore,
    pub(in crate::engine) hub: Rc<Hub>,
    pub(in crate::engine) tasks: Tasks,
}

/// Handle to the folders of the unlocked profile.
#[derive(Clone)]
pub(in crate::engine) struct Folders(pub(super) Rc<Inner>);

pub(super) struct Inner {
    pub(super) args: Args,
    /// How each folder stands, since the profile was unlocked.
    standing: RefCell<BTreeMap<String, Standing>>,
    /// One round at a time.
    round: Mutex<()>,
}

impl Folders {
    pub(in crate::engine) fn new(args: Args) -> Self {
        Self(Rc::new(Inner { args, standing: RefCell::default(), round: Mutex::default() }))
    }

    /// Starts to look at every folder now, each minute, and when its share changes.
    pub(in crate::engine) fn start(&self) {
        self.0.args.tasks.spawn(self.clone().keep_in_step());
    }

    async fn keep_in_step(self) {
        let state = &self.0.args.state;
        let mut changes = state.watch(&[Kind::folders, Kind::shares, Kind::forked, Kind::awaited]);
        let (mut is_whole, mut next) = (true, platform::Instant::now() + PERIOD);
        let mut times = 0;
        loop {
            let due = state.read(|tables| {
                let due = tables.folders.iter().filter(|(_, row)| is_whole || is_behind(tables, row));
                due.map(|(id, _)| id.clone()).collect::<Vec<_>>()
            });
            let mut is_soon = false;
            for id in due {
                match self.look(&id, false).await {
                    Ok(outcome) => is_soon |= outcome == Outcome::Again,
                    Err(why) => tracing::debug!(%why, "a folder is not in step"),
                }
            }
            times = if is_soon { times + 1 } else { 0 };
            is_soon &= times <= SOON_TIMES;
            if is_whole && let Err(why) = self.forget_the_old().await {
                tracing::debug!(%why, "the journal is not shortened");
            }
            if is_whole {
                next = platform::Instant::now() + if is_soon { SOON } else { PERIOD };
            } else if is_soon {
                next = next.min(platform::Instant::now() + SOON);
            }
            let wait = platform::sleep(next.saturating_duration_since(platform::Instant::now()));
            is_whole = matches!(select(pin!(changes.changed()), pin!(wait)).await, Either::Right(_));
        }
    }

    /// Brings a folder and its share in step, as far as that is possible now. `anyway`: also if much vanished or changed at
    /// once.
    pub(in crate::engine) async fn look(&self, id: &str, anyway: bool) -> Result<Outcome, Error> {
        let _alone = self.0.round.lock().await;
        let mut outcome = Outcome::Again;
        for _ in 0..ROUNDS {
            self.stand(id, |standing| standing.state = FolderState::Busy);
            let done = self.round(id, anyway).await;
            let (standing, result) = match done {
                Ok((standing, outcome)) => (standing, Ok(outcome)),
                Err(why) => {
                    let why_text = Some(why.to_string());
                    (Standing { state: FolderState::Fails, why: why_text, ..Standing::default() }, Err(why))
                }
            };
            let is_there = self.0.args.state.read(|tables| tables.folders.contains(&id.to_owned()));
            if !is_there {
                self.0.standing.borrow_mut().remove(id);
                return Ok(Outcome::Done);
            }
            self.stand(id, |now| *now = standing);
            outcome = result?;
            if outcome != Outcome::Go {
                break;
            }
        }
        Ok(outcome)
    }

    /// Notes how a folder stands, and tells the page if that is news.
    pub(super) fn stand(&self, id: &str, change: impl FnOnce(&mut Standing)) {
        let mut all = self.0.standing.borrow_mut();
        let standing = all.entry(id.to_owned()).or_default();
        let before = standing.clone();
        change(standing);
        if *standing != before {
            drop(all);
            self.0.args.hub.emit(&Event::Folders);
        }
    }

    pub(super) fn forget_standing(&self, id: &str) {
        self.0.standing.borrow_mut().remove(id);
    }

    /// Every folder that is bound, the oldest first.
    pub(in crate::engine) fn list(&self) -> Vec<BoundFolder> {
        self.0.args.state.read(|tables| {
            let mut rows: Vec<_> = tables.folders.iter().collect();
            rows.sort_by_key(|(id, row)| (row.added, (*id).clone()));
            rows.into_iter().map(|(id, row)| self.shown(tables, id, row)).collect()
        })
    }

    pub(super) fn shown(&self, tables: &Tables, id: &str, row: &FolderRow) -> BoundFolder {
        let Standing { state, gone, changed, at, left_out, why } =
            self.0.standing.borrow().get(id).cloned().unwrap_or_default();
        let is_open = |line: &&crate::engine::state::JournalRow| {
            line.folder == id && line.change == FileChange::Conflict && !line.is_settled
        };
        let steps = tables.steps.iter().filter(|(key, _)| key.folder == id);
        let renamed = steps.filter_map(|(key, step)| {
            Some(RenamedFile { path: key.path.clone(), local: step.local.clone()? })
        });
        BoundFolder {
            id: id.to_owned(),
            name: row.name.clone(),
            share: row.share.to_string(),
            mode: row.mode,
            state,
            at: at.or_else(|| (row.at > 0).then_some(row.at)),
            gone,
            changed,
            conflicts: tables.journal.values().filter(is_open).count(),
            renamed: renamed.take(MAX_LISTED).collect(),
            left_out: left_out.into_iter().take(MAX_LISTED).collect(),
            why,
        }
    }

    /// Forgets lines of the journal and earlier revisions of which the time is over.
    async fn forget_the_old(&self) -> Result<(), Error> {
        let over = platform::now_ms().saturating_sub(EARLIER_MS);
        let is_any = self.0.args.state.read(|tables| {
            tables.journal.values().any(|line| line.at < over)
                || tables.earlier.values().any(|it| it.at < over)
        });
        if !is_any {
            return Ok(());
        }
        let forgotten = self.0.args.state.remove(move |tx| {
            tx.journal.remove_where(|_, line| line.at < over);
            tx.earlier.remove_where(|_, earlier| earlier.at < over);
            Ok(())
        });
        forgotten.await
    }
}

/// Whether the share of a folder is another one than when the folder was last in step.
fn is_behind(tables: &Tables, row: &FolderRow) -> bool {
    match tables.shares.get(&row.share) {
        Some(share) => row.revision != Some(share.block()),
        None => true,
    }
}

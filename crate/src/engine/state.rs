//! All rows of the unlocked profile, in memory and on disk.
//!
//! [`State::update`] is the only way to change either. Updates wait in one queue. The state's task runs all that wait,
//! each on top of the one before, commits what they changed together, and only then shows it: memory, events, and
//! notifications follow a commit, never precede it. So nobody sees what is not on disk, a failure needs no undo, and no
//! event tells of what did not happen.
//!
//! Updates cannot wait inside each other, since `change` is synchronous. What takes long (a manifest, sealing, a fetch)
//! happens before, from a snapshot; `change` looks again at what it relied on.

mod answers;
mod decided;
mod devices;
mod events;
mod folders;
mod handle;
mod introductions;
mod keeping;
mod kept;
mod live;
mod migrate;
mod needs_root;
mod queue;
mod rows;
mod sealed;
mod services;
mod tables;
#[cfg(test)]
mod tests;
mod transaction;
mod views;
mod watch;

pub(super) use answers::Answer;
#[cfg(test)]
pub(super) use decided::note as note_decided;
pub(super) use folders::{EARLIER_MS, FolderRow, JournalRow, StepKey, StepRow};
pub(super) use handle::{Args, State, adopt_device};
pub(super) use keeping::{
    Check, FreedPlace, FreedShare, KeepRequest, KeeperRow, KeptKey, KeptRun, NamedKeepers, Offered, Room,
    Said,
};
pub(super) use live::Live;
pub(super) use rows::{Account, Plan, PlannedFile, Replica, Restored, Run, RunKey, StoredChunk, Wish};
pub(super) use services::{Failed, Held};
pub(super) use tables::{Kind, Tables};
pub(super) use transaction::Transaction;
pub(super) use views::shown_share;
pub(super) use watch::Watcher;

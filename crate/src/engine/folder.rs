//! Folders on a disk that are kept in step with shares to oneself, and the journal of what happened to their files.
//!
//! A round looks at every file by path, size and time, reads what changed, merges it with the share over what both had
//! last, makes the next revision of the share, and then brings the folder to it. Each step may be torn off: the next round
//! finds what is left to do. Nothing on the disk is replaced that was not looked at in the same round.

mod bind;
mod empty;
mod handle;
mod journal;
mod round;
mod scan;
mod seal;
mod standing;
mod take;
#[cfg(test)]
mod tests;
mod undo;

pub(super) use handle::{Args, Folders};

//! Folders in step with a share: what two sides made of the files that both had, merged.
//!
//! A merge takes three lists of files: what both sides had when they were last in step, and what either has now. It says
//! what both have afterwards, and loses no version that only one side knew. A folder in which there is nothing is merged like
//! a file.

mod copies;
mod empty;
mod ignored;
mod merge;
mod names;

pub use copies::{copy_of, earlier_of, original_of};
pub use empty::{empty_folder, folder_path, has_at_or_within, has_within};
pub use ignored::{IGNORE_FILE, Ignored};
pub use merge::{Conflict, Makers, Merged, Origin, Side, Tree, Version, merge};
pub use names::{LocalNames, NameError, shared_name};

/// Files that may vanish or change at once before a person is asked, in a folder of any size.
pub const UNASKED_CHANGES: usize = 20;

/// How much of what both sides had has changed at once, where that is so much that a person is to be asked: more than
/// [`UNASKED_CHANGES`] files and a third of all.
///
/// Also a folder of which no file at all is left: a disk that was taken out may leave its empty folder behind. Folders
/// without files are not counted: nothing is lost with them.
pub fn mass_change(base: &Tree, now: &Tree) -> Option<MassChange> {
    let (mut gone, mut changed, mut all) = (0, 0, 0);
    for (path, before) in base.iter().filter(|(path, _)| folder_path(path).is_none()) {
        all += 1;
        match now.get(path) {
            None => gone += 1,
            Some(now) if now.digest != before.digest => changed += 1,
            Some(_) => {}
        }
    }
    let is_emptied = all > 1 && gone == all && now.keys().all(|path| folder_path(path).is_some());
    let is_mass = gone + changed > UNASKED_CHANGES && (gone + changed) * 3 > all;
    (is_mass || is_emptied).then_some(MassChange { gone, changed, all })
}

/// How many files vanished or changed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MassChange {
    /// Files that are there no longer.
    pub gone: usize,
    /// Files that have other bytes.
    pub changed: usize,
    /// Files that were there before.
    pub all: usize,
}

#[cfg(test)]
mod tests;

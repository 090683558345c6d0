//! Shares: making, changing, passing on and receiving them, the links that lead to them, and receipts.
//!
//! A share is a draft until all of its files are stored here. Every change makes a new revision, sealed from a snapshot
//! and installed only if the share is still what the revision was made from.

mod add_files;
mod albums;
mod answer_lists;
mod answers;
mod archive;
mod create;
mod describe;
mod draft;
mod elsewhere;
mod fork_files;
mod forks;
mod handle;
mod heirs;
mod links;
mod list;
mod manifest_rewrite;
mod matching;
mod open_link;
mod own_files;
mod pass_on;
mod public;
mod receipts;
mod receive;
mod resume;
mod revise;
#[cfg(test)]
mod tests;

pub(super) use answer_lists::AnswersAnnouncement;
pub(super) use answers::Heard;
pub(super) use draft::{Chosen, MAX_FILES, listed, planned, unreadable};
pub(super) use fork_files::{maker_of, name_of};
pub(super) use handle::{Args, Shares};
pub(super) use list::shown_file;
pub(super) use own_files::{OwnFiles, digest_of_file};
pub(super) use receipts::Receipt;
pub(super) use receive::ShareAnnouncement;
pub(super) use revise::Allows;

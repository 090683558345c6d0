//! Shares: making, changing, passing on and receiving them, the links that lead to them, and receipts.
//!
//! A share is a draft until all of its files are stored here. Every change makes a new revision, sealed from a snapshot
//! and installed only if the share is still what the revision was made from.

mod add_files;
mod albums;
mod archive;
mod create;
mod draft;
mod elsewhere;
mod forks;
mod handle;
mod links;
mod list;
mod manifest_rewrite;
mod matching;
mod open_link;
mod pass_on;
mod public;
mod receipts;
mod receive;
mod resume;
mod revise;
#[cfg(test)]
mod tests;

pub(super) use handle::{Args, Shares};
pub(super) use receipts::Receipt;
pub(super) use receive::ShareAnnouncement;

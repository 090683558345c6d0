//! In: newer records of contacts, and everything that hangs from them, verified step by step.
//!
//! One watch for each relay that a contact names, and one for each device of theirs that may be online. Of the records that
//! they bring, [`IngestQueue`](crate::social::ingest::IngestQueue) says which is ingested next. One that cannot be
//! ingested for want of a block is tried again with back-off; one that does not verify is refused for good, with a warning
//! on its contact.

mod forks;
mod handle;
mod ingest;
mod meet;
#[cfg(test)]
mod mocked;
mod pages;
mod relay_rotation;
#[cfg(test)]
mod tests;
mod watch;

pub(super) use handle::{Args, Sync};

//! People: whom I added, follow or blocked, who asks to be added, and what is still to be said to whom.
//!
//! A decision is one update of the state, so that two decisions about the same person never lose each other. Three
//! workers do the rest: one leaves requests in the mailboxes of people whom I added, one reads my own mailboxes, and one
//! looks for the profiles of people who ask. Reading the records of contacts is the sync component's; this one tells it
//! whom to look for at once.

mod backoff;
mod decisions;
mod drops;
mod handle;
mod list;
mod mailbox;
#[cfg(test)]
mod mocked;
mod outgoing;
mod owner;
mod pasted;
mod requests;
mod succession;
#[cfg(test)]
mod tests;
mod verification;

pub(super) use handle::{Args, Contacts};
pub(super) use pasted::unknown;
#[cfg(test)]
pub(in crate::engine) use succession::{Claim, follow};

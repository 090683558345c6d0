//! Rules for requests, contacts, shares, letterboxes, roots and the vault, as pure functions.
//!
//! State in, state out: nothing here does I/O or knows a network. What may arrive twice or out of order may
//! be applied twice or out of order. Nothing goes back in time.
#![forbid(unsafe_code)]

pub mod album;
pub mod answers;
pub mod audience;
pub mod contact;
pub mod drop_box;
pub mod feed;
#[cfg(test)]
pub(crate) mod fixture;
pub mod folder;
mod history;
pub mod ingest;
pub mod introduction;
pub mod invite;
pub mod keeping;
pub mod letter;
pub mod letterbox;
pub mod link;
mod name;
pub mod outgoing_request;
pub mod pasted;
pub mod pinning;
pub mod publication;
pub mod receipt;
pub mod relation;
pub mod request;
pub mod root;
pub mod sequences;
pub mod share;
pub mod share_record;
mod stored;
pub mod succession;
pub mod vault;
pub mod verification;

pub use name::{MalformedName, Name};

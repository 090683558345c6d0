//! Friends and a real relay: whole engines, natively, over stores that outlive them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod afterwards;
mod albums;
mod answers;
#[path = "../../examples/measure/authors.rs"]
#[allow(dead_code, reason = "a measurement needs more of it")]
mod authors;
mod changing;
#[path = "../relay/client.rs"]
#[allow(dead_code, reason = "a few of its functions are enough to be hostile")]
mod client;
mod devices;
mod door;
mod drops;
mod flood;
mod flows;
mod folders;
mod hostile;
mod introductions;
mod keeping;
mod keys;
mod linking;
mod links;
mod locking;
mod meeting;
mod parting;
mod person;
mod pinning;
mod privacy;
mod public;
mod races;
mod recovery;
mod removal;
mod sharing;
mod theft;
mod together;
mod told;
mod trouble;
mod waiting;
mod watching;
#[path = "../../../crate/tests/net_support/window.rs"]
#[allow(dead_code, reason = "the tests of direct connections need more of it")]
mod window;

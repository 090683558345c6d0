//! Friends keep for each other what they share, while tabs are closed.
//!
//! Both halves follow from rows: `give` keeps what contacts ask for, within the room that I give them; `ask` chooses
//! who is to keep what is mine, and leaves them lists; `services` asks pinning services. Each looks again when a row changed that it follows from.

mod ask;
mod calls;
mod free;
mod freed;
mod give;
mod handle;
mod hear;
mod let_go;
mod places;
mod prove;
mod services;
mod sessions;
#[cfg(test)]
mod tests;

pub(super) use handle::{Args, Keeping};
pub(super) use hear::{Heard, KeepLetter};
#[cfg(test)]
pub(super) use sessions::FriendSessions;

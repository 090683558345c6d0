//! Who is online, by which path, and what this device gives them.
//!
//! A contact is online for as long as a connection to a device of theirs is held: by the watch of [`sync`](super::sync),
//! by which their devices and this one tell each other their newest records.

mod handle;
mod kept;
mod own_record;
#[cfg(test)]
mod probing;
mod served;
mod status;

pub(super) use handle::{Args, Presence};
pub(super) use own_record::{OwnRecord, online_contacts};
pub(super) use served::ServedBlocks;

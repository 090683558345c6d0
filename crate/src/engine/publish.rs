//! Out: what is new goes to each keeper, in the order blocks, headers, letterboxes, root, record.
//!
//! One task for each [`Keeper`]; a relay is one kind of keeper. Another looks whether it still has what it acknowledged. Every step may be repeated: a task that was cut off begins
//! again, and pushes only what the keeper says it lacks.

mod announce;
mod audit;
mod compose;
mod handle;
mod keeper;
#[cfg(test)]
mod mocked;
pub(super) mod proofs;
mod push;
mod replicate;
#[cfg(test)]
mod tests;
mod unfinished;
mod unpin;
mod vault;

pub(super) use handle::{Args, Publisher};
pub(super) use keeper::{Keeper, KeeperSession, RelayKeeper};
#[cfg(test)]
pub(super) use mocked::MockedKeeper;
pub(super) use unfinished::Unfinished;
pub(super) use vault::{from_vault, merged_vault};

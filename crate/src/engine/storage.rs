//! Blocks of the unlocked profile: kept, protected while nothing names them, and let go of; and waiting for room.

mod collect;
mod handle;
mod pins;
mod sealed_blocks;
#[cfg(test)]
mod tests;

pub(super) use handle::{Args, Storage};
pub(super) use pins::TempPins;
pub(super) use sealed_blocks::SealedBlocks;

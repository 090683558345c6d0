//! What friends keep for each other: accounts of the room that I give, and who is to keep what is mine.

pub mod ledger;
pub mod policy;
pub mod sample;

/// Bytes that a block counts beside its own: what a store needs for its name and its place.
pub const BLOCK_OVERHEAD: u64 = 512;

/// Blocks that are kept for one person: their names are in memory while the profile is unlocked.
pub const MAX_BLOCKS: usize = 262_144;

/// Bytes of room that I give to all others together, at most.
pub const MAX_TOTAL: u64 = 8 << 30;

/// Of what a browser gives a page, the part that friends may have: one in so many bytes.
pub const SHARE_OF_QUOTA: u64 = 10;

/// Milliseconds in which no more is downloaded for somebody than their room: a week.
pub const WEEK_MS: u64 = 7 * 24 * 60 * 60 * 1000;

/// What a block of this length counts.
pub fn counted(len: u64) -> u64 {
    len.saturating_add(BLOCK_OVERHEAD)
}

/// What a share with so many files of so many bytes together counts, about: a 64th more for chunks, lists and previews.
pub fn expected(size: u64, files: u64) -> u64 {
    let files = files.saturating_add(1).saturating_mul(BLOCK_OVERHEAD);
    size.saturating_add(size / 64).saturating_add(files)
}

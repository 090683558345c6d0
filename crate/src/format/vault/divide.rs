//! Cutting a vault into buckets.

use std::collections::BTreeSet;

use super::{Bucket, Entry, Vault, row};
use crate::crypto::sha256;
use crate::format::Value as _;
use crate::format::limits;

/// A vault in buckets.
#[derive(Clone, Debug, PartialEq)]
pub struct Divided {
    /// The buckets, a power of two of them.
    pub buckets: Vec<Bucket>,
    /// How many entries have no room in them.
    pub left_out: usize,
}

/// Bytes of entries for each bucket: small enough to rewrite at each change, and far from the limit.
const BUCKET_AIM: usize = 32 * 1024;

/// Bytes of entries that a bucket can hold: the rest of the block is for Padmé (below 4 KiB at this size) and the box.
const BUCKET_ROOM: usize = limits::VAULT_BUCKET - 8 * 1024;

impl Vault {
    /// Cuts the vault into as few buckets as keep each of them small, each of which can be sealed.
    ///
    /// If it has more than the largest number of buckets holds, entries of the lowest `worth` are left out, and of these
    /// the oldest.
    pub fn divide(&self, worth: impl Fn(&str) -> u8) -> Divided {
        let entries: Vec<_> = self.entries.iter().map(|(key, entry)| Measured::of(key, entry)).collect();
        let total: usize = entries.iter().map(|entry| entry.bytes).sum();
        let mut count = (total / BUCKET_AIM).next_power_of_two().min(limits::VAULT_BUCKETS);
        while count < limits::VAULT_BUCKETS && sums(&entries, count).iter().any(|sum| *sum > BUCKET_ROOM) {
            count *= 2;
        }
        let mut sums = sums(&entries, count);
        let mut surplus: Vec<_> =
            entries.iter().filter(|entry| sums[entry.place(count)] > BUCKET_ROOM).collect();
        surplus.sort_by_key(|entry| (worth(entry.key), entry.entry.at));
        let mut left_out = BTreeSet::new();
        for entry in surplus {
            let sum = &mut sums[entry.place(count)];
            if *sum > BUCKET_ROOM {
                *sum -= entry.bytes;
                left_out.insert(entry.key);
            }
        }
        let mut buckets = vec![Bucket::default(); count];
        for kept in entries.iter().filter(|entry| !left_out.contains(entry.key)) {
            buckets[kept.place(count)].entries.insert(kept.key.to_owned(), kept.entry.clone());
        }
        Divided { buckets, left_out: left_out.len() }
    }
}

/// An entry, with what is needed to choose its bucket.
struct Measured<'a> {
    key: &'a str,
    entry: &'a Entry,
    hash: u32,
    bytes: usize,
}

impl<'a> Measured<'a> {
    fn of(key: &'a str, entry: &'a Entry) -> Self {
        Self { key, entry, hash: hash_of(key), bytes: row(key, entry).to_bytes().len() }
    }

    fn place(&self, count: usize) -> usize {
        place_of(self.hash, count)
    }
}

/// Bytes of entries in each of `count` buckets.
fn sums(entries: &[Measured<'_>], count: usize) -> Vec<usize> {
    let mut sums = vec![0; count];
    for entry in entries {
        sums[entry.place(count)] += entry.bytes;
    }
    sums
}

/// The bucket of a key among `count`, a power of two: the first bits of the SHA-256 of the key.
///
/// # Panics
///
/// If `count` is no power of two up to 2^31.
pub fn bucket_of(key: &str, count: usize) -> usize {
    assert!(count.is_power_of_two() && u32::try_from(count).is_ok(), "a vault has a power of two of buckets");
    place_of(hash_of(key), count)
}

fn hash_of(key: &str) -> u32 {
    let [a, b, c, d, ..] = sha256(key.as_bytes());
    u32::from_be_bytes([a, b, c, d])
}

fn place_of(hash: u32, count: usize) -> usize {
    usize::try_from((u64::from(hash) * count as u64) >> 32).expect("below count")
}

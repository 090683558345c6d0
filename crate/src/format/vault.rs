//! The vault: an identity's own state, sealed to itself, so that with the words everything comes back.
//!
//! A last-writer-wins map from text to any value. It is cut into buckets by a hash of the key, so that a change
//! rewrites one of them; each is a box under the identity's vault key, padded by Padmé. The root block lists
//! the buckets as clear links.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;
use zeroize::Zeroize;

use crate::crypto::{boxed, padding, sha256};
use crate::format::error::{DecodeError, Fault, ReadError, check_size};
use crate::format::fields::{Value, blocks, rising_by};
use crate::format::object::object;
use crate::format::{Random, cbor, limits, node};

/// Label of the boxes.
const LABEL: &str = "vault";

/// When an entry was written and by whom: the later one wins, at one time the greater device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Milliseconds since 1970, but always later than what the writer replaced.
    pub ms: u64,
    /// Public key of the writing device.
    pub device: [u8; 32],
}

/// What the vault knows under one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When and by whom.
    pub at: Stamp,
    /// The value; `None` where it was removed.
    pub value: Option<Ipld>,
}

impl Entry {
    /// Whether this entry wins over another: a total order, so that merging in any order ends alike.
    fn wins_over(&self, other: &Self) -> bool {
        let bytes = |entry: &Self| entry.value.as_ref().map(cbor::from_ipld);
        self.at.cmp(&other.at).then_with(|| bytes(self).cmp(&bytes(other))) == Ordering::Greater
    }
}

/// The values are keys of shares above all.
impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(value) = &mut self.value {
            wipe(value);
        }
    }
}

fn wipe(value: &mut Ipld) {
    match value {
        Ipld::Bytes(bytes) => bytes.zeroize(),
        Ipld::String(text) => text.zeroize(),
        Ipld::List(list) => list.iter_mut().for_each(wipe),
        Ipld::Map(map) => map.values_mut().for_each(wipe),
        Ipld::Null | Ipld::Bool(_) | Ipld::Integer(_) | Ipld::Float(_) | Ipld::Link(_) => (),
    }
}

/// The vault in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vault {
    entries: BTreeMap<String, Entry>,
}

impl Vault {
    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Ipld> {
        self.entries.get(key)?.value.as_ref()
    }

    /// Every key that has a value, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Ipld)> {
        self.entries.iter().filter_map(|(key, entry)| Some((key.as_str(), entry.value.as_ref()?)))
    }

    /// Every key that has a value and starts with `prefix`, sorted.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Ipld)> {
        self.entries
            .range(prefix.to_owned()..)
            .take_while(move |(key, _)| key.starts_with(prefix))
            .filter_map(|(key, entry)| Some((key.as_str(), entry.value.as_ref()?)))
    }

    /// Writes a value, or removes what was there, at `now` in milliseconds since 1970.
    ///
    /// Returns whether anything changed. The stamp is later than that of the entry replaced, also where a clock
    /// went back.
    pub fn set(&mut self, key: &str, value: Option<Ipld>, now: u64, device: &[u8; 32]) -> bool {
        let before = self.entries.get(key);
        if before.and_then(|entry| entry.value.as_ref()) == value.as_ref() {
            return false;
        }
        let ms = before.map_or(now, |entry| now.max(entry.at.ms + 1));
        self.entries.insert(key.to_owned(), Entry { at: Stamp { ms, device: *device }, value });
        true
    }

    /// Takes in what another device wrote. Idempotent, and in any order the result is the same.
    ///
    /// Returns the keys whose value changed.
    pub fn merge(&mut self, bucket: Bucket) -> Vec<String> {
        let mut changed = Vec::new();
        for (key, entry) in bucket.entries {
            if self.entries.get(&key).is_none_or(|mine| entry.wins_over(mine)) {
                self.entries.insert(key.clone(), entry);
                changed.push(key);
            }
        }
        changed
    }

    /// Forgets an entry without a trace of its removal. It comes back when an older vault is merged.
    ///
    /// For entries that others can make in any number and that may come back: what is only removed stays for good.
    pub fn forget(&mut self, key: &str) -> bool {
        self.entries.remove(key).is_some()
    }

    /// All entries as one bucket, of any size.
    pub fn whole(&self) -> Bucket {
        Bucket { entries: self.entries.clone() }
    }

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

/// A part of the vault.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bucket {
    entries: BTreeMap<String, Entry>,
}

impl Bucket {
    /// Seals the bucket into a block; `random` gives the nonce.
    pub fn seal(&self, vault_key: &[u8; 32], random: Random<'_>) -> Result<Vec<u8>, DecodeError> {
        Self::from_ipld(self.to_ipld())?;
        let mut nonce = [0; 24];
        random(&mut nonce);
        let frame = padding::frame_padme(&self.to_bytes());
        let block = Sealed(boxed::seal_with_nonce(vault_key, LABEL, &frame, &nonce).into()).to_bytes();
        check_size("vault", &block, limits::VAULT_BUCKET)?;
        Ok(block)
    }

    /// Opens the block of a bucket.
    pub fn open(vault_key: &[u8; 32], block: &[u8]) -> Result<Self, ReadError> {
        check_size("vault", block, limits::VAULT_BUCKET)?;
        let frame = boxed::open(vault_key, LABEL, &Sealed::from_bytes(block)?.0)?;
        Ok(Self::from_bytes(&node::unframe_padme(&frame)?)?)
    }
}

object! {
    /// A bucket as anybody sees it.
    #[derive(Debug)]
    #[version(1, "vault")]
    struct Sealed(
        #[key("sealed")]
        #[max(limits::VAULT_BUCKET)]
        Bytes
    );
}

object! {
    /// What is sealed.
    #[derive(Debug)]
    #[version(1, "vault")]
    struct Rows(
        #[key("entries")]
        #[check(rising_by(|row: &Row| &row.key))]
        Vec<Row>
    );
}

impl Value for Bucket {
    fn to_ipld(&self) -> Ipld {
        Rows(self.entries.iter().map(|(key, entry)| row(key, entry)).collect()).to_ipld()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let rows = Rows::from_ipld(value)?.0.into_iter();
        Ok(Self { entries: rows.map(|row| (row.key, Entry { at: row.at, value: row.value })).collect() })
    }
}

fn row(key: &str, entry: &Entry) -> Row {
    let Entry { at, value } = entry;
    Row { key: key.to_owned(), at: *at, value: value.clone(), gone: value.is_none().then_some(true) }
}

object! {
    /// `{key, at, value}` or `{key, at, gone: true}`.
    #[derive(Debug)]
    #[check(Self::has_one)]
    struct Row {
        #[max(limits::VAULT_KEY_CHARS)]
        key: String,
        at: Stamp,
        value: Option<Ipld>,
        gone: Option<bool>,
    }
}

impl Row {
    fn has_one(&self) -> Result<(), DecodeError> {
        match (&self.value, self.gone) {
            (Some(_), None) | (None, Some(true)) => Ok(()),
            _ => Err(DecodeError::at("value", Fault::Contradiction)),
        }
    }
}

/// `[ms, device]`.
impl Value for Stamp {
    fn to_ipld(&self) -> Ipld {
        Ipld::List(vec![self.ms.to_ipld(), self.device.to_ipld()])
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let parts: Result<[Ipld; 2], _> = Vec::from_ipld(value)?.try_into();
        let [ms, device] = parts.or(Err(Fault::Kind("[ms, device]")))?;
        Ok(Self { ms: u64::from_ipld(ms)?, device: <[u8; 32]>::from_ipld(device)? })
    }
}

object! {
    /// The vault's root block: where its buckets are.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "vault")]
    #[decode("vault", limits::VAULT)]
    pub struct Buckets(
        #[key("buckets")]
        #[max(limits::VAULT_BUCKETS)]
        #[check(blocks, is_divided)]
        pub Vec<Cid>
    );
}

impl Buckets {
    /// Its one encoding.
    pub fn encode(&self) -> Vec<u8> {
        self.to_bytes()
    }
}

fn is_divided(buckets: &[Cid]) -> Result<(), Fault> {
    Fault::Padding.unless(buckets.len().is_power_of_two())
}

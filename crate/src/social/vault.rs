//! My own state, as the vault keeps it. With the 24 words it comes back, and my devices agree on it.
//!
//! Each kind of value is an [`Entry`] with a name of its own. Vaults of several devices are merged entry by entry: of
//! decisions the later one counts, facts rise. Merging is idempotent, and its order does not matter.

mod entries;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use bytes::Bytes;
use cid::Cid;
use ipld_core::serde::{from_ipld, to_ipld};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::stored;
use crate::{
    crypto::sha256,
    format::{
        DAG_CBOR, DecodeError, ReadError, Value, cid_of, limits,
        vault::{self, Bucket, Buckets, Divided, REMEMBERED_MS, Stamp},
    },
    keys::{Id, Ring},
    platform,
};

pub use super::succession::{Closed, Former};

pub use self::entries::{
    Circles, Dismissed, Heir, Hidden, KnownContact, KnownDevice, MayBeShown, Only, OwnShare, Petname,
    Receipts, RelayOnly, SeesMine, WordsConfirmed,
};

/// A kind of value in the vault.
pub trait Entry: Serialize + DeserializeOwned {
    /// The prefix of its keys.
    const PREFIX: &'static str;
    /// What identifies one value of this kind.
    type Name: Display + FromStr;

    /// The key of the value of this name.
    fn key(name: &Self::Name) -> String {
        format!("{}{name}", Self::PREFIX)
    }
}

/// The vault, and where its newest sealed buckets are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Vault {
    #[serde(with = "stored::vault")]
    entries: vault::Vault,
    buckets: Vec<SealedBucket>,
    root: Option<Cid>,
    /// How many entries had no room when it was sealed last.
    #[serde(default)]
    left_out: u64,
    /// The version in which it was sealed last; 0 in rows of builds that knew version 1 alone.
    #[serde(default)]
    version: u64,
    /// When this device last brought it to what is so, in milliseconds since 1970.
    #[serde(default)]
    written: u64,
    /// Keys of which this device has nothing to show: it does not take them for removed.
    #[serde(default)]
    unread: BTreeSet<String>,
}

/// What the words bring back first, if there is not room for everything.
fn worth(key: &str) -> u8 {
    // Without these nobody is found again, and no share of mine can be opened.
    const NEEDED: [&str; 7] = [
        "setting/",
        KnownContact::PREFIX,
        "relation/",
        Petname::PREFIX,
        Circles::PREFIX,
        "closed/",
        "former/",
    ];
    match key {
        key if NEEDED.iter().any(|prefix| key.starts_with(prefix)) => 3,
        key if key.starts_with(OwnShare::PREFIX) => 2,
        key if key.starts_with(Hidden::PREFIX) => 0,
        _ => 1,
    }
}

/// A sealed bucket, and a digest of its contents, to see whether they changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SealedBucket {
    #[serde(with = "serde_bytes")]
    content: [u8; 32],
    cid: Cid,
}

/// What has to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedVault {
    /// New blocks: changed buckets, and the root block. Empty if nothing changed.
    pub blocks: Vec<(Cid, Bytes)>,
    /// The vault's root block, for the root.
    pub root: Cid,
}

/// The version of the vault that is sealed now.
const VERSION: u64 = 2;

impl Vault {
    /// Returns the value of this name. A value that a later version wrote in another form counts as absent.
    pub fn get<T: Entry>(&self, name: &T::Name) -> Option<T> {
        from_ipld(self.entries.get(&T::key(name))?.clone()).ok()
    }

    /// Returns when the value of this name was decided or removed.
    pub fn at<T: Entry>(&self, name: &T::Name) -> Option<Stamp> {
        self.entries.at(&T::key(name))
    }

    /// Returns every value of this kind, by key.
    pub fn all<T: Entry>(&self) -> impl Iterator<Item = (T::Name, T)> {
        self.entries.with_prefix(T::PREFIX).filter_map(|(key, value)| {
            let name = key.strip_prefix(T::PREFIX)?.parse().ok()?;
            Some((name, from_ipld(value.clone()).ok()?))
        })
    }

    /// Returns every name of this kind of which anything is known.
    pub fn names<T: Entry>(&self) -> impl Iterator<Item = T::Name> {
        self.entries.keys(T::PREFIX).filter_map(|key| key.strip_prefix(T::PREFIX)?.parse().ok())
    }

    /// Returns when each device, by its key, last decided something that still stands here.
    pub fn last_decisions(&self) -> BTreeMap<[u8; 32], u64> {
        let mut last = BTreeMap::new();
        for Stamp { ms, device } in self.entries.stamps() {
            let known = last.entry(device).or_insert(ms);
            *known = ms.max(*known);
        }
        last
    }

    /// Returns the key of every value that was not removed.
    pub fn present(&self) -> impl Iterator<Item = &str> {
        self.entries.present()
    }

    /// Notes a decision at `time` (milliseconds since 1970) by `device`: writes or removes a value. Returns whether
    /// anything changed.
    pub fn set<T: Entry>(&mut self, name: &T::Name, value: Option<&T>, time: u64, device: &[u8; 32]) -> bool {
        self.entries.set(&T::key(name), value.map(ipld).as_ref(), time, device)
    }

    /// Notes that the same was decided once more at `time`, if that is later: also that there is nothing.
    pub fn confirm<T: Entry>(&mut self, name: &T::Name, time: u64, device: &[u8; 32]) -> bool {
        self.entries.confirm(&T::key(name), time, device)
    }

    /// Notes a fact, which decides nothing. Returns whether anything changed.
    pub fn amend<T: Entry>(&mut self, name: &T::Name, value: &T) -> bool {
        self.entries.amend(&T::key(name), Some(&ipld(value)))
    }

    /// Notes only what has risen: what was decided stays as it is. Returns whether anything changed.
    pub fn raise<T: Entry>(&mut self, name: &T::Name, value: &T) -> bool {
        self.entries.raise(&T::key(name), &ipld(value))
    }

    /// Notes that the value of this key was removed, at `time` by `device`.
    pub fn remove(&mut self, key: &str, time: u64, device: &[u8; 32]) -> bool {
        self.entries.set(key, None, time, device)
    }

    /// Forgets the value of this key without a trace: if an older vault is merged, it comes back.
    pub fn forget(&mut self, key: &str) -> bool {
        self.entries.forget(key)
    }

    /// Forgets what was removed more than 400 days before `now`, and notes that this device was here.
    pub fn apply_written(&mut self, now: u64) {
        self.entries.forget_removed(now);
        self.written = now;
    }

    /// Whether this device was away for so long that others have forgotten what was removed: it takes what they have, and
    /// adds nothing.
    pub fn was_away(&self, now: u64) -> bool {
        self.written > 0 && self.written.saturating_add(REMEMBERED_MS) < now
    }

    /// Whether it was sealed last in a version whose entries do not merge.
    pub fn is_of_version_1(&self) -> bool {
        self.root.is_some() && self.version < VERSION
    }

    /// Whether this device has nothing to show under a key since it was merged.
    pub fn is_unread(&self, key: &str) -> bool {
        self.unread.contains(key)
    }

    /// Notes that this device shows what is under these keys, so that what it lacks later was removed here.
    pub fn apply_read(&mut self, keys: &BTreeSet<String>) {
        self.unread.retain(|key| !keys.contains(key));
    }

    /// Notes under which keys this device has nothing to show.
    pub fn set_unread(&mut self, keys: BTreeSet<String>) {
        self.unread = keys;
    }

    /// Returns how many entries had no room in the vault as it was sealed last: the words do not bring them back.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Returns every block of the vault as it was sealed last: the root block and the buckets.
    pub fn blocks(&self) -> impl Iterator<Item = Cid> {
        self.root.into_iter().chain(self.buckets.iter().map(|bucket| bucket.cid))
    }

    /// Seals the buckets that changed since the last call. Others are not sealed again.
    pub fn seal(&mut self, ring: &Ring) -> Result<SealedVault, DecodeError> {
        let Divided { buckets: divided, left_out } = self.entries.divide(worth);
        let count = divided.len();
        let mut blocks = Vec::new();
        let mut buckets = Vec::with_capacity(count);
        for (index, bucket) in divided.into_iter().enumerate() {
            let content = sha256(&Zeroizing::new(bucket.to_bytes()));
            let known = self
                .buckets
                .get(index)
                .filter(|known| self.buckets.len() == count && known.content == content);
            let cid = match known {
                Some(known) => known.cid,
                None => add(
                    &mut blocks,
                    bucket.seal(ring.vault_key(), &mut |bytes| platform::fill_random(bytes))?,
                ),
            };
            buckets.push(SealedBucket { content, cid });
        }
        let root = match self.root {
            Some(root) if blocks.is_empty() && self.version == VERSION => root,
            _ => add(&mut blocks, Buckets::new(buckets.iter().map(|bucket| bucket.cid).collect()).encode()),
        };
        self.version = VERSION;
        (self.buckets, self.root, self.left_out) = (buckets, Some(root), left_out as u64);
        Ok(SealedVault { blocks, root })
    }

    /// Opens a vault that was published: its root block, and the blocks that this names ([`buckets_of`]), in their order.
    pub fn open(ring: &Ring, root: (Cid, &[u8]), buckets: &[Bytes]) -> Result<Self, ReadError> {
        let named = Buckets::decode(root.1)?;
        let mut vault = Self { root: Some(root.0), version: named.version(), ..Self::default() };
        for (cid, block) in named.buckets.into_iter().zip(buckets) {
            let bucket = Bucket::open(ring.vault_key(), block)?;
            let content = sha256(&Zeroizing::new(bucket.to_bytes()));
            vault.buckets.push(SealedBucket { content, cid });
            vault.entries.merge([bucket]);
        }
        Ok(vault)
    }

    /// Whether it says the same as its blocks, so that nothing is to be sealed.
    pub fn is_sealed(&self) -> bool {
        let divided = self.entries.divide(worth).buckets;
        let is_known = |(bucket, known): (Bucket, &SealedBucket)| {
            sha256(&Zeroizing::new(bucket.to_bytes())) == known.content
        };
        self.version == VERSION
            && divided.len() == self.buckets.len()
            && divided.into_iter().zip(&self.buckets).all(is_known)
    }

    /// Merges what another vault says, and goes on from its blocks, of which what stays the same is not sealed again.
    /// Returns the keys that changed.
    ///
    /// Merging is idempotent, and its order does not matter.
    pub fn merge(&mut self, other: &Self) -> Vec<String> {
        self.root = other.root;
        self.version = other.version;
        self.buckets.clone_from(&other.buckets);
        self.entries.merge([other.entries.whole()])
    }

    /// Whether it lacks something that `newer` says and that the words are for: people, settings, or shares of mine.
    pub fn lacks(&self, newer: &Self) -> bool {
        let mut merged = self.entries.clone();
        // What is worth less is made anew, or forgotten when its time is over.
        merged.merge([newer.entries.whole()]).iter().any(|key| worth(key) > 1)
    }

    /// Whether both hold the same.
    #[cfg(test)]
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

/// Returns which of these devices were removed, the last one first; at most as many as a note names.
pub fn removed_of(devices: impl Iterator<Item = (Id, KnownDevice)>) -> Vec<Id> {
    let mut removed: Vec<_> = devices.filter(|(_, device)| device.is_removed()).collect();
    removed.sort_unstable_by_key(|(id, device)| (Reverse(device.removed), *id));
    removed.into_iter().map(|(id, _)| id).take(limits::REMOVED_DEVICES).collect()
}

/// Returns the CIDs of the buckets that a vault's root block names.
pub fn buckets_of(root: &[u8]) -> Result<Vec<Cid>, DecodeError> {
    Ok(Buckets::decode(root)?.buckets)
}

fn ipld<T: Entry>(value: &T) -> ipld_core::ipld::Ipld {
    to_ipld(value).expect("entries are plain values of the data model")
}

fn add(blocks: &mut Vec<(Cid, Bytes)>, block: Vec<u8>) -> Cid {
    let cid = cid_of(DAG_CBOR, &block);
    blocks.push((cid, block.into()));
    cid
}

#[cfg(test)]
mod tests;

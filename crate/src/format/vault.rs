//! The vault: an identity's own state, sealed to itself, so that with the words everything comes back, and that its
//! devices agree. `FORMAT.md`, "Vault".
//!
//! A map from text to any value. Of two devices that wrote one key the later decides, and what [rises](rising) rises. It
//! is cut into buckets by a hash of the key, so that a change rewrites one of them; each is a box under the identity's
//! vault key, padded by Padmé. The root block lists the buckets as clear links.

mod divide;
mod earlier;
mod rising;

use std::collections::BTreeMap;

use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;
use zeroize::Zeroize;

use crate::crypto::{boxed, padding};
use crate::format::error::{DecodeError, Fault, ReadError, check_size};
use crate::format::fields::{Extra, Fields, Form, Plain, Value, blocks, rising_by};
use crate::format::object::object;
use crate::format::{Random, limits, node};

pub use self::divide::{Divided, bucket_of};
use self::rising::Parts;

/// Label of the boxes.
const LABEL: &str = "vault";

/// The version that is written: its entries merge, where those of version 1 overwrite each other.
const VERSION: u64 = 2;

/// For as long a removed entry is remembered, in milliseconds: 400 days. A device that was away for longer adds nothing.
pub const REMEMBERED_MS: u64 = 400 * 24 * 60 * 60 * 1000;

/// When a person decided an entry and at which device: the later one counts, at one time the greater device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Milliseconds since 1970, but always later than what the writer replaced; 0 where nobody decided anything.
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
    /// The value under a key. Where it was removed, what rose may be left of it.
    pub fn get(&self, key: &str) -> Option<&Ipld> {
        self.entries.get(key)?.value.as_ref()
    }

    /// When the value under a key was decided or removed, and where.
    pub fn at(&self, key: &str) -> Option<Stamp> {
        self.entries.get(key).map(|entry| entry.at)
    }

    /// When each value was decided or removed, and where.
    pub fn stamps(&self) -> impl Iterator<Item = Stamp> {
        self.entries.values().map(|entry| entry.at)
    }

    /// Every key that starts with `prefix` and has a value, sorted.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Ipld)> {
        self.entries
            .range(prefix.to_owned()..)
            .take_while(move |(key, _)| key.starts_with(prefix))
            .filter_map(|(key, entry)| Some((key.as_str(), entry.value.as_ref()?)))
    }

    /// Every key that starts with `prefix`, sorted, also of what was removed.
    pub fn keys<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        let from = self.entries.range(prefix.to_owned()..).map(|(key, _)| key.as_str());
        from.take_while(move |key| key.starts_with(prefix))
    }

    /// Every key whose value was not removed, sorted.
    pub fn present(&self) -> impl Iterator<Item = &str> {
        let is_present = |(key, entry): &(&String, &Entry)| !rising::is_removed(key, entry.value.as_ref());
        self.entries.iter().filter(is_present).map(|(key, _)| key.as_str())
    }

    /// Notes a decision: writes a value or removes what was there, at `time` in milliseconds since 1970.
    ///
    /// Returns whether anything changed. The stamp is later than that of the entry replaced, also where a clock
    /// went back. What has risen stays, and where only that differs no stamp changes.
    pub fn set(&mut self, key: &str, value: Option<&Ipld>, time: u64, device: &[u8; 32]) -> bool {
        let before = self.entries.get(key);
        let (known, mut new) =
            (Parts::of(key, before.and_then(|it| it.value.as_ref())), Parts::of(key, value));
        if known.plain == new.plain {
            return self.amend(key, value);
        }
        let ms =
            before.map_or(time, |entry| time.max(entry.at.ms.saturating_add(1)).min(limits::MAX_INTEGER));
        new.rise(&known);
        self.entries.insert(key.to_owned(), Entry { at: Stamp { ms, device: *device }, value: new.whole() });
        true
    }

    /// Notes a decision once more: what is there, or that nothing is, counts as decided at `time`, if that is later.
    pub fn confirm(&mut self, key: &str, time: u64, device: &[u8; 32]) -> bool {
        let before = self.entries.get(key);
        if before.map_or(0, |entry| entry.at.ms) >= time {
            return false;
        }
        let value = before.and_then(|entry| entry.value.clone());
        self.entries.insert(key.to_owned(), Entry { at: Stamp { ms: time, device: *device }, value });
        true
    }

    /// Notes a fact, which decides nothing: the value is another one, or rose, and the stamp stays.
    ///
    /// Returns whether anything changed.
    pub fn amend(&mut self, key: &str, value: Option<&Ipld>) -> bool {
        let before = self.entries.get(key);
        let mut new = Parts::of(key, value);
        new.rise(&Parts::of(key, before.and_then(|entry| entry.value.as_ref())));
        let new = Entry { at: before.map(|entry| entry.at).unwrap_or_default(), value: new.whole() };
        if before.is_none_or(|before| *before == new) && (before.is_some() || new.value.is_none()) {
            return false;
        }
        self.entries.insert(key.to_owned(), new);
        true
    }

    /// Notes only what of a value has risen; what was decided stays as it is.
    ///
    /// Returns whether anything changed.
    pub fn raise(&mut self, key: &str, value: &Ipld) -> bool {
        let before = self.entries.get(key);
        let mut parts = Parts::of(key, before.and_then(|entry| entry.value.as_ref()));
        parts.rise(&Parts::of(key, Some(value)));
        self.amend(key, parts.whole().as_ref())
    }

    /// Takes in what another device wrote. Idempotent, and in any order the result is the same.
    ///
    /// Buckets of version 1 must be all of one vault. Returns the keys of what changed.
    pub fn merge(&mut self, buckets: impl IntoIterator<Item = Bucket>) -> Vec<String> {
        let (mut changed, mut earlier) = (Vec::new(), BTreeMap::new());
        for bucket in buckets {
            match bucket.version {
                VERSION => changed.extend(self.merge_entries(bucket.entries)),
                _ => earlier.extend(bucket.entries),
            }
        }
        changed.extend(self.merge_entries(earlier::upgrade(&earlier)));
        changed
    }

    fn merge_entries(&mut self, entries: BTreeMap<String, Entry>) -> Vec<String> {
        let mut changed = Vec::new();
        for (key, entry) in entries {
            let has_changed = match self.entries.get_mut(&key) {
                Some(mine) => mine.take_in(&key, &entry),
                None => self.entries.insert(key.clone(), entry.normal(&key)).is_none(),
            };
            if has_changed {
                changed.push(key);
            }
        }
        changed
    }

    /// Forgets an entry without a trace of its removal. It comes back when an older vault is merged.
    ///
    /// For facts whose time is over, and for those that others can make in any number.
    pub fn forget(&mut self, key: &str) -> bool {
        self.entries.remove(key).is_some()
    }

    /// Forgets removals that every device has heard of, or that was away for too long: after [`REMEMBERED_MS`].
    pub fn forget_removed(&mut self, now: u64) {
        self.entries.retain(|key, entry| {
            let value = entry.value.as_ref();
            let newest = entry.at.ms.max(rising::newest_time(value));
            newest.saturating_add(REMEMBERED_MS) > now || !rising::is_removed(key, value)
        });
    }

    /// All entries as one bucket, of any size.
    pub fn whole(&self) -> Bucket {
        Bucket { version: VERSION, entries: self.entries.clone() }
    }
}

/// A part of the vault.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    version: u64,
    entries: BTreeMap<String, Entry>,
}

impl Default for Bucket {
    fn default() -> Self {
        Self { version: VERSION, entries: BTreeMap::new() }
    }
}

impl Bucket {
    /// Seals the bucket into a block; `random` gives the nonce.
    pub fn seal(&self, vault_key: &[u8; 32], random: Random<'_>) -> Result<Vec<u8>, DecodeError> {
        Self::from_ipld(self.to_ipld())?;
        let mut nonce = [0; 24];
        random(&mut nonce);
        let frame = padding::frame_padme(&self.to_bytes());
        let sealed = boxed::seal_with_nonce(vault_key, LABEL, &frame, &nonce).into();
        let block = Sealed { version: self.version, sealed }.to_bytes();
        check_size("vault", &block, limits::VAULT_BUCKET)?;
        Ok(block)
    }

    /// Opens the block of a bucket.
    pub fn open(vault_key: &[u8; 32], block: &[u8]) -> Result<Self, ReadError> {
        check_size("vault", block, limits::VAULT_BUCKET)?;
        let frame = boxed::open(vault_key, LABEL, &Sealed::from_bytes(block)?.sealed)?;
        Ok(Self::from_bytes(&node::unframe_padme(&frame)?)?)
    }
}

/// A bucket as anybody sees it.
struct Sealed {
    version: u64,
    sealed: Bytes,
}

impl Value for Sealed {
    fn to_ipld(&self) -> Ipld {
        let mut map = Extra::new();
        Plain::put(&self.version, "v", &mut map);
        Plain::put(&self.sealed, "sealed", &mut map);
        Ipld::Map(map)
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let (version, mut fields) = Fields::versioned(value, "vault", VERSION)?;
        Ok(Self { version, sealed: Plain::take(&mut fields, "sealed", limits::VAULT_BUCKET)? })
    }
}

/// What is sealed.
impl Value for Bucket {
    fn to_ipld(&self) -> Ipld {
        let mut map = Extra::new();
        Plain::put(&self.version, "v", &mut map);
        let rows: Vec<_> = self.entries.iter().map(|(key, entry)| row(key, entry)).collect();
        Plain::put(&rows, "entries", &mut map);
        Ipld::Map(map)
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let (version, mut fields) = Fields::versioned(value, "vault", VERSION)?;
        let rows: Vec<Row> = fields.take("entries")?;
        rising_by(|row: &Row| &row.key)(&rows).map_err(|fault| DecodeError::at("entries", fault))?;
        let rows = rows.into_iter();
        Ok(Self {
            version,
            entries: rows.map(|row| (row.key, Entry { at: row.at, value: row.value })).collect(),
        })
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

/// The vault's root block: where its buckets are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets {
    version: u64,
    /// Links to the buckets, a power of two of them.
    pub buckets: Vec<Cid>,
}

impl Buckets {
    /// The root block of buckets that are written now.
    pub fn new(buckets: Vec<Cid>) -> Self {
        Self { version: VERSION, buckets }
    }

    /// The version of the root block.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Reads a root block, of any version.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        check_size("vault", bytes, limits::VAULT)?;
        Self::from_bytes(bytes)
    }

    /// Its one encoding.
    pub fn encode(&self) -> Vec<u8> {
        self.to_bytes()
    }
}

impl Value for Buckets {
    fn to_ipld(&self) -> Ipld {
        let mut map = Extra::new();
        Plain::put(&self.version, "v", &mut map);
        Plain::put(&self.buckets, "buckets", &mut map);
        Ipld::Map(map)
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let (version, mut fields) = Fields::versioned(value, "vault", VERSION)?;
        let buckets: Vec<Cid> = Plain::take(&mut fields, "buckets", limits::VAULT_BUCKETS)?;
        blocks(&buckets).map_err(|e| e.within("buckets"))?;
        is_divided(&buckets).map_err(|fault| DecodeError::at("buckets", fault))?;
        Ok(Self { version, buckets })
    }
}

fn is_divided(buckets: &[Cid]) -> Result<(), Fault> {
    Fault::Padding.unless(buckets.len().is_power_of_two())
}

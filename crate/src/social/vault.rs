//! My own state, as the vault keeps it. With the 24 words it comes back.
//!
//! Each kind of value is an [`Entry`] with a name of its own. Vaults of several devices are merged entry by
//! entry, and the last writer wins. Merging is idempotent, and its order does not matter.

use std::{
    fmt::{self, Display},
    str::FromStr,
};

use bytes::Bytes;
use cid::Cid;
use ipld_core::serde::{from_ipld, to_ipld};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};
use zeroize::Zeroizing;

use super::{share::Recipient, stored};
use crate::{
    crypto::sha256,
    format::{
        DAG_CBOR, DecodeError, ReadError, Value, cid_of,
        header::ShareKey,
        share_id::{InnerId, ShareId},
        vault::{self, Bucket, Buckets, Divided},
    },
    keys::{Id, Ring},
    platform,
};

/// A kind of value in the vault.
pub trait Entry: Serialize + DeserializeOwned {
    /// The prefix of its keys.
    const PREFIX: &'static str;
    /// What identifies one value of this kind.
    type Name: Display + FromStr;
}

/// A contact, with what cannot be found again by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownContact {
    /// When I added it, in milliseconds since 1970.
    pub added: u64,
    /// My name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub petname: Option<String>,
    /// The relays at which its record was found last.
    pub relays: Vec<String>,
    /// The highest sequence seen. A lower one is refused, even after everything else was lost.
    pub seq: u64,
    /// The first commitment to its successor that I saw.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "serde_bytes")]
    pub heir: Option<[u8; 32]>,
    /// The keys to which its letterbox is sealed. Without them the letterbox could not be read again, and a
    /// new one would start before what its reader has read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Recipient>,
}

impl Entry for KnownContact {
    const PREFIX: &'static str = "contact/";
    type Name = Id;
}

/// A share of mine. Title, note and files are in its header, which the key opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnShare {
    /// The id that it has inside objects.
    #[serde(with = "stored::inner_id")]
    pub share: InnerId,
    /// The revision of the header.
    pub rev: u64,
    /// The header block.
    pub header: Cid,
    /// The key of everything in it.
    #[serde(with = "stored::share_key")]
    pub key: ShareKey,
    /// Its readers.
    pub recipients: Vec<Id>,
    /// People who were its readers and were taken off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Id>,
    /// The revision in which its contents last changed. Absent for the first.
    #[serde(default, skip_serializing_if = "is_first")]
    pub since: u64,
    /// The maker's relays, if it is passed on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keepers: Vec<String>,
    /// Who gave it to me, if it is passed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Id>,
}

fn is_first(rev: &u64) -> bool {
    *rev == 0
}

impl Entry for OwnShare {
    const PREFIX: &'static str = "share/";
    type Name = ShareId;
}

/// A received share that was taken back, or that I removed here. The entry keeps it from coming back out of
/// its author's letterbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hidden {
    /// The last hidden revision. A later one shows again.
    pub rev: u64,
    /// Who shared it. Absent in entries of earlier builds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Id>,
    /// When it was hidden, in milliseconds since 1970; 0 in entries of earlier builds.
    #[serde(skip_serializing_if = "is_first")]
    pub at: u64,
}

/// In rows of earlier builds a hidden share is a revision alone.
impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Whole {
            rev: u64,
            #[serde(default)]
            author: Option<Id>,
            #[serde(default)]
            at: u64,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Hidden;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a hidden share, or its revision")
            }

            fn visit_u64<E: de::Error>(self, rev: u64) -> Result<Hidden, E> {
                Ok(Hidden { rev, author: None, at: 0 })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Hidden, A::Error> {
                let Whole { rev, author, at } = Whole::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Hidden { rev, author, at })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Entry for Hidden {
    const PREFIX: &'static str = "hidden/";
    type Name = ShareId;
}

/// What I know about myself, beside my profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The commitment to my successor. The phrase gave it when the profile was made.
    #[serde(with = "serde_bytes")]
    pub heir: [u8; 32],
    /// Whether the person wrote down the recovery words.
    pub words_confirmed: bool,
    /// Whether receipts are left and ingested.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub receipts: bool,
    /// Whether contacts are reached through relays only, so that they do not learn my network address.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub relay_only: bool,
}

impl Entry for Settings {
    const PREFIX: &'static str = "settings";
    type Name = Only;
}

/// The name of an entry of which there is only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Only;

impl Display for Only {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl FromStr for Only {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        if name.is_empty() { Ok(Self) } else { Err(()) }
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
}

/// What the words bring back first, if there is not room for everything.
fn worth(key: &str) -> u8 {
    // Without these nobody is found again, and no share of mine can be opened.
    const NEEDED: [&str; 3] = [Settings::PREFIX, KnownContact::PREFIX, "relation/"];
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

impl Vault {
    /// Returns the value of this name. A value that a later version wrote in another form counts as absent.
    pub fn get<T: Entry>(&self, name: &T::Name) -> Option<T> {
        from_ipld(self.entries.get(&key::<T>(name))?.clone()).ok()
    }

    /// Returns every value of this kind, by key.
    pub fn all<T: Entry>(&self) -> impl Iterator<Item = (T::Name, T)> {
        self.entries.with_prefix(T::PREFIX).filter_map(|(key, value)| {
            let name = key.strip_prefix(T::PREFIX)?.parse().ok()?;
            Some((name, from_ipld(value.clone()).ok()?))
        })
    }

    /// Writes or removes a value at `now` (milliseconds since 1970) as `device`. Returns whether anything
    /// changed.
    pub fn set<T: Entry>(&mut self, name: &T::Name, value: Option<&T>, now: u64, device: &[u8; 32]) -> bool {
        let value = value.map(|value| to_ipld(value).expect("entries are plain values of the data model"));
        self.entries.set(&key::<T>(name), value, now, device)
    }

    /// Forgets a value without a trace: if an older vault is merged, it comes back.
    pub fn forget<T: Entry>(&mut self, name: &T::Name) -> bool {
        self.entries.forget(&key::<T>(name))
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
            Some(root) if blocks.is_empty() => root,
            _ => add(&mut blocks, Buckets(buckets.iter().map(|bucket| bucket.cid).collect()).encode()),
        };
        (self.buckets, self.root, self.left_out) = (buckets, Some(root), left_out as u64);
        Ok(SealedVault { blocks, root })
    }

    /// Takes the blocks of a vault that another device published as those that stand for this one, once it is merged: what
    /// did not change since is not sealed again.
    pub fn continue_from(
        &mut self,
        ring: &Ring,
        root: Cid,
        buckets: &[(Cid, Bytes)],
    ) -> Result<(), ReadError> {
        let sealed = buckets.iter().map(|(cid, block)| {
            let bucket = Bucket::open(ring.vault_key(), block)?;
            Ok(SealedBucket { content: sha256(&Zeroizing::new(bucket.to_bytes())), cid: *cid })
        });
        self.buckets = sealed.collect::<Result<_, ReadError>>()?;
        self.root = Some(root);
        Ok(())
    }

    /// Whether it says the same as its blocks, so that nothing is to be sealed.
    pub fn is_sealed(&self) -> bool {
        let divided = self.entries.divide(worth).buckets;
        let is_known = |(bucket, known): (Bucket, &SealedBucket)| {
            sha256(&Zeroizing::new(bucket.to_bytes())) == known.content
        };
        divided.len() == self.buckets.len() && divided.into_iter().zip(&self.buckets).all(is_known)
    }

    /// Merges a vault that another device published, or that a relay returned. Returns the keys that changed.
    ///
    /// `buckets` are the blocks that its root block names ([`buckets_of`]). Merging is idempotent, and its
    /// order does not matter. If one bucket does not open, nothing changes.
    pub fn merge(&mut self, ring: &Ring, buckets: &[Bytes]) -> Result<Vec<String>, ReadError> {
        let opened: Vec<Bucket> =
            buckets.iter().map(|block| Bucket::open(ring.vault_key(), block)).collect::<Result<_, _>>()?;
        Ok(opened.into_iter().flat_map(|bucket| self.entries.merge(bucket)).collect())
    }
}

/// Returns the CIDs of the buckets that a vault's root block names.
pub fn buckets_of(root: &[u8]) -> Result<Vec<Cid>, DecodeError> {
    Ok(Buckets::decode(root)?.0)
}

fn key<T: Entry>(name: &T::Name) -> String {
    format!("{}{name}", T::PREFIX)
}

fn add(blocks: &mut Vec<(Cid, Bytes)>, block: Vec<u8>) -> Cid {
    let cid = cid_of(DAG_CBOR, &block);
    blocks.push((cid, block.into()));
    cid
}

#[cfg(test)]
mod tests;

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
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::format::limits::VAULT_BUCKETS;
    use crate::social::{
        fixture::{NOW, cid, permutations, ring},
        share,
    };

    const LAPTOP: [u8; 32] = [1; 32];
    const PHONE: [u8; 32] = [2; 32];

    fn ben() -> KnownContact {
        KnownContact {
            added: NOW,
            petname: Some("Ben".into()),
            relays: vec!["/dns/relay".into()],
            seq: 7,
            heir: None,
            recipient: None,
        }
    }

    fn walk() -> OwnShare {
        OwnShare {
            share: InnerId([1; 16]),
            rev: 2,
            header: cid(3),
            key: share::new_key(),
            recipients: vec![ring(2).id()],
            since: 1,
            keepers: Vec::new(),
            from: None,
        }
    }

    /// All published blocks, by CID.
    fn publish(vault: &mut Vault, blocks: &mut BTreeMap<Cid, Bytes>) -> Cid {
        let sealed = vault.seal(&ring(1)).unwrap();
        blocks.extend(sealed.blocks);
        sealed.root
    }

    fn fetch(root: Cid, blocks: &BTreeMap<Cid, Bytes>) -> Vec<Bytes> {
        buckets_of(&blocks[&root]).unwrap().iter().map(|cid| blocks[cid].clone()).collect()
    }

    #[test]
    fn what_was_kept_comes_back_on_an_empty_device_with_the_same_words() {
        let (id, share_id) = (ring(2).id(), ShareId::from([9; 20]));
        let settings = Settings { heir: [7; 32], words_confirmed: true, receipts: true, relay_only: true };
        let (mut vault, mut blocks, own) = (Vault::default(), BTreeMap::new(), walk());
        assert!(vault.set(&id, Some(&ben()), NOW, &LAPTOP));
        assert!(vault.set(&share_id, Some(&own), NOW, &LAPTOP));
        let hidden = Hidden { rev: 1, author: Some(id), at: NOW };
        assert!(vault.set(&share_id, Some(&hidden), NOW, &LAPTOP));
        assert!(vault.set(&Only, Some(&settings), NOW, &LAPTOP));
        let root = publish(&mut vault, &mut blocks);
        assert!(vault.blocks().all(|cid| blocks.contains_key(&cid)));

        let mut back = Vault::default();
        assert_eq!(back.merge(&ring(1), &fetch(root, &blocks)).unwrap().len(), 4);
        assert_eq!(back.get::<KnownContact>(&id), Some(ben()));
        assert_eq!(back.all::<OwnShare>().collect::<Vec<_>>(), [(share_id, own)]);
        assert_eq!(back.get::<Hidden>(&share_id), Some(hidden));
        assert_eq!(back.get::<Settings>(&Only), Some(settings));
        assert!(
            Vault::default().merge(&ring(2), &fetch(root, &blocks)).is_err(),
            "another's words open nothing"
        );
    }

    #[test]
    fn vaults_merge_to_one_in_any_order_and_the_last_writer_wins() {
        let id = ring(2).id();
        let mut blocks = BTreeMap::new();
        let histories: Vec<Vec<Bytes>> =
            [("first", 1, LAPTOP), ("second", 2, PHONE), ("also second", 2, LAPTOP)]
                .into_iter()
                .map(|(name, at, device)| {
                    let mut vault = Vault::default();
                    let value = KnownContact { petname: Some(name.into()), ..ben() };
                    vault.set(&id, Some(&value), at, &device);
                    let root = publish(&mut vault, &mut blocks);
                    fetch(root, &blocks)
                })
                .collect();
        for order in permutations(&histories) {
            let mut vault = Vault::default();
            for buckets in order.iter().chain(&order) {
                vault.merge(&ring(1), buckets).unwrap();
            }
            let known = vault.get::<KnownContact>(&id).unwrap();
            assert_eq!(known.petname.as_deref(), Some("second"), "at one time the greater device wins");
        }
    }

    #[test]
    fn what_was_removed_stays_removed_when_an_older_vault_comes_by() {
        let (id, mut blocks, mut vault) = (ring(2).id(), BTreeMap::new(), Vault::default());
        vault.set(&id, Some(&ben()), NOW, &LAPTOP);
        let old = publish(&mut vault, &mut blocks);
        assert!(vault.set::<KnownContact>(&id, None, NOW - 5, &LAPTOP), "also when the clock went back");
        vault.merge(&ring(1), &fetch(old, &blocks)).unwrap();
        assert_eq!(vault.get::<KnownContact>(&id), None);
        assert_eq!(vault.all::<KnownContact>().count(), 0);
    }

    #[test]
    fn only_what_changed_is_sealed_anew() {
        let (mut vault, mut blocks) = (Vault::default(), BTreeMap::new());
        for number in 0..600u32 {
            let name = ShareId::from(sha256(&number.to_be_bytes()).first_chunk().copied().unwrap());
            vault.set(&name, Some(&OwnShare { recipients: vec![ring(2).id(); 4], ..walk() }), NOW, &LAPTOP);
        }
        let first = publish(&mut vault, &mut blocks);
        assert!(buckets_of(&blocks[&first]).unwrap().len() > 2);
        assert_eq!(vault.seal(&ring(1)).unwrap(), SealedVault { blocks: Vec::new(), root: first });
        vault.set(&ring(2).id(), Some(&ben()), NOW, &LAPTOP);
        let second = vault.seal(&ring(1)).unwrap();
        assert_eq!(second.blocks.len(), 2, "one bucket and the root block");

        let row = serde_ipld_dagcbor::to_vec(&vault).unwrap();
        let mut back: Vault = serde_ipld_dagcbor::from_slice(&row).unwrap();
        assert_eq!(back.entries, vault.entries);
        assert_eq!(back.seal(&ring(1)).unwrap(), SealedVault { blocks: Vec::new(), root: second.root });
    }

    /// Ids of shares whose entries are in the first of as many buckets as there can be.
    fn of_one_bucket() -> impl Iterator<Item = ShareId> {
        let ids = (0u32..).map(|n| ShareId::from(sha256(&n.to_be_bytes()).first_chunk().copied().unwrap()));
        ids.filter(|id| vault::bucket_of(&key::<OwnShare>(id), VAULT_BUCKETS) == 0)
    }

    /// A share with the most readers: 140 KiB.
    fn large() -> OwnShare {
        OwnShare { recipients: vec![ring(2).id(); share::MAX_RECIPIENTS], ..walk() }
    }

    #[test]
    fn large_entries_that_fall_into_one_bucket_get_more_buckets() {
        let (mut vault, mut blocks) = (Vault::default(), BTreeMap::new());
        // In one bucket of up to eight, and apart in more.
        let ids = (0u32..).map(|n| ShareId::from(sha256(&n.to_be_bytes()).first_chunk().copied().unwrap()));
        let place = |id: &ShareId, count| vault::bucket_of(&key::<OwnShare>(id), count);
        let mut ids = ids.filter(|id| place(id, 8) == 0);
        let first = ids.next().unwrap();
        let second = ids.find(|id| place(id, 16) != place(&first, 16)).unwrap();
        for id in [first, second] {
            vault.set(&id, Some(&large()), NOW, &LAPTOP);
        }
        let root = publish(&mut vault, &mut blocks);
        assert_eq!(vault.left_out(), 0);
        let mut back = Vault::default();
        back.merge(&ring(1), &fetch(root, &blocks)).unwrap();
        assert_eq!(back.all::<OwnShare>().count(), 2);
    }

    #[test]
    fn what_has_no_room_is_left_out_and_the_rest_is_published() {
        let (mut vault, mut blocks) = (Vault::default(), BTreeMap::new());
        let (id, hidden) = (ring(2).id(), Hidden { rev: 1, author: None, at: NOW });
        vault.set(&id, Some(&ben()), NOW, &LAPTOP);
        for (id, at) in of_one_bucket().take(3).zip(NOW..) {
            vault.set(&id, Some(&large()), at, &LAPTOP);
        }
        let is_there = |id: &ShareId| vault::bucket_of(&key::<Hidden>(id), VAULT_BUCKETS) == 0;
        let mut ids =
            (0u32..).map(|n| ShareId::from(sha256(&n.to_be_bytes()).first_chunk().copied().unwrap()));
        let never = ids.find(is_there).unwrap();
        vault.set(&never, Some(&hidden), NOW, &LAPTOP);
        let root = publish(&mut vault, &mut blocks);
        assert_eq!(vault.left_out(), 3, "what is hidden, and the two oldest shares");
        let mut back = Vault::default();
        back.merge(&ring(1), &fetch(root, &blocks)).unwrap();
        assert_eq!(back.get::<KnownContact>(&id), Some(ben()));
        assert_eq!(back.all::<OwnShare>().count(), 1);
        assert!(back.get::<OwnShare>(&of_one_bucket().nth(2).unwrap()).is_some(), "the newest stays");

        // With room again everything is there again.
        for id in of_one_bucket().take(2) {
            vault.set::<OwnShare>(&id, None, NOW + 9, &LAPTOP);
        }
        publish(&mut vault, &mut blocks);
        assert_eq!(vault.left_out(), 0);
    }

    #[test]
    fn hidden_shares_of_earlier_builds_are_read() {
        let row = serde_ipld_dagcbor::to_vec(&7u64).unwrap();
        let hidden: Hidden = serde_ipld_dagcbor::from_slice(&row).unwrap();
        assert_eq!(hidden, Hidden { rev: 7, author: None, at: 0 });
        let whole = Hidden { rev: 7, author: Some(ring(2).id()), at: NOW };
        for hidden in [hidden, whole] {
            let row = serde_ipld_dagcbor::to_vec(&hidden).unwrap();
            assert_eq!(serde_ipld_dagcbor::from_slice::<Hidden>(&row).unwrap(), hidden);
        }
    }

    #[test]
    fn what_is_forgotten_leaves_no_trace_in_the_vault() {
        let (mut vault, id) = (Vault::default(), ShareId::from([9; 20]));
        vault.set(&id, Some(&Hidden { rev: 1, author: None, at: NOW }), NOW, &LAPTOP);
        assert!(vault.forget::<Hidden>(&id) && !vault.forget::<Hidden>(&id));
        assert_eq!(vault.entries, vault::Vault::default());
    }

    #[test]
    fn a_vault_with_a_broken_bucket_changes_nothing() {
        let (mut vault, mut blocks) = (Vault::default(), BTreeMap::new());
        vault.set(&ring(2).id(), Some(&ben()), NOW, &LAPTOP);
        let root = publish(&mut vault, &mut blocks);
        let mut buckets = fetch(root, &blocks);
        buckets.push(Bytes::from_static(b"junk"));
        let mut back = Vault::default();
        assert!(back.merge(&ring(1), &buckets).is_err());
        assert_eq!(back.entries, vault::Vault::default());
    }
}

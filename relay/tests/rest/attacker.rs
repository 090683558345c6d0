//! Somebody who has everything that the relays hold and held, but no clock and no keys: what they see of each identity.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;
use spinney::format::map::Map;
use spinney::format::{DAG_CBOR, cbor, ipns};
use spinney::keys::Id;
use spinney_relay::store::{Blobs, Pins, Records, Store};

/// What a map's entry begins with.
pub(crate) type Label = [u8; 16];

/// What a block looks like to somebody without keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Look {
    pub(crate) kind: Kind,
    pub(crate) size: usize,
    /// Entries of a map, slots of a header; of others the links.
    pub(crate) count: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Root,
    Profile,
    Map,
    Page,
    Vault,
    Header,
    Node,
    Chunk,
}

/// What comes and goes at the relays with one root.
#[derive(Clone, Default)]
pub(crate) struct Step {
    pub(crate) came: Vec<Look>,
    pub(crate) went: Vec<Look>,
    /// What is there after it.
    pub(crate) held: Vec<Look>,
}

/// What is seen of one identity.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    seq: u64,
    /// The root of the newest record. One before it may be there too, where a relay was not told to let go of it.
    pub(crate) root: Cid,
    /// What is there now.
    pub(crate) held: BTreeSet<Cid>,
    /// Every block that was ever there.
    pub(crate) ever: HashSet<Cid>,
    pub(crate) labels: HashSet<Label>,
    /// Whose public keys stand in the clear in its blocks.
    pub(crate) names: BTreeSet<usize>,
    pub(crate) relays: BTreeSet<usize>,
    pub(crate) steps: Vec<Step>,
}

/// A map that was there at some time.
pub(crate) struct SeenMap {
    pub(crate) author: usize,
    pub(crate) salt: Vec<u8>,
    pub(crate) labels: Vec<Label>,
}

pub(crate) struct Attacker {
    pub(crate) seen: Vec<Seen>,
    pub(crate) maps: Vec<SeenMap>,
    /// Every block that was ever at a relay.
    pub(crate) blocks: BTreeMap<Cid, Bytes>,
    /// How each of them looks, and what it links to.
    pub(crate) looks: HashMap<Cid, (Look, Vec<Cid>)>,
    /// Public keys, and with which two bytes any of them begins.
    keys: HashMap<[u8; 32], usize>,
    beginnings: Vec<bool>,
}

impl Attacker {
    /// Knows the public keys of everybody.
    pub(crate) fn new<'a>(everybody: impl Iterator<Item = Vec<[u8; 32]>> + 'a) -> Self {
        let keys: HashMap<_, _> = everybody
            .enumerate()
            .flat_map(|(one, keys)| keys.into_iter().map(move |key| (key, one)))
            .collect();
        let mut beginnings = vec![false; 1 << 16];
        for key in keys.keys() {
            beginnings[usize::from(u16::from_be_bytes([key[0], key[1]]))] = true;
        }
        let seen = vec![Seen::default(); keys.values().max().map_or(0, |last| last + 1)];
        let (maps, blocks, looks) = (Vec::new(), BTreeMap::new(), HashMap::new());
        Self { seen, maps, blocks, looks, keys, beginnings }
    }

    /// Looks at what a relay holds of somebody after they published, or tried to.
    pub(crate) async fn look(&mut self, one: usize, id: &Id, relay: usize, store: &Store) {
        let Some(record) = store.record(id).await.unwrap() else { return };
        self.seen[one].relays.insert(relay);
        let record = ipns::open(&record, &id.verifying_key()).unwrap();
        let seq = record.sequence;
        if seq <= self.seen[one].seq {
            return;
        }
        let mut ahead = store.pins(id, None).await.unwrap();
        let mut held = BTreeSet::new();
        while let Some(cid) = ahead.pop() {
            if held.insert(cid) {
                if !self.looks.contains_key(&cid) {
                    let block = store.block(&cid).await.unwrap().expect("a pin holds it");
                    self.examine(one, cid, &block);
                }
                ahead.extend(&self.looks[&cid].1);
            }
        }
        let before = &self.seen[one].held;
        let step = Step {
            came: self.looks_of(held.difference(before)),
            went: self.looks_of(before.difference(&held)),
            held: self.looks_of(&held),
        };
        let seen = &mut self.seen[one];
        seen.steps.push(step);
        seen.ever.extend(&held);
        (seen.seq, seen.root, seen.held) = (seq, record.root, held);
    }

    /// The newest letterboxes of somebody.
    pub(crate) fn map(&self, seen: &Seen) -> Map {
        let is_map = |cid: &&Cid| self.looks[*cid].0.kind == Kind::Map;
        let map = self.looks[&seen.root].1.iter().find(is_map).expect("everybody has a map");
        Map::decode(&self.blocks[map]).unwrap()
    }

    fn looks_of<'a>(&self, cids: impl IntoIterator<Item = &'a Cid>) -> Vec<Look> {
        let mut looks: Vec<_> = cids.into_iter().map(|cid| self.looks[cid].0).collect();
        looks.sort_unstable();
        looks
    }

    fn examine(&mut self, one: usize, cid: Cid, block: &Bytes) {
        self.blocks.insert(cid, block.clone());
        for window in block.windows(32) {
            if self.beginnings[usize::from(u16::from_be_bytes([window[0], window[1]]))]
                && let Some(named) = self.keys.get(window)
                && *named != one
            {
                self.seen[one].names.insert(*named);
            }
        }
        if cid.codec() != DAG_CBOR {
            let look = Look { kind: Kind::Chunk, size: block.len(), count: 0 };
            self.looks.insert(cid, (look, Vec::new()));
            return;
        }
        let value = cbor::to_ipld(block).unwrap();
        let mut links = Vec::new();
        value.references(&mut links);
        let Ipld::Map(fields) = &value else { panic!("every object is a map") };
        let (kind, count) = if fields.contains_key("object") {
            (if links.is_empty() { Kind::Profile } else { Kind::Root }, links.len())
        } else if fields.contains_key("entries") {
            let entries = bytes_of(fields, "entries").as_chunks::<64>().0;
            let labels: Vec<Label> = entries.iter().map(|e| *e.first_chunk().unwrap()).collect();
            self.seen[one].labels.extend(&labels);
            self.maps.push(SeenMap { author: one, salt: bytes_of(fields, "salt").to_vec(), labels });
            (Kind::Map, entries.len())
        } else if fields.contains_key("intro") {
            (Kind::Page, 0)
        } else if fields.contains_key("slots") {
            (Kind::Header, bytes_of(fields, "slots").len() / 64)
        } else if fields.contains_key("links") {
            (Kind::Node, links.len())
        } else {
            (Kind::Vault, links.len())
        };
        self.looks.insert(cid, (Look { kind, size: block.len(), count }, links));
    }
}

fn bytes_of<'a>(fields: &'a BTreeMap<String, Ipld>, name: &str) -> &'a [u8] {
    match fields.get(name) {
        Some(Ipld::Bytes(bytes)) => bytes,
        _ => &[],
    }
}

//! People and objects for the tests of this module and of the engine.

use bytes::Bytes;
use cid::Cid;

use super::{
    contact::{Contact, Head},
    root::{self, Parts, Tip},
    share::Recipient,
};
use crate::{
    format::{
        DAG_CBOR, cid_of,
        note::{Note, Says},
        profile::{Kem, Profile},
        share_id::InnerId,
        signed,
    },
    keys::{KEM_EPOCH, Phrase, Ring},
};

/// A time in 2027, in milliseconds since 1970.
pub(super) const NOW: u64 = 1_800_000_000_000;

pub(crate) fn ring(seed: u8) -> Ring {
    Ring::from_phrase(&Phrase::from_bytes([seed; 32]))
}

/// A block that stands for any block.
pub(crate) fn cid(byte: u8) -> Cid {
    cid_of(DAG_CBOR, &[byte])
}

pub(crate) fn profile(ring: &Ring, name: &str) -> Profile {
    Profile {
        name: name.into(),
        bio: None,
        avatar: None,
        kem: Kem { epoch: KEM_EPOCH, key: ring.kem(KEM_EPOCH).public() },
        label: ring.label().public(),
        relays: Vec::new(),
        heir: [7; 32],
        predecessor: None,
        time: NOW,
        extra: Default::default(),
    }
}

/// A signed profile block, and its CID.
pub(crate) fn published(ring: &Ring, profile: &Profile) -> (Cid, Bytes) {
    let block = signed::sign(ring.identity(), profile).unwrap();
    (cid_of(DAG_CBOR, &block), block.into())
}

pub(crate) fn contact(ring: &Ring) -> Contact {
    let mut contact = Contact::new(ring.id(), Vec::new(), 0, NOW);
    let (cid, block) = published(ring, &profile(ring, "somebody"));
    contact.apply_profile(1, cid, &block).unwrap();
    contact
}

pub(crate) fn recipient(ring: &Ring) -> Recipient {
    contact(ring).recipient().unwrap()
}

pub(crate) fn head(seq: u64, root: u8) -> Head {
    Head { seq, root: cid(root), time: NOW, profile: cid(100), letterboxes: cid(101) }
}

pub(super) fn parts() -> Parts {
    Parts { profile: cid(1), letterboxes: cid(2), vault: cid(3), feed: None, successor: None }
}

pub(super) fn next(ring: &Ring, tips: &[Tip], now: u64) -> root::Next {
    root::next(ring, tips, now, parts()).unwrap()
}

/// A note about a share.
pub(super) fn note(number: u8) -> Note {
    let says = Says::Share { share: InnerId([number; 16]), rev: 1, header: cid(number), keepers: Vec::new() };
    Note { time: NOW + u64::from(number), says }
}

/// All orders of a few values.
pub(super) fn permutations<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    if things.is_empty() {
        return vec![Vec::new()];
    }
    (0..things.len())
        .flat_map(|first| {
            let mut rest = things.to_vec();
            let first = rest.remove(first);
            permutations(&rest).into_iter().map(move |rest| [vec![first.clone()], rest].concat())
        })
        .collect()
}

//! What is kept for others on this device, and who may have it.
//!
//! A device that tells anybody what it has tells an attentive relay who keeps for whom. So a block that is kept is "not
//! here", but for the devices of the person for whom it is kept. Where I agreed to be named as a keeper of that person, it
//! is here also for devices that have shown the fetch key of its share, until their last connection ends.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::num::NonZeroUsize;
use std::time::Duration;

use cid::Cid;
use libp2p::PeerId;
use lru::LruCache;
use subtle::ConstantTimeEq;

use crate::crypto::sign::VerifyingKey;
use crate::format::keep::FetchKey;
use crate::keys::Id;
use crate::net::share::{Host, MAX_A_MINUTE};
use crate::platform::{self, Instant};

use super::served::prefix;

/// Devices whose questions are counted: as many as one relay lets in at once.
const MAX_COUNTED: NonZeroUsize = NonZeroUsize::new(4096).expect("not zero");

/// A minute, in which questions are counted.
const MINUTE: Duration = Duration::from_secs(60);

/// A share that is kept for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Name {
    of: Id,
    share: Cid,
}

/// What is known of it.
#[derive(Debug, Default)]
struct KeptShare {
    blocks: BTreeSet<[u8; 8]>,
    /// The name under which its readers ask for it, and how they show that they are.
    fetch: Option<([u8; 32], FetchKey)>,
    /// Whether it is shared with everybody.
    is_public: bool,
}

/// What is kept for one person, by the block from which each share hangs.
type OfOwner = HashMap<Cid, KeptShare>;

/// What is kept for others.
pub(in crate::engine) struct KeptBlocks {
    /// The key of this device, once it is known.
    device: Cell<Option<VerifyingKey>>,
    shares: RefCell<HashMap<Id, OfOwner>>,
    /// What peers have shown that they may have.
    opened: RefCell<HashMap<PeerId, HashSet<Name>>>,
    /// Devices of those for whom something is kept. Two people may both say that a device is theirs.
    owners: RefCell<HashMap<PeerId, BTreeSet<Id>>>,
    /// Those who may name me as a keeper: to their readers, and to nobody else, this device answers.
    named: RefCell<HashSet<Id>>,
    asked: RefCell<LruCache<PeerId, (Instant, usize)>>,
    /// Stands for the key of a share that is not kept, so that as much is computed.
    nobodys: FetchKey,
}

impl Default for KeptBlocks {
    fn default() -> Self {
        let (device, shares, opened, owners, named) = Default::default();
        let asked = RefCell::new(LruCache::new(MAX_COUNTED));
        let nobodys = FetchKey::from_bytes(platform::random());
        Self { device, shares, opened, owners, named, asked, nobodys }
    }
}

impl KeptBlocks {
    /// Sets the key of this device, by which questions are bound to it.
    pub(in crate::engine) fn set_device(&self, device: VerifyingKey) {
        self.device.set(Some(device));
    }

    /// Serves blocks below a share that is kept for somebody: to their devices, and to who shows this key if they may name
    /// me as a keeper.
    pub(in crate::engine) fn serve(
        &self,
        of: Id,
        share: Cid,
        fetch: Option<&FetchKey>,
        blocks: impl IntoIterator<Item = Cid>,
    ) {
        let mut shares = self.shares.borrow_mut();
        let kept = shares.entry(of).or_default().entry(share).or_default();
        kept.blocks.extend(blocks.into_iter().filter_map(|cid| prefix(&cid)));
        kept.is_public = fetch.is_none();
        kept.fetch = fetch.and_then(|fetch| Some((fetch.tag(self.device.get().as_ref()?), fetch.clone())));
    }

    /// Serves nothing below this share any more.
    pub(in crate::engine) fn let_go(&self, of: Id, share: Cid) {
        let mut shares = self.shares.borrow_mut();
        let Some(of_owner) = shares.get_mut(&of) else { return };
        of_owner.remove(&share);
        if of_owner.is_empty() {
            shares.remove(&of);
        }
    }

    /// Sets which devices are those of people for whom something is kept: they have all of it.
    pub(in crate::engine) fn set_owners(&self, owners: impl IntoIterator<Item = (PeerId, Id)>) {
        let mut of_device: HashMap<_, BTreeSet<_>> = HashMap::new();
        for (peer, id) in owners {
            of_device.entry(peer).or_default().insert(id);
        }
        self.owners.replace(of_device);
    }

    /// Sets who may name me as a keeper. The readers of everybody else are refused, also those that were let in before.
    pub(in crate::engine) fn set_named(&self, named: HashSet<Id>) {
        self.named.replace(named);
    }

    /// The people for whom something may be kept and who say that this device is theirs.
    pub(in crate::engine) fn owners(&self, peer: &PeerId) -> BTreeSet<Id> {
        self.owners.borrow().get(peer).cloned().unwrap_or_default()
    }

    /// Forgets what a peer has shown: its last connection ended.
    pub(super) fn left(&self, peer: &PeerId) {
        self.opened.borrow_mut().remove(peer);
    }

    /// Whether a peer may have a block of this prefix.
    ///
    /// For a stranger, only what is kept for those who may name me is looked through: that takes as long wherever nobody may.
    pub(super) fn may_have(&self, peer: &PeerId, block: &[u8; 8]) -> bool {
        let (shares, named) = (self.shares.borrow(), self.named.borrow());
        let has = |kept: &KeptShare| kept.blocks.contains(block);
        let owners = self.owners.borrow();
        let mut of_owner = owners.get(peer).into_iter().flatten().filter_map(|id| shares.get(id));
        if of_owner.any(|shares| shares.values().any(has)) {
            return true;
        }
        let opened = self.opened.borrow();
        let shown = opened.get(peer).into_iter().flatten().filter(|name| named.contains(&name.of));
        let mut shown = shown.filter_map(|name| shares.get(&name.of)?.get(&name.share));
        let of_named = named.iter().filter_map(|id| shares.get(id)).flat_map(HashMap::values);
        shown.any(has) || of_named.filter(|kept| kept.is_public).any(has)
    }

    /// Whether a peer may ask once more within this minute.
    fn may_ask(&self, peer: PeerId) -> bool {
        let mut asked = self.asked.borrow_mut();
        let (since, count) = asked.get_or_insert_mut(peer, || (Instant::now(), 0));
        if since.elapsed() >= MINUTE {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
        *count <= MAX_A_MINUTE
    }
}

impl Host for KeptBlocks {
    fn open(&self, peer: PeerId, asker: &VerifyingKey, tag: &[u8; 32], proof: &[u8; 32]) -> bool {
        let (Some(device), true) = (self.device.get(), self.may_ask(peer)) else { return false };
        let shares = self.shares.borrow();
        let named = self.named.borrow();
        // Every share is looked at, whether one of them is meant or not.
        let mut meant = Vec::new();
        let mut key = &self.nobodys;
        for (of, share, kept) in
            shares.iter().flat_map(|(of, all)| all.iter().map(|(cid, it)| (*of, *cid, it)))
        {
            let Some((known, fetch)) = &kept.fetch else { continue };
            if bool::from(known.ct_eq(tag)) && named.contains(&of) {
                meant.push(Name { of, share });
                key = fetch;
            }
        }
        let is_reader = key.check(asker, &device, proof).is_ok() && !meant.is_empty();
        if is_reader {
            self.opened.borrow_mut().entry(peer).or_default().extend(meant);
        }
        is_reader
    }
}

#[cfg(test)]
mod tests {
    use libp2p::identity::Keypair;

    use super::*;
    use crate::format::{RAW, cid_of};
    use crate::net::share::key_of;
    use crate::social::fixture::{cid, ring};

    struct Story {
        kept: KeptBlocks,
        ben: VerifyingKey,
        key: FetchKey,
        block: Cid,
    }

    fn device() -> (PeerId, VerifyingKey) {
        let peer = Keypair::generate_ed25519().public().to_peer_id();
        (peer, key_of(&peer).expect("it is an Ed25519 key"))
    }

    /// Ben keeps a share of Ann's.
    fn story() -> Story {
        let (kept, (_, ben), key) = (KeptBlocks::default(), device(), FetchKey::from_bytes([7; 32]));
        let block = cid_of(RAW, b"a part of a film");
        kept.set_device(ben);
        kept.set_named(HashSet::from([ring(1).id()]));
        kept.serve(ring(1).id(), cid(1), Some(&key), [cid(1), block]);
        Story { kept, ben, key, block }
    }

    impl Story {
        fn has(&self, peer: &PeerId) -> bool {
            self.kept.may_have(peer, &prefix(&self.block).unwrap())
        }

        fn shows(&self, (peer, asker): (PeerId, VerifyingKey), key: &FetchKey) -> bool {
            self.kept.open(peer, &asker, &key.tag(&self.ben), &key.proof(&asker, &self.ben))
        }
    }

    #[test]
    fn what_is_kept_is_here_for_its_owner_and_for_who_shows_the_key_until_they_leave() {
        let (story, cleo, eve, ann) = (story(), device(), device(), device());
        assert!(!story.has(&cleo.0), "as if it was not here");
        assert!(story.shows(cleo, &story.key) && story.has(&cleo.0));
        assert!(!story.shows(eve, &FetchKey::from_bytes([8; 32])) && !story.has(&eve.0));
        story.kept.left(&cleo.0);
        assert!(!story.has(&cleo.0));
        story.kept.set_owners([(ann.0, ring(1).id()), (eve.0, ring(2).id())]);
        assert!(story.has(&ann.0) && !story.has(&eve.0));
        story.kept.let_go(ring(1).id(), cid(1));
        assert!(!story.has(&ann.0) && !story.shows(cleo, &story.key));
    }

    #[test]
    fn a_keeper_that_is_not_named_serves_the_owner_alone_and_one_that_agrees_no_more_ends_what_was_open() {
        let (story, cleo, ann) = (story(), device(), device());
        let public = cid_of(RAW, b"for everybody");
        story.kept.serve(ring(1).id(), cid(2), None, [public]);
        let has_public = |peer| story.kept.may_have(peer, &prefix(&public).unwrap());
        story.kept.set_owners([(ann.0, ring(1).id())]);
        assert!(story.shows(cleo, &story.key) && story.has(&cleo.0) && has_public(&cleo.0));
        story.kept.set_named(HashSet::new());
        assert!(!story.has(&cleo.0) && !has_public(&cleo.0), "what was open is not here any more");
        assert!(!story.shows(cleo, &story.key) && !story.has(&cleo.0));
        assert!(story.has(&ann.0) && has_public(&ann.0), "its owner has it");
    }

    #[test]
    fn who_says_that_the_device_of_another_is_theirs_takes_nothing_from_it() {
        let (story, ann) = (story(), device());
        let of_eve = cid_of(RAW, b"a part of something of Eve's");
        story.kept.serve(ring(2).id(), cid(2), None, [of_eve]);
        for claims in [[1, 2], [2, 1]] {
            story.kept.set_owners(claims.map(|n| (ann.0, ring(n).id())));
            assert!(story.has(&ann.0), "in any order");
        }
    }

    #[test]
    fn a_key_opens_its_own_share_alone_and_both_revisions_of_it() {
        let (story, cleo) = (story(), device());
        let (other, next) = (cid_of(RAW, b"another share"), cid_of(RAW, b"the next revision"));
        story.kept.serve(ring(1).id(), cid(2), Some(&FetchKey::from_bytes([9; 32])), [other]);
        story.kept.serve(ring(1).id(), cid(3), Some(&story.key), [next]);
        assert!(story.shows(cleo, &story.key));
        assert!(story.kept.may_have(&cleo.0, &prefix(&next).unwrap()));
        assert!(!story.kept.may_have(&cleo.0, &prefix(&other).unwrap()));
    }

    #[test]
    fn who_asks_too_often_is_refused_like_everybody_else() {
        let (story, cleo, dan) = (story(), device(), device());
        for _ in 0..MAX_A_MINUTE {
            assert!(story.shows(cleo, &story.key));
        }
        assert!(!story.shows(cleo, &story.key));
        assert!(story.shows(dan, &story.key), "others are not kept out by it");
    }
}

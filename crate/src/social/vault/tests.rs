use std::collections::BTreeMap;

use super::*;
use crate::format::limits::{MAX_INTEGER, VAULT_BUCKETS};
use crate::format::share_id::{InnerId, ShareId};
use crate::social::{
    fixture::{NOW, cid, permutations, ring},
    share,
};

const LAPTOP: [u8; 32] = [1; 32];
const PHONE: [u8; 32] = [2; 32];

fn ben() -> KnownContact {
    KnownContact { added: NOW, relays: vec!["/dns/relay".into()], seq: 7, heir: None, recipient: None }
}

fn walk() -> OwnShare {
    OwnShare {
        share: InnerId([1; 16]),
        rev: 2,
        header: cid(3),
        key: share::new_key(),
        recipients: vec![ring(2).id()],
        former: Vec::new(),
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

/// What the words of `seed` open of it.
fn opened(seed: u8, root: Cid, blocks: &BTreeMap<Cid, Bytes>) -> Result<Vault, ReadError> {
    Vault::open(&ring(seed), (root, &blocks[&root]), &fetch(root, blocks))
}

fn fetch(root: Cid, blocks: &BTreeMap<Cid, Bytes>) -> Vec<Bytes> {
    buckets_of(&blocks[&root]).unwrap().iter().map(|cid| blocks[cid].clone()).collect()
}

#[test]
fn what_was_kept_comes_back_on_an_empty_device_with_the_same_words() {
    let (id, share_id) = (ring(2).id(), ShareId::from([9; 20]));
    let (heir, petname) = (Heir([7; 32]), Petname("Benny".into()));
    let (mut vault, mut blocks, own) = (Vault::default(), BTreeMap::new(), walk());
    assert!(vault.set(&id, Some(&ben()), NOW, &LAPTOP));
    assert!(vault.set(&share_id, Some(&own), NOW, &LAPTOP));
    let hidden = Hidden { rev: 1, author: Some(id), at: NOW };
    assert!(vault.set(&share_id, Some(&hidden), NOW, &LAPTOP));
    assert!(vault.set(&Only, Some(&heir), NOW, &LAPTOP));
    assert!(vault.set(&Only, Some(&Receipts(true)), NOW, &LAPTOP));
    assert!(vault.set(&id, Some(&petname), NOW, &LAPTOP));
    let root = publish(&mut vault, &mut blocks);
    assert!(vault.blocks().all(|cid| blocks.contains_key(&cid)));

    let mut back = Vault::default();
    assert_eq!(back.merge(&opened(1, root, &blocks).unwrap()).len(), 6);
    assert_eq!(back.get::<KnownContact>(&id), Some(ben()));
    assert_eq!(back.all::<OwnShare>().collect::<Vec<_>>(), [(share_id, own)]);
    assert_eq!(back.get::<Hidden>(&share_id), Some(hidden));
    assert_eq!(back.get::<Heir>(&Only), Some(heir));
    assert_eq!(back.get::<Receipts>(&Only), Some(Receipts(true)));
    assert_eq!(back.get::<Petname>(&id), Some(petname));
    assert!(opened(2, root, &blocks).is_err(), "another's words open nothing");
}

#[test]
fn vaults_merge_to_one_in_any_order_and_the_last_writer_wins() {
    let id = ring(2).id();
    let mut blocks = BTreeMap::new();
    let histories: Vec<Vault> = [("first", 1, LAPTOP), ("second", 2, PHONE), ("also second", 2, LAPTOP)]
        .into_iter()
        .map(|(name, at, device)| {
            let mut vault = Vault::default();
            vault.set(&id, Some(&Petname(name.into())), at, &device);
            let root = publish(&mut vault, &mut blocks);
            opened(1, root, &blocks).unwrap()
        })
        .collect();
    for order in permutations(&histories) {
        let mut vault = Vault::default();
        for other in order.iter().chain(&order) {
            vault.merge(other);
        }
        assert_eq!(vault.get(&id), Some(Petname("second".into())), "at one time the greater device wins");
    }
}

#[test]
fn what_was_removed_stays_removed_when_an_older_vault_comes_by() {
    let (id, mut blocks, mut vault) = (ring(2).id(), BTreeMap::new(), Vault::default());
    vault.set(&id, Some(&Petname("Benny".into())), NOW, &LAPTOP);
    let old = publish(&mut vault, &mut blocks);
    assert!(vault.set::<Petname>(&id, None, NOW - 5, &LAPTOP), "also when the clock went back");
    vault.merge(&opened(1, old, &blocks).unwrap());
    assert_eq!(vault.get::<Petname>(&id), None);
    assert_eq!(vault.all::<Petname>().count(), 0);
}

#[test]
fn after_the_latest_time_that_can_be_written_a_vault_is_sealed_still() {
    let (id, mut vault, mut blocks) = (ring(2).id(), Vault::default(), BTreeMap::new());
    vault.set(&id, Some(&Petname("Benny".into())), MAX_INTEGER, &LAPTOP);
    vault.set(&id, Some(&Petname("Ben".into())), NOW, &PHONE);
    let mut phone = KnownDevice { back: MAX_INTEGER, ..KnownDevice::new("phone".into(), NOW) };
    phone.remove(NOW);
    vault.set(&id, Some(&phone), NOW, &LAPTOP);
    let root = publish(&mut vault, &mut blocks);
    assert_eq!(opened(1, root, &blocks).unwrap().get(&id), Some(Petname("Ben".into())));
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
    ids.filter(|id| vault::bucket_of(&OwnShare::key(id), VAULT_BUCKETS) == 0)
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
    let place = |id: &ShareId, count| vault::bucket_of(&OwnShare::key(id), count);
    let mut ids = ids.filter(|id| place(id, 8) == 0);
    let first = ids.next().unwrap();
    let second = ids.find(|id| place(id, 16) != place(&first, 16)).unwrap();
    for id in [first, second] {
        vault.set(&id, Some(&large()), NOW, &LAPTOP);
    }
    let root = publish(&mut vault, &mut blocks);
    assert_eq!(vault.left_out(), 0);
    let back = opened(1, root, &blocks).unwrap();
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
    let is_there = |id: &ShareId| vault::bucket_of(&Hidden::key(id), VAULT_BUCKETS) == 0;
    let mut ids = (0u32..).map(|n| ShareId::from(sha256(&n.to_be_bytes()).first_chunk().copied().unwrap()));
    let never = ids.find(is_there).unwrap();
    vault.set(&never, Some(&hidden), NOW, &LAPTOP);
    let root = publish(&mut vault, &mut blocks);
    assert_eq!(vault.left_out(), 3, "what is hidden, and the two oldest shares");
    let back = opened(1, root, &blocks).unwrap();
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
    assert!(vault.forget(&Hidden::key(&id)) && !vault.forget(&Hidden::key(&id)));
    assert_eq!(vault.entries, vault::Vault::default());
}

#[test]
fn a_vault_with_a_broken_bucket_does_not_open() {
    let (mut vault, mut blocks) = (Vault::default(), BTreeMap::new());
    vault.set(&ring(2).id(), Some(&ben()), NOW, &LAPTOP);
    let root = publish(&mut vault, &mut blocks);
    let junk = vec![Bytes::from_static(b"junk"); fetch(root, &blocks).len()];
    assert!(Vault::open(&ring(1), (root, &blocks[&root]), &junk).is_err());
}

#[test]
fn who_goes_on_from_anothers_blocks_seals_only_what_they_lack() {
    let (id, mut blocks, mut theirs) = (ring(2).id(), BTreeMap::new(), Vault::default());
    theirs.set(&id, Some(&ben()), NOW, &LAPTOP);
    let root = publish(&mut theirs, &mut blocks);
    let mut mine = Vault::default();
    mine.merge(&opened(1, root, &blocks).unwrap());
    assert!(mine.is_sealed());
    assert_eq!(mine.seal(&ring(1)).unwrap(), SealedVault { blocks: Vec::new(), root });
    mine.set(&id, Some(&Petname("Benny".into())), NOW, &PHONE);
    assert!(!mine.is_sealed());
    assert_ne!(mine.seal(&ring(1)).unwrap().root, root);
}

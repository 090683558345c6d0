//! Blocks: pushed, pinned, counted, refused, collected.

use bytes::Bytes;
use cid::Cid;
use futures::stream;
use libp2p::multiaddr::Protocol;
use spinney::{
    format::RAW,
    keys::Id,
    net::keep::{BLOCK_COST, Block, Error, MAX_PROVED, PinOutcome, Progress, Proved, Question, Refusal},
    net::share::key_of,
    platform,
};
use spinney_relay::{
    config::{Admission, Name},
    store::{Allotment, Blobs, Error as StoreError, Pins, Store},
};

use crate::{
    client::{Client, refused, ring},
    relay::Local,
    sample::Seeded,
};

async fn push(client: &Client, blocks: &[(Cid, Bytes)]) -> Result<Progress, Error> {
    client.keep().await.push(stream::iter(blocks.to_vec()), |_| ()).await
}

fn blocks(list: &[(Cid, Bytes)]) -> Vec<Block> {
    list.iter().map(|(cid, bytes)| Block::new(*cid, bytes.clone()).unwrap()).collect()
}

/// What the blocks are charged.
fn charged(blocks: &[(Cid, Bytes)]) -> u64 {
    size(blocks) + BLOCK_COST * blocks.len() as u64
}

fn size(blocks: &[(Cid, Bytes)]) -> u64 {
    blocks.iter().map(|(_, bytes)| bytes.len() as u64).sum()
}

#[tokio::test]
async fn what_is_pushed_is_there_and_counted_and_a_pin_names_what_is_missing() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let tree = Seeded(1).tree(20, 200_000);
    let cids: Vec<Cid> = tree.iter().map(|(cid, _)| *cid).collect();
    let header = cids[21];
    let mut session = ann.keep().await;
    assert_eq!(session.have(&cids).await.unwrap(), vec![false; 22]);
    assert_eq!(session.pin(&header).await.unwrap(), PinOutcome::Missing(vec![header]));
    session.push(stream::iter(tree[5..].to_vec()), |_| ()).await.unwrap();
    let PinOutcome::Missing(mut missing) = session.pin(&header).await.unwrap() else {
        panic!("five chunks lack")
    };
    missing.sort();
    let mut lacking = cids[..5].to_vec();
    lacking.sort();
    assert_eq!(missing, lacking);
    let progress = session.push(stream::iter(tree[..5].to_vec()), |_| ()).await.unwrap();
    assert_eq!(progress, Progress { blocks: 22, bytes: size(&tree) });
    assert_eq!(session.pin(&header).await.unwrap(), PinOutcome::Kept);
    assert_eq!(session.pins(None).await.unwrap(), [header]);
    assert_eq!(ann.keep().await.allowance().used, charged(&tree));
    assert_eq!(relay.counter("keepBytes").await, size(&tree));
    // A retry changes nothing.
    push(&ann, &tree).await.unwrap();
    assert_eq!(session.pin(&header).await.unwrap(), PinOutcome::Kept);
    assert_eq!(ann.keep().await.allowance().used, charged(&tree));
}

#[tokio::test]
async fn everything_survives_a_restart() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let tree = Seeded(2).tree(8, 100_000);
    let cids: Vec<Cid> = tree.iter().map(|(cid, _)| *cid).collect();
    push(&ann, &tree).await.unwrap();
    assert_eq!(ann.keep().await.pin(&cids[9]).await.unwrap(), PinOutcome::Kept);
    let relay = relay.restart().await;
    let ann = Client::connect(relay.address(), 1).await;
    let mut session = ann.keep().await;
    assert_eq!(session.have(&cids).await.unwrap(), vec![true; 10]);
    assert_eq!(session.pins(None).await.unwrap(), [cids[9]]);
    assert_eq!(session.allowance().used, charged(&tree));
}

#[tokio::test]
async fn a_quota_is_kept_and_unpinning_makes_room() {
    let relay = Local::with(|config| config.quota = 1_000_000).await;
    let ann = Client::connect(relay.address(), 1).await;
    let ben = Client::connect(relay.address(), 2).await;
    let mut seeded = Seeded(3);
    let (first, second) = (seeded.tree(6, 100_000), seeded.tree(6, 100_000));
    let headers = [first[7].0, second[7].0];
    push(&ann, &first).await.unwrap();
    ann.keep().await.pin(&headers[0]).await.unwrap();
    let Refusal::Quota { quota, .. } = refused(push(&ann, &second).await) else { panic!("another refusal") };
    assert_eq!(quota, 1_000_000);
    push(&ben, &second).await.expect("the quota of one is not the other's");
    // Ann may pin what Ben pushed, but it counts as hers as well.
    assert!(matches!(refused(ann.keep().await.pin(&headers[1]).await), Refusal::Quota { .. }));
    ann.keep().await.unpin(&headers[0]).await.unwrap();
    ann.keep().await.unpin(&headers[0]).await.expect("again is harmless");
    push(&ann, &second).await.unwrap();
    assert_eq!(ann.keep().await.pin(&headers[1]).await.unwrap(), PinOutcome::Kept);
    assert_eq!(ann.keep().await.allowance().used, charged(&second));
}

#[tokio::test]
async fn only_admitted_identities_with_a_certificate_of_this_device_may_push() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let ben = Client::connect(relay.address(), 2).await;
    assert_ne!(ann.device(), ben.device());
    assert_eq!(
        refused(ann.keep_as(Some(ben.certificate())).await.map(drop)),
        Refusal::BadCertificate { now: None }
    );
    assert_eq!(
        refused(ann.keep_as(Some(b"nonsense")).await.map(drop)),
        Refusal::BadCertificate { now: None }
    );
    let block = Seeded(4).raw(1000);
    let mut anonymous = ann.keep_as(None).await.unwrap();
    assert_eq!(anonymous.have(&[block.0]).await.unwrap(), [false]);
    assert_eq!(refused(anonymous.push(stream::iter([block]), |_| ()).await), Refusal::NeedsCertificate);

    let listed = Local::with(|config| {
        config.admission = Some(Admission::List);
        config.admitted = vec![Name(ann.id())];
    })
    .await;
    let (ann, ben) = (Client::connect(listed.address(), 1).await, Client::connect(listed.address(), 2).await);
    ann.keep().await;
    assert_eq!(refused(ben.keep_as(Some(ben.certificate())).await.map(drop)), Refusal::NotAdmitted);
}

#[tokio::test]
async fn a_lying_block_is_refused_and_not_stored() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let mut seeded = Seeded(5);
    let (honest, lie) = (seeded.raw(5000), (seeded.raw(5000).0, seeded.raw(5000).1));
    assert_eq!(refused(push(&ann, &[honest, lie.clone()]).await), Refusal::BadBlock);
    assert_eq!(ann.keep().await.have(&[lie.0]).await.unwrap(), [false]);
    let large = seeded.raw((1 << 20) + 1);
    assert_eq!(refused(push(&ann, &[large]).await), Refusal::TooLarge);
    let malformed = (spinney::format::cid_of(0x71, b"no cbor"), Bytes::from_static(b"no cbor"));
    push(&ann, std::slice::from_ref(&malformed)).await.unwrap();
    assert_eq!(refused(ann.keep().await.pin(&malformed.0).await), Refusal::BadBlock);
}

#[tokio::test]
async fn collection_takes_what_nobody_holds_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let allotment = Allotment {
        quota: 10_000_000,
        newcomer: None,
        capacity: 10_000_000,
        grace: std::time::Duration::ZERO,
    };
    let store = Store::open(folder.path(), allotment).await.unwrap();
    let mut seeded = Seeded(6);
    let (kept, dropped) = (seeded.tree(3, 50_000), seeded.tree(3, 50_000));
    // Both trees share one chunk.
    let shared = seeded.raw(40_000);
    let headers = [&kept, &dropped].map(|tree| seeded.node(&[tree[4].0, shared.0]));
    let ids = [1, 2].map(|seed| ring(seed).id());
    for (id, tree, header) in [(&ids[0], &kept, &headers[0]), (&ids[1], &dropped, &headers[1])] {
        store.push(id, blocks(tree)).await.unwrap();
        store.push(id, blocks(&[shared.clone(), header.clone()])).await.unwrap();
        assert_eq!(store.pin(id, &header.0, None).await.unwrap(), PinOutcome::Kept);
    }
    let loose = seeded.raw(30_000);
    store.push(&ids[0], blocks(std::slice::from_ref(&loose))).await.unwrap();
    store.unpin(&ids[1], &headers[1].0).await.unwrap();
    store.collect().await.unwrap();
    for (cid, bytes) in kept[..4].iter().chain([&shared, &headers[0]]) {
        assert_eq!(store.block(cid).await.unwrap().as_ref(), Some(bytes));
    }
    for (cid, _) in dropped[..4].iter().chain([&loose, &headers[1]]) {
        assert_eq!(store.block(cid).await.unwrap(), None);
    }
    assert_eq!(store.allowance(&ids[1]).await.unwrap().used, 0);
    let files = std::fs::read_dir(folder.path().join("blocks")).unwrap();
    let left: usize = files.map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap().count()).sum();
    assert_eq!(left, 4, "three chunks and the shared one are files");
    // What was collected can be pushed again.
    store.push(&ids[1], blocks(&dropped)).await.unwrap();
    assert_eq!(store.block(&dropped[0].0).await.unwrap().as_ref(), Some(&dropped[0].1));
}

#[tokio::test]
async fn a_pin_ends_by_itself_at_its_time_and_takes_nothing_else_along() {
    let folder = tempfile::tempdir().unwrap();
    let grace = std::time::Duration::from_secs(60 * 60);
    let allotment = Allotment { quota: 10_000_000, newcomer: None, capacity: 10_000_000, grace };
    let store = Store::open(folder.path(), allotment).await.unwrap();
    let (mut seeded, ann) = (Seeded(8), ring(1).id());
    let [ended, lasting, renewed, given_up] = [0; 4].map(|_| seeded.tree(3, 50_000));
    // Two of the trees share one chunk.
    let shared = seeded.raw(40_000);
    let [ended_header, lasting_header] = [&ended, &lasting].map(|tree| seeded.node(&[tree[4].0, shared.0]));
    for tree in [&ended, &lasting, &renewed, &given_up] {
        store.push(&ann, blocks(tree)).await.unwrap();
    }
    let more = [shared.clone(), ended_header.clone(), lasting_header.clone()];
    store.push(&ann, blocks(&more)).await.unwrap();
    let now = platform::now_ms();
    let pins = [
        (ended_header.0, Some(now)),
        (lasting_header.0, Some(now + 60_000)),
        (renewed[4].0, Some(now)),
        (renewed[4].0, None),
        (given_up[4].0, None),
    ];
    for (cid, until) in pins {
        assert_eq!(store.pin(&ann, &cid, until).await.unwrap(), PinOutcome::Kept);
    }
    store.unpin(&ann, &given_up[4].0).await.unwrap();
    store.close().await;
    drop(store);

    let store = Store::open(folder.path(), allotment).await.unwrap();
    store.collect().await.unwrap();
    for (cid, _) in ended.iter().chain([&ended_header]) {
        assert_eq!(store.block(cid).await.unwrap(), None);
    }
    let stay = [&lasting[..], &renewed, &given_up, &more[..1], &more[2..]].concat();
    for (cid, bytes) in &stay {
        assert_eq!(store.block(cid).await.unwrap().as_ref(), Some(bytes));
    }
    assert_eq!(store.allowance(&ann).await.unwrap().used, charged(&stay));
    let mut left = [lasting_header.0, renewed[4].0];
    left.sort();
    assert_eq!(store.pins(&ann, None).await.unwrap(), left);
}

#[tokio::test]
async fn a_folder_belongs_to_one_relay_at_a_time() {
    let relay = Local::start().await;
    let allotment = Allotment { quota: 0, newcomer: None, capacity: 0, grace: std::time::Duration::ZERO };
    assert!(matches!(Store::open(relay.folder.path(), allotment).await, Err(StoreError::InUse)));
}

#[tokio::test]
async fn a_closed_store_gives_its_folder_free_and_writes_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let allotment = Allotment { quota: 0, newcomer: None, capacity: 0, grace: std::time::Duration::ZERO };
    let store = Store::open(folder.path(), allotment).await.unwrap();
    let held_by_a_task = store.clone();
    store.close().await;
    Store::open(folder.path(), allotment).await.expect("the folder is free");
    held_by_a_task.collect().await.unwrap_err();
}

#[tokio::test]
async fn a_full_relay_says_so() {
    let relay = Local::with(|config| config.capacity = 1000).await;
    let ann = Client::connect(relay.address(), 1).await;
    let block = Seeded(7).raw(2000);
    assert_eq!(block.0.codec(), RAW);
    assert_eq!(refused(push(&ann, &[block]).await), Refusal::Full);
}

#[tokio::test]
async fn a_relay_proves_what_it_keeps_for_who_asks_and_for_nobody_else() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let ben = Client::connect(relay.address(), 2).await;
    let mut seeded = Seeded(11);
    let (hers, his) = (seeded.tree(3, 50_000), seeded.tree(1, 50_000));
    push(&ann, &hers).await.unwrap();
    push(&ben, &his).await.unwrap();
    let mut session = ann.keep().await;
    let cids = |blocks: &[(Cid, Bytes)]| blocks.iter().map(|(cid, _)| *cid).collect::<Vec<_>>();
    let question = Question::new(cids(&hers));
    assert_eq!(
        session.prove(&question).await.unwrap(),
        Proved::Missing(cids(&hers)),
        "it is pushed, and not kept"
    );
    assert_eq!(session.pin(&hers[4].0).await.unwrap(), PinOutcome::Kept);
    ben.keep().await.pin(&his[2].0).await.unwrap();

    let expected = |id: &Id| {
        let Some(Protocol::P2p(peer)) = relay.address().iter().last() else { panic!("it names its peer") };
        let mut hasher = question.hasher(id, &key_of(&peer).unwrap());
        hers.iter().for_each(|(_, block)| hasher.add(block));
        Proved::Hash(hasher.finish())
    };
    assert_eq!(session.prove(&question).await.unwrap(), expected(&ann.id()));
    let both = Question::new([cids(&hers), cids(&his)].concat());
    assert_eq!(
        session.prove(&both).await.unwrap(),
        Proved::Missing(cids(&his)),
        "what is Ben's is not there for Ann"
    );

    let many = Question::new(vec![hers[0].0; MAX_PROVED + 1]);
    assert_eq!(refused(session.prove(&many).await), Refusal::TooLarge);
    for _ in 3..8 {
        session.prove(&question).await.unwrap();
    }
    assert_eq!(refused(session.prove(&question).await), Refusal::TooOften);
    assert!(ben.keep().await.prove(&Question::new(cids(&his))).await.is_ok(), "he did not ask");
    let mut guest = ben.keep_as(None).await.unwrap();
    assert_eq!(refused(guest.prove(&question).await), Refusal::NeedsCertificate);
}

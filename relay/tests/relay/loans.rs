//! Loans: guests without a certificate push into what somebody lends them, and can do nothing else.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bytes::Bytes;
use cid::Cid;
use futures::{StreamExt, stream};
use libp2p::Multiaddr;
use spinney::{
    keys::Id,
    net::{
        keep::{self, BLOCK_COST, Block, PinOutcome, Refusal, Removed, Session, Token, Weight},
        streams::Stream,
    },
    platform,
};
use spinney_relay::{
    config::{Admission, Name},
    store::{Allotment, Blobs, Pins, Store},
};
use tempfile::TempDir;

use crate::{
    client::{Client, Line, push, refused, ring},
    database,
    relay::Local,
    sample::Seeded,
};

const TOKEN: Token = [7; 32];

/// A day from now.
pub(crate) fn tomorrow() -> u64 {
    platform::now_ms() + 24 * 60 * 60 * 1000
}

/// A session of somebody without a certificate, under a key of its own; the connection goes with it.
struct Guest {
    session: Session<Stream>,
    _line: Line,
}

impl Guest {
    async fn try_open(address: &Multiaddr, token: &Token) -> Result<Self, keep::Error> {
        let line = Line::of_stranger(address).await.expect("the relay answers");
        let session = Session::open_with_token(line.stream(keep::PROTOCOL).await, token).await?;
        Ok(Self { session, _line: line })
    }

    async fn open(address: &Multiaddr) -> Self {
        Self::try_open(address, &TOKEN).await.expect("something is lent")
    }

    async fn push(&mut self, blocks: &[(Cid, Bytes)]) -> Result<(), keep::Error> {
        self.session.push(stream::iter(blocks.to_vec()), |_| ()).await.map(drop)
    }

    /// Pushes a tree and pins its root.
    async fn leave(&mut self, tree: &[(Cid, Bytes)]) {
        self.push(tree).await.expect("there is room");
        assert_eq!(self.session.pin(&tree.last().unwrap().0).await.unwrap(), PinOutcome::Kept);
    }
}

async fn opened(address: &Multiaddr, token: &Token) -> Refusal {
    refused(Guest::try_open(address, token).await.map(|_| ()))
}

pub(crate) fn charged(blocks: &[(Cid, Bytes)]) -> u64 {
    blocks.iter().map(|(_, bytes)| bytes.len() as u64 + BLOCK_COST).sum()
}

pub(crate) fn blocks(list: &[(Cid, Bytes)]) -> Vec<Block> {
    list.iter().map(|(cid, bytes)| Block::new(*cid, bytes.clone()).unwrap()).collect()
}

async fn used(client: &Client) -> u64 {
    client.keep().await.allowance().used
}

#[tokio::test]
async fn guests_push_and_pin_what_was_lent_and_the_lender_is_charged_for_it_once() {
    let relay = Local::with(|config| config.quota = 1_000_000).await;
    let ann = Client::connect(relay.address(), 1).await;
    assert_eq!(opened(relay.address(), &TOKEN).await, Refusal::NoLoan);
    ann.keep().await.lend(&TOKEN, 600_000, tomorrow()).await.unwrap();
    assert_eq!(used(&ann).await, 600_000);

    let tree = Seeded(1).tree(4, 100_000);
    let mut guest = Guest::open(relay.address()).await;
    assert_eq!((guest.session.allowance().used, guest.session.allowance().quota), (0, 600_000));
    let PinOutcome::Missing(missing) = guest.session.pin(&tree[5].0).await.unwrap() else {
        panic!("it lacks")
    };
    assert_eq!(missing, [tree[5].0]);
    guest.session.room(Weight { bytes: charged(&tree), blocks: 6 }).await.unwrap();
    guest.leave(&tree).await;
    assert_eq!(used(&ann).await, 600_000, "what is lent and used is charged once");
    assert_eq!(
        guest.session.have(&tree.iter().map(|(cid, _)| *cid).collect::<Vec<_>>()).await.unwrap(),
        [true; 6]
    );
    // Another guest sees what is left, and a repeated push is not charged again.
    let mut other = Guest::open(relay.address()).await;
    assert_eq!(other.session.allowance().used, charged(&tree));
    other.leave(&tree).await;
    assert_eq!(Guest::open(relay.address()).await.session.allowance().used, charged(&tree));
    // Ann has the rest of her quota, to the byte.
    let rest = Seeded(2).raw((400_000 - BLOCK_COST) as usize);
    push(&ann, std::slice::from_ref(&rest)).await.unwrap();
    assert_eq!(ann.keep().await.pin(&rest.0).await.unwrap(), PinOutcome::Kept);
    assert_eq!(used(&ann).await, 1_000_000);
    assert!(matches!(refused(push(&ann, &[Seeded(3).raw(1)]).await), Refusal::Quota { .. }));
    // Ann does not find among her pins what a guest pinned.
    assert_eq!(ann.keep().await.pins(None).await.unwrap(), [rest.0]);
}

#[tokio::test]
async fn a_loan_that_is_used_up_takes_no_block_more_and_does_not_open() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let (first, second) = (Seeded(1).tree(2, 50_000), Seeded(2).tree(2, 50_000));
    let lent = charged(&first);
    ann.keep().await.lend(&TOKEN, lent + 1000, tomorrow()).await.unwrap();
    let mut guest = Guest::open(relay.address()).await;
    guest.leave(&first).await;
    let full = Refusal::LoanFull { used: lent, quota: lent + 1000 };
    let room = guest.session.room(Weight { bytes: 1001, blocks: 1 }).await;
    assert_eq!(refused(room), full);
    guest.session.room(Weight { bytes: 1000, blocks: 1 }).await.unwrap();
    assert_eq!(refused(guest.push(&second).await), full);
    let says = format!(
        "{lent} of {} bytes that were lent are used up, 512 of them for each block: send less",
        lent + 1000
    );
    assert_eq!(full.to_string(), says);
    // Also what is here already counts where a guest pins it.
    push(&ann, &second).await.unwrap();
    let pinned = Guest::open(relay.address()).await.session.pin(&second[3].0).await;
    assert_eq!(refused(pinned), full);

    ann.keep().await.lend(&TOKEN, 0, tomorrow()).await.unwrap();
    assert_eq!(used(&ann).await, lent + charged(&second), "never less than is used");
    assert_eq!(opened(relay.address(), &TOKEN).await, Refusal::LoanFull { used: lent, quota: lent });
    ann.keep().await.lend(&TOKEN, lent + charged(&second), tomorrow()).await.unwrap();
    Guest::open(relay.address()).await.leave(&second).await;
}

#[tokio::test]
async fn after_its_time_a_loan_is_over_also_for_who_is_in_the_middle_of_a_push() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    ann.keep().await.lend(&TOKEN, 600_000, tomorrow()).await.unwrap();
    let tree = Seeded(1).tree(2, 50_000);
    let mut guest = Guest::open(relay.address()).await;
    guest.push(&tree).await.unwrap();
    ann.keep().await.lend(&TOKEN, 600_000, platform::now_ms() - 1).await.unwrap();
    assert_eq!(refused(guest.session.pin(&tree[3].0).await), Refusal::LoanEnded);
    assert_eq!(refused(guest.push(&tree).await), Refusal::LoanEnded);
    assert_eq!(opened(relay.address(), &TOKEN).await, Refusal::LoanEnded);
    // Ann gives it more time.
    ann.keep().await.lend(&TOKEN, 600_000, tomorrow()).await.unwrap();
    assert_eq!(Guest::open(relay.address()).await.session.pin(&tree[3].0).await.unwrap(), PinOutcome::Kept);
}

#[tokio::test]
async fn a_token_reads_lists_unpins_and_lends_nothing() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let hers = ann.root(1).await;
    ann.keep().await.lend(&TOKEN, 100_000, tomorrow()).await.unwrap();
    let mut guest = Guest::open(relay.address()).await;
    let left = Seeded(1).tree(1, 10);
    guest.leave(&left).await;
    for pin in [&hers, &left[2].0] {
        assert_eq!(refused(guest.session.unpin(pin).await), Refusal::NeedsCertificate);
    }
    assert_eq!(refused(guest.session.pins(None).await), Refusal::NeedsCertificate);
    assert_eq!(refused(guest.session.lend(&[8; 32], 1, tomorrow()).await), Refusal::NeedsCertificate);
    assert_eq!(refused(guest.session.unlend(&TOKEN).await), Refusal::NeedsCertificate);
    // The session goes on, and nothing came of it.
    guest.session.room(Weight { bytes: 10, blocks: 1 }).await.unwrap();
    assert_eq!(ann.keep().await.pins(None).await.unwrap(), [hers]);
    assert_eq!(opened(relay.address(), &[8; 32]).await, Refusal::NoLoan);
    // Who knows what the relay knows has no token.
    assert_eq!(opened(relay.address(), &spinney::crypto::sha256(&TOKEN)).await, Refusal::NoLoan);
    // A guest with a certificate of their own does not get hold of the loan either.
    let ben = Client::connect(relay.address(), 2).await;
    assert_eq!(refused(ben.keep().await.lend(&TOKEN, 1, tomorrow()).await), Refusal::NoLoan);
    ben.keep().await.unlend(&TOKEN).await.unwrap();
    assert_eq!(Guest::open(relay.address()).await.session.allowance().quota, 100_000);
}

#[tokio::test]
async fn a_loan_has_so_many_pins_and_an_identity_so_many_loans() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let mut session = ann.keep().await;
    let tokens: Vec<Token> = (0..17).map(|n| [n; 32]).collect();
    for token in &tokens[..16] {
        session.lend(token, 100_000, tomorrow()).await.unwrap();
    }
    assert_eq!(refused(session.lend(&tokens[16], 1, tomorrow()).await), Refusal::TooManyLoans);
    assert_eq!(session.lend(&tokens[3], 200_000, tomorrow()).await.ok(), Some(()), "it is one of them");
    assert_eq!(used(&ann).await, 17 * 100_000);
    session.unlend(&tokens[0]).await.unwrap();
    session.unlend(&tokens[0]).await.expect("again is harmless");
    assert_eq!(used(&ann).await, 16 * 100_000);
    session.lend(&tokens[16], 100_000, tomorrow()).await.unwrap();
    // Who lends and takes back all day leaves nothing behind: of what was never used no row stays.
    let rows = "SELECT COUNT(*) FROM identity, (SELECT COUNT(*) AS loans FROM loan) WHERE loans = 16";
    assert_eq!(database::number(relay.folder.path(), rows).await, 17);
    // One whose time is over is none of them.
    session.lend(&tokens[1], 100_000, 1).await.unwrap();
    session.lend(&tokens[0], 100_000, tomorrow()).await.unwrap();

    let mut guest = Guest::try_open(relay.address(), &tokens[3]).await.unwrap();
    let (mut seeded, mut roots) = (Seeded(1), Vec::new());
    roots.resize_with(65, || seeded.node(&[]));
    guest.push(&roots).await.unwrap();
    for (root, _) in &roots[..64] {
        assert_eq!(guest.session.pin(root).await.unwrap(), PinOutcome::Kept);
    }
    assert_eq!(refused(guest.session.pin(&roots[64].0).await), Refusal::TooManyPins);
    assert_eq!(guest.session.pin(&roots[0].0).await.unwrap(), PinOutcome::Kept, "again is harmless");
}

#[tokio::test]
async fn who_takes_a_loan_back_stops_a_push_and_has_what_was_not_used() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    ann.keep().await.lend(&TOKEN, 500_000_000, tomorrow()).await.unwrap();
    let kept = Seeded(1).tree(2, 50_000);
    let mut guest = Guest::open(relay.address()).await;
    guest.leave(&kept).await;
    // Blocks come for as long as the loan is there, and some more while the session hears of it.
    let is_back = AtomicBool::new(false);
    let mut seeded = Seeded(2);
    let many = stream::iter(std::iter::from_fn(|| Some(seeded.raw(100_000)))).take(4000);
    let pushing = guest.session.push(many, |progress| {
        if progress.blocks > 50 {
            is_back.store(true, Ordering::Relaxed);
        }
    });
    let taking_back = async {
        while !is_back.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
        ann.keep().await.unlend(&TOKEN).await.unwrap();
    };
    let (pushed, ()) = futures::join!(pushing, taking_back);
    assert_eq!(refused(pushed), Refusal::NoLoan);
    assert_eq!(opened(relay.address(), &TOKEN).await, Refusal::NoLoan);
    let left = database::number(relay.folder.path(), "SELECT SUM(size + 512) FROM block").await as u64;
    assert!(left < 500_000_000 && left > charged(&kept));
    assert_eq!(used(&ann).await, left);

    // What nobody pinned goes with the grace period, and is given back; what was pinned stays.
    let Local { running, folder } = relay;
    running.stop().await;
    database::run(folder.path(), "UPDATE hold SET since = 0 WHERE why = 1").await;
    let store = store(&folder).await;
    store.collect().await.unwrap();
    assert_eq!(store.allowance(&ann.id()).await.unwrap().used, charged(&kept));
    assert_eq!(store.block(&kept[0].0).await.unwrap().as_ref(), Some(&kept[0].1));
}

/// Stops a relay, changes its database, and starts it again.
async fn age(relay: Local, statements: &'static str) -> Local {
    let Local { running, folder } = relay;
    running.stop().await;
    database::run(folder.path(), statements).await;
    Local::at(folder).await
}

#[tokio::test]
async fn a_loan_and_what_is_in_it_survive_a_restart() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    ann.keep().await.lend(&TOKEN, 600_000, tomorrow()).await.unwrap();
    let tree = Seeded(1).tree(4, 50_000);
    Guest::open(relay.address()).await.push(&tree[..4]).await.unwrap();
    let relay = relay.restart().await;
    let mut guest = Guest::open(relay.address()).await;
    let allowance = guest.session.allowance();
    assert_eq!((allowance.used, allowance.quota), (charged(&tree[..4]), 600_000));
    guest.leave(&tree[4..]).await;
    assert_eq!(used(&Client::connect(relay.address(), 1).await).await, 600_000);
}

#[tokio::test]
async fn who_has_no_room_lends_none_and_who_was_removed_or_is_not_admitted_neither() {
    let relay = Local::with(|config| config.quota = 100_000).await;
    let ann = Client::connect(relay.address(), 1).await;
    let phone = Client::connect_as(relay.address(), 1, 77).await;
    push(&ann, &[Seeded(1).raw(50_000)]).await.unwrap();
    let root = ann.root(1).await;
    let free = 100_000 - used(&ann).await;
    let mut session = ann.keep().await;
    // What was pushed and not pinned makes room, as for a push.
    session.lend(&TOKEN, free + 1, tomorrow()).await.unwrap();
    let free = 100_000 - (used(&ann).await - free - 1);
    let refusal = refused(session.lend(&TOKEN, free + 1, tomorrow()).await);
    assert!(matches!(refusal, Refusal::Quota { quota: 100_000, .. }), "{refusal:?}");
    assert!(matches!(
        refused(session.lend(&[8; 32], u64::MAX >> 11, u64::MAX >> 11).await),
        Refusal::Quota { .. }
    ));
    session.lend(&TOKEN, free, tomorrow()).await.unwrap();
    assert_eq!(used(&ann).await, 100_000);
    assert!(matches!(refused(session.lend(&[8; 32], 1, tomorrow()).await), Refusal::Quota { .. }));
    assert_eq!(session.pins(None).await.unwrap(), [root]);

    let mut on_phone = phone.keep().await;
    let device = Id::from_bytes(phone.device().to_bytes().last_chunk().unwrap()).unwrap();
    let removed = Removed { devices: vec![device], at: 10 };
    let stream = ann.open(keep::PROTOCOL).await;
    Session::open_and_tell(stream, Some(ann.certificate()), Some(removed)).await.unwrap();
    assert_eq!(refused(on_phone.lend(&TOKEN, 1, tomorrow()).await), Refusal::Removed);
    assert_eq!(refused(on_phone.unlend(&TOKEN).await), Refusal::Removed);
    // Guests go on: they come by the link of the person, not of a device.
    Guest::open(relay.address()).await.leave(&Seeded(2).tree(1, 100)).await;

    // The operator no longer keeps anything for Ann, so nor for her guests.
    let Local { running, folder } = relay;
    running.stop().await;
    let ben = Name(ring(2).id());
    let relay = Local::at_with(folder, |config| {
        config.admission = Some(Admission::List);
        config.admitted = vec![ben];
    })
    .await;
    assert_eq!(opened(relay.address(), &TOKEN).await, Refusal::NoLoan);
}

#[tokio::test]
async fn what_guests_left_unfinished_makes_room_when_it_is_old_and_not_before() {
    let relay = Local::start().await;
    let ann = Client::connect(relay.address(), 1).await;
    let (left, tree) = (Seeded(1).raw(50_000), Seeded(2).tree(1, 40_000));
    ann.keep().await.lend(&TOKEN, 60_000, tomorrow()).await.unwrap();
    Guest::open(relay.address()).await.push(std::slice::from_ref(&left)).await.unwrap();
    // A guest who pushes now is not robbed by another.
    let refusal = refused(Guest::open(relay.address()).await.push(&tree).await);
    assert_eq!(refusal, Refusal::LoanFull { used: charged(std::slice::from_ref(&left)), quota: 60_000 });
    assert_eq!(ann.keep().await.have(&[left.0]).await.unwrap(), [true]);

    let relay = age(relay, "UPDATE hold SET since = since - 3600001").await;
    Guest::open(relay.address()).await.leave(&tree).await;
    let ann = Client::connect(relay.address(), 1).await;
    assert_eq!(ann.keep().await.have(&[left.0]).await.unwrap(), [false]);
    assert_eq!(used(&ann).await, 60_000);
}

pub(crate) async fn store(folder: &TempDir) -> Store {
    let grace = Duration::from_secs(24 * 60 * 60);
    let allotment = Allotment { quota: 1_000_000, newcomer: None, capacity: 1 << 30, grace };
    Store::open(folder.path(), allotment).await.unwrap()
}

//! Updates in an order that follows from a seed, over a disk that takes its time, fills up and changes its leader.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use futures::{FutureExt, StreamExt, future::join_all};
use tokio::task::{LocalSet, yield_now};

use super::handle::{Args, State};
use super::rows::Account;
use super::tables::Kind;
use super::transaction::Transaction;
use super::views::shown_share;
use crate::crypto::block::Key;
use crate::engine::Error;
use crate::engine::api::{Change, Contact, Event, Share};
use crate::engine::directory::Directory;
use crate::engine::events::{Events, Hub};
use crate::format::note::Says;
use crate::format::profile::Profile;
use crate::format::public::PublicShare;
use crate::format::share_id::{InnerId, ShareId};
use crate::format::{DAG_CBOR, RAW, cid_of};
use crate::keys::{Id, Phrase, Ring};
use crate::social::audience::MAX_OF_ONE_AUTHOR;
use crate::social::contact;
use crate::social::fixture;
use crate::social::relation::Relation;
use crate::social::request::PendingRequest;
use crate::social::share_record::{Content, ShareRecord};
use crate::store::memory::Disk;
use crate::store::{Databases as _, blocks_of, rows_of};

/// A sequence of numbers that follows from a seed.
struct Dice(Cell<u64>);

impl Dice {
    fn below(&self, sides: u64) -> u64 {
        let mut state = self.0.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.0.set(state);
        (state >> 11) % sides
    }
}

fn ring() -> Rc<Ring> {
    Rc::new(Ring::from_phrase(&Phrase::from_bytes([7; 32])))
}

fn person(number: u64) -> Id {
    Ring::from_phrase(&Phrase::from_bytes([100 + number as u8; 32])).id()
}

async fn open(disk: &Disk, hub: &Rc<Hub>, fresh: bool) -> State {
    let ring = ring();
    let args = Args {
        store: rows_of(disk.lead().open("one").await.unwrap()),
        directory: Directory::new(ring.id(), &[], false).unwrap(),
        ring,
        hub: hub.clone(),
        fresh: fresh.then(|| Account::new(&Phrase::from_bytes([7; 32]))),
    };
    State::open(args).await.unwrap()
}

fn share(author: Id, number: u64, rev: u64) -> ShareRecord {
    let cid = cid_of(DAG_CBOR, &[number as u8]);
    let mut inner = [0; 16];
    inner[0] = number as u8;
    let public = PublicShare {
        share: InnerId(inner),
        rev,
        created: 5,
        title: format!("share {number} at {rev}"),
        note: String::new(),
        root: cid,
        files: 1,
        size: 1,
        extra: Default::default(),
    };
    ShareRecord::public(author, cid, &public, 9)
}

type Update = Box<dyn FnOnce(&mut Transaction) -> Result<(), Error>>;

/// Sets one row, that of a hidden share.
fn hide(id: u8, rev: u64) -> Update {
    Box::new(move |tx| {
        tx.hide(ShareId::from([id; 20]), person(0), rev);
        Ok(())
    })
}

/// Changes what I say of myself.
fn with_account(change: impl FnOnce(&mut Account) + 'static) -> Update {
    Box::new(move |tx| {
        change(Rc::make_mut(&mut tx.account));
        Ok(())
    })
}

/// One random change. Some fail in the middle of what they do, and must leave nothing behind.
fn change(dice: &Dice) -> Update {
    let (who, what, number) = (person(dice.below(4)), dice.below(12), dice.below(6));
    let (rev, fails) = (dice.below(100), dice.below(10) == 0);
    let author = if dice.below(2) == 0 { ring().id() } else { who };
    Box::new(move |tx| {
        match what {
            0 => drop(tx.shares.insert(share(author, number, rev).id(), share(author, number, rev))),
            1 => drop(tx.shares.remove(&share(author, number, 0).id())),
            2 => {
                if let Some(share) = tx.shares.get_mut(&share(author, number, 0).id()) {
                    share.paused = !share.paused;
                    share.unread = !share.unread;
                }
            }
            3 => {
                tx.contacts.insert(who, contact::Contact::new(who, Vec::new(), rev, 3));
                tx.relations.insert(who, Relation::added(3));
            }
            4 => drop(tx.contacts.remove(&who)),
            5 => {
                if let Some(contact) = tx.contacts.get_mut(&who) {
                    contact.petname = Some(format!("name {rev}"));
                }
            }
            6 => Rc::make_mut(&mut tx.account).name = format!("me {rev}"),
            7 => {
                let waiting = PendingRequest {
                    time: rev,
                    message: "hello".into(),
                    relays: Vec::new(),
                    invite: None,
                    proof: None,
                    declined: rev % 2 > 0,
                };
                Rc::make_mut(&mut tx.inbox).put_back(who, (rev % 3 > 0).then_some(waiting));
            }
            8 => tx.leave_note(&[who], &Says::Gone { share: InnerId([1; 16]), rev: Some(rev) }),
            9 => tx.outbox.remove_where(|key, _| key.contact == who),
            10 => tx.hide(share(author, number, 0).id(), author, rev),
            _ => tx.block(cid_of(RAW, &[rev as u8]), vec![rev as u8]),
        }
        if fails { Err(Error::NotFound("luck")) } else { Ok(()) }
    })
}

/// What a page knows that hears events, and lists nothing again.
#[derive(Debug, Default, PartialEq)]
struct Page {
    name: Option<String>,
    shares: BTreeMap<String, Share>,
    contacts: BTreeMap<String, Contact>,
    /// Whether each was declined.
    requests: BTreeMap<String, bool>,
}

impl Page {
    fn hear(&mut self, events: &mut Events) {
        while let Some(Some(event)) = events.next().now_or_never() {
            match event {
                Event::Share { change: Change::Removed, share } => drop(self.shares.remove(&share.id)),
                Event::Share { share, .. } => drop(self.shares.insert(share.id.clone(), share)),
                Event::Contact { contact } => drop(self.contacts.insert(contact.id.clone(), contact)),
                Event::ContactRemoved { id } => drop(self.contacts.remove(&id)),
                Event::Request { id, declined, .. } => drop(self.requests.insert(id, declined)),
                Event::RequestRemoved { id } => drop(self.requests.remove(&id)),
                Event::Profile { me } => self.name = me.map(|me| me.summary.name),
                _ => {}
            }
        }
    }

    fn fresh(state: &State, name: Option<String>) -> Self {
        let me = ring().id();
        state.read(|tables| {
            let shares = tables.shares.values().map(|share| shown_share(share, &me));
            let contacts = tables.contacts.values();
            let directory = Directory::new(me, &[], false).unwrap();
            let contacts =
                contacts.map(|contact| state.live(|live| tables.shown_contact(contact, live, &directory)));
            Self {
                name,
                shares: shares.map(|share| (share.id.clone(), share)).collect(),
                contacts: contacts.map(|contact| (contact.id.clone(), contact)).collect(),
                requests: tables.inbox.iter().map(|(id, it)| (id.to_string(), it.declined)).collect(),
            }
        })
    }
}

/// Random updates, some dropped half-way, some on a full disk; after each burst memory is what the disk has, and the
/// events tell what a fresh page shows.
async fn random_updates(seed: u64, updates: usize) {
    let dice = Dice(Cell::new(seed.wrapping_mul(2).wrapping_add(1)));
    let disk = Disk::with_latency(seed);
    let hub = Rc::new(Hub::default());
    let mut state = open(&disk, &hub, true).await;
    let mut events = hub.listen();
    let mut page = Page::default();
    let mut done = 0;
    while done < updates {
        disk.fill_at((dice.below(4) == 0).then_some(1 + dice.below(3) as usize));
        let burst: Vec<_> =
            (0..=dice.below(12)).map(|_| (change(&dice), dice.below(5), dice.below(8))).collect();
        done += burst.len();
        let running = burst.into_iter().map(|(change, patience, kind)| {
            let state = if kind == 0 { state.background() } else { state.clone() };
            async move {
                let mut update = std::pin::pin!(state.update(change));
                if patience > 0 {
                    return update.await.err();
                }
                // Somebody closes the dialog.
                for _ in 0..kind {
                    if let Some(done) = update.as_mut().now_or_never() {
                        return done.err();
                    }
                    yield_now().await;
                }
                None
            }
        });
        let failures: Vec<_> = join_all(running).await.into_iter().flatten().collect();
        let is_expected = |why: &Error| matches!(why, Error::Quota | Error::NotFound("luck"));
        assert!(failures.iter().all(is_expected), "{failures:?}");
        disk.fill_at(None);
        // Behind everything that still runs.
        state.update(|_| Ok(())).await.unwrap();
        page.hear(&mut events);
        assert_eq!(page, Page::fresh(&state, page.name.clone()), "seed {seed} after {done}");
        if let Some(name) = &page.name {
            assert_eq!(*name, state.read(|tables| tables.account.name.clone()));
        }
        if dice.below(10) == 0 {
            // Another tab takes over, which the first learns by its next update.
            let next = open(&disk, &hub, false).await;
            assert!(
                state.snapshot() == next.snapshot(),
                "seed {seed} after {done}: memory is not what the disk has"
            );
            let robbed = state.update(hide(9, 77)).await;
            assert_eq!(robbed, Err(Error::EngineMoved));
            assert_eq!(state.update(|_| Ok(())).await, Err(Error::EngineMoved), "it stays so");
            state = next;
        }
    }
    let next = open(&disk, &hub, false).await;
    assert!(state.snapshot() == next.snapshot(), "seed {seed}: memory is not what the disk has");
}

#[tokio::test]
async fn after_2_000_random_updates_memory_is_the_disk_and_events_tell_all() {
    let seeds = if std::env::var_os("SPINNEY_LONG").is_some() { 40 } else { 4 };
    LocalSet::new()
        .run_until(async {
            for seed in 1..=seeds {
                random_updates(seed, 500).await;
            }
        })
        .await;
}

#[tokio::test]
async fn of_two_settings_at_once_both_stay() {
    LocalSet::new()
        .run_until(async {
            for seed in 0..20 {
                let disk = Disk::with_latency(seed);
                let state = open(&disk, &Rc::default(), true).await;
                let receipts = state.update(with_account(|account| account.receipts = true));
                let relay_only = state.update(with_account(|account| account.relay_only = true));
                let (one, other) = futures::join!(receipts, relay_only);
                one.unwrap();
                other.unwrap();
                let kept = open(&disk, &Rc::default(), false).await.snapshot();
                assert!(kept.account.receipts && kept.account.relay_only, "seed {seed}");
            }
        })
        .await;
}

#[tokio::test]
async fn a_burst_is_committed_together_and_a_large_update_fails_no_other() {
    LocalSet::new()
        .run_until(async {
            let disk = Disk::new();
            let state = open(&disk, &Rc::default(), true).await;
            disk.fill_at(None);
            let small = |number: u8| state.update(hide(number, 1));
            join_all((0..50).map(small)).await.into_iter().for_each(Result::unwrap);
            assert!(disk.adding_commits() <= 2, "{} commits for 50 updates", disk.adding_commits());

            // The first of the burst is alone; the large one is the second commit of the rest.
            disk.fill_at(Some(2));
            let large = state.update(|tx| {
                tx.block(cid_of(RAW, b"large"), vec![0; 100 << 10]);
                Ok(())
            });
            let (before, large, after) = futures::join!(small(100), large, small(101));
            assert_eq!((before, large, after), (Ok(()), Err(Error::Quota), Ok(())));
        })
        .await;
}

#[tokio::test]
async fn what_only_takes_away_needs_no_room() {
    LocalSet::new()
        .run_until(async {
            let disk = Disk::with_latency(3);
            let state = open(&disk, &Rc::default(), true).await;
            state.update(hide(1, 1)).await.unwrap();
            disk.fill_at(Some(1));
            // A root is due afterwards, which must need no room either.
            let adding = state.update(hide(1, 2));
            let removal = state.remove(|tx| {
                tx.hidden.remove(&ShareId::from([1; 20]));
                Ok(())
            });
            let (adding, removal) = futures::join!(adding, removal);
            assert_eq!((adding, removal), (Err(Error::Quota), Ok(())));
            assert!(open(&disk, &Rc::default(), false).await.snapshot().hidden.is_empty());
        })
        .await;
}

#[tokio::test]
async fn blocks_of_an_update_are_there_with_its_rows_or_not_at_all() {
    LocalSet::new()
        .run_until(async {
            let disk = Disk::with_latency(5);
            let state = open(&disk, &Rc::default(), true).await;
            let cid = cid_of(RAW, b"page");
            disk.fill_at(Some(1));
            let put = || state.update_with(vec![(cid, b"page"[..].into())], |_| Ok(()));
            assert_eq!(put().await, Err(Error::Quota));
            disk.fill_at(None);
            let blocks = blocks_of(disk.lead().open("one").await.unwrap());
            assert_eq!(blocks.block(&cid).await.unwrap(), None);
        })
        .await;
}

#[tokio::test]
async fn who_watches_is_woken_after_the_commit_and_by_nothing_else() {
    LocalSet::new()
        .run_until(async {
            let state = open(&Disk::with_latency(1), &Rc::default(), true).await;
            let mut pending = state.watch_pending();
            let mut shares = state.watch(&[Kind::shares]);
            state.update(with_account(|account| account.name = "Ann".into())).await.unwrap();
            assert!(pending.changed().now_or_never().is_some(), "a root is due");
            assert!(shares.changed().now_or_never().is_none());
            assert!(state.read(|tables| tables.is_root_due()));
            let gathered = state.update(|tx| {
                Rc::make_mut(&mut tx.account).name = "Anne".into();
                tx.gather();
                Ok(())
            });
            gathered.await.unwrap();
            assert!(pending.changed().now_or_never().is_none(), "more is expected soon");
            state.close().await;
            assert_eq!(state.update(|_| Ok(())).await, Err(Error::Locked));
            assert_eq!(state.read(|tables| tables.account.name.clone()), "");
        })
        .await;
}

#[tokio::test]
async fn of_one_author_only_so_many_shares_are_kept_and_hidden_and_the_oldest_go() {
    LocalSet::new()
        .run_until(async {
            let state = open(&Disk::new(), &Rc::default(), true).await;
            let (eve, ben) = (person(1), person(2));
            let sealed = |author, number: u64| {
                let mut inner = [0; 16];
                inner[..8].copy_from_slice(&number.to_be_bytes());
                let link = cid_of(DAG_CBOR, b"manifest");
                let content =
                    Content::Sealed { header: link, manifest: (link, Key::from_bytes([7; 32])), key: None };
                let first_seen = number;
                ShareRecord { inner: inner.into(), first_seen, content, ..share(author, 0, 0) }
            };
            let most = MAX_OF_ONE_AUTHOR as u64;
            let filled = state.update(move |tx| {
                tx.receive(sealed(ben, 1));
                tx.hide(sealed(ben, 2).id(), ben, 1);
                for number in 0..most + 3 {
                    tx.receive(sealed(eve, number));
                    tx.hide(sealed(eve, most + 10 + number).id(), eve, 1);
                }
                Ok(())
            });
            filled.await.unwrap();
            state.read(|tables| {
                assert_eq!(
                    (tables.shares.len(), tables.hidden.len()),
                    (most as usize + 1, most as usize + 1)
                );
                assert!(tables.shares.contains(&sealed(ben, 1).id()), "nobody else's goes");
                assert!(tables.hidden.contains(&sealed(ben, 2).id()));
                for number in 0..3 {
                    assert!(!tables.shares.contains(&sealed(eve, number).id()), "the oldest go");
                }
            });
        })
        .await;
}

#[tokio::test]
async fn what_a_contact_changes_of_their_relays_is_no_reason_to_publish_and_new_keys_are() {
    LocalSet::new()
        .run_until(async {
            let (ben, me) = (fixture::ring(2), ring().id());
            let state = open(&Disk::new(), &Rc::default(), true).await;
            let id = ben.id();
            let met = state.update(move |tx| {
                tx.contacts.insert(id, fixture::contact(&ben));
                Ok(())
            });
            met.await.unwrap();
            let before = state.snapshot();
            let apply = |seq: u64, change: fn(&mut Profile)| {
                let ben = fixture::ring(2);
                let mut profile = fixture::profile(&ben, "Ben");
                change(&mut profile);
                let (cid, block) = fixture::published(&ben, &profile);
                state.update(move |tx| {
                    let contact = tx.contacts.get_mut(&id).expect("they are a contact");
                    assert!(contact.apply_profile(seq, cid, &block).expect("it is theirs"));
                    Ok(())
                })
            };
            apply(2, |profile| profile.relays = vec!["/dns/elsewhere".into()]).await.unwrap();
            assert!(state.read(|tables| tables.says_the_same(&me, &before)));
            apply(3, |profile| profile.kem.epoch += 1).await.unwrap();
            assert!(!state.read(|tables| tables.says_the_same(&me, &before)));
        })
        .await;
}

//! A profile of which a relay keeps more, less or something else than it should.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use futures::stream::{self, LocalBoxStream};
use libp2p::PeerId;

use super::*;
use crate::crypto::sign::SigningKey;
use crate::engine::mocked::{MockedProfile, profile_of, ring, with_seeds};
use crate::engine::network::Known;
use crate::keys::Id;
use crate::net::{CallError, ConnectError, Distance, Rank, UnmetRelay, WatchUpdate, records};
use crate::social::publication::Contents;
use crate::social::vault::{Only, Receipts, Vault};

/// The one relay of the profile.
#[derive(Default)]
struct Relay {
    record: RefCell<Option<Bytes>>,
    blocks: RefCell<BTreeMap<Cid, Bytes>>,
    is_gone: Cell<bool>,
}

impl Relay {
    /// Publishes what comes after `before`, here or at another device, and gives it.
    fn publish(&self, before: Publication, name: &str, write_vault: impl FnOnce(&mut Vault)) -> Publication {
        let (ring, device) = (ring(1), SigningKey::from_bytes(&[9; 32]).verifying_key());
        let mut profile = profile_of(&ring, name);
        profile.heir = crate::keys::Phrase::from_bytes([1; 32]).heir(0);
        let contents = Contents {
            ring: &ring,
            device: &device,
            now: platform::now_ms(),
            profile: &profile,
            readers: Vec::new(),
            notes: Vec::new(),
            links: Vec::new(),
            posts: Vec::new(),
            successor: None,
        };
        let next = before.compose(contents, write_vault).expect("parts made here fit");
        self.blocks.borrow_mut().extend(next.blocks);
        self.record.replace(next.publication.newest.as_ref().map(|newest| newest.record.to_vec().into()));
        next.publication
    }
}

#[async_trait(?Send)]
impl RecordSource for Relay {
    async fn get_record(&self, _: &RelayAddr, _: Id) -> Result<Option<Bytes>, CallError<records::Refusal>> {
        match self.is_gone.get() {
            true => Err(ConnectError::Unreachable.into()),
            false => Ok(self.record.borrow().clone()),
        }
    }

    fn watch(&self, _: Provider, _: Known) -> LocalBoxStream<'static, WatchUpdate> {
        stream::pending().boxed_local()
    }

    async fn meet(&self, _: &UnmetRelay) -> Result<RelayAddr, ConnectError> {
        Err(ConnectError::Unreachable)
    }
}

#[async_trait(?Send)]
impl BlockSource for Relay {
    async fn fetch_from(&self, cid: Cid, from: &Provider) -> Result<(Bytes, PeerId), FetchError> {
        let block = self.blocks.borrow().get(&cid).cloned();
        block.map(|block| (block, from.peer())).ok_or(FetchError::NotFound)
    }

    fn rank(&self, _: &Provider) -> Rank {
        Rank { strikes: 0, distance: Distance::Connected }
    }
}

/// Somebody who has published once, with receipts turned on.
struct Story {
    profile: MockedProfile,
    relay: Relay,
}

impl Story {
    async fn begin(seed: u64) -> Self {
        let (profile, relay) = (MockedProfile::alone(seed).await, Relay::default());
        let story = Self { profile, relay };
        story.publish("Ada").await;
        story
    }

    fn here(&self) -> Publication {
        self.profile.state.read(|tables| (*tables.publication).clone())
    }

    async fn publish(&self, name: &str) {
        let receipts = |vault: &mut Vault| {
            vault.set(&Only, Some(&Receipts(true)), platform::now_ms(), &[9; 32]);
        };
        self.publish_with(name, receipts).await;
    }

    async fn publish_with(&self, name: &str, write_vault: impl FnOnce(&mut Vault)) {
        let publication = self.relay.publish(self.here(), name, write_vault);
        let published = self.profile.state.update(move |tx| {
            *Rc::make_mut(&mut tx.publication) = publication;
            Ok(())
        });
        published.await.expect("there is room");
    }

    /// Whether a block is needed to come back: all but pages of letterboxes.
    fn is_needed(&self, cid: &Cid) -> bool {
        let blocks = self.relay.blocks.borrow();
        let links = |cid: &Cid| blocks.get(cid).and_then(|block| dag::walk::links(cid, block).ok());
        let (root, here) = (self.here().root().expect("there is a root"), self.here());
        let parts = links(&root).expect("the relay has the root");
        root == *cid || parts.contains(cid) || here.vault.blocks().any(|block| block == *cid)
    }

    /// What the trial says; a success must be noted in the end, and nothing else.
    async fn tried(&self) -> (bool, Option<TrialFailure>) {
        let MockedProfile { ring, state, directory, storage, .. } = &self.profile;
        let trial = Trial {
            ring: ring.clone(),
            state: state.clone(),
            directory: directory.clone(),
            storage: storage.clone(),
        };
        let (before, now) = (state.snapshot(), platform::now_ms());
        let tried = trial.over(&self.relay, &self.relay).await;
        let [tried] = &tried[..] else { panic!("there is one relay") };
        let after = state.snapshot();
        assert_eq!(after.publication, before.publication, "nothing is taken in");
        match tried.ok {
            true => assert!(after.passed_trials.values().all(|at| *at >= now), "when it passed is noted"),
            false => assert_eq!(after.passed_trials, before.passed_trials),
        }
        (tried.ok, tried.reason)
    }
}

const PASSED: (bool, Option<TrialFailure>) = (true, None);

fn fails(reason: TrialFailure) -> (bool, Option<TrialFailure>) {
    (false, Some(reason))
}

#[tokio::test]
async fn a_relay_that_has_all_as_it_is_here_passes_and_one_that_is_gone_does_not() {
    with_seeds(async |seed| {
        let story = Story::begin(seed).await;
        assert_eq!(story.tried().await, PASSED);
        story.relay.is_gone.set(true);
        assert_eq!(story.tried().await, fails(TrialFailure::Unreachable));
        story.relay.is_gone.set(false);
        story.relay.record.replace(None);
        assert_eq!(story.tried().await, fails(TrialFailure::Unknown));
    })
    .await;
}

#[tokio::test]
async fn a_relay_that_was_set_back_is_older_until_it_has_the_newest() {
    with_seeds(async |seed| {
        let story = Story::begin(seed).await;
        let old = story.relay.record.borrow().clone();
        story.publish("Ada Lovelace").await;
        let new = story.relay.record.replace(old);
        assert_eq!(story.tried().await, fails(TrialFailure::Older));
        story.relay.record.replace(new);
        assert_eq!(story.tried().await, PASSED);
    })
    .await;
}

#[tokio::test]
async fn a_newer_root_with_an_old_vault_is_told_from_one_that_another_device_made_of_this_one() {
    with_seeds(async |seed| {
        let story = Story::begin(seed).await;
        let (here, known) = (story.here(), story.relay.record.borrow().clone());
        // A browser whose disk was set back to the first day goes on from there.
        let mut lost = here.clone();
        (lost.newest, lost.vault) = Default::default();
        let lost = story.relay.publish(lost, "Ada", |_| ());
        // Of one second, its sequence is that of here.
        story.relay.publish(lost, "Ada of old", |_| ());
        assert_eq!(story.tried().await, fails(TrialFailure::Lacking));

        story.relay.record.replace(known);
        let off = |vault: &mut Vault| {
            vault.set(&Only, Some(&Receipts(false)), platform::now_ms(), &[8; 32]);
        };
        story.relay.publish(here, "Ada", off);
        assert_eq!(story.tried().await, PASSED, "it knew this one and turned receipts off");
    })
    .await;
}

#[tokio::test]
async fn a_relay_that_lacks_what_lists_a_share_is_incomplete() {
    with_seeds(async |seed| {
        let story = Story::begin(seed).await;
        let share = story.profile.share_own(7, 10).await;
        let own = share.own().expect("it is mine");
        let in_vault = |vault: &mut Vault| {
            vault.set(&share.id(), Some(&own), platform::now_ms(), &[9; 32]);
        };
        story.publish_with("Ada", in_vault).await;
        assert_eq!(story.tried().await, fails(TrialFailure::Incomplete), "nothing of it is there");
        for cid in [share.block(), share.manifest().expect("it is sealed").cid] {
            assert_eq!(story.tried().await, fails(TrialFailure::Incomplete));
            let block = story.profile.storage.block(&cid).await.expect("memory is read");
            story.relay.blocks.borrow_mut().insert(cid, block.expect("it is here"));
        }
        assert_eq!(story.tried().await, PASSED, "files are fetched when somebody reads them");
    })
    .await;
}

#[tokio::test]
async fn a_relay_that_lost_a_block_is_incomplete_and_one_that_gives_another_record_is_not_read() {
    with_seeds(async |seed| {
        let story = Story::begin(seed).await;
        let blocks = story.relay.blocks.borrow().clone();
        for lost in blocks.keys() {
            let expected = if story.is_needed(lost) { fails(TrialFailure::Incomplete) } else { PASSED };
            story.relay.blocks.borrow_mut().remove(lost);
            assert_eq!(story.tried().await, expected, "{lost}");
            story.relay.blocks.replace(blocks.clone());
        }
        story.relay.record.replace(Some(Bytes::from_static(b"no record")));
        assert_eq!(story.tried().await, fails(TrialFailure::Unreadable));
    })
    .await;
}

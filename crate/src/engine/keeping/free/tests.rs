//! Files of mine leave this browser and come back, with a relay and a friend in memory.

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::TryStreamExt;
use libp2p::PeerId;

use crate::crypto::sign::SigningKey;
use crate::engine::Error;
use crate::engine::api::{Audience, FreedStage, NewFile, WhyNotFreed};
use crate::engine::keeping::{FriendSessions, ask};
use crate::engine::mocked::{MockedProfile, Neighbours, file, new_share, relay, ring, until, with_seeds};
use crate::engine::network::BlockSource;
use crate::engine::publish::{Keeper, KeeperSession, MockedKeeper, Unfinished};
use crate::engine::state::{KeeperRow, Offered, Said};
use crate::format::keep::Wanted;
use crate::keys::{Id, device, peer_id};
use crate::net::{Distance, FetchError, Provider, Rank};
use crate::platform;
use crate::social::letter::Standing;
use crate::social::share_record::ShareRecord;
use crate::store::memory::Disk;

const WEEK_MS: u64 = 7 * 24 * 60 * 60 * 1000;

/// Who has blocks: the relay and Ben's device.
struct Others {
    relay: Rc<MockedKeeper>,
    ben: Rc<MockedKeeper>,
}

#[async_trait(?Send)]
impl BlockSource for Others {
    async fn fetch_from(&self, cid: Cid, from: &Provider) -> Result<(Bytes, PeerId), FetchError> {
        let place = if from.peer() == bens_device() { &self.ben } else { &self.relay };
        Ok((place.block(&cid).ok_or(FetchError::NotFound)?, from.peer()))
    }

    fn rank(&self, _: &Provider) -> Rank {
        Rank { strikes: 0, distance: Distance::Connected }
    }
}

#[async_trait(?Send)]
impl FriendSessions for Others {
    async fn open(&self, device: &Provider) -> Result<Box<dyn KeeperSession>, Unfinished> {
        assert_eq!(device.peer(), bens_device());
        self.ben.open().await
    }
}

fn bens_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn bens_device() -> PeerId {
    PeerId::from_bytes(&peer_id(&bens_key().verifying_key())).expect("it is well formed")
}

/// Ada, whose share a relay and Ben keep whole.
struct Ada {
    profile: MockedProfile,
    others: Rc<Others>,
    ben: Id,
    share: ShareRecord,
}

impl Ada {
    async fn new(seed: u64, files: Vec<NewFile>) -> Self {
        let name = relay().rsplit('/').next().expect("it has a peer").to_owned();
        let others = Rc::new(Others { relay: MockedKeeper::new(&name), ben: MockedKeeper::new("ben") });
        others.ben.proves_as(bens_key().verifying_key());
        let neighbours = Neighbours {
            blocks: others.clone(),
            friends: others.clone(),
            keepers: vec![others.relay.clone()],
            ..Neighbours::default()
        };
        let profile = MockedProfile::open(&Disk::with_latency(seed), 1, neighbours).await;
        let ben = profile.befriend(&ring(2)).await;
        let share = profile.share(new_share(files, Audience::Myself)).await;
        profile.publisher.start();
        profile.downloads.start();
        let id = share.id();
        until("it is delivered", || profile.state.read(|it| it.shares.get(&id).unwrap().delivered)).await;
        others.ben.copy(&others.relay);
        let ada = Self { profile, others, ben, share };
        ada.is_kept_by_ben().await;
        ada.sees_ben(true);
        ada
    }

    /// Ben offers room, was asked for what Ada has now, and says that he has it.
    async fn is_kept_by_ben(&self) {
        let (ben, now) = (self.ben, platform::now_ms());
        let standing = Standing { time: now, digest: [0; 32] };
        let certificate = device::issue(&ring(2), &bens_key().verifying_key(), now);
        let header = self.profile.record(&self.id()).unwrap().block();
        let kept = self.profile.state.update(move |tx| {
            let contact = tx.contacts.get_mut(&ben).unwrap();
            contact.apply_devices([certificate.into()], now);
            contact.added = 1;
            tx.offers.insert(ben, Offered { bytes: 1 << 30, named: false, public: false, standing });
            let said = Some(Said { rev: 1, bytes: 0, missing: 0, full: false, at: now });
            let shares = [header].into();
            tx.keepers
                .insert(ben, KeeperRow { asked: now, said, standing: None, rev: 1, shares, room: 1 << 30 });
            Ok(())
        });
        kept.await.unwrap();
    }

    fn sees_ben(&self, is_here: bool) {
        self.profile.state.set_live(|live| {
            if is_here { live.peers.insert(bens_device()) } else { live.peers.remove(&bens_device()) }
        });
    }

    fn id(&self) -> String {
        self.share.id().to_string()
    }

    async fn used(&self) -> u64 {
        self.profile.storage.status().await.unwrap().used
    }

    fn stage(&self) -> Option<FreedStage> {
        self.profile.state.read(|tables| tables.freed.get(&self.share.id()).map(|freed| freed.stage))
    }

    async fn frees(&self) -> Result<u64, Error> {
        self.profile.keeping.free(Some(&self.id())).await
    }

    /// How many of the blocks of its files are here, and how many there are.
    async fn here(&self) -> (usize, usize) {
        let share = self.profile.record(&self.id()).unwrap();
        let chunks = self.profile.keeping.chunks_of(&share).await.unwrap();
        let cids: Vec<_> = chunks.iter().map(|chunk| chunk.cid).collect();
        let have = self.profile.storage.blocks().have(&cids).await.unwrap();
        (have.into_iter().filter(|is_here| *is_here).count(), cids.len())
    }

    async fn reads(&self, path: &str) -> Vec<u8> {
        let opened = self.profile.fetchers.open_share(&self.id()).await.unwrap();
        let file = opened.find(path).await.unwrap().unwrap();
        let bytes: Vec<Bytes> = file.read(0, file.size()).try_collect().await.unwrap();
        bytes.concat()
    }

    /// Lets a week pass since the places were asked.
    async fn a_week_later(&self) {
        let id = self.share.id();
        let later = self.profile.state.update(move |tx| {
            let freed = tx.freed.get_mut(&id).expect("it is freed");
            freed.places.values_mut().for_each(|place| place.checked -= WEEK_MS);
            Ok(())
        });
        later.await.unwrap();
    }

    async fn looks(&self) {
        self.profile.keeping.look_at_freed().await.unwrap();
    }

    /// Waits until all of it is here to stay.
    async fn is_back(&self) {
        let is_wished = || self.profile.state.read(|it| it.wishes.contains(&self.id()));
        until("it is fetched", || !is_wished()).await;
        self.looks().await;
        assert_eq!(self.stage(), None);
        self.profile.storage.collect().await.unwrap();
        let (here, all) = self.here().await;
        assert_eq!(here, all);
    }
}

fn film() -> Vec<NewFile> {
    vec![file("film", 1, 3 << 19), file("picture", 2, 1 << 10)]
}

#[tokio::test]
async fn files_leave_when_a_friend_and_a_relay_have_proven_them_and_open_from_either() {
    with_seeds(async |seed| {
        let ada = Ada::new(seed, film()).await;
        let space = ada.profile.keeping.freeable_space().await.unwrap();
        let before = ada.used().await;
        let freed = ada.frees().await.unwrap();
        assert_eq!(space.shares, [ada.id()]);
        assert!(space.bytes > 1 << 19 && freed >= space.bytes, "{freed} bytes of {}", space.bytes);
        assert!(before - ada.used().await >= freed, "the bytes are free");
        assert_eq!((ada.stage(), ada.here().await.0), (Some(FreedStage::Freed), 0));
        let status = ada.profile.keeping.status().freed.remove(0);
        assert_eq!((status.friends.as_slice(), status.relays.len()), ([ada.ben.to_string()].as_slice(), 1));
        assert_eq!(ada.frees().await, Ok(0), "once is enough");

        // The relay loses its disk, and the friend still has everything.
        ada.others.relay.set_back();
        assert_eq!(ada.reads("film").await, vec![1; 3 << 19]);
        ada.profile.storage.collect().await.unwrap();
        ada.looks().await;
        assert_eq!(ada.here().await.0, 0, "what was read does not stay for good");
    })
    .await;
}

#[tokio::test]
async fn nothing_leaves_without_a_friend_who_keeps_it_or_where_a_place_lacks_a_block() {
    with_seeds(async |seed| {
        let ada = Ada::new(seed, film()).await;
        let ben = ada.ben;
        let forget = ada.profile.state.update(move |tx| {
            tx.keepers.remove(&ben);
            Ok(())
        });
        forget.await.unwrap();
        assert!(matches!(ada.frees().await, Err(Error::Refused(_))));
        let others = ada.profile.keeping.freeable_space().await.unwrap().others;
        assert_eq!(others[0].why, WhyNotFreed::NoFriend);
        assert!(others[0].bytes > 1 << 19);

        ada.is_kept_by_ben().await;
        let share = ada.profile.record(&ada.id()).unwrap();
        let chunk = ada.profile.keeping.chunks_of(&share).await.unwrap()[0].cid;
        ada.others.ben.lose(&chunk);
        assert!(matches!(ada.frees().await, Err(Error::Refused(_))));
        assert_eq!(ada.stage(), None);
        let (here, all) = ada.here().await;
        assert_eq!(here, all);
    })
    .await;
}

#[tokio::test]
async fn a_friend_who_is_away_or_was_asked_too_often_is_waited_for_and_goes_on_where_they_stopped() {
    with_seeds(async |seed| {
        let files = (0..300).map(|n| file(&format!("{n:03}"), (n % 250) as u8, 1 + n / 250));
        let ada = Ada::new(seed, files.collect()).await;
        ada.sees_ben(false);
        assert_eq!(ada.frees().await, Ok(0));
        assert_eq!(ada.stage(), Some(FreedStage::Asked));
        ada.sees_ben(true);
        ada.others.ben.answers(1);
        ada.looks().await;
        let status = ada.profile.keeping.status().freed.remove(0);
        assert!(status.proven == 256 && status.blocks > 300, "{status:?}");
        let (here, all) = ada.here().await;
        assert_eq!(here, all, "nothing goes before all is proven");
        // The rest is one question more, of him alone.
        ada.others.ben.answers(1);
        ada.others.relay.answers(0);
        assert!(ada.frees().await.unwrap() > 0);
        assert_eq!((ada.stage(), ada.here().await.0), (Some(FreedStage::Freed), 0));
    })
    .await;
}

#[tokio::test]
async fn a_place_that_lost_something_is_found_out_within_a_week_and_the_share_comes_back() {
    with_seeds(async |seed| {
        let ada = Ada::new(seed, film()).await;
        let share = ada.profile.record(&ada.id()).unwrap();
        let chunk = ada.profile.keeping.chunks_of(&share).await.unwrap()[0].cid;
        ada.frees().await.unwrap();
        ada.a_week_later().await;
        ada.looks().await;
        assert_eq!(ada.stage(), Some(FreedStage::Freed), "both have it");
        ada.others.ben.lose(&chunk);
        ada.looks().await;
        assert_eq!(ada.stage(), Some(FreedStage::Freed), "they are not asked all the time");
        ada.a_week_later().await;
        ada.looks().await;
        assert_eq!(ada.stage(), Some(FreedStage::Returns));
        ada.is_back().await;
    })
    .await;
}

#[tokio::test]
async fn a_new_title_leaves_it_freed_and_other_files_or_a_wish_bring_it_back() {
    with_seeds(async |seed| {
        let ada = Ada::new(seed, film()).await;
        ada.frees().await.unwrap();
        ada.profile.shares.rename(&ada.id(), Some("Another"), None).await.unwrap();
        let is_delivered = || ada.profile.record(&ada.id()).unwrap().delivered;
        until("it is delivered again", is_delivered).await;
        ada.looks().await;
        assert_eq!((ada.stage(), ada.here().await.0), (Some(FreedStage::Freed), 0));

        ada.profile.downloads.download(&ada.id(), None).await.unwrap();
        ada.is_back().await;
        ada.others.ben.copy(&ada.others.relay);
        ada.is_kept_by_ben().await;
        ada.frees().await.unwrap();
        assert_eq!(ada.here().await.0, 0);
        ada.profile.shares.remove_files(&ada.id(), &["picture".to_owned()]).await.unwrap();
        ada.looks().await;
        ada.is_back().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_withdrawn_or_changed_while_it_is_proven_stays() {
    with_seeds(async |seed| {
        let ada = Ada::new(seed, film()).await;
        ada.sees_ben(false);
        ada.frees().await.unwrap();
        ada.profile.shares.rename(&ada.id(), Some("Another"), None).await.unwrap();
        ada.sees_ben(true);
        ada.looks().await;
        let (here, all) = ada.here().await;
        assert_eq!((ada.stage(), here), (Some(FreedStage::Asked), all), "Ben was not asked for that yet");
    })
    .await;
}

#[tokio::test]
async fn friends_are_asked_for_what_was_freed_before_newer_shares_and_however_little_room_they_give() {
    with_seeds(async |seed| {
        let ada = Ada::new(seed, vec![file("a", 1, 3)]).await;
        ada.frees().await.unwrap();
        for title in ["b", "c"] {
            ada.profile.share(new_share(vec![file(title, 2, 3)], Audience::Myself)).await;
        }
        let asked = |bytes| {
            ada.profile.state.read(|tables| {
                let offer = Offered { bytes, ..*tables.offers.get(&ada.ben).unwrap() };
                let wanted = ask::wanted_of(tables, &ada.profile.directory.id, &offer);
                wanted.iter().map(Wanted::cid).collect::<Vec<_>>()
            })
        };
        let all = asked(1 << 20);
        assert_eq!((all.len(), all[0]), (3, ada.share.block()), "it is nowhere else");
        assert_eq!(asked(1), [ada.share.block()]);
    })
    .await;
}

#[tokio::test]
async fn a_new_relay_gets_what_was_freed_from_who_has_it() {
    with_seeds(async |seed| {
        let ada = Ada::new(seed, film()).await;
        ada.frees().await.unwrap();
        let id = ada.share.id();
        let name = ada.others.relay.name().to_owned();
        ada.others.relay.set_back();
        let lost = ada.profile.state.update(move |tx| {
            tx.shares.get_mut(&id).unwrap().kept_by.remove(&name);
            tx.replicas.remove(&name);
            Ok(())
        });
        lost.await.unwrap();
        until("it is pushed again", || ada.others.relay.has_pinned(&ada.share.block())).await;
        assert_eq!(ada.here().await.0, 0);
    })
    .await;
}

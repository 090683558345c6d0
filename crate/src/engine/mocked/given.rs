//! A share that somebody gave to me, between two profiles in memory.

use std::rc::Rc;

use crate::engine::Error;
use crate::engine::api::NewFile;
use crate::engine::shares::ShareAnnouncement;
use crate::keys::KEM_EPOCH;
use crate::social::share_record::ShareRecord;
use crate::store::memory::Disk;

use super::files::{for_contacts, new_share};
use super::neighbours::{Neighbours, OthersBlocks};
use super::profile::MockedProfile;

/// Two people, of whom one gave a share to the other.
pub(in crate::engine) struct Given {
    pub(in crate::engine) author: MockedProfile,
    pub(in crate::engine) me: MockedProfile,
    /// What I can fetch: everything that the author has.
    pub(in crate::engine) network: Rc<OthersBlocks>,
    /// The share, as its author has it.
    pub(in crate::engine) share: ShareRecord,
}

impl Given {
    /// The second person shares these files with me, of which I have not heard yet.
    pub(in crate::engine) async fn new(seed: u64, files: Vec<NewFile>) -> Self {
        let author = MockedProfile::open(&Disk::with_latency(seed + 1_000), 2, Neighbours::default()).await;
        let network = OthersBlocks::new(author.storage.blocks());
        let neighbours = Neighbours { blocks: network.clone(), ..Neighbours::default() };
        let me = MockedProfile::open(&Disk::with_latency(seed), 1, neighbours).await;
        me.befriend(&author.ring).await;
        let reader = author.befriend(&me.ring).await;
        let share = author.share(new_share(files, for_contacts(&[reader]))).await;
        Self { author, me, network, share }
    }

    /// The share's id, as the page names it.
    pub(in crate::engine) fn id(&self) -> String {
        self.share.id().to_string()
    }

    /// Has me ingest the share as its author has it now.
    pub(in crate::engine) async fn hear(&self) -> Result<(), Error> {
        let share = self.author.record(&self.id()).expect("its author has it");
        let (author, me) = (&self.author.ring, &self.me);
        let key = me.ring.kem(KEM_EPOCH).public().to_bytes();
        let announcement = ShareAnnouncement {
            author: author.id(),
            fetcher: &me.fetchers.of_author(&author.id()),
            pair: &author.pair_secret(&me.ring.id(), &key, KEM_EPOCH),
            share: share.inner(),
            rev: share.rev,
            header: share.block(),
            keepers: &[],
            is_at_relay: true,
        };
        me.shares.ingest_share(&announcement).await
    }

    /// The same, where nothing is in the way.
    pub(in crate::engine) async fn ingest(&self) {
        self.hear().await.expect("it is ingested");
        assert!(self.me.record(&self.id()).is_some(), "it is listed");
    }
}

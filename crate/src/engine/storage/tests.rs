use std::pin::pin;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::future::{Either, select};
use futures::{StreamExt, TryStreamExt};
use tokio::task::yield_now;

use crate::dag;
use crate::engine::api::{Audience, NewFile};
use crate::engine::mocked::{MockedProfile, file, new_share, with_seeds};
use crate::format::{RAW, cid_of};
use crate::social::share_record::ShareRecord;

/// Two chunks.
const SIZE: usize = dag::CHUNK as usize + 1;

/// A file that takes its time, so that others run between its chunks.
struct Slow(u64);

#[async_trait(?Send)]
impl dag::Source for Slow {
    fn size(&self) -> u64 {
        self.0
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, dag::SourceError> {
        for _ in 0..50 {
            yield_now().await;
        }
        Ok(vec![offset.to_le_bytes()[2]; len].into())
    }
}

/// Every block of a share, by what is here.
async fn blocks_of(profile: &MockedProfile, share: &ShareRecord) -> Vec<Cid> {
    let here = Rc::new(dag::StoreFetch(profile.storage.blocks().clone()));
    let manifest = share.manifest().expect("it is sealed").cid;
    let mut cids: Vec<Cid> =
        dag::walk(here, vec![share.block(), manifest]).map(|cid| cid.expect("it is here")).collect().await;
    let mut files = profile.fetchers.open_contents(share).await.expect("it opens").files();
    while let Some(file) = files.try_next().await.expect("it is listed") {
        let chunks = file.chunks().await.expect("they are listed");
        cids.extend(chunks.into_iter().map(|chunk| chunk.cid));
    }
    cids
}

async fn are_here(profile: &MockedProfile, cids: &[Cid]) -> Vec<bool> {
    profile.storage.blocks().have(cids).await.expect("memory is read")
}

#[tokio::test]
async fn collections_while_files_are_added_keep_every_block_of_the_draft() {
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let slow = |audience| {
            let slow = NewFile { source: Rc::new(Slow(12 * dag::CHUNK)), ..file("slow", 0, 0) };
            new_share(vec![slow, file("small", 7, SIZE)], audience)
        };
        for audience in [Audience::Myself, Audience::Public] {
            let is_sealed = audience == Audience::Myself;
            // A collection that is broken off ends, and makes way for the next.
            let share = {
                let adding = pin!(profile.shares.create(slow(audience)));
                let collecting = pin!(async {
                    loop {
                        profile.storage.collect().await.expect("nothing is broken");
                        yield_now().await;
                    }
                });
                let Either::Left((share, _)) = select(adding, collecting).await;
                share
            };
            let share = profile.record(&share.expect("it is shared").id).expect("it is here");
            profile.storage.collect().await.expect("nothing is broken");
            if is_sealed {
                let cids = blocks_of(&profile, &share).await;
                assert!(are_here(&profile, &cids).await.into_iter().all(|here| here));
            }
            let mut files = profile.fetchers.open_contents(&share).await.expect("it opens").files();
            while let Some(file) = files.try_next().await.expect("it is listed") {
                assert_eq!(profile.fetchers.held(&file).await, Ok(file.size()), "{}", file.path());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_removed_share_alone_needed_is_gone_and_what_another_needs_stays() {
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let (alone, common) = (file("alone", 1, SIZE), file("common", 2, SIZE));
        let gone = profile.share(new_share(vec![alone, common.clone()], Audience::Myself)).await;
        let stays = profile.share(new_share(vec![common], Audience::Myself)).await;
        let needed = blocks_of(&profile, &stays).await;
        let mut surplus = blocks_of(&profile, &gone).await;
        surplus.retain(|cid| !needed.contains(cid));
        assert!(surplus.len() >= 4, "two chunks, a list, a header");
        let used = profile.storage.status().await.expect("memory is read").used;

        profile.shares.remove(&gone.id().to_string()).await.expect("it is here");
        let freed = profile.storage.collect().await.expect("nothing is broken");
        assert!(are_here(&profile, &surplus).await.into_iter().all(|here| !here));
        assert!(are_here(&profile, &needed).await.into_iter().all(|here| here));
        assert!(freed >= SIZE as u64);
        assert_eq!(profile.storage.status().await.expect("memory is read").used, used - freed);
    })
    .await;
}

#[tokio::test]
async fn a_block_stays_for_as_long_as_it_is_pinned() {
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let block = Bytes::from_static(b"a list that no row names yet");
        let cid = cid_of(RAW, &block);
        let pins = profile.storage.put(None, vec![(cid, block)]).await.expect("there is room");
        profile.storage.collect().await.expect("nothing is broken");
        assert_eq!(are_here(&profile, &[cid]).await, [true]);
        drop(pins);
        profile.storage.collect().await.expect("nothing is broken");
        assert_eq!(are_here(&profile, &[cid]).await, [false]);
    })
    .await;
}

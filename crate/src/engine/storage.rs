//! Room in the store: what is used, what to do when there is none left, and letting go of what nobody needs.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::select;

use crate::dag;
use crate::dag::walk::{WalkError, WalkFault};
use crate::format::digest_of;
use crate::platform;
use crate::store::{StoreError, Write};

use super::api::{Event, StorageStatus, TransferState, WaitingFor};
use super::events::Hub;
use super::kept::Kept;
use super::session::Session;
use super::{Engine, Error};

/// How often a full store is tried again: room may come from outside of this page.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// Blocks dropped in one commit.
const DROPPED_AT_ONCE: usize = 1024;

impl Engine {
    /// What the unlocked profile's store holds; nothing while locked.
    pub async fn storage_status(&self) -> Result<StorageStatus, Error> {
        let used = match self.session() {
            Ok(session) => session.store.used().await?,
            Err(_) => 0,
        };
        Ok(StorageStatus { used, kept_for_friends: 0, budget_for_friends: 0 })
    }

    /// Drops every block that no share, draft or root needs; gives the bytes that became free.
    pub async fn collect(&self) -> Result<u64, Error> {
        let session = self.session()?;
        let _alone = session.tidying.lock().await;
        let needed = session.needed_blocks().await?;
        let (mut after, mut freed) = (None, 0);
        loop {
            let blocks = session.store.blocks(after.as_ref()).await?;
            let Some((last, _)) = blocks.last() else { break };
            after = Some(*last);
            let surplus =
                blocks.iter().filter(|(cid, _)| digest_of(cid).is_none_or(|it| !needed.contains(&it)));
            let surplus: Vec<_> = surplus.copied().collect();
            for dropped in surplus.chunks(DROPPED_AT_ONCE) {
                let drop_blocks = dropped.iter().map(|(cid, _)| *cid).collect();
                session.store.commit(Write { drop_blocks, ..Write::relaxed() }).await?;
                freed += dropped.iter().map(|(_, bytes)| bytes).sum::<u64>();
            }
        }
        if freed > 0 {
            session.room.ring();
            session.publish_soon();
        }
        Ok(freed)
    }
}

impl Session {
    /// Commits, and waits for room where there is none: the transfer says so, and nothing is lost.
    pub(super) async fn commit_with_room(&self, transfer: &str, write: Write) -> Result<(), StoreError> {
        let mut room = self.room.listener();
        let mut shortage = None;
        loop {
            let committed = {
                let _alone = self.tidying.lock().await;
                self.store.commit(write.clone()).await
            };
            match committed {
                Err(StoreError::Quota) => {
                    let used = self.store.used().await?;
                    shortage.get_or_insert(Shortage { hub: &self.hub, used }).used = used;
                    self.hub.tell(&Event::Quota { used, needed: write.added() });
                    self.transfers.set_state(transfer, TransferState::Waiting, Some(WaitingFor::Space));
                    let (pause, rung) = (platform::sleep(TRY_AGAIN), room.rung());
                    select(std::pin::pin!(pause), std::pin::pin!(rung)).await;
                }
                done => {
                    if shortage.is_some() {
                        self.transfers.set_state(transfer, TransferState::Active, None);
                    }
                    return done;
                }
            }
        }
    }

    /// The digests of all blocks that something here still needs.
    async fn needed_blocks(self: &Rc<Self>) -> Result<BTreeSet<[u8; 32]>, Error> {
        let mut needed = BTreeSet::new();
        needed.extend(self.draft_chunks().await?.iter().filter_map(digest_of));
        needed.extend(self.unnamed.borrow().iter().filter_map(digest_of));
        let roots: Vec<_> = {
            let state = self.state.borrow();
            let lists = state.shares.values().filter_map(Kept::manifest).map(|manifest| manifest.cid);
            state.shares.values().map(Kept::block).chain(lists).chain(state.published.root()).collect()
        };
        let mut cids = dag::walk(Rc::new(dag::Stored(self.store.clone())), roots);
        while let Some(cid) = cids.next().await {
            match cid {
                Ok(cid) => needed.extend(digest_of(&cid)),
                // What is not here names nothing that is: its blocks came after it.
                Err(WalkError { fault: WalkFault::Fetch(dag::FetchError::Unreachable(_)), .. }) => {}
                // Dropping what cannot be named for certain would lose it.
                Err(why) => return Err(Error::Storage(why.to_string())),
            }
        }
        Ok(needed)
    }
}

/// Somebody waits for room. Told as over when they wait no longer, whether they got it or gave up.
struct Shortage<'a> {
    hub: &'a Hub,
    used: u64,
}

impl Drop for Shortage<'_> {
    fn drop(&mut self) {
        self.hub.tell(&Event::Quota { used: self.used, needed: 0 });
    }
}

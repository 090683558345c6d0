//! Garbage collection: mark what rows, drafts and pins need, sweep the rest.

use std::collections::BTreeSet;
use std::rc::Rc;

use cid::Cid;
use futures::StreamExt;

use crate::dag;
use crate::dag::walk::{WalkError, WalkFault};
use crate::engine::Error;
use crate::engine::state::Tables;
use crate::format::{RAW, digest_of};
use crate::social::share_record::ShareRecord;

use super::handle::Storage;

/// Blocks discarded in one commit.
const DISCARDED_AT_ONCE: usize = 1024;

impl Storage {
    /// Discards every block that no share, draft, root or pin needs; gives the bytes that became free.
    ///
    /// A block that cannot be walked stays, and does not end the collection of the others.
    pub(in crate::engine) async fn collect(&self) -> Result<u64, Error> {
        let inner = &self.0;
        let _alone = inner.collecting.lock().await;
        let collection = inner.pins.begin_collection();
        let tables = inner.state.snapshot();
        let needed = self.mark(&tables).await?;
        let (mut after, mut freed) = (None, 0);
        loop {
            let blocks = inner.blocks.blocks(after.as_ref()).await?;
            let Some((last, _)) = blocks.last() else { break };
            after = Some(*last);
            let surplus =
                blocks.iter().filter(|(cid, _)| digest_of(cid).is_none_or(|it| !needed.contains(&it)));
            let surplus: Vec<_> = surplus.copied().collect();
            for surplus in surplus.chunks(DISCARDED_AT_ONCE) {
                let leaving = collection.leave(surplus.iter().map(|(cid, _)| *cid).collect());
                // A row may name one since the snapshot; its pin was held until then.
                inner.blocks.discard(leaving.cids.clone()).await?;
                let gone = surplus.iter().filter(|(cid, _)| leaving.cids.contains(cid));
                freed += gone.map(|(_, bytes)| bytes).sum::<u64>();
            }
        }
        if freed > 0 {
            self.room_may_be_free();
            inner.state.publish_soon();
        }
        Ok(freed)
    }

    /// The digests of all blocks that these rows need.
    async fn mark(&self, tables: &Tables) -> Result<BTreeSet<[u8; 32]>, Error> {
        let mut needed = BTreeSet::new();
        for run in tables.runs.values() {
            needed.extend(run.chunks.iter().filter_map(|(cid, _)| digest_of(cid)));
        }
        needed.extend(tables.kept_for_others().filter_map(digest_of));
        let earlier = || tables.earlier.values().map(|earlier| &earlier.record);
        let others = || tables.forked.values().chain(tables.inherited.values()).chain(earlier());
        let shares = || tables.shares.values().chain(others());
        let (freed, whole): (Vec<_>, Vec<_>) = shares().partition(|share| tables.is_freed(share));
        let of_share = |share: &ShareRecord| [Some(share.block()), share.manifest().map(|it| it.cid)];
        let roots: Vec<Cid> = whole
            .into_iter()
            .flat_map(of_share)
            .flatten()
            .chain(tables.publication.root())
            .chain(tables.answers.values().flat_map(|answers| answers.list.pages.iter().copied()))
            .chain(tables.letters.values().filter_map(|letter| letter.header))
            .collect();
        self.mark_below(roots, |_| true, &mut needed).await?;
        // Of what others have instead of this browser: the lists and the small pictures, and no bytes of files.
        let lists = freed.into_iter().flat_map(of_share).flatten().collect();
        self.mark_below(lists, |cid| cid.codec() != RAW, &mut needed).await?;
        Ok(needed)
    }

    /// Adds the digests of those blocks at and below `roots` that are meant.
    async fn mark_below(
        &self,
        roots: Vec<Cid>,
        is_meant: impl Fn(&Cid) -> bool,
        needed: &mut BTreeSet<[u8; 32]>,
    ) -> Result<(), Error> {
        let mut cids = dag::walk(Rc::new(dag::StoreFetch(self.0.blocks.clone())), roots);
        while let Some(cid) = cids.next().await {
            match cid {
                Ok(cid) if !is_meant(&cid) => {}
                Ok(cid) => needed.extend(digest_of(&cid)),
                Err(WalkError { fault: WalkFault::Fetch(dag::FetchError::Store(why)), .. }) => {
                    return Err(why.into());
                }
                // What is not here names nothing that is: its blocks came after it.
                Err(WalkError { fault: WalkFault::Fetch(_), .. }) => {}
                // A stranger's block that breaks a rule: no reader follows its links, so that nothing hangs from it.
                Err(why) => {
                    tracing::warn!(%why, "a block cannot be walked");
                    needed.extend(digest_of(&why.cid));
                }
            }
        }
        Ok(())
    }
}

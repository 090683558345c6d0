//! Shares for everybody: making one, and ingesting what others have put onto their feeds.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use bytes::Bytes;
use cid::Cid;

use crate::dag::unixfs;
use crate::dag::unixfs::{Folders, Input};
use crate::engine::Error;
use crate::engine::api::{Share, TransferId};
use crate::engine::state::Plan;
use crate::format::public::PublicShare;
use crate::format::share_id::{InnerId, ShareId};
use crate::format::{DAG_CBOR, cid_of, signed};
use crate::keys::Id;
use crate::platform;
use crate::social::feed::Change;
use crate::social::share_record::{Content, ShareRecord};
use crate::store::BATCH_BLOCKS;

use super::create::Reading;
use super::draft::{self, Sources};
use super::handle::Shares;

/// Public shares of one person that are listed: so many that nobody misses the others, so few that somebody who makes new
/// ones all the time cannot fill this disk. The newest stay.
const LISTED: usize = 1024;

impl Shares {
    /// Stores the files of a draft as they are, with the folders around them and the object that names them.
    pub(super) async fn publish_draft(
        &self,
        id: &str,
        transfer: &TransferId,
        plan: Plan,
        sources: Sources,
    ) -> Result<Option<Share>, Error> {
        let Self(inner) = self;
        let Reading { places, sources, known, sink, is_complete } =
            self.keep_draft(id, transfer, &plan, sources).await?;
        let cids = known.into_iter().map(|chunks| chunks.into_iter().map(|(cid, _)| cid).collect::<Vec<_>>());
        let files = sources.iter().zip(cids).map(|(source, known)| Input { source: &**source, known });
        let links = unixfs::write(files.collect(), &sink).await;
        let links = links.map_err(|why| draft::read_error(&plan, &places, why))?;
        if !is_complete {
            return Ok(None);
        }

        let mut pins = inner.storage.pin([]);
        let mut folders = Folders::default();
        let mut made = Vec::new();
        let files = places.iter().map(|at| &*plan.files[*at].path).zip(links.into_iter().map(Some));
        let empty = plan.folders.iter().map(|folder| (&**folder, None));
        let all: BTreeMap<_, _> = files.chain(empty).collect();
        for (path, link) in all {
            match link {
                Some(link) => folders.push(path, link),
                None => folders.push_empty(path),
            }
            .map_err(Error::invalid)?;
            made.extend(folders.take_blocks());
            if made.len() >= BATCH_BLOCKS {
                pins.join(inner.storage.put(Some(transfer), named(std::mem::take(&mut made))).await?);
            }
        }
        let (last, root) = folders.finish().map_err(Error::invalid)?;
        made.extend(last);
        pins.join(inner.storage.put(Some(transfer), named(made)).await?);

        let share = PublicShare {
            share: InnerId(plan.inner.into_array()),
            rev: 0,
            created: plan.created,
            title: plan.title.clone(),
            note: plan.note.clone(),
            root: root.cid,
            files: plan.count(),
            size: plan.size(),
            extra: Default::default(),
        };
        let object = signed::sign(inner.ring.identity(), &share).map_err(Error::bug)?;
        let block = cid_of(DAG_CBOR, &object);
        let share = ShareRecord::public(inner.directory.id, block, &share, plan.created);
        self.install(id, transfer, share, vec![(block, object.into())], None).await.map(Some)
    }

    /// Lists what is new of somebody's public shares. The files stay where they are until somebody looks at them.
    pub(in crate::engine) async fn ingest_feed(
        &self,
        owner: &Id,
        changes: Vec<Change>,
        is_at_relay: bool,
    ) -> Result<(), Error> {
        let (owner, now, storage) = (*owner, platform::now_ms(), self.0.storage.clone());
        let state = self.0.state.background();
        let ingested = state.update(move |tx| {
            if tx.closed.contains(&owner) {
                return Ok(());
            }
            for change in changes {
                match change {
                    Change::Shared(shared) => {
                        let known = tx.shares.get(&shared.id).map(|share| share.rev);
                        let rev = known.max(tx.hidden.get(&shared.id).map(|hidden| hidden.rev));
                        // Passed on by somebody, it is its maker's still.
                        if shared.maker == owner && rev.is_none_or(|rev| shared.share.rev > rev) {
                            let block = cid_of(DAG_CBOR, &shared.object);
                            let share = ShareRecord::public(owner, block, &shared.share, now);
                            let new = ShareRecord { unread: true, at_author_only: !is_at_relay, ..share };
                            for before in tx.identities_before(&owner) {
                                tx.shares.remove(&ShareId::new(before.as_bytes(), new.inner()));
                            }
                            tx.shares.insert(shared.id, new);
                            let kept = storage.seal(&block, &shared.object);
                            tx.block(block, kept);
                        }
                    }
                    Change::Gone(id) => {
                        if tx.shares.get(&id).is_some_and(|share| is_public_of(share, &owner)) {
                            tx.shares.remove(&id);
                        }
                    }
                }
            }
            let public = tx.shares.iter().filter(|(_, share)| is_public_of(share, &owner));
            let mut public: Vec<_> = public.map(|(id, share)| (Reverse(share.created), *id)).collect();
            public.sort_unstable();
            for (_, surplus) in public.iter().skip(LISTED) {
                tx.shares.remove(surplus);
            }
            Ok(())
        });
        ingested.await
    }
}

fn is_public_of(share: &ShareRecord, author: &Id) -> bool {
    share.author == *author && matches!(share.content, Content::Public { .. })
}

fn named(blocks: Vec<unixfs::Block>) -> Vec<(Cid, Bytes)> {
    blocks.into_iter().map(|block| (block.cid, block.bytes)).collect()
}

//! Walks: which blocks hang from others over clear links.
//!
//! A walk reads beside other writes, never inside of one, because a large one takes seconds. What it found may have
//! changed by the time of the write, which therefore checks the generation of the identity.

use std::{
    collections::{HashMap, HashSet},
    io,
};

use cid::Cid;
use spinney::{
    dag::walk,
    format::RAW,
    net::keep::{MAX_CIDS, Refusal},
};
use sqlx::QueryBuilder;
use tokio::sync::SemaphorePermit;

use super::{
    Error, Store,
    blobs::{IN_ONE_QUERY, path, push_cids, why},
    usage::Holder,
};
use crate::limits;

/// What the tables say of a block: its number, CID, bytes if they are inline, and why the owner holds it.
type Row = (i64, Vec<u8>, Option<Vec<u8>>, Option<i64>);

/// What a walk found.
pub(super) struct Walk {
    /// Numbers of the blocks that are here.
    pub(super) blocks: Vec<i64>,
    /// Blocks that are not here, at most [`MAX_CIDS`].
    pub(super) missing: Vec<Cid>,
}

/// For whom a walk is, and how far it may go.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// To pin something for this holder, whose budget pays. Does not go below what its pins hold already.
    Pin(Holder),
    /// To find everything that the pins of an identity reach, which is at most what it may hold.
    Release,
}

impl Purpose {
    fn most(self) -> usize {
        match self {
            Self::Pin(_) => limits::PIN_REACH,
            Self::Release => limits::BLOCKS_PER_IDENTITY as usize,
        }
    }
}

impl Store {
    /// Walks from some blocks over the clear links of DAG-CBOR, and those of DAG-PB. `owner` is the identity whose holds
    /// count, if it has a row.
    ///
    /// The walk ends when it has found [`MAX_CIDS`] missing blocks.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooLarge`] over the most blocks of one walk, [`Refusal::Unavailable`] over the budget of the identity,
    /// and [`Refusal::BadBlock`] if a block cannot be read as what its CID says.
    pub(super) async fn walk(
        &self,
        owner: Option<i64>,
        from: Vec<Cid>,
        purpose: Purpose,
    ) -> Result<Walk, Error> {
        let mut seen: HashSet<Cid> = from.iter().copied().collect();
        let mut ahead = from;
        let mut walked = Walk { blocks: Vec::new(), missing: Vec::new() };
        let mut turn: Option<SemaphorePermit<'_>> = None;
        while !ahead.is_empty() && walked.missing.len() < MAX_CIDS {
            let step = ahead.split_off(ahead.len().saturating_sub(IN_ONE_QUERY));
            if let Purpose::Pin(holder) = purpose
                && !self.shared.walked.takes(holder, step.len() as u32)
            {
                return Err(Refusal::Unavailable.into());
            }
            if turn.is_none() && walked.blocks.len() > limits::SHORT_WALK {
                turn = Some(self.shared.long_walks.acquire().await.expect("the semaphore is never closed"));
            }
            let mut rows: HashMap<Cid, _> = HashMap::with_capacity(step.len());
            for (block, cid, inline, why) in self.rows(owner, &step).await? {
                rows.insert(Cid::try_from(cid).map_err(io::Error::other)?, (block, inline, why));
            }
            for cid in step {
                let Some((block, inline, why)) = rows.remove(&cid) else {
                    walked.missing.push(cid);
                    continue;
                };
                if matches!(purpose, Purpose::Pin(_)) && why == Some(why::PINNED) {
                    continue;
                }
                if cid.codec() != RAW {
                    let Some(links) = self.links(&cid, inline).await? else {
                        walked.missing.push(cid);
                        continue;
                    };
                    for link in links {
                        if seen.insert(link) {
                            ahead.push(link);
                        }
                    }
                }
                if seen.len() > purpose.most() {
                    return Err(Refusal::TooLarge.into());
                }
                walked.blocks.push(block);
            }
        }
        walked.missing.truncate(MAX_CIDS);
        Ok(walked)
    }

    async fn rows(&self, owner: Option<i64>, cids: &[Cid]) -> Result<Vec<Row>, Error> {
        let mut query = QueryBuilder::new("SELECT block.block, cid, bytes, why FROM block LEFT JOIN hold ON");
        query.push(" hold.block = block.block AND hold.owner = ").push_bind(owner).push(" WHERE");
        push_cids(&mut query, cids);
        Ok(query.build_query_as().fetch_all(&self.shared.readers).await?)
    }

    /// The links of a block to blocks of a kind that the relay keeps; `None` if the block was collected meanwhile.
    async fn links(&self, cid: &Cid, inline: Option<Vec<u8>>) -> Result<Option<Vec<Cid>>, Error> {
        let bytes = match inline {
            Some(bytes) => bytes,
            None => {
                let path = path(cid);
                match self.on_disk(move |disk| disk.read(&path)).await? {
                    Some(bytes) => bytes,
                    None if self.rows(None, &[*cid]).await?.is_empty() => return Ok(None),
                    None => return Err(io::Error::other(format!("the file of {cid} is missing")).into()),
                }
            }
        };
        walk::links(cid, &bytes).map(Some).map_err(|_| Refusal::BadBlock.into())
    }
}

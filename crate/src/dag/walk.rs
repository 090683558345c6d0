//! Every block that hangs from some others: for pushing, pinning and collecting.
//!
//! Links stand in the clear, so that this needs no keys and works for any of our objects.

use std::{collections::HashSet, rc::Rc};

use cid::Cid;
use futures::{
    StreamExt,
    stream::{self, LocalBoxStream},
};

use super::{Fetch, FetchError};
use crate::format::{DAG_CBOR, DecodeError, cbor, is_ours};

/// Blocks on the way from a root to a chunk: root, header, manifest of up to four levels and lists need eight.
const DEPTH: usize = 16;

/// Why a walk does not know what hangs from one block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cid}: {fault}")]
pub struct WalkError {
    /// The block.
    pub cid: Cid,
    /// What is wrong with it.
    pub fault: WalkFault,
}

/// What is wrong with a block on the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WalkFault {
    /// It could not be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It is no object of ours.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It hangs deeper than any of our objects do.
    #[error("hangs too deep")]
    Depth,
}

/// The blocks of our kinds that a block links to, in their order; none for any codec but DAG-CBOR.
pub fn links(cid: &Cid, block: &[u8]) -> Result<Vec<Cid>, DecodeError> {
    let mut links = Vec::new();
    if cid.codec() == DAG_CBOR {
        cbor::to_ipld(block).map_err(DecodeError::from)?.references(&mut links);
        links.retain(is_ours);
    }
    Ok(links)
}

/// All blocks at and below `roots`, each once, and none before those that it links to.
///
/// A chunk is named without being fetched. An error is about one block, which is not named then; who goes on
/// gets the others. Memory grows with the number of blocks, by some 150 bytes each.
pub fn walk(fetch: Rc<dyn Fetch>, roots: Vec<Cid>) -> LocalBoxStream<'static, Result<Cid, WalkError>> {
    let walk = Walk { fetch, seen: HashSet::new(), way: vec![Step { of: None, links: roots.into_iter() }] };
    stream::unfold(walk, |mut walk| async move { walk.next().await.map(|found| (found, walk)) }).boxed_local()
}

struct Walk {
    fetch: Rc<dyn Fetch>,
    seen: HashSet<Cid>,
    /// The blocks from the roots to where the walk is.
    way: Vec<Step>,
}

/// A block whose links are being followed.
struct Step {
    /// The block itself; `None` for the list of roots.
    of: Option<Cid>,
    links: std::vec::IntoIter<Cid>,
}

impl Walk {
    async fn next(&mut self) -> Option<Result<Cid, WalkError>> {
        loop {
            let step = self.way.last_mut()?;
            let Some(cid) = step.links.next() else {
                match self.way.pop()?.of {
                    Some(done) => return Some(Ok(done)),
                    None => return None,
                }
            };
            if !self.seen.insert(cid) {
                continue;
            }
            if cid.codec() != DAG_CBOR {
                return Some(Ok(cid));
            }
            match self.below(&cid).await {
                Ok(links) => self.way.push(Step { of: Some(cid), links: links.into_iter() }),
                Err(fault) => return Some(Err(WalkError { cid, fault })),
            }
        }
    }

    async fn below(&self, cid: &Cid) -> Result<Vec<Cid>, WalkFault> {
        if self.way.len() > DEPTH {
            return Err(WalkFault::Depth);
        }
        Ok(links(cid, &self.fetch.block(cid).await?)?)
    }
}

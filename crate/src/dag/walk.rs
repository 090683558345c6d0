//! Finds every block that hangs from some others: for pushing, pinning and collecting.
//!
//! Links are in the clear, so this needs no keys and works for every object of ours.

use std::{collections::HashSet, rc::Rc};

use cid::Cid;
use futures::{
    StreamExt,
    stream::{self, LocalBoxStream},
};

use super::{Fetch, FetchError, unixfs};
use crate::format::{DAG_CBOR, DAG_PB, DecodeError, Fault, cbor, is_kept};

/// Blocks on the way from a root to a chunk, at most. Root, header, a manifest of up to four levels, and
/// lists need eight. A public share has up to [`unixfs::FOLDERS`] nested folders, and large ones have a few
/// shards each.
const DEPTH: usize = 2 * unixfs::FOLDERS;

/// Links that wait to be followed, at most. Blocks full of links must not fill the memory.
const WAITING: usize = 1 << 18;

/// Why the links of one block are unknown.
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
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It is no object of ours.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It is deeper than any object of ours.
    #[error("hangs too deep")]
    Depth,
    /// It and the links that still wait are more than any object of ours has.
    #[error("has too many links")]
    Wide,
}

/// Returns the links of a block to blocks of our kinds, in order. Codecs other than DAG-CBOR and DAG-PB have
/// none.
pub fn links(cid: &Cid, block: &[u8]) -> Result<Vec<Cid>, DecodeError> {
    let mut links = match cid.codec() {
        DAG_CBOR => {
            let mut links = Vec::new();
            cbor::to_ipld(block).map_err(DecodeError::from)?.references(&mut links);
            links
        }
        DAG_PB => unixfs::links(block).map_err(|_| DecodeError::at("block", Fault::Kind("DAG-PB")))?,
        _ => Vec::new(),
    };
    links.retain(is_kept);
    Ok(links)
}

/// Streams all blocks at and below `roots`, each once, and none before those that it links to.
///
/// A chunk is named without being fetched. An error concerns one block, which is not named then; the stream
/// goes on with the others. Memory grows by some 150 bytes for each block.
pub fn walk(fetch: Rc<dyn Fetch>, roots: Vec<Cid>) -> LocalBoxStream<'static, Result<Cid, WalkError>> {
    let walk = Walk { fetch, seen: HashSet::new(), way: vec![Step { of: None, links: roots.into_iter() }] };
    stream::unfold(walk, |mut walk| async move { walk.next().await.map(|found| (found, walk)) }).boxed_local()
}

struct Walk {
    fetch: Rc<dyn Fetch>,
    seen: HashSet<Cid>,
    /// The blocks from the roots to the current position.
    way: Vec<Step>,
}

/// A block whose links are being followed.
struct Step {
    /// The block itself. `None` for the list of roots.
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
            if !matches!(cid.codec(), DAG_CBOR | DAG_PB) {
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
        let links = links(cid, &self.fetch.block(cid).await?)?;
        let waiting: usize = self.way.iter().map(|step| step.links.len()).sum();
        if waiting + links.len() > WAITING {
            return Err(WalkFault::Wide);
        }
        Ok(links)
    }
}

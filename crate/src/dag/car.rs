//! Writes a DAG as one archive, as a stream: the answer of a gateway to `?format=car`.
//!
//! Follows <https://ipld.io/specs/transport/car/carv1/>. Blocks come depth first, each before those that it
//! links to, in the order of its links, and each once (`order=dfs; dups=n`, IPIP-412). So a reader can verify
//! each block as it arrives. One DAG gives one archive, byte for byte.

use std::{collections::HashMap, ops::Range, rc::Rc};

use bytes::Bytes;
use cid::Cid;
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, LocalBoxStream},
};
use ipld_core::ipld::Ipld;
use unsigned_varint::encode;

use super::{Fetch, FetchError, unixfs, walk};
use crate::format::{DecodeError, IDENTITY, cbor};

/// Blocks in one archive at most. Each is remembered, which takes up to 50 MB, for 256 GiB of a large file.
pub const BLOCKS: usize = 1 << 18;

/// Links that wait to be followed, at most. Blocks full of links must not fill the memory.
const WAITING: usize = 1 << 18;

/// Why an archive breaks off.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CarError {
    /// A block could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A block is not what its codec says, so its links are unknown.
    #[error("a block is not sound: {0}")]
    Decode(#[from] DecodeError),
    /// The DAG has more blocks or links than an archive may have.
    #[error("has more than {BLOCKS} blocks: ask for its parts")]
    TooLarge,
}

/// Which part of a DAG is in its archive: `dag-scope` and `entity-bytes` of a [trustless
/// gateway](https://specs.ipfs.tech/http-gateways/trustless-gateway/).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only its first block.
    Block,
    /// The blocks that are needed to read these bytes of a file, or to list a directory. For anything else,
    /// its first block.
    Entity(Range<u64>),
    /// Everything at and below it.
    All,
}

impl Scope {
    /// A whole file, or a directory without its contents.
    pub const ENTITY: Self = Self::Entity(0..u64::MAX);

    /// Whether a later request may need other links of the same block.
    fn is_partial(&self) -> bool {
        matches!(self, Self::Entity(_)) && *self != Self::ENTITY
    }

    /// Returns the links of a block, in order, each with its own scope.
    fn below(&self, cid: &Cid, block: &Bytes) -> Result<Vec<(Cid, Self)>, CarError> {
        Ok(match self {
            Self::Block => Vec::new(),
            Self::Entity(bytes) => {
                let parts = unixfs::parts(cid, block, bytes).into_iter();
                parts.map(|(cid, bytes)| (cid, Self::Entity(bytes))).collect()
            }
            Self::All => walk::links(cid, block)?.into_iter().map(|cid| (cid, Self::All)).collect(),
        })
    }
}

/// Builds an archive without input or output: it says which block is next, and frames it.
///
/// ```
/// # use bytes::Bytes;
/// # use spinney::{dag::car::{Car, Scope}, format::{RAW, cid_of}};
/// let hello = cid_of(RAW, b"hello");
/// let (mut car, header) = Car::new(&[hello], Scope::All);
/// assert_eq!(car.wanted(), Some(hello));
/// let frame = car.block(&Bytes::from_static(b"hello")).unwrap().unwrap();
/// // To be sent: the header; then for each block its frame and its bytes.
/// assert_eq!((header.len(), frame.len(), car.wanted()), (59, 37, None));
/// ```
pub struct Car {
    /// Blocks to come. The next one is last.
    waiting: Vec<(Cid, Scope)>,
    /// Blocks that are in the archive already, and whether all that the scope needs below them is queued.
    seen: HashMap<Cid, bool>,
}

impl Car {
    /// Starts the archive of a `scope` of the block at the end of `way`. Also returns the archive's header.
    ///
    /// The way leads from the root to that block. The blocks on it are part of the archive, so that a reader
    /// can check the way. A CID that contains its block (identity hash) adds no block.
    ///
    /// # Panics
    ///
    /// If the way is empty.
    pub fn new(way: &[Cid], scope: Scope) -> (Self, Bytes) {
        let (end, before) = way.split_last().expect("a way has an end");
        let header = Ipld::Map(
            [
                ("roots".to_owned(), Ipld::List(vec![Ipld::Link(way[0])])),
                ("version".to_owned(), Ipld::Integer(1)),
            ]
            .into(),
        );
        let header = cbor::from_ipld(&header);
        let way = before.iter().map(|cid| (*cid, Scope::Block)).chain([(*end, scope)]);
        let mut waiting: Vec<_> = way.filter(|(cid, _)| cid.hash().code() != IDENTITY).collect();
        waiting.reverse();
        (Self { waiting, seen: HashMap::new() }, [&*length(header.len()), &header].concat().into())
    }

    /// Returns the block that is next, or `None` if the archive is complete.
    pub fn wanted(&mut self) -> Option<Cid> {
        while let Some((cid, _)) = self.waiting.last() {
            if self.seen.get(cid) != Some(&true) {
                return Some(*cid);
            }
            self.waiting.pop();
        }
        None
    }

    /// Takes the bytes of the block that is [`wanted`](Self::wanted). Returns the frame that precedes them in
    /// the archive, or `None` if the block is in the archive already and only other links of it are followed.
    ///
    /// Only links to raw, DAG-PB and DAG-CBOR blocks by CIDv1 and SHA2-256 are followed.
    ///
    /// # Panics
    ///
    /// If no block is wanted.
    pub fn block(&mut self, bytes: &Bytes) -> Result<Option<Bytes>, CarError> {
        self.wanted().expect("only a block that is wanted is given");
        let (cid, scope) = self.waiting.pop().expect("the last one is wanted");
        let below = scope.below(&cid, bytes)?;
        let before = self.seen.insert(cid, !scope.is_partial());
        if self.seen.len() > BLOCKS || self.waiting.len() + below.len() > WAITING {
            return Err(CarError::TooLarge);
        }
        self.waiting.extend(below.into_iter().rev());
        let name = cid.to_bytes();
        Ok(before.is_none().then(|| [&*length(name.len() + bytes.len()), &name].concat().into()))
    }
}

/// Streams the archive of a `scope` of the block at the end of `way`; see [`Car::new`].
///
/// A block is fetched after the one before it was taken. What was returned before an error is a valid
/// beginning of an archive.
///
/// # Cancel safety
///
/// Dropping the stream withdraws its want.
pub fn archive(
    fetch: Rc<dyn Fetch>,
    way: &[Cid],
    scope: Scope,
) -> LocalBoxStream<'static, Result<Bytes, CarError>> {
    let (car, header) = Car::new(way, scope);
    let blocks = stream::try_unfold((car, fetch), |(mut car, fetch)| async move {
        let Some(cid) = car.wanted() else { return Ok::<_, CarError>(None) };
        let bytes = fetch.block(&cid).await?;
        let framed = car.block(&bytes)?.map(|frame| [frame, bytes]);
        Ok(Some((stream::iter(framed.into_iter().flatten().map(Ok)), (car, fetch))))
    });
    stream::iter([Ok(header)]).chain(blocks.try_flatten()).boxed_local()
}

fn length(len: usize) -> Vec<u8> {
    encode::usize(len, &mut encode::usize_buffer()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dag::{StoreFetch, tests::store},
        format::{DAG_CBOR, DAG_PB, RAW, cid_of},
        store::Write,
    };

    fn list(links: impl IntoIterator<Item = Cid>) -> (Cid, Vec<u8>) {
        let block = cbor::from_ipld(&Ipld::List(links.into_iter().map(Ipld::Link).collect()));
        (cid_of(DAG_CBOR, &block), block)
    }

    #[tokio::test]
    async fn blocks_come_depth_first_and_once_until_one_is_missing() {
        let store = store().await;
        let [a, b, gone] = [b"a", b"b", b"c"].map(|bytes| cid_of(RAW, bytes));
        let (inner, inner_block) = list([b, a]);
        let (root, root_block) = list([a, inner, a, inner, gone]);
        let write = Write::relaxed().block(a, &b"a"[..]).block(b, &b"b"[..]);
        store.commit(write.block(inner, inner_block).block(root, root_block)).await.unwrap();
        let pieces: Vec<_> = archive(Rc::new(StoreFetch(store)), &[root], Scope::All).collect().await;
        let (last, pieces) = pieces.split_last().unwrap();
        assert!(matches!(last, Err(CarError::Fetch(_))));
        let frames = pieces[1..].iter().step_by(2).map(|frame| frame.clone().unwrap());
        let order: Vec<_> = frames.map(|frame| Cid::try_from(&frame[frame.len() - 36..]).unwrap()).collect();
        assert_eq!(order, [root, a, inner, b]);
    }

    #[test]
    fn blocks_full_of_links_end_the_archive_and_not_the_memory() {
        let many = |from: u32| (from..from + 50_000).map(|i| cid_of(RAW, &i.to_be_bytes()));
        let (mut below, mut blocks) = (None, Vec::new());
        for level in 0..6 {
            let (cid, block) = list(below.into_iter().chain(many(level * 50_000)));
            blocks.push(Bytes::from(block));
            below = Some(cid);
        }
        let (mut car, _) = Car::new(&[below.unwrap()], Scope::All);
        let ends: Vec<_> = blocks.iter().rev().map(|block| car.block(block).err()).collect();
        assert_eq!(ends, [None, None, None, None, None, Some(CarError::TooLarge)]);
    }

    #[test]
    fn what_is_no_dag_pb_ends_the_archive() {
        let (mut car, _) = Car::new(&[cid_of(DAG_PB, b"x")], Scope::All);
        assert!(matches!(car.block(&Bytes::from_static(b"x")), Err(CarError::Decode(_))));
    }
}

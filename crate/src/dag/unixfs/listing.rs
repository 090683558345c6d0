//! Lists directories: one entry by its name, or all of them.

use std::rc::Rc;

use cid::Cid;
use futures::{
    StreamExt, TryStreamExt,
    future::Either,
    stream::{self, LocalBoxStream},
};

use super::{
    Entry, Fault, ReadError,
    hamt::{self, Child, Shard},
    node::ParsedBlock,
    reader::load,
};
use crate::dag::Fetch;

/// Shards that are wanted at once in each level.
const WANTS: usize = 16;

/// A directory whose first block is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Plain(Vec<Entry>),
    Sharded(Place),
}

/// A shard, and its position in the trie.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    cid: Cid,
    shard: Shard,
    /// Levels above it.
    depth: u32,
    /// The common prefix of all hashes below it: the bits of the levels above.
    way: u64,
}

impl Directory {
    pub(super) fn plain(entries: Vec<Entry>) -> Self {
        Self(Kind::Plain(entries))
    }

    pub(super) fn sharded(cid: Cid, shard: Shard) -> Self {
        Self(Kind::Sharded(Place { cid, shard, depth: 0, way: 0 }))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Kind::Plain(entries) if entries.is_empty())
    }

    /// Returns the entry of this name. Fetches only the shards on the way to it.
    pub async fn find(&self, fetch: &dyn Fetch, name: &str) -> Result<Option<Entry>, ReadError> {
        let root = match &self.0 {
            Kind::Plain(entries) => return Ok(entries.iter().find(|entry| entry.name == name).cloned()),
            Kind::Sharded(root) => root,
        };
        let (hash, bits) = (hamt::hash(name), root.shard.bits);
        let mut at = root.clone();
        while let Some(place) = hamt::place(hash, bits, at.depth) {
            let children = &at.shard.children;
            let Ok(found) = children.binary_search_by_key(&place, |(place, _)| *place) else { break };
            match &children[found].1 {
                Child::Entry(entry) => return Ok(Some(entry.clone()).filter(|entry| entry.name == name)),
                Child::Shard(cid) => at = at.below(fetch, place, cid).await?,
            }
        }
        Ok(None)
    }

    /// Streams all entries: of a plain directory in its own order, of a sharded one by their hashes.
    ///
    /// Every shard that is fetched has entries that no other shard has, so the work grows with the number of
    /// entries that the caller takes. The caller must stop at the first error.
    ///
    /// # Cancel safety
    ///
    /// Dropping the stream withdraws its wants.
    pub fn entries(&self, fetch: Rc<dyn Fetch>) -> LocalBoxStream<'static, Result<Entry, ReadError>> {
        match self.0.clone() {
            Kind::Plain(entries) => stream::iter(entries.into_iter().map(Ok)).boxed_local(),
            Kind::Sharded(root) => root.entries(fetch),
        }
    }
}

impl Place {
    /// Streams all entries at and below this shard.
    fn entries(self, fetch: Rc<dyn Fetch>) -> LocalBoxStream<'static, Result<Entry, ReadError>> {
        let below = Rc::clone(&fetch);
        let children = self.shard.children.clone();
        let here = Rc::new(self);
        stream::iter(children)
            .map(move |(place, child)| {
                let (fetch, here) = (Rc::clone(&fetch), Rc::clone(&here));
                async move {
                    match child {
                        Child::Entry(entry) => here.checked(place, entry).map(Either::Left),
                        Child::Shard(cid) => here.below(&*fetch, place, &cid).await.map(Either::Right),
                    }
                }
            })
            .buffered(WANTS)
            .map_ok(move |found| match found {
                Either::Left(entry) => stream::iter([Ok(entry)]).boxed_local(),
                Either::Right(shard) => shard.entries(Rc::clone(&below)),
            })
            .try_flatten()
            .boxed_local()
    }

    /// Checks that an entry is where its name belongs.
    fn checked(&self, place: u32, entry: Entry) -> Result<Entry, ReadError> {
        let bits = self.shard.bits * (self.depth + 1);
        let hash = hamt::hash(&entry.name).unbounded_shr(u64::BITS.saturating_sub(bits));
        if hash == self.way(place) { Ok(entry) } else { Err(ReadError::refused(&self.cid, Fault::Shard)) }
    }

    /// Fetches the shard at `place`.
    async fn below(&self, fetch: &dyn Fetch, place: u32, cid: &Cid) -> Result<Self, ReadError> {
        let depth = self.depth + 1;
        if hamt::place(0, self.shard.bits, depth).is_none() {
            return Err(ReadError::refused(cid, Fault::Depth));
        }
        match load(fetch, cid).await? {
            ParsedBlock::Shard(shard) if shard.bits == self.shard.bits && !shard.children.is_empty() => {
                Ok(Self { cid: *cid, shard, depth, way: self.way(place) })
            }
            _ => Err(ReadError::refused(cid, Fault::Shard)),
        }
    }

    /// Returns the common prefix of all hashes at `place`.
    fn way(&self, place: u32) -> u64 {
        self.way << self.shard.bits | u64::from(place)
    }
}

//! Resolves a path such as `/ipfs/<root>/<path>`, through the links of objects and through folders.

use std::cell::RefCell;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;

use super::{
    Fetch, FetchError,
    unixfs::{self, Node, ReadError},
};
use crate::format::{DAG_CBOR, cbor};

/// Parts of a path that are followed, at most: those of a folder, and as many again for the objects before
/// it.
pub const PARTS: usize = 2 * unixfs::FOLDERS;

/// Returns the blocks on the way from `root` along `path`, both ends included, or `None` if the path leads
/// nowhere.
///
/// A path that ends inside an object ends at the object's block. Each part of the path fetches at most one
/// block of each level of a folder. The last block is not fetched.
pub async fn way(fetch: &dyn Fetch, root: &Cid, path: &str) -> Result<Option<Vec<Cid>>, FetchError> {
    let noting = Noting { fetch, way: RefCell::default() };
    let mut names: Vec<_> = path.split('/').filter(|name| !name.is_empty()).collect();
    if names.len() > PARTS {
        return Ok(None);
    }
    names.reverse();
    let mut at = *root;
    while !names.is_empty() {
        let next = match at.codec() {
            DAG_CBOR => through_object(&noting, &at, &mut names).await?,
            _ => through_folder(&noting, &at, &mut names).await?,
        };
        match next {
            Next::At(cid) => at = cid,
            Next::Inside => return Ok(Some(noting.way.into_inner())),
            Next::Nothing => return Ok(None),
        }
    }
    let mut way = noting.way.into_inner();
    way.push(at);
    Ok(Some(way))
}

/// Where a path leads after one block.
enum Next {
    /// To another block.
    At(Cid),
    /// The path ends in this block.
    Inside,
    Nothing,
}

/// Follows names (the next one is last) to a link of an object.
async fn through_object(fetch: &Noting<'_>, cid: &Cid, names: &mut Vec<&str>) -> Result<Next, FetchError> {
    let Ok(mut value) = cbor::to_ipld(&fetch.block(cid).await?) else { return Ok(Next::Nothing) };
    while let Some(name) = names.pop() {
        let inner = match value {
            Ipld::Map(mut map) => map.remove(name),
            Ipld::List(mut list) => {
                let index = name.parse::<usize>().ok().filter(|index| *index < list.len());
                index.map(|index| list.swap_remove(index))
            }
            _ => None,
        };
        value = match inner {
            Some(Ipld::Link(cid)) => return Ok(Next::At(cid)),
            Some(value) => value,
            None => return Ok(Next::Nothing),
        };
    }
    Ok(Next::Inside)
}

/// Follows one name to an entry of a folder.
async fn through_folder(fetch: &Noting<'_>, cid: &Cid, names: &mut Vec<&str>) -> Result<Next, FetchError> {
    let Some(name) = names.pop() else { return Ok(Next::Nothing) };
    let found = async {
        let Node::Directory(folder) = unixfs::open(fetch, cid).await? else { return Ok(None) };
        folder.find(fetch, name).await
    };
    match found.await {
        Ok(Some(entry)) => Ok(Next::At(entry.link.cid)),
        Ok(None) | Err(ReadError::Refused { .. }) => Ok(Next::Nothing),
        Err(ReadError::Fetch(error)) => Err(error),
    }
}

/// Records which blocks are fetched.
struct Noting<'a> {
    fetch: &'a dyn Fetch,
    way: RefCell<Vec<Cid>>,
}

#[async_trait(?Send)]
impl Fetch for Noting<'_> {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.way.borrow_mut().push(*cid);
        self.fetch.block(cid).await
    }
}

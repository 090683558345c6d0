//! `/ipfs/{cid}[/{path}]` as a CAR: the blocks on the way, and as much as is asked for of what is at its end.

use std::{io, ops::Range, pin::pin, rc::Rc, sync::Arc};

use async_trait::async_trait;
use axum::{
    body::Body,
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use cid::Cid;
use futures::{StreamExt, stream};
use spinney::{
    dag::{
        Fetch, FetchError,
        car::{self, Scope},
        path,
        unixfs::{self, Node},
    },
    format::{IDENTITY, RAW, cid_of},
    store::StoreError,
};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::{Gateway, Refused, accept::parameter, ipfs::attachment};
use crate::{counters::Counters, network::Network, store::Store};

/// Pieces that wait for the connection; the largest is a block of 1 MiB.
const AHEAD: usize = 2;

const NO_SCOPE: Refused = Refused(StatusCode::BAD_REQUEST, "dag-scope is block, entity or all");
const NO_BYTES: Refused = Refused(StatusCode::BAD_REQUEST, "entity-bytes is from:to, where to may be *");
const OUTSIDE: Refused = Refused(StatusCode::BAD_REQUEST, "the file has none of these bytes");
const NOWHERE: Refused = Refused(StatusCode::NOT_FOUND, "this path leads to nothing that is kept here");

/// How much is asked for: `dag-scope` and `entity-bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Block,
    Entity(Span),
    All,
}

/// From one byte of a file to another, both included; below 0 they count from its end, and none is the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    from: i64,
    to: Option<i64>,
}

impl Extent {
    /// What the parameters of an address ask for.
    pub(super) fn asked(query: Option<&str>) -> Result<Self, Refused> {
        if let Some(bytes) = parameter(query, "entity-bytes") {
            let (from, to) = bytes.split_once(':').ok_or(NO_BYTES)?;
            let number = |text: &str| text.parse().map_err(|_| NO_BYTES);
            let to = (to != "*").then(|| number(to)).transpose()?;
            return Ok(Self::Entity(Span { from: number(from)?, to }));
        }
        match parameter(query, "dag-scope").as_deref() {
            Some("block") => Ok(Self::Block),
            Some("entity") => Ok(Self::Entity(Span::WHOLE)),
            Some("all") | None => Ok(Self::All),
            Some(_) => Err(NO_SCOPE),
        }
    }

    /// The tag of this extent of what a path leads to.
    pub(super) fn etag(&self, cid: &Cid, path: &str) -> String {
        let scope = match self {
            Self::Block => "block".to_owned(),
            Self::Entity(Span { from, to: None }) => format!("entity-{from}:*"),
            Self::Entity(Span { from, to: Some(to) }) => format!("entity-{from}:{to}"),
            Self::All => "all".to_owned(),
        };
        // A path may have signs that a tag may not.
        let path = if path.is_empty() { String::new() } else { format!(".{}", cid_of(RAW, path.as_bytes())) };
        format!("\"{scope}.{cid}{path}.car\"")
    }

    /// The same, now that it can be looked at what it is asked of.
    async fn of(self, fetch: &dyn Fetch, cid: &Cid) -> Result<Scope, Refused> {
        match self {
            Self::Block => Ok(Scope::Block),
            Self::Entity(Span::WHOLE) => Ok(Scope::ENTITY),
            Self::All => Ok(Scope::All),
            Self::Entity(span) => match unixfs::open(fetch, cid).await {
                Ok(Node::File(file)) => Ok(Scope::Entity(span.within(file.size()).ok_or(OUTSIDE)?)),
                // What has no bytes is asked for whole, and what is not sound is its first block.
                Ok(Node::Directory(_)) | Err(_) => Ok(Scope::ENTITY),
            },
        }
    }
}

impl Span {
    const WHOLE: Self = Self { from: 0, to: None };

    /// The bytes of a file of `size` that are meant; `None` if it ends before them.
    fn within(self, size: u64) -> Option<Range<u64>> {
        let from_begin = |at: i64| match at {
            0.. => at.unsigned_abs(),
            _ => size.saturating_sub(at.unsigned_abs()),
        };
        let start = from_begin(self.from);
        let end = self.to.map_or(size, |to| match to {
            0.. => size.min(to.unsigned_abs() + 1),
            // The last byte is -1.
            _ => (size + 1).saturating_sub(to.unsigned_abs()),
        });
        (start < size).then(|| start..end.max(start))
    }
}

impl Gateway {
    /// An archive as an answer without the headers that all answers have.
    ///
    /// It is made while it is sent, on a thread of its own since `dag` is for one thread; what has been made and not
    /// been sent is bounded. An archive that cannot be finished breaks off, so that it does not look whole.
    pub(super) async fn archive_of(
        &self,
        network: Network,
        cid: Cid,
        path: String,
        extent: Extent,
        method: &Method,
    ) -> Result<Response, Refused> {
        let place = self.archives.begin(network).await.ok_or(Refused::BUSY)?;
        let (store, counters) = (self.store.clone(), self.counters.clone());
        let (begun, begins) = oneshot::channel();
        let (pieces, mut body) = mpsc::channel::<io::Result<Bytes>>(AHEAD);
        let (runtime, whole) = (Handle::current(), method == Method::GET);
        tokio::task::spawn_blocking(move || {
            runtime.block_on(async move {
                let _place = place;
                let mut shelf = Shelf { store, counters: None };
                let (found, refused) = match shelf.find(&cid, &path, extent).await {
                    Ok(found) => (Some(found), Ok(())),
                    Err(refused) => (None, Err(refused)),
                };
                let goes_on = begun.send(refused).is_ok() && whole;
                let Some((way, scope)) = found.filter(|_| goes_on) else { return };
                shelf.counters = Some(counters);
                let mut archive = pin!(car::archive(Rc::new(shelf), &way, scope));
                while let Some(piece) = archive.next().await {
                    // Nobody takes the pieces any more when the connection is closed.
                    if pieces.send(piece.map_err(io::Error::other)).await.is_err() {
                        return;
                    }
                }
            });
        });
        begins.await.map_err(|_| Refused::UNAVAILABLE)??;
        let body = Body::from_stream(stream::poll_fn(move |context| body.poll_recv(context)));
        Ok(([attachment(&cid, "car")], body).into_response())
    }
}

/// The blocks of the store.
struct Shelf {
    store: Store,
    /// Where they are counted as served; `None` while they are only looked at.
    counters: Option<Arc<Counters>>,
}

impl Shelf {
    /// The way to what is asked for, and how much of it is.
    async fn find(&self, root: &Cid, path: &str, extent: Extent) -> Result<(Vec<Cid>, Scope), Refused> {
        let way = path::way(self, root, path).await.map_err(|error| refused(&error))?.ok_or(NOWHERE)?;
        let end = way.last().ok_or(NOWHERE)?;
        if end.hash().code() == IDENTITY {
            return Ok((way, Scope::Block));
        }
        // Its first block is read before anything is said of it.
        self.block(end).await.map_err(|error| refused(&error))?;
        let scope = extent.of(self, end).await?;
        Ok((way, scope))
    }
}

#[async_trait(?Send)]
impl Fetch for Shelf {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        let block = self.store.block(cid).await.map_err(|error| {
            tracing::error!(%error, "a block could not be read");
            StoreError::Broken(error.to_string())
        })?;
        let block = block.ok_or_else(|| FetchError::Unreachable("it is not kept here".to_owned()))?;
        if let Some(counters) = &self.counters {
            counters.gateway_blocks.add(1);
            counters.gateway_bytes.add(block.len() as u64);
        }
        Ok(block)
    }
}

fn refused(error: &FetchError) -> Refused {
    match error {
        FetchError::Unreachable(_) => NOWHERE,
        FetchError::Store(_) => Refused::UNAVAILABLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_from_both_ends_of_a_file() {
        for (bytes, of_ten) in [
            ("0:*", Some(0..10)),
            ("3:5", Some(3..6)),
            ("3:50", Some(3..10)),
            ("-4:*", Some(6..10)),
            ("-40:*", Some(0..10)),
            ("2:-3", Some(2..8)),
            ("5:2", Some(5..5)),
            ("10:*", None),
        ] {
            let asked = Extent::asked(Some(&format!("format=car&entity-bytes={bytes}")));
            let Ok(Extent::Entity(span)) = asked else { panic!("{bytes}: {asked:?}") };
            assert_eq!(span.within(10), of_ten, "{bytes}");
        }
        // As browsers write it.
        assert_eq!(
            Extent::asked(Some("entity-bytes=3%3A5")),
            Ok(Extent::Entity(Span { from: 3, to: Some(5) }))
        );
        for wrong in ["entity-bytes=3", "entity-bytes=:", "entity-bytes=*:3", "dag-scope=most"] {
            assert!(Extent::asked(Some(wrong)).is_err(), "{wrong}");
        }
    }
}

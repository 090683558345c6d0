//! `/ipfs/{cid}[/{path}]` as a CAR: the blocks along the path, and the requested part of the DAG at its end.

use std::{io, ops::Range, pin::pin, rc::Rc, sync::Arc};

use async_trait::async_trait;
use axum::{
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
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
use tokio::{runtime::Handle, sync::oneshot};

use super::{Gateway, Rejection, accept::parameter, ipfs::attachment, paced};
use crate::{metrics::Metrics, network::Network, store::Blobs};

const NO_SCOPE: Rejection = Rejection(StatusCode::BAD_REQUEST, "dag-scope is block, entity or all");
const NO_BYTES: Rejection = Rejection(StatusCode::BAD_REQUEST, "entity-bytes is from:to, where to may be *");
const OUTSIDE: Rejection = Rejection(StatusCode::BAD_REQUEST, "the file has none of these bytes");
const NOT_FOUND: Rejection = Rejection(StatusCode::NOT_FOUND, "this path leads to nothing that is kept here");

/// The requested part: `dag-scope` and `entity-bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Block,
    Entity(Span),
    All,
}

/// From one byte of a file to another, both included; numbers below 0 count from its end, and `None` is the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    from: i64,
    to: Option<i64>,
}

impl Extent {
    /// Reads the parameters of a query.
    pub(super) fn requested(query: Option<&str>) -> Result<Self, Rejection> {
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

    /// The ETag of this part of the DAG at a path.
    pub(super) fn etag(&self, cid: &Cid, path: &str) -> String {
        let scope = match self {
            Self::Block => "block".to_owned(),
            Self::Entity(Span { from, to: None }) => format!("entity-{from}:*"),
            Self::Entity(Span { from, to: Some(to) }) => format!("entity-{from}:{to}"),
            Self::All => "all".to_owned(),
        };
        // A path may have characters that an ETag may not.
        let path = if path.is_empty() { String::new() } else { format!(".{}", cid_of(RAW, path.as_bytes())) };
        format!("\"{scope}.{cid}{path}.car\"")
    }

    /// Resolves the extent for this DAG.
    async fn of(self, fetch: &dyn Fetch, cid: &Cid) -> Result<Scope, Rejection> {
        match self {
            Self::Block => Ok(Scope::Block),
            Self::Entity(Span::WHOLE) => Ok(Scope::ENTITY),
            Self::All => Ok(Scope::All),
            Self::Entity(span) => match unixfs::open(fetch, cid).await {
                Ok(Node::File(file)) => Ok(Scope::Entity(span.within(file.size()).ok_or(OUTSIDE)?)),
                // A directory is sent whole, and of a malformed DAG the first block.
                Ok(Node::Directory(_)) | Err(_) => Ok(Scope::ENTITY),
            },
        }
    }
}

impl Span {
    const WHOLE: Self = Self { from: 0, to: None };

    /// The range in a file of `size` bytes; `None` if the file ends before it.
    pub(super) fn within(self, size: u64) -> Option<Range<u64>> {
        let from_begin = |at: i64| match at {
            0.. => at.unsigned_abs(),
            _ => size.saturating_sub(at.unsigned_abs()),
        };
        let start = from_begin(self.from);
        let end = self.to.map_or(size, |to| match to {
            0.. => size.min(to.unsigned_abs() + 1),
            // The last byte is -1. The size is a stranger's claim, to which nothing can be added.
            _ => size.saturating_sub(to.unsigned_abs() - 1),
        });
        (start < size).then(|| start..end.max(start))
    }
}

impl Gateway {
    /// Responds with an archive, without the headers of every response.
    ///
    /// A thread of its own writes it while it is sent, because `dag` is not `Send`; few pieces wait for the connection.
    /// If a block cannot be read, or the client reads too slowly, the response breaks off, so that the archive does not
    /// look complete.
    pub(super) async fn archive_of(
        &self,
        network: Network,
        cid: Cid,
        path: String,
        extent: Extent,
        method: &Method,
    ) -> Result<Response, Rejection> {
        let permit = self.archives.acquire(network).await.ok_or(Rejection::BUSY)?;
        let (blobs, metrics) = (self.blobs.clone(), self.metrics.clone());
        let (status, ready) = oneshot::channel();
        let (mut writer, body) = paced::body();
        let (runtime, whole) = (Handle::current(), method == Method::GET);
        tokio::task::spawn_blocking(move || {
            runtime.block_on(async move {
                let _permit = permit;
                let mut source = Source { blobs, metrics: None };
                let (found, refused) = match source.find(&cid, &path, extent).await {
                    Ok(found) => (Some(found), Ok(())),
                    Err(refused) => (None, Err(refused)),
                };
                let goes_on = status.send(refused).is_ok() && whole;
                let Some((way, scope)) = found.filter(|_| goes_on) else { return };
                source.metrics = Some(metrics);
                let mut archive = pin!(car::archive(Rc::new(source), &way, scope));
                while let Some(piece) = archive.next().await {
                    let broken = piece.is_err();
                    if writer.send(piece.map_err(io::Error::other)).await.is_err() || broken {
                        return;
                    }
                }
                writer.finish();
            });
        });
        ready.await.map_err(|_| Rejection::UNAVAILABLE)??;
        Ok(([attachment(&cid, "car")], body).into_response())
    }
}

/// The blocks of the store.
struct Source {
    blobs: Arc<dyn Blobs>,
    /// Counts the blocks that are served; `None` while the path is resolved.
    metrics: Option<Arc<Metrics>>,
}

impl Source {
    /// The blocks along the path, and the part of the DAG at its end.
    async fn find(&self, root: &Cid, path: &str, extent: Extent) -> Result<(Vec<Cid>, Scope), Rejection> {
        let way = path::way(self, root, path).await.map_err(|error| refused(&error))?.ok_or(NOT_FOUND)?;
        let end = way.last().ok_or(NOT_FOUND)?;
        if end.hash().code() == IDENTITY {
            return Ok((way, Scope::Block));
        }
        // Reads the first block before the status is sent.
        self.block(end).await.map_err(|error| refused(&error))?;
        let scope = extent.of(self, end).await?;
        Ok((way, scope))
    }
}

#[async_trait(?Send)]
impl Fetch for Source {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        let block = self.blobs.block(cid).await.map_err(|error| {
            tracing::error!(%error, "a block could not be read");
            StoreError::Broken(error.to_string())
        })?;
        let block = block.ok_or_else(|| FetchError::Unreachable("it is not kept here".to_owned()))?;
        if let Some(metrics) = &self.metrics {
            metrics.gateway_blocks.add(1);
            metrics.gateway_bytes.add(block.len() as u64);
        }
        Ok(block)
    }
}

fn refused(error: &FetchError) -> Rejection {
    match error {
        FetchError::Unreachable(_) => NOT_FOUND,
        FetchError::Store(_) => Rejection::UNAVAILABLE,
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
            let extent = Extent::requested(Some(&format!("format=car&entity-bytes={bytes}")));
            let Ok(Extent::Entity(span)) = extent else { panic!("{bytes}: {extent:?}") };
            assert_eq!(span.within(10), of_ten, "{bytes}");
        }
        let last = Extent::requested(Some("entity-bytes=-2:-1"));
        let Ok(Extent::Entity(last)) = last else { panic!("{last:?}") };
        assert_eq!(last.within(u64::MAX), Some(u64::MAX - 2..u64::MAX));
        // As browsers escape it.
        assert_eq!(
            Extent::requested(Some("entity-bytes=3%3A5")),
            Ok(Extent::Entity(Span { from: 3, to: Some(5) }))
        );
        for wrong in ["entity-bytes=3", "entity-bytes=:", "entity-bytes=*:3", "dag-scope=most"] {
            assert!(Extent::requested(Some(wrong)).is_err(), "{wrong}");
        }
    }
}

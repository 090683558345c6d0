//! `/ipfs/{cid}` as a raw block that is kept here.

use std::io;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use cid::Cid;
use futures::stream;
use spinney::format::IDENTITY;

use super::{Answer, Gateway, Refused, ipfs::attachment};
use crate::network::Network;

/// Bytes that are handed to the connection at a time.
const PIECE: usize = 64 << 10;

impl Gateway {
    /// A block as an answer without the headers that all answers have.
    pub(super) async fn block_of(
        &self,
        network: Network,
        cid: &Cid,
        method: &Method,
    ) -> Result<Response, Refused> {
        let place = self.answers.begin(network).await.ok_or(Refused::BUSY)?;
        let block = self.block(cid).await?;
        let block = block.ok_or(Refused(StatusCode::NOT_FOUND, "this block is not kept here"))?;
        if method == Method::GET {
            self.counters.gateway_blocks.add(1);
            self.counters.gateway_bytes.add(block.len() as u64);
        }
        let about = [(header::CONTENT_LENGTH, block.len().into()), attachment(cid, "bin")];
        Ok((about, in_pieces(block, place)).into_response())
    }

    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, Refused> {
        // Gateways are probed with the empty one, `bafkqaaa`.
        if cid.hash().code() == IDENTITY {
            return Ok(Some(Bytes::copy_from_slice(cid.hash().digest())));
        }
        self.store.block(cid).await.map_err(|error| {
            tracing::error!(%error, "a block could not be read");
            Refused::UNAVAILABLE
        })
    }
}

/// The bytes as a body, which has its place until the last of them is on its way.
fn in_pieces(bytes: Bytes, place: Answer) -> Body {
    let pieces = stream::unfold((bytes, place), async |(mut bytes, place)| {
        let piece = bytes.split_to(bytes.len().min(PIECE));
        (!piece.is_empty()).then(|| (Ok::<_, io::Error>(piece), (bytes, place)))
    });
    Body::from_stream(pieces)
}

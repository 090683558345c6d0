//! `/ipfs/{cid}` as a raw block.

use std::net::IpAddr;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use cid::Cid;
use spinney::format::IDENTITY;

use super::{Gateway, Rejection, ipfs::attachment, paced};
use crate::{concurrency::Permit, network::Network};

/// Bytes that the connection gets at a time.
const PIECE: usize = 64 << 10;

impl Gateway {
    /// Responds with a block, without the headers of every response.
    pub(super) async fn block_of(
        &self,
        network: Network,
        cid: &Cid,
        method: &Method,
    ) -> Result<Response, Rejection> {
        let permit = self.block_responses.acquire(network).await.ok_or(Rejection::BUSY)?;
        let block = self.block(cid).await?;
        let block = block.ok_or(Rejection(StatusCode::NOT_FOUND, "this block is not kept here"))?;
        if method == Method::GET {
            self.metrics.gateway_blocks.add(1);
            self.metrics.gateway_bytes.add(block.len() as u64);
        }
        let about = [(header::CONTENT_LENGTH, block.len().into()), attachment(cid, "bin")];
        Ok((about, in_pieces(block, permit)).into_response())
    }

    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, Rejection> {
        // Clients probe gateways with the empty one, `bafkqaaa`.
        if cid.hash().code() == IDENTITY {
            return Ok(Some(Bytes::copy_from_slice(cid.hash().digest())));
        }
        self.blobs.block(cid).await.map_err(|error| {
            tracing::error!(%error, "a block could not be read");
            Rejection::UNAVAILABLE
        })
    }
}

/// A body that holds its permit until the last piece is sent, or the client reads too slowly.
fn in_pieces(mut bytes: Bytes, permit: Permit<IpAddr>) -> Body {
    let (mut writer, body) = paced::body();
    tokio::spawn(async move {
        let _permit = permit;
        while !bytes.is_empty() {
            let piece = bytes.split_to(bytes.len().min(PIECE));
            if writer.send(Ok(piece)).await.is_err() {
                return;
            }
        }
        writer.finish();
    });
    body
}

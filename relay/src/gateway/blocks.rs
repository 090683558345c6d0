//! `/ipfs/{cid}`: a block that is kept here.

use std::{io, sync::Arc};

use axum::{
    body::Body,
    extract::{Extension, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use cid::Cid;
use futures::stream;

use super::{
    Answer, Gateway, Refused,
    accept::{self, Type},
};
use crate::network::Network;

/// What never changes may be kept for as long as anybody wants to.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=29030400, immutable");

/// Bytes that are handed to the connection at a time.
const PIECE: usize = 64 << 10;

/// Multihash code of a CID that holds its block itself; gateways are probed with the empty one, `bafkqaaa`.
const IDENTITY: u64 = 0x00;

pub(super) async fn answer(
    State(gateway): State<Arc<Gateway>>,
    Extension(network): Extension<Network>,
    method: Method,
    uri: Uri,
    head: HeaderMap,
) -> Result<Response, Refused> {
    let (cid, path) = name(&uri)?;
    if accept::asked(uri.query(), &head) != Some(Type::Raw) {
        return Err(Refused(
            StatusCode::BAD_REQUEST,
            "ask for application/vnd.ipld.raw: nothing is rendered here",
        ));
    }
    if !path.is_empty() {
        return Err(Refused(StatusCode::BAD_REQUEST, "a block is asked for by its CID, without a path"));
    }
    let etag = etag(&cid, "raw");
    if is_known(&head, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, headers(etag)).into_response());
    }
    let place = gateway.answers.begin(network).await.ok_or(Refused::BUSY)?;
    let block =
        gateway.block(&cid).await?.ok_or(Refused(StatusCode::NOT_FOUND, "this block is not kept here"))?;
    if method == Method::GET {
        gateway.counters.gateway_blocks.add(1);
        gateway.counters.gateway_bytes.add(block.len() as u64);
    }
    let kind = HeaderValue::from_static(Type::Raw.media_type());
    let about = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_LENGTH, block.len().into()),
        (header::CONTENT_DISPOSITION, attachment(&cid, "bin")),
    ];
    Ok((headers(etag), about, in_pieces(block, place)).into_response())
}

impl Gateway {
    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, Refused> {
        if cid.hash().code() == IDENTITY {
            return Ok(Some(Bytes::copy_from_slice(cid.hash().digest())));
        }
        self.store.block(cid).await.map_err(|error| {
            tracing::error!(%error, "a block could not be read");
            Refused::UNAVAILABLE
        })
    }
}

/// The CID that an address names, and what stands behind it.
fn name(uri: &Uri) -> Result<(Cid, &str), Refused> {
    let path = uri.path().strip_prefix("/ipfs/").unwrap_or_default();
    let (cid, path) = path.split_once('/').unwrap_or((path, ""));
    let cid =
        Cid::try_from(cid).map_err(|_| Refused(StatusCode::BAD_REQUEST, "behind /ipfs/ stands no CID"))?;
    Ok((cid, path))
}

/// The tag of one representation of a CID.
fn etag(cid: &Cid, suffix: &str) -> HeaderValue {
    header_value(format!("\"{cid}.{suffix}\""))
}

/// Whether the asker has this representation already.
fn is_known(head: &HeaderMap, etag: &HeaderValue) -> bool {
    let known = head.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|value| value.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    known.into_iter().any(|tag| tag == "*" || tag.as_bytes() == etag.as_bytes())
}

fn headers(etag: HeaderValue) -> [(HeaderName, HeaderValue); 3] {
    [
        (header::CACHE_CONTROL, IMMUTABLE),
        (header::ETAG, etag),
        (header::VARY, HeaderValue::from_static("accept")),
    ]
}

/// What is answered is saved, never shown.
fn attachment(cid: &Cid, suffix: &str) -> HeaderValue {
    header_value(format!("attachment; filename=\"{cid}.{suffix}\""))
}

fn header_value(text: String) -> HeaderValue {
    text.try_into().expect("a CID is letters and digits")
}

/// The bytes as a body, which has its place until the last of them is on its way.
fn in_pieces(bytes: Bytes, place: Answer) -> Body {
    let pieces = stream::unfold((bytes, place), async |(mut bytes, place)| {
        let piece = bytes.split_to(bytes.len().min(PIECE));
        (!piece.is_empty()).then(|| (Ok::<_, io::Error>(piece), (bytes, place)))
    });
    Body::from_stream(pieces)
}

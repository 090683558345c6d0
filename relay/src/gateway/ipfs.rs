//! `/ipfs/{cid}` and paths below it: chooses the representation, and adds the headers of every response.

use std::sync::Arc;

use axum::{
    extract::{Extension, Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use cid::Cid;

use super::{
    Gateway, Rejection,
    accept::{self, Type},
    archives::Extent,
};
use crate::network::Network;

/// Content under a CID never changes, so clients may cache it for ever.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=29030400, immutable");

const NO_CID: Rejection = Rejection(StatusCode::BAD_REQUEST, "behind /ipfs/ stands no CID");
const NO_RECORD: Rejection = Rejection(StatusCode::BAD_REQUEST, "records are asked for behind /ipns/");
const NO_PATH: Rejection =
    Rejection(StatusCode::BAD_REQUEST, "a block is asked for by its CID, without a path");

pub(super) async fn answer(
    State(gateway): State<Arc<Gateway>>,
    Extension(network): Extension<Network>,
    Path(named): Path<String>,
    method: Method,
    uri: Uri,
    head: HeaderMap,
) -> Result<Response, Rejection> {
    let (cid, path) = named.split_once('/').unwrap_or((&named, ""));
    let cid = Cid::try_from(cid).map_err(|_| NO_CID)?;
    let kind = accept::requested(uri.query(), &head)?;
    let extent = match kind {
        Type::Raw if !path.is_empty() => return Err(NO_PATH),
        Type::Raw => None,
        Type::Car => Some(Extent::requested(uri.query())?),
        Type::Record => return Err(NO_RECORD),
    };
    let etag = match &extent {
        None => format!("\"{cid}.raw\""),
        Some(extent) => extent.etag(&cid, path),
    };
    let etag = header_value(etag);
    if is_known(&head, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, headers(etag)).into_response());
    }
    let answer = match extent {
        None => gateway.block_of(network, &cid, &method).await,
        Some(extent) => gateway.archive_of(network, cid, path.to_owned(), extent, &method).await,
    };
    match answer {
        Ok(answer) => {
            let kind = HeaderValue::from_static(kind.media_type());
            Ok((headers(etag), [(header::CONTENT_TYPE, kind)], answer).into_response())
        }
        // The gateway specification answers `only-if-cached` with 412.
        Err(Rejection(StatusCode::NOT_FOUND, why)) if only_if_cached(&head) => {
            Err(Rejection(StatusCode::PRECONDITION_FAILED, why))
        }
        Err(refused) => Err(refused),
    }
}

/// Whether the client has this representation already.
pub(super) fn is_known(head: &HeaderMap, etag: &HeaderValue) -> bool {
    let known = head.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|value| value.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    known.into_iter().any(|tag| tag == "*" || tag.as_bytes() == etag.as_bytes())
}

fn only_if_cached(head: &HeaderMap) -> bool {
    let asked = head.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    asked.flat_map(|value| value.split(',')).any(|directive| directive.trim() == "only-if-cached")
}

fn headers(etag: HeaderValue) -> [(HeaderName, HeaderValue); 3] {
    [
        (header::CACHE_CONTROL, IMMUTABLE),
        (header::ETAG, etag),
        (header::VARY, HeaderValue::from_static("accept")),
    ]
}

/// Browsers save the response and never show it.
pub(super) fn attachment(cid: &Cid, suffix: &str) -> (HeaderName, HeaderValue) {
    (header::CONTENT_DISPOSITION, header_value(format!("attachment; filename=\"{cid}.{suffix}\"")))
}

pub(super) fn header_value(text: String) -> HeaderValue {
    text.try_into().expect("a CID is letters and digits, a scope is ASCII")
}

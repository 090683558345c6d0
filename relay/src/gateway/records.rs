//! `/ipns/{name}` and `/routing/v1/ipns/{name}`: signed records.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    body::{self, Body},
    extract::{Extension, Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use spinney::{
    format::{RAW, cid_of, ipns},
    keys::Id,
    net::records::{Backend, MAX_RECORD, Refusal},
    platform,
};

use super::{
    Gateway, Rejection,
    accept::{self, Type},
};
use crate::{limits, network::Network};

/// The body if there is no record. Routers answer 200 with another content type then.
const NONE: &str = "this relay has no record of this name";

/// Seconds to cache a record that has no TTL.
const TTL: u64 = 60;

/// Answers as a gateway: 404 if there is no record.
pub(super) async fn resolve(
    State(gateway): State<Arc<Gateway>>,
    Path(name): Path<String>,
    uri: Uri,
    head: HeaderMap,
) -> Result<Response, Rejection> {
    if accept::requested(uri.query(), &head)? != Type::Record {
        return Err(Rejection(StatusCode::BAD_REQUEST, "behind /ipns/ there are records alone"));
    }
    gateway.answer(&name).await?.ok_or(Rejection(StatusCode::NOT_FOUND, NONE))
}

/// Answers as a router: 200 if there is no record.
pub(super) async fn find(
    State(gateway): State<Arc<Gateway>>,
    Path(name): Path<String>,
    head: HeaderMap,
) -> Result<Response, Rejection> {
    if !matches!(accept::accepted(&head), Ok(Type::Record)) {
        return Err(Rejection(
            StatusCode::NOT_ACCEPTABLE,
            "retry with Accept: application/vnd.ipfs.ipns-record",
        ));
    }
    let none = || ([(header::CACHE_CONTROL, "no-cache")], NONE).into_response();
    Ok(gateway.answer(&name).await?.unwrap_or_else(none))
}

/// Stores a record by the same rules as over libp2p.
pub(super) async fn put(
    State(gateway): State<Arc<Gateway>>,
    Extension(network): Extension<Network>,
    Path(name): Path<String>,
    head: HeaderMap,
    body: Body,
) -> Result<StatusCode, Rejection> {
    if head.get(header::CONTENT_TYPE).is_none_or(|kind| kind != Type::Record.media_type()) {
        let why = "retry with Content-Type: application/vnd.ipfs.ipns-record";
        return Err(Rejection(StatusCode::NOT_ACCEPTABLE, why));
    }
    let id = id(&name)?;
    if network.is_some_and(|network| !gateway.puts.allows(network)) {
        return Err(Rejection::BUSY);
    }
    let body = tokio::time::timeout(limits::HANDSHAKE, body::to_bytes(body, MAX_RECORD)).await;
    let body = body.map_err(|_| Rejection(StatusCode::REQUEST_TIMEOUT, "the record did not come in time"))?;
    let record = body.map_err(|_| Rejection(StatusCode::PAYLOAD_TOO_LARGE, "a record has at most 10 KiB"))?;
    match gateway.records.store(id, record, None).await {
        Ok(()) => Ok(StatusCode::OK),
        Err(refusal) => Err(refused(&refusal)),
    }
}

fn refused(refusal: &Refusal) -> Rejection {
    match refusal {
        Refusal::BadRecord => Rejection(StatusCode::BAD_REQUEST, "the record does not hold under this name"),
        Refusal::Conflict { .. } => Rejection(StatusCode::CONFLICT, "another record stands there, not older"),
        Refusal::UnknownRoot => Rejection(
            StatusCode::UNPROCESSABLE_ENTITY,
            "the root that the record names is not pinned here by this name: push and pin it first",
        ),
        Refusal::Ahead => {
            Rejection(StatusCode::BAD_REQUEST, "the sequence is more than 30 days ahead: it is unix seconds")
        }
        Refusal::NotAdmitted => Rejection(
            StatusCode::FORBIDDEN,
            "this relay keeps records only for names that its operator invited: send the name to the operator",
        ),
        Refusal::TooLarge => Rejection(StatusCode::PAYLOAD_TOO_LARGE, "a record has at most 10 KiB"),
        Refusal::Quota { .. } => Rejection(
            StatusCode::INSUFFICIENT_STORAGE,
            "what this name may store is used up: unpin something",
        ),
        Refusal::Full => Rejection(StatusCode::INSUFFICIENT_STORAGE, "the relay has no room"),
        // Nothing that comes by HTTP says which device it is of.
        Refusal::Unavailable | Refusal::Removed | Refusal::Other => Rejection::UNAVAILABLE,
    }
}

impl Gateway {
    /// Responds with the newest record of a name, unless it has expired.
    async fn answer(&self, name: &str) -> Result<Option<Response>, Rejection> {
        let id = id(name)?;
        let record = self.records.get(id).await.map_err(|refusal| refused(&refusal))?;
        // The record was verified when it was stored; opening it reads how long it is valid.
        let opened =
            record.and_then(|(_, bytes)| Some((ipns::open(&bytes, &id.verifying_key()).ok()?, bytes)));
        let now = platform::now_ms();
        Ok(opened
            .filter(|(record, _)| !record.is_expired(now))
            .map(|(record, bytes)| respond(&record, bytes, now)))
    }
}

fn respond(record: &ipns::Record, bytes: Bytes, now: u64) -> Response {
    let ttl = match Duration::from_nanos(record.ttl).as_secs() {
        0 => TTL,
        seconds => seconds,
    };
    let left = (record.until - now) / 1000;
    let fresh = format!("public, max-age={ttl}, stale-while-revalidate={left}, stale-if-error={left}");
    let text = |text: String| HeaderValue::try_from(text).expect("the text is ASCII");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(Type::Record.media_type())),
        (header::CACHE_CONTROL, text(fresh)),
        (
            header::EXPIRES,
            text(httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_millis(record.until))),
        ),
        (header::ETAG, text(format!("\"{}\"", cid_of(RAW, &bytes)))),
        (header::VARY, HeaderValue::from_static("accept")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"record.ipns-record\""),
        ),
    ];
    (headers, bytes).into_response()
}

fn id(name: &str) -> Result<Id, Rejection> {
    name.parse().map_err(|_| Rejection(StatusCode::BAD_REQUEST, "this is no name of an identity (k51…)"))
}

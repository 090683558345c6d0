//! What the pinning service answers: statuses of pins, and failures.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;
use serde::Serialize;

use super::details;
use crate::{
    limits,
    store::{PinRequest, PinStatus, Wanted},
};

/// `PinResults` of the specification.
#[derive(Serialize)]
pub(super) struct Answers {
    pub(super) count: u64,
    pub(super) results: Vec<Answer>,
}

/// `PinStatus` of the specification.
#[derive(Serialize)]
pub(super) struct Answer {
    requestid: String,
    status: &'static str,
    created: String,
    pin: Wanted,
    delegates: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    info: BTreeMap<&'static str, &'static str>,
}

impl Answer {
    pub(super) fn new(request: PinRequest, delegates: &[String]) -> Self {
        let created = Duration::from_millis(request.created.unsigned_abs());
        Self {
            requestid: HEXLOWER.encode(&request.id),
            status: match request.status {
                PinStatus::Queued => "queued",
                PinStatus::Pinned => "pinned",
                _ => "failed",
            },
            created: humantime::format_rfc3339_millis(SystemTime::UNIX_EPOCH + created).to_string(),
            pin: request.wanted,
            delegates: delegates.to_vec(),
            info: details(request.status).map(|details| ("status_details", details)).into_iter().collect(),
        }
    }
}

/// `Failure` of the specification: a status, a reason for programs, and a sentence for people.
#[derive(Debug)]
pub(super) struct Failure(StatusCode, &'static str, Cow<'static, str>);

impl Failure {
    pub(super) const UNAUTHORIZED: Self =
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "the token is missing, wrong, or was ended");
    pub(super) const NOT_ADMITTED: Self = Self::new(
        StatusCode::FORBIDDEN,
        "NOT_ADMITTED",
        "this relay stores nothing for the identity of this token: ask its operator",
    );
    pub(super) const NOT_FOUND: Self =
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "this identity has no such pin request");
    pub(super) const TOO_MANY: Self = Self::new(
        StatusCode::CONFLICT,
        "INSUFFICIENT_FUNDS",
        "this identity has as many pin requests as it may: remove some",
    );
    pub(super) const TOO_LARGE: Self =
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", "a pin request has at most 8 KiB");
    pub(super) const TOO_SLOW: Self =
        Self::new(StatusCode::REQUEST_TIMEOUT, "TOO_SLOW", "the request did not come in time");
    pub(super) const BUSY: Self = Self::new(
        StatusCode::TOO_MANY_REQUESTS,
        "TOO_MANY_REQUESTS",
        "too many requests with this token: ask again later",
    );
    pub(super) const FULL: Self =
        Self::new(StatusCode::INSUFFICIENT_STORAGE, "NO_ROOM", "the relay has no room: ask again later");
    pub(super) const UNAVAILABLE: Self =
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "the relay cannot now: ask again later");

    const fn new(status: StatusCode, reason: &'static str, details: &'static str) -> Self {
        Self(status, reason, Cow::Borrowed(details))
    }

    /// The client's mistake, said so that it can be mended.
    pub(super) fn bad(details: impl Into<Cow<'static, str>>) -> Self {
        Self(StatusCode::BAD_REQUEST, "BAD_REQUEST", details.into())
    }
}

/// A response with a value that has a JSON form.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let json = serde_json::to_string(value).expect("texts and numbers have a JSON form");
    (status, [(header::CONTENT_TYPE, "application/json")], json).into_response()
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(status, reason, details) = self;
        let error = serde_json::json!({ "error": { "reason": reason, "details": details } });
        let mut response = json(status, &error);
        let head = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            head.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            head.insert(header::RETRY_AFTER, HeaderValue::from(limits::RETRY_AFTER.as_secs()));
        }
        response
    }
}

//! `/pins`: serves the [IPFS Pinning Service API](https://ipfs.github.io/pinning-services-api-spec/), version 1.0.
//!
//! Who has a token of the operator pins what the relay has, for the identity and within the quota of the token. The relay
//! dials nobody: a request whose blocks are not here waits until somebody pushes them, and fails after a day.

mod answer;
mod question;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts, Path, State},
    http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::Response,
    routing::get,
};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use spinney::{keys::Id, net::keep::Refusal};
use tower_http::{
    cors::{Any, CorsLayer},
    set_header::SetResponseHeaderLayer,
};

use self::answer::{Answer, Answers, Failure, json};
use crate::{
    admission::Policy,
    limits,
    metrics::Metrics,
    rate_limit::RateLimit,
    store::{Error, PinRequests, PinStatus, PinTokens, RequestId},
};

/// Pins for who has a token.
pub(crate) struct Service {
    pub(crate) policy: Policy,
    pub(crate) tokens: Arc<dyn PinTokens>,
    pub(crate) requests: Arc<dyn PinRequests>,
    pub(crate) metrics: Arc<Metrics>,
    /// Our addresses, at least one and at most 20: there blocks are pushed.
    pub(crate) delegates: Vec<String>,
    /// Requests with each token, by its number.
    pub(crate) calls: RateLimit<i64>,
}

/// The routes at `/pins`. Pages of every origin may call them, because nothing but the token gives a right.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(service: Arc<Service>) -> Router<S> {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        // A `*` would not allow the first one.
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER])
        .max_age(limits::CORS_AGE);
    let no_store = HeaderValue::from_static("no-store");
    Router::new()
        .route("/pins", get(list).post(add))
        .route("/pins/{request}", get(find).post(replace).delete(remove))
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, no_store))
        .layer(cors)
        .with_state(service)
}

/// The identity that a request with a token is for.
struct Caller(Id);

impl FromRequestParts<Arc<Service>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(head: &mut Parts, service: &Arc<Service>) -> Result<Self, Failure> {
        let token = token(head).ok_or(Failure::UNAUTHORIZED)?;
        let found = service.tokens.pin_token(&token).await.map_err(|error| failure(&error))?;
        let (number, id) = found.ok_or(Failure::UNAUTHORIZED)?;
        if !service.calls.allows(number) {
            return Err(Failure::BUSY);
        }
        match service.policy.admits(&id).await.map_err(|error| failure(&error))? {
            true => Ok(Self(id)),
            false => Err(Failure::NOT_ADMITTED),
        }
    }
}

/// Reads `Authorization: Bearer <token>` (RFC 6750, section 2.1).
fn token(head: &Parts) -> Option<[u8; 32]> {
    let value = head.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = BASE64URL_NOPAD.decode(token.trim().as_bytes()).ok()?;
    token.try_into().ok().filter(|_| scheme.eq_ignore_ascii_case("bearer"))
}

async fn list(State(service): State<Arc<Service>>, caller: Caller, uri: Uri) -> Result<Response, Failure> {
    let filter = question::filter(uri.query())?;
    let (count, requests) =
        service.requests.pin_requests(&caller.0, &filter).await.map_err(|error| failure(&error))?;
    let results = requests.into_iter().map(|request| Answer::new(request, &service.delegates));
    Ok(json(StatusCode::OK, &Answers { count, results: results.collect() }))
}

async fn add(State(service): State<Arc<Service>>, caller: Caller, body: Body) -> Result<Response, Failure> {
    service.put(&caller.0, body, None).await
}

async fn replace(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(request): Path<String>,
    body: Body,
) -> Result<Response, Failure> {
    service.put(&caller.0, body, Some(request_id(&request)?)).await
}

async fn find(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(request): Path<String>,
) -> Result<Response, Failure> {
    let request = request_id(&request)?;
    service.attempt(&caller.0, &request).await;
    Ok(json(StatusCode::OK, &service.find(&caller.0, &request).await?))
}

async fn remove(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(request): Path<String>,
) -> Result<StatusCode, Failure> {
    let request = request_id(&request)?;
    match service.requests.drop_request(&caller.0, &request).await.map_err(|error| failure(&error))? {
        true => Ok(StatusCode::ACCEPTED),
        false => Err(Failure::NOT_FOUND),
    }
}

impl Service {
    async fn put(&self, id: &Id, body: Body, replaces: Option<RequestId>) -> Result<Response, Failure> {
        let (cid, wanted) = question::wanted(body).await?;
        let added = self.requests.request_pin(id, &cid, &wanted, replaces.as_ref()).await;
        let request = added.map_err(|error| failure(&error))?.ok_or(Failure::NOT_FOUND)?;
        self.attempt(id, &request).await;
        Ok(json(StatusCode::ACCEPTED, &self.find(id, &request).await?))
    }

    async fn find(&self, id: &Id, request: &RequestId) -> Result<Answer, Failure> {
        let found = self.requests.pin_request(id, request).await.map_err(|error| failure(&error))?;
        Ok(Answer::new(found.ok_or(Failure::NOT_FOUND)?, &self.delegates))
    }

    /// Pins a queued request if all of it is here. It stays queued if the store fails, and is tried again.
    async fn attempt(&self, id: &Id, request: &RequestId) {
        match self.requests.try_request(id, request).await {
            Ok(true) => self.metrics.pins.add(1),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "a pin request could not be tried"),
        }
    }

    /// Tries the queued requests once in every period.
    pub(crate) async fn run(self: Arc<Self>, period: Duration) {
        loop {
            tokio::time::sleep(period).await;
            if let Err(error) = self.attempt_all().await {
                tracing::error!(%error, "pin requests could not be tried");
            }
        }
    }

    async fn attempt_all(&self) -> Result<(), Error> {
        let mut last = None;
        loop {
            let queued = self.requests.queued_requests(last).await?;
            let Some((_, end)) = queued.last() else { return Ok(()) };
            last = Some(*end);
            for (id, request) in &queued {
                if self.policy.admits(id).await? {
                    self.attempt(id, request).await;
                }
            }
        }
    }
}

fn request_id(text: &str) -> Result<RequestId, Failure> {
    let bytes = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or(Failure::NOT_FOUND)
}

/// Names a refusal; logs any other error without the identity, because logs name nobody.
fn failure(error: &Error) -> Failure {
    match error {
        Error::Refused(Refusal::TooManyPins) => Failure::TOO_MANY,
        Error::Refused(Refusal::Full) => Failure::FULL,
        error => {
            tracing::error!(%error, "a pin request cannot be answered");
            Failure::UNAVAILABLE
        }
    }
}

/// What `info` says of a status.
fn details(status: PinStatus) -> Option<&'static str> {
    match status {
        PinStatus::Queued => Some("some blocks are not here: push them to this relay within a day"),
        PinStatus::Pinned => None,
        PinStatus::NoQuota => Some("the quota is used up: remove something, then ask again"),
        PinStatus::NoRoom => Some("the relay has no room: ask again later"),
        PinStatus::TooLarge => Some("it reaches more blocks than one pin may"),
        PinStatus::BadBlock => Some("a block cannot be read as what its CID says"),
        PinStatus::Late => Some("its blocks did not come within a day"),
    }
}

//! Serves IPFS tools over HTTP: blocks and records that the client can verify, and nothing rendered.
//!
//! A [trustless gateway](https://specs.ipfs.tech/http-gateways/trustless-gateway/) to the blocks of the store, which
//! fetches nothing from elsewhere, and the part of
//! [delegated routing](https://specs.ipfs.tech/routing/http-routing-v1/) for IPNS records. Pages of every origin may
//! ask.

mod accept;
mod archives;
mod blocks;
#[cfg(feature = "testing")]
pub(crate) mod fuzzing;
mod ipfs;
mod paced;
mod records;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use tower::ServiceBuilder;
use tower_http::{
    cors::{Any, CorsLayer},
    set_header::SetResponseHeaderLayer,
};

use crate::{
    concurrency::Limit,
    limits,
    metrics::Metrics,
    network::{self, Proxies},
    rate_limit::RateLimit,
    store::Blobs,
};

/// What the handlers need.
pub(crate) struct Gateway {
    blobs: Arc<dyn Blobs>,
    metrics: Arc<Metrics>,
    records: Arc<crate::records::Service>,
    proxies: Arc<Proxies>,
    /// Puts of records from each network.
    puts: RateLimit<IpAddr>,
    /// Responses with a block that are being sent.
    block_responses: Limit<IpAddr>,
    /// Archives that are being sent.
    archives: Limit<IpAddr>,
}

impl Gateway {
    pub(crate) fn new(
        blobs: Arc<dyn Blobs>,
        metrics: Arc<Metrics>,
        records: Arc<crate::records::Service>,
        proxies: Arc<Proxies>,
    ) -> Self {
        let puts = RateLimit::new(limits::PUTS, limits::PUT_PERIOD);
        Self {
            blobs,
            metrics,
            records,
            proxies,
            puts,
            block_responses: Limit::new(limits::BLOCK_RESPONSES, limits::BLOCK_RESPONSES_PER_NETWORK),
            archives: Limit::new(limits::ARCHIVES, limits::ARCHIVES_PER_NETWORK),
        }
    }
}

/// The routes below `/ipfs`, `/ipns` and `/routing`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(gateway: Arc<Gateway>) -> Router<S> {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD, Method::PUT])
        .allow_headers(Any)
        .expose_headers([header::CONTENT_LENGTH, header::CONTENT_DISPOSITION, header::ETAG, header::EXPIRES])
        .max_age(limits::CORS_AGE);
    let fixed =
        |name: HeaderName, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    // If a browser shows a response, it is a document without an origin that may do nothing.
    let sandboxed = ServiceBuilder::new()
        .layer(fixed(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    Router::new()
        .route("/ipfs/{*path}", get(ipfs::answer))
        .route("/ipns/{name}", get(records::resolve))
        .route("/routing/v1/ipns/{name}", get(records::find).put(records::put))
        .route("/routing/{*rest}", get(async || StatusCode::NOT_IMPLEMENTED))
        .layer(middleware::from_fn_with_state(gateway.clone(), insert_network))
        .layer(sandboxed)
        .layer(cors)
        .with_state(gateway)
}

/// Tells the handlers the network of the client.
async fn insert_network(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let network = network::of(gateway.proxies.client(from.ip(), request.headers()));
    request.extensions_mut().insert(network);
    next.run(request).await
}

/// Why a request is rejected: a status, and a sentence for the person who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rejection(StatusCode, &'static str);

impl Rejection {
    /// The client may ask again later.
    const BUSY: Self = Self(StatusCode::TOO_MANY_REQUESTS, "too much at once: ask again later");
    const UNAVAILABLE: Self = Self(StatusCode::SERVICE_UNAVAILABLE, "the relay cannot now: ask again later");
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let Self(status, why) = self;
        let mut response = (status, [(header::CACHE_CONTROL, "no-store")], why).into_response();
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            let seconds = HeaderValue::from(limits::RETRY_AFTER.as_secs());
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

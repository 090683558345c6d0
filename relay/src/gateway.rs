//! What the IPFS world asks over HTTP: blocks and records that whoever asks can verify, and nothing rendered.
//!
//! A [trustless gateway](https://specs.ipfs.tech/http-gateways/trustless-gateway/) to what is kept here, which
//! looks for nothing elsewhere, and the part of
//! [delegated routing](https://specs.ipfs.tech/routing/http-routing-v1/) that is about IPNS records. Pages of
//! every origin may ask.

mod accept;
mod archives;
mod blocks;
mod ipfs;
mod records;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
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
    counters::Counters,
    limits, network,
    places::{Turn, Turns},
    rate::Rate,
    records::Records,
    store::Store,
};

/// What answers are made from.
pub(crate) struct Gateway {
    store: Store,
    counters: Arc<Counters>,
    records: Arc<Records>,
    /// Puts of records from each network.
    puts: Rate<IpAddr>,
    /// Answers with blocks that are under way.
    answers: Turns<IpAddr>,
    /// Answers with archives that are under way.
    archives: Turns<IpAddr>,
}

/// What an answer holds until the last byte is on its way.
type Answer = Turn<IpAddr>;

impl Gateway {
    pub(crate) fn new(store: Store, counters: Arc<Counters>, records: Arc<Records>) -> Self {
        let puts = Rate::new(limits::PUTS, limits::RATE_PERIOD);
        Self {
            store,
            counters,
            records,
            puts,
            answers: Turns::new(limits::ANSWERS, limits::ANSWERS_PER_NETWORK),
            archives: Turns::new(limits::ARCHIVES, limits::ARCHIVES_PER_NETWORK),
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
    // Should a browser be made to show an answer, then as a document of no origin that may do nothing.
    let harmless = ServiceBuilder::new()
        .layer(fixed(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    Router::new()
        .route("/ipfs/{*path}", get(ipfs::answer))
        .route("/ipns/{name}", get(records::resolve))
        .route("/routing/v1/ipns/{name}", get(records::find).put(records::put))
        .route("/routing/{*rest}", get(async || StatusCode::NOT_IMPLEMENTED))
        .layer(middleware::from_fn(name_network))
        .layer(harmless)
        .layer(cors)
        .with_state(gateway)
}

/// Notes for the handlers from which network a request comes.
async fn name_network(
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let network = network::of(network::behind(from.ip(), request.headers()));
    request.extensions_mut().insert(network);
    next.run(request).await
}

/// Why a request is not answered as asked, as its status and a sentence for whoever reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused(StatusCode, &'static str);

impl Refused {
    /// The asker has to wait, and may ask again.
    const BUSY: Self = Self(StatusCode::TOO_MANY_REQUESTS, "too much at once: ask again later");
    const UNAVAILABLE: Self = Self(StatusCode::SERVICE_UNAVAILABLE, "the relay cannot now: ask again later");
}

impl IntoResponse for Refused {
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

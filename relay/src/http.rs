//! The one port: HTTP, and libp2p over whatever asks to become a WebSocket.

use std::{net::SocketAddr, path::Path, sync::Arc};

use axum::{
    Router,
    extract::{
        ConnectInfo, Extension, Request, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, get_service},
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use libp2p::PeerId;
use serde::Serialize;
use tokio::{net::TcpListener, sync::mpsc};
use tower::ServiceExt;
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

use crate::{
    counters::Counters,
    limits, network,
    places::{Places, Seated},
    transport::Upgraded,
};

/// What requests are answered from.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) peer: PeerId,
    pub(crate) counters: Arc<Counters>,
    pub(crate) upgraded: mpsc::Sender<Upgraded>,
}

#[derive(Serialize)]
struct Health<'a> {
    version: &'static str,
    peer: String,
    counters: &'a Counters,
}

/// The routes, those of the gateway and the page among them if there are any.
pub(crate) fn router(site: Site, page: Option<&Path>, gateway: Router<Site>) -> Router {
    let page: MethodRouter<Site> = match page {
        Some(folder) => get_service(ServeDir::new(folder).precompressed_br().precompressed_gzip()),
        None => get(async || StatusCode::NOT_FOUND),
    };
    let fixed = |name: HeaderName, value| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    Router::new()
        .route("/healthz", get(health))
        .route("/", get(root))
        .merge(gateway)
        .fallback_service(page.clone().with_state(site.clone()))
        .layer(Extension(Page(page.with_state(site.clone()))))
        // Names are stable from build to build, so a browser asks each time; most answers are 304.
        .layer(fixed(header::CACHE_CONTROL, "no-cache"))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .with_state(site)
}

/// The page as a service of its own, for the one path that it shares with libp2p.
#[derive(Clone)]
struct Page(MethodRouter);

async fn health(State(site): State<Site>) -> Response {
    let version = env!("CARGO_PKG_VERSION");
    let health = Health { version, peer: site.peer.to_string(), counters: &site.counters };
    let json = serde_json::to_string(&health).expect("texts and numbers have a JSON form");
    // A page of another origin may look after its relay.
    ([(header::CONTENT_TYPE, "application/json"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], json)
        .into_response()
}

async fn root(
    State(site): State<Site>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Extension(Page(page)): Extension<Page>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    let Ok(upgrade) = upgrade else {
        return page.oneshot(request).await.into_response();
    };
    // A place is taken before the upgrade, so that whoever finds none is told so in HTTP.
    let Ok(place) = site.upgraded.try_reserve_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    site.counters.connections.add(1);
    let from = SocketAddr::new(network::behind(from.ip(), request.headers()), from.port());
    upgrade.max_message_size(limits::WS_MESSAGE).max_frame_size(limits::WS_MESSAGE).on_upgrade(
        async move |socket| {
            place.send((socket, from));
        },
    )
}

/// Accepts connections until the future is dropped; those that stand then end with their own tasks.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let places = Places::new();
    loop {
        // Who finds no place waits in the system's queue.
        let place = places.free().await;
        match listener.accept().await {
            Ok((stream, from)) => {
                stream.set_nodelay(true).ok();
                if let Some(seated) = places.seat(place, stream, from.ip()) {
                    tokio::spawn(connection(seated, from, router.clone()));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(limits::NO_ROOM).await;
            }
        }
    }
}

async fn connection(seated: Seated, from: SocketAddr, router: Router) {
    let service = TowerToHyperService::new(router.layer(Extension(ConnectInfo(from))));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HANDSHAKE)
        .serve_connection(TokioIo::new(seated), service)
        .with_upgrades();
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

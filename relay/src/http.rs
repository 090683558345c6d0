//! The one port: HTTP, and libp2p over WebSockets at `/`.

use std::{net::SocketAddr, path::Path, sync::Arc};

use axum::{
    Router,
    extract::{
        ConnectInfo, Extension, Request, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
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
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{
    connection_limits::{Connection, ConnectionLimits},
    limits,
    metrics::Metrics,
    network::{self, Proxies},
    page,
    store::{Room, RoomStatus},
    transport::UpgradedSocket,
};

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) peer: PeerId,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) room: Arc<dyn Room>,
    pub(crate) upgraded: mpsc::Sender<UpgradedSocket>,
    pub(crate) proxies: Arc<Proxies>,
    pub(crate) connections: ConnectionLimits,
}

#[derive(Serialize)]
struct Health<'a> {
    version: &'static str,
    peer: String,
    disk: RoomStatus,
    counters: &'a Metrics,
}

/// The routes, with others: those of the gateway and the pinning service, and the page, if they are on.
pub(crate) fn router(site: Site, folder: Option<&Path>, others: Router<Site>) -> Router {
    let page: MethodRouter<Site> = match folder {
        Some(folder) => page::serve(folder),
        None => get(async || StatusCode::NOT_FOUND),
    };
    let fixed = |name: HeaderName, value| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    Router::new()
        .route("/healthz", get(health))
        .route("/", get(root))
        .merge(others)
        .fallback_service(page.clone().with_state(site.clone()))
        .layer(Extension(Page(page.with_state(site.clone()))))
        // What says nothing of its own must be revalidated; most responses are 304.
        .layer(fixed(header::CACHE_CONTROL, "no-cache"))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .with_state(site)
}

/// The page, for the one path that it shares with libp2p.
#[derive(Clone)]
struct Page(MethodRouter);

async fn health(State(site): State<Site>) -> Response {
    let version = env!("CARGO_PKG_VERSION");
    let disk = match site.room.room().await {
        Ok(disk) => disk,
        Err(error) => {
            tracing::error!(%error, "the data folder cannot be read");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let health = Health { version, peer: site.peer.to_string(), disk, counters: &site.metrics };
    let json = serde_json::to_string(&health).expect("texts and numbers have a JSON form");
    // Pages of other origins may check on their relay.
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
    let client = site.proxies.client(from.ip(), request.headers());
    // Both are taken before the upgrade, so that a client gets an HTTP status if there is no room.
    let Some(seat) = site.connections.seat(from.ip(), network::of(client)) else {
        return refused(StatusCode::TOO_MANY_REQUESTS);
    };
    let Ok(reserved) = site.upgraded.try_reserve_owned() else {
        return refused(StatusCode::SERVICE_UNAVAILABLE);
    };
    site.metrics.connections.add(1);
    let client = SocketAddr::new(client, from.port());
    upgrade.max_message_size(limits::WS_MESSAGE).max_frame_size(limits::WS_MESSAGE).on_upgrade(
        async move |socket| {
            reserved.send(UpgradedSocket { socket, client, seat });
        },
    )
}

/// The client may connect later.
fn refused(status: StatusCode) -> Response {
    (status, [(header::RETRY_AFTER, limits::RETRY_AFTER.as_secs().to_string())]).into_response()
}

/// Accepts connections until the future is dropped; open ones end with their own tasks.
pub(crate) async fn serve(listener: TcpListener, connections: ConnectionLimits, router: Router) {
    loop {
        // If there is none, further connections wait in the queue of the system.
        let slot = connections.slot().await;
        match listener.accept().await {
            Ok((stream, from)) => {
                stream.set_nodelay(true).ok();
                if let Some(connection) = connections.admit(slot, stream, from.ip()) {
                    tokio::spawn(serve_connection(connection, from, router.clone()));
                }
            }
            Err(error) => limits::pause_receiving("a connection", error).await,
        }
    }
}

async fn serve_connection(connection: Connection, from: SocketAddr, router: Router) {
    let service = TowerToHyperService::new(router.layer(Extension(ConnectInfo(from))));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HANDSHAKE)
        .serve_connection(TokioIo::new(connection), service)
        .with_upgrades();
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

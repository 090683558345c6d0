//! Wires the parts together and runs them.

use std::{fmt::Display, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use futures::StreamExt;
use libp2p::{Multiaddr, PeerId, StreamProtocol, Swarm, relay, swarm::SwarmEvent};
use spinney::net::{
    bitswap::Exchange,
    keep, mailbox, records,
    streams::{Control, IncomingStream},
};
use tokio::{
    net::{TcpListener, UdpSocket},
    sync::mpsc,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Config, Stun,
    admission::Policy,
    behaviour::{self, Behaviour, BehaviourEvent},
    bitswap, concurrency,
    gateway::{self, Gateway},
    http::{self, Site},
    idle_timeout::IdleTimeout,
    key, limits,
    metrics::Metrics,
    network,
    rate_limit::RateLimit,
    store::{self, Blobs, Pins, Requests, Store},
    stun,
    tap::Tap,
    transport::{self, WebSocketTransport},
};

/// Why the relay did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store could not be opened.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The port could not be listened on.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// The port for STUN could not be listened on.
    #[error("cannot answer STUN on {address}: {error}; set `stun` to another address, or to \"off\"")]
    Stun {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// An external address names another relay.
    #[error("the external address {0} cannot be this relay's: leave out /p2p or correct it")]
    External(Multiaddr),
    /// The key or another file could not be read or written.
    #[error("cannot start: {0}")]
    Io(#[from] io::Error),
}

/// A relay that runs. Dropping it does not wait for its tasks.
pub struct Server {
    addresses: Vec<Multiaddr>,
    local: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
    store: Store,
}

impl Server {
    /// Returns the addresses of the relay with `/p2p/` and its id: its port first, then the external ones.
    pub fn addresses(&self) -> &[Multiaddr] {
        &self.addresses
    }

    /// Returns the address and port that the relay listens on.
    pub fn local(&self) -> SocketAddr {
        self.local
    }

    /// Stops accepting, waits a few seconds for running tasks, and closes the store.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(limits::SHUTDOWN, self.tasks.wait()).await.is_err() {
            tracing::warn!("some streams did not end in time");
        }
        self.store.close().await;
    }
}

impl Server {
    /// Runs a task until the relay stops.
    fn run(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move { stop.run_until_cancelled(task).await });
    }

    /// Serves a protocol, each stream in a task of its own; the limits of `streams` bound their number.
    fn serve<F, T, E>(&self, control: &Control, protocol: StreamProtocol, handler: F)
    where
        F: Fn(IncomingStream) -> T + Send + 'static,
        T: Future<Output = Result<(), E>> + Send + 'static,
        E: Display + Send,
    {
        let mut accepted = control.accept(protocol.clone()).expect("each protocol is accepted once");
        let (tasks, stop) = (self.tasks.clone(), self.stop.clone());
        self.run(async move {
            while let Some(stream) = accepted.next().await {
                let (task, stop, protocol) = (handler(stream), stop.clone(), protocol.clone());
                tasks.spawn(async move {
                    if let Some(Err(error)) = stop.run_until_cancelled(task).await {
                        tracing::debug!(%protocol, %error, "a stream ended early");
                    }
                });
            }
        });
    }
}

/// Starts a relay; it accepts connections when this returns.
pub async fn start(config: Config) -> Result<Server, StartError> {
    let store = Store::open(&config.data, config.allotment()).await?;
    let key = key::load(&config.data)?;
    let peer = key.public().to_peer_id();
    let listener = TcpListener::bind(config.listen).await;
    let listener = listener.map_err(|error| StartError::Listen { address: config.listen, error })?;
    let local = listener.local_addr()?;
    let stun = match config.stun {
        Stun::At(address) => {
            let socket = UdpSocket::bind(address).await;
            Some(socket.map_err(|error| StartError::Stun { address, error })?)
        }
        Stun::Off => None,
    };
    let addresses = addresses(peer, local, &config.external)?;
    let tap = Tap::open(&config)?;
    let config = Arc::new(config);
    let metrics = Arc::new(Metrics::default());

    let (upgraded, incoming) = mpsc::channel(limits::PENDING_UPGRADES);
    let control = Control::new();
    let mut swarm = behaviour::swarm(key, WebSocketTransport::new(incoming), control.clone())?;
    swarm.listen_on(transport::multiaddr(local)).map_err(io::Error::other)?;
    for address in &addresses {
        // Reservations contain these addresses.
        swarm.add_external_address(address.clone());
    }

    let running = Server {
        addresses,
        local,
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
        store: store.clone(),
    };
    // Each part gets the narrowest trait of the store.
    let shared = Arc::new(store.clone());
    let blobs: Arc<dyn Blobs> = shared.clone();
    let pins: Arc<dyn Pins> = shared.clone();
    let requests: Arc<dyn Requests> = shared.clone();
    let policy = Policy::new(config.clone(), shared.clone());

    let records = Arc::new(crate::records::Service {
        policy: policy.clone(),
        records: shared,
        metrics: metrics.clone(),
        puts: RateLimit::new(limits::PUTS, limits::PUT_PERIOD),
    });
    let gateway = config
        .serves_gateway()
        .then(|| gateway::router(Arc::new(Gateway::new(blobs.clone(), metrics.clone(), records.clone()))));
    running.serve(&control, records::PROTOCOL, {
        let tap = tap.clone();
        move |IncomingStream { peer, stream, .. }| {
            let (records, stream) = (records.clone(), tap.on(stream));
            async move { records::serve(stream, peer, &*records).await }
        }
    });
    let mailboxes =
        Arc::new(crate::mailbox::Service::new(policy.clone(), config.work, requests, metrics.clone()));
    running.serve(&control, mailbox::PROTOCOL, {
        let tap = tap.clone();
        move |IncomingStream { peer, remote, stream, .. }| {
            let (mailboxes, stream) = (mailboxes.clone(), tap.on(stream));
            async move {
                let session = mailboxes.session(peer, network::of_multiaddr(&remote));
                mailbox::serve(stream, peer, &session).await
            }
        }
    });
    let keep =
        Arc::new(crate::keep::Service { policy, blobs: blobs.clone(), pins, metrics: metrics.clone() });
    let sessions = concurrency::Limit::new(limits::KEEP_SESSIONS, limits::KEEP_SESSIONS_PER_PEER);
    running.serve(&control, keep::PROTOCOL, {
        let tap = tap.clone();
        move |IncomingStream { peer, stream, .. }| {
            let (keep, sessions, stream) = (keep.clone(), sessions.clone(), tap.on(stream));
            async move {
                // A device with too many sessions is disconnected; others wait for a permit.
                let Some(_permit) = sessions.acquire(Some(peer)).await else { return Ok(()) };
                keep::serve(IdleTimeout::new(stream, limits::KEEP_IDLE), peer, &*keep).await
            }
        }
    });

    let (_, exchange) = Exchange::new(control).expect("each protocol is accepted once");
    running.run(exchange.run(bitswap::Service { blobs, metrics: metrics.clone(), tap }));

    let site = Site { peer, metrics: metrics.clone(), upgraded };
    let router = http::router(site, config.page.as_deref(), gateway.unwrap_or_default());
    running.run(http::serve(listener, router));
    if let Some(socket) = stun {
        running.run(stun::serve(socket, metrics.clone()));
    }
    running.run(run_swarm(swarm, metrics));
    running.run(collect(store, Duration::from_secs(config.collect.max(1))));
    Ok(running)
}

/// The address of the port and the external ones, each with our id.
fn addresses(peer: PeerId, local: SocketAddr, external: &[Multiaddr]) -> Result<Vec<Multiaddr>, StartError> {
    let all = std::iter::once(transport::multiaddr(local)).chain(external.iter().cloned());
    all.map(|address| address.clone().with_p2p(peer).map_err(|_| StartError::External(address))).collect()
}

/// Runs the swarm.
async fn run_swarm(mut swarm: Swarm<Behaviour>, metrics: Arc<Metrics>) {
    loop {
        if let SwarmEvent::Behaviour(BehaviourEvent::Relay(relay::Event::CircuitReqAccepted { .. })) =
            swarm.select_next_some().await
        {
            metrics.circuits.add(1);
        }
    }
}

/// Collects garbage once in every period.
async fn collect(store: Store, period: Duration) {
    loop {
        tokio::time::sleep(period).await;
        if let Err(error) = store.collect().await {
            tracing::error!(%error, "garbage could not be collected");
        }
    }
}

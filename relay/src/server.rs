//! Wires the parts together and runs them.

use std::{fmt::Display, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use futures::StreamExt;
use libp2p::{Multiaddr, PeerId, StreamProtocol, Swarm, relay, swarm::SwarmEvent};
use spinney::net::{
    Pool,
    bitswap::{Bounds, Exchange},
    keep, mailbox, records, share,
    streams::{Control, IncomingStream},
};
use tokio::{
    net::{TcpListener, UdpSocket},
    sync::mpsc,
};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Config, Stun,
    admission::Policy,
    behaviour::{self, Behaviour, BehaviourEvent},
    bitswap,
    circuits::Circuits,
    connection_limits::ConnectionLimits,
    gateway::{self, Gateway},
    http::{self, Site},
    idle_timeout::IdleTimeout,
    keep::Pushes,
    key, limits,
    memory::Memory,
    metrics::Metrics,
    network::{self, Proxies},
    pinning,
    rate_limit::RateLimit,
    sessions::{KeepLimits, KeepSession, RecordLimits, RecordSession},
    store::{self, Blobs, Loans, PinRequests, PinTokens, Pins, Requests, Store, Subscriptions},
    stun,
    tap::Tap,
    transport::{self, WebSocketTransport},
    web_push::{self, Presence, Reach, Vapid},
    write_timeout::WriteTimeout,
};

/// Addresses that the pinning service names at most, by its specification.
const DELEGATES: usize = 20;

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
    /// The addresses at which others connect: the external ones, or that of the port if there are none.
    fn delegates(&self) -> Vec<String> {
        let external = self.addresses.get(1..).filter(|external| !external.is_empty());
        external.unwrap_or(&self.addresses).iter().take(DELEGATES).map(ToString::to_string).collect()
    }

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
    let contact = config.web_push_contact.as_ref().map(|contact| contact.0.clone());
    let contact = contact.or_else(|| web_push::contact_of(&config.external));
    let vapid = config.web_push.then(|| Vapid::load(&config.data, contact)).transpose()?;
    let (reach, certificate) = push_services(&config)?;
    let config = Arc::new(config);
    let metrics = Arc::new(Metrics::default());

    let proxies = Arc::new(Proxies::new(&config));
    if config.is_local() {
        tracing::info!(
            "`external` is empty, so connections of this machine have no limits by network: set it if a proxy stands \
             before the relay"
        );
    }
    let (upgraded, incoming) = mpsc::channel(limits::PENDING);
    let (control, circuits) = (Control::new(), Circuits::new());
    let mut swarm = behaviour::swarm(key, WebSocketTransport::new(incoming), control.clone(), &circuits)?;
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
    let loans: Arc<dyn Loans> = shared.clone();
    let requests: Arc<dyn Requests> = shared.clone();
    let subscriptions: Arc<dyn Subscriptions> = shared.clone();
    let tokens: Arc<dyn PinTokens> = shared.clone();
    let pin_requests: Arc<dyn PinRequests> = shared.clone();
    let policy = Policy::new(config.clone(), shared.clone());

    let records = Arc::new(crate::records::Service {
        policy: policy.clone(),
        records: shared,
        metrics: metrics.clone(),
        puts: RateLimit::new(limits::PUTS, limits::PUT_PERIOD),
    });
    let gateway = config
        .serves_gateway()
        .then(|| Gateway::new(blobs.clone(), metrics.clone(), records.clone(), proxies.clone()))
        .map(|gateway| gateway::router(Arc::new(gateway)));
    let memory = Memory::new();
    let record_limits = Arc::new(RecordLimits::new(memory.clone()));
    running.serve(&control, records::PROTOCOL, {
        let tap = tap.clone();
        move |IncomingStream { peer, connection, remote, stream }| {
            let stream = WriteTimeout::new(tap.on(stream), limits::WRITE_TIMEOUT);
            let (service, limits) = (records.clone(), record_limits.clone());
            async move {
                let network = network::of_multiaddr(&remote);
                let session = RecordSession { service: &service, limits: &limits, connection, network };
                records::serve(stream, peer, &session).await
            }
        }
    });
    let presence = Presence::default();
    let mailboxes = Arc::new(crate::mailbox::Service::new(
        policy.clone(),
        config.work,
        requests.clone(),
        metrics.clone(),
        presence.clone(),
    ));
    running.serve(&control, mailbox::PROTOCOL, {
        let tap = tap.clone();
        move |IncomingStream { peer, remote, stream, .. }| {
            let stream = WriteTimeout::new(tap.on(stream), limits::WRITE_TIMEOUT);
            let mailboxes = mailboxes.clone();
            async move {
                let session = mailboxes.session(peer, network::of_multiaddr(&remote));
                mailbox::serve(stream, peer, &session).await
            }
        }
    });
    let push = vapid.as_ref().map(|vapid| Pushes { key: vapid.public(), reach });
    if let Some(vapid) = vapid {
        let arrivals = requests.arrivals();
        let client = Arc::new(web_push::Client::new(vapid, reach, certificate)?);
        let service = web_push::Service::new(web_push::Parts {
            policy: policy.clone(),
            requests,
            subscriptions: subscriptions.clone(),
            presence,
            client,
            reach,
            metrics: metrics.clone(),
        });
        running.run(Arc::new(service).run(arrivals));
    }
    let pinning = config.pinning.then(|| {
        Arc::new(pinning::Service {
            policy: policy.clone(),
            tokens,
            requests: pin_requests,
            metrics: metrics.clone(),
            delegates: running.delegates(),
            calls: RateLimit::new(limits::PUTS, limits::PUT_PERIOD),
        })
    });
    let keep = Arc::new(crate::keep::Service {
        policy,
        subscriptions,
        push,
        blobs: blobs.clone(),
        pins,
        loans,
        key: share::key_of(&peer).expect("no other keys than Ed25519 are compiled in"),
        proofs: RateLimit::new(limits::PROOFS, limits::PROOF_PERIOD),
        metrics: metrics.clone(),
    });
    let keep_limits = Arc::new(KeepLimits::new(memory.clone()));
    running.serve(&control, keep::PROTOCOL, {
        let tap = tap.clone();
        move |IncomingStream { peer, remote, stream, .. }| {
            let (keep, limits, stream) = (keep.clone(), keep_limits.clone(), tap.on(stream));
            async move {
                // A network with too many sessions is disconnected.
                let session = KeepSession::begin(&keep, &limits, network::of_multiaddr(&remote));
                let Some(session) = session else { return Ok(()) };
                keep::serve(IdleTimeout::new(stream, limits::KEEP_IDLE), peer, &session).await
            }
        }
    });

    let bounds = Bounds {
        ledgers: limits::LEDGERS,
        ledgers_of_network: limits::LEDGERS_PER_NETWORK,
        network: network::of_multiaddr,
        memory: Some(memory.pool()),
        serving: Some(Arc::new(Pool::new(limits::SERVING, limits::SERVING_PER_NETWORK))),
        disconnects: true,
    };
    let (_, exchange) = Exchange::with_bounds(control, bounds).expect("each protocol is accepted once");
    running.run(exchange.run(bitswap::Service { blobs, metrics: metrics.clone(), tap }));

    let connections = ConnectionLimits::new(proxies.clone());
    let site = Site {
        peer,
        metrics: metrics.clone(),
        room: Arc::new(store.clone()),
        upgraded,
        proxies,
        connections: connections.clone(),
    };
    let period = Duration::from_secs(config.collect.max(1));
    let mut others = gateway.unwrap_or_default();
    if let Some(pinning) = pinning {
        others = others.merge(pinning::router(pinning.clone()));
        running.run(pinning.run(period));
    }
    let router = http::router(site, config.page.as_deref(), others);
    running.run(http::serve(listener, connections, router));
    if let Some(socket) = stun {
        running.run(stun::serve(socket, metrics.clone()));
    }
    running.run(run_swarm(swarm, circuits, metrics));
    running.run(collect(store, period));
    Ok(running)
}

/// The address of the port and the external ones, each with our id.
fn addresses(peer: PeerId, local: SocketAddr, external: &[Multiaddr]) -> Result<Vec<Multiaddr>, StartError> {
    let all = std::iter::once(transport::multiaddr(local)).chain(external.iter().cloned());
    all.map(|address| address.clone().with_p2p(peer).map_err(|_| StartError::External(address))).collect()
}

/// Which push services are told, and the certificate of one more.
#[cfg(not(feature = "testing"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with the feature")]
fn push_services(_: &Config) -> io::Result<(Reach, Option<CertificateDer<'static>>)> {
    Ok((Reach::Public, None))
}

/// Which push services are told, and the certificate of one more.
#[cfg(feature = "testing")]
fn push_services(config: &Config) -> io::Result<(Reach, Option<CertificateDer<'static>>)> {
    let Some(file) = &config.push_service else { return Ok((Reach::Public, None)) };
    Ok((Reach::Anywhere, Some(std::fs::read(file)?.into())))
}

/// Runs the swarm.
async fn run_swarm(mut swarm: Swarm<Behaviour>, circuits: Circuits, metrics: Arc<Metrics>) {
    loop {
        if let SwarmEvent::Behaviour(BehaviourEvent::Relay(event)) = swarm.select_next_some().await {
            circuits.note(&event);
            if matches!(event, relay::Event::CircuitReqAccepted { .. }) {
                metrics.circuits.add(1);
            }
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

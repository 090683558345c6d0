//! Puts the parts together and runs them.

use std::{fmt::Display, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use futures::StreamExt;
use libp2p::{Multiaddr, PeerId, StreamProtocol, Swarm, relay, swarm::SwarmEvent};
use spinney::net::{
    bitswap::Exchange,
    keep, mailbox, records,
    streams::{Accepted, Control},
};
use tokio::{
    net::{TcpListener, UdpSocket},
    sync::mpsc,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Config, Stun,
    behaviour::{self, Behaviour, BehaviourEvent},
    bitswap::Kept,
    counters::Counters,
    gateway::{self, Gateway},
    http::{self, Site},
    keep::Keep,
    key, limits,
    mailbox::Mailboxes,
    network,
    places::Turns,
    rate::Rate,
    records::Records,
    silence::Silence,
    store::{self, Store},
    stun,
    tap::Tap,
    transport::{self, Incoming},
};

/// Why a relay did not start.
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
    /// An external address names another relay, or cannot be one's own.
    #[error("the external address {0} cannot be this relay's: leave out /p2p or correct it")]
    External(Multiaddr),
    /// The key or another file could not be read or written.
    #[error("cannot start: {0}")]
    Io(#[from] io::Error),
}

/// A relay at work. Dropping it stops it without a farewell.
pub struct Running {
    addresses: Vec<Multiaddr>,
    local: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
    store: Store,
}

impl Running {
    /// Where it can be reached, each ending in `/p2p/` and its id: its port first, then the external ones.
    pub fn addresses(&self) -> &[Multiaddr] {
        &self.addresses
    }

    /// The address and port that it listens on.
    pub fn local(&self) -> SocketAddr {
        self.local
    }

    /// Stops accepting, gives what runs a moment to finish, and closes the store.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(limits::FAREWELL, self.tasks.wait()).await.is_err() {
            tracing::warn!("some streams did not end in time");
        }
        self.store.close().await;
    }
}

impl Running {
    /// Runs a task until the relay stops.
    fn run(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move { stop.run_until_cancelled(task).await });
    }

    /// Serves a protocol: each stream in a task of its own, as many as the streams' own limits let in.
    fn serve<F, T, E>(&self, control: &Control, protocol: StreamProtocol, handler: F)
    where
        F: Fn(Accepted) -> T + Send + 'static,
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
pub async fn start(config: Config) -> Result<Running, StartError> {
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
    let counters = Arc::new(Counters::default());

    let (upgraded, incoming) = mpsc::channel(limits::UPGRADED);
    let control = Control::new();
    let mut swarm = behaviour::swarm(key, Incoming::new(incoming), control.clone())?;
    swarm.listen_on(transport::multiaddr(local)).map_err(io::Error::other)?;
    for address in &addresses {
        // Reservations hand these out.
        swarm.add_external_address(address.clone());
    }

    let running = Running {
        addresses,
        local,
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
        store: store.clone(),
    };
    let records = Arc::new(Records {
        config: config.clone(),
        store: store.clone(),
        counters: counters.clone(),
        rate: Rate::new(limits::PUTS, limits::RATE_PERIOD),
    });
    let keep = Arc::new(Keep { config: config.clone(), store: store.clone(), counters: counters.clone() });
    let gateway = config
        .serves_gateway()
        .then(|| gateway::router(Arc::new(Gateway::new(store.clone(), counters.clone(), records.clone()))));
    running.serve(&control, records::PROTOCOL, {
        let tap = tap.clone();
        move |Accepted { peer, stream, .. }| {
            let (records, stream) = (records.clone(), tap.on(stream));
            async move { records::serve(stream, peer, &*records).await }
        }
    });
    let boxes = Arc::new(Mailboxes::new(config.clone(), store.clone(), counters.clone()));
    running.serve(&control, mailbox::PROTOCOL, {
        let tap = tap.clone();
        move |Accepted { peer, remote, stream, .. }| {
            let (boxes, stream) = (boxes.clone(), tap.on(stream));
            async move {
                let visit = boxes.seen_by(peer, network::of_multiaddr(&remote));
                mailbox::serve(stream, peer, &visit).await
            }
        }
    });
    let sessions = Turns::new(limits::KEEP_SESSIONS, limits::KEEP_SESSIONS_PER_PEER);
    running.serve(&control, keep::PROTOCOL, {
        let tap = tap.clone();
        move |Accepted { peer, stream, .. }| {
            let (keep, sessions, stream) = (keep.clone(), sessions.clone(), tap.on(stream));
            async move {
                // Whoever has too many sessions is hung up on; whoever has not waits for a free one.
                let Some(_session) = sessions.begin(Some(peer)).await else { return Ok(()) };
                keep::serve(Silence::new(stream, limits::KEEP_SILENCE), peer, &*keep).await
            }
        }
    });

    let (_, exchange) = Exchange::new(control).expect("each protocol is accepted once");
    running.run(exchange.run(Kept { store: store.clone(), counters: counters.clone(), tap }));

    let site = Site { peer, counters: counters.clone(), upgraded };
    let router = http::router(site, config.page.as_deref(), gateway.unwrap_or_default());
    running.run(http::serve(listener, router));
    if let Some(socket) = stun {
        running.run(stun::serve(socket, counters.clone()));
    }
    running.run(drive(swarm, counters));
    running.run(collect(store, Duration::from_secs(config.collect.max(1))));
    Ok(running)
}

/// The port's address and the external ones, with our id at their ends.
fn addresses(peer: PeerId, local: SocketAddr, external: &[Multiaddr]) -> Result<Vec<Multiaddr>, StartError> {
    let all = std::iter::once(transport::multiaddr(local)).chain(external.iter().cloned());
    all.map(|address| address.clone().with_p2p(peer).map_err(|_| StartError::External(address))).collect()
}

/// Keeps the swarm moving.
async fn drive(mut swarm: Swarm<Behaviour>, counters: Arc<Counters>) {
    loop {
        if let SwarmEvent::Behaviour(BehaviourEvent::Relay(relay::Event::CircuitReqAccepted { .. })) =
            swarm.select_next_some().await
        {
            counters.circuits.add(1);
        }
    }
}

/// Collects now and then.
async fn collect(store: Store, period: Duration) {
    loop {
        tokio::time::sleep(period).await;
        if let Err(error) = store.collect().await {
            tracing::error!(%error, "what nobody holds could not be collected");
        }
    }
}

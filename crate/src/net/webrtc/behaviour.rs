//! Decides which peers to connect to directly, and when to try.
//!
//! The peer that dialled a circuit tries as soon as it is open, and again later while it is used. The circuit
//! stays open beside the direct connection, as the fallback.

use std::collections::{HashMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::channel::mpsc;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use libp2p::core::transport::{ListenerId, PortUse};
use libp2p::core::{ConnectedPoint, Endpoint};
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{
    CloseConnection, ConnectionClosed, ConnectionDenied, ConnectionId, FromSwarm, ListenOpts,
    NetworkBehaviour, NotifyHandler, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
};
use libp2p::{Multiaddr, PeerId};
use lru::LruCache;

use super::address;
use super::attempts::{Attempts, Obstacle};
use super::handler::{Handler, KeepAlive};
use crate::net::Path;
use crate::net::backoff::Backoff;
use crate::net::streams::Control;
use crate::platform::{self, Instant};

/// The wait after the first failed attempt, and the longest wait. A contact that was just added may refuse
/// only because it does not know us yet, so the first wait is short. But if there is no path now, there is
/// seldom one later.
const WAITS: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(600));

/// How often an unused circuit is checked for use.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// Peers whose next attempt we remember. Nobody has more devices of contacts at once.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// Dials that wait for a circuit.
pub(super) const MAX_WANTED: usize = 32;

/// A circuit that is needed for negotiating a direct connection.
#[derive(Clone, Debug)]
pub(super) struct Circuit {
    pub(super) peer: PeerId,
    pub(super) address: Multiaddr,
}

/// Replaces circuits by direct connections; see [`allow`](Self::allow).
#[derive(Debug)]
pub struct Behaviour {
    /// Whether there is a host at all.
    enabled: bool,
    attempts: Attempts,
    control: Control,
    wanted: mpsc::Receiver<Circuit>,
    peers: HashMap<PeerId, Peer>,
    backoffs: LruCache<PeerId, Backoff>,
    /// Our listeners, by the listeners on the relays through which they work.
    listeners: HashMap<ListenerId, ListenerId>,
    actions: VecDeque<Action>,
    timer: Option<Timer>,
}

type Action = ToSwarm<Infallible, KeepAlive>;

struct Timer(BoxFuture<'static, ()>);

/// One peer's connections.
#[derive(Debug, Default)]
struct Peer {
    /// Circuits. If we dialled one, with the address of a direct connection over it.
    circuits: HashMap<ConnectionId, Option<Multiaddr>>,
    /// Connections that our transport made. Relays are connected in other ways.
    direct: HashSet<ConnectionId>,
    attempt: Option<ConnectionId>,
}

impl Behaviour {
    pub(super) fn new(
        enabled: bool,
        attempts: Attempts,
        control: Control,
        wanted: mpsc::Receiver<Circuit>,
    ) -> Self {
        Self {
            enabled,
            attempts,
            control,
            wanted,
            peers: HashMap::new(),
            backoffs: LruCache::new(REMEMBERED),
            listeners: HashMap::new(),
            actions: VecDeque::new(),
            timer: None,
        }
    }

    /// Sets the peers that may learn our network address. They are offered direct connections, and answered.
    ///
    /// Replaces the earlier list; the first list is empty. A direct connection to a peer that is not on the
    /// new list goes on until it is idle: the peer knows the address already, and must not see at which
    /// moment it left the list.
    pub fn allow(&mut self, peers: HashSet<PeerId>) {
        self.attempts.allow(peers);
        // Some peers may have a circuit already.
        self.timer = None;
    }

    /// Lets no peer learn our network address, and closes all direct connections. Their streams go on through
    /// the relay.
    pub fn refuse(&mut self) {
        self.attempts.allow(HashSet::new());
        self.actions.extend(self.peers.iter().flat_map(|(peer, connections)| {
            connections.direct.iter().map(|direct| ToSwarm::CloseConnection {
                peer_id: *peer,
                connection: CloseConnection::One(*direct),
            })
        }));
    }

    /// Returns why there is no direct connection to this peer.
    pub fn obstacle(&self, peer: &PeerId) -> Obstacle {
        if self.enabled { self.attempts.obstacle(peer) } else { Obstacle::NoHost }
    }

    /// Starts the attempts that are due. Returns how long until the next is due.
    fn tend(&mut self) -> Option<Duration> {
        let now = Instant::now();
        let mut next: Option<Duration> = None;
        for (peer, connections) in &mut self.peers {
            let Some(address) = connections.over().filter(|_| self.attempts.is_allowed(peer)) else {
                continue;
            };
            let backoff = self.backoffs.get_or_insert(*peer, || Backoff::between(WAITS));
            let wait = match backoff.due().map(|due| due.saturating_duration_since(now)) {
                Some(wait) if !wait.is_zero() => wait,
                Some(_) if !self.control.is_used(*peer) => LOOK_AGAIN,
                _ => {
                    let opts = DialOpts::peer_id(*peer)
                        .condition(PeerCondition::Always)
                        .addresses(vec![address.clone()])
                        .build();
                    connections.attempt = Some(opts.connection_id());
                    self.actions.push_back(ToSwarm::Dial { opts });
                    continue;
                }
            };
            next = Some(next.map_or(wait, |next| next.min(wait)));
        }
        next
    }

    fn connected(&mut self, peer: PeerId, connection: ConnectionId, endpoint: &ConnectedPoint) {
        let connections = self.peers.entry(peer).or_default();
        if connections.attempt == Some(connection) {
            connections.attempt = None;
        }
        if Path::through(endpoint) == Path::Relayed {
            let over = endpoint.is_dialer().then(|| address::direct(endpoint.get_remote_address())).flatten();
            connections.circuits.insert(connection, over);
        } else if address::is_direct(endpoint) {
            connections.direct.insert(connection);
            self.backoffs.get_or_insert_mut(peer, || Backoff::between(WAITS)).stands(Instant::now());
        }
        self.hold_circuits(peer);
        self.timer = None;
    }

    fn disconnected(&mut self, closed: &ConnectionClosed<'_>) {
        let peer = closed.peer_id;
        let Some(connections) = self.peers.get_mut(&peer) else { return };
        connections.circuits.remove(&closed.connection_id);
        if connections.direct.remove(&closed.connection_id) {
            self.backoffs.get_or_insert_mut(peer, || Backoff::between(WAITS)).failed(Instant::now());
        }
        if connections.circuits.is_empty() && connections.direct.is_empty() {
            self.peers.remove(&peer);
        } else {
            self.hold_circuits(peer);
        }
        self.timer = None;
    }

    fn failed(&mut self, peer: PeerId, connection: ConnectionId) {
        let Some(connections) = self.peers.get_mut(&peer) else { return };
        if connections.attempt == Some(connection) {
            connections.attempt = None;
            self.backoffs.get_or_insert_mut(peer, || Backoff::between(WAITS)).failed(Instant::now());
            self.timer = None;
        }
    }

    /// Circuits stay open while there is a direct connection beside them.
    fn hold_circuits(&mut self, peer: PeerId) {
        let Some(connections) = self.peers.get(&peer) else { return };
        let keep = KeepAlive(!connections.direct.is_empty());
        for circuit in connections.circuits.keys() {
            let handler = NotifyHandler::One(*circuit);
            self.actions.push_back(ToSwarm::NotifyHandler { peer_id: peer, handler, event: keep });
        }
    }

    /// Listens for direct connections over every relay through which others reach us.
    fn listen_beside(&mut self, listener: ListenerId, address: &Multiaddr) {
        let known = self.listeners.contains_key(&listener);
        let Some(address) = address::direct(address).filter(|_| self.enabled && !known) else { return };
        let opts = ListenOpts::new(address);
        self.listeners.insert(listener, opts.listener_id());
        self.actions.push_back(ToSwarm::ListenOn { opts });
    }

    fn stop_listening_beside(&mut self, listener: ListenerId) {
        if let Some(id) = self.listeners.remove(&listener) {
            self.actions.push_back(ToSwarm::RemoveListener { id });
        }
    }
}

impl Peer {
    /// Returns where to negotiate a direct connection, if there is none and none is being tried.
    fn over(&self) -> Option<&Multiaddr> {
        let idle = self.direct.is_empty() && self.attempt.is_none();
        self.circuits.values().flatten().next().filter(|_| idle)
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = Infallible;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(Handler::default())
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(Handler::default())
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(it) => self.connected(it.peer_id, it.connection_id, it.endpoint),
            FromSwarm::ConnectionClosed(closed) => self.disconnected(&closed),
            FromSwarm::DialFailure(it) => {
                if let Some(peer) = it.peer_id {
                    self.failed(peer, it.connection_id);
                }
            }
            FromSwarm::NewListenAddr(it) => self.listen_beside(it.listener_id, it.addr),
            FromSwarm::ListenerClosed(it) => self.stop_listening_beside(it.listener_id),
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        loop {
            if let Some(action) = self.actions.pop_front() {
                return Poll::Ready(action);
            }
            if let Poll::Ready(Some(Circuit { peer, address })) = self.wanted.poll_next_unpin(cx) {
                // The dial that needs it is in progress already.
                let opts =
                    DialOpts::peer_id(peer).condition(PeerCondition::Always).addresses(vec![address]).build();
                return Poll::Ready(ToSwarm::Dial { opts });
            }
            if self.timer.is_none() && self.enabled {
                let wait = self.tend();
                self.timer = Some(Timer(match wait {
                    Some(wait) => platform::sleep(wait).boxed(),
                    None => std::future::pending().boxed(),
                }));
                continue;
            }
            if self.timer.as_mut().is_none_or(|timer| timer.0.poll_unpin(cx).is_pending()) {
                return Poll::Pending;
            }
            self.timer = None;
        }
    }
}

impl std::fmt::Debug for Timer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Timer")
    }
}

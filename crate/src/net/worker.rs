//! The one task that owns the swarm: commands in, events out.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures::channel::{mpsc, oneshot};
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, select};
use libp2p::core::transport::ListenerId;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::swarm::{ConnectionId, SwarmEvent};
use libp2p::{Multiaddr, PeerId, Swarm, ping, relay};

use super::event::{Event, Outbox, Path};
use super::own_relay::{OwnRelay, dial};
use super::streams::Control;
use super::swarm::{Behaviour, BehaviourEvent, PING_TIMEOUT};
use super::{ConnectError, PeerStatus, RelayAddr, RelayStatus, Status, probe, within};
use crate::platform::{self, Instant};

/// Relays of others that are connected at once. Each learns our network address.
pub const MAX_VISITED: usize = 8;

/// Requests that wait for a connection to one peer, at most: as many as may wait for a stream on it.
const MAX_WAITING: usize = super::streams::MAX_WAITING;

/// How long closing all connections may take, before the task ends without the other sides being told.
const CLOSING: Duration = Duration::from_secs(2);

/// How long the loop sleeps if nothing is due: practically for ever.
const NOTHING_DUE: Duration = Duration::from_secs(3600);

/// A command of the handle. Each carries its reply.
#[derive(Debug)]
pub(super) enum Command {
    SetRelays { own: Vec<RelayAddr> },
    AllowDirect { peers: Option<HashSet<PeerId>> },
    AllowVisits { allowed: bool },
    Stop { done: oneshot::Sender<()> },
    Visit { relay: RelayAddr, reply: Reply },
    Meet { address: Multiaddr, reply: Met },
    Reach { device: PeerId, address: Multiaddr, reply: Reply },
    Status { reply: oneshot::Sender<Status> },
    Probe,
}

/// The callers that wait for a connection.
pub(super) type Reply = oneshot::Sender<Result<ConnectionId, ConnectError>>;

/// The caller that waits for the id of a relay.
pub(super) type Met = oneshot::Sender<Result<PeerId, ConnectError>>;

pub(super) struct Worker {
    pub(super) swarm: Swarm<Behaviour>,
    pub(super) control: Control,
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) events: Outbox,
    pub(super) peers: Peers,
}

/// The state of the task between two turns of its loop.
#[derive(Default)]
pub(super) struct Peers {
    own: HashMap<PeerId, OwnRelay>,
    /// Relays of others, and when each was last asked for.
    visited: HashMap<PeerId, Instant>,
    /// Whether no relay of others may be visited.
    own_only: bool,
    links: HashMap<ConnectionId, Link>,
    waiting: HashMap<PeerId, Vec<Reply>>,
    /// Relays of others that are dialled without knowing their id.
    meeting: HashMap<ConnectionId, Met>,
    probes: FuturesUnordered<BoxFuture<'static, (ConnectionId, bool)>>,
}

#[derive(Clone, Copy)]
struct Link {
    peer: PeerId,
    path: Path,
    round_trip: Option<Duration>,
}

impl Worker {
    /// Runs until the last handle is dropped.
    pub(super) async fn run(mut self) {
        loop {
            let due = self.tend();
            let sleep = due.map_or(NOTHING_DUE, |due| due.saturating_duration_since(Instant::now()));
            select! {
                command = self.commands.next() => match command {
                    Some(Command::Stop { done }) => return self.stop(done).await,
                    Some(command) => self.obey(command),
                    None => return,
                },
                event = self.swarm.select_next_some() => self.notice(event),
                (connection, alive) = self.peers.probes.select_next_some() => if !alive {
                    self.swarm.close_connection(connection);
                },
                () = self.events.catch_up().fuse() => {}
                () = platform::sleep(sleep).fuse() => {}
            }
        }
    }

    /// Starts what our own relays lack. Returns when the next step is due.
    fn tend(&mut self) -> Option<Instant> {
        let now = Instant::now();
        let own = self.peers.own.values_mut();
        own.filter_map(|relay| relay.tend(&mut self.swarm, now)).filter(|due| *due > now).min()
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::SetRelays { own } => self.set_relays(own),
            Command::AllowDirect { peers } => {
                let webrtc = &mut self.swarm.behaviour_mut().webrtc;
                match peers {
                    Some(peers) => webrtc.allow(peers),
                    None => webrtc.refuse(),
                }
            }
            Command::AllowVisits { allowed } => self.allow_visits(allowed),
            // The loop ends with it.
            Command::Stop { done } => drop(done),
            Command::Visit { relay, reply } => self.visit(&relay, reply),
            Command::Meet { address, reply } => self.meet(address, reply),
            Command::Reach { device, address, reply } => self.connect(device, address, reply),
            // The caller may have stopped waiting.
            Command::Status { reply } => drop(reply.send(self.status())),
            Command::Probe => self.probe(),
        }
    }

    fn notice(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                if let Some(reply) = self.peers.meeting.remove(&connection_id) {
                    self.met(peer_id, reply);
                }
                self.connected(peer_id, connection_id, Path::through(&endpoint));
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, num_established, .. } => {
                self.disconnected(peer_id, connection_id, num_established == 0);
            }
            SwarmEvent::OutgoingConnectionError { connection_id, error, .. }
                if let Some(reply) = self.peers.meeting.remove(&connection_id) =>
            {
                tracing::debug!(%error, "a relay was not met");
                let _ = reply.send(Err(ConnectError::Unreachable));
            }
            SwarmEvent::OutgoingConnectionError { peer_id: Some(peer), error, .. } => {
                tracing::debug!(%peer, %error, "dial failed");
                self.dial_failed(peer);
            }
            SwarmEvent::ListenerClosed { listener_id, reason, .. } => {
                tracing::debug!(?reason, "a relay no longer listens for us");
                self.listener_closed(listener_id);
            }
            SwarmEvent::Behaviour(BehaviourEvent::Relay(relay::client::Event::ReservationReqAccepted {
                relay_peer_id,
                renewal: false,
                ..
            })) => {
                if let Some(relay) = self.peers.own.get_mut(&relay_peer_id) {
                    relay.reserved(Instant::now());
                    self.events.send(relay.event(true));
                }
            }
            SwarmEvent::Behaviour(BehaviourEvent::Ping(ping::Event { connection, result, .. })) => {
                self.pinged(connection, result);
            }
            _ => {}
        }
    }

    fn set_relays(&mut self, own: Vec<RelayAddr>) {
        let mut before = std::mem::take(&mut self.peers.own);
        for address in own {
            let peer = address.peer();
            self.peers.visited.remove(&peer);
            let same = before.remove(&peer).filter(|relay| relay.address == address);
            self.peers.own.insert(peer, same.unwrap_or_else(|| OwnRelay::new(address)));
        }
        for gone in before.into_keys() {
            // If it fails, it is not connected.
            let _ = self.swarm.disconnect_peer_id(gone);
        }
    }

    fn allow_visits(&mut self, allowed: bool) {
        self.peers.own_only = !allowed;
        if allowed {
            return;
        }
        for relay in std::mem::take(&mut self.peers.visited).into_keys() {
            // A dial ends as well. If there is neither, there is nothing to leave.
            let _ = self.swarm.disconnect_peer_id(relay);
            self.answer(relay, &Err(ConnectError::OwnRelaysOnly));
        }
    }

    /// Closes every connection and waits until it is closed, but not for long.
    async fn stop(mut self, done: oneshot::Sender<()>) {
        self.set_relays(Vec::new());
        let peers: Vec<_> = self.swarm.connected_peers().copied().collect();
        for peer in peers {
            let _ = self.swarm.disconnect_peer_id(peer);
        }
        let closed = async {
            while self.swarm.network_info().num_peers() > 0 {
                self.swarm.select_next_some().await;
            }
        };
        if within(CLOSING, closed).await.is_none() {
            tracing::debug!("a peer was not told that this device goes");
        }
        drop(self);
        let _ = done.send(());
    }

    fn visit(&mut self, relay: &RelayAddr, reply: Reply) {
        let peer = relay.peer();
        if self.peers.own.contains_key(&peer) {
            // It is being dialled, or will be when its back-off ends.
            return self.wait(peer, reply);
        }
        if self.peers.own_only {
            return drop(reply.send(Err(ConnectError::OwnRelaysOnly)));
        }
        if !self.peers.visited.contains_key(&peer)
            && self.peers.visited.len() >= MAX_VISITED
            && !self.leave_one()
        {
            return drop(reply.send(Err(ConnectError::TooManyRelays)));
        }
        self.peers.visited.insert(peer, Instant::now());
        self.connect(peer, relay.address().clone(), reply);
    }

    /// Dials a relay of somebody else of which only the address is known.
    fn meet(&mut self, address: Multiaddr, reply: Met) {
        if self.peers.own_only {
            return drop(reply.send(Err(ConnectError::OwnRelaysOnly)));
        }
        let visits = self.peers.visited.len() + self.peers.meeting.len();
        if visits >= MAX_VISITED && !self.leave_one() {
            return drop(reply.send(Err(ConnectError::TooManyRelays)));
        }
        let dial = DialOpts::unknown_peer_id().address(address).build();
        let connection = dial.connection_id();
        match self.swarm.dial(dial) {
            Ok(()) => drop(self.peers.meeting.insert(connection, reply)),
            Err(error) => {
                tracing::debug!(%error, "cannot dial");
                let _ = reply.send(Err(ConnectError::Unreachable));
            }
        }
    }

    /// A relay that was dialled without its id has answered.
    fn met(&mut self, peer: PeerId, reply: Met) {
        let is_own = self.peers.own.contains_key(&peer);
        if self.peers.own_only && !is_own {
            // If it fails, it is not connected.
            let _ = self.swarm.disconnect_peer_id(peer);
            return drop(reply.send(Err(ConnectError::OwnRelaysOnly)));
        }
        if !is_own {
            self.peers.visited.insert(peer, Instant::now());
        }
        let _ = reply.send(Ok(peer));
    }

    /// Disconnects the idle visited relay that was not asked for the longest time.
    fn leave_one(&mut self) -> bool {
        let idle = self.peers.visited.iter().filter(|(peer, _)| !self.control.is_used(**peer));
        let Some((peer, _)) = idle.min_by_key(|(_, asked)| **asked) else { return false };
        let peer = *peer;
        self.peers.visited.remove(&peer);
        let _ = self.swarm.disconnect_peer_id(peer);
        true
    }

    fn connect(&mut self, peer: PeerId, address: Multiaddr, reply: Reply) {
        self.wait(peer, reply);
        if !self.swarm.is_connected(&peer) && !dial(&mut self.swarm, peer, address) {
            self.dial_failed(peer);
        }
    }

    /// Replies at once if there is a connection, else when one opens or an attempt fails.
    fn wait(&mut self, peer: PeerId, reply: Reply) {
        if let Some(connection) = self.control.path(peer) {
            return drop(reply.send(Ok(connection)));
        }
        let waiting = self.peers.waiting.entry(peer).or_default();
        waiting.retain(|reply| !reply.is_canceled());
        if waiting.len() >= MAX_WAITING {
            return drop(reply.send(Err(ConnectError::Busy)));
        }
        waiting.push(reply);
    }

    fn answer(&mut self, peer: PeerId, answer: &Result<ConnectionId, ConnectError>) {
        for reply in self.peers.waiting.remove(&peer).into_iter().flatten() {
            let _ = reply.send(answer.clone());
        }
    }

    fn connected(&mut self, peer: PeerId, connection: ConnectionId, path: Path) {
        self.peers.links.insert(connection, Link { peer, path, round_trip: None });
        self.answer(peer, &Ok(connection));
        match self.peers.own.get_mut(&peer) {
            Some(own) => {
                own.connected(Instant::now());
                self.events.send(own.event(true));
            }
            None => self.events.send(Event::Peer { peer, path: self.peers.path(peer) }),
        }
    }

    fn disconnected(&mut self, peer: PeerId, connection: ConnectionId, last: bool) {
        self.peers.links.remove(&connection);
        match self.peers.own.get_mut(&peer) {
            Some(own) if last => {
                own.disconnected(Instant::now());
                self.events.send(own.event(false));
            }
            Some(_) => {}
            None => self.events.send(Event::Peer { peer, path: self.peers.path(peer) }),
        }
        if last {
            self.peers.visited.remove(&peer);
        }
    }

    fn listener_closed(&mut self, listener: ListenerId) {
        let now = Instant::now();
        for relay in self.peers.own.values_mut() {
            // If the relay disconnected, its event was sent already.
            if relay.listener_closed(listener, now) && self.swarm.is_connected(&relay.address.peer()) {
                self.events.send(relay.event(true));
            }
        }
    }

    fn dial_failed(&mut self, peer: PeerId) {
        if self.swarm.is_connected(&peer) {
            return;
        }
        if let Some(own) = self.peers.own.get_mut(&peer) {
            own.disconnected(Instant::now());
        }
        self.peers.visited.remove(&peer);
        self.answer(peer, &Err(ConnectError::Unreachable));
    }

    fn pinged(&mut self, connection: ConnectionId, result: Result<Duration, ping::Failure>) {
        match result {
            Ok(round_trip) => {
                if let Some(link) = self.peers.links.get_mut(&connection) {
                    link.round_trip = Some(round_trip);
                }
            }
            Err(ping::Failure::Unsupported) => {}
            Err(_) if self.control.is_moving(connection, PING_TIMEOUT) => {
                tracing::debug!("the ping waits behind what comes over a slow line");
            }
            Err(failure) => {
                tracing::debug!(%failure, "no sign of life: connection given up");
                self.swarm.close_connection(connection);
            }
        }
    }

    fn probe(&mut self) {
        self.peers.own.values_mut().for_each(OwnRelay::hurry);
        for connection in self.peers.links.keys().copied() {
            let control = self.control.clone();
            let probe = async move { (connection, probe::is_alive(&control, connection).await) };
            self.peers.probes.push(probe.boxed());
        }
    }

    fn status(&self) -> Status {
        let relays = self.peers.own.values().map(|relay| RelayStatus {
            address: relay.address.clone(),
            connected: self.swarm.is_connected(&relay.address.peer()),
            reserved: relay.reserved,
        });
        let peers = self.peers.links.values().map(|link| PeerStatus {
            peer: link.peer,
            path: link.path,
            obstacle: (link.path == Path::Relayed)
                .then(|| self.swarm.behaviour().webrtc.obstacle(&link.peer)),
            round_trip: link.round_trip,
        });
        Status { relays: relays.collect(), peers: peers.collect() }
    }
}

impl Peers {
    fn path(&self, peer: PeerId) -> Option<Path> {
        self.links.values().filter(|link| link.peer == peer).map(|link| link.path).max()
    }
}

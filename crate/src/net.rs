//! The network: connections, streams, and the protocols over them. Moves CIDs and sealed bytes.
//!
//! [`Net::start`] starts the one task that owns the swarm. The task keeps our own relays connected and
//! listens through them, dials the relays and devices of others on request, and reports changes. Protocols
//! are async functions over [`streams::Stream`], which run in the caller's task.

pub mod address;
mod backoff;
pub mod bitswap;
mod calls;
pub mod device_link;
mod event;
pub mod exchange;
mod fetch;
pub mod frame;
pub mod http;
pub mod keep;
pub mod mailbox;
mod own_relay;
mod permit;
pub mod pinning;
mod probe;
mod reconnecting;
pub mod records;
pub mod share;
pub mod streams;
mod swarm;
mod url;
pub mod webrtc;
#[cfg(target_arch = "wasm32")]
pub mod websocket;
mod worker;

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures::channel::{mpsc, oneshot};
use futures::{SinkExt, future, pin_mut};
use libp2p::identity::Keypair;
use libp2p::swarm::ConnectionId;
use libp2p::{PeerId, StreamProtocol};

pub use address::{AddressError, RelayAddr, UnmetRelay};
pub(crate) use backoff::Backoff;
pub use calls::{CallError, WatchUpdate};
pub use event::{Event, Path};
pub use fetch::{Distance, FetchError, Rank};
pub use permit::{Part, Permit, Pool, Room};
pub use swarm::StartError;
pub use worker::MAX_VISITED;

use crate::format::keep::FetchKey;
use crate::platform;
use bitswap::{Blocks, Exchange};
use event::Outbox;
use streams::{Control, OpenError, Stream};
use webrtc::Direct;
use worker::{Command, Peers, Reply, Worker};

/// Commands on their way to the task, which takes them at once.
const MAX_COMMANDS: usize = 64;

/// How long a caller waits for a connection, with the wait for the next attempt at an own relay.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the network of a device needs.
#[derive(Debug)]
pub struct Args<B> {
    /// The device's own key; its public half is the peer id.
    pub device: Keypair,
    /// The blocks that this device serves, and to whom.
    pub blocks: B,
    /// How it makes direct connections, if it can.
    pub direct: Option<Direct>,
}

/// Why a peer cannot be reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// No peer answers at the address, or not the peer that the address names.
    #[error("peer cannot be reached: try again later")]
    Unreachable,
    /// The limit of relays of others is in use.
    #[error("{MAX_VISITED} relays of others are in use: try again when one is free")]
    TooManyRelays,
    /// Relays of others may not be visited.
    #[error("you connect to your own relays only, and this is a relay of somebody else")]
    OwnRelaysOnly,
    /// Too many callers wait for this peer already.
    #[error("too many requests wait for this peer: try again later")]
    Busy,
    /// The peer is connected, but it opens no stream.
    #[error("no stream to the peer: {0}")]
    Stream(#[from] OpenError),
    /// The network task has ended.
    #[error("the network is stopped")]
    Stopped,
}

/// A peer that may have what we look for, and how to reach it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
    /// A relay: one of ours, or the author's.
    Relay(RelayAddr),
    /// A device that listens through a relay.
    Device {
        /// The device's id.
        device: PeerId,
        /// The relay through which it listens.
        relay: RelayAddr,
    },
    /// A device that keeps things of somebody else, for those who show a key.
    Keeper {
        /// The device's id.
        device: PeerId,
        /// The relay through which it listens.
        relay: RelayAddr,
        /// What it is shown.
        key: FetchKey,
    },
}

impl Provider {
    /// Returns the peer that serves the blocks.
    pub fn peer(&self) -> PeerId {
        match self {
            Self::Relay(relay) => relay.peer(),
            Self::Device { device, .. } | Self::Keeper { device, .. } => *device,
        }
    }
}

/// The state of the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Our own relays.
    pub relays: Vec<RelayStatus>,
    /// Every live connection, with those to relays.
    pub peers: Vec<PeerStatus>,
}

/// The state of one of our own relays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayStatus {
    /// Its address.
    pub address: RelayAddr,
    /// Whether it is connected.
    pub connected: bool,
    /// Whether others reach us through it.
    pub reserved: bool,
}

/// One live connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerStatus {
    /// The peer at the other end.
    pub peer: PeerId,
    /// Whether it goes through a relay.
    pub path: Path,
    /// Why it does, if it does.
    pub obstacle: Option<webrtc::Obstacle>,
    /// The round-trip time, once measured.
    pub round_trip: Option<Duration>,
}

/// Handle to the network task. Dropping the last clone stops the task.
#[derive(Clone, Debug)]
pub struct Net {
    commands: mpsc::Sender<Command>,
    control: Control,
    exchange: Exchange,
    peer: PeerId,
    home: Rc<RefCell<Home>>,
    kept: Rc<fetch::KeptSessions>,
}

/// Our own relays, and the certificate that only they see.
#[derive(Debug, Default)]
struct Home {
    relays: Vec<PeerId>,
    certificate: Option<Bytes>,
}

impl Net {
    /// Starts the network of a device. It connects to nobody until told.
    pub fn start<B: Blocks>(args: Args<B>) -> Result<(Self, mpsc::Receiver<Event>), StartError> {
        let control = Control::new();
        let swarm = swarm::build(&args.device, control.clone(), args.direct)?;
        let (exchange, driver) = Exchange::new(control.clone()).expect("nobody else has this control yet");
        let (commands, receiver) = mpsc::channel(MAX_COMMANDS);
        let (events, told) = Outbox::new();
        let net = Self {
            commands,
            control: control.clone(),
            exchange,
            peer: *swarm.local_peer_id(),
            home: Rc::default(),
            kept: Rc::default(),
        };
        let worker = Worker { swarm, control, commands: receiver, events, peers: Peers::default() };
        platform::spawn(worker.run());
        platform::spawn(driver.run(args.blocks));
        Ok((net, told))
    }

    /// Returns the id under which others know this device.
    pub fn peer_id(&self) -> PeerId {
        self.peer
    }

    /// Sets our own relays. They are kept connected, with back-off, and listened through.
    ///
    /// Replaces the earlier list. Relays on both lists stay connected. The certificate says whose device this
    /// is. Only these relays see it.
    pub async fn set_relays(&self, own: Vec<RelayAddr>, certificate: Option<Bytes>) {
        *self.home.borrow_mut() = Home { relays: own.iter().map(RelayAddr::peer).collect(), certificate };
        self.tell(Command::SetRelays { own }).await;
    }

    /// Sets the devices that may learn our network address. A direct connection to them is made beside the
    /// circuit, if possible.
    ///
    /// Replaces the earlier list; the first list is empty. Direct connections to devices that are not on the
    /// new list go on until they are idle, so that no device sees at which moment it left the list.
    pub async fn allow_direct(&self, peers: HashSet<PeerId>) {
        self.tell(Command::AllowDirect { peers: Some(peers) }).await;
    }

    /// Lets no device learn our network address, and closes all direct connections at once.
    pub async fn refuse_direct(&self) {
        self.tell(Command::AllowDirect { peers: None }).await;
    }

    /// Sets whether relays of others may be visited. If not, those that are connected are left at once.
    pub async fn allow_visits(&self, allowed: bool) {
        self.tell(Command::AllowVisits { allowed }).await;
    }

    /// Closes every connection and ends the task. Returns when the other sides were told, or do not answer.
    ///
    /// Every later call fails, of this handle and of its clones. Idempotent.
    pub async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        self.tell(Command::Stop { done }).await;
        // Where the task has ended before, the command was dropped.
        let _ = stopped.await;
    }

    /// Checks every connection at once, and ends all back-off: for use after sleep, or when the machine is
    /// online again.
    pub async fn probe(&self) {
        self.tell(Command::Probe).await;
    }

    /// Returns the state of the network, which is empty after it has stopped.
    pub async fn status(&self) -> Status {
        let (reply, status) = oneshot::channel();
        self.tell(Command::Status { reply }).await;
        status.await.unwrap_or_default()
    }

    /// Returns the best live connection to a provider, or makes one.
    ///
    /// Waits for the next attempt at an own relay. A relay of somebody else stays connected while it is used
    /// and a minute longer. At most [`MAX_VISITED`] of them are connected at once.
    ///
    /// # Cancel safety
    ///
    /// After the future is dropped, an attempt that has started still runs to its end.
    pub async fn connect(&self, provider: &Provider) -> Result<ConnectionId, ConnectError> {
        match provider {
            Provider::Relay(relay) => self.visit(relay).await,
            Provider::Device { device, .. } | Provider::Keeper { device, .. }
                if let Some(path) = self.control.path(*device) =>
            {
                Ok(path)
            }
            Provider::Device { device, relay } | Provider::Keeper { device, relay, .. } => {
                self.visit(relay).await?;
                let (device, address) = (*device, relay.circuit_to(*device));
                self.ask(|reply| Command::Reach { device, address, reply }).await
            }
        }
    }

    /// Connects to a relay of somebody else whose id is not known, and returns it with the id that it has.
    ///
    /// It counts as visited, as with [`connect`](Self::connect).
    pub async fn meet(&self, relay: &UnmetRelay) -> Result<RelayAddr, ConnectError> {
        let (reply, answer) = oneshot::channel();
        self.tell(Command::Meet { address: relay.address().clone(), reply }).await;
        match within(PATIENCE, answer).await {
            Some(met) => met.unwrap_or(Err(ConnectError::Stopped)).map(|peer| relay.met(peer)),
            None => Err(ConnectError::Unreachable),
        }
    }

    /// Opens a stream for a protocol to a provider. Connects first if necessary.
    pub async fn open(&self, provider: &Provider, protocol: StreamProtocol) -> Result<Stream, ConnectError> {
        let connection = self.connect(provider).await?;
        Ok(self.control.open(connection, protocol).await?)
    }

    /// Returns the streams of this device, to accept protocols that others open.
    pub fn streams(&self) -> &Control {
        &self.control
    }

    fn certificate_for(&self, relay: &RelayAddr) -> Option<Bytes> {
        self.home.borrow().certificate.clone().filter(|_| self.is_own(&relay.peer()))
    }

    fn is_own(&self, relay: &PeerId) -> bool {
        self.home.borrow().relays.contains(relay)
    }

    async fn visit(&self, relay: &RelayAddr) -> Result<ConnectionId, ConnectError> {
        match self.control.path(relay.peer()) {
            Some(connection) => Ok(connection),
            None => self.ask(|reply| Command::Visit { relay: relay.clone(), reply }).await,
        }
    }

    async fn ask(&self, command: impl FnOnce(Reply) -> Command) -> Result<ConnectionId, ConnectError> {
        let (reply, answer) = oneshot::channel();
        self.tell(command(reply)).await;
        match within(PATIENCE, answer).await {
            Some(answer) => answer.unwrap_or(Err(ConnectError::Stopped)),
            None => Err(ConnectError::Unreachable),
        }
    }

    /// If the task has ended, the command is dropped, and its reply with it.
    async fn tell(&self, command: Command) {
        let _ = self.commands.clone().send(command).await;
    }
}

/// Runs a test that no executor of its own needs, with the timers that limits on time need.
#[cfg(test)]
fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime without input and output can be made").block_on(work)
}

/// Returns the future's value, if it comes in time.
async fn within<T>(patience: Duration, work: impl Future<Output = T>) -> Option<T> {
    let sleep = platform::sleep(patience);
    pin_mut!(work, sleep);
    match future::select(work, sleep).await {
        future::Either::Left((value, _)) => Some(value),
        future::Either::Right(_) => None,
    }
}

//! The peer: connections, streams, and the protocols over them. Moves CIDs and sealed bytes.
//!
//! [`Net::start`] makes the one task that owns the swarm. It keeps our own relays connected and listens
//! through them, dials the relays and devices of others when asked, and says what changed. Protocols
//! are async functions over [`streams::Stream`]; they run in the task of whoever calls them.

pub mod address;
mod backoff;
pub mod bitswap;
mod calls;
mod event;
pub mod exchange;
mod fetch;
pub mod frame;
pub mod keep;
mod lasting;
pub mod mailbox;
mod own_relay;
mod probe;
pub mod records;
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

pub use address::{AddressError, RelayAddr};
pub use calls::{CallError, Watched};
pub use event::{Event, Path};
pub use fetch::FetchError;
pub use swarm::StartError;
pub use worker::MAX_VISITED;

use crate::platform;
use bitswap::{Blocks, Exchange};
use event::Outbox;
use streams::{Control, OpenError, Stream};
use webrtc::Direct;
use worker::{Command, Peers, Reply, Worker};

/// Commands on their way to the task, which takes them at once.
const MAX_COMMANDS: usize = 64;

/// How long somebody waits for a connection, the wait of an own relay for its next attempt included.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a device needs to take part.
#[derive(Debug)]
pub struct Args<B> {
    /// The device's own key; its public half is the peer id.
    pub device: Keypair,
    /// The blocks that this device gives others, and to whom.
    pub blocks: B,
    /// How it connects to others without a relay between, if it can.
    pub direct: Option<Direct>,
}

/// Why a peer was not reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Nobody answers at the address, or not with the peer id that it names.
    #[error("peer cannot be reached: try again later")]
    Unreachable,
    /// As many relays of others are in use as may be.
    #[error("{MAX_VISITED} relays of others are in use: try again when one is free")]
    TooManyRelays,
    /// Too many wait for this peer already.
    #[error("too many requests wait for this peer: try again later")]
    Busy,
    /// The connection stood, but no stream on it.
    #[error("no stream to the peer: {0}")]
    Stream(#[from] OpenError),
    /// The network task has ended.
    #[error("the network is stopped")]
    Stopped,
}

/// Who may have what we look for, and how to get there.
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
}

impl Provider {
    /// Who gives the blocks.
    pub fn peer(&self) -> PeerId {
        match self {
            Self::Relay(relay) => relay.peer(),
            Self::Device { device, .. } => *device,
        }
    }
}

/// How the network stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Our own relays.
    pub relays: Vec<RelayStatus>,
    /// Every live connection, those to relays included.
    pub peers: Vec<PeerStatus>,
}

/// How one of our own relays stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayStatus {
    /// Where it is.
    pub address: RelayAddr,
    /// Whether it is connected.
    pub connected: bool,
    /// Whether others reach us through it.
    pub reserved: bool,
}

/// One live connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerStatus {
    /// Who is at the other end.
    pub peer: PeerId,
    /// Whether a relay is between.
    pub path: Path,
    /// Why one is, where one is.
    pub obstacle: Option<webrtc::Obstacle>,
    /// How long an answer takes, once measured.
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
}

/// Our own relays, and what we show to them alone.
#[derive(Debug, Default)]
struct Home {
    relays: Vec<PeerId>,
    certificate: Option<Bytes>,
}

impl Net {
    /// Starts the network of a device: connected to nobody until told.
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
        };
        let worker = Worker { swarm, control, commands: receiver, events, peers: Peers::default() };
        platform::spawn(worker.run());
        platform::spawn(driver.run(args.blocks));
        Ok((net, told))
    }

    /// The id under which others know this device.
    pub fn peer_id(&self) -> PeerId {
        self.peer
    }

    /// Names our own relays: kept connected and listened through from now on, with back-off.
    ///
    /// Replaces the earlier list; relays that are on both stay connected. The certificate says whose device
    /// this is, and is shown to these relays alone.
    pub async fn set_relays(&self, own: Vec<RelayAddr>, certificate: Option<Bytes>) {
        *self.home.borrow_mut() = Home { relays: own.iter().map(RelayAddr::peer).collect(), certificate };
        self.tell(Command::SetRelays { own }).await;
    }

    /// Names the devices that may learn our network address: to these a direct connection is made beside the circuit,
    /// where that can be.
    ///
    /// Replaces the earlier list; nobody is on the first one. Direct connections to those who are on it no more are
    /// closed.
    pub async fn allow_direct(&self, peers: HashSet<PeerId>) {
        self.tell(Command::AllowDirect { peers }).await;
    }

    /// Checks every connection at once, and tries what waits for its back-off: after sleep, or when the
    /// machine is online again.
    pub async fn probe(&self) {
        self.tell(Command::Probe).await;
    }

    /// How the network stands; empty when it is stopped.
    pub async fn status(&self) -> Status {
        let (reply, status) = oneshot::channel();
        self.tell(Command::Status { reply }).await;
        status.await.unwrap_or_default()
    }

    /// A connection to a provider: the best that stands, else a new one.
    ///
    /// Waits for an own relay's next attempt; connects to a relay of somebody else for as long as it is
    /// used and a minute after, to at most [`MAX_VISITED`] at once.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves an attempt that is under way to end by itself.
    pub async fn connect(&self, provider: &Provider) -> Result<ConnectionId, ConnectError> {
        match provider {
            Provider::Relay(relay) => self.visit(relay).await,
            Provider::Device { device, .. } if let Some(path) = self.control.path(*device) => Ok(path),
            Provider::Device { device, relay } => {
                self.visit(relay).await?;
                let (device, address) = (*device, relay.circuit_to(*device));
                self.ask(|reply| Command::Reach { device, address, reply }).await
            }
        }
    }

    /// Opens a stream for a protocol to a provider, connecting first where needed.
    pub async fn open(&self, provider: &Provider, protocol: StreamProtocol) -> Result<Stream, ConnectError> {
        let connection = self.connect(provider).await?;
        Ok(self.control.open(connection, protocol).await?)
    }

    /// The streams of this device, for protocols that others open towards us.
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

    /// A command that finds the task ended is dropped, and its reply with it.
    async fn tell(&self, command: Command) {
        let _ = self.commands.clone().send(command).await;
    }
}

/// What a future gives, if it does so in time.
async fn within<T>(patience: Duration, work: impl Future<Output = T>) -> Option<T> {
    let sleep = platform::sleep(patience);
    pin_mut!(work, sleep);
    match future::select(work, sleep).await {
        future::Either::Left((value, _)) => Some(value),
        future::Either::Right(_) => None,
    }
}

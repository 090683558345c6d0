//! Bitswap 1.2: asks peers for blocks by CID, and serves blocks that peers may have.
//!
//! Follows <https://specs.ipfs.tech/bitswap-protocol/>; Kubo and Helia speak it. Each side opens its own
//! stream and only writes to it. The other side's messages arrive over a stream that the other side opened.
//! Many wants go out at once, and answers are hashed before they are used. All that a peer can make us hold
//! is bounded for each peer, so a peer that floods, lies or is silent costs the others nothing.

mod client;
#[cfg(feature = "testing")]
pub mod fuzzing;
mod server;
mod wire;

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::channel::mpsc;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use futures::{StreamExt, select};
use libp2p::{Multiaddr, PeerId, StreamProtocol};
use lru::LruCache;

use super::Pool;
use super::frame::{self, Intake};
use super::streams::{AlreadyAccepted, Control, IncomingStream, Stream};

pub use client::AskError;
use server::Unserved;
#[cfg(test)]
pub(crate) use server::message_for;

/// The protocol's name.
pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/ipfs/bitswap/1.2.0");

/// The longest message that we read, in bytes: twice what the specification lets others send.
pub const MAX_MESSAGE: usize = 4 * 1024 * 1024;

/// Streams of one peer that we read at once. One is usual; Helia opens one for each message.
const MAX_READ_OF_PEER: usize = 16;

/// Peers that we ask at once, and that a page serves. Each may make us hold some megabytes.
const MAX_PEERS: usize = 512;

/// Peers at once that are told that we have no room for their wants. Further ones find their stream closed.
const MAX_REFUSALS: usize = 64;

/// A stream without a message is closed after this time. It is long, because a peer that waits for blocks over a slow
/// line says nothing meanwhile.
const STREAM_IDLE: Duration = Duration::from_secs(600);

/// Wrong blocks after which a peer is asked nothing more.
const MAX_STRIKES: u32 = 3;

/// Peers whose wrong blocks we remember, and blocks that may still come after we gave them up.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4096).expect("not zero");

/// What strangers may take of us.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Peers whose wants we remember at once.
    pub ledgers: usize,
    /// The same for peers of one network.
    pub ledgers_of_network: usize,
    /// The network of a peer with this address; `None` is not counted.
    pub network: fn(&Multiaddr) -> Option<IpAddr>,
    /// Memory for messages that peers are sending, in bytes, shared by networks.
    pub memory: Option<Arc<Pool<IpAddr>>>,
    /// Memory for blocks that peers have not taken yet, in bytes, shared by networks.
    pub serving: Option<Arc<Pool<IpAddr>>>,
    /// Whether a peer is disconnected after [`MAX_STRIKES`] wrong blocks.
    pub disconnects: bool,
}

impl Default for Bounds {
    /// The bounds of a page, which serves contacts alone.
    fn default() -> Self {
        Self {
            ledgers: MAX_PEERS,
            ledgers_of_network: MAX_PEERS,
            network: |_| None,
            memory: None,
            serving: None,
            disconnects: false,
        }
    }
}

/// What a server serves, and to whom.
pub trait Blocks: Clone + 'static {
    /// Whether this peer may learn that we have this block. Asked first, so that nobody can probe.
    fn allowed(&self, peer: PeerId, cid: Cid) -> impl Future<Output = bool>;

    /// Whether we have the block.
    fn has(&self, cid: Cid) -> impl Future<Output = bool>;

    /// Returns the block, if we have it.
    fn get(&self, cid: Cid) -> impl Future<Output = Option<Bytes>>;
}

/// Handle to the exchange over the streams of one [`Control`]. Clones share it.
#[derive(Clone, Debug)]
pub struct Exchange {
    control: Control,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    bounds: Bounds,
    state: Mutex<State>,
    served: AtomicU64,
}

#[derive(Debug)]
struct State {
    sessions: HashMap<PeerId, client::Session>,
    ledgers: HashMap<PeerId, server::Ledger>,
    /// Peers that need a task.
    starts: mpsc::Sender<Start>,
    strikes: LruCache<PeerId, u32>,
    /// Blocks that were asked of a peer and then given up. If they come, the peer has not lied.
    late: LruCache<(PeerId, Cid), ()>,
}

#[derive(Debug)]
enum Start {
    Ask { peer: PeerId, bell: mpsc::Receiver<()> },
    Serve { peer: PeerId, bell: mpsc::Receiver<()> },
    Refuse { peer: PeerId, unserved: Unserved },
}

/// Runs an [`Exchange`]; see [`run`](Self::run).
#[derive(Debug)]
pub struct Driver {
    exchange: Exchange,
    accepted: mpsc::Receiver<IncomingStream>,
    starts: mpsc::Receiver<Start>,
}

impl Exchange {
    /// Makes the exchange over these streams. It works while the driver runs.
    pub fn new(control: Control) -> Result<(Self, Driver), AlreadyAccepted> {
        Self::with_bounds(control, Bounds::default())
    }

    /// Makes the exchange with bounds of its own.
    pub fn with_bounds(control: Control, bounds: Bounds) -> Result<(Self, Driver), AlreadyAccepted> {
        let accepted = control.accept(PROTOCOL)?;
        let (sender, starts) = mpsc::channel(MAX_PEERS + bounds.ledgers);
        let state = State {
            sessions: HashMap::new(),
            ledgers: HashMap::new(),
            starts: sender,
            strikes: LruCache::new(REMEMBERED),
            late: LruCache::new(REMEMBERED),
        };
        let shared = Arc::new(Shared { bounds, state: Mutex::new(state), served: AtomicU64::new(0) });
        let exchange = Self { control, shared };
        Ok((exchange.clone(), Driver { exchange, accepted, starts }))
    }

    /// Returns how many bytes of blocks were served since the start.
    pub fn bytes_served(&self) -> u64 {
        self.shared.served.load(Ordering::Relaxed)
    }

    /// Returns how many blocks a peer has sent that were not asked of it. These count as wrong.
    pub fn strikes(&self, peer: PeerId) -> u32 {
        self.state().strikes.peek(&peer).copied().unwrap_or(0)
    }

    /// Handles a message of a peer. After an `Err` the peer is read no further.
    async fn hear(&self, peer: PeerId, network: Option<IpAddr>, message: Bytes) -> Result<(), HearError> {
        let message = wire::Message::read(message)?;
        // Hash before taking the lock. Where nothing was asked, nothing needs a name.
        let asks = self.state().asks();
        let blocks =
            if asks { join_all(message.payload.iter().map(wire::Block::named)).await } else { vec![] };
        let mut state = self.state();
        if !asks {
            for _ in message.payload.iter().take(MAX_STRIKES as usize) {
                state.strike(peer);
            }
        }
        state.take_blocks(peer, blocks.into_iter().flatten());
        state.take_presences(peer, &message.presences);
        if self.shared.bounds.disconnects && state.is_wrong(peer) {
            drop(state);
            self.control.disconnect(peer);
            return Err(HearError::WrongBlocks);
        }
        if let Some(wantlist) = message.wantlist
            && let Err(unserved) = state.take_wants(peer, network, &wantlist, &self.shared.bounds)
        {
            // If there is no room for that either, the peer finds its stream closed.
            let _ = state.starts.try_send(Start::Refuse { peer, unserved });
            return Err(HearError::NoRoom);
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().expect("nothing panics while it holds the lock")
    }
}

/// Why a peer is read no further.
#[derive(Debug, thiserror::Error)]
enum HearError {
    #[error(transparent)]
    Malformed(#[from] wire::Malformed),
    #[error("sent blocks that were not asked of it")]
    WrongBlocks,
    #[error("no room for its wants")]
    NoRoom,
}

impl Driver {
    /// Runs the exchange until the swarm of its streams is gone.
    ///
    /// One task does everything. The future is `Send` if the futures of `blocks` are.
    pub async fn run<B: Blocks>(self, blocks: B) {
        let Self { exchange, mut accepted, mut starts } = self;
        let mut reading = HashMap::<PeerId, usize>::new();
        let mut readers = FuturesUnordered::new();
        let mut askers = FuturesUnordered::new();
        let mut servers = FuturesUnordered::new();
        let mut refusals = FuturesUnordered::new();
        loop {
            select! {
                one = accepted.next() => {
                    let Some(IncomingStream { peer, remote, stream, .. }) = one else { break };
                    let streams = reading.entry(peer).or_default();
                    // A stream above the limit is reset because it is dropped.
                    if *streams < MAX_READ_OF_PEER {
                        *streams += 1;
                        readers.push(read(exchange.clone(), peer, remote, stream));
                    }
                }
                start = starts.select_next_some() => match start {
                    Start::Ask { peer, bell } => askers.push(client::ask(exchange.clone(), peer, bell)),
                    Start::Serve { peer, bell } => {
                        servers.push(server::serve(exchange.clone(), peer, bell, blocks.clone()));
                    }
                    Start::Refuse { peer, unserved } => if refusals.len() < MAX_REFUSALS {
                        refusals.push(server::refuse(exchange.clone(), peer, unserved));
                    }
                },
                peer = readers.select_next_some() => {
                    let left = reading.get_mut(&peer).map_or(0, |streams| { *streams -= 1; *streams });
                    if left == 0 {
                        reading.remove(&peer);
                    }
                }
                () = askers.select_next_some() => {}
                () = servers.select_next_some() => {}
                () = refusals.select_next_some() => {}
            }
        }
        exchange.end();
    }
}

impl Exchange {
    /// Everybody who waits learns that nothing will come.
    fn end(&self) {
        let mut state = self.state();
        state.sessions.clear();
        state.ledgers.clear();
    }
}

/// Reads one stream of a peer to its end.
async fn read(exchange: Exchange, peer: PeerId, remote: Multiaddr, mut stream: Stream) -> PeerId {
    let bounds = &exchange.shared.bounds;
    let network = (bounds.network)(&remote);
    let room = bounds.memory.as_ref().map(|memory| memory.of(network)).unwrap_or_default();
    let intake = Intake { idle: STREAM_IDLE, room };
    loop {
        match frame::take_in(&mut stream, MAX_MESSAGE, &intake).await {
            Ok(Some((message, _part))) => {
                if let Err(error) = exchange.hear(peer, network, message).await {
                    tracing::debug!(%peer, %error, "read no further");
                    return peer;
                }
            }
            Ok(None) => return peer,
            Err(error) => {
                tracing::debug!(%peer, %error, "bitswap stream ended");
                return peer;
            }
        }
    }
}

#[cfg(test)]
mod tests;

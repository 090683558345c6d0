//! A peer with our network and nothing else, for a page's worker. `e2e/interop.test.mjs` runs it against
//! js-libp2p.
#![cfg(target_arch = "wasm32")]

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use futures::channel::mpsc;
use futures::lock::Mutex;
use futures::{AsyncReadExt, AsyncWriteExt, StreamExt, io};
use libp2p::identity::Keypair;
use libp2p::{PeerId, StreamProtocol};
use spinney::format::{RAW, cid_of};
use spinney::net::bitswap::Blocks;
use spinney::net::streams::Stream;
use spinney::net::webrtc::{Direct, Reach, window};
use spinney::net::{Args, Event, Net, Path, PeerStatus, Provider, RelayAddr};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;
use web_sys::MessagePort;

/// The echo protocol: it returns all bytes of a stream over the same stream, up to its end.
const ECHO: StreamProtocol = StreamProtocol::new("/echo/1.0.0");

/// Bytes of an echo in flight, because js-libp2p resets a stream of which four megabytes wait for a reader.
const PIECE: usize = 256 * 1024;

/// A peer that others reach through one relay.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Peer {
    net: Net,
    events: Mutex<mpsc::Receiver<Event>>,
    relay: RelayAddr,
    shelf: Shelf,
    resets: Rc<Cell<u32>>,
}

#[wasm_bindgen]
impl Peer {
    /// Starts a peer. The window at the other end of this port makes its peer connections.
    pub async fn start(window: MessagePort, relay: &str) -> Result<Self, JsError> {
        let relay = RelayAddr::own(relay)?;
        let shelf = Shelf::default();
        let (net, mut events) = Net::start(Args {
            device: Keypair::generate_ed25519(),
            blocks: shelf.clone(),
            direct: Some(Direct { host: window::host(window), reach: Reach::Anywhere }),
        })?;
        let resets = Rc::<Cell<u32>>::default();
        let mut accepted = net.streams().accept(ECHO)?;
        spawn_local({
            let resets = resets.clone();
            async move {
                while let Some(accepted) = accepted.next().await {
                    spawn_local(answer(accepted.stream, resets.clone()));
                }
            }
        });
        net.set_relays(vec![relay.clone()], None).await;
        while !matches!(events.next().await, Some(Event::Relay { reserved: true, .. })) {}
        Ok(Self { net, events: Mutex::new(events), relay, shelf, resets })
    }

    /// The id under which others know this peer.
    pub fn id(&self) -> String {
        self.net.peer_id().to_string()
    }

    /// Allows another peer to connect directly.
    pub async fn allow(&self, peer: &str) -> Result<(), JsError> {
        self.net.allow_direct([peer.parse()?].into()).await;
        Ok(())
    }

    /// Dials a peer through the relay.
    pub async fn dial(&self, peer: &str) -> Result<(), JsError> {
        self.net.connect(&self.provider(peer.parse()?)).await?;
        Ok(())
    }

    /// Waits until there is a direct connection to a peer, made by either side.
    pub async fn direct(&self, peer: &str) -> Result<(), JsError> {
        let peer = peer.parse()?;
        let mut events = self.events.lock().await;
        while self.direct_path(peer).await.is_none() {
            events.next().await;
        }
        Ok(())
    }

    /// Whether a peer has answered a ping over the direct connection.
    pub async fn pinged(&self, peer: &str) -> Result<bool, JsError> {
        Ok(self.direct_path(peer.parse()?).await.is_some_and(|path| path.round_trip.is_some()))
    }

    /// Sends bytes and receives all that returns.
    pub async fn echo(&self, peer: &str, bytes: &[u8]) -> Result<Vec<u8>, JsError> {
        let mut stream = self.open(peer).await?;
        let mut back = vec![0; bytes.len()];
        let mut pieces = bytes.chunks(PIECE).zip(back.chunks_mut(PIECE)).peekable();
        while let Some((piece, returned)) = pieces.next() {
            stream.write_all(piece).await?;
            if pieces.peek().is_none() {
                // After our half is closed, the other is still read.
                stream.close().await?;
            }
            stream.read_exact(returned).await?;
        }
        stream.read_to_end(&mut back).await?;
        Ok(back)
    }

    /// Gives a stream up after the peer has started to answer.
    pub async fn abandon(&self, peer: &str) -> Result<(), JsError> {
        let mut stream = self.open(peer).await?;
        stream.write_all(b"x").await?;
        stream.read_exact(&mut [0]).await?;
        Ok(())
    }

    /// Returns how many streams others have given up.
    pub fn resets(&self) -> u32 {
        self.resets.get()
    }

    /// Offers a block. Returns its CID.
    pub fn keep(&self, block: Vec<u8>) -> String {
        let cid = cid_of(RAW, &block);
        self.shelf.0.borrow_mut().insert(cid, block.into());
        cid.to_string()
    }

    /// Fetches a block from a peer.
    pub async fn fetch(&self, peer: &str, cid: &str) -> Result<Vec<u8>, JsError> {
        let block = self.net.fetch(cid.parse()?, &[self.provider(peer.parse()?)]).await?;
        Ok(block.to_vec())
    }

    async fn direct_path(&self, peer: PeerId) -> Option<PeerStatus> {
        let status = self.net.status().await;
        status.peers.into_iter().find(|path| path.peer == peer && path.path == Path::Direct)
    }

    async fn open(&self, peer: &str) -> Result<Stream, JsError> {
        Ok(self.net.open(&self.provider(peer.parse()?), ECHO).await?)
    }

    fn provider(&self, device: PeerId) -> Provider {
        Provider::Device { device, relay: self.relay.clone() }
    }
}

/// Returns what arrives, up to the end. Counts streams without an end.
async fn answer(stream: Stream, resets: Rc<Cell<u32>>) {
    let (reader, mut writer) = stream.split();
    let echoed = async {
        io::copy(reader, &mut writer).await?;
        writer.close().await
    };
    if echoed.await.is_err() {
        resets.set(resets.get() + 1);
    }
}

/// Blocks for everybody.
#[derive(Clone, Debug, Default)]
struct Shelf(Rc<RefCell<HashMap<Cid, Bytes>>>);

impl Blocks for Shelf {
    async fn allowed(&self, _: PeerId, _: Cid) -> bool {
        true
    }

    async fn has(&self, cid: Cid) -> bool {
        self.0.borrow().contains_key(&cid)
    }

    async fn get(&self, cid: Cid) -> Option<Bytes> {
        self.0.borrow().get(&cid).cloned()
    }
}

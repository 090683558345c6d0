//! What the tests of the network share: a relay that can be stopped, and a line that can be frozen.
#![allow(dead_code, reason = "each test crate uses its part")]

pub(crate) mod window;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::channel::{mpsc, oneshot};
use futures::{FutureExt, Stream, StreamExt, select};
use libp2p::core::upgrade::Version;
use libp2p::swarm::{self, NetworkBehaviour, SwarmEvent};
use libp2p::{
    PeerId, Swarm, Transport, identify, identity::Keypair, noise, ping, relay, tcp, websocket, yamux,
};
use spinney::format::{RAW, cid_of};
use spinney::net::bitswap::{Blocks, Exchange};
use spinney::net::streams::{Behaviour as Streams, Control};
use spinney::net::webrtc::Direct;
use spinney::net::{Args, Event, Net, RelayAddr};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::LocalSet;
use window::Air;

/// Nothing here takes longer, unless it hangs: ten times of what the longest takes on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs a test on one thread, as the crate is made for, and not for ever.
pub(crate) async fn local<T>(test: impl Future<Output = T>) -> T {
    let done = LocalSet::new().run_until(tokio::time::timeout(PATIENCE, test)).await;
    done.expect("a test that hangs has failed")
}

#[derive(NetworkBehaviour)]
struct Behaviour {
    relay: relay::Behaviour,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    streams: Streams,
}

/// A circuit relay on loopback, with streams for what a test serves.
pub(crate) struct Relay {
    pub(crate) key: Keypair,
    pub(crate) port: u16,
    pub(crate) control: Control,
    stop: oneshot::Sender<()>,
    stopped: oneshot::Receiver<()>,
}

impl Relay {
    pub(crate) async fn start() -> Self {
        Self::start_at(Keypair::generate_ed25519(), 0).await
    }

    pub(crate) async fn start_at(key: Keypair, port: u16) -> Self {
        let control = Control::new();
        let mut swarm = swarm(&key, control.clone());
        swarm.listen_on(format!("/ip4/127.0.0.1/tcp/{port}/ws").parse().unwrap()).unwrap();
        let address = loop {
            if let SwarmEvent::NewListenAddr { address, .. } = swarm.select_next_some().await {
                break address;
            }
        };
        swarm.add_external_address(address.clone());
        let port = address.to_string().split('/').nth(4).unwrap().parse().unwrap();
        let ((stop, mut stopping), (ended, stopped)) = (oneshot::channel(), oneshot::channel());
        tokio::spawn(async move {
            loop {
                select! {
                    _ = swarm.select_next_some() => {}
                    _ = stopping => break,
                }
            }
            drop(swarm);
            let _ = ended.send(());
        });
        Self { key, port, control, stop, stopped }
    }

    pub(crate) fn peer(&self) -> PeerId {
        self.key.public().to_peer_id()
    }

    pub(crate) fn address(&self) -> RelayAddr {
        self.address_at(self.port)
    }

    pub(crate) fn address_at(&self, port: u16) -> RelayAddr {
        RelayAddr::own(&format!("/ip4/127.0.0.1/tcp/{port}/ws/p2p/{}", self.peer())).unwrap()
    }

    /// Stops at once; gives what is needed to start it again where it was.
    pub(crate) async fn stop(self) -> (Keypair, u16) {
        self.stop.send(()).unwrap();
        self.stopped.await.unwrap();
        (self.key, self.port)
    }
}

fn swarm(key: &Keypair, control: Control) -> Swarm<Behaviour> {
    let peer = key.public().to_peer_id();
    let transport = websocket::Config::new(tcp::tokio::Transport::new(tcp::Config::default().nodelay(true)))
        .upgrade(Version::V1Lazy)
        .authenticate(noise::Config::new(key).unwrap())
        .multiplex(yamux::Config::default())
        .boxed();
    let circuits = relay::Config { max_circuit_bytes: 0, ..relay::Config::default() };
    let behaviour = Behaviour {
        relay: relay::Behaviour::new(peer, circuits),
        identify: identify::Behaviour::new(identify::Config::new("/test/1".into(), key.public())),
        ping: ping::Behaviour::default(),
        streams: Streams::new(control),
    };
    let config = swarm::Config::with_tokio_executor().with_idle_connection_timeout(Duration::from_secs(60));
    Swarm::new(transport, behaviour, peer, config)
}

/// A device that is connected to nobody yet, and has no blocks.
pub(crate) fn device() -> (Net, mpsc::Receiver<Event>) {
    device_with(Shelf::default())
}

/// A device that gives these blocks.
pub(crate) fn device_with(blocks: Shelf) -> (Net, mpsc::Receiver<Event>) {
    start(blocks, None)
}

/// A device that gives these blocks, and whose window is on this network.
pub(crate) fn device_in(air: &Air, blocks: Shelf) -> (Net, mpsc::Receiver<Event>) {
    start(blocks, Some(air.window()))
}

fn start(blocks: Shelf, direct: Option<Direct>) -> (Net, mpsc::Receiver<Event>) {
    Net::start(Args { device: Keypair::generate_ed25519(), blocks, direct }).unwrap()
}

/// Blocks in memory, for everybody but those who are denied.
#[derive(Clone, Default)]
pub(crate) struct Shelf {
    pub(crate) blocks: Arc<Mutex<HashMap<Cid, Bytes>>>,
    pub(crate) denied: Arc<Mutex<Vec<PeerId>>>,
    /// How many more blocks are given before all others hang.
    pub(crate) left: Option<Arc<Semaphore>>,
}

impl Shelf {
    /// So many different blocks of a size, on a new shelf.
    pub(crate) fn filled(count: u32, size: usize) -> (Self, Vec<Cid>) {
        let shelf = Self::default();
        let cids = (0..count).map(|i| {
            let mut bytes = vec![i as u8; size];
            bytes[..4].copy_from_slice(&i.to_be_bytes());
            shelf.put(bytes)
        });
        let cids = cids.collect();
        (shelf, cids)
    }

    pub(crate) fn put(&self, bytes: Vec<u8>) -> Cid {
        let cid = cid_of(RAW, &bytes);
        self.blocks.lock().unwrap().insert(cid, bytes.into());
        cid
    }
}

impl Blocks for Shelf {
    async fn allowed(&self, peer: PeerId, _: Cid) -> bool {
        !self.denied.lock().unwrap().contains(&peer)
    }

    async fn has(&self, cid: Cid) -> bool {
        self.blocks.lock().unwrap().contains_key(&cid)
    }

    async fn get(&self, cid: Cid) -> Option<Bytes> {
        if let Some(left) = &self.left {
            left.acquire().await.unwrap().forget();
        }
        self.blocks.lock().unwrap().get(&cid).cloned()
    }
}

/// Serves these blocks at a relay.
pub(crate) fn serve(relay: &Relay, blocks: Shelf) -> Exchange {
    let (exchange, driver) = Exchange::new(relay.control.clone()).unwrap();
    // As a relay does: the whole of it can move between threads.
    tokio::spawn(driver.run(blocks));
    exchange
}

/// A device that others reach through this relay.
pub(crate) async fn device_at(relay: &Relay) -> (Net, mpsc::Receiver<Event>) {
    at(relay, device()).await
}

/// The same device, now reached through this relay.
pub(crate) async fn at(
    relay: &Relay,
    (net, mut events): (Net, mpsc::Receiver<Event>),
) -> (Net, mpsc::Receiver<Event>) {
    net.set_relays(vec![relay.address()], None).await;
    until(&mut events, |event| matches!(event, Event::Relay { reserved: true, .. })).await;
    (net, events)
}

/// Somebody with streams to a relay and nothing else: what comes towards them is left lying.
pub(crate) async fn stranger(relay: &Relay) -> Control {
    let control = Control::new();
    let mut swarm = swarm(&Keypair::generate_ed25519(), control.clone());
    swarm.dial(relay.address().address().clone()).unwrap();
    while !matches!(swarm.select_next_some().await, SwarmEvent::ConnectionEstablished { .. }) {}
    tokio::spawn(async move { while swarm.next().await.is_some() {} });
    control
}

/// Takes events until one fits.
pub(crate) async fn until(events: &mut (impl Stream<Item = Event> + Unpin), fits: impl Fn(&Event) -> bool) {
    while !fits(&events.next().await.expect("the network runs")) {}
}

/// A line to a port that carries bytes until it is frozen, and then is silent without closing.
pub(crate) struct Line {
    pub(crate) port: u16,
    freeze: tokio::sync::watch::Sender<bool>,
}

impl Line {
    pub(crate) async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = listener.local_addr().unwrap().port();
        let (freeze, frozen) = tokio::sync::watch::channel(false);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                tokio::spawn(carry(near, far, frozen.clone()));
            }
        });
        Self { port: line, freeze }
    }

    pub(crate) fn freeze(&self) {
        self.freeze.send_replace(true);
    }

    pub(crate) fn thaw(&self) {
        self.freeze.send_replace(false);
    }
}

/// What was frozen once stays so; connections that are made after a thaw work again.
async fn carry(mut near: TcpStream, mut far: TcpStream, mut frozen: tokio::sync::watch::Receiver<bool>) {
    let mut frozen = Box::pin(frozen.wait_for(|frozen| *frozen).map(drop)).fuse();
    let mut copy = Box::pin(tokio::io::copy_bidirectional(&mut near, &mut far)).fuse();
    let freeze = select! {
        _ = copy => false,
        () = frozen => true,
    };
    if freeze {
        std::future::pending::<()>().await;
    }
}

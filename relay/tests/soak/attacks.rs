//! Strangers who try to take the relay away from others, all at once and in every way that is known.
//!
//! Each attack goes on to the end: what is refused or closed is tried again. Their rates are those of one
//! slow line, because the attackers share the processor of this machine with the relay and with the people whom it
//! serves.

mod bitswap;
mod keep;
mod mail;
mod records;
mod sockets;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::{AsyncReadExt, StreamExt};
use ipld_core::ipld::Ipld;
use libp2p::{
    Multiaddr, PeerId, StreamProtocol, SwarmBuilder, identity::Keypair, multiaddr::Protocol, noise, tcp,
    yamux,
};
use spinney::{
    crypto::sign::VerifyingKey,
    format::{Cid, cbor},
    keys::{Id, Phrase, Ring, device},
    net::{
        frame,
        streams::{self, Control, Stream},
    },
    platform,
};
use tokio::task::{JoinHandle, JoinSet};

/// How long an auditor waits for one answer.
const AUDIT: Duration = Duration::from_secs(30);

/// How long an attacker waits for the relay, and before a next try after it was refused.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest answer of the relay.
const LONGEST: usize = (1 << 20) + 1024;

/// What the attackers know and leave.
#[derive(Clone)]
pub(crate) struct World {
    /// The relay as it is reached from each network of theirs.
    pub(crate) doors: Vec<Multiaddr>,
    /// Something small and something large that an honest person keeps there.
    pub(crate) small: Cid,
    pub(crate) large: Cid,
    /// Identities of theirs for which the relay has taken something.
    pub(crate) charged: Arc<Mutex<Vec<Arc<Ring>>>>,
    /// Names under which there are records of theirs.
    pub(crate) planted: Arc<Mutex<Vec<Id>>>,
}

impl World {
    fn door(&self, number: usize) -> &Multiaddr {
        &self.doors[number % self.doors.len()]
    }

    fn is_charged(&self, ring: &Arc<Ring>) {
        self.charged.lock().unwrap().push(ring.clone());
    }
}

/// Starts every attack. They end when the set is dropped.
pub(crate) fn start(world: &World) -> JoinSet<()> {
    let mut attacks = JoinSet::new();
    sockets::start(world, &mut attacks);
    records::start(world, &mut attacks);
    keep::start(world, &mut attacks);
    bitswap::start(world, &mut attacks);
    mail::start(world, &mut attacks);
    attacks
}

/// Tries something again and again, with a pause after each failure.
async fn again(mut attempt: impl AsyncFnMut() -> Option<()>) {
    loop {
        if attempt().await.is_none() {
            tokio::time::sleep(PATIENCE).await;
        }
    }
}

/// A device under a new key with one connection. It ends when this is dropped.
struct Peer {
    control: Control,
    relay: PeerId,
    key: Keypair,
    swarm: JoinHandle<()>,
}

impl Peer {
    /// Connects, or returns `None` if the relay does not let it.
    async fn connect(address: &Multiaddr) -> Option<Self> {
        let key = Keypair::generate_ed25519();
        let control = Control::new();
        let mut swarm = SwarmBuilder::with_existing_identity(key.clone())
            .with_tokio()
            .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)
            .ok()?
            .with_websocket(noise::Config::new, yamux::Config::default)
            .await
            .ok()?
            .with_behaviour(|_| streams::Behaviour::new(control.clone()))
            .ok()?
            .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(3600)))
            .build();
        let Some(Protocol::P2p(relay)) = address.iter().last() else { panic!("{address} names no peer") };
        swarm.dial(address.clone()).ok()?;
        let connected = async {
            while control.path(relay).is_none() {
                swarm.select_next_some().await;
            }
        };
        tokio::time::timeout(PATIENCE, connected).await.ok()?;
        let swarm = tokio::spawn(async move {
            loop {
                swarm.select_next_some().await;
            }
        });
        Some(Self { control, relay, key, swarm })
    }

    async fn open(&self, protocol: StreamProtocol) -> Option<Stream> {
        tokio::time::timeout(PATIENCE, self.control.open_to(self.relay, protocol)).await.ok()?.ok()
    }

    /// Whether the relay still lets it be there.
    fn is_connected(&self) -> bool {
        self.control.path(self.relay).is_some()
    }

    /// A certificate by which an identity vouches for this device.
    fn certificate(&self, ring: &Ring) -> Vec<u8> {
        let public = self.key.clone().try_into_ed25519().expect("the key was made so").public().to_bytes();
        let device = VerifyingKey::from_bytes(&public).expect("a new key is not weak");
        device::issue(ring, &device, platform::now_ms())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.swarm.abort();
    }
}

/// An identity made up on the spot.
fn somebody() -> Arc<Ring> {
    Arc::new(Ring::from_phrase(&Phrase::from_bytes(platform::random())))
}

/// Says something, if the relay takes it in time.
async fn say(stream: &mut Stream, message: &Ipld) -> Option<()> {
    say_raw(stream, &cbor::from_ipld(message)).await
}

async fn say_raw(stream: &mut Stream, message: &[u8]) -> Option<()> {
    let said = async {
        frame::write(stream, message).await.ok()?;
        futures::AsyncWriteExt::flush(stream).await.ok()
    };
    tokio::time::timeout(PATIENCE, said).await.ok()?
}

/// The next answer, if one comes in time.
async fn hear(stream: &mut Stream) -> Option<Ipld> {
    let message = tokio::time::timeout(PATIENCE, frame::read(stream, LONGEST)).await.ok()?.ok()??;
    cbor::to_ipld(&message).ok()
}

/// Whether an answer is this word, or a map with it.
fn is(answer: &Ipld, word: &str) -> bool {
    match answer {
        Ipld::String(text) => text == word,
        Ipld::Map(map) => map.contains_key(word),
        _ => false,
    }
}

/// Ends when the stream does.
async fn ended(mut stream: Stream) {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
}

/// Bytes that the relay has charged to these identities. Asks as each of them.
pub(crate) async fn charged(door: &Multiaddr, rings: &[Arc<Ring>]) -> u64 {
    let peer = Peer::connect(door).await.expect("the relay lets somebody in when the attacks are over");
    let mut all = 0;
    for ring in rings {
        let asked = async {
            let stream = peer.control.open_to(peer.relay, spinney::net::keep::PROTOCOL).await.ok()?;
            let session =
                spinney::net::keep::Session::open(stream, Some(&peer.certificate(ring))).await.ok()?;
            Some(session.allowance().used)
        };
        all += tokio::time::timeout(AUDIT, asked)
            .await
            .ok()
            .flatten()
            .expect("the relay says what it has charged");
    }
    all
}

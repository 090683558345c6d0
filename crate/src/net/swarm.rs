//! The libp2p swarm of a device: its transport, which differs between page and process, and its behaviours.

use std::time::Duration;

use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::core::muxing::StreamMuxerBox;
use libp2p::core::transport::Boxed;
use libp2p::core::upgrade::Version;
use libp2p::identity::Keypair;
use libp2p::swarm::{NetworkBehaviour, Swarm};
use libp2p::{PeerId, Transport, identify, noise, ping, relay, yamux};

use super::streams::{self, Control};
use super::webrtc::{self, Direct};

/// The agent that identify reports to others.
const PROTOCOL: &str = "/spinney/1";

/// From the first packet to an authenticated connection. Slow phones need some seconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// A connection without streams is closed after a minute. Reservations and watches count as streams.
const IDLE: Duration = Duration::from_secs(60);

/// How often every connection is pinged: twice within the minute that proxies allow.
const PING_EVERY: Duration = Duration::from_secs(25);

/// How long a ping may take.
pub(super) const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// All connections: four own relays, eight visited relays, and every contact that is online, twice.
const MAX_CONNECTIONS: u32 = 256;

/// Connections that others made. The rest is left to our own.
const MAX_INCOMING: u32 = 192;

/// Connections that are being made, in each direction.
const MAX_PENDING: u32 = 32;

/// Connections to one peer: relayed and direct, and their successors while the old ones close.
const MAX_PER_PEER: u32 = 4;

/// The behaviours of a device.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    limits: connection_limits::Behaviour,
    streams: streams::Behaviour,
    relay: relay::client::Behaviour,
    pub(super) webrtc: webrtc::Behaviour,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
}

/// Why the swarm cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The keys that encrypt connections cannot be made.
    #[error("cannot make the keys of the transport: {0}")]
    Noise(#[from] noise::Error),
    /// The system's name service cannot be used.
    #[error("cannot use the system's name service: {0}")]
    Dns(#[from] std::io::Error),
}

/// Builds a swarm for the device with this key. Its streams go through `control`.
pub(super) fn build(
    key: &Keypair,
    control: Control,
    direct: Option<Direct>,
) -> Result<Swarm<Behaviour>, StartError> {
    let peer = key.public().to_peer_id();
    let (circuits, relay) = relay::client::new(peer);
    let (direct, webrtc) = webrtc::new(peer, &control, direct);
    let direct = direct.map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));
    // Before the circuits, which would accept an address that starts with one.
    let transport = direct.or_transport(secure(circuits.or_transport(imp::transport()?), key)?);
    let transport = transport.map(|either, _| either.into_inner()).boxed();
    let behaviour = Behaviour {
        limits: connection_limits::Behaviour::new(limits()),
        streams: streams::Behaviour::new(control),
        relay,
        webrtc,
        identify: identify::Behaviour::new(
            // No cache, because a peer could name addresses in it that we then dial.
            identify::Config::new(PROTOCOL.to_owned(), key.public())
                .with_hide_listen_addrs(true)
                .with_cache_size(0),
        ),
        ping: ping::Behaviour::new(ping::Config::new().with_interval(PING_EVERY).with_timeout(PING_TIMEOUT)),
    };
    let config = imp::config().with_idle_connection_timeout(IDLE);
    Ok(Swarm::new(transport, behaviour, peer, config))
}

/// Adds Noise and Yamux to a transport, as every peer of ours speaks them.
pub(super) fn secure<T>(transport: T, key: &Keypair) -> Result<Boxed<(PeerId, StreamMuxerBox)>, noise::Error>
where
    T: Transport<
            Output: futures::AsyncRead + futures::AsyncWrite + Send + Unpin + 'static,
            Error: Send + Sync,
        > + Send
        + Unpin
        + 'static,
    T::Dial: Send,
    T::ListenerUpgrade: Send,
{
    let secured = transport.upgrade(Version::V1Lazy).authenticate(noise::Config::new(key)?);
    Ok(secured.multiplex(yamux::Config::default()).timeout(CONNECT_TIMEOUT).boxed())
}

fn limits() -> ConnectionLimits {
    ConnectionLimits::default()
        .with_max_pending_incoming(Some(MAX_PENDING))
        .with_max_pending_outgoing(Some(MAX_PENDING))
        .with_max_established_incoming(Some(MAX_INCOMING))
        .with_max_established(Some(MAX_CONNECTIONS))
        .with_max_established_per_peer(Some(MAX_PER_PEER))
}

#[cfg(target_arch = "wasm32")]
mod imp {
    use libp2p::swarm;

    use super::StartError;
    use crate::net::websocket;

    pub(super) fn transport() -> Result<websocket::Transport, StartError> {
        Ok(websocket::Transport)
    }

    pub(super) fn config() -> swarm::Config {
        swarm::Config::with_wasm_executor()
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use libp2p::{dns, swarm, tcp, websocket};

    use super::StartError;

    type Tcp = dns::tokio::Transport<tcp::tokio::Transport>;

    pub(super) fn transport() -> Result<websocket::Config<Tcp>, StartError> {
        let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true));
        Ok(websocket::Config::new(dns::tokio::Transport::system(tcp)?))
    }

    pub(super) fn config() -> swarm::Config {
        swarm::Config::with_tokio_executor()
    }
}

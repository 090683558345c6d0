//! The relay's swarm: circuits between devices, and streams of our own protocols.

use std::io;

use libp2p::{
    Swarm, SwarmBuilder, Transport, core::upgrade::Version, identify, identity::Keypair, noise, ping, relay,
    swarm::NetworkBehaviour,
};
use libp2p_connection_limits::{self as connection_limits, ConnectionLimits};
use spinney::net::streams;

use crate::{circuits::Circuits, door, limits, muxer, transport::WebSocketTransport};

/// The protocols of every connection.
#[derive(NetworkBehaviour)]
pub(crate) struct Behaviour {
    door: door::Behaviour,
    limits: connection_limits::Behaviour,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    relay: relay::Behaviour,
    streams: streams::Behaviour,
}

/// Builds the swarm over the WebSockets that the HTTP server upgrades.
pub(crate) fn swarm(
    key: Keypair,
    incoming: WebSocketTransport,
    control: streams::Control,
    circuits: &Circuits,
) -> io::Result<Swarm<Behaviour>> {
    let noise = noise::Config::new(&key).map_err(io::Error::other)?;
    let swarm = SwarmBuilder::with_existing_identity(key)
        .with_tokio()
        .with_other_transport(|_| {
            incoming.upgrade(Version::V1Lazy).authenticate(noise).multiplex(muxer::Upgrade::new()).boxed()
        })
        .expect("making the transport cannot fail")
        .with_behaviour(|key| behaviour(key, control, circuits))
        .expect("making the behaviour cannot fail")
        .with_swarm_config(|config| config.with_idle_connection_timeout(limits::IDLE))
        .with_connection_timeout(limits::AUTHENTICATION)
        .build();
    Ok(swarm)
}

fn behaviour(key: &Keypair, control: streams::Control, circuits: &Circuits) -> Behaviour {
    let peer = key.public().to_peer_id();
    let limits = ConnectionLimits::default()
        .with_max_established(Some(limits::CONNECTIONS as u32))
        .with_max_established_per_peer(Some(limits::CONNECTIONS_PER_PEER));
    let identify = identify::Config::new("/spinney/1".into(), key.public())
        .with_agent_version(concat!("spinney-relay/", env!("CARGO_PKG_VERSION")).into());
    Behaviour {
        door: door::Behaviour::new(),
        limits: connection_limits::Behaviour::new(limits),
        identify: identify::Behaviour::new(identify),
        ping: ping::Behaviour::default(),
        relay: relay::Behaviour::new(peer, circuits.config()),
        streams: streams::Behaviour::new(control),
    }
}

//! The relay's swarm: circuits between devices, and streams of our own protocols.

use std::{io, num::NonZeroU32, time::Duration};

use libp2p::{
    Swarm, SwarmBuilder, Transport, core::upgrade::Version, identify, identity::Keypair, noise, ping, relay,
    swarm::NetworkBehaviour, yamux,
};
use libp2p_connection_limits::{self as connection_limits, ConnectionLimits};
use spinney::net::streams;

use crate::{limits, transport::WebSocketTransport};

/// The protocols of every connection.
#[derive(NetworkBehaviour)]
pub(crate) struct Behaviour {
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
) -> io::Result<Swarm<Behaviour>> {
    let noise = noise::Config::new(&key).map_err(io::Error::other)?;
    let swarm = SwarmBuilder::with_existing_identity(key)
        .with_tokio()
        .with_other_transport(|_| {
            incoming.upgrade(Version::V1Lazy).authenticate(noise).multiplex(yamux::Config::default()).boxed()
        })
        .expect("making the transport cannot fail")
        .with_behaviour(|key| behaviour(key, control))
        .expect("making the behaviour cannot fail")
        .with_swarm_config(|config| config.with_idle_connection_timeout(limits::IDLE))
        .with_connection_timeout(limits::HANDSHAKE)
        .build();
    Ok(swarm)
}

fn behaviour(key: &Keypair, control: streams::Control) -> Behaviour {
    let peer = key.public().to_peer_id();
    let limits = ConnectionLimits::default()
        .with_max_established(Some(limits::CONNECTIONS as u32))
        .with_max_pending_incoming(Some(limits::PENDING_UPGRADES as u32))
        .with_max_established_per_peer(Some(limits::CONNECTIONS_PER_PEER));
    let identify = identify::Config::new("/spinney/1".into(), key.public())
        .with_agent_version(concat!("spinney-relay/", env!("CARGO_PKG_VERSION")).into());
    Behaviour {
        limits: connection_limits::Behaviour::new(limits),
        identify: identify::Behaviour::new(identify),
        ping: ping::Behaviour::default(),
        relay: relay::Behaviour::new(peer, circuits()),
        streams: streams::Behaviour::new(control),
    }
}

fn circuits() -> relay::Config {
    let rate = NonZeroU32::new(limits::CIRCUIT_RATE).expect("the rate is not zero");
    let config = relay::Config {
        max_reservations: limits::RESERVATIONS,
        max_circuits: limits::CIRCUITS,
        max_circuits_per_peer: limits::CIRCUITS_PER_PEER,
        max_circuit_duration: limits::CIRCUIT_TIME,
        max_circuit_bytes: limits::CIRCUIT_BYTES,
        // The defaults allow one circuit a minute; a page that reconnects to its contacts needs more.
        reservation_rate_limiters: Vec::new(),
        circuit_src_rate_limiters: Vec::new(),
        ..relay::Config::default()
    };
    let period: Duration = limits::CIRCUIT_RATE_PERIOD;
    config.reservation_rate_per_peer(rate, period).circuit_src_per_peer(rate, period)
}

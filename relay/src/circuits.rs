//! Limits on circuits and reservations for each network. libp2p has those for all and for each device.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::{NonZeroU32, NonZeroUsize},
    sync::{Arc, Mutex},
};

use libp2p::{Multiaddr, PeerId, relay};
use lru::LruCache;

use crate::{
    concurrency::{Share, Shares},
    limits,
    network::{self, Network},
    rate_limit::RateLimit,
};

/// The open circuits of each network. Clones share them.
#[derive(Clone)]
pub(crate) struct Circuits {
    shares: Shares<IpAddr>,
    state: Arc<Mutex<State>>,
}

struct State {
    /// The network from which a device last asked for a circuit: libp2p's events name devices alone.
    askers: LruCache<PeerId, Network>,
    /// The circuits from one device to another.
    open: HashMap<(PeerId, PeerId), Vec<Share<IpAddr>>>,
}

impl Circuits {
    pub(crate) fn new() -> Self {
        let devices = NonZeroUsize::new(limits::CONNECTIONS).expect("the bound is not zero");
        let state = State { askers: LruCache::new(devices), open: HashMap::new() };
        Self { shares: Shares::new(limits::CIRCUITS_PER_NETWORK), state: Arc::new(Mutex::new(state)) }
    }

    /// The limits, as libp2p takes them.
    pub(crate) fn config(&self) -> relay::Config {
        let rate = NonZeroU32::new(limits::CIRCUIT_RATE).expect("the rate is not zero");
        let network_rate = || RateLimit::new(limits::CIRCUIT_RATE_PER_NETWORK, limits::CIRCUIT_RATE_PERIOD);
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
        let mut config = config
            .reservation_rate_per_peer(rate, limits::CIRCUIT_RATE_PERIOD)
            .circuit_src_per_peer(rate, limits::CIRCUIT_RATE_PERIOD);
        let reservations = network_rate();
        config.reservation_rate_limiters.push(Box::new(move |_: PeerId, from: &Multiaddr, _| {
            network::of_multiaddr(from).is_none_or(|network| reservations.allows(network))
        }));
        let (circuits, rate) = (self.clone(), network_rate());
        config.circuit_src_rate_limiters.push(Box::new(move |source: PeerId, from: &Multiaddr, _| {
            let network = network::of_multiaddr(from);
            network.is_none_or(|network| rate.allows(network)) && circuits.asked(source, network)
        }));
        config
    }

    /// Whether a device may open a circuit from this network. What is being negotiated does not count yet, but is
    /// bounded by the rate.
    fn asked(&self, source: PeerId, network: Network) -> bool {
        self.state().askers.put(source, network);
        !self.shares.are_taken(network)
    }

    /// Counts what happened to a circuit.
    pub(crate) fn note(&self, event: &relay::Event) {
        let mut state = self.state();
        match event {
            relay::Event::CircuitReqAccepted { src_peer_id: source, dst_peer_id: target } => {
                let network = state.askers.get(source).copied().flatten();
                // Those above the limit were being negotiated when it was reached.
                if let Some(share) = self.shares.take(network) {
                    state.open.entry((*source, *target)).or_default().push(share);
                }
            }
            relay::Event::CircuitClosed { src_peer_id: source, dst_peer_id: target, .. } => {
                if let Some(shares) = state.open.get_mut(&(*source, *target)) {
                    shares.pop();
                    if shares.is_empty() {
                        state.open.remove(&(*source, *target));
                    }
                }
            }
            _ => {}
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_with_all_of_its_circuits_gets_one_when_one_closes_and_others_are_free() {
        let circuits = Circuits::new();
        let (source, target) = (PeerId::random(), PeerId::random());
        let (here, there) = (Some([192, 0, 2, 1].into()), Some([192, 0, 2, 2].into()));
        for _ in 0..limits::CIRCUITS_PER_NETWORK {
            assert!(circuits.asked(source, here));
            circuits.note(&relay::Event::CircuitReqAccepted { src_peer_id: source, dst_peer_id: target });
        }
        assert!(!circuits.asked(PeerId::random(), here));
        assert!(circuits.asked(PeerId::random(), there));
        assert!(circuits.asked(PeerId::random(), None));
        circuits.note(&relay::Event::CircuitClosed { src_peer_id: source, dst_peer_id: target, error: None });
        assert!(circuits.asked(PeerId::random(), here));
    }
}

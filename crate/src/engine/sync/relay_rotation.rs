//! Relays of others take turns at being watched where there are more of them than may be visited at once.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Unbounded};
use std::time::Duration;

use crate::keys::Id;
use crate::net::{MAX_VISITED, Provider, RelayAddr};

/// Relays of others that are watched at once. The rest of those that may be visited is for fetching from others.
const AT_ONCE: usize = MAX_VISITED - 2;

/// How long a turn lasts: enough to hear what is new and to fetch it.
pub(super) const TURN: Duration = Duration::from_secs(30);

/// Whose turn it is.
#[derive(Default)]
pub(super) struct RelayRotation {
    /// The last relay of the turn before; those that sort after it are next.
    last: String,
}

impl RelayRotation {
    /// Leaves of what is wanted that whose turn it is: our own relays always and [`AT_ONCE`] others; of devices those
    /// to which the way leads through one of them. Says whether any relay has to wait.
    pub(super) fn choose(&self, wanted: &mut HashMap<Provider, BTreeSet<Id>>, own: &[RelayAddr]) -> bool {
        let turn = self.turn(wanted, own);
        let all = wanted.len();
        wanted.retain(|provider, _| {
            let relay = relay_of(provider);
            own.contains(relay) || turn.contains(&relay.to_string())
        });
        wanted.len() < all
    }

    /// Ends a turn: those that had to wait are next.
    pub(super) fn end(&mut self, wanted: &HashMap<Provider, BTreeSet<Id>>, own: &[RelayAddr]) {
        self.last = self.turn(wanted, own).pop().unwrap_or_default();
    }

    fn turn(&self, wanted: &HashMap<Provider, BTreeSet<Id>>, own: &[RelayAddr]) -> Vec<String> {
        let others = wanted.keys().map(relay_of).filter(|relay| !own.contains(relay));
        let others: BTreeSet<_> = others.map(ToString::to_string).collect();
        let next = others.range::<str, _>((Excluded(self.last.as_str()), Unbounded));
        next.chain(&others).take(AT_ONCE.min(others.len())).cloned().collect()
    }
}

/// The relay at which a provider is, or behind which.
fn relay_of(provider: &Provider) -> &RelayAddr {
    let (Provider::Relay(relay) | Provider::Device { relay, .. } | Provider::Keeper { relay, .. }) = provider;
    relay
}

#[cfg(test)]
mod tests {
    use libp2p::PeerId;

    use super::*;

    fn relay(number: usize) -> RelayAddr {
        let peer = PeerId::random();
        RelayAddr::own(&format!("/dns4/relay-{number}.example/tcp/443/wss/p2p/{peer}")).unwrap()
    }

    fn watched(wanted: &HashMap<Provider, BTreeSet<Id>>) -> BTreeSet<String> {
        wanted.keys().map(|provider| relay_of(provider).to_string()).collect()
    }

    #[test]
    fn every_relay_has_its_turn_and_ours_are_always_watched() {
        let own = [relay(0)];
        let others: Vec<_> = (1..=2 * AT_ONCE + 1).map(relay).collect();
        let wanted: HashMap<_, _> = own
            .iter()
            .chain(&others)
            .map(|relay| (Provider::Relay(relay.clone()), BTreeSet::new()))
            .collect();
        let mut rotation = RelayRotation::default();
        let mut seen = BTreeSet::new();
        for _ in 0..3 {
            let mut now = wanted.clone();
            assert!(rotation.choose(&mut now, &own), "some wait");
            assert_eq!(now.len(), AT_ONCE + 1);
            assert!(now.contains_key(&Provider::Relay(own[0].clone())));
            seen.extend(watched(&now));
            rotation.end(&wanted, &own);
        }
        assert_eq!(seen, watched(&wanted), "after three turns none was left out");
    }

    #[test]
    fn few_are_all_watched_and_a_device_only_with_the_relay_before_it() {
        let others: Vec<_> = (0..AT_ONCE).map(relay).collect();
        let mut wanted: HashMap<_, _> =
            others.iter().map(|relay| (Provider::Relay(relay.clone()), BTreeSet::new())).collect();
        let device = |relay: &RelayAddr| Provider::Device { device: PeerId::random(), relay: relay.clone() };
        wanted.insert(device(&others[0]), BTreeSet::new());
        assert!(!RelayRotation::default().choose(&mut wanted, &[]));
        assert_eq!(wanted.len(), AT_ONCE + 1);
        let further: Vec<_> = (AT_ONCE..3 * AT_ONCE).map(relay).collect();
        wanted.extend(further.iter().map(|relay| (device(relay), BTreeSet::new())));
        assert!(RelayRotation::default().choose(&mut wanted, &[]));
        assert_eq!(watched(&wanted).len(), AT_ONCE);
    }
}

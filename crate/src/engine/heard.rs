//! Who has told of which records: the highest sequence of each contact that each relay or device named.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use crate::keys::Id;
use crate::net::Provider;

/// What each relay or device has told since it is watched.
#[derive(Default)]
pub(super) struct Heard(RefCell<HashMap<Provider, HashMap<Id, u64>>>);

impl Heard {
    /// Takes note that `provider` has told of a record.
    pub(super) fn add(&self, provider: &Provider, id: Id, sequence: u64) {
        let mut heard = self.0.borrow_mut();
        let highest = heard.entry(provider.clone()).or_default().entry(id).or_default();
        *highest = sequence.max(*highest);
    }

    /// Forgets whom nobody watches there any more.
    pub(super) fn retain(&self, watched: &HashMap<Provider, BTreeSet<Id>>) {
        self.0.borrow_mut().retain(|provider, heard| {
            let watched = watched.get(provider);
            heard.retain(|id, _| watched.is_some_and(|watched| watched.contains(id)));
            !heard.is_empty()
        });
    }

    /// The highest sequence that `provider` has told of.
    pub(super) fn from(&self, provider: &Provider, id: &Id) -> Option<u64> {
        self.0.borrow().get(provider)?.get(id).copied()
    }

    /// Whether a relay has told of the newest record that anybody told of, or of what is `known`.
    pub(super) fn is_at_relay(&self, id: &Id, known: u64) -> bool {
        let heard = self.0.borrow();
        let each = || heard.iter().filter_map(|(provider, heard)| Some((provider, *heard.get(id)?)));
        let newest = each().map(|(_, sequence)| sequence).fold(known, u64::max);
        each().any(|(provider, sequence)| matches!(provider, Provider::Relay(_)) && sequence >= newest)
    }
}

#[cfg(test)]
mod tests {
    use libp2p::PeerId;

    use super::*;
    use crate::crypto::sign::SigningKey;
    use crate::net::RelayAddr;

    #[test]
    fn what_only_a_device_told_is_at_no_relay_until_one_tells_as_much() {
        let peer = PeerId::random();
        let address = RelayAddr::own(&format!("/dns4/relay.example/tcp/443/wss/p2p/{peer}")).unwrap();
        let device = Provider::Device { device: PeerId::random(), relay: address.clone() };
        let relay = Provider::Relay(address);
        let id: Id = SigningKey::from_bytes(&[1; 32]).verifying_key().into();
        let heard = Heard::default();
        assert!(!heard.is_at_relay(&id, 0), "nobody told anything");
        heard.add(&relay, id, 4);
        assert!(heard.is_at_relay(&id, 4));
        heard.add(&device, id, 5);
        assert!(!heard.is_at_relay(&id, 4));
        heard.add(&relay, id, 3);
        assert_eq!(heard.from(&relay, &id), Some(4));
        heard.add(&relay, id, 6);
        assert!(heard.is_at_relay(&id, 5));

        heard.retain(&HashMap::from([(device.clone(), BTreeSet::from([id]))]));
        assert_eq!((heard.from(&relay, &id), heard.from(&device, &id)), (None, Some(5)));
        heard.retain(&HashMap::new());
        assert!(!heard.is_at_relay(&id, 5), "a device that left takes back nothing that is known");
    }
}

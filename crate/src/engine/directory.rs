//! Where people are found: my relays, and which addresses of others may be dialled.

use std::rc::Rc;

use libp2p::PeerId;

use crate::format::limits;
use crate::keys::{Id, peer_id};
use crate::net::address::MAX_RELAYS;
use crate::net::{Provider, RelayAddr};
use crate::platform;
use crate::social::contact::Contact;

use super::Error;

/// Who the unlocked profile is, and which relays are its own.
#[derive(Clone)]
pub(super) struct Directory(Rc<Inner>);

pub(super) struct Inner {
    /// The profile's identity.
    pub(super) id: Id,
    /// Its own relays.
    pub(super) relays: Vec<RelayAddr>,
    /// Whether the page is served from loopback, where relays may be too.
    pub(super) on_loopback: bool,
}

impl std::ops::Deref for Directory {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Directory {
    /// The directory of a profile whose own relays are named in the page's configuration.
    ///
    /// # Errors
    ///
    /// `refused` if an address is none.
    pub(super) fn new(id: Id, relays: &[String], on_loopback: bool) -> Result<Self, Error> {
        let relays: Result<Vec<_>, _> = relays.iter().map(|text| RelayAddr::own(text)).collect();
        let relays =
            relays.map_err(|why| Error::Refused(format!("config.json names a relay wrongly: {why}")))?;
        Ok(Self(Rc::new(Inner { id, relays, on_loopback })))
    }
}

impl Inner {
    /// The addresses of my relays, as profiles and invites name them.
    pub(super) fn relay_names(&self) -> Vec<String> {
        self.relays.iter().take(limits::RELAYS).map(ToString::to_string).collect()
    }

    /// An address that somebody else named, if it may be dialled. One of my own relays always may.
    pub(super) fn trusted(&self, text: &str) -> Option<RelayAddr> {
        let own = self.relays.iter().find(|own| own.to_string() == text);
        own.cloned().or_else(|| RelayAddr::others(text, self.on_loopback).ok())
    }

    /// Those of these addresses, which somebody else named, that may be dialled.
    pub(super) fn trusted_of(&self, relays: &[String]) -> Vec<RelayAddr> {
        relays.iter().take(MAX_RELAYS).filter_map(|relay| self.trusted(relay)).collect()
    }

    /// The relays at which a contact may be found: theirs, as far as their addresses may be dialled, and mine while
    /// nothing is known of theirs.
    pub(super) fn relays_of(&self, contact: &Contact) -> Vec<RelayAddr> {
        let mut relays = self.trusted_of(contact.relays());
        if contact.profile.is_none() {
            relays.extend(self.relays.iter().cloned());
        }
        relays
    }

    /// The providers that may have what a contact shared: their relays and their devices.
    pub(super) fn providers(&self, contact: &Contact) -> Vec<Provider> {
        let relays = self.relays_of(contact);
        let devices = relays.iter().flat_map(|relay| {
            devices_of(contact).map(|device| Provider::Device { device, relay: relay.clone() })
        });
        relays.iter().cloned().map(Provider::Relay).chain(devices).collect()
    }
}

/// The peers that a contact certified as devices.
pub(super) fn devices_of(contact: &Contact) -> impl Iterator<Item = PeerId> {
    let now = platform::now_ms();
    let valid = contact.devices.iter().filter(move |device| device.certificate.is_valid_at(now));
    valid.filter_map(|device| PeerId::from_bytes(&peer_id(&device.certificate.device)).ok())
}

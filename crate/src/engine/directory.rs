//! Where people are found: my relays, and which addresses of others may be dialled.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use futures::future::join_all;
use libp2p::PeerId;

use crate::format::{code, limits};
use crate::keys::{Id, peer_id};
use crate::net::address::MAX_RELAYS;
use crate::net::{Provider, RelayAddr, UnmetRelay};
use crate::platform;
use crate::social::contact::Contact;

use super::Error;
use super::network::RecordSource;

/// Relays that were met, at most; then all are forgotten, and met again where they are needed.
const MAX_MET: usize = 256;

/// Who the unlocked profile is, and which relays are its own.
#[derive(Clone)]
pub(super) struct Directory(Rc<Inner>);

pub(super) struct Inner {
    /// The profile's identity.
    pub(super) id: Id,
    /// Its own relays.
    pub(super) relays: Vec<RelayAddr>,
    /// Their addresses as text.
    names: Vec<String>,
    /// Whether the page is served from loopback, where relays may be too.
    pub(super) on_loopback: bool,
    /// The key of this device, once it is known.
    device: OnceCell<Id>,
    /// Whether no relay of others may be dialled. The state sets it with each commit of the account, so that no task
    /// sees an older choice.
    own_only: Cell<bool>,
    /// Whether the profile waits for a name and a passphrase, as the list of profiles says.
    waiting: Cell<bool>,
    /// Relays of others whose addresses came without an id, and which were met since.
    met: RefCell<BTreeMap<String, RelayAddr>>,
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
        let names = relays.iter().map(ToString::to_string).collect();
        let (device, own_only, waiting, met) = Default::default();
        Ok(Self(Rc::new(Inner { id, relays, names, on_loopback, device, own_only, waiting, met })))
    }
}

impl Inner {
    /// The addresses of my relays, as profiles and invites name them.
    pub(super) fn relay_names(&self) -> Vec<String> {
        self.names.iter().take(limits::RELAYS).cloned().collect()
    }

    /// Notes the key of this device, which stays the same.
    pub(super) fn set_device(&self, device: Id) {
        self.device.get_or_init(|| device);
    }

    /// The key of this device; unknown while the profile is opened.
    pub(super) fn device(&self) -> Option<&Id> {
        self.device.get()
    }

    /// Follows the choice of the account: with it, only my own relays are dialled.
    pub(super) fn set_own_only(&self, own_only: bool) {
        self.own_only.set(own_only);
    }

    /// Whether no relay of others may be dialled.
    pub(super) fn is_own_only(&self) -> bool {
        self.own_only.get()
    }

    /// Follows the list of profiles: whether this one waits for a name and a passphrase.
    pub(super) fn set_waiting(&self, waiting: bool) {
        self.waiting.set(waiting);
    }

    /// Whether the profile waits for a name and a passphrase.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.get()
    }

    /// My own relay of this address, which may have been shortened for a code.
    pub(super) fn own(&self, text: &str) -> Option<RelayAddr> {
        let is_it = |name: &str| name == text || code::shortened(name) == text;
        let own = self.names.iter().zip(&self.relays).find(|(name, _)| is_it(name));
        own.map(|(_, relay)| relay.clone())
    }

    fn is_own(&self, text: &str) -> bool {
        self.own(text).is_some()
    }

    /// The addresses with the ids of the relays, as far as they are mine or were met.
    pub(super) fn completed(&self, relays: &[String]) -> Vec<String> {
        let known = |text: &String| self.own(text).or_else(|| self.met.borrow().get(text).cloned());
        relays
            .iter()
            .map(|text| known(text).map_or_else(|| text.clone(), |relay| relay.to_string()))
            .collect()
    }

    /// Whether this address, which somebody else named, may be dialled and lacks the id of its relay.
    pub(super) fn is_unmet(&self, text: &str) -> bool {
        let is_known = self.own_only.get() || self.is_own(text) || self.met.borrow().contains_key(text);
        !is_known && UnmetRelay::others(text, self.on_loopback).is_ok()
    }

    /// Meets those of these relays whose addresses lack an id. One that is not met stays unmet: it is asked for nothing.
    ///
    /// Only for what I opened, and for people whom I added or follow: each learns this device's network address.
    pub(super) async fn meet(&self, network: &dyn RecordSource, relays: &[String]) {
        let unmet = relays.iter().take(MAX_RELAYS).filter(|text| self.is_unmet(text));
        let met = unmet.map(|text| async move {
            let relay = UnmetRelay::others(text, self.on_loopback).ok()?;
            match network.meet(&relay).await {
                Ok(met) => Some((text.clone(), met)),
                Err(why) => {
                    tracing::debug!(%text, %why, "a relay is not met");
                    None
                }
            }
        });
        let met = join_all(met).await;
        let mut known = self.met.borrow_mut();
        if known.len() >= MAX_MET {
            known.clear();
        }
        known.extend(met.into_iter().flatten());
    }

    /// An address that somebody else named, if it may be dialled. One of my own relays always may.
    ///
    /// Asking it is not yet a reason to dial: the callers dial for people whom I added or follow, and for what I opened.
    pub(super) fn trusted(&self, text: &str) -> Option<RelayAddr> {
        let met = || self.met.borrow().get(text).cloned();
        let others = || RelayAddr::others(text, self.on_loopback).ok().or_else(met);
        self.own(text).or_else(|| if self.own_only.get() { None } else { others() })
    }

    /// The hosts of those of these relays, which somebody else named, that are not mine: what a page asks about before
    /// they are dialled.
    pub(super) fn foreign_hosts(&self, relays: &[String]) -> Vec<String> {
        let foreign = relays.iter().take(MAX_RELAYS).filter(|text| !self.is_own(text));
        let host = |text: &String| match RelayAddr::others(text, self.on_loopback) {
            Ok(relay) => relay.host(),
            Err(_) => UnmetRelay::others(text, self.on_loopback).ok()?.host(),
        };
        let mut hosts: Vec<_> = foreign.filter_map(host).collect();
        hosts.dedup();
        hosts
    }

    /// Those of these relays, which somebody named for what they passed on, that may be dialled only after a question: not
    /// mine, and not of people whose relays I dial anyway.
    pub(super) fn unknown(&self, relays: &[String], is_known: impl Fn(&str) -> bool) -> Vec<String> {
        let foreign = relays.iter().take(MAX_RELAYS).filter(|text| !self.names.contains(text));
        let unknown = foreign.filter(|text| !is_known(text));
        unknown.filter(|text| RelayAddr::others(text, self.on_loopback).is_ok()).cloned().collect()
    }

    /// The error of what is kept at these relays alone, if none of them is mine and no other may be dialled.
    pub(super) fn check_reach(&self, relays: &[String]) -> Result<(), Error> {
        let is_out =
            self.own_only.get() && !relays.is_empty() && !relays.iter().any(|text| self.is_own(text));
        if is_out { Err(Error::RelaysOnly) } else { Ok(()) }
    }

    /// Whether nothing of a contact can come: they name relays of which none is mine, and this profile is for my own relays
    /// only.
    pub(super) fn is_out_of_reach(&self, contact: &Contact, own_only: bool) -> bool {
        let relays = contact.relays();
        own_only && !relays.is_empty() && !relays.iter().any(|text| self.is_own(text))
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
        let relays = self.relays_of(contact).into_iter().map(Provider::Relay);
        relays.chain(self.devices(contact)).collect()
    }

    /// The devices of a contact, each through each of their relays.
    pub(super) fn devices(&self, contact: &Contact) -> Vec<Provider> {
        let relays = self.relays_of(contact);
        let devices = relays.iter().flat_map(|relay| {
            devices_of(contact).map(|device| Provider::Device { device, relay: relay.clone() })
        });
        devices.collect()
    }
}

/// The peers that a contact certified as devices and did not remove.
pub(super) fn devices_of(contact: &Contact) -> impl Iterator<Item = PeerId> {
    let now = platform::now_ms();
    let valid = contact.acting_devices().filter(move |device| device.certificate.is_valid_at(now));
    valid.filter_map(|device| PeerId::from_bytes(&peer_id(&device.certificate.device)).ok())
}

//! Contacts: listing and naming them, and where they may be found.

use serde_bytes::ByteBuf;

use crate::format::text;
use crate::keys::Id;
use crate::net::{Provider, RelayAddr};
use crate::platform;
use crate::social::contact;
use crate::social::relation::{Relation, Standing};
use crate::social::verification::{Verified, verified};
use crate::store::{Table, Write};

use super::api::{Asked, Contact, ContactState, Event, Warning};
use super::network::devices_of;
use super::session::{CONTACT, Session};
use super::{Engine, Error};

impl Engine {
    /// My contacts, in the order of their names.
    pub async fn contacts(&self) -> Result<Vec<Contact>, Error> {
        let session = self.session()?;
        let state = session.state.borrow();
        let mut contacts: Vec<_> =
            state.contacts.values().map(|contact| session.shown_contact(contact)).collect();
        contacts.sort_by_cached_key(|c| (c.petname.as_ref().unwrap_or(&c.name).to_lowercase(), c.id.clone()));
        Ok(contacts)
    }

    /// One contact.
    pub async fn contact(&self, id: &str) -> Result<Contact, Error> {
        let session = self.session()?;
        let contact = session.contact(id)?;
        Ok(session.shown_contact(&contact))
    }

    /// Calls somebody by a name of my own; an empty one goes back to theirs.
    pub async fn rename_contact(&self, id: &str, petname: &str) -> Result<Contact, Error> {
        let session = self.session()?;
        let mut contact = session.contact(id)?;
        contact.petname = match petname.trim() {
            "" => None,
            typed => Some(text::name(typed).map_err(Error::invalid)?),
        };
        session.change_contact(contact.clone()).await?;
        session.publish_soon();
        Ok(session.shown_contact(&contact))
    }
}

impl Session {
    pub(super) fn contact(&self, id: &str) -> Result<contact::Contact, Error> {
        let id: Id = id.parse().map_err(|_| Error::NotFound("contact"))?;
        self.state.borrow().contacts.get(&id).cloned().ok_or(Error::NotFound("contact"))
    }

    /// Keeps a contact as it is now, and tells of it. What others must learn of it is published soon.
    pub(super) async fn change_contact(&self, contact: contact::Contact) -> Result<(), Error> {
        let mut write = Write::strict();
        self.rows.put(&mut write, Table::State, &format!("{CONTACT}{}", contact.id), &contact);
        // The letterbox and the vault depend on these; how far I have read does not.
        let public = |c: &contact::Contact| (c.petname.clone(), c.recipient(), c.relays().to_vec());
        let is_public = self.state.borrow().contacts.get(&contact.id).map(public) != Some(public(&contact));
        if is_public {
            self.touch(&mut write);
        }
        self.store.commit(write).await?;
        let shown = self.shown_contact(&contact);
        {
            let mut state = self.state.borrow_mut();
            state.contacts.insert(contact.id, contact);
            if is_public {
                state.touch();
            }
        }
        self.hub.tell(&Event::Contact { contact: shown });
        // Their profile may be here now, or a letterbox for me.
        self.asked.look();
        Ok(())
    }

    pub(super) fn shown_contact(&self, contact: &contact::Contact) -> Contact {
        let state = self.state.borrow();
        let stranger = Relation::default();
        let relation = state.people.relations.get(&contact.id).unwrap_or(&stranger);
        let profile = contact.profile.as_ref();
        let standing = match relation.standing(false, contact.has_letterbox()) {
            Standing::Blocked => ContactState::Blocked,
            _ if profile.is_none() => ContactState::Resolving,
            Standing::Following => ContactState::Following,
            Standing::Mutual => ContactState::Mutual,
            _ => ContactState::Requested,
        };
        let asking = state.people.asking.get(&contact.id);
        let is_asked = relation.is_written_to() && !contact.has_letterbox();
        let compared = verified(state.people.verifications.get(&contact.id));
        Contact {
            id: contact.id.to_string(),
            name: profile.map(|profile| text::shown(&profile.name)).unwrap_or_default(),
            petname: contact.petname.clone(),
            avatar: profile.and_then(|p| p.avatar.as_ref()).map(|avatar| ByteBuf::from(avatar.to_vec())),
            state: standing,
            request: is_asked.then(|| match asking {
                _ if !relation.owes_request(false, platform::now_ms()) => Asked::Left,
                Some(asking) if asking.is_full() => Asked::Full,
                _ => Asked::Queued,
            }),
            invite: asking.filter(|_| is_asked).and_then(|asking| asking.spent()).map(Into::into),
            online: relation.is_watched() && self.online.has(contact),
            last_seen: contact.head.map(|head| head.time.min(platform::now_ms())),
            circles: relation.circles().map(text::shown).collect(),
            verified: match compared {
                Verified::Never => None,
                Verified::Since(at) | Verified::KeysChanged(at) => Some(at),
            },
            warning: match (compared, contact.warning) {
                (Verified::KeysChanged(_), _) => Some(Warning::Keys),
                (_, Some(contact::Warning::Heir)) => Some(Warning::Heir),
                (_, Some(contact::Warning::TwoRoots(_))) => Some(Warning::TwoRoots),
                (_, None) => self.refused.borrow().contains(&contact.id).then_some(Warning::Refused),
            },
        }
    }

    /// The relays at which a contact may be found: theirs, as far as their addresses may be dialled, and ours
    /// while nothing is known of theirs.
    pub(super) fn relays_of(&self, contact: &contact::Contact) -> Vec<RelayAddr> {
        let addresses = contact.relays().iter().take(crate::net::address::MAX_RELAYS);
        let mut relays: Vec<_> = addresses.filter_map(|text| self.trusted(text)).collect();
        if contact.profile.is_none() {
            relays.extend(self.relays.iter().cloned());
        }
        relays
    }

    /// An address that somebody else named, if it may be dialled. One of our own relays always may.
    pub(super) fn trusted(&self, text: &str) -> Option<RelayAddr> {
        let own = self.relays.iter().find(|own| own.to_string() == text);
        own.cloned().or_else(|| RelayAddr::others(text, self.on_loopback).ok())
    }

    /// Who may be asked for what a contact shared.
    pub(super) fn providers(&self, contact: &contact::Contact) -> Vec<Provider> {
        let relays = self.relays_of(contact);
        let devices = relays.iter().flat_map(|relay| {
            devices_of(contact).map(|device| Provider::Device { device, relay: relay.clone() })
        });
        relays.iter().cloned().map(Provider::Relay).chain(devices).collect()
    }
}

//! Contacts: adding, listing, naming and removing them.

use std::time::Duration;

use futures::StreamExt;
use futures::future::{Either, select};
use serde_bytes::ByteBuf;

use crate::format::invite::{Invite, InviteError};
use crate::format::text;
use crate::keys::Id;
use crate::net::{Provider, RelayAddr};
use crate::platform;
use crate::social::contact;
use crate::store::{Table, Write};

use super::api::{Contact, ContactState, Event, Warning};
use super::network::devices_of;
use super::session::{CONTACT, Session};
use super::{Engine, Error};

/// How long adding somebody waits for their profile before it says that it goes on looking.
const LOOKING: Duration = Duration::from_secs(3);

/// Contacts that one profile can have: what the letterbox map holds.
const MAX_CONTACTS: usize = crate::format::limits::MAP_ENTRIES;

impl Engine {
    /// Adds somebody by id, invite or invite link, and looks for their profile.
    ///
    /// Returns when it is found and verified, or after three seconds in state `resolving`; the search goes on then.
    pub async fn add_contact(&self, typed: &str) -> Result<Contact, Error> {
        let session = self.session()?;
        let invited = invited(typed)?;
        let id = Id::from(invited.id);
        session.check_new(&id)?;
        let mut events = self.events();
        let added = contact::Contact::new(id, invited.relays, invited.seq, platform::now_ms());
        session.change_contact(added).await?;
        session.following.changed();

        let found = std::pin::pin!(async {
            while let Some(event) = events.next().await {
                if matches!(&event, Event::Contact { contact } if contact.id == id.to_string() && contact.state != ContactState::Resolving)
                {
                    return;
                }
            }
        });
        if let Either::Right(_) = select(found, std::pin::pin!(platform::sleep(LOOKING))).await {
            tracing::debug!("a profile is still being looked for");
        }
        self.contact(&id.to_string()).await
    }

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

    /// Forgets somebody: what they shared stays here until it is removed, nothing new arrives.
    pub async fn remove_contact(&self, id: &str) -> Result<(), Error> {
        let session = self.session()?;
        let contact = session.contact(id)?;
        let mut write = Write::strict();
        session.rows.remove(&mut write, Table::State, &format!("{CONTACT}{}", contact.id));
        {
            let mut state = session.state.borrow_mut();
            state.contacts.remove(&contact.id);
            state.touch();
            session.put_published(&mut write, &state.published);
        }
        session.store.commit(write).await?;
        session.hub.tell(&Event::ContactRemoved { id: contact.id.to_string() });
        session.following.changed();
        session.publish_soon();
        Ok(())
    }
}

impl Session {
    pub(super) fn contact(&self, id: &str) -> Result<contact::Contact, Error> {
        let id: Id = id.parse().map_err(|_| Error::NotFound("contact"))?;
        self.state.borrow().contacts.get(&id).cloned().ok_or(Error::NotFound("contact"))
    }

    fn check_new(&self, id: &Id) -> Result<(), Error> {
        if *id == self.id {
            return Err(Error::InvalidId("that is your own id: send it to a friend, and add theirs".into()));
        }
        let state = self.state.borrow();
        if state.contacts.contains_key(id) {
            return Err(Error::AlreadyExists("you have added this person already"));
        }
        if state.contacts.len() >= MAX_CONTACTS {
            return Err(Error::InvalidName(format!(
                "remove somebody first: {MAX_CONTACTS} people are the most"
            )));
        }
        Ok(())
    }

    /// Keeps a contact as it is now, and tells of it. What others must learn of it is published soon.
    pub(super) async fn change_contact(&self, contact: contact::Contact) -> Result<(), Error> {
        let mut write = Write::strict();
        self.rows.put(&mut write, Table::State, &format!("{CONTACT}{}", contact.id), &contact);
        {
            let mut state = self.state.borrow_mut();
            let before = state.contacts.get(&contact.id);
            // The letterbox and the vault depend on these; how far I have read does not.
            let public = |c: &contact::Contact| (c.petname.clone(), c.recipient(), c.relays().to_vec());
            if before.map(public) != Some(public(&contact)) {
                state.touch();
                self.put_published(&mut write, &state.published);
            }
        }
        self.store.commit(write).await?;
        let shown = self.shown_contact(&contact);
        self.state.borrow_mut().contacts.insert(contact.id, contact);
        self.hub.tell(&Event::Contact { contact: shown });
        Ok(())
    }

    pub(super) fn shown_contact(&self, contact: &contact::Contact) -> Contact {
        let profile = contact.profile.as_ref();
        Contact {
            id: contact.id.to_string(),
            name: profile.map(|profile| text::shown(&profile.name)).unwrap_or_default(),
            petname: contact.petname.clone(),
            avatar: profile.and_then(|p| p.avatar.as_ref()).map(|avatar| ByteBuf::from(avatar.to_vec())),
            state: match contact.state() {
                contact::State::Resolving => ContactState::Resolving,
                contact::State::Following => ContactState::Following,
                contact::State::Mutual => ContactState::Mutual,
            },
            online: self.online.has(contact),
            last_seen: contact.head.map(|head| head.time.min(platform::now_ms())),
            warning: match contact.warning {
                Some(contact::Warning::Heir) => Some(Warning::Heir),
                Some(contact::Warning::TwoRoots(_)) => Some(Warning::TwoRoots),
                None => self.refused.borrow().contains(&contact.id).then_some(Warning::Refused),
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
    fn trusted(&self, text: &str) -> Option<RelayAddr> {
        let own = self.relays.iter().find(|own| own.to_string() == text);
        own.cloned().or_else(|| RelayAddr::others(text, self.on_loopback).ok())
    }

    /// Who may be asked for what a contact shared.
    pub(super) fn providers(&self, contact: &contact::Contact) -> Vec<Provider> {
        let relays = self.relays_of(contact);
        let devices = relays.iter().flat_map(|relay| {
            devices_of(contact).into_iter().map(|device| Provider::Device { device, relay: relay.clone() })
        });
        relays.iter().cloned().map(Provider::Relay).chain(devices).collect()
    }
}

/// Reads an invite, an invite link, or a bare id.
fn invited(typed: &str) -> Result<Invite, Error> {
    let typed = typed.trim();
    if let Ok(id) = typed.parse::<Id>() {
        let (name, relays, ticket) = (None, Vec::new(), None);
        let id = id.verifying_key();
        return Ok(Invite { id, name, relays, seq: 0, ticket, extra: Default::default() });
    }
    match typed.parse::<Id>() {
        // Whatever begins like an id was meant as one.
        Err(why) if typed.starts_with("k51") => Err(Error::InvalidId(why.to_string())),
        _ => typed.parse().map_err(|why: InviteError| Error::InvalidId(why.to_string())),
    }
}

//! Comparing six words, once, on the phone or at a table; and noticing when somebody's keys change afterwards.

use crate::keys::Id;
use crate::platform;
use crate::social::contact;
use crate::social::verification::{self, Verification};

use super::api::{Contact, Words};
use super::session::Session;
use super::{Engine, Error};

impl Engine {
    /// The six words that each reads aloud: of a contact, or of whoever asks to be one.
    pub async fn verify_words(&self, id: &str) -> Result<Words, Error> {
        let session = self.session()?;
        let id: Id = id.parse().map_err(|_| Error::NotFound("contact"))?;
        let state = session.state.borrow();
        if !state.contacts.contains_key(&id) && state.people.inbox.get(&id).is_none() {
            return Err(Error::NotFound("contact"));
        }
        let verification::Words { mine, theirs } = verification::Words::of(&session.id, &id);
        Ok(Words { mine, theirs })
    }

    /// Notes that somebody's words were compared; from now on a change of their keys is told.
    pub async fn mark_verified(&self, id: &str) -> Result<Contact, Error> {
        let session = self.session()?;
        let contact = session.contact(id)?;
        let keys = contact.recipient().zip(contact.profile_from);
        let (keys, (_, seq)) = keys.ok_or_else(|| {
            Error::Unreachable("this person's profile was not found yet: try again later".into())
        })?;
        let id = contact.id;
        session
            .change_person(&id, |state| {
                let now = Verification::new(&keys, seq, platform::now_ms());
                state.people.verifications.insert(id, now);
                Ok(())
            })
            .await?;
        self.contact(&id.to_string()).await
    }
}

impl Session {
    /// Compares the keys that a contact has now with those of the day when their words were compared.
    pub(super) async fn observe_keys(&self, contact: &contact::Contact) -> Result<(), Error> {
        let Some((keys, (_, seq))) = contact.recipient().zip(contact.profile_from) else { return Ok(()) };
        self.change_person(&contact.id, |state| {
            if let Some(known) = state.people.verifications.get_mut(&contact.id) {
                known.observe(&keys, seq);
            }
            Ok(())
        })
        .await
    }
}

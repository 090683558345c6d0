//! Comparing six words, once, on the phone or at a table; and noticing when somebody's keys change afterwards.

use crate::engine::Error;
use crate::engine::api::{Contact, Words};
use crate::keys::Id;
use crate::platform;
use crate::social::contact;
use crate::social::verification::{self, Verification};

use super::handle::Contacts;

impl Contacts {
    /// The six words that each reads aloud: of a contact, or of somebody who asks to be one.
    pub(in crate::engine) fn verify_words(&self, id: &str) -> Result<Words, Error> {
        let id: Id = id.parse().map_err(|_| Error::NotFound("contact"))?;
        if !self.0.state.read(|tables| tables.contacts.contains(&id) || tables.inbox.get(&id).is_some()) {
            return Err(Error::NotFound("contact"));
        }
        let verification::Words { mine, theirs } = verification::Words::of(&self.0.directory.id, &id);
        Ok(Words { mine, theirs })
    }

    /// Notes that somebody's words were compared; from now on a change of their keys is told.
    ///
    /// # Errors
    ///
    /// `unreachable` if their keys are not known yet.
    pub(in crate::engine) async fn mark_verified(&self, id: &str) -> Result<Contact, Error> {
        let id = self.id_of(id)?;
        let mark = self.0.state.update(move |tx| {
            let contact = tx.contacts.get(&id).ok_or(Error::NotFound("contact"))?;
            let keys = contact.recipient().zip(contact.profile_from);
            let (keys, (_, seq)) = keys.ok_or_else(|| {
                Error::Unreachable("this person's profile was not found yet: try again later".into())
            })?;
            tx.verifications.insert(id, Verification::new(&keys, seq, platform::now_ms()));
            Ok(())
        });
        mark.await?;
        self.contact(&id.to_string())
    }

    /// Compares the keys that a contact has now with those of the day when their words were compared.
    ///
    /// Idempotent, in any order alike.
    pub(in crate::engine) async fn observe_keys(&self, contact: &contact::Contact) -> Result<(), Error> {
        let id = contact.id;
        let Some((keys, (_, seq))) = contact.recipient().zip(contact.profile_from) else { return Ok(()) };
        let observe = self.0.background.update(move |tx| {
            if let Some(known) = tx.verifications.get_mut(&id) {
                known.observe(&keys, seq);
            }
            Ok(())
        });
        observe.await
    }
}

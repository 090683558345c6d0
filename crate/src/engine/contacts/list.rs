//! Contacts: listing and naming them.

use crate::engine::Error;
use crate::engine::api::Contact;
use crate::format::text;
use crate::keys::Id;

use super::handle::Contacts;

impl Contacts {
    /// My contacts, in the order of their names.
    pub(in crate::engine) fn contacts(&self) -> Vec<Contact> {
        let (state, directory) = (&self.0.state, &self.0.directory);
        let mut contacts: Vec<_> = state.live(|live| {
            state.read(|tables| {
                let contacts = tables.contacts.values();
                contacts.map(|contact| tables.shown_contact(contact, live, directory)).collect()
            })
        });
        contacts.sort_by_cached_key(|c| (c.petname.as_ref().unwrap_or(&c.name).to_lowercase(), c.id.clone()));
        contacts
    }

    /// One contact.
    pub(in crate::engine) fn contact(&self, id: &str) -> Result<Contact, Error> {
        let (state, directory) = (&self.0.state, &self.0.directory);
        state.live(|live| state.read(|tables| Ok(tables.shown_contact(tables.contact(id)?, live, directory))))
    }

    /// Calls somebody by a name of my own; an empty one goes back to theirs.
    pub(in crate::engine) async fn rename(&self, id: &str, petname: &str) -> Result<Contact, Error> {
        let id = self.id_of(id)?;
        let petname = match petname.trim() {
            "" => None,
            typed => Some(text::name(typed).map_err(Error::invalid)?),
        };
        let rename = self.0.state.update(move |tx| {
            let contact = tx.contacts.get_mut(&id).ok_or(Error::NotFound("contact"))?;
            contact.petname = petname;
            Ok(())
        });
        rename.await?;
        self.contact(&id.to_string())
    }

    /// The id of a contact, as the page names it.
    pub(super) fn id_of(&self, id: &str) -> Result<Id, Error> {
        self.0.state.read(|tables| tables.contact(id).map(|contact| contact.id))
    }
}

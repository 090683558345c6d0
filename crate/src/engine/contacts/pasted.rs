//! What is known here of the people whom a pasted text names.

use crate::engine::api::{Contact, Pasted, PastedKind};
use crate::format::text;
use crate::platform;
use crate::social::pasted::Found;

use super::handle::Contacts;

impl Contacts {
    /// What was found in a pasted text, with what I know of the person.
    pub(in crate::engine) fn pasted(&self, found: &Found) -> Pasted {
        let contact = self.contact(&found.id().to_string()).ok();
        let known = contact.as_ref().map(|it| it.petname.clone().unwrap_or_else(|| it.name.clone()));
        let said = unknown(found);
        Pasted {
            own: found.id() == self.0.directory.id,
            name: known.filter(|name| !name.is_empty()).or(said.name),
            state: contact.map(|contact| contact.state),
            ..said
        }
    }
}

/// What was found in a pasted text, as it says itself.
pub(in crate::engine) fn unknown(found: &Found) -> Pasted {
    let now = platform::now_ms();
    let (kind, name, personal, ended) = match found {
        Found::Id(_) => (PastedKind::Id, None, false, false),
        Found::Invite(invite) => {
            let name = invite.name.as_deref().map(text::shown_name).filter(|name| !name.is_empty());
            (PastedKind::Invite, name, invite.ticket.is_some(), invite.has_ended(now))
        }
        // The end that its text names may have been put off.
        Found::Link(_) => (PastedKind::Link, None, false, false),
    };
    let id = found.id();
    Pasted {
        kind,
        code: found.code(),
        id: id.to_string(),
        name,
        words: Contact::words_of(&id),
        own: false,
        personal,
        ended,
        state: None,
    }
}

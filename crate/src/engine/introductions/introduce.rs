//! Introducing two friends to each other, and answering introductions.

use crate::engine::Error;
use crate::engine::api;
use crate::engine::state::Tables;
use crate::format::note::{Note, Says};
use crate::format::secret::Secret;
use crate::format::{limits, text};
use crate::keys::Id;
use crate::platform;
use crate::social::introduction::Introduction;

use super::handle::Introductions;

impl Introductions {
    /// Introduces two contacts to each other: both are told of the other, with a secret by which they know each other's
    /// requests. Both must have agreed to be shown.
    pub(in crate::engine) async fn introduce(
        &self,
        a: &str,
        b: &str,
        message: Option<&str>,
    ) -> Result<(), Error> {
        let message = text::paragraph(message.unwrap_or_default(), limits::MESSAGE_CHARS);
        let message = Some(message.map_err(Error::invalid)?).filter(|message| !message.is_empty());
        let [a, b] = [a, b].map(|id| self.0.state.read(|tables| tables.contact(id).map(|it| it.id)));
        let (a, b) = (a?, b?);
        if a == b {
            return Err(Error::Refused("choose two different people to introduce".into()));
        }
        let introduced = self.0.state.update(move |tx| {
            let secret = Secret::from_bytes(platform::random());
            let time = platform::now_ms();
            let notes = [(a, b), (b, a)].map(|(reader, other)| {
                let says = introduction_of(tx, &other, &secret, message.clone())?;
                Ok((reader, Note { time, says }))
            });
            let notes: Vec<_> = notes.into_iter().collect::<Result<_, Error>>()?;
            tx.leave_again(notes);
            Ok(())
        });
        introduced.await
    }

    /// People whom contacts introduce to me, who are not answered and have not asked, the newest first.
    pub(in crate::engine) fn introductions(&self) -> Vec<api::Introduction> {
        let me = self.0.directory.id;
        let mut waiting: Vec<_> = self.0.state.read(|tables| {
            let waiting = tables.introduced.iter().filter(|(id, it)| {
                tables.is_introduced(id, it) && tables.introducer_of_request(&me, id).is_none()
            });
            waiting.map(|(id, it)| shown(id, it)).collect()
        });
        waiting.sort_by_key(|it| (std::cmp::Reverse(it.time), it.id.clone()));
        waiting
    }

    /// Adds somebody whom a contact introduced to me; they hear that I accepted.
    pub(in crate::engine) async fn accept(&self, id: &str) -> Result<api::Contact, Error> {
        let (id, introduction) = self.waiting(id)?;
        let until = introduction.until();
        let Introduction { relays, seq, secret, .. } = introduction;
        self.0.contacts.add_introduced(id, relays, seq, secret, until).await
    }

    /// Does not add somebody whom a contact introduced to me. Nobody is told.
    pub(in crate::engine) async fn decline(&self, id: &str) -> Result<(), Error> {
        let (id, _) = self.waiting(id)?;
        let declined = self.0.state.update(move |tx| {
            tx.answer_introduction(&id);
            Ok(())
        });
        declined.await
    }

    /// An introduction that waits for my answer.
    fn waiting(&self, id: &str) -> Result<(Id, Introduction), Error> {
        let id: Id = id.parse().map_err(|_| Error::NotFound("introduction"))?;
        let waiting = self
            .0
            .state
            .read(|tables| tables.introduced.get(&id).filter(|it| tables.is_introduced(&id, it)).cloned());
        waiting.map(|it| (id, it)).ok_or(Error::NotFound("introduction"))
    }
}

/// What somebody is told of a contact who is introduced to them.
fn introduction_of(
    tables: &Tables,
    id: &Id,
    secret: &Secret,
    message: Option<String>,
) -> Result<Says, Error> {
    let contact = tables.contacts.get(id).filter(|_| tables.is_written_to(id));
    let contact = contact.ok_or(Error::NotFound("contact"))?;
    let profile = contact.profile.as_ref().filter(|_| contact.has_letterbox());
    let (Some(profile), Some(head)) = (profile, contact.head) else {
        return Err(Error::NotFound("friend"));
    };
    if !tables.may_show(id) {
        let name = contact.petname.clone().unwrap_or_else(|| text::shown_name(&profile.name));
        return Err(Error::NotAgreed { name });
    }
    Ok(Says::Introduction {
        id: id.verifying_key(),
        name: profile.name.clone(),
        relays: profile.relays.iter().take(limits::SHOWN_RELAYS).cloned().collect(),
        seq: head.seq,
        secret: secret.clone(),
        message,
    })
}

fn shown(id: &Id, introduction: &Introduction) -> api::Introduction {
    api::Introduction {
        id: id.to_string(),
        name: text::shown_name(&introduction.name),
        words: api::Contact::words_of(id),
        by: introduction.by.to_string(),
        message: introduction.message.as_deref().map(text::shown),
        time: introduction.time,
    }
}

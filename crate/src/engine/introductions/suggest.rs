//! Suggestions: whom contacts show me and I do not know yet.
//!
//! What they show is hostile input. It costs no request to anybody: no relay of a person is asked before I add them.

use crate::engine::Error;
use crate::engine::api::{self, Suggestion};
use crate::engine::state::Tables;
use crate::format::text;
use crate::keys::Id;
use crate::social::introduction::suggest;

use super::handle::Introductions;

impl Introductions {
    /// People whom contacts show me: who is shown by most comes first, then by name; at most 500.
    pub(in crate::engine) fn suggestions(&self) -> Vec<Suggestion> {
        let me = self.0.directory.id;
        let found = self.0.state.read(|tables| {
            let seen = tables.seen_contacts.iter().filter(|(by, _)| tables.is_written_to(by));
            suggest(seen, |id| tables.may_be_suggested(&me, id))
        });
        let shown = found.into_iter().map(|suggestion| Suggestion {
            id: suggestion.person.id.to_string(),
            name: text::shown_name(&suggestion.person.name),
            words: api::Contact::words_of(&suggestion.person.id),
            through: suggestion.through.iter().map(Id::to_string).collect(),
        });
        shown.collect()
    }

    /// Suggests somebody no more, until that is undone. Idempotent.
    pub(in crate::engine) async fn dismiss(&self, id: &str) -> Result<(), Error> {
        let id: Id = id.parse().map_err(|_| Error::NotFound("suggestion"))?;
        let dismissed = self.0.state.update(move |tx| {
            let is_shown = |tables: &Tables| {
                tables.seen_contacts.values().any(|seen| seen.people.iter().any(|person| person.id == id))
            };
            if !tx.dismissed.contains(&id) {
                if !is_shown(tx) {
                    return Err(Error::NotFound("suggestion"));
                }
                tx.dismissed.insert(id, true);
            }
            Ok(())
        });
        dismissed.await
    }

    /// Suggests somebody again. Idempotent.
    pub(in crate::engine) async fn undo_dismiss(&self, id: &str) -> Result<(), Error> {
        let id: Id = id.parse().map_err(|_| Error::NotFound("suggestion"))?;
        let undone = self.0.state.update(move |tx| {
            tx.dismissed.remove(&id);
            Ok(())
        });
        undone.await
    }
}

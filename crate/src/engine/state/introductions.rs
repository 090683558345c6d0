//! Who may be shown, suggested and introduced, by what is so now.

use crate::keys::Id;
use crate::platform;
use crate::social::introduction::Introduction;

use super::tables::{Rows, Tables};

impl Tables {
    /// Whether I may show somebody to my other contacts: they are one, and agreed.
    pub(in crate::engine) fn may_show(&self, id: &Id) -> bool {
        self.is_written_to(id) && self.agreed.get(id).is_some_and(|agreement| agreement.on)
    }

    /// Whether somebody whom contacts show may be suggested to me: I do not know them, they do not ask and are not
    /// introduced, and were not dismissed.
    pub(in crate::engine) fn may_be_suggested(&self, me: &Id, id: &Id) -> bool {
        let is_introduced = self.introduced.get(id).is_some_and(|it| self.is_introduced(id, it));
        id != me
            && self.living(id) != *me
            && !self.contacts.contains(id)
            && !self.closed.contains(id)
            && !self.dismissed.contains(id)
            && self.inbox.get(id).is_none()
            && !is_introduced
    }

    /// Whether an introduction waits for an answer: it is by a contact, of somebody of whom nothing is decided.
    pub(in crate::engine) fn is_introduced(&self, id: &Id, introduction: &Introduction) -> bool {
        introduction.waits()
            && !introduction.is_over(platform::now_ms())
            && self.is_written_to(&introduction.by)
            && !self.contacts.contains(id)
            && !self.closed.contains(id)
    }

    /// The contact who introduced somebody to me who asks to be added, if their request proves that.
    pub(in crate::engine) fn introducer_of_request(&self, me: &Id, id: &Id) -> Option<Id> {
        let proof = self.inbox.get(id)?.proof?.into_array();
        let introduction = self.introduced.get(id).filter(|it| !it.is_over(platform::now_ms()))?;
        let is_theirs = introduction.is_accepted_by(id, me, &proof) && self.is_written_to(&introduction.by);
        is_theirs.then_some(introduction.by)
    }

    /// Notes that this person's introduction to me is answered, by a decision about them.
    pub(in crate::engine) fn answer_introduction(&mut self, id: &Id) {
        if self.introduced.get(id).is_some_and(Introduction::waits)
            && let Some(introduction) = self.introduced.get_mut(id)
        {
            introduction.answer();
        }
    }
}

/// Forgets what people said of others who are no contacts any more.
pub(super) fn settle(before: &Tables, after: &mut Tables) {
    if before.contacts.is_same(&after.contacts) {
        return;
    }
    let gone: Vec<Id> = Rows::changes(&before.contacts, &after.contacts)
        .filter(|(.., now)| now.is_none())
        .map(|(id, ..)| *id)
        .collect();
    for id in gone {
        after.agreed.remove(&id);
        after.told_agreement.remove(&id);
        after.seeing.remove(&id);
        after.seen_contacts.remove(&id);
    }
}

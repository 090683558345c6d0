//! Following contacts who changed keys after a theft, and the doubt about those who name another successor than at first.
//!
//! The rules are in [`social::succession`](crate::social::succession). The heir's own request is enough, because a thief
//! of the old seed can overwrite the old record and cannot make the heir. The old root may name the heir too; then the
//! heir's profile has to name the old identity.

use std::rc::Rc;

use crate::engine::Error;
use crate::engine::api::Contact;
use crate::engine::state::Tables;
use crate::keys::Id;
use crate::platform;
use crate::social::contact;
use crate::social::relation::{Decision, Relation};
use crate::social::succession::{self, Closed, NewKeys};

use super::handle::Contacts;

/// What the key of an heir has signed: that it follows another one.
pub(in crate::engine) struct Claim {
    /// The identity that it follows.
    pub(in crate::engine) old: Id,
    pub(in crate::engine) heir: Id,
    /// Where the heir may be found. Hostile input until checked.
    pub(in crate::engine) relays: Vec<String>,
}

impl Contacts {
    /// Follows a contact to the heir whom their root names, if it is the one to whom they committed and their profile
    /// says the same. Returns whether that was so; a root that names somebody else says nothing.
    ///
    /// # Errors
    ///
    /// `unreachable` if the heir's profile is not found yet.
    pub(in crate::engine) async fn follow_root(
        &self,
        contact: &contact::Contact,
        heir: Id,
    ) -> Result<bool, Error> {
        if !succession::is_heir(contact.heir.as_ref(), &heir) {
            return Ok(false);
        }
        let (old, relays) = (contact.id, contact.relays().to_vec());
        let mut found = contact::Contact::new(heir, relays.clone(), 0, platform::now_ms());
        let mut last = Error::Unreachable("nobody who may be asked knows the heir of a contact".into());
        for relay in self.0.directory.relays_of(contact) {
            match self.0.fetchers.fetch_profile(&mut found, relay).await {
                Ok(()) => break,
                Err(Error::NotFound(_)) => {}
                Err(why) => last = why,
            }
        }
        let Some(profile) = &found.profile else { return Err(last) };
        if profile.predecessor.map(Id::from) != Some(old) {
            return Ok(false);
        }
        let (me, claim) = (self.0.directory.id, Claim { old, heir, relays });
        let followed = self.0.background.update(move |tx| Ok(follow(tx, &me, &claim, platform::now_ms())));
        let is_followed = followed.await?;
        if is_followed {
            self.look_for(heir);
        }
        Ok(is_followed)
    }

    /// Notes that the person has read that somebody changed keys.
    pub(in crate::engine) async fn confirm_new_keys(&self, id: &str) -> Result<Contact, Error> {
        self.change(id, |contact| contact.new_keys = None).await
    }

    /// Wants news of somebody although their profile names another successor than at first, which stays pinned.
    pub(in crate::engine) async fn take_all_the_same(&self, id: &str) -> Result<Contact, Error> {
        let taken = self.change(id, contact::Contact::take_all_the_same).await?;
        self.look_for(self.id_of(id)?);
        Ok(taken)
    }

    async fn change(
        &self,
        id: &str,
        change: impl FnOnce(&mut contact::Contact) + 'static,
    ) -> Result<Contact, Error> {
        let id = self.id_of(id)?;
        let changed = self.0.state.update(move |tx| {
            change(tx.contacts.get_mut(&id).ok_or(Error::NotFound("contact"))?);
            Ok(())
        });
        changed.await?;
        self.contact(&id.to_string())
    }
}

/// Follows a contact of `me` to their heir, whose key has signed the claim; says whether the claim holds.
///
/// What I decided, the petname, the circles and shares that are being made move to the heir. That words were compared
/// does not. The old identity is closed for good. Idempotent, because who is closed is no contact any more.
pub(in crate::engine) fn follow(tables: &mut Tables, me: &Id, claim: &Claim, now: u64) -> bool {
    let Claim { old, heir, relays } = claim;
    let Some(contact) = tables.contacts.get(old).cloned() else { return false };
    // The heir may have an heir by now, whom I added by hand.
    let next = tables.living(heir);
    if next == *old || next == *me || !succession::is_heir(contact.heir.as_ref(), heir) {
        return false;
    }
    let before = tables.relations.get(old).cloned().unwrap_or_default();
    tables.settle_relation(&next);
    let relation = succession::relation_to_heir(&before, tables.relations.get(&next), now);
    let name = contact.profile.as_ref().map(|profile| profile.name.clone()).unwrap_or_default();
    let was_verified = tables.verifications.remove(old).is_some();
    // Of whom nothing is wanted, there is nothing to tell.
    let is_told = relation.decision() != Decision::Blocked;
    let told = is_told.then(|| NewKeys { at: now, name: name.clone(), was_verified });
    match tables.contacts.get_mut(&next) {
        Some(known) => {
            known.petname = known.petname.take().or(contact.petname);
            known.new_keys = told;
        }
        None => drop(tables.contacts.insert(next, succession::heir_of(&contact, next, relays, told))),
    }
    tables.relations.insert(next, relation);
    if let Some(before) = tables.relations.get_mut(old) {
        Relation::clear_circles(before);
    }
    if tables.seeing.remove(old).is_some() {
        tables.seeing.insert(next, true);
    }
    tables.introduced.remove(old);
    tables.contacts.remove(old);
    tables.closed.insert(*old, Closed { by: *heir });
    let inbox = Rc::make_mut(&mut tables.inbox);
    for id in [*old, next] {
        inbox.put_back(id, None);
    }
    tables.asking.remove(old);
    tables.outbox.remove_where(|key, _| key.contact == *old);
    tables.opened.remove_where(|_, link| link.author() == *old);
    move_drafts(tables, old, next);
    let by_old: Vec<_> =
        tables.shares.iter().filter(|(_, share)| share.author == *old).map(|(id, _)| *id).collect();
    for id in by_old {
        if let Some(share) = tables.shares.get_mut(&id) {
            share.author_name.get_or_insert_with(|| name.clone());
        }
    }
    true
}

/// Has shares that are being made for the old identity be for the new one.
fn move_drafts(tables: &mut Tables, old: &Id, next: Id) {
    let names: Vec<_> = tables.drafts.keys().cloned().collect();
    for name in names {
        let is_for = |plan: &crate::engine::state::Plan| {
            plan.recipients.as_ref().is_some_and(|recipients| recipients.contains(old))
        };
        if tables.drafts.get(&name).is_some_and(is_for)
            && let Some(recipients) = tables.drafts.get_mut(&name).and_then(|plan| plan.recipients.as_mut())
        {
            recipients.retain(|id| *id != next);
            recipients.iter_mut().filter(|id| *id == old).for_each(|id| *id = next);
        }
    }
}

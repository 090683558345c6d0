//! How I stand to others: what I decided, who waits for an answer, my invites, whose words I compared, and what is
//! still to be said to whom. Kept in rows and in the vault, under the same names.

use std::collections::BTreeMap;

use crate::keys::Id;
use crate::platform;
use crate::social::asking::Asking;
use crate::social::contact::Contact;
use crate::social::invite::{Invites, Made};
use crate::social::relation::{Relation, Stance};
use crate::social::request::{Inbox, Waiting};
use crate::social::vault::{Entry, Vault};
use crate::social::verification::Verification;
use crate::store::{Table, Write};

use super::Error;
use super::api::Event;
use super::rows::{Opened, Rows};
use super::session::{CONTACT, Session, State};

/// How I stand to everybody.
#[derive(Default)]
pub(super) struct People {
    pub(super) relations: BTreeMap<Id, Relation>,
    pub(super) inbox: Inbox,
    pub(super) invites: Invites,
    pub(super) verifications: BTreeMap<Id, Verification>,
    pub(super) asking: BTreeMap<Id, Asking>,
}

impl People {
    /// Reads them from rows; contacts without a relation were added before there were other ways to stand to them.
    pub(super) fn read(rows: &Opened, contacts: &BTreeMap<Id, Contact>) -> Result<Self, Error> {
        let read = Self {
            relations: entries(rows)?.collect(),
            inbox: entries(rows)?.collect(),
            invites: entries(rows)?.collect(),
            verifications: entries(rows)?.collect(),
            asking: entries(rows)?.collect(),
        };
        Ok(read.complete(contacts))
    }

    /// Takes them from a vault that comes back, and adds the rows that keep them.
    pub(super) fn restore(
        vault: &Vault,
        contacts: &BTreeMap<Id, Contact>,
        rows: &Rows,
        write: &mut Write,
    ) -> Self {
        let restored = Self {
            relations: vault.all().collect(),
            inbox: vault.all().collect(),
            invites: vault.all().collect(),
            verifications: vault.all().collect(),
            asking: vault.all().collect(),
        };
        put_all(rows, write, &restored.relations);
        put_all(rows, write, restored.inbox.iter());
        put_all(rows, write, restored.invites.iter());
        put_all(rows, write, &restored.verifications);
        put_all(rows, write, &restored.asking);
        restored.complete(contacts)
    }

    fn complete(mut self, contacts: &BTreeMap<Id, Contact>) -> Self {
        for contact in contacts.values() {
            self.relations.entry(contact.id).or_insert_with(|| Relation::added(contact.added));
        }
        self
    }

    /// What I decided about somebody.
    pub(super) fn stance(&self, id: &Id) -> Stance {
        self.relations.get(id).map_or(Stance::None, Relation::stance)
    }

    /// Whether they are to have a letterbox and notes of mine.
    pub(super) fn is_written_to(&self, id: &Id) -> bool {
        self.relations.get(id).is_some_and(Relation::is_written_to)
    }

    /// Whether their record is watched.
    pub(super) fn is_watched(&self, id: &Id) -> bool {
        self.relations.get(id).is_some_and(Relation::is_watched)
    }

    /// Brings the vault to what is so now.
    pub(super) fn write_vault(&self, vault: &mut Vault, now: u64, device: &[u8; 32]) {
        bring(vault, self.relations.iter(), now, device);
        bring(vault, self.inbox.iter(), now, device);
        bring(vault, self.invites.iter(), now, device);
        bring(vault, self.verifications.iter(), now, device);
        let asking: Vec<_> = self.asking.iter().map(|(id, asking)| (id, asking.for_vault())).collect();
        bring(vault, asking.iter().map(|(id, asking)| (*id, asking)), now, device);
    }
}

/// All of a kind that the rows keep.
pub(super) fn entries<T: Entry>(rows: &Opened) -> Result<impl Iterator<Item = (T::Name, T)>, Error> {
    let rows = rows.all::<T>(T::PREFIX)?;
    Ok(rows.into_iter().filter_map(|(name, entry)| Some((name.parse().ok()?, entry))))
}

/// Adds to a write that rows keep all of these.
pub(super) fn put_all<'a, T: Entry + 'a>(
    rows: &Rows,
    write: &mut Write,
    entries: impl IntoIterator<Item = (&'a T::Name, &'a T)>,
) where
    T::Name: 'a,
{
    entries.into_iter().for_each(|(name, entry)| put(rows, write, name, Some(entry)));
}

/// Adds to a write that a row keeps one of them, or none.
pub(super) fn put<T: Entry>(rows: &Rows, write: &mut Write, name: &T::Name, entry: Option<&T>) {
    let name = format!("{}{name}", T::PREFIX);
    match entry {
        Some(entry) => rows.put(write, Table::State, &name, entry),
        None => rows.remove(write, Table::State, &name),
    }
}

/// Has the vault hold exactly these of their kind.
pub(super) fn bring<'a, T: Entry + 'a>(
    vault: &mut Vault,
    entries: impl Iterator<Item = (&'a T::Name, &'a T)>,
    now: u64,
    device: &[u8; 32],
) where
    T::Name: Ord + 'a,
{
    let entries: BTreeMap<&T::Name, &T> = entries.collect();
    let names = vault.all::<T>().map(|(name, _)| name);
    let gone: Vec<_> = names.filter(|name| !entries.contains_key(name)).collect();
    for name in gone {
        vault.set::<T>(&name, None, now, device);
    }
    for (name, entry) in entries {
        vault.set(name, Some(entry), now, device);
    }
}

/// Everything that is kept of one person, to see what a change changes.
#[derive(Clone, PartialEq)]
struct About {
    contact: Option<Contact>,
    relation: Option<Relation>,
    waiting: Option<Waiting>,
    verification: Option<Verification>,
    asking: Option<Asking>,
}

impl About {
    fn of(id: &Id, state: &State) -> Self {
        let people = &state.people;
        Self {
            contact: state.contacts.get(id).cloned(),
            relation: people.relations.get(id).cloned(),
            waiting: people.inbox.get(id).cloned(),
            verification: people.verifications.get(id).copied(),
            asking: people.asking.get(id).cloned(),
        }
    }

    /// Adds the rows that differ from those before.
    fn put(&self, before: &Self, id: &Id, rows: &Rows, write: &mut Write) {
        if self.contact != before.contact {
            let name = format!("{CONTACT}{id}");
            match &self.contact {
                Some(contact) => rows.put(write, Table::State, &name, contact),
                None => rows.remove(write, Table::State, &name),
            }
        }
        put_changed(rows, write, id, self.relation.as_ref(), before.relation.as_ref());
        put_changed(rows, write, id, self.waiting.as_ref(), before.waiting.as_ref());
        put_changed(rows, write, id, self.verification.as_ref(), before.verification.as_ref());
        put_changed(rows, write, id, self.asking.as_ref(), before.asking.as_ref());
    }

    /// Undoes a change that could not be stored.
    fn put_back(self, id: &Id, state: &mut State) {
        put_back(&mut state.contacts, id, self.contact);
        put_back(&mut state.people.relations, id, self.relation);
        put_back(&mut state.people.verifications, id, self.verification);
        put_back(&mut state.people.asking, id, self.asking);
        state.people.inbox.put_back(*id, self.waiting);
    }

    /// Without what neither the letterboxes nor the vault depend on.
    fn published(&self) -> Self {
        Self { asking: self.asking.as_ref().map(Asking::for_vault), ..self.clone() }
    }
}

fn put_back<T>(map: &mut BTreeMap<Id, T>, id: &Id, value: Option<T>) {
    match value {
        Some(value) => map.insert(*id, value),
        None => map.remove(id),
    };
}

fn put_changed<T: Entry + PartialEq>(
    rows: &Rows,
    write: &mut Write,
    name: &T::Name,
    now: Option<&T>,
    before: Option<&T>,
) {
    if now != before {
        put(rows, write, name, now);
    }
}

impl Session {
    /// Changes what is kept of one person, and my invites; stores what differs, and tells of it.
    ///
    /// `change` either does all that it is for, or fails and changes nothing.
    pub(super) async fn change_person<T>(
        &self,
        id: &Id,
        change: impl FnOnce(&mut State) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut write = Write::strict();
        let (outcome, before, invites, after) = {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            let before = About::of(id, state);
            let invites = state.people.invites.clone();
            let outcome = change(state)?;
            let is_idle = |relation: &Relation| relation.is_forgettable(platform::now_ms());
            if !state.contacts.contains_key(id) && state.people.relations.get(id).is_some_and(is_idle) {
                state.people.relations.remove(id);
            }
            let after = About::of(id, state);
            if after == before && state.people.invites == invites {
                return Ok(outcome);
            }
            after.put(&before, id, &self.rows, &mut write);
            self.put_invites(&mut write, &invites, &state.people.invites);
            if after.published() != before.published() || state.people.invites != invites {
                state.touch();
                self.put_changes(&mut write, state);
            }
            (outcome, before, invites, after)
        };
        if let Err(why) = self.store.commit(write).await {
            let mut state = self.state.borrow_mut();
            before.put_back(id, &mut state);
            state.people.invites = invites;
            return Err(why.into());
        }
        self.tell_of(id, &before, &after);
        Ok(outcome)
    }

    /// Lets go of requests and invites whose time is over, and of what was remembered for their sake.
    pub(super) async fn forget_the_old(&self) -> Result<(), Error> {
        let (mut write, now) = (Write::strict(), platform::now_ms());
        {
            let mut state = self.state.borrow_mut();
            let State { people, contacts, .. } = &mut *state;
            for id in people.inbox.forget(now) {
                put::<Waiting>(&self.rows, &mut write, &id, None);
            }
            for name in people.invites.forget(now) {
                put::<Made>(&self.rows, &mut write, &name, None);
            }
            let is_idle =
                |id: &Id, relation: &mut Relation| !contacts.contains_key(id) && relation.is_forgettable(now);
            for (id, _) in people.relations.extract_if(.., is_idle) {
                put::<Relation>(&self.rows, &mut write, &id, None);
            }
            if write.rows.is_empty() {
                return Ok(());
            }
            state.touch();
            self.put_changes(&mut write, &state);
        }
        Ok(self.store.commit(write).await?)
    }

    /// Adds the rows of invites that differ from those before.
    pub(super) fn put_invites(&self, write: &mut Write, before: &Invites, now: &Invites) {
        for (name, made) in now.iter() {
            put_changed(&self.rows, write, name, Some(made), before.get(name));
        }
        for (name, _) in before.iter().filter(|(name, _)| now.get(name).is_none()) {
            put::<Made>(&self.rows, write, name, None);
        }
    }

    /// Tells what changed about somebody, and lets everything look that depends on it.
    fn tell_of(&self, id: &Id, before: &About, after: &About) {
        match (&before.waiting, &after.waiting) {
            (Some(_), None) => self.hub.tell(&Event::RequestRemoved { id: id.to_string() }),
            (before, Some(waiting)) if before.as_ref() != Some(waiting) => self.tell_request(id),
            _ => {}
        }
        match (&before.contact, &after.contact) {
            (Some(_), None) => self.hub.tell(&Event::ContactRemoved { id: id.to_string() }),
            (_, Some(contact)) if before != after => {
                self.hub.tell(&Event::Contact { contact: self.shown_contact(contact) });
            }
            _ => {}
        }
        self.following.changed();
        self.askers.changed();
        self.asked.look();
        // That somebody asks is nobody else's news: it is published with what comes next.
        if (About { waiting: None, ..before.clone() }) != (About { waiting: None, ..after.clone() }) {
            self.publish_soon();
        }
    }
}

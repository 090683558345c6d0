//! Showing my contacts to others: only those who agreed, and only to whom I chose.
//!
//! A letter is left again when it would say something else, at most once in ten minutes: who watches a relay does not see
//! when one of my contacts agreed. Whom I stop showing mine has them taken back at once.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures::future::select;

use crate::engine::Error;
use crate::engine::api::Contact;
use crate::engine::letters;
use crate::engine::state::{Kind, Tables};
use crate::format::introduction::Shown;
use crate::format::limits;
use crate::format::note::{Note, Says};
use crate::keys::Id;
use crate::net::Backoff;
use crate::platform::{self, Instant};
use crate::social::introduction;
use crate::social::letter::{About, Address, Name};

use super::handle::Introductions;

/// How long a letter stays before what changed since comes into the next one.
const GATHERED: Duration = Duration::from_secs(10 * 60);

/// The waits after a letter could not be left: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

impl Introductions {
    /// Shows somebody my contacts who agreed to be shown, or shows them no more.
    pub(in crate::engine) async fn set_visibility(
        &self,
        id: &str,
        sees_mine: bool,
    ) -> Result<Contact, Error> {
        let contact = self.0.state.read(|tables| tables.contact(id).map(|contact| contact.id))?;
        // What a person chooses here is done at once.
        self.0.shown.borrow_mut().remove(&contact);
        let set = self.0.state.update(move |tx| {
            if !tx.is_written_to(&contact) {
                return Err(Error::NotFound("contact"));
            }
            match sees_mine {
                true => drop(tx.seeing.insert(contact, true)),
                false => {
                    tx.seeing.remove(&contact);
                    letters::withdraw(tx, &name_for(contact));
                }
            }
            Ok(())
        });
        set.await?;
        self.0.contacts.contact(id)
    }

    /// Tells contacts whether they may show me to theirs, as I decided last.
    ///
    /// A note has the time of the decision, not that of the device that leaves it, so that an older one never counts.
    pub(super) async fn tell_agreement(self) {
        let state = self.0.state.background();
        let mut changes =
            state.watch(&[Kind::account, Kind::contacts, Kind::relations, Kind::told_agreement]);
        let mut backoff = Backoff::between(WAITS);
        loop {
            let told = state.read(|tables| untold(tables).is_empty());
            let done = match told {
                true => Ok(()),
                false => {
                    state
                        .update(|tx| {
                            let (on, at) = (tx.account.may_be_shown, tx.account.may_be_shown_at);
                            let ids = untold(tx);
                            let note = Note { time: at, says: Says::Visible { on } };
                            tx.leave_again(ids.iter().map(|id| (*id, note.clone())).collect());
                            for id in ids {
                                tx.told_agreement.insert(id, at);
                            }
                            Ok(())
                        })
                        .await
                }
            };
            match done {
                Ok(()) => {
                    backoff.reset();
                    changes.changed().await;
                }
                Err(why) => {
                    tracing::debug!(%why, "contacts are told later whether they may show me");
                    changes.changed_within(backoff.wait()).await;
                    backoff.lengthen();
                }
            }
        }
    }

    /// Leaves letters with my contacts for those who see them, and takes them back from those who do no more.
    pub(super) async fn show_contacts(self) {
        let state = &self.0.state;
        let kinds = [Kind::seeing, Kind::agreed, Kind::contacts, Kind::relations, Kind::letters];
        let mut changes = state.watch(&kinds);
        let mut backoff = Backoff::between(WAITS);
        loop {
            let (mut is_done, mut next) = (true, None::<Duration>);
            if let Err(why) = self.withdraw_letters().await {
                tracing::debug!(%why, "a letter is taken back later");
                is_done = false;
            }
            let due = state.read(letters_due);
            for (reader, people) in due {
                if let Some(wait) = self.time_to_gather(&reader) {
                    next = Some(next.map_or(wait, |next| next.min(wait)));
                    continue;
                }
                let parts = introduction::letter(people);
                let says = |Address { share, rev, header }| Says::Contacts { share, rev, header };
                match self.0.letters.publish(name_for(reader), parts, says).await {
                    Ok(true) => drop(self.0.shown.borrow_mut().insert(reader, Instant::now())),
                    Ok(false) => {}
                    Err(why) => {
                        tracing::debug!(%why, "a letter is left later");
                        is_done = false;
                    }
                }
            }
            if is_done {
                backoff.reset();
            } else {
                next = Some(next.map_or(backoff.wait(), |next| next.min(backoff.wait())));
                backoff.lengthen();
            }
            let over = async {
                match next {
                    Some(wait) => platform::sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            select(pin!(changes.changed()), pin!(over)).await;
        }
    }

    async fn withdraw_letters(&self) -> Result<(), Error> {
        if self.0.state.read(|tables| letters_over(tables).is_empty()) {
            return Ok(());
        }
        let state = self.0.state.background();
        let withdrawn = state.update(|tx| {
            for name in letters_over(tx) {
                letters::withdraw(tx, &name);
            }
            Ok(())
        });
        withdrawn.await
    }

    fn time_to_gather(&self, reader: &Id) -> Option<Duration> {
        let shown = self.0.shown.borrow().get(reader).copied()?;
        GATHERED.checked_sub(shown.elapsed()).filter(|wait| !wait.is_zero())
    }
}

fn name_for(reader: Id) -> Name {
    Name { about: About::Contacts, reader }
}

/// Contacts who do not know yet what I decided last; nobody is told that nothing was ever decided.
fn untold(tables: &Tables) -> Vec<Id> {
    let (on, at) = (tables.account.may_be_shown, tables.account.may_be_shown_at);
    if at == 0 {
        return Vec::new();
    }
    let contacts = tables.contacts.values().filter(|contact| tables.is_written_to(&contact.id));
    let reachable = contacts.filter(|contact| contact.recipient().is_some()).map(|contact| contact.id);
    let is_untold = |id: &Id| match tables.told_agreement.get(id) {
        Some(told) => *told != at,
        None => on,
    };
    reachable.filter(is_untold).collect()
}

/// Letters that are out, of people who see my contacts no more.
fn letters_over(tables: &Tables) -> Vec<Name> {
    let sees = |id: &Id| tables.seeing.contains(id) && tables.is_written_to(id);
    let out = tables.letters.iter().filter(|(name, letter)| {
        name.about == About::Contacts && letter.header.is_some() && !sees(&name.reader)
    });
    out.map(|(name, _)| *name).collect()
}

/// For each reader of mine to whom something else is to be said than was said last: whom they are shown.
fn letters_due(tables: &Tables) -> BTreeMap<Id, Vec<Shown>> {
    let readers: Vec<_> = tables.seeing.keys().filter(|id| tables.is_written_to(id)).copied().collect();
    if readers.is_empty() {
        return BTreeMap::new();
    }
    let all = shown(tables);
    let mut due = BTreeMap::new();
    for reader in readers {
        let people: Vec<_> =
            all.iter().filter(|shown| shown.id.as_bytes() != reader.as_bytes()).cloned().collect();
        let said = tables.letters.get(&name_for(reader)).filter(|letter| letter.header.is_some());
        let digest = crate::social::letter::digest(&introduction::letter(people.clone()));
        let is_due = match said {
            Some(said) => said.says != Some(digest),
            None => !people.is_empty(),
        };
        if is_due {
            due.insert(reader, people);
        }
    }
    due
}

/// My contacts who agreed to be shown, as their profiles name them.
fn shown(tables: &Tables) -> Vec<Shown> {
    let friends = tables
        .contacts
        .values()
        .filter(|contact| tables.may_show(&contact.id) && contact.has_letterbox() && !contact.is_doubted());
    let shown = friends.filter_map(|contact| {
        let (profile, head) = (contact.profile.as_ref()?, contact.head?);
        let relays = profile.relays.iter().take(limits::SHOWN_RELAYS).cloned().collect();
        Some(Shown { id: contact.id.verifying_key(), name: profile.name.clone(), relays, seq: head.seq })
    });
    shown.collect()
}

//! What I decide about others: adding, following, blocking, removing, and the circles that I put them into.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{Either, select};

use crate::engine::Error;
use crate::engine::api::Contact;
use crate::engine::state::{Kind, Tables};
use crate::format::invite::{Invite, InviteError};
use crate::format::{limits, text};
use crate::keys::Id;
use crate::net::records;
use crate::platform;
use crate::social::contact;
use crate::social::outgoing_request::OutgoingRequest;
use crate::social::relation::{Decision, Relation};

use super::handle::Contacts;

/// How long adding somebody waits for their profile before it says that it goes on looking.
const LOOKING: Duration = Duration::from_secs(3);

/// People whom one profile can add, with its links: half of what the letterbox map holds, beside people who were added
/// once.
const MAX_ADDED: usize = limits::LETTERBOXES / 2;

/// People whom one profile can know: what one relay watches for it.
const MAX_PEOPLE: usize = records::MAX_WATCHED;

/// Somebody to add or to follow, and where they may be found.
pub(super) struct NewContact {
    pub(super) id: Id,
    pub(super) relays: Vec<String>,
    /// The lowest sequence to accept, as an invite says.
    pub(super) seq: u64,
    pub(super) decision: Decision,
    /// What is to be said to somebody whom I add.
    pub(super) asking: OutgoingRequest,
    /// Whether it answers a request of theirs, which must still wait.
    pub(super) is_answer: bool,
}

impl Contacts {
    /// Adds somebody by id, invite or invite link, and looks for their profile. They find a request with the message.
    ///
    /// Returns when it is found and verified, or after three seconds in state `resolving`; the search goes on then.
    pub(in crate::engine) async fn add(&self, typed: &str, message: Option<&str>) -> Result<Contact, Error> {
        let Invite { id, relays, seq, ticket, .. } = invited(typed)?;
        let message = text::paragraph(message.unwrap_or_default(), limits::MESSAGE_CHARS);
        let asking = OutgoingRequest::new(message.map_err(Error::invalid)?, ticket, platform::now_ms());
        let decision = Decision::Added;
        self.decide(NewContact { id: id.into(), relays, seq, decision, asking, is_answer: false }).await
    }

    /// Follows what somebody shares with everybody. They do not hear of it. Looks for them as [`add`](Self::add) does.
    pub(in crate::engine) async fn follow(&self, typed: &str) -> Result<Contact, Error> {
        let Invite { id, relays, seq, .. } = invited(typed)?;
        let (decision, asking) = (Decision::Following, OutgoingRequest::default());
        self.decide(NewContact { id: id.into(), relays, seq, decision, asking, is_answer: false }).await
    }

    /// Adds or follows somebody, and waits a while for their profile.
    pub(super) async fn decide(&self, new: NewContact) -> Result<Contact, Error> {
        let (id, me) = (new.id, self.0.directory.id);
        let known = self.known_asker(&id);
        let decide = self.0.state.update(move |tx| {
            check_new(tx, &me, &new)?;
            apply(tx, new, known);
            Ok(())
        });
        decide.await?;
        self.look_for(id);
        self.until_found(&id).await;
        self.contact(&id.to_string())
    }

    /// Forgets somebody: what they shared stays here until it is removed, nothing new arrives. Needs no room.
    pub(in crate::engine) async fn remove(&self, id: &str) -> Result<(), Error> {
        self.forget(self.id_of(id)?, |_, _| Ok(())).await
    }

    /// Wants nothing of somebody any more, a contact or a person who asks to be one. They are not told.
    pub(in crate::engine) async fn block(&self, id: &str) -> Result<(), Error> {
        let id: Id = id.parse().map_err(|_| Error::NotFound("contact"))?;
        let known = self.known_asker(&id);
        let block = self.0.state.update(move |tx| {
            let tables = &mut **tx;
            if !tables.contacts.contains(&id) && tables.inbox.get(&id).is_none() {
                return Err(Error::NotFound("contact"));
            }
            let now = platform::now_ms();
            tables.settle_relation(&id);
            let relation = tables.relations.or_insert_with(id, Relation::default);
            let asked = Rc::make_mut(&mut tables.inbox).answer(&id, Decision::Blocked, relation, now);
            tables.asking.remove(&id);
            let relays = asked.map(|asked| asked.relays).unwrap_or_default();
            let fresh = || known.unwrap_or_else(|| contact::Contact::new(id, relays, 0, now));
            tables.contacts.or_insert_with(id, fresh);
            Ok(())
        });
        block.await
    }

    /// Lets somebody be a stranger again, who may ask. Needs no room.
    pub(in crate::engine) async fn unblock(&self, id: &str) -> Result<(), Error> {
        let check = |tables: &Tables, id: &Id| match tables.decision(id) {
            Decision::Blocked => Ok(()),
            _ => Err(Error::NotFound("blocked person")),
        };
        self.forget(self.id_of(id)?, check).await
    }

    /// Lets a contact be a stranger, if `check` allows it when the turn comes.
    ///
    /// On a full disk the row of the relation stays as it is. Its decision is not in force without the contact; it is
    /// taken back at the next unlock, or when the person is met again.
    async fn forget(&self, id: Id, check: fn(&Tables, &Id) -> Result<(), Error>) -> Result<(), Error> {
        let forget = move |tables: &mut Tables| {
            if !tables.contacts.contains(&id) {
                return Err(Error::NotFound("contact"));
            }
            check(tables, &id)?;
            tables.verifications.remove(&id);
            tables.asking.remove(&id);
            tables.contacts.remove(&id);
            Ok(())
        };
        let forgotten = self.0.state.update(move |tx| {
            forget(tx)?;
            tx.settle_relation(&id);
            Ok(())
        });
        match forgotten.await {
            Err(Error::Quota) => self.0.state.remove(move |tx| forget(tx)).await,
            done => done,
        }
    }

    /// Puts somebody into exactly these circles.
    pub(in crate::engine) async fn set_circles(
        &self,
        id: &str,
        circles: &[String],
    ) -> Result<Contact, Error> {
        let id = self.id_of(id)?;
        let circles = circles.to_vec();
        let change = self.0.state.update(move |tx| {
            if !tx.contacts.contains(&id) {
                return Err(Error::NotFound("contact"));
            }
            let relation = tx.relations.or_insert_with(id, Relation::default);
            relation.set_circles(circles.iter().map(String::as_str)).map_err(Error::invalid)
        });
        change.await?;
        self.contact(&id.to_string())
    }

    /// The profile of somebody who asks, as far as it was found. It is forgotten once their request is answered.
    pub(super) fn known_asker(&self, id: &Id) -> Option<contact::Contact> {
        self.0.state.live(|live| live.askers.get(id).cloned())
    }

    /// Waits for somebody's profile, but not for long.
    async fn until_found(&self, id: &Id) {
        let state = &self.0.state;
        let mut changes = state.watch(&[Kind::contacts]);
        let is_resolving =
            || state.read(|tables| tables.contacts.get(id).is_some_and(|contact| contact.profile.is_none()));
        let found = pin!(async {
            while is_resolving() {
                changes.changed().await;
            }
        });
        if let Either::Right(_) = select(found, pin!(platform::sleep(LOOKING))).await {
            tracing::debug!("a profile is still being looked for");
        }
    }
}

/// Whether one more person can be added.
pub(super) fn has_room(tables: &Tables) -> bool {
    tables.letterboxes() < MAX_ADDED && tables.contacts.len() < MAX_PEOPLE
}

/// Whether somebody can be added or followed.
fn check_new(tables: &Tables, me: &Id, new: &NewContact) -> Result<(), Error> {
    let NewContact { id, decision, is_answer, .. } = new;
    if *is_answer && tables.inbox.get(id).is_none() {
        return Err(Error::NotFound("request"));
    }
    if id == me {
        return Err(Error::OwnId);
    }
    match tables.decision(id) {
        Decision::Added => return Err(Error::AlreadyExists("you have added this person already")),
        Decision::Blocked => return Err(Error::AlreadyExists("you blocked this person: unblock them first")),
        Decision::Following if *decision == Decision::Following => {
            return Err(Error::AlreadyExists("you follow this person already"));
        }
        Decision::None | Decision::Following => {}
    }
    let is_full = match decision {
        Decision::Added => !has_room(tables),
        _ => tables.contacts.len() >= MAX_PEOPLE,
    };
    if is_full {
        return Err(Error::InvalidName(format!(
            "remove somebody first: {MAX_ADDED} people to share with and links are the most, and {MAX_PEOPLE} \
             people in all"
        )));
    }
    Ok(())
}

/// Adds or follows somebody; `known` is what was found out about them while they asked.
fn apply(tables: &mut Tables, new: NewContact, known: Option<contact::Contact>) {
    let NewContact { id, mut relays, seq, decision, asking, .. } = new;
    let now = platform::now_ms();
    tables.settle_relation(&id);
    let relation = tables.relations.or_insert_with(id, Relation::default);
    if decision == Decision::Added {
        let asked = Rc::make_mut(&mut tables.inbox).answer(&id, decision, relation, now);
        relays.extend(asked.map(|asked| asked.relays).unwrap_or_default());
        tables.asking.insert(id, asking);
    } else {
        // To follow is no answer.
        relation.decide(decision, None, now);
    }
    take_up(tables, id, &relays, seq, known);
}

/// Has somebody as a contact from now on, who may be found at these relays, as an invite says with at least this
/// sequence; `known` is what was found out about them while they asked.
pub(super) fn take_up(
    tables: &mut Tables,
    id: Id,
    relays: &[String],
    seq: u64,
    known: Option<contact::Contact>,
) {
    let now = platform::now_ms();
    let fresh = || known.unwrap_or_else(|| contact::Contact::new(id, Vec::new(), 0, now));
    let contact = tables.contacts.or_insert_with(id, fresh);
    contact.apply_hints(relays);
    // While I only followed them, I did not look for a letterbox.
    contact.forget_head();
    contact.apply_claim(seq, now);
}

/// Reads an invite, an invite link, or a bare id.
fn invited(typed: &str) -> Result<Invite, Error> {
    let typed = typed.trim();
    match typed.parse::<Id>() {
        Ok(id) => {
            let (id, extra) = (id.verifying_key(), Default::default());
            Ok(Invite { id, name: None, relays: Vec::new(), seq: 0, ticket: None, extra })
        }
        // What begins like an id was meant as one.
        Err(why) if typed.starts_with("k51") => Err(Error::InvalidId(why.to_string())),
        Err(_) => typed.parse().map_err(|why: InviteError| Error::InvalidId(why.to_string())),
    }
}

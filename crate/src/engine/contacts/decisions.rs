//! What I decide about others: adding, following, blocking, removing, and the circles that I put them into.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{Either, select};

use crate::engine::Error;
use crate::engine::api::{Acquaintance, Contact};
use crate::engine::state::{Kind, Tables};
use crate::format::invite::Invite;
use crate::format::secret::Secret;
use crate::format::{limits, text};
use crate::keys::Id;
use crate::net::records;
use crate::platform;
use crate::social::contact;
use crate::social::outgoing_request::OutgoingRequest;
use crate::social::pasted::{self, Found};
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
        let Invite { id, relays, seq, ticket, .. } = self.invited(typed)?;
        let message = text::paragraph(message.unwrap_or_default(), limits::MESSAGE_CHARS);
        let asking = OutgoingRequest::new(message.map_err(Error::invalid)?, ticket, platform::now_ms());
        let decision = Decision::Added;
        self.decide(NewContact { id: id.into(), relays, seq, decision, asking, is_answer: false }).await
    }

    /// Adds somebody whom a contact introduced to me with this secret, which is good until then.
    pub(in crate::engine) async fn add_introduced(
        &self,
        id: Id,
        relays: Vec<String>,
        seq: u64,
        secret: Secret,
        until: u64,
    ) -> Result<Contact, Error> {
        let asking = OutgoingRequest::introduced(secret, until);
        let decision = Decision::Added;
        self.decide(NewContact { id, relays, seq, decision, asking, is_answer: false }).await
    }

    /// Follows what somebody shares with everybody. They do not hear of it. Looks for them as [`add`](Self::add) does.
    pub(in crate::engine) async fn follow(&self, typed: &str) -> Result<Contact, Error> {
        let Invite { id, relays, seq, .. } = self.invited(typed)?;
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
            tables.answer_introduction(&id);
            let relation = tables.relations.or_insert_with(id, Relation::default);
            let asked = Rc::make_mut(&mut tables.inbox).answer(&id, Decision::Blocked, relation, now);
            let relays = asked.map(|asked| asked.relays).unwrap_or_default();
            let fresh = || known.unwrap_or_else(|| contact::Contact::new(id, relays, 0, now));
            tables.contacts.or_insert_with(id, fresh);
            Ok(())
        });
        block.await
    }

    /// Ends a block. Who was a contact before is one again; who was none is a stranger again, who may ask, and that needs
    /// no room.
    pub(in crate::engine) async fn unblock(&self, id: &str) -> Result<(), Error> {
        let id = self.id_of(id)?;
        let before = self.0.state.read(|tables| blocked(tables, &id).map(Relation::before_block))?;
        if before == Decision::None {
            return self.forget(id, |tables, id| blocked(tables, id).map(drop)).await;
        }
        let unblock = self.0.state.update(move |tx| {
            blocked(tx, &id)?;
            if before == Decision::Added && !has_room(tx) {
                return Err(full());
            }
            tx.relations.get_mut(&id).ok_or(Error::NotFound("blocked person"))?.unblock(platform::now_ms());
            // What they published meanwhile was not read.
            take_up(tx, id, &[], 0, None);
            Ok(())
        });
        unblock.await?;
        self.look_for(id);
        Ok(())
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

    /// The one invite in a text as people paste it; a bare id is an invite that says nothing else.
    fn invited(&self, typed: &str) -> Result<Invite, Error> {
        let mut found = pasted::find(typed)?;
        let is_person = |one: &Found| !matches!(one, Found::Link(_));
        let me = self.0.directory.id;
        // In what two people wrote to each other, both ids stand.
        if found.iter().any(|one| is_person(one) && one.id() != me) {
            found.retain(|one| one.id() != me);
        }
        found.retain(is_person);
        match found.pop() {
            _ if !found.is_empty() => Err(Error::Several),
            Some(Found::Invite(invite)) => {
                Ok(Invite { relays: self.0.directory.completed(&invite.relays), ..invite })
            }
            Some(Found::Id(id)) => {
                let (relays, seq) = self.0.state.read(|tables| shown_at(tables, &id));
                let id = id.verifying_key();
                Ok(Invite { id, name: None, relays, seq, ticket: None })
            }
            Some(Found::Link(_)) | None => Err(Error::InvalidId("this is a link to a share: open it".into())),
        }
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

/// Where contacts say that somebody is whom they show, and the sequence that they know.
fn shown_at(tables: &Tables, id: &Id) -> (Vec<String>, u64) {
    let letters = tables.seen_contacts.iter().filter(|(by, _)| tables.is_written_to(by));
    let people = letters.flat_map(|(_, seen)| seen.people.iter().filter(|person| person.id == *id));
    let (mut relays, mut seq) = (Vec::<String>::new(), 0);
    for person in people {
        for relay in &person.relays {
            if relays.len() < limits::RELAYS && !relays.contains(relay) {
                relays.push(relay.clone());
            }
        }
        seq = person.seq.max(seq);
    }
    (relays, seq)
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
    if id == me || tables.living(id) == *me {
        return Err(Error::OwnId);
    }
    if tables.closed.contains(id) {
        return Err(Error::Known(Acquaintance::Closed));
    }
    match tables.decision(id) {
        Decision::Added => return check_again(tables, new),
        Decision::Blocked => return Err(Error::Known(Acquaintance::Blocked)),
        Decision::Following if *decision == Decision::Following => {
            return Err(Error::Known(Acquaintance::Followed));
        }
        Decision::None | Decision::Following => {}
    }
    let is_full = match decision {
        Decision::Added => !has_room(tables),
        _ => tables.contacts.len() >= MAX_PEOPLE,
    };
    if is_full { Err(full()) } else { Ok(()) }
}

/// Whether somebody whom I have added can be added once more, because there is something new to say to them.
///
/// A friend may have removed me, and I do not learn of it. So an invite of theirs is used even if they look like a friend.
fn check_again(tables: &Tables, new: &NewContact) -> Result<(), Error> {
    let NewContact { id, relays, decision, asking, .. } = new;
    let Some(contact) = tables.contacts.get(id) else { return Ok(()) };
    let known = tables.asking.get(id);
    let (is_friend, adds) = (contact.has_letterbox(), *decision == Decision::Added);
    let is_found = contact.profile.is_some() || relays.is_empty();
    let has_news = asking.has_other_invite(known) || (!is_friend && asking.has_other_message(known));
    match is_friend {
        _ if adds && (has_news || !is_found) => Ok(()),
        true => Err(Error::Known(Acquaintance::Friend)),
        false => Err(Error::Known(Acquaintance::Asked)),
    }
}

fn full() -> Error {
    Error::InvalidName(format!(
        "remove somebody first: {MAX_ADDED} people to share with and links are the most, and {MAX_PEOPLE} \
         people in all"
    ))
}

/// My relation to somebody whom I blocked.
fn blocked<'a>(tables: &'a Tables, id: &Id) -> Result<&'a Relation, Error> {
    let relation = tables.relations.get(id).filter(|_| tables.decision(id) == Decision::Blocked);
    relation.ok_or(Error::NotFound("blocked person"))
}

/// Adds or follows somebody; `known` is what was found out about them while they asked.
fn apply(tables: &mut Tables, new: NewContact, known: Option<contact::Contact>) {
    let NewContact { id, mut relays, seq, decision, mut asking, .. } = new;
    let now = platform::now_ms();
    tables.settle_relation(&id);
    tables.answer_introduction(&id);
    let relation = tables.relations.or_insert_with(id, Relation::default);
    if decision == Decision::Added {
        let asked = Rc::make_mut(&mut tables.inbox).answer(&id, decision, relation, now);
        relays.extend(asked.map(|asked| asked.relays).unwrap_or_default());
        // They may have removed me, or taken their request back, and I do not learn of it. Their letterbox stays.
        relation.ask_anew(now);
        asking.insist();
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

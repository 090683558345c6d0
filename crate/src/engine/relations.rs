//! What I decide about others: adding, following, blocking, removing, and the circles that I put them into.

use std::rc::Rc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::{Either, select};

use crate::format::invite::{Invite, InviteError};
use crate::format::{limits, text};
use crate::keys::Id;
use crate::net::records;
use crate::platform;
use crate::social::asking::Asking;
use crate::social::contact;
use crate::social::relation::Stance;

use super::api::{Contact, ContactState, Event};
use super::session::{Session, State};
use super::{Engine, Error, Events};

/// How long adding somebody waits for their profile before it says that it goes on looking.
const LOOKING: Duration = Duration::from_secs(3);

/// People whom one profile can add, with its links: half of what the letterbox map holds, beside people who were added
/// once.
const MAX_ADDED: usize = limits::LETTERBOXES / 2;

/// People whom one profile can know: what one relay watches for it.
const MAX_PEOPLE: usize = records::MAX_WATCHED;

/// Somebody whom I decide about, and where they may be found.
pub(super) struct Found {
    pub(super) id: Id,
    pub(super) relays: Vec<String>,
    /// The lowest sequence to accept.
    pub(super) seq: u64,
}

impl Engine {
    /// Adds somebody by id, invite or invite link, and looks for their profile. They find a request with the message.
    ///
    /// Returns when it is found and verified, or after three seconds in state `resolving`; the search goes on then.
    pub async fn add_contact(&self, typed: &str, message: Option<&str>) -> Result<Contact, Error> {
        let session = self.session()?;
        let invited = invited(typed)?;
        let message = text::paragraph(message.unwrap_or_default(), limits::MESSAGE_CHARS);
        let asking = Asking::new(message.map_err(Error::invalid)?, invited.ticket, platform::now_ms());
        let found = Found { id: invited.id.into(), relays: invited.relays, seq: invited.seq };
        self.decide(&session, found, Stance::Added, asking).await
    }

    /// Follows what somebody shares with everybody. They do not hear of it. Looks for them as
    /// [`add_contact`](Self::add_contact) does.
    pub async fn follow(&self, typed: &str) -> Result<Contact, Error> {
        let session = self.session()?;
        let invited = invited(typed)?;
        let found = Found { id: invited.id.into(), relays: invited.relays, seq: invited.seq };
        self.decide(&session, found, Stance::Following, Asking::default()).await
    }

    /// Takes a decision, and waits a while for the profile of whom it is about.
    pub(super) async fn decide(
        &self,
        session: &Rc<Session>,
        found: Found,
        stance: Stance,
        asking: Asking,
    ) -> Result<Contact, Error> {
        let id = found.id;
        let events = self.events();
        session.decide(found, stance, asking).await?;
        until_found(events, &id.to_string()).await;
        self.contact(&id.to_string()).await
    }

    /// Forgets somebody: what they shared stays here until it is removed, nothing new arrives.
    pub async fn remove_contact(&self, id: &str) -> Result<(), Error> {
        let session = self.session()?;
        let id = session.contact(id)?.id;
        session
            .change_person(&id, |state| {
                state.forget(&id);
                Ok(())
            })
            .await
    }

    /// Wants nothing of somebody any more, a contact or whoever asks to be one. They are not told.
    pub async fn block(&self, id: &str) -> Result<(), Error> {
        let session = self.session()?;
        let id: Id = id.parse().map_err(|_| Error::NotFound("contact"))?;
        let known = session.askers.take(&id);
        session
            .change_person(&id, |state| {
                let people = &mut state.people;
                if !state.contacts.contains_key(&id) && people.inbox.get(&id).is_none() {
                    return Err(Error::NotFound("contact"));
                }
                let now = platform::now_ms();
                let relation = people.relations.entry(id).or_default();
                let asked = people.inbox.answer(&id, Stance::Blocked, relation, now);
                people.asking.remove(&id);
                let relays = asked.map(|asked| asked.relays).unwrap_or_default();
                let fresh = || known.unwrap_or_else(|| contact::Contact::new(id, relays, 0, now));
                state.contacts.entry(id).or_insert_with(fresh);
                Ok(())
            })
            .await
    }

    /// Lets somebody be a stranger again, who may ask.
    pub async fn unblock(&self, id: &str) -> Result<(), Error> {
        let session = self.session()?;
        let id = session.contact(id)?.id;
        session
            .change_person(&id, |state| {
                if state.people.stance(&id) != Stance::Blocked {
                    return Err(Error::NotFound("blocked person"));
                }
                state.forget(&id);
                Ok(())
            })
            .await
    }

    /// Puts somebody into exactly these circles.
    pub async fn set_circles(&self, id: &str, circles: &[String]) -> Result<Contact, Error> {
        let session = self.session()?;
        let id = session.contact(id)?.id;
        session
            .change_person(&id, |state| {
                let relation = state.people.relations.entry(id).or_default();
                relation.set_circles(circles.iter().map(String::as_str)).map_err(Error::invalid)
            })
            .await?;
        self.contact(&id.to_string()).await
    }
}

impl State {
    /// Lets somebody be a stranger. That they asked or were answered stays known.
    fn forget(&mut self, id: &Id) {
        if let Some(relation) = self.people.relations.get_mut(id) {
            relation.decide(Stance::None, None, platform::now_ms());
            relation.clear_circles();
        }
        self.people.verifications.remove(id);
        self.people.asking.remove(id);
        self.contacts.remove(id);
    }

    /// Whether one more person can be added.
    pub(super) fn has_room(&self) -> bool {
        self.letterboxes() < MAX_ADDED && self.contacts.len() < MAX_PEOPLE
    }

    /// How many letterboxes people and links need.
    pub(super) fn letterboxes(&self) -> usize {
        self.contacts.keys().filter(|id| self.people.is_written_to(id)).count() + self.links.len()
    }

    /// Whether this decision can be taken about somebody.
    fn check_new(&self, me: &Id, id: &Id, stance: Stance) -> Result<(), Error> {
        if id == me {
            return Err(Error::InvalidId("that is your own id: send it to a friend, and add theirs".into()));
        }
        match self.people.stance(id) {
            Stance::Added => return Err(Error::AlreadyExists("you have added this person already")),
            Stance::Blocked => {
                return Err(Error::AlreadyExists("you blocked this person: unblock them first"));
            }
            Stance::Following if stance == Stance::Following => {
                return Err(Error::AlreadyExists("you follow this person already"));
            }
            Stance::None | Stance::Following => {}
        }
        let is_full = match stance {
            Stance::Added => !self.has_room(),
            _ => self.contacts.len() >= MAX_PEOPLE,
        };
        if is_full {
            return Err(Error::InvalidName(format!(
                "remove somebody first: {MAX_ADDED} people to share with and links are the most, and {MAX_PEOPLE} \
                 people in all"
            )));
        }
        Ok(())
    }

    /// Has somebody as a contact from now on; `known` is what was found out about them while they asked.
    pub(super) fn take_up(&mut self, found: &Found, known: Option<contact::Contact>) {
        let Found { id, relays, seq } = found;
        let fresh =
            || known.unwrap_or_else(|| contact::Contact::new(*id, Vec::new(), *seq, platform::now_ms()));
        let contact = self.contacts.entry(*id).or_insert_with(fresh);
        contact.floor = contact.floor.max(*seq);
        contact.apply_hints(relays);
        // Whoever only followed has not looked for a letterbox.
        contact.forget_head();
    }
}

impl Session {
    async fn decide(self: &Rc<Self>, found: Found, stance: Stance, asking: Asking) -> Result<(), Error> {
        let id = found.id;
        self.state.borrow().check_new(&self.id, &id, stance)?;
        let known = self.askers.take(&id);
        self.change_person(&id, |state| {
            let now = platform::now_ms();
            let people = &mut state.people;
            let relation = people.relations.entry(id).or_default();
            let mut relays = found.relays.clone();
            if stance == Stance::Added {
                let asked = people.inbox.answer(&id, stance, relation, now);
                relays.extend(asked.map(|asked| asked.relays).unwrap_or_default());
                people.asking.insert(id, asking);
            } else {
                // To follow is no answer.
                relation.decide(stance, None, now);
            }
            state.take_up(&Found { relays, ..found }, known);
            Ok(())
        })
        .await?;
        self.spawn(super::follow::look_again(self.clone(), id));
        Ok(())
    }
}

/// Waits for somebody's profile, but not for long.
async fn until_found(mut events: Events, id: &str) {
    let found = std::pin::pin!(async {
        while let Some(event) = events.next().await {
            if matches!(&event, Event::Contact { contact } if contact.id == id && contact.state != ContactState::Resolving)
            {
                return;
            }
        }
    });
    if let Either::Right(_) = select(found, std::pin::pin!(platform::sleep(LOOKING))).await {
        tracing::debug!("a profile is still being looked for");
    }
}

/// Reads an invite, an invite link, or a bare id.
fn invited(typed: &str) -> Result<Invite, Error> {
    let typed = typed.trim();
    if let Ok(id) = typed.parse::<Id>() {
        let (name, relays, ticket) = (None, Vec::new(), None);
        let id = id.verifying_key();
        return Ok(Invite { id, name, relays, seq: 0, ticket, extra: Default::default() });
    }
    match typed.parse::<Id>() {
        // Whatever begins like an id was meant as one.
        Err(why) if typed.starts_with("k51") => Err(Error::InvalidId(why.to_string())),
        _ => typed.parse().map_err(|why: InviteError| Error::InvalidId(why.to_string())),
    }
}

//! Leaves requests for people whom I added and who have not added me, in a mailbox of theirs.
//!
//! A request is left once their profile is known, so that it can be sealed, and once a relay has mine with their
//! letterbox, so that they see who asks. It is stored before it is left: a closed tab loses nothing and leaves none
//! twice. What fails is tried again with back-off, and a full mailbox another day.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{Either, select};
use futures::{StreamExt, stream};

use crate::engine::Error;
use crate::engine::state::{Kind, Tables};
use crate::keys::Id;
use crate::net::mailbox::{Mail, Refusal};
use crate::net::{CallError, RelayAddr, exchange};
use crate::platform::{self, Instant};
use crate::social::contact::Contact;
use crate::social::outgoing_request::OutgoingRequest;
use crate::social::relation::Relation;

use super::handle::Contacts;

/// How often it is looked whether a month or a day is over.
const LOOK_AGAIN: Duration = Duration::from_secs(3600);

/// Requests that are left at once: each may take work, and has a connection of its own.
const AT_ONCE: usize = 2;

/// Tables by which a request may be owed.
const WATCHED: [Kind; 5] = [Kind::contacts, Kind::relations, Kind::asking, Kind::replicas, Kind::publication];

/// A request that is being left.
struct Letter {
    to: Id,
    mail: Mail,
    /// The row that has the same request: if it is another one now, this request is no longer wanted.
    asking: OutgoingRequest,
}

/// How a mailbox took a request.
enum Outcome {
    Left,
    Full,
}

impl Contacts {
    /// Leaves what is owed.
    pub(super) async fn leave_requests(self) {
        let state = &self.0.state;
        let mut changes = state.watch(&WATCHED);
        let mut reached = state.watch_reached();
        loop {
            if let Err(why) = self.forget_what_was_said().await {
                tracing::debug!(%why, "a message that was said is kept");
            }
            let now = Instant::now();
            let due: Vec<_> = self.owed().into_iter().filter(|id| self.wait(id, now).is_zero()).collect();
            stream::iter(due).for_each_concurrent(AT_ONCE, |id| self.try_to_leave(id)).await;
            let now = Instant::now();
            let next = self.owed().iter().map(|id| self.wait(id, now)).min();
            let is_reached = {
                let waited = pin!(changes.changed_within(next.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN)));
                let reached = pin!(reached.changed());
                matches!(select(reached, waited).await, Either::Left(_))
            };
            if is_reached {
                // The network may be back.
                self.0.backoffs.borrow_mut().clear();
            }
        }
    }

    async fn try_to_leave(&self, id: Id) {
        let left = self.leave_request(id).await;
        let mut backoffs = self.0.backoffs.borrow_mut();
        match left {
            Ok(()) => backoffs.succeeded(&id),
            Err(why) => {
                tracing::debug!(%why, "a request waits");
                backoffs.failed(id, Instant::now());
            }
        }
    }

    fn wait(&self, id: &Id, now: Instant) -> Duration {
        self.0.backoffs.borrow().wait(id, now)
    }

    /// People for whom a request can be left, but for their back-offs.
    fn owed(&self) -> Vec<Id> {
        let (relays, now) = (&self.0.directory.relays, platform::now_ms());
        self.0.state.read(|tables| {
            self.0.backoffs.borrow_mut().retain(|id| tables.is_written_to(id));
            if !relays.iter().any(|relay| tables.has_record(&relay.peer().to_string())) {
                return Vec::new();
            }
            tables.relations.keys().filter(|id| is_owed(tables, id, now)).copied().collect()
        })
    }

    /// Forgets what was to be said to people who have added me meanwhile, or who are no contacts any more.
    async fn forget_what_was_said(&self) -> Result<(), Error> {
        let said = |tables: &Tables| -> Vec<Id> {
            let has_letterbox = |id: &Id| tables.contacts.get(id).is_none_or(Contact::has_letterbox);
            let is_said = |(id, asking): &(&Id, &OutgoingRequest)| has_letterbox(id) && !asking.insists();
            tables.asking.iter().filter(is_said).map(|(id, _)| *id).collect()
        };
        if self.0.state.read(said).is_empty() {
            return Ok(());
        }
        let forget = self.0.background.remove(move |tx| {
            for id in said(tx) {
                tx.asking.remove(&id);
            }
            Ok(())
        });
        forget.await
    }

    /// Leaves a request for somebody with one of their relays.
    async fn leave_request(&self, id: Id) -> Result<(), Error> {
        let contact = self.0.state.read(|tables| tables.contacts.get(&id).cloned());
        let relays = self.0.directory.relays_of(&contact.ok_or(Error::NotFound("contact"))?);
        let mut letter = self.seal_request(id).await?;
        let mut last = Error::Unreachable("they name no relay that may be asked".into());
        let mut is_full = false;
        for relay in relays {
            match self.leave_at(&relay, &mut letter).await {
                Ok(Outcome::Left) => {
                    let now = platform::now_ms();
                    let apply = move |relation: &mut Relation, asking: &mut OutgoingRequest| {
                        relation.apply_asked(now);
                        asking.apply_left();
                    };
                    return self.note(&mut letter, apply).await;
                }
                Ok(Outcome::Full) => is_full = true,
                Err(why) => last = why,
            }
        }
        if !is_full {
            return Err(last);
        }
        let now = platform::now_ms();
        self.note(&mut letter, move |_, asking| asking.apply_full(now)).await
    }

    /// The request to somebody, stored before anybody else sees it.
    async fn seal_request(&self, id: Id) -> Result<Letter, Error> {
        let (ring, relays) = (self.0.ring.clone(), self.0.directory.relay_names());
        let seal = self.0.background.update(move |tx| {
            let tables = &mut **tx;
            let predecessor = tables.account.predecessor;
            let contact = tables.contacts.get(&id).filter(|_| tables.is_written_to(&id));
            let to = contact.ok_or(Error::NotFound("contact"))?.recipient();
            let to = to.ok_or(Error::NotFound("key of a contact"))?;
            let asking = tables.asking.or_insert_with(id, OutgoingRequest::default);
            let mail = asking.seal(&ring, &to, &relays, predecessor.as_ref(), platform::now_ms());
            let mail = mail.map_err(Error::bug)?;
            let mail = Mail::new(Bytes::from(mail)).map_err(Error::bug)?;
            Ok(Letter { to: id, mail, asking: asking.clone() })
        });
        seal.await
    }

    /// Notes what became of a request; changes nothing if the person was removed meanwhile, or added anew.
    async fn note(
        &self,
        letter: &mut Letter,
        change: impl FnOnce(&mut Relation, &mut OutgoingRequest) + 'static,
    ) -> Result<(), Error> {
        let (id, left) = (letter.to, letter.asking.clone());
        let note = self.0.background.update(move |tx| {
            let tables = &mut **tx;
            let rows = tables.relations.get_mut(&id).zip(tables.asking.get_mut(&id));
            let rows = rows.filter(|(relation, asking)| relation.is_written_to() && **asking == left);
            let (relation, asking) = rows.ok_or(Error::NotFound("request"))?;
            change(relation, asking);
            Ok(asking.clone())
        });
        letter.asking = note.await?;
        Ok(())
    }

    /// Leaves a request with one relay, by the token of their invite as long as that passes, else as a stranger.
    async fn leave_at(&self, relay: &RelayAddr, letter: &mut Letter) -> Result<Outcome, Error> {
        let mailboxes = &self.0.mailboxes;
        let token = letter.asking.token(platform::now_ms());
        let mut left = mailboxes.deposit(relay, letter.to, &letter.mail, token).await;
        let refusal = refused(&left);
        if refusal == Some(Refusal::UsedToken) {
            self.note(letter, |_, asking| asking.apply_used()).await?;
        }
        // The proof in it may still be good: a relay may not have heard of the invite, or have forgotten it.
        if matches!(refusal, Some(Refusal::UsedToken | Refusal::UnknownToken)) {
            left = mailboxes.deposit(relay, letter.to, &letter.mail, None).await;
        }
        match (refused(&left), left) {
            (_, Ok(())) => Ok(Outcome::Left),
            (Some(Refusal::Full), _) => Ok(Outcome::Full),
            (_, Err(why)) => Err(Error::Unreachable(why.to_string())),
        }
    }
}

/// Whether a request can be left for somebody now.
fn is_owed(tables: &Tables, id: &Id, now: u64) -> bool {
    let (relation, asking) = (tables.relations.get(id), tables.asking.get(id));
    tables.contacts.get(id).is_some_and(|contact| {
        let is_answered = contact.has_letterbox() && !asking.is_some_and(OutgoingRequest::insists);
        // Whether they have a letterbox for me is known once their newest root was ingested.
        contact.head.is_some() && relation.is_some_and(|it| it.owes_request(is_answered, now))
    }) && tables.publication.letterboxes.get(id).is_some()
        && asking.is_none_or(|asking| asking.is_due(now))
}

fn refused(left: &Result<(), CallError<Refusal>>) -> Option<Refusal> {
    match left {
        Err(CallError::Exchange(exchange::Error::Refused(refusal))) => Some(refusal.clone()),
        _ => None,
    }
}

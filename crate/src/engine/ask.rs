//! Leaves requests for people whom I added and who have not added me, in a mailbox of theirs.
//!
//! A request is left once their profile is known, so that it can be sealed, and once a relay has mine with their
//! letterbox, so that they see who asks. It is stored before it is left: a closed tab loses nothing and leaves none
//! twice. Whatever fails goes on with back-off, and a full mailbox another day.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};

use crate::format::limits;
use crate::keys::Id;
use crate::net::mailbox::{Mail, Refusal};
use crate::net::{CallError, RelayAddr, exchange};
use crate::platform::{self, Instant};
use crate::social::contact::Contact;
use crate::social::share::Recipient;

use super::Error;
use super::session::Session;
use super::wake::Wake;

/// The wait after the first failure with somebody; doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// Their relays may be away for long, and everybody has up to four.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// How often it is looked whether a month or a day is over.
const LOOK_AGAIN: Duration = Duration::from_secs(3600);

/// Requests that are left at once: each may take work, and has a connection of its own.
const AT_ONCE: usize = 2;

/// Requests that are under way.
#[derive(Default)]
pub(super) struct Asked {
    look: Wake,
    /// How often it failed with somebody, and when it is tried again.
    failed: RefCell<BTreeMap<Id, (u32, Instant)>>,
}

impl Asked {
    /// Lets it be looked whether a request is owed.
    pub(super) fn look(&self) {
        self.look.ring();
    }

    /// Lets what waits for its back-off be tried at once: the network may be back.
    pub(super) fn try_again(&self) {
        self.failed.borrow_mut().clear();
        self.look();
    }

    fn is_due(&self, id: &Id) -> bool {
        self.failed.borrow().get(id).is_none_or(|(_, next)| *next <= Instant::now())
    }

    fn fail(&self, id: Id) {
        let mut failed = self.failed.borrow_mut();
        let times = failed.get(&id).map_or(0, |(times, _)| *times);
        let wait = FIRST_WAIT.saturating_mul(1 << times.min(16)).min(LONGEST_WAIT);
        failed.insert(id, (times + 1, Instant::now() + wait));
    }

    /// How long until something that failed is tried again.
    fn wait(&self) -> Duration {
        let failed = self.failed.borrow();
        let next = failed.values().map(|(_, next)| next.saturating_duration_since(Instant::now())).min();
        next.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN)
    }
}

/// Starts to leave what is owed.
pub(super) fn start(session: &Rc<Session>) {
    session.spawn(leave_all(session.clone()));
}

async fn leave_all(session: Rc<Session>) {
    let mut look = session.asked.look.listener();
    loop {
        session.forget_what_was_said().await;
        let owed = stream::iter(session.owed());
        owed.for_each_concurrent(AT_ONCE, |id| {
            let session = &session;
            async move {
                match session.leave_request(&id).await {
                    Ok(()) => {
                        session.asked.failed.borrow_mut().remove(&id);
                    }
                    Err(why) => {
                        tracing::debug!(%why, "a request waits");
                        session.asked.fail(id);
                    }
                }
            }
        })
        .await;
        look.rung_within(session.asked.wait()).await;
    }
}

/// How a mailbox took a request.
enum Outcome {
    Left,
    Full,
}

impl Session {
    /// To whom a request can be left now.
    fn owed(&self) -> Vec<Id> {
        let (state, now) = (self.state.borrow(), platform::now_ms());
        if !self.relays.iter().any(|relay| state.published.has_record(relay)) {
            return Vec::new();
        }
        let mut owed = Vec::new();
        for (id, relation) in &state.people.relations {
            let Some(contact) = state.contacts.get(id) else { continue };
            // With their newest root taken in it is known whether they have a letterbox for me.
            if relation.owes_request(contact.has_letterbox(), now)
                && contact.head.is_some()
                && state.published.letterboxes.get(id).is_some()
                && state.people.asking.get(id).is_none_or(|asking| asking.is_due(now))
                && self.asked.is_due(id)
            {
                owed.push(*id);
            }
        }
        owed
    }

    /// Forgets what was to be said to those who have added me meanwhile.
    async fn forget_what_was_said(&self) {
        let said: Vec<Id> = {
            let state = self.state.borrow();
            let has_letterbox = |id: &Id| state.contacts.get(id).is_none_or(Contact::has_letterbox);
            state.people.asking.keys().filter(|id| has_letterbox(id)).copied().collect()
        };
        for id in said {
            let forgotten = self.change_person(&id, |state| {
                state.people.asking.remove(&id);
                Ok(())
            });
            if let Err(why) = forgotten.await {
                tracing::debug!(%why, "a message that was said is kept");
            }
        }
    }

    /// Leaves a request for somebody with one of their relays.
    async fn leave_request(&self, id: &Id) -> Result<(), Error> {
        let (relays, to) = {
            let state = self.state.borrow();
            let contact = state.contacts.get(id).ok_or(Error::NotFound("contact"))?;
            (self.relays_of(contact), contact.recipient().ok_or(Error::NotFound("key of a contact"))?)
        };
        let mail = self.seal_request(&to).await?;
        let mut last = Error::Unreachable("they name no relay that may be asked".into());
        let mut is_full = false;
        for relay in relays {
            match self.leave_at(&relay, id, &mail).await {
                Ok(Outcome::Left) => {
                    return self
                        .change_person(id, |state| {
                            if let Some(relation) = state.people.relations.get_mut(id) {
                                relation.apply_asked(platform::now_ms());
                            }
                            state.people.asking.entry(*id).or_default().apply_left();
                            Ok(())
                        })
                        .await;
                }
                Ok(Outcome::Full) => is_full = true,
                Err(why) => last = why,
            }
        }
        if !is_full {
            return Err(last);
        }
        self.change_person(id, |state| {
            state.people.asking.entry(*id).or_default().apply_full(platform::now_ms());
            Ok(())
        })
        .await
    }

    /// The request to somebody, stored before anybody else sees it.
    async fn seal_request(&self, to: &Recipient) -> Result<Mail, Error> {
        let relays: Vec<_> = self.relays.iter().take(limits::RELAYS).map(ToString::to_string).collect();
        let sealed = self
            .change_person(&to.id, |state| {
                let asking = state.people.asking.entry(to.id).or_default();
                asking.seal(&self.ring, to, &relays, platform::now_ms()).map_err(Error::bug)
            })
            .await?;
        Mail::new(Bytes::from(sealed)).map_err(Error::bug)
    }

    /// Leaves a mail with one relay, by the token of their invite as long as that passes, else as a stranger.
    async fn leave_at(&self, relay: &RelayAddr, id: &Id, mail: &Mail) -> Result<Outcome, Error> {
        let token = {
            let state = self.state.borrow();
            state.people.asking.get(id).and_then(|asking| asking.token(platform::now_ms()))
        };
        let mut left = self.net.deposit(relay, *id, mail, token).await;
        let refusal = refused(&left);
        if refusal == Some(Refusal::UsedToken) {
            self.change_person(id, |state| {
                state.people.asking.entry(*id).or_default().apply_used();
                Ok(())
            })
            .await?;
        }
        // The proof in it may still be good: a relay may not have heard of the invite, or have forgotten it.
        if matches!(refusal, Some(Refusal::UsedToken | Refusal::UnknownToken)) {
            left = self.net.deposit(relay, *id, mail, None).await;
        }
        match (refused(&left), left) {
            (_, Ok(())) => Ok(Outcome::Left),
            (Some(Refusal::Full), _) => Ok(Outcome::Full),
            (_, Err(why)) => Err(Error::Unreachable(why.to_string())),
        }
    }
}

fn refused(left: &Result<(), CallError<Refusal>>) -> Option<Refusal> {
    match left {
        Err(CallError::Exchange(exchange::Error::Refused(refusal))) => Some(refusal.clone()),
        _ => None,
    }
}

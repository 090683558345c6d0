//! My mailboxes at my relays: requests that come in, and the tokens of my invites that are let in.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{Either, join_all, pending, select};
use futures::{FutureExt, StreamExt};

use crate::format::invite::{Invite, Ticket};
use crate::format::limits;
use crate::net::RelayAddr;
use crate::net::mailbox::{MAX_LIST, Mail, Token, Update};
use crate::platform;
use crate::social::invite::Made;
use crate::social::request::{self, Taken};
use crate::store::Write;

use super::relations::Found;
use super::session::Session;
use super::{Engine, Error};

/// Mails that are taken in before the relay is told to delete them.
const MAILS_AT_ONCE: usize = 64;

/// How long no request has come before those that did go into the vault: a flood of them makes one root.
const QUIET: Duration = Duration::from_secs(5);

/// How long a new invite waits until the relays expect it; one that does not is told with its next connection.
const TELLING: Duration = Duration::from_secs(3);

impl Engine {
    /// Makes an invite that is good for one person, for 60 days.
    pub async fn new_invite(&self) -> Result<String, Error> {
        let session = self.session()?;
        let made = session.make_invite().await?;
        let told =
            join_all(session.relays.iter().map(|relay| session.expect_tokens(relay, vec![made.token()])));
        select(pin!(told), pin!(platform::sleep(TELLING))).await;
        Ok(session.invite(Some(made.ticket())).to_string())
    }
}

impl Session {
    /// An invite as it is now: with a ticket for one person, without one for everybody.
    pub(super) fn invite(&self, ticket: Option<Ticket>) -> Invite {
        let state = self.state.borrow();
        Invite {
            id: self.id.verifying_key(),
            name: Some(state.mine.name.clone()),
            relays: self.relays.iter().take(limits::RELAYS).map(ToString::to_string).collect(),
            seq: state.published.seq_anywhere(),
            ticket,
            extra: Default::default(),
        }
    }

    async fn make_invite(&self) -> Result<Made, Error> {
        let mut write = Write::strict();
        let (name, made) = {
            let mut state = self.state.borrow_mut();
            let before = state.people.invites.clone();
            let (name, made) = state.people.invites.make(platform::now_ms()).map_err(Error::invalid)?;
            let made = (name, made.clone());
            self.put_invites(&mut write, &before, &state.people.invites);
            state.touch();
            self.put_changes(&mut write, &state);
            made
        };
        if let Err(why) = self.store.commit(write).await {
            self.state.borrow_mut().people.invites.withdraw(&name);
            return Err(why.into());
        }
        self.publish_soon();
        Ok(made)
    }

    /// Tells a relay which invites are out and which have ended.
    async fn tell_tokens(&self, relay: &RelayAddr) {
        let (good, ended): (Vec<_>, Vec<_>) = {
            let (state, now) = (self.state.borrow(), platform::now_ms());
            let unused = state.people.invites.iter().map(|(_, made)| made).filter(|made| made.used.is_none());
            unused.cloned().partition(|made| now < made.until)
        };
        self.expect_tokens(relay, good.iter().map(Made::token).collect()).await;
        self.forget_tokens(relay, ended.iter().map(Made::token).collect()).await;
    }

    async fn expect_tokens(&self, relay: &RelayAddr, tokens: Vec<Token>) {
        for tokens in tokens.chunks(MAX_LIST) {
            if let Err(why) = self.net.expect_mail(relay, tokens).await {
                tracing::debug!(%relay, %why, "a relay does not expect an invite yet");
            }
        }
    }

    async fn forget_tokens(&self, relay: &RelayAddr, tokens: Vec<Token>) {
        for tokens in tokens.chunks(MAX_LIST) {
            if let Err(why) = self.net.forget_tokens(relay, tokens).await {
                tracing::debug!(%relay, %why, "a relay still expects an invite");
            }
        }
    }

    /// Takes in what was left in a mailbox of mine; says whether it may be deleted there.
    async fn take_in_mail(self: &Rc<Self>, relay: &RelayAddr, mail: &Mail) -> Result<bool, Error> {
        let now = platform::now_ms();
        let request = match request::open(&self.ring, mail.bytes(), now) {
            Ok(request) => request,
            Err(why) => {
                tracing::debug!(%why, "refused a mail");
                return Ok(true);
            }
        };
        let id = request.from;
        let (taken, used) = self
            .change_person(&id, |state| {
                if request.names_an_invite() && !state.has_room() {
                    return Ok((Taken::Full, Vec::new()));
                }
                let people = &mut state.people;
                let relation = people.relations.entry(id).or_default();
                let taken = people.inbox.take_in(&self.id, &request, relation, &mut people.invites, now);
                let found = Found { id, relays: request.relays.clone(), seq: 0 };
                match taken {
                    Taken::Added => state.take_up(&found, self.askers.take(&id)),
                    Taken::Known
                        if state.contacts.get(&id).is_some_and(|contact| contact.profile.is_none()) =>
                    {
                        state.take_up(&found, None);
                    }
                    _ => {}
                }
                let made = state.people.invites.iter().map(|(_, made)| made);
                Ok((taken, made.filter(|made| made.used == Some(id)).map(Made::token).collect()))
            })
            .await?;
        if taken == Taken::Added {
            self.spawn(super::follow::look_again(self.clone(), id));
            // Here the token stays known as used, so that others who come with it learn that.
            let others: Vec<_> = self.relays.iter().filter(|other| *other != relay).cloned().collect();
            let (session, tokens) = (self.clone(), used);
            self.spawn(async move {
                join_all(others.iter().map(|other| session.forget_tokens(other, tokens.clone()))).await;
            });
        }
        Ok(taken != Taken::Full)
    }
}

/// Starts to watch my mailboxes.
pub(super) fn start(session: &Rc<Session>) {
    for relay in &session.relays {
        session.spawn(attend(session.clone(), relay.clone()));
    }
}

/// Takes in what comes to one mailbox. What is there is told anew with each connection, until it is deleted.
async fn attend(session: Rc<Session>, relay: RelayAddr) {
    let mut updates = pin!(session.net.mail(relay.clone()).ready_chunks(MAILS_AT_ONCE));
    let mut is_unpublished = false;
    loop {
        let quiet =
            if is_unpublished { platform::sleep(QUIET).left_future() } else { pending().right_future() };
        let batch = match select(updates.next(), pin!(quiet)).await {
            Either::Left((Some(batch), _)) => batch,
            Either::Left((None, _)) => return,
            Either::Right(_) => {
                session.publish_soon();
                is_unpublished = false;
                continue;
            }
        };
        let mut done = Vec::new();
        for update in batch {
            match update {
                Ok(Update::Mail(mail)) => match session.take_in_mail(&relay, &mail).await {
                    Ok(true) => done.push(mail.digest()),
                    Ok(false) => {}
                    Err(why) => tracing::warn!(%why, "a request stays in the mailbox"),
                },
                Ok(Update::Current) => session.tell_tokens(&relay).await,
                Err(why) => tracing::debug!(%relay, %why, "a mailbox waits"),
            }
        }
        if done.is_empty() {
            continue;
        }
        is_unpublished = true;
        if let Err(why) = session.net.discard_mail(&relay, &done).await {
            tracing::debug!(%relay, %why, "mail that was taken in comes again");
        }
    }
}

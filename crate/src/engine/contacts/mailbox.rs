//! My mailboxes at my relays: requests that come in, and the tokens of my invites that are let in.

use std::collections::BTreeSet;
use std::future::pending;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{Either, join_all, select};
use futures::{FutureExt, StreamExt};

use crate::engine::Error;
use crate::engine::state::Kind;
use crate::keys::{Id, Ring};
use crate::net::mailbox::{Digest, MAX_LIST, Mail, Refusal, Token, Update};
use crate::net::{CallError, RelayAddr};
use crate::platform;
use crate::social::contact::Contact;
use crate::social::invite::IssuedInvite;
use crate::social::relation::Relation;
use crate::social::request::{self, IngestOutcome, Request};

use super::decisions::{has_room, take_up};
use super::handle::Contacts;
use super::owner::Owner;
use super::succession::{Claim, follow};

/// Mails that are ingested before the relay is told to delete them.
const MAILS_AT_ONCE: usize = 64;

/// How long no request has come before those that did go into the vault: a flood of them makes one root.
const QUIET: Duration = Duration::from_secs(5);

/// How long a new invite waits until the relays expect it; a relay that does not is told with its next connection.
const TELLING: Duration = Duration::from_secs(3);

/// Identities that I had before of which the mailboxes are read: mail is kept for 60 days, and nobody changes keys often.
const MAX_FORMER: usize = 3;

impl Contacts {
    /// Makes an invite that is good for one person, for 60 days.
    pub(in crate::engine) async fn new_invite(&self) -> Result<String, Error> {
        let make = self.0.state.update(|tx| {
            let (_, made) = Rc::make_mut(&mut tx.invites).make(platform::now_ms()).map_err(Error::invalid)?;
            Ok(made.clone())
        });
        let made = make.await?;
        let directory = &self.0.directory;
        let told = directory.relays.iter().map(|relay| self.expect_tokens(relay, vec![made.token()]));
        select(pin!(join_all(told)), pin!(platform::sleep(TELLING))).await;
        Ok(self.0.state.read(|tables| tables.invite(directory, Some(made.ticket()))).to_string())
    }

    /// Takes in what comes to one mailbox. What is there comes anew with each connection, until it is deleted: once a relay
    /// has the vault with what became of it, so that nobody's request is lost with this device.
    pub(super) async fn read_mailbox(self, relay: RelayAddr, owner: Owner) {
        let updates = match &owner.former {
            Some(former) => self.0.mailboxes.former_mail(relay.clone(), former.clone()),
            None => self.0.mailboxes.mail(relay.clone()),
        };
        let mut updates = updates.ready_chunks(MAILS_AT_ONCE);
        let mut published = self.0.state.watch(&[Kind::current, Kind::publication, Kind::replicas]);
        let mut is_unpublished = false;
        let mut done = Vec::new();
        loop {
            if !done.is_empty() && self.is_vault_kept() {
                if let Err(why) = self.discard(&relay, &owner, &std::mem::take(&mut done)).await {
                    tracing::debug!(%relay, %why, "mail that was ingested comes again");
                }
                continue;
            }
            let quiet =
                if is_unpublished { platform::sleep(QUIET).left_future() } else { pending().right_future() };
            let kept =
                if done.is_empty() { pending().left_future() } else { published.changed().right_future() };
            let batch = match select(updates.next(), select(pin!(quiet), pin!(kept))).await {
                Either::Left((Some(batch), _)) => batch,
                Either::Left((None, _)) => return,
                Either::Right((Either::Left(_), _)) => {
                    self.0.state.publish_soon();
                    is_unpublished = false;
                    continue;
                }
                Either::Right((Either::Right(_), _)) => continue,
            };
            let before = done.len();
            for update in batch {
                match update {
                    Ok(Update::Mail(mail)) => match self.ingest_mail(&relay, &owner, &mail).await {
                        Ok(true) => done.push(mail.digest()),
                        Ok(false) => {}
                        Err(why) => tracing::warn!(%why, "a request stays in the mailbox"),
                    },
                    // Invites ended with the keys that made them.
                    Ok(Update::Current) if owner.former.is_some() => {}
                    Ok(Update::Current) => self.tell_tokens(&relay).await,
                    Err(why) => tracing::debug!(%relay, %why, "a mailbox waits"),
                }
            }
            is_unpublished |= done.len() > before;
            // More than a mailbox holds: the oldest come again.
            done.drain(..done.len().saturating_sub(MAX_LIST));
        }
    }

    /// Reads the mailboxes of the identities that I had before: somebody who has not heard of the new one may write to them.
    pub(super) async fn read_former_mailboxes(self) {
        let state = &self.0.state;
        let mut changes = state.watch(&[Kind::former]);
        let mut read = BTreeSet::new();
        while let Some(device) = self.0.directory.device() {
            let former: Vec<(u32, Ring)> = state.read(|tables| {
                let newest = tables.former.iter().rev().take(MAX_FORMER);
                newest.filter(|(n, _)| !read.contains(*n)).map(|(n, keys)| (*n, keys.ring())).collect()
            });
            for (n, ring) in former {
                read.insert(n);
                let owner = Owner::former(ring, device.verifying_key());
                for relay in &self.0.directory.relays {
                    self.0.tasks.spawn(self.clone().read_mailbox(relay.clone(), owner.clone()));
                }
            }
            changes.changed().await;
        }
    }

    /// Deletes mails in a mailbox of mine.
    pub(super) async fn discard(
        &self,
        relay: &RelayAddr,
        owner: &Owner,
        mails: &[Digest],
    ) -> Result<(), CallError<Refusal>> {
        self.0.mailboxes.discard_mail(relay, owner.former.as_ref(), mails).await
    }

    /// Whether a relay of mine has the vault as it is now.
    fn is_vault_kept(&self) -> bool {
        let relays = &self.0.directory.relays;
        self.0.state.read(|tables| relays.iter().any(|relay| tables.is_current_at(&relay.peer().to_string())))
    }

    /// Takes in what was left in a mailbox of mine; says whether it may be deleted there.
    async fn ingest_mail(&self, relay: &RelayAddr, owner: &Owner, mail: &Mail) -> Result<bool, Error> {
        let request = match request::open(&owner.ring, mail.bytes(), platform::now_ms()) {
            Ok(request) => request,
            Err(why) => {
                tracing::debug!(%why, "refused a mail");
                return Ok(true);
            }
        };
        if request.drop.is_some() {
            return self.ingest_drop(relay, owner, request, mail.digest()).await;
        }
        let id = request.from;
        let (outcome, used) = self.ingest_request(owner.id(), request).await?;
        if outcome == IngestOutcome::Added {
            self.look_for(id);
            // Here the token stays known as used, so that others who come with it learn that.
            let others = self.0.directory.relays.iter().filter(|other| *other != relay);
            let others: Vec<_> = others.cloned().collect();
            let contacts = self.clone();
            self.0.tasks.spawn(async move {
                join_all(others.iter().map(|other| contacts.forget_tokens(other, used.clone()))).await;
            });
        }
        Ok(outcome != IngestOutcome::Full)
    }

    /// Says what became of a request to an identity of mine, with the tokens of my invites that its sender has used.
    async fn ingest_request(&self, to: Id, request: Request) -> Result<(IngestOutcome, Vec<Token>), Error> {
        let me = self.0.directory.id;
        let known = self.known_asker(&request.from);
        let ingest = self.0.background.update(move |tx| {
            if tx.closed.contains(&request.from) {
                // Its owner has another key by now: who signs with the old one may be a thief.
                return Ok((IngestOutcome::Nothing, Vec::new()));
            }
            if let Some(old) = request.predecessor {
                let claim = Claim { old, heir: request.from, relays: request.relays.clone() };
                if follow(tx, &me, &claim, platform::now_ms()) {
                    return Ok((IngestOutcome::Added, Vec::new()));
                }
            }
            if request.names_an_invite() && !has_room(tx) {
                return Ok((IngestOutcome::Full, Vec::new()));
            }
            let id = request.from;
            let tables = &mut **tx;
            tables.settle_relation(&id);
            let relation = tables.relations.or_insert_with(id, Relation::default);
            let invites = Rc::make_mut(&mut tables.invites);
            let inbox = Rc::make_mut(&mut tables.inbox);
            let outcome = inbox.ingest(&to, &request, relation, invites, platform::now_ms());
            let is_resolving = |contact: &Contact| contact.profile.is_none();
            match outcome {
                IngestOutcome::Added => take_up(tables, id, &request.relays, 0, known),
                IngestOutcome::Known if tables.contacts.get(&id).is_some_and(is_resolving) => {
                    take_up(tables, id, &request.relays, 0, None);
                }
                IngestOutcome::Known => {}
                // A request is nobody else's news: it is published with what comes next, or after a while.
                IngestOutcome::Waits
                | IngestOutcome::SetAside
                | IngestOutcome::Nothing
                | IngestOutcome::Full => tx.gather(),
            }
            let used = tx.invites.iter().map(|(_, made)| made).filter(|made| made.used == Some(id));
            Ok((outcome, used.map(IssuedInvite::token).collect()))
        });
        ingest.await
    }

    /// Tells a relay which invites are out and which have ended.
    async fn tell_tokens(&self, relay: &RelayAddr) {
        let now = platform::now_ms();
        let (good, ended): (Vec<IssuedInvite>, Vec<IssuedInvite>) = self.0.state.read(|tables| {
            let unused = tables.invites.iter().map(|(_, made)| made).filter(|made| made.used.is_none());
            unused.cloned().partition(|made| now < made.until)
        });
        let introduced = self.0.state.read(|tables| {
            let waiting = tables.introduced.iter().filter(|(id, it)| tables.is_introduced(id, it));
            waiting.map(|(_, it)| it.token()).collect::<Vec<_>>()
        });
        self.expect_tokens(relay, good.iter().map(IssuedInvite::token).chain(introduced).collect()).await;
        self.forget_tokens(relay, ended.iter().map(IssuedInvite::token).collect()).await;
    }

    /// Has my relays let in the requests of people who were just introduced to me. One that is not there is told with its
    /// next connection.
    pub(in crate::engine) fn expect_soon(&self, tokens: Vec<Token>) {
        let contacts = self.clone();
        self.0.tasks.spawn(async move {
            let relays = contacts.0.directory.relays.iter();
            join_all(relays.map(|relay| contacts.expect_tokens(relay, tokens.clone()))).await;
        });
    }

    async fn expect_tokens(&self, relay: &RelayAddr, tokens: Vec<Token>) {
        for tokens in tokens.chunks(MAX_LIST) {
            if let Err(why) = self.0.mailboxes.expect_mail(relay, tokens).await {
                tracing::debug!(%relay, %why, "a relay does not expect an invite yet");
            }
        }
    }

    async fn forget_tokens(&self, relay: &RelayAddr, tokens: Vec<Token>) {
        for tokens in tokens.chunks(MAX_LIST) {
            if let Err(why) = self.0.mailboxes.forget_tokens(relay, tokens).await {
                tracing::debug!(%relay, %why, "a relay still expects an invite");
            }
        }
    }
}

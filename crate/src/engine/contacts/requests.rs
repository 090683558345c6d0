//! Requests of others: listing and answering them, and finding out who asks.
//!
//! A request says only whose it is and where their profile may be. The profile is looked for in the background at my own
//! relays, a few at a time; the list never waits for it. Relays that a stranger names would learn this device's network
//! address, so they are dialled only if the person asks who it is, or accepts.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use futures::{StreamExt, stream};

use crate::engine::Error;
use crate::engine::api::{self, ContactRequest};
use crate::engine::state::{Kind, Live, Tables};
use crate::format::text;
use crate::keys::Id;
use crate::net::RelayAddr;
use crate::platform::{self, Instant};
use crate::social::contact::Contact;
use crate::social::relation::{Decision, Relation};
use crate::social::request::PendingRequest;

use super::decisions::NewContact;
use super::handle::Contacts;

/// Requests of which the profile is looked for, the newest first: in memory, 4 MiB at most.
const MAX_KNOWN: usize = 64;

/// Profiles that are looked for at once, so that a flood of requests leaves my relays to what matters more.
const AT_ONCE: usize = 2;

/// When a profile that was not found is looked for again.
const LATER: Duration = Duration::from_secs(600);

impl Contacts {
    /// Requests from people whom I have not added, the newest first.
    pub(in crate::engine) fn requests(&self) -> Vec<ContactRequest> {
        let shown = |live: &Live, tables: &Tables| {
            tables
                .inbox
                .waiting()
                .map(|(id, waiting)| self.shown_request(live, tables, id, waiting))
                .collect()
        };
        self.0.state.live(|live| self.0.state.read(|tables| shown(live, tables)))
    }

    /// Requests that I declined, and those that followed soon after, the newest first. Each can still be accepted.
    pub(in crate::engine) fn declined(&self) -> Vec<ContactRequest> {
        let shown = |live: &Live, tables: &Tables| {
            tables
                .inbox
                .declined()
                .map(|(id, declined)| self.shown_request(live, tables, id, declined))
                .collect()
        };
        self.0.state.live(|live| self.0.state.read(|tables| shown(live, tables)))
    }

    fn shown_request(
        &self,
        live: &Live,
        tables: &Tables,
        id: &Id,
        waiting: &PendingRequest,
    ) -> ContactRequest {
        let directory = &self.0.directory;
        let is_known = live.askers.contains_key(id) || directory.is_own_only();
        ContactRequest {
            id: id.to_string(),
            name: live.asker_name(id),
            words: api::Contact::words_of(id),
            avatar: live.asker_avatar(id),
            message: (!waiting.message.is_empty()).then(|| text::shown(&waiting.message)),
            time: waiting.time,
            invite: waiting.invite.map(Into::into),
            introduced_by: tables.introducer_of_request(&directory.id, id).map(|by| by.to_string()),
            elsewhere: if is_known { Vec::new() } else { directory.foreign_hosts(&waiting.relays) },
        }
    }

    /// Looks for the profile of somebody who asks, at the relays that their request names too: the person wants to know
    /// who it is, and these relays learn this device's network address.
    ///
    /// # Errors
    ///
    /// `unreachable` if none of the relays knows them, or if they are all of others and may not be dialled.
    pub(in crate::engine) async fn look_up(&self, id: &str) -> Result<ContactRequest, Error> {
        let id: Id = id.parse().map_err(|_| Error::NotFound("request"))?;
        let (state, directory) = (&self.0.state, &self.0.directory);
        let relays = state.read(|tables| tables.inbox.get(&id).map(|waiting| waiting.relays.clone()));
        let relays = relays.ok_or(Error::NotFound("request"))?;
        directory.check_reach(&relays)?;
        let asker = Contact::new(id, relays, 0, platform::now_ms());
        self.find_at(&asker, directory.relays_of(&asker)).await?;
        state.live(|live| {
            state.read(|tables| {
                let waiting = tables.inbox.get(&id).ok_or(Error::NotFound("request"))?;
                Ok(self.shown_request(live, tables, &id, waiting))
            })
        })
    }

    /// Adds somebody who asks, or whose request I declined.
    pub(in crate::engine) async fn accept(&self, id: &str) -> Result<api::Contact, Error> {
        let id: Id = id.parse().map_err(|_| Error::NotFound("request"))?;
        // Where they are is in their request.
        let (relays, asking) = Default::default();
        self.decide(NewContact { id, relays, seq: 0, decision: Decision::Added, asking, is_answer: true })
            .await
    }

    /// Does not add somebody who asks. They learn nothing of it.
    pub(in crate::engine) async fn decline(&self, id: &str) -> Result<(), Error> {
        let id: Id = id.parse().map_err(|_| Error::NotFound("request"))?;
        let decline = self.0.state.update(move |tx| {
            let tables = &mut **tx;
            tables.settle_relation(&id);
            tables.answer_introduction(&id);
            let relation = tables.relations.or_insert_with(id, Relation::default);
            if !Rc::make_mut(&mut tables.inbox).decline(&id, relation) {
                return Err(Error::NotFound("request"));
            }
            Ok(())
        });
        decline.await
    }

    /// Looks for the profiles of people who ask, and for those that were not found again after a while.
    pub(super) async fn find_out_who_asks(self) {
        let mut changes = self.0.state.watch(&[Kind::inbox]);
        loop {
            let unknown = stream::iter(self.unknown_askers());
            unknown.for_each_concurrent(AT_ONCE, |asker| self.find_out(asker)).await;
            changes.changed_within(LATER).await;
        }
    }

    /// People who ask and are not known yet, the newest first; forgets those who ask no longer.
    fn unknown_askers(&self) -> Vec<Contact> {
        let state = &self.0.state;
        let now = platform::now_ms();
        let asking: Vec<_> = state.read(|tables| {
            let asking = tables.inbox.iter().take(MAX_KNOWN);
            asking.map(|(id, waiting)| Contact::new(*id, waiting.relays.clone(), 0, now)).collect()
        });
        let ids: BTreeSet<Id> = asking.iter().map(|asker| asker.id).collect();
        let mut looked_for = self.0.looked_for.borrow_mut();
        looked_for.retain(|id, at| ids.contains(id) && at.elapsed() < LATER);
        if state.live(|live| live.askers.keys().any(|id| !ids.contains(id))) {
            state.set_live(|live| live.askers.retain(|id, _| ids.contains(id)));
        }
        let is_known =
            |id: &Id| looked_for.contains_key(id) || state.live(|live| live.askers.contains_key(id));
        asking.into_iter().filter(|asker| !is_known(&asker.id)).collect()
    }

    /// Looks for the profile of somebody who asks, at my own relays.
    async fn find_out(&self, asker: Contact) {
        self.0.looked_for.borrow_mut().insert(asker.id, Instant::now());
        if let Err(why) = self.find_at(&asker, self.0.directory.relays.clone()).await {
            tracing::debug!(%why, "a person who asks is not known yet");
        }
    }

    /// Looks for the profile of somebody who asks, at these relays one after the other.
    async fn find_at(&self, asker: &Contact, relays: Vec<RelayAddr>) -> Result<(), Error> {
        let (id, state) = (asker.id, &self.0.state);
        let mut last = Error::Unreachable("they name no relay that may be asked".into());
        for relay in relays {
            let mut found = asker.clone();
            match self.0.fetchers.fetch_profile(&mut found, relay).await {
                Ok(()) => {
                    // They may have been answered meanwhile.
                    if state.read(|tables| tables.inbox.get(&id).is_some()) {
                        state.set_live(|live| live.askers.insert(id, found));
                    }
                    return Ok(());
                }
                Err(Error::NotFound(_)) => {
                    last = Error::Unreachable(
                        "the relays that they name do not know them: try again later".into(),
                    );
                }
                Err(why) => last = why,
            }
        }
        Err(last)
    }
}

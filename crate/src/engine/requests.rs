//! Requests of others: listing and answering them, and finding out who asks.
//!
//! A request says only whose it is and where their profile may be. What that says is fetched in the background, a few
//! at a time; the list never waits for it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use futures::{StreamExt, stream};
use serde_bytes::ByteBuf;

use crate::format::text;
use crate::keys::Id;
use crate::net::Provider;
use crate::platform::{self, Instant};
use crate::social::asking::Asking;
use crate::social::contact::Contact;
use crate::social::relation::Stance;
use crate::social::root;

use super::api::{self, ContactRequest, Event};
use super::relations::Found;
use super::session::Session;
use super::wake::Wake;
use super::{Engine, Error};

/// Requests of which the profile is looked for, the newest first: in memory, 4 MiB at most.
const MAX_KNOWN: usize = 64;

/// Profiles that are looked for at once: each may take a connection to a relay that a stranger named.
const AT_ONCE: usize = 2;

/// When a profile that was not found is looked for again.
const LATER: Duration = Duration::from_secs(600);

/// What was found out about those who ask.
#[derive(Default)]
pub(super) struct Askers {
    change: Wake,
    known: RefCell<BTreeMap<Id, Contact>>,
    tried: RefCell<BTreeMap<Id, Instant>>,
}

impl Askers {
    /// Lets what is known be compared with who asks.
    pub(super) fn changed(&self) {
        self.change.ring();
    }

    /// What was found out about somebody, who is about to be answered.
    pub(super) fn take(&self, id: &Id) -> Option<Contact> {
        self.known.borrow_mut().remove(id)
    }

    fn name(&self, id: &Id) -> String {
        let known = self.known.borrow();
        known.get(id).and_then(Contact::name).map(text::shown).unwrap_or_default()
    }

    fn avatar(&self, id: &Id) -> Option<ByteBuf> {
        let known = self.known.borrow();
        let avatar = known.get(id)?.profile.as_ref()?.avatar.as_ref()?;
        Some(ByteBuf::from(avatar.to_vec()))
    }
}

impl Engine {
    /// Requests from people whom I have not added, the newest first.
    pub async fn requests(&self) -> Result<Vec<ContactRequest>, Error> {
        let session = self.session()?;
        let state = session.state.borrow();
        let requests = state.people.inbox.iter().map(|(id, waiting)| ContactRequest {
            id: id.to_string(),
            name: session.askers.name(id),
            avatar: session.askers.avatar(id),
            message: (!waiting.message.is_empty()).then(|| text::shown(&waiting.message)),
            time: waiting.time,
            invite: waiting.invite.map(Into::into),
        });
        Ok(requests.collect())
    }

    /// Adds somebody who asks.
    pub async fn accept(&self, id: &str) -> Result<api::Contact, Error> {
        let session = self.session()?;
        let id = session.who_asks(id)?;
        // Where they are is in their request.
        self.decide(&session, Found { id, relays: Vec::new(), seq: 0 }, Stance::Added, Asking::default())
            .await
    }

    /// Does not add somebody who asks. They learn nothing of it.
    pub async fn decline(&self, id: &str) -> Result<(), Error> {
        let session = self.session()?;
        let id = session.who_asks(id)?;
        session
            .change_person(&id, |state| {
                let relation = state.people.relations.entry(id).or_default();
                state.people.inbox.decline(&id, relation);
                Ok(())
            })
            .await
    }
}

impl Session {
    fn who_asks(&self, id: &str) -> Result<Id, Error> {
        let id: Id = id.parse().map_err(|_| Error::NotFound("request"))?;
        let asks = self.state.borrow().people.inbox.get(&id).is_some();
        if asks { Ok(id) } else { Err(Error::NotFound("request")) }
    }

    /// Tells of a request as it is known now.
    pub(super) fn tell_request(&self, id: &Id) {
        self.hub.tell(&Event::Request { id: id.to_string(), name: self.askers.name(id) });
    }

    /// Those who ask and are not known yet, the newest first; forgets those who ask no longer.
    fn unknown_askers(&self) -> Vec<Contact> {
        let state = self.state.borrow();
        let asking: Vec<_> = state.people.inbox.iter().take(MAX_KNOWN).collect();
        let ids: BTreeSet<&Id> = asking.iter().map(|(id, _)| *id).collect();
        let mut known = self.askers.known.borrow_mut();
        let mut tried = self.askers.tried.borrow_mut();
        known.retain(|id, _| ids.contains(id));
        tried.retain(|id, at| ids.contains(id) && at.elapsed() < LATER);
        let unknown = asking.into_iter().filter(|(id, _)| !known.contains_key(id) && !tried.contains_key(id));
        let now = platform::now_ms();
        unknown.map(|(id, waiting)| Contact::new(*id, waiting.relays.clone(), 0, now)).collect()
    }

    /// Looks for the profile of somebody who asks, where their request says that it is.
    async fn find_out(self: &Rc<Self>, asker: Contact) {
        let id = asker.id;
        self.askers.tried.borrow_mut().insert(id, Instant::now());
        for relay in self.relays_of(&asker) {
            let mut found = asker.clone();
            match self.fetch_profile(&mut found, Provider::Relay(relay)).await {
                Ok(()) => {
                    self.askers.known.borrow_mut().insert(id, found);
                    self.tell_request(&id);
                    return;
                }
                Err(why) => tracing::debug!(%why, "who asks is not known yet"),
            }
        }
    }

    /// Fetches the profile of somebody from one relay.
    pub(super) async fn fetch_profile(&self, asker: &mut Contact, from: Provider) -> Result<(), Error> {
        let Provider::Relay(relay) = &from else { return Err(Error::NotFound("relay")) };
        let record = self.net.get_record(relay, asker.id).await;
        let record = record.map_err(|why| Error::Unreachable(why.to_string()))?;
        let record = root::verify_record(&asker.id, &record.ok_or(Error::NotFound("profile"))?)?;
        let getter = self.getter_from(vec![from]);
        let root = root::open(&asker.id, &record, &getter.fetch(&record.root).await?)?;
        asker.apply_profile(root.seq, root.profile, &getter.fetch(&root.profile).await?)?;
        Ok(())
    }
}

/// Starts to find out who asks.
pub(super) fn start(session: &Rc<Session>) {
    session.spawn(find_out(session.clone()));
}

async fn find_out(session: Rc<Session>) {
    let mut changes = session.askers.change.listener();
    loop {
        let unknown = stream::iter(session.unknown_askers());
        unknown.for_each_concurrent(AT_ONCE, |asker| session.find_out(asker)).await;
        changes.rung_within(LATER).await;
    }
}

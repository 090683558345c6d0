//! In: newer records of contacts, and everything that hangs from them, verified step by step.
//!
//! One watch for each relay that a contact names, and one for each device of theirs that may be here. Of the records
//! that they bring, [`Intake`] says which is taken in next. One that cannot be taken in for want of a block is tried
//! again with back-off; one that does not verify is refused for good, with a warning on its contact.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::AbortHandle;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, select, stream};
use serde_bytes::ByteBuf;

use crate::dag::Fetch;
use crate::format::map::Map;
use crate::format::note::{Note, Says};
use crate::format::{Cid, ReadError, limits};
use crate::keys::Id;
use crate::net::{Provider, Watched};
use crate::platform::{self, Instant};
use crate::social::contact::{Contact, Head, Verdict};
use crate::social::letterbox::Pages;
use crate::social::{audience, letterbox, root};

use super::Error;
use super::api::Event;
use super::getter::Getter;
use super::heard::Heard;
use super::intake::Intake;
use super::kept::Kept;
use super::receive::Told;
use super::session::{Session, State};
use super::turns::{TURN, Turns};
use super::wake::Wake;

/// How long watches rest after they were compared with the contacts: many changes at once are one.
const REST: Duration = Duration::from_millis(100);

/// Pages of one letterbox or feed that are fetched at once; a walk has few rounds, and pages are small.
const PAGES_AT_ONCE: usize = 16;

/// What is being followed.
#[derive(Default)]
pub(super) struct Following {
    change: Wake,
    intake: Intake,
    heard: Heard,
}

impl Following {
    /// Lets the watches be compared with the contacts again.
    pub(super) fn changed(&self) {
        self.change.ring();
    }
}

/// Starts to watch the records of all contacts.
pub(super) fn start(session: &Rc<Session>) {
    session.spawn(keep_watching(session.clone()));
    session.spawn(keep_taking_in(session.clone()));
}

/// Keeps one watch for each relay or device, over exactly the contacts whose records are looked for there.
async fn keep_watching(session: Rc<Session>) {
    let mut changes = session.following.change.listener();
    let mut watches: HashMap<Provider, (BTreeSet<Id>, AbortHandle)> = HashMap::new();
    let mut turns = Turns::default();
    loop {
        session.net.allow_direct(session.reached_directly()).await;
        let mut wanted = session.watched();
        session.following.heard.retain(&wanted);
        let somebody_waits = turns.choose(&mut wanted, &session.relays);
        watches.retain(|provider, (ids, watch)| {
            let keep = wanted.get(provider).is_some_and(|wanted| wanted == ids);
            if !keep {
                watch.abort();
            }
            keep
        });
        for (provider, ids) in wanted {
            watches.entry(provider.clone()).or_insert_with(|| {
                let watch = session.spawn(watch(session.clone(), provider, ids.clone()));
                (ids, watch)
            });
        }
        platform::sleep(REST).await;
        if !somebody_waits {
            changes.rung().await;
        } else if !changes.rung_within(TURN).await {
            turns.end(&session.watched(), &session.relays);
        }
    }
}

async fn watch(session: Rc<Session>, provider: Provider, ids: BTreeSet<Id>) {
    let known = {
        let (session, provider) = (session.clone(), provider.clone());
        move || {
            let state = session.state.borrow();
            let known = ids.iter().filter_map(|id| state.contacts.get(id));
            known.map(|contact| (contact.id, session.known_from(&provider, contact))).collect()
        }
    };
    let mut updates = pin!(session.net.watch(provider.clone(), known));
    // What came while we were away waits until all of it is known, since the newest goes first.
    let mut missed = Some(BTreeMap::new());
    while let Some(update) = updates.next().await {
        match update {
            Watched::Record { id, record } => match &mut missed {
                Some(missed) => drop(missed.insert(id, record)),
                None => session.told(&provider, id, record),
            },
            Watched::Current => {
                let missed = missed.take().into_iter().flatten();
                missed.for_each(|(id, record)| session.told(&provider, id, record));
            }
            Watched::Lost(why) => {
                tracing::debug!(%why, "a watch waits");
                let before = missed.replace(BTreeMap::new()).into_iter().flatten();
                before.for_each(|(id, record)| session.told(&provider, id, record));
            }
        }
    }
}

/// Takes in what waits, as [`Intake`] says.
async fn keep_taking_in(session: Rc<Session>) {
    let intake = &session.following.intake;
    let mut came = intake.listener();
    let mut running = FuturesUnordered::new();
    loop {
        while let Some((id, record)) = intake.next(Instant::now()) {
            running.push(session.take_in(id, record));
        }
        let woken = async {
            match intake.due_in(Instant::now()) {
                Some(patience) => drop(came.rung_within(patience).await),
                None => came.rung().await,
            }
        };
        select! {
            () = pin!(woken.fuse()) => {}
            () = running.select_next_some() => {}
        }
    }
}

impl Session {
    /// Which contacts are looked for at which relay, and at their own devices.
    fn watched(&self) -> HashMap<Provider, BTreeSet<Id>> {
        let mut watched: HashMap<Provider, BTreeSet<Id>> = HashMap::new();
        let state = self.state.borrow();
        for contact in state.contacts.values().filter(|contact| state.people.is_watched(&contact.id)) {
            for relay in self.relays_of(contact) {
                watched.entry(Provider::Relay(relay)).or_default().insert(contact.id);
            }
        }
        for (device, id) in self.neighbours() {
            watched.entry(device).or_default().insert(id);
        }
        watched
    }

    /// The sequence above which a record of somebody is news from `provider`.
    ///
    /// Where others may have told of the newest one, it is to tell of that one too: only so it shows if it names another
    /// root there.
    fn known_from(&self, provider: &Provider, contact: &Contact) -> u64 {
        let has_told = self.following.heard.from(provider, &contact.id) >= Some(contact.seq());
        let is_alone = contact.devices.is_empty() && self.relays_of(contact).len() == 1;
        match contact.head {
            Some(_) if has_told || is_alone => contact.seq(),
            // Of somebody whose root is not here yet, the record with the lowest sequence allowed is news too.
            _ => contact.seq().saturating_sub(1),
        }
    }

    /// Takes note of a record that a watch brought, and of who told of it.
    fn told(self: &Rc<Self>, provider: &Provider, id: Id, record: Bytes) {
        let Some(sequence) = self.offered(id, record) else { return };
        self.following.heard.add(provider, id, sequence);
        self.look_what_is_kept(id);
    }

    /// Whether a relay has told of the newest that anybody told of somebody.
    pub(super) fn is_at_relay(&self, id: &Id) -> bool {
        let known = self.state.borrow().contacts.get(id).map_or(0, Contact::seq);
        self.following.heard.is_at_relay(id, known)
    }

    /// Takes note that shares of somebody are at a relay by now, of which I knew from their device alone.
    fn look_what_is_kept(self: &Rc<Self>, id: Id) {
        let is_waiting = move |share: &Kept| share.author == id && share.at_author_only;
        let waits = self.state.borrow().shares.values().any(is_waiting);
        if !waits || !self.is_at_relay(&id) {
            return;
        }
        let session = self.clone();
        self.spawn(async move {
            let waiting: Vec<_> = {
                let state = session.state.borrow();
                state.shares.values().filter(|share| is_waiting(share)).map(Kept::id).collect()
            };
            for share in waiting {
                if let Err(why) = session.update_share(&share, |share| share.at_author_only = false).await {
                    tracing::warn!(%why, "it is not noted that a relay has a share");
                }
            }
        });
    }

    /// Takes note of a record that says something new; gives its sequence, if it verifies.
    fn offered(&self, id: Id, record: Bytes) -> Option<u64> {
        let opened = root::verify_record(&id, &record).ok()?;
        let sequence = opened.sequence;
        let verdict = self.state.borrow().watched(&id)?.consider(sequence, &opened.root);
        if !matches!(verdict, Verdict::Known | Verdict::Older) {
            self.following.intake.offer(id, record, opened);
        }
        Some(sequence)
    }

    /// Takes in one record, if that can be done now.
    async fn take_in(self: &Rc<Self>, id: Id, record: Bytes) {
        let finished = match self.take_in_record(&id, &record).await {
            Ok(()) => true,
            Err(why) if is_passing(&why) => {
                tracing::debug!(%why, "a record waits");
                false
            }
            Err(why) => {
                self.warn_of(&id, &why).await;
                true
            }
        };
        self.following.intake.done(&id, &record, finished, Instant::now());
    }

    /// Everything between a record and the shares that it brings.
    async fn take_in_record(self: &Rc<Self>, id: &Id, record: &[u8]) -> Result<(), Error> {
        let record = root::verify_record(id, record)?;
        let Some(mut contact) = self.state.borrow().watched(id).cloned() else { return Ok(()) };
        if contact.consider(record.sequence, &record.root) == Verdict::Twin {
            contact.apply_twin(record.sequence);
            return self.change_contact(contact).await;
        }
        let getter = self.getter(id);
        let block = getter.fetch(&record.root).await?;
        let root = root::open(id, &record, &block)?;
        let head = Head::of(record.root, &root);
        if contact.profile_from.is_none_or(|(cid, _)| cid != head.profile) {
            let block = getter.block(&head.profile).await?;
            if contact.apply_profile(head.seq, head.profile, &block)? {
                // The page shows who it is before it has read what they left.
                let Some(named) = self.as_named(contact.clone()) else { return Ok(()) };
                self.change_contact(named).await?;
                self.observe_keys(&contact).await?;
                self.following.changed();
                self.publish_soon();
            }
        }
        let is_new = contact.head.is_none_or(|known| known.letterboxes != head.letterboxes);
        // Whoever only follows does not look for a letterbox.
        let reads = (is_new || contact.reading.is_none()) && self.state.borrow().people.is_written_to(id);
        if let Some(recipient) = contact.recipient().filter(|_| reads) {
            let label = recipient.label;
            let node = |map: &Map| letterbox::node(&self.ring, id, &label, map);
            let map = getter.map(&head.letterboxes, node).await?;
            if let Some(newest) = letterbox::find(&self.ring, id, &label, &map) {
                self.read_letterbox(&mut contact, &getter, newest).await?;
            }
        }
        if let Some(newest) = root.feed {
            match self.read_feed(&mut contact, &getter, newest).await {
                // What they left for me was taken in all the same.
                Err(why) if is_passing(&why) => {
                    if let Some(named) = self.as_named(contact) {
                        self.change_contact(named).await?;
                    }
                    return Err(why);
                }
                Err(why) => self.warn_of(id, &why).await,
                Ok(()) => {}
            }
        }
        // Last, so that what was not finished is looked at again.
        contact.apply_head(head);
        let Some(named) = self.as_named(contact) else { return Ok(()) };
        self.change_contact(named).await?;
        // Their devices, or who was heard of last, may have changed.
        self.following.changed();
        // A relay may have told of it while it was taken in.
        self.look_what_is_kept(*id);
        Ok(())
    }

    /// The contact with the name that I gave them meanwhile; none if I want nothing of them any more.
    fn as_named(&self, contact: Contact) -> Option<Contact> {
        let state = self.state.borrow();
        let petname = state.watched(&contact.id)?.petname.clone();
        Some(Contact { petname, ..contact })
    }

    /// Lets the page show that something of a contact did not verify.
    async fn warn_of(&self, id: &Id, why: &Error) {
        tracing::warn!(%id, %why, "refused what a contact published");
        self.refused.borrow_mut().insert(*id);
        let contact = self.state.borrow().contacts.get(id).map(|contact| self.shown_contact(contact));
        if let Some(contact) = contact {
            self.hub.tell(&Event::Contact { contact });
        }
    }

    /// Reads the pages since the last one read, and takes in their notes, the oldest first.
    async fn read_letterbox(
        self: &Rc<Self>,
        contact: &mut Contact,
        getter: &Getter,
        newest: Cid,
    ) -> Result<(), Error> {
        let mut walk = letterbox::Walk::new(&self.ring, contact.id, contact.reading, newest);
        fetch_pages(getter, newest, &mut walk).await?;
        let Some(news) = walk.finish() else { return Ok(()) };
        let mut unread = None;
        for note in audience::newest(&news.notes) {
            match self.take_in_note(contact, getter, note, &news.pair).await {
                // One share that cannot be had now keeps no other from being shown.
                Err(why) if is_passing(&why) => unread = Some(why),
                done => done?,
            }
        }
        if let Some(why) = unread {
            return Err(why);
        }
        contact.reading = Some(news.reading);
        Ok(())
    }

    async fn take_in_note(
        self: &Rc<Self>,
        contact: &mut Contact,
        getter: &Getter,
        note: &Note,
        pair: &[u8; 32],
    ) -> Result<(), Error> {
        match &note.says {
            Says::Share { share, rev, header, keepers } => {
                let (author, share, rev, header) = (contact.id, *share, *rev, *header);
                self.take_in_share(&Told { author, getter, pair, share, rev, header, keepers }).await
            }
            Says::Gone { share, rev } => {
                self.take_in_gone(&contact.id, *share, rev.unwrap_or(limits::MAX_INTEGER)).await
            }
            Says::Devices { certificates } => {
                let certificates = certificates.iter().map(|bytes| ByteBuf::from(bytes.to_vec()));
                contact.apply_devices(certificates, platform::now_ms());
                Ok(())
            }
            Says::Receipt { share, rev, state } => {
                self.take_in_receipt(&contact.id, *share, *rev, *state).await
            }
            Says::Ack { .. } | Says::Other(_) => Ok(()),
        }
    }
}

impl State {
    /// A contact whose record is watched.
    fn watched(&self, id: &Id) -> Option<&Contact> {
        self.contacts.get(id).filter(|_| self.people.is_watched(id))
    }
}

/// Asks for the newest record of somebody of whom more is wanted than was taken in; a watch tells only of newer ones.
pub(super) async fn look_again(session: Rc<Session>, id: Id) {
    let relays = session.state.borrow().watched(&id).map(|contact| session.relays_of(contact));
    for relay in relays.into_iter().flatten() {
        match session.net.get_record(&relay, id).await {
            Ok(Some(record)) => session.told(&Provider::Relay(relay), id, record),
            Ok(None) => {}
            Err(why) => tracing::debug!(%relay, %why, "a record is awaited"),
        }
    }
}

/// Fetches the pages that a walk wants, from its newest one on; none of them stays here.
pub(super) async fn fetch_pages(getter: &Getter, newest: Cid, walk: &mut impl Pages) -> Result<(), Error> {
    loop {
        let wanted: Vec<_> = walk.wanted().take(PAGES_AT_ONCE).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let pages = stream::iter(wanted).map(|cid| async move { (cid, getter.fetch(&cid).await) });
        let mut pages = pages.buffer_unordered(PAGES_AT_ONCE);
        while let Some((cid, page)) = pages.next().await {
            match page {
                Ok(page) => walk.add(cid, &page)?,
                Err(why) if cid == newest => return Err(why.into()),
                // An older page that nobody keeps any more is the end of history, not an error.
                Err(_) => walk.give_up(&cid),
            }
        }
    }
}

/// Whether an error may be gone the next time.
fn is_passing(why: &Error) -> bool {
    matches!(why, Error::Unreachable(_) | Error::Quota | Error::Storage(_))
}

impl From<ReadError> for Error {
    fn from(why: ReadError) -> Self {
        Self::InvalidSignature(why.to_string())
    }
}

impl From<letterbox::WalkError> for Error {
    fn from(why: letterbox::WalkError) -> Self {
        Self::InvalidSignature(why.to_string())
    }
}

//! Ingesting one record: its root, profile, letterbox and feed, and what they change of the contact.

use std::pin::pin;

use bytes::Bytes;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, select};

use crate::engine::Error;
use crate::engine::state::Tables;
use crate::format::Cid;
use crate::keys::Id;
use crate::platform::{self, Instant};
use crate::social::contact::{Contact, Head, Verdict};
use crate::social::{feed, root};

use super::handle::{Inner, Sync};
use super::pages::{LetterboxNews, PagesError};

/// What the ingested parts of a record change of the contact's row.
struct Ingested {
    letterbox: LetterboxNews,
    feed: Option<feed::ReadPosition>,
    /// The new head and the roots that it replaces, once everything that hangs from it is ingested.
    head: Option<(Head, Vec<[u8; 32]>)>,
}

impl Ingested {
    fn apply(self, contact: &mut Contact) {
        let (LetterboxNews { reading, late, certificates, removed }, now) =
            (self.letterbox, platform::now_ms());
        if reading.is_some() || late.is_some() {
            contact.apply_devices(certificates, now);
        }
        contact.removed.take_in(removed, now);
        contact.reading = reading.or(contact.reading);
        contact.late = late.or(contact.late);
        if let Some(reading) = self.feed {
            contact.feed = Some(reading);
        }
        // Last, so that what was not finished is looked at again.
        if let Some((head, prev)) = self.head {
            contact.apply_head(head, &prev, now);
        }
    }
}

/// How a contact stood when ingesting began, to see whether they are still the same to me.
struct Basis {
    contact: Contact,
    is_written_to: bool,
}

impl Basis {
    fn of(tables: &Tables, id: &Id) -> Option<Self> {
        Some(Self { contact: tables.watched(id)?.clone(), is_written_to: tables.is_written_to(id) })
    }

    /// Whether it is the same contact, not one who was added again meanwhile.
    fn is_same(&self, now: &Contact) -> bool {
        now.added == self.contact.added
    }

    /// Whether no more is wanted of them than was ingested.
    fn is_all_wanted(&self, now: &Self) -> bool {
        now.contact.head == self.contact.head && (self.is_written_to || !now.is_written_to)
    }
}

impl Sync {
    /// Ingests the records that wait, as their queue says.
    pub(super) async fn keep_ingesting(self) {
        let Inner { queue, queued, .. } = &*self.0;
        let mut running = FuturesUnordered::new();
        loop {
            while let Some((id, record)) = queue.next(Instant::now()) {
                running.push(self.ingest(id, record));
            }
            let due = async {
                match queue.due_in(Instant::now()) {
                    Some(patience) => platform::sleep(patience).await,
                    None => std::future::pending().await,
                }
            };
            select! {
                () = pin!(queued.notified().fuse()) => {}
                () = pin!(due.fuse()) => {}
                () = running.select_next_some() => {}
            }
        }
    }

    /// Ingests one record, if that can be done now.
    async fn ingest(&self, id: Id, record: Bytes) {
        let finished = match self.ingest_record(&id, &record).await {
            Ok(finished) => finished,
            Err(why) if is_passing(&why) => {
                tracing::debug!(%why, "a record waits");
                false
            }
            Err(why) => {
                self.warn_of(&id, &why);
                true
            }
        };
        self.0.queue.done(&id, &record, finished, Instant::now());
    }

    /// Everything between a record and the shares that it brings; says whether that is all.
    async fn ingest_record(&self, id: &Id, record: &[u8]) -> Result<bool, Error> {
        let Inner { state, fetchers, .. } = &*self.0;
        let record = root::verify_record(id, record, platform::now_ms())?;
        let Some(mut basis) = state.read(|tables| Basis::of(tables, id)) else { return Ok(true) };
        if basis.contact.consider(record.sequence, &record.root) == Verdict::Fork {
            return self.note_fork(id, record.sequence, record.root).await;
        }
        let fetcher = fetchers.of_author(id);
        let block = fetcher.fetch(&record.root).await?;
        let root = root::open(id, &record, &block)?;
        if let Some(heir) = root.successor
            && self.0.contacts.follow_root(&basis.contact, heir.into()).await?
        {
            return Ok(true);
        }
        if basis.contact.is_doubted() {
            // The person has to decide first.
            return Ok(true);
        }
        let head = Head::of(record.root, &root);
        if basis.contact.profile_from.is_none_or(|(cid, _)| cid != head.profile) {
            // The sealed row has all that it says; the block itself would lie here in clear.
            let block = fetcher.fetch(&head.profile).await?;
            // The page shows who it is before it has read what they left.
            if !self.ingest_profile(&mut basis, head, block).await? {
                return Ok(true);
            }
        }
        let contact = &basis.contact;
        let is_new = contact.head.is_none_or(|known| known.letterboxes != head.letterboxes);
        let mut ingested =
            Ingested { letterbox: LetterboxNews::default(), feed: None, head: Some((head, root.prev)) };
        // Who is only followed has no letterbox for me to look for.
        if (is_new || contact.reading.is_none()) && basis.is_written_to {
            match self.read_letterbox(contact, &fetcher, &head.letterboxes).await {
                Ok(news) => ingested.letterbox = news,
                Err(PagesError::Older) => return self.note_fork(id, head.seq, head.root).await,
                Err(PagesError::Other(why)) => return Err(why),
            }
        }
        if let Some(newest) = root.feed {
            match self.read_feed(contact, &fetcher, newest).await {
                Err(PagesError::Older) => return self.note_fork(id, head.seq, head.root).await,
                // What they left for me was ingested all the same.
                Err(PagesError::Other(why)) if is_passing(&why) => {
                    self.install(basis, Ingested { head: None, ..ingested }).await?;
                    return Err(why);
                }
                Err(PagesError::Other(why)) => self.warn_of(id, &why),
                Ok(reading) => ingested.feed = reading,
            }
        }
        let is_all = self.install(basis, ingested).await?;
        // A relay may have told of it while it was ingested.
        self.look_what_is_kept(*id);
        Ok(is_all)
    }

    /// Notes a root that does not go on from the one that was ingested, and of which no more is taken. The one that joins
    /// them has everything of both.
    async fn note_fork(&self, id: &Id, seq: u64, root: Cid) -> Result<bool, Error> {
        let now = platform::now_ms();
        self.change_contact(id, move |contact| contact.apply_fork(seq, root, now)).await?;
        Ok(true)
    }

    /// Ingests a profile, and looks at the contact anew; says whether anything is still wanted of them.
    async fn ingest_profile(&self, basis: &mut Basis, head: Head, block: Bytes) -> Result<bool, Error> {
        let Inner { state, contacts, .. } = &*self.0;
        let (id, added) = (basis.contact.id, basis.contact.added);
        let changed = state.update(move |tx| {
            if !tx.is_watched(&id) {
                return Ok(None);
            }
            let Some(contact) = tx.contacts.get_mut(&id).filter(|contact| contact.added == added) else {
                return Ok(None);
            };
            let is_news = contact.apply_profile(head.seq, head.profile, &block)?;
            Ok(Basis::of(tx, &id).map(|now| (is_news, now)))
        });
        let Some((is_news, now)) = changed.await? else { return Ok(false) };
        if is_news {
            contacts.observe_keys(&now.contact).await?;
        }
        let is_doubted = now.contact.is_doubted();
        *basis = now;
        Ok(!is_doubted)
    }

    /// Changes the row of a contact by what was ingested; says whether that was all that is wanted of them by now.
    ///
    /// What a person changed meanwhile stays, and of somebody who is watched no longer nothing is noted.
    async fn install(&self, basis: Basis, ingested: Ingested) -> Result<bool, Error> {
        let installed = self.0.state.update(move |tx| {
            let id = basis.contact.id;
            let Some(now) = Basis::of(tx, &id).filter(|now| basis.is_same(&now.contact)) else {
                return Ok(true);
            };
            let is_all = basis.is_all_wanted(&now);
            let head = ingested.head.filter(|_| is_all);
            if let Some(contact) = tx.contacts.get_mut(&id) {
                Ingested { head, ..ingested }.apply(contact);
            }
            Ok(is_all)
        });
        installed.await
    }

    /// Changes the row of a contact who is still watched.
    async fn change_contact(
        &self,
        id: &Id,
        change: impl FnOnce(&mut Contact) + 'static,
    ) -> Result<(), Error> {
        let id = *id;
        let changed = self.0.state.update(move |tx| {
            if tx.is_watched(&id)
                && let Some(contact) = tx.contacts.get_mut(&id)
            {
                change(contact);
            }
            Ok(())
        });
        changed.await
    }

    /// Lets the page show that something of a contact did not verify.
    pub(super) fn warn_of(&self, id: &Id, why: &Error) {
        tracing::warn!(%id, %why, "refused what a contact published");
        self.0.state.set_live(|live| live.refused.insert(*id));
    }
}

/// Whether an error may be gone the next time, or says nothing of what came: this profile is being locked.
pub(super) fn is_passing(why: &Error) -> bool {
    matches!(
        why,
        Error::Unreachable(_) | Error::Quota | Error::Storage(_) | Error::EngineMoved | Error::Locked
    )
}

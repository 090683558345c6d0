//! Receipts: how far recipients of my shares have come, and what I tell of those that I was given.
//!
//! Whoever wants to be told has to tell: both are on or off at once. Relays know nothing of it, since receipts are notes
//! among others.

use std::rc::Rc;
use std::time::Duration;

use futures::TryStreamExt;

use crate::format::note::{Received, Says};
use crate::format::share_id::{InnerId, ShareId};
use crate::keys::Id;
use crate::platform;
use crate::social::receipt::{Progress, Stage};
use crate::store::{Table, Write};

use super::api::{Delivery, Event};
use super::kept::Kept;
use super::session::{REACHED, Session};
use super::{Engine, Error};

/// How long receipts wait for others, so that somebody who looks through many shares publishes once.
const GATHERED: Duration = Duration::from_secs(2);

impl Engine {
    /// Takes a share as looked at. Its author hears so where both want receipts.
    pub async fn mark_read(&self, id: &str) -> Result<(), Error> {
        let session = self.session()?;
        let share = session.kept(id)?;
        if share.unread {
            session.update_share(&share.id(), |share| share.unread = false).await?;
        }
        session.leave_receipt(&share.id(), Received::Opened).await
    }

    /// How far each recipient of one of my shares has come.
    pub async fn deliveries(&self, id: &str) -> Result<Vec<Delivery>, Error> {
        let session = self.session()?;
        let share = session.kept(id)?;
        let readers = share.recipients.iter();
        let state = |reader: &Id| session.stage_of(&share, reader);
        Ok(readers.map(|reader| Delivery { contact: reader.to_string(), state: state(reader) }).collect())
    }
}

impl Session {
    /// How far a recipient has come with what is in a share of mine now.
    pub(super) fn stage_of(&self, share: &Kept, reader: &Id) -> Stage {
        let state = self.state.borrow();
        let known = state.reached.get(&share.id()).map_or(Stage::Queued, |far| far.of(reader, share.since));
        // Who does not tell others is not told either.
        let known = if state.mine.receipts { known } else { known.min(Stage::Kept) };
        known.max(if share.delivered { Stage::Kept } else { Stage::Queued })
    }

    /// Takes note that everything of a share is here, where it is.
    pub(super) async fn look_for_whole(self: &Rc<Self>, id: &ShareId) -> Result<(), Error> {
        let Some(share) = self.state.borrow().shares.get(id).cloned() else { return Ok(()) };
        if !self.owes_receipt(&share, Received::Fetched) {
            return Ok(());
        }
        let mut files = self.open_contents(&share).await?.files();
        while let Some(file) = files.try_next().await? {
            if self.held(&file).await? < file.size() {
                return Ok(());
            }
        }
        self.leave_receipt(id, Received::Fetched).await
    }

    fn owes_receipt(&self, share: &Kept, received: Received) -> bool {
        let is_news = share.told.is_none_or(|told| told < Stage::from(received));
        is_news && share.author != self.id && self.state.borrow().mine.receipts
    }

    /// Leaves a note for the author of a share that I was given, once for each stage of what is in it now.
    async fn leave_receipt(self: &Rc<Self>, id: &ShareId, received: Received) -> Result<(), Error> {
        let share = self.state.borrow().shares.get(id).cloned();
        let Some(share) = share.filter(|share| self.owes_receipt(share, received)) else { return Ok(()) };
        let mut write = Write::strict();
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            let says = Says::Receipt { share: share.inner(), rev: share.rev, state: received };
            state.published.tell(&[share.author], &says);
            state.touch();
            self.put_published(&mut write, &state.published);
            let told = Kept { told: Some(received.into()), ..share };
            self.put_share(&mut write, &told);
            state.shares.insert(*id, told);
        }
        self.store.commit(write).await?;
        if !self.gathering.replace(true) {
            let session = self.clone();
            self.spawn(async move {
                platform::sleep(GATHERED).await;
                session.gathering.set(false);
                session.publish_soon();
            });
        }
        Ok(())
    }

    /// Takes in what a recipient says of a share of mine. Whoever was not given it, and what was never published, is
    /// passed over.
    pub(super) async fn take_in_receipt(
        &self,
        from: &Id,
        share: InnerId,
        rev: u64,
        received: Received,
    ) -> Result<(), Error> {
        let id = ShareId::new(self.id.as_bytes(), share);
        let mut write = Write::strict();
        let (before, after) = {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            let Some(share) = state.shares.get(&id).filter(|_| state.mine.receipts) else { return Ok(()) };
            let progress = state.reached.entry(id).or_default();
            let before = progress.of(from, share.since);
            if !progress.receive(&share.present(), from, rev, received) {
                return Ok(());
            }
            self.put_progress(&mut write, &id, progress);
            (before, progress.of(from, share.since))
        };
        self.store.commit(write).await?;
        if before != after {
            let (share, contact) = (id.to_string(), from.to_string());
            self.hub.tell(&Event::Delivery { share, contact, state: after });
        }
        Ok(())
    }

    /// Adds to a write how far the recipients of a share have come.
    pub(super) fn put_progress(&self, write: &mut Write, id: &ShareId, progress: &Progress) {
        self.rows.put(write, Table::State, &format!("{REACHED}{id}"), progress);
    }
}

//! Receipts: how far recipients of my shares have come, and what I tell of those that I was given.
//!
//! Who wants to be told has to tell: both are on or off at once. Relays know nothing of it, since receipts are notes among
//! others.

use std::time::Duration;

use futures::TryStreamExt;

use crate::engine::Error;
use crate::engine::api::Delivery;
use crate::engine::state::Tables;
use crate::format::note::{ReceiptState, Says};
use crate::format::share_id::{InnerId, ShareId};
use crate::keys::Id;
use crate::platform;
use crate::social::receipt::Stage;
use crate::social::share_record::ShareRecord;

use super::handle::Shares;

/// How long receipts wait for others, so that looking through many shares publishes once.
const GATHERED: Duration = Duration::from_secs(2);

/// What a recipient says of a share of mine.
pub(in crate::engine) struct Receipt {
    pub(in crate::engine) share: InnerId,
    pub(in crate::engine) rev: u64,
    pub(in crate::engine) state: ReceiptState,
}

impl Shares {
    /// Notes that a share was looked at. Its author hears so where both want receipts.
    pub(in crate::engine) async fn mark_read(&self, id: &str) -> Result<(), Error> {
        let share = self.0.state.read(|tables| tables.share(id).cloned())?;
        let id = share.id();
        if share.unread {
            let read = self.0.state.update(move |tx| {
                if let Some(share) = tx.shares.get_mut(&id) {
                    share.unread = false;
                }
                Ok(())
            });
            read.await?;
        }
        self.leave_receipt(&id, ReceiptState::Opened).await
    }

    /// How far each recipient of one of my shares has come.
    pub(in crate::engine) fn deliveries(&self, id: &str) -> Result<Vec<Delivery>, Error> {
        self.0.state.read(|tables| {
            let share = tables.share(id)?;
            let readers = share.recipients.iter();
            let state = |reader: &Id| tables.stage_of(share, reader);
            Ok(readers.map(|reader| Delivery { contact: reader.to_string(), state: state(reader) }).collect())
        })
    }

    /// Leaves a receipt for a share of which everything is here.
    pub(super) async fn look_for_whole(&self, id: &ShareId) -> Result<(), Error> {
        let Some(share) = self.0.state.read(|tables| tables.shares.get(id).cloned()) else { return Ok(()) };
        if !self.0.state.read(|tables| self.owes_receipt(tables, &share, ReceiptState::Fetched)) {
            return Ok(());
        }
        let mut files = self.0.fetchers.open_contents(&share).await?.files();
        while let Some(file) = files.try_next().await? {
            if self.0.fetchers.held(&file).await? < file.size() {
                return Ok(());
            }
        }
        self.leave_receipt(id, ReceiptState::Fetched).await
    }

    fn owes_receipt(&self, tables: &Tables, share: &ShareRecord, received: ReceiptState) -> bool {
        let is_news = share.told.is_none_or(|told| told < Stage::from(received));
        // Who added a part gave it to the author of the album alone.
        is_news && !share.is_part() && share.author != self.0.directory.id && tables.account.receipts
    }

    /// Leaves a note for the author of a share that I was given, once for each stage of what is in it now.
    async fn leave_receipt(&self, id: &ShareId, received: ReceiptState) -> Result<(), Error> {
        let (shares, id) = (self.clone(), *id);
        let left = self.0.state.update(move |tx| {
            let share = tx.shares.get(&id).filter(|share| shares.owes_receipt(tx, share, received));
            let Some(share) = share.cloned() else { return Ok(false) };
            tx.leave_note(
                &[share.author],
                &Says::Receipt { share: share.inner(), rev: share.rev, state: received },
            );
            if let Some(share) = tx.shares.get_mut(&id) {
                share.told = Some(received.into());
            }
            tx.gather();
            Ok(true)
        });
        if left.await? {
            let state = self.0.state.clone();
            self.0.tasks.spawn(async move {
                platform::sleep(GATHERED).await;
                state.publish_soon();
            });
        }
        Ok(())
    }

    /// Ingests what a recipient says of shares of mine, in one commit. What comes from somebody who was not given a share,
    /// or tells of what was never published, is passed over.
    pub(in crate::engine) async fn ingest_receipts(
        &self,
        from: &Id,
        receipts: Vec<Receipt>,
    ) -> Result<(), Error> {
        let (me, from) = (self.0.directory.id, *from);
        let named = receipts.into_iter().map(|it| (ShareId::new(me.as_bytes(), it.share), it));
        let known: Vec<_> = self.0.state.read(|tables| {
            let is_taken = |id: &ShareId| tables.account.receipts && tables.shares.contains(id);
            named.filter(|(id, _)| is_taken(id)).collect()
        });
        if known.is_empty() {
            return Ok(());
        }
        let state = self.0.state.background();
        let ingested = state.update(move |tx| {
            for (id, Receipt { rev, state, .. }) in known {
                let Some(share) = tx.shares.get(&id).filter(|_| tx.account.receipts) else { continue };
                let mut progress = tx.progress.get(&id).cloned().unwrap_or_default();
                if progress.receive(&share.present(), &from, rev, state) {
                    tx.progress.insert(id, progress);
                }
            }
            Ok(())
        });
        ingested.await
    }
}

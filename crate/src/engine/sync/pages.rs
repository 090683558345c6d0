//! Letterboxes and feeds: the pages that were not read yet, and what stands on them.

use std::rc::Rc;

use futures::{StreamExt, stream};
use serde_bytes::ByteBuf;

use crate::engine::Error;
use crate::engine::shares::{Receipt, ShareAnnouncement};
use crate::engine::transfer::BlockFetcher;
use crate::format::map::Map;
use crate::format::note::{Note, Says};
use crate::format::share_id::InnerId;
use crate::format::{Cid, limits};
use crate::platform;
use crate::social::contact::{Contact, ReadPosition, RemovedDevices};
use crate::social::letterbox::Pages;
use crate::social::{audience, feed, letterbox};

use super::handle::Sync;
use super::ingest::is_passing;

/// Pages of one letterbox or feed that are fetched at once; a walk has few rounds, and pages are small.
const PAGES_AT_ONCE: usize = 16;

/// What a letterbox brought for its reader's row.
pub(super) struct LetterboxNews {
    /// How far it has been read.
    pub(super) reading: ReadPosition,
    /// Device certificates, as they came.
    pub(super) certificates: Vec<ByteBuf>,
    /// Devices that act for its author no longer.
    pub(super) removed: RemovedDevices,
}

/// What stands on pages beside shares.
#[derive(Default)]
struct Rest {
    gone: Vec<(InnerId, u64)>,
    receipts: Vec<Receipt>,
    certificates: Vec<ByteBuf>,
    removed: RemovedDevices,
}

impl Rest {
    fn of(notes: &[&Note], now: u64) -> Self {
        let mut rest = Self::default();
        for note in notes {
            match &note.says {
                Says::Gone { share, rev } => {
                    rest.gone.push((*share, rev.unwrap_or(limits::MAX_INTEGER)));
                }
                Says::Devices { certificates, removed } => {
                    rest.certificates.extend(certificates.iter().map(|bytes| ByteBuf::from(bytes.to_vec())));
                    if let Some(removed) = removed {
                        let removed = RemovedDevices::new(note.time, removed.iter().copied());
                        rest.removed.take_in(removed, now);
                    }
                }
                Says::Receipt { share, rev, state } => {
                    rest.receipts.push(Receipt { share: *share, rev: *rev, state: *state });
                }
                Says::Share { .. } | Says::Ack { .. } | Says::Other(_) => {}
            }
        }
        rest
    }
}

impl Sync {
    /// Reads what a contact left for me since I last looked, and ingests their notes, the oldest first.
    pub(super) async fn read_letterbox(
        &self,
        contact: &Contact,
        fetcher: &Rc<BlockFetcher>,
        letterboxes: &Cid,
    ) -> Result<Option<LetterboxNews>, Error> {
        let (ring, id) = (&*self.0.ring, &contact.id);
        let Some(recipient) = contact.recipient() else { return Ok(None) };
        let label = recipient.label;
        let node = |map: &Map| letterbox::node(ring, id, &label, map);
        let map = fetcher.map(letterboxes, node).await?;
        let Some(newest) = letterbox::find(ring, id, &label, &map) else { return Ok(None) };
        let mut walk = letterbox::Walk::new(ring, *id, contact.reading, newest);
        fetch_pages(fetcher, newest, &mut walk).await?;
        let Some(news) = walk.finish() else { return Ok(None) };
        let notes: Vec<_> = audience::newest(&news.notes).collect();
        // Each kind in one commit, however many there are.
        let rest = Rest::of(&notes, platform::now_ms());
        self.0.shares.ingest_gone(id, rest.gone).await?;
        self.0.shares.ingest_receipts(id, rest.receipts).await?;
        let mut unread = None;
        for note in notes {
            let Says::Share { share, rev, header, keepers } = &note.says else { continue };
            let is_at_relay = self.is_at_relay(id);
            let (author, pair, share, rev, header) = (*id, &news.pair, *share, *rev, *header);
            let announcement =
                ShareAnnouncement { author, fetcher, pair, share, rev, header, keepers, is_at_relay };
            match self.0.shares.ingest_share(&announcement).await {
                // One share that cannot be had now keeps no other from being shown.
                Err(why) if is_passing(&why) => unread = Some(why),
                done => done?,
            }
        }
        match unread {
            Some(why) => Err(why),
            None => {
                let Rest { certificates, removed, .. } = rest;
                Ok(Some(LetterboxNews { reading: news.reading, certificates, removed }))
            }
        }
    }

    /// Reads what a contact shared with everybody since I last looked.
    pub(super) async fn read_feed(
        &self,
        contact: &Contact,
        fetcher: &BlockFetcher,
        newest: Cid,
    ) -> Result<Option<feed::ReadPosition>, Error> {
        let mut walk = feed::Walk::new(contact.id, contact.feed, newest);
        fetch_pages(fetcher, newest, &mut walk).await?;
        let Some(news) = walk.finish() else { return Ok(None) };
        self.0.shares.ingest_feed(&contact.id, news.changes, self.is_at_relay(&contact.id)).await?;
        Ok(Some(news.reading))
    }
}

/// Fetches the pages that a walk wants, from its newest one on; none of them stays here.
pub(in crate::engine) async fn fetch_pages(
    fetcher: &BlockFetcher,
    newest: Cid,
    walk: &mut impl Pages,
) -> Result<(), Error> {
    loop {
        let wanted: Vec<_> = walk.wanted().take(PAGES_AT_ONCE).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let pages = stream::iter(wanted).map(|cid| async move { (cid, fetcher.fetch(&cid).await) });
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

//! Letterboxes and feeds: the pages that were not read yet, and what stands on them.

use std::rc::Rc;

use futures::{StreamExt, stream};
use serde_bytes::ByteBuf;

use crate::engine::introductions::News;
use crate::engine::shares::{AnswersAnnouncement, Heard, Receipt, ShareAnnouncement};
use crate::engine::transfer::BlockFetcher;
use crate::engine::{Error, keeping};
use crate::format::map::Map;
use crate::format::note::{Note, Says};
use crate::format::share_id::InnerId;
use crate::format::{Cid, limits};
use crate::keys::Ring;
use crate::platform;
use crate::social::contact::{Contact, ReadPosition, RemovedDevices};
use crate::social::letterbox::{Pages, WalkError};
use crate::social::{audience, feed, letterbox};

use super::handle::Sync;
use super::ingest::is_passing;

/// Pages of one letterbox or feed that are fetched at once; a walk has few rounds, and pages are small.
const PAGES_AT_ONCE: usize = 16;

/// What letterboxes brought for their reader's row.
#[derive(Default)]
pub(super) struct LetterboxNews {
    /// How far mine has been read; absent where there is none.
    pub(super) reading: Option<ReadPosition>,
    /// How far that for former keys of mine has been read, and the number of their seed.
    pub(super) late: Option<(u32, ReadPosition)>,
    /// Device certificates, as they came.
    pub(super) certificates: Vec<ByteBuf>,
    /// Devices that act for its author no longer.
    pub(super) removed: RemovedDevices,
}

/// Why pages were not read.
pub(super) enum PagesError {
    /// They are older than what was read before: another device of the author, which had not heard of it, went on. The
    /// root that joins both has what is on them.
    Older,
    Other(Error),
}

impl<E: Into<Error>> From<E> for PagesError {
    fn from(why: E) -> Self {
        Self::Other(why.into())
    }
}

/// A letterbox of an author: for whom it is, and how far it was read.
struct Letterbox<'a> {
    ring: &'a Ring,
    from: Option<ReadPosition>,
}

/// What stands on pages beside shares.
#[derive(Default)]
struct Rest {
    gone: Vec<(InnerId, u64)>,
    receipts: Vec<Receipt>,
    heard: Vec<Heard>,
    certificates: Vec<ByteBuf>,
    removed: RemovedDevices,
    keeping: keeping::Heard,
}

impl Rest {
    /// Takes in notes at `now`, in milliseconds since 1970.
    fn take_in(&mut self, notes: &[&Note], now: u64) {
        for note in notes {
            match &note.says {
                Says::Gone { share, rev } => {
                    self.gone.push((*share, rev.unwrap_or(limits::MAX_INTEGER)));
                }
                Says::Devices { certificates, removed } => {
                    self.certificates.extend(certificates.iter().map(|bytes| ByteBuf::from(bytes.to_vec())));
                    if let Some(removed) = removed {
                        let removed = RemovedDevices::new(note.time, removed.iter().copied());
                        self.removed.take_in(removed, now);
                    }
                }
                Says::Receipt { share, rev, state } => {
                    self.receipts.push(Receipt { share: *share, rev: *rev, state: *state });
                }
                Says::Comment { comment } => self.heard.push(Heard::Said(comment.clone())),
                Says::CommentGone { share, comment } => {
                    self.heard.push(Heard::TakenBack(*share, *comment));
                }
                Says::KeepOffer { .. }
                | Says::Keep { .. }
                | Says::KeepState { .. }
                | Says::Keepers { .. } => {
                    self.keeping.take_in(note);
                }
                Says::Share { .. }
                | Says::Answers { .. }
                | Says::Visible { .. }
                | Says::Contacts { .. }
                | Says::Introduction { .. }
                | Says::Ack { .. }
                | Says::Other(_) => {}
            }
        }
    }
}

impl Sync {
    /// Reads what a contact left for me since I last looked, and ingests their notes, the oldest first.
    ///
    /// Who has no letterbox for my keys yet may have left something for the keys that I had before. That is read too, for
    /// the last time when the one for these keys is first found.
    pub(super) async fn read_letterbox(
        &self,
        contact: &Contact,
        fetcher: &Rc<BlockFetcher>,
        letterboxes: &Cid,
    ) -> Result<LetterboxNews, PagesError> {
        let (mut news, mut rest) = (LetterboxNews::default(), Rest::default());
        if contact.reading.is_none() {
            let former: Vec<(u32, Ring)> =
                self.0.state.read(|tables| tables.former.iter().map(|(n, keys)| (*n, keys.ring())).collect());
            for (n, ring) in former.iter().rev() {
                let from = contact.late.filter(|(known, _)| known == n).map(|(_, reading)| reading);
                let letterbox = Letterbox { ring, from };
                let read = self.read_pages(contact, &letterbox, fetcher, letterboxes, &mut rest).await?;
                if let Some(reading) = read.or(from) {
                    news.late = Some((*n, reading));
                    break;
                }
            }
        }
        let letterbox = Letterbox { ring: &self.0.ring, from: contact.reading };
        news.reading = self.read_pages(contact, &letterbox, fetcher, letterboxes, &mut rest).await?;
        (news.certificates, news.removed) = (rest.certificates, rest.removed);
        Ok(news)
    }

    /// Reads one letterbox of a contact; returns how far, if there is anything new. What concerns the contact's row comes
    /// into `rest`.
    async fn read_pages(
        &self,
        contact: &Contact,
        letterbox: &Letterbox<'_>,
        fetcher: &Rc<BlockFetcher>,
        letterboxes: &Cid,
        rest: &mut Rest,
    ) -> Result<Option<ReadPosition>, PagesError> {
        let (&Letterbox { ring, from }, id) = (letterbox, &contact.id);
        let Some(recipient) = contact.recipient() else { return Ok(None) };
        let label = recipient.label;
        let node = |map: &Map| letterbox::node(ring, id, &label, map);
        let map = fetcher.map(letterboxes, node).await?;
        let Some(newest) = letterbox::find(ring, id, &label, &map) else { return Ok(None) };
        let mut walk = letterbox::Walk::new(ring, *id, from, newest);
        match fetch_pages(fetcher, newest, &mut walk).await {
            // Nobody will join them any more. Notes may be read twice.
            Err(PagesError::Older) if contact.is_forked() => {
                walk = letterbox::Walk::new(ring, *id, None, newest);
                fetch_pages(fetcher, newest, &mut walk).await?;
            }
            fetched => fetched?,
        }
        let Some(news) = walk.finish() else { return Ok(None) };
        let notes: Vec<_> = audience::newest(&news.notes).collect();
        // Each kind in one commit, however many there are.
        rest.take_in(&notes, platform::now_ms());
        self.0.shares.ingest_gone(id, std::mem::take(&mut rest.gone)).await?;
        self.0.shares.ingest_receipts(id, std::mem::take(&mut rest.receipts)).await?;
        self.0.shares.ingest_comments(id, std::mem::take(&mut rest.heard)).await?;
        let of_others = News { author: id, fetcher, pair: &news.pair, notes: &news.notes };
        self.0.introductions.ingest(&of_others).await?;
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
        let letter = keeping::KeepLetter { author: id, fetcher, pair: &news.pair };
        match self.0.keeping.hear(std::mem::take(&mut rest.keeping), &letter).await {
            Err(why) if is_passing(&why) => unread = Some(why),
            done => done?,
        }
        // After the shares, since a list is under the key of the newest revision. Only the newest list of each counts.
        let lists = news.notes.iter().filter_map(|note| match note.says {
            Says::Answers { share, list } => Some((share, (note.time, list))),
            _ => None,
        });
        let mut newest = std::collections::BTreeMap::new();
        for (share, said) in lists {
            let last = newest.entry(share).or_insert(said);
            if said.0 >= last.0 {
                *last = said;
            }
        }
        for (share, (time, list)) in newest {
            let (author, pair) = (*id, &news.pair);
            let announcement = AnswersAnnouncement { author, fetcher, pair, share, list, time };
            match self.0.shares.ingest_answers(&announcement).await {
                Err(why) if is_passing(&why) => unread = Some(why),
                done => done?,
            }
        }
        match self.0.introductions.read_letter(&of_others).await {
            Err(why) if is_passing(&why) => unread = Some(why),
            // A letter that is refused keeps nothing else from being read.
            Err(why) => self.warn_of(id, &why),
            Ok(()) => {}
        }
        match unread {
            Some(why) => Err(why.into()),
            None => Ok(Some(news.reading)),
        }
    }

    /// Reads what a contact shared with everybody since I last looked.
    pub(super) async fn read_feed(
        &self,
        contact: &Contact,
        fetcher: &BlockFetcher,
        newest: Cid,
    ) -> Result<Option<feed::ReadPosition>, PagesError> {
        let mut walk = feed::Walk::new(contact.id, contact.feed, newest);
        match fetch_pages(fetcher, newest, &mut walk).await {
            Err(PagesError::Older) if contact.is_forked() => {
                walk = feed::Walk::new(contact.id, None, newest);
                fetch_pages(fetcher, newest, &mut walk).await?;
            }
            fetched => fetched?,
        }
        let Some(news) = walk.finish() else { return Ok(None) };
        self.0.shares.ingest_feed(&contact.id, news.changes, self.is_at_relay(&contact.id)).await?;
        Ok(Some(news.reading))
    }
}

/// Fetches the pages that a walk wants, from its newest one on; none of them stays here.
async fn fetch_pages(fetcher: &BlockFetcher, newest: Cid, walk: &mut impl Pages) -> Result<(), PagesError> {
    loop {
        let wanted: Vec<_> = walk.wanted().take(PAGES_AT_ONCE).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let pages = stream::iter(wanted).map(|cid| async move { (cid, fetcher.fetch(&cid).await) });
        let mut pages = pages.buffer_unordered(PAGES_AT_ONCE);
        while let Some((cid, page)) = pages.next().await {
            match page {
                Ok(page) => match walk.add(cid, &page) {
                    Err(WalkError::Older) => return Err(PagesError::Older),
                    added => added?,
                },
                Err(why) if cid == newest => return Err(why.into()),
                // An older page that nobody keeps any more is the end of history, not an error.
                Err(_) => walk.give_up(&cid),
            }
        }
    }
}

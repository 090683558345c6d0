//! A page of a feed: what an identity shared with everybody, in the order in which it did.
//!
//! Pages are numbered and name earlier ones with skips, as those of letterboxes do. The newest page hangs from
//! the root; shares stand in it as bytes and not as links, since a pin of the root would follow all their files
//! otherwise.

use bytes::Bytes;

use crate::format::fields::{Value, relays, rising_by};
use crate::format::limits;
use crate::format::object::object;
use crate::format::page::{self, Older};
use crate::format::share_id::ShareId;

object! {
    /// A page of a feed. Signed by the identity whose feed it is.
    #[derive(Clone, Debug, PartialEq)]
    #[version(1, "feed")]
    #[signed("feed-page", limits::FEED_PAGE)]
    #[check(|page: &Self| page::check_older(&page.older, page.no))]
    pub struct Page {
        /// The number of the page; the first is 1.
        pub no: u64,
        /// What was said, oldest first, each at a time of its own: the later of two entries on one share counts.
        #[max(limits::FEED_ENTRIES)]
        #[check(rising_by(|entry: &Entry| &entry.time))]
        pub entries: Vec<Entry>,
        /// Earlier pages, newest first, with skips. One that nobody keeps any more is the end of history.
        #[max(limits::PAGE_OLDER)]
        pub older: Vec<Older>,
        ..extra
    }
}

object! {
    /// An entry of a feed.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Entry {
        /// What it says.
        #[key("k")]
        #[form(Tagged)]
        pub says: Says,
        /// When it was written, in milliseconds since 1970: the author's claim, later than that of the entry before.
        #[key("t")]
        pub time: u64,
    }
}

object! {
    /// What an entry says.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Says {
        /// A share was given to everybody, or changed, or passed on.
        #[tag("share")]
        Share {
            /// Envelope of the [`PublicShare`](super::public::PublicShare), to be verified: of the feed's owner, or of
            /// the author of a share that the owner passes on.
            #[max(limits::PUBLIC_SHARE)]
            object: Bytes,
            /// Relays that keep its files beside those of the owner's profile: hostile input until checked.
            #[max(limits::RELAYS)]
            #[check(relays)]
            keepers: Vec<String>,
        },
        /// A share was taken back.
        #[tag("gone")]
        Gone(#[key("share")] ShareId),
        ..Other
    }
}

impl Page {
    /// Whether its envelope stays below [`limits::FEED_PAGE`]; if not, its newest entry belongs onto the next page.
    pub fn fits(&self) -> bool {
        self.entries.len() <= limits::FEED_ENTRIES && self.to_bytes().len() <= limits::FEED_PAGE - ENVELOPE
    }
}

/// More than the signature of a page takes, with the keys around it.
const ENVELOPE: usize = 256;

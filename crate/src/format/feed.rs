//! A page of a feed: what an identity shared with everybody, in the order in which it did.
//!
//! Pages are numbered and name earlier ones with skips, as those of letterboxes do. The newest page hangs from
//! the root; shares stand in it as bytes and not as links, since a pin of the root would follow all their files
//! otherwise.

use bytes::Bytes;
use ipld_core::ipld::Ipld;

use crate::format::error::{DecodeError, Fault};
use crate::format::fields::{Build, Extra, Fields, Value, is_rising};
use crate::format::limits;
use crate::format::page::{self, Older};
use crate::format::share_id::ShareId;
use crate::format::signed::Signed;

const VERSION: u64 = 1;

/// A page of a feed. Signed by the identity whose feed it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The number of the page; the first is 1.
    pub no: u64,
    /// What was said, oldest first, each at a time of its own: the later of two entries on one share counts.
    pub entries: Vec<Entry>,
    /// Earlier pages, newest first, with skips. One that nobody keeps any more is the end of history.
    pub older: Vec<Older>,
    /// Keys of a later version.
    pub extra: Extra,
}

/// An entry of a feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When it was written, in milliseconds since 1970: the author's claim, later than that of the entry before.
    pub time: u64,
    /// What it says.
    pub says: Says,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq)]
pub enum Says {
    /// A share was given to everybody, or changed, or passed on.
    Share {
        /// Envelope of the [`PublicShare`](super::public::PublicShare), to be verified: of the feed's owner, or of
        /// whoever made what the owner passes on.
        object: Bytes,
        /// Relays that keep its files beside those of the owner's profile: hostile input until checked.
        keepers: Vec<String>,
    },
    /// A share was taken back.
    Gone(ShareId),
    /// A kind that this version does not know: skipped, and kept as it is.
    Other(Ipld),
}

impl Page {
    /// Whether its envelope stays below [`limits::FEED_PAGE`]; if not, its newest entry belongs onto the next page.
    pub fn fits(&self) -> bool {
        self.entries.len() <= limits::FEED_ENTRIES && self.to_bytes().len() <= limits::FEED_PAGE - ENVELOPE
    }
}

/// More than the signature of a page takes, with the keys around it.
const ENVELOPE: usize = 256;

impl Value for Page {
    fn to_ipld(&self) -> Ipld {
        Build::from(&self.extra)
            .put("v", &VERSION)
            .put("no", &self.no)
            .put("entries", &self.entries)
            .put("older", &self.older)
            .done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "feed", VERSION)?;
        let no = fields.take("no")?;
        let entries: Vec<Entry> = fields.list("entries", limits::FEED_ENTRIES)?;
        if !is_rising(&entries.iter().map(|entry| entry.time).collect::<Vec<_>>()) {
            return Err(DecodeError::at("entries", Fault::Order));
        }
        Ok(Self { no, entries, older: page::older(&mut fields, no)?, extra: fields.rest() })
    }
}

impl Signed for Page {
    const TYPE: &'static str = "feed-page";
    const LIMIT: usize = limits::FEED_PAGE;
}

impl Value for Entry {
    fn to_ipld(&self) -> Ipld {
        let build = |kind: &str| Build::new().put("k", &kind.to_owned()).put("t", &self.time);
        match &self.says {
            Says::Share { object, keepers } => {
                build("share").put("object", object).put("keepers", keepers).done()
            }
            Says::Gone(share) => build("gone").put("share", share.as_bytes()).done(),
            Says::Other(value) => value.clone(),
        }
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value.clone())?;
        let kind: String = fields.take("k")?;
        let time = fields.take("t")?;
        let says = match kind.as_str() {
            "share" => Says::Share {
                object: fields.bytes("object", limits::PUBLIC_SHARE)?,
                keepers: fields.relays("keepers")?,
            },
            "gone" => Says::Gone(fields.take::<[u8; 20]>("share")?.into()),
            _ => Says::Other(value),
        };
        Ok(Self { time, says })
    }
}

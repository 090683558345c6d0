//! What one person tells another on a page: one small object each, of a kind that may be new.

use bytes::Bytes;
use cid::Cid;

use crate::crypto::sign::VerifyingKey;
use crate::format::error::Fault;
use crate::format::fields::{block, relays};
use crate::format::limits;
use crate::format::object::{object, words};
use crate::format::share_id::InnerId;

object! {
    /// A note.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Note {
        /// What it says.
        #[key("k")]
        #[form(Tagged)]
        pub says: Says,
        /// When it was written, in milliseconds since 1970; the author's claim.
        #[key("t")]
        pub time: u64,
    }
}

object! {
    /// What a note says.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Says {
        /// A share was given to the reader, or changed.
        #[tag("share")]
        Share {
            /// The share's id inside of objects.
            share: InnerId,
            /// The revision that the header has.
            rev: u64,
            /// The header block.
            #[check(block)]
            header: Cid,
            /// Relays that keep it beside those of the author's profile: hostile input until checked.
            #[max(limits::RELAYS)]
            #[check(relays)]
            keepers: Vec<String>,
        },
        /// A share was taken back.
        #[tag("gone")]
        Gone {
            /// The share's id inside of objects.
            share: InnerId,
            /// Up to this revision, so that a later one may be given again; absent = for good.
            rev: Option<u64>,
        },
        /// The devices that act for the author now: their signed certificates.
        #[tag("devices")]
        Devices {
            /// Envelopes of [`Certificate`](super::device::Certificate), to be verified.
            #[max(limits::DEVICES)]
            #[check(certificates)]
            certificates: Vec<Bytes>,
            /// Devices that act for them no longer, all of them; absent where nothing is said of that.
            #[max(limits::REMOVED_DEVICES)]
            removed: Option<Vec<VerifyingKey>>,
        },
        /// How far the author of this note got with a share that the reader gave them.
        #[tag("receipt")]
        Receipt {
            /// The share's id inside of the reader's objects.
            share: InnerId,
            /// The revision that was received.
            rev: u64,
            /// How far.
            state: ReceiptState,
        },
        /// The author of this note answers to a share of the reader's.
        #[tag("comment")]
        Comment {
            /// An envelope of [`Comment`](super::comment::Comment), to be verified.
            #[max(limits::COMMENT)]
            comment: Bytes,
        },
        /// The author of this note takes back what they answered to a share of the reader's.
        #[tag("comment-gone")]
        CommentGone {
            /// The share's id inside of the reader's objects.
            share: InnerId,
            /// The name of the comment.
            comment: [u8; 32],
        },
        /// There is a new list of what the readers of a share answered.
        #[tag("answers")]
        Answers {
            /// The share's id inside of objects.
            share: InnerId,
            /// The newest page of the list.
            #[check(block)]
            list: Cid,
        },
        /// The author of this note has read the reader's pages up to this number.
        #[tag("ack")]
        Ack {
            /// The number of the newest page read.
            no: u64,
        },
        ..Other
    }
}

/// How far somebody got with a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReceiptState {
    /// All of it is with them.
    Fetched,
    /// They have looked at it.
    Opened,
}

words!(ReceiptState { Fetched = "fetched", Opened = "opened" } else Fault::Range.into());

fn certificates(list: &[Bytes]) -> Result<(), Fault> {
    let fit = list.iter().all(|certificate| certificate.len() <= limits::CERTIFICATE);
    Fault::TooLong(limits::CERTIFICATE).unless(fit)
}

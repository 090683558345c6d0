//! What one person tells another on a page: one small object each, of a kind that may be new.

use bytes::Bytes;
use cid::Cid;

use crate::crypto::sign::VerifyingKey;
use crate::format::error::Fault;
use crate::format::fields::{block, relays};
use crate::format::limits;
use crate::format::object::{object, words};
use crate::format::secret::Secret;
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
        /// Whether its reader may show the author of this note to contacts of theirs.
        #[tag("visible")]
        Visible {
            /// True while they may.
            on: bool,
        },
        /// There is a new letter with contacts of the author who agreed to be shown.
        #[tag("contacts")]
        Contacts {
            /// The id that all of these letters have inside of objects.
            share: InnerId,
            /// The revision of the letter.
            rev: u64,
            /// Its header block.
            #[check(block)]
            header: Cid,
        },
        /// The author of this note introduces somebody to its reader.
        #[tag("introduction")]
        Introduction {
            /// Who it is.
            #[key("pk")]
            id: VerifyingKey,
            /// What their profile calls them; the author's claim.
            #[max(limits::NAME_CHARS)]
            name: String,
            /// Relays that have their record: hostile input until checked.
            #[max(limits::SHOWN_RELAYS)]
            #[check(relays)]
            relays: Vec<String>,
            /// The sequence of their newest record that the author knows. It counts for the first look alone.
            seq: u64,
            /// What both are told, and nobody else.
            secret: Secret,
            /// What the author writes to both.
            #[max(limits::MESSAGE_CHARS)]
            message: Option<String>,
        },
        /// The author of this note gives the reader room in their browser.
        #[tag("keep-offer")]
        KeepOffer {
            /// Bytes of it, with 512 for each block; 0 takes the offer back.
            bytes: u64,
            /// Whether the reader may name the author as a keeper to friends, who then fetch from them.
            named: bool,
            /// Whether shares that are for everybody are kept too.
            public: bool,
        },
        /// What is to be kept for the author of this note: a letter says it.
        #[tag("keep")]
        Keep {
            /// The letter's id inside of objects.
            share: InnerId,
            /// The revision that its header has.
            rev: u64,
            /// Its header block.
            #[check(block)]
            header: Cid,
        },
        /// What the author of this note keeps of the reader's list.
        #[tag("keep-state")]
        KeepState {
            /// The revision of the list.
            rev: u64,
            /// Bytes that are kept, with 512 for each block.
            bytes: u64,
            /// Shares on the list of which something is missing.
            missing: u64,
            /// Whether something is missing because there is no room for it.
            full: bool,
        },
        /// Devices of friends that keep shares of the author for the readers of these shares. Replaces the list before.
        #[tag("keepers")]
        Keepers {
            /// The devices.
            #[max(limits::KEEPER_DEVICES)]
            devices: Vec<KeeperDevice>,
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

object! {
    /// A device of a keeper, and where it is reached.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct KeeperDevice {
        /// Its key.
        pub device: VerifyingKey,
        /// Relays through which it listens: hostile input until checked.
        #[max(limits::KEEPER_RELAYS)]
        #[check(relays)]
        pub relays: Vec<String>,
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

//! `/spinney/keep/1`: leaves blocks with a keeper, which promises to keep what hangs from a root or header.
//!
//! Every message is an unsigned varint with its length, then strict DAG-CBOR: a map with one key. A session
//! starts with a device certificate, or with a token. Without one it may only ask what the keeper has. Requests
//! are answered in order:
//!
//! | request | answer |
//! |---|---|
//! | `open {certificate?, removed?}` | `opened {used, quota}`: devices in `removed` are refused from now on |
//! | `open {token}` | the same of a loan: `have`, `room`, `block` and `pin` are answered, for what was lent |
//! | `have {cids}` | `have {bitmap}`: bit *i* mod 8 of byte *i* / 8, the lowest first |
//! | `room {bytes, blocks}` | `done`: a push of so much, with [`BLOCK_COST`] for each block in `bytes`, fits now |
//! | `block {cid, bytes}`, many without waiting | `stored {blocks}`, counted since the session began |
//! | `pin {cid, until?}` | `pinned`, or `missing {cids}` |
//! | `unpin {cid}` | `done`, also where nothing was pinned |
//! | `pins {after?}` | `pins {cids}`, sorted; asked again after the last one until none comes |
//! | `lend {token, bytes, until}` | `done`: who has the token of this SHA-256 may push so much until then |
//! | `unlend {token}` | `done`, also where nothing was lent: nobody pushes with it any more |
//! | `prove {nonce, cids}` | `proof {hash}` over these blocks, or `missing {cids}`: those that are not kept for the asker |
//! | `subscribe {endpoint}` | `done`: a Web Push without contents goes there when something is left for this device |
//! | `unsubscribe` | `done`, also where there was none |
//!
//! or by `refused {code, …}`, which ends the session if it answers `open` or a `block`. Of a push that is refused because
//! there is no room, the keeper keeps nothing that is not pinned.
//!
//! A friend who keeps shares answers `open {}` and `prove` alone, to the devices of those for whom something is kept.
//!
//! The keeper sends `stored` and `pinned` only for what is synced to its disk. Every request may be repeated.

mod client;
mod friend;
mod proof;
mod server;

use bytes::Bytes;
use cid::Cid;
use libp2p::StreamProtocol;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};
use thiserror::Error;

use super::exchange;
use crate::format;
use crate::keys::Id;

pub use client::{Progress, Session};
pub use friend::{Friend, serve_owner};
pub use proof::{Hasher, MAX_PROVED, Proved, Question};
pub use server::{Backend, serve};

/// The protocol's name.
pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/spinney/keep/1");

/// CIDs in one `have`, `missing` or `pins`: as many as the chunks of two gibibytes, in a message of 160 KiB.
pub const MAX_CIDS: usize = 4096;

/// Bytes of one block: the largest that the format makes, and less than Bitswap's 2 MiB.
pub const MAX_BLOCK: usize = 1 << 20;

/// Bytes pushed and not acknowledged: 50 MB/s over 150 ms, so that the keeper can sync in groups.
pub const PUSH_WINDOW: usize = 8 << 20;

/// Blocks pushed and not acknowledged, so that small ones are bounded too.
pub const PUSH_WINDOW_BLOCKS: usize = 2048;

/// Bytes that a relay charges for a block beside its own: rows, indexes and the file system need them.
pub const BLOCK_COST: u64 = 512;

/// What opens a session of somebody to whom bytes were lent. A secret.
pub type Token = [u8; 32];

/// The SHA-256 of a [`Token`], by which a keeper knows it.
pub type TokenDigest = [u8; 32];

/// The longest endpoint of a Web Push, in bytes: those of browsers have some 200.
pub const MAX_ENDPOINT: usize = 1024;

/// The P-256 key by which push services know a keeper (VAPID, RFC 8292): an uncompressed point.
pub type VapidKey = [u8; 65];

/// The longest message: one block with its CID and the names around them, or [`MAX_CIDS`] CIDs.
const MAX_MESSAGE: usize = MAX_BLOCK + 1024;

/// Why a session with a keeper failed, and whose fault it is.
pub type Error = exchange::Error<Refusal>;

/// Why a keeper refused.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Refusal {
    /// The session has no certificate, and this request needs one.
    #[error("show a device certificate first")]
    NeedsCertificate,
    /// The certificate is malformed, expired, or of another device.
    #[error("the device certificate does not hold: renew it, or set the clock of this device")]
    BadCertificate {
        /// The keeper's clock, in milliseconds since 1970, if the certificate does not hold at that time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        now: Option<u64>,
    },
    /// Another device of the identity removed this one.
    #[error("another device of yours removed this one")]
    Removed,
    /// The keeper does not keep blocks for this identity.
    #[error(
        "this relay keeps shares only for people whom its operator invited: send your id to the operator"
    )]
    NotAdmitted,
    /// The quota of this identity is used up, in bytes or in blocks.
    #[error("{}", quota_text(*.used, *.quota, *.blocks))]
    Quota {
        /// Bytes charged to the identity: those of each block, and [`BLOCK_COST`] more for each.
        used: u64,
        /// The quota in bytes.
        quota: u64,
        /// The number of blocks that the identity may have kept, if this number is what is used up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        blocks: Option<u64>,
    },
    /// The keeper's own disk is full.
    #[error("the relay has no room: its operator has to make some")]
    Full,
    /// The bytes do not match the CID, or the CID is of a kind that Spinney does not use.
    #[error("a block does not match its CID")]
    BadBlock,
    /// Nothing is lent to who has this token, or not any more.
    #[error("nothing is lent to this token: ask who gave you the link for a new one")]
    NoLoan,
    /// The time of the loan is over.
    #[error("the time for adding is over: ask who gave you the link for a new one")]
    LoanEnded,
    /// The bytes of the loan are used up, or would be.
    #[error("{}", loan_text(*.used, *.quota))]
    LoanFull {
        /// Bytes of what was pushed to the loan: those of each block, and [`BLOCK_COST`] more for each.
        used: u64,
        /// The bytes that are lent.
        quota: u64,
    },
    /// The identity lends as often as it may: [`LOANS`](format::limits::LOANS) times.
    #[error("too much is lent already: take a loan back, or wait until one ends")]
    TooManyLoans,
    /// As many things are pinned for the loan as may be: [`LOAN_PINS`](format::limits::LOAN_PINS).
    #[error("too many things were left already: ask who gave you the link for a new one")]
    TooManyPins,
    /// The keeper sends no Web Push.
    #[error("this relay cannot tell you while the page is closed: ask its operator to turn that on")]
    NoPush,
    /// The endpoint is no `https` address of a push service, or longer than [`MAX_ENDPOINT`].
    #[error("the push service of this browser has an address that the relay does not accept")]
    BadEndpoint,
    /// The identity has as many subscriptions as it may: [`SUBSCRIPTIONS`](format::limits::SUBSCRIPTIONS).
    #[error("too many of your devices are told already: turn it off on one of them")]
    TooManySubscriptions,
    /// Proofs were asked for more often than the keeper answers within an hour.
    #[error("too many proofs were asked for: try again in an hour")]
    TooOften,
    /// A block is longer than [`MAX_BLOCK`], a list longer than [`MAX_CIDS`] or [`MAX_PROVED`], or a pin reaches too
    /// many blocks.
    #[error("too large to keep")]
    TooLarge,
    /// The keeper is busy or has a fault of its own.
    #[error("the keeper cannot now: try again later")]
    Unavailable,
    /// A refusal that a later version added.
    #[error("refused for a reason that needs a newer Spinney")]
    #[serde(other)]
    Other,
}

fn quota_text(used: u64, quota: u64, blocks: Option<u64>) -> String {
    match blocks {
        None => format!(
            "{used} of {quota} bytes are used up, {BLOCK_COST} of them for each block: unpin something"
        ),
        Some(blocks) => format!("all of {blocks} blocks are used up: unpin something"),
    }
}

fn loan_text(used: u64, quota: u64) -> String {
    format!(
        "{used} of {quota} bytes that were lent are used up, {BLOCK_COST} of them for each block: send less"
    )
}

/// What a keeper holds for an identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// Bytes of the distinct blocks that are kept for it, and [`BLOCK_COST`] more for each.
    pub used: u64,
    /// The quota in bytes. 0 in a session without a certificate.
    pub quota: u64,
    /// The keeper's clock when the session opened, in milliseconds since 1970, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<u64>,
    /// The key by which push services know the keeper, in a session with a certificate, if it sends Web Pushes.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "serde_bytes")]
    pub vapid: Option<VapidKey>,
}

/// Devices of an identity that its other devices removed: all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// Their keys, at most [`REMOVED_DEVICES`](format::limits::REMOVED_DEVICES).
    pub devices: Vec<Id>,
    /// When the list was changed last, in milliseconds since 1970: an older list changes nothing.
    pub at: u64,
}

/// Bytes of the quota of an identity, lent to everybody who has a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loan {
    /// The SHA-256 of the token.
    #[serde(with = "serde_bytes")]
    pub token: TokenDigest,
    /// How much may be pushed, with [`BLOCK_COST`] for each block. Never less than is used already.
    pub bytes: u64,
    /// Until when, in milliseconds since 1970. What was pinned stays
    /// [`AFTER_LOAN_MS`](format::limits::AFTER_LOAN_MS) longer.
    pub until: u64,
}

/// What blocks weigh before they are pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weight {
    /// Their bytes, and [`BLOCK_COST`] more for each.
    pub bytes: u64,
    /// Their number.
    pub blocks: u64,
}

impl Weight {
    /// Adds a block of so many bytes.
    pub fn add(&mut self, bytes: u64) {
        self.bytes += bytes + BLOCK_COST;
        self.blocks += 1;
    }
}

/// The result of a pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinOutcome {
    /// Every linked block is stored and synced. It stays until it is unpinned, or until the pin ends.
    Kept,
    /// Nothing is pinned. These blocks, at most [`MAX_CIDS`] at a time, must be pushed first.
    Missing(Vec<Cid>),
}

/// A block whose bytes match its CID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    cid: Cid,
    bytes: Bytes,
}

impl Block {
    /// Checks the bytes against a CID of a kind that Spinney uses. At most [`MAX_BLOCK`] bytes.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooLarge`] or [`Refusal::BadBlock`].
    pub fn new(cid: Cid, bytes: Bytes) -> Result<Self, Refusal> {
        if bytes.len() > MAX_BLOCK {
            return Err(Refusal::TooLarge);
        }
        if !format::is_block(&cid, &bytes) {
            return Err(Refusal::BadBlock);
        }
        Ok(Self { cid, bytes })
    }

    /// Returns the block's CID.
    pub fn cid(&self) -> &Cid {
        &self.cid
    }

    /// Returns the block's bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Request {
    Open {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate: Option<ByteBuf>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        removed: Option<Removed>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "serde_bytes")]
        token: Option<Token>,
    },
    Have {
        cids: Vec<Cid>,
    },
    Room(Weight),
    Block {
        cid: Cid,
        bytes: ByteBuf,
    },
    Pin {
        cid: Cid,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<u64>,
    },
    Unpin {
        cid: Cid,
    },
    Pins {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Cid>,
    },
    Lend(Loan),
    Unlend {
        #[serde(with = "serde_bytes")]
        token: TokenDigest,
    },
    Prove(Question),
    Subscribe {
        endpoint: String,
    },
    Unsubscribe,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Opened(Allowance),
    Have { bitmap: ByteBuf },
    Stored { blocks: u64 },
    Pinned,
    Missing { cids: Vec<Cid> },
    Done,
    Pins { cids: Vec<Cid> },
    Proof { hash: ByteArray<32> },
    Refused(Refusal),
}

impl From<Proved> for Answer {
    fn from(proved: Proved) -> Self {
        match proved {
            Proved::Hash(hash) => Self::Proof { hash: ByteArray::new(hash) },
            Proved::Missing(cids) => Self::Missing { cids },
        }
    }
}

/// Packs answers into a bitmap, the lowest bit first.
fn pack(have: &[bool]) -> Vec<u8> {
    let bits = |eight: &[bool]| eight.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit));
    have.chunks(8).map(bits).collect()
}

/// Unpacks a bitmap of `count` answers. Returns `None` if it has another length or a stray bit.
fn unpack(bitmap: &[u8], count: usize) -> Option<Vec<bool>> {
    let have: Vec<bool> =
        bitmap.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1)).take(count).collect();
    (pack(&have) == bitmap).then_some(have)
}

#[cfg(test)]
mod tests;

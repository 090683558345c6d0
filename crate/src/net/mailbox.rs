//! `/spinney/mailbox/1`: leaves sealed mail for somebody at their relay, and delivers it to them.
//!
//! Mail is for people who do not know the sender yet: a sealed request. All mail has one length. It is left
//! under a PeerId that is used once, so the relay learns neither its sender nor what it says. It passes with
//! a token of an invite, or with a small proof of [`work`]. The recipient tells the relay which tokens to
//! expect, and each lets one mail pass.
//!
//! Every message is an unsigned varint with its length, then strict DAG-CBOR: the name of a request or an
//! answer, or a map with it as the only key. Requests are answered in order. Anybody may ask:
//!
//! | request | answer |
//! |---|---|
//! | `price {to}` | `price {day, bits}`: the work that mail without a token takes at this moment |
//! | `deposit {to, mail, pass}`, pass being `{token}` or `{work: {day, nonce}}` | `done` |
//!
//! and after `open {certificate}`, answered by `opened`, a device of the recipient may ask:
//!
//! | request | answer |
//! |---|---|
//! | `expect {tokens}` | `done`: each is good for one mail, for [`TOKEN_DAYS`] from now |
//! | `forget {tokens}` | `done`, also where there are none |
//! | `discard {mails}`, named by their SHA-256 | `done`, also where there are none |
//! | `watch` | `mail {mail}` for each that is there, oldest first, `current`, then `mail` for each as it comes |
//!
//! or by `refused {code, …}`. A watch is the last request of its stream, and runs until the stream is closed.
//!
//! The relay answers `done` only after it has synced. Every request may be repeated: the same mail is stored
//! once, even if it passed in different ways.

mod calls;
mod client;
mod server;
pub mod work;

use bytes::Bytes;
use libp2p::StreamProtocol;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};
use thiserror::Error;

use super::exchange;
use crate::{crypto::sha256, format::request, keys::Id};

pub use client::{Session, Update, deposit, price};
pub use server::{Backend, serve};
pub use work::Work;

/// The protocol's name.
pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/spinney/mailbox/1");

/// Bytes of every mail: a frame of 4 KiB, sealed to its recipient.
pub const MAIL: usize = request::SEALED;

/// Tokens or digests in one request: more than a mailbox holds of each.
pub const MAX_LIST: usize = 512;

/// Days for which an undiscarded mail is kept. A request is not valid for longer.
pub const MAIL_DAYS: u32 = 60;

/// Days for which a token is expected, counted from when it was last sent.
pub const TOKEN_DAYS: u32 = 180;

/// The longest message: [`MAX_LIST`] entries of 34 bytes, or one mail, and the words around them.
const MAX_MESSAGE: usize = MAX_LIST * 34 + 1024;

/// The token that an invite's secret gives, for one mail.
pub type Token = [u8; 32];

/// SHA-256 of a mail. Its recipient discards it by this.
pub type Digest = [u8; 32];

/// Why a request to a mailbox failed, and whose fault it is.
pub type Error = exchange::Error<Refusal>;

/// Why a relay refused.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Refusal {
    /// The mailbox is full, or the relay's room for all mailboxes is used up.
    #[error("the mailbox is full: try again another day")]
    Full,
    /// The relay has no mailbox of this name.
    #[error("this relay has no mailbox for them: try another of their relays")]
    NoMailbox,
    /// The token is not expected: the invite was withdrawn, is too old, or belongs to another relay.
    #[error("the invite is not valid any more: ask for a new one, or ask to be added without it")]
    UnknownToken,
    /// Another mail used this token.
    #[error("the invite was used already: ask for a new one, or ask to be added without it")]
    UsedToken,
    /// The work is of another day, for another mail, or too little.
    #[error("the mailbox asks for more work")]
    TooLittleWork,
    /// Too much came from this connection or network in a short time.
    #[error("too many requests from here: try again later")]
    TooMany,
    /// The session has no certificate, and this request needs one.
    #[error("show a device certificate first")]
    NeedsCertificate,
    /// The certificate is malformed, expired, or of another device.
    #[error("the device certificate does not hold: renew it")]
    BadCertificate,
    /// Another device of the identity removed this one.
    #[error("another device of yours removed this one")]
    Removed,
    /// The relay keeps no mailbox for this identity.
    #[error("this relay keeps mail only for people whom its operator invited: send your id to the operator")]
    NotAdmitted,
    /// The mail does not have exactly [`MAIL`] bytes.
    #[error("the mail does not have the length that all mail has")]
    BadMail,
    /// A list is longer than [`MAX_LIST`], or there are too many tokens.
    #[error("too many at once for this relay")]
    TooLarge,
    /// The relay is busy or has a fault of its own.
    #[error("the relay cannot now: try again later")]
    Unavailable,
    /// A refusal that a later version added.
    #[error("refused for a reason that needs a newer Spinney")]
    #[serde(other)]
    Other,
}

/// The price of mail without a token at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// The relay's day, counted from 1970.
    pub day: u32,
    /// Leading zero bits that the digest of the work needs.
    pub bits: u32,
}

/// What lets a mail pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pass {
    /// The token of an invite. It lets one mail pass.
    Token(#[serde(with = "serde_bytes")] Token),
    /// A proof of work.
    Work(Work),
}

/// A sealed mail. All mails have the same length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail(Bytes);

impl Mail {
    /// Wraps sealed bytes.
    ///
    /// # Errors
    ///
    /// [`Refusal::BadMail`] if they do not have exactly [`MAIL`] bytes.
    pub fn new(sealed: Bytes) -> Result<Self, Refusal> {
        if sealed.len() == MAIL { Ok(Self(sealed)) } else { Err(Refusal::BadMail) }
    }

    /// Returns the sealed bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// Returns the digest by which its recipient discards it.
    pub fn digest(&self) -> Digest {
        sha256(&self.0)
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Request {
    Price { to: Id },
    Deposit { to: Id, mail: ByteBuf, pass: Pass },
    Open { certificate: ByteBuf },
    Expect { tokens: Vec<ByteArray<32>> },
    Forget { tokens: Vec<ByteArray<32>> },
    Discard { mails: Vec<ByteArray<32>> },
    Watch,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Price(Price),
    Opened,
    Done,
    Mail { mail: ByteBuf },
    Current,
    Refused(Refusal),
}

#[cfg(test)]
mod tests;

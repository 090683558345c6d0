//! What one person tells another on a page: one small object each, of a kind that may be new.

use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;

use crate::format::error::{DecodeError, Fault};
use crate::format::fields::{Build, Fields, Value};
use crate::format::limits;
use crate::format::share_id::InnerId;

/// A note.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// When it was written, in milliseconds since 1970; the author's claim.
    pub time: u64,
    /// What it says.
    pub says: Says,
}

/// What a note says.
#[derive(Clone, Debug, PartialEq)]
pub enum Says {
    /// A share was given to the reader, or changed.
    Share {
        /// The share's id inside of objects.
        share: InnerId,
        /// The revision that the header has.
        rev: u64,
        /// The header block.
        header: Cid,
        /// Relays that keep it beside those of the author's profile: hostile input until checked.
        keepers: Vec<String>,
    },
    /// A share was taken back.
    Gone {
        /// The share's id inside of objects.
        share: InnerId,
        /// Up to this revision, so that a later one may be given again; absent = for good.
        rev: Option<u64>,
    },
    /// The devices that act for the author now: their signed certificates.
    Devices {
        /// Envelopes of [`Certificate`](super::device::Certificate), to be verified.
        certificates: Vec<Bytes>,
    },
    /// How far the author of this note got with a share that the reader gave them.
    Receipt {
        /// The share's id inside of the reader's objects.
        share: InnerId,
        /// The revision that was received.
        rev: u64,
        /// How far.
        state: Received,
    },
    /// The author of this note has read the reader's pages up to this number.
    Ack {
        /// The number of the newest page read.
        no: u64,
    },
    /// A kind that this version does not know: skipped, and kept as it is.
    Other(Ipld),
}

/// How far somebody got with a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Received {
    /// All of it is with them.
    Fetched,
    /// They have looked at it.
    Opened,
}

impl Value for Received {
    fn to_ipld(&self) -> Ipld {
        let name = match self {
            Self::Fetched => "fetched",
            Self::Opened => "opened",
        };
        Ipld::String(name.to_owned())
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        match String::from_ipld(value)?.as_str() {
            "fetched" => Ok(Self::Fetched),
            "opened" => Ok(Self::Opened),
            _ => Err(DecodeError::at("", Fault::Range)),
        }
    }
}

impl Value for Note {
    fn to_ipld(&self) -> Ipld {
        let build = |kind: &str| Build::new().put("k", &kind.to_owned()).put("t", &self.time);
        match &self.says {
            Says::Share { share, rev, header, keepers } => build("share")
                .put("share", share)
                .put("rev", rev)
                .put("header", header)
                .put("keepers", keepers)
                .done(),
            Says::Gone { share, rev } => build("gone").put("share", share).maybe("rev", rev.as_ref()).done(),
            Says::Devices { certificates } => build("devices").put("certificates", certificates).done(),
            Says::Receipt { share, rev, state } => {
                build("receipt").put("share", share).put("rev", rev).put("state", state).done()
            }
            Says::Ack { no } => build("ack").put("no", no).done(),
            Says::Other(value) => value.clone(),
        }
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value.clone())?;
        let kind: String = fields.take("k")?;
        let time = fields.take("t")?;
        let says = match kind.as_str() {
            "share" => Says::Share {
                share: fields.take("share")?,
                rev: fields.take("rev")?,
                header: fields.block("header")?,
                keepers: fields.relays("keepers")?,
            },
            "gone" => Says::Gone { share: fields.take("share")?, rev: fields.maybe("rev")? },
            "devices" => Says::Devices { certificates: certificates(&mut fields)? },
            "receipt" => Says::Receipt {
                share: fields.take("share")?,
                rev: fields.take("rev")?,
                state: fields.take("state")?,
            },
            "ack" => Says::Ack { no: fields.take("no")? },
            _ => Says::Other(value),
        };
        Ok(Self { time, says })
    }
}

fn certificates(fields: &mut Fields) -> Result<Vec<Bytes>, DecodeError> {
    let list: Vec<Bytes> = fields.list("certificates", limits::DEVICES)?;
    if list.iter().all(|certificate| certificate.len() <= limits::CERTIFICATE) {
        Ok(list)
    } else {
        Err(DecodeError::at("certificates", Fault::TooLong(limits::CERTIFICATE)))
    }
}

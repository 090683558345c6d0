//! What a link to a share says: whose letterbox to look into, and the secret that finds and opens it.
//!
//! The letterbox itself is a [page](super::page) and an entry of the [map](super::map) like those of friends,
//! whose reader is whoever holds the secret.

use std::fmt;
use std::str::FromStr;

use ipld_core::ipld::Ipld;

use crate::crypto::digest;
use crate::crypto::sign::VerifyingKey;
use crate::format::error::DecodeError;
use crate::format::fields::{Build, Extra, Fields, Value};
use crate::format::secret::Secret;
use crate::format::{code, limits};

const VERSION: u64 = 1;

/// What the route of a link begins with, after the address of any page.
pub const ROUTE: &str = "#/link/";

/// A link to a share. Whoever has it can find the letterbox; a password, if there is one, stands elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Who shares.
    pub id: VerifyingKey,
    /// Finds the letterbox, and opens it where no password is mixed in.
    pub secret: Secret,
    /// Relays that have the record of who shares: hostile input until checked.
    pub relays: Vec<String>,
    /// The sequence of that record when the link was made: lower ones are old.
    pub seq: u64,
    /// When the link ends, in milliseconds since 1970. A claim that spares a search; keepers let go by themselves.
    pub until: Option<u64>,
    /// Keys of a later version.
    pub extra: Extra,
}

/// Why text is no link to a share.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not the alphabet of links, cut short, or mistyped.
    #[error("this is not a whole link; copy it again")]
    Malformed,
    /// Whole, but not what a link holds.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

impl Link {
    /// The route that opens the share, to be put behind the address of a page.
    pub fn route(&self) -> String {
        format!("{ROUTE}{self}")
    }

    /// Whether the link has ended at `now`, in milliseconds since 1970.
    pub fn has_ended(&self, now: u64) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

impl Value for Link {
    fn to_ipld(&self) -> Ipld {
        Build::from(&self.extra)
            .put("v", &VERSION)
            .put("pk", &self.id)
            .put("s", &self.secret)
            .put("relays", &self.relays)
            .put("seq", &self.seq)
            .maybe("until", self.until.as_ref())
            .done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "link", VERSION)?;
        Ok(Self {
            id: fields.take("pk")?,
            secret: fields.take("s")?,
            relays: fields.relays("relays")?,
            seq: fields.take("seq")?,
            until: fields.maybe("until")?,
            extra: fields.rest(),
        })
    }
}

/// The checksum is not that of an invite, so that neither is taken for the other.
fn hash(object: &[u8]) -> [u8; 32] {
    digest("link-text", &[object])
}

/// The compact text: base64url, without padding, of 4 bytes of a checksum and the object.
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&code::write(&self.to_bytes(), hash))
    }
}

/// Reads the compact text, or a link that has it behind [`ROUTE`]; white space around it does not matter.
impl FromStr for Link {
    type Err = LinkError;

    fn from_str(typed: &str) -> Result<Self, LinkError> {
        let object = code::read(typed, ROUTE, limits::LINK, hash).ok_or(LinkError::Malformed)?;
        Ok(Self::from_bytes(&object)?)
    }
}

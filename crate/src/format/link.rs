//! What a link to a share says: whose letterbox to look into, and the secret that finds and opens it.
//!
//! The letterbox itself is a [page](super::page) and an entry of the [map](super::map) like those of friends,
//! whose reader is anybody who holds the secret.

use std::fmt;
use std::str::FromStr;

use crate::crypto::digest;
use crate::crypto::sign::VerifyingKey;
use crate::format::error::DecodeError;
use crate::format::fields::{Value, relays};
use crate::format::object::object;
use crate::format::secret::Secret;
use crate::format::{code, limits};

/// What the route of a link begins with, after the address of any page.
pub const ROUTE: &str = "#/link/";

object! {
    /// A link to a share. Its holder can find the letterbox. A password, if there is one, is not part of it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "link")]
    pub struct Link {
        /// Who shares.
        #[key("pk")]
        pub id: VerifyingKey,
        /// Finds the letterbox, and opens it where no password is mixed in.
        #[key("s")]
        pub secret: Secret,
        /// Relays that have the record of who shares: hostile input until checked.
        #[max(limits::RELAYS)]
        #[check(relays)]
        pub relays: Vec<String>,
        /// The sequence of that record when the link was made: lower ones are old.
        pub seq: u64,
        /// When the link ends, in milliseconds since 1970. A claim that spares a search; keepers let go by themselves.
        pub until: Option<u64>,
        ..extra
    }
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

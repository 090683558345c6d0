//! What a link to a share says: whose letterbox to look into, and the secret that finds and opens it.
//!
//! The letterbox itself is a [page](super::page) and an entry of the [map](super::map) like those of friends,
//! whose reader is anybody who holds the secret.

use std::fmt;
use std::str::FromStr;

use ipld_core::ipld::Ipld;

use crate::crypto::digest;
use crate::crypto::sign::VerifyingKey;
use crate::format::code::{Kind, MINUTE, NoCode, Reader, Writer, int, map, relay_list};
use crate::format::error::DecodeError;
use crate::format::limits;
use crate::format::secret::CodeSecret;

/// What the route of a link begins with, after the address of any page.
pub const ROUTE: &str = "#/link/";

const KIND: Kind = Kind {
    route: ROUTE,
    label: "link-text",
    limit: limits::LINK,
    old: |object| digest("link-text", &[object]),
};

/// A link to a share. Its holder can find the letterbox. A password, if there is one, is not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Who shares.
    pub id: VerifyingKey,
    /// Finds the letterbox, and opens it where no password is mixed in.
    pub secret: CodeSecret,
    /// Relays that have the record of who shares: hostile input until checked.
    pub relays: Vec<String>,
    /// The sequence of that record when the link was made: lower ones are old.
    pub seq: u64,
    /// When the link ends, in milliseconds since 1970, to the minute. A claim that spares a search; keepers let go by
    /// themselves.
    pub until: Option<u64>,
}

/// Why text is no link to a share.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not the alphabet of links, cut short, or mistyped.
    #[error("this is not a whole link; copy it again")]
    Malformed,
    /// As builds before the first release made it.
    #[error("this link comes from an older Spinney: ask for a new one")]
    Old,
    /// Whole, but not what a link holds.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

impl Link {
    /// Its bytes: the one form that it has.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = Writer::new(&self.relays, [self.until.is_some(), false, false]);
        to.key(&self.id);
        to.secret(&self.secret);
        if let Some(until) = self.until {
            to.time(until, MINUTE);
        }
        to.seq(self.seq, 1);
        to.relays(&self.relays);
        to.finish()
    }

    /// Reads the bytes strictly.
    ///
    /// # Errors
    ///
    /// Which field breaks which rule, or that it takes a newer Spinney.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new(bytes, "link", 1)?;
        let (id, secret) = (from.key("pk")?, from.secret("s")?);
        let [has_end, ..] = from.flags;
        let until = if has_end { Some(from.time("until", MINUTE)?) } else { None };
        let (seq, relays) = (from.seq("seq", 1)?, from.relays(limits::RELAYS)?);
        from.end()?;
        Ok(Self { id, secret, relays, seq, until })
    }

    /// What it says, for tools that show it.
    pub fn to_ipld(&self) -> Ipld {
        let pk: (_, Ipld) = ("pk", self.id.as_bytes().to_vec().into());
        let mut says = vec![pk, ("s", self.secret.as_bytes().to_vec().into())];
        says.extend([("relays", relay_list(&self.relays)), ("seq", int(self.seq))]);
        says.extend(self.until.map(|until| ("until", int(until))));
        map(says)
    }

    /// The route that opens the share, to be put behind the address of a page.
    pub fn route(&self) -> String {
        format!("{ROUTE}{self}")
    }

    /// Whether the link has ended at `now`, in milliseconds since 1970.
    pub fn has_ended(&self, now: u64) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// The compact text: base64url, without padding, of the object and 3 bytes of a checksum.
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&KIND.write(&self.to_bytes()))
    }
}

/// Reads the compact text, or a link that has it behind [`ROUTE`]; white space around it does not matter.
impl FromStr for Link {
    type Err = LinkError;

    fn from_str(typed: &str) -> Result<Self, LinkError> {
        let object = KIND.read(typed).map_err(|why| match why {
            NoCode::Malformed => LinkError::Malformed,
            NoCode::Old => LinkError::Old,
        })?;
        Ok(Self::from_bytes(&object)?)
    }
}

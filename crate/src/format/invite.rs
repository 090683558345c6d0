//! What one person gives another to be added: an invite as text or as a link, or the bare id.

use std::fmt;
use std::str::FromStr;

use crate::crypto::sha256;
use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault};
use crate::format::fields::{Extra, Fields, Form, Plain, Value, relays};
use crate::format::object::object;
use crate::format::secret::Secret;
use crate::format::{code, limits};

/// What the route of an invite link begins with, after the address of any page.
pub const ROUTE: &str = "#/add/";

object! {
    /// An invite: enough to find and verify a profile, and to know an old record for what it is.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "invite")]
    pub struct Invite {
        /// The identity to add.
        #[key("pk")]
        pub id: VerifyingKey,
        /// Its name, to be shown until the profile is there; a claim.
        #[max(limits::NAME_CHARS)]
        pub name: Option<String>,
        /// Relays that have its record: hostile input until checked.
        #[max(limits::RELAYS)]
        #[check(relays)]
        pub relays: Vec<String>,
        /// The sequence of its record when the invite was made: lower ones are old.
        pub seq: u64,
        /// What makes the first who uses it a contact of both sides; without it an invite only says who somebody is.
        #[form(Ticket)]
        pub ticket: Option<Ticket>,
        ..extra
    }
}

/// The part of an invite that is good for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Proves in a request that its sender was given the invite.
    pub secret: Secret,
    /// When it ends, in milliseconds since 1970.
    pub until: u64,
}

/// Why text is no invite.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// Not the alphabet of invites, cut short, or mistyped.
    #[error("this is not a whole invite; copy it again")]
    Malformed,
    /// Whole, but not what an invite holds.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

impl Invite {
    /// The route that adds this identity, to be put behind the address of a page.
    pub fn route(&self) -> String {
        format!("{ROUTE}{self}")
    }

    /// Whether its ticket has ended at `now`, in milliseconds since 1970. The identity can still be added.
    pub fn has_ended(&self, now: u64) -> bool {
        self.ticket.as_ref().is_some_and(|ticket| ticket.until <= now)
    }
}

/// Its fields stand beside those of the invite: both, or neither.
impl Form<Option<Self>> for Ticket {
    fn put(ticket: &Option<Self>, _: &str, map: &mut Extra) {
        if let Some(Self { secret, until }) = ticket {
            Plain::put(secret, "secret", map);
            Plain::put(until, "until", map);
        }
    }

    fn take(fields: &mut Fields, _: &str, max: usize) -> Result<Option<Self>, DecodeError> {
        match (Plain::take(fields, "secret", max)?, Plain::take(fields, "until", max)?) {
            (Some(secret), Some(until)) => Ok(Some(Self { secret, until })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(DecodeError::at("until", Fault::Missing)),
            (None, Some(_)) => Err(DecodeError::at("until", Fault::Unexpected)),
        }
    }
}

/// The compact text: base64url, without padding, of the first 4 bytes of SHA-256 and the object.
impl fmt::Display for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&code::write(&self.to_bytes(), sha256))
    }
}

/// Reads the compact text, or a link that has it behind [`ROUTE`]; white space around it does not matter.
impl FromStr for Invite {
    type Err = InviteError;

    fn from_str(typed: &str) -> Result<Self, InviteError> {
        let object = code::read(typed, ROUTE, limits::INVITE, sha256).ok_or(InviteError::Malformed)?;
        Ok(Self::from_bytes(&object)?)
    }
}

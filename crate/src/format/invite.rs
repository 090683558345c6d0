//! What one person gives another to be added: an invite as text or as a link, or the bare id.

use std::fmt;
use std::str::FromStr;

use ipld_core::ipld::Ipld;

use crate::crypto::sha256;
use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault};
use crate::format::fields::{Build, Extra, Fields, Value};
use crate::format::secret::Secret;
use crate::format::{code, limits};

const VERSION: u64 = 1;

/// What the route of an invite link begins with, after the address of any page.
pub const ROUTE: &str = "#/add/";

/// An invite: enough to find and verify a profile, and to know an old record for what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// The identity to add.
    pub id: VerifyingKey,
    /// Its name, to be shown until the profile is there; a claim.
    pub name: Option<String>,
    /// Relays that have its record: hostile input until checked.
    pub relays: Vec<String>,
    /// The sequence of its record when the invite was made: lower ones are old.
    pub seq: u64,
    /// What makes the first who uses it a contact of both sides; without it an invite only says who somebody is.
    pub ticket: Option<Ticket>,
    /// Keys of a later version.
    pub extra: Extra,
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

impl Value for Invite {
    fn to_ipld(&self) -> Ipld {
        let ticket = self.ticket.as_ref();
        Build::from(&self.extra)
            .put("v", &VERSION)
            .put("pk", &self.id)
            .maybe("name", self.name.as_ref())
            .put("relays", &self.relays)
            .put("seq", &self.seq)
            .maybe("secret", ticket.map(|ticket| &ticket.secret))
            .maybe("until", ticket.map(|ticket| &ticket.until))
            .done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "invite", VERSION)?;
        Ok(Self {
            id: fields.take("pk")?,
            name: fields.maybe_text("name", limits::NAME_CHARS)?,
            relays: fields.relays("relays")?,
            seq: fields.take("seq")?,
            ticket: match (fields.maybe("secret")?, fields.maybe("until")?) {
                (Some(secret), Some(until)) => Some(Ticket { secret, until }),
                (None, None) => None,
                (Some(_), None) => return Err(DecodeError::at("until", Fault::Missing)),
                (None, Some(_)) => return Err(DecodeError::at("until", Fault::Unexpected)),
            },
            extra: fields.rest(),
        })
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

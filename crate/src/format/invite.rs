//! What one person gives another to be added: an invite as text or as a link, or the bare id.

use std::fmt;
use std::str::FromStr;

use ipld_core::ipld::Ipld;

use crate::crypto::sha256;
use crate::crypto::sign::VerifyingKey;
use crate::format::code::{HOUR, Kind, NoCode, Reader, Writer, int, map, relay_list};
use crate::format::error::{DecodeError, Fault};
use crate::format::secret::CodeSecret;
use crate::format::{limits, text};

/// What the route of an invite link begins with, after the address of any page.
pub const ROUTE: &str = "#/add/";

const KIND: Kind = Kind { route: ROUTE, label: "invite-text", limit: limits::INVITE, old: sha256 };

/// An invite: enough to find and verify a profile, and to know an old record for what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// The identity to add.
    pub id: VerifyingKey,
    /// Its name, to be shown until the profile is there; a claim. An empty one is none.
    pub name: Option<String>,
    /// Relays that have its record: hostile input until checked.
    pub relays: Vec<String>,
    /// The sequence of its record when the invite was made, to the hour: lower ones are old.
    pub seq: u64,
    /// What makes the first who uses it a contact of both sides; without it an invite only says who somebody is.
    pub ticket: Option<Ticket>,
}

/// The part of an invite that is good for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Proves in a request that its sender was given the invite.
    pub secret: CodeSecret,
    /// When it ends, in milliseconds since 1970, to the hour.
    pub until: u64,
}

/// Why text is no invite.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// Not the alphabet of invites, cut short, or mistyped.
    #[error("this is not a whole invite; copy it again")]
    Malformed,
    /// As builds before the first release made it.
    #[error("this invite comes from an older Spinney: ask for a new one")]
    Old,
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

impl Invite {
    /// Its bytes: the one form that it has.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = Writer::new(&self.relays, [self.ticket.is_some(), false, false]);
        to.key(&self.id);
        if let Some(Ticket { secret, until }) = &self.ticket {
            to.secret(secret);
            to.time(*until, HOUR);
        }
        to.seq(self.seq, HOUR);
        to.relays(&self.relays);
        to.text(self.name.as_deref().unwrap_or_default());
        to.finish()
    }

    /// Reads the bytes strictly.
    ///
    /// # Errors
    ///
    /// Which field breaks which rule, or that it takes a newer Spinney.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new(bytes, "invite", 1)?;
        let id = from.key("pk")?;
        let [has_ticket, ..] = from.flags;
        let ticket = match has_ticket {
            true => Some(Ticket { secret: from.secret("secret")?, until: from.time("until", HOUR)? }),
            false => None,
        };
        let seq = from.seq("seq", HOUR)?;
        let relays = from.relays(limits::RELAYS)?;
        let name = from.text("name")?;
        let fault = match () {
            () if name.chars().count() > limits::NAME_CHARS => Err(Fault::TooLong(limits::NAME_CHARS)),
            () => Fault::Text.unless(text::is_normal(name)),
        };
        fault.map_err(|fault| DecodeError::at("name", fault))?;
        let name = (!name.is_empty()).then(|| name.to_owned());
        Ok(Self { id, name, relays, seq, ticket })
    }

    /// What it says, for tools that show it.
    pub fn to_ipld(&self) -> Ipld {
        let pk: (_, Ipld) = ("pk", self.id.as_bytes().to_vec().into());
        let mut says = vec![pk, ("relays", relay_list(&self.relays)), ("seq", int(self.seq))];
        says.extend(self.name.iter().map(|name| ("name", name.clone().into())));
        if let Some(Ticket { secret, until }) = &self.ticket {
            says.extend([("secret", secret.as_bytes().to_vec().into()), ("until", int(*until))]);
        }
        map(says)
    }
}

/// The compact text: base64url, without padding, of the object and 3 bytes of a checksum.
impl fmt::Display for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&KIND.write(&self.to_bytes()))
    }
}

/// Reads the compact text, or a link that has it behind [`ROUTE`]; white space around it does not matter.
impl FromStr for Invite {
    type Err = InviteError;

    fn from_str(typed: &str) -> Result<Self, InviteError> {
        let object = KIND.read(typed).map_err(|why| match why {
            NoCode::Malformed => InviteError::Malformed,
            NoCode::Old => InviteError::Old,
        })?;
        Ok(Self::from_bytes(&object)?)
    }
}

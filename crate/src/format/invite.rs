//! What one person gives another to be added: an invite as text or as a link, or the bare id.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use ipld_core::ipld::Ipld;

use crate::crypto::sha256;
use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, check_size};
use crate::format::fields::{Build, Extra, Fields, Value};
use crate::format::limits;

const VERSION: u64 = 1;

/// What the route of an invite link begins with, after the address of any page.
pub const ROUTE: &str = "#/add/";

/// Bytes of the checksum before an invite, so that a typing error is not taken for somebody else.
const CHECKSUM: usize = 4;

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
    /// Keys of a later version.
    pub extra: Extra,
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
}

impl Value for Invite {
    fn to_ipld(&self) -> Ipld {
        Build::from(&self.extra)
            .put("v", &VERSION)
            .put("pk", &self.id)
            .maybe("name", self.name.as_ref())
            .put("relays", &self.relays)
            .put("seq", &self.seq)
            .done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "invite", VERSION)?;
        Ok(Self {
            id: fields.take("pk")?,
            name: fields.maybe_text("name", limits::NAME_CHARS)?,
            relays: fields.relays("relays")?,
            seq: fields.take("seq")?,
            extra: fields.rest(),
        })
    }
}

/// The compact text: base64url, without padding, of the first 4 bytes of SHA-256 and the object.
impl fmt::Display for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = self.to_bytes();
        let text = [&sha256(&object)[..CHECKSUM], &object].concat();
        f.write_str(&BASE64URL_NOPAD.encode(&text))
    }
}

/// Reads the compact text, or a link that has it behind [`ROUTE`]; white space around it does not matter.
impl FromStr for Invite {
    type Err = InviteError;

    fn from_str(typed: &str) -> Result<Self, InviteError> {
        let text = typed.trim();
        let text = text.split_once(ROUTE).map_or(text, |(_, behind)| behind);
        // Four characters hold three bytes.
        if text.len() > (CHECKSUM + limits::INVITE).div_ceil(3) * 4 {
            return Err(InviteError::Malformed);
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| InviteError::Malformed)?;
        let (checksum, object) = bytes.split_at_checked(CHECKSUM).ok_or(InviteError::Malformed)?;
        if sha256(object)[..CHECKSUM] != *checksum {
            return Err(InviteError::Malformed);
        }
        check_size("invite", object, limits::INVITE)?;
        Ok(Self::from_bytes(object)?)
    }
}

//! The names of my invites and links in the vault.

use std::{fmt, str::FromStr};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::platform;

/// 16 random bytes, written as 32 hexadecimal characters. Not derived from the secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name([u8; 16]);

/// The text is not the name of an invite or link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name is 32 hexadecimal characters in lower case")]
pub struct MalformedName;

impl Name {
    /// Makes a new name from the system's random source.
    pub fn random() -> Self {
        Self(platform::random())
    }
}

impl From<[u8; 16]> for Name {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.to_string()
    }
}

impl TryFrom<String> for Name {
    type Error = MalformedName;

    fn try_from(text: String) -> Result<Self, MalformedName> {
        text.parse()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

impl FromStr for Name {
    type Err = MalformedName;

    fn from_str(text: &str) -> Result<Self, MalformedName> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| MalformedName)?;
        bytes.try_into().map(Self).map_err(|_| MalformedName)
    }
}

//! Pinning services that a person pays or runs, as the vault keeps them.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::vault::Entry;
use crate::platform;

/// Letters of a token: signed ones have around a thousand.
const MAX_TOKEN: usize = 4096;

/// A service, and by what it knows the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinningService {
    /// What the person calls it.
    pub name: String,
    /// Its address, without `/pins`.
    pub endpoint: String,
    /// What each request to it carries.
    pub token: Token,
}

impl Entry for PinningService {
    const PREFIX: &'static str = "pinning/";
    type Name = Name;
}

/// A bearer token. Wiped when dropped, never shown.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// A token as it was typed; none where it can be no token: a header of a request takes visible ASCII alone.
    pub fn typed(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_token = (1..=MAX_TOKEN).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        is_token.then(|| Self(text.to_owned()))
    }

    /// The token itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The name of a service in the vault: 8 random bytes, written as 16 hexadecimal characters. A service that is added again
/// has another one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name([u8; 8]);

/// The text is not the name of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of a service is 16 hexadecimal characters in lower case")]
pub struct MalformedName;

impl Name {
    /// Makes a new name from the system's random source.
    pub fn random() -> Self {
        Self(platform::random())
    }
}

impl From<[u8; 8]> for Name {
    fn from(bytes: [u8; 8]) -> Self {
        Self(bytes)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_visible_ascii_and_shows_nowhere() {
        assert_eq!(Token::typed(" abc.DEF-1 \n").unwrap().as_str(), "abc.DEF-1");
        assert_eq!(format!("{:?}", Token::typed("abc").unwrap()), "Token(…)");
        for typed in ["", "  ", "a b", "a\r\nX-Evil: 1", "tökén", &"a".repeat(MAX_TOKEN + 1)] {
            assert_eq!(Token::typed(typed), None, "{typed:?}");
        }
    }
}

//! The names of a share: 16 random bytes inside of objects, a hash of them and of who shares outside.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE32_NOPAD, DecodeError as Base32Error};

use crate::crypto;
use crate::format::fields::bytes_value;

/// The id of a share inside of its author's objects: 16 random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InnerId(pub [u8; 16]);

bytes_value!(InnerId: 16, |id| id.0, |bytes| Self(bytes));

/// The id of a share everywhere else: in addresses, tables and the API.
///
/// The first 20 bytes of SHA-256(`"spinney/v1/share\0"` ‖ public key of who shares ‖ inner id), written as 32
/// characters of lower-case base32 (RFC 4648 without padding). Bound to the key, so that nobody can give their
/// share the id of another's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShareId([u8; 20]);

/// Text that is not the id of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a share id is 32 characters of lower-case base32")]
pub struct MalformedShareId;

impl ShareId {
    /// The id of what the identity `pk` shares as `inner`.
    pub fn new(pk: &[u8; 32], inner: InnerId) -> Self {
        let hash = crypto::digest("share", &[pk, &inner.0]);
        let mut id = [0; 20];
        id.copy_from_slice(&hash[..20]);
        Self(id)
    }

    /// The 20 bytes, for keys of tables.
    pub fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl From<[u8; 20]> for ShareId {
    fn from(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }
}

bytes_value!(ShareId: 20, |id| id.0, |bytes| Self(bytes));

impl fmt::Display for ShareId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE32_NOPAD.encode(&self.0).to_ascii_lowercase())
    }
}

impl fmt::Debug for ShareId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShareId({self})")
    }
}

impl FromStr for ShareId {
    type Err = MalformedShareId;

    fn from_str(text: &str) -> Result<Self, MalformedShareId> {
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(MalformedShareId);
        }
        let bytes = BASE32_NOPAD
            .decode(text.to_ascii_uppercase().as_bytes())
            .map_err(|_: Base32Error| MalformedShareId)?;
        bytes.try_into().map(Self).map_err(|_| MalformedShareId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_from_its_text() {
        let id = ShareId::new(&[7; 32], InnerId([9; 16]));
        let text = id.to_string();
        assert_eq!(text.len(), 32);
        assert_eq!(text.parse(), Ok(id));
        assert_ne!(ShareId::new(&[8; 32], InnerId([9; 16])), id);
    }

    #[test]
    fn an_id_has_one_spelling() {
        let text = ShareId::new(&[7; 32], InnerId([9; 16])).to_string();
        for wrong in [
            text.to_ascii_uppercase(),
            text[1..].to_owned(),
            text.clone() + "a",
            text.replace('a', "1") + "=",
        ] {
            assert_eq!(wrong.parse::<ShareId>(), Err(MalformedShareId), "{wrong}");
        }
    }
}

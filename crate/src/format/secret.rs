//! A random secret that an invite or a link carries.

use std::fmt;

use ipld_core::ipld::Ipld;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::format::error::DecodeError;
use crate::format::fields::Value;

/// 32 random bytes that whoever holds them was given. Wiped when dropped, never shown, compared in constant time.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// Takes 32 random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&*other.0).into()
    }
}

impl Eq for Secret {}

impl Value for Secret {
    fn to_ipld(&self) -> Ipld {
        self.0.to_ipld()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        <[u8; 32]>::from_ipld(value).map(Self::from_bytes)
    }
}

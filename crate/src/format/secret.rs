//! A random secret that an invite or a link carries.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::format::fields::bytes_value;

/// 32 random bytes that give their holder a right. Wiped when dropped, never shown, compared in constant time.
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

bytes_value!(Secret: 32, |secret| secret.0, |bytes| Self::from_bytes(bytes));

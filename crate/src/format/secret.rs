//! A random secret that an invite or a link carries.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::format::fields::bytes_value;

/// Random bytes that give their holder a right. Wiped when dropped, never shown, compared in constant time.
#[derive(Clone)]
pub struct Secret<const N: usize = 32>(Zeroizing<[u8; N]>);

/// What the text of an invite or a link carries: 128 random bits, from which keys are derived.
pub type CodeSecret = Secret<16>;

impl<const N: usize> Secret<N> {
    /// Takes random bytes.
    pub fn from_bytes(bytes: [u8; N]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&*other.0).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}

bytes_value!(Secret: 32, |secret| secret.0, |bytes| Self::from_bytes(bytes));

//! Signatures: Ed25519 (RFC 8032), verified strictly.

use std::fmt;

use ed25519_dalek::{Signature, Signer};

use super::WeakKey;

/// Length of a signature in bytes.
pub const SIGNATURE_LEN: usize = 64;

/// The signature is not this key's over these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit the message and the signer's key")]
pub struct BadSignature;

/// An Ed25519 private key. Wiped when dropped, never shown.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key that grows from a 32-byte seed (RFC 8032 section 5.1.5).
    pub fn from_bytes(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The public key that verifies this key's signatures.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    /// Signs `message`. Deterministic.
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_LEN] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.verifying_key()).finish()
    }
}

/// An Ed25519 public key that was checked: a canonical point, not of small order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Takes a public key after checking it, so that one key has one name and signs only by its owner.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, WeakKey> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| WeakKey)?;
        let canonical = key.to_edwards().compress().as_bytes() == bytes;
        if canonical && !key.is_weak() { Ok(Self(key)) } else { Err(WeakKey) }
    }

    /// The 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Checks `signature` over `message`: canonical in every part, no key or commitment of small order.
    pub fn verify(&self, message: &[u8], signature: &[u8; SIGNATURE_LEN]) -> Result<(), BadSignature> {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).map_err(|_| BadSignature)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(self.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_fits_its_message_and_signer_alone() {
        let (a, b) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let signature = a.sign(b"message");
        assert_eq!(a.verifying_key().verify(b"message", &signature), Ok(()));
        assert_eq!(a.verifying_key().verify(b"massage", &signature), Err(BadSignature));
        assert_eq!(b.verifying_key().verify(b"message", &signature), Err(BadSignature));
    }

    #[test]
    fn weak_non_canonical_and_off_curve_keys_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        // y = p + 1 is a second encoding of the identity, y = 2 is not on the curve.
        let mut non_canonical = [0xff; 32];
        (non_canonical[0], non_canonical[31]) = (0xee, 0x7f);
        let mut off_curve = [0; 32];
        off_curve[0] = 2;
        for bytes in [[0; 32], identity, non_canonical, off_curve] {
            assert_eq!(VerifyingKey::from_bytes(&bytes), Err(WeakKey));
        }
    }

    #[test]
    fn a_private_key_is_never_shown() {
        let key = SigningKey::from_bytes(&[1; 32]);
        assert!(!format!("{key:?}").contains("010101"));
    }
}

//! Block seal: for what never changes, under a key that is a keyed hash of the plaintext.
//!
//! The same plaintext under the same secret gives the same ciphertext, so it is stored and pushed once and can
//! be made again from the file on disk; without the secret nobody can test whether a known file is there.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{OpenError, aead};

/// How much longer a sealed block is than its plaintext.
pub const OVERHEAD: usize = aead::TAG_LEN;

/// One key ever seals one message, so the nonce is zero and there is no associated data.
const NONCE: [u8; aead::NONCE_LEN] = [0; aead::NONCE_LEN];

/// The key of one sealed block: a capability to read it. Written as 32 bytes.
#[derive(Clone, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(#[serde(with = "serde_bytes")] [u8; 32]);

impl Key {
    /// Takes the 32 bytes of a key as they are.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Key {}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("block::Key(…)")
    }
}

/// Seals `plaintext`: key = BLAKE3-keyed(secret, plaintext), ChaCha20-Poly1305 with nonce 0 and no aad.
pub fn seal(secret: &[u8; 32], plaintext: &[u8]) -> (Key, Vec<u8>) {
    let key = Key(super::keyed_hash(secret, plaintext));
    let sealed = aead::seal(&key.0, &NONCE, b"", plaintext);
    (key, sealed)
}

/// Returns the sealed block of a plaintext whose key is known: to compare a file with a block that is not here.
///
/// If the key is that of another plaintext, the result equals no block. Compare it, and then drop it: one key must
/// never seal two messages that others see.
pub fn reseal(key: &Key, plaintext: &[u8]) -> Vec<u8> {
    aead::seal(&key.0, &NONCE, b"", plaintext)
}

/// Opens a sealed block.
pub fn open(key: &Key, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
    aead::open(&key.0, &NONCE, b"", sealed).map(|mut opened| std::mem::take(&mut *opened))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_block_opens_under_its_key_alone() {
        let (key, sealed) = seal(&[1; 32], b"a picture");
        assert_eq!(sealed.len(), 9 + OVERHEAD);
        assert_eq!(open(&key, &sealed).unwrap(), b"a picture");
        assert_eq!(reseal(&key, b"a picture"), sealed);
        assert_ne!(reseal(&key, b"a pictore"), sealed);
        assert_eq!(open(&Key::from_bytes([7; 32]), &sealed), Err(OpenError));
    }

    #[test]
    fn equal_plaintexts_seal_alike_under_one_secret_and_not_under_another() {
        assert_eq!(seal(&[1; 32], b"film"), seal(&[1; 32], b"film"));
        assert_ne!(seal(&[1; 32], b"film").1, seal(&[2; 32], b"film").1);
    }

    #[test]
    fn any_flipped_bit_and_any_cut_is_refused() {
        let (key, sealed) = seal(&[1; 32], b"bits");
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&key, &changed), Err(OpenError));
        }
        for len in 0..sealed.len() {
            assert_eq!(open(&key, &sealed[..len]), Err(OpenError));
        }
    }

    #[test]
    fn a_key_is_written_as_a_byte_string_and_not_shown() {
        let key = Key::from_bytes([9; 32]);
        let bytes = serde_ipld_dagcbor::to_vec(&key).unwrap();
        assert_eq!(bytes[..2], [0x58, 32]);
        assert_eq!(serde_ipld_dagcbor::from_slice::<Key>(&bytes).unwrap(), key);
        assert_eq!(format!("{key:?}"), "block::Key(…)");
    }
}

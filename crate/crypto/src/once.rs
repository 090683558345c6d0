//! Sealing under a key that was derived for one message: slots of a header, entries of a letterbox map.

use zeroize::Zeroizing;

use super::{OpenError, aead};

/// How much longer the sealed bytes are than the plaintext.
pub const OVERHEAD: usize = aead::TAG_LEN;

/// The key is used once, so the nonce is zero.
const NONCE: [u8; aead::NONCE_LEN] = [0; aead::NONCE_LEN];

/// Seals `plaintext` with ChaCha20-Poly1305, nonce 0, no aad. The key must never seal anything else.
pub fn seal(key: &[u8; 32], plaintext: &[u8]) -> Vec<u8> {
    aead::seal(key, &NONCE, b"", plaintext)
}

/// Opens what was sealed under this key.
pub fn open(key: &[u8; 32], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    aead::open(key, &NONCE, b"", sealed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_once_opens_under_its_key_alone() {
        let sealed = seal(&[1; 32], &[5; 32]);
        assert_eq!(sealed.len(), 32 + OVERHEAD);
        assert_eq!(*open(&[1; 32], &sealed).unwrap(), [5; 32]);
        assert_eq!(open(&[2; 32], &sealed), Err(OpenError));
        assert_eq!(open(&[1; 32], &sealed[1..]), Err(OpenError));
    }
}

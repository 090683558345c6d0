//! Box: for what is sealed again and again under a lasting key, with a fresh nonce each time.

use zeroize::Zeroizing;

use super::random;
use super::{DOMAIN, OpenError, aead};

/// How much longer a box is than its plaintext: the nonce before, the tag behind.
pub const OVERHEAD: usize = aead::X_NONCE_LEN + aead::TAG_LEN;

/// Seals `plaintext`: `nonce24 ‖ XChaCha20-Poly1305(key, nonce24, aad = "spinney/v1/" ‖ label ‖ 0x00)`.
pub fn seal(key: &[u8; 32], label: &str, plaintext: &[u8]) -> Vec<u8> {
    seal_with_nonce(key, label, plaintext, &random())
}

/// [`seal`] with a given nonce, for test vectors: one nonce used twice under one key gives both plaintexts away.
pub fn seal_with_nonce(key: &[u8; 32], label: &str, plaintext: &[u8], nonce: &[u8; 24]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(plaintext.len() + OVERHEAD);
    sealed.extend_from_slice(nonce);
    aead::x_seal(key, nonce, &aad(label), plaintext, &mut sealed);
    sealed
}

/// Opens a box that was sealed under this key and this label.
pub fn open(key: &[u8; 32], label: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (nonce, ciphertext) = sealed.split_first_chunk().ok_or(OpenError)?;
    aead::x_open(key, nonce, &aad(label), ciphertext)
}

fn aad(label: &str) -> Vec<u8> {
    [DOMAIN.as_bytes(), label.as_bytes(), &[0]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_opens_under_its_key_and_label_alone() {
        let sealed = seal(&[1; 32], "storage", b"a petname");
        assert_eq!(sealed.len(), 9 + OVERHEAD);
        assert_eq!(*open(&[1; 32], "storage", &sealed).unwrap(), b"a petname");
        assert_eq!(open(&[2; 32], "storage", &sealed), Err(OpenError));
        assert_eq!(open(&[1; 32], "vault", &sealed), Err(OpenError));
    }

    #[test]
    fn each_sealing_takes_a_fresh_nonce() {
        assert_ne!(seal(&[1; 32], "page", b"same"), seal(&[1; 32], "page", b"same"));
    }

    #[test]
    fn any_flipped_bit_and_any_cut_is_refused() {
        let sealed = seal(&[1; 32], "page", b"bits");
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&[1; 32], "page", &changed), Err(OpenError));
        }
        for len in 0..sealed.len() {
            assert_eq!(open(&[1; 32], "page", &sealed[..len]), Err(OpenError));
        }
    }
}

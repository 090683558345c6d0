//! Authenticated encryption: ChaCha20-Poly1305 (RFC 8439) and XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha).

use chacha20poly1305::{
    ChaCha20Poly1305, XChaCha20Poly1305,
    aead::{AeadInOut, KeyInit},
};
use zeroize::Zeroizing;

use super::OpenError;

/// Length of the authentication tag, which follows the ciphertext.
pub(super) const TAG_LEN: usize = 16;
pub(super) const NONCE_LEN: usize = 12;
pub(super) const X_NONCE_LEN: usize = 24;

/// ChaCha20-Poly1305: ciphertext ‖ tag.
pub(super) fn seal(key: &[u8; 32], nonce: &[u8; NONCE_LEN], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(plaintext.len() + TAG_LEN);
    sealed.extend_from_slice(plaintext);
    ChaCha20Poly1305::new(key.into())
        .encrypt_in_place(nonce.into(), aad, &mut sealed)
        .expect("no plaintext in memory reaches the cipher's 256 GiB");
    sealed
}

/// Opens what [`seal`] made. Constant-time in the tag.
pub(super) fn open(
    key: &[u8; 32],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let mut opened = Zeroizing::new(sealed.to_vec());
    ChaCha20Poly1305::new(key.into())
        .decrypt_in_place(nonce.into(), aad, &mut *opened)
        .map_err(|_| OpenError)?;
    Ok(opened)
}

/// XChaCha20-Poly1305: ciphertext ‖ tag, appended to `out`.
pub(super) fn x_seal(
    key: &[u8; 32],
    nonce: &[u8; X_NONCE_LEN],
    aad: &[u8],
    plaintext: &[u8],
    out: &mut Vec<u8>,
) {
    let start = out.len();
    out.reserve_exact(plaintext.len() + TAG_LEN);
    out.extend_from_slice(plaintext);
    let tag = XChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(nonce.into(), aad, (&mut out[start..]).into())
        .expect("no plaintext in memory reaches the cipher's 256 GiB");
    out.extend_from_slice(&tag);
}

/// Opens what [`x_seal`] made. Constant-time in the tag.
pub(super) fn x_open(
    key: &[u8; 32],
    nonce: &[u8; X_NONCE_LEN],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let mut opened = Zeroizing::new(sealed.to_vec());
    XChaCha20Poly1305::new(key.into())
        .decrypt_in_place(nonce.into(), aad, &mut *opened)
        .map_err(|_| OpenError)?;
    Ok(opened)
}

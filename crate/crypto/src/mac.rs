//! Message authentication: HMAC-SHA256 (RFC 2104), by which a request proves that it comes of an invite.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::DOMAIN;

/// The code is not this key's for this message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not fit the secret")]
pub struct BadMac;

/// HMAC-SHA256 of `"spinney/v1/" ‖ label ‖ 0x00 ‖ parts…`.
pub fn mac(key: &[u8; 32], label: &str, parts: &[&[u8]]) -> [u8; 32] {
    labelled(key, label, parts).finalize().into_bytes().into()
}

/// Checks a code in constant time.
pub fn verify(key: &[u8; 32], label: &str, parts: &[&[u8]], code: &[u8; 32]) -> Result<(), BadMac> {
    labelled(key, label, parts).verify_slice(code).map_err(|_| BadMac)
}

fn labelled(key: &[u8; 32], label: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = keyed(key);
    for part in [DOMAIN.as_bytes(), label.as_bytes(), &[0]].iter().chain(parts) {
        mac.update(part);
    }
    mac
}

/// With a key of any length, which published vectors have.
pub(super) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_fits_its_key_label_and_message_alone() {
        let code = mac(&[1; 32], "invite", &[b"from", b"to"]);
        assert_eq!(verify(&[1; 32], "invite", &[b"from", b"to"], &code), Ok(()));
        assert_eq!(verify(&[2; 32], "invite", &[b"from", b"to"], &code), Err(BadMac));
        assert_eq!(verify(&[1; 32], "other", &[b"from", b"to"], &code), Err(BadMac));
        assert_eq!(verify(&[1; 32], "invite", &[b"to", b"from"], &code), Err(BadMac));
    }
}

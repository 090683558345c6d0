//! Key derivation: HKDF-SHA256 (RFC 5869) with a label for each use.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::DOMAIN;

/// Derives `N` bytes: HKDF-SHA256 with empty salt and info `"spinney/v1/" ‖ label ‖ 0x00 ‖ context`.
///
/// One use for each label. `N` is at most 8,160 (RFC 5869's 255 blocks).
pub fn kdf<const N: usize>(ikm: &[u8], label: &str, context: &[u8]) -> Zeroizing<[u8; N]> {
    const { assert!(N <= 255 * 32, "HKDF gives at most 255 blocks") };
    let mut key = Zeroizing::new([0; N]);
    Hkdf::<Sha256>::new(None, ikm)
        .expand_multi_info(&[DOMAIN.as_bytes(), label.as_bytes(), &[0], context], &mut *key)
        .expect("the length was checked when this was compiled");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_and_context_are_bound_into_the_info_as_the_format_has_it() {
        let mut expected = [0; 48];
        Hkdf::<Sha256>::new(None, b"secret").expand(b"spinney/v1/slot\0salt", &mut expected).unwrap();
        assert_eq!(*kdf::<48>(b"secret", "slot", b"salt"), expected);
    }

    #[test]
    fn another_label_context_or_secret_gives_another_key() {
        let key = kdf::<32>(b"secret", "page", b"context");
        assert_ne!(key, kdf(b"secret", "pagec", b"ontext"));
        assert_ne!(key, kdf(b"secret", "page", b""));
        assert_ne!(key, kdf(b"other", "page", b"context"));
    }
}

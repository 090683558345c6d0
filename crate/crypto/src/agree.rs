//! Key agreement: X25519 (RFC 7748), used for blinded labels.

use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::WeakKey;

/// An X25519 private key. Wiped when dropped.
#[derive(Clone)]
pub struct Secret(StaticSecret);

impl Secret {
    /// Takes 32 bytes as a private key; RFC 7748 clamps them at use.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes.into())
    }

    /// The public key to give to others.
    pub fn public(&self) -> [u8; 32] {
        PublicKey::from(&self.0).to_bytes()
    }

    /// The secret shared with the owner of `theirs`. A key that would make it zero is refused.
    pub fn shared(&self, theirs: &[u8; 32]) -> Result<Zeroizing<[u8; 32]>, WeakKey> {
        let shared = self.0.diffie_hellman(&PublicKey::from(*theirs));
        if shared.was_contributory() { Ok(Zeroizing::new(shared.to_bytes())) } else { Err(WeakKey) }
    }
}

/// Refuses a public key of small order: with any private key its shared secret would be zero.
pub fn check(public: &[u8; 32]) -> Result<(), WeakKey> {
    // Clamped scalars are multiples of the cofactor, so that any one of them shows it.
    Secret::from_bytes([1; 32]).shared(public).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_share_one_secret() {
        let (a, b) = (Secret::from_bytes([1; 32]), Secret::from_bytes([2; 32]));
        assert_eq!(a.shared(&b.public()), b.shared(&a.public()));
        assert_ne!(a.shared(&b.public()), a.shared(&a.public()));
    }

    #[test]
    fn a_public_key_of_small_order_is_refused() {
        let mut one = [0; 32];
        one[0] = 1;
        for weak in [[0; 32], one] {
            assert_eq!(Secret::from_bytes([2; 32]).shared(&weak), Err(WeakKey));
            assert_eq!(check(&weak), Err(WeakKey));
        }
    }
}

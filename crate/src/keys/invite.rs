//! What grows from the secret of an invite: a proof for its maker, a token for their relay.

use super::Id;
use crate::{
    crypto::{kdf, mac},
    format::secret::CodeSecret,
};

/// Label of the proof.
const INVITE: &str = "invite";

/// Proves to `to`, who made the invite, that `from` holds its secret. Worth nothing to anybody else.
pub fn proof(secret: &CodeSecret, from: &Id, to: &Id) -> [u8; 32] {
    mac::mac(&key(secret), INVITE, &[from.as_bytes(), to.as_bytes()])
}

/// Whether a request of `from` to `to` proves that its sender holds this secret.
pub fn is_proof(secret: &CodeSecret, from: &Id, to: &Id, proof: &[u8; 32]) -> bool {
    mac::verify(&key(secret), INVITE, &[from.as_bytes(), to.as_bytes()], proof).is_ok()
}

/// What the maker's relay is told to expect: it passes one request, and says nothing of the secret.
pub fn token(secret: &CodeSecret) -> [u8; 32] {
    *kdf(secret.as_bytes(), "invite-token", b"")
}

fn key(secret: &CodeSecret) -> zeroize::Zeroizing<[u8; 32]> {
    kdf(secret.as_bytes(), "invite-proof", b"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Phrase, Ring};

    #[test]
    fn a_proof_holds_for_its_sender_and_reader_alone() {
        let [a, b, c] = [1, 2, 3].map(|byte| Ring::from_phrase(&Phrase::from_bytes([byte; 32])).id());
        let [secret, other] = [5, 6].map(|byte| CodeSecret::from_bytes([byte; 16]));
        let proof = proof(&secret, &b, &a);
        assert!(is_proof(&secret, &b, &a, &proof));
        assert!(!is_proof(&secret, &c, &a, &proof), "forwarded by somebody else");
        assert!(!is_proof(&secret, &b, &c, &proof), "of an invite of somebody else");
        assert!(!is_proof(&secret, &a, &b, &proof), "sent back");
        assert!(!is_proof(&other, &b, &a, &proof));
        assert_ne!(token(&secret), token(&other));
        assert_ne!(token(&secret), proof);
    }
}

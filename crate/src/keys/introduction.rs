//! What grows from the secret of an introduction: a proof for who was introduced too, a token for their relays.
//!
//! Three people know the secret, and a proof holds between two of them: who introduced them cannot prove to be one of
//! them, because a request is signed by its sender.

use super::Id;
use crate::{
    crypto::{kdf, mac},
    format::secret::Secret,
};

/// Label of the proof.
const INTRODUCTION: &str = "introduction";

/// Proves to `to` that `from` was introduced to them. Worth nothing to anybody else.
pub fn proof(secret: &Secret, from: &Id, to: &Id) -> [u8; 32] {
    mac::mac(secret.as_bytes(), INTRODUCTION, &[from.as_bytes(), to.as_bytes()])
}

/// Whether a request of `from` to `to` proves that its sender was introduced with this secret.
pub fn is_proof(secret: &Secret, from: &Id, to: &Id, proof: &[u8; 32]) -> bool {
    mac::verify(secret.as_bytes(), INTRODUCTION, &[from.as_bytes(), to.as_bytes()], proof).is_ok()
}

/// What the relays of both are told to expect: it passes one request, and says nothing of the secret.
pub fn token(secret: &Secret) -> [u8; 32] {
    *kdf(secret.as_bytes(), "introduction-token", b"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::secret::CodeSecret;
    use crate::keys::{Phrase, Ring, invite};

    #[test]
    fn a_proof_holds_for_its_sender_and_reader_alone_and_is_none_of_an_invite() {
        let [a, b, c] = [1, 2, 3].map(|byte| Ring::from_phrase(&Phrase::from_bytes([byte; 32])).id());
        let [secret, other] = [5, 6].map(|byte| Secret::from_bytes([byte; 32]));
        let proof = proof(&secret, &b, &a);
        assert!(is_proof(&secret, &b, &a, &proof));
        assert!(!is_proof(&secret, &c, &a, &proof), "forwarded by somebody else");
        assert!(!is_proof(&secret, &a, &b, &proof), "sent back");
        assert!(!is_proof(&other, &b, &a, &proof), "of another introduction");
        let code = CodeSecret::from_bytes([5; 16]);
        assert!(!invite::is_proof(&code, &b, &a, &proof));
        assert_ne!(token(&secret), invite::token(&code));
        assert_ne!(token(&secret), token(&other));
    }
}

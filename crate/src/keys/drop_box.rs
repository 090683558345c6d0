//! What grows from the secret of a drop box: a token for its owner's relay, a proof for its owner.

use super::Id;
use crate::{
    crypto::{kdf, mac},
    format::secret::CodeSecret,
};

/// Label of the proof.
const DROP: &str = "drop";

/// What a relay that lends room to the box is shown: it lets its holder push and pin, and says nothing of the secret.
pub fn token(secret: &CodeSecret) -> [u8; 32] {
    *kdf(secret.as_bytes(), "drop/token", b"")
}

/// Proves to `to`, who made the box, that `from` has its link and left the manifest whose block has this SHA-256.
pub fn proof(secret: &CodeSecret, from: &Id, to: &Id, manifest: &[u8]) -> [u8; 32] {
    mac::mac(&key(secret), DROP, &[from.as_bytes(), to.as_bytes(), manifest])
}

/// Whether a request of `from` to `to` proves that its sender has this secret and left this manifest.
pub fn is_proof(secret: &CodeSecret, from: &Id, to: &Id, manifest: &[u8], proof: &[u8; 32]) -> bool {
    mac::verify(&key(secret), DROP, &[from.as_bytes(), to.as_bytes(), manifest], proof).is_ok()
}

fn key(secret: &CodeSecret) -> zeroize::Zeroizing<[u8; 32]> {
    kdf(secret.as_bytes(), "drop/proof", b"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Phrase, Ring};

    #[test]
    fn a_proof_holds_for_its_sender_owner_and_manifest_alone() {
        let [a, b, c] = [1, 2, 3].map(|byte| Ring::from_phrase(&Phrase::from_bytes([byte; 32])).id());
        let [secret, other] = [5, 6].map(|byte| CodeSecret::from_bytes([byte; 16]));
        let [files, others] = [[7; 32], [8; 32]];
        let proof = proof(&secret, &b, &a, &files);
        assert!(is_proof(&secret, &b, &a, &files, &proof));
        assert!(!is_proof(&secret, &b, &a, &others, &proof), "of other files");
        assert!(!is_proof(&secret, &c, &a, &files, &proof), "left by somebody else");
        assert!(!is_proof(&secret, &b, &c, &files, &proof), "of a box of somebody else");
        assert!(!is_proof(&other, &b, &a, &files, &proof), "of another box");
        assert_ne!(token(&secret), token(&other));
        assert_ne!(token(&secret), proof);
    }
}

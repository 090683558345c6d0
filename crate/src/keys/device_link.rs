//! The keys by which two devices link: a code that one shows and the other reads, then four words that the other shows and
//! a person types.
//!
//! The device that shows the code holds an [`Offer`], the new one a [`Joiner`]. Both are state in, state out, and neither
//! can skip a step: each step is made from the one before. The seed is sealed by an [`Approved`] alone, which only the
//! four words make.
//!
//! Who relays the conversation, or dials the first device without having seen the code, has no secret of it and fails
//! at the codes of authentication. Who has seen it (over a shoulder) is another new device with other words, and uses
//! the code up. The new device commits to its nonce before it knows the other, so that nobody between two conversations
//! can search nonces until the words agree.

mod joiner;
mod offer;

#[cfg(test)]
mod tests;

use zeroize::Zeroizing;

use super::Id;
use super::id::words_of;
use crate::crypto::sign::VerifyingKey;
use crate::crypto::{boxed, digest, kdf, mac, sha256};
use crate::format::device_link::Handover;
use crate::format::secret::CodeSecret;
use crate::format::{ReadError, Value};

pub use joiner::{InheritError, Inherited, Joined, Joiner, Welcomed};
pub use mac::BadMac;
pub use offer::{Approved, Attempt, MAX_WRONG, OFFER_MS, Offer, WordsError};

/// Label of the box of the handover.
const SEED: &str = "device-link/seed";
/// Label of the code by which the new device shows that it has read the code.
const JOIN: &str = "device-link/join";
/// Label of the code by which the other device shows that it made the code.
const WELCOME: &str = "device-link/welcome";

/// 32 random bytes that one side adds.
pub type Nonce = [u8; 32];

/// The four words that the new device shows.
pub type Words = [&'static str; 4];

/// Whose keys both sides use in libp2p.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Devices {
    /// The device that shows the code.
    pub old: VerifyingKey,
    /// The device that has read it.
    pub new: VerifyingKey,
}

/// What the new device says first: it cannot choose another nonce afterwards.
fn commitment(new: &VerifyingKey, nonce: &Nonce) -> [u8; 32] {
    digest("device-link/commit", &[new.as_bytes(), nonce])
}

/// What both sides know once both nonces are told. Wiped when dropped.
struct Shared {
    transcript: [u8; 32],
    keys: Zeroizing<[u8; 96]>,
    words: Words,
}

impl Shared {
    fn new(secret: &CodeSecret, devices: &Devices, [old, new]: [&Nonce; 2], name: &str) -> Self {
        let (o, n) = (devices.old.as_bytes(), devices.new.as_bytes());
        let transcript = digest("device-link", &[o, n, old, new, &sha256(name.as_bytes())]);
        Self {
            transcript,
            keys: kdf(secret.as_bytes(), "device-link/keys", &transcript),
            words: words_of(&kdf(secret.as_bytes(), "device-link/words", &transcript)),
        }
    }

    /// The new device's key, the other's, and that of the handover.
    fn key(&self, index: usize) -> &[u8; 32] {
        let (keys, _) = self.keys.as_chunks();
        &keys[index]
    }

    fn join_mac(&self) -> [u8; 32] {
        mac::mac(self.key(0), JOIN, &[&self.transcript])
    }

    fn check_join(&self, code: &[u8; 32]) -> Result<(), BadMac> {
        mac::verify(self.key(0), JOIN, &[&self.transcript], code)
    }

    fn welcome_mac(&self, id: &Id) -> [u8; 32] {
        mac::mac(self.key(1), WELCOME, &[&self.transcript, id.as_bytes()])
    }

    fn check_welcome(&self, id: &Id, code: &[u8; 32]) -> Result<(), BadMac> {
        mac::verify(self.key(1), WELCOME, &[&self.transcript, id.as_bytes()], code)
    }

    fn seal(&self, handover: &Handover, nonce: &[u8; 24]) -> Vec<u8> {
        let plaintext = Zeroizing::new(handover.to_bytes());
        boxed::seal_with_nonce(self.key(2), SEED, &plaintext, nonce)
    }

    fn open(&self, sealed: &[u8]) -> Result<Handover, ReadError> {
        let opened = boxed::open(self.key(2), SEED, sealed)?;
        Ok(Handover::from_bytes(&opened)?)
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared(…)")
    }
}

//! The primitives that the design names, one or one RFC per file, each through its kept crate.
//!
//! There are two ways to encrypt and no third: [`block`] seals what never changes under a key that comes from
//! its plaintext, [`boxed`] seals again and again under a lasting key. [`once`] is for keys derived for one
//! message, [`hpke`] carries a secret to another identity. Nothing here does I/O, and every secret is wiped
//! when dropped.
//!
//! It is a crate of its own, because generic ciphers are compiled where they are used: here for speed, all else of
//! what a page loads for size.
#![forbid(unsafe_code)]

mod aead;
pub mod agree;
pub mod block;
pub mod boxed;
pub mod hpke;
mod kdf;
pub mod mac;
pub mod once;
pub mod padding;
pub mod passphrase;
pub mod sign;

#[cfg(test)]
mod published;

use sha2::{Digest, Sha256};

pub use kdf::kdf;

/// What every label, context and domain string of this format's first version begins with.
pub const DOMAIN: &str = "spinney/v1/";

/// The bytes do not open under this key: they were changed, cut, or sealed for somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot be opened: changed on the way, or sealed under another key")]
pub struct OpenError;

/// A public key of small order, or one that is no canonical point: its sender breaks the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a public key is weak or malformed")]
pub struct WeakKey;

/// Returns `N` bytes from the system's cryptographic generator.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill_random(&mut bytes);
    bytes
}

/// Fills `bytes` from the system's cryptographic generator.
///
/// # Panics
///
/// If the system has no generator, because nothing in Spinney is safe without one.
pub fn fill_random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("every system that Spinney runs on has a random generator");
}

/// SHA-256 (FIPS 180-4).
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 of `"spinney/v1/" ‖ label ‖ 0x00 ‖ parts…`: a digest that means one thing only.
pub fn digest(label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update(label);
    hash.update([0]);
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// BLAKE3 in keyed mode: a digest that only holders of the key can make or test.
pub fn keyed_hash(key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    *blake3::keyed_hash(key, bytes).as_bytes()
}

/// BLAKE3 in keyed mode, of bytes that come in parts.
#[derive(Clone, Debug)]
pub struct KeyedHasher(blake3::Hasher);

impl KeyedHasher {
    /// Begins with no bytes.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(blake3::Hasher::new_keyed(key))
    }

    /// Adds a part.
    pub fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    /// The digest of all that was added.
    pub fn finish(&self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }
}

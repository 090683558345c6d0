//! What an identity publishes of itself.

use bytes::Bytes;

use crate::crypto::agree;
use crate::crypto::hpke::PublicKey;
use crate::crypto::sign::VerifyingKey;
use crate::format::Fault;
use crate::format::fields::{is_picture, maybe, relays};
use crate::format::limits;
use crate::format::object::object;

object! {
    /// A profile: public, and the page says so when it is made.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "profile")]
    #[signed("profile", limits::PROFILE)]
    pub struct Profile {
        /// The name that the person chose.
        #[max(limits::NAME_CHARS)]
        pub name: String,
        /// What they say of themselves.
        #[max(limits::BIO_CHARS)]
        pub bio: Option<String>,
        /// A still raster picture of at most [`limits::AVATAR_SIDE`] pixels in either direction.
        #[max(limits::AVATAR)]
        #[check(maybe(is_picture(limits::AVATAR_SIDE)))]
        pub avatar: Option<Bytes>,
        /// The key to which others seal.
        pub kem: Kem,
        /// The X25519 public key of blinded labels.
        #[check(is_sound)]
        pub label: [u8; 32],
        /// Addresses of the relays where this identity's record is found: hostile input until checked.
        #[max(limits::RELAYS)]
        #[check(relays)]
        pub relays: Vec<String>,
        /// SHA-256(`"spinney/v1/heir\0"` ‖ public key of the next seed), pinned by contacts when first seen.
        pub heir: [u8; 32],
        /// The identity that this one follows after a rotation.
        pub predecessor: Option<VerifyingKey>,
        /// When it was written, in milliseconds since 1970; the author's claim.
        pub time: u64,
        ..extra
    }
}

object! {
    /// An X-Wing public key and the epoch that it belongs to.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Kem {
        /// Rises with each new key of one identity.
        pub epoch: u32,
        /// The key.
        pub key: PublicKey,
    }
}

/// A label key of small order gives everybody the same labels.
fn is_sound(label: &[u8; 32]) -> Result<(), Fault> {
    agree::check(label).or(Err(Fault::WeakKey))
}

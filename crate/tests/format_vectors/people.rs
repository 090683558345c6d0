//! Who appears in the vectors: three people whose phrases are 32 times 1, 2 and 3.

use spinney::crypto::hpke::{PrivateKey, PublicKey};
use spinney::crypto::sign::{SigningKey, VerifyingKey};
use spinney::format::page::Between;
use spinney::format::profile::{Kem, Profile};
use spinney::keys::{Phrase, Ring};
use zeroize::Zeroizing;

/// 2026-06-01T12:00:00Z in milliseconds.
pub(crate) const NOON: u64 = 1_780_315_200_000;
pub(crate) const RELAY: &str =
    "/dns4/relay.example/tcp/443/wss/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";

pub(crate) struct Person {
    pub(crate) phrase: Phrase,
    pub(crate) ring: Ring,
    pub(crate) id: VerifyingKey,
}

fn person(byte: u8) -> Person {
    let phrase = Phrase::from_bytes([byte; 32]);
    let ring = Ring::from_phrase(&phrase);
    let id = ring.identity().verifying_key();
    Person { phrase, ring, id }
}

pub(crate) fn alice() -> Person {
    person(1)
}

pub(crate) fn bob() -> Person {
    person(2)
}

pub(crate) fn carol() -> Person {
    person(3)
}

impl Person {
    pub(crate) fn key(&self) -> &SigningKey {
        self.ring.identity()
    }

    pub(crate) fn pk(&self) -> &[u8; 32] {
        self.id.as_bytes()
    }

    pub(crate) fn kem(&self) -> PrivateKey {
        self.ring.kem(0)
    }

    pub(crate) fn kem_public(&self) -> PublicKey {
        self.kem().public()
    }

    /// P(self → reader).
    pub(crate) fn pair(&self, reader: &Self) -> Zeroizing<[u8; 32]> {
        self.ring.pair_secret(&reader.ring.id(), &reader.kem_public().to_bytes(), 0)
    }

    /// X25519 of the two label keys.
    pub(crate) fn shared_label(&self, other: &Self) -> Zeroizing<[u8; 32]> {
        self.ring.label().shared(&other.ring.label().public()).unwrap()
    }

    pub(crate) fn to<'a>(&'a self, reader: &'a Self) -> Between<'a> {
        Between::people(&self.id, &reader.id)
    }

    pub(crate) fn profile(&self, name: &str) -> Profile {
        Profile {
            name: name.to_owned(),
            bio: None,
            avatar: None,
            kem: Kem { epoch: 0, key: self.kem_public() },
            label: self.ring.label().public(),
            relays: vec![RELAY.to_owned()],
            heir: self.phrase.heir(0),
            predecessor: None,
            time: NOON,
            extra: Default::default(),
        }
    }
}

/// The key of a device, as a browser would draw it.
pub(crate) fn device() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

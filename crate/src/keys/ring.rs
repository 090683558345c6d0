//! Every key of an unlocked identity.

use std::fmt;

use zeroize::Zeroizing;

use super::{Id, Phrase};
use crate::crypto::{agree, hpke, kdf, keyed_hash, sha256, sign::SigningKey};

/// The epoch of the key to which others seal: 0 until keys can be renewed.
pub const KEM_EPOCH: u32 = 0;

/// Every key of an unlocked identity, derived from its seed. Lives only while unlocked, wiped when dropped.
pub struct Ring {
    seed: Zeroizing<[u8; 32]>,
    identity: SigningKey,
    label: agree::Secret,
    pair: Zeroizing<[u8; 32]>,
    chunk: Zeroizing<[u8; 32]>,
    vault: Zeroizing<[u8; 32]>,
    storage: Zeroizing<[u8; 32]>,
    storage_index: Zeroizing<[u8; 32]>,
}

impl Ring {
    /// The ring of a phrase's first generation.
    pub fn from_phrase(phrase: &Phrase) -> Self {
        Self::from_seed(phrase.seed(0))
    }

    /// The ring of a seed.
    pub fn from_seed(seed: Zeroizing<[u8; 32]>) -> Self {
        let derive = |label| kdf::<32>(&*seed, label, b"");
        Self {
            identity: SigningKey::from_bytes(&derive("identity")),
            label: agree::Secret::from_bytes(*derive("label")),
            pair: derive("pair"),
            chunk: derive("chunk"),
            vault: derive("vault"),
            storage: derive("storage"),
            storage_index: derive("storage-index"),
            seed,
        }
    }

    /// The seed itself, for what this device stores encrypted: the keystore, and profiles that stay signed in.
    pub(crate) fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The key that signs as this identity: signed objects and IPNS data, nothing else.
    pub fn identity(&self) -> &SigningKey {
        &self.identity
    }

    /// The name of this identity.
    pub fn id(&self) -> Id {
        self.identity.verifying_key().into()
    }

    /// The X-Wing private key of an epoch, to whose public half others seal.
    pub fn kem(&self, epoch: u32) -> hpke::PrivateKey {
        hpke::PrivateKey::from_bytes(&kdf(&*self.seed, "kem", &epoch.to_be_bytes()))
    }

    /// The X25519 key for blinded labels.
    pub fn label(&self) -> &agree::Secret {
        &self.label
    }

    /// The secret of block seals of file chunks.
    pub fn chunk_secret(&self) -> &[u8; 32] {
        &self.chunk
    }

    /// The key of the vault's boxes.
    pub fn vault_key(&self) -> &[u8; 32] {
        &self.vault
    }

    /// The key of the boxes in which this device stores state.
    pub fn storage_key(&self) -> &[u8; 32] {
        &self.storage
    }

    /// The key under which names of stored rows are hashed.
    pub fn storage_index(&self) -> &[u8; 32] {
        &self.storage_index
    }

    /// The stored name of a row: BLAKE3 keyed with [`Ring::storage_index`].
    pub fn row_key(&self, name: &[u8]) -> [u8; 32] {
        keyed_hash(&self.storage_index, name)
    }

    /// The pair secret P(me → `reader`), which wraps share keys and opens letterbox pages for them.
    ///
    /// `kem` is the reader's encoded public key of `epoch`; a new key or epoch gives a new secret.
    pub fn pair_secret(&self, reader: &Id, kem: &[u8], epoch: u32) -> Zeroizing<[u8; 32]> {
        let context = [&reader.as_bytes()[..], &sha256(kem), &epoch.to_be_bytes()].concat();
        kdf(&*self.pair, "pair-secret", &context)
    }

    /// The pair secret of this identity with itself, for the author's own slot in a header.
    pub fn own_secret(&self) -> Zeroizing<[u8; 32]> {
        self.pair_secret(&self.id(), &self.kem(KEM_EPOCH).public().to_bytes(), KEM_EPOCH)
    }
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ring").field(&self.id()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(byte: u8) -> Ring {
        Ring::from_phrase(&Phrase::from_bytes([byte; 32]))
    }

    #[test]
    fn one_phrase_always_gives_one_ring() {
        let (a, b) = (ring(1), ring(1));
        assert_eq!(a.id(), b.id());
        assert_eq!(a.kem(0).public(), b.kem(0).public());
        assert_eq!(a.label().public(), b.label().public());
        assert_ne!(a.id(), ring(2).id());
    }

    #[test]
    fn every_use_has_a_key_of_its_own() {
        let ring = ring(1);
        let keys = [
            ring.chunk_secret(),
            ring.vault_key(),
            ring.storage_key(),
            ring.storage_index(),
            &*ring.pair,
            ring.seed(),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key));
        }
        assert_ne!(ring.kem(0).public(), ring.kem(1).public());
    }

    #[test]
    fn keys_are_derived_as_the_table_says() {
        let phrase = Phrase::from_bytes([1; 32]);
        let seed = kdf::<32>(&[1; 32], "seed", &[0; 4]);
        let ring = Ring::from_phrase(&phrase);
        assert_eq!(ring.id(), SigningKey::from_bytes(&kdf(&*seed, "identity", b"")).verifying_key().into());
        assert_eq!(
            ring.kem(1).public(),
            hpke::PrivateKey::from_bytes(&kdf(&*seed, "kem", &[0, 0, 0, 1])).public()
        );
        let context = [&ring.id().as_bytes()[..], &sha256(b"kem"), &[0, 0, 0, 7]].concat();
        let expected = kdf::<32>(&*kdf::<32>(&*seed, "pair", b""), "pair-secret", &context);
        assert_eq!(ring.pair_secret(&ring.id(), b"kem", 7), expected);
    }

    #[test]
    fn a_pair_secret_is_for_one_author_reader_key_and_epoch() {
        let (a, b) = (ring(1), ring(2));
        let secret = a.pair_secret(&b.id(), b"kem", 0);
        assert_ne!(secret, a.pair_secret(&a.id(), b"kem", 0));
        assert_ne!(secret, b.pair_secret(&b.id(), b"kem", 0));
        assert_ne!(secret, a.pair_secret(&b.id(), b"other", 0));
        assert_ne!(secret, a.pair_secret(&b.id(), b"kem", 1));
    }

    #[test]
    fn a_ring_shows_its_id_alone() {
        let ring = ring(1);
        assert_eq!(format!("{ring:?}"), format!("Ring({})", ring.id()));
    }
}

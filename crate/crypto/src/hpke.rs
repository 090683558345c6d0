//! Hybrid public key encryption: RFC 9180 base mode with X-Wing, HKDF-SHA256 and ChaCha20-Poly1305.
//!
//! X-Wing (X25519 with ML-KEM-768, HPKE identifier 0x647a of draft-ietf-hpke-pq) stands while either of its
//! halves does, so what is sealed today stays closed to a later quantum computer.

use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256, kem::XWing,
    single_shot_open, single_shot_seal_with_rng,
};
use zeroize::Zeroizing;

use super::random;
use super::{OpenError, WeakKey};

/// Length of a public key in bytes.
pub const PUBLIC_KEY_LEN: usize = 1216;
/// Length of the encapsulation that comes before the ciphertext.
pub const ENCAPSULATION_LEN: usize = 1120;
/// How much longer the sealed bytes are than the plaintext.
pub const OVERHEAD: usize = ENCAPSULATION_LEN + super::aead::TAG_LEN;

/// An X-Wing private key. Wiped when dropped.
#[derive(Clone)]
pub struct PrivateKey(<XWing as Kem>::PrivateKey);

impl PrivateKey {
    /// Takes 32 bytes as the private key itself (not as input of HPKE's `DeriveKeyPair`).
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Deserializable::from_bytes(bytes).expect("any 32 bytes are an X-Wing private key"))
    }

    /// The public key to which others seal.
    pub fn public(&self) -> PublicKey {
        PublicKey(XWing::sk_to_pk(&self.0))
    }

    /// [`open`] with associated data, which published vectors have and Spinney leaves empty.
    pub(super) fn open_with_aad(
        &self,
        info: &[u8],
        aad: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        open_under::<XWing>(&self.0, info, aad, sealed)
    }
}

/// An X-Wing public key whose encoding was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(<XWing as Kem>::PublicKey);

impl PublicKey {
    /// Takes the [`PUBLIC_KEY_LEN`] bytes of a public key; another length or a coefficient out of range is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeakKey> {
        Deserializable::from_bytes(bytes).map(Self).map_err(|_| WeakKey)
    }

    /// The [`PUBLIC_KEY_LEN`] bytes of the key.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes().to_vec()
    }

    /// [`seal_with_randomness`] with associated data, which published vectors have and Spinney leaves empty.
    pub(super) fn seal_with_aad(
        &self,
        info: &[u8],
        aad: &[u8],
        plaintext: &[u8],
        randomness: &[u8; 64],
    ) -> Vec<u8> {
        seal_under::<XWing>(&self.0, info, aad, plaintext, randomness)
    }
}

/// Seals `plaintext` to the owner of `to`: encapsulation ‖ ciphertext, with empty aad.
pub fn seal(to: &PublicKey, info: &[u8], plaintext: &[u8]) -> Vec<u8> {
    seal_with_randomness(to, info, plaintext, &Zeroizing::new(random()))
}

/// [`seal`] with the 64 bytes of X-Wing's encapsulation given, for test vectors.
pub fn seal_with_randomness(to: &PublicKey, info: &[u8], plaintext: &[u8], randomness: &[u8; 64]) -> Vec<u8> {
    to.seal_with_aad(info, b"", plaintext, randomness)
}

/// Opens what was sealed to this key under this `info`.
pub fn open(key: &PrivateKey, info: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    key.open_with_aad(info, b"", sealed)
}

/// `SealBase` of RFC 9180 section 6.1 for any KEM, so that its own vectors run through the same lines.
fn seal_under<K: Kem>(
    to: &K::PublicKey,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    randomness: &[u8],
) -> Vec<u8> {
    let (encapsulation, ciphertext) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, K>(
        &OpModeS::Base,
        to,
        info,
        plaintext,
        aad,
        &mut Replay(randomness),
    )
    .expect("encapsulating to a checked key cannot fail");
    [&encapsulation.to_bytes(), &ciphertext[..]].concat()
}

/// `OpenBase` of RFC 9180 section 6.1 for any KEM.
pub(super) fn open_under<K: Kem>(
    key: &K::PrivateKey,
    info: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (encapsulation, ciphertext) = sealed.split_at_checked(K::EncappedKey::size()).ok_or(OpenError)?;
    let encapsulation = K::EncappedKey::from_bytes(encapsulation).map_err(|_| OpenError)?;
    single_shot_open::<ChaCha20Poly1305, HkdfSha256, K>(
        &OpModeR::Base,
        key,
        &encapsulation,
        info,
        ciphertext,
        aad,
    )
    .map(Zeroizing::new)
    .map_err(|_| OpenError)
}

/// Gives an encapsulation the random bytes that were drawn for it.
struct Replay<'a>(&'a [u8]);

impl hpke::rand_core::TryRng for Replay<'_> {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut word = [0; 4];
        self.try_fill_bytes(&mut word)?;
        Ok(u32::from_le_bytes(word))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut word = [0; 8];
        self.try_fill_bytes(&mut word)?;
        Ok(u64::from_le_bytes(word))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        let (now, later) =
            self.0.split_at_checked(out.len()).expect("an encapsulation draws what its KEM says, once");
        out.copy_from_slice(now);
        self.0 = later;
        Ok(())
    }
}

impl hpke::rand_core::TryCryptoRng for Replay<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_reader_and_info_alone() {
        let (a, b) = (PrivateKey::from_bytes(&[1; 32]), PrivateKey::from_bytes(&[2; 32]));
        let sealed = seal(&a.public(), b"info", &[5; 32]);
        assert_eq!(sealed.len(), 32 + OVERHEAD);
        assert_eq!(*open(&a, b"info", &sealed).unwrap(), [5; 32]);
        assert_eq!(open(&b, b"info", &sealed), Err(OpenError));
        assert_eq!(open(&a, b"other", &sealed), Err(OpenError));
        assert_eq!(open(&a, b"info", &sealed[..100]), Err(OpenError));
        assert_ne!(seal(&a.public(), b"info", &[5; 32]), sealed);
    }

    #[test]
    fn a_changed_byte_anywhere_is_refused() {
        let key = PrivateKey::from_bytes(&[1; 32]);
        let sealed = seal(&key.public(), b"", b"secret");
        for index in (0..sealed.len()).step_by(31).chain([sealed.len() - 1]) {
            let mut changed = sealed.clone();
            changed[index] ^= 0x10;
            assert_eq!(open(&key, b"", &changed), Err(OpenError), "byte {index}");
        }
    }

    #[test]
    fn a_public_key_of_the_wrong_length_or_range_is_refused() {
        let bytes = PrivateKey::from_bytes(&[1; 32]).public().to_bytes();
        assert_eq!(bytes.len(), PUBLIC_KEY_LEN);
        assert_eq!(PublicKey::from_bytes(&bytes[1..]), Err(WeakKey));
        // ML-KEM's coefficients are below 3,329; twelve one-bits are above.
        assert_eq!(PublicKey::from_bytes(&[0xff; PUBLIC_KEY_LEN]), Err(WeakKey));
    }
}

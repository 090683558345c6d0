//! The name of an identity: its Ed25519 public key, written as an IPNS name.

use std::{fmt, str::FromStr};

use cid::{Cid, multibase::Base};
use multihash::Multihash;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::crypto::{WeakKey, digest, sign::VerifyingKey};

/// Multicodec of a libp2p public key, the codec of IPNS names.
const LIBP2P_KEY: u64 = 0x72;
/// Multihash code of the identity "hash": the key itself.
const IDENTITY: u64 = 0x00;
/// What precedes an Ed25519 key in libp2p's protobuf: field 1 (type) = 1, field 2 (data) of 32 bytes.
const PROTOBUF_PREFIX: [u8; 4] = [0x08, 0x01, 0x12, 0x20];

/// An identity: an Ed25519 public key that was checked to be canonical and not weak.
///
/// Written as an IPNS name (`k51…`: a libp2p-key CID in base36), stored as its 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 32]);

/// The text or bytes do not name an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// Not a CID in any base, or not that of an Ed25519 key.
    #[error("this is no id; an id begins with k51 and is 62 characters long")]
    Malformed,
    /// A key that anybody could sign for, or a second spelling of another.
    #[error("this id names a key that nobody can safely own")]
    Weak,
}

impl From<WeakKey> for InvalidId {
    fn from(WeakKey: WeakKey) -> Self {
        Self::Weak
    }
}

impl Id {
    /// Takes the 32 bytes of a public key after checking them.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, InvalidId> {
        Ok(VerifyingKey::from_bytes(bytes)?.into())
    }

    /// The 32 bytes of the public key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key that verifies this identity's signatures.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey::from_bytes(&self.0).expect("an id is checked when it is made")
    }

    /// The binary libp2p peer id of this key: an identity multihash of its protobuf.
    pub fn peer_id(&self) -> Vec<u8> {
        multihash(&self.0).to_bytes()
    }
}

/// The binary libp2p peer id of any Ed25519 key.
pub fn peer_id(key: &VerifyingKey) -> Vec<u8> {
    multihash(key.as_bytes()).to_bytes()
}

fn multihash(key: &[u8; 32]) -> Multihash<64> {
    Multihash::wrap(IDENTITY, &[&PROTOBUF_PREFIX[..], key].concat())
        .expect("36 bytes fit into a multihash of 64")
}

impl From<VerifyingKey> for Id {
    fn from(key: VerifyingKey) -> Self {
        Self(*key.as_bytes())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Cid::new_v1(LIBP2P_KEY, multihash(&self.0))
            .to_string_of_base(Base::Base36Lower)
            .expect("version 1 has every base");
        f.write_str(&name)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = InvalidId;

    /// Reads a libp2p-key CID in any base; white space around it is not part of an id.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let cid = Cid::try_from(text).map_err(|_| InvalidId::Malformed)?;
        if cid.codec() != LIBP2P_KEY || cid.hash().code() != IDENTITY {
            return Err(InvalidId::Malformed);
        }
        let key = cid.hash().digest().strip_prefix(&PROTOBUF_PREFIX).ok_or(InvalidId::Malformed)?;
        Self::from_bytes(key.try_into().map_err(|_| InvalidId::Malformed)?)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes: serde_bytes::ByteArray<32> = Deserialize::deserialize(deserializer)?;
        Self::from_bytes(&bytes).map_err(D::Error::custom)
    }
}

/// Six words with which two people compare an identity aloud: 66 bits of a hash of its key, as BIP-39 words.
///
/// One set for each identity, read out by its owner's friend: words over both keys would fall to a birthday search.
pub fn six_words(id: &Id) -> [&'static str; 6] {
    words_of(&digest("words", &[&id.0]))
}

/// The first bits of a hash as words of BIP-39's English list, eleven bits each.
pub(super) fn words_of<const N: usize>(hash: &[u8; 32]) -> [&'static str; N] {
    const { assert!(N * 11 <= 256, "a hash has 256 bits") };
    let list = bip39::Language::English.word_list();
    std::array::from_fn(|word| {
        let index = (word * 11..(word + 1) * 11)
            .fold(0, |index, bit| index << 1 | usize::from(hash[bit / 8] >> (7 - bit % 8) & 1));
        list[index]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::sign::SigningKey;

    fn id(seed: u8) -> Id {
        SigningKey::from_bytes(&[seed; 32]).verifying_key().into()
    }

    #[test]
    fn an_id_is_an_ipns_name_and_reads_back() {
        let text = id(1).to_string();
        assert!(text.starts_with("k51qzi5uqu5d") && text.len() == 62, "{text}");
        assert_eq!(text.parse(), Ok(id(1)));
    }

    #[test]
    fn an_id_agrees_with_libp2p_about_its_peer_id() {
        let name = Base::Base58Btc.encode(id(1).peer_id());
        assert_eq!(name, "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5");
    }

    #[test]
    fn what_is_no_id_is_refused_for_its_reason() {
        let text = id(1).to_string();
        let raw = Cid::new_v1(0x55, multihash(id(1).as_bytes())).to_string();
        let weak = Cid::new_v1(LIBP2P_KEY, multihash(&[0; 32])).to_string();
        for malformed in ["", "k51", "not an id", &text[..61], &format!("{text}a"), &raw] {
            assert_eq!(malformed.parse::<Id>(), Err(InvalidId::Malformed), "{malformed}");
        }
        assert_eq!(weak.parse::<Id>(), Err(InvalidId::Weak));
    }

    #[test]
    fn an_id_is_stored_as_32_bytes_and_checked_when_read() {
        let bytes = serde_ipld_dagcbor::to_vec(&id(1)).unwrap();
        assert_eq!(bytes.len(), 34);
        assert_eq!(serde_ipld_dagcbor::from_slice::<Id>(&bytes).unwrap(), id(1));
        let weak = serde_ipld_dagcbor::to_vec(&Id([0; 32])).unwrap();
        assert!(serde_ipld_dagcbor::from_slice::<Id>(&weak).is_err());
    }

    #[test]
    fn six_words_follow_from_the_first_66_bits_of_the_hash() {
        let hash = digest("words", &[id(1).as_bytes()]);
        // BIP-39 of the first 128 bits begins with the same eleven-bit groups.
        let mnemonic = bip39::Mnemonic::from_entropy(&hash[..16]).unwrap();
        assert_eq!(six_words(&id(1)).to_vec(), mnemonic.words().take(6).collect::<Vec<_>>());
        assert_ne!(six_words(&id(1)), six_words(&id(2)));
    }
}

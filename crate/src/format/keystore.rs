//! A stored identity: its seed and its recovery words, encrypted under what unlocks them.
//!
//! Only the form is here; `keys::keystore` makes and opens the boxes.

use bytes::Bytes;
use ipld_core::ipld::Ipld;

use crate::crypto::boxed;
use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault};
use crate::format::fields::{Fields, Form, Plain, Value, not_empty};
use crate::format::limits;
use crate::format::object::object;

/// The kind of [`Wrap::Passphrase`].
const PASSPHRASE: &str = "passphrase";
/// The kind of [`Wrap::Passkey`].
const PASSKEY: &str = "passkey";

/// Least memory of Argon2id for its one lane, in KiB.
const MIN_M: u32 = 8;
/// Most memory that a stored keystore may ask of Argon2id, in KiB: 1 GiB, what a phone might just give.
pub const MAX_M: u32 = 1 << 20;
/// Most passes that a stored keystore may ask of Argon2id.
pub const MAX_T: u32 = 10;
/// Length of a box that holds a seed or a phrase.
pub const BOX: usize = 32 + boxed::OVERHEAD;

object! {
    /// A keystore: which identity, and the ways to unlock it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "keystore")]
    #[decode("keystore", limits::KEYSTORE)]
    pub struct Keystore {
        /// The identity; the key that is derived after opening must equal it.
        pub id: VerifyingKey,
        /// Which seed of the phrase it holds; none means 0.
        pub n: Option<u32>,
        /// Ways to unlock, at least one.
        #[max(limits::KEYSTORE_WRAPS)]
        #[check(not_empty)]
        pub wraps: Vec<Wrap>,
        ..extra
    }
}

/// A way to unlock a keystore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrap {
    /// A passphrase.
    Passphrase(Passphrase),
    /// A passkey of WebAuthn.
    Passkey(Passkey),
    /// One that this version does not know: kept as it is.
    Other(Ipld),
}

object! {
    /// The seed, boxed under Argon2id of a passphrase, and the phrase where this device has it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[check(Self::is_sound)]
    pub struct Passphrase {
        /// Memory in KiB.
        pub m: u32,
        /// Passes.
        pub t: u32,
        /// Lanes.
        pub p: u32,
        /// Random salt.
        pub salt: [u8; 16],
        /// Box of the seed under `keystore/seed`.
        pub seed: [u8; BOX],
        /// Box of the phrase under `keystore/phrase`. A device that was linked has none.
        pub phrase: Option<[u8; BOX]>,
    }
}

object! {
    /// The seed alone, boxed under what WebAuthn's PRF gives for a passkey and a salt.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Passkey {
        /// The credential's id.
        #[max(limits::CREDENTIAL_BYTES)]
        pub credential: Bytes,
        /// The host whose passkey it is: no other site can use it.
        #[max(limits::HOST_CHARS)]
        pub rp: String,
        /// Random salt, which the PRF is asked with.
        pub salt: [u8; 32],
        /// Box of the seed under `keystore/passkey`.
        pub seed: [u8; BOX],
        /// When it was added.
        pub added: Option<u64>,
        ..extra
    }
}

impl Keystore {
    /// Its one encoding.
    pub fn encode(&self) -> Vec<u8> {
        self.to_bytes()
    }

    /// The first way that a passphrase opens.
    pub fn passphrase(&self) -> Option<&Passphrase> {
        self.wraps.iter().find_map(|wrap| match wrap {
            Wrap::Passphrase(passphrase) => Some(passphrase),
            Wrap::Passkey(_) | Wrap::Other(_) => None,
        })
    }

    /// The ways that passkeys open, in the order in which they were added.
    pub fn passkeys(&self) -> impl Iterator<Item = &Passkey> {
        self.wraps.iter().filter_map(|wrap| match wrap {
            Wrap::Passkey(passkey) => Some(passkey),
            Wrap::Passphrase(_) | Wrap::Other(_) => None,
        })
    }
}

impl Passphrase {
    /// One lane is all that we have ever written.
    fn is_sound(&self) -> Result<(), DecodeError> {
        let bounds = [
            ("m", (MIN_M..=MAX_M).contains(&self.m)),
            ("t", (1..=MAX_T).contains(&self.t)),
            ("p", self.p == 1),
        ];
        match bounds.iter().find(|(_, holds)| !holds) {
            None => Ok(()),
            Some((field, _)) => Err(DecodeError::at(*field, Fault::Range)),
        }
    }
}

/// The fields of its kind beside `kind`, or any other kind.
impl Value for Wrap {
    fn to_ipld(&self) -> Ipld {
        match self {
            Self::Other(value) => value.clone(),
            Self::Passphrase(wrap) => with_kind(PASSPHRASE, wrap),
            Self::Passkey(wrap) => with_kind(PASSKEY, wrap),
        }
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value.clone())?;
        let kind = fields.take::<String>("kind")?;
        let wrap = Ipld::Map(fields.rest());
        match kind.as_str() {
            PASSPHRASE => Passphrase::from_ipld(wrap).map(Self::Passphrase),
            PASSKEY => Passkey::from_ipld(wrap).map(Self::Passkey),
            _ => Ok(Self::Other(value)),
        }
    }
}

fn with_kind(kind: &str, wrap: &impl Value) -> Ipld {
    let mut value = wrap.to_ipld();
    if let Ipld::Map(map) = &mut value {
        Plain::put(&kind.to_owned(), "kind", map);
    }
    value
}

#[cfg(test)]
mod tests {
    use ipld_core::ipld;

    use super::*;
    use crate::format::cbor;

    #[test]
    fn what_nobody_knows_in_a_passkey_and_wraps_that_nobody_knows_are_written_again_as_they_are() {
        let passkey = ipld!({
            "kind": PASSKEY,
            "credential": Ipld::Bytes(vec![1; 16]),
            "rp": "spinney.example",
            "salt": Ipld::Bytes(vec![2; 32]),
            "seed": Ipld::Bytes(vec![3; BOX]),
            "later": true,
        });
        let other = ipld!({ "kind": "later", "credential": 1 });
        let id = crate::crypto::sign::SigningKey::from_bytes(&[1; 32]).verifying_key();
        let stored = ipld!({ "v": 1, "id": id.to_ipld(), "wraps": [other, passkey] });
        let keystore = Keystore::decode(&cbor::from_ipld(&stored)).expect("it breaks no rule");
        assert_eq!(keystore.passkeys().count(), 1);
        assert_eq!(cbor::to_ipld(&keystore.encode()), Ok(stored));
    }
}

//! A stored identity: its seed and its recovery words, encrypted under what unlocks them.
//!
//! Only the form is here; `keys::keystore` makes and opens the boxes.

use ipld_core::ipld::Ipld;

use crate::crypto::boxed;
use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault};
use crate::format::fields::{Fields, Form, Plain, Value, not_empty};
use crate::format::limits;
use crate::format::object::object;

/// The kind of [`Wrap::Passphrase`].
const PASSPHRASE: &str = "passphrase";

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

impl Keystore {
    /// Its one encoding.
    pub fn encode(&self) -> Vec<u8> {
        self.to_bytes()
    }

    /// The first way that a passphrase opens.
    pub fn passphrase(&self) -> Option<&Passphrase> {
        self.wraps.iter().find_map(|wrap| match wrap {
            Wrap::Passphrase(passphrase) => Some(passphrase),
            Wrap::Other(_) => None,
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

/// `{kind: "passphrase", m, t, p, salt, seed, phrase}`, or any other kind.
impl Value for Wrap {
    fn to_ipld(&self) -> Ipld {
        match self {
            Self::Other(value) => value.clone(),
            Self::Passphrase(wrap) => {
                let mut value = wrap.to_ipld();
                if let Ipld::Map(map) = &mut value {
                    Plain::put(&PASSPHRASE.to_owned(), "kind", map);
                }
                value
            }
        }
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        if Fields::of(value.clone())?.take::<String>("kind")? == PASSPHRASE {
            Passphrase::from_ipld(value).map(Self::Passphrase)
        } else {
            Ok(Self::Other(value))
        }
    }
}

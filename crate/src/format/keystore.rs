//! An identity at rest: its seed and its recovery words, boxed under what unlocks them.
//!
//! Only the form is here; `keys::keystore` makes and opens the boxes.

use ipld_core::ipld::Ipld;

use crate::crypto::boxed;
use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault, check_size};
use crate::format::fields::{Build, Extra, Fields, Value};
use crate::format::limits;

const VERSION: u64 = 1;

/// Most memory that a stored keystore may ask of Argon2id, in KiB: 1 GiB, what a phone might just give.
pub const MAX_M: u32 = 1 << 20;
/// Most passes that a stored keystore may ask of Argon2id.
pub const MAX_T: u32 = 10;
/// Length of a box that holds a seed or a phrase.
pub const BOX: usize = 32 + boxed::OVERHEAD;

/// A keystore: which identity, and the ways to unlock it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keystore {
    /// The identity; the key that is derived after opening must equal it.
    pub id: VerifyingKey,
    /// Ways to unlock, at least one.
    pub wraps: Vec<Wrap>,
    /// Keys of a later version.
    pub extra: Extra,
}

/// A way to unlock a keystore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrap {
    /// A passphrase.
    Passphrase(Passphrase),
    /// One that this version does not know: kept as it is.
    Other(Ipld),
}

/// Seed and phrase, boxed under Argon2id of a passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Box of the phrase under `keystore/phrase`.
    pub phrase: [u8; BOX],
}

impl Keystore {
    /// Reads a stored keystore.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        check_size("keystore", bytes, limits::KEYSTORE)?;
        Self::from_bytes(bytes)
    }

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

impl Value for Keystore {
    fn to_ipld(&self) -> Ipld {
        Build::from(&self.extra).put("v", &VERSION).put("id", &self.id).put("wraps", &self.wraps).done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "keystore", VERSION)?;
        let id = fields.take("id")?;
        let wraps: Vec<Wrap> = fields.list("wraps", limits::KEYSTORE_WRAPS)?;
        if wraps.is_empty() {
            return Err(DecodeError::at("wraps", Fault::TooFew(1)));
        }
        Ok(Self { id, wraps, extra: fields.rest() })
    }
}

impl Value for Wrap {
    fn to_ipld(&self) -> Ipld {
        match self {
            Self::Other(value) => value.clone(),
            Self::Passphrase(wrap) => Build::new()
                .put("kind", &"passphrase".to_owned())
                .put("m", &wrap.m)
                .put("t", &wrap.t)
                .put("p", &wrap.p)
                .put("salt", &wrap.salt)
                .put("seed", &wrap.seed)
                .put("phrase", &wrap.phrase)
                .done(),
        }
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value.clone())?;
        if fields.take::<String>("kind")? != "passphrase" {
            return Ok(Self::Other(value));
        }
        let wrap = Passphrase {
            m: fields.take("m")?,
            t: fields.take("t")?,
            p: fields.take("p")?,
            salt: fields.take("salt")?,
            seed: fields.take("seed")?,
            phrase: fields.take("phrase")?,
        };
        // Argon2 needs at least 8 KiB for each lane; one lane is all that we have ever written.
        let sound = wrap.p == 1 && (8..=MAX_M).contains(&wrap.m) && (1..=MAX_T).contains(&wrap.t);
        if sound { Ok(Self::Passphrase(wrap)) } else { Err(DecodeError::at("m", Fault::Range)) }
    }
}

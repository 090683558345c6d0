//! What an identity publishes of itself.

use bytes::Bytes;
use ipld_core::ipld::Ipld;

use crate::crypto::hpke::{PUBLIC_KEY_LEN, PublicKey};
use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault};
use crate::format::fields::{Build, Extra, Fields, Value};
use crate::format::signed::Signed;
use crate::format::{limits, picture};

const VERSION: u64 = 1;

/// A profile: public, and the page says so when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name that the person chose.
    pub name: String,
    /// What they say of themselves.
    pub bio: Option<String>,
    /// A small raster picture.
    pub avatar: Option<Bytes>,
    /// The key to which others seal.
    pub kem: Kem,
    /// The X25519 public key of blinded labels.
    pub label: [u8; 32],
    /// Addresses of the relays where this identity's record is found: hostile input until checked.
    pub relays: Vec<String>,
    /// SHA-256(`"spinney/v1/heir\0"` ‖ public key of the next seed), pinned by contacts when first seen.
    pub heir: [u8; 32],
    /// The identity that this one follows after a rotation.
    pub predecessor: Option<VerifyingKey>,
    /// When it was written, in milliseconds since 1970; the author's claim.
    pub time: u64,
    /// Keys of a later version.
    pub extra: Extra,
}

/// An X-Wing public key and the epoch that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kem {
    /// Rises with each new key of one identity.
    pub epoch: u32,
    /// The key.
    pub key: PublicKey,
}

impl Value for Kem {
    fn to_ipld(&self) -> Ipld {
        Build::new().put("epoch", &self.epoch).put("key", &Bytes::from(self.key.to_bytes())).done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value)?;
        let epoch = fields.take("epoch")?;
        let key: [u8; PUBLIC_KEY_LEN] = fields.take("key")?;
        let key = PublicKey::from_bytes(&key).map_err(|_| DecodeError::at("key", Fault::WeakKey))?;
        Ok(Self { epoch, key })
    }
}

impl Value for Profile {
    fn to_ipld(&self) -> Ipld {
        Build::from(&self.extra)
            .put("v", &VERSION)
            .put("name", &self.name)
            .maybe("bio", self.bio.as_ref())
            .maybe("avatar", self.avatar.as_ref())
            .put("kem", &self.kem)
            .put("label", &self.label)
            .put("relays", &self.relays)
            .put("heir", &self.heir)
            .maybe("predecessor", self.predecessor.as_ref())
            .put("time", &self.time)
            .done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "profile", VERSION)?;
        Ok(Self {
            name: fields.text("name", limits::NAME_CHARS)?,
            bio: fields.maybe_text("bio", limits::BIO_CHARS)?,
            avatar: avatar(&mut fields)?,
            kem: fields.take("kem")?,
            label: fields.take("label")?,
            relays: fields.relays("relays")?,
            heir: fields.take("heir")?,
            predecessor: fields.maybe("predecessor")?,
            time: fields.take("time")?,
            extra: fields.rest(),
        })
    }
}

fn avatar(fields: &mut Fields) -> Result<Option<Bytes>, DecodeError> {
    if !fields.has("avatar") {
        return Ok(None);
    }
    let bytes = fields.bytes("avatar", limits::AVATAR)?;
    match picture::Kind::of(&bytes) {
        Some(_) => Ok(Some(bytes)),
        None => Err(DecodeError::at("avatar", Fault::Kind("a JPEG, PNG or WebP picture"))),
    }
}

impl Signed for Profile {
    const TYPE: &'static str = "profile";
    const LIMIT: usize = limits::PROFILE;
}

//! A request to be added, sealed to somebody who may not know its sender yet, and left in their mailbox.
//!
//! Every sealed request has one length, and says nothing of who sent it but to its reader.

use zeroize::Zeroizing;

use crate::crypto::hpke::{self, PrivateKey, PublicKey};
use crate::crypto::padding;
use crate::crypto::sign::{SigningKey, VerifyingKey};
use crate::format::drop_box::Files;
use crate::format::error::{DecodeError, Fault, ReadError};
use crate::format::fields::relays;
use crate::format::object::object;
use crate::format::signed::{self, Verified};
use crate::format::{Random, limits};

/// Length of every sealed request: a frame of [`limits::REQUEST`] and what HPKE adds.
pub const SEALED: usize = limits::REQUEST + hpke::OVERHEAD;

object! {
    /// What somebody says who asks to be added. Signed by them.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "request")]
    #[signed("request", limits::REQUEST - padding::PREFIX_LEN)]
    pub struct Request {
        /// Whom they ask, so that it cannot be passed on to others.
        pub to: VerifyingKey,
        /// When it was written, in milliseconds since 1970; the sender's claim. Of one sender the newest counts.
        pub time: u64,
        /// What they write; may be empty.
        #[max(limits::MESSAGE_CHARS)]
        pub message: String,
        /// Relays that have the sender's record: hostile input until checked.
        #[max(limits::RELAYS)]
        #[check(relays)]
        pub relays: Vec<String>,
        /// HMAC by the secret of an invite of both keys, where the sender was given one.
        pub proof: Option<[u8; 32]>,
        /// The identity that the sender follows. It counts only if the sender fits its commitment.
        pub predecessor: Option<VerifyingKey>,
        /// The files that the sender left in a drop box. With it the request asks for nothing else.
        pub drop: Option<Files>,
        ..extra
    }
}

impl Request {
    /// Signs a request and seals it to the owner of `kem`, who is `self.to`.
    ///
    /// # Errors
    ///
    /// If a field breaks a rule.
    pub fn seal(
        &self,
        from: &SigningKey,
        kem: &PublicKey,
        random: Random<'_>,
    ) -> Result<Vec<u8>, DecodeError> {
        let frame = padding::frame(&signed::sign(from, self)?, limits::REQUEST);
        let mut seed = Zeroizing::new([0; 64]);
        random(&mut *seed);
        Ok(hpke::seal_with_randomness(kem, &info(&self.to), &frame, &seed))
    }

    /// Opens a request that was left for `me`, the owner of `kem`; who sent it is its signer.
    ///
    /// Refuses one that is for somebody else. Whether it is too old is for the caller to say.
    pub fn open(kem: &PrivateKey, me: &VerifyingKey, sealed: &[u8]) -> Result<Verified<Self>, ReadError> {
        if sealed.len() != SEALED {
            return Err(DecodeError::at("", Fault::Length(SEALED)).into());
        }
        let frame = hpke::open(kem, &info(me), sealed)?;
        let signed = padding::unframe(&frame).map_err(|_| DecodeError::at("", Fault::Frame))?;
        let request = signed::open::<Self>(signed, None)?;
        if request.object.to == *me {
            Ok(request)
        } else {
            Err(DecodeError::at("object.to", Fault::Contradiction).into())
        }
    }
}

fn info(to: &VerifyingKey) -> Vec<u8> {
    [b"spinney/v1/request\0", &to.as_bytes()[..]].concat()
}

//! The certificate by which an identity vouches for one browser's transport key.

use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault};
use crate::format::limits;
use crate::format::object::object;

object! {
    /// Says that `device` acts for the identity that signed it, for at most 90 days.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "device certificate")]
    #[signed("device", limits::CERTIFICATE)]
    #[check(Self::lasts)]
    pub struct Certificate {
        /// The device's Ed25519 key, whose PeerId it uses in libp2p.
        pub device: VerifyingKey,
        /// Valid from this time on, in milliseconds since 1970.
        pub from: u64,
        /// Valid up to and without this time.
        pub until: u64,
        ..extra
    }
}

impl Certificate {
    /// Whether the certificate is valid at a time, in milliseconds since 1970.
    ///
    /// A clock that is behind by up to an hour still finds a fresh certificate valid.
    pub fn is_valid_at(&self, now: u64) -> bool {
        self.from.saturating_sub(CLOCK_SKEW_MS) <= now && now < self.until
    }

    fn lasts(&self) -> Result<(), DecodeError> {
        match self.until.checked_sub(self.from) {
            Some(1..=limits::CERTIFICATE_MS) => Ok(()),
            _ => Err(DecodeError::at("until", Fault::Range)),
        }
    }
}

/// Clocks of devices and relays differ; an hour is more than most do.
const CLOCK_SKEW_MS: u64 = 60 * 60 * 1000;

//! The certificate by which an identity vouches for one browser's transport key.

use ipld_core::ipld::Ipld;

use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault};
use crate::format::fields::{Build, Extra, Fields, Value};
use crate::format::limits;
use crate::format::signed::Signed;

const VERSION: u64 = 1;

/// Says that `device` acts for the identity that signed it, for at most 90 days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The device's Ed25519 key, whose PeerId it uses in libp2p.
    pub device: VerifyingKey,
    /// Valid from this time on, in milliseconds since 1970.
    pub from: u64,
    /// Valid up to and without this time.
    pub until: u64,
    /// Keys of a later version.
    pub extra: Extra,
}

impl Certificate {
    /// Whether the certificate is valid at a time, in milliseconds since 1970.
    ///
    /// A clock that is behind by up to an hour still finds a fresh certificate valid.
    pub fn is_valid_at(&self, now: u64) -> bool {
        self.from.saturating_sub(CLOCK_SKEW_MS) <= now && now < self.until
    }
}

/// Clocks of devices and relays differ; an hour is more than most do.
const CLOCK_SKEW_MS: u64 = 60 * 60 * 1000;

impl Value for Certificate {
    fn to_ipld(&self) -> Ipld {
        Build::from(&self.extra)
            .put("v", &VERSION)
            .put("device", &self.device)
            .put("from", &self.from)
            .put("until", &self.until)
            .done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "device certificate", VERSION)?;
        let certificate = Self {
            device: fields.take("device")?,
            from: fields.take("from")?,
            until: fields.take("until")?,
            extra: fields.rest(),
        };
        match certificate.until.checked_sub(certificate.from) {
            Some(1..=limits::CERTIFICATE_MS) => Ok(certificate),
            _ => Err(DecodeError::at("until", Fault::Range)),
        }
    }
}

impl Signed for Certificate {
    const TYPE: &'static str = "device";
    const LIMIT: usize = limits::CERTIFICATE;
}

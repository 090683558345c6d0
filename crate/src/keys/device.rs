//! Certificates by which an identity vouches for the transport key of one browser profile.

use super::{Id, Ring, id::peer_id};
use crate::{
    crypto::sign::VerifyingKey,
    format::{
        ReadError,
        device::Certificate,
        limits::{CERTIFICATE_MS, SEQUENCE_AHEAD_S},
        signed::{self, Verified},
    },
};

/// Why a certificate does not speak for the device that shows it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// It is malformed, or its signature does not hold.
    #[error("the device certificate cannot be read: {0}")]
    Unreadable(#[from] ReadError),
    /// It is for another device than the connection was authenticated as.
    #[error("the device certificate is another device's")]
    OtherDevice,
    /// It has ended, or has not begun.
    #[error("the device certificate is not valid at this time")]
    NotNow,
}

/// How long before its making a certificate begins, in milliseconds: as far as sequences may be ahead. So a device whose
/// clock is ahead by days is known to those whose clocks are right.
const BEGINS_BEFORE_MS: u64 = SEQUENCE_AHEAD_S * 1000;

/// Certifies `device` for 90 days, of which 30 are before `now` (milliseconds since 1970).
pub fn issue(ring: &Ring, device: &VerifyingKey, now: u64) -> Vec<u8> {
    let from = now.saturating_sub(BEGINS_BEFORE_MS);
    let certificate =
        Certificate { device: *device, from, until: from + CERTIFICATE_MS, extra: Default::default() };
    signed::sign(ring.identity(), &certificate).expect("a certificate of the allowed length is readable")
}

/// Whether a certificate should be made anew: half of what is to come of it is over, or it is not valid at all.
pub fn is_due(certificate: &Certificate, now: u64) -> bool {
    !certificate.is_valid_at(now) || certificate.until - now < (CERTIFICATE_MS - BEGINS_BEFORE_MS) / 2
}

/// Checks a certificate against the binary peer id that the connection authenticated, and says whose device it is.
pub fn check(certificate: &[u8], peer: &[u8], now: u64) -> Result<Id, DeviceError> {
    check_with_end(certificate, peer, now).map(|(id, _)| id)
}

/// The same, and says until when the certificate is valid, in milliseconds since 1970.
pub fn check_with_end(certificate: &[u8], peer: &[u8], now: u64) -> Result<(Id, u64), DeviceError> {
    let Verified { signer, object } = signed::open::<Certificate>(certificate, None)?;
    if peer_id(&object.device) != peer {
        return Err(DeviceError::OtherDevice);
    }
    if !object.is_valid_at(now) {
        return Err(DeviceError::NotNow);
    }
    Ok((signer.into(), object.until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crypto::sign::SigningKey, keys::Phrase};

    const DAY: u64 = 24 * 60 * 60 * 1000;
    const NOW: u64 = 1_800_000_000_000;

    fn ring() -> Ring {
        Ring::from_phrase(&Phrase::from_bytes([1; 32]))
    }

    fn device(seed: u8) -> VerifyingKey {
        SigningKey::from_bytes(&[seed; 32]).verifying_key()
    }

    #[test]
    fn a_certificate_names_the_identity_of_its_device_thirty_days_before_and_sixty_after() {
        let certificate = issue(&ring(), &device(7), NOW);
        let peer = peer_id(&device(7));
        assert_eq!(check(&certificate, &peer, NOW), Ok(ring().id()));
        assert_eq!(check(&certificate, &peer, NOW + 60 * DAY - 1), Ok(ring().id()));
        assert_eq!(check(&certificate, &peer, NOW + 60 * DAY), Err(DeviceError::NotNow));
        assert_eq!(
            check(&certificate, &peer, NOW - 30 * DAY),
            Ok(ring().id()),
            "the clock of the device was ahead"
        );
        assert_eq!(check(&certificate, &peer, NOW - 31 * DAY), Err(DeviceError::NotNow));
    }

    #[test]
    fn a_certificate_of_another_device_is_refused() {
        let certificate = issue(&ring(), &device(7), NOW);
        assert_eq!(check(&certificate, &peer_id(&device(8)), NOW), Err(DeviceError::OtherDevice));
    }

    #[test]
    fn a_changed_certificate_is_refused() {
        let mut certificate = issue(&ring(), &device(7), NOW);
        *certificate.last_mut().unwrap() ^= 1;
        let error = check(&certificate, &peer_id(&device(7)), NOW).unwrap_err();
        assert!(matches!(error, DeviceError::Unreadable(_)));
    }

    #[test]
    fn a_certificate_is_renewed_when_half_of_what_was_to_come_is_over() {
        let certificate = signed::open::<Certificate>(&issue(&ring(), &device(7), NOW), None).unwrap().object;
        assert!(!is_due(&certificate, NOW + 29 * DAY));
        assert!(is_due(&certificate, NOW + 31 * DAY));
        assert!(is_due(&certificate, NOW + 91 * DAY));
    }
}

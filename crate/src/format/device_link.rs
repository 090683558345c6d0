//! How one more device of a person is linked: the code that the unlocked device shows, and what it hands over at the end.
//!
//! The conversation in between is `net::device_link`, its keys are in `keys::device_link`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::crypto::digest;
use crate::crypto::sign::VerifyingKey;
use crate::format::error::DecodeError;
use crate::format::fields::{Value, relays};
use crate::format::object::object;
use crate::format::secret::Secret;
use crate::format::{code, limits};

/// What the text of a code begins with. No program registers it, so that no camera opens it and no history keeps it.
pub const PREFIX: &str = "spinney-device:";

object! {
    /// A code that one device shows, so that one other can ask it for the identity.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "device code")]
    pub struct Code {
        /// The key of the device that shows it.
        pub device: VerifyingKey,
        /// Relays through which that device is reached: hostile input until checked.
        #[max(limits::DEVICE_CODE_RELAYS)]
        #[check(relays)]
        pub relays: Vec<String>,
        /// Only who has seen the code has it.
        pub secret: Secret,
        /// When the code ends by the clock of the device that shows it, in milliseconds since 1970.
        pub until: u64,
        ..extra
    }
}

/// Why text is no code of a device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It does not begin as a code does.
    #[error("this is not the code of a device")]
    Other,
    /// Cut short, or mistyped.
    #[error("a part of this code is missing or changed; copy it again")]
    Malformed,
    /// Whole, but not what a code holds.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// The checksum is neither that of an invite nor that of a link.
fn hash(object: &[u8]) -> [u8; 32] {
    digest("device-link/text", &[object])
}

/// [`PREFIX`], then base64url, without padding, of 4 bytes of a checksum and the object.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", code::write(&self.to_bytes(), hash))
    }
}

/// Reads the text; white space around it does not matter.
impl FromStr for Code {
    type Err = CodeError;

    fn from_str(typed: &str) -> Result<Self, CodeError> {
        let text = typed.trim().strip_prefix(PREFIX).ok_or(CodeError::Other)?;
        let object = code::decode(text, limits::DEVICE_CODE, hash).ok_or(CodeError::Malformed)?;
        Ok(Self::from_bytes(&object)?)
    }
}

object! {
    /// What a linked device is given: the seed, and where the rest is found.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "handover")]
    pub struct Handover {
        /// Which seed of the identity it is: 0 until the keys are changed.
        pub n: u32,
        /// The seed. The 24 words never leave the device that has them.
        pub seed: Secret,
        /// The commitment to the seed that comes after. Profile and vault must name it.
        pub heir: [u8; 32],
        /// Relays that have the record of the identity.
        #[max(limits::RELAYS)]
        #[check(relays)]
        pub relays: Vec<String>,
        /// A sequence that a relay has of that record: lower ones are old.
        pub seq: u64,
        ..extra
    }
}

/// Why a device is not linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Refusal {
    /// No code is shown, or it is over, or another device used it.
    #[error("the code is over: show a new one on the other device")]
    Ended,
    /// The code of authentication does not fit: another code was read, or somebody is in between.
    #[error("this is not the code that the other device shows now")]
    Mac,
    /// Wrong words were typed too often on the device that showed the code.
    #[error("the four words that were typed on the other device were not those of this one")]
    Words,
    /// Too many ask at once.
    #[error("the other device is busy: try again")]
    Busy,
    /// A refusal that a later version added.
    #[error("refused for a reason that needs a newer Spinney")]
    #[serde(other)]
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::sign::SigningKey;

    fn code() -> Code {
        let device = SigningKey::from_bytes(&[7; 32]).verifying_key();
        let relays = vec![
            "/dns/relay.example/tcp/443/wss/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5".into(),
        ];
        Code { device, relays, secret: Secret::from_bytes([8; 32]), until: 9, extra: Default::default() }
    }

    #[test]
    fn a_code_is_read_from_its_whole_text_alone() {
        let text = code().to_string();
        assert_eq!(format!(" \n{text}\n").parse(), Ok(code()));
        assert_eq!(text[PREFIX.len()..].parse::<Code>(), Err(CodeError::Other));
        assert_eq!(format!("https://page.example/{text}").parse::<Code>(), Err(CodeError::Other));
        assert_eq!(text[..text.len() - 1].parse::<Code>(), Err(CodeError::Malformed));
        assert_eq!(format!("{text}=").parse::<Code>(), Err(CodeError::Malformed));
    }

    #[test]
    fn a_code_fits_into_a_picture_that_cameras_read() {
        let relays = vec!["r".repeat(limits::RELAY_BYTES); limits::DEVICE_CODE_RELAYS];
        assert!(Code { relays, ..code() }.to_string().len() < 1_000);
    }
}

//! How one more device of a person is linked: the code that the unlocked device shows, and what it hands over at the end.
//!
//! The conversation in between is `net::device_link`, its keys are in `keys::device_link`.

use std::fmt;
use std::str::FromStr;

use ipld_core::ipld::Ipld;
use serde::{Deserialize, Serialize};

use crate::crypto::digest;
use crate::crypto::sign::VerifyingKey;
use crate::format::code::{Kind, MINUTE, NoCode, Reader, Writer, int, map, relay_list};
use crate::format::error::DecodeError;
use crate::format::fields::relays;
use crate::format::limits;
use crate::format::object::object;
use crate::format::secret::{CodeSecret, Secret};

/// What the text of a code begins with. No program registers it, so that no camera opens it and no history keeps it.
pub const PREFIX: &str = "spinney-device:";

const KIND: Kind = Kind {
    route: PREFIX,
    label: "device-link/text",
    limit: limits::DEVICE_CODE,
    old: |object| digest("device-link/text", &[object]),
};

/// A code that one device shows, so that one other can ask it for the identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The key of the device that shows it.
    pub device: VerifyingKey,
    /// Relays through which that device is reached: hostile input until checked.
    pub relays: Vec<String>,
    /// Only who has seen the code has it.
    pub secret: CodeSecret,
    /// When the code ends by the clock of the device that shows it, in milliseconds since 1970, to the minute.
    pub until: u64,
}

impl Code {
    /// Its bytes: the one form that it has.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = Writer::new(&self.relays, [false; 3]);
        to.key(&self.device);
        to.secret(&self.secret);
        to.time(self.until, MINUTE);
        to.relays(&self.relays);
        to.finish()
    }

    /// Reads the bytes strictly.
    ///
    /// # Errors
    ///
    /// Which field breaks which rule, or that it takes a newer Spinney.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new(bytes, "device code", 0)?;
        let (device, secret) = (from.key("device")?, from.secret("secret")?);
        let (until, relays) = (from.time("until", MINUTE)?, from.relays(limits::DEVICE_CODE_RELAYS)?);
        from.end()?;
        Ok(Self { device, relays, secret, until })
    }

    /// What it says, for tools that show it.
    pub fn to_ipld(&self) -> Ipld {
        map([
            ("device", self.device.as_bytes().to_vec().into()),
            ("relays", relay_list(&self.relays)),
            ("secret", self.secret.as_bytes().to_vec().into()),
            ("until", int(self.until)),
        ])
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
    /// As builds before the first release made it.
    #[error("this code comes from an older Spinney: reload the page on the other device")]
    Old,
    /// Whole, but not what a code holds.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// [`PREFIX`], then base64url, without padding, of the object and 3 bytes of a checksum.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", KIND.write(&self.to_bytes()))
    }
}

/// Reads the text; white space around it does not matter.
impl FromStr for Code {
    type Err = CodeError;

    fn from_str(typed: &str) -> Result<Self, CodeError> {
        let text = typed.trim().strip_prefix(PREFIX).ok_or(CodeError::Other)?;
        let object = KIND.decode(text).map_err(|why| match why {
            NoCode::Malformed => CodeError::Malformed,
            NoCode::Old => CodeError::Old,
        })?;
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
        let relays = vec!["/dns/relay.example/tcp/443/wss".into()];
        Code { device, relays, secret: CodeSecret::from_bytes([8; 16]), until: 1_780_000_020_000 }
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
        assert!(Code { relays, ..code() }.to_string().len() < 900);
    }
}

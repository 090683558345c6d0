//! The side of the new device.

use zeroize::Zeroizing;

use super::{BadMac, Devices, Nonce, Shared, Words, commitment};
use crate::crypto::sign::VerifyingKey;
use crate::format::ReadError;
use crate::format::device_link::{Code, Handover};
use crate::keys::{Id, Ring};
use crate::platform;

/// A device that has read a code.
#[derive(Debug)]
pub struct Joiner {
    code: Code,
    new: VerifyingKey,
    name: String,
    nonce: Nonce,
}

/// It has shown its nonce and waits for the welcome.
#[derive(Debug)]
pub struct Joined {
    pub(super) shared: Shared,
    nonce: Nonce,
    name: String,
}

/// The other device has shown that it made the code. The person types the words there.
#[derive(Debug)]
pub struct Welcomed {
    shared: Shared,
    id: Id,
}

/// What the device was given: it becomes one of this identity if the person says yes.
#[derive(Debug)]
pub struct Inherited {
    /// Every key of the identity.
    pub ring: Ring,
    /// Which seed of the identity it is.
    pub n: u32,
    /// The commitment to the seed that comes after.
    pub heir: [u8; 32],
    /// Relays that have the record: hostile input until checked.
    pub relays: Vec<String>,
    /// A sequence that a relay has.
    pub seq: u64,
}

/// Why a device does not take what it was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InheritError {
    /// It does not open, or is malformed.
    #[error(transparent)]
    Refused(#[from] ReadError),
    /// The seed is that of another identity than the other device said.
    #[error("the seed is another identity's than the other device said")]
    AnotherIdentity,
}

impl Joiner {
    /// A device with this key, which the person calls `name`, has read a code.
    pub fn new(code: Code, new: VerifyingKey, name: String) -> Self {
        Self::with_nonce(code, new, name, platform::random())
    }

    /// [`new`](Self::new) with a given nonce, for test vectors.
    pub fn with_nonce(code: Code, new: VerifyingKey, name: String, nonce: Nonce) -> Self {
        Self { code, new, name, nonce }
    }

    /// What it says first.
    pub fn commit(&self) -> [u8; 32] {
        commitment(&self.new, &self.nonce)
    }

    /// The other device has told its nonce.
    pub fn answer(self, nonce: &Nonce) -> Joined {
        let devices = Devices { old: self.code.device, new: self.new };
        let shared = Shared::new(&self.code.secret, &devices, [nonce, &self.nonce], &self.name);
        Joined { shared, nonce: self.nonce, name: self.name }
    }
}

impl Joined {
    /// The nonce, which is shown now.
    pub fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    /// What the person calls this device.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Shows that this device has read the code.
    pub fn mac(&self) -> [u8; 32] {
        self.shared.join_mac()
    }

    /// The other device says who it is, and shows that it made the code.
    pub fn welcome(self, id: Id, mac: &[u8; 32]) -> Result<Welcomed, BadMac> {
        self.shared.check_welcome(&id, mac)?;
        Ok(Welcomed { shared: self.shared, id })
    }
}

impl Welcomed {
    /// The words to show.
    pub fn words(&self) -> &Words {
        &self.shared.words
    }

    /// Whose device it is to become.
    pub fn id(&self) -> &Id {
        &self.id
    }

    /// Opens what the other device sends once the words were typed there.
    pub fn open(&self, sealed: &[u8]) -> Result<Inherited, InheritError> {
        let Handover { n, seed, heir, relays, seq, .. } = self.shared.open(sealed)?;
        let ring = Ring::from_seed(Zeroizing::new(*seed.as_bytes()));
        if ring.id() != self.id {
            return Err(InheritError::AnotherIdentity);
        }
        Ok(Inherited { ring, n, heir, relays, seq })
    }
}

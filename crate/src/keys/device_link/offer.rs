//! The side of the device that shows the code.

use subtle::ConstantTimeEq;

use super::{Devices, Nonce, Shared, commitment};
use crate::crypto::sign::VerifyingKey;
use crate::format::device_link::{Code, Handover, Refusal};
use crate::format::secret::CodeSecret;
use crate::keys::phrase::spelled;
use crate::keys::{Id, PhraseError};
use crate::platform;

/// How long a code is good, in milliseconds: two devices that lie side by side need one.
pub const OFFER_MS: u64 = 10 * 60 * 1000;

/// Wrong entries that end a code: of 2^44 words nobody guesses one in three.
pub const MAX_WRONG: u8 = 3;

/// A code that this device shows, and how far the one device has come that used it.
#[derive(Debug)]
pub struct Offer {
    secret: CodeSecret,
    device: VerifyingKey,
    id: Id,
    until: u64,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Nobody has proved yet to have read the code.
    Open,
    /// Somebody has, and their words are to be typed.
    Asked(Box<Asked>),
    /// It was used, cancelled, or is too old.
    Over,
}

#[derive(Debug)]
struct Asked {
    shared: Shared,
    new: VerifyingKey,
    wrong: u8,
}

/// A device that has committed to its nonce, and was told ours.
#[derive(Debug)]
pub struct Attempt {
    new: VerifyingKey,
    commit: [u8; 32],
    nonce: Nonce,
}

/// The words were right: the seed may be sealed to the new device.
#[derive(Debug)]
pub struct Approved {
    shared: Shared,
    new: VerifyingKey,
}

/// Why typed words do not link the device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// A word is not in the list. This is no entry.
    #[error(transparent)]
    Unknown(#[from] PhraseError),
    /// There are more or fewer than four. This is no entry.
    #[error("the other device shows four words; these are {0}")]
    Count(usize),
    /// They are four other words.
    #[error("these are not the words that the other device shows; {left} more tries")]
    Wrong {
        /// Entries that are left. If there is none, the code is over.
        left: u8,
    },
    /// No device waits for its words: nobody came yet, or the code is over.
    #[error("no device waits for its words: show a new code")]
    Ended,
}

impl Offer {
    /// Makes a code at `now`, for one new device of this identity.
    pub fn new(device: VerifyingKey, id: Id, now: u64) -> Self {
        Self::with_secret(CodeSecret::from_bytes(platform::random()), device, id, now)
    }

    /// [`new`](Self::new) with a given secret, for test vectors.
    pub fn with_secret(secret: CodeSecret, device: VerifyingKey, id: Id, now: u64) -> Self {
        Self { secret, device, id, until: now + OFFER_MS, stage: Stage::Open }
    }

    /// The code to show. These relays reach this device.
    pub fn code(&self, relays: Vec<String>) -> Code {
        let (device, secret, until) = (self.device, self.secret.clone(), self.until);
        Code { device, relays, secret, until }
    }

    /// The identity that the new device becomes one of.
    pub fn id(&self) -> &Id {
        &self.id
    }

    /// When it ends, in milliseconds since 1970.
    pub fn until(&self) -> u64 {
        self.until
    }

    /// Whether no device can be linked by it any more.
    pub fn is_over(&self, now: u64) -> bool {
        matches!(self.stage, Stage::Over) || now >= self.until
    }

    /// Ends it.
    pub fn end(&mut self) {
        self.stage = Stage::Over;
    }

    /// A device says that it has read the code, and commits to its nonce. Changes nothing: anybody can say so.
    pub fn begin(&self, new: VerifyingKey, commit: [u8; 32], now: u64) -> Result<Attempt, Refusal> {
        match self.stage {
            Stage::Open if now < self.until => Ok(Attempt { new, commit, nonce: platform::random() }),
            _ => Err(Refusal::Ended),
        }
    }

    /// The same device shows its nonce, and that it has read the code. Gives the code of authentication for its welcome.
    ///
    /// The first right one uses the code up; a wrong one changes nothing.
    pub fn join(
        &mut self,
        attempt: &Attempt,
        nonce: &Nonce,
        name: &str,
        mac: &[u8; 32],
        now: u64,
    ) -> Result<[u8; 32], Refusal> {
        if self.is_over(now) || !matches!(self.stage, Stage::Open) {
            return Err(Refusal::Ended);
        }
        let Attempt { new, commit, nonce: mine } = attempt;
        if commitment(new, nonce) != *commit {
            return Err(Refusal::Mac);
        }
        let devices = Devices { old: self.device, new: *new };
        let shared = Shared::new(&self.secret, &devices, [mine, nonce], name);
        shared.check_join(mac).map_err(|_| Refusal::Mac)?;
        let welcome = shared.welcome_mac(&self.id);
        self.stage = Stage::Asked(Box::new(Asked { shared, new: *new, wrong: 0 }));
        Ok(welcome)
    }

    /// The person types the words that the new device shows. Four words of the list are an entry; [`MAX_WRONG`] wrong
    /// entries end the code, and so does the right one.
    pub fn enter(&mut self, typed: &str, now: u64) -> Result<Approved, WordsError> {
        if self.is_over(now) {
            self.end();
        }
        let Stage::Asked(asked) = &mut self.stage else { return Err(WordsError::Ended) };
        let (typed, count) = spelled(typed)?;
        let words = &asked.shared.words;
        if count != words.len() {
            return Err(WordsError::Count(count));
        }
        let is_right = bool::from(words.join(" ").as_bytes().ct_eq(typed.as_bytes()));
        if !is_right {
            asked.wrong += 1;
            let left = MAX_WRONG - asked.wrong;
            if left == 0 {
                self.end();
            }
            return Err(WordsError::Wrong { left });
        }
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Asked(asked) => Ok(Approved { shared: asked.shared, new: asked.new }),
            Stage::Open | Stage::Over => Err(WordsError::Ended),
        }
    }
}

impl Attempt {
    /// The nonce that the device is told.
    pub fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    /// The same attempt with a given nonce, for test vectors.
    pub fn with_nonce(self, nonce: Nonce) -> Self {
        Self { nonce, ..self }
    }
}

impl Approved {
    /// The key of the new device.
    pub fn device(&self) -> &VerifyingKey {
        &self.new
    }

    /// Seals what the new device is given.
    pub fn seal(&self, handover: &Handover) -> Vec<u8> {
        self.seal_with_nonce(handover, &platform::random())
    }

    /// [`seal`](Self::seal) with a given nonce, for test vectors.
    pub fn seal_with_nonce(&self, handover: &Handover, nonce: &[u8; 24]) -> Vec<u8> {
        self.shared.seal(handover, nonce)
    }
}

//! Keys from passphrases: Argon2id (RFC 9106) over the passphrase in Unicode's composed form.

use argon2::{Algorithm, Argon2, Block, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

/// Above this, a stored keystore could exhaust the machine that opens it.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
/// Above this, a stored keystore could keep the machine busy for minutes.
const MAX_PASSES: u32 = 10;
/// More lanes than any machine's cores bring nothing; they are computed one after another here.
const MAX_LANES: u32 = 16;

/// What deriving a key costs: memory in KiB, passes over it, lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// Memory in KiB.
    pub m: u32,
    /// Passes over the memory.
    pub t: u32,
    /// Lanes.
    pub p: u32,
}

impl Params {
    /// What new keystores use: 64 MiB, three passes, one lane (RFC 9106's second choice on one thread).
    pub const DEFAULT: Self = Self { m: 64 * 1024, t: 3, p: 1 };
}

/// Why no key could be derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError {
    /// The parameters are outside what Argon2 allows or above what is accepted here.
    #[error("the passphrase parameters ask for too much or make no sense")]
    Params,
    /// The machine cannot give the memory that the parameters ask for.
    #[error("not enough memory to check the passphrase; close other pages and try again")]
    Memory,
}

/// What makes a key of a passphrase. It is public, and stored beside what the key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// The salt, so that one passphrase gives a key of its own at each place.
    pub salt: [u8; 16],
    /// What deriving the key costs.
    pub params: Params,
}

impl Recipe {
    /// Derives the key. Takes a fifth of a second with [`Params::DEFAULT`] in a browser, and the whole thread meanwhile.
    pub fn derive(self, passphrase: &str) -> Result<PassphraseKey, DeriveError> {
        Ok(PassphraseKey::from_bytes(self, derive(passphrase, &self.salt, self.params)?))
    }
}

/// The key of a passphrase, with its recipe.
pub struct PassphraseKey {
    recipe: Recipe,
    key: Zeroizing<[u8; 32]>,
}

impl PassphraseKey {
    /// Takes a key that was derived elsewhere.
    pub fn from_bytes(recipe: Recipe, key: Zeroizing<[u8; 32]>) -> Self {
        Self { recipe, key }
    }

    /// How it was derived.
    pub fn recipe(&self) -> Recipe {
        self.recipe
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.key
    }
}

/// Derives a 32-byte key from NFC(passphrase).
fn derive(passphrase: &str, salt: &[u8; 16], params: Params) -> Result<Zeroizing<[u8; 32]>, DeriveError> {
    if params.m > MAX_MEMORY_KIB || params.t > MAX_PASSES || params.p > MAX_LANES {
        return Err(DeriveError::Params);
    }
    let composed: Zeroizing<String> = Zeroizing::new(passphrase.nfc().collect());
    let params =
        argon2::Params::new(params.m, params.t, params.p, Some(32)).map_err(|_| DeriveError::Params)?;
    let mut key = Zeroizing::new([0; 32]);
    hash(&Argon2::new(Algorithm::Argon2id, Version::V0x13, params), composed.as_bytes(), salt, &mut *key)?;
    Ok(key)
}

/// Runs Argon2 over memory that may be refused without a crash, and that is wiped.
pub(super) fn hash(
    argon2: &Argon2<'_>,
    passphrase: &[u8],
    salt: &[u8],
    out: &mut [u8],
) -> Result<(), DeriveError> {
    let count = argon2.params().block_count();
    let mut memory = Vec::new();
    memory.try_reserve_exact(count).map_err(|_| DeriveError::Memory)?;
    memory.resize(count, Block::new());
    let result = argon2.hash_password_into_with_memory(passphrase, salt, out, &mut memory);
    memory.zeroize();
    result.map_err(|_| DeriveError::Params)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Params = Params { m: 64, t: 1, p: 1 };

    #[test]
    fn a_passphrase_typed_composed_or_decomposed_gives_one_key() {
        assert_eq!(derive("caf\u{e9}", &[1; 16], CHEAP), derive("cafe\u{301}", &[1; 16], CHEAP));
        assert_ne!(derive("café", &[1; 16], CHEAP), derive("cafe", &[1; 16], CHEAP));
        assert_ne!(derive("café", &[1; 16], CHEAP), derive("café", &[2; 16], CHEAP));
    }

    #[test]
    fn parameters_that_ask_for_too_much_or_too_little_are_refused() {
        for params in [
            Params { m: MAX_MEMORY_KIB + 1, ..CHEAP },
            Params { t: MAX_PASSES + 1, ..CHEAP },
            Params { p: MAX_LANES + 1, ..CHEAP },
            Params { m: 7, ..CHEAP },
            Params { t: 0, ..CHEAP },
            Params { p: 0, ..CHEAP },
        ] {
            assert_eq!(derive("passphrase", &[1; 16], params), Err(DeriveError::Params), "{params:?}");
        }
    }
}

//! A stored identity: seed and phrase, each encrypted under a key derived from the passphrase; and the seed alone once
//! more for each passkey. A device that was linked has the seed alone.
//!
//! Nothing here derives the key of a passphrase, because it takes long: a caller derives it by the [`Recipe`] and hands
//! it over. What a passkey gives comes from the browser.
//!
//! Unlocking opens the seed alone; only who asks for the recovery words opens the other box. A new passphrase, or a
//! passkey that is removed, does not help against somebody who holds a copy of the old keystore.

use bytes::Bytes;
use zeroize::Zeroizing;

use super::{Phrase, Ring};
use crate::{
    crypto::{
        boxed, kdf,
        passphrase::{Params, PassphraseKey, Recipe},
    },
    format::keystore::{BOX, Keystore, Passkey, Passphrase, Wrap},
    format::limits,
    platform,
};

/// Label of the box with the seed, and of its key.
const SEED: &str = "keystore/seed";
/// Label of the box with the phrase, and of its key.
const PHRASE: &str = "keystore/phrase";
/// Label of a passkey's box with the seed, and of its key.
const PASSKEY: &str = "keystore/passkey";

/// Why a keystore stays closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// The passphrase is not the one, or the box was changed: nobody can tell which.
    #[error("this is not the passphrase of this profile")]
    WrongPassphrase,
    /// What the boxes hold is another identity than the keystore names.
    #[error("the stored profile is damaged; recover it with its 24 words")]
    Damaged,
    /// The keystore has no way to unlock that this version knows.
    #[error("this profile is unlocked by something that needs a newer Spinney")]
    NoPassphrase,
    /// A passkey does not do.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// The device was linked: it was never given the phrase.
    #[error("this device does not have the 24 words: they are where you wrote them down")]
    NoPhrase,
}

/// Why a passkey does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// The keystore has no wrap of it.
    #[error("this passkey does not open the profile any more; use the passphrase")]
    Gone,
    /// It is of another host.
    #[error("this passkey is for another address than this page has; use the passphrase")]
    OtherSite,
    /// What its PRF gave does not open its box.
    #[error("this passkey gave another key than when it was added; use the passphrase")]
    Wrong,
    /// The keystore has no room for another way to unlock.
    #[error("there is no room for another passkey; remove one first")]
    Full,
}

/// A passkey as a browser made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The credential's id, at most [`limits::CREDENTIAL_BYTES`].
    pub id: Bytes,
    /// The host that made it, at most [`limits::HOST_CHARS`].
    pub rp: String,
    /// The salt with which its PRF was asked.
    pub salt: [u8; 32],
    /// When it was made, in milliseconds since 1970.
    pub added: u64,
}

/// A fresh salt, and the costs of new keystores.
pub fn new_recipe() -> Recipe {
    Recipe { salt: platform::random(), params: Params::DEFAULT }
}

/// How the key is derived that opens a keystore.
pub fn recipe(keystore: &Keystore) -> Result<Recipe, UnlockError> {
    keystore.passphrase().map(recipe_of).ok_or(UnlockError::NoPassphrase)
}

/// How the key of the next passphrase is derived. The costs never fall, and rise to those of new keystores.
pub fn next_recipe(keystore: &Keystore) -> Result<Recipe, UnlockError> {
    let Recipe { params: known, .. } = recipe(keystore)?;
    let Params { m, t, .. } = Params::DEFAULT;
    Ok(Recipe { params: Params { m: known.m.max(m), t: known.t.max(t), p: known.p }, ..new_recipe() })
}

/// Seals a phrase and its seed under the key of a passphrase.
pub fn seal(phrase: &Phrase, key: &PassphraseKey) -> Keystore {
    seal_with_nonces(phrase, key, &[platform::random(), platform::random()])
}

/// [`seal`] with the nonces of the boxes of seed and phrase given, for test vectors.
pub fn seal_with_nonces(phrase: &Phrase, key: &PassphraseKey, nonces: &[[u8; 24]; 2]) -> Keystore {
    let [seed_nonce, phrase_nonce] = nonces;
    let ring = Ring::from_phrase(phrase);
    keystore_of(&ring, None, wrap(ring.seed(), Some((phrase, phrase_nonce)), key, seed_nonce))
}

/// Seals a phrase and its seed number `n`, for who has typed the words once more.
pub fn seal_generation(phrase: &Phrase, n: u32, key: &PassphraseKey) -> Keystore {
    let ring = Ring::from_seed(phrase.seed(n));
    let boxes = wrap(ring.seed(), Some((phrase, &platform::random())), key, &platform::random());
    keystore_of(&ring, (n > 0).then_some(n), boxes)
}

/// Seals a seed without its phrase, as a linked device has it. It is the phrase's seed number `n`.
pub fn seal_seed(ring: &Ring, n: u32, key: &PassphraseKey) -> Keystore {
    seal_seed_with_nonce(ring, n, key, &platform::random())
}

/// [`seal_seed`] with the nonce of the box given, for test vectors.
pub fn seal_seed_with_nonce(ring: &Ring, n: u32, key: &PassphraseKey, nonce: &[u8; 24]) -> Keystore {
    keystore_of(ring, (n > 0).then_some(n), wrap(ring.seed(), None, key, nonce))
}

fn keystore_of(ring: &Ring, n: Option<u32>, wrap: Passphrase) -> Keystore {
    let id = ring.identity().verifying_key();
    Keystore { id, n, wraps: vec![Wrap::Passphrase(wrap)], extra: Default::default() }
}

/// Unlocks the ring with the key that [`recipe`] gives.
pub fn open(keystore: &Keystore, key: &PassphraseKey) -> Result<Ring, UnlockError> {
    let wrap = keystore.passphrase().ok_or(UnlockError::NoPassphrase)?;
    open_ring(keystore, wrap, key.as_bytes())
}

/// Opens the recovery phrase, after the same check of the key.
pub fn open_phrase(keystore: &Keystore, key: &PassphraseKey) -> Result<Phrase, UnlockError> {
    let wrap = keystore.passphrase().ok_or(UnlockError::NoPassphrase)?;
    let (_, phrase) = open_both(keystore, wrap, key.as_bytes())?;
    phrase.ok_or(UnlockError::NoPhrase)
}

/// The keystore under the key of a new passphrase, which [`next_recipe`] gives. Other ways to unlock stay as they are.
pub fn change(
    keystore: &Keystore,
    old: &PassphraseKey,
    new: &PassphraseKey,
) -> Result<Keystore, UnlockError> {
    let known = keystore.passphrase().ok_or(UnlockError::NoPassphrase)?;
    let (ring, phrase) = open_both(keystore, known, old.as_bytes())?;
    let nonce = platform::random();
    let changed = wrap(ring.seed(), phrase.as_ref().map(|phrase| (phrase, &nonce)), new, &platform::random());
    let mut next = keystore.clone();
    for wrap in &mut next.wraps {
        if matches!(wrap, Wrap::Passphrase(wrap) if wrap == known) {
            *wrap = Wrap::Passphrase(changed.clone());
        }
    }
    Ok(next)
}

/// Lets a passkey open the seed, and nothing but the seed. `prf` is what its PRF gave for its salt, `key` that of the
/// passphrase. A passkey that is there already is replaced.
pub fn add_passkey(
    keystore: &Keystore,
    key: &PassphraseKey,
    credential: Credential,
    prf: &[u8; 32],
) -> Result<Keystore, UnlockError> {
    add_passkey_with_nonce(keystore, key, credential, prf, &platform::random())
}

/// [`add_passkey`] with the nonce of the box given, for test vectors.
pub fn add_passkey_with_nonce(
    keystore: &Keystore,
    key: &PassphraseKey,
    credential: Credential,
    prf: &[u8; 32],
    nonce: &[u8; 24],
) -> Result<Keystore, UnlockError> {
    let ring = open(keystore, key)?;
    let Credential { id, rp, salt, added } = credential;
    let seed = seal_box(prf, PASSKEY, ring.seed(), nonce);
    let mut next = keystore.clone();
    next.wraps.retain(|wrap| !is_passkey(wrap, &id));
    let added = Some(added);
    next.wraps.push(Wrap::Passkey(Passkey {
        credential: id,
        rp,
        salt,
        seed,
        added,
        extra: Default::default(),
    }));
    let fits = next.wraps.len() <= limits::KEYSTORE_WRAPS && next.encode().len() <= limits::KEYSTORE;
    if fits { Ok(next) } else { Err(PasskeyError::Full.into()) }
}

/// The keystore without a passkey.
pub fn remove_passkey(keystore: &Keystore, credential: &[u8]) -> Result<Keystore, UnlockError> {
    let mut next = keystore.clone();
    next.wraps.retain(|wrap| !is_passkey(wrap, credential));
    if next.wraps.len() < keystore.wraps.len() { Ok(next) } else { Err(PasskeyError::Gone.into()) }
}

/// Unlocks the ring with what the PRF of a passkey gave to a page of the host `rp`.
pub fn open_with_passkey(
    keystore: &Keystore,
    rp: &str,
    credential: &[u8],
    prf: &[u8; 32],
) -> Result<Ring, UnlockError> {
    let wrap = keystore.passkeys().find(|wrap| wrap.credential == credential).ok_or(PasskeyError::Gone)?;
    if wrap.rp != rp {
        return Err(PasskeyError::OtherSite.into());
    }
    let seed = open_box(prf, PASSKEY, &wrap.seed).map_err(|why| match why {
        UnlockError::WrongPassphrase => PasskeyError::Wrong.into(),
        why => why,
    })?;
    ring_of(keystore, seed)
}

fn is_passkey(wrap: &Wrap, credential: &[u8]) -> bool {
    matches!(wrap, Wrap::Passkey(passkey) if passkey.credential == credential)
}

fn recipe_of(wrap: &Passphrase) -> Recipe {
    Recipe { salt: wrap.salt, params: Params { m: wrap.m, t: wrap.t, p: wrap.p } }
}

fn wrap(
    seed: &[u8; 32],
    phrase: Option<(&Phrase, &[u8; 24])>,
    key: &PassphraseKey,
    nonce: &[u8; 24],
) -> Passphrase {
    let Recipe { salt, params: Params { m, t, p } } = key.recipe();
    Passphrase {
        m,
        t,
        p,
        salt,
        seed: seal_box(key.as_bytes(), SEED, seed, nonce),
        phrase: phrase.map(|(phrase, nonce)| seal_box(key.as_bytes(), PHRASE, phrase.as_bytes(), nonce)),
    }
}

fn seal_box(key: &[u8; 32], label: &str, plaintext: &[u8; 32], nonce: &[u8; 24]) -> [u8; BOX] {
    boxed::seal_with_nonce(&kdf(key, label, b""), label, plaintext, nonce)
        .try_into()
        .expect("a box of 32 bytes has one length")
}

fn open_ring(keystore: &Keystore, wrap: &Passphrase, key: &[u8; 32]) -> Result<Ring, UnlockError> {
    ring_of(keystore, open_box(key, SEED, &wrap.seed)?)
}

fn ring_of(keystore: &Keystore, seed: Zeroizing<[u8; 32]>) -> Result<Ring, UnlockError> {
    let ring = Ring::from_seed(seed);
    if ring.identity().verifying_key() == keystore.id { Ok(ring) } else { Err(UnlockError::Damaged) }
}

fn open_both(
    keystore: &Keystore,
    wrap: &Passphrase,
    key: &[u8; 32],
) -> Result<(Ring, Option<Phrase>), UnlockError> {
    let ring = open_ring(keystore, wrap, key)?;
    let Some(sealed) = &wrap.phrase else { return Ok((ring, None)) };
    let phrase = Phrase::from_bytes(*open_box(key, PHRASE, sealed)?);
    let is_whole = *phrase.seed(keystore.n.unwrap_or_default()) == *ring.seed();
    if is_whole { Ok((ring, Some(phrase))) } else { Err(UnlockError::Damaged) }
}

fn open_box(key: &[u8; 32], label: &str, sealed: &[u8]) -> Result<Zeroizing<[u8; 32]>, UnlockError> {
    let opened =
        boxed::open(&kdf(key, label, b""), label, sealed).map_err(|_| UnlockError::WrongPassphrase)?;
    opened.as_slice().try_into().map(Zeroizing::new).map_err(|_| UnlockError::Damaged)
}

#[cfg(test)]
mod tests;

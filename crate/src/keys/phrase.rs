//! The 32 bytes from which a profile grows, and the 24 words that write them down.

use std::fmt;

use bip39::{Language, Mnemonic};
use zeroize::{Zeroize, Zeroizing};

use super::Ring;
use crate::{
    crypto::{digest, kdf},
    platform,
};

/// Words in a recovery phrase: 256 bits and an 8-bit checksum, eleven bits a word.
const WORDS: usize = 24;

/// The root of a profile: 32 random bytes, written down as 24 words (BIP-39 entropy itself, English list).
#[derive(Clone)]
pub struct Phrase(Zeroizing<[u8; 32]>);

/// Typed words are no recovery phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// The number of words that were typed.
    #[error("a recovery phrase has 24 words; these are {0}")]
    Count(usize),
    /// The position, from 1, of a word that is not in the list.
    #[error("word {0} is not one of the list; check its spelling")]
    Unknown(usize),
    /// All words are in the list, but do not belong together.
    #[error("these words do not belong together; check their order and spelling")]
    Checksum,
}

impl Phrase {
    /// A new phrase from the system's random source.
    pub fn generate() -> Self {
        Self(Zeroizing::new(platform::random()))
    }

    /// Takes the 32 bytes of a phrase.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The 32 bytes of the phrase.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 24 words, with one space between them.
    pub fn words(&self) -> Zeroizing<String> {
        let mnemonic = Mnemonic::from_entropy(&*self.0).expect("32 bytes are an entropy that BIP-39 knows");
        Zeroizing::new(mnemonic.to_string())
    }

    /// Reads 24 words however they were typed: any case, any white space between them.
    pub fn from_words(typed: &str) -> Result<Self, PhraseError> {
        let lower = Zeroizing::new(typed.to_lowercase());
        let words = Zeroizing::new(lower.split_whitespace().collect::<Vec<_>>().join(" "));
        let count = words.split(' ').filter(|word| !word.is_empty()).count();
        if count != WORDS {
            return Err(PhraseError::Count(count));
        }
        let mnemonic =
            Mnemonic::parse_in(Language::English, words.as_str()).map_err(|error| match error {
                bip39::Error::UnknownWord(index) => PhraseError::Unknown(index + 1),
                _ => PhraseError::Checksum,
            })?;
        let (mut entropy, _) = mnemonic.to_entropy_array();
        let phrase = Self(Zeroizing::new(*entropy.first_chunk().expect("24 words hold 32 bytes")));
        entropy.zeroize();
        Ok(phrase)
    }

    /// The seed of the identity's `generation`: 0 until it is rotated.
    pub fn seed(&self, generation: u32) -> Zeroizing<[u8; 32]> {
        kdf(&*self.0, "seed", &generation.to_be_bytes())
    }

    /// The commitment to the generation that comes after, which the profile of `generation` carries:
    /// SHA-256(`"spinney/v1/heir\0"` ‖ public key of the next seed).
    pub fn heir(&self, generation: u32) -> [u8; 32] {
        let next = Ring::from_seed(self.seed(generation + 1));
        digest("heir", &[next.id().as_bytes()])
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phrase(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of 32 zero bytes in the BIP-39 specification's own vectors.
    const ZEROS: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
        abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art";

    #[test]
    fn words_are_those_of_bip_39_and_read_back() {
        assert_eq!(*Phrase::from_bytes([0; 32]).words(), ZEROS);
        let phrase = Phrase::generate();
        assert_eq!(Phrase::from_words(&phrase.words()).unwrap().as_bytes(), phrase.as_bytes());
    }

    #[test]
    fn words_are_read_in_any_case_and_spacing() {
        let typed = format!("\n  {}\t ", ZEROS.to_uppercase().replace(' ', "  \n"));
        assert_eq!(*Phrase::from_words(&typed).unwrap().as_bytes(), [0; 32]);
    }

    #[test]
    fn wrong_words_are_refused_with_what_is_wrong() {
        let error = |typed: &str| Phrase::from_words(typed).unwrap_err();
        assert_eq!(error(""), PhraseError::Count(0));
        assert_eq!(error(&ZEROS[8..]), PhraseError::Count(23));
        assert_eq!(error(&ZEROS.replacen("abandon art", "abadnon art", 1)), PhraseError::Unknown(23));
        assert_eq!(error(&ZEROS.replace("art", "abandon")), PhraseError::Checksum);
    }

    #[test]
    fn generations_differ_and_each_commits_to_the_next() {
        let phrase = Phrase::from_bytes([1; 32]);
        assert_ne!(phrase.seed(0), phrase.seed(1));
        let next = Ring::from_seed(phrase.seed(1)).id();
        assert_eq!(phrase.heir(0), digest("heir", &[next.as_bytes()]));
        assert_ne!(phrase.heir(0), phrase.heir(1));
    }

    #[test]
    fn a_phrase_is_never_shown() {
        assert_eq!(format!("{:?}", Phrase::from_bytes([1; 32])), "Phrase(…)");
    }
}

//! The 32 bytes from which a profile grows, and the 24 words that write them down.

use std::fmt;

use bip39::{Language, Mnemonic};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

use super::Ring;
use crate::{
    crypto::{digest, kdf},
    format::text,
    platform,
};

/// Words in a recovery phrase: 256 bits and an 8-bit checksum, eleven bits a word.
const WORDS: usize = 24;

/// Letters by which each word of the list is told from all others: the list was made so.
const TELLING_LETTERS: usize = 4;

/// Words that are suggested for a mistyped one, at most: more would not help to choose.
const MAX_NEAR: usize = 3;

/// How many letters may be wrong, missing, too many or swapped in a word that is suggested: with three, any word is near.
const NEAR: usize = 2;

/// The root of a profile: 32 random bytes, written down as 24 words (BIP-39 entropy itself, English list).
#[derive(Clone)]
pub struct Phrase(Zeroizing<[u8; 32]>);

/// Typed words are no recovery phrase.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// The number of words that were typed.
    #[error("a recovery phrase has 24 words; these are {0}")]
    Count(usize),
    /// A word is not in the list.
    #[error("word {position} is not one of the list; check its spelling")]
    Unknown {
        /// Its position, from 1.
        position: usize,
        /// Words of the list that look like it, the nearest first.
        near: Vec<&'static str>,
    },
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

    /// Reads 24 words however they were typed: in any case and width, with numbers, punctuation and white space between
    /// them and invisible characters anywhere, each whole or its first four letters at least.
    ///
    /// # Errors
    ///
    /// The first word that is not in the list, else the number of words, else that they do not belong together.
    pub fn from_words(typed: &str) -> Result<Self, PhraseError> {
        let (words, count) = spelled(typed)?;
        if count != WORDS {
            return Err(PhraseError::Count(count));
        }
        let mnemonic = Mnemonic::parse_in(Language::English, words.as_str());
        let mnemonic = mnemonic.map_err(|_| PhraseError::Checksum)?;
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

/// The words of the list that were typed, with one space between them, and how many they are.
pub(super) fn spelled(typed: &str) -> Result<(Zeroizing<String>, usize), PhraseError> {
    // Compatibility composition turns full-width letters and ligatures into plain ones.
    let plain = typed.nfkc().filter(|c| !text::is_ignorable(*c)).flat_map(char::to_lowercase);
    let plain = Zeroizing::new(plain.collect::<String>());
    let typed = plain.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    // Four letters and a space become nine characters at most: it never grows, which would leave a copy.
    let mut words = Zeroizing::new(String::with_capacity(plain.len() * 2));
    let mut count = 0;
    for (position, word) in (1..).zip(typed) {
        let known = of_list(word).ok_or_else(|| PhraseError::Unknown { position, near: near(word) })?;
        if count > 0 {
            words.push(' ');
        }
        words.push_str(known);
        count = position;
    }
    Ok((words, count))
}

/// The word of the list that was typed whole, or with as many letters as tell it from all others.
fn of_list(typed: &str) -> Option<&'static str> {
    let is_telling = typed.chars().count() >= TELLING_LETTERS;
    let mut list = Language::English.word_list().iter();
    let whole = list.clone().find(|word| **word == typed);
    whole.or_else(|| list.find(|word| is_telling && word.starts_with(typed))).copied()
}

/// Words of the list that look like this one, the nearest first.
fn near(typed: &str) -> Vec<&'static str> {
    // A long text without spaces is no word, and comparing takes the product of both lengths.
    let typed: String = typed.chars().take(16).collect();
    let list = Language::English.word_list().iter();
    let mut near: Vec<_> = list
        // Of equally near ones those first that begin alike: people rarely mistype the first letter.
        .map(|word| (strsim::osa_distance(&typed, word), !typed.starts_with(&word[..1]), *word))
        .filter(|(distance, _, word)| *distance <= NEAR && *distance < word.len() - 1)
        .collect();
    near.sort_unstable();
    near.into_iter().take(MAX_NEAR).map(|(.., word)| word).collect()
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
    fn words_are_read_as_people_write_and_copy_them() {
        let phrase = Phrase::generate();
        let words = phrase.words();
        let words: Vec<_> = words.split(' ').collect();
        let each = |write: &dyn Fn(usize, &str) -> String| -> String {
            words.iter().enumerate().map(|(at, word)| write(at + 1, word)).collect()
        };
        let wide = |word: &str| -> String {
            word.bytes().map(|b| char::from_u32(0xff41 + u32::from(b - b'a')).unwrap()).collect()
        };
        for typed in [
            each(&|at, word| format!("{at}. {word}\n")),
            each(&|at, word| format!("{at:02}) {}\r\n", word.to_uppercase())),
            each(&|_, word| format!("{word}, ")),
            each(&|_, word| format!("{} ", &word[..word.len().min(4)])),
            each(&|_, word| format!("\u{feff}\u{200b}{}\u{ad}{}\u{200e}\u{a0}", &word[..2], &word[2..])),
            each(&|at, word| format!("{at}．{}\u{3000}", wide(word))),
            format!("“{}.”", words.join(" · ")),
        ] {
            let read = Phrase::from_words(&typed).unwrap_or_else(|why| panic!("{why}: {typed}"));
            assert_eq!(read.as_bytes(), phrase.as_bytes(), "{typed}");
        }
    }

    #[test]
    fn wrong_words_are_refused_with_what_is_wrong() {
        let error = |typed: &str| Phrase::from_words(typed).unwrap_err();
        let unknown =
            |position, near: &[&'static str]| PhraseError::Unknown { position, near: near.to_vec() };
        assert_eq!(error(""), PhraseError::Count(0));
        assert_eq!(error(&ZEROS[8..]), PhraseError::Count(23));
        assert_eq!(error(&format!("{ZEROS} art")), PhraseError::Count(25));
        assert_eq!(error(&ZEROS.replacen("abandon art", "abadnon art", 1)), unknown(23, &["abandon"]));
        assert_eq!(error(&ZEROS.replacen("abandon", "trialx", 1)), unknown(1, &["trial"]));
        assert_eq!(error(&ZEROS.replacen("abandon", "trail", 1)), unknown(1, &["tail", "train", "trial"]));
        assert_eq!(error(&ZEROS.replacen("abandon", "xxxxxxxx", 1)), unknown(1, &[]));
        assert_eq!(error("x"), unknown(1, &[]), "what is wrong comes before what is missing");
        assert_eq!(error(&"q".repeat(100_000)), unknown(1, &[]));
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

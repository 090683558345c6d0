//! A page of a letterbox: notes from one author to one reader, in a block that shows neither.
//!
//! `{v, intro, sealed}`. `intro` carries the pair secret to the reader by HPKE, afresh on every page, so that
//! any page is a beginning; `sealed` is a box under a key of that secret. A page is 4, 8, 16 or 32 KiB as a
//! whole, so that its size says little about its content.

use bytes::Bytes;
use cid::Cid;
use zeroize::Zeroizing;

use crate::crypto::hpke::{self, PrivateKey, PublicKey};
use crate::crypto::sign::VerifyingKey;
use crate::crypto::{boxed, kdf, padding};
use crate::format::error::{DecodeError, Fault, ReadError, check_size};
use crate::format::fields::{Value, block, rising};
use crate::format::note::Note;
use crate::format::object::object;
use crate::format::{Random, cbor, limits};

/// Label of the box on a page, and of its key.
const LABEL: &str = "page";

/// Length of an intro: an HPKE encapsulation and 32 sealed bytes.
pub const INTRO: usize = hpke::OVERHEAD + 32;

/// The sizes that pages have.
const SIZES: [usize; 4] = [4 << 10, 8 << 10, 16 << 10, limits::PAGE];

/// Bytes of a page around its frame: the map with its keys (23), the intro, and what a box adds.
const AROUND: usize = 23 + INTRO + boxed::OVERHEAD;

object! {
    /// What is on a page.
    #[derive(Clone, Debug, PartialEq)]
    #[check(Self::is_sound)]
    pub struct Content {
        /// The number of the page; the author's first to this reader is 1.
        pub no: u64,
        /// The notes, oldest first.
        pub notes: Vec<Note>,
        /// Earlier pages, newest first, with skips. One that nobody keeps any more is the end of history.
        #[max(limits::PAGE_OLDER)]
        pub older: Vec<Older>,
    }
}

object! {
    /// An earlier page.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Older {
        /// Its number.
        pub no: u64,
        /// Its block.
        #[check(block)]
        pub cid: Cid,
    }
}

impl Content {
    /// Whether the content fits onto a page; if not, its newest notes belong onto the next one.
    pub fn fits(&self) -> bool {
        size_for(self.to_bytes().len()).is_some()
    }

    fn is_sound(&self) -> Result<(), DecodeError> {
        if self.notes.iter().any(|note| note.to_bytes().len() > limits::PAGE_NOTE) {
            return Err(DecodeError::at("notes", Fault::TooLong(limits::PAGE_NOTE)));
        }
        check_older(&self.older, self.no)
    }
}

/// The numbers of earlier pages, read backwards, rise up to `no`, which keeps walks of hostile pages finite.
pub(super) fn check_older(older: &[Older], no: u64) -> Result<(), DecodeError> {
    let numbers: Vec<_> = older.iter().rev().map(|older| older.no).chain([no]).collect();
    rising(&numbers).map_err(|fault| DecodeError::at("older", fault))
}

/// The two between whom a letterbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between<'a> {
    author: &'a VerifyingKey,
    reader: &'a [u8; 32],
}

impl<'a> Between<'a> {
    /// Of `author`, who writes, for a person who reads.
    pub fn people(author: &'a VerifyingKey, reader: &'a VerifyingKey) -> Self {
        Self { author, reader: reader.as_bytes() }
    }

    /// Of `author` for the holders of a link: a key of zeros stands in for theirs.
    pub fn link(author: &'a VerifyingKey) -> Self {
        Self { author, reader: &[0; 32] }
    }

    /// The keys of both, author first.
    pub(super) fn keys(self) -> [u8; 64] {
        let mut keys = [0; 64];
        keys[..32].copy_from_slice(self.author.as_bytes());
        keys[32..].copy_from_slice(self.reader);
        keys
    }

    fn intro_info(self) -> Vec<u8> {
        [b"spinney/v1/intro\0", &self.keys()[..]].concat()
    }
}

object! {
    /// A page as anybody sees it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "page")]
    pub struct Page {
        /// HPKE seal of the pair secret.
        pub intro: [u8; INTRO],
        /// Box of the framed content.
        #[max(limits::PAGE)]
        pub sealed: Bytes,
    }
}

impl Page {
    /// Seals content for the reader who holds the private key of `kem`.
    ///
    /// # Errors
    ///
    /// If the content does not fit onto a page ([`Content::fits`]) or breaks a rule.
    pub fn seal(
        content: &Content,
        pair: &[u8; 32],
        between: Between<'_>,
        kem: &PublicKey,
        random: Random<'_>,
    ) -> Result<Vec<u8>, DecodeError> {
        let intro = intro(kem, &between.intro_info(), pair, random);
        seal_behind(intro, content, pair, random)
    }

    /// Seals content for the holders of a link; `pair` is derived from its secret.
    ///
    /// The page looks like any other: its intro is a real one, to a key that is thrown away.
    ///
    /// # Errors
    ///
    /// As for [`Page::seal`].
    pub fn seal_for_link(
        content: &Content,
        pair: &[u8; 32],
        random: Random<'_>,
    ) -> Result<Vec<u8>, DecodeError> {
        let intro = nobodys_intro(random);
        seal_behind(intro, content, pair, random)
    }

    /// Makes a page that nobody can read and that looks like one of the smallest size.
    pub fn decoy(random: Random<'_>) -> Vec<u8> {
        let intro = nobodys_intro(random);
        let mut sealed = vec![0; SIZES[0] - AROUND + boxed::OVERHEAD];
        random(&mut sealed);
        Self { intro, sealed: sealed.into() }.to_bytes()
    }

    /// Reads a page without opening it.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        check_size("page", bytes, limits::PAGE)?;
        if !SIZES.contains(&bytes.len()) {
            return Err(DecodeError::at("", Fault::Padding));
        }
        Self::from_bytes(bytes)
    }

    /// The pair secret by which the author writes to me: opens this page's content and my slots.
    pub fn open_intro(
        &self,
        kem: &PrivateKey,
        between: Between<'_>,
    ) -> Result<Zeroizing<[u8; 32]>, ReadError> {
        let pair = hpke::open(kem, &between.intro_info(), &self.intro)?;
        let pair = pair.as_slice().try_into().map_err(|_| DecodeError::at("intro", Fault::Length(INTRO)))?;
        Ok(Zeroizing::new(pair))
    }

    /// Opens the content by the pair secret.
    ///
    /// Refuses a page that is larger than its content needs, so that one content has one size.
    pub fn open(&self, pair: &[u8; 32]) -> Result<Content, ReadError> {
        let frame = boxed::open(&key(pair), LABEL, &self.sealed)?;
        let framed_wrongly = || DecodeError::at("sealed", Fault::Frame);
        let plaintext = padding::unframe(&frame).map_err(|_| framed_wrongly())?;
        if size_for(plaintext.len()) != Some(AROUND + frame.len()) {
            return Err(framed_wrongly().into());
        }
        let content = cbor::to_ipld(plaintext).map_err(DecodeError::from)?;
        Ok(Content::from_ipld(content)?)
    }
}

fn key(pair: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    kdf(pair, LABEL, b"")
}

/// HPKE seal of a pair secret.
fn intro(kem: &PublicKey, info: &[u8], pair: &[u8; 32], random: Random<'_>) -> [u8; INTRO] {
    let mut seed = Zeroizing::new([0; 64]);
    random(&mut *seed);
    let sealed = hpke::seal_with_randomness(kem, info, pair, &seed);
    sealed.try_into().expect("an intro seals 32 bytes")
}

/// An intro that nobody can open: to a key that is thrown away.
fn nobodys_intro(random: Random<'_>) -> [u8; INTRO] {
    let mut kem = Zeroizing::new([0; 32]);
    let mut pair = Zeroizing::new([0; 32]);
    random(&mut *kem);
    random(&mut *pair);
    intro(&PrivateKey::from_bytes(&kem).public(), b"", &pair, random)
}

fn seal_behind(
    intro: [u8; INTRO],
    content: &Content,
    pair: &[u8; 32],
    random: Random<'_>,
) -> Result<Vec<u8>, DecodeError> {
    Content::from_ipld(content.to_ipld())?;
    let plaintext = content.to_bytes();
    let size = size_for(plaintext.len());
    let size =
        size.ok_or(DecodeError::TooLarge { what: "page", size: plaintext.len(), limit: limits::PAGE })?;
    let mut nonce = [0; 24];
    random(&mut nonce);
    let frame = padding::frame(&plaintext, size - AROUND);
    let sealed = boxed::seal_with_nonce(&key(pair), LABEL, &frame, &nonce).into();
    Ok(Page { intro, sealed }.to_bytes())
}

fn size_for(plaintext: usize) -> Option<usize> {
    SIZES.into_iter().find(|size| AROUND + padding::PREFIX_LEN + plaintext <= *size)
}

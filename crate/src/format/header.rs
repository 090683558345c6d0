//! The header of a share: what it is called and where its manifest is, sealed for exactly its readers.
//!
//! A [`Block`] holds the sealed [`Header`] and one slot of 64 bytes for each reader, among random filling that
//! looks the same. The header is signed *inside* of its seal by its author.

use bytes::Bytes;
use cid::Cid;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::crypto::sign::{SigningKey, VerifyingKey};
use crate::crypto::{boxed, kdf, once, padding};
use crate::format::error::{DecodeError, Fault, ReadError, check_size};
use crate::format::fields::{Row, Value, bytes_value, maybe, rising};
use crate::format::keep::FetchKey;
use crate::format::manifest::Kind;
use crate::format::node::{self, Pointer};
use crate::format::object::object;
use crate::format::secret::Secret;
use crate::format::share_id::{InnerId, ShareId};
use crate::format::signed::{self, Verified};
use crate::format::{DAG_CBOR, Random, limits, path};

/// Label of the box around a header, and of its key.
const LABEL: &str = "share/header";

/// The smallest frame of a sealed header; larger ones double, so that lengths of titles and notes hardly show.
const MIN_FRAME: usize = 1024;

/// Length of a slot: a tag, the share key and the cipher's tag.
pub const SLOT: usize = TAG + 32 + once::OVERHEAD;
const TAG: usize = 16;

object! {
    /// What a share is called and where its manifest is.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "share")]
    #[signed("header", limits::HEADER)]
    #[check(Self::is_sound)]
    pub struct Header {
        /// The share's id inside of objects.
        pub share: InnerId,
        /// Rises with each change; at an equal one the first seen stays.
        pub rev: u64,
        /// To whom it is given; the manifest says the same.
        pub kind: Kind,
        /// When the share was made, in milliseconds since 1970; the author's claim.
        pub created: u64,
        /// Its title.
        #[max(limits::TITLE_CHARS)]
        pub title: String,
        /// What the author wrote to it; may be empty.
        #[max(limits::NOTE_CHARS)]
        pub note: String,
        /// The sealed manifest, or the first part of a letter.
        #[check(node::of(DAG_CBOR))]
        pub manifest: Pointer,
        /// Whether its readers may add to it.
        pub adds: Option<bool>,
        /// Whether its readers may answer, for all of them to see. Counts where it is given to contacts.
        pub answers: Option<bool>,
        /// The album of the reader to which its author adds this.
        pub album: Option<ShareId>,
        /// How the note goes on, where it has more than [`limits::NOTE_CHARS`] characters.
        #[max(limits::MORE_CHARS)]
        pub more: Option<String>,
        /// The path of the file that stands for the share. There need be none at it.
        #[check(maybe(is_path))]
        pub cover: Option<String>,
        /// What its author wants its files to be in order by: one of [`ORDERS`]. An unknown one is none.
        #[max(limits::ORDER_CHARS)]
        pub order: Option<String>,
        /// Of a share by link: when the link ends, in milliseconds since 1970, whatever its text says. [`NEVER`] if it does not.
        pub until: Option<u64>,
        ..extra
    }
}

/// What the files of a share can be in order by, as its author wants it.
pub const ORDERS: [&str; 3] = ["name", "date", "size"];

/// The end of a link that has none, where its text may name one.
pub const NEVER: u64 = limits::MAX_INTEGER;

/// A note as a header has it: what stands in `note`, and in `more`.
pub fn split_note(note: &str) -> (String, Option<String>) {
    match note.char_indices().nth(limits::NOTE_CHARS) {
        Some((at, _)) => (note[..at].to_owned(), Some(note[at..].to_owned())),
        None => (note.to_owned(), None),
    }
}

impl Header {
    /// All of the note.
    pub fn whole_note(&self) -> String {
        [self.note.as_str(), self.more.as_deref().unwrap_or_default()].concat()
    }

    /// What its files are to be in order by, if that is known here.
    pub fn known_order(&self) -> Option<&str> {
        self.order.as_deref().filter(|order| ORDERS.contains(order))
    }

    fn is_sound(&self) -> Result<(), DecodeError> {
        self.is_bare_letter()?;
        self.is_album_or_part()?;
        self.goes_on()
    }

    /// A letter says of itself only where it begins.
    fn is_bare_letter(&self) -> Result<(), DecodeError> {
        if self.kind != Kind::Letter {
            return Ok(());
        }
        let said = [
            ("title", !self.title.is_empty()),
            ("note", !self.note.is_empty()),
            ("adds", self.adds.is_some()),
            ("answers", self.answers.is_some()),
            ("album", self.album.is_some()),
            ("more", self.more.is_some()),
            ("cover", self.cover.is_some()),
            ("order", self.order.is_some()),
            ("until", self.until.is_some()),
        ];
        match said.into_iter().find(|(_, is_said)| *is_said) {
            Some((key, _)) => Err(DecodeError::at(key, Fault::Unexpected)),
            None => Ok(()),
        }
    }

    /// A note goes on only where there is no room for it.
    fn goes_on(&self) -> Result<(), DecodeError> {
        let Some(more) = &self.more else { return Ok(()) };
        let is_full = self.note.chars().count() == limits::NOTE_CHARS;
        let fault = Fault::Contradiction.unless(is_full && !more.is_empty());
        fault.map_err(|fault| DecodeError::at("more", fault))
    }

    /// What is added to an album is for its author, and nothing is added to it.
    fn is_album_or_part(&self) -> Result<(), DecodeError> {
        if self.album.is_none() {
            return Ok(());
        }
        if self.adds == Some(true) {
            return Err(DecodeError::at("adds", Fault::Unexpected));
        }
        let fault = Fault::Contradiction.unless(self.kind == Kind::Contacts);
        fault.map_err(|fault| DecodeError::at("album", fault))
    }
}

#[expect(clippy::ptr_arg, reason = "a check takes what the field holds")]
fn is_path(path: &String) -> Result<(), Fault> {
    path::check(path).or(Err(Fault::Path))
}

/// The one random key of a share; everything that opens it is derived from this.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareKey(Secret);

impl ShareKey {
    /// Takes 32 random bytes as a key.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::from_bytes(bytes))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The secret of block seals of the share's nodes.
    pub fn manifest_secret(&self) -> Zeroizing<[u8; 32]> {
        kdf(self.as_bytes(), "share/manifest", b"")
    }

    /// The pair secret of the pages on which the readers' answers are listed.
    pub fn answers_secret(&self) -> Zeroizing<[u8; 32]> {
        kdf(self.as_bytes(), "share/answers", b"")
    }

    /// The key by which its readers show a keeper that they are readers.
    pub fn fetch_key(&self) -> FetchKey {
        FetchKey::from_bytes(*kdf(self.as_bytes(), "share/fetch", b""))
    }

    /// What binds a header block to this key, since the cipher does not.
    pub fn commitment(&self, salt: &[u8; 16]) -> [u8; 32] {
        *kdf(self.as_bytes(), "share/commit", salt)
    }

    fn header_key(&self) -> Zeroizing<[u8; 32]> {
        kdf(self.as_bytes(), LABEL, b"")
    }
}

impl std::fmt::Debug for ShareKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShareKey(…)")
    }
}

bytes_value!(ShareKey: 32, |key| key.as_bytes(), |bytes| Self::from_bytes(bytes));

/// Whether a header's blocks hang from it for keepers to walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// My own share: a keeper of the header also keeps the manifest and its files.
    Manifest,
    /// Passed on by reference: its maker's header keeps the blocks.
    None,
}

object! {
    /// A header as anybody sees it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "share")]
    #[decode("header", limits::HEADER_BLOCK)]
    pub struct Block {
        /// Fresh at each writing.
        pub salt: [u8; 16],
        /// The share key's commitment under the salt.
        pub commit: [u8; 32],
        /// Slots and filling, sorted; a power of two from 8 to 4,096 of them.
        #[max(limits::SLOTS_MAX)]
        #[form(Row)]
        #[check(is_filled)]
        pub slots: Vec<[u8; SLOT]>,
        /// The sealed manifest, or nothing where the share is passed on.
        #[max(1)]
        #[check(rising)]
        pub links: Vec<Cid>,
        /// Box of the framed, signed header.
        #[max(MAX_SEALED)]
        pub sealed: Bytes,
    }
}

impl Block {
    /// Signs and seals a header for the holders of these pair secrets, the author's own among them.
    ///
    /// `random` gives the salt, the filling of slots and the nonce.
    ///
    /// # Errors
    ///
    /// If there are more readers than slots, or a field breaks a rule.
    pub fn seal(
        header: &Header,
        author: &SigningKey,
        key: &ShareKey,
        pairs: &[&[u8; 32]],
        links: Links,
        random: Random<'_>,
    ) -> Result<Vec<u8>, DecodeError> {
        if pairs.len() > limits::SLOTS_MAX {
            return Err(DecodeError::at("slots", Fault::TooLong(limits::SLOTS_MAX)));
        }
        let mut salt = [0; 16];
        random(&mut salt);
        let commit = key.commitment(&salt);
        let mut slots: Vec<_> = pairs.iter().map(|pair| slot(pair, &salt, &commit, key)).collect();
        slots.resize_with(pairs.len().next_power_of_two().max(limits::SLOTS_MIN), || {
            let mut filling = [0; SLOT];
            random(&mut filling);
            filling
        });
        slots.sort_unstable();

        let signed = signed::sign(author, header)?;
        let frame = padding::frame(&signed, frame_size(signed.len()));
        let mut nonce = [0; 24];
        random(&mut nonce);
        let sealed = boxed::seal_with_nonce(&key.header_key(), LABEL, &frame, &nonce).into();
        let links = match links {
            Links::Manifest => vec![header.manifest.cid],
            Links::None => Vec::new(),
        };
        let block = Self { salt, commit, slots, links, sealed }.to_bytes();
        check_size("header", &block, limits::HEADER_BLOCK)?;
        Ok(block)
    }

    /// The share key, if the holder of this pair secret is among the readers; `None` = not for me.
    pub fn open_slot(&self, pair: &[u8; 32]) -> Option<ShareKey> {
        let (tag, key) = slot_keys(pair, &self.salt, &self.commit);
        let mine = self.slots.iter().filter(|slot| slot[..TAG] == tag);
        mine.filter_map(|slot| once::open(&key, &slot[TAG..]).ok())
            .filter_map(|key| Some(ShareKey::from_bytes(key.as_slice().try_into().ok()?)))
            .find(|key| self.is_committed_to(key))
    }

    /// Opens the header; `author` where the letterbox says whose it must be.
    ///
    /// Checks the commitment before anything is opened, the signature, and the clear links.
    pub fn open(&self, key: &ShareKey, author: Option<&VerifyingKey>) -> Result<Verified<Header>, ReadError> {
        if !self.is_committed_to(key) {
            return Err(DecodeError::at("commit", Fault::Contradiction).into());
        }
        let frame = boxed::open(&key.header_key(), LABEL, &self.sealed)?;
        let framed_wrongly = || DecodeError::at("sealed", Fault::Frame);
        let signed = padding::unframe(&frame).map_err(|_| framed_wrongly())?;
        if frame.len() != frame_size(signed.len()) {
            return Err(framed_wrongly().into());
        }
        let header = signed::open::<Header>(signed, author)?;
        match self.links.as_slice() {
            [] => Ok(header),
            [cid] if *cid == header.object.manifest.cid => Ok(header),
            _ => Err(DecodeError::at("links", Fault::Links).into()),
        }
    }

    fn is_committed_to(&self, key: &ShareKey) -> bool {
        key.commitment(&self.salt).ct_eq(&self.commit).into()
    }
}

fn is_filled(slots: &[[u8; SLOT]]) -> Result<(), Fault> {
    Fault::Padding.unless(slots.len().is_power_of_two() && slots.len() >= limits::SLOTS_MIN)
}

/// The largest frame and what a box adds.
const MAX_SEALED: usize = (limits::HEADER + padding::PREFIX_LEN).next_power_of_two() + boxed::OVERHEAD;

fn frame_size(len: usize) -> usize {
    (len + padding::PREFIX_LEN).next_power_of_two().max(MIN_FRAME)
}

/// `tag ‖ ChaCha20-Poly1305(key, 0, share key)`.
fn slot(pair: &[u8; 32], salt: &[u8; 16], commit: &[u8; 32], share: &ShareKey) -> [u8; SLOT] {
    let (tag, key) = slot_keys(pair, salt, commit);
    let sealed = once::seal(&key, share.as_bytes());
    let mut slot = [0; SLOT];
    slot[..TAG].copy_from_slice(&tag);
    slot[TAG..].copy_from_slice(&sealed);
    slot
}

fn slot_keys(pair: &[u8; 32], salt: &[u8; 16], commit: &[u8; 32]) -> ([u8; TAG], Zeroizing<[u8; 32]>) {
    tag_and_key(&kdf(pair, "slot", &[&salt[..], commit].concat()))
}

/// Splits 48 derived bytes: a public tag or label of 16, and a key of 32.
pub(crate) fn tag_and_key(derived: &[u8; 48]) -> ([u8; TAG], Zeroizing<[u8; 32]>) {
    let mut tag = [0; TAG];
    let mut key = Zeroizing::new([0; 32]);
    tag.copy_from_slice(&derived[..TAG]);
    key.copy_from_slice(&derived[TAG..]);
    (tag, key)
}

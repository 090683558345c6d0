//! Letters: what is too long for a note, sealed for one contact, and opened as one.
//!
//! A letter is replaced as a whole. A note names the newest one; of several notes the greatest counts, by its time and
//! then by the SHA-256 of its encoding, so they may come twice and in any order.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use cid::Cid;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::crypto::sha256;
use crate::format::header::{Header, Links};
use crate::format::letter::{self, Part, Reading};
use crate::format::manifest::Kind;
use crate::format::note::Note;
use crate::format::share_id::InnerId;
use crate::format::{DecodeError, Fault, ReadError, Value as _, limits};
use crate::keys::{Id, Ring};
use crate::platform;

use super::share::{self, Recipient, SealedHeader};
use super::stored;
use super::vault::Entry;

/// Which letter, as a note names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The id that all letters of one kind to one contact have inside of objects.
    #[serde(with = "stored::inner_id")]
    pub share: InnerId,
    /// The revision, which rises with each letter.
    pub rev: u64,
    /// The header block, which keepers keep with all that hangs from it.
    pub header: Cid,
}

/// A sealed letter.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// How a note names it. The time of the note is the revision.
    pub address: Address,
    /// Its blocks, the header last.
    pub blocks: Vec<(Cid, Bytes)>,
}

/// What a letter is about: the kind of the note that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The author's contacts who agreed to be shown.
    Contacts,
    /// What the reader is to keep for the author.
    Keep,
}

const ABOUT: [(About, &str); 2] = [(About::Contacts, "contacts"), (About::Keep, "keep")];

/// Names the letters of one kind to one contact, of which the newest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// What it is about.
    pub about: About,
    /// Its reader.
    pub reader: Id,
}

/// The text names no letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a letter is named by its kind and its reader")]
pub struct MalformedLetterName;

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, about) = ABOUT.iter().find(|(about, _)| *about == self.about).expect("every kind has a word");
        write!(f, "{about}/{}", self.reader)
    }
}

impl FromStr for Name {
    type Err = MalformedLetterName;

    fn from_str(text: &str) -> Result<Self, MalformedLetterName> {
        let (about, reader) = text.split_once('/').ok_or(MalformedLetterName)?;
        let about = ABOUT.iter().find(|(_, word)| *word == about).ok_or(MalformedLetterName)?.0;
        Ok(Self { about, reader: reader.parse().map_err(|_| MalformedLetterName)? })
    }
}

/// The newest letter that I wrote of one kind to one contact. All of it rises with its revision, so that my devices
/// agree on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnLetter {
    /// The id that all of them have inside of objects.
    #[serde(with = "stored::inner_id")]
    pub share: InnerId,
    /// The revision, in milliseconds since 1970.
    pub rev: u64,
    /// The header block; absent where the letter was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Cid>,
    /// The digest of what it says, by which to see whether another one is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<ByteArray<32>>,
}

impl Entry for OwnLetter {
    const PREFIX: &'static str = "letter/";
    type Name = Name;
}

/// The digest of what a letter of these parts says, before they are sealed.
pub fn digest<P: Part>(parts: &[P]) -> ByteArray<32> {
    let parts: Vec<_> = parts.iter().map(|part| sha256(&part.said())).collect();
    ByteArray::new(sha256(&parts.concat()))
}

/// The id of the letters of one kind to a contact who never had one.
pub fn new_id() -> InnerId {
    InnerId(platform::random())
}

/// The revision after `last` of a letter that is written at `now`, in milliseconds since 1970: later than that of any
/// other device, as far as clocks agree.
pub fn next_rev(last: Option<u64>, now: u64) -> u64 {
    last.map_or(now, |last| now.max(last.saturating_add(1))).min(limits::MAX_INTEGER)
}

/// Seals a letter of these parts for one contact, under a key of its own.
///
/// # Errors
///
/// If there is no part, there are more than [`limits::LETTER_NODES`], or one of them breaks a rule.
pub fn seal<P: Part>(
    ring: &Ring,
    share: InnerId,
    rev: u64,
    parts: Vec<P>,
    reader: &Recipient,
) -> Result<Sealed, DecodeError> {
    let key = share::new_key();
    let (manifest, mut blocks) = letter::seal(&key, parts)?;
    let header = Header {
        share,
        rev,
        kind: Kind::Letter,
        created: rev,
        title: String::new(),
        note: String::new(),
        manifest,
        adds: None,
        answers: None,
        album: None,
        more: None,
        cover: None,
        order: None,
        until: None,
        extra: Default::default(),
    };
    let SealedHeader { cid, block } = share::seal(ring, &key, &header, std::slice::from_ref(reader))?;
    blocks.push((cid, block));
    Ok(Sealed { address: Address { share, rev, header: cid }, blocks })
}

/// Opens the header of a letter that `author` left for the holder of `pair`: where its parts are read. Returns `None` if
/// it has no slot for them.
///
/// # Errors
///
/// If it does not hold, or is not the letter that the note named.
pub fn open<P: Part>(
    author: &Id,
    pair: &[u8; 32],
    named: &Address,
    block: &[u8],
) -> Result<Option<Reading<P>>, ReadError> {
    let Some(opened) = share::open(author, pair, block)? else { return Ok(None) };
    let header = opened.header;
    let rules = [
        ("share", header.share == named.share),
        ("rev", header.rev == named.rev),
        ("kind", header.kind == Kind::Letter),
        ("links", opened.links == Links::Manifest),
    ];
    match rules.into_iter().find(|(_, holds)| !holds) {
        Some((field, _)) => Err(DecodeError::at(field, Fault::Contradiction).into()),
        None => Ok(Some(Reading::new(header.manifest))),
    }
}

/// By which notes of one kind and key are compared: the greatest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Standing {
    /// When the note was written, in milliseconds since 1970; its author's claim.
    pub time: u64,
    /// SHA-256 of its encoding.
    #[serde(with = "serde_bytes")]
    pub digest: [u8; 32],
}

impl Standing {
    /// That of a note.
    pub fn of(note: &Note) -> Self {
        Self { time: note.time, digest: sha256(&note.to_bytes()) }
    }

    /// Whether this is news to somebody who knows `known`.
    pub fn is_news(&self, known: Option<&Self>) -> bool {
        known.is_none_or(|known| self > known)
    }
}

#[cfg(test)]
mod tests {
    use ipld_core::ipld::Ipld;

    use super::*;
    use crate::format::Extra;
    use crate::format::node::{Content, Pointer};
    use crate::social::fixture::{NOW, recipient, ring};

    /// A number, and where the next one is.
    #[derive(Clone, Debug, PartialEq)]
    struct Number(u64, Option<Pointer>);

    impl crate::format::Value for Number {
        fn to_ipld(&self) -> Ipld {
            let more = self.1.iter().map(|more| ("more".to_owned(), more.to_ipld()));
            Ipld::Map(more.chain([("n".to_owned(), self.0.to_ipld())]).collect::<Extra>())
        }

        fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
            let Ipld::Map(mut map) = value else { return Err(Fault::Kind("a map").into()) };
            let more = map.remove("more").map(Pointer::from_ipld).transpose()?;
            let number = map.remove("n").ok_or_else(|| DecodeError::at("n", Fault::Missing))?;
            Ok(Self(u64::from_ipld(number)?, more))
        }
    }

    impl Content for Number {
        fn links(&self) -> Vec<Cid> {
            self.1.iter().map(|more| more.cid).collect()
        }
    }

    impl Part for Number {
        fn more(&self) -> Option<&Pointer> {
            self.1.as_ref()
        }

        fn set_more(&mut self, more: Option<Pointer>) {
            self.1 = more;
        }

        fn check_after(&self, before: &Self) -> Result<(), DecodeError> {
            Fault::Order.unless(self.0 > before.0).map_err(|fault| DecodeError::at("n", fault))
        }
    }

    const SHARE: InnerId = InnerId([5; 16]);

    fn numbers(of: &[u64]) -> Vec<Number> {
        of.iter().map(|n| Number(*n, None)).collect()
    }

    fn sealed(of: &[u64]) -> Result<Sealed, DecodeError> {
        seal(&ring(1), SHARE, NOW, numbers(of), &recipient(&ring(2)))
    }

    fn pair_of(reader: u8) -> zeroize::Zeroizing<[u8; 32]> {
        recipient(&ring(reader)).pair(&ring(1))
    }

    fn block<'a>(letter: &'a Sealed, cid: &Cid) -> &'a [u8] {
        &letter.blocks.iter().find(|(known, _)| known == cid).expect("it is there").1
    }

    fn begin(letter: &Sealed, named: &Address) -> Result<Option<Reading<Number>>, ReadError> {
        open(&ring(1).id(), &pair_of(2), named, block(letter, &letter.address.header))
    }

    fn read(letter: &Sealed) -> Result<Vec<u64>, ReadError> {
        let mut reading = begin(letter, &letter.address)?.expect("it is for this reader");
        while let Some(cid) = reading.wanted().copied() {
            reading.add(block(letter, &cid))?;
        }
        Ok(reading.finish().into_iter().map(|part| part.0).collect())
    }

    #[test]
    fn its_reader_reads_all_parts_in_order_and_nobody_else_opens_it() {
        for of in [&[7][..], &[1, 2, 3, 4]] {
            assert_eq!(read(&sealed(of).unwrap()), Ok(of.to_vec()));
        }
        let letter = sealed(&[1]).unwrap();
        let header = block(&letter, &letter.address.header);
        let opened = open::<Number>(&ring(1).id(), &pair_of(3), &letter.address, header);
        assert!(matches!(opened, Ok(None)));
        let opened = open::<Number>(&ring(3).id(), &pair_of(2), &letter.address, header);
        assert!(opened.is_err(), "it came through another letterbox");
    }

    #[test]
    fn one_that_is_too_large_is_neither_written_nor_read() {
        assert!(sealed(&[]).is_err());
        assert!(sealed(&[1, 2, 3, 4, 5]).is_err());
        // As a dishonest friend writes it: a fifth node behind four.
        let key = share::new_key();
        let secret = key.manifest_secret();
        let (mut blocks, mut more) = (Vec::new(), None);
        for n in (1..=5).rev() {
            let (pointer, node) = crate::format::node::seal(&secret, &Number(n, more)).unwrap();
            blocks.push((pointer.cid, node));
            more = Some(pointer);
        }
        let mut reading = Reading::<Number>::new(more.unwrap());
        let refused = blocks.iter().rev().find_map(|(cid, node)| {
            assert_eq!(reading.wanted(), Some(cid));
            reading.add(node).err()
        });
        assert_eq!(refused, Some(DecodeError::at("more", Fault::Unexpected).into()));
        assert_eq!(reading.wanted(), None, "nothing more is fetched of it");
    }

    #[test]
    fn parts_out_of_order_and_headers_of_something_else_are_refused() {
        let order = Err(DecodeError::at("n", Fault::Order).into());
        assert_eq!(read(&sealed(&[2, 2]).unwrap()), order);
        let letter = sealed(&[1]).unwrap();
        let refused = |named| begin(&letter, &named).expect_err("it is another one");
        let at = |field: &str| ReadError::from(DecodeError::at(field, Fault::Contradiction));
        assert_eq!(refused(Address { rev: NOW + 1, ..letter.address }), at("rev"));
        assert_eq!(refused(Address { share: InnerId([6; 16]), ..letter.address }), at("share"));
    }

    #[test]
    fn revisions_rise_also_where_a_clock_goes_back() {
        assert_eq!(next_rev(None, NOW), NOW);
        assert_eq!(next_rev(Some(NOW - 5), NOW), NOW);
        assert_eq!(next_rev(Some(NOW + 5), NOW), NOW + 6);
        assert_eq!(next_rev(Some(limits::MAX_INTEGER), NOW), limits::MAX_INTEGER);
    }

    #[test]
    fn a_letter_is_taken_for_no_share() {
        let letter = sealed(&[1]).unwrap();
        let header = block(&letter, &letter.address.header);
        let opened = share::open(&ring(1).id(), &pair_of(2), header).unwrap().unwrap();
        assert_eq!(share::check_given(&opened), Err(DecodeError::at("kind", Fault::Contradiction)));
    }
}

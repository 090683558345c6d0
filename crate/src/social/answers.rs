//! What the readers of a share answer: comments and hearts, which its author takes in and shows to all of them.
//!
//! A reader leaves each for the author. The author publishes a list of them, in which every comment stands as its writer
//! signed it. Comments may come twice and in any order.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use cid::Cid;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

use super::history::named;
use super::vault::Entry;
use crate::format::comment::{self, Comment};
use crate::format::header::ShareKey;
use crate::format::note::{Note, Says};
use crate::format::page::{Content, Older, Page};
use crate::format::share_id::ShareId;
use crate::format::{DAG_CBOR, DecodeError, ReadError, cid_of, limits, signed};
use crate::keys::Id;
use crate::platform;

/// How much later than now a comment may say to be written, in milliseconds: clocks differ.
const AHEAD_MS: u64 = DAY_MS;

/// How much earlier than its share.
const BEFORE_MS: u64 = DAY_MS;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Pages of one list: more than the longest comments need, of which a page holds eight.
pub const MAX_PAGES: usize = 256;

/// The name of a comment: the SHA-256 of what its writer signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommentName(ByteArray<32>);

/// The text is not the name of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of a comment is 64 hexadecimal characters in lower case")]
pub struct MalformedCommentName;

impl CommentName {
    /// The name of what is in this envelope.
    pub fn of(envelope: &[u8]) -> Self {
        comment::name_of(envelope).into()
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for CommentName {
    fn from(bytes: [u8; 32]) -> Self {
        Self(ByteArray::new(bytes))
    }
}

impl fmt::Display for CommentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(self.as_bytes()))
    }
}

impl FromStr for CommentName {
    type Err = MalformedCommentName;

    fn from_str(text: &str) -> Result<Self, MalformedCommentName> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| MalformedCommentName)?;
        <[u8; 32]>::try_from(bytes).map(Self::from).map_err(|_| MalformedCommentName)
    }
}

/// A comment whose signature was checked, as a row stores it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Said {
    /// When it was written, by its writer's claim.
    pub time: u64,
    /// Its name.
    pub name: CommentName,
    /// Who says it.
    pub writer: Id,
    /// Whether it is a heart.
    pub heart: bool,
    /// What its writer signed.
    pub envelope: ByteBuf,
}

impl Said {
    /// Opens a comment on this share. `writer` is who must have signed it, where that is known.
    pub fn open(envelope: &[u8], share: &ShareId, writer: Option<&Id>) -> Result<Self, ReadError> {
        let writer = writer.map(Id::verifying_key);
        let opened = Comment::open(envelope, share, writer.as_ref())?;
        Ok(Self {
            time: opened.object.time,
            name: CommentName::of(envelope),
            writer: opened.signer.into(),
            heart: opened.object.heart.is_some(),
            envelope: ByteBuf::from(envelope),
        })
    }

    /// What it says.
    pub fn comment(&self) -> Result<Comment, DecodeError> {
        signed::reopen(&self.envelope)
    }

    fn day(&self) -> u64 {
        self.time / DAY_MS
    }
}

/// What counts for a comment that comes to the author.
pub struct Rules<'a> {
    /// The share.
    pub share: &'a ShareId,
    /// Its revision.
    pub rev: u64,
    /// When it was made, in milliseconds since 1970.
    pub created: u64,
    /// Milliseconds since 1970.
    pub now: u64,
    /// Whether its author hides a comment.
    pub is_hidden: &'a dyn Fn(&CommentName) -> bool,
}

/// Why a comment is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It does not hold, or is of another share.
    #[error(transparent)]
    Unsound(#[from] ReadError),
    /// Of a revision or time that does not exist.
    #[error("it is of a revision or a time that cannot be")]
    Impossible,
    /// Its writer said too much that day, or there is too much already, or it is a second heart.
    #[error("there are too many")]
    TooMany,
}

/// A list that the author of a share published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedAnswers {
    /// Its pages, the newest first.
    pub pages: Vec<Cid>,
    /// When, in milliseconds since 1970.
    pub at: u64,
}

impl Entry for PublishedAnswers {
    const PREFIX: &'static str = "answers/";
    type Name = ShareId;
}

/// What I said of a share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnComment {
    /// The share.
    #[serde(with = "super::stored::share_id")]
    pub share: ShareId,
    /// What I signed.
    pub comment: ByteBuf,
}

impl OwnComment {
    /// What it says, if it can be read.
    pub fn said(&self, me: &Id) -> Option<Said> {
        let comment: Comment = signed::reopen(&self.comment).ok()?;
        let (time, heart) = (comment.time, comment.heart.is_some());
        let name = CommentName::of(&self.comment);
        Some(Said { time, name, writer: *me, heart, envelope: self.comment.clone() })
    }
}

impl Entry for OwnComment {
    const PREFIX: &'static str = "answer/";
    type Name = CommentName;
}

/// A comment on a share of mine that I hide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiddenComment {
    /// The share.
    #[serde(with = "super::stored::share_id")]
    pub share: ShareId,
}

impl Entry for HiddenComment {
    const PREFIX: &'static str = "hidden-answer/";
    type Name = CommentName;
}

/// What others said of a share, as a row stores it: at its author all that came, elsewhere what the author shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// In the order of their times.
    said: Vec<Said>,
    /// What was taken in and taken back since: a list of another device may have it still.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gone: Vec<CommentName>,
    /// The newest list: of mine that was published, of others that was read.
    #[serde(default)]
    pub list: PublishedAnswers,
    /// Of mine: what is on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listed: Vec<CommentName>,
    /// Of mine: the revision of the share under whose key it is.
    #[serde(default)]
    pub rev: u64,
    /// Of mine: a later list, which another device of mine published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<PublishedAnswers>,
}

impl Answers {
    /// What was said, in the order of the times.
    pub fn said(&self) -> &[Said] {
        &self.said
    }

    /// Takes in what a reader left for the author; whether it is new. Idempotent.
    ///
    /// # Errors
    ///
    /// If it does not count. The author's rows stay as they are.
    pub fn receive(&mut self, from: &Id, envelope: &[u8], rules: &Rules<'_>) -> Result<bool, Refusal> {
        let name = CommentName::of(envelope);
        if self.gone.contains(&name) || self.said.iter().any(|said| said.name == name) {
            return Ok(false);
        }
        let said = Said::open(envelope, rules.share, Some(from))?;
        let comment = said.comment().map_err(ReadError::from)?;
        let is_then = said.time <= rules.now.saturating_add(AHEAD_MS)
            && said.time.saturating_add(BEFORE_MS) >= rules.created;
        if comment.rev > rules.rev || !is_then {
            return Err(Refusal::Impossible);
        }
        if !self.has_room(&said, rules.is_hidden) {
            return Err(Refusal::TooMany);
        }
        self.put(said);
        Ok(true)
    }

    /// Whether one more comment of its writer fits: within its day, beside all others, and one heart alone.
    pub fn has_room(&self, one: &Said, is_hidden: &dyn Fn(&CommentName) -> bool) -> bool {
        let of_writer = || self.said.iter().filter(|said| said.writer == one.writer);
        let of_day = of_writer().filter(|said| said.day() == one.day()).count();
        let shown = self.said.iter().filter(|said| !is_hidden(&said.name)).count();
        let is_second_heart = one.heart && of_writer().any(|said| said.heart);
        of_day < limits::COMMENTS_A_DAY && shown < limits::COMMENTS && !is_second_heart
    }

    /// Takes away what its writer takes back; whether it was there. Idempotent.
    pub fn take_back(&mut self, from: &Id, name: &CommentName) -> bool {
        let before = self.said.len();
        self.said.retain(|said| said.name != *name || said.writer != *from);
        let is_gone = self.said.len() < before;
        if is_gone {
            self.gone.push(*name);
            let surplus = self.gone.len().saturating_sub(limits::COMMENTS);
            self.gone.drain(..surplus);
        }
        is_gone
    }

    /// Takes in what is on a list of mine that another device published.
    pub fn adopt(&mut self, list: PublishedAnswers, said: Vec<Said>, me: &Id) {
        self.listed = said.iter().map(|said| said.name).collect();
        self.list = list;
        for one in said {
            let is_new = one.writer != *me && !self.gone.contains(&one.name);
            if is_new && self.said.len() < limits::COMMENTS {
                self.put(one);
            }
        }
    }

    /// Shows what is on the list of an author, and nothing else.
    pub fn show(&mut self, list: PublishedAnswers, mut said: Vec<Said>) {
        said.sort();
        said.dedup_by_key(|said| said.name);
        said.truncate(limits::COMMENTS);
        (self.list, self.said) = (list, said);
    }

    fn put(&mut self, said: Said) {
        if let Err(place) = self.said.binary_search(&said) {
            self.said.insert(place, said);
        }
    }
}

/// Whether a reader may say one more thing of a share on the day of `said`, by what they said of it before.
pub fn may_say(said: &Said, before: &[Said]) -> bool {
    let own = Answers { said: before.to_vec(), ..Answers::default() };
    own.has_room(said, &|_| false)
}

/// Seals a list under the key of its share: pages, each with its CID, the newest first.
///
/// # Errors
///
/// If a field breaks a rule of the format.
pub fn seal(key: &ShareKey, said: &[Said]) -> Result<Vec<(Cid, Bytes)>, DecodeError> {
    let secret = key.answers_secret();
    let mut older: Vec<Older> = Vec::new();
    let mut pages = Vec::new();
    let mut content = Content { no: 1, notes: Vec::new(), older: Vec::new() };
    let mut rest = said.iter().peekable();
    loop {
        let mut is_full = false;
        while let Some(next) = rest.peek() {
            let comment = Bytes::from(next.envelope.to_vec());
            content.notes.push(Note { time: next.time, says: Says::Comment { comment } });
            if !content.fits() {
                content.notes.pop();
                is_full = true;
                break;
            }
            rest.next();
        }
        let page =
            Page::seal_for_link(&content, &secret, &mut |bytes: &mut [u8]| platform::fill_random(bytes))?;
        let cid = cid_of(DAG_CBOR, &page);
        pages.push((cid, page.into()));
        if !is_full {
            break;
        }
        older.push(Older { no: content.no, cid });
        let no = content.no + 1;
        content = Content { no, notes: Vec::new(), older: named(&older, no) };
    }
    pages.reverse();
    Ok(pages)
}

/// A page of a list, opened: the comments on it that hold, and the earlier pages that it names.
pub fn open(key: &ShareKey, share: &ShareId, page: &[u8]) -> Result<(Vec<Said>, Vec<Cid>), ReadError> {
    let content = Page::decode(page)?.open(&key.answers_secret())?;
    let said = content.notes.iter().filter_map(|note| match &note.says {
        Says::Comment { comment } => Said::open(comment, share, None).ok(),
        _ => None,
    });
    Ok((said.collect(), content.older.iter().map(|older| older.cid).collect()))
}

#[cfg(test)]
mod tests;

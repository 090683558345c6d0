//! Limits that the page checks before it asks, each declared where the engine checks it.

use crate::format::limits;
use crate::social::relation;

/// A limit as the page knows it.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Its name in `LIMITS` of the generated TypeScript.
    pub name: &'static str,
    /// Its value.
    pub value: u64,
    /// Unit and subject.
    pub doc: &'static str,
}

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:literal = $value:expr;)+) => {
        /// Every limit that the page knows.
        pub const LIMITS: &[Limit] = &[$(Limit { name: $name, value: $value as u64, doc: concat!($($doc),+) },)+];
    };
}

/// Milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

limits! {
    /// Characters in the name of a person or a circle.
    "nameChars" = limits::NAME_CHARS;
    /// Characters in a new passphrase, at least.
    "passphraseChars" = limits::PASSPHRASE_CHARS;
    /// Characters in what a person says of themselves.
    "bioChars" = limits::BIO_CHARS;
    /// Characters in the title of a share.
    "titleChars" = limits::TITLE_CHARS;
    /// Characters in the note of a share for everybody.
    "noteChars" = limits::NOTE_CHARS;
    /// Characters in the note of a share that is not for everybody.
    "textChars" = limits::TEXT_CHARS;
    /// Characters in a comment on a share.
    "commentChars" = limits::COMMENT_CHARS;
    /// Comments and hearts on one share.
    "comments" = limits::COMMENTS;
    /// Comments and hearts of one reader on one share within a day.
    "commentsADay" = limits::COMMENTS_A_DAY;
    /// Characters in the message of a contact request.
    "messageChars" = limits::MESSAGE_CHARS;
    /// Bytes, in UTF-8, of the path of a file.
    "pathBytes" = limits::PATH_BYTES;
    /// Bytes, in UTF-8, of one segment of a path.
    "segmentBytes" = limits::SEGMENT_BYTES;
    /// Folders without files in one share.
    "folders" = limits::FOLDERS;
    /// Bytes of a person's picture.
    "avatarBytes" = limits::AVATAR;
    /// Pixels of a person's picture, across or down.
    "avatarPixels" = limits::AVATAR_SIDE;
    /// Bytes of a file's preview.
    "previewBytes" = limits::PREVIEW;
    /// Pixels of a file's preview, across or down.
    "previewPixels" = limits::PREVIEW_SIDE;
    /// Circles of one contact.
    "circles" = relation::MAX_CIRCLES;
    /// Days that an invite is good.
    "inviteDays" = limits::REQUEST_MS / DAY_MS;
}

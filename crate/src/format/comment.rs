//! What a reader of a share answers to its author: some words or a heart, signed by who says it.
//!
//! The author shows it to the other readers as it is, so that nobody can put words into somebody's mouth, not even the
//! author.

use crate::crypto::sha256;
use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault, ReadError};
use crate::format::fields::maybe;
use crate::format::limits;
use crate::format::object::object;
use crate::format::share_id::ShareId;
use crate::format::signed::{self, Verified};

object! {
    /// A comment on a share, or a heart. Signed by who says it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "comment")]
    #[signed("comment", limits::COMMENT)]
    #[check(Self::says_one_thing)]
    pub struct Comment {
        /// The share, by the id that is bound to its author.
        pub share: ShareId,
        /// The revision that its writer had.
        pub rev: u64,
        /// When it was written, in milliseconds since 1970; the writer's claim.
        pub time: u64,
        /// What the writer calls themselves: the other readers may not know them.
        #[max(limits::NAME_CHARS)]
        pub name: String,
        /// What it says.
        #[max(limits::COMMENT_CHARS)]
        #[check(maybe(|text: &String| Fault::TooFew(1).unless(!text.is_empty())))]
        pub text: Option<String>,
        /// Whether it is a heart.
        pub heart: Option<bool>,
        /// The name of the comment that it answers.
        pub reply: Option<[u8; 32]>,
        ..extra
    }
}

impl Comment {
    fn says_one_thing(&self) -> Result<(), DecodeError> {
        let is_one = matches!((&self.text, self.heart), (Some(_), None) | (None, Some(true)));
        Fault::Contradiction.unless(is_one).map_err(|fault| DecodeError::at("heart", fault))
    }

    /// Opens a comment on this share. `writer` is who must have signed it, where that is known.
    pub fn open(
        bytes: &[u8],
        share: &ShareId,
        writer: Option<&VerifyingKey>,
    ) -> Result<Verified<Self>, ReadError> {
        let opened = signed::open::<Self>(bytes, writer)?;
        if opened.object.share == *share {
            Ok(opened)
        } else {
            Err(DecodeError::at("object.share", Fault::Contradiction).into())
        }
    }
}

/// The name of a comment: the SHA-256 of its envelope.
pub fn name_of(envelope: &[u8]) -> [u8; 32] {
    sha256(envelope)
}

//! A share for everybody: what it is called, and the folder in which its files are.
//!
//! The files are plain UnixFS, which any IPFS tool reads. This object over them says who shares them; signed, it
//! is a block of its own, and stands as bytes in [feeds](super::feed).

use cid::Cid;
use ipld_core::ipld::Ipld;

use crate::format::error::DecodeError;
use crate::format::fields::{Build, Extra, Fields, Value};
use crate::format::limits;
use crate::format::share_id::InnerId;
use crate::format::signed::Signed;

const VERSION: u64 = 1;

/// A public share. Signed by whoever made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicShare {
    /// The share's id inside of objects.
    pub share: InnerId,
    /// Rises with each change.
    pub rev: u64,
    /// When the share was made, in milliseconds since 1970; the author's claim.
    pub created: u64,
    /// Its title.
    pub title: String,
    /// What the author wrote to it; may be empty.
    pub note: String,
    /// The UnixFS folder with its files.
    pub root: Cid,
    /// How many files there are; the author's claim until the folder has been read.
    pub files: u64,
    /// The sum of their lengths in bytes; the author's claim too.
    pub size: u64,
    /// Keys of a later version.
    pub extra: Extra,
}

impl Value for PublicShare {
    fn to_ipld(&self) -> Ipld {
        Build::from(&self.extra)
            .put("v", &VERSION)
            .put("share", &self.share)
            .put("rev", &self.rev)
            .put("created", &self.created)
            .put("title", &self.title)
            .put("note", &self.note)
            .put("root", &Ipld::Link(self.root))
            .put("files", &self.files)
            .put("size", &self.size)
            .done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "share", VERSION)?;
        Ok(Self {
            share: fields.take("share")?,
            rev: fields.take("rev")?,
            created: fields.take("created")?,
            title: fields.text("title", limits::TITLE_CHARS)?,
            note: fields.text("note", limits::NOTE_CHARS)?,
            root: fields.folder("root")?,
            files: fields.take("files")?,
            size: fields.take("size")?,
            extra: fields.rest(),
        })
    }
}

impl Signed for PublicShare {
    const TYPE: &'static str = "public-share";
    const LIMIT: usize = limits::PUBLIC_SHARE;
}

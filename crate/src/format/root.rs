//! The signed object to which an identity's record points; everything it publishes hangs from it.

use cid::Cid;
use ipld_core::ipld::Ipld;

use crate::format::error::{DecodeError, Fault};
use crate::format::fields::{Build, Extra, Fields, Value, is_rising};
use crate::format::limits;
use crate::format::signed::Signed;

const VERSION: u64 = 1;

/// A root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The same as the record's sequence: max(last known + 1, unix seconds).
    pub seq: u64,
    /// SHA-256 digests of the roots that this one replaces: none in the first, several after a merge.
    ///
    /// Bytes and not links, since every pin would follow all history otherwise. Sorted, each once.
    pub prev: Vec<[u8; 32]>,
    /// When it was written, in milliseconds since 1970; the author's claim.
    pub time: u64,
    /// The signed profile.
    pub profile: Cid,
    /// The letterbox map.
    pub letterboxes: Cid,
    /// The root block of the vault.
    pub vault: Cid,
    /// The newest page of the public feed.
    pub feed: Option<Cid>,
    /// Keys of a later version.
    pub extra: Extra,
}

impl Value for Root {
    fn to_ipld(&self) -> Ipld {
        Build::from(&self.extra)
            .put("v", &VERSION)
            .put("seq", &self.seq)
            .put("prev", &self.prev)
            .put("time", &self.time)
            .put("profile", &self.profile)
            .put("letterboxes", &self.letterboxes)
            .put("vault", &self.vault)
            .maybe("feed", self.feed.as_ref())
            .done()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        let mut fields = Fields::versioned(value, "root", VERSION)?;
        let root = Self {
            seq: fields.take("seq")?,
            prev: fields.list("prev", limits::ROOT_PREV)?,
            time: fields.take("time")?,
            profile: fields.block("profile")?,
            letterboxes: fields.block("letterboxes")?,
            vault: fields.block("vault")?,
            feed: if fields.has("feed") { Some(fields.block("feed")?) } else { None },
            extra: fields.rest(),
        };
        if is_rising(&root.prev) { Ok(root) } else { Err(DecodeError::at("prev", Fault::Order)) }
    }
}

impl Signed for Root {
    const TYPE: &'static str = "root";
    const LIMIT: usize = limits::ROOT;
}

//! What people without a profile need to give somebody files: the link to a drop box, and what their request says of the
//! files.

use std::fmt;
use std::str::FromStr;

use crate::crypto::digest;
use crate::crypto::sign::VerifyingKey;
use crate::format::error::DecodeError;
use crate::format::fields::{Value, relays};
use crate::format::node::{self, Pointer};
use crate::format::object::object;
use crate::format::secret::Secret;
use crate::format::share_id::InnerId;
use crate::format::{DAG_CBOR, code, limits};

/// What the route of a drop link begins with, after the address of any page.
pub const ROUTE: &str = "#/drop/";

object! {
    /// A link to a drop box. Its holder can leave files there, and read nothing of it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "drop link")]
    pub struct Link {
        /// Whose box it is.
        #[key("pk")]
        pub id: VerifyingKey,
        /// Gives the token by which a relay takes blocks, and the proof by which the owner takes the files.
        #[key("s")]
        pub secret: Secret,
        /// Relays that lend room to it: hostile input until checked.
        #[max(limits::DROP_RELAYS)]
        #[check(relays)]
        pub relays: Vec<String>,
        /// How much fits into it. A claim: the relays decide.
        pub bytes: u64,
        /// When it ends, in milliseconds since 1970. A claim that spares a search: the relays decide.
        pub until: u64,
        ..extra
    }
}

object! {
    /// What a request says of the files that its sender left.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Files {
        /// Proves that the sender has the link of the box, and that it left this manifest there.
        pub proof: [u8; 32],
        /// The list of the files, made by the sender for contacts.
        #[check(node::of(DAG_CBOR))]
        pub manifest: Pointer,
        /// The id of the share in the manifest.
        pub share: InnerId,
        /// How many files there are. The manifest must say the same.
        pub files: u64,
        /// The sum of their true lengths. The manifest must say the same.
        pub size: u64,
    }
}

/// Why text is no link to a drop box.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not the alphabet of links, cut short, or mistyped.
    #[error("this is not a whole link; copy it again")]
    Malformed,
    /// Whole, but not what a link holds.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

impl Link {
    /// The route that opens the box, to be put behind the address of a page.
    pub fn route(&self) -> String {
        format!("{ROUTE}{self}")
    }

    /// Whether the box has ended at `now`, in milliseconds since 1970.
    pub fn has_ended(&self, now: u64) -> bool {
        self.until <= now
    }
}

impl Files {
    /// The SHA-256 of the manifest's block, to which the proof is bound.
    pub fn digest(&self) -> &[u8] {
        self.manifest.cid.hash().digest()
    }
}

/// The checksum is that of no other text, so that none is taken for the other.
fn hash(object: &[u8]) -> [u8; 32] {
    digest("drop-text", &[object])
}

/// The compact text: base64url, without padding, of 4 bytes of a checksum and the object.
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&code::write(&self.to_bytes(), hash))
    }
}

/// Reads the compact text, or a link that has it behind [`ROUTE`]; white space around it does not matter.
impl FromStr for Link {
    type Err = LinkError;

    fn from_str(typed: &str) -> Result<Self, LinkError> {
        let object = code::read(typed, ROUTE, limits::DROP_LINK, hash).ok_or(LinkError::Malformed)?;
        Ok(Self::from_bytes(&object)?)
    }
}

//! What people without a profile need to give somebody files: the link to a drop box, and what their request says of the
//! files.

use std::fmt;
use std::str::FromStr;

use ipld_core::ipld::Ipld;

use crate::crypto::digest;
use crate::crypto::sign::VerifyingKey;
use crate::format::code::{Kind, MINUTE, NoCode, Reader, Writer, int, map, relay_list};
use crate::format::error::DecodeError;
use crate::format::node::{self, Pointer};
use crate::format::object::object;
use crate::format::secret::CodeSecret;
use crate::format::share_id::InnerId;
use crate::format::{DAG_CBOR, limits};

/// What the route of a drop link begins with, after the address of any page.
pub const ROUTE: &str = "#/drop/";

const KIND: Kind = Kind {
    route: ROUTE,
    label: "drop-text",
    limit: limits::DROP_LINK,
    old: |object| digest("drop-text", &[object]),
};

/// A link to a drop box. Its holder can leave files there, and read nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whose box it is.
    pub id: VerifyingKey,
    /// Gives the token by which a relay takes blocks, and the proof by which the owner takes the files.
    pub secret: CodeSecret,
    /// Relays that lend room to it: hostile input until checked.
    pub relays: Vec<String>,
    /// How much fits into it. A claim: the relays decide.
    pub bytes: u64,
    /// When it ends, in milliseconds since 1970, to the minute. A claim that spares a search: the relays decide.
    pub until: u64,
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
    /// As builds before the first release made it.
    #[error("this link comes from an older Spinney: ask for a new one")]
    Old,
    /// Whole, but not what a link holds.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

impl Link {
    /// Its bytes: the one form that it has.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = Writer::new(&self.relays, [false; 3]);
        to.key(&self.id);
        to.secret(&self.secret);
        to.time(self.until, MINUTE);
        to.int(self.bytes);
        to.relays(&self.relays);
        to.finish()
    }

    /// Reads the bytes strictly.
    ///
    /// # Errors
    ///
    /// Which field breaks which rule, or that it takes a newer Spinney.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new(bytes, "drop link", 0)?;
        let (id, secret) = (from.key("pk")?, from.secret("s")?);
        let (until, bytes) = (from.time("until", MINUTE)?, from.int("bytes")?);
        let relays = from.relays(limits::DROP_RELAYS)?;
        from.end()?;
        Ok(Self { id, secret, relays, bytes, until })
    }

    /// What it says, for tools that show it.
    pub fn to_ipld(&self) -> Ipld {
        map([
            ("pk", self.id.as_bytes().to_vec().into()),
            ("s", self.secret.as_bytes().to_vec().into()),
            ("relays", relay_list(&self.relays)),
            ("bytes", int(self.bytes)),
            ("until", int(self.until)),
        ])
    }

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

/// The compact text: base64url, without padding, of the object and 3 bytes of a checksum.
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&KIND.write(&self.to_bytes()))
    }
}

/// Reads the compact text, or a link that has it behind [`ROUTE`]; white space around it does not matter.
impl FromStr for Link {
    type Err = LinkError;

    fn from_str(typed: &str) -> Result<Self, LinkError> {
        let object = KIND.read(typed).map_err(|why| match why {
            NoCode::Malformed => LinkError::Malformed,
            NoCode::Old => LinkError::Old,
        })?;
        Ok(Self::from_bytes(&object)?)
    }
}

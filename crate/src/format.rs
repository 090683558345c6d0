//! Every object on the wire or on disk, in canonical form.
//!
//! Pure: bytes in, values out. Nothing here does I/O, and nothing here names libp2p. `FORMAT.md` describes
//! each object byte for byte; the modules follow it and say where they enforce it. Three rules hold for all:
//!
//! - bytes are read strictly ([`cbor`]), and an object never has two encodings;
//! - keys that this version does not know are ignored, but stay in what is stored and signed ([`Extra`]);
//! - a version that this version does not know is [`DecodeError::Newer`], never guessed at.

pub mod cbor;
pub mod code;
pub mod comment;
pub mod device;
pub mod device_link;
pub mod drop_box;
mod error;
pub mod feed;
mod fields;
pub mod header;
pub mod introduction;
pub mod invite;
pub mod ipns;
pub mod keep;
pub mod keystore;
pub mod letter;
pub mod limits;
pub mod link;
pub mod manifest;
pub mod map;
pub mod media;
pub mod node;
pub mod note;
mod object;
pub mod page;
pub mod path;
pub mod picture;
pub mod portable;
pub mod profile;
pub mod public;
mod refusal;
pub mod request;
pub mod root;
pub mod secret;
pub mod share_id;
pub mod signed;
pub mod text;
pub mod vault;

pub use cid::Cid;
pub use error::{DecodeError, Fault, ReadError};
pub(crate) use fields::Fields;
pub use fields::{Extra, Value};

use multihash::Multihash;

use crate::crypto;

/// A source of random bytes, passed in: nothing here asks the system for any.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]);

/// Multicodec of raw bytes: the codec of a chunk's ciphertext.
pub const RAW: u64 = 0x55;
/// Multicodec of DAG-PB: the codec of UnixFS, in which files are that are shared with everyone.
pub const DAG_PB: u64 = 0x70;
/// Multicodec of DAG-CBOR: the codec of every other block.
pub const DAG_CBOR: u64 = 0x71;
/// Multihash code of SHA2-256, the one hash that blocks are named by.
pub const SHA2_256: u64 = 0x12;
/// Multihash code of a CID that holds its block itself.
pub const IDENTITY: u64 = 0x00;

/// Names a block: CIDv1 of `codec` with the SHA2-256 of `bytes`.
pub fn cid_of(codec: u64, bytes: &[u8]) -> Cid {
    cid_from_digest(codec, &crypto::sha256(bytes))
}

/// Names the block whose SHA2-256 is already known.
pub fn cid_from_digest(codec: u64, digest: &[u8; 32]) -> Cid {
    let hash = Multihash::wrap(SHA2_256, digest).expect("32 bytes fit into a multihash of 64");
    Cid::new_v1(codec, hash)
}

/// The SHA2-256 in a CID that [`is_kept`]; `None` for any other.
pub fn digest_of(cid: &Cid) -> Option<[u8; 32]> {
    if is_kept(cid) { cid.hash().digest().try_into().ok() } else { None }
}

/// Whether a CID names a kind of block that is kept and exchanged: version 1, SHA2-256, and raw, DAG-CBOR or DAG-PB.
pub fn is_kept(cid: &Cid) -> bool {
    cid.version() == cid::Version::V1
        && matches!(cid.codec(), RAW | DAG_PB | DAG_CBOR)
        && cid.hash().code() == SHA2_256
        && cid.hash().size() == 32
}

/// Whether a CID names a kind of block that Spinney's own objects are made of: all that are kept but DAG-PB.
pub fn is_ours(cid: &Cid) -> bool {
    is_kept(cid) && cid.codec() != DAG_PB
}

/// Whether `bytes` are the block that `cid` names.
pub fn is_block(cid: &Cid, bytes: &[u8]) -> bool {
    is_kept(cid) && cid_of(cid.codec(), bytes) == *cid
}

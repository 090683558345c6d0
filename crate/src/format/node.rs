//! Sealed nodes: the blocks of a manifest, readable by key and walkable without one.
//!
//! `{v, links, sealed}`. The links stand in the clear, so that a keeper without keys can walk a share, pin it
//! and collect it; a reader refuses a node whose clear links are not exactly those used inside. The sealed part
//! is a DAG-CBOR object, framed, padded by Padmé and block-sealed under the share's manifest secret.

use bytes::Bytes;
use cid::Cid;
use zeroize::Zeroizing;

use crate::crypto::block::{self, Key};
use crate::crypto::padding;
use crate::format::error::{DecodeError, Fault, ReadError, check_size};
use crate::format::fields::{Value, rising};
use crate::format::object::object;
use crate::format::{DAG_CBOR, cbor, cid_of, is_block, limits};

/// What the content of one node may take: its encoding and [`LINK`] bytes for each link.
///
/// The block is at most [`limits::NODE`]; the rest is for Padmé (below 4 KiB at this size), the signature of a
/// manifest, and keys.
pub const ROOM: usize = limits::NODE - 8 * 1024;

/// Bytes of one link in DAG-CBOR: tag, length, a zero, and the 36 bytes of the CID.
pub const LINK: usize = 41;

/// Links in one node: a branch has one, an entry up to 1,025.
const MAX_LINKS: usize = limits::NODE / LINK;

object! {
    /// A capability: which block, and the key that opens it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Pointer {
        /// The block.
        pub cid: Cid,
        /// The key of its seal.
        pub key: Key,
    }
}

/// The check of a pointer: it names a block of this codec.
pub(crate) fn of(codec: u64) -> impl Fn(&Pointer) -> Result<(), DecodeError> {
    move |pointer| {
        let fault = Fault::Contradiction.unless(pointer.cid.codec() == codec);
        fault.map_err(|fault| DecodeError::at("cid", fault))
    }
}

/// The check of pointers: each names a block of this codec.
pub(crate) fn each_of(codec: u64) -> impl Fn(&Vec<Pointer>) -> Result<(), DecodeError> {
    move |pointers| {
        let mut all = pointers.iter().enumerate();
        all.try_for_each(|(i, pointer)| of(codec)(pointer).map_err(|e| e.within(&i.to_string())))
    }
}

/// What a sealed node can hold.
pub trait Content: Value {
    /// Every block that the content names, in any order and as often as it does.
    fn links(&self) -> Vec<Cid>;
}

object! {
    /// A node as anybody sees it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "node")]
    #[decode("node", limits::NODE)]
    pub struct Node {
        /// The blocks that the sealed part names, sorted, each once.
        #[max(MAX_LINKS)]
        #[check(rising)]
        pub links: Vec<Cid>,
        /// The sealed part.
        #[max(limits::NODE)]
        pub sealed: Bytes,
    }
}

/// Seals content under the share's manifest secret. Deterministic: equal content makes the same block.
///
/// # Errors
///
/// If the block would be refused by a reader, above all for its size.
pub fn seal<T: Content>(secret: &[u8; 32], content: &T) -> Result<(Pointer, Vec<u8>), DecodeError> {
    T::from_ipld(content.to_ipld())?;
    seal_bytes(secret, content.links(), &content.to_bytes())
}

/// Opens the node that `pointer` names.
pub fn open<T: Content>(pointer: &Pointer, block: &[u8]) -> Result<T, ReadError> {
    let (links, plaintext) = open_bytes(pointer, block)?;
    let content = T::from_ipld(cbor::to_ipld(&plaintext).map_err(DecodeError::from)?)?;
    check_links(&links, content.links())?;
    Ok(content)
}

pub(crate) fn seal_bytes(
    secret: &[u8; 32],
    links: Vec<Cid>,
    plaintext: &[u8],
) -> Result<(Pointer, Vec<u8>), DecodeError> {
    let (key, sealed) = block::seal(secret, &padding::frame_padme(plaintext));
    let block = Node { links: sorted(links), sealed: sealed.into() }.to_bytes();
    check_size("node", &block, limits::NODE)?;
    Ok((Pointer { cid: cid_of(DAG_CBOR, &block), key }, block))
}

/// The clear links and the plaintext of a node; the caller compares the links by [`check_links`].
pub(crate) fn open_bytes(
    pointer: &Pointer,
    block: &[u8],
) -> Result<(Vec<Cid>, Zeroizing<Vec<u8>>), ReadError> {
    check_size("node", block, limits::NODE)?;
    if !is_block(&pointer.cid, block) {
        return Err(ReadError::AnotherBlock);
    }
    let node = Node::decode(block)?;
    let framed = Zeroizing::new(block::open(&pointer.key, &node.sealed)?);
    Ok((node.links, unframe_padme(&framed)?))
}

pub(crate) fn check_links(clear: &[Cid], used: Vec<Cid>) -> Result<(), DecodeError> {
    if clear == sorted(used) { Ok(()) } else { Err(DecodeError::at("links", Fault::Links)) }
}

/// The data of a frame that must have its Padmé size, so that one content has one sealed form.
pub(crate) fn unframe_padme(framed: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecodeError> {
    let framed_wrongly = || DecodeError::at("sealed", Fault::Frame);
    let data = padding::unframe(framed).map_err(|_| framed_wrongly())?;
    let size = padding::padme((padding::PREFIX_LEN + data.len()) as u64);
    if size == framed.len() as u64 { Ok(Zeroizing::new(data.to_vec())) } else { Err(framed_wrongly()) }
}

fn sorted(mut links: Vec<Cid>) -> Vec<Cid> {
    links.sort_unstable();
    links.dedup();
    links
}

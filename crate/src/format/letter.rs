//! A letter: what one person tells a contact and is too long for a note.
//!
//! A note names its header, of kind [`Letter`](super::manifest::Kind::Letter), whose manifest is a sealed node that holds
//! the first part. Each part may name the next. What the parts hold follows from the kind of the note.

use bytes::Bytes;
use cid::Cid;

use crate::format::error::{DecodeError, Fault, ReadError};
use crate::format::header::ShareKey;
use crate::format::limits;
use crate::format::node::{self, Content, Pointer};

/// A part of a letter: the content of one sealed node.
pub trait Part: Content {
    /// Where the letter goes on.
    fn more(&self) -> Option<&Pointer>;

    /// Says where the letter goes on.
    fn set_more(&mut self, more: Option<Pointer>);

    /// What of it is a reason to write another letter: all of it, where its kind says nothing else. It names no `more`.
    fn said(&self) -> Vec<u8> {
        self.to_bytes()
    }

    /// Checks that this part goes on from the one before it.
    fn check_after(&self, before: &Self) -> Result<(), DecodeError>;
}

/// Seals the parts of a letter, of which there is at least one; gives where it begins, and its blocks.
///
/// # Errors
///
/// If there are more parts than [`limits::LETTER_NODES`], or one of them breaks a rule.
pub fn seal<P: Part>(
    key: &ShareKey,
    parts: impl IntoIterator<Item = P, IntoIter: DoubleEndedIterator>,
) -> Result<(Pointer, Vec<(Cid, Bytes)>), DecodeError> {
    let secret = key.manifest_secret();
    let (mut blocks, mut more) = (Vec::new(), None);
    for mut part in parts.into_iter().rev() {
        part.set_more(more);
        let (pointer, block) = node::seal(&secret, &part)?;
        blocks.push((pointer.cid, block.into()));
        more = Some(pointer);
    }
    let too_many = blocks.len() > limits::LETTER_NODES;
    let first = more.ok_or_else(|| DecodeError::at("more", Fault::Missing))?;
    if too_many {
        return Err(DecodeError::at("more", Fault::Unexpected));
    }
    blocks.reverse();
    Ok((first, blocks))
}

/// A letter that is being read, node by node.
#[derive(Clone, Debug)]
pub struct Reading<P> {
    wanted: Option<Pointer>,
    parts: Vec<P>,
}

impl<P: Part> Reading<P> {
    /// Begins where the header says.
    pub fn new(first: Pointer) -> Self {
        Self { wanted: Some(first), parts: Vec::new() }
    }

    /// The node to be fetched next; `None` once all was read.
    pub fn wanted(&self) -> Option<&Cid> {
        self.wanted.as_ref().map(|pointer| &pointer.cid)
    }

    /// Takes in the block of the node that is [`wanted`](Self::wanted).
    ///
    /// # Errors
    ///
    /// If it breaks a rule, or the letter goes on behind [`limits::LETTER_NODES`].
    pub fn add(&mut self, block: &[u8]) -> Result<(), ReadError> {
        let Some(pointer) = self.wanted.take() else { return Ok(()) };
        let part: P = node::open(&pointer, block)?;
        if let Some(before) = self.parts.last() {
            part.check_after(before)?;
        }
        if part.more().is_some() && self.parts.len() + 1 == limits::LETTER_NODES {
            return Err(DecodeError::at("more", Fault::Unexpected).into());
        }
        self.wanted = part.more().cloned();
        self.parts.push(part);
        Ok(())
    }

    /// The parts that were read, in order.
    pub fn finish(self) -> Vec<P> {
        self.parts
    }
}

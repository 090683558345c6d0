//! Several messages or blocks in one input.
//!
//! A piece is two bytes and what they count: the highest bit is a flag, the others are the length, the high byte first.
//! Bytes that are too few for a piece are the last one.

/// The flag of a piece.
const FLAG: u16 = 1 << 15;

/// A part of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What it means is for the target to say.
    pub flag: bool,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// Takes an input apart.
pub fn split(mut input: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while let Some((head, rest)) = input.split_first_chunk::<2>() {
        let head = u16::from_be_bytes(*head);
        let (bytes, rest) = rest.split_at(usize::from(head & !FLAG).min(rest.len()));
        pieces.push(Piece { flag: head & FLAG != 0, bytes });
        input = rest;
    }
    pieces
}

/// Joins pieces without a flag into an input.
pub fn join<T: AsRef<[u8]>>(pieces: &[T]) -> Vec<u8> {
    let piece =
        |bytes: &[u8]| [&u16::try_from(bytes.len()).expect("a seed is small").to_be_bytes(), bytes].concat();
    pieces.iter().flat_map(|bytes| piece(bytes.as_ref())).collect()
}

//! DEFLATE (RFC 1951) without compression: bytes in stored blocks.

/// The longest block.
const BLOCK: u64 = u16::MAX as u64;

/// What precedes the bytes of a block: whether it is the last one, its length, and the complement of that.
const HEAD: u64 = 5;

/// Returns how long so many bytes are in blocks; nothing needs no block here.
pub(super) fn packed(size: u64) -> u64 {
    size.div_ceil(BLOCK).saturating_mul(HEAD).saturating_add(size)
}

/// The blocks of one file, all full but the last one.
#[derive(Default)]
pub(super) struct Blocks {
    /// Bytes of the file that are still to come.
    left: u64,
    /// Those of them that belong to the block that was begun.
    open: u64,
}

impl Blocks {
    /// The blocks of a file of so many bytes.
    pub(super) fn of(size: u64) -> Self {
        Self { left: size, open: 0 }
    }

    /// Returns the next bytes of the file in blocks. Bytes past its size are dropped.
    pub(super) fn pack(&mut self, mut bytes: &[u8]) -> Vec<u8> {
        let len = bytes.len() as u64;
        let mut packed = Vec::with_capacity((len + HEAD * (len / BLOCK + 2)) as usize);
        while !bytes.is_empty() && self.left > 0 {
            if self.open == 0 {
                self.open = self.left.min(BLOCK);
                let len = self.open as u16;
                packed.push(u8::from(self.open == self.left));
                packed.extend_from_slice(&len.to_le_bytes());
                packed.extend_from_slice(&(!len).to_le_bytes());
            }
            let (now, later) = bytes.split_at(bytes.len().min(self.open as usize));
            packed.extend_from_slice(now);
            self.open -= now.len() as u64;
            self.left -= now.len() as u64;
            bytes = later;
        }
        packed
    }
}

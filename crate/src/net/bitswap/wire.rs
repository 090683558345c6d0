//! Messages of Bitswap: protobuf, as <https://specs.ipfs.tech/bitswap-protocol/> defines them.

use bytes::Bytes;
use cid::Cid;
use cid::multihash::Multihash;
use futures::{AsyncWrite, AsyncWriteExt};
use prost::Message as _;
use prost::encoding::{encode_varint, encoded_len_varint};
use unsigned_varint::{decode, encode};

use crate::format::SHA2_256;
use crate::platform;

/// Fields in one message, counted before it is decoded, because a few bytes on the wire become a hundred in
/// memory.
const MAX_FIELDS: usize = 32 * 1024;

/// The message is not Bitswap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed bitswap message")]
pub(super) struct Malformed;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Message {
    #[prost(message, optional, tag = "1")]
    pub(super) wantlist: Option<Wantlist>,
    #[prost(message, repeated, tag = "3")]
    pub(super) payload: Vec<Block>,
    #[prost(message, repeated, tag = "4")]
    pub(super) presences: Vec<Presence>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Wantlist {
    #[prost(message, repeated, tag = "1")]
    pub(super) entries: Vec<Entry>,
    /// Replaces all earlier wants.
    #[prost(bool, tag = "2")]
    pub(super) full: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Entry {
    #[prost(bytes = "bytes", tag = "1")]
    pub(super) cid: Bytes,
    #[prost(int32, tag = "2")]
    pub(super) priority: i32,
    #[prost(bool, tag = "3")]
    pub(super) cancel: bool,
    #[prost(enumeration = "WantType", tag = "4")]
    pub(super) want: i32,
    #[prost(bool, tag = "5")]
    pub(super) send_dont_have: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(super) enum WantType {
    Block = 0,
    Have = 1,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Block {
    /// The CID without its digest.
    #[prost(bytes = "bytes", tag = "1")]
    pub(super) prefix: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub(super) data: Bytes,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Presence {
    #[prost(bytes = "bytes", tag = "1")]
    pub(super) cid: Bytes,
    #[prost(enumeration = "PresenceType", tag = "2")]
    pub(super) presence: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(super) enum PresenceType {
    Have = 0,
    DontHave = 1,
}

impl Message {
    /// Decodes a message. Its blocks are slices of `bytes`.
    pub(super) fn read(bytes: Bytes) -> Result<Self, Malformed> {
        let mut fields = 0;
        count(&bytes, &mut fields, true)?;
        Self::decode(bytes).map_err(|_| Malformed)
    }
}

impl Entry {
    /// Makes a want for a block, or for the answer that the peer does not have it.
    pub(super) fn ask(cid: &Cid) -> Self {
        let cid = cid.to_bytes().into();
        Self { cid, priority: 1, cancel: false, want: WantType::Block.into(), send_dont_have: true }
    }

    /// Withdraws a want.
    pub(super) fn cancel(cid: &Cid) -> Self {
        Self { cancel: true, send_dont_have: false, ..Self::ask(cid) }
    }
}

impl Presence {
    pub(super) fn new(cid: &Cid, presence: PresenceType) -> Self {
        Self { cid: cid.to_bytes().into(), presence: presence.into() }
    }
}

impl Block {
    pub(super) fn new(cid: &Cid, data: Bytes) -> Self {
        let mut prefix = Vec::with_capacity(8);
        for part in [u64::from(cid.version()), cid.codec(), cid.hash().code(), cid.hash().size().into()] {
            prefix.extend_from_slice(encode::u64(part, &mut encode::u64_buffer()));
        }
        Self { prefix: prefix.into(), data }
    }

    /// Returns the block with the CID of its bytes, or `None` if the CID is of a kind that we do not know.
    pub(super) async fn named(&self) -> Option<(Cid, Bytes)> {
        let (version, rest) = decode::u64(&self.prefix).ok()?;
        let (codec, rest) = decode::u64(rest).ok()?;
        let (code, rest) = decode::u64(rest).ok()?;
        let (size, rest) = decode::u64(rest).ok()?;
        if code != SHA2_256 || size != 32 || !rest.is_empty() {
            return None;
        }
        let digest = platform::sha256(&self.data).await;
        let hash = Multihash::wrap(SHA2_256, &digest).ok()?;
        let cid = if version == 0 { Cid::new_v0(hash).ok()? } else { Cid::new_v1(codec, hash) };
        (u64::from(cid.version()) == version && cid.codec() == codec).then(|| (cid, self.data.clone()))
    }

    /// Returns the bytes of a message that contains only this block.
    fn len(&self) -> usize {
        self.encoded_len()
    }
}

/// Writes a message and its length. The bytes of blocks are not copied.
///
/// Pass a buffered writer, because there are many small writes between the blocks.
pub(super) async fn write<W: AsyncWrite + Unpin>(
    writer: &mut W,
    presences: &[Presence],
    blocks: &[Block],
) -> std::io::Result<()> {
    let rest = Message { presences: presences.to_vec(), ..Message::default() }.encode_to_vec();
    let length: usize =
        blocks.iter().map(|block| 1 + encoded_len_varint(block.len() as u64) + block.len()).sum();
    let mut head = Vec::with_capacity(64);
    encode_varint((length + rest.len()) as u64, &mut head);
    for block in blocks {
        // The field `payload`. All but the block's bytes comes first in it.
        head.push(3 << 3 | 2);
        encode_varint(block.len() as u64, &mut head);
        Block { prefix: block.prefix.clone(), data: Bytes::new() }.encode_raw(&mut head);
        if !block.data.is_empty() {
            head.push(2 << 3 | 2);
            encode_varint(block.data.len() as u64, &mut head);
        }
        writer.write_all(&head).await?;
        writer.write_all(&block.data).await?;
        head.clear();
    }
    head.extend_from_slice(&rest);
    writer.write_all(&head).await?;
    writer.flush().await
}

/// Counts fields, with those in lists. Returns `Err` above [`MAX_FIELDS`].
fn count(mut bytes: &[u8], fields: &mut usize, top: bool) -> Result<(), Malformed> {
    while !bytes.is_empty() {
        *fields += 1;
        if *fields > MAX_FIELDS {
            return Err(Malformed);
        }
        let (key, rest) = varint(bytes)?;
        bytes = match key & 7 {
            0 => varint(rest)?.1,
            1 => rest.get(8..).ok_or(Malformed)?,
            2 => {
                let (length, rest) = varint(rest)?;
                let length = usize::try_from(length).map_err(|_| Malformed)?;
                let (inside, rest) = rest.split_at_checked(length).ok_or(Malformed)?;
                // Only the wantlist is a list inside a field. In other lists each element is a field of its
                // own.
                if top && key >> 3 == 1 {
                    count(inside, fields, false)?;
                }
                rest
            }
            5 => rest.get(4..).ok_or(Malformed)?,
            _ => return Err(Malformed),
        };
    }
    Ok(())
}

/// Reads a protobuf varint, which need not be minimal.
fn varint(mut bytes: &[u8]) -> Result<(u64, &[u8]), Malformed> {
    let value = prost::encoding::decode_varint(&mut bytes).map_err(|_| Malformed)?;
    Ok((value, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{RAW, cid_of};
    use futures::executor::block_on;

    fn cid(data: &[u8]) -> Cid {
        cid_of(RAW, data)
    }

    #[test]
    fn blocks_written_piece_by_piece_are_the_message_that_protobuf_makes() {
        for sizes in [vec![], vec![0], vec![1, 70_000], vec![100; 20]] {
            let blocks: Vec<_> =
                sizes.iter().map(|n| vec![7; *n]).map(|d| Block::new(&cid(&d), d.into())).collect();
            let presences = vec![Presence::new(&cid(b"x"), PresenceType::DontHave)];
            let mut written = Vec::new();
            block_on(write(&mut written, &presences, &blocks)).unwrap();
            let message = Message { wantlist: None, payload: blocks, presences };
            assert_eq!(written, message.encode_length_delimited_to_vec());
        }
    }

    #[test]
    fn a_block_is_named_by_its_bytes_and_not_by_its_sender() {
        let block = Block::new(&cid(b"hello"), Bytes::from_static(b"hello"));
        assert_eq!(block_on(block.named()).unwrap().0, cid(b"hello"));
        let lie = Block { data: Bytes::from_static(b"other"), ..block.clone() };
        assert_eq!(block_on(lie.named()).unwrap().0, cid(b"other"));
        let v0 = Cid::new_v0(*cid(b"hello").hash()).unwrap();
        assert_eq!(block_on(Block::new(&v0, Bytes::from_static(b"hello")).named()).unwrap().0, v0);
        for prefix in [
            &b""[..],
            &[1, 0x55, 0x12],
            &[1, 0x55, 0x12, 31],
            &[1, 0x55, 0x13, 32],
            &[0, 0x55, 0x12, 32],
            &[2, 0x55, 0x12, 32],
            &[1, 0x55, 0x12, 32, 0],
        ] {
            assert_eq!(
                block_on(Block { prefix: Bytes::copy_from_slice(prefix), ..block.clone() }.named()),
                None,
                "{prefix:?}"
            );
        }
    }

    #[test]
    fn a_message_that_would_swell_in_memory_is_refused_before_it_does() {
        let entries = vec![Entry::default(); MAX_FIELDS];
        let message = Message { wantlist: Some(Wantlist { entries, full: false }), ..Message::default() };
        assert_eq!(Message::read(message.encode_to_vec().into()), Err(Malformed));
        assert_eq!(Message::read(Bytes::from_static(&[0x0a, 0xff])), Err(Malformed));
    }

    #[test]
    fn the_bytes_on_the_wire_are_those_of_the_specification() {
        // wantlist { entry { block: cid, priority: 1, sendDontHave: true } }
        let cid = cid(b"hello");
        let wantlist = Wantlist { entries: vec![Entry::ask(&cid)], full: false };
        let mut expected = vec![0x0a, 44, 0x0a, 42, 0x0a, 36];
        expected.extend(cid.to_bytes());
        expected.extend([0x10, 1, 0x28, 1]);
        assert_eq!(Message { wantlist: Some(wantlist), ..Message::default() }.encode_to_vec(), expected);
    }
}

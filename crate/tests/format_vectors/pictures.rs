//! Pictures that are little more than their heads: as much as a reader of the format looks at.

use ipld_core::ipld::Ipld;
use spinney::format::manifest::Preview;
use spinney::format::node;

use crate::case::{Case, code, hex};
use crate::share::{Broken, node_case, secret};

/// Previews at the limit and past it. Those of profiles are in `public.rs`.
pub(crate) fn cases() -> Vec<Case> {
    let refused = |name: &str, says: &str, picture: Vec<u8>| {
        let fields = [("v".to_owned(), Ipld::Integer(1)), ("picture".to_owned(), Ipld::Bytes(picture))];
        let content = Broken(Ipld::Map(fields.into()), Vec::new());
        let (pointer, block) = node::seal(&secret(), &content).unwrap();
        Case::new("node", &format!("refused-preview-{name}"), says)
            .given("key", hex(pointer.key.as_bytes()))
            .given("as", "preview")
            .bytes(&block)
            .refused("preview-1024", code(node::open::<Preview>(&pointer, &block)))
    };
    let largest = Preview(png(1024, 1024).into());
    vec![
        node_case(("preview-1024", "preview"), "A preview of the largest size", &largest),
        refused("1025", "A preview of 1,025 pixels down", png(1, 1025)),
        refused("huge", "A preview of 110 megapixels in few bytes", png(10_500, 10_500)),
        refused("moves", "A preview that moves", moving_webp()),
    ]
}

fn u16be(n: u32) -> [u8; 2] {
    u16::try_from(n).unwrap().to_be_bytes()
}

fn u16le(n: u32) -> [u8; 2] {
    u16::try_from(n).unwrap().to_le_bytes()
}

fn png_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let len = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&len[..], name, data, &[0; 4]].concat()
}

fn png_with(width: u32, height: u32, more: &[u8]) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let chunks = [&png_chunk(b"IHDR", &head), more, &png_chunk(b"IDAT", b"and so on")].concat();
    [b"\x89PNG\r\n\x1a\n", &chunks[..]].concat()
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    png_with(width, height, &[])
}

pub(crate) fn moving_png() -> Vec<u8> {
    png_with(9, 9, &png_chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]))
}

pub(crate) fn png_without_head() -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n", &png_chunk(b"IDAT", b"and so on")[..]].concat()
}

/// The head has 14 bytes.
pub(crate) fn png_of_longer_head() -> Vec<u8> {
    let head = [&9u32.to_be_bytes()[..], &9u32.to_be_bytes(), &[8, 2, 0, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n", &png_chunk(b"IHDR", &head)[..], &png_chunk(b"IDAT", b"and so on")].concat()
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    [&[0xff, marker][..], &u16be(data.len() as u32 + 2), data].concat()
}

fn frame(width: u32, height: u32) -> Vec<u8> {
    segment(0xc2, &[&[8][..], &u16be(height), &u16be(width), &[1, 1, 0x11, 0]].concat())
}

fn jpeg_of(segments: &[Vec<u8>]) -> Vec<u8> {
    [&[0xff, 0xd8][..], &segments.concat(), &segment(0xda, &[1, 1, 0, 0, 63, 0]), b"and so on"].concat()
}

/// Progressive, with a thumbnail in its EXIF segment that is a JPEG of its own.
pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let thumbnail = segment(0xe1, &[b"Exif\0\0".to_vec(), jpeg_of(&[frame(2_000, 2_000)])].concat());
    jpeg_of(&[thumbnail, segment(0xc4, &[0; 3]), frame(width, height)])
}

pub(crate) fn jpeg_without_frame() -> Vec<u8> {
    jpeg_of(&[segment(0xe0, b"JFIF\0")])
}

pub(crate) fn two_jpegs() -> Vec<u8> {
    jpeg_of(&[frame(9, 9), segment(0xe2, b"MPF\0MM")])
}

pub(crate) fn jpeg_of_two_frames() -> Vec<u8> {
    jpeg_of(&[frame(9, 9), frame(9, 9)])
}

/// Bytes stand between two segments.
pub(crate) fn jpeg_with_a_gap() -> Vec<u8> {
    jpeg_of(&[segment(0xe0, b"JFIF\0"), vec![0], frame(9, 9)])
}

/// A second start of a picture, which is no segment.
pub(crate) fn jpeg_that_starts_twice() -> Vec<u8> {
    jpeg_of(&[frame(9, 9), vec![0xff, 0xd8]])
}

/// A segment counts at least the two bytes of its length.
pub(crate) fn jpeg_of_a_short_segment() -> Vec<u8> {
    jpeg_of(&[frame(9, 9), vec![0xff, 0xe0, 0, 1]])
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let data = chunks.concat();
    [b"RIFF", &(data.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &data].concat()
}

fn webp_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let filling: &[u8] = if data.len() % 2 == 1 { &[0] } else { &[] };
    [name, &(data.len() as u32).to_le_bytes()[..], data, filling].concat()
}

fn lossy(width: u32, height: u32) -> Vec<u8> {
    let head = [0x10, 0, 0, 0x9d, 0x01, 0x2a];
    webp_chunk(b"VP8 ", &[&head[..], &u16le(width), &u16le(height), b"and so on"].concat())
}

fn canvas(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let side = |side: u32| (side - 1).to_le_bytes()[..3].to_vec();
    webp_chunk(b"VP8X", &[vec![flags, 0, 0, 0], side(width), side(height)].concat())
}

pub(crate) fn webp(width: u32, height: u32) -> Vec<u8> {
    riff(&[lossy(width, height)])
}

pub(crate) fn lossless_webp(width: u32, height: u32) -> Vec<u8> {
    let bits = (width - 1) | (height - 1) << 14;
    riff(&[webp_chunk(b"VP8L", &[&[0x2f][..], &bits.to_le_bytes(), b"and so on"].concat())])
}

/// With a colour profile of an odd length before the pixels.
pub(crate) fn extended_webp(width: u32, height: u32) -> Vec<u8> {
    riff(&[canvas(0x20, width, height), webp_chunk(b"ICCP", b"sRGB!"), lossy(width, height)])
}

/// The canvas is within the limit, and the pixels are not.
pub(crate) fn webp_past_its_canvas() -> Vec<u8> {
    riff(&[canvas(0, 9, 9), lossy(9_000, 9_000)])
}

pub(crate) fn moving_webp() -> Vec<u8> {
    riff(&[canvas(2, 9, 9), webp_chunk(b"ANIM", &[0; 6])])
}

/// Its flags say that it does not move, and it does.
pub(crate) fn webp_that_moves_unsaid() -> Vec<u8> {
    riff(&[canvas(0, 9, 9), webp_chunk(b"ANIM", &[0; 6]), lossy(9, 9)])
}

pub(crate) fn webp_without_canvas() -> Vec<u8> {
    riff(&[webp_chunk(b"ICCP", b"sRGB!"), lossy(9, 9)])
}

/// A frame that needs the one before it.
pub(crate) fn webp_without_key_frame() -> Vec<u8> {
    riff(&[webp_chunk(b"VP8 ", &[0x11, 0, 0, 0x9d, 0x01, 0x2a, 9, 0, 9, 0])])
}

pub(crate) fn lossless_webp_of_another_mark() -> Vec<u8> {
    riff(&[webp_chunk(b"VP8L", &[0x2e, 8, 0, 2, 0])])
}

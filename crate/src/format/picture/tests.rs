//! Heads of pictures, made from a few bytes.

use super::*;
use crate::format::limits::AVATAR_SIDE;

fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let len = u32::try_from(data.len()).unwrap();
    [&len.to_be_bytes()[..], kind, data, &[0; 4]].concat()
}

fn png_with(width: u32, height: u32, more: &[u8]) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
    [PNG, &png_chunk(b"IHDR", &head), more, &png_chunk(b"IDAT", &[0; 16])].concat()
}

fn png_of(width: u32, height: u32) -> Vec<u8> {
    png_with(width, height, &png_chunk(b"tEXt", b"by\0Ann"))
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let len = u16::try_from(data.len() + 2).unwrap();
    [&[0xff, marker][..], &len.to_be_bytes(), data].concat()
}

fn frame(marker: u8, width: u16, height: u16) -> Vec<u8> {
    segment(marker, &[&[8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat())
}

fn jpeg_with(parts: &[Vec<u8>]) -> Vec<u8> {
    [&[0xff, 0xd8][..], &parts.concat(), &segment(0xda, &[1, 1, 0, 0, 63, 0])].concat()
}

fn jpeg_of(marker: u8, width: u16, height: u16) -> Vec<u8> {
    // The EXIF segment holds a thumbnail with a frame of its own, which is not that of the picture.
    let exif = segment(0xe1, &[b"Exif\0\0".to_vec(), jpeg_with(&[frame(0xc0, 9, 9)])].concat());
    jpeg_with(&[exif, vec![0xff], segment(0xc4, &[0; 3]), frame(marker, width, height)])
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let data = chunks.concat();
    [b"RIFF", &(data.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &data].concat()
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let filling: &[u8] = if data.len() % 2 == 1 { &[0] } else { &[] };
    [kind, &(data.len() as u32).to_le_bytes()[..], data, filling].concat()
}

fn lossy(width: u16, height: u16) -> Vec<u8> {
    let head = [0x10, 0, 0, 0x9d, 0x01, 0x2a];
    chunk(b"VP8 ", &[&head[..], &width.to_le_bytes(), &height.to_le_bytes(), &[0; 3]].concat())
}

fn lossless(width: u32, height: u32) -> Vec<u8> {
    chunk(b"VP8L", &[&[0x2f][..], &((width - 1) | (height - 1) << 14).to_le_bytes()].concat())
}

fn extended(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let side = |side: u32| (side - 1).to_le_bytes()[..3].to_vec();
    chunk(b"VP8X", &[vec![flags, 0, 0, 0], side(width), side(height)].concat())
}

fn read(bytes: &[u8]) -> Result<(&'static str, u32, u32), Refusal> {
    let read = Picture::read(bytes, AVATAR_SIDE);
    read.map(|picture| (picture.kind.media_type(), picture.width, picture.height))
}

#[test]
fn the_size_of_a_picture_is_read_from_its_head() {
    assert_eq!(read(&png_of(512, 3)), Ok(("image/png", 512, 3)));
    for marker in [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf] {
        assert_eq!(read(&jpeg_of(marker, 3, 512)), Ok(("image/jpeg", 3, 512)), "{marker:x}");
    }
    assert_eq!(read(&riff(&[lossy(512, 3)])), Ok(("image/webp", 512, 3)));
    assert_eq!(read(&riff(&[lossless(3, 512)])), Ok(("image/webp", 3, 512)));
    let icc = chunk(b"ICCP", &[0; 5]);
    assert_eq!(read(&riff(&[extended(0x20, 512, 512), icc, lossy(512, 512)])), Ok(("image/webp", 512, 512)));
}

#[test]
fn a_picture_with_more_pixels_than_its_place_needs_is_refused() {
    let too_large = Err(Refusal::TooLarge(512));
    // What 44 kB of an avatar and 13 kB of a preview can hold.
    for bomb in [19_000, 10_500] {
        assert_eq!(read(&png_of(bomb, bomb)), too_large);
        assert!(Picture::read(&png_of(bomb, bomb), crate::format::limits::PREVIEW_SIDE).is_err());
    }
    assert_eq!(read(&png_of(513, 1)), too_large);
    assert_eq!(read(&png_of(1, u32::MAX)), too_large);
    assert_eq!(read(&jpeg_of(0xc2, 1, 513)), too_large);
    assert_eq!(read(&riff(&[lossy(513, 1)])), too_large);
    assert_eq!(read(&riff(&[lossless(1, 513)])), too_large);
    assert_eq!(read(&riff(&[extended(0, 513, 1), lossy(513, 1)])), too_large);
}

#[test]
fn animations_and_second_pictures_are_refused() {
    let several = Err(Refusal::Several);
    assert_eq!(read(&png_with(9, 9, &png_chunk(b"acTL", &[0; 8]))), several);
    assert_eq!(read(&riff(&[extended(2, 9, 9), chunk(b"ANIM", &[0; 6])])), several);
    assert_eq!(read(&riff(&[extended(0, 9, 9), chunk(b"ANMF", &[0; 16]), lossy(9, 9)])), several);
    let multi = segment(0xe2, b"MPF\0MM");
    assert_eq!(read(&jpeg_with(&[frame(0xc0, 9, 9), multi])), several);
    assert_eq!(read(b"GIF89a\x01\0\x01\0"), Err(Refusal::Kind));
}

#[test]
fn a_head_that_cannot_be_read_is_refused() {
    assert_eq!(read(&[]), Err(Refusal::Kind));
    assert_eq!(read(b"<svg xmlns="), Err(Refusal::Kind));
    for good in [png_of(9, 9), jpeg_of(0xc0, 9, 9), riff(&[lossy(9, 9)]), riff(&[lossless(9, 9)])] {
        let needed = (0..=good.len()).find(|len| read(&good[..*len]).is_ok()).unwrap();
        for len in 12..needed {
            assert_eq!(read(&good[..len]), Err(Refusal::Unreadable), "{len} of {needed} bytes");
        }
    }
    let refused = [
        png_of(0, 9),
        [PNG, &png_chunk(b"IDAT", &[])].concat(),
        png_with(9, 9, &png_of(9, 9)[PNG.len()..PNG.len() + 25]),
        png_with(9, 9, &[0xff; 8]),
        jpeg_of(0xc0, 0, 9),
        // A height of 0 is said after the first scan.
        jpeg_of(0xc0, 9, 0),
        jpeg_with(&[]),
        jpeg_with(&[frame(0xc0, 9, 9), frame(0xc0, 900, 900)]),
        jpeg_with(&[segment(0xde, &[8, 0, 9, 0, 9, 0]), frame(0xc0, 9, 9)]),
        [&[0xff, 0xd8, 0xff, 0xe0, 0, 1][..], &frame(0xc0, 9, 9)].concat(),
        riff(&[extended(0, 9, 9), lossy(900, 900)]),
        riff(&[extended(0, 9, 9), extended(0, 9, 9), lossless(900, 900)]),
        riff(&[chunk(b"ICCP", &[0; 4]), lossy(9, 9)]),
        riff(&[chunk(b"VP8 ", &[0x11, 0, 0, 0x9d, 0x01, 0x2a, 9, 0, 9, 0])]),
        riff(&[chunk(b"VP8L", &[0x2e, 0, 0, 0, 0])]),
    ];
    for bytes in refused {
        assert_eq!(read(&bytes), Err(Refusal::Unreadable), "{bytes:02x?}");
    }
}

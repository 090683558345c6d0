//! Which bytes may be an avatar or a preview: still raster pictures whose head names a small size.
//!
//! A picture of a few kilobytes can name thousands of megapixels, and a browser reserves memory for all of them. So the
//! size is read from the head, without decoding anything. `FORMAT.md`, "Pictures".

/// A raster format that every browser decodes and that cannot hold a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JPEG (JFIF or Exif).
    Jpeg,
    /// Portable Network Graphics.
    Png,
    /// WebP.
    Webp,
}

/// What the head of a picture says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its format.
    pub kind: Kind,
    /// Its width in pixels, at least 1.
    pub width: u32,
    /// Its height in pixels, at least 1.
    pub height: u32,
}

/// Why bytes are no picture that may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another format. SVG and GIF are never accepted.
    #[error("this is no JPEG, PNG or WebP picture")]
    Kind,
    /// The head is cut short, or names no size.
    #[error("the head of this picture cannot be read")]
    Unreadable,
    /// It is animated, or holds a second picture.
    #[error("this holds more than one picture")]
    Several,
    /// It is wider or higher than allowed, in pixels.
    #[error("this picture is more than {0} pixels wide or high")]
    TooLarge(u32),
}

impl Kind {
    /// The format of a picture, by its first bytes.
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(PNG) {
            Some(Self::Png)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else {
            None
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

impl Picture {
    /// Reads the head of a picture of at most `max_side` pixels in either direction. Its pixels are not decoded.
    pub fn read(bytes: &[u8], max_side: u32) -> Result<Self, Refusal> {
        let kind = Kind::of(bytes).ok_or(Refusal::Kind)?;
        let (width, height) = match kind {
            Kind::Jpeg => jpeg(bytes),
            Kind::Png => png(bytes),
            Kind::Webp => webp(bytes),
        }?;
        if width == 0 || height == 0 {
            return Err(Refusal::Unreadable);
        }
        if width.max(height) > max_side {
            return Err(Refusal::TooLarge(max_side));
        }
        Ok(Self { kind, width, height })
    }
}

type Size = (u32, u32);

/// The signature of a PNG.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Reads bytes one part after the other.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], Refusal> {
        let (part, rest) = self.0.split_at_checked(len).ok_or(Refusal::Unreadable)?;
        self.0 = rest;
        Ok(part)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let (part, rest) = self.0.split_first_chunk().ok_or(Refusal::Unreadable)?;
        self.0 = rest;
        Ok(*part)
    }
}

/// `IHDR` comes first and names the size. `acTL`, which announces an animation, can stand before the pixels (`IDAT`) only.
/// PNG (third edition), sections 11.2.1 and 11.3.6.
fn png(bytes: &[u8]) -> Result<Size, Refusal> {
    let mut parts = Parts(&bytes[PNG.len()..]);
    let mut size = None;
    loop {
        let len = u32::from_be_bytes(parts.array()?);
        let len = usize::try_from(len).or(Err(Refusal::Unreadable))?;
        let kind: [u8; 4] = parts.array()?;
        match (&kind, size) {
            (b"IHDR", None) if len == 13 => {
                let mut head = Parts(parts.take(len)?);
                size = Some((u32::from_be_bytes(head.array()?), u32::from_be_bytes(head.array()?)));
            }
            (b"IHDR", _) | (_, None) => return Err(Refusal::Unreadable),
            (b"acTL", Some(_)) => return Err(Refusal::Several),
            (b"IDAT", Some(size)) => return Ok(size),
            (_, Some(_)) => drop(parts.take(len)?),
        }
        // The checksum, which the decoder checks.
        parts.take(4)?;
    }
}

/// A frame header (`SOF`) names the size, before the first scan (`SOS`). ITU-T T.81, annex B.
///
/// A segment of multi-picture format (CIPA DC-007) announces further pictures behind the first, which browsers may decode.
fn jpeg(bytes: &[u8]) -> Result<Size, Refusal> {
    let mut parts = Parts(&bytes[2..]);
    let mut size = None;
    loop {
        if parts.array()? != [0xff] {
            return Err(Refusal::Unreadable);
        }
        let mut marker = 0xff;
        // A marker may be preceded by any number of fill bytes.
        while marker == 0xff {
            [marker] = parts.array()?;
        }
        // Markers without a segment do not stand before a scan.
        if matches!(marker, 0x00..=0x01 | 0xd0..=0xd9) {
            return Err(Refusal::Unreadable);
        }
        let len = u16::from_be_bytes(parts.array()?);
        let len = usize::from(len).checked_sub(2).ok_or(Refusal::Unreadable)?;
        let segment = parts.take(len)?;
        match marker {
            // SOF, but for DHT (c4), JPG (c8) and DAC (cc), which are numbered in between.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let mut head = Parts(segment);
                let [_precision] = head.array()?;
                let (height, width) = (u16::from_be_bytes(head.array()?), u16::from_be_bytes(head.array()?));
                if size.replace((width.into(), height.into())).is_some() {
                    return Err(Refusal::Unreadable);
                }
            }
            // DHP, of a picture in several resolutions.
            0xde => return Err(Refusal::Unreadable),
            0xe2 if segment.starts_with(b"MPF\0") => return Err(Refusal::Several),
            0xda => return size.ok_or(Refusal::Unreadable),
            _ => {}
        }
    }
}

/// One chunk of pixels (`VP8 ` or `VP8L`), or a head (`VP8X`) and chunks of which one has the pixels. RFC 9649, section 2.
fn webp(bytes: &[u8]) -> Result<Size, Refusal> {
    let mut parts = Parts(&bytes[12..]);
    let mut canvas = None;
    loop {
        let kind: [u8; 4] = parts.array()?;
        let len = u32::from_le_bytes(parts.array()?);
        let len = usize::try_from(len).or(Err(Refusal::Unreadable))?;
        match (&kind, canvas) {
            (b"VP8 " | b"VP8L", _) => {
                let size = if kind == *b"VP8 " { vp8(parts)? } else { vp8l(parts)? };
                let fits = canvas.is_none_or(|canvas| canvas == size);
                return if fits { Ok(size) } else { Err(Refusal::Unreadable) };
            }
            (b"VP8X", None) => {
                let mut head = Parts(parts.take(len)?);
                let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = head.array()?;
                if flags & 0b10 != 0 {
                    return Err(Refusal::Several);
                }
                let less_one = |bytes: [u8; 3]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]) + 1;
                canvas = Some((less_one([w0, w1, w2]), less_one([h0, h1, h2])));
            }
            (b"VP8X", Some(_)) => return Err(Refusal::Unreadable),
            (b"ANIM" | b"ANMF", Some(_)) => return Err(Refusal::Several),
            (_, Some(_)) => drop(parts.take(len)?),
            (_, None) => return Err(Refusal::Unreadable),
        }
        // A chunk of an odd length is filled up.
        parts.take(len % 2)?;
    }
}

/// The frame header of lossy WebP, a key frame. RFC 6386, section 9.1.
fn vp8(mut parts: Parts<'_>) -> Result<Size, Refusal> {
    let [tag, _, _, 0x9d, 0x01, 0x2a] = parts.array()? else { return Err(Refusal::Unreadable) };
    if tag & 1 != 0 {
        return Err(Refusal::Unreadable);
    }
    // The upper two bits ask for scaling, which nobody does.
    let mut side = || Ok(u32::from(u16::from_le_bytes(parts.array()?) & 0x3fff));
    Ok((side()?, side()?))
}

/// The header of lossless WebP. RFC 9649, section 3.4.
fn vp8l(mut parts: Parts<'_>) -> Result<Size, Refusal> {
    let [0x2f] = parts.array()? else { return Err(Refusal::Unreadable) };
    let bits = u32::from_le_bytes(parts.array()?);
    Ok(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
}

#[cfg(test)]
mod tests;

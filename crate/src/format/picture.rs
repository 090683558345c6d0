//! Which bytes may be an avatar or a preview: small raster pictures, told by their first bytes.

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

impl Kind {
    /// The format of a picture, if we accept it. SVG is never accepted.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raster_pictures_are_told_by_their_first_bytes_and_vector_ones_never_pass() {
        assert_eq!(Kind::of(b"\xff\xd8\xff\xe0..").map(Kind::media_type), Some("image/jpeg"));
        assert_eq!(Kind::of(b"\x89PNG\r\n\x1a\n..").map(Kind::media_type), Some("image/png"));
        assert_eq!(Kind::of(b"RIFF\x10\0\0\0WEBPVP8 ").map(Kind::media_type), Some("image/webp"));
        for other in [&b"<svg xmlns="[..], b"RIFF", b"", b"GIF89a"] {
            assert_eq!(Kind::of(other), None);
        }
    }
}

//! The files of the world, and the folder of its public share.

use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use spinney::format::Cid;

use crate::case::{hex, stream};
use crate::file_in_world as file;
use crate::pictures;
use crate::world::CHUNK;

/// The preview of every file that has one.
pub(crate) fn preview() -> Vec<u8> {
    pictures::jpeg(320, 240)
}

pub(crate) struct File {
    pub(crate) path: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) in_parts: bool,
    pub(crate) preview: bool,
}

impl File {
    pub(crate) fn new(path: &'static str, media_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { path, media_type, bytes, in_parts: false, preview: false }
    }

    pub(crate) fn sees(&self) -> Json {
        let mut sees = file(self.path, &self.bytes, Some(self.media_type));
        if self.preview {
            sees["preview"] = hex(&Sha256::digest(preview()));
        }
        sees
    }
}

/// Bytes that look random.
fn noise(name: &str, len: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(len).unwrap()];
    stream(name)(&mut bytes);
    bytes
}

/// A small file with a preview, an empty one, one of three chunks in a node whose last is filled, and one of two.
pub(crate) fn lake_files() -> Vec<File> {
    let film = File::new("film.mp4", "video/mp4", noise("film", 2 * CHUNK + 1));
    let lake = File::new("Fotos/See 🌊.jpg", "image/jpeg", b"A lake".to_vec());
    vec![
        File { preview: true, ..lake },
        File::new("empty.txt", "", Vec::new()),
        File { in_parts: true, ..film },
        File::new("sound.ogg", "audio/ogg", noise("sound", CHUNK + 100)),
    ]
}

pub(crate) fn link_files() -> Vec<File> {
    vec![File::new("hello.txt", "text/plain", b"Hello, reader.".to_vec())]
}

/// A UnixFS directory in DAG-PB: its links by name, then its data.
pub(crate) fn directory(links: &[(&str, Cid, u64)]) -> Vec<u8> {
    let field = |tag: u8, bytes: &[u8]| [&[tag, u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let mut block = Vec::new();
    for (name, cid, size) in links {
        let size = u8::try_from(*size).unwrap();
        let mut number = vec![0x18];
        let mut buffer = unsigned_varint::encode::u8_buffer();
        number.extend(unsigned_varint::encode::u8(size, &mut buffer));
        let link = [field(0x0a, &cid.to_bytes()), field(0x12, name.as_bytes()), number].concat();
        block.extend(field(0x12, &link));
    }
    block.extend(field(0x0a, &[0x08, 0x01]));
    block
}

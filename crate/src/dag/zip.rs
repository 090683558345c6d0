//! Files as one zip archive, written as a stream with little memory.
//!
//! Follows APPNOTE.TXT 6.3. Pictures and films do not get smaller, so nothing is compressed. A checksum is known
//! only after the bytes, so each file has a data descriptor. Java's streaming reader takes a descriptor only
//! after DEFLATE. So bytes are in DEFLATE's stored [blocks], whose length is known beforehand: each header has
//! its sizes all the same. Empty files and folders need none of that. Names are UTF-8 and [portable]: relative,
//! and the same file on every system. Zip64 fields are used if a number needs them.

mod blocks;
mod time;

use std::{cell::RefCell, rc::Rc};

use bytes::Bytes;
use crc32fast::Hasher;
use futures::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, LocalBoxStream},
};

use self::{blocks::Blocks, time::Modified};
use super::{
    ReadError,
    contents::{File, with_bytes},
};
use crate::format::portable;

pub use time::Zone;

/// Bit of the general purpose field: the checksum follows the bytes.
const CHECKSUM_FOLLOWS: u16 = 1 << 3;
/// Bit of the general purpose field: names are UTF-8.
const UTF_8: u16 = 1 << 11;
/// The method of what has no bytes.
const STORED: u16 = 0;
/// The method of everything else.
const DEFLATED: u16 = 8;
/// The version that first knew zip64.
const ZIP64: u16 = 45;
/// The version for everything else here.
const PLAIN: u16 = 20;
/// Made by version 4.5 on Unix, so that permissions are Unix permissions.
const MADE_BY: u16 = 3 << 8 | ZIP64;
/// An ordinary file: its owner may write, all may read.
const FILE: u32 = 0o100_644 << 16;
/// A folder: its owner may write, all may look. The low bit is that of DOS for a folder.
const FOLDER: u32 = 0o040_755 << 16 | 1 << 4;
/// In a 32-bit field: the number is in the zip64 field.
const ELSEWHERE_32: u32 = u32::MAX;
/// In a 16-bit field: the number is in the zip64 record.
const ELSEWHERE_16: u16 = u16::MAX;
/// The first number that needs eight bytes.
const LARGE: u64 = u32::MAX as u64;

/// Streams all these files as one archive. A path that ends in `/` is a folder.
///
/// `zone` is the time zone of the person who saves. Nothing is fetched long before it is needed. Memory is that of
/// reading one long file, and some 300 bytes for each file that is done. The same files in the same zone give the
/// same bytes, so a reader that lost its place can begin anew and skip what it has.
pub fn archive(
    files: impl Stream<Item = Result<File, ReadError>> + 'static,
    zone: Zone,
) -> LocalBoxStream<'static, Result<Bytes, ReadError>> {
    let zip = Rc::new(RefCell::new(Zip::new(zone)));
    let end = Rc::clone(&zip);
    with_bytes(files)
        .map_ok(move |(file, contents)| {
            let [start, middle, last] = [(); 3].map(|()| Rc::clone(&zip));
            let modified = file.modified().and_then(|millis| i64::try_from(millis).ok());
            let head = async move { Ok(start.borrow_mut().start(file.path(), file.size(), modified)) };
            let tail = async move { Ok(last.borrow_mut().end()) };
            stream::once(head)
                .chain(contents.map_ok(move |bytes| middle.borrow_mut().contents(&bytes)))
                .chain(stream::once(tail))
        })
        .try_flatten()
        .chain(stream::once(async move { Ok(end.borrow().directory()) }))
        .try_filter(|bytes| std::future::ready(!bytes.is_empty()))
        .boxed_local()
}

/// Returns the length of the archive of files with these paths, sizes and times in milliseconds since 1970.
///
/// The sizes are claims of strangers. If they sum up to more than any archive has, the length is `u64::MAX`.
pub fn length<'a>(files: impl IntoIterator<Item = (&'a str, u64, Option<i64>)>) -> u64 {
    let mut zip = Zip::new(|_| 0);
    for (path, size, modified) in files {
        zip.start(path, size, modified);
        zip.written = zip.written.saturating_add(blocks::packed(size));
        zip.end();
    }
    zip.written.saturating_add(zip.directory().len() as u64)
}

/// An archive while it is written.
struct Zip {
    zone: Zone,
    entries: Vec<Entry>,
    names: portable::Names,
    /// Bytes written so far.
    written: u64,
    /// Checksum of the file that is being written.
    checksum: Hasher,
    blocks: Blocks,
}

/// A file or a folder in the archive.
struct Entry {
    /// With `/` at its end if it is a folder.
    path: String,
    size: u64,
    /// How long its blocks are.
    packed: u64,
    modified: Modified,
    checksum: u32,
    /// Where its header is.
    at: u64,
}

impl Zip {
    fn new(zone: Zone) -> Self {
        Self {
            zone,
            entries: Vec::new(),
            names: portable::Names::default(),
            written: 0,
            checksum: Hasher::new(),
            blocks: Blocks::default(),
        }
    }

    /// Returns what precedes a file's bytes.
    fn start(&mut self, path: &str, size: u64, modified: Option<i64>) -> Bytes {
        let (path, size) = match path.strip_suffix('/') {
            Some(folder) => (self.names.folder(folder) + "/", 0),
            None => (self.names.file(path), size),
        };
        let modified = Modified::new(modified, self.zone);
        let entry =
            Entry { path, size, packed: blocks::packed(size), modified, checksum: 0, at: self.written };
        let header = entry.header();
        self.entries.push(entry);
        self.checksum = Hasher::new();
        self.blocks = Blocks::of(size);
        self.count(header)
    }

    /// Returns bytes of the file as the archive has them.
    fn contents(&mut self, bytes: &[u8]) -> Bytes {
        self.checksum.update(bytes);
        let packed = self.blocks.pack(bytes);
        self.count(packed)
    }

    /// Returns what follows a file's bytes.
    fn end(&mut self) -> Bytes {
        let entry = self.entries.last_mut().expect("an entry ends after it started");
        entry.checksum = std::mem::take(&mut self.checksum).finalize();
        let descriptor = entry.descriptor();
        self.count(descriptor)
    }

    /// Returns the end of the archive: the list of all entries, and where this list begins.
    fn directory(&self) -> Bytes {
        let mut list = Vec::new();
        for entry in &self.entries {
            entry.list(&mut list);
        }
        end_of(list, self.entries.len() as u64, self.written)
    }

    fn count(&mut self, bytes: Vec<u8>) -> Bytes {
        self.written = self.written.saturating_add(bytes.len() as u64);
        bytes.into()
    }
}

/// Returns the list of `count` entries, which begins at `at`, with its end.
fn end_of(mut list: Vec<u8>, count: u64, at: u64) -> Bytes {
    let size = list.len() as u64;
    if count >= u64::from(ELSEWHERE_16) || size >= LARGE || at >= LARGE {
        put32(&mut list, 0x0606_4b50);
        put64(&mut list, 44); // bytes of this record after this number
        put16(&mut list, MADE_BY);
        put16(&mut list, ZIP64);
        put64(&mut list, 0); // this disk, and that of the list
        put64(&mut list, count);
        put64(&mut list, count);
        put64(&mut list, size);
        put64(&mut list, at);
        put32(&mut list, 0x0706_4b50);
        put32(&mut list, 0);
        put64(&mut list, at.saturating_add(size));
        put32(&mut list, 1); // disks
    }
    let count = u16::try_from(count).unwrap_or(ELSEWHERE_16);
    put32(&mut list, 0x0605_4b50);
    put32(&mut list, 0); // this disk, and that of the list
    put16(&mut list, count);
    put16(&mut list, count);
    put32(&mut list, short(size));
    put32(&mut list, short(at));
    put16(&mut list, 0); // no comment
    list.into()
}

impl Entry {
    /// Whether the checksum follows the bytes. What has no bytes has the checksum 0.
    fn is_streamed(&self) -> bool {
        self.size > 0
    }

    /// Whether the sizes need eight bytes. The blocks are longer than what is in them.
    fn is_large(&self) -> bool {
        self.packed >= LARGE
    }

    /// Returns what precedes the bytes.
    fn header(&self) -> Vec<u8> {
        let mut extra = Vec::new();
        if self.is_large() {
            // Both sizes, and only here: this field tells a reader that the descriptor has eight bytes for each.
            zip64(&mut extra, &[self.size, self.packed]);
        }
        extra.extend_from_slice(&self.modified.extra);
        let size = |size| if self.is_large() { ELSEWHERE_32 } else { short(size) };
        let mut header = Vec::with_capacity(30 + self.path.len() + extra.len());
        put32(&mut header, 0x0403_4b50);
        self.put_common(&mut header, 0, size(self.packed), size(self.size), &extra);
        header.extend_from_slice(self.path.as_bytes());
        header.extend_from_slice(&extra);
        header
    }

    /// Returns what follows the bytes.
    fn descriptor(&self) -> Vec<u8> {
        let mut descriptor = Vec::with_capacity(24);
        if !self.is_streamed() {
            return descriptor;
        }
        put32(&mut descriptor, 0x0807_4b50);
        put32(&mut descriptor, self.checksum);
        for size in [self.packed, self.size] {
            if self.is_large() { put64(&mut descriptor, size) } else { put32(&mut descriptor, short(size)) }
        }
        descriptor
    }

    /// Adds the entry to the list at the end.
    fn list(&self, list: &mut Vec<u8>) {
        let large: Vec<u64> = [self.size, self.packed, self.at].into_iter().filter(|n| *n >= LARGE).collect();
        let mut extra = Vec::new();
        if !large.is_empty() {
            zip64(&mut extra, &large);
        }
        extra.extend_from_slice(&self.modified.extra);
        put32(list, 0x0201_4b50);
        put16(list, MADE_BY);
        self.put_common(list, self.checksum, short(self.packed), short(self.size), &extra);
        put16(list, 0); // no comment
        put16(list, 0); // the first disk
        put16(list, 0); // not known to be text
        put32(list, if self.path.ends_with('/') { FOLDER } else { FILE });
        put32(list, short(self.at));
        list.extend_from_slice(self.path.as_bytes());
        list.extend_from_slice(&extra);
    }

    /// Adds what header and list have in common.
    fn put_common(&self, bytes: &mut Vec<u8>, checksum: u32, packed: u32, size: u32, extra: &[u8]) {
        let (flags, method) =
            if self.is_streamed() { (CHECKSUM_FOLLOWS | UTF_8, DEFLATED) } else { (UTF_8, STORED) };
        put16(bytes, if self.is_large() || self.at >= LARGE { ZIP64 } else { PLAIN });
        put16(bytes, flags);
        put16(bytes, method);
        put32(bytes, self.modified.dos);
        put32(bytes, checksum);
        put32(bytes, packed);
        put32(bytes, size);
        put16(bytes, len16(self.path.as_bytes()));
        put16(bytes, len16(extra));
    }
}

/// A number in 32 bits, if it fits.
fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(ELSEWHERE_32)
}

/// Adds the field for numbers of eight bytes.
fn zip64(extra: &mut Vec<u8>, numbers: &[u64]) {
    put16(extra, 1);
    put16(extra, 8 * numbers.len() as u16);
    numbers.iter().for_each(|number| put64(extra, *number));
}

fn len16(bytes: &[u8]) -> u16 {
    u16::try_from(bytes.len()).expect("a path has some thousand bytes, the fields behind it fewer")
}

fn put16(bytes: &mut Vec<u8>, number: u16) {
    bytes.extend_from_slice(&number.to_le_bytes());
}

fn put32(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend_from_slice(&number.to_le_bytes());
}

fn put64(bytes: &mut Vec<u8>, number: u64) {
    bytes.extend_from_slice(&number.to_le_bytes());
}

#[cfg(test)]
mod tests;

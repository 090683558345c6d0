//! Files as one zip archive, written as a stream with little memory.
//!
//! Follows APPNOTE.TXT 6.3. Files are stored without compression, because pictures and films do not get
//! smaller. Names are UTF-8, and zip64 fields are used if a number needs them. A checksum is known only after
//! the bytes, so each file has a data descriptor. Names are [portable]: relative, and the same file on every
//! system.

use std::{cell::RefCell, rc::Rc};

use bytes::Bytes;
use crc32fast::Hasher;
use futures::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, LocalBoxStream},
};

use super::{ReadError, contents::File};
use crate::format::portable;

/// Bits of the general purpose field: sizes and checksum follow the bytes, and names are UTF-8.
const FLAGS: u16 = 1 << 3 | 1 << 11;
/// The version that first knew zip64.
const ZIP64: u16 = 45;
/// The version for everything else here.
const PLAIN: u16 = 20;
/// Made by version 4.5 on Unix, so that permissions are Unix permissions.
const MADE_BY: u16 = 3 << 8 | ZIP64;
/// An ordinary file: its owner may write, all may read.
const PERMISSIONS: u32 = 0o100_644 << 16;
/// In a 32-bit field: the number is in the zip64 field.
const ELSEWHERE_32: u32 = u32::MAX;
/// In a 16-bit field: the number is in the zip64 record.
const ELSEWHERE_16: u16 = u16::MAX;
/// The first number that needs eight bytes.
const LARGE: u64 = u32::MAX as u64;

/// Streams all these files as one archive.
///
/// Nothing is fetched before it is needed. Memory is that of reading one file, and some 300 bytes for each
/// file that is done.
pub fn archive(
    files: impl Stream<Item = Result<File, ReadError>> + 'static,
) -> LocalBoxStream<'static, Result<Bytes, ReadError>> {
    let zip = Rc::new(RefCell::new(Zip::default()));
    let end = Rc::clone(&zip);
    files
        .map_ok(move |file| {
            let [start, middle, last] = [(); 3].map(|()| Rc::clone(&zip));
            let contents = file.read(0, file.size());
            let head = async move { Ok(start.borrow_mut().start(file.path(), file.size(), file.modified())) };
            let tail = async move { Ok(last.borrow_mut().end()) };
            stream::once(head)
                .chain(contents.inspect_ok(move |bytes| middle.borrow_mut().contents(bytes)))
                .chain(stream::once(tail))
        })
        .try_flatten()
        .chain(stream::once(async move { Ok(end.borrow().directory()) }))
        .boxed_local()
}

/// Returns the length of the archive of files with these paths, sizes and times.
///
/// The sizes are claims of strangers. If they sum up to more than any archive has, the length is `u64::MAX`.
pub fn length<'a>(files: impl IntoIterator<Item = (&'a str, u64, Option<u64>)>) -> u64 {
    let mut zip = Zip::default();
    for (path, size, modified) in files {
        zip.start(path, size, modified);
        zip.written = zip.written.saturating_add(size);
        zip.end();
    }
    zip.written.saturating_add(zip.directory().len() as u64)
}

/// An archive while it is written.
#[derive(Default)]
struct Zip {
    files: Vec<Stored>,
    names: portable::Names,
    /// Bytes written so far.
    written: u64,
    /// Checksum of the file that is being written.
    checksum: Hasher,
}

/// A file in the archive.
struct Stored {
    path: String,
    size: u64,
    modified: Modified,
    checksum: u32,
    /// Where its header is.
    at: u64,
}

impl Zip {
    /// Returns what precedes a file's bytes.
    fn start(&mut self, path: &str, size: u64, modified: Option<u64>) -> Bytes {
        let path = self.names.file(path);
        let modified = Modified::new(modified);
        let large = size >= LARGE;
        let mut extra = modified.extra();
        if large {
            extra = [zip64(&[size, size]), extra].concat();
        }
        // The zip64 field alone tells a reader that the descriptor has eight bytes for each size.
        let sizes = if large { ELSEWHERE_32 } else { 0 };
        let mut header = Vec::with_capacity(30 + path.len() + extra.len());
        put32(&mut header, 0x0403_4b50);
        put16(&mut header, if large { ZIP64 } else { PLAIN });
        put16(&mut header, FLAGS);
        put16(&mut header, 0); // stored
        put32(&mut header, modified.dos);
        put32(&mut header, 0); // the checksum follows
        put32(&mut header, sizes);
        put32(&mut header, sizes);
        put16(&mut header, len16(path.as_bytes()));
        put16(&mut header, len16(&extra));
        header.extend_from_slice(path.as_bytes());
        header.extend_from_slice(&extra);
        self.files.push(Stored { path, size, modified, checksum: 0, at: self.written });
        self.checksum = Hasher::new();
        self.count(header)
    }

    /// Bytes of the file.
    fn contents(&mut self, bytes: &[u8]) {
        self.checksum.update(bytes);
        self.written += bytes.len() as u64;
    }

    /// Returns what follows a file's bytes.
    fn end(&mut self) -> Bytes {
        let file = self.files.last_mut().expect("a file ends after it started");
        file.checksum = std::mem::take(&mut self.checksum).finalize();
        let mut descriptor = Vec::with_capacity(24);
        put32(&mut descriptor, 0x0807_4b50);
        put32(&mut descriptor, file.checksum);
        for _ in 0..2 {
            match u32::try_from(file.size) {
                Ok(size) if file.size < LARGE => put32(&mut descriptor, size),
                _ => put64(&mut descriptor, file.size),
            }
        }
        self.count(descriptor)
    }

    /// Returns the end of the archive: the list of all files, and where this list begins.
    fn directory(&self) -> Bytes {
        let mut list = Vec::new();
        for file in &self.files {
            file.list(&mut list);
        }
        let (count, size, at) = (self.files.len() as u64, list.len() as u64, self.written);
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
        put32(&mut list, u32::try_from(size).unwrap_or(ELSEWHERE_32));
        put32(&mut list, u32::try_from(at).unwrap_or(ELSEWHERE_32));
        put16(&mut list, 0); // no comment
        list.into()
    }

    fn count(&mut self, bytes: Vec<u8>) -> Bytes {
        self.written = self.written.saturating_add(bytes.len() as u64);
        bytes.into()
    }
}

impl Stored {
    /// Adds the file to the list at the end.
    fn list(&self, list: &mut Vec<u8>) {
        let large: Vec<u64> = [self.size, self.size, self.at].into_iter().filter(|n| *n >= LARGE).collect();
        let mut extra = self.modified.extra();
        if !large.is_empty() {
            extra = [zip64(&large), extra].concat();
        }
        let short = |number: u64| u32::try_from(number).unwrap_or(ELSEWHERE_32);
        put32(list, 0x0201_4b50);
        put16(list, MADE_BY);
        put16(list, if large.is_empty() { PLAIN } else { ZIP64 });
        put16(list, FLAGS);
        put16(list, 0); // stored
        put32(list, self.modified.dos);
        put32(list, self.checksum);
        put32(list, short(self.size));
        put32(list, short(self.size));
        put16(list, len16(self.path.as_bytes()));
        put16(list, len16(&extra));
        put16(list, 0); // no comment
        put16(list, 0); // the first disk
        put16(list, 0); // not known to be text
        put32(list, PERMISSIONS);
        put32(list, short(self.at));
        list.extend_from_slice(self.path.as_bytes());
        list.extend_from_slice(&extra);
    }
}

/// When a file was modified.
struct Modified {
    /// As DOS has it, with the time in the low half: a step is two seconds, and there is no time zone (here
    /// UTC).
    dos: u32,
    /// Seconds since 1970, for readers that know the extended field.
    unix: Option<i32>,
}

impl Modified {
    /// The first moment that DOS knows: 1980-01-01.
    const FIRST: u32 = 1 << 21 | 1 << 16;

    fn new(millis: Option<u64>) -> Self {
        let unix = millis.and_then(|millis| i32::try_from(millis / 1000).ok());
        Self { dos: millis.and_then(dos_time).unwrap_or(Self::FIRST), unix }
    }

    fn extra(&self) -> Vec<u8> {
        let mut extra = Vec::new();
        if let Some(seconds) = self.unix {
            put16(&mut extra, 0x5455);
            put16(&mut extra, 5);
            extra.push(1); // only this time
            extra.extend_from_slice(&seconds.to_le_bytes());
        }
        extra
    }
}

/// A time from 1980 to 2107 in the form of DOS.
fn dos_time(millis: u64) -> Option<u32> {
    let (days, seconds) = (millis / 86_400_000, (millis / 1000 % 86_400) as u32);
    // Howard Hinnant's `civil_from_days`. Years begin in March, so that the leap day comes last.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    let date = (year.checked_sub(1980).filter(|year| *year < 128)? << 9 | month << 5 | day) as u32;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    Some(date << 16 | hour << 11 | minute << 5 | (second / 2))
}

fn zip64(numbers: &[u64]) -> Vec<u8> {
    let mut extra = Vec::with_capacity(4 + 8 * numbers.len());
    put16(&mut extra, 1);
    put16(&mut extra, 8 * numbers.len() as u16);
    numbers.iter().for_each(|number| put64(&mut extra, *number));
    extra
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

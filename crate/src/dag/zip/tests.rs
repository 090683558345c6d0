use std::io::{Cursor, Read, Seek, SeekFrom, Write};

use zip::ZipArchive;

use super::*;

type File<'a> = (&'a str, &'a [u8], Option<u64>);

fn zip(files: &[File]) -> Vec<u8> {
    let (mut zip, mut bytes) = (Zip::default(), Vec::new());
    for (path, contents, modified) in files {
        bytes.extend(zip.start(path, contents.len() as u64, *modified));
        for piece in contents.chunks(3) {
            zip.contents(piece);
            bytes.extend_from_slice(piece);
        }
        bytes.extend(zip.end());
    }
    bytes.extend(zip.directory());
    bytes
}

const FILES: [File; 4] = [
    ("Fotos/2026/See 🌊.jpg", b"not really a picture", Some(1_767_225_599_000)),
    ("empty", b"", None),
    ("old", b"from before there was DOS", Some(0)),
    ("späte Grüße.txt", b"x", Some(4_102_444_800_000)),
];

#[test]
fn sizes_that_no_archive_has_do_not_wrap() {
    for sizes in [vec![u64::MAX], vec![u64::MAX - 40, 1], vec![u64::MAX / 2; 3]] {
        let files: Vec<_> = sizes.iter().map(|size| ("a", *size, None)).collect();
        assert_eq!(length(files), u64::MAX, "{sizes:?}");
    }
}

#[test]
fn another_library_reads_the_same_files() {
    let bytes = zip(&FILES);
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(archive.len(), FILES.len());
    for (number, (path, contents, _)) in FILES.iter().enumerate() {
        let mut file = archive.by_index(number).unwrap();
        assert_eq!((&*file.name().unwrap(), file.unix_mode()), (*path, Some(0o100_644)));
        let mut read = Vec::new();
        // This compares the checksum too.
        file.read_to_end(&mut read).unwrap();
        assert_eq!(read, *contents);
    }
    let modified = archive.by_index(0).unwrap().last_modified().unwrap();
    assert_eq!(modified.to_string(), "2025-12-31 23:59:58");
    assert_eq!(archive.by_index(2).unwrap().last_modified().unwrap().to_string(), "1980-01-01 00:00:00");
}

#[test]
fn names_are_portable_and_none_comes_twice() {
    let files: [File; 5] = [
        ("CON/10:45.txt", b"1", None),
        ("a/A.txt", b"2", None),
        ("a/a.txt", b"3", None),
        ("..\u{200b}/x", b"4", None),
        ("invoice\u{202e}fdp.exe", b"5", None),
    ];
    let bytes = zip(&files);
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let names: Vec<_> = (0..5).map(|at| archive.by_index(at).unwrap().name().unwrap().into_owned()).collect();
    assert_eq!(names, ["_CON/10_45.txt", "a/A.txt", "a/a (2).txt", "_/x", "invoicefdp.exe"]);
    assert_eq!(
        length(files.map(|(path, contents, _)| (path, contents.len() as u64, None))),
        bytes.len() as u64
    );
}

#[test]
fn the_length_is_known_before_a_byte_is_read() {
    let files = FILES.map(|(path, contents, modified)| (path, contents.len() as u64, modified));
    assert_eq!(length(files), zip(&FILES).len() as u64);
    assert_eq!(length([]), zip(&[]).len() as u64);
}

#[test]
fn more_files_than_16_bits_count_are_listed() {
    let paths: Vec<_> = (0..66_000).map(|number| number.to_string()).collect();
    let files: Vec<File> = paths.iter().map(|path| (path.as_str(), &b"x"[..], None)).collect();
    let bytes = zip(&files);
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(archive.len(), 66_000);
    assert_eq!(archive.by_index(65_999).unwrap().name().unwrap(), "65999");
}

/// A file that is mostly a hole. Holds what was written, by position.
#[derive(Default)]
struct Sparse {
    pieces: Vec<(u64, Vec<u8>)>,
    len: u64,
    at: u64,
}

impl Write for Sparse {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.pieces.push((self.len, bytes.to_vec()));
        self.len += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.len.checked_add_signed(by).ok_or(std::io::ErrorKind::InvalidInput)?,
            SeekFrom::Current(by) => {
                self.at.checked_add_signed(by).ok_or(std::io::ErrorKind::InvalidInput)?
            }
        };
        Ok(self.at)
    }
}

impl Read for Sparse {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let len = (bytes.len() as u64).min(self.len.saturating_sub(self.at)) as usize;
        bytes[..len].fill(0);
        for (at, piece) in &self.pieces {
            let (from, to) = (self.at.max(*at), (self.at + len as u64).min(at + piece.len() as u64));
            if from < to {
                bytes[(from - self.at) as usize..(to - self.at) as usize]
                    .copy_from_slice(&piece[(from - at) as usize..(to - at) as usize]);
            }
        }
        self.at += len as u64;
        Ok(len)
    }
}

#[test]
fn files_past_four_gigabytes_are_found() {
    const LARGE: u64 = 5 << 30;
    let (mut zip, mut sparse) = (Zip::default(), Sparse::default());
    sparse.write_all(&zip.start("film.mp4", LARGE, None)).unwrap();
    // Its bytes are left out, so its checksum is wrong. Nothing here reads the checksum.
    (zip.written, sparse.len) = (zip.written + LARGE, sparse.len + LARGE);
    sparse.write_all(&zip.end()).unwrap();
    sparse.write_all(&zip.start("behind it", 5, None)).unwrap();
    zip.contents(b"found");
    sparse.write_all(b"found").unwrap();
    sparse.write_all(&zip.end()).unwrap();
    sparse.write_all(&zip.directory()).unwrap();
    assert_eq!(sparse.len, length([("film.mp4", LARGE, None), ("behind it", 5, None)]));
    let mut archive = ZipArchive::new(sparse).unwrap();
    assert_eq!(archive.by_name("film.mp4").unwrap().size(), LARGE);
    let mut read = String::new();
    archive.by_name("behind it").unwrap().read_to_string(&mut read).unwrap();
    assert_eq!(read, "found");
}

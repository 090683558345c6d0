use std::io::{Cursor, Read, Seek, SeekFrom, Write};

use zip::ZipArchive;

use super::*;

type File<'a> = (&'a str, &'a [u8], Option<i64>);

fn utc(_: i64) -> i32 {
    0
}

fn zip(files: &[File]) -> Vec<u8> {
    zip_in(utc, files)
}

fn zip_in(zone: Zone, files: &[File]) -> Vec<u8> {
    let (mut zip, mut bytes) = (Zip::new(zone), Vec::new());
    for (path, contents, modified) in files {
        bytes.extend(zip.start(path, contents.len() as u64, *modified));
        for piece in contents.chunks(3) {
            bytes.extend(zip.contents(piece));
        }
        bytes.extend(zip.end());
    }
    bytes.extend(zip.directory());
    bytes
}

/// The extra fields of the first file, by their number.
fn fields(archive: &[u8]) -> Vec<(u16, Vec<u8>)> {
    let number = |bytes: &[u8]| u16::from_le_bytes([bytes[0], bytes[1]]);
    let (name, len) = (usize::from(number(&archive[26..])), usize::from(number(&archive[28..])));
    let mut extra = &archive[30 + name..30 + name + len];
    let mut fields = Vec::new();
    while !extra.is_empty() {
        let (field, len) = (number(extra), usize::from(number(&extra[2..])));
        fields.push((field, extra[4..4 + len].to_vec()));
        extra = &extra[4 + len..];
    }
    fields
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

/// New York, as far as the tests ask: four hours behind in summer, five in winter.
fn new_york(millis: i64) -> i32 {
    if millis == 1_751_378_400_000 { -240 } else { -300 }
}

#[test]
fn times_are_local_to_who_saves_and_the_extended_field_is_in_utc() {
    let summer = 1_751_378_400_000; // 2025-07-01T14:00:00Z
    let winter = 1_736_949_600_000; // 2025-01-15T14:00:00Z
    for (millis, zone, local) in [
        (summer, utc as Zone, "2025-07-01 14:00:00"),
        (summer, new_york, "2025-07-01 10:00:00"),
        (winter, new_york, "2025-01-15 09:00:00"),
        (winter, |_| 330, "2025-01-15 19:30:00"),
    ] {
        let bytes = zip_in(zone, &[("a", b"a", Some(millis))]);
        let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
        assert_eq!(archive.by_index(0).unwrap().last_modified().unwrap().to_string(), local);
        let utc = [&[1][..], &((millis / 1000) as i32).to_le_bytes()].concat();
        assert_eq!(fields(&bytes), [(0x5455, utc)]);
    }
}

#[test]
fn times_that_a_field_cannot_have_are_in_another_one() {
    // In seconds since 1970, with what DOS has, and the fields of Unix and of Windows.
    let cases = [
        (-157_766_400, "1980-01-01 00:00:00", Some(-157_766_400i32 as u32), true), // 1965
        (-1, "1980-01-01 00:00:00", Some(u32::MAX), true),
        (315_532_799, "1980-01-01 00:00:00", Some(315_532_799), false),
        (i64::from(i32::MAX), "2038-01-19 03:14:06", Some(0x7fff_ffff), false),
        (2_208_988_800, "2040-01-01 00:00:00", Some(2_208_988_800), true),
        (4_354_819_198, "2107-12-31 23:59:58", None, true),
        (4_354_819_200, "2107-12-31 23:59:58", None, true), // 2108
        (i64::from(i32::MIN) - 1, "1980-01-01 00:00:00", None, true),
        (-12_000_000_000, "1980-01-01 00:00:00", None, false), // before Windows' time
    ];
    for (seconds, dos, unix, windows) in cases {
        let bytes = zip(&[("a", b"a", Some(seconds * 1000))]);
        let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
        assert_eq!(archive.by_index(0).unwrap().last_modified().unwrap().to_string(), dos, "{seconds}");
        let fields = fields(&bytes);
        let field = |wanted| fields.iter().find(|(field, _)| *field == wanted).map(|(_, value)| value);
        assert_eq!(
            field(0x5455).map(|value| u32::from_le_bytes(value[1..].try_into().unwrap())),
            unix,
            "{seconds}"
        );
        let ticks = field(0x000a).map(|value| u64::from_le_bytes(value[8..16].try_into().unwrap()));
        let since_1601 = u64::try_from(seconds + 11_644_473_600).ok().map(|seconds| seconds * 10_000_000);
        assert_eq!(ticks, since_1601.filter(|_| windows), "{seconds}");
    }
    for millis in [i64::MIN, i64::MAX] {
        assert!(fields(&zip(&[("a", b"a", Some(millis))])).is_empty());
    }
}

#[test]
fn folders_are_kept_and_have_no_bytes() {
    let files: [File; 4] = [
        ("trip/a.txt", b"a", None),
        ("trip/empty/", b"", Some(0)),
        ("Trip/empty/in/", b"", None),
        ("CON/", b"", None),
    ];
    let bytes = zip(&files);
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let entries: Vec<_> = (0..archive.len())
        .map(|at| {
            let file = archive.by_index(at).unwrap();
            (file.name().unwrap().into_owned(), file.is_dir(), file.size(), file.unix_mode())
        })
        .collect();
    let folder = |path: &str| (path.to_owned(), true, 0, Some(0o040_755));
    assert_eq!(entries[0], ("trip/a.txt".into(), false, 1, Some(0o100_644)));
    assert_eq!(entries[1..], [folder("trip/empty/"), folder("Trip (2)/empty/in/"), folder("_CON/")]);
    assert_eq!(
        length(files.map(|(path, contents, time)| (path, contents.len() as u64, time))),
        bytes.len() as u64
    );
}

#[test]
fn a_header_has_its_sizes_and_a_descriptor_comes_only_after_deflate() {
    let number = |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let large = vec![7; 3 * 65_535 + 1];
    for (contents, blocks) in [(&b""[..], 0), (b"a", 1), (&large[1..], 3), (&large, 4)] {
        let bytes = zip(&[("a", contents, None)]);
        let (flags, method) = (bytes[6], bytes[8]);
        assert_eq!((flags & 8, method), if contents.is_empty() { (0, 0) } else { (8, 8) });
        assert_eq!(number(&bytes, 22), contents.len() as u32);
        assert_eq!(number(&bytes, 18), contents.len() as u32 + 5 * blocks);
        let mut read = Vec::new();
        ZipArchive::new(Cursor::new(&bytes)).unwrap().by_index(0).unwrap().read_to_end(&mut read).unwrap();
        assert!(read == contents);
    }
}

/// What a header and the list say of a file: its size and that of its blocks, with zip64 fields if there are any.
fn stated(size: u64, at: u64) -> ((u64, u64), (u64, u64, u64), usize) {
    let mut zip = Zip::new(utc);
    zip.written = at;
    let header = zip.start("a", size, None);
    let descriptor = zip.end();
    let mut list = Vec::new();
    zip.entries[0].list(&mut list);
    let read = |bytes: &[u8], packed: usize, extra: usize, places: &[usize]| {
        let short = |at: usize| u64::from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()));
        let mut extra = &bytes[extra..];
        if !extra.is_empty() {
            assert_eq!(extra[..2], [1, 0]);
            assert_eq!(usize::from(extra[2]), extra.len() - 4, "it holds what is elsewhere and nothing else");
            extra = &extra[4..];
        }
        let mut value = |at| match short(at) {
            0xffff_ffff => {
                let (first, rest) = extra.split_at(8);
                extra = rest;
                u64::from_le_bytes(first.try_into().unwrap())
            }
            number => number,
        };
        let size = value(packed + 4);
        let packed = value(packed);
        let more: Vec<_> = places.iter().map(|at| value(*at)).collect();
        assert!(extra.is_empty());
        (size, packed, more)
    };
    let (size, packed, _) = read(&header, 18, 31, &[]);
    let (listed, listed_packed, more) = read(&list, 20, 47, &[42]);
    ((size, packed), (listed, listed_packed, more[0]), descriptor.len())
}

#[test]
fn sizes_and_places_at_the_edge_of_32_bits_are_told_whole() {
    const EDGE: u64 = 0xffff_ffff;
    // The largest file whose blocks fit, and the one whose blocks are the first that do not.
    let fits = 4_294_639_629;
    assert_eq!((blocks::packed(fits), blocks::packed(fits + 1)), (EDGE - 1, EDGE));
    for (size, descriptor) in
        [(fits, 16), (fits + 1, 24), (EDGE - 1, 24), (EDGE, 24), (EDGE + 1, 24), (1 << 40, 24)]
    {
        for at in [0, EDGE - 1, EDGE, EDGE + 1] {
            let packed = blocks::packed(size);
            assert_eq!(stated(size, at), ((size, packed), (size, packed, at), descriptor), "{size} at {at}");
        }
    }
}

#[test]
fn a_list_at_the_edge_of_its_fields_has_the_larger_end() {
    const EDGE: u64 = 0xffff_ffff;
    for (count, at, is_large) in [
        (0xfffe, EDGE - 1, false),
        (0xffff, 0, true),
        (0x1_0000, 0, true),
        (1, EDGE, true),
        (1, EDGE + 1, true),
    ] {
        let end = end_of(Vec::new(), count, at);
        assert_eq!(end.len(), if is_large { 98 } else { 22 });
        if is_large {
            assert_eq!(end[32..40], count.to_le_bytes());
            assert_eq!(end[48..56], at.to_le_bytes());
        }
    }
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
    let (mut zip, mut sparse) = (Zip::new(utc), Sparse::default());
    sparse.write_all(&zip.start("film.mp4", LARGE, None)).unwrap();
    // Its bytes are left out, so its checksum is wrong. Nothing here reads the checksum.
    let packed = blocks::packed(LARGE);
    (zip.written, sparse.len) = (zip.written + packed, sparse.len + packed);
    sparse.write_all(&zip.end()).unwrap();
    sparse.write_all(&zip.start("behind it", 5, None)).unwrap();
    sparse.write_all(&zip.contents(b"found")).unwrap();
    sparse.write_all(&zip.end()).unwrap();
    sparse.write_all(&zip.directory()).unwrap();
    assert_eq!(sparse.len, length([("film.mp4", LARGE, None), ("behind it", 5, None)]));
    let mut archive = ZipArchive::new(sparse).unwrap();
    assert_eq!(archive.by_name("film.mp4").unwrap().size(), LARGE);
    let mut read = String::new();
    archive.by_name("behind it").unwrap().read_to_string(&mut read).unwrap();
    assert_eq!(read, "found");
}

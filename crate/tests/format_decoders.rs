//! Every decoder lives through the vectors, the corpus, and 10,000 seeded mutations of both.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub, dead_code, reason = "a crate of its own where it is fuzzed")]
mod decoders;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use decoders::DECODERS;
use ipld_core::ipld::Ipld;
use spinney::format::cbor;

const MUTATIONS: u64 = 10_000;

/// What no decoder may reach on any input, however slow the machine: they take microseconds.
const TOO_LONG: Duration = Duration::from_secs(2);

/// Bytes of vectors that are larger than this are cut, so that 10,000 of them are done in seconds.
const SEED: usize = 8 * 1024;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// The bytes of every vector, and the parts inside of them that have decoders of their own.
fn vectors() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let folders = files(&folder)
        .into_iter()
        .filter(|path| path.is_dir() && !path.ends_with("published") && !path.ends_with("world"));
    folders
        .flat_map(|folder| files(&folder))
        .flat_map(|path| {
            let case: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            let bytes = [&case["bytes"], &case["derived"]["plaintext"]].map(|hex| hex.as_str().unwrap_or(""));
            let text = case["given"]["text"].as_str().unwrap_or("").as_bytes().to_vec();
            bytes
                .map(|hex| HEXLOWER.decode(hex.as_bytes()).unwrap())
                .into_iter()
                .chain([text])
                .collect::<Vec<_>>()
        })
        .flat_map(|bytes| [signed_part(&bytes), Some(bytes)])
        .flatten()
        .filter(|bytes| !bytes.is_empty())
        .collect()
}

/// The object in an envelope.
fn signed_part(bytes: &[u8]) -> Option<Vec<u8>> {
    match cbor::to_ipld(bytes) {
        Ok(Ipld::Map(mut map)) => map.remove("object").map(|object| cbor::from_ipld(&object)),
        _ => None,
    }
}

fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    files(&folder).iter().flat_map(|folder| files(folder)).map(|file| fs::read(file).unwrap()).collect()
}

fn run(name: &str, decode: fn(&[u8]), bytes: &[u8]) {
    let start = Instant::now();
    decode(bytes);
    assert!(start.elapsed() < TOO_LONG, "{name} takes too long for {}", HEXLOWER.encode(bytes));
}

/// A small generator of numbers that are the same each time (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let next = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        usize::try_from(next).unwrap() % end.max(1)
    }
}

fn mutate(numbers: &mut Numbers, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[numbers.below(seeds.len())].clone();
    bytes.truncate(SEED);
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(bytes.len());
        match numbers.below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << numbers.below(8),
            1 if !bytes.is_empty() => bytes[at] = [0, 0x17, 0x18, 0x7f, 0x80, 0xf6, 0xff][numbers.below(7)],
            2 => bytes.truncate(at),
            3 => bytes.insert(at, numbers.below(256) as u8),
            4 if !bytes.is_empty() => drop(bytes.remove(at)),
            5 => {
                let end = (at + numbers.below(64)).min(bytes.len());
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            _ => {
                let other = &seeds[numbers.below(seeds.len())];
                let from = numbers.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..(from + 512).min(other.len())]);
            }
        }
    }
    bytes
}

#[test]
fn every_decoder_survives_every_vector_and_the_corpus() {
    let seeds = [vectors(), corpus()].concat();
    assert!(seeds.len() > 200, "the vectors were not found");
    for (name, decode) in DECODERS {
        seeds.iter().for_each(|bytes| run(name, decode, bytes));
    }
}

#[test]
fn every_decoder_survives_ten_thousand_mutations() {
    let seeds = [vectors(), corpus()].concat();
    for (index, (name, decode)) in DECODERS.into_iter().enumerate() {
        let mut numbers = Numbers(0x5eed + index as u64);
        (0..MUTATIONS).for_each(|_| run(name, decode, &mutate(&mut numbers, &seeds)));
    }
}

#[test]
fn every_decoder_has_a_fuzz_target_and_no_target_is_without_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let targets: Vec<_> = files(&folder).iter().map(|path| path.file_stem().unwrap().to_owned()).collect();
    assert_eq!(targets, DECODERS.map(|(name, _)| name));
}

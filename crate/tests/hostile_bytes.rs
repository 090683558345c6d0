//! Every decoder, and every protocol's reader, lives through the vectors, the corpus, and seeded mutations of both.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub, dead_code, reason = "a crate of its own where it is fuzzed")]
mod fuzz;

use std::path::Path;
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;

/// Mutations of what a decoder reads.
const MUTATIONS: u64 = 10_000;

/// The same of whole conversations and graphs, which take longer.
const OTHER_MUTATIONS: u64 = 2_000;

/// What no target may reach on any input, however slow the machine: most take microseconds.
const TOO_LONG: Duration = Duration::from_secs(2);

/// Bytes of vectors that are larger than this are cut, so that 10,000 of them are done in seconds.
const SEED: usize = 8 * 1024;

/// What the corpus may weigh, so that a clone stays small.
const CORPUS: u64 = 1 << 20;

/// Targets of the relay, whose tests replay them.
const OF_THE_RELAY: [&str; 2] = ["gateway_request", "stun_datagram"];

/// The vectors, and hostile bytes made by hand: these are for every target.
fn for_all() -> Vec<Vec<u8>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = [
        fuzz::corpus::vectors(&here.join("tests/vectors")),
        fuzz::corpus::by_hand(&here.join("fuzz/corpus")),
    ];
    let found = found.concat();
    assert!(found.len() > 200, "the vectors were not found");
    found
}

/// Conversations with this target, and what fuzzing left.
fn of(target: &str) -> Vec<Vec<u8>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    [fuzz::seeds(target), fuzz::corpus::kept(&corpus, target)].concat()
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
fn every_target_survives_every_vector_and_the_corpus() {
    let seeds = for_all();
    for (name, target) in fuzz::targets() {
        seeds.iter().chain(&of(name)).for_each(|bytes| run(name, target, bytes));
    }
}

#[test]
fn every_decoder_survives_ten_thousand_mutations() {
    let seeds = for_all();
    for (index, (name, target)) in fuzz::decoders::TARGETS.iter().enumerate() {
        let seeds = [seeds.clone(), of(name)].concat();
        let mut numbers = Numbers(0x5eed + index as u64);
        (0..MUTATIONS).for_each(|_| run(name, *target, &mutate(&mut numbers, &seeds)));
    }
}

#[test]
fn every_protocol_and_graph_survives_mutations_of_honest_conversations() {
    let others = fuzz::targets().into_iter().skip(fuzz::decoders::TARGETS.len());
    for (index, (name, target)) in others.enumerate() {
        let seeds = of(name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        let mut numbers = Numbers(0x5eed + index as u64);
        (0..OTHER_MUTATIONS).for_each(|_| run(name, target, &mutate(&mut numbers, &seeds)));
    }
}

#[test]
fn the_corpus_stays_small_and_has_no_target_that_is_gone() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut names: Vec<_> = fuzz::targets().iter().map(|(name, _)| *name).collect();
    names.extend(OF_THE_RELAY);
    let mut bytes = 0;
    for entry in std::fs::read_dir(corpus).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "inputs") {
            bytes += entry.metadata().unwrap().len();
            assert!(names.contains(&path.file_stem().unwrap().to_str().unwrap()), "{}", path.display());
        }
    }
    assert!(bytes < CORPUS, "{bytes} bytes");
}

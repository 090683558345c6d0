//! What the relay reads of strangers' bytes lives through the corpus.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

#[path = "../../crate/fuzz/src/pieces.rs"]
#[allow(unreachable_pub, dead_code, reason = "a part of a crate of its own where it is fuzzed")]
mod pieces;
#[path = "../../crate/fuzz/src/relay.rs"]
#[allow(unreachable_pub, reason = "a part of a crate of its own where it is fuzzed")]
mod targets;

use std::path::Path;

#[test]
fn every_target_survives_its_seeds_their_beginnings_and_the_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crate/fuzz/corpus");
    for (name, target) in targets::TARGETS {
        let seeds = targets::seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        let kept = std::fs::read(corpus.join(format!("{name}.inputs"))).unwrap_or_default();
        for seed in &seeds {
            (0..=seed.len()).for_each(|end| target(&seed[..end]));
        }
        pieces::split(&kept).iter().for_each(|piece| target(piece.bytes));
    }
}

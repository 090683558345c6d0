//! What the crate does with bytes from anywhere: the targets of `cargo xtask fuzz`.
//!
//! Each target is a function of bytes that must neither panic nor take long, and that asserts what holds for all
//! bytes. The ordinary tests run the same functions over the corpus: `crate/tests/hostile_bytes.rs` those of this
//! file, `relay/tests/hostile_bytes.rs` those of `relay.rs`.

pub mod clients;
pub mod corpus;
pub mod decoders;
pub mod device_link;
pub mod frames;
pub mod graphs;
pub mod pieces;
pub mod servers;
pub mod stream;

/// A name, and what is done with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target of the crate.
pub fn targets() -> Vec<Target> {
    let others = [frames::TARGETS, graphs::TARGETS, clients::TARGETS, servers::TARGETS, device_link::TARGETS];
    [decoders::TARGETS].into_iter().chain(others).flatten().copied().collect()
}

/// Inputs that reach most of a target, from which mutation starts.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let seeds = [
        frames::seeds(target),
        graphs::seeds(target),
        clients::seeds(target),
        servers::seeds(target),
        device_link::seeds(target),
    ];
    seeds.concat()
}

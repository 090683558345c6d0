//! What the unit tests of components share: a whole profile without a socket, over a store that lets others run in
//! between, and neighbours in memory.

mod files;
mod given;
mod neighbours;
mod people;
mod profile;

use std::ops::Range;
use std::time::Duration;

use tokio::task::{LocalSet, yield_now};
use tokio::time::timeout;

pub(super) use files::{InMemory, file, for_contacts, new_share};
pub(super) use given::Given;
pub(super) use neighbours::{Gate, Neighbours, OthersBlocks};
pub(super) use people::relay;
pub(super) use profile::MockedProfile;

pub(super) use crate::social::fixture::{profile as profile_of, recipient, ring};

/// Stores whose operations let others run at other moments.
const SEEDS: Range<u64> = 0..5;

/// Runs a test over each of these stores.
pub(super) async fn with_seeds(test: impl AsyncFn(u64)) {
    for seed in SEEDS {
        LocalSet::new().run_until(Box::pin(test(seed))).await;
    }
}

/// Lets others run until something is so.
pub(super) async fn until(what: &str, condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            yield_now().await;
        }
    };
    timeout(Duration::from_secs(30), waiting).await.unwrap_or_else(|_| panic!("waited in vain until {what}"));
}

/// Lets everything run that can.
pub(super) async fn settle() {
    for _ in 0..1_000 {
        yield_now().await;
    }
}

//! All attacks at once, for minutes, beside people who share and fetch: they hardly notice.
//!
//! Runs with `cargo xtask test --long`, or for `SPINNEY_SOAK` seconds:
//! `SPINNEY_SOAK=30 cargo test -p spinney-relay --test soak -- --nocapture`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod attacks;
mod honest;
mod program;
mod proxy;
#[path = "../relay/sample.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod sample;

use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

use futures::future::join_all;
use tokio::task::LocalSet;

use attacks::World;
use honest::{Person, Report, Shared};
use program::Program;

/// Honest people.
const PEOPLE: usize = 50;

/// How long the attacks last, if nobody says otherwise.
const LONG: Duration = Duration::from_secs(600);

/// How much of it there is quiet before, and how much at least: enough for everybody's second round.
const QUIET: f64 = 0.2;
const QUIET_AT_LEAST: Duration = Duration::from_secs(12);

/// Networks of the attackers: as many as a small botnet has, or one attacker with a cheap provider.
const NETWORKS: u8 = 4;

/// How much longer than in quiet times 99 of 100 may take.
const SLOWER: u32 = 3;

/// Times below this count as this: a threefold of next to nothing is nothing that anybody notices.
const UNNOTICED: Duration = Duration::from_millis(100);

/// Bytes of memory that the relay may take.
const MEMORY: u64 = 512 << 20;

/// Bytes of the disk that nobody is charged for: the log of the database, its free pages, and mail.
const UNCHARGED: u64 = 64 << 20;

/// What the database may need for a byte that is charged, in hundredths: indexes, and pages that are not full.
const DISK_PERCENT: u64 = 150;

/// Bytes that the relay may log.
const LOG: usize = 1 << 20;

/// Chunks of the large thing that an honest person keeps, and their bytes.
const LARGE: (usize, usize) = (32, 512 << 10);

/// How long the attacks last, or `None` if there is no time for them.
fn length() -> Option<Duration> {
    match std::env::var("SPINNEY_SOAK") {
        Ok(seconds) => {
            Some(Duration::from_secs(seconds.parse().expect("SPINNEY_SOAK is a number of seconds")))
        }
        Err(_) => std::env::var_os("SPINNEY_LONG").map(|_| LONG),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_share_and_fetch_while_everything_is_attacked() {
    let Some(length) = length() else { return };
    LocalSet::new().run_until(soak(length)).await;
}

async fn soak(length: Duration) {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let shared = Shared::default();
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let door = proxy::from([198, 51, 100, number as u8], &program.address).await;
        people.push(Person::new(number, &door, &shared).await);
    }
    let mut doors = Vec::new();
    for network in 0..NETWORKS {
        doors.push(proxy::from([203, 0, 113, network], &program.address).await);
    }
    let large = people[0].share_large(LARGE.0, LARGE.1).await;
    let small = people[1].share_large(1, 1).await;
    let world = World { doors, small, large, charged: Default::default(), planted: Default::default() };

    let quiet = live(&mut people, length.mul_f64(QUIET).max(QUIET_AT_LEAST)).await;
    eprintln!("quiet:    {}", quiet.line());
    let memory = program.memory();
    let attacks = attacks::start(&world);
    let attacked = live(&mut people, length).await;
    drop(attacks);
    eprintln!("attacked: {}", attacked.line());
    let (memory_attacked, disk, log) = (program.memory(), program.disk(), program.log());
    let mut rings = world.charged.lock().unwrap().clone();
    eprintln!(
        "memory:   {} MiB, quiet {} MiB; log {} KiB; {} records planted",
        memory_attacked >> 20,
        memory >> 20,
        log.len() >> 10,
        world.planted.lock().unwrap().len(),
    );
    rings.extend(people.iter().map(Person::ring));
    drop(people);
    let auditor = proxy::from([192, 0, 2, 1], &program.address).await;
    let charged = attacks::charged(&auditor, &rings).await;
    eprintln!("disk:     {} MiB, {} MiB charged to {} identities", disk >> 20, charged >> 20, rings.len());

    assert!(quiet.failures.is_empty(), "without an attack: {:#?}", few(&quiet.failures));
    assert!(
        attacked.failures.is_empty(),
        "{} failed: {:#?}",
        attacked.failures.len(),
        few(&attacked.failures)
    );
    for (what, quiet, attacked) in
        [("shares", &quiet.shares, &attacked.shares), ("fetches", &quiet.fetches, &attacked.fetches)]
    {
        assert!(!attacked.is_empty(), "there were no {what}");
        let (quiet, attacked) = (Report::p99(quiet).max(UNNOTICED), Report::p99(attacked));
        assert!(
            attacked < SLOWER * quiet,
            "99 of 100 {what} took {attacked:?}, and {quiet:?} in quiet times"
        );
    }
    assert!(memory_attacked < MEMORY, "the relay took {} MiB of memory", memory_attacked >> 20);
    let allowed = charged * DISK_PERCENT / 100 + UNCHARGED;
    assert!(
        disk < allowed,
        "{} MiB are on the disk, for {} MiB that were charged",
        disk >> 20,
        charged >> 20
    );
    assert!(log.len() < LOG, "the relay logged {} KiB", log.len() >> 10);
    assert!(!log.contains("12D3KooW"), "the log names a device");
}

/// Has everybody share and fetch for a while.
async fn live(people: &mut [Person], length: Duration) -> Report {
    let report = RefCell::new(Report::default());
    let (until, count) = (Instant::now() + length, people.len());
    join_all(people.iter_mut().map(|person| person.live(until, count, &report))).await;
    report.into_inner()
}

/// Enough of the failures to see what they have in common.
fn few(failures: &[String]) -> &[String] {
    &failures[..failures.len().min(10)]
}

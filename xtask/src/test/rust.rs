//! The tests that Cargo runs: natively, and in a browser.

use std::process::Command;

use anyhow::Result;

use super::Plan;
use crate::compiler::Compiler;
use crate::stages::Stages;
use crate::tally::Tally;
use crate::{machine, process, workspace};

/// How long the browser may take for one test binary, in seconds.
const BROWSER_SECONDS: &str = "600";

/// The variable that names the seed of the disks in the stories of friends: each seed lets other tasks run in another
/// order while something is stored.
const SEED: &str = "SPINNEY_SEED";

/// How many seeds the stories are told with; the native tests have told them with the first. Each takes four minutes.
const SEEDS: u64 = 2;

/// The same where there is time.
const LONG_SEEDS: u64 = 12;

/// What is compiled once for the native tests and for the end-to-end tests' relay, whose tap is off until a test
/// names a file for it.
pub(super) const NATIVE: [&str; 7] =
    ["--workspace", "--exclude", "wasm-tests", "--exclude", "xtask", "--features", "spinney-relay/tap"];

pub(super) fn native(stages: &mut Stages, plan: Plan<'_>) -> Result<Tally> {
    stages.stage("compile the native tests", || {
        process::run(process::command("cargo").args(["test", "--no-run"]).args(NATIVE))
    })?;
    let mut tally = stages.stage("native tests", || {
        let mut test = process::command("cargo");
        plan.count(named(test.args(["test", "--no-fail-fast"]).args(NATIVE), plan.filter))
    })?;
    for seed in 2..=if plan.long { LONG_SEEDS } else { SEEDS } {
        tally += stages.stage(&format!("stories of friends, seed {seed}"), || {
            let mut test = process::command("cargo");
            test.args(["test", "--no-fail-fast"]).args(NATIVE).args(["--test", "friends"]);
            plan.count(named(test.env(SEED, seed.to_string()), plan.filter))
        })?;
    }
    tally += stages.stage("tests of xtask", || {
        Tally::of(named(process::command("cargo").args(["test", "--package", "xtask"]), plan.filter))
    })?;
    Ok(tally)
}

pub(super) fn browser(stages: &mut Stages, plan: Plan<'_>) -> Result<Tally> {
    let compiler = Compiler::find()?;
    let chromedriver = machine::program_of("chromedriver", &["chromium", "chromium-driver"])?;
    stages.stage("compile the browser tests' runner", || {
        let mut cargo = process::command("cargo");
        cargo.args(["build", "--package", "xtask", "--features", "browser-tests"]);
        process::run(cargo.args(["--bin", "wasm-test-runner"]))
    })?;
    let test = || {
        let mut cargo = compiler.cargo("test");
        cargo.args(["--package", "wasm-tests"]);
        cargo
    };
    stages.stage("compile the browser tests", || process::run(test().arg("--no-run")))?;
    stages.stage("the crate's tests in a browser", || {
        let mut test = test();
        test.arg("--no-fail-fast")
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                workspace::target().join("debug/wasm-test-runner"),
            )
            .env("CHROMEDRIVER", chromedriver)
            .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_SECONDS);
        plan.count(named(&mut test, plan.filter))
    })
}

/// Has Cargo's runners take only the tests with this in their name.
fn named<'a>(command: &'a mut Command, filter: Option<&str>) -> &'a mut Command {
    match filter {
        Some(name) => command.args(["--", name]),
        None => command,
    }
}

//! `cargo xtask bench`: what Spinney reaches beside what the browser reaches by itself.

use std::process::Command;

use anyhow::Result;

use crate::compiler::Compiler;
use crate::stages::Stages;
use crate::wasm::Mode;
use crate::{machine, npm, page, process, wasm, workspace};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these parts: transfers, live, devices, small, page, unlock, step, gallery, memory; natively catch-up,
    /// recipients and keepers; and peers.
    parts: Vec<String>,
    /// Rounds of `peers`, in each of which every peer is measured once.
    #[arg(long, default_value_t = 5)]
    runs: u32,
}

/// Parts that need a thousand identities or several lines, and are measured without a browser.
const NATIVE: [&str; 3] = ["catch-up", "recipients", "keepers"];

/// The part that measures others beside Spinney, which takes packages that nothing else needs.
const PEERS: &str = "peers";

/// What measures a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Browsers,
    Native,
    Peers,
}

impl By {
    fn of(part: &str) -> Self {
        match part {
            PEERS => Self::Peers,
            part if NATIVE.contains(&part) => Self::Native,
            _ => Self::Browsers,
        }
    }
}

/// Builds everything as it is shipped, measures, and prints tables for the README.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut stages = Stages::default();
    for by in [By::Browsers, By::Native, By::Peers] {
        let parts: Vec<_> = args.parts.iter().map(String::as_str).filter(|part| By::of(part) == by).collect();
        if parts.is_empty() && !args.parts.is_empty() {
            continue;
        }
        match by {
            By::Browsers => measure_in_browsers(&mut stages, &parts)?,
            By::Native => measure_natively(&mut stages, if parts.is_empty() { &NATIVE } else { &parts })?,
            By::Peers => measure_peers(&mut stages, args.runs)?,
        }
    }
    Ok(())
}

fn measure_in_browsers(stages: &mut Stages, parts: &[&str]) -> Result<()> {
    let mut node = with_browsers(stages, "wasm-tests/bench/run.mjs")?;
    stages.stage("measure", || process::run(node.args(parts)))
}

/// Measures in turn what others and Spinney reach, and prints a table of its own.
fn measure_peers(stages: &mut Stages, runs: u32) -> Result<()> {
    npm::install_in(stages, &workspace::root().join("wasm-tests/bench/peers"))?;
    let mut node = with_browsers(stages, "wasm-tests/bench/peers/run.mjs")?;
    stages.stage("measure the peers", || process::run(node.args(["--runs", &runs.to_string()])))
}

/// Builds what is shipped; gives the command that runs a script with it.
fn with_browsers(stages: &mut Stages, script: &str) -> Result<Command> {
    let chromium = machine::program_of("chromium", &["chromium"])?;
    wasm::build(stages, Compiler::find()?, Mode::Release)?;
    page::build(stages)?;
    stages.stage("compile the relay", || {
        process::run(process::command("cargo").args(["build", "--release", "--package", "spinney-relay"]))
    })?;
    let mut node = process::command("node");
    node.arg(script)
        .env("SPINNEY_RELAY", workspace::target().join("release/spinney-relay"))
        .env("CHROMIUM", chromium);
    Ok(node)
}

/// Prints further rows of the table.
fn measure_natively(stages: &mut Stages, parts: &[&str]) -> Result<()> {
    const MEASURE: [&str; 5] = ["--release", "--package", "spinney-relay", "--example", "measure"];
    stages.stage("compile what is measured natively", || {
        process::run(process::command("cargo").arg("build").args(MEASURE))
    })?;
    stages.stage("measure natively", || {
        process::run(process::command("cargo").args(["run", "--quiet"]).args(MEASURE).arg("--").args(parts))
    })
}

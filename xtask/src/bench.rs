//! `cargo xtask bench`: what Spinney reaches beside what the browser reaches by itself.

use anyhow::Result;

use crate::compiler::Compiler;
use crate::stages::Stages;
use crate::wasm::Mode;
use crate::{machine, page, process, wasm, workspace};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these parts: transfers, live, small, page, unlock, memory, and natively catch-up and recipients.
    parts: Vec<String>,
}

/// Parts that need a thousand identities, and are measured without a browser.
const NATIVE: [&str; 2] = ["catch-up", "recipients"];

/// Builds everything as it is shipped, measures, and prints a table for the README.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut stages = Stages::default();
    let (native, in_browsers): (Vec<_>, Vec<_>) =
        args.parts.iter().map(String::as_str).partition(|part| NATIVE.contains(part));
    if args.parts.is_empty() || !in_browsers.is_empty() {
        measure_in_browsers(&mut stages, &in_browsers)?;
    }
    if args.parts.is_empty() || !native.is_empty() {
        measure_natively(&mut stages, if native.is_empty() { &NATIVE } else { &native })?;
    }
    Ok(())
}

fn measure_in_browsers(stages: &mut Stages, parts: &[&str]) -> Result<()> {
    let chromium = machine::program_of("chromium", &["chromium"])?;
    wasm::build(stages, Compiler::find()?, Mode::Release)?;
    page::build(stages)?;
    stages.stage("compile the relay", || {
        process::run(process::command("cargo").args(["build", "--release", "--package", "spinney-relay"]))
    })?;
    stages.stage("measure", || {
        let mut node = process::command("node");
        node.env("SPINNEY_RELAY", workspace::target().join("release/spinney-relay"))
            .env("CHROMIUM", chromium);
        process::run(node.arg("wasm-tests/bench/run.mjs").args(parts))
    })
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

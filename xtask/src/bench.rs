//! `cargo xtask bench`: what Spinney reaches beside what the browser reaches by itself.

use anyhow::Result;

use crate::compiler::Compiler;
use crate::stages::Stages;
use crate::wasm::Mode;
use crate::{machine, page, process, wasm, workspace};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these parts: transfers, live, small, page, unlock, memory.
    parts: Vec<String>,
}

/// Builds everything as it is shipped, measures, and prints a table for the README.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut stages = Stages::default();
    let chromium = machine::program_of("chromium", &["chromium"])?;
    wasm::build(&mut stages, Compiler::find()?, Mode::Release)?;
    page::build(&mut stages)?;
    stages.stage("compile the relay", || {
        process::run(process::command("cargo").args(["build", "--release", "--package", "spinney-relay"]))
    })?;
    stages.stage("measure", || {
        let mut node = process::command("node");
        node.env("SPINNEY_RELAY", workspace::target().join("release/spinney-relay"))
            .env("CHROMIUM", chromium);
        process::run(node.arg("wasm-tests/bench/run.mjs").args(&args.parts))
    })
}

//! `cargo xtask screenshots`: a picture of every screen.

use anyhow::Result;

use crate::compiler::Compiler;
use crate::stages::Stages;
use crate::wasm::Mode;
use crate::{machine, page, process, wasm};

/// There is nothing to set.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Builds the page as `up` does, and leads somebody new to every screen.
pub(crate) fn run(_: &Args) -> Result<()> {
    let mut stages = Stages::default();
    let chromium = machine::program_of("chromium", &["chromium"])?;
    wasm::build(&mut stages, Compiler::find()?, Mode::Up)?;
    page::build(&mut stages)?;
    stages.stage("compile the relay", || {
        process::run(process::command("cargo").args(["build", "--package", "spinney-relay"]))
    })?;
    stages.stage("take the pictures", || {
        process::run(process::command("node").arg("wasm-tests/e2e/screenshots.mjs").env("CHROMIUM", chromium))
    })
}

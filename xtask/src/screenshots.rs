//! `cargo xtask screenshots`: a picture of every screen.

use anyhow::Result;

use crate::compiler::Compiler;
use crate::stages::Stages;
use crate::wasm::Mode;
use crate::{machine, page, process, wasm};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The language of the page: en, de, es, fr or ar. Pictures in another language than English are in a folder of its name.
    #[arg(long, default_value = "en")]
    language: String,
}

/// Builds the page as `up` does, and leads somebody new to every screen.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut stages = Stages::default();
    let chromium = machine::program_of("chromium", &["chromium"])?;
    wasm::build(&mut stages, Compiler::find()?, Mode::Up)?;
    page::build(&mut stages)?;
    stages.stage("compile the relay", || {
        process::run(process::command("cargo").args(["build", "--package", "spinney-relay"]))
    })?;
    stages.stage("take the pictures", || {
        let script = ["wasm-tests/e2e/screenshots.mjs", "--language", &args.language];
        process::run(process::command("node").args(script).env("CHROMIUM", chromium))
    })
}

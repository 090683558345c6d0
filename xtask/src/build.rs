//! `cargo xtask build`: the page as a static folder.

use anyhow::Result;

use crate::compiler::Compiler;
use crate::stages::Stages;
use crate::wasm::Mode;
use crate::{page, wasm, weight, workspace};

/// What to build.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Build the wasm in the dev profile: it runs several times slower, but changes are built in seconds.
    #[arg(long)]
    dev: bool,
    /// Stop after the wasm and its glue in www/src/wasm.
    #[arg(long)]
    wasm: bool,
}

/// Builds what changed and prints the sizes and the seconds of each stage.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut stages = Stages::default();
    let mode = if args.dev { Mode::Dev } else { Mode::Release };
    let compiler = Compiler::find()?;
    wasm::build(&mut stages, compiler, mode)?;
    if !args.wasm {
        page::build(&mut stages)?;
        page::print_sizes()?;
        weight::print(&workspace::dist())?;
    }
    stages.print();
    Ok(())
}

//! Opens what a writer of the format made, with Spinney's own reader.
//!
//! The reader is an example of the crate, so that xtask itself stays without the crate and is compiled at once.

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;

use crate::process;

/// The arguments of `cargo xtask format`.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Opens a vector, or the JSON of a world with its CAR beside it, as FORMAT.md describes under "Vectors".
    ///
    /// Prints each check that passes and what was found, or the code of the first refusal.
    Open {
        /// The file, relative to the folder in which the command is called.
        file: PathBuf,
    },
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let Command::Open { file } = &args.command;
    let file = std::path::absolute(file)?;
    let mut cargo = process::command("cargo");
    cargo.args(["run", "--quiet", "--package", "spinney", "--example", "format_open", "--"]).arg(file);
    process::run(&mut cargo)
}

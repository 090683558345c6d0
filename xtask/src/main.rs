//! Builds, runs, tests and measures Spinney: `cargo xtask <command>`.
//!
//! One file per command. All that a command runs is spawned through [`process`], so that a failure is one
//! sentence with the command in it.

mod bench;
mod build;
mod claims;
mod compiler;
mod dev;
mod format;
mod fresh;
mod fuzz;
mod glue;
mod layers;
mod machine;
mod npm;
mod page;
mod process;
mod relay;
mod screenshots;
mod sentences;
mod stages;
mod tally;
mod test;
mod up;
mod wasm;
mod weight;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, runs, tests and measures Spinney.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the page into www/dist: a static folder for any host or sub-path.
    ///
    /// The wasm is what is shipped: optimised across all crates in one unit (the profile `wasm`), then by wasm-opt.
    Build(build::Args),
    /// Starts a relay and the page on this machine, and prints the address.
    ///
    /// Relay and wasm are optimised crate by crate (the profile `up`), without wasm-opt: sooner there, larger, and
    /// somewhat slower than what `build` makes.
    Up(up::Args),
    /// Like `up`, for work on Spinney itself: every saved change is built and shown.
    Dev(dev::Args),
    /// Lints and tests everything; the last line is `N passed, N failed`.
    Test(test::Args),
    /// Opens what somebody else's writer of the format made.
    Format(format::Args),
    /// Fuzzes every decoder and protocol, and prints what came of it.
    Fuzz(fuzz::Args),
    /// Takes a picture of every screen, on a phone and on a desk, light and dark, into target/screenshots.
    Screenshots(screenshots::Args),
    /// Measures against what the browser itself reaches, and prints a table.
    Bench(bench::Args),
}

fn main() -> ExitCode {
    if let Some(compiled) = fuzz::compiler::called() {
        return compiled;
    }
    let result = match Cli::parse().command {
        Command::Build(args) => build::run(&args),
        Command::Up(args) => up::run(&args),
        Command::Dev(args) => dev::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Format(args) => format::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Screenshots(args) => screenshots::run(&args),
        Command::Bench(args) => bench::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

//! This program in the place of the compiler, while Cargo builds the targets.
//!
//! Cargo gives the flags of `RUSTFLAGS` to every package, which would count in the network library and in SQLite, too.
//! A wrapper of the compiler gives them to ours.

use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

/// Says that this program is called as the compiler.
const CALLED: &str = "SPINNEY_FUZZ_COMPILER";

/// Crates in which every branch and comparison is counted for libFuzzer.
const COUNTED: [&str; 3] = ["spinney", "spinney_relay", "spinney_fuzz"];

/// What has the compiler count. All of it is in a stable one.
const FLAGS: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Has Cargo call this program as the compiler of the workspace's packages.
pub(super) fn wrap(cargo: &mut Command) -> Result<()> {
    let ourselves: PathBuf = env::current_exe().context("cannot find this program")?;
    cargo.env("RUSTC_WORKSPACE_WRAPPER", ourselves).env(CALLED, "1");
    Ok(())
}

/// Compiles, if this program was called for that.
pub(crate) fn called() -> Option<ExitCode> {
    env::var_os(CALLED)?;
    let mut words = env::args_os().skip(1);
    let mut compiler = Command::new(words.next()?);
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    compiler.args(&words);
    if is_counted(&words) {
        compiler.args(FLAGS);
    }
    let ended = compiler.status();
    Some(if ended.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_counted(words: &[String]) -> bool {
    let mut pairs = words.windows(2);
    pairs.any(|pair| pair[0] == "--crate-name" && COUNTED.contains(&&*pair[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_crates_are_counted() {
        let words = |name: &str| ["--crate-name", name, "--edition=2024"].map(str::to_owned);
        assert!(is_counted(&words("spinney_relay")));
        assert!(!is_counted(&words("build_script_build")));
        assert!(!is_counted(&words("libp2p")));
    }
}

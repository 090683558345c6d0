//! `cargo xtask fuzz`: mutates inputs of every decoder and protocol, guided by what code they reach.
//!
//! libFuzzer is linked into `crate/fuzz`, and the stable compiler has our code count for it. No sanitizer is needed,
//! because no code of ours is unsafe.

pub(crate) mod compiler;
mod output;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::stages::Stages;
use crate::{process, workspace};
use output::Output;

/// What to fuzz.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Minutes for all targets together.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// Only these targets. Without any, every one.
    targets: Vec<String>,
}

/// The longest input, in bytes: more than any object but lists, and a few messages.
const LONGEST: &str = "8192";

/// Seconds after which one input counts as a hang, and MiB of memory that it may take.
const HANG: &str = "10";
/// See [`HANG`].
const MEMORY: &str = "1024";

/// Fuzzes the targets one after the other, and packs what reaches most into the corpus. An error if an input failed.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut stages = Stages::default();
    let fuzzer = stages.stage("compile the targets", build)?;
    let all = process::output(fuzzer.command().env("SPINNEY_FUZZ_DO", "list"))?;
    let targets = chosen(&all.lines().collect::<Vec<_>>(), &args.targets)?;
    let seconds = (args.minutes * 60.0 / targets.len() as f64).max(1.0) as u64;
    println!("\n{} targets, {seconds} s each", targets.len());
    println!("{:>16}  {:>12}  {:>9}  {:>8}  {:>6}", "target", "inputs", "inputs/s", "coverage", "corpus");
    let mut failed = Vec::new();
    let mut inputs = 0;
    for target in targets {
        let found = fuzzer.fuzz(target, seconds)?;
        inputs += found.inputs;
        println!(
            "{target:>16}  {:>12}  {:>9}  {:>8}  {:>6}",
            found.inputs, found.rate, found.coverage, found.corpus
        );
        match found.failure {
            Some(failure) => {
                println!("{failure}");
                failed.push(target);
            }
            None => fuzzer.keep(target)?,
        }
    }
    println!("{inputs} inputs in all");
    if !failed.is_empty() {
        bail!("inputs failed of {}: see their paths above", failed.join(", "));
    }
    Ok(())
}

/// The targets that were asked for, or all.
fn chosen<'a>(all: &[&'a str], asked: &[String]) -> Result<Vec<&'a str>> {
    if let Some(unknown) = asked.iter().find(|name| !all.contains(&name.as_str())) {
        bail!("no target is called {unknown}: there are {}", all.join(", "));
    }
    Ok(all
        .iter()
        .copied()
        .filter(|name| asked.is_empty() || asked.iter().any(|asked| asked == name))
        .collect())
}

/// The compiled targets.
struct Fuzzer {
    program: PathBuf,
    /// Where inputs are collected.
    work: PathBuf,
}

fn build() -> Result<Fuzzer> {
    let target = workspace::target().join("fuzz");
    let mut cargo = process::command("cargo");
    cargo.args(["build", "--package", "spinney-fuzz", "--profile", "fuzz", "--target-dir"]).arg(&target);
    compiler::wrap(&mut cargo)?;
    process::run(&mut cargo)?;
    Ok(Fuzzer { program: target.join("fuzz/spinney-fuzz"), work: target.join("inputs") })
}

impl Fuzzer {
    fn command(&self) -> Command {
        process::command(&self.program)
    }

    fn of(&self, target: &str) -> Command {
        let mut command = self.command();
        command.env("SPINNEY_FUZZ_TARGET", target);
        command
    }

    /// Where the inputs of a target are collected, from one run to the next.
    fn inputs(&self, target: &str) -> Result<PathBuf> {
        folder(&self.work.join(target))
    }

    fn fuzz(&self, target: &str, seconds: u64) -> Result<Output> {
        let (inputs, failures) = (self.inputs(target)?, folder(&self.work.join("failures").join(target))?);
        self.make(target, "seed", &inputs)?;
        let mut fuzz = self.of(target);
        fuzz.arg(&inputs)
            .arg(format!("-artifact_prefix={}/", failures.display()))
            .arg(format!("-max_total_time={seconds}"))
            .args([
                &format!("-max_len={LONGEST}"),
                &format!("-timeout={HANG}"),
                &format!("-rss_limit_mb={MEMORY}"),
            ])
            .args(["-print_final_stats=1", "-verbosity=1"]);
        let output = fuzz.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output();
        let output = output.with_context(|| format!("cannot start `{}`", process::shown(&fuzz)))?;
        Ok(Output::read(&String::from_utf8_lossy(&output.stderr), output.status.success()))
    }

    /// Leaves the smallest set of inputs that reaches the same, and packs it into the corpus.
    fn keep(&self, target: &str) -> Result<()> {
        let (inputs, least) = (self.inputs(target)?, self.work.join(format!("{target}.least")));
        if least.exists() {
            fs::remove_dir_all(&least)?;
        }
        folder(&least)?;
        let mut merge = self.of(target);
        merge.args(["-merge=1", &format!("-max_len={LONGEST}")]).arg(&least).arg(&inputs);
        if !process::succeeds(&mut merge) {
            bail!("`{}` failed", process::shown(&merge));
        }
        fs::remove_dir_all(&inputs)?;
        fs::rename(&least, &inputs)?;
        self.make(target, "keep", &inputs)
    }

    fn make(&self, target: &str, what: &str, inputs: &Path) -> Result<()> {
        let mut make = self.of(target);
        process::output(make.env("SPINNEY_FUZZ_DO", what).env("SPINNEY_FUZZ_FOLDER", inputs)).map(drop)
    }
}

fn folder(path: &Path) -> Result<PathBuf> {
    fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
    Ok(path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_keep_their_order_and_an_unknown_one_is_named() {
        let all = ["cbor", "frame", "page"];
        assert_eq!(chosen(&all, &[]).unwrap(), all);
        assert_eq!(chosen(&all, &["page".into(), "cbor".into()]).unwrap(), ["cbor", "page"]);
        assert!(chosen(&all, &["pages".into()]).unwrap_err().to_string().contains("pages"));
    }
}

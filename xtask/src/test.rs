//! `cargo xtask test`: everything that a change must pass.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;

use crate::compiler::Compiler;
use crate::stages::Stages;
use crate::tally::Tally;
use crate::wasm::Mode;
use crate::{machine, npm, page, process, wasm, workspace};

/// Which tests to run.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The same tests with more seeds and larger files, and Firefox beside Chromium.
    #[arg(long)]
    long: bool,
    /// Only these parts.
    #[arg(value_enum)]
    parts: Vec<Part>,
}

/// A part of the tests that can be run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting, lints of both targets and of the page.
    Lint,
    /// Tests of the crate, the relay and this tool.
    Native,
    /// Independent programs: a reader of the format's vectors, a writer of UnixFS.
    Format,
    /// The crate's tests in a browser.
    Browser,
    /// What a person does, with real browsers and relays.
    E2e,
}

/// Tells tests that they have time: more seeds, larger files, another browser.
const LONG: &str = "SPINNEY_LONG";

/// How long the browser may take for one test binary, in seconds.
const BROWSER_SECONDS: &str = "600";

/// How many end-to-end files run at once: as many as the smallest machine that must do has cores.
const E2E_FILES_AT_ONCE: &str = "--test-concurrency=2";

/// Runs the tests and prints `N passed, N failed` as the last line; an error if any failed.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut stages = Stages::default();
    let mut tally = Tally::default();
    for part in Part::value_variants() {
        if !args.parts.is_empty() && !args.parts.contains(part) {
            continue;
        }
        let counted = match part {
            Part::Lint => lint(&mut stages),
            Part::Native => native(&mut stages, args.long),
            Part::Format => format(&mut stages, args.long),
            Part::Browser => browser(&mut stages, args.long),
            Part::E2e => end_to_end(&mut stages, args.long),
        };
        // A part that cannot start is a failure; the others still tell what they know.
        tally += counted.unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Tally { passed: 0, failed: 1 }
        });
    }
    stages.print();
    println!("\n{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed > 0 || tally.passed == 0 {
        std::process::exit(1);
    }
    Ok(())
}

fn lint(stages: &mut Stages) -> Result<Tally> {
    let mut tally = stages.stage("formatting", || {
        Ok(Tally::check(process::command("cargo").args(["fmt", "--all", "--check"])))
    })?;
    let compiler = Compiler::find()?;
    npm::install(stages)?;
    // The page's types include those of the wasm's glue.
    wasm::build(stages, compiler, Mode::Release)?;
    tally += stages.stage("lints of the page", || {
        let mut npm = process::command("npm");
        Ok(Tally::check(npm.args(["run", "--silent", "check"]).current_dir(workspace::www())))
    })?;
    tally += stages.stage("lints, native", || {
        let mut clippy = process::command("cargo");
        clippy.args(["clippy", "--workspace", "--exclude", "wasm-tests", "--all-targets"]);
        Ok(Tally::check(clippy.args(["--", "-D", "warnings"])))
    })?;
    tally += stages.stage("lints, wasm", || {
        // The crate's own tests are native: what they need does not build for wasm.
        let mut tally = Tally::default();
        for part in [["--package", "spinney", "--lib"], ["--package", "wasm-tests", "--all-targets"]] {
            tally += Tally::check(compiler.cargo("clippy").args(part).args(["--", "-D", "warnings"]));
        }
        Ok(tally)
    })?;
    Ok(tally)
}

/// What is compiled once for the native tests and for the end-to-end tests' relay, whose tap is off until a test
/// names a file for it.
const NATIVE: [&str; 7] =
    ["--workspace", "--exclude", "wasm-tests", "--exclude", "xtask", "--features", "spinney-relay/tap"];

fn native(stages: &mut Stages, long: bool) -> Result<Tally> {
    stages.stage("compile the native tests", || {
        process::run(process::command("cargo").args(["test", "--no-run"]).args(NATIVE))
    })?;
    let mut tally = stages.stage("native tests", || {
        let mut test = process::command("cargo");
        test.args(["test", "--no-fail-fast"]).args(NATIVE);
        Tally::of(if long { test.env(LONG, "1") } else { &mut test })
    })?;
    tally += stages.stage("tests of xtask", || {
        Tally::of(process::command("cargo").args(["test", "--package", "xtask"]))
    })?;
    Ok(tally)
}

fn format(stages: &mut Stages, long: bool) -> Result<Tally> {
    let folder = workspace::root().join("wasm-tests/format-reader");
    npm::install(stages)?;
    let mut tally = stages.stage("a second reader of the format", || {
        Tally::of(process::command("node").arg(folder.join("read.mjs")))
    })?;
    tally += stages.stage("a second writer of UnixFS", || {
        let mut node = process::command("node");
        node.arg(folder.join("unixfs.mjs"));
        Tally::of(if long { node.env(LONG, "1") } else { &mut node })
    })?;
    Ok(tally)
}

fn browser(stages: &mut Stages, long: bool) -> Result<Tally> {
    let compiler = Compiler::find()?;
    let chromedriver = machine::program_of("chromedriver", &["chromium", "chromium-driver"])?;
    stages.stage("compile the browser tests' runner", || {
        let mut cargo = process::command("cargo");
        cargo.args(["build", "--package", "xtask", "--features", "browser-tests"]);
        process::run(cargo.args(["--bin", "wasm-test-runner"]))
    })?;
    let test = || {
        let mut cargo = compiler.cargo("test");
        cargo.args(["--package", "wasm-tests"]);
        cargo
    };
    stages.stage("compile the browser tests", || process::run(test().arg("--no-run")))?;
    stages.stage("the crate's tests in a browser", || {
        let mut test = test();
        test.arg("--no-fail-fast")
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                workspace::target().join("debug/wasm-test-runner"),
            )
            .env("CHROMEDRIVER", chromedriver)
            .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_SECONDS);
        Tally::of(if long { test.env(LONG, "1") } else { &mut test })
    })
}

fn end_to_end(stages: &mut Stages, long: bool) -> Result<Tally> {
    machine::program_of("chromium", &["chromium"])?;
    if long {
        machine::program_of("firefox-esr", &["firefox-esr"])?;
    }
    let compiler = Compiler::find()?;
    wasm::build(stages, compiler, Mode::Release)?;
    page::build(stages)?;
    wasm::build_peer(stages, compiler)?;
    stages.stage("compile the relay", || {
        process::run(process::command("cargo").arg("build").args(NATIVE).arg("--all-targets"))
    })?;
    let files = end_to_end_files()?;
    stages.stage("what a person does, end to end", || {
        let mut node = process::command("node");
        node.args(["--test", "--test-reporter=spec", E2E_FILES_AT_ONCE]).args(files);
        Tally::of(if long { node.env(LONG, "1") } else { &mut node })
    })
}

fn end_to_end_files() -> Result<Vec<PathBuf>> {
    let folder = workspace::root().join("wasm-tests/e2e");
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.to_str().is_some_and(|path| path.ends_with(".test.mjs")) {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("{} holds no tests", folder.display());
    }
    files.sort();
    Ok(files)
}

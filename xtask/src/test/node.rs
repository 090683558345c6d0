//! The tests that Node.js runs: other programs' reading of the format, and what a person does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::lint::all_or_nothing;
use super::{Plan, rust};
use crate::compiler::Compiler;
use crate::stages::Stages;
use crate::tally::Tally;
use crate::wasm::Mode;
use crate::{glue, machine, npm, page, process, wasm, weight, workspace};

/// How many end-to-end files run at once: as many as the smallest machine that must do has cores.
const E2E_FILES_AT_ONCE: &str = "--test-concurrency=2";

/// Programs that the tests set against what the page makes, with their Debian packages: another browser, programs that
/// people open archives with, a reader of metadata, and a wrong clock.
const OTHERS: [(&str, &str); 7] = [
    ("firefox-esr", "firefox-esr"),
    ("unzip", "unzip"),
    ("7zz", "7zip"),
    ("bsdtar", "libarchive-tools"),
    ("python3", "python3"),
    ("exiftool", "libimage-exiftool-perl"),
    ("faketime", "faketime"),
];

/// The same for tests that run with `--long` alone: a screen with windows, and somebody who presses keys there.
const SCREEN: [(&str, &str); 3] = [("Xvfb", "xvfb"), ("openbox", "openbox"), ("xdotool", "xdotool")];

/// As many end-to-end tests as may fail and are tried again alone. Two files with some browsers each on two cores are
/// more than a person runs; more failures than this are no matter of load.
const TRIED_AGAIN: usize = 3;

/// Letters that the fixed part of a name made by a template must have to tell it from others.
const TELLING: usize = 8;

pub(super) fn format(stages: &mut Stages, plan: Plan<'_>) -> Result<Tally> {
    let folder = workspace::root().join("wasm-tests/format-reader");
    npm::install(stages)?;
    let mut tally = stages.stage("a second reader of the format", || {
        Tally::of(process::command("node").arg(folder.join("read.mjs")))
    })?;
    tally += stages.stage("rules of the format, each switched off", || {
        Tally::of(process::command("node").arg(folder.join("read.mjs")).arg("--rules"))
    })?;
    tally += stages.stage("a second writer of UnixFS", || {
        plan.count(process::command("node").arg(folder.join("unixfs.mjs")))
    })?;
    Ok(tally)
}

pub(super) fn components(stages: &mut Stages, plan: Plan<'_>) -> Result<Tally> {
    let chromium = machine::program_of("chromium", &["chromium"])?;
    npm::install(stages)?;
    stages.stage("the page's components", || {
        let mut vitest = process::command(npm::program("vitest"));
        vitest.arg("run").args(plan.filter.map(|name| format!("--testNamePattern={}", literally(name))));
        plan.count(vitest.env("CHROMIUM", chromium).env("NO_COLOR", "1").current_dir(workspace::www()))
    })
}

pub(super) fn end_to_end(stages: &mut Stages, plan: Plan<'_>) -> Result<Tally> {
    let files = end_to_end_files(plan.filter)?;
    if files.is_empty() {
        return Ok(Tally::default());
    }
    machine::program_of("chromium", &["chromium"])?;
    let screen = if plan.long { &SCREEN[..] } else { &[] };
    for (program, package) in OTHERS.iter().chain(screen) {
        machine::program_of(program, &[*package])?;
    }
    let compiler = Compiler::find()?;
    let mode = if plan.filter.is_some() { Mode::Up } else { Mode::Release };
    wasm::build(stages, compiler, mode)?;
    npm::install(stages)?;
    let mut tally = stages.stage("the types of the wasm's glue", || Ok(glue::check()))?;
    page::build(stages)?;
    if mode == Mode::Release {
        tally += stages
            .stage("the weight of the page", || Ok(all_or_nothing(weight::breaches(&workspace::dist())?)))?;
    }
    wasm::build_peer(stages, compiler)?;
    stages.stage("compile the relay", || {
        process::run(process::command("cargo").arg("build").args(rust::NATIVE).arg("--all-targets"))
    })?;
    let failed_list = workspace::root().join("target/failed-end-to-end");
    let mut counted = stages.stage("what a person does, end to end", || {
        let names = plan.filter.map(literally);
        plan.count(node_tests(&failed_list, names).arg(E2E_FILES_AT_ONCE).args(files))
    })?;
    let failed = fs::read_to_string(&failed_list).unwrap_or_default();
    let failed: Vec<&str> = failed.lines().collect();
    if plan.filter.is_none() && (1..=TRIED_AGAIN).contains(&failed.len()) {
        let left = stages.stage("what failed, once more and alone", || try_again(plan, &failed))?;
        if left.failed < counted.failed {
            stages.skip(format!("Failed at first, beside other tests: {}.", failed.join("; ")));
        }
        counted = counted.after_second_try(left);
    }
    tally += counted;
    Ok(tally)
}

/// Runs end-to-end tests again that failed, without another file beside them.
fn try_again(plan: Plan<'_>, failed: &[&str]) -> Result<Tally> {
    let mut files = Vec::new();
    for name in failed {
        files.extend(end_to_end_files(Some(name))?);
    }
    files.sort();
    files.dedup();
    let names = failed.iter().map(|name| literally(name)).collect::<Vec<_>>().join("|");
    let list = workspace::root().join("target/failed-end-to-end-again");
    plan.count(node_tests(&list, Some(names)).arg("--test-concurrency=1").args(files))
}

/// Node's runner of tests, which lists those that fail in `failed`; only those whose names match, if there are `names`.
fn node_tests(failed: &Path, names: Option<String>) -> Command {
    let mut node = process::command("node");
    node.args(["--test", "--test-reporter=spec", "--test-reporter-destination=stdout"]);
    let reporter = workspace::root().join("wasm-tests/e2e/lib/failed.mjs");
    node.arg(format!("--test-reporter={}", reporter.display()));
    node.arg(format!("--test-reporter-destination={}", failed.display()));
    node.args(names.map(|names| format!("--test-name-pattern={names}")));
    node
}

/// The files of tests, or those that may have a test with this in its name.
fn end_to_end_files(filter: Option<&str>) -> Result<Vec<PathBuf>> {
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
    let Some(name) = filter else { return Ok(files) };
    let mut chosen = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        if may_have(&text, name) {
            chosen.push(file);
        }
    }
    Ok(chosen)
}

/// Whether a file of tests may have one with `name` in its name: written out, or made from a template.
fn may_have(text: &str, name: &str) -> bool {
    let mut templates = text.split("test(`").skip(1).filter_map(|rest| rest.split('`').next());
    let made = |template: &str| {
        let fixed = template.split("${").map(|part| part.rsplit('}').next().unwrap_or(part).trim());
        fixed.filter(|part| part.len() >= TELLING).any(|part| name.contains(part))
    };
    text.contains(name) || templates.any(made)
}

/// A regular expression that means just this text.
fn literally(text: &str) -> String {
    let special = |letter: char| r"\^$.|?*+()[]{}/".contains(letter);
    text.chars().flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_chosen_by_the_names_in_them() {
        let text = "test('a folder reaches a friend', …)\nhere.test(`${MANY} files are chosen and saved`, …)";
        assert!(may_have(text, "folder reaches"));
        assert!(may_have(text, "300 files are chosen and saved"));
        assert!(may_have(text, "are chosen"));
        assert!(!may_have(text, "a link is opened"));
    }

    #[test]
    fn a_name_is_no_regular_expression() {
        assert_eq!(literally("what? (a.b)"), r"what\? \(a\.b\)");
    }
}

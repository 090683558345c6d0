//! What can be judged without running anything.

use anyhow::Result;

use super::{Plan, dependencies};
use crate::compiler::Compiler;
use crate::stages::Stages;
use crate::tally::Tally;
use crate::{claims, layers, npm, process, sentences, workspace};

/// Types and lint of the page. Needs its npm packages, and no wasm.
pub(super) fn page(stages: &mut Stages) -> Result<Tally> {
    npm::install(stages)?;
    stages.stage("types and lint of the page", || {
        let mut npm = process::command("npm");
        Ok(Tally::check(npm.args(["run", "--silent", "check"]).current_dir(workspace::www())))
    })
}

pub(super) fn everything(stages: &mut Stages, plan: Plan<'_>) -> Result<Tally> {
    let mut tally = stages.stage("formatting", || {
        Ok(Tally::check(process::command("cargo").args(["fmt", "--all", "--check"])))
    })?;
    tally += stages.stage("the order of the modules", || {
        let breaches = layers::breaches(&workspace::root().join("crate/src"))?;
        Ok(all_or_nothing(breaches.iter().map(|breach| format!("crate/src/{breach}"))))
    })?;
    tally += stages
        .stage("what the documents promise", || Ok(all_or_nothing(claims::breaches(workspace::root())?)))?;
    tally += stages.stage("the list of sentences about errors", || {
        Ok(all_or_nothing(sentences::breaches(workspace::root())?))
    })?;
    tally += page(stages)?;
    tally += stages.stage("lints, native", || {
        let mut clippy = process::command("cargo");
        clippy.args(["clippy", "--workspace", "--exclude", "wasm-tests", "--all-targets"]);
        Ok(Tally::check(clippy.args(["--", "-D", "warnings"])))
    })?;
    let compiler = Compiler::find()?;
    tally += stages.stage("lints, wasm", || {
        // The crate is linted with the tests that use it; its own are native: what they need does not build for wasm.
        let mut clippy = compiler.cargo("clippy");
        clippy.args(["--package", "wasm-tests", "--all-targets"]);
        Ok(Tally::check(clippy.args(["--", "-D", "warnings"])))
    })?;
    tally += stages.stage("documentation", || {
        let mut doc = process::command("cargo");
        doc.args(["doc", "--workspace", "--exclude", "wasm-tests", "--no-deps"]);
        // Those who read a module's documentation read its private parts too.
        Ok(Tally::check(doc.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links")))
    })?;
    if plan.long {
        tally += dependencies::check(stages)?;
    }
    Ok(tally)
}

/// One check: every breach is shown, and all together are one failure.
pub(super) fn all_or_nothing(breaches: impl IntoIterator<Item = String>) -> Tally {
    let shown = breaches.into_iter().inspect(|breach| eprintln!("error: {breach}")).count();
    if shown == 0 { Tally::PASSED } else { Tally::FAILED }
}

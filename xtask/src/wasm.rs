//! Builds the crate for the page: wasm and its JavaScript glue in `www/src/wasm`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::compiler::Compiler;
use crate::fresh::Stamp;
use crate::stages::Stages;
use crate::{npm, process, workspace};

/// What rustc turns on for wasm32, and the SIMD that `.cargo/config.toml` adds.
const WASM_FEATURES: [&str; 7] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// How much work goes into the wasm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// For everyday work: seconds to build, several times slower to run.
    Dev,
    /// What is shipped.
    Release,
}

impl Mode {
    fn profile(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "wasm",
        }
    }
}

/// Where the wasm and its glue go.
pub(crate) fn folder() -> PathBuf {
    workspace::www().join("src/wasm")
}

/// Builds what changed.
pub(crate) fn build(stages: &mut Stages, compiler: Compiler, mode: Mode) -> Result<()> {
    let compiled = Compiler::folder(mode.profile()).join("spinney.wasm");
    stages.stage("compile the wasm", || {
        process::run(compiler.cargo("build").args(["--package", "spinney", "--profile", mode.profile()]))
    })?;

    let stamp_file = workspace::wasm_target().join("bound");
    let stamp = Stamp::new(&stamp_file, format!("{mode:?} {}", identity(&compiled)?));
    if stamp.is_fresh() && folder().join("spinney_bg.wasm").is_file() {
        return Ok(());
    }
    stages.stage("bind the wasm to JavaScript", || bind(&compiled, mode, &folder()))?;
    if mode == Mode::Release {
        npm::install(stages)?;
        stages.stage("optimise the wasm", || optimise(&folder().join("spinney_bg.wasm")))?;
    }
    stamp.set()
}

/// Builds the peer that the end-to-end tests set against js-libp2p: of what the browser tests are compiled from.
pub(crate) fn build_peer(stages: &mut Stages, compiler: Compiler) -> Result<()> {
    stages.stage("compile the tests' own peer", || {
        process::run(compiler.cargo("build").args(["--package", "wasm-tests", "--example", "peer"]))
    })?;
    let compiled = Compiler::folder(Mode::Dev.profile()).join("examples/peer.wasm");
    let folder = workspace::root().join("wasm-tests/e2e/interop/wasm");
    stages.stage("bind it to JavaScript", || bind(&compiled, Mode::Dev, &folder))
}

fn bind(compiled: &Path, mode: Mode, folder: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(compiled)
        .web(true)?
        .typescript(true)
        .remove_name_section(mode == Mode::Release)
        .generate(folder)
        .with_context(|| format!("cannot bind {} to JavaScript", compiled.display()))
}

fn optimise(file: &Path) -> Result<()> {
    let wasm_opt = npm::program("wasm-opt");
    process::run(process::command(wasm_opt).args(WASM_FEATURES).arg("-O3").arg(file).arg("-o").arg(file))
}

/// Tells one build of a file from another.
fn identity(file: &Path) -> Result<String> {
    let meta = fs::metadata(file).with_context(|| format!("{} was not built", file.display()))?;
    Ok(format!("{} {}", meta.len(), meta.modified()?.duration_since(UNIX_EPOCH)?.as_nanos()))
}

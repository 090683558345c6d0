//! Builds the crate for the page: wasm and its JavaScript glue in `www/src/wasm`.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, Result};

use crate::compiler::Compiler;
use crate::fresh::Stamp;
use crate::glue::{self, Names};
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

/// Smaller, where that costs no speed that a person notices; and nothing that names the tools.
const OPTIMISE: [&str; 3] = ["-Os", "--strip-producers", "--strip-target-features"];

/// How much work goes into the wasm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// For work on the crate: the wasm runs several times slower, and one change is built in seconds.
    Dev,
    /// For a first look: optimised crate by crate.
    Up,
    /// What is shipped: optimised as a whole, by rustc and then by wasm-opt.
    Release,
}

impl Mode {
    /// The Cargo profile of the wasm, and of the relay where one is built with it.
    pub(crate) fn profile(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Up => "up",
            Self::Release => "wasm",
        }
    }

    /// What Cargo calls the folder of what it builds in the profile.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            _ => self.profile(),
        }
    }
}

/// Builds what changed.
pub(crate) fn build(stages: &mut Stages, compiler: Compiler, mode: Mode) -> Result<()> {
    let compiled = Compiler::folder(mode).join("spinney.wasm");
    stages.stage("compile the wasm", || {
        process::run(compiler.cargo("build").args(["--package", "spinney", "--profile", mode.profile()]))
    })?;

    let stamp_file = workspace::wasm_target().join("bound");
    let stamp = Stamp::new(&stamp_file, format!("{mode:?} {}", identity(&compiled)?));
    if stamp.is_fresh() && glue::page().join("spinney_bg.wasm").is_file() {
        return Ok(());
    }
    let names = if mode == Mode::Dev { Names::Kept } else { Names::Removed };
    stages.stage("bind the wasm to JavaScript", || glue::make_for_page(&compiled, names))?;
    if mode == Mode::Release {
        npm::install(stages)?;
        stages.stage("optimise the wasm", || optimise(&glue::page().join("spinney_bg.wasm")))?;
    }
    stamp.set()
}

/// Builds the peer that the end-to-end tests set against js-libp2p: with the browser tests, of what these are compiled
/// from. Alone it would be compiled anew with all that it stands on, because Cargo builds another standard library for tests.
pub(crate) fn build_peer(stages: &mut Stages, compiler: Compiler) -> Result<()> {
    stages.stage("compile the tests' own peer", || {
        process::run(compiler.cargo("test").args(["--package", "wasm-tests", "--no-run"]))
    })?;
    let compiled = Compiler::folder(Mode::Dev).join("examples/peer.wasm");
    let folder = workspace::root().join("wasm-tests/e2e/interop/wasm");
    stages.stage("bind it to JavaScript", || glue::make(&compiled, Names::Kept, &folder))
}

fn optimise(file: &Path) -> Result<()> {
    let wasm_opt = npm::program("wasm-opt");
    process::run(process::command(wasm_opt).args(WASM_FEATURES).args(OPTIMISE).arg(file).arg("-o").arg(file))
}

/// Tells one build of a file from another.
fn identity(file: &Path) -> Result<String> {
    let meta = fs::metadata(file).with_context(|| format!("{} was not built", file.display()))?;
    Ok(format!("{} {}", meta.len(), meta.modified()?.duration_since(UNIX_EPOCH)?.as_nanos()))
}

//! Finds a compiler for `wasm32-unknown-unknown`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::wasm::Mode;
use crate::{machine, process, workspace};

const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's Rust for the web, with the library's source, since Debian ships none built for wasm.
const DEBIAN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy", "lld-19"];

/// A way to build for wasm32.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Compiler {
    /// The active toolchain, which has the target.
    Active,
    /// Debian's compiler, which builds the standard library along.
    Debian,
}

impl Compiler {
    /// Takes the first of: the active toolchain, Debian's, Debian's newly installed, rustup's newly added target.
    pub(crate) fn find() -> Result<Self> {
        let found = if active_has_target() {
            Self::Active
        } else if debian_has_all() || (debian_can_be_installed() && debian_has_all()) {
            Self::Debian
        } else if process::succeeds(process::command("rustup").args(["target", "add", TARGET]))
            && active_has_target()
        {
            Self::Active
        } else {
            bail!(
                "no compiler for {TARGET}: run `rustup target add {TARGET}`, or on Debian `apt-get install {}`",
                DEBIAN_PACKAGES.join(" ")
            );
        };
        println!("wasm compiler: {}", found.name());
        Ok(found)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Active => "the active toolchain",
            Self::Debian => "Debian's, which builds the standard library too",
        }
    }

    /// `cargo <verb>` for wasm32 in the wasm target folder; the caller adds packages and profile.
    pub(crate) fn cargo(self, verb: &str) -> Command {
        let mut command = match self {
            Self::Active => process::command("cargo"),
            Self::Debian => debian_cargo(verb),
        };
        command.args([verb, "--target", TARGET, "--target-dir"]).arg(workspace::wasm_target());
        // A panic names the file of a dependency: everywhere alike, and without whose machine it was built on.
        if let Some(home) = cargo_home() {
            let remap = format!("--remap-path-prefix={}=cargo", home.display());
            command.arg("--config").arg(format!("target.{TARGET}.rustflags=[{remap:?}]"));
        }
        if let Self::Debian = self {
            command.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
        }
        command
    }

    /// Where a build leaves its files.
    pub(crate) fn folder(mode: Mode) -> PathBuf {
        workspace::wasm_target().join(TARGET).join(mode.folder())
    }
}

/// Where Cargo keeps the sources of dependencies.
fn cargo_home() -> Option<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    set.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

/// Debian's Cargo, also where rustup's comes first in the search path.
fn debian_cargo(verb: &str) -> Command {
    // Under Debian `cargo-clippy` is found beside Cargo only when it is started itself.
    let mut command =
        process::command(if verb == "clippy" { "/usr/bin/cargo-clippy" } else { "/usr/bin/cargo" });
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(PathBuf::from("/usr/bin")).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders).expect("folders taken from a search path make one");
    command
        .env("PATH", path)
        .env_remove("RUSTUP_TOOLCHAIN")
        // Building the standard library is an unstable feature of Cargo.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19");
    command
}

fn active_has_target() -> bool {
    let mut rustc = process::command("rustc");
    let folder = process::output(rustc.args(["--print", "target-libdir", "--target", TARGET]));
    folder.is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

fn debian_can_be_installed() -> bool {
    machine::may_install() && machine::install(&DEBIAN_PACKAGES).is_ok()
}

fn debian_has_all() -> bool {
    let sysroot = process::output(process::command("/usr/bin/rustc").args(["--print", "sysroot"]));
    let source = |sysroot: String| Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock");
    let programs = ["/usr/bin/cargo", "/usr/bin/cargo-clippy", "/usr/bin/wasm-ld-19"];
    sysroot.is_ok_and(|sysroot| source(sysroot).is_file())
        && programs.iter().all(|program| Path::new(program).is_file())
}

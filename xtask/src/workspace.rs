//! Where things lie in the workspace.

use std::path::{Path, PathBuf};

/// The workspace's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace's root")
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The target folder of wasm builds: apart, since another compiler may write it.
pub(crate) fn wasm_target() -> PathBuf {
    target().join("wasm-dev")
}

/// The page's sources.
pub(crate) fn www() -> PathBuf {
    root().join("www")
}

/// The built page.
pub(crate) fn dist() -> PathBuf {
    www().join("dist")
}

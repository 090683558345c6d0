//! npm packages: one lock file for the page, its tools and the end-to-end tests; one for what is only measured beside it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::fresh::Stamp;
use crate::stages::Stages;
use crate::{process, workspace};

/// Installs the page's packages if their lock changed.
pub(crate) fn install(stages: &mut Stages) -> Result<()> {
    install_in(stages, &workspace::www())
}

/// Installs the packages of a folder with a lock if that changed. Their scripts never run.
pub(crate) fn install_in(stages: &mut Stages, folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let lock = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let stamp_file = folder.join("node_modules/.installed-lock.json");
    let stamp = Stamp::new(&stamp_file, lock);
    if stamp.is_fresh() {
        return Ok(());
    }
    stages.stage("install npm packages", || {
        let mut npm = process::command("npm");
        npm.current_dir(folder);
        process::run(npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]))
            .context("Node.js 20 or newer with npm is needed, and the npm registry")?;
        stamp.set()
    })
}

/// A program that an installed package brings.
pub(crate) fn program(name: &str) -> PathBuf {
    workspace::www().join("node_modules/.bin").join(name)
}

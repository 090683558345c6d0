//! The page's npm packages: one lock file for the page, its tools and the end-to-end tests.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::fresh::Stamp;
use crate::stages::Stages;
use crate::{process, workspace};

/// Installs the packages if the lock changed. Their scripts never run.
pub(crate) fn install(stages: &mut Stages) -> Result<()> {
    let lock = workspace::www().join("package-lock.json");
    let lock = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let stamp_file = workspace::www().join("node_modules/.installed-lock.json");
    let stamp = Stamp::new(&stamp_file, lock);
    if stamp.is_fresh() {
        return Ok(());
    }
    stages.stage("install npm packages", || {
        let mut npm = process::command("npm");
        npm.current_dir(workspace::www());
        process::run(npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]))
            .context("the page needs Node.js 20 or newer with npm, and the npm registry")?;
        stamp.set()
    })
}

/// A program that an installed package brings.
pub(crate) fn program(name: &str) -> PathBuf {
    workspace::www().join("node_modules/.bin").join(name)
}

//! `cargo xtask up`: a relay and the page on this machine.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::compiler::Compiler;
use crate::relay::{self, Relay};
use crate::stages::Stages;
use crate::wasm::Mode;
use crate::{npm, page, process, wasm, workspace};

/// How to build.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Build the relay and the wasm in the dev profile: they run several times slower, but changes are built in seconds.
    #[arg(long)]
    dev: bool,
}

/// Builds what changed, starts the relay with the page, prints its address, and runs until Ctrl-C.
///
/// The relay's data and the port survive in an ignored folder, hence the page's origin and what browsers keep of it.
pub(crate) fn run(args: &Args) -> Result<()> {
    // First of all: a relay that already runs serves from the folder that is about to be replaced.
    let port = relay::port(&home())?;
    let mut stages = Stages::default();
    let mode = if args.dev { Mode::Dev } else { Mode::Up };
    let program = relay::build_beside(mode, &mut stages, |stages| {
        npm::install(stages)?;
        wasm::build(stages, Compiler::find()?, mode)?;
        page::build(stages)
    })?;

    let page = home().join("page");
    copy(&workspace::dist(), &page)?;
    let end = process::asked_to_end()?;
    let mut relay = Relay::start(&program, port, &home().join("relay"), Some(&page))?;
    let config = serde_json::json!({ "relays": [relay.address()] });
    fs::write(page.join("config.json"), config.to_string()).context("cannot write the page's config.json")?;
    stages.print();
    println!("\nSpinney is at http://localhost:{port}/ (Ctrl-C stops it)");
    while end.recv_timeout(process::LOOK).is_err() {
        relay.must_run()?;
    }
    Ok(())
}

/// Where everything of `up` is kept.
fn home() -> PathBuf {
    workspace::root().join(".spinney")
}

/// Makes `to` a copy of the folder `from`.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to).with_context(|| format!("cannot empty {}", to.display()))?;
    }
    copy_into(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

fn copy_into(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_into(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leaves_nothing_of_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new, page] = ["old", "new", "page"].map(|name| folder.path().join(name));
        fs::create_dir_all(old.join("assets")).unwrap();
        fs::write(old.join("assets/old.js"), "old").unwrap();
        fs::create_dir_all(new.join("assets")).unwrap();
        fs::write(new.join("assets/new.js"), "new").unwrap();
        copy(&old, &page).unwrap();
        copy(&new, &page).unwrap();
        assert_eq!(fs::read_to_string(page.join("assets/new.js")).unwrap(), "new");
        assert!(!page.join("assets/old.js").exists());
    }
}

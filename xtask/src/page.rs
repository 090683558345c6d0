//! Builds the page: `www` with the wasm in it, into `www/dist`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, Result, bail};

use crate::fresh::{self, Stamp};
use crate::stages::Stages;
use crate::{npm, process, workspace};

/// What every built page has at its root.
const ROOT_FILES: [&str; 4] = ["index.html", "spinney.js", "sw.js", "config.json"];

/// What the build puts beside each file: its compressed forms.
const FORMS: [&str; 2] = [".br", ".gz"];

/// Builds what changed.
pub(crate) fn build(stages: &mut Stages) -> Result<()> {
    npm::install(stages)?;
    let newest = fresh::newest(&workspace::www())?.context("the page's sources are missing")?;
    let stamp_file = workspace::target().join("page");
    let stamp = Stamp::new(&stamp_file, newest.duration_since(UNIX_EPOCH)?.as_nanos().to_string());
    if stamp.is_fresh() && ROOT_FILES.iter().all(|name| workspace::dist().join(name).is_file()) {
        return Ok(());
    }
    stages.stage("build the page", || {
        let mut vite = process::command(npm::program("vite"));
        process::run(vite.arg("build").current_dir(workspace::www()))
    })?;
    for name in ROOT_FILES {
        if !workspace::dist().join(name).is_file() {
            bail!("the built page lacks {name}");
        }
    }
    stamp.set()
}

/// Prints the size of every built file, raw and with brotli.
pub(crate) fn print_sizes() -> Result<()> {
    println!("\n{:>10} {:>10}  file", "bytes", "brotli");
    let mut sums = [0_u64; 2];
    for (name, Size { raw, sent }) in sizes(&workspace::dist())? {
        sums = [sums[0] + raw, sums[1] + sent];
        println!("{raw:>10} {sent:>10}  {name}");
    }
    println!("{:>10} {:>10}  together", sums[0], sums[1]);
    Ok(())
}

/// Bytes of a built file, and of what is sent of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) raw: u64,
    /// Of its form with brotli, if there is one.
    pub(crate) sent: u64,
}

/// The size of every file in a built page, by its name.
pub(crate) fn sizes(folder: &Path) -> Result<BTreeMap<String, Size>> {
    let mut files = Vec::new();
    list(folder, &mut files)?;
    let length = |file: &Path| fs::metadata(file).map(|meta| meta.len());
    let mut sizes = BTreeMap::new();
    for file in files {
        let name = file.strip_prefix(folder)?.to_string_lossy().into_owned();
        if FORMS.iter().any(|form| name.ends_with(form)) {
            continue;
        }
        let raw = length(&file)?;
        let sent = length(&folder.join(format!("{name}.br"))).unwrap_or(raw);
        sizes.insert(name, Size { raw, sent });
    }
    Ok(sizes)
}

fn list(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

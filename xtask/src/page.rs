//! Builds the page: `www` with the wasm in it, into `www/dist`.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, Result, bail};

use crate::fresh::{self, Stamp};
use crate::stages::Stages;
use crate::{npm, process, workspace};

/// What every built page has at its root.
const ROOT_FILES: [&str; 4] = ["index.html", "spinney.js", "sw.js", "config.json"];

/// Compresses each file given as a web server would, and prints `raw brotli` for each.
const SIZES: &str = "const {brotliCompressSync: b} = require('zlib'), {readFileSync: r} = require('fs');
for (const f of process.argv.slice(1)) { const x = r(f); console.log(x.length, b(x).length) }";

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
    let mut files = Vec::new();
    list(&workspace::dist(), &mut files)?;
    files.sort();
    let sizes = process::output(process::command("node").args(["-e", SIZES]).args(&files))?;
    println!("\n{:>10} {:>10}  file", "bytes", "brotli");
    let mut sums = [0_u64; 2];
    for (file, line) in files.iter().zip(sizes.lines()) {
        let mut numbers = line.split(' ').map(|number| number.parse::<u64>().unwrap_or_default());
        let [raw, brotli] = [(); 2].map(|()| numbers.next().unwrap_or_default());
        sums = [sums[0] + raw, sums[1] + brotli];
        println!("{raw:>10} {brotli:>10}  {}", file.strip_prefix(workspace::dist())?.display());
    }
    println!("{:>10} {:>10}  together", sums[0], sums[1]);
    Ok(())
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

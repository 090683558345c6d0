//! The JavaScript around the wasm, and the types that the page knows it by.
//!
//! `www/src/wasm/spinney.d.ts` is written by hand and committed, so that the page's types need no wasm. Here it is
//! compared with the types that come with the glue.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::tally::Tally;
use crate::{npm, process, workspace};

/// The types of the glue as it was last made, and what compares them.
fn types() -> PathBuf {
    workspace::wasm_target().join("glue")
}

/// Where the page has the wasm, its glue, and the types that it relies on.
pub(crate) fn page() -> PathBuf {
    workspace::www().join("src/wasm")
}

/// Makes the glue of a wasm for the page. The types that come with it are kept apart, for [`check`].
pub(crate) fn make_for_page(compiled: &Path, names: Names) -> Result<()> {
    let apart = types();
    make(compiled, names, &apart)?;
    for file in ["spinney.js", "spinney_bg.wasm"] {
        fs::create_dir_all(page())?;
        fs::copy(apart.join(file), page().join(file)).with_context(|| format!("the glue lacks {file}"))?;
    }
    Ok(())
}

/// Whether functions keep their names, for stack traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    Kept,
    Removed,
}

/// Makes the glue of a wasm into `folder`.
pub(crate) fn make(compiled: &Path, names: Names, folder: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(compiled)
        .web(true)?
        .typescript(true)
        .remove_name_section(names == Names::Removed)
        .generate(folder)
        .with_context(|| format!("cannot bind {} to JavaScript", compiled.display()))
}

/// Checks that the glue made last has all that the committed types promise.
pub(crate) fn check() -> Tally {
    match compare() {
        Ok(()) => Tally::PASSED,
        Err(error) => {
            eprintln!(
                "error: {error:#}\nThe wasm's glue is not what www/src/wasm/spinney.d.ts says: make that file agree \
                 with {}",
                types().join("spinney.d.ts").display()
            );
            Tally::FAILED
        }
    }
}

fn compare() -> Result<()> {
    let folder = types();
    let promised = page().join("spinney");
    let check = format!(
        "import * as made from './spinney'\nimport * as promised from {promised:?}\n\
         made satisfies typeof promised\n\
         export const host = (made: made.Host): promised.Host => made\n"
    );
    fs::write(folder.join("check.ts"), check).context("cannot write the comparison of the glue's types")?;
    let options = serde_json::json!({
        "extends": workspace::www().join("tsconfig.worker.json"),
        "compilerOptions": { "types": [] },
        "include": ["check.ts"],
    });
    fs::write(folder.join("tsconfig.json"), options.to_string())?;
    process::run(process::command(npm::program("tsc")).arg("-p").arg(folder.join("tsconfig.json")))
}

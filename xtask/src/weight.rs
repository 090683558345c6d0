//! How much the page weighs, as `cargo xtask build` makes it: hosts without compression send the wasm as it is, and every
//! newcomer waits for the first visit.

use std::path::Path;

use anyhow::Result;

use crate::page::{self, Size};

/// Bytes of the engine's wasm. The aim is 3.5 MB.
const WASM: u64 = 6_450_000;

/// Bytes that a newcomer's browser loads until the first profile is made, with brotli. The aim is 1.3 MB.
const FIRST_VISIT: u64 = 2_130_000;

/// What comes later: the reader of QR codes, when a camera is opened, the words of proposed passphrases, the texts in other
/// languages than English, of which a reader loads one, and the decoders of HEIC and PDF, when there is such a file, with
/// their licences.
const LATER: [&str; 12] = [
    "assets/decode-",
    "assets/proposed-passphrase-",
    "assets/ar-",
    "assets/de-",
    "assets/es-",
    "assets/fr-",
    "assets/heif.",
    "assets/libheif-",
    "assets/pdf",
    "assets/jbig2-",
    "assets/openjpeg-",
    "licences/",
];

/// The icons of the installed app come when it is installed.
const ICONS: &str = ".png";

/// Bytes of a built page that count.
struct Weight {
    wasm: u64,
    first_visit: u64,
}

impl Weight {
    fn of(folder: &Path) -> Result<Self> {
        let sizes = page::sizes(folder)?;
        let sum = |counts: &dyn Fn(&str) -> bool, bytes: fn(&Size) -> u64| {
            sizes.iter().filter(|(name, _)| counts(name)).map(|(_, size)| bytes(size)).sum()
        };
        Ok(Self {
            wasm: sum(&|name| name.ends_with(".wasm") && !comes_later(name), |size| size.raw),
            first_visit: sum(&|name| !comes_later(name), |size| size.sent),
        })
    }
}

fn comes_later(name: &str) -> bool {
    LATER.iter().any(|chunk| name.starts_with(chunk)) || name.ends_with(ICONS)
}

/// Prints what counts, and its limits.
pub(crate) fn print(folder: &Path) -> Result<()> {
    let Weight { wasm, first_visit } = Weight::of(folder)?;
    println!("{wasm:>10} of at most {WASM} bytes of wasm");
    println!("{first_visit:>10} of at most {FIRST_VISIT} bytes on a first visit, with brotli");
    Ok(())
}

/// Every limit that a built page is over, a sentence each.
pub(crate) fn breaches(folder: &Path) -> Result<Vec<String>> {
    let Weight { wasm, first_visit } = Weight::of(folder)?;
    let over = |what: &str, bytes: u64, most: u64| {
        (bytes > most).then(|| format!("{what} has {bytes} bytes, and {most} are allowed"))
    };
    let found = [over("the wasm", wasm, WASM), over("a first visit", first_visit, FIRST_VISIT)];
    Ok(found.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_sent_is_counted_and_what_comes_later_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: u64| {
            fs::create_dir_all(folder.path().join("assets")).unwrap();
            let file = fs::File::create(folder.path().join(name)).unwrap();
            file.set_len(bytes).unwrap();
        };
        write("index.html", 1000);
        write("index.html.br", 100);
        write("index.html.gz", 200);
        write("assets/decode-1.js", FIRST_VISIT);
        write("assets/de-1.js", FIRST_VISIT);
        write("icon-512.png", FIRST_VISIT);
        write("assets/libheif-1.wasm", WASM);
        write("assets/heif.worker-1.js", FIRST_VISIT);
        write("assets/a.wasm", WASM);
        write("assets/a.wasm.br", FIRST_VISIT - 100);
        assert_eq!(breaches(folder.path()).unwrap(), Vec::<String>::new());
        write("assets/a.wasm", WASM + 1);
        write("assets/a.wasm.br", FIRST_VISIT);
        let found = breaches(folder.path()).unwrap();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[1].starts_with(&format!("a first visit has {} bytes", FIRST_VISIT + 100)), "{found:?}");
    }
}

//! Fuzzes the target that `SPINNEY_FUZZ_TARGET` names; the arguments are those of libFuzzer.
//!
//! `SPINNEY_FUZZ_DO` makes it do something else instead: `list` prints the names of all targets, `seed` writes the
//! inputs to start from into the folder `SPINNEY_FUZZ_FOLDER`, and `keep` packs that folder into the corpus.

#![no_main]

mod relay;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{env, fs, process};

use libfuzzer_sys::fuzz_target;
use spinney_fuzz::{Target, corpus, pieces};

/// The longest input that is kept: longer ones of the same worth are rare, and each would take the room of many.
const LONGEST: usize = 4 * 1024;

/// Bytes of all inputs of one target that are kept, so that the corpora of all targets stay below a megabyte.
const MOST: usize = 16 * 1024;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = env::var("SPINNEY_FUZZ_TARGET").expect("`cargo xtask fuzz` names a target");
    all()
        .into_iter()
        .find(|(known, _)| *known == name)
        .unwrap_or_else(|| panic!("no target has the name {name}"))
});

fuzz_target!(init: other_than_fuzzing(), |data: &[u8]| (TARGET.1)(data));

fn all() -> Vec<Target> {
    [&spinney_fuzz::targets(), relay::TARGETS].concat()
}

fn other_than_fuzzing() {
    let Ok(what) = env::var("SPINNEY_FUZZ_DO") else { return };
    let folder =
        || PathBuf::from(env::var_os("SPINNEY_FUZZ_FOLDER").expect("`cargo xtask fuzz` names a folder"));
    match &*what {
        "list" => all().iter().for_each(|(name, _)| println!("{name}")),
        "seed" => seed(&folder()),
        "keep" => keep(&folder()),
        _ => panic!("nothing is called {what}"),
    }
    process::exit(0);
}

/// Writes the seeds of a target, what was kept of it, and the vectors and hostile bytes that serve all.
fn seed(folder: &Path) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let seeds = [
        spinney_fuzz::seeds(TARGET.0),
        relay::seeds(TARGET.0),
        corpus::kept(&here.join("corpus"), TARGET.0),
        corpus::by_hand(&here.join("corpus")),
        corpus::vectors(&here.join("../tests/vectors")),
    ];
    for (number, seed) in seeds.concat().iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:04}")), seed).expect("the folder takes files");
    }
}

/// Packs the smallest inputs.
fn keep(folder: &Path) {
    let files = fs::read_dir(folder).expect("the folder is there");
    let mut inputs: Vec<_> = files
        .map(|file| fs::read(file.expect("the folder can be read").path()).expect("the file is there"))
        .collect();
    inputs.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    let mut room = MOST;
    inputs.retain(|input| {
        let fits = input.len() <= LONGEST.min(room);
        room -= if fits { input.len() } else { 0 };
        fits
    });
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    fs::write(corpus::file(&corpus, TARGET.0), pieces::join(&inputs)).expect("the corpus can be written");
}

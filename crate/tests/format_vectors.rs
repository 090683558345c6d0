//! The vectors of `FORMAT.md`: one file for each case, made here and checked byte for byte.
//!
//! `cargo test -p spinney --test format_vectors -- --ignored regenerate` writes them anew; a change in the diff
//! is a change of the format.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

#[path = "format_vectors/case.rs"]
mod case;
#[path = "format_vectors/codec.rs"]
mod codec;
#[path = "format_vectors/everybody.rs"]
mod everybody;
#[path = "format_vectors/keys.rs"]
mod keys;
#[path = "format_vectors/letterbox.rs"]
mod letterbox;
#[path = "format_vectors/link.rs"]
mod link;
#[path = "format_vectors/meet.rs"]
mod meet;
#[path = "format_vectors/own.rs"]
mod own;
#[path = "format_vectors/people.rs"]
mod people;
#[path = "format_vectors/pictures.rs"]
mod pictures;
#[path = "format_vectors/public.rs"]
mod public;
#[path = "format_vectors/share.rs"]
mod share;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use case::Case;

fn all() -> Vec<Case> {
    [
        codec::cases(),
        keys::cases(),
        public::cases(),
        meet::cases(),
        share::cases(),
        pictures::cases(),
        letterbox::cases(),
        link::cases(),
        everybody::cases(),
        own::cases(),
    ]
    .concat()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// Every vector file of ours, by its path below the folder. What others published lies beside them.
fn stored() -> BTreeMap<String, String> {
    let folders = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    folders
        .filter(|path| path.is_dir() && path.file_name().is_some_and(|name| name != "published"))
        .flat_map(|path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()))
        .map(|path| {
            let name = path.strip_prefix(folder()).unwrap().to_str().unwrap().replace('\\', "/");
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

#[test]
fn every_vector_is_what_this_code_writes_and_no_other_lies_there() {
    let (made, stored) = (all(), stored());
    for case in &made {
        let found = stored.get(&case.file()).unwrap_or_else(|| panic!("{} is missing", case.file()));
        assert!(*found == case.text(), "{} is not what this code writes", case.file());
    }
    assert_eq!(made.len(), stored.len(), "a vector has a name twice, or nobody makes it");
}

#[test]
#[ignore = "writes into the source"]
fn regenerate() {
    for name in stored().into_keys() {
        fs::remove_file(folder().join(name)).unwrap();
    }
    for case in all() {
        let path = folder().join(case.file());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, case.text()).unwrap();
    }
}

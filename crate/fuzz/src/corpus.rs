//! Inputs that are kept: vectors of the format, hostile bytes made by hand, and the smallest set that fuzzing left.
//!
//! Each target has one file of what fuzzing left, since hundreds of small ones would swell the tree: two bytes with the
//! length of an input, the high byte first, then the input.

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;

use super::pieces::split;

/// The file with what fuzzing left of a target, in the folder of the corpus.
pub fn file(corpus: &Path, target: &str) -> PathBuf {
    corpus.join(format!("{target}.inputs"))
}

/// What fuzzing left of a target. Empty if it was never fuzzed.
pub fn kept(corpus: &Path, target: &str) -> Vec<Vec<u8>> {
    let bytes = fs::read(file(corpus, target)).unwrap_or_default();
    split(&bytes).into_iter().map(|piece| piece.bytes.to_vec()).collect()
}

/// Hostile bytes made by hand: every file in the folders of the corpus.
pub fn by_hand(corpus: &Path) -> Vec<Vec<u8>> {
    let folders = files(corpus).into_iter().filter(|path| path.is_dir());
    folders.flat_map(|folder| files(&folder)).map(|file| fs::read(file).expect("the file is there")).collect()
}

/// The bytes of every vector, and the plaintext and text in it.
pub fn vectors(folder: &Path) -> Vec<Vec<u8>> {
    // What is published and the world are not cases: files of other kinds lie there.
    let has_cases =
        |path: &PathBuf| path.is_dir() && !path.ends_with("published") && !path.ends_with("world");
    let folders = files(folder).into_iter().filter(has_cases);
    let cases = folders.flat_map(|folder| files(&folder));
    let bytes = cases.flat_map(|path| {
        let case: serde_json::Value =
            serde_json::from_slice(&fs::read(path).expect("the file is there")).expect("a vector is JSON");
        let hex = [&case["bytes"], &case["derived"]["plaintext"]].map(|hex| hex.as_str().unwrap_or_default());
        let text = case["given"]["text"].as_str().unwrap_or_default().as_bytes().to_vec();
        let [bytes, plaintext] =
            hex.map(|hex| HEXLOWER.decode(hex.as_bytes()).expect("a vector is in hexadecimal"));
        [bytes, plaintext, text]
    });
    bytes.filter(|bytes| !bytes.is_empty()).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    files.sort();
    files
}

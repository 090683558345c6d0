//! Folders in which there is nothing. A list of files has each as an entry of its own, whose path ends with a slash.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::Version;

/// What stands in the place of the digest of a file: all empty folders are alike.
const DIGEST: [u8; 32] = [0; 32];

/// The only version of an empty folder.
pub const fn empty_folder() -> Version {
    Version { digest: DIGEST, modified: 0 }
}

/// The path of a folder without the slash by which a list tells it from a file; `None` if this is the path of a file.
pub fn folder_path(path: &str) -> Option<&str> {
    path.strip_suffix('/')
}

/// Whether a list has anything in the folder of this path, which ends with a slash. In a file there is nothing.
pub fn has_within<T>(all: &BTreeMap<String, T>, folder: &str) -> bool {
    let mut after = all.range::<str, _>((Bound::Excluded(folder), Bound::Unbounded));
    folder.ends_with('/') && after.next().is_some_and(|(path, _)| path.starts_with(folder))
}

/// Whether a list has this entry, or anything in the folder that it is.
pub fn has_at_or_within<T>(all: &BTreeMap<String, T>, path: &str) -> bool {
    all.contains_key(path) || has_within(all, path)
}

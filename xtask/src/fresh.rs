//! Whether an output must be made again.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context as _, Result};

/// Folders that hold what is made, never what it is made from.
const MADE: [&str; 3] = ["node_modules", "dist", "target"];

/// The newest time of change under a file or folder; none where there is no file.
pub(crate) fn newest(path: &Path) -> Result<Option<SystemTime>> {
    let Ok(meta) = fs::metadata(path) else { return Ok(None) };
    if meta.is_file() {
        return Ok(Some(meta.modified()?));
    }
    // The folder's own time shows removals.
    let mut newest = Some(meta.modified()?);
    for entry in fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| MADE.contains(&name)) {
            continue;
        }
        newest = newest.max(self::newest(&entry.path())?);
    }
    Ok(newest)
}

/// A note of what an output was made from, to be compared before it is made again.
pub(crate) struct Stamp<'a> {
    file: &'a Path,
    inputs: String,
}

impl<'a> Stamp<'a> {
    /// The stamp kept in `file` for inputs that `inputs` describes.
    pub(crate) fn new(file: &'a Path, inputs: String) -> Self {
        Self { file, inputs }
    }

    /// Whether the output was made from the same inputs.
    pub(crate) fn is_fresh(&self) -> bool {
        fs::read_to_string(self.file).is_ok_and(|made_from| made_from == self.inputs)
    }

    /// Notes that the output has been made.
    pub(crate) fn set(&self) -> Result<()> {
        let folder = self.file.parent().expect("a stamp lies in a folder");
        fs::create_dir_all(folder)?;
        fs::write(self.file, &self.inputs).with_context(|| format!("cannot write {}", self.file.display()))
    }
}

//! What is in a folder now, by path, size and time.

use std::collections::BTreeMap;

use crate::engine::api::{Directory, DirectoryError, FileStamp, Found};
use crate::social::folder::{IGNORE_FILE, Ignored, shared_name};

/// Bytes that a `.spinneyignore` may have.
const MAX_RULES_BYTES: u64 = 64 << 10;

/// Files in one folder: as many as a share can have.
const MAX_FILES: usize = 100_000;

/// Folders inside each other: no person makes more, and a link that leads in a circle would.
const MAX_DEPTH: usize = 64;

/// A file that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its path on the disk.
    pub(super) local: String,
    pub(super) stamp: FileStamp,
}

/// What is in a folder.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Every file that is not left out, by its path in the share.
    pub(super) files: BTreeMap<String, Seen>,
    /// Files that cannot be in a share, or that stand in the way of another one there.
    pub(super) left_out: Vec<String>,
    pub(super) ignored: Ignored,
}

/// Looks at every file of a folder, and reads none but its rules. `shared` names the path in the share of a file that is
/// known by another name on the disk.
pub(super) async fn scan(
    directory: &dyn Directory,
    shared: impl Fn(&str) -> Option<String>,
) -> Result<Scan, DirectoryError> {
    directory.check().await?;
    let top = directory.list("").await?;
    let mut scan = Scan { ignored: rules(directory, &top).await?, ..Scan::default() };
    let mut folders = vec![(String::new(), 0, top)];
    while let Some((folder, depth, found)) = folders.pop() {
        for found in found {
            let within = |name: &str| {
                if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
            };
            match found {
                Found::Folder(name) => {
                    let path = within(&name);
                    if scan.ignored.has(&path, true) {
                        continue;
                    }
                    if depth == MAX_DEPTH {
                        return Err(DirectoryError::Failed(format!("{path} is too many folders deep")));
                    }
                    let found = directory.list(&path).await?;
                    folders.push((path, depth + 1, found));
                }
                Found::File(name, stamp) => {
                    let local = within(&name);
                    if scan.ignored.has(&local, false) {
                        continue;
                    }
                    let path = shared(&local).or_else(|| shared_name(&local).ok());
                    match path.filter(|path| !scan.files.contains_key(path)) {
                        Some(path) => drop(scan.files.insert(path, Seen { local, stamp })),
                        None => scan.left_out.push(local),
                    }
                }
            }
        }
        if scan.files.len() > MAX_FILES {
            return Err(DirectoryError::Failed(format!("the folder has more than {MAX_FILES} files")));
        }
    }
    scan.left_out.sort_unstable();
    Ok(scan)
}

async fn rules(directory: &dyn Directory, top: &[Found]) -> Result<Ignored, DirectoryError> {
    let is_there = top.iter().any(|found| matches!(found, Found::File(name, _) if name == IGNORE_FILE));
    if !is_there {
        return Ok(Ignored::default());
    }
    let (stamp, source) = directory.open(IGNORE_FILE).await?;
    if stamp.size > MAX_RULES_BYTES {
        return Err(DirectoryError::Failed(format!("{IGNORE_FILE} has more than {MAX_RULES_BYTES} bytes")));
    }
    let bytes = source.read(0, stamp.size as usize).await.map_err(|_| DirectoryError::Changed)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| DirectoryError::Failed(format!("{IGNORE_FILE} is no text in UTF-8")))?;
    Ok(Ignored::new(text))
}

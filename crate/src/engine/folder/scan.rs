//! What is in a folder now, by path, size and time.

use std::collections::{BTreeMap, HashMap};

use crate::engine::api::{Directory, DirectoryError, FileStamp, Found};
use crate::engine::state::StepRow;
use crate::social::folder::{IGNORE_FILE, Ignored, folder_path, shared_name};

/// Bytes that a `.spinneyignore` may have.
const MAX_RULES_BYTES: u64 = 64 << 10;

/// Files in one folder: as many as a share can have.
const MAX_FILES: usize = 100_000;

/// Folders inside each other: no person makes more, and a link that leads in a circle would.
const MAX_DEPTH: usize = 64;

/// A file that is there, or an empty folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its path on the disk; that of a folder ends with a slash.
    pub(super) local: String,
    pub(super) stamp: FileStamp,
}

/// What stands in the place of the size and time of an empty folder.
pub(super) const FOLDER_STAMP: FileStamp = FileStamp { size: 0, modified: 0 };

/// What is in a folder.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Every file that is not left out, and every empty folder, by its path in the share.
    pub(super) files: BTreeMap<String, Seen>,
    /// Files that cannot be in a share, or that stand in the way of another one there.
    pub(super) left_out: Vec<String>,
    pub(super) ignored: Ignored,
}

/// Looks at every file of a folder, and reads none but its rules. `shared` names the path in the share of a file or folder
/// that is known by another name on the disk. `is_known` tells whether the share is known to have a folder, or had something
/// in it: such a one is empty also if nothing but rubbish is in it. Of a new one that is no reason to share it.
pub(super) async fn scan(
    directory: &dyn Directory,
    shared: impl Fn(&str) -> Option<String>,
    is_known: impl Fn(&str) -> bool,
) -> Result<Scan, DirectoryError> {
    directory.check().await?;
    let top = directory.list("").await?;
    let mut scan = Scan { ignored: rules(directory, &top).await?, ..Scan::default() };
    let mut folders = vec![(String::new(), 0, top)];
    while let Some((folder, depth, found)) = folders.pop() {
        let (is_bare, mut is_hollow) = (found.is_empty(), true);
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
                    is_hollow = false;
                    let found = directory.list(&path).await?;
                    folders.push((path, depth + 1, found));
                }
                Found::File(name, stamp) => {
                    let local = within(&name);
                    if scan.ignored.has(&local, false) {
                        continue;
                    }
                    is_hollow = false;
                    let path = shared(&local).or_else(|| shared_name(&local).ok());
                    match path.filter(|path| !scan.files.contains_key(path)) {
                        Some(path) => drop(scan.files.insert(path, Seen { local, stamp })),
                        None => scan.left_out.push(local),
                    }
                }
            }
        }
        if is_hollow && !folder.is_empty() {
            let local = folder + "/";
            let path = shared(&local).or_else(|| shared_folder(&local));
            match path.filter(|path| !scan.files.contains_key(path)) {
                Some(path) if is_bare || is_known(&path) => {
                    scan.files.insert(path, Seen { local, stamp: FOLDER_STAMP });
                }
                Some(_) => {}
                None => scan.left_out.push(local),
            }
        }
        if scan.files.len() > MAX_FILES {
            return Err(DirectoryError::Failed(format!("the folder has more than {MAX_FILES} files")));
        }
    }
    scan.left_out.sort_unstable();
    Ok(scan)
}

/// The paths in the share of files and folders that have another name on the disk. Paths of folders end with a slash.
pub(super) fn other_names(steps: &BTreeMap<String, StepRow>) -> HashMap<&str, &str> {
    let mut names = HashMap::new();
    for (path, step) in steps {
        let Some(local) = &step.local else { continue };
        names.insert(&**local, &**path);
        let ends = |path: &'_ str| path.match_indices('/').map(|(at, _)| at + 1).collect::<Vec<_>>();
        for (shared_end, local_end) in ends(path).into_iter().zip(ends(local)) {
            names.insert(&local[..local_end], &path[..shared_end]);
        }
    }
    names
}

/// The path in the share of a folder, with a slash behind it.
fn shared_folder(local: &str) -> Option<String> {
    Some(shared_name(folder_path(local)?).ok()? + "/")
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

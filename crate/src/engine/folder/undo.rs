//! Undoing one line of the journal: the next revision of the share has the file as it was before.

use std::collections::BTreeSet;

use crate::engine::Error;
use crate::engine::api::FileChange;
use crate::social::folder::{Tree, earlier_of, folder_path, has_within};

use super::handle::Folders;
use super::journal::{is_undoable, number};

impl Folders {
    /// Puts a file back as it was before one line of the journal. If it was changed since, it stays, and the earlier version
    /// comes beside it.
    ///
    /// # Errors
    ///
    /// `unsupported` if the earlier version is gone, or if a file that was added has changed since.
    pub(in crate::engine) async fn undo(&self, entry: &str) -> Result<(), Error> {
        let (args, number) = (&self.0.args, number(entry)?);
        loop {
            let (line, share, before, is_possible) = args.state.read(|tables| {
                let line =
                    tables.journal.get(&number).cloned().ok_or(Error::NotFound("line of the journal"))?;
                let share = tables.shares.get(&line.share).cloned().ok_or(Error::NotFound("share"))?;
                let header = line.before;
                let earlier = header.and_then(|header| tables.earlier.get(&header.to_string()).cloned());
                let earlier = earlier.map(|earlier| earlier.record);
                let before = earlier.or_else(|| Some(share.clone()).filter(|it| Some(it.block()) == header));
                let is_possible = is_undoable(tables, &line);
                Ok::<_, Error>((line, share, before, is_possible))
            })?;
            if !is_possible {
                return Err(Error::Unsupported("the version before is kept no longer".into()));
            }
            let share = args.shares.bindable(&share.id().to_string())?;
            let now = args.shares.own_files(&share).await?;
            let known = now.tree.get(&line.path).map(|version| version.digest);
            let is_untouched = known == line.after.map(|digest| digest.into_array());
            let mut folders = Vec::new();
            let (added, removed) = match (line.change, before) {
                (FileChange::Deleted, _) if folder_path(&line.path).is_some() => {
                    folders.extend(folder_to_make(&now.tree, &line.path)?);
                    (Vec::new(), BTreeSet::new())
                }
                (FileChange::Added, _) if !is_untouched => {
                    let why = "this file was changed since: delete it yourself if you do not want it";
                    return Err(Error::Unsupported(why.into()));
                }
                (FileChange::Added, _) => (Vec::new(), BTreeSet::from([line.path.clone()])),
                (_, Some(before)) => {
                    let earlier = args.shares.own_files(&before).await?;
                    let version = earlier.tree.get(&line.path).ok_or(Error::NotFound("file"))?;
                    let is_free = is_untouched && !is_folder(&now.tree, &line.path);
                    let to = match is_free {
                        true => line.path.clone(),
                        false => earlier_of(&line.path, version.modified),
                    };
                    (vec![earlier.listed_at(&line.path, &to).await?], BTreeSet::new())
                }
                (_, None) => return Err(Error::Unsupported("the version before is kept no longer".into())),
            };
            let is_other = !added.is_empty() || !folders.is_empty() || !removed.is_empty();
            if is_other && args.shares.change_files(&share, added, &folders, &removed).await?.is_none() {
                continue;
            }
            let undone = args.state.update(move |tx| {
                if let Some(line) = tx.journal.get_mut(&number) {
                    line.is_undone = true;
                }
                Ok(())
            });
            undone.await?;
            let is_bound = args.state.read(|tables| tables.folders.contains(&line.folder));
            if is_bound {
                self.look(&line.folder, false).await?;
            }
            return Ok(());
        }
    }
}

/// Whether there is a folder of this path.
fn is_folder(tree: &Tree, path: &str) -> bool {
    let folder = format!("{path}/");
    tree.contains_key(&folder) || has_within(tree, &folder)
}

/// An empty folder that comes back, by its path with a slash behind it; nothing if it is there again.
///
/// # Errors
///
/// `unsupported` if a file has taken its name.
fn folder_to_make(tree: &Tree, path: &str) -> Result<Option<String>, Error> {
    let folder = folder_path(path).unwrap_or(path);
    let mut ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
    if ends.any(|end| tree.contains_key(&folder[..end])) {
        let why = "a file has the name of this folder by now: give the file another one first";
        return Err(Error::Unsupported(why.into()));
    }
    Ok((!is_folder(tree, folder)).then(|| folder.to_owned()))
}

//! Undoing one line of the journal: the next revision of the share has the file as it was before.

use std::collections::BTreeSet;

use crate::engine::Error;
use crate::engine::api::FileChange;
use crate::social::folder::earlier_of;

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
            let (added, removed) = match (line.change, before) {
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
            if args.shares.change_files(&share, added, &removed).await?.is_none() {
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

/// Whether a folder of this path has files.
fn is_folder(tree: &crate::social::folder::Tree, path: &str) -> bool {
    let within = format!("{path}/");
    tree.range(within.clone()..).next().is_some_and(|(path, _)| path.starts_with(&within))
}

//! Binding folders to shares, and letting them go.

use crate::engine::Error;
use crate::engine::api::{BoundFolder, FolderBinding};
use crate::engine::state::FolderRow;
use crate::format::{limits, text};
use crate::platform;

use super::handle::Folders;

/// Folders of one device: each is looked at every minute.
const MAX_FOLDERS: usize = 32;

impl Folders {
    /// Keeps a directory in step with a share to oneself, which is made if none is named. The directory is remembered under
    /// `id` already; `name` is what it is called.
    pub(in crate::engine) async fn bind(
        &self,
        id: &str,
        name: &str,
        new: FolderBinding,
    ) -> Result<BoundFolder, Error> {
        let args = &self.0.args;
        if args.state.read(|tables| tables.folders.len()) >= MAX_FOLDERS {
            return Err(Error::Unsupported(format!(
                "one device keeps at most {MAX_FOLDERS} folders in step"
            )));
        }
        let name: String = text::shown(name).chars().take(limits::NAME_CHARS).collect();
        let FolderBinding { share, title, mode } = new;
        let share = match share {
            Some(share) => args.shares.bindable(&share)?,
            None => {
                let title: String =
                    title.unwrap_or_else(|| name.clone()).chars().take(limits::TITLE_CHARS).collect();
                let made = args.shares.create_empty(&title).await?;
                args.shares.bindable(&made.id)?
            }
        };
        let (key, share, now) = (id.to_owned(), share.id(), platform::now_ms());
        let row = FolderRow { share, name, mode, added: now, at: 0, revision: None, whole: now };
        let bound = args.state.update(move |tx| {
            if tx.folders.values().any(|row| row.share == share) {
                return Err(Error::AlreadyExists(
                    "this share is kept in step with a folder of this device already",
                ));
            }
            if !tx.shares.contains(&share) {
                return Err(Error::NotFound("share"));
            }
            tx.folders.insert(key, row);
            Ok(())
        });
        bound.await?;
        self.one(id)
    }

    /// One folder.
    fn one(&self, id: &str) -> Result<BoundFolder, Error> {
        self.0.args.state.read(|tables| {
            let row = tables.folders.get(&id.to_owned()).ok_or(Error::NotFound("folder"))?;
            Ok(self.shown(tables, id, row))
        })
    }

    /// Keeps a folder in step no longer. Its files stay, and so does the share. Idempotent.
    pub(in crate::engine) async fn unbind(&self, id: &str) -> Result<(), Error> {
        let key = id.to_owned();
        let unbound = self.0.args.state.remove(move |tx| {
            tx.folders.remove(&key);
            tx.steps.remove_where(|step, _| step.folder == key);
            Ok(())
        });
        unbound.await?;
        self.forget_standing(id);
        self.0.args.directories.get().forget(id).await
    }
}

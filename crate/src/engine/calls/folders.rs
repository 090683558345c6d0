//! `folders` of the API.

use crate::engine::api::{BoundFolder, FolderBinding, FolderConflict, JournalEntry, JournalQuery};
use crate::engine::{Engine, Error};

impl Engine {
    /// Keeps a directory in step with a share to oneself, which is made if none is named. The directories of
    /// [`Config`](crate::engine::api::Config) know it by `id` already; `name` is what it is called.
    pub async fn bind_folder(&self, id: &str, name: &str, to: FolderBinding) -> Result<BoundFolder, Error> {
        self.while_unlocked(async |open| open.folders.bind(id, name, to).await).await
    }

    /// Every folder of this device that is kept in step, the oldest first.
    pub async fn folders(&self) -> Result<Vec<BoundFolder>, Error> {
        Ok(self.unlocked()?.folders.list())
    }

    /// Keeps a folder in step no longer. Its files stay, and so does the share. Idempotent.
    pub async fn unbind_folder(&self, id: &str) -> Result<(), Error> {
        self.while_unlocked(async |open| open.folders.unbind(id).await).await
    }

    /// Looks at a folder now. `anyway`: goes on also if much vanished or changed at once.
    ///
    /// # Cancel safety
    ///
    /// A dropped call ends between two files. The next look finds what is left to do.
    pub async fn scan_folder(&self, id: &str, anyway: bool) -> Result<(), Error> {
        self.while_unlocked(async |open| open.folders.look(id, anyway).await.map(drop)).await
    }

    /// Conflicts of a folder that nobody has looked at, the newest first.
    pub async fn folder_conflicts(&self, id: &str) -> Result<Vec<FolderConflict>, Error> {
        self.unlocked()?.folders.conflicts(id)
    }

    /// Notes that the person has looked at the conflicts at this path. Idempotent.
    pub async fn settle_conflict(&self, id: &str, path: &str) -> Result<(), Error> {
        self.while_unlocked(async |open| open.folders.settle(id, path).await).await
    }

    /// What happened to files in folders, the newest first.
    pub async fn journal(&self, query: JournalQuery) -> Result<Vec<JournalEntry>, Error> {
        self.unlocked()?.folders.journal(&query)
    }

    /// Puts a file back as it was before one line of the journal. If it was changed since, it stays, and the earlier version
    /// comes beside it.
    pub async fn undo(&self, entry: &str) -> Result<(), Error> {
        self.while_unlocked(async |open| open.folders.undo(entry).await).await
    }
}

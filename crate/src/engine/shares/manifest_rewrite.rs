//! A share's manifest made anew: under another key, or with more files in it.

use std::collections::BTreeSet;
use std::rc::Rc;

use futures::TryStreamExt;

use crate::dag::{self, manifest};
use crate::engine::Error;
use crate::engine::api::TransferId;
use crate::engine::storage::TempPins;
use crate::format::ReadError;
use crate::format::header::ShareKey;
use crate::format::manifest::{Entry, Kind, Part};
use crate::social::share_record::{ManifestSummary, ShareRecord};
use crate::store::BATCH_BLOCKS;

use super::handle::Shares;

/// What a new manifest is made of.
pub(super) struct ManifestRewrite<'a> {
    /// One of my shares, whose files are listed again.
    pub(super) share: &'a ShareRecord,
    /// The key under which the new manifest is sealed.
    pub(super) key: &'a ShareKey,
    pub(super) kind: Kind,
    /// Files that come to it, sorted by path, in the place of those with the same path.
    pub(super) added: Vec<manifest::NewFile>,
    /// Folders without files that come to it.
    pub(super) folders: &'a [String],
    /// What others added to it, in the place of what is named there.
    pub(super) parts: Option<Vec<Part>>,
    /// The transfer that waits where there is no room.
    pub(super) transfer: Option<&'a TransferId>,
}

impl<'a> ManifestRewrite<'a> {
    /// The same files under this key.
    pub(super) fn of(share: &'a ShareRecord, key: &'a ShareKey, kind: Kind) -> Self {
        Self { share, key, kind, added: Vec::new(), folders: &[], parts: None, transfer: None }
    }
}

impl Shares {
    /// Makes the manifest, and pins its blocks. Chunks stay as they are: nothing is read but the manifest before.
    pub(super) async fn rewrite_manifest(
        &self,
        rewrite: ManifestRewrite<'_>,
    ) -> Result<(ManifestSummary, TempPins), Error> {
        self.rewrite_manifest_without(rewrite, &BTreeSet::new()).await
    }

    /// The same without the files at these paths, and without the empty folders of those that end with a slash.
    pub(super) async fn rewrite_manifest_without(
        &self,
        rewrite: ManifestRewrite<'_>,
        removed: &BTreeSet<String>,
    ) -> Result<(ManifestSummary, TempPins), Error> {
        let ManifestRewrite { share, key, kind, added, folders, parts, transfer } = rewrite;
        let storage = &self.0.storage;
        let before = self.0.fetchers.open_manifest(share).await?;
        if before.manifest().chunk != dag::CHUNK {
            return Err(Error::Unsupported(
                "this share was cut by another version of Spinney: share it anew".into(),
            ));
        }
        let (mut files, mut size) = (0, 0);
        let parts = parts.unwrap_or_else(|| before.manifest().parts().to_vec());
        let mut folders: BTreeSet<String> =
            before.manifest().folders().iter().chain(folders).cloned().collect();
        folders.retain(|folder| !removed.contains(&format!("{folder}/")));
        if !manifest::has_room_for(&folders) {
            return Err(too_many_folders());
        }
        let is_changed = !added.is_empty() || !removed.is_empty();
        let is_news = is_changed
            || parts != before.manifest().parts()
            || !folders.iter().eq(before.manifest().folders());
        let sum = added.iter().map(|file| file.size).sum();
        let same_key = share.key().as_ref() == Some(key);
        let mut pins = storage.pin([]);
        let mut writer = manifest::Writer::new(key.manifest_secret(), dag::CHUNK);
        let mut added = added.into_iter().peekable();
        let mut entries = before.clone().entries();
        let mut next = entries.try_next().await?;
        loop {
            let is_new = match (&next, added.peek()) {
                (None, None) => break,
                (Some(entry), Some(file)) => file.path <= entry.path,
                (entry, _) => entry.is_none(),
            };
            if is_new {
                files += 1;
                let file = added.next().expect("it was looked at");
                if next.as_ref().is_some_and(|entry| entry.path == file.path) {
                    next = entries.try_next().await?;
                }
                size += file.size;
                leave(&file.path, &mut folders);
                writer.push(file).map_err(Error::invalid)?;
            } else {
                let entry = next.take().expect("it was looked at");
                if removed.contains(&entry.path) {
                    next = entries.try_next().await?;
                    continue;
                }
                files += 1;
                size += entry.size;
                leave(&entry.path, &mut folders);
                if same_key {
                    writer.keep(entry).map_err(Error::invalid)?;
                } else {
                    writer.push(unsealed(&before, entry).await?).map_err(Error::invalid)?;
                }
                next = entries.try_next().await?;
            }
            if writer.waiting() >= BATCH_BLOCKS {
                pins.join(storage.put(transfer, writer.take_blocks()).await?);
            }
        }
        writer.folders(folders.into_iter().collect());
        writer.album(before.manifest().album);
        writer.parts(parts);
        let (manifest, last) =
            writer.finish(self.0.ring.identity(), share.inner(), kind).map_err(Error::bug)?;
        pins.join(storage.put(transfer, last).await?);
        Ok((ManifestSummary { manifest, files, size, is_news, added: sum }, pins))
    }
}

/// What a person is told whose share has more empty folders than it can list.
pub(super) fn too_many_folders() -> Error {
    Error::InvalidName("a share cannot hold so many empty folders: leave some of them out".into())
}

/// Takes the folders in which a file is off those that are empty.
fn leave(path: &str, folders: &mut BTreeSet<String>) {
    if !folders.is_empty() {
        path.match_indices('/').for_each(|(at, _)| _ = folders.remove(&path[..at]));
    }
}

/// What has to be known of a file to list it under another key.
pub(super) async fn unsealed(list: &Rc<dag::Reader>, entry: Entry) -> Result<manifest::NewFile, Error> {
    let chunks = list.chunks(&entry).await?;
    // One of an earlier build that is refused now stays behind.
    let preview = match list.preview(&entry).await {
        Err(dag::ReadError::Format(ReadError::Decode(_))) => None,
        preview => preview?,
    };
    let Entry { path, size, media_type, modified, .. } = entry;
    Ok(manifest::NewFile { path, size, media_type, modified, preview, chunks })
}

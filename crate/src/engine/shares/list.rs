//! Shares as they stand here: lists, files, reading them, and taking them off the list.

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use serde_bytes::ByteBuf;

use crate::dag::contents::{Contents, File};
use crate::engine::Error;
use crate::engine::api::{FileEntry, FileName, FilesQuery, Share, ShareQuery};
use crate::engine::state::{Transaction, shown_share};
use crate::engine::transfer::Patience;
use crate::format::share_id::ShareId;
use crate::format::{limits, portable};
use crate::social::share_record::ShareRecord;

use super::albums;
use super::handle::Shares;

/// Files listed at once where nobody says otherwise.
const DEFAULT_FILES: usize = 1_000;

/// Previews fetched at once for a list: 256 KiB.
const PREVIEWS_AT_ONCE: usize = 16;

impl Shares {
    /// Shares, the newest first.
    pub(in crate::engine) fn list(&self, query: &ShareQuery) -> Result<Vec<Share>, Error> {
        let before: Option<ShareId> =
            query.before.as_deref().map(|id| id.parse().map_err(|_| Error::NotFound("share"))).transpose()?;
        let me = &self.0.directory.id;
        Ok(self.0.state.read(|tables| {
            let shares = tables.shares.values();
            let mut found: Vec<_> = shares
                .filter(|share| query.kind.as_deref().is_none_or(|kind| share.kind() == kind))
                .filter(|share| match &query.album {
                    Some(album) => share.album().is_some_and(|of| of.to_string() == *album),
                    None => !share.album().is_some_and(|album| tables.shares.contains(&album)),
                })
                .filter(|share| {
                    query.author.as_deref().is_none_or(|author| share.author.to_string() == author)
                })
                .map(|share| (std::cmp::Reverse(share.shown_at()), share.id(), share))
                .collect();
            found.sort_by_key(|(at, id, _)| (*at, *id));
            let place = before.and_then(|before| found.iter().position(|(_, id, _)| *id == before));
            let skip = place.map_or(0, |at| at + 1);
            let limit = query.limit.unwrap_or(usize::MAX);
            found.into_iter().skip(skip).take(limit).map(|(_, _, share)| shown_share(share, me)).collect()
        }))
    }

    /// One share.
    pub(in crate::engine) fn share(&self, id: &str) -> Result<Share, Error> {
        self.0.state.read(|tables| Ok(shown_share(tables.share(id)?, &self.0.directory.id)))
    }

    /// The files of a share, sorted by path.
    pub(in crate::engine) async fn files(
        &self,
        id: &str,
        query: FilesQuery,
    ) -> Result<Vec<FileEntry>, Error> {
        let opened = self.0.fetchers.open_share(id).await?;
        let files = match query.paths {
            Some(paths) => at_paths(&opened, &paths).await?,
            None => opened.list(query.after.as_deref(), query.limit.unwrap_or(DEFAULT_FILES)).await?,
        };
        let previews = stream::iter(&files).map(File::preview);
        let previews: Vec<_> = previews.buffered(PREVIEWS_AT_ONCE).collect().await;
        let mut shown = Vec::with_capacity(files.len());
        for (file, preview) in files.iter().zip(previews) {
            let have = self.0.fetchers.held(file).await?;
            // A preview that cannot be fetched now is no reason to show no list.
            shown.push(shown_file(file, preview.ok().flatten(), have));
        }
        Ok(shown)
    }

    /// The first files of a share, sorted by path, without what takes long to know.
    pub(in crate::engine) async fn file_names(&self, id: &str, limit: usize) -> Result<Vec<FileName>, Error> {
        let named = |file: File| FileName {
            path: file.path().to_owned(),
            media_type: file.media_type().to_owned(),
            size: file.size(),
            modified: file.modified(),
        };
        let files = self.0.fetchers.open_share(id).await?.files().take(limit);
        files.map_ok(named).map_err(Error::from).try_collect().await
    }

    /// One file of a share.
    pub(in crate::engine) async fn file(&self, id: &str, path: &str) -> Result<FileEntry, Error> {
        let file = self.find(id, path).await?;
        let have = self.0.fetchers.held(&file).await?;
        Ok(shown_file(&file, None, have))
    }

    /// The bytes of a file, or of `(offset, length)` of it, fetched as needed.
    pub(in crate::engine) async fn read(
        &self,
        id: &str,
        path: &str,
        range: Option<(u64, u64)>,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + use<>, Error> {
        let file = self.find(id, path).await?;
        let (offset, length) = range.unwrap_or((0, file.size()));
        Ok(file.read(offset, length).map_err(Error::from))
    }

    /// The bytes of a file from `from` on, for somebody who saves them: a provider that is away is waited for.
    pub(in crate::engine) async fn read_patiently(
        &self,
        id: &str,
        path: &str,
        from: u64,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + use<>, Error> {
        let opened = self.0.fetchers.open_patiently(id, Patience::of_a_save()).await?;
        let file = opened.find(path).await?.ok_or(Error::NotFound("file"))?;
        Ok(file.read(from, file.size().saturating_sub(from)).map_err(Error::from))
    }

    async fn find(&self, id: &str, path: &str) -> Result<File, Error> {
        self.0.fetchers.open_share(id).await?.find(path).await?.ok_or(Error::NotFound("file"))
    }

    /// Takes a share off the list, with its blocks. Of one's own, its recipients are told that it is gone, and keepers let
    /// go of it.
    pub(in crate::engine) async fn remove(&self, id: &str) -> Result<(), Error> {
        let share = self.0.state.read(|tables| tables.share(id).cloned())?;
        self.forget_share(&share).await
    }

    /// Takes a share off the list, as it stands when its turn comes. Of one of mine its recipients are told; one of
    /// others' does not come back.
    ///
    /// On a full disk it goes all the same, or nothing could be removed to make room; what is to be told of it waits in
    /// memory until there is some.
    pub(super) async fn forget_share(&self, share: &ShareRecord) -> Result<(), Error> {
        let (id, me) = (share.id(), self.0.directory.id);
        let removed = self.0.state.update(move |tx| {
            let gone = remove_rows(tx, &id).ok_or(Error::NotFound("share"))?;
            if gone.author == me {
                take_back(tx, &gone);
            } else {
                // The greatest revision, so that it need not be taken off again with each change.
                tx.hide(id, gone.author, limits::MAX_INTEGER);
            }
            Ok(())
        });
        match removed.await {
            Err(Error::Quota) => self.forget_share_on_full_disk(id).await?,
            done => done?,
        }
        self.0.transfers.stop_of(&id.to_string());
        Ok(())
    }

    async fn forget_share_on_full_disk(&self, id: ShareId) -> Result<(), Error> {
        let gone =
            self.0.state.remove(move |tx| remove_rows(tx, &id).ok_or(Error::NotFound("share"))).await?;
        let (shares, me) = (self.clone(), self.0.directory.id);
        self.0.tasks.spawn(async move {
            loop {
                shares.0.storage.until_room().await;
                let gone = gone.clone();
                let told = shares.0.state.update(move |tx| {
                    match gone.author == me {
                        true => take_back(tx, &gone),
                        false => tx.hide(id, gone.author, limits::MAX_INTEGER),
                    }
                    Ok(())
                });
                match told.await {
                    Err(Error::Quota) => {}
                    _ => return,
                }
            }
        });
        Ok(())
    }
}

/// The files at these paths, in this order, without those that are not in the share.
async fn at_paths(contents: &Contents, paths: &[String]) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    for path in paths {
        files.extend(contents.find(path).await?);
    }
    Ok(files)
}

/// Removes all rows of a share; gives the share.
fn remove_rows(tx: &mut Transaction, id: &ShareId) -> Option<ShareRecord> {
    tx.wishes.remove(&id.to_string());
    tx.progress.remove(id);
    tx.opened.remove(id);
    if tx.links.get(id).is_some() {
        std::rc::Rc::make_mut(&mut tx.links).switch_off(id);
    }
    albums::unhang(tx, id, |_| true);
    tx.shares.remove(id).map(|share| (*share).clone())
}

/// Tells the recipients of a share of mine that it is gone, if they were told of it.
fn take_back(tx: &mut Transaction, share: &ShareRecord) {
    if share.rev > 0 || share.is_announced() {
        tx.take_back(share);
    }
}

pub(in crate::engine) fn shown_file(file: &File, preview: Option<Bytes>, have: u64) -> FileEntry {
    FileEntry {
        path: file.path().to_owned(),
        size: file.size(),
        media_type: file.media_type().to_owned(),
        modified: file.modified(),
        preview: preview.map(|bytes| ByteBuf::from(bytes.to_vec())),
        have,
        portable_name: portable::name(file.path().rsplit('/').next().unwrap_or_default()),
    }
}

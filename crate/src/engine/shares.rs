//! Shares as they stand here: lists, files, and reading them.

use std::rc::Rc;

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use serde_bytes::ByteBuf;

use crate::dag::contents::{Contents, File};
use crate::dag::unixfs::Folder;
use crate::format::limits;
use crate::format::share_id::ShareId;
use crate::social::link::{OpenedLink, OwnLink};
use crate::store::{StoreError, Table, Write};

use super::api::{Change, Event, FileEntry, FilesQuery, Share, ShareQuery};
use super::kept::{Content, Kept};
use super::people;
use super::session::{HIDDEN, REACHED, SHARE, Session};
use super::{Engine, Error};

/// Files listed at once where nobody says otherwise.
const DEFAULT_FILES: usize = 1_000;

/// Previews fetched at once for a list: 256 KiB.
const PREVIEWS_AT_ONCE: usize = 16;

impl Engine {
    /// Shares, the newest first.
    pub async fn shares(&self, query: ShareQuery) -> Result<Vec<Share>, Error> {
        let session = self.session()?;
        let state = session.state.borrow();
        let mut found: Vec<_> = state
            .shares
            .values()
            .filter(|share| query.kind.as_deref().is_none_or(|kind| share.kind() == kind))
            .filter(|share| query.author.as_deref().is_none_or(|author| share.author.to_string() == author))
            .map(|share| (std::cmp::Reverse(share.shown_at()), share.id(), share))
            .collect();
        found.sort_by_key(|(at, id, _)| (*at, *id));
        let before = query.before.as_deref().map(parse_id).transpose()?;
        let skip = match before {
            Some(before) => found.iter().position(|(_, id, _)| *id == before).map_or(0, |at| at + 1),
            None => 0,
        };
        let limit = query.limit.unwrap_or(usize::MAX);
        Ok(found.into_iter().skip(skip).take(limit).map(|(_, _, share)| share.shown(&session.id)).collect())
    }

    /// One share.
    pub async fn share(&self, id: &str) -> Result<Share, Error> {
        let session = self.reading()?;
        Ok(session.kept(id)?.shown(&session.id))
    }

    /// The files of a share, sorted by path.
    pub async fn files(&self, id: &str, query: FilesQuery) -> Result<Vec<FileEntry>, Error> {
        let session = self.reading()?;
        let opened = session.open_share(id).await?;
        let files = opened.list(query.after.as_deref(), query.limit.unwrap_or(DEFAULT_FILES)).await?;
        let previews = stream::iter(&files).map(File::preview);
        let previews: Vec<_> = previews.buffered(PREVIEWS_AT_ONCE).collect().await;
        let mut shown = Vec::with_capacity(files.len());
        for (file, preview) in files.iter().zip(previews) {
            let have = session.held(file).await?;
            // A preview that cannot be had now is no reason to show no list.
            shown.push(shown_file(file, preview.ok().flatten(), have));
        }
        Ok(shown)
    }

    /// One file of a share.
    pub async fn file(&self, id: &str, path: &str) -> Result<FileEntry, Error> {
        let session = self.reading()?;
        let file = session.open_share(id).await?.find(path).await?.ok_or(Error::NotFound("file"))?;
        let have = session.held(&file).await?;
        Ok(shown_file(&file, None, have))
    }

    /// The bytes of a file, or of `(offset, length)` of it, fetched as needed.
    pub async fn read(
        &self,
        id: &str,
        path: &str,
        range: Option<(u64, u64)>,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + 'static, Error> {
        let session = self.reading()?;
        let file = session.open_share(id).await?.find(path).await?.ok_or(Error::NotFound("file"))?;
        let (offset, length) = range.unwrap_or((0, file.size()));
        Ok(file.read(offset, length).map_err(Error::from))
    }

    /// Takes a share off the list, with its blocks. Of one's own, its recipients are told that it is gone, and the
    /// relays let go of it.
    pub async fn remove_share(&self, id: &str) -> Result<(), Error> {
        let session = self.session()?;
        let share = session.kept(id)?;
        let shown = share.shown(&session.id);
        session.stop_transfers_of(id).await?;
        session.forget_share(&share).await?;
        session.hub.tell(&Event::Share { change: Change::Removed, share: shown });
        session.publish_soon();
        Ok(())
    }
}

impl Session {
    pub(super) fn kept(&self, id: &str) -> Result<Kept, Error> {
        let id = parse_id(id)?;
        self.state.borrow().shares.get(&id).cloned().ok_or(Error::NotFound("share"))
    }

    /// Keeps `share` and tells of it.
    pub(super) async fn keep_share(&self, share: Kept, mut write: Write) -> Result<(), Error> {
        self.put_share(&mut write, &share);
        self.store.commit(write).await?;
        self.tell_share(share);
        Ok(())
    }

    /// Adds the row of a share to a write; once that is done, [`tell_share`](Self::tell_share) tells of it.
    pub(super) fn put_share(&self, write: &mut Write, share: &Kept) {
        self.rows.put(write, Table::State, &format!("{SHARE}{}", share.id()), share);
    }

    /// Takes in a share whose row is written, and tells of it.
    pub(super) fn tell_share(&self, share: Kept) {
        let id = share.id();
        let shown = share.shown(&self.id);
        let is_mine = share.author == self.id;
        let known = self.state.borrow_mut().shares.insert(id, share).is_some();
        let change = if known || is_mine { Change::Updated } else { Change::Received };
        self.hub.tell(&Event::Share { change, share: shown });
    }

    /// Changes the state of a share in place, and tells of it. One that is gone meanwhile stays gone.
    pub(super) async fn update_share(
        &self,
        id: &ShareId,
        change: impl FnOnce(&mut Kept),
    ) -> Result<(), Error> {
        let mut write = Write::strict();
        {
            let mut state = self.state.borrow_mut();
            let Some(share) = state.shares.get_mut(id) else { return Ok(()) };
            change(share);
            self.put_share(&mut write, share);
        }
        self.store.commit(write).await?;
        self.tell_updated(id);
        Ok(())
    }

    /// Tells of a share as it is now.
    pub(super) fn tell_updated(&self, id: &ShareId) {
        let shown = self.state.borrow().shares.get(id).map(|share| share.shown(&self.id));
        if let Some(share) = shown {
            self.hub.tell(&Event::Share { change: Change::Updated, share });
        }
    }

    /// Takes a share off the list. Of one of mine its recipients are told; one of others' does not come back.
    pub(super) async fn forget_share(&self, share: &Kept) -> Result<(), Error> {
        let id = share.id();
        if share.author != self.id {
            // Whatever becomes of it: whoever wants no more of it need not take it off again with each change.
            return self.hide_share(&id, limits::MAX_INTEGER).await;
        }
        let mut write = Write::strict();
        self.rows.remove(&mut write, Table::State, &format!("{SHARE}{id}"));
        self.rows.remove(&mut write, Table::State, &format!("{REACHED}{id}"));
        people::put::<OwnLink>(&self.rows, &mut write, &id, None);
        {
            let mut state = self.state.borrow_mut();
            state.shares.remove(&id);
            state.reached.remove(&id);
            state.links.switch_off(&id);
            if share.rev > 0 || share.is_announced() {
                state.published.take_back(share);
            }
            state.touch();
            self.put_published(&mut write, &state.published);
        }
        self.commit_removal(write).await
    }

    /// Takes a share that I was given off the list; up to this revision it does not come back.
    pub(super) async fn hide_share(&self, id: &ShareId, rev: u64) -> Result<(), Error> {
        let mut write = Write::strict();
        self.rows.remove(&mut write, Table::State, &format!("{SHARE}{id}"));
        people::put::<OpenedLink>(&self.rows, &mut write, id, None);
        {
            let mut state = self.state.borrow_mut();
            state.shares.remove(id);
            state.opened.remove(id);
            state.hidden.insert(*id, rev);
            self.rows.put(&mut write, Table::State, &format!("{HIDDEN}{id}"), &rev);
            state.touch();
            self.put_published(&mut write, &state.published);
        }
        self.commit_removal(write).await
    }

    /// Commits what takes something away. Where the store is full it takes that away all the same, or nothing could be
    /// removed to make room: what is to be told of it stands in memory until there is some.
    pub(super) async fn commit_removal(&self, write: Write) -> Result<(), Error> {
        match self.store.commit(write.clone()).await {
            Err(StoreError::Quota) => Ok(self.store.commit(write.removal()).await?),
            done => Ok(done?),
        }
    }

    /// Opens what is in a share, from here or from who has it.
    pub(super) async fn open_share(&self, id: &str) -> Result<Contents, Error> {
        self.open_contents(&self.kept(id)?).await
    }

    /// The same of a share that was looked up.
    pub(super) async fn open_contents(&self, share: &Kept) -> Result<Contents, Error> {
        match &share.content {
            Content::Sealed { .. } => Ok(Contents::Sealed(self.open_manifest_of(share).await?)),
            // The folder is read when somebody looks for a file.
            Content::Public { root, .. } => {
                Ok(Contents::Public(Rc::new(Folder::new(self.getter(&share.author), *root))))
            }
        }
    }

    /// Bytes of a file that are in this browser.
    pub(super) async fn held(&self, file: &File) -> Result<u64, Error> {
        let chunks = file.chunks().await?;
        let cids: Vec<_> = chunks.iter().map(|chunk| chunk.cid).collect();
        let have = self.store.have(&cids).await?;
        Ok(have.into_iter().zip(chunks).filter_map(|(have, chunk)| have.then_some(chunk.bytes)).sum())
    }
}

fn shown_file(file: &File, preview: Option<Bytes>, have: u64) -> FileEntry {
    FileEntry {
        path: file.path().to_owned(),
        size: file.size(),
        media_type: file.media_type().to_owned(),
        modified: file.modified(),
        preview: preview.map(|bytes| ByteBuf::from(bytes.to_vec())),
        have,
    }
}

pub(super) fn parse_id(id: &str) -> Result<ShareId, Error> {
    id.parse().map_err(|_| Error::NotFound("share"))
}

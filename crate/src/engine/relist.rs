//! A share's list of files made anew: under another key, or with more files in it.

use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use futures::TryStreamExt;

use crate::dag::{self, manifest};
use crate::format::header::ShareKey;
use crate::format::manifest::{Entry, Kind};
use crate::format::node::Pointer;
use crate::store::{BATCH_BLOCKS, Write};

use super::Error;
use super::kept::Kept;
use super::session::Session;

/// What a new list is made of.
pub(super) struct Relist<'a> {
    /// One of my shares, whose files are listed again.
    pub(super) share: &'a Kept,
    /// The key under which the new list is sealed.
    pub(super) key: &'a ShareKey,
    pub(super) kind: Kind,
    /// Files that come to it, sorted by path, in the place of those with the same path.
    pub(super) added: Vec<manifest::NewFile>,
    /// The transfer that waits where there is no room.
    pub(super) transfer: &'a str,
}

/// A list that was made.
pub(super) struct Listed {
    pub(super) manifest: Pointer,
    pub(super) files: u64,
    pub(super) size: u64,
    /// Whether there are other files in it than before, and how many bytes came.
    pub(super) is_news: bool,
    pub(super) added: u64,
}

impl Session {
    /// Makes the list. Chunks stay as they are: nothing is read but the list before.
    pub(super) async fn relist(
        self: &Rc<Self>,
        relist: Relist<'_>,
        unnamed: &mut Unnamed<'_>,
    ) -> Result<Listed, Error> {
        let Relist { share, key, kind, added, transfer } = relist;
        let before = self.open_manifest_of(share).await?;
        if before.manifest().chunk != dag::CHUNK {
            return Err(Error::Unsupported(
                "this share was cut by another version of Spinney: share it anew".into(),
            ));
        }
        let (mut files, mut size) = (0, 0);
        let (is_news, sum) = (!added.is_empty(), added.iter().map(|file| file.size).sum());
        let same_key = share.key().as_ref() == Some(key);
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
            files += 1;
            if is_new {
                let file = added.next().expect("it was looked at");
                if next.as_ref().is_some_and(|entry| entry.path == file.path) {
                    next = entries.try_next().await?;
                }
                size += file.size;
                writer.push(file).map_err(Error::invalid)?;
            } else {
                let entry = next.take().expect("it was looked at");
                size += entry.size;
                if same_key {
                    writer.keep(entry).map_err(Error::invalid)?;
                } else {
                    writer.push(unsealed(&before, entry).await?).map_err(Error::invalid)?;
                }
                next = entries.try_next().await?;
            }
            if writer.waiting() >= BATCH_BLOCKS {
                unnamed.commit(transfer, writer.take_blocks()).await?;
            }
        }
        let (manifest, last) =
            writer.finish(self.ring.identity(), share.inner(), kind).map_err(Error::bug)?;
        unnamed.commit(transfer, last).await?;
        Ok(Listed { manifest, files, size, is_news, added: sum })
    }
}

/// What has to be known of a file to list it under another key.
async fn unsealed(list: &dag::Reader, entry: Entry) -> Result<manifest::NewFile, Error> {
    let chunks = list.chunks(&entry).await?;
    let preview = list.preview(&entry).await?;
    let Entry { path, size, media_type, modified, .. } = entry;
    Ok(manifest::NewFile { path, size, media_type, modified, preview, chunks })
}

/// Stored blocks of a share beside its chunks, which nothing names before its row is written.
pub(super) struct Unnamed<'a> {
    session: &'a Session,
    cids: Vec<Cid>,
}

impl<'a> Unnamed<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        Self { session, cids: Vec::new() }
    }

    /// Lets nobody drop these blocks.
    pub(super) fn hold(&mut self, cids: Vec<Cid>) {
        self.session.unnamed.borrow_mut().extend(&cids);
        self.cids.extend(cids);
    }

    /// Stores blocks; `transfer` waits where there is no room.
    pub(super) async fn commit(&mut self, transfer: &str, blocks: Vec<(Cid, Bytes)>) -> Result<(), Error> {
        self.hold(blocks.iter().map(|(cid, _)| *cid).collect());
        Ok(self.session.commit_with_room(transfer, Write { blocks, ..Write::relaxed() }).await?)
    }
}

impl Drop for Unnamed<'_> {
    fn drop(&mut self) {
        let mut unnamed = self.session.unnamed.borrow_mut();
        for cid in &self.cids {
            unnamed.remove(cid);
        }
    }
}

//! What was left in boxes of mine: looked at after a click, copied into a share of my own, or declined.
//!
//! All of it comes from somebody unknown. Nothing is fetched before the person asks, and nothing is stored before they
//! accept: what was left is read from my relays as it is needed.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use cid::Cid;
use futures::{StreamExt, TryStreamExt, stream};
use serde_bytes::ByteArray;

use crate::dag::contents::{Contents, File};
use crate::dag::{self, Fetch, FetchError, Source, SourceError};
use crate::engine::Error;
use crate::engine::api::{FileEntry, FilesQuery, NewFile, Share};
use crate::engine::shares::{MAX_FILES, shown_file};
use crate::engine::state::shown_share;
use crate::engine::transfer::BlockFetcher;
use crate::format::manifest::Kind;
use crate::format::share_id::ShareId;
use crate::keys::Id;
use crate::net::Provider;
use crate::social::drop_box::PendingDrop;

use super::handle::Drops;

/// Files that are listed at once where nobody says otherwise.
const LISTED: usize = 1_000;

/// Previews that are fetched at once for a list.
const PREVIEWS_AT_ONCE: usize = 16;

impl Drops {
    /// The files of a drop with their previews, sorted by path: the person wants to see them. Only my relays are asked.
    ///
    /// # Errors
    ///
    /// `invalid-signature` if their list is not what the sender said.
    pub(in crate::engine) async fn files(
        &self,
        id: &str,
        query: &FilesQuery,
    ) -> Result<Vec<FileEntry>, Error> {
        let (_, contents) = self.open(id).await?;
        let files = contents.list(query.after.as_deref(), query.limit.unwrap_or(LISTED)).await?;
        let previews = stream::iter(&files).map(File::preview);
        let previews: Vec<_> = previews.buffered(PREVIEWS_AT_ONCE).collect().await;
        // A preview that cannot be fetched now is no reason to show no list.
        let shown =
            files.iter().zip(previews).map(|(file, preview)| shown_file(file, preview.ok().flatten(), 0));
        Ok(shown.collect())
    }

    /// Copies what was left into a share of my own for nobody else, under my keys.
    ///
    /// Two devices of mine that accept one drop make one share.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the drop as it was. What was copied so far is read again next time.
    pub(in crate::engine) async fn accept(&self, id: &str, title: &str) -> Result<Share, Error> {
        let from = sender(id)?;
        let drop = self.pending(&from)?;
        let inner = drop.copy(&from);
        let me = self.0.directory.id;
        let share = ShareId::new(me.as_bytes(), inner).to_string();
        let copied =
            self.0.state.read(|tables| tables.share(&share).ok().map(|share| shown_share(share, &me)));
        let copied = match copied {
            // It was copied before the answer could be noted, or another device of mine has copied it.
            Some(copied) => copied,
            None => {
                let (_, contents) = self.open(id).await?;
                let unreachable = Rc::default();
                let files = new_files(&contents, &unreachable).await?;
                let made = self.0.shares.create_copy(ByteArray::new(inner.0), title, files).await;
                match (made, unreachable.take()) {
                    (Err(_), Some(why)) => return Err(Error::Unreachable(why)),
                    (made, _) => made?,
                }
            }
        };
        self.0.contacts.answer_drop(&from).await?;
        Ok(copied)
    }

    /// Forgets what was left. Its sender learns nothing of it.
    pub(in crate::engine) async fn decline(&self, id: &str) -> Result<(), Error> {
        self.0.contacts.answer_drop(&sender(id)?).await
    }

    fn pending(&self, from: &Id) -> Result<PendingDrop, Error> {
        let drop = self.0.state.read(|tables| tables.drops.get(from).cloned());
        drop.ok_or(Error::NotFound("drop"))
    }

    /// Opens the list of what was left, as `FORMAT.md` says under "Drop box".
    async fn open(&self, id: &str) -> Result<(PendingDrop, Contents), Error> {
        let from = sender(id)?;
        let drop = self.pending(&from)?;
        let relays = self.0.directory.relays.iter().cloned().map(Provider::Relay).collect();
        let fetch = Rc::new(Unkept(self.0.fetchers.from(relays)));
        let list = dag::Reader::open(fetch, &drop.manifest(), Some(&from.verifying_key())).await?;
        let manifest = list.manifest();
        let is_as_said = manifest.share == drop.share()
            && manifest.kind == Kind::Contacts
            && (manifest.files, manifest.size) == (drop.files, drop.size)
            && manifest.album.is_none()
            && manifest.parts.is_none();
        if !is_as_said {
            return Err(Error::unverified("the list of these files is another than their sender said"));
        }
        Ok((drop, Contents::Sealed(Rc::new(list))))
    }
}

fn sender(id: &str) -> Result<Id, Error> {
    id.parse().map_err(|_| Error::NotFound("drop"))
}

/// What was left as files to be shared. Their number and size must be what the list claims.
async fn new_files(
    contents: &Contents,
    unreachable: &Rc<RefCell<Option<String>>>,
) -> Result<Vec<NewFile>, Error> {
    let Contents::Sealed(list) = contents else { return Err(Error::bug("a drop is sealed")) };
    let (claimed, mut size) = (list.manifest(), 0_u64);
    if claimed.files > MAX_FILES as u64 {
        return Err(Error::unverified("these are more files than fit into one share"));
    }
    let with_preview = |file: File| async move { file.preview().await.map(|preview| (file, preview)) };
    let mut files = pin!(contents.files().map_ok(with_preview).try_buffered(PREVIEWS_AT_ONCE));
    let mut new = Vec::new();
    while let Some((file, preview)) = files.try_next().await? {
        size = size.saturating_add(file.size());
        if new.len() as u64 >= claimed.files || size > claimed.size {
            return Err(Error::unverified("there are more files than their list says"));
        }
        new.push(NewFile {
            path: file.path().to_owned(),
            media_type: file.media_type().to_owned(),
            modified: file.modified(),
            preview,
            source: Rc::new(DroppedFile { file, unreachable: unreachable.clone() }),
        });
    }
    let is_all = (new.len() as u64, size) == (claimed.files, claimed.size);
    is_all.then_some(new).ok_or_else(|| Error::unverified("there are fewer files than their list says"))
}

/// Blocks of somebody unknown: fetched as they are needed, and never stored.
struct Unkept(BlockFetcher);

#[async_trait(?Send)]
impl Fetch for Unkept {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.0.fetch(cid).await
    }
}

/// A file that was left, read from my relays as it is copied.
struct DroppedFile {
    file: File,
    /// Why a part of any file could not be had.
    unreachable: Rc<RefCell<Option<String>>>,
}

#[async_trait(?Send)]
impl Source for DroppedFile {
    fn size(&self) -> u64 {
        self.file.size()
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        let mut pieces = self.file.read(offset, len as u64);
        let mut bytes = BytesMut::with_capacity(len);
        loop {
            match pieces.try_next().await {
                Ok(Some(piece)) => bytes.extend_from_slice(&piece),
                Ok(None) => return Ok(bytes.freeze()),
                Err(why) => {
                    if let dag::ReadError::Fetch(FetchError::Unreachable(why)) = &why {
                        self.unreachable.replace(Some(why.clone()));
                    }
                    return Err(SourceError::Failed(why.to_string()));
                }
            }
        }
    }
}

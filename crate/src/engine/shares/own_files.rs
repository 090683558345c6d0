//! The files of a share to oneself as a folder is kept in step with them: listed as a merge needs them, and changed
//! together in one revision.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use futures::TryStreamExt;
use serde_bytes::ByteArray;

use crate::crypto::sha256;
use crate::dag::{self, manifest};
use crate::engine::Error;
use crate::engine::api::{NewFile, Share};
use crate::engine::state::Plan;
use crate::format::Cid;
use crate::format::manifest::{Chunks, Entry};
use crate::format::text;
use crate::platform;
use crate::social::folder::{Tree, Version, empty_folder, has_within};
use crate::social::share_record::ShareRecord;

use super::draft::{Chosen, planned};
use super::handle::Shares;
use super::manifest_rewrite::{ManifestRewrite, unsealed};
use super::revise::Revision;

/// The files of one revision, with the list that they are from.
pub(in crate::engine) struct OwnFiles {
    /// Where their chunks are.
    pub(in crate::engine) list: Rc<dag::Reader>,
    /// The files and the empty folders as a merge needs them.
    pub(in crate::engine) tree: Tree,
    entries: BTreeMap<String, Entry>,
}

impl OwnFiles {
    /// What has to be known of a file to list it at `to`.
    pub(in crate::engine) async fn listed_at(
        &self,
        from: &str,
        to: &str,
    ) -> Result<manifest::NewFile, Error> {
        let entry = self.entries.get(from).cloned().ok_or(Error::NotFound("file"))?;
        let file = unsealed(&self.list, entry).await?;
        Ok(manifest::NewFile { path: to.to_owned(), ..file })
    }

    /// The file at this path.
    pub(in crate::engine) fn file(&self, path: &str) -> Option<dag::contents::File> {
        let entry = self.entries.get(path).cloned()?;
        Some(dag::contents::File::Sealed(Rc::clone(&self.list), entry))
    }
}

/// Says which bytes a file has. Two devices of one person cut and seal alike, so that the names of the chunks tell it; the
/// last chunk is filled up, so that they do not tell the length.
pub(in crate::engine) fn digest_of_file(size: u64, chunks: impl IntoIterator<Item = Cid>) -> [u8; 32] {
    let mut bytes = size.to_be_bytes().to_vec();
    for cid in chunks {
        bytes.extend(cid.to_bytes());
    }
    sha256(&bytes)
}

impl Shares {
    /// Lists the files of a revision of a share to oneself.
    pub(in crate::engine) async fn own_files(&self, share: &ShareRecord) -> Result<OwnFiles, Error> {
        let list = self.0.fetchers.open_manifest(share).await?;
        let (mut tree, mut all) = (Tree::new(), BTreeMap::new());
        let mut entries = list.clone().entries();
        while let Some(entry) = entries.try_next().await? {
            let digest = match &entry.chunks {
                Chunks::Inline(chunks) => digest_of_file(entry.size, chunks.iter().map(|chunk| chunk.cid)),
                Chunks::Parts(_) => {
                    let chunks = list.chunks(&entry).await?;
                    digest_of_file(entry.size, chunks.iter().map(|chunk| chunk.cid))
                }
            };
            let version = Version { digest, modified: entry.modified.unwrap_or_default() };
            tree.insert(entry.path.clone(), version);
            all.insert(entry.path.clone(), entry);
        }
        for folder in list.manifest().folders().iter().rev() {
            let folder = format!("{folder}/");
            if !has_within(&tree, &folder) {
                tree.insert(folder, empty_folder());
            }
        }
        Ok(OwnFiles { list, tree, entries: all })
    }

    /// A share to oneself that a folder can be kept in step with.
    pub(in crate::engine) fn bindable(&self, id: &str) -> Result<ShareRecord, Error> {
        let share = self.changeable(id)?;
        if !share.own_only || share.maker.is_some() {
            return Err(Error::Unsupported(
                "only a share that is for nobody but you can be kept in step with a folder".into(),
            ));
        }
        Ok(share)
    }

    /// Makes a share to oneself in which there is nothing yet.
    pub(in crate::engine) async fn create_empty(&self, title: &str) -> Result<Share, Error> {
        let title = text::title(title).map_err(Error::invalid)?;
        let plan = Plan {
            inner: ByteArray::new(platform::random()),
            title,
            note: String::new(),
            recipients: None,
            link: None,
            public: false,
            created: platform::now_ms(),
            files: Vec::new(),
            onto: None,
            folders: Vec::new(),
            keep_location: true,
            adds: false,
            answers: false,
            album: None,
        };
        self.finish_new(plan, Vec::new()).await
    }

    /// Makes a share to oneself of what somebody left, under an id that follows from it. What an earlier try read of it is
    /// read again: it is no draft of the person's, who cannot choose its files.
    ///
    /// # Errors
    ///
    /// `already-exists` while it is being made.
    pub(in crate::engine) async fn create_copy(
        &self,
        inner: ByteArray<16>,
        title: &str,
        files: Vec<NewFile>,
    ) -> Result<Share, Error> {
        let title = text::title(title).map_err(Error::invalid)?;
        let Chosen { files, sources, folders } = planned(files)?;
        let plan = Plan {
            inner,
            title,
            note: String::new(),
            recipients: None,
            link: None,
            public: false,
            created: platform::now_ms(),
            files,
            onto: None,
            folders,
            keep_location: true,
            adds: false,
            answers: false,
            album: None,
        };
        let draft = plan.share_id(&self.0.directory.id).to_string();
        if self.is_read(&draft) {
            return Err(Error::AlreadyExists("this is copied already, maybe in another tab"));
        }
        if self.0.state.read(|tables| tables.drafts.contains(&draft)) {
            self.discard_draft(&draft).await?;
        }
        let made = self.finish_new(plan, sources).await;
        if made.is_err() && self.0.state.read(|tables| tables.drafts.contains(&draft)) {
            // If this fails too, the next try begins with it.
            let _ = self.discard_draft(&draft).await;
        }
        made
    }

    /// Makes the next revision of a share to oneself: with these files, sorted by path, in the place of those with the same
    /// paths, and with these empty folders; without the files and, where a slash is behind the path, without the empty
    /// folders that are `removed`. Nothing if the share is another one than `before` by now.
    pub(in crate::engine) async fn change_files(
        &self,
        before: &ShareRecord,
        added: Vec<manifest::NewFile>,
        folders: &[String],
        removed: &BTreeSet<String>,
    ) -> Result<Option<ShareRecord>, Error> {
        let (header, key) = self.own_header(before).await?;
        let change = before.present().renew(&[]);
        let rewrite = ManifestRewrite {
            share: before,
            key: &key,
            kind: header.kind,
            added,
            folders,
            parts: None,
            transfer: None,
        };
        let (listed, pins) = self.rewrite_manifest_without(rewrite, removed).await?;
        let revision =
            Revision { change, key, header, listed: Some(listed), withdrawn: false, draft: None, link: None };
        self.revise(before, revision, pins).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_differ_by_their_length_though_their_last_chunk_is_filled_up() {
        assert_ne!(digest_of_file(1, []), digest_of_file(2, []));
    }
}

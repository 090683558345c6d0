//! Adding files to a share of one's own: a draft like that of a new share, which ends as its next revision.
//!
//! Until all that comes is stored here, the share stays as it is and nobody sees anything of it; a tab that dies leaves
//! a draft that names what is missing.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use serde_bytes::ByteArray;

use crate::dag::manifest;
use crate::engine::Error;
use crate::engine::api::{NewFile, Share, TransferId};
use crate::engine::state::{Plan, PlannedFile, Tables, shown_share};
use crate::platform;
use crate::social::contact::Contact;
use crate::social::share;
use crate::social::share_record::ShareRecord;

use super::draft::{Chosen, MAX_FILES, planned, refuse_folders};
use super::handle::Shares;
use super::manifest_rewrite::{ManifestRewrite, too_many_folders};
use super::revise::Revision;

impl Shares {
    /// Adds files to one of my shares; a file whose path is there already takes its place. Needs none of those before.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a draft, and the share as it was.
    pub(in crate::engine) async fn add_files(
        &self,
        id: &str,
        files: Vec<NewFile>,
        keep_location: bool,
    ) -> Result<Share, Error> {
        let share = self.enlargeable(id)?;
        let Chosen { files, sources, folders } = planned(files)?;
        self.check_added(&share, &files, &folders).await?;
        let plan = Plan {
            inner: ByteArray::new(platform::random()),
            title: share.title.clone(),
            note: String::new(),
            recipients: None,
            link: None,
            public: false,
            created: platform::now_ms(),
            files,
            onto: Some(share.id().to_string()),
            folders,
            keep_location,
            adds: false,
            answers: false,
            album: None,
        };
        self.finish_new(plan, sources).await
    }

    /// A share of mine to which files can be added.
    fn enlargeable(&self, id: &str) -> Result<ShareRecord, Error> {
        let share = self.changeable(id)?;
        let is_doubted = |tables: &Tables, id| tables.contacts.get(id).is_some_and(Contact::is_doubted);
        if self.0.state.read(|tables| share.recipients.iter().any(|id| is_doubted(tables, id))) {
            return Err(Error::Doubted);
        }
        match share.maker {
            None => Ok(share),
            Some(_) => {
                Err(Error::Unsupported("only who made this can add to it: share the files anew".into()))
            }
        }
    }

    /// Checks that a manifest with these files can be made, before one of them is read.
    async fn check_added(
        &self,
        share: &ShareRecord,
        added: &[PlannedFile],
        folders: &[String],
    ) -> Result<(), Error> {
        let mut paths: BTreeSet<String> = added.iter().map(|file| file.path.clone()).collect();
        let before = self.0.fetchers.open_manifest(share).await?;
        let all_folders: BTreeSet<_> = before.manifest().folders().iter().chain(folders).cloned().collect();
        if !manifest::has_room_for(&all_folders) {
            return Err(too_many_folders());
        }
        let mut entries = before.entries();
        while let Some(entry) = entries.try_next().await? {
            paths.insert(entry.path);
        }
        if paths.len() > MAX_FILES {
            return Err(Error::InvalidName(format!("a share has at most {MAX_FILES} files")));
        }
        paths.extend(all_folders.into_iter().map(|folder| format!("{folder}/")));
        refuse_folders(&paths)
    }

    /// Lists what a draft has stored in its share, and makes the next revision of that.
    pub(super) async fn enlarge(
        &self,
        draft: &str,
        transfer: &TransferId,
        share: &str,
        plan: &Plan,
        files: Vec<manifest::NewFile>,
    ) -> Result<Share, Error> {
        loop {
            let before = self.enlargeable(share)?;
            let (header, key) = self.own_header(&before).await?;
            let readers = self.0.state.read(|tables| tables.reachable(&before.recipients));
            let change = before.present().renew(&readers);
            let key = if change.new_key { share::new_key() } else { key };
            let rewrite = ManifestRewrite {
                share: &before,
                key: &key,
                kind: header.kind,
                added: files.clone(),
                folders: &plan.folders,
                parts: None,
                transfer: Some(transfer),
            };
            let (listed, pins) = self.rewrite_manifest(rewrite).await?;
            let (listed, withdrawn, draft) = (Some(listed), before.withdrawn, Some(draft));
            let revision = Revision { change, key, header, listed, withdrawn, draft, link: None };
            if let Some(after) = self.revise(&before, revision, pins).await? {
                return Ok(shown_share(&after, &self.0.directory.id));
            }
        }
    }
}

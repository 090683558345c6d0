//! Adding files to a share of one's own: a draft like that of a new share, which ends as its next revision.
//!
//! Until everything that comes is stored here, the share stays as it is and nobody sees anything of it; a tab that dies
//! leaves a draft that names what is missing.

use std::collections::BTreeSet;
use std::rc::Rc;

use futures::TryStreamExt;

use crate::format::node::Pointer;
use crate::platform;
use crate::social::share;

use super::api::{NewFile, Share};
use super::audience::Revision;
use super::draft::{MAX_FILES, Plan, Planned, planned, refuse_folders};
use super::kept::Kept;
use super::relist::{Relist, Unnamed};
use super::session::Session;
use super::{Engine, Error};

impl Engine {
    /// Adds files to one of my shares; one whose path is there already takes its place. Needs none of those before.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a draft, and the share as it was.
    pub async fn add_files(&self, id: &str, files: Vec<NewFile>) -> Result<Share, Error> {
        let session = self.session()?;
        let share = session.enlargeable(id)?;
        let (files, sources) = planned(files)?;
        session.check_added(&share, &files).await?;
        let plan = Plan {
            inner: serde_bytes::ByteArray::new(platform::random()),
            title: share.title.clone(),
            note: String::new(),
            recipients: None,
            link: None,
            public: false,
            created: platform::now_ms(),
            files,
            onto: Some(share.id().to_string()),
        };
        session.finish_draft(plan, sources).await
    }
}

impl Session {
    /// A share of mine to which files can be added.
    fn enlargeable(&self, id: &str) -> Result<Kept, Error> {
        let share = self.changeable(id)?;
        match share.maker {
            None => Ok(share),
            Some(_) => {
                Err(Error::Unsupported("only who made this can add to it: share the files anew".into()))
            }
        }
    }

    /// Checks that a list with these files can be made, before one of them is read.
    async fn check_added(&self, share: &Kept, added: &[Planned]) -> Result<(), Error> {
        let mut paths: BTreeSet<String> = added.iter().map(|file| file.path.clone()).collect();
        let mut entries = self.open_manifest_of(share).await?.entries();
        while let Some(entry) = entries.try_next().await? {
            paths.insert(entry.path);
        }
        if paths.len() > MAX_FILES {
            return Err(Error::InvalidName(format!("a share has at most {MAX_FILES} files")));
        }
        refuse_folders(&paths)
    }

    /// Lists what a draft has stored in its share, and makes the next revision of that.
    pub(super) async fn enlarge(
        self: &Rc<Self>,
        draft: &str,
        transfer: &str,
        share: &str,
        plan: &Plan,
        chunks: Vec<Vec<Pointer>>,
    ) -> Result<Share, Error> {
        let _one_at_a_time = self.rewriting.lock().await;
        let before = self.enlargeable(share)?;
        let (header, key) = self.own_header(&before).await?;
        let change = before.present().renew(&self.reachable(&before.recipients));
        let key = if change.new_key { share::new_key() } else { key };
        let added = plan.files.iter().zip(chunks).map(|(planned, chunks)| planned.listed(chunks)).collect();
        let mut unnamed = Unnamed::new(self);
        let relist = Relist { share: &before, key: &key, kind: header.kind, added, transfer };
        let listed = Some(self.relist(relist, &mut unnamed).await?);
        let withdrawn = before.withdrawn;
        let revision = Revision { change, key, header, listed, withdrawn, draft: Some(draft) };
        self.revise(&before, revision, unnamed).await
    }
}

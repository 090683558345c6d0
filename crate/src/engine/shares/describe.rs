//! What an author changes of a share afterwards: its title and note, the file that stands for it, the order of its files, and
//! which files are in it.

use std::collections::BTreeSet;

use futures::TryStreamExt;

use crate::engine::Error;
use crate::engine::api::Share;
use crate::engine::state::shown_share;
use crate::format::header::{Header, ORDERS, split_note};
use crate::format::text;
use crate::social::share;
use crate::social::share_record::{Content, ShareRecord};

use super::draft::checked_note;
use super::handle::Shares;
use super::manifest_rewrite::ManifestRewrite;
use super::revise::Revision;

impl Shares {
    /// Gives one of my shares another title, another note, or both, for all of its readers.
    ///
    /// # Errors
    ///
    /// `unsupported` if it is not of my making, or for everybody.
    pub(in crate::engine) async fn rename(
        &self,
        id: &str,
        title: Option<&str>,
        note: Option<&str>,
    ) -> Result<Share, Error> {
        let title = title.map(text::title).transpose().map_err(Error::invalid)?;
        let note = note.map(checked_note).transpose()?;
        self.describe(id, |header| {
            if let Some(title) = &title {
                header.title.clone_from(title);
            }
            if let Some(note) = &note {
                (header.note, header.more) = split_note(note);
            }
        })
        .await
    }

    /// Has a file stand for one of my shares, or none that was chosen.
    ///
    /// # Errors
    ///
    /// `not-found` if there is no such file, else as [`rename`](Self::rename).
    pub(in crate::engine) async fn set_cover(&self, id: &str, path: Option<&str>) -> Result<Share, Error> {
        if let Some(path) = path {
            self.file(id, path).await?;
        }
        self.describe(id, |header| header.cover = path.map(str::to_owned)).await
    }

    /// Puts the files of one of my shares in order for all of its readers, who may choose another order for themselves.
    ///
    /// # Errors
    ///
    /// As [`rename`](Self::rename).
    pub(in crate::engine) async fn set_order(&self, id: &str, order: &str) -> Result<Share, Error> {
        if !ORDERS.contains(&order) {
            return Err(Error::Unsupported("an order is one of name, date and size".into()));
        }
        self.describe(id, |header| header.order = Some(order.to_owned())).await
    }

    /// Takes files out of one of my shares, in one revision. Paths at which there is no file are passed over.
    ///
    /// Readers who have the files keep them.
    ///
    /// # Errors
    ///
    /// `not-found` if none of them is there, else as [`rename`](Self::rename).
    pub(in crate::engine) async fn remove_files(&self, id: &str, paths: &[String]) -> Result<Share, Error> {
        let wanted: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
        loop {
            let before = self.describable(id)?;
            let mut removed = BTreeSet::new();
            let mut entries = self.0.fetchers.open_manifest(&before).await?.entries();
            while let Some(entry) = entries.try_next().await? {
                if wanted.contains(entry.path.as_str()) {
                    removed.insert(entry.path);
                }
            }
            if removed.is_empty() {
                return Err(Error::NotFound("file"));
            }
            let (mut header, key) = self.own_header(&before).await?;
            header.cover = header.cover.filter(|cover| !removed.contains(cover));
            let readers = self.0.state.read(|tables| tables.reachable(&before.recipients));
            let change = before.present().renew(&readers);
            let key = if change.new_key { share::new_key() } else { key };
            let rewrite = ManifestRewrite::of(&before, &key, header.kind);
            let (listed, pins) = self.rewrite_manifest_without(rewrite, &removed).await?;
            let (listed, withdrawn) = (Some(listed), before.withdrawn);
            let revision = Revision { change, key, header, listed, withdrawn, draft: None, link: None };
            if let Some(after) = self.revise(&before, revision, pins).await? {
                return Ok(shown_share(&after, &self.0.directory.id));
            }
        }
    }

    /// Makes the next revision with a header that says something else; none if it says the same.
    async fn describe(&self, id: &str, describe: impl Fn(&mut Header)) -> Result<Share, Error> {
        let me = self.0.directory.id;
        loop {
            let before = self.describable(id)?;
            let (known, _) = self.own_header(&before).await?;
            let mut wanted = known.clone();
            describe(&mut wanted);
            if wanted == known {
                return Ok(shown_share(&before, &me));
            }
            let readers = self.0.state.read(|tables| tables.reachable(&before.recipients));
            let change = before.present().renew(&readers);
            let made = self.rewrite_as(&before, change, before.withdrawn, None, &describe);
            if let Some(after) = made.await? {
                return Ok(shown_share(&after, &me));
            }
        }
    }

    /// A share of mine of which all can be changed.
    fn describable(&self, id: &str) -> Result<ShareRecord, Error> {
        let share = self.0.state.read(|tables| tables.share(id).cloned())?;
        if share.author != self.0.directory.id || share.maker.is_some() {
            return Err(Error::Unsupported("only who made this can change it: share the files anew".into()));
        }
        match share.content {
            Content::Sealed { .. } => Ok(share),
            Content::Public { .. } => Err(Error::Unsupported(
                "what everybody has stays as it was signed: share it anew to change it".into(),
            )),
        }
    }
}

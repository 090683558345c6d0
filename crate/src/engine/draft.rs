//! Drafts: what was asked for, checked, and which chunks of it are stored, in rows that outlive the tab.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::crypto::block::Key;
use crate::dag::{self, manifest, unixfs};
use crate::format::node::Pointer;
use crate::format::picture;
use crate::format::share_id::{InnerId, ShareId};
use crate::format::{Cid, limits, path, text};
use crate::keys::Id;
use crate::platform;
use crate::social::link::OwnLink;
use crate::social::share;
use crate::store::{Table, Write};

use super::api::{Audience, Draft, NewFile, NewShare, TransferState};
use super::session::Session;
use super::{Engine, Error};

/// Files in one share: a list of them is still a few megabytes.
pub(super) const MAX_FILES: usize = 100_000;

/// Prefix of a draft's row in [`Table::Drafts`].
const DRAFT: &str = "draft/";
/// Prefix of rows with runs of a draft's chunks, followed by its id, `/` and a number that rises.
const RUN: &str = "run/";

/// A share that is being made.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) inner: serde_bytes::ByteArray<16>,
    pub(super) title: String,
    pub(super) note: String,
    pub(super) recipients: Option<Vec<Id>>,
    /// The link, where it is for whoever has that.
    #[serde(default)]
    pub(super) link: Option<OwnLink>,
    pub(super) created: u64,
    pub(super) files: Vec<Planned>,
    /// Whether it is for everybody.
    #[serde(default)]
    pub(super) public: bool,
    /// The share to which the files come, where it is not a new one.
    #[serde(default)]
    pub(super) onto: Option<String>,
}

/// A file of a plan, so that the same one is known when it is chosen again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Planned {
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) modified: Option<u64>,
    pub(super) media_type: String,
    pub(super) preview: Option<ByteBuf>,
}

/// A run of chunks of one file, in the row of the same commit that stored them.
#[derive(Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) file: usize,
    pub(super) chunks: Vec<Stored>,
}

/// A chunk that is stored, and its key, which one for everybody has not.
pub(super) type Stored = (Cid, Option<Key>);

/// The chunks that are stored of each file of a plan, from its beginning on.
pub(super) type Known = BTreeMap<usize, Vec<Stored>>;

impl Engine {
    /// Shares whose files were not all read.
    pub async fn drafts(&self) -> Result<Vec<Draft>, Error> {
        let session = self.session()?;
        let mut drafts = Vec::new();
        for (id, plan) in session.plans().await? {
            if session.transfers.get(&add_transfer(&id)).is_some_and(|t| t.state == TransferState::Active) {
                continue;
            }
            let known = session.known_chunks(&id).await?;
            let missing = plan.files.iter().enumerate().filter(|(at, _)| !plan.is_whole(*at, &known));
            let missing = missing.map(|(_, file)| file.path.clone()).collect();
            drafts.push(Draft { id, title: text::shown(&plan.title), missing });
        }
        Ok(drafts)
    }

    /// Forgets a draft.
    pub async fn discard_draft(&self, id: &str) -> Result<(), Error> {
        let session = self.session()?;
        session.plan_of(id).await?;
        session.transfers.remove(&add_transfer(id));
        let mut write = Write::strict();
        session.remove_draft_rows(&mut write, id).await?;
        Ok(session.store.commit(write).await?)
    }
}

impl Session {
    /// Checks everything that can be checked before a byte is read.
    pub(super) fn plan(&self, new: NewShare) -> Result<(Plan, Sources), Error> {
        let title = text::title(&new.title).map_err(Error::invalid)?;
        let note = text::paragraph(new.note.as_deref().unwrap_or_default(), limits::NOTE_CHARS)
            .map_err(Error::invalid)?;
        let (mut recipients, mut link, mut public) = (None, None, false);
        match new.audience {
            Audience::Myself => {}
            Audience::Public => public = true,
            Audience::Contacts { ids } if ids.is_empty() => {
                return Err(Error::InvalidName("choose at least one person".into()));
            }
            Audience::Contacts { ids } => recipients = Some(self.recipients(&ids)?),
            Audience::Link { password, expires } => {
                link = Some(self.new_link(password.as_deref().unwrap_or_default(), expires)?);
            }
        }
        let (files, sources) = planned(new.files)?;
        let inner = serde_bytes::ByteArray::new(platform::random());
        let created = platform::now_ms();
        let plan = Plan { inner, title, note, recipients, link, created, files, public, onto: None };
        Ok((plan, sources))
    }

    /// The contacts named, each of whom must be known well enough to be sealed to.
    pub(super) fn recipients(&self, ids: &[String]) -> Result<Vec<Id>, Error> {
        let state = self.state.borrow();
        let mut recipients = Vec::with_capacity(ids.len());
        for id in ids {
            let id: Id = id.parse().map_err(|_| Error::NotFound("contact"))?;
            let contact = state.contacts.get(&id).ok_or(Error::NotFound("contact"))?;
            if !state.people.is_written_to(&id) {
                return Err(Error::InvalidId(
                    "add this person first: who is only followed or blocked gets nothing".into(),
                ));
            }
            if contact.profile.is_none() {
                return Err(Error::Unreachable(
                    "this person's profile was not found yet: try again later".into(),
                ));
            }
            recipients.push(id);
        }
        recipients.sort();
        recipients.dedup();
        if recipients.len() > share::MAX_RECIPIENTS {
            return Err(Error::InvalidName(format!("share with at most {} people", share::MAX_RECIPIENTS)));
        }
        Ok(recipients)
    }

    pub(super) fn put_plan(&self, write: &mut Write, id: &str, plan: &Plan) {
        self.rows.put(write, Table::Drafts, &format!("{DRAFT}{id}"), plan);
    }

    /// Notes a run of chunks, which comes after all with lower numbers.
    pub(super) fn put_run(&self, write: &mut Write, id: &str, number: u64, run: &Run) {
        self.rows.put(write, Table::Drafts, &format!("{}{number:020}", run_prefix(id)), run);
    }

    async fn plans(&self) -> Result<Vec<(String, Plan)>, Error> {
        self.rows.all(Table::Drafts, DRAFT).await
    }

    /// The draft of this name.
    pub(super) async fn plan_of(&self, id: &str) -> Result<Plan, Error> {
        self.rows.get(Table::Drafts, &format!("{DRAFT}{id}")).await?.ok_or(Error::NotFound("draft"))
    }

    /// The chunks of each file that an earlier try stored, in order.
    pub(super) async fn known_chunks(&self, id: &str) -> Result<Known, Error> {
        let mut runs: Vec<(String, Run)> = self.rows.all(Table::Drafts, &run_prefix(id)).await?;
        runs.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut known = Known::new();
        for (_, run) in runs {
            known.entry(run.file).or_default().extend(run.chunks);
        }
        Ok(known)
    }

    /// The chunks of every draft, which nothing else names yet.
    pub(super) async fn draft_chunks(&self) -> Result<Vec<Cid>, Error> {
        let runs: Vec<(String, Run)> = self.rows.all(Table::Drafts, RUN).await?;
        Ok(runs.into_iter().flat_map(|(_, run)| run.chunks).map(|(cid, _)| cid).collect())
    }

    /// Forgets all rows of a draft.
    pub(super) async fn remove_draft_rows(&self, write: &mut Write, id: &str) -> Result<(), Error> {
        self.rows.remove(write, Table::Drafts, &format!("{DRAFT}{id}"));
        for (rest, _) in self.rows.all::<serde::de::IgnoredAny>(Table::Drafts, &run_prefix(id)).await? {
            self.rows.remove(write, Table::Drafts, &format!("{}{rest}", run_prefix(id)));
        }
        Ok(())
    }
}

impl Plan {
    pub(super) fn share_id(&self, author: &Id) -> ShareId {
        ShareId::new(author.as_bytes(), InnerId(self.inner.into_array()))
    }

    pub(super) fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// Bytes in the chunks that are stored of a file, which is the one at this place.
    pub(super) fn here(&self, at: usize, known: &Known) -> u64 {
        let chunk = if self.public { unixfs::CHUNK } else { dag::CHUNK };
        let stored = known.get(&at).map_or(0, Vec::len) as u64;
        self.files.get(at).map_or(0, |file| file.size.min(stored * chunk))
    }

    pub(super) fn is_whole(&self, at: usize, known: &Known) -> bool {
        self.files.get(at).is_some_and(|file| self.here(at, known) == file.size)
    }

    /// Says which file could not be read.
    pub(super) fn read_error(&self, why: dag::WriteError) -> Error {
        let (file, error) = match why {
            dag::WriteError::Source { file, error } => (file, error),
            dag::WriteError::Store(why) => return why.into(),
        };
        let path = self.files.get(file).map_or("a file", |file| &file.path).to_owned();
        match error {
            dag::SourceError::Changed => Error::FileChanged(path),
            dag::SourceError::PermissionNeeded(why) => Error::PermissionNeeded(why),
            dag::SourceError::Failed(why) => Error::FileChanged(format!("{path} ({why})")),
        }
    }
}

impl Planned {
    pub(super) fn listed(&self, chunks: Vec<Pointer>) -> manifest::NewFile {
        manifest::NewFile {
            path: self.path.clone(),
            size: self.size,
            media_type: self.media_type.clone(),
            modified: self.modified,
            preview: self.preview.as_ref().map(|preview| Bytes::from(preview.to_vec())),
            chunks,
        }
    }
}

/// Where the bytes of the files of a plan are, in its order.
pub(super) type Sources = Vec<Rc<dyn dag::Source>>;

/// The files as a plan has them, sorted by path, and where their bytes are.
pub(super) fn planned(chosen: Vec<NewFile>) -> Result<(Vec<Planned>, Sources), Error> {
    if chosen.is_empty() {
        return Err(Error::InvalidName("choose at least one file".into()));
    }
    if chosen.len() > MAX_FILES {
        return Err(Error::InvalidName(format!("share at most {MAX_FILES} files at once")));
    }
    let mut files = BTreeMap::new();
    for file in chosen {
        let path = checked_path(&file.path)?;
        let preview = file.preview.filter(is_preview);
        let planned = Planned {
            path: path.clone(),
            size: file.source.size(),
            modified: file.modified,
            media_type: file.media_type.chars().take(limits::TYPE_CHARS).collect(),
            preview: preview.map(|preview| ByteBuf::from(preview.to_vec())),
        };
        if files.insert(path.clone(), (planned, file.source)).is_some() {
            return Err(Error::InvalidName(format!("{path} was chosen twice: rename one of them")));
        }
    }
    refuse_folders(&files.keys().cloned().collect())?;
    Ok(files.into_values().unzip())
}

/// Refuses paths of which one is a folder of another.
pub(super) fn refuse_folders(paths: &BTreeSet<String>) -> Result<(), Error> {
    let folders = paths.iter().flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..at]));
    match folders.into_iter().find(|folder| paths.contains(*folder)) {
        Some(both) => {
            Err(Error::InvalidName(format!("{both} is a file and a folder at once: rename one of them")))
        }
        None => Ok(()),
    }
}

fn run_prefix(draft: &str) -> String {
    format!("{RUN}{draft}/")
}

/// Name of the transfer that makes a share.
pub(super) fn add_transfer(share: &str) -> String {
    format!("add-{share}")
}

pub(super) fn checked_path(chosen: &str) -> Result<String, Error> {
    path::normalize(chosen).map_err(|why| Error::InvalidName(format!("{}: {why}", text::shown(chosen))))
}

fn is_preview(bytes: &Bytes) -> bool {
    bytes.len() <= limits::PREVIEW && picture::Kind::of(bytes).is_some()
}

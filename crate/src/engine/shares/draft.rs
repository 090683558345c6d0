//! Drafts: what was asked for, checked, and which chunks of it are stored, in rows that outlive the tab.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use bytes::Bytes;
use serde_bytes::{ByteArray, ByteBuf};

use crate::dag::{self, manifest, unixfs};
use crate::engine::Error;
use crate::engine::api::{Audience, Draft, NewFile, NewShare, TransferId, TransferState};
use crate::engine::state::{Plan, PlannedFile, StoredChunk, Tables, Transaction};
use crate::format::node::Pointer;
use crate::format::picture::Picture;
use crate::format::{limits, path, text};
use crate::keys::Id;
use crate::platform;
use crate::social::share;

use super::handle::Shares;

/// Files in one share: a list of them is still a few megabytes.
pub(in crate::engine) const MAX_FILES: usize = 100_000;

/// The chunks that are stored of each file of a plan, from its beginning on.
pub(super) type KnownChunks = BTreeMap<usize, Vec<StoredChunk>>;

/// Where the bytes of the files of a plan are, in its order; nowhere for a file that was not chosen again.
pub(in crate::engine) type Sources = Vec<Option<Rc<dyn dag::Source>>>;

/// What was chosen, checked.
pub(in crate::engine) struct Chosen {
    /// Sorted by path.
    pub(in crate::engine) files: Vec<PlannedFile>,
    pub(in crate::engine) sources: Sources,
    /// Folders without files, sorted.
    pub(in crate::engine) folders: Vec<String>,
}

impl Shares {
    /// Shares whose files were not all read.
    pub(in crate::engine) fn drafts(&self) -> Vec<Draft> {
        self.0.state.read(|tables| {
            let drafts = tables.drafts.iter().filter(|(id, _)| !self.is_read(id));
            let drafts = drafts.map(|(id, plan)| {
                let known = known_chunks(tables, id);
                let missing = plan.files.iter().enumerate().filter(|(at, _)| is_missing(plan, *at, &known));
                let missing = missing.map(|(_, file)| file.path.clone()).collect();
                let (title, keep_location) = (text::shown(&plan.title), plan.keep_location);
                Draft { id: id.clone(), title, missing, keep_location }
            });
            drafts.collect()
        })
    }

    /// Whether the files of a draft are read now, in whichever tab they were chosen.
    pub(super) fn is_read(&self, draft: &str) -> bool {
        let transfer = self.0.transfers.get(&TransferId::add(draft));
        transfer.is_some_and(|transfer| {
            matches!(transfer.state, TransferState::Active | TransferState::Waiting | TransferState::Queued)
        })
    }

    /// Forgets a draft.
    pub(in crate::engine) async fn discard_draft(&self, id: &str) -> Result<(), Error> {
        let (transfer, draft) = (TransferId::add(id), id.to_owned());
        self.0.transfers.cancel(&transfer);
        self.0
            .state
            .remove(move |tx| {
                if !tx.drafts.contains(&draft) {
                    return Err(Error::NotFound("draft"));
                }
                remove_draft(tx, &draft);
                Ok(())
            })
            .await?;
        self.0.transfers.remove(&transfer);
        Ok(())
    }

    /// Checks everything that can be checked before a byte is read.
    pub(super) async fn plan(&self, new: NewShare) -> Result<(Plan, Sources), Error> {
        let title = text::title(&new.title).map_err(Error::invalid)?;
        let note = new.note.as_deref().unwrap_or_default();
        let note = match new.audience {
            Audience::Public => text::paragraph(note, limits::NOTE_CHARS).map_err(Error::invalid)?,
            _ => checked_note(note)?,
        };
        let (mut recipients, mut link, mut public) = (None, None, false);
        match new.audience {
            Audience::Myself => {}
            Audience::Public => public = true,
            Audience::Contacts { ids } if ids.is_empty() => {
                return Err(Error::InvalidName("choose at least one person".into()));
            }
            Audience::Contacts { ids } => recipients = Some(self.recipients(&ids)?),
            Audience::Link { password, expires } => {
                link = Some(self.new_link(password.as_deref().unwrap_or_default(), expires).await?);
            }
        }
        // A share may be a text alone.
        let Chosen { files, sources, folders } = match new.files.is_empty() && !note.is_empty() {
            true => Chosen { files: Vec::new(), sources: Vec::new(), folders: Vec::new() },
            false => planned(new.files)?,
        };
        let (inner, created) = (ByteArray::new(platform::random()), platform::now_ms());
        let keep_location = new.keep_location;
        let (onto, adds, answers, album) = (None, false, recipients.is_some(), None);
        let plan = Plan {
            inner,
            title,
            note,
            recipients,
            link,
            created,
            files,
            public,
            onto,
            folders,
            keep_location,
            adds,
            answers,
            album,
        };
        Ok((plan, sources))
    }

    /// The contacts named, each of whom must be known well enough to be sealed to.
    pub(super) fn recipients(&self, ids: &[String]) -> Result<Vec<Id>, Error> {
        let recipients: Result<BTreeSet<Id>, _> =
            self.0.state.read(|tables| ids.iter().map(|id| recipient(tables, id)).collect());
        let recipients = recipients?;
        if recipients.len() > share::MAX_RECIPIENTS {
            return Err(Error::InvalidName(format!("share with at most {} people", share::MAX_RECIPIENTS)));
        }
        Ok(recipients.into_iter().collect())
    }
}

/// The contact of this id, if a header can be sealed to them.
fn recipient(tables: &Tables, id: &str) -> Result<Id, Error> {
    let contact = tables.contact(id)?;
    if !tables.is_written_to(&contact.id) {
        return Err(Error::InvalidId(
            "add this person first: who is only followed or blocked gets nothing".into(),
        ));
    }
    if contact.is_doubted() {
        return Err(Error::Doubted);
    }
    if contact.profile.is_none() {
        return Err(Error::Unreachable("this person's profile was not found yet: try again later".into()));
    }
    Ok(contact.id)
}

/// The draft of this id.
pub(super) fn plan_of(tables: &Tables, id: &str) -> Result<Plan, Error> {
    tables.drafts.get(&id.to_owned()).cloned().ok_or(Error::NotFound("draft"))
}

/// The chunks of each file of a draft that an earlier try stored, in order.
pub(super) fn known_chunks(tables: &Tables, draft: &str) -> KnownChunks {
    let mut known = KnownChunks::new();
    for (_, run) in tables.runs.iter().filter(|(key, _)| key.draft == draft) {
        known.entry(run.file).or_default().extend(run.chunks.iter().cloned());
    }
    known
}

/// Forgets all rows of a draft.
pub(super) fn remove_draft(tx: &mut Transaction, draft: &str) {
    tx.drafts.remove(&draft.to_owned());
    tx.runs.remove_where(|key, _| key.draft == draft);
}

/// Bytes in the chunks that are stored of the file at this place.
pub(super) fn stored_bytes(plan: &Plan, at: usize, known: &KnownChunks) -> u64 {
    let chunk = if plan.public { unixfs::CHUNK } else { dag::CHUNK };
    let stored = known.get(&at).map_or(0, Vec::len) as u64;
    plan.files.get(at).map_or(0, |file| file.size.min(stored * chunk))
}

/// Whether bytes of the file at this place are to be read still.
pub(super) fn is_missing(plan: &Plan, at: usize, known: &KnownChunks) -> bool {
    plan.files.get(at).is_some_and(|file| !file.left_out && stored_bytes(plan, at, known) < file.size)
}

/// Says which file could not be read. The writer had the files at these places of the plan.
pub(super) fn read_error(plan: &Plan, places: &[usize], why: dag::WriteError) -> Error {
    let (file, error) = match why {
        dag::WriteError::Source { file, error } => (file, error),
        dag::WriteError::Store(why) => return why.into(),
    };
    let path = plan.files[places[file]].path.clone();
    unreadable(path, error)
}

/// Says why a file cannot be read.
pub(in crate::engine) fn unreadable(path: String, why: dag::SourceError) -> Error {
    let why = match why {
        dag::SourceError::Changed => None,
        why @ (dag::SourceError::PermissionNeeded(_) | dag::SourceError::Failed(_)) => Some(why.to_string()),
    };
    Error::FileChanged { path, why }
}

/// A file of a plan with its chunks, as a manifest lists it.
pub(in crate::engine) fn listed(file: &PlannedFile, chunks: Vec<Pointer>) -> manifest::NewFile {
    manifest::NewFile {
        path: file.path.clone(),
        size: file.size,
        media_type: file.media_type.clone(),
        modified: file.modified,
        // A draft of an earlier build may have one that is refused now.
        preview: file.preview.as_ref().map(|preview| Bytes::from(preview.to_vec())).filter(is_preview),
        chunks,
    }
}

/// The files and folders as a plan has them, and where the bytes are.
pub(in crate::engine) fn planned(chosen: Vec<NewFile>) -> Result<Chosen, Error> {
    if chosen.is_empty() {
        return Err(Error::InvalidName("choose at least one file".into()));
    }
    if chosen.len() > MAX_FILES {
        return Err(Error::InvalidName(format!("share at most {MAX_FILES} files at once")));
    }
    let (mut files, mut folders) = (BTreeMap::new(), BTreeSet::new());
    for file in chosen {
        if let Some(folder) = file.path.strip_suffix('/') {
            folders.insert(checked_path(folder)?);
            continue;
        }
        let path = checked_path(&file.path)?;
        let preview = file.preview.filter(is_preview);
        let planned = PlannedFile {
            path: path.clone(),
            size: file.source.size(),
            modified: file.modified,
            media_type: file.media_type.chars().take(limits::TYPE_CHARS).collect(),
            preview: preview.map(|preview| ByteBuf::from(preview.to_vec())),
            left_out: false,
        };
        if files.insert(path.clone(), (planned, file.source)).is_some() {
            return Err(Error::InvalidName(format!("{path} was chosen twice: rename one of them")));
        }
    }
    if !manifest::has_room_for(&folders) {
        return Err(Error::InvalidName("these are too many empty folders: leave some of them out".into()));
    }
    refuse_folders(
        &files.keys().cloned().chain(folders.iter().map(|folder| format!("{folder}/"))).collect(),
    )?;
    let (files, sources) = files.into_values().map(|(planned, source)| (planned, Some(source))).unzip();
    Ok(Chosen { files, sources, folders: folders.into_iter().collect() })
}

/// Refuses paths of which one is a folder of another. A path that ends in `/` is a folder itself.
pub(super) fn refuse_folders(paths: &BTreeSet<String>) -> Result<(), Error> {
    let folders = paths.iter().flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..at]));
    match folders.into_iter().find(|folder| paths.contains(*folder)) {
        Some(both) => {
            Err(Error::InvalidName(format!("{both} is a file and a folder at once: rename one of them")))
        }
        None => Ok(()),
    }
}

pub(super) fn checked_path(chosen: &str) -> Result<String, Error> {
    path::chosen(chosen).map_err(|why| Error::InvalidName(format!("{}: {why}", text::shown(chosen))))
}

fn is_preview(bytes: &Bytes) -> bool {
    bytes.len() <= limits::PREVIEW && Picture::read(bytes, limits::PREVIEW_SIDE).is_ok()
}

/// A typed note of a sealed share, ready to be stored.
///
/// # Errors
///
/// `invalid-name` if it has more characters than a share holds, or more bytes.
pub(super) fn checked_note(typed: &str) -> Result<String, Error> {
    let note = text::paragraph(typed, limits::TEXT_CHARS).map_err(Error::invalid)?;
    if note.len() > limits::TEXT_BYTES {
        return Err(Error::InvalidName("this text is too long for a share: share it as a file".into()));
    }
    Ok(note)
}

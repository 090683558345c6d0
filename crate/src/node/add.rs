//! Making a share: files into sealed blocks, a manifest over them, a header for its readers.
//!
//! A share is a draft until everything of it is stored: what was read survives the tab, and choosing the same
//! files again reads only what is missing. Nobody else sees anything of a draft.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::crypto::block::Key;
use crate::dag::{self, manifest};
use crate::format::header::Header;
use crate::format::manifest::Kind;
use crate::format::node::Pointer;
use crate::format::picture;
use crate::format::share_id::{InnerId, ShareId};
use crate::format::{Cid, limits, path, text};
use crate::keys::Id;
use crate::platform;
use crate::social::contact::Contact;
use crate::social::share;
use crate::store::{BATCH_BLOCKS, StoreError, Table, Write};

use super::api::{Audience, Direction, Draft, FileProgress, NewFile, NewShare, Share, TransferState};
use super::session::Session;
use super::shares::{Kept, Opened};
use super::transfers::Transfers;
use super::{Engine, Error};

/// Files in one share: a list of them is still a few megabytes.
const MAX_FILES: usize = 100_000;

/// Prefix of a draft's row in [`Table::Drafts`].
const DRAFT: &str = "draft/";
/// Prefix of rows with runs of a draft's chunks, followed by its id, `/` and a number that rises.
const RUN: &str = "run/";

/// A share that is being made.
#[derive(Clone, Serialize, Deserialize)]
struct Plan {
    inner: serde_bytes::ByteArray<16>,
    title: String,
    note: String,
    recipients: Option<Vec<Id>>,
    created: u64,
    files: Vec<Planned>,
}

/// A file of a plan, so that the same one is known when it is chosen again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Planned {
    path: String,
    size: u64,
    modified: Option<u64>,
    media_type: String,
    preview: Option<ByteBuf>,
}

/// A run of chunks of one file, in the row of the same commit that stored them.
#[derive(Serialize, Deserialize)]
struct Run {
    file: usize,
    chunks: Vec<(Cid, Key)>,
}

impl Engine {
    /// Seals files for an audience and stores them here; publishing goes on by itself afterwards.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a draft.
    pub async fn create_share(&self, new: NewShare) -> Result<Share, Error> {
        let session = self.session()?;
        let (plan, sources) = session.plan(new)?;
        session.finish_draft(plan, sources).await
    }

    /// Shares whose files were not all read.
    pub async fn drafts(&self) -> Result<Vec<Draft>, Error> {
        let session = self.session()?;
        let mut drafts = Vec::new();
        for (id, plan) in session.plans().await? {
            if session.transfers.get(&add_transfer(&id)).is_some_and(|t| t.state == TransferState::Active) {
                continue;
            }
            let known = session.known_chunks(&id).await?;
            let missing = plan.files.iter().enumerate().filter(|(at, file)| !file.is_whole(known.get(at)));
            let missing = missing.map(|(_, file)| file.path.clone()).collect();
            drafts.push(Draft { id, title: text::shown(&plan.title), missing });
        }
        Ok(drafts)
    }

    /// Goes on with a draft; of the files chosen again only the missing bytes are read.
    pub async fn resume_draft(&self, id: &str, files: Vec<NewFile>) -> Result<Share, Error> {
        let session = self.session()?;
        let plan = session.plan_of(id).await?;
        let known = session.known_chunks(id).await?;
        let mut chosen: BTreeMap<_, _> = BTreeMap::new();
        for file in files {
            chosen.insert(checked_path(&file.path)?, file);
        }
        let mut sources = Vec::with_capacity(plan.files.len());
        for (at, planned) in plan.files.iter().enumerate() {
            let source: Rc<dyn dag::Source> = match chosen.remove(&planned.path) {
                Some(file) if file.source.size() == planned.size && file.modified == planned.modified => {
                    file.source
                }
                Some(_) => return Err(Error::FileChanged(planned.path.clone())),
                None if planned.is_whole(known.get(&at)) => Rc::new(AlreadyRead(planned.size)),
                None => return Err(Error::InvalidName(format!("choose {} again too", planned.path))),
            };
            sources.push(source);
        }
        session.finish_draft(plan, sources).await
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
    fn plan(&self, new: NewShare) -> Result<(Plan, Vec<Rc<dyn dag::Source>>), Error> {
        let title = text::title(&new.title).map_err(Error::invalid)?;
        let note = text::paragraph(new.note.as_deref().unwrap_or_default(), limits::NOTE_CHARS)
            .map_err(Error::invalid)?;
        if new.files.is_empty() {
            return Err(Error::InvalidName("choose at least one file".into()));
        }
        if new.files.len() > MAX_FILES {
            return Err(Error::InvalidName(format!("share at most {MAX_FILES} files at once")));
        }
        let recipients = match new.audience {
            Audience::Myself => None,
            Audience::Contacts { ids } => Some(self.recipients(&ids)?),
        };
        let mut files = BTreeMap::new();
        for file in new.files {
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
        let folders = files.keys().flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..at]));
        if let Some(both) = folders.into_iter().find(|folder| files.contains_key(*folder)) {
            return Err(Error::InvalidName(format!(
                "{both} is a file and a folder at once: rename one of them"
            )));
        }
        let (files, sources) = files.into_values().unzip();
        let inner = serde_bytes::ByteArray::new(platform::random());
        Ok((Plan { inner, title, note, recipients, created: platform::now_ms(), files }, sources))
    }

    /// The contacts named, each of whom must be known well enough to be sealed to.
    fn recipients(&self, ids: &[String]) -> Result<Vec<Id>, Error> {
        if ids.is_empty() {
            return Err(Error::InvalidName("choose at least one person".into()));
        }
        let state = self.state.borrow();
        let mut recipients = Vec::with_capacity(ids.len());
        for id in ids {
            let id: Id = id.parse().map_err(|_| Error::NotFound("contact"))?;
            let contact = state.contacts.get(&id).ok_or(Error::NotFound("contact"))?;
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

    /// Keeps the draft, reads what is missing, and turns it into a share.
    async fn finish_draft(
        self: &Rc<Self>,
        plan: Plan,
        sources: Vec<Rc<dyn dag::Source>>,
    ) -> Result<Share, Error> {
        let id = plan.share_id(&self.id).to_string();
        let transfer = add_transfer(&id);
        self.transfers.begin(&transfer, &id, Direction::Add, plan.size(), TransferState::Active);
        let mut ending = Ending { transfers: &self.transfers, id: &transfer, outcome: Err(Error::Cancelled) };
        let sealing = self.seal_draft(&id, &transfer, plan, sources);
        ending.outcome = self.until_cancelled(&transfer, sealing).await;
        ending.outcome.clone()
    }

    async fn seal_draft(
        self: &Rc<Self>,
        id: &str,
        transfer: &str,
        plan: Plan,
        sources: Vec<Rc<dyn dag::Source>>,
    ) -> Result<Share, Error> {
        let mut row = Write::strict();
        self.rows.put(&mut row, Table::Drafts, &format!("{DRAFT}{id}"), &plan);
        self.commit_with_room(transfer, row).await?;
        let mut known = self.known_chunks(id).await?;
        let known: Vec<_> = (0..plan.files.len()).map(|at| known.remove(&at).unwrap_or_default()).collect();
        let here: Vec<_> = plan.files.iter().zip(&known).map(|(file, known)| file.here(known)).collect();
        self.transfers.found(transfer, here.iter().sum());
        let adding = Adding::new(self, id, transfer, &plan.files, here);
        let files = sources.iter().zip(known).map(|(source, known)| dag::File { source: &**source, known });
        let chunks = dag::write(files.collect(), self.ring.chunk_secret(), &adding).await;
        let chunks = chunks.map_err(|why| plan.read_error(why))?;

        let key = share::new_key();
        let recipients = plan.recipients.clone().unwrap_or_default();
        let kind = if plan.recipients.is_some() { Kind::Contacts } else { Kind::Own };
        let inner = InnerId(plan.inner.into_array());
        let mut manifest = manifest::Writer::new(key.manifest_secret(), dag::CHUNK);
        let mut lists = Unnamed { session: self, cids: Vec::new() };
        for (planned, chunks) in plan.files.iter().zip(chunks) {
            manifest.push(planned.listed(chunks)).map_err(Error::invalid)?;
            if manifest.waiting() >= BATCH_BLOCKS {
                lists.commit(transfer, manifest.take_blocks()).await?;
            }
        }
        let (pointer, last) = manifest.finish(self.ring.identity(), inner, kind).map_err(Error::bug)?;
        lists.commit(transfer, last).await?;

        let header = Header {
            share: inner,
            rev: 0,
            kind,
            created: plan.created,
            title: plan.title.clone(),
            note: plan.note.clone(),
            manifest: pointer,
            extra: Default::default(),
        };
        let sealed =
            share::seal(&self.ring, &key, &header, &self.sealed_to(&recipients)?).map_err(Error::bug)?;
        let share = Kept::new(Opened {
            author: self.id,
            header: &header,
            block: sealed.cid,
            files: plan.files.len() as u64,
            size: plan.size(),
            recipients,
            key: Some(&key),
            now: plan.created,
        });
        let mut write = Write::strict().block(sealed.cid, sealed.block);
        self.remove_draft_rows(&mut write, id).await?;
        self.put_share(&mut write, &share);
        self.commit_with_room(transfer, write).await?;
        self.tell_share(share.clone());
        self.own_blocks.serve(share.header).await;
        self.publish_share(&share);
        Ok(share.shown(&self.id))
    }

    /// To whom the header is sealed.
    fn sealed_to(&self, recipients: &[Id]) -> Result<Vec<share::Recipient>, Error> {
        let state = self.state.borrow();
        let recipients = recipients.iter().map(|id| state.contacts.get(id).and_then(Contact::recipient));
        recipients.collect::<Option<_>>().ok_or(Error::NotFound("contact"))
    }

    async fn plans(&self) -> Result<Vec<(String, Plan)>, Error> {
        self.rows.all(Table::Drafts, DRAFT).await
    }

    async fn plan_of(&self, id: &str) -> Result<Plan, Error> {
        self.rows.get(Table::Drafts, &format!("{DRAFT}{id}")).await?.ok_or(Error::NotFound("draft"))
    }

    /// The chunks of each file that an earlier try stored, in order.
    async fn known_chunks(&self, id: &str) -> Result<BTreeMap<usize, Vec<Pointer>>, Error> {
        let mut runs: Vec<(String, Run)> = self.rows.all(Table::Drafts, &run_prefix(id)).await?;
        runs.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut known: BTreeMap<usize, Vec<Pointer>> = BTreeMap::new();
        for (_, run) in runs {
            let chunks = run.chunks.into_iter().map(|(cid, key)| Pointer { cid, key });
            known.entry(run.file).or_default().extend(chunks);
        }
        Ok(known)
    }

    /// The chunks of every draft, which nothing else names yet.
    pub(super) async fn draft_chunks(&self) -> Result<Vec<Cid>, Error> {
        let runs: Vec<(String, Run)> = self.rows.all(Table::Drafts, RUN).await?;
        Ok(runs.into_iter().flat_map(|(_, run)| run.chunks).map(|(cid, _)| cid).collect())
    }

    async fn remove_draft_rows(&self, write: &mut Write, id: &str) -> Result<(), Error> {
        self.rows.remove(write, Table::Drafts, &format!("{DRAFT}{id}"));
        for (rest, _) in self.rows.all::<serde::de::IgnoredAny>(Table::Drafts, &run_prefix(id)).await? {
            self.rows.remove(write, Table::Drafts, &format!("{}{rest}", run_prefix(id)));
        }
        Ok(())
    }
}

impl Plan {
    fn share_id(&self, author: &Id) -> ShareId {
        ShareId::new(author.as_bytes(), InnerId(self.inner.into_array()))
    }

    fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// Says which file could not be read.
    fn read_error(&self, why: dag::WriteError) -> Error {
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
    /// Bytes of the file in the chunks that are stored already.
    fn here(&self, known: &[Pointer]) -> u64 {
        self.size.min(known.len() as u64 * dag::CHUNK)
    }

    fn is_whole(&self, known: Option<&Vec<Pointer>>) -> bool {
        self.here(known.map_or(&[], Vec::as_slice)) == self.size
    }

    fn listed(&self, chunks: Vec<Pointer>) -> manifest::NewFile {
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

fn run_prefix(draft: &str) -> String {
    format!("{RUN}{draft}/")
}

fn add_transfer(share: &str) -> String {
    format!("add-{share}")
}

fn checked_path(chosen: &str) -> Result<String, Error> {
    path::normalize(chosen).map_err(|why| Error::InvalidName(format!("{}: {why}", text::shown(chosen))))
}

fn is_preview(bytes: &Bytes) -> bool {
    bytes.len() <= limits::PREVIEW && picture::Kind::of(bytes).is_some()
}

/// Stores chunks in batches, each with the rows that say which chunks it has, and counts them.
struct Adding<'a> {
    session: &'a Session,
    draft: &'a str,
    transfer: &'a str,
    files: &'a [Planned],
    done: RefCell<Vec<u64>>,
    next_run: Cell<u64>,
}

impl<'a> Adding<'a> {
    fn new(
        session: &'a Session,
        draft: &'a str,
        transfer: &'a str,
        files: &'a [Planned],
        done: Vec<u64>,
    ) -> Self {
        // Runs of an earlier try stay, and sort before these.
        let next_run = Cell::new(platform::now_ms() << 12);
        Self { session, draft, transfer, files, done: RefCell::new(done), next_run }
    }
}

#[async_trait(?Send)]
impl dag::Sink for Adding<'_> {
    async fn commit(&self, batch: Vec<dag::Sealed>) -> Result<(), StoreError> {
        let mut write = Write::relaxed();
        for chunks in batch.chunk_by(|a, b| a.file == b.file) {
            let run = Run {
                file: chunks[0].file,
                chunks: chunks.iter().map(|c| (c.pointer.cid, c.pointer.key.clone())).collect(),
            };
            let name =
                format!("{}{:020}", run_prefix(self.draft), self.next_run.replace(self.next_run.get() + 1));
            self.session.rows.put(&mut write, Table::Drafts, &name, &run);
        }
        let counted: Vec<_> = batch.iter().map(|chunk| (chunk.file, chunk.len)).collect();
        write.blocks = batch.into_iter().map(|chunk| (chunk.pointer.cid, chunk.block)).collect();
        self.session.commit_with_room(self.transfer, write).await?;
        for (file, bytes) in counted {
            let mut done = self.done.borrow_mut();
            done[file] += bytes;
            let Planned { path, size, .. } = &self.files[file];
            let progress = FileProgress { path: path.clone(), bytes: done[file], total: *size };
            drop(done);
            self.session.transfers.advance(self.transfer, bytes, Some(progress));
        }
        Ok(())
    }
}

/// Blocks of a share beside its chunks, which nothing names before its row is written.
struct Unnamed<'a> {
    session: &'a Session,
    cids: Vec<Cid>,
}

impl Unnamed<'_> {
    async fn commit(&mut self, transfer: &str, blocks: Vec<(Cid, Bytes)>) -> Result<(), Error> {
        let cids = blocks.iter().map(|(cid, _)| *cid);
        self.session.unnamed.borrow_mut().extend(cids.clone());
        self.cids.extend(cids);
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

/// A file that an earlier try has read to its end: nothing asks for its bytes.
struct AlreadyRead(u64);

#[async_trait(?Send)]
impl dag::Source for AlreadyRead {
    fn size(&self) -> u64 {
        self.0
    }

    async fn read(&self, _: u64, _: usize) -> Result<Bytes, dag::SourceError> {
        Err(dag::SourceError::Changed)
    }
}

/// Ends a transfer with its outcome, which is "cancelled" where the call was dropped.
struct Ending<'a> {
    transfers: &'a Transfers,
    id: &'a str,
    outcome: Result<Share, Error>,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        match &self.outcome {
            Ok(_) => self.transfers.finish(self.id),
            Err(why) => self.transfers.fail(self.id, why),
        }
    }
}

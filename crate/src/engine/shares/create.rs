//! Making a share: files into sealed blocks, a manifest over them, a header for its readers.
//!
//! A share is a draft until all of it is stored: what was read survives the tab, and choosing the same files again
//! reads only what is missing. Nobody else sees anything of a draft.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;

use crate::dag::{self, manifest, unixfs};
use crate::engine::Error;
use crate::engine::api::{Direction, FileProgress, NewShare, Share, TransferId, TransferState};
use crate::engine::progress::Transfers;
use crate::engine::state::{Plan, PlannedFile, Run, RunKey, StoredChunk, Tables, Transaction, shown_share};
use crate::engine::storage::TempPins;
use crate::format::Cid;
use crate::format::header::{Header, split_note};
use crate::format::manifest::Kind;
use crate::format::node::Pointer;
use crate::format::share_id::{InnerId, ShareId};
use crate::keys::Id;
use crate::platform;
use crate::social::contact::Contact;
use crate::social::link::OwnLink;
use crate::social::share;
use crate::social::share_record::{SealedShare, ShareRecord};
use crate::store::{BATCH_BLOCKS, StoreError};

use super::draft::{self, Sources};
use super::handle::Shares;
use super::revise::Allows;

impl Shares {
    /// Seals files for an audience and stores them here; publishing goes on by itself afterwards.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a draft.
    pub(in crate::engine) async fn create(&self, new: NewShare) -> Result<Share, Error> {
        let (plan, sources) = self.plan(new).await?;
        self.finish_new(plan, sources).await
    }

    /// The same, which says what those whom it is for may do beside reading.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a draft.
    pub(in crate::engine) async fn create_as(&self, new: NewShare, allows: Allows) -> Result<Share, Error> {
        let (plan, sources) = self.plan(new).await?;
        if allows.adds && plan.recipients.is_none() {
            let why = "only people whom you choose can add to a share: choose them, or let nobody add";
            return Err(Error::Unsupported(why.into()));
        }
        if allows.answers && plan.recipients.is_none() {
            let why = "only people whom you choose can answer: choose them, or let nobody answer";
            return Err(Error::Unsupported(why.into()));
        }
        self.finish_new(Plan { adds: allows.adds, answers: allows.answers, ..plan }, sources).await
    }

    /// Reads what was chosen just now and makes a share of it. If a file stands in the way, no draft stays behind: the
    /// person has all of the files chosen still.
    pub(super) async fn finish_new(&self, plan: Plan, sources: Sources) -> Result<Share, Error> {
        let id = plan.share_id(&self.0.directory.id).to_string();
        let (share, total) = (plan.onto.clone().unwrap_or_else(|| id.clone()), plan.size());
        let made = self.run_draft(&id, &share, total, self.read_draft(&id, plan, sources)).await;
        if let Err(Error::FileChanged { .. } | Error::InvalidName(_)) = made {
            // If this fails too, the draft is listed and can be discarded there.
            let _ = self.discard_draft(&id).await;
        }
        made?.ok_or_else(|| Error::bug("a new share lacks a file"))
    }

    /// Lists a transfer of `total` bytes into a share while a draft is worked on.
    pub(super) async fn run_draft(
        &self,
        draft: &str,
        share: &str,
        total: u64,
        work: impl Future<Output = Result<Option<Share>, Error>>,
    ) -> Result<Option<Share>, Error> {
        let (transfer, transfers) = (TransferId::add(draft), &self.0.transfers);
        transfers.begin(&transfer, &share, Direction::Add, total, TransferState::Active);
        let mut guard = TransferGuard { transfers, id: &transfer, outcome: Err(Error::Cancelled) };
        guard.outcome = transfers.until_cancelled(&transfer, work).await;
        guard.outcome.clone()
    }

    /// Keeps the draft, reads what is missing and was chosen, and turns the draft into a share if nothing is missing then.
    pub(super) async fn read_draft(
        &self,
        id: &str,
        plan: Plan,
        sources: Sources,
    ) -> Result<Option<Share>, Error> {
        let transfer = TransferId::add(id);
        if plan.public {
            self.publish_draft(id, &transfer, plan, sources).await
        } else {
            self.seal_draft(id, &transfer, plan, sources).await
        }
    }

    async fn seal_draft(
        &self,
        id: &str,
        transfer: &TransferId,
        plan: Plan,
        sources: Sources,
    ) -> Result<Option<Share>, Error> {
        let Reading { places, sources, known, sink, is_complete } =
            self.keep_draft(id, transfer, &plan, sources).await?;
        let sealed = |chunks: Vec<StoredChunk>| {
            chunks.into_iter().map_while(|(cid, key)| Some(Pointer { cid, key: key? }))
        };
        let files = sources.iter().zip(known);
        let files =
            files.map(|(source, known)| dag::File { source: &**source, known: sealed(known).collect() });
        let chunks = dag::write(files.collect(), self.0.ring.chunk_secret(), &sink).await;
        let chunks = chunks.map_err(|why| draft::read_error(&plan, &places, why))?;
        if !is_complete {
            return Ok(None);
        }
        let files = places.into_iter().map(|at| &plan.files[at]).zip(chunks);
        let files: Vec<_> = files.map(|(file, chunks)| draft::listed(file, chunks)).collect();
        let made = match &plan.onto {
            Some(share) => self.enlarge(id, transfer, share, &plan, files).await,
            None => self.seal_new(id, transfer, &plan, files).await,
        };
        made.map(Some)
    }

    /// Makes a share of what its draft has stored.
    async fn seal_new(
        &self,
        id: &str,
        transfer: &TransferId,
        plan: &Plan,
        files: Vec<manifest::NewFile>,
    ) -> Result<Share, Error> {
        let args = &*self.0;
        let key = share::new_key();
        let wanted = plan.recipients.as_deref().unwrap_or_default();
        let recipients = args.state.read(|tables| tables.reachable(wanted));
        let kind = match (&plan.link, &plan.recipients) {
            (Some(_), _) => Kind::Link,
            (None, Some(_)) => Kind::Contacts,
            (None, None) => Kind::Own,
        };
        let inner_id = InnerId(plan.inner.into_array());
        let mut manifest = manifest::Writer::new(key.manifest_secret(), dag::CHUNK);
        let mut pins = args.storage.pin([]);
        for file in files {
            manifest.push(file).map_err(Error::invalid)?;
            if manifest.waiting() >= BATCH_BLOCKS {
                pins.join(args.storage.put(Some(transfer), manifest.take_blocks()).await?);
            }
        }
        manifest.folders(plan.folders.clone());
        let album = plan.album.map(|album| ShareId::from(album.into_array()));
        manifest.album(album);
        let (pointer, last) = manifest.finish(args.ring.identity(), inner_id, kind).map_err(Error::bug)?;
        pins.join(args.storage.put(Some(transfer), last).await?);

        let (note, more) = split_note(&plan.note);
        let header = Header {
            share: inner_id,
            rev: 0,
            kind,
            created: plan.created,
            title: plan.title.clone(),
            note,
            manifest: pointer,
            adds: plan.adds.then_some(true),
            answers: plan.answers.then_some(true),
            album,
            more,
            cover: None,
            order: None,
            until: plan.link.as_ref().and_then(|link| link.until),
            extra: Default::default(),
        };
        let sealed = match &plan.link {
            Some(link) => share::seal_for_link(&args.ring, &key, &header, link),
            None => share::seal(&args.ring, &key, &header, &self.sealed_to(&recipients)?),
        };
        let sealed = sealed.map_err(Error::bug)?;
        let share = ShareRecord::new(SealedShare {
            author: args.directory.id,
            header: &header,
            block: sealed.cid,
            files: plan.count(),
            size: plan.size(),
            recipients,
            key: Some(&key),
            now: plan.created,
        });
        self.install(id, transfer, share, vec![(sealed.cid, sealed.block)], plan.link.clone()).await
    }

    /// Puts a new share in the place of its draft, and lists its upload.
    pub(super) async fn install(
        &self,
        draft: &str,
        transfer: &TransferId,
        share: ShareRecord,
        blocks: Vec<(Cid, Bytes)>,
        link: Option<OwnLink>,
    ) -> Result<Share, Error> {
        let args = &*self.0;
        let (new, draft) = (share.clone(), draft.to_owned());
        args.storage
            .update_when_room(Some(transfer), blocks, move |tx| {
                if !tx.drafts.contains(&draft) {
                    return Err(Error::NotFound("draft"));
                }
                draft::remove_draft(tx, &draft);
                if let Some(link) = &link {
                    Rc::make_mut(&mut tx.links).keep(new.id(), link.clone());
                }
                tx.shares.insert(new.id(), new.clone());
                Ok(())
            })
            .await?;
        args.served.serve(share.block()).await;
        args.publisher.list_upload(&share);
        Ok(shown_share(&share, &args.directory.id))
    }

    /// Stores the row of a draft. Returns which of its files are to be read or listed now.
    pub(super) async fn keep_draft(
        &self,
        id: &str,
        transfer: &TransferId,
        plan: &Plan,
        sources: Sources,
    ) -> Result<Reading, Error> {
        let (draft, row) = (id.to_owned(), Rc::new(plan.clone()));
        let keep = move |tx: &mut Transaction| {
            tx.drafts.insert(draft.clone(), (*row).clone());
            Ok(())
        };
        self.0.storage.update_when_room(Some(transfer), Vec::new(), keep).await?;
        let mut known = self.0.state.read(|tables| draft::known_chunks(tables, id));
        let stored: Vec<_> = (0..plan.files.len()).map(|at| draft::stored_bytes(plan, at, &known)).collect();
        let wanted = stored.iter().zip(&plan.files).filter(|(_, file)| !file.left_out);
        self.0.transfers.found(transfer, wanted.map(|(stored, _)| stored).sum());
        let is_complete = sources
            .iter()
            .enumerate()
            .all(|(at, source)| source.is_some() || !draft::is_missing(plan, at, &known));
        let places: Vec<_> = (0..plan.files.len())
            .filter(|at| !plan.files[*at].left_out && (is_complete || sources[*at].is_some()))
            .collect();
        let source_of = |at: &usize| match &sources[*at] {
            Some(source) => Rc::clone(source),
            None => Rc::new(AlreadyRead(plan.files[*at].size)),
        };
        let sources = places.iter().map(source_of).collect();
        let known = places.iter().map(|at| known.remove(at).unwrap_or_default()).collect();
        let sink = DraftSink::new(self, id, transfer, plan.files.clone(), places.clone(), stored);
        Ok(Reading { places, sources, known, sink, is_complete })
    }

    /// The keys to which a header for these contacts is sealed.
    pub(super) fn sealed_to(&self, recipients: &[Id]) -> Result<Vec<share::Recipient>, Error> {
        let recipient = |tables: &Tables, id: &Id| tables.contacts.get(id).and_then(Contact::recipient);
        let recipients: Option<_> =
            self.0.state.read(|tables| recipients.iter().map(|id| recipient(tables, id)).collect());
        recipients.ok_or(Error::NotFound("contact"))
    }
}

/// The files of a draft that are read or listed now.
pub(super) struct Reading {
    /// Their places in the plan, in order. What follows is in the order of these.
    pub(super) places: Vec<usize>,
    pub(super) sources: Vec<Rc<dyn dag::Source>>,
    /// The chunks of each that are stored.
    pub(super) known: Vec<Vec<StoredChunk>>,
    /// Takes the others.
    pub(super) sink: DraftSink,
    /// Whether these are all files of the share.
    pub(super) is_complete: bool,
}

/// Stores chunks in batches, each with the rows that say which chunks it has, and counts them.
pub(super) struct DraftSink {
    shares: Shares,
    draft: String,
    transfer: TransferId,
    files: Vec<PlannedFile>,
    /// The places of the files that are written in the plan.
    places: Vec<usize>,
    done: RefCell<Vec<u64>>,
    next_run: Cell<u64>,
    /// Blocks that hold chunks together.
    nodes: RefCell<TempPins>,
}

/// What one chunk adds to the file that it is of.
struct StoredPart {
    file: usize,
    chunk: StoredChunk,
    len: u64,
}

impl DraftSink {
    fn new(
        shares: &Shares,
        draft: &str,
        transfer: &TransferId,
        files: Vec<PlannedFile>,
        places: Vec<usize>,
        done: Vec<u64>,
    ) -> Self {
        // Runs of an earlier try stay, and sort before these.
        let next_run = Cell::new(platform::now_ms() << 12);
        let nodes = RefCell::new(shares.0.storage.pin([]));
        let (draft, transfer) = (draft.to_owned(), transfer.clone());
        let shares = shares.clone();
        Self { shares, draft, transfer, files, places, done: RefCell::new(done), next_run, nodes }
    }

    /// Stores blocks with the rows that say which chunks are among them.
    async fn store(&self, blocks: Vec<(Cid, Bytes)>, added: Vec<StoredPart>) -> Result<(), StoreError> {
        let runs = added.chunk_by(|a, b| a.file == b.file).map(|added| {
            let no = self.next_run.replace(self.next_run.get() + 1);
            let chunks = added.iter().map(|added| added.chunk.clone()).collect();
            (RunKey { draft: self.draft.clone(), no }, Run { file: added[0].file, chunks })
        });
        let (runs, draft): (Rc<Vec<_>>, _) = (Rc::new(runs.collect()), self.draft.clone());
        let keep = move |tx: &mut Transaction| {
            if !tx.drafts.contains(&draft) {
                return Err(Error::Cancelled);
            }
            for (key, run) in runs.iter() {
                tx.runs.insert(key.clone(), run.clone());
            }
            Ok(())
        };
        self.shares.0.storage.update_when_room(Some(&self.transfer), blocks, keep).await?;
        for StoredPart { file, len, .. } in added {
            let mut done = self.done.borrow_mut();
            done[file] += len;
            let PlannedFile { path, size, .. } = &self.files[file];
            let progress = FileProgress { path: path.clone(), bytes: done[file], total: *size };
            drop(done);
            self.shares.0.transfers.advance(&self.transfer, len, Some(progress));
        }
        Ok(())
    }
}

#[async_trait(?Send)]
impl dag::Sink for DraftSink {
    async fn commit(&self, batch: Vec<dag::SealedChunk>) -> Result<(), StoreError> {
        let added = batch.iter().map(|dag::SealedChunk { file, pointer, len, .. }| StoredPart {
            file: self.places[*file],
            chunk: (pointer.cid, Some(pointer.key.clone())),
            len: *len,
        });
        let added = added.collect();
        self.store(batch.into_iter().map(|chunk| (chunk.pointer.cid, chunk.block)).collect(), added).await
    }
}

#[async_trait(?Send)]
impl unixfs::Sink for DraftSink {
    async fn commit(&self, batch: Vec<unixfs::Block>) -> Result<(), StoreError> {
        let nodes = batch.iter().filter(|block| block.chunk.is_none()).map(|block| block.cid);
        self.nodes.borrow_mut().extend(nodes);
        let added = batch.iter().filter_map(|block| {
            let chunk = block.chunk?;
            Some(StoredPart {
                file: self.places[chunk.file],
                chunk: (block.cid, None),
                len: block.bytes.len() as u64,
            })
        });
        let added = added.collect();
        self.store(batch.into_iter().map(|block| (block.cid, block.bytes)).collect(), added).await
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
struct TransferGuard<'a> {
    transfers: &'a Transfers,
    id: &'a TransferId,
    outcome: Result<Option<Share>, Error>,
}

impl Drop for TransferGuard<'_> {
    fn drop(&mut self) {
        match &self.outcome {
            Ok(Some(_)) => self.transfers.finish(self.id),
            // More files are to be chosen: the draft says so.
            Ok(None) => self.transfers.remove(self.id),
            Err(why) => self.transfers.fail(self.id, why),
        }
    }
}

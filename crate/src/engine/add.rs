//! Making a share: files into sealed blocks, a manifest over them, a header for its readers.
//!
//! A share is a draft until everything of it is stored: what was read survives the tab, and choosing the same
//! files again reads only what is missing. Nobody else sees anything of a draft.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;

use crate::dag::{self, manifest, unixfs};
use crate::format::Cid;
use crate::format::header::Header;
use crate::format::manifest::Kind;
use crate::format::node::Pointer;
use crate::format::share_id::InnerId;
use crate::keys::Id;
use crate::platform;
use crate::social::contact::Contact;
use crate::social::share;
use crate::store::{BATCH_BLOCKS, StoreError, Write};

use super::api::{Direction, FileProgress, NewFile, NewShare, Share, TransferState};
use super::draft::{Plan, Planned, Run, Sources, Stored, add_transfer, checked_path};
use super::kept::{Kept, Opened};
use super::people;
use super::relist::Unnamed;
use super::session::Session;
use super::transfers::Transfers;
use super::{Engine, Error};

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
                None if plan.is_whole(at, &known) => Rc::new(AlreadyRead(planned.size)),
                None => return Err(Error::InvalidName(format!("choose {} again too", planned.path))),
            };
            sources.push(source);
        }
        session.finish_draft(plan, sources).await
    }
}

impl Session {
    /// Keeps the draft, reads what is missing, and turns it into a share.
    pub(super) async fn finish_draft(self: &Rc<Self>, plan: Plan, sources: Sources) -> Result<Share, Error> {
        let id = plan.share_id(&self.id).to_string();
        let transfer = add_transfer(&id);
        let share = plan.onto.as_ref().unwrap_or(&id);
        self.transfers.begin(&transfer, share, Direction::Add, plan.size(), TransferState::Active);
        let mut ending = Ending { transfers: &self.transfers, id: &transfer, outcome: Err(Error::Cancelled) };
        let making = async {
            if plan.public {
                self.publish_draft(&id, &transfer, plan, sources).await
            } else {
                self.seal_draft(&id, &transfer, plan, sources).await
            }
        };
        ending.outcome = self.until_cancelled(&transfer, making).await;
        ending.outcome.clone()
    }

    async fn seal_draft(
        self: &Rc<Self>,
        id: &str,
        transfer: &str,
        plan: Plan,
        sources: Sources,
    ) -> Result<Share, Error> {
        let (known, adding) = self.begin_adding(id, transfer, &plan).await?;
        let sealed =
            |chunks: Vec<Stored>| chunks.into_iter().map_while(|(cid, key)| Some(Pointer { cid, key: key? }));
        let files = sources.iter().zip(known);
        let files =
            files.map(|(source, known)| dag::File { source: &**source, known: sealed(known).collect() });
        let chunks = dag::write(files.collect(), self.ring.chunk_secret(), &adding).await;
        let chunks = chunks.map_err(|why| plan.read_error(why))?;
        match &plan.onto {
            Some(share) => self.enlarge(id, transfer, share, &plan, chunks).await,
            None => self.seal_new(id, transfer, &plan, chunks).await,
        }
    }

    /// Makes a share of what its draft has stored.
    async fn seal_new(
        self: &Rc<Self>,
        id: &str,
        transfer: &str,
        plan: &Plan,
        chunks: Vec<Vec<Pointer>>,
    ) -> Result<Share, Error> {
        let key = share::new_key();
        let recipients = self.reachable(plan.recipients.as_deref().unwrap_or_default());
        let kind = match (&plan.link, &plan.recipients) {
            (Some(_), _) => Kind::Link,
            (None, Some(_)) => Kind::Contacts,
            (None, None) => Kind::Own,
        };
        let inner = InnerId(plan.inner.into_array());
        let mut manifest = manifest::Writer::new(key.manifest_secret(), dag::CHUNK);
        let mut lists = Unnamed::new(self);
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
        let sealed = match &plan.link {
            Some(link) => share::seal_for_link(&self.ring, &key, &header, link),
            None => share::seal(&self.ring, &key, &header, &self.sealed_to(&recipients)?),
        };
        let sealed = sealed.map_err(Error::bug)?;
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
        if let Some(link) = &plan.link {
            people::put(&self.rows, &mut write, &share.id(), Some(link));
        }
        self.commit_with_room(transfer, write).await?;
        if let Some(link) = &plan.link {
            self.state.borrow_mut().links.keep(share.id(), link.clone());
        }
        self.tell_share(share.clone());
        self.own_blocks.serve(share.block()).await;
        self.publish_share(&share);
        Ok(share.shown(&self.id))
    }

    /// Keeps the draft; gives the chunks of each file that an earlier try stored, and what the others go into.
    pub(super) async fn begin_adding<'a>(
        &'a self,
        id: &'a str,
        transfer: &'a str,
        plan: &'a Plan,
    ) -> Result<(Vec<Vec<Stored>>, Adding<'a>), Error> {
        let mut row = Write::strict();
        self.put_plan(&mut row, id, plan);
        self.commit_with_room(transfer, row).await?;
        let mut known = self.known_chunks(id).await?;
        let here: Vec<_> = (0..plan.files.len()).map(|at| plan.here(at, &known)).collect();
        self.transfers.found(transfer, here.iter().sum());
        let known = (0..plan.files.len()).map(|at| known.remove(&at).unwrap_or_default()).collect();
        Ok((known, Adding::new(self, id, transfer, &plan.files, here)))
    }

    /// To whom the header is sealed.
    pub(super) fn sealed_to(&self, recipients: &[Id]) -> Result<Vec<share::Recipient>, Error> {
        let state = self.state.borrow();
        let recipients = recipients.iter().map(|id| state.contacts.get(id).and_then(Contact::recipient));
        recipients.collect::<Option<_>>().ok_or(Error::NotFound("contact"))
    }
}

/// Stores chunks in batches, each with the rows that say which chunks it has, and counts them.
pub(super) struct Adding<'a> {
    session: &'a Session,
    draft: &'a str,
    transfer: &'a str,
    files: &'a [Planned],
    done: RefCell<Vec<u64>>,
    next_run: Cell<u64>,
    /// Blocks that hold chunks together.
    nodes: RefCell<Unnamed<'a>>,
}

/// A chunk that is being stored.
struct Added {
    file: usize,
    chunk: Stored,
    len: u64,
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
        let nodes = RefCell::new(Unnamed::new(session));
        Self { session, draft, transfer, files, done: RefCell::new(done), next_run, nodes }
    }

    /// Stores blocks with the rows that say which chunks are among them.
    async fn store(&self, blocks: Vec<(Cid, Bytes)>, added: Vec<Added>) -> Result<(), StoreError> {
        let mut write = Write { blocks, ..Write::relaxed() };
        for added in added.chunk_by(|a, b| a.file == b.file) {
            let chunks = added.iter().map(|added| added.chunk.clone()).collect();
            let number = self.next_run.replace(self.next_run.get() + 1);
            self.session.put_run(&mut write, self.draft, number, &Run { file: added[0].file, chunks });
        }
        self.session.commit_with_room(self.transfer, write).await?;
        for Added { file, len, .. } in added {
            let mut done = self.done.borrow_mut();
            done[file] += len;
            let Planned { path, size, .. } = &self.files[file];
            let progress = FileProgress { path: path.clone(), bytes: done[file], total: *size };
            drop(done);
            self.session.transfers.advance(self.transfer, len, Some(progress));
        }
        Ok(())
    }
}

#[async_trait(?Send)]
impl dag::Sink for Adding<'_> {
    async fn commit(&self, batch: Vec<dag::Sealed>) -> Result<(), StoreError> {
        let added = batch.iter().map(|dag::Sealed { file, pointer, len, .. }| Added {
            file: *file,
            chunk: (pointer.cid, Some(pointer.key.clone())),
            len: *len,
        });
        let added = added.collect();
        self.store(batch.into_iter().map(|chunk| (chunk.pointer.cid, chunk.block)).collect(), added).await
    }
}

#[async_trait(?Send)]
impl unixfs::Sink for Adding<'_> {
    async fn commit(&self, batch: Vec<unixfs::Block>) -> Result<(), StoreError> {
        let nodes = batch.iter().filter(|block| block.chunk.is_none()).map(|block| block.cid);
        self.nodes.borrow_mut().hold(nodes.collect());
        let added = batch.iter().filter_map(|block| {
            let chunk = block.chunk?;
            Some(Added { file: chunk.file, chunk: (block.cid, None), len: block.bytes.len() as u64 })
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

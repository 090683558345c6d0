//! Reading files of a folder into sealed blocks.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use async_trait::async_trait;

use crate::dag::{self, Source};
use crate::engine::Error;
use crate::engine::api::{Directory, DirectoryError};
use crate::engine::shares::digest_of_file;
use crate::engine::storage::{Storage, TempPins};
use crate::format::node::Pointer;
use crate::store::StoreError;

use super::handle::Folders;
use super::scan::Seen;
use super::standing::Trouble;

/// Files and bytes that are read before the next are opened.
const BATCH: (usize, u64) = (64, 64 << 20);

/// A file that was read.
pub(super) struct SealedFile {
    pub(super) digest: [u8; 32],
    pub(super) chunks: Vec<Pointer>,
}

/// What was read of a folder. Its blocks stay while this is held.
pub(super) struct Sealed {
    pub(super) files: BTreeMap<String, SealedFile>,
    /// Files that were written while they were read: the next round reads them.
    pub(super) unsettled: BTreeSet<String>,
    _pins: TempPins,
}

impl Folders {
    /// Reads files, in batches.
    pub(super) async fn seal(
        &self,
        directory: &dyn Directory,
        wanted: Vec<(&String, &Seen)>,
    ) -> Result<Sealed, Trouble> {
        let sink = PinningSink {
            storage: self.0.args.storage.clone(),
            pins: RefCell::new(self.0.args.storage.pin([])),
        };
        let (mut files, mut unsettled) = (BTreeMap::new(), BTreeSet::new());
        let mut rest = wanted.into_iter().peekable();
        while rest.peek().is_some() {
            let (mut batch, mut bytes) = (Vec::new(), 0);
            while let Some((_, seen)) = rest.peek()
                && batch.len() < BATCH.0
                && (batch.is_empty() || bytes + seen.stamp.size <= BATCH.1)
            {
                bytes += seen.stamp.size;
                batch.extend(rest.next());
            }
            self.seal_batch(directory, batch, &sink, &mut files, &mut unsettled).await?;
        }
        Ok(Sealed { files, unsettled, _pins: sink.pins.into_inner() })
    }

    async fn seal_batch(
        &self,
        directory: &dyn Directory,
        batch: Vec<(&String, &Seen)>,
        sink: &PinningSink,
        files: &mut BTreeMap<String, SealedFile>,
        unsettled: &mut BTreeSet<String>,
    ) -> Result<(), Trouble> {
        let mut open: Vec<(&String, &Seen, Rc<dyn Source>)> = Vec::new();
        for (path, seen) in batch {
            match directory.open(&seen.local).await {
                Ok((stamp, source)) if stamp == seen.stamp => open.push((path, seen, source)),
                Ok(_) | Err(DirectoryError::Changed) => drop(unsettled.insert(path.clone())),
                Err(why) => return Err(why.into()),
            }
        }
        let chunks = loop {
            let sources = open.iter().map(|(.., source)| dag::File { source: &**source, known: Vec::new() });
            match dag::write(sources.collect(), self.0.args.ring.chunk_secret(), sink).await {
                Ok(chunks) => break chunks,
                Err(dag::WriteError::Source { file, error }) => {
                    let (path, ..) = open.remove(file);
                    match error {
                        dag::SourceError::Changed => drop(unsettled.insert(path.clone())),
                        dag::SourceError::PermissionNeeded(_) => {
                            return Err(DirectoryError::Permission.into());
                        }
                        dag::SourceError::Failed(why) => {
                            return Err(
                                DirectoryError::Failed(format!("{path} cannot be read: {why}")).into()
                            );
                        }
                    }
                }
                Err(dag::WriteError::Store(why)) => return Err(Error::from(why).into()),
            }
        };
        for ((path, seen, _), chunks) in open.into_iter().zip(chunks) {
            // A program may have written it meanwhile, without a reader noticing.
            if directory.stamp(&seen.local).await? != Some(seen.stamp) {
                unsettled.insert(path.clone());
                continue;
            }
            let digest = digest_of_file(seen.stamp.size, chunks.iter().map(|chunk| chunk.cid));
            files.insert(path.clone(), SealedFile { digest, chunks });
        }
        Ok(())
    }
}

/// Stores chunks, and protects them until a revision names them.
struct PinningSink {
    storage: Storage,
    pins: RefCell<TempPins>,
}

#[async_trait(?Send)]
impl dag::Sink for PinningSink {
    async fn commit(&self, batch: Vec<dag::SealedChunk>) -> Result<(), StoreError> {
        let blocks = batch.into_iter().map(|chunk| (chunk.pointer.cid, chunk.block)).collect();
        let pins = self.storage.put(None, blocks).await?;
        self.pins.borrow_mut().join(pins);
        Ok(())
    }
}

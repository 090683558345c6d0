//! Files over IndexedDB, in a dedicated worker of a real browser: all parts of the way that the engine goes.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "these are tests, though clippy does not know their attribute")]

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use spinney::{
    dag::{self, CHUNK, File, Sealed, Sink, Source, SourceError, Stored},
    format::manifest::{Chunks, Entry},
    platform,
    store::{Databases, Store, StoreError, Write, cases::sample, indexed_db::IndexedDb},
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

struct Contents(Bytes);

#[async_trait(?Send)]
impl Source for Contents {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        Ok(self.0.slice(offset as usize..offset as usize + len))
    }
}

struct Into(Rc<dyn Store>);

#[async_trait(?Send)]
impl Sink for Into {
    async fn commit(&self, batch: Vec<Sealed>) -> Result<(), StoreError> {
        let blocks = batch.into_iter().map(|chunk| (chunk.pointer.cid, chunk.block)).collect();
        self.0.commit(Write { blocks, ..Write::relaxed() }).await
    }
}

async fn fresh_store() -> Rc<dyn Store> {
    let namespace = format!("test-{:x}", u128::from_be_bytes(platform::random()));
    IndexedDb::lead(&namespace).await.unwrap().open("one").await.unwrap()
}

#[wasm_bindgen_test]
async fn files_are_cut_sealed_stored_and_read_back() {
    let store = fresh_store().await;
    let sizes = [0, 1, CHUNK as usize, 40 * CHUNK as usize + 17];
    let sources: Vec<_> = sizes.iter().map(|size| Contents(sample(1, *size).1.into())).collect();
    let files = sources.iter().map(|source| File { source, known: vec![] }).collect();
    let written = dag::write(files, &[7; 32], &Into(Rc::clone(&store))).await.unwrap();
    for (source, chunks) in sources.iter().zip(written) {
        let size = source.size();
        let chunks = Chunks::Inline(chunks);
        let file = Entry {
            path: "a".into(),
            size,
            media_type: String::new(),
            modified: None,
            preview: None,
            chunks,
        };
        let fetch = Rc::new(Stored(Rc::clone(&store)));
        let read: Vec<Bytes> = dag::read(fetch, &file, CHUNK, 0..size).try_collect().await.unwrap();
        assert!(read.concat() == source.0, "a file of {size} bytes");
    }
    // The first chunk of the longer file is the whole of the other one.
    let blocks = store.blocks(None).await.unwrap();
    assert_eq!(blocks.len(), 1 + 41);
    assert_eq!(store.used().await.unwrap(), blocks.iter().map(|(_, size)| size).sum::<u64>());
}

//! Files over IndexedDB, in a dedicated worker of a real browser: the whole path that the engine uses.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "these are tests, though clippy does not know their attribute")]

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use spinney::{
    dag::{self, CHUNK, File, SealedChunk, Sink, Source, SourceError, StoreFetch, unixfs},
    format::{
        RAW, cid_of,
        manifest::{Chunks, Entry},
    },
    platform,
    store::{Databases, Store, StoreError, Write, blocks_of, cases::sample, indexed_db::IndexedDb},
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
    async fn commit(&self, batch: Vec<SealedChunk>) -> Result<(), StoreError> {
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
        let fetch = Rc::new(StoreFetch(blocks_of(Rc::clone(&store))));
        let read: Vec<Bytes> = dag::read(fetch, &file, CHUNK, 0..size).try_collect().await.unwrap();
        assert!(read.concat() == source.0, "a file of {size} bytes");
    }
    // The first chunk of the longer file is all of the other one.
    let blocks = store.blocks(None).await.unwrap();
    assert_eq!(blocks.len(), 1 + 41);
    assert_eq!(store.used().await.unwrap(), blocks.iter().map(|(_, size)| size).sum::<u64>());
}

/// A file of zeros. Only its end is ever read.
struct Zeros(u64);

#[async_trait(?Send)]
impl Source for Zeros {
    fn size(&self) -> u64 {
        self.0
    }

    async fn read(&self, _: u64, len: usize) -> Result<Bytes, SourceError> {
        Ok(vec![0; len].into())
    }
}

#[async_trait(?Send)]
impl unixfs::Sink for Into {
    async fn commit(&self, batch: Vec<unixfs::Block>) -> Result<(), StoreError> {
        let blocks = batch.into_iter().map(|block| (block.cid, block.bytes)).collect();
        self.0.commit(Write { blocks, ..Write::relaxed() }).await
    }
}

#[wasm_bindgen_test]
async fn public_files_past_four_gigabytes_are_named_as_elsewhere_and_read() {
    const GIB: u64 = 1 << 30;
    let store = fresh_store().await;
    let chunk = Bytes::from(vec![0; unixfs::CHUNK as usize]);
    let cid = cid_of(RAW, &chunk);
    store.commit(Write::relaxed().block(cid, chunk)).await.unwrap();
    let sources = [Zeros(GIB + 1), Zeros(6 * GIB + 9)];
    let inputs = sources
        .iter()
        .map(|source| unixfs::Input { source, known: vec![cid; (source.0 / unixfs::CHUNK) as usize] });
    let links = unixfs::write(inputs.collect(), &Into(Rc::clone(&store))).await.unwrap();
    // The CID that ipfs-unixfs-importer makes.
    let expected = "bafybeigx4uyebjbq65346xh6cjrt6yshbdudzudhnqecwbzvymslxj7gje";
    assert_eq!(links[0].cid.to_string(), expected);
    let fetch = Rc::new(StoreFetch(store));
    let unixfs::Node::File(file) = unixfs::open(&*fetch, &links[1].cid).await.unwrap() else {
        panic!("no file")
    };
    assert_eq!(file.size(), 6 * GIB + 9);
    for (range, expected) in [(5 * GIB - 3..5 * GIB + 4, 7), (6 * GIB..u64::MAX, 9)] {
        let read: Vec<Bytes> = unixfs::read(fetch.clone(), &file, range).try_collect().await.unwrap();
        assert_eq!(read.concat(), vec![0; expected]);
    }
}

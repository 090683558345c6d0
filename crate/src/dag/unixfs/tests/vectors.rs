//! What other tools make from the same files, and DAGs that they made: `tests/vectors/published/unixfs`.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
};

use data_encoding::BASE64;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore as _, SeedableRng as _},
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::dag::{
    FetchError,
    car::{self, Scope},
    path,
};

#[derive(Deserialize)]
struct FileCase {
    /// Without one, the file is all zeros.
    seed: Option<String>,
    size: u64,
    cid: String,
    total: u64,
    #[serde(default)]
    long: bool,
}

#[derive(Deserialize)]
struct FolderCase {
    says: String,
    #[serde(flatten)]
    files: Files,
    cid: String,
    total: u64,
}

#[derive(Deserialize)]
struct ShapeCase {
    says: String,
    #[serde(flatten)]
    files: Files,
    root: String,
    car: String,
}

#[derive(Deserialize)]
struct Files {
    names: Option<Names>,
    /// Path, seed, size.
    #[serde(default)]
    paths: Vec<(String, String, u64)>,
}

/// Names that follow from a seed, for files with one `x` in them.
#[derive(Deserialize)]
struct Names {
    #[serde(default)]
    under: Option<String>,
    seed: String,
    count: usize,
    length: usize,
    last: usize,
}

/// The bytes that follow from a seed, as Kubo's tests and the vectors of IPIP-499 make them.
struct Seeded {
    seed: Option<String>,
    size: u64,
}

impl Seeded {
    fn bytes(&self, offset: u64, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        if let Some(seed) = &self.seed {
            let mut stream = ChaCha20Rng::from_seed(Sha256::digest(seed).into());
            // In words of four bytes. Chunks start at whole words.
            stream.set_word_pos(u128::from(offset / 4));
            stream.fill_bytes(&mut bytes);
        }
        bytes
    }
}

#[async_trait(?Send)]
impl Source for Seeded {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        Ok(self.bytes(offset, len).into())
    }
}

/// Keeps nothing.
struct Nowhere;

#[async_trait(?Send)]
impl Sink for Nowhere {
    async fn commit(&self, _: Vec<Block>) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Files {
    /// Every file of the folder by its path.
    fn all(&self) -> BTreeMap<String, Vec<u8>> {
        const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz01234567890-_";
        let mut all = BTreeMap::new();
        if let Some(names) = &self.names {
            let len = (names.count - 1) * names.length + names.last;
            let bytes = Seeded { seed: Some(names.seed.clone()), size: 0 }.bytes(0, len);
            let letters: String =
                bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect();
            for i in 0..names.count {
                let length = if i + 1 == names.count { names.last } else { names.length };
                let name = &letters[i * names.length..][..length];
                let under = names.under.as_ref().map_or(String::new(), |under| format!("{under}/"));
                all.insert(under + name, b"x".to_vec());
            }
        }
        for (path, seed, size) in &self.paths {
            all.insert(path.clone(), Seeded { seed: Some(seed.clone()), size: 0 }.bytes(0, *size as usize));
        }
        all
    }
}

fn cid(text: &str) -> Cid {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_file_gets_the_cid_that_other_tools_give_it() {
    let cases: Vec<FileCase> =
        serde_json::from_str(include_str!("../../../../tests/vectors/published/unixfs/files.json")).unwrap();
    for case in cases {
        if case.long && std::env::var_os("SPINNEY_LONG").is_none() {
            continue;
        }
        // Whole chunks of the zeros are known, so that only the end of the gigabyte is hashed.
        let known = match case.seed {
            Some(_) => vec![],
            None => vec![cid_of(RAW, &[0; CHUNK as usize]); (case.size / CHUNK) as usize],
        };
        let source = Seeded { seed: case.seed, size: case.size };
        let written = write(vec![Input { source: &source, known }], &Nowhere).await.unwrap();
        let expected = Link { cid: cid(&case.cid), total: case.total };
        assert_eq!(written, [expected], "{:?} of {} bytes", source.seed, case.size);
    }
}

#[tokio::test]
async fn a_folder_gets_the_cid_that_other_tools_give_it() {
    let cases: Vec<FolderCase> =
        serde_json::from_str(include_str!("../../../../tests/vectors/published/unixfs/folders.json"))
            .unwrap();
    for case in cases {
        let (store, files) = (store().await, case.files.all());
        let mut links = Vec::new();
        for bytes in files.values() {
            let source = Known(bytes.clone().into());
            links.push(write_all(&store, &[&source]).await[0]);
        }
        let root = write_folder(&store, files.keys().map(String::as_str).zip(links)).await.unwrap();
        assert_eq!(root, Link { cid: cid(&case.cid), total: case.total }, "{}", case.says);
        holds(store, &root.cid, &files).await;
    }
}

fn shapes() -> Vec<ShapeCase> {
    serde_json::from_str(include_str!("../../../../tests/vectors/published/unixfs/shapes.json")).unwrap()
}

#[tokio::test]
async fn dags_of_any_shape_are_read_and_archived() {
    for case in shapes() {
        let (store, root) = (store().await, cid(&case.root));
        let archive = BASE64.decode(case.car.as_bytes()).unwrap();
        let blocks = unpack(&archive);
        store.commit(Write { blocks, ..Write::relaxed() }).await.unwrap();
        holds(store.clone(), &root, &case.files.all()).await;
        let pieces: Vec<Bytes> = car::archive(Rc::new(StoreFetch(store)), &[root], Scope::All)
            .try_collect()
            .await
            .expect(&case.says);
        assert!(pieces.concat() == archive, "{}: another archive", case.says);
    }
}

/// The blocks of an archive. Records which of them are fetched.
struct Noted {
    blocks: BTreeMap<Cid, Bytes>,
    fetched: RefCell<BTreeSet<Cid>>,
}

#[async_trait(?Send)]
impl Fetch for Noted {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.fetched.borrow_mut().insert(*cid);
        Ok(self.blocks[cid].clone())
    }
}

#[tokio::test]
async fn an_archive_of_a_part_has_what_reads_it_and_nothing_else() {
    for case in shapes() {
        let blocks = unpack(&BASE64.decode(case.car.as_bytes()).unwrap()).into_iter().collect();
        let noted = Rc::new(Noted { blocks, fetched: RefCell::default() });
        let fetch: Rc<dyn Fetch> = noted.clone();
        let check = async |way: &[Cid], scope| {
            let read = noted.fetched.take();
            let pieces: Vec<Bytes> =
                car::archive(fetch.clone(), way, scope).try_collect().await.expect(&case.says);
            let archived: Vec<_> = unpack(&pieces.concat()).into_iter().map(|(cid, _)| cid).collect();
            assert_eq!(archived.iter().copied().collect::<BTreeSet<_>>(), read, "{}", case.says);
            assert_eq!(archived.len(), read.len(), "{}: a block comes twice", case.says);
            noted.fetched.take();
        };
        let root = cid(&case.root);
        let files = case.files.all();
        for (path, bytes) in files.iter().step_by((files.len() / 20).max(1)) {
            let way = path::way(&*fetch, &root, path).await.unwrap().expect("the path leads there");
            noted.fetched.take();
            let len = bytes.len() as u64;
            for range in [0..len, 0..len / 2, len / 3..len, len / 3..len / 3 + 1, len..len + 5] {
                let file = find(&*fetch, &root, path).await.unwrap().unwrap();
                contents(fetch.clone(), &file, range.clone()).await.unwrap();
                check(&way, Scope::Entity(range)).await;
            }
        }
        assert_eq!(path::way(&*fetch, &root, "not/there").await, Ok(None));
        noted.fetched.take();
        let entries = directory(&*fetch, &root).await.entries(fetch.clone());
        entries.try_collect::<Vec<_>>().await.unwrap();
        check(&[root], Scope::ENTITY).await;
    }
}

/// Bytes in memory.
struct Known(Bytes);

#[async_trait(?Send)]
impl Source for Known {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        Ok(self.0.slice(offset as usize..offset as usize + len))
    }
}

/// Checks that a folder has these files and no others, and some ranges of each.
async fn holds(store: Rc<dyn Store>, root: &Cid, files: &BTreeMap<String, Vec<u8>>) {
    let fetch: Rc<dyn Fetch> = Rc::new(StoreFetch(store));
    let mut listed = Vec::new();
    list(&fetch, root, "", &mut listed).await;
    listed.sort();
    assert!(listed.iter().eq(files.keys()), "{listed:?}");
    // A few of thousands that look alike are enough.
    for (path, bytes) in files.iter().step_by((files.len() / 20).max(1)) {
        let found = find(&*fetch, root, path).await.unwrap().unwrap();
        let len = bytes.len();
        for range in [0..len, 0..len / 2, len / 3..len, len / 3..len / 3 + 1, len..len + 5] {
            let read = contents(fetch.clone(), &found, range.start as u64..range.end as u64).await.unwrap();
            assert!(read == bytes[range.start.min(len)..range.end.min(len)], "{path} {range:?}");
        }
    }
}

/// Lists all files below a folder.
async fn list(fetch: &Rc<dyn Fetch>, folder: &Cid, path: &str, files: &mut Vec<String>) {
    let directory = directory(&**fetch, folder).await;
    let entries: Vec<_> = directory.entries(fetch.clone()).try_collect().await.unwrap();
    for entry in entries {
        let path = if path.is_empty() { entry.name } else { format!("{path}/{}", entry.name) };
        match open(&**fetch, &entry.link.cid).await.unwrap() {
            Node::File(_) => files.push(path),
            Node::Directory(_) => Box::pin(list(fetch, &entry.link.cid, &path, files)).await,
        }
    }
}

/// The blocks of an archive.
fn unpack(mut archive: &[u8]) -> Vec<(Cid, Bytes)> {
    let mut blocks = Vec::new();
    let next = |archive: &mut &[u8]| {
        let (len, rest) = unsigned_varint::decode::usize(archive).unwrap();
        let (part, rest) = rest.split_at(len);
        *archive = rest;
        part.to_vec()
    };
    next(&mut archive);
    while !archive.is_empty() {
        let part = next(&mut archive);
        let mut rest = &part[..];
        let cid = Cid::read_bytes(&mut rest).unwrap();
        let mut bytes = Vec::new();
        rest.read_to_end(&mut bytes).unwrap();
        assert_eq!(cid, cid_of(cid.codec(), &bytes));
        blocks.push((cid, bytes.into()));
    }
    blocks
}

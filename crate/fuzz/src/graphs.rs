//! Objects of many blocks, all of them a stranger's: lists of files, folders, archives.
//!
//! Each piece of an input is a block. Where a block has 31 zeros and the number of a later piece, it gets the digest of
//! that block, or the key that opens it, so that a mutation of one block leaves the graph whole.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::{StreamExt, TryStreamExt};
use ipld_core::ipld;
use ipld_core::ipld::Ipld;
use spinney::crypto::block::{self, Key};
use spinney::crypto::sha256;
use spinney::crypto::sign::SigningKey;
use spinney::dag::car::{self, Scope};
use spinney::dag::contents::{Contents, File};
use spinney::dag::{Fetch, FetchError, Reader, path, unixfs, walk, zip};
use spinney::format::manifest::{ChunkList, Chunks, Entry, Kind, Listing, Manifest, Preview};
use spinney::format::node::{self, Content, Pointer};
use spinney::format::share_id::InnerId;
use spinney::format::{DAG_CBOR, DAG_PB, RAW, Value, cbor, cid_from_digest};

use super::Target;
use super::pieces::{Piece, join, split};
use super::stream::run;

/// Everything that is read block by block.
pub const TARGETS: &[Target] = &[("dag_car", archive), ("dag_manifest", sealed), ("dag_unixfs", folder)];

/// Blocks that are fetched for one input: above that nobody has them.
const FETCHES: usize = 400;

/// The head of a PNG of one pixel: as much of a picture as is read.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\0\0\0\0\0\0\0\0IDAT";

/// Files that are listed, and those of them that are read.
const FILES: usize = 50;
const FILES_READ: usize = 3;

/// Bytes of a file that are read.
const BYTES: u64 = 1 << 20;

/// Zeros before the number of a block.
const MARK: usize = 31;

const SECRET: [u8; 32] = [7; 32];

/// Blocks by their digests.
#[derive(Default)]
struct Graph {
    blocks: HashMap<[u8; 32], Bytes>,
    fetches: Cell<usize>,
}

#[async_trait(?Send)]
impl Fetch for Graph {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.fetches.set(self.fetches.get() + 1);
        let digest = cid.hash().digest().try_into().ok();
        let block = digest.and_then(|digest: [u8; 32]| self.blocks.get(&digest));
        let block = block.filter(|_| self.fetches.get() <= FETCHES);
        block.cloned().ok_or_else(|| FetchError::Unreachable("nobody has it".to_owned()))
    }
}

/// A block that has been made.
#[derive(Clone)]
struct Made {
    digest: [u8; 32],
    key: [u8; 32],
}

impl Graph {
    /// Makes the blocks of all pieces by `make`, the last one first. Returns what was made of each.
    fn make(pieces: &[Piece<'_>], make: impl Fn(usize, Vec<u8>) -> (Vec<u8>, [u8; 32])) -> (Self, Vec<Made>) {
        let mut graph = Self::default();
        let mut made = vec![None; pieces.len()];
        for (number, piece) in pieces.iter().enumerate().rev() {
            let (block, key) = make(number, linked(piece.bytes, &made));
            let digest = sha256(&block);
            graph.blocks.insert(digest, block.into());
            made[number] = Some(Made { digest, key });
        }
        (graph, made.into_iter().flatten().collect())
    }
}

/// A block with the digests and keys of those that it names.
fn linked(bytes: &[u8], made: &[Option<Made>]) -> Vec<u8> {
    let mut linked = bytes.to_vec();
    let mut at = 0;
    while let Some(mark) = bytes.get(at..=at + MARK) {
        let zeros = mark[..MARK].iter().take_while(|byte| **byte == 0).count();
        if zeros < MARK {
            at += zeros + 1;
            continue;
        }
        if let Some(Some(made)) = made.get(usize::from(mark[MARK])) {
            let is_digest = bytes[..at].ends_with(&[0x12, 0x20]);
            linked[at..=at + MARK].copy_from_slice(if is_digest { &made.digest } else { &made.key });
        }
        at += MARK + 1;
    }
    linked
}

/// The first byte of the input says which part, the first piece the path, the others are the blocks.
fn archive(input: &[u8]) {
    let (choice, rest) = input.split_first().unwrap_or((&0, &[]));
    let pieces = split(rest);
    let Some((names, blocks)) = pieces.split_first() else { return };
    let Some(root) = blocks.first() else { return };
    let (graph, made) = Graph::make(blocks, |_, bytes| (bytes, [0; 32]));
    let root = cid_from_digest(if root.flag { DAG_CBOR } else { DAG_PB }, &made[0].digest);
    let scope = match choice % 4 {
        0 => Scope::Block,
        1 => Scope::ENTITY,
        2 => Scope::Entity(u64::from(choice / 4)..u64::from(*choice)),
        _ => Scope::All,
    };
    let graph = Rc::new(graph);
    run(async {
        let Ok(Some(way)) = path::way(&*graph, &root, &String::from_utf8_lossy(names.bytes)).await else {
            return;
        };
        let mut archive = car::archive(Rc::clone(&graph) as Rc<dyn Fetch>, &way, scope);
        while let Some(Ok(_)) = archive.next().await {}
        let mut below = walk(Rc::clone(&graph) as Rc<dyn Fetch>, way);
        let mut seen = std::collections::HashSet::new();
        while let Some(found) = below.next().await {
            if let Ok(cid) = found {
                assert!(seen.insert(cid), "a block is named once");
            }
        }
    });
}

/// The first piece is a manifest, which its maker signs; the others are what can hang from it.
fn sealed(input: &[u8]) {
    let pieces = split(input);
    if pieces.is_empty() {
        return;
    }
    let maker = SigningKey::from_bytes(&[1; 32]);
    let (graph, made) = Graph::make(&pieces, |number, bytes| {
        let sealed = match number {
            0 => Manifest::from_bytes(&bytes).and_then(|manifest| manifest.seal(&maker, &SECRET)),
            _ => seal_as::<Listing>(&bytes)
                .or_else(|_| seal_as::<ChunkList>(&bytes))
                .or_else(|_| seal_as::<Preview>(&bytes)),
        };
        match sealed {
            Ok((pointer, block)) => (block, *pointer.key.as_bytes()),
            Err(_) => {
                let (key, block) = block::seal(&SECRET, &bytes);
                (block, *key.as_bytes())
            }
        }
    });
    let pointer =
        Pointer { cid: cid_from_digest(DAG_CBOR, &made[0].digest), key: Key::from_bytes(made[0].key) };
    run(async {
        let reader = Reader::open(Rc::new(graph), &pointer, Some(&maker.verifying_key())).await;
        let Ok(reader) = reader else { return };
        look_through(Contents::Sealed(Rc::new(reader))).await;
    });
}

fn seal_as<T: Content>(bytes: &[u8]) -> Result<(Pointer, Vec<u8>), spinney::format::DecodeError> {
    node::seal(&SECRET, &T::from_bytes(bytes)?)
}

/// The first piece is the folder.
fn folder(input: &[u8]) {
    let pieces = split(input);
    let (graph, made) = Graph::make(&pieces, |_, bytes| (bytes, [0; 32]));
    let Some(root) = made.first() else { return };
    let folder = unixfs::Folder::new(Rc::new(graph), cid_from_digest(DAG_PB, &root.digest));
    run(look_through(Contents::Public(Rc::new(folder))));
}

/// Lists files, reads some, and packs them.
async fn look_through(contents: Contents) {
    let files: Vec<_> = contents.files().take(FILES).try_collect().await.unwrap_or_default();
    let mut sorted: Vec<Vec<&str>> = files.iter().map(|file| file.path().split('/').collect()).collect();
    if let Contents::Sealed(_) = contents {
        assert!(
            files.windows(2).all(|pair| pair[0].path() < pair[1].path()),
            "files are sorted by their paths"
        );
    } else {
        sorted.dedup();
        assert!(
            sorted.is_sorted() && sorted.len() == files.len(),
            "files are sorted by the names of their paths"
        );
    }
    if let Some(file) = files.get(1) {
        let page = contents.list(Some(files[0].path()), 1).await;
        if let Ok(page) = page {
            assert_eq!(page.first().map(File::path), Some(file.path()), "a page goes on behind the last one");
        }
    }
    for file in files.iter().take(FILES_READ) {
        if let Ok(Some(found)) = contents.find(file.path()).await {
            assert_eq!(found.path(), file.path());
        }
        let _ = file.preview().await;
        if file.size() <= BYTES {
            let _ = file.chunks().await;
        }
        let part = file.read(1, BYTES).try_fold(0, async |sum, bytes| Ok(sum + bytes.len() as u64));
        if let Ok(read) = part.await {
            assert_eq!(
                read,
                file.size().saturating_sub(1).min(BYTES),
                "a file is as long as it says, or cannot be read"
            );
        }
    }
    let about = files.iter().map(|file| {
        (file.path(), file.size(), file.modified().and_then(|millis| i64::try_from(millis).ok()))
    });
    let length = zip::length(about);
    if files.iter().map(File::size).fold(0, u64::saturating_add) <= BYTES {
        let packed = zip::archive(futures::stream::iter(files.into_iter().map(Ok)), |_| 0);
        if let Ok(packed) = packed.try_fold(0, async |sum, bytes| Ok(sum + bytes.len() as u64)).await {
            assert_eq!(packed, length, "an archive is as long as it was said to be");
        }
    }
}

/// The digest or key of a piece, before it is made.
fn mark(number: u8) -> [u8; 32] {
    let mut mark = [0; 32];
    mark[MARK] = number;
    mark
}

fn pointer(codec: u64, number: u8) -> Pointer {
    Pointer { cid: cid_from_digest(codec, &mark(number)), key: Key::from_bytes(mark(number)) }
}

/// A field of protobuf that holds bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    assert!(bytes.len() < 128);
    [&[number << 3 | 2, bytes.len() as u8], bytes].concat()
}

/// A link of DAG-PB to a piece.
fn link(codec: u64, number: u8, name: &str, total: u8) -> Vec<u8> {
    let cid = cid_from_digest(codec, &mark(number)).to_bytes();
    field(2, &[field(1, &cid), field(2, name.as_bytes()), vec![3 << 3, total]].concat())
}

/// A file of two chunks of five and four bytes.
fn two_chunks(first: u8) -> Vec<u8> {
    let data = [1 << 3, 2, 3 << 3, 9, 4 << 3, 5, 4 << 3, 4];
    [link(RAW, first, "", 5), link(RAW, first + 1, "", 4), field(1, &data)].concat()
}

fn directory(links: &[Vec<u8>]) -> Vec<u8> {
    [links.concat(), field(1, &[1 << 3, 1])].concat()
}

fn folders() -> Vec<Vec<Vec<u8>>> {
    let chunks = [b"hello".to_vec(), b"you!".to_vec()];
    let inner = directory(&[link(RAW, 3, "a", 5), link(RAW, 4, "b.txt", 4)]);
    let outer = directory(&[link(DAG_PB, 1, "film", 60), link(DAG_PB, 2, "more", 90), link(RAW, 3, "z", 5)]);
    let shard = include_bytes!("../corpus/unixfs/shard");
    let mut sharded = Vec::new();
    let mut at = 0;
    // The same shard with links to one chunk.
    while at < shard.len() {
        let digest = shard[at..].starts_with(&[0x12, 0x20]).then(|| mark(1).to_vec());
        sharded.extend_from_slice(&shard[at..(at + 2).min(shard.len())]);
        at += 2;
        match digest {
            Some(digest) if at >= 4 && shard[at - 4] == 1 => {
                sharded.extend(digest);
                at += 32;
            }
            _ => {
                at -= 1;
                sharded.pop();
            }
        }
    }
    vec![
        vec![outer, two_chunks(3), inner, chunks[0].clone(), chunks[1].clone()],
        vec![sharded, chunks[0].clone()],
    ]
}

fn manifests() -> Vec<Vec<Vec<u8>>> {
    let entry = |path: &str, size, chunks, preview| Entry {
        path: path.to_owned(),
        size,
        media_type: "text/plain".to_owned(),
        modified: Some(1_700_000_000_000),
        preview,
        chunks,
    };
    let manifest = |files, size, listing| {
        let share = InnerId([7; 16]);
        Manifest {
            share,
            kind: Kind::Contacts,
            files,
            size,
            chunk: 64 << 10,
            listing,
            folders: None,
            album: None,
            parts: None,
            extra: Default::default(),
        }
    };
    let chunk = [b"hello".to_vec(), vec![0; 1019]].concat();
    let inline = |number| Chunks::Inline(vec![pointer(RAW, number)]);
    let preview = Preview(Bytes::from_static(PICTURE));
    let flat = [
        entry("a", 5, inline(1), Some(pointer(DAG_CBOR, 2))),
        entry("b/c", 5, Chunks::Parts(vec![pointer(DAG_CBOR, 3)]), None),
        entry("empty", 0, Chunks::Inline(Vec::new()), None),
    ];
    let list = ChunkList(vec![pointer(RAW, 4)]);
    let flat = manifest(3, 10, Listing::Entries(flat.to_vec()));
    let branch = |first: &str, number| spinney::format::manifest::Branch {
        first: first.to_owned(),
        node: pointer(DAG_CBOR, number),
    };
    let deep = manifest(2, 10, Listing::Index(vec![branch("a", 1), branch("b", 2)]));
    let below = |path: &str| Listing::Entries(vec![entry(path, 5, inline(3), None)]);
    vec![
        vec![flat.to_bytes(), chunk.clone(), preview.to_bytes(), list.to_bytes(), chunk.clone()],
        vec![deep.to_bytes(), below("a").to_bytes(), below("b").to_bytes(), chunk],
    ]
}

pub(super) fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "dag_unixfs" => folders().iter().map(|blocks| join(blocks)).collect(),
        "dag_manifest" => manifests().iter().map(|blocks| join(blocks)).collect(),
        "dag_car" => {
            let mut seeds = Vec::new();
            for choice in [0, 1, 2 + 4, 3] {
                for path in ["", "film", "more/a"] {
                    let blocks = folders().remove(0);
                    seeds.push([vec![choice], join(&[path.as_bytes().to_vec()]), join(&blocks)].concat());
                }
            }
            let cid = |codec, number| Ipld::Link(cid_from_digest(codec, &mark(number)));
            let object =
                cbor::from_ipld(&ipld!({"a": [cid(RAW, 1), cid(DAG_CBOR, 2)], "b": cid(DAG_CBOR, 2)}));
            let blocks = [object, b"chunk".to_vec(), cbor::from_ipld(&ipld!([cid(RAW, 1)]))];
            let mut object = join(&blocks);
            object[0] |= 0x80;
            seeds.push([vec![3], join(&[b"a/1/0".to_vec()]), object].concat());
            seeds
        }
        _ => Vec::new(),
    }
}

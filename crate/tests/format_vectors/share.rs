//! The parts of a share: chunks and sealed nodes.

use ipld_core::ipld::Ipld;
use spinney::crypto::block::{self, Key};
use spinney::crypto::padding;
use spinney::dag;
use spinney::format::header::ShareKey;
use spinney::format::manifest::{Branch, ChunkList, Chunks, Entry, Listing, Preview};
use spinney::format::node::{self, Content, Node, Pointer};
use spinney::format::{Cid, DAG_CBOR, DecodeError, RAW, Value, cbor, cid_of, limits};

use crate::case::{Case, code, fixed, hex};
use crate::people::{NOON, Person, alice};
use crate::pictures;
use crate::public::with;

pub(crate) fn cases() -> Vec<Case> {
    [chunks(), chunks_refused(), nodes(), nodes_refused()].concat()
}

pub(crate) fn share_key() -> ShareKey {
    ShareKey::from_bytes(fixed("share key"))
}

pub(crate) fn secret() -> [u8; 32] {
    *share_key().manifest_secret()
}

/// A size of chunks that is allowed, the smallest.
pub(crate) const CHUNK: u64 = 64 << 10;

/// A chunk of a file, zero-filled to `padded`, as its author seals it.
pub(crate) fn chunk(author: &Person, plaintext: &[u8], padded: usize) -> (Pointer, Vec<u8>) {
    let mut filled = plaintext.to_vec();
    filled.resize(padded, 0);
    let (key, sealed) = block::seal(author.ring.chunk_secret(), &filled);
    (Pointer { cid: cid_of(RAW, &sealed), key }, sealed)
}

/// A chunk of a file of 2 chunks and a byte, or of one of 25 bytes.
fn chunk_case(name: &str, says: &str, size: u64, index: u64, plaintext: &[u8]) -> Case {
    let alice = alice();
    let whole = dag::padded(size, CHUNK) - index * CHUNK;
    let padded = usize::try_from(whole.min(CHUNK)).unwrap();
    let (pointer, sealed) = chunk(&alice, plaintext, padded);
    assert_eq!(dag::read::open(&pointer, &sealed, size, CHUNK, index).unwrap(), plaintext);
    Case::new("chunk", name, says)
        .given("size", size)
        .given("chunk", CHUNK)
        .given("index", index)
        .given("secret", hex(alice.ring.chunk_secret()))
        .given("plaintext", hex(plaintext))
        .derived("padded", padded)
        .derived("key", hex(pointer.key.as_bytes()))
        .derived("chunk_cid", pointer.cid.to_string())
        .bytes(&sealed)
}

const SMALL: &[u8] = b"A small file fills 1 KiB.";

fn chunks() -> Vec<Case> {
    let size = 2 * CHUNK + 1;
    vec![
        chunk_case("small", "The only chunk of a file of 25 bytes, zero-filled to 1 KiB", 25, 0, SMALL),
        chunk_case(
            "last",
            "The last chunk of a file of 128 KiB and a byte, filled to what Padmé adds to the whole",
            size,
            2,
            b"x",
        ),
        chunk_case(
            "last-full",
            "The last chunk of a file that fills it but for a byte: filled to the chunk's end",
            2000,
            0,
            &vec![b'x'; 2000],
        ),
    ]
}

fn chunks_refused() -> Vec<Case> {
    let refuse = |name: &str, says: &str, (plaintext, padded): (&[u8], usize)| {
        let (pointer, sealed) = chunk(&alice(), plaintext, padded);
        let code = match dag::read::open(&pointer, &sealed, 25, CHUNK, 0) {
            Err(dag::ReadError::Format(error)) => error.code(),
            other => panic!("was not refused by the format: {other:?}"),
        };
        Case::new("chunk", &format!("refused-{name}"), says)
            .given("size", 25)
            .given("chunk", CHUNK)
            .given("index", 0)
            .given("key", hex(pointer.key.as_bytes()))
            .bytes(&sealed)
            .refused("small", code)
    };
    let mut filled = SMALL.to_vec();
    filled.resize(1023, 0);
    filled.push(1);
    vec![
        refuse("filling", "Filled with something", (&filled, 1024)),
        refuse("longer", "Filled to 2 KiB", (SMALL, 2048)),
        refuse("shorter", "Not filled", (SMALL, SMALL.len())),
    ]
}

pub(crate) fn preview() -> (Pointer, Preview) {
    let preview = Preview(pictures::jpeg(320, 240).into());
    (node::seal(&secret(), &preview).unwrap().0, preview)
}

fn entry(path: &str, size: u64, chunks: Chunks) -> Entry {
    Entry {
        path: path.to_owned(),
        size,
        media_type: "image/jpeg".to_owned(),
        modified: Some(NOON),
        preview: Some(preview().0),
        chunks,
    }
}

pub(crate) fn small(path: &str) -> Entry {
    entry(path, 25, Chunks::Inline(vec![chunk(&alice(), SMALL, 1024).0]))
}

fn empty(path: &str) -> Entry {
    Entry {
        media_type: String::new(),
        modified: None,
        preview: None,
        ..entry(path, 0, Chunks::Inline(vec![]))
    }
}

pub(crate) fn chunk_list() -> ChunkList {
    ChunkList((0..3).map(|n| chunk(&alice(), &[n], 1024).0).collect())
}

pub(crate) fn listing() -> Listing {
    let parts = vec![node::seal(&secret(), &chunk_list()).unwrap().0];
    // 3 chunks of 256 KiB, the last of them with one byte.
    Listing::Entries(vec![small("Fotos/See 🌊.jpg"), entry("film.mp4", (2 << 18) + 1, Chunks::Parts(parts))])
}

pub(crate) fn node_case<T: Content + PartialEq + std::fmt::Debug>(
    (name, kind): (&str, &str),
    says: &str,
    content: &T,
) -> Case {
    let (pointer, block) = node::seal(&secret(), content).unwrap();
    assert_eq!(node::open::<T>(&pointer, &block).unwrap(), *content);
    Case::new("node", name, says)
        .given("as", kind)
        .given("share_key", hex(share_key().as_bytes()))
        .derived("secret", hex(&secret()))
        .derived("plaintext", hex(&content.to_bytes()))
        .derived("key", hex(pointer.key.as_bytes()))
        .block(&block)
        .value(&content.to_ipld())
}

fn nodes() -> Vec<Case> {
    let branch = |first: &str, listing: &Listing| Branch {
        first: first.to_owned(),
        node: node::seal(&secret(), listing).unwrap().0,
    };
    let later = Listing::Entries(vec![empty("z/empty")]);
    let index = Listing::Index(vec![branch("Fotos/See 🌊.jpg", &listing()), branch("z/empty", &later)]);
    let longest = Entry {
        path: vec!["a".repeat(limits::SEGMENT_BYTES); 4].join("/") + "/",
        media_type: "🌳".repeat(limits::TYPE_CHARS),
        ..empty("")
    };
    let longest = Entry { path: longest.path.trim_end_matches('/').to_owned(), ..longest };
    assert_eq!(longest.path.len(), limits::PATH_BYTES - 1);
    let mut picture = pictures::jpeg(1024, 1024);
    picture.resize(limits::PREVIEW, 0);
    vec![
        node_case(("preview", "preview"), "A preview picture", &preview().1),
        node_case(("preview-largest", "preview"), "A picture of 16 KiB", &Preview(picture.into())),
        node_case(("chunks", "chunks"), "A list of chunks of one file", &chunk_list()),
        node_case(
            ("entries", "entries"),
            "A listing of files: one of one chunk, one whose chunks are listed in a node",
            &listing(),
        )
        .given("chunk", 1 << 18),
        node_case(
            ("entries-longest", "entries"),
            "The longest path and type",
            &Listing::Entries(vec![longest]),
        ),
        node_case(
            ("entries-64", "entries"),
            "A file of 64 chunks",
            &Listing::Entries(vec![of_chunks(limits::INLINE_CHUNKS)]),
        )
        .given("chunk", CHUNK),
        node_case(
            ("entries-file-and-folder", "entries"),
            "A file beside a folder of its name",
            &Listing::Entries(vec![small("a"), small("a/b")]),
        ),
        node_case(("index", "entries"), "A listing of listings", &index),
        free_key(),
        unknown_link(),
    ]
}

/// So many chunks, each another.
fn many_chunks(chunks: usize) -> ChunkList {
    let pointer = |n: usize| Pointer { cid: cid_of(RAW, &n.to_be_bytes()), key: Key::from_bytes([7; 32]) };
    ChunkList((0..chunks).map(pointer).collect())
}

/// A file of so many full chunks.
pub(crate) fn of_chunks(chunks: usize) -> Entry {
    entry("film.mp4", chunks as u64 * CHUNK, Chunks::Inline(many_chunks(chunks).0))
}

/// A node whose key is not the hash of its content: only its author could tell.
fn free_key() -> Case {
    let listing = Listing::Entries(vec![small("a")]);
    let key = fixed("a key drawn at random");
    let sealed = spinney::crypto::once::seal(&key, &padding::frame_padme(&listing.to_bytes()));
    let mut links = listing.links();
    links.sort();
    let block = Node { links, sealed: sealed.into() }.to_bytes();
    let pointer = Pointer { cid: cid_of(DAG_CBOR, &block), key: Key::from_bytes(key) };
    assert_eq!(node::open::<Listing>(&pointer, &block).unwrap(), listing);
    Case::new("node", "free-key", "Sealed under a key that is not the hash of its content")
        .given("as", "entries")
        .given("share_key", hex(share_key().as_bytes()))
        .derived("secret", hex(&secret()))
        .derived("plaintext", hex(&listing.to_bytes()))
        .derived("key", hex(&key))
        .block(&block)
        .value(&listing.to_ipld())
}

/// A link in a key that nobody knows: it is not among the clear ones.
fn unknown_link() -> Case {
    let listing = Listing::Entries(vec![small("a")]);
    let value = with(&listing, "x", Ipld::Link(cid_of(RAW, b"later")));
    let (pointer, block) = node::seal(&secret(), &Broken(value.clone(), listing.links())).unwrap();
    assert_eq!(node::open::<Listing>(&pointer, &block).unwrap(), listing);
    Case::new("node", "unknown-link", "A link in a key that nobody knows, which is not among the clear ones")
        .given("as", "entries")
        .given("share_key", hex(share_key().as_bytes()))
        .derived("secret", hex(&secret()))
        .derived("plaintext", hex(&cbor::from_ipld(&value)))
        .derived("key", hex(pointer.key.as_bytes()))
        .block(&block)
        .value(&value)
}

/// Content that breaks the rules of the place it is sealed for.
pub(crate) struct Broken(pub(crate) Ipld, pub(crate) Vec<Cid>);

impl Value for Broken {
    fn to_ipld(&self) -> Ipld {
        self.0.clone()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        Ok(Self(value, Vec::new()))
    }
}

impl Content for Broken {
    fn links(&self) -> Vec<Cid> {
        self.1.clone()
    }
}

pub(crate) fn refuse(name: &str, says: &str, pointer: &Pointer, block: &[u8]) -> Case {
    Case::new("node", &format!("refused-{name}"), says)
        .given("as", "entries")
        .given("key", hex(pointer.key.as_bytes()))
        .bytes(block)
        .refused("entries", code(node::open::<Listing>(pointer, block)))
}

/// A sound listing, its pointer and its block.
pub(crate) fn good() -> (Listing, Pointer, Vec<u8>) {
    let listing = Listing::Entries(vec![small("a")]);
    let (pointer, block) = node::seal(&secret(), &listing).unwrap();
    (listing, pointer, block)
}

fn nodes_refused() -> Vec<Case> {
    let (listing, good, block) = good();
    let parsed = Node::decode(&block).unwrap();
    let named = |block: &[u8]| Pointer { cid: cid_of(DAG_CBOR, block), key: good.key.clone() };
    let changed = |name: &str, says: &str, node: &Node| {
        let block = node.to_bytes();
        refuse(name, says, &named(&block), &block)
    };
    let mut flipped = parsed.sealed.to_vec();
    flipped[0] ^= 1;
    let reversed = parsed.links.iter().rev().copied().collect();
    let framed = |name: &str, says: &str, frame: &[u8]| {
        let (key, sealed) = block::seal(&secret(), frame);
        let block = Node { links: parsed.links.clone(), sealed: sealed.into() }.to_bytes();
        refuse(name, says, &Pointer { cid: cid_of(DAG_CBOR, &block), key }, &block)
    };
    let plaintext = listing.to_bytes();
    let size = padding::frame_padme(&plaintext).len();
    let mut filled = padding::frame_padme(&plaintext);
    assert!(size > 4 + plaintext.len());
    *filled.last_mut().unwrap() = 1;
    let other = Pointer { cid: cid_of(DAG_CBOR, b"another"), key: good.key.clone() };
    let over = crate::public::filled(&cbor::to_ipld(&block).unwrap(), limits::NODE + 1, cbor::from_ipld);
    let largest = crate::public::filled(&cbor::to_ipld(&block).unwrap(), limits::NODE, cbor::from_ipld);
    assert_eq!(node::open::<Listing>(&named(&largest), &largest).unwrap(), listing);
    vec![
        Case::new("node", "largest", "As large as any, most of it in a key that nobody knows")
            .given("as", "entries")
            .derived("plaintext", hex(&plaintext))
            .derived("key", hex(good.key.as_bytes()))
            .block(&largest)
            .value(&listing.to_ipld()),
        Case::new("node", "refused-size", "A byte larger than any")
            .given("as", "entries")
            .given("key", hex(good.key.as_bytes()))
            .bytes(&over)
            .refused("largest", code(node::open::<Listing>(&named(&over), &over))),
        Case::new("node", "refused-block", "Another block than the pointer names")
            .given("as", "entries")
            .given("names", other.cid.to_string())
            .given("key", hex(good.key.as_bytes()))
            .bytes(&block)
            .refused("entries", code(node::open::<Listing>(&other, &block))),
        changed(
            "links-missing",
            "A clear link less than are used inside",
            &Node { links: parsed.links[1..].to_vec(), ..parsed.clone() },
        ),
        changed("links-unsorted", "Clear links out of order", &Node { links: reversed, ..parsed.clone() }),
        changed(
            "flipped",
            "One bit of the sealed part is another",
            &Node { sealed: flipped.into(), ..parsed.clone() },
        ),
        framed(
            "frame-larger",
            "A frame that is larger than Padmé asks for",
            &padding::frame(&plaintext, size + 64),
        ),
        framed("frame-filling", "A frame that is filled with something", &filled),
    ]
}

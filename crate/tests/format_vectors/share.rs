//! A share: its chunks, nodes, manifest and header.

use ipld_core::ipld::Ipld;
use spinney::crypto::block;
use spinney::crypto::sign::SigningKey;
use spinney::format::header::{Block, Header, Links, ShareKey};
use spinney::format::manifest::{Branch, ChunkList, Chunks, Entry, Kind, Listing, Manifest, Preview};
use spinney::format::node::{self, Content, Node, Pointer};
use spinney::format::share_id::InnerId;
use spinney::format::{Cid, DecodeError, RAW, Value, cbor, cid_of};

use crate::case::{Case, fixed, hex, stream, why};
use crate::people::{NOON, Person, alice, bob, carol};
use crate::pictures;
use crate::public::{sign_broken, with};

pub(crate) fn cases() -> Vec<Case> {
    [chunks(), nodes(), nodes_refused(), manifests(), manifests_refused(), headers(), headers_refused()]
        .concat()
}

pub(crate) fn share_key() -> ShareKey {
    ShareKey::from_bytes(fixed("share key"))
}

pub(crate) fn secret() -> [u8; 32] {
    *share_key().manifest_secret()
}

/// A chunk of a file, zero-filled to `padded`, as its author seals it.
fn chunk(author: &Person, plaintext: &[u8], padded: usize) -> (Pointer, Vec<u8>) {
    let mut filled = plaintext.to_vec();
    filled.resize(padded, 0);
    let (key, sealed) = block::seal(author.ring.chunk_secret(), &filled);
    (Pointer { cid: cid_of(RAW, &sealed), key }, sealed)
}

fn chunks() -> Vec<Case> {
    let alice = alice();
    let plaintext = b"A small file fills 1 KiB.";
    let (pointer, sealed) = chunk(&alice, plaintext, 1024);
    vec![
        Case::new("chunk", "small", "The only chunk of a file of 25 bytes, zero-filled to 1 KiB")
            .given("secret", hex(alice.ring.chunk_secret()))
            .given("plaintext", hex(plaintext))
            .given("padded", 1024)
            .derived("key", hex(pointer.key.as_bytes()))
            .derived("chunk_cid", pointer.cid.to_string())
            .bytes(&sealed),
    ]
}

fn preview() -> (Pointer, Preview) {
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

fn small(path: &str) -> Entry {
    entry(path, 25, Chunks::Inline(vec![chunk(&alice(), b"A small file fills 1 KiB.", 1024).0]))
}

fn empty(path: &str) -> Entry {
    Entry {
        media_type: String::new(),
        modified: None,
        preview: None,
        ..entry(path, 0, Chunks::Inline(vec![]))
    }
}

fn chunk_list() -> ChunkList {
    ChunkList((0..3).map(|n| chunk(&alice(), &[n], 1024).0).collect())
}

fn listing() -> Listing {
    let parts = vec![node::seal(&secret(), &chunk_list()).unwrap().0];
    // 3 chunks of 256 KiB, the last of them with one byte.
    Listing::Entries(vec![small("Fotos/See 🌊.jpg"), entry("film.mp4", (2 << 18) + 1, Chunks::Parts(parts))])
}

pub(crate) fn node_case<T: Content + PartialEq + std::fmt::Debug>(
    name: &str,
    says: &str,
    content: &T,
) -> Case {
    let (pointer, block) = node::seal(&secret(), content).unwrap();
    assert_eq!(node::open::<T>(&pointer, &block).unwrap(), *content);
    Case::new("node", name, says)
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
    vec![
        node_case("preview", "A preview picture", &preview().1),
        node_case("chunks", "A list of chunks of one file", &chunk_list()),
        node_case(
            "entries",
            "A listing of files: one of one chunk, one whose chunks are listed in a node",
            &listing(),
        ),
        node_case("index", "A listing of listings", &index),
    ]
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

fn nodes_refused() -> Vec<Case> {
    let refuse = |name: &str, says: &str, pointer: &Pointer, block: &[u8]| {
        Case::new("node", &format!("refused-{name}"), says)
            .given("key", hex(pointer.key.as_bytes()))
            .given("as", "entries")
            .bytes(block)
            .refused(why(node::open::<Listing>(pointer, block)))
    };
    let broken = |name: &str, says: &str, entries: Vec<Ipld>, links: Vec<Cid>| {
        let value = Ipld::Map(
            [("v".to_owned(), Ipld::Integer(1)), ("entries".to_owned(), Ipld::List(entries))].into(),
        );
        let (pointer, block) = node::seal(&secret(), &Broken(value, links)).unwrap();
        refuse(name, says, &pointer, &block)
    };
    let (small, links) = (small("a"), Listing::Entries(vec![small("a")]).links());
    let path = |path: &str| vec![with(&small, "path", Ipld::String(path.to_owned()))];
    let (good, block) = node::seal(&secret(), &Listing::Entries(vec![small.clone()])).unwrap();
    let parsed = Node::decode(&block).unwrap();
    let changed = |node: Node| {
        let block = node.to_bytes();
        (Pointer { cid: cid_of(spinney::format::DAG_CBOR, &block), key: good.key.clone() }, block)
    };
    let (fewer, fewer_block) = changed(Node { links: parsed.links[1..].to_vec(), ..parsed.clone() });
    let (unsorted, unsorted_block) =
        changed(Node { links: parsed.links.iter().rev().copied().collect(), ..parsed.clone() });
    let mut flipped = parsed.sealed.to_vec();
    flipped[0] ^= 1;
    let (flipped, flipped_block) = changed(Node { sealed: flipped.into(), ..parsed });
    vec![
        refuse("links-missing", "A clear link less than are used inside", &fewer, &fewer_block),
        refuse("links-unsorted", "Clear links out of order", &unsorted, &unsorted_block),
        refuse("flipped", "One bit of the sealed part is another", &flipped, &flipped_block),
        broken(
            "links-more",
            "A clear link that is not used inside",
            vec![small.to_ipld()],
            [links.clone(), vec![cid_of(RAW, b"")]].concat(),
        ),
        broken(
            "entries-unsorted",
            "Paths out of order",
            vec![with(&small, "path", Ipld::String("b".into())), small.to_ipld()],
            links.clone(),
        ),
        broken("path-twice", "A path twice", vec![small.to_ipld(), small.to_ipld()], links.clone()),
        broken("path-dots", "A path that leaves its folder", path("../a"), links.clone()),
        broken("path-absolute", "A path from the root", path("/a"), links.clone()),
        broken("path-backslash", "A path with a backslash", path("..\\a"), links.clone()),
        broken("path-control", "A path with a line feed", path("a\nb"), links.clone()),
        broken("path-long-part", "A part of 256 bytes", path(&"a".repeat(256)), links.clone()),
        broken("entries-none", "A listing below a manifest without entries", vec![], vec![]),
        broken(
            "preview-raw",
            "A preview that is no node",
            vec![with(
                &small,
                "preview",
                Pointer { cid: cid_of(RAW, b"p"), key: good.key.clone() }.to_ipld(),
            )],
            [links, vec![cid_of(RAW, b"p")]].concat(),
        ),
    ]
}

fn manifest(listing: Listing, files: u64, size: u64) -> Manifest {
    Manifest {
        share: InnerId(fixed("share")),
        kind: Kind::Contacts,
        files,
        size,
        chunk: 1 << 18,
        listing,
        extra: Default::default(),
    }
}

fn good_manifest() -> Manifest {
    manifest(listing(), 2, 25 + (2 << 18) + 1)
}

fn manifest_case(name: &str, says: &str, manifest: &Manifest) -> Case {
    let alice = alice();
    let (pointer, block) = manifest.seal(alice.key(), &secret()).unwrap();
    assert_eq!(Manifest::open(&pointer, &block, Some(&alice.id)).unwrap().object, *manifest);
    Case::new("manifest", name, says)
        .given("share_key", hex(share_key().as_bytes()))
        .given("maker", hex(alice.pk()))
        .derived("secret", hex(&secret()))
        .derived("key", hex(pointer.key.as_bytes()))
        .block(&block)
        .value(&manifest.to_ipld())
}

fn manifests() -> Vec<Case> {
    let node = node::seal(&secret(), &listing()).unwrap().0;
    let index = Listing::Index(vec![Branch { first: "Fotos/See 🌊.jpg".to_owned(), node }]);
    vec![
        manifest_case("entries", "A manifest with its files in it", &good_manifest()),
        manifest_case(
            "index",
            "A manifest whose files are listed below",
            &manifest(index, 2, 25 + (2 << 18) + 1),
        ),
        manifest_case("empty", "A manifest without files", &manifest(Listing::Entries(vec![]), 0, 0)),
    ]
}

fn manifests_refused() -> Vec<Case> {
    let alice = alice();
    let good = good_manifest();
    let refuse = |name: &str, says: &str, envelope: &[u8], signer: &Person| {
        let content = Broken(cbor::to_ipld(envelope).unwrap(), listing().links());
        let (pointer, block) = node::seal(&secret(), &content).unwrap();
        Case::new("manifest", &format!("refused-{name}"), says)
            .given("maker", hex(signer.pk()))
            .derived("key", hex(pointer.key.as_bytes()))
            .block(&block)
            .refused(why(Manifest::open(&pointer, &block, Some(&signer.id))))
    };
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        refuse(name, says, &sign_broken::<Manifest>(&alice, with(&good, field, value)), &alice)
    };
    let as_header = sign_broken::<Header>(&alice, good.to_ipld());
    vec![
        broken("files", "Another number of files than are listed", "files", Ipld::Integer(3)),
        broken("size", "Another size than the files have", "size", Ipld::Integer(3)),
        broken("chunk", "A chunk size that is no power of two", "chunk", Ipld::Integer((1 << 18) + 1)),
        broken("kind", "An audience that needs a newer Spinney", "kind", Ipld::String("group".into())),
        broken("both", "Entries and an index", "index", Ipld::List(vec![])),
        refuse(
            "maker",
            "Made by somebody else than expected",
            &sign_broken::<Manifest>(&alice, good.to_ipld()),
            &bob(),
        ),
        refuse("type", "Signed as a header", &as_header, &alice),
    ]
}

pub(crate) fn header() -> Header {
    Header {
        share: InnerId(fixed("share")),
        rev: 1,
        kind: Kind::Contacts,
        created: NOON,
        title: "A day at the lake".to_owned(),
        note: "Look at the last one!\n🌊".to_owned(),
        manifest: good_manifest().seal(alice().key(), &secret()).unwrap().0,
        extra: Default::default(),
    }
}

/// Alice's header for Bob and Carol and herself.
fn seal(header: &Header, author: &SigningKey, links: Links, name: &str) -> Vec<u8> {
    let (alice, bob, carol) = (alice(), bob(), carol());
    let pairs = [alice.ring.own_secret(), alice.pair(&bob), alice.pair(&carol)];
    let pairs = pairs.each_ref().map(|pair| &**pair);
    Block::seal(header, author, &share_key(), &pairs, links, &mut stream(name)).unwrap()
}

fn header_case(name: &str, says: &str, header: &Header, links: Links) -> Case {
    let (alice, bob, carol) = (alice(), bob(), carol());
    let bytes = seal(header, alice.key(), links, name);
    let block = Block::decode(&bytes).unwrap();
    assert_eq!(block.open_slot(&bob.pair(&alice)), None, "the other direction is another secret");
    assert_eq!(block.open(&share_key(), Some(&alice.id)).unwrap().object, *header);
    Case::new("header", name, says)
        .given("author", hex(alice.pk()))
        .given("pair_alice_alice", hex(&*alice.ring.own_secret()))
        .given("pair_alice_bob", hex(&*alice.pair(&bob)))
        .given("pair_alice_carol", hex(&*alice.pair(&carol)))
        .given("pair_bob_alice", hex(&*bob.pair(&alice)))
        .derived("share_key", hex(share_key().as_bytes()))
        .derived("salt", hex(&block.salt))
        .derived("commit", hex(&block.commit))
        .block(&bytes)
        .value(&header.to_ipld())
}

fn headers() -> Vec<Case> {
    let long = Header { rev: 2, note: "🌳".repeat(4000), title: "é".repeat(200), ..header() };
    vec![
        header_case("three", "For three readers among eight slots", &header(), Links::Manifest),
        header_case("passed-on", "Passed on by reference: no clear links", &header(), Links::None),
        header_case("long", "The longest note and title", &long, Links::Manifest),
        after_removal(),
    ]
}

/// Alice's header once Bob is no reader any more: a higher revision under another key, its manifest sealed anew.
fn after_removal() -> Case {
    let (alice, bob, carol) = (alice(), bob(), carol());
    let key = ShareKey::from_bytes(fixed("share key after the removal"));
    let manifest = manifest(Listing::Entries(vec![small("Fotos/See 🌊.jpg")]), 1, 25);
    let (pointer, node) = manifest.seal(alice.key(), &key.manifest_secret()).unwrap();
    let header = Header { rev: 2, manifest: pointer, ..header() };
    let pairs = [alice.ring.own_secret(), alice.pair(&carol)];
    let pairs = pairs.each_ref().map(|pair| &**pair);
    let random = &mut stream("after-removal");
    let bytes = Block::seal(&header, alice.key(), &key, &pairs, Links::Manifest, random).unwrap();
    let block = Block::decode(&bytes).unwrap();
    assert_eq!(block.open_slot(&alice.pair(&bob)), None);
    assert!(block.open(&share_key(), Some(&alice.id)).is_err(), "the key that Bob has opens nothing new");
    Case::new(
        "header",
        "after-removal",
        "After Bob was removed: Carol opens it, Bob and the former key do not",
    )
    .given("author", hex(alice.pk()))
    .given("pair_removed", hex(&*alice.pair(&bob)))
    .given("former_share_key", hex(share_key().as_bytes()))
    .given("pair_alice_carol", hex(&*alice.pair(&carol)))
    .given("node", hex(&node))
    .derived("share_key", hex(key.as_bytes()))
    .derived("node_key", hex(header.manifest.key.as_bytes()))
    .block(&bytes)
    .value(&header.to_ipld())
}

fn headers_refused() -> Vec<Case> {
    let alice = alice();
    let bytes = seal(&header(), alice.key(), Links::Manifest, "refused");
    let good = Block::decode(&bytes).unwrap();
    let refuse = |name: &str, says: &str, bytes: &[u8]| {
        let opened =
            Block::decode(bytes).map_err(Into::into).and_then(|b| b.open(&share_key(), Some(&alice.id)));
        Case::new("header", &format!("refused-{name}"), says)
            .given("author", hex(alice.pk()))
            .given("share_key", hex(share_key().as_bytes()))
            .block(bytes)
            .refused(why(opened))
    };
    let changed = |name: &str, says: &str, change: &dyn Fn(&mut Block)| {
        let mut block = good.clone();
        change(&mut block);
        refuse(name, says, &block.to_bytes())
    };
    vec![
        changed("commit", "A commitment to another key", &|block| block.commit[0] ^= 1),
        changed("salt", "Another salt than was committed to", &|block| block.salt[0] ^= 1),
        changed("slots-unsorted", "Slots out of order", &|block| block.slots.swap(0, 1)),
        changed("slots-seven", "Seven slots", &|block| block.slots.truncate(7)),
        changed("slots-four", "Four slots", &|block| block.slots.truncate(4)),
        changed("links-another", "A clear link that is not the manifest", &|block| {
            block.links = vec![cid_of(RAW, b"")]
        }),
        changed("sealed", "One bit of the sealed part is another", &|block| {
            let mut sealed = block.sealed.to_vec();
            sealed[100] ^= 1;
            block.sealed = sealed.into();
        }),
        refuse(
            "author",
            "Signed by somebody else than the letterbox's owner",
            &seal(&header(), bob().key(), Links::Manifest, "author"),
        ),
    ]
}

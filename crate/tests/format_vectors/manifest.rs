//! The manifest: the signed list of a share's files.

use ipld_core::ipld::Ipld;
use spinney::crypto::block::Key;
use spinney::format::header::{Header, ShareKey};
use spinney::format::manifest::{Branch, Chunks, Entry, Kind, Listing, Manifest, Part};
use spinney::format::node::{self, Content};
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::{Cid, DAG_CBOR, Value, cbor, cid_of, limits};
use spinney::social::album::check_part;

use crate::case::{Case, code, fixed, hex};
use crate::people::{NOON, Person, alice, bob, carol};
use crate::public::{sign_broken, with};
use crate::share::{Broken, listing, secret, share_key, small};

pub(crate) fn cases() -> Vec<Case> {
    [manifests(), manifests_refused(), added_refused()].concat()
}

pub(crate) fn manifest(listing: Listing, files: u64, size: u64) -> Manifest {
    Manifest {
        share: InnerId(fixed("share")),
        kind: Kind::Contacts,
        files,
        size,
        chunk: 1 << 18,
        listing,
        folders: None,
        album: None,
        parts: None,
        extra: Default::default(),
    }
}

pub(crate) fn good_manifest() -> Manifest {
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
        manifest_case("folders", "A manifest with folders in which there is no file", &with_folders()),
        manifest_case("parts", "An album to which Bob and Carol added, Bob twice", &album()),
        manifest_case("parts-most", "An album with 64 parts", &full_album()),
        added(),
        manifest_case("chunk-smallest", "Chunks of 64 KiB", &sized(16)),
        manifest_case("chunk-largest", "Chunks of 512 KiB", &sized(19)),
    ]
}

fn with_folders() -> Manifest {
    Manifest { folders: Some(vec!["Fotos/leer".into(), "leer/innen".into()]), ..good_manifest() }
}

/// The name of Alice's album.
pub(crate) fn album_id() -> ShareId {
    ShareId::new(alice().pk(), InnerId(fixed("share")))
}

fn part(maker: &Person, share: &str, keepers: &[&str]) -> Part {
    Part {
        maker: maker.id,
        share: InnerId(fixed(share)),
        block: fixed(&format!("block of {share}")),
        key: Key::from_bytes(fixed(&format!("key of {share}"))),
        keepers: keepers.iter().map(ToString::to_string).collect(),
        added: NOON,
    }
}

fn in_order(mut parts: Vec<Part>) -> Option<Vec<Part>> {
    parts.sort_by(|a, b| a.place().cmp(&b.place()));
    Some(parts)
}

fn album() -> Manifest {
    let (one, other) = ("/dns4/one.example/tcp/443/wss/p2p/12D3", "/dns4/other.example/tcp/443/wss/p2p/12D3");
    let parts = vec![
        part(&bob(), "added by Bob", &[one]),
        part(&bob(), "added by Bob later", &[one, other]),
        part(&carol(), "added by Carol", &[]),
    ];
    Manifest { parts: in_order(parts), ..good_manifest() }
}

fn full_album() -> Manifest {
    let parts = (0..limits::PARTS).map(|number| part(&bob(), &format!("part {number}"), &[])).collect();
    Manifest { parts: in_order(parts), ..manifest(Listing::Entries(vec![]), 0, 0) }
}

/// What Bob made to be added to Alice's album.
pub(crate) fn addition() -> Manifest {
    Manifest { share: InnerId(fixed("added by Bob")), album: Some(album_id()), ..good_manifest() }
}

/// Bob's manifest, as Alice's album has it as a part.
fn added_case(name: &str, says: &str, manifest: &Manifest) -> (Case, Vec<u8>) {
    let key = ShareKey::from_bytes(fixed("share key of Bob"));
    let (pointer, block) = manifest.seal(bob().key(), &key.manifest_secret()).unwrap();
    let case = Case::new("manifest", name, says)
        .given("maker", hex(bob().pk()))
        .given("key", hex(pointer.key.as_bytes()))
        .given("share", hex(&fixed::<16>("added by Bob")))
        .given("album", hex(album_id().as_bytes()));
    (case, block)
}

fn added() -> Case {
    let says = "A part of an album: it names the album, and its share is the one that the album names";
    let (case, block) = added_case("part", says, &addition());
    case.block(&block).value(&addition().to_ipld())
}

/// Parts that are sound, and that are not what the album says of them.
fn added_refused() -> Vec<Case> {
    let refused = |name: &str, says: &str, manifest: &Manifest| {
        let why = check_part(InnerId(fixed("added by Bob")), &album_id(), manifest).unwrap_err();
        let code = code(Err::<(), _>(why));
        let (case, block) = added_case(&format!("refused-part-{name}"), says, manifest);
        case.bytes(&block).refused("part", code)
    };
    let another = ShareId::new(bob().pk(), InnerId(fixed("share")));
    vec![
        refused(
            "share",
            "A part of another share",
            &Manifest { share: InnerId(fixed("share")), ..addition() },
        ),
        refused("album", "A part of another album", &Manifest { album: Some(another), ..addition() }),
        refused("none", "A part that names no album", &Manifest { album: None, ..addition() }),
    ]
}

fn sized(chunk: u32) -> Manifest {
    Manifest { chunk: 1 << chunk, ..manifest(Listing::Entries(vec![small("a")]), 1, 25) }
}

fn manifests_refused() -> Vec<Case> {
    let alice = alice();
    let good = good_manifest();
    let linked = |name: &str, says: &str, (envelope, signer): (&[u8], &Person), links: Vec<Cid>| {
        let content = Broken(cbor::to_ipld(envelope).unwrap(), links);
        let (pointer, block) = node::seal(&secret(), &content).unwrap();
        Case::new("manifest", &format!("refused-{name}"), says)
            .given("maker", hex(signer.pk()))
            .given("key", hex(pointer.key.as_bytes()))
            .bytes(&block)
            .refused("entries", code(Manifest::open(&pointer, &block, Some(&signer.id))))
    };
    let refuse = |name: &str, says: &str, envelope: &[u8], signer: &Person| {
        linked(name, says, (envelope, signer), listing().links())
    };
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        refuse(name, says, &sign_broken::<Manifest>(&alice, with(&good, field, value)), &alice)
    };
    let of = |good: &str, name: &str, says: &str, manifest: &Ipld| {
        let bob = bob();
        let signer = if good == "part" { &bob } else { &alice };
        let envelope = sign_broken::<Manifest>(signer, manifest.clone());
        refuse(name, says, &envelope, signer).differing_from(good)
    };
    let as_header = sign_broken::<Header>(&alice, good.to_ipld());
    // A branch to what the entries say too.
    let below = node::seal(&secret(), &listing()).unwrap().0;
    let branch = Branch { first: "Fotos/See 🌊.jpg".to_owned(), node: below.clone() };
    let both = sign_broken::<Manifest>(&alice, with(&good, "index", vec![branch].to_ipld()));
    let with_index = [listing().links(), vec![below.cid]].concat();
    let uncounted = Listing::Entries(vec![Entry { chunks: Chunks::Inline(vec![]), ..small("a") }]);
    let links = uncounted.links();
    let counted = sign_broken::<Manifest>(&alice, manifest(uncounted, 1, 25).to_ipld());
    let mut forged = sign_broken::<Manifest>(&alice, good.to_ipld());
    *forged.last_mut().unwrap() ^= 1;
    vec![
        broken("files", "Another number of files than are listed", "files", Ipld::Integer(3)),
        broken("size", "Another size than the files have", "size", Ipld::Integer(3)),
        broken("chunk", "A chunk size that is no power of two", "chunk", Ipld::Integer((1 << 18) + 1)),
        broken("chunk-small", "A chunk size of 32 KiB", "chunk", Ipld::Integer(1 << 15)),
        broken("chunk-large", "A chunk size of 1 MiB", "chunk", Ipld::Integer(1 << 20)),
        broken("folders-none", "A list of folders without a folder", "folders", folders(&[])),
        broken("folders-many", "More folders than a manifest holds", "folders", many_folders()),
        broken("folders-unsorted", "Folders that do not rise", "folders", folders(&["b", "a"])),
        broken("folders-path", "A folder that leads out of the share", "folders", folders(&["a/../b"])),
        broken("album-short", "The name of an album of 19 bytes", "album", Ipld::Bytes(vec![1; 19])),
        of(
            "part",
            "album-kind",
            "Added to an album by a link",
            &Manifest { kind: Kind::Link, ..addition() }.to_ipld(),
        ),
        of(
            "part",
            "parts-beside-album",
            "Parts of what is a part itself",
            &Manifest { parts: album().parts, ..addition() }.to_ipld(),
        ),
        of(
            "parts",
            "parts-none",
            "A list of parts without a part",
            &with(&album(), "parts", Ipld::List(vec![])),
        ),
        of("parts", "parts-many", "An album with 65 parts", &with(&album(), "parts", many_parts())),
        of("parts", "parts-unsorted", "Parts that do not rise", &with(&album(), "parts", unsorted_parts())),
        of(
            "parts",
            "parts-maker",
            "A part of a maker who can be anybody",
            &with_part("maker", Ipld::Bytes(vec![0; 32])),
        ),
        of(
            "parts",
            "parts-share",
            "A part whose share has 15 bytes",
            &with_part("share", Ipld::Bytes(vec![0; 15])),
        ),
        of(
            "parts",
            "parts-block",
            "A part that is named by a link",
            &with_part("block", Ipld::Link(cid_of(DAG_CBOR, b""))),
        ),
        of(
            "parts",
            "parts-key",
            "A part with a key of 31 bytes",
            &with_part("key", Ipld::Bytes(vec![0; 31])),
        ),
        of("parts", "parts-keepers", "A part at three relays", &with_part("keepers", relays(3, 9))),
        of(
            "parts",
            "parts-keeper-257",
            "A part at a relay of 257 bytes",
            &with_part("keepers", relays(1, 257)),
        ),
        of("parts", "parts-time", "A part without a time", &without_time()),
        broken("kind", "An audience that needs a newer Spinney", "kind", Ipld::String("group".into())),
        broken("kind-letter", "A letter, which has no manifest", "kind", Ipld::String("letter".into())),
        linked("both", "Entries and an index, with the links of both", (&both, &alice), with_index),
        linked("chunk-count", "A file of 25 bytes without a chunk", (&counted, &alice), links),
        refuse("forged", "The signature does not hold", &forged, &alice),
        refuse(
            "maker",
            "Made by somebody else than expected",
            &sign_broken::<Manifest>(&alice, good.to_ipld()),
            &bob(),
        ),
        refuse("type", "Signed as a header", &as_header, &alice),
    ]
}

fn many_parts() -> Ipld {
    let parts = (0..=limits::PARTS).map(|number| part(&bob(), &format!("part {number}"), &[])).collect();
    in_order(parts).unwrap().to_ipld()
}

fn unsorted_parts() -> Ipld {
    let mut parts = album().parts.unwrap();
    parts.swap(0, 1);
    parts.to_ipld()
}

/// The album, with another value under a key of its first part.
fn with_part(key: &str, value: Ipld) -> Ipld {
    let mut parts: Vec<_> = album().parts.unwrap().iter().map(Value::to_ipld).collect();
    let Ipld::Map(part) = &mut parts[0] else { panic!("a part is a map") };
    part.insert(key.to_owned(), value);
    with(&album(), "parts", Ipld::List(parts))
}

fn without_time() -> Ipld {
    let mut parts: Vec<_> = album().parts.unwrap().iter().map(Value::to_ipld).collect();
    let Ipld::Map(part) = &mut parts[0] else { panic!("a part is a map") };
    part.remove("t");
    with(&album(), "parts", Ipld::List(parts))
}

fn relays(count: usize, len: usize) -> Ipld {
    Ipld::List(vec![Ipld::String("r".repeat(len)); count])
}

fn folders(paths: &[&str]) -> Ipld {
    Ipld::List(paths.iter().map(|path| Ipld::String((*path).to_owned())).collect())
}

fn many_folders() -> Ipld {
    let paths: Vec<_> = (0..=limits::FOLDERS).map(|number| format!("{number:04}")).collect();
    paths.to_ipld()
}

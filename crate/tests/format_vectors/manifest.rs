//! The manifest: the signed list of a share's files.

use ipld_core::ipld::Ipld;
use spinney::format::header::Header;
use spinney::format::manifest::{Branch, Chunks, Entry, Kind, Listing, Manifest};
use spinney::format::node::{self, Content};
use spinney::format::share_id::InnerId;
use spinney::format::{Cid, Value, cbor, limits};

use crate::case::{Case, code, fixed, hex};
use crate::people::{Person, alice, bob};
use crate::public::{sign_broken, with};
use crate::share::{Broken, listing, secret, share_key, small};

pub(crate) fn cases() -> Vec<Case> {
    [manifests(), manifests_refused()].concat()
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
        manifest_case("chunk-smallest", "Chunks of 64 KiB", &sized(16)),
        manifest_case("chunk-largest", "Chunks of 512 KiB", &sized(19)),
    ]
}

fn with_folders() -> Manifest {
    Manifest { folders: Some(vec!["Fotos/leer".into(), "leer/innen".into()]), ..good_manifest() }
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
        broken("kind", "An audience that needs a newer Spinney", "kind", Ipld::String("group".into())),
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

fn folders(paths: &[&str]) -> Ipld {
    Ipld::List(paths.iter().map(|path| Ipld::String((*path).to_owned())).collect())
}

fn many_folders() -> Ipld {
    let paths: Vec<_> = (0..=limits::FOLDERS).map(|number| format!("{number:04}")).collect();
    paths.to_ipld()
}

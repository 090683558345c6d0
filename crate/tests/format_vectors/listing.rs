//! Listings in sealed nodes whose content breaks a rule.

use ipld_core::ipld::Ipld;
use spinney::format::manifest::{Branch, ChunkList, Chunks, Entry, Listing, Preview};
use spinney::format::node::{self, Content, Pointer};
use spinney::format::{Cid, RAW, Value, cid_of, limits};

use crate::case::{Case, code, hex};
use crate::public::with;
use crate::share::{Broken, CHUNK, chunk_list, good, of_chunks, refuse, secret, small};

pub(crate) fn cases() -> Vec<Case> {
    listings_refused()
}

/// Listings that open, and whose content breaks a rule.
fn listings_refused() -> Vec<Case> {
    let (listing, good, _) = good();
    let (small, links) = (small("a"), listing.links());
    let sealed = |entries: Vec<Ipld>, links: Vec<Cid>| {
        let value = Ipld::Map(
            [("v".to_owned(), Ipld::Integer(1)), ("entries".to_owned(), Ipld::List(entries))].into(),
        );
        node::seal(&secret(), &Broken(value, links)).unwrap()
    };
    let broken = |name: &str, says: &str, entries: Vec<Ipld>, links: Vec<Cid>| {
        let (pointer, block) = sealed(entries, links);
        refuse(name, says, &pointer, &block)
    };
    let field = |name: &str, says: &str, field: &str, value: &str| {
        broken(name, says, vec![with(&small, field, Ipld::String(value.to_owned()))], links.clone())
    };
    let path = |name: &str, says: &str, path: &str| field(name, says, "path", path);
    let part = node::seal(&secret(), &chunk_list()).unwrap().0;
    let beside = |more: Cid| [links.clone(), vec![more]].concat();
    let counted = |name: &str, says: &str, size: u64| {
        let listing = Listing::Entries(vec![Entry { size, ..of_chunks(2) }]);
        let (pointer, block) = node::seal(&secret(), &listing).unwrap();
        let listing = node::open::<Listing>(&pointer, &block).unwrap();
        Case::new("node", &format!("refused-{name}"), says)
            .given("as", "entries")
            .given("chunk", CHUNK)
            .given("key", hex(pointer.key.as_bytes()))
            .bytes(&block)
            .refused("entries-64", code(listing.check_counts(CHUNK)))
    };
    let many = of_chunks(limits::INLINE_CHUNKS + 1);
    let raw = Pointer { cid: cid_of(RAW, b"p"), key: good.key.clone() };
    let long = vec!["a".repeat(limits::SEGMENT_BYTES); 4].join("/") + "/bc";
    let preview = {
        let mut picture = crate::pictures::jpeg(1, 1);
        picture.resize(limits::PREVIEW + 1, 0);
        let value = Ipld::Map(
            [("v".to_owned(), Ipld::Integer(1)), ("picture".to_owned(), Ipld::Bytes(picture))].into(),
        );
        let (pointer, block) = node::seal(&secret(), &Broken(value, vec![])).unwrap();
        Case::new("node", "refused-preview-large", "A picture of a byte more than 16 KiB")
            .given("as", "preview")
            .given("key", hex(pointer.key.as_bytes()))
            .bytes(&block)
            .refused("preview-largest", code(node::open::<Preview>(&pointer, &block)))
    };
    let empty = |key: &str, as_kind: &str| {
        let value =
            Ipld::Map([("v".to_owned(), Ipld::Integer(1)), (key.to_owned(), Ipld::List(vec![]))].into());
        let (pointer, block) = node::seal(&secret(), &Broken(value, vec![])).unwrap();
        let refused = match as_kind {
            "chunks" => code(node::open::<ChunkList>(&pointer, &block)),
            _ => code(node::open::<Listing>(&pointer, &block)),
        };
        Case::new("node", &format!("refused-{key}-none"), "An empty list")
            .given("as", as_kind)
            .given("key", hex(pointer.key.as_bytes()))
            .bytes(&block)
            .refused(key, refused)
    };
    // Found through a branch, whose first path and whose next branch's first path are known.
    let under = |name: &str, says: &str, (first, next): (&str, &str)| {
        let listing = Listing::Entries(["b", "d"].map(crate::share::small).to_vec());
        let (pointer, block) = node::seal(&secret(), &listing).unwrap();
        let branch = |first: &str| Branch { first: first.to_owned(), node: pointer.clone() };
        let case = |name: &str| {
            Case::new("node", name, says).given("as", "entries").given("first", first).given("next", next)
        };
        match listing.check_under(&branch(first), Some(&branch(next))) {
            Ok(()) => case(name)
                .derived("plaintext", hex(&listing.to_bytes()))
                .derived("key", hex(pointer.key.as_bytes()))
                .block(&block)
                .value(&listing.to_ipld()),
            error => case(&format!("refused-{name}"))
                .given("key", hex(pointer.key.as_bytes()))
                .bytes(&block)
                .refused("under", code(error)),
        }
    };
    vec![
        preview,
        empty("index", "entries"),
        empty("chunks", "chunks"),
        under("under", "A listing that lies where its branch says", ("b", "e")),
        under("under-first", "A listing that begins with another path than its branch says", ("a", "e")),
        under("under-next", "A listing that reaches to the next branch", ("b", "d")),
        broken(
            "links-more",
            "A clear link that is not used inside",
            vec![small.to_ipld()],
            beside(cid_of(RAW, b"")),
        ),
        broken(
            "entries-unsorted",
            "Paths out of order",
            vec![with(&small, "path", Ipld::String("b".into())), small.to_ipld()],
            links.clone(),
        ),
        broken("path-twice", "A path twice", vec![small.to_ipld(), small.to_ipld()], links.clone()),
        path("path-dots", "A path that leaves its folder", "../a"),
        path("path-absolute", "A path from the root", "/a"),
        path("path-backslash", "A path with a backslash", "..\\a"),
        path("path-control", "A path with a line feed", "a\nb"),
        path("path-long-part", "A part of 256 bytes", &"a".repeat(256)),
        path("path-long", "A path of 1,026 bytes", &long),
        field("type-256", "A media type of 256 characters", "type", &"a".repeat(limits::TYPE_CHARS + 1)),
        broken("entries-none", "A listing below a manifest without entries", vec![], vec![]),
        broken(
            "preview-raw",
            "A preview that is no node",
            vec![with(&small, "preview", raw.to_ipld())],
            [chunk_links(&small), vec![cid_of(RAW, b"p")]].concat(),
        ),
        broken(
            "chunks-beside-parts",
            "Chunks and nodes of chunks",
            vec![with(&small, "parts", vec![part.clone()].to_ipld())],
            beside(part.cid),
        ),
        broken(
            "chunks-65",
            "65 chunks in an entry",
            vec![many.to_ipld()],
            Listing::Entries(vec![many]).links(),
        ),
        counted("chunk-count-fewer", "A chunk less than the size asks for", 2 * CHUNK + 1),
        counted("chunk-count-more", "A chunk more than the size asks for", CHUNK),
    ]
}

fn chunk_links(entry: &Entry) -> Vec<Cid> {
    let Chunks::Inline(chunks) = &entry.chunks else { panic!("a small file has its chunks in its entry") };
    chunks.iter().map(|chunk| chunk.cid).collect()
}

//! Letterboxes: pages with their notes, and the map.

use ipld_core::ipld::Ipld;
use spinney::format::map::{Branch, Letterbox, Map, Pages};
use spinney::format::note::{Note, ReceiptState, Says};
use spinney::format::page::{Content, Older, Page};
use spinney::format::share_id::InnerId;
use spinney::format::{DAG_CBOR, RAW, ReadError, Value, cid_of, signed};
use spinney::format::{device::Certificate, limits};

use crate::case::{Case, fixed, hex, stream, why};
use crate::people::{NOON, RELAY, alice, bob, carol, device};

pub(crate) fn cases() -> Vec<Case> {
    [pages(), pages_refused(), maps(), maps_refused()].concat()
}

fn note(says: Says) -> Note {
    Note { time: NOON, says }
}

fn notes() -> Vec<Note> {
    let share = InnerId(fixed("share"));
    let certificate = Certificate {
        device: device().verifying_key(),
        from: NOON,
        until: NOON + limits::CERTIFICATE_MS,
        extra: Default::default(),
    };
    let certificate = signed::sign(alice().key(), &certificate).unwrap();
    let unknown = [("k", Ipld::String("wave".to_owned())), ("t", Ipld::Integer(NOON.into()))];
    let unknown = unknown.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    vec![
        note(Says::Devices { certificates: vec![certificate.into()] }),
        note(Says::Share {
            share,
            rev: 1,
            header: cid_of(DAG_CBOR, b"header"),
            keepers: vec![RELAY.to_owned()],
        }),
        note(Says::Receipt { share, rev: 1, state: ReceiptState::Opened }),
        note(Says::Gone { share, rev: None }),
        note(Says::Ack { no: 3 }),
        note(Says::Other(Ipld::Map(unknown))),
    ]
}

fn content() -> Content {
    let older = [2, 1].map(|no| Older { no, cid: cid_of(DAG_CBOR, &[no as u8]) });
    Content { no: 3, notes: notes(), older: older.to_vec() }
}

fn seal(content: &Content, name: &str) -> Vec<u8> {
    let (alice, bob) = (alice(), bob());
    let pair = alice.pair(&bob);
    Page::seal(content, &pair, alice.to(&bob), &bob.kem_public(), &mut stream(name)).unwrap()
}

fn page_case(name: &str, says: &str, content: &Content, size: usize) -> Case {
    let (alice, bob) = (alice(), bob());
    let bytes = seal(content, name);
    assert_eq!(bytes.len(), size);
    let page = Page::decode(&bytes).unwrap();
    let pair = page.open_intro(&bob.kem(), alice.to(&bob)).unwrap();
    assert_eq!((&pair, &page.open(&pair).unwrap()), (&alice.pair(&bob), content));
    Case::new("page", name, says)
        .given("author", hex(alice.pk()))
        .given("reader", hex(bob.pk()))
        .given("reader_phrase", hex(bob.phrase.as_bytes()))
        .derived("pair_secret", hex(&*pair))
        .block(&bytes)
        .value(&content.to_ipld())
}

fn pages() -> Vec<Case> {
    let long = note(Says::Other(Ipld::Map(
        [
            ("k".to_owned(), Ipld::String("long".to_owned())),
            ("t".to_owned(), Ipld::Integer(NOON.into())),
            ("x".to_owned(), Ipld::Bytes(vec![7; 4000])),
        ]
        .into(),
    )));
    let larger = Content { notes: vec![long], ..content() };
    let gone = note(Says::Gone { share: InnerId(fixed("share")), rev: Some(2) });
    let taken_back = Content { notes: vec![gone], ..content() };
    vec![
        page_case("notes", "One note of each kind, and one that version 1 does not know", &content(), 4096),
        page_case(
            "first",
            "A first page without notes",
            &Content { no: 1, notes: vec![], older: vec![] },
            4096,
        ),
        page_case("larger", "A page that needs 8 KiB", &larger, 8192),
        page_case("taken-back", "A share that was taken back and may be given again", &taken_back, 4096),
    ]
}

fn pages_refused() -> Vec<Case> {
    let (alice, bob, carol) = (alice(), bob(), carol());
    let bytes = seal(&content(), "refused");
    let good = Page::decode(&bytes).unwrap();
    let refuse = |name: &str, says: &str, reader: &crate::people::Person, bytes: &[u8]| {
        let opened = Page::decode(bytes).map_err(ReadError::from).and_then(|page| {
            let pair = page.open_intro(&reader.kem(), alice.to(reader))?;
            page.open(&pair)
        });
        Case::new("page", &format!("refused-{name}"), says)
            .given("author", hex(alice.pk()))
            .given("reader", hex(reader.pk()))
            .given("reader_phrase", hex(reader.phrase.as_bytes()))
            .bytes(bytes)
            .refused(why(opened))
    };
    let mut sealed = good.sealed.to_vec();
    sealed[50] ^= 1;
    let mut intro = good.intro;
    intro[5] ^= 1;
    let shorter = Page { sealed: good.sealed.slice(..good.sealed.len() - 1), ..good.clone() };
    vec![
        refuse("reader", "Left for somebody else", &carol, &bytes),
        refuse("intro", "One bit of the intro is another", &bob, &Page { intro, ..good.clone() }.to_bytes()),
        refuse(
            "sealed",
            "One bit of the sealed part is another",
            &bob,
            &Page { sealed: sealed.into(), ..good }.to_bytes(),
        ),
        refuse("size", "A page of 4,095 bytes", &bob, &shorter.to_bytes()),
        refuse("decoy", "A decoy", &bob, &Page::decoy(&mut stream("decoy"))),
    ]
}

fn map_case(name: &str, says: &str, room: usize, pages: usize) -> Case {
    let (alice, bob, carol) = (alice(), bob(), carol());
    let newest = [b"page for Bob", b"for Carol ok"].map(|name| cid_of(DAG_CBOR, name));
    let shared = [alice.shared_label(&bob), alice.shared_label(&carol)];
    let letterboxes = [
        Letterbox { shared: &shared[0], between: alice.to(&bob), newest: newest[0] },
        Letterbox { shared: &shared[1], between: alice.to(&carol), newest: newest[1] },
    ];
    let decoys = (0..pages).map(|n| cid_of(DAG_CBOR, &n.to_be_bytes()));
    let all: Vec<_> = newest.into_iter().chain(decoys).collect();
    let (bytes, mut nodes) = Map::seal(&letterboxes, room, &all, &mut stream(name)).unwrap();
    let mut map = Map::decode(&bytes).unwrap();
    let value = map.to_ipld();
    let lists = nodes.split_off(map.nodes.len());
    for (node, block) in map.nodes.clone().iter().zip(&nodes) {
        map.take(&node.cid, block).unwrap();
    }
    assert_eq!(map.find(&bob.shared_label(&alice), alice.to(&bob)), Some(newest[0]));
    assert_eq!(map.find(&bob.shared_label(&alice), bob.to(&alice)), None);
    let mut found: Vec<_> =
        lists.iter().flat_map(|list| Pages::from_bytes(list).unwrap().0).chain(map.pages.clone()).collect();
    found.sort();
    assert_eq!(found.len(), all.len());
    Case::new("map", name, says)
        .given("author", hex(alice.pk()))
        .given("reader", hex(bob.pk()))
        .given("shared_label", hex(&*shared[0]))
        .given("newest", newest[0].to_string())
        .derived("salt", hex(&map.salt))
        .derived("nodes", nodes.iter().map(|node| hex(node)).collect::<Vec<_>>())
        .derived("lists", lists.iter().map(|list| hex(list)).collect::<Vec<_>>())
        .block(&bytes)
        .value(&value)
}

fn maps() -> Vec<Case> {
    vec![
        map_case("two", "Two letterboxes among sixteen entries", 0, 14),
        map_case("many-pages", "More pages than stand in the map itself", 0, 330),
        map_case("nodes", "Two letterboxes among 512 entries, in two blocks of their own", 300, 14),
    ]
}

fn branch(number: u8) -> Branch {
    Branch { first: [number; 16], cid: cid_of(DAG_CBOR, &[number]) }
}

fn maps_refused() -> Vec<Case> {
    let (good, _) =
        Map::seal(&[], 0, &[cid_of(DAG_CBOR, b"a"), cid_of(DAG_CBOR, b"b")], &mut stream("refused")).unwrap();
    let good = Map::decode(&good).unwrap();
    let changed = |name: &str, says: &str, change: &dyn Fn(&mut Map)| {
        let mut map = good.clone();
        change(&mut map);
        let bytes = map.to_bytes();
        Case::new("map", &format!("refused-{name}"), says).bytes(&bytes).refused(why(Map::decode(&bytes)))
    };
    vec![
        changed("entries-unsorted", "Entries out of order", &|map| map.entries.swap(0, 1)),
        changed("entries-fifteen", "Fifteen entries", &|map| map.entries.truncate(15)),
        changed("entries-eight", "Eight entries", &|map| map.entries.truncate(8)),
        changed("pages-unsorted", "Pages out of order", &|map| map.pages.reverse()),
        changed("page-twice", "A page twice", &|map| map.pages[1] = map.pages[0]),
        changed("one-node", "Entries in one block of their own", &|map| {
            map.nodes = vec![branch(1)];
        }),
        changed("nodes-unsorted", "Blocks of entries out of order", &|map| {
            map.nodes = vec![branch(2), branch(1)];
        }),
        changed("page-cid", "A page that is named by another kind of CID", &|map| {
            map.pages = vec![spinney::format::Cid::new_v1(0x70, *cid_of(RAW, b"").hash())];
        }),
    ]
}

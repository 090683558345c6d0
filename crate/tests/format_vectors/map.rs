//! The letterbox map, its blocks of entries and its lists of pages.

use ipld_core::ipld::Ipld;
use spinney::format::map::{Branch, Entries, Letterbox, Map, Pages};
use spinney::format::{DAG_CBOR, RAW, Value, cbor, cid_of, limits};

use crate::case::{Case, code, hex, stream};
use crate::people::{alice, bob, carol};
use crate::public::with;

pub(crate) fn cases() -> Vec<Case> {
    [maps(), maps_refused(), lists()].concat()
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
        .given("nodes", hexes(&nodes))
        .given("lists", hexes(&lists))
        .derived("salt", hex(&map.salt))
        .block(&bytes)
        .value(&value)
}

fn hexes(blocks: &[Vec<u8>]) -> Vec<serde_json::Value> {
    blocks.iter().map(|block| hex(block)).collect()
}

/// The largest map, and one that is a byte larger.
fn map_sizes() -> [Case; 2] {
    let (alice, bob) = (alice(), bob());
    let newest = cid_of(DAG_CBOR, b"page for Bob");
    let shared = alice.shared_label(&bob);
    let letterboxes = [Letterbox { shared: &shared, between: alice.to(&bob), newest }];
    let (map, _) = Map::seal(&letterboxes, 0, &[newest], &mut stream("largest map")).unwrap();
    let map = cbor::to_ipld(&map).unwrap();
    let [largest, larger] =
        [limits::MAP, limits::MAP + 1].map(|size| crate::public::filled(&map, size, cbor::from_ipld));
    assert_eq!(Map::decode(&largest).unwrap().find(&shared, alice.to(&bob)), Some(newest));
    [
        Case::new("map", "largest", "As large as any, most of it in a key that nobody knows")
            .given("author", hex(alice.pk()))
            .given("reader", hex(bob.pk()))
            .given("shared_label", hex(&*shared))
            .given("newest", newest.to_string())
            .block(&largest),
        Case::new("map", "refused-size", "A byte larger than any")
            .bytes(&larger)
            .refused("largest", code(Map::decode(&larger))),
    ]
}

fn maps() -> Vec<Case> {
    let [largest, larger] = map_sizes();
    vec![
        largest,
        larger,
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
    let refuse = |(name, of): (&str, &str), says: &str, bytes: &[u8]| {
        Case::new("map", &format!("refused-{name}"), says).bytes(bytes).refused(of, code(Map::decode(bytes)))
    };
    let changed = |name: &str, says: &str, change: &dyn Fn(&mut Map)| {
        let mut map = good.clone();
        change(&mut map);
        refuse((name, if map.nodes.is_empty() { "two" } else { "nodes" }), says, &map.to_bytes())
    };
    let nodes = [branch(1), branch(2)].to_vec().to_ipld();
    let entries = Ipld::Bytes(good.entries.concat());
    let in_nodes = Map { nodes: vec![branch(1), branch(2)], ..good.clone() };
    let links = |links: usize| (0..links).map(|n| cid_of(DAG_CBOR, &n.to_be_bytes())).collect::<Vec<_>>();
    let sorted = |mut links: Vec<spinney::format::Cid>| {
        links.sort();
        links
    };
    let pieces = with(&good, "entries", Ipld::Bytes(good.entries.concat()[1..].to_vec()));
    let mut cases = vec![
        refuse(("entries-pieces", "two"), "Entries that are no whole pieces", &cbor::from_ipld(&pieces)),
        changed("entries-unsorted", "Entries out of order", &|map| map.entries.swap(0, 1)),
        changed("entries-fifteen", "Fifteen entries", &|map| map.entries.truncate(15)),
        changed("entries-eight", "Eight entries", &|map| map.entries.truncate(8)),
        changed("pages-unsorted", "Pages out of order", &|map| map.pages.reverse()),
        changed("page-twice", "A page twice", &|map| map.pages[1] = map.pages[0]),
        changed("page-raw", "A page that is no DAG-CBOR block", &|map| map.pages = vec![cid_of(RAW, b"")]),
        changed("more-65", "65 further lists of pages", &|map| {
            map.more = sorted(links(limits::MAP_MORE + 1));
        }),
        changed("one-node", "Entries in one block of their own", &|map| {
            map.nodes = vec![branch(1)];
        }),
        changed("nodes-17", "Seventeen blocks of entries", &|map| {
            map.nodes = (0..=limits::MAP_NODES as u8).map(branch).collect();
        }),
        changed("nodes-unsorted", "Blocks of entries out of order", &|map| {
            map.nodes = vec![branch(2), branch(1)];
        }),
        changed("page-cid", "A page that is named by another kind of CID", &|map| {
            map.pages = vec![spinney::format::Cid::new_v1(0x70, *cid_of(RAW, b"").hash())];
        }),
        refuse(
            ("nodes-beside-entries", "two"),
            "Blocks of entries in version 1",
            &cbor::from_ipld(&with(&good, "nodes", nodes)),
        ),
        refuse(
            ("entries-beside-nodes", "nodes"),
            "Entries in version 2",
            &cbor::from_ipld(&with(&in_nodes, "entries", entries)),
        ),
    ];
    cases.extend(nodes_refused());
    cases
}

/// A map of one list of pages beside it, with a letterbox for Bob.
fn with_list(list: &[u8], more: usize) -> (Map, Case) {
    let (alice, bob) = (alice(), bob());
    let newest = cid_of(DAG_CBOR, b"page for Bob");
    let shared = alice.shared_label(&bob);
    let letterboxes = [Letterbox { shared: &shared, between: alice.to(&bob), newest }];
    let (bytes, _) = Map::seal(&letterboxes, 0, &[newest], &mut stream("map of a list")).unwrap();
    let others = (1..more).map(|n| cid_of(DAG_CBOR, &n.to_be_bytes()));
    let mut more: Vec<_> = others.chain([cid_of(DAG_CBOR, list)]).collect();
    more.sort();
    let map = Map { more, ..Map::decode(&bytes).unwrap() };
    let case = Case::new("map", "most-pages", "64 further lists of pages, of which one has 768")
        .given("author", hex(alice.pk()))
        .given("reader", hex(bob.pk()))
        .given("shared_label", hex(&*shared))
        .given("newest", newest.to_string())
        .given("lists", hexes(&[list.to_vec()]));
    (map, case)
}

/// A list of so many pages.
fn list_of(pages: usize) -> Pages {
    let mut pages: Vec<_> = (0..pages).map(|n| cid_of(DAG_CBOR, &n.to_be_bytes())).collect();
    pages.sort();
    Pages(pages)
}

fn lists() -> Vec<Case> {
    let most = list_of(limits::MAP_PAGES).to_bytes();
    Pages::decode(&most).unwrap();
    let (map, case) = with_list(&most, limits::MAP_MORE);
    let refuse = |name: &str, says: &str, list: &[u8]| {
        Case::new("map", &format!("refused-list-{name}"), says)
            .given("lists", hexes(&[list.to_vec()]))
            .bytes(&with_list(list, 1).0.to_bytes())
            .refused("most-pages", code(Pages::decode(list)))
    };
    let large = crate::public::filled(&list_of(1), limits::MAP + 1, cbor::from_ipld);
    vec![
        case.block(&map.to_bytes()).value(&map.to_ipld()),
        refuse("769", "A list of 769 pages", &list_of(limits::MAP_PAGES + 1).to_bytes()),
        refuse("size", "A list of pages that is a byte larger than any", &large),
    ]
}

/// Maps whose blocks of entries are in the wrong places.
fn nodes_refused() -> Vec<Case> {
    let (bytes, blocks) = Map::seal(&[], 300, &[], &mut stream("refused nodes")).unwrap();
    let good = Map::decode(&bytes).unwrap();
    let refuse = |name: &str, says: &str, map: &Map, blocks: &[Vec<u8>]| {
        let bytes = map.to_bytes();
        let mut read = Map::decode(&bytes).unwrap();
        let taken: Result<Vec<()>, _> =
            blocks.iter().map(|block| read.take(&cid_of(DAG_CBOR, block), block)).collect();
        Case::new("map", &format!("refused-{name}"), says)
            .given("nodes", hexes(blocks))
            .bytes(&bytes)
            .refused("nodes", code(taken))
    };
    let mut first = good.clone();
    first.nodes[1].first[15] ^= 1;
    // The last entry of the first block is one of the second.
    let entries = |block: &[u8]| Entries::decode(block).unwrap().0;
    let mut reaching = entries(&blocks[0]);
    *reaching.last_mut().unwrap() = entries(&blocks[1])[5];
    let reaching = Entries(reaching).to_bytes();
    let mut overlapping = good.clone();
    overlapping.nodes[0].cid = cid_of(DAG_CBOR, &reaching);
    let Ipld::Map(mut few) = cbor::to_ipld(&blocks[0]).unwrap() else { panic!("a block is a map") };
    let Some(Ipld::Bytes(entries)) = few.get_mut("entries") else { panic!("of entries") };
    entries.truncate(128 * 64);
    let few = cbor::from_ipld(&Ipld::Map(few));
    let large = crate::public::filled(&cbor::to_ipld(&blocks[0]).unwrap(), limits::MAP + 1, cbor::from_ipld);
    let mut larger = good.clone();
    larger.nodes[0].cid = cid_of(DAG_CBOR, &large);
    let mut half = good.clone();
    half.nodes[0].cid = cid_of(DAG_CBOR, &few);
    vec![
        refuse("node-first", "A block of entries that begins with another label", &first, &blocks),
        refuse(
            "node-overlapping",
            "A block of entries that reaches into the next",
            &overlapping,
            &[reaching, blocks[1].clone()],
        ),
        refuse(
            "node-size",
            "A block of entries that is a byte larger than any",
            &larger,
            &[large, blocks[1].clone()],
        ),
        refuse("node-128", "A block of 128 entries", &half, &[few, blocks[1].clone()]),
    ]
}

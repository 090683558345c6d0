//! What holds for every object: what is written is read back, and a flipped bit is refused.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

#[path = "format_properties/strategies.rs"]
mod strategies;

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;
use spinney::crypto::hpke;
use spinney::crypto::sign::SigningKey;
use spinney::format::device::Certificate;
use spinney::format::device_link::Code;
use spinney::format::drop_box;
use spinney::format::feed;
use spinney::format::header::{Block, Header, Links, ShareKey};
use spinney::format::invite::{Invite, Ticket};
use spinney::format::link::Link;
use spinney::format::manifest::{ChunkList, Chunks, Entry, Kind, Listing, Manifest};
use spinney::format::map::{Letterbox, Map};
use spinney::format::node::{self, Pointer};
use spinney::format::page::{Between, Older, Page};
use spinney::format::public::PublicShare;
use spinney::format::request::{Request, SEALED};
use spinney::format::secret::CodeSecret;
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::signed::{self, Signed};
use spinney::format::{DAG_CBOR, DAG_PB, Extra, RAW, cid_from_digest, ipns, limits};

use strategies::*;

/// Random bytes that a test case can repeat.
fn stream(mut seed: u64) -> impl FnMut(&mut [u8]) {
    move |out| {
        for byte in out {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (seed >> 33) as u8;
        }
    }
}

fn flip(bytes: &[u8], at: &Index, bit: u8) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[at.index(bytes.len())] ^= 1 << bit;
    changed
}

/// Signed, read back by the signer's key and without it, and refused with any bit flipped.
fn check_signed<T>(object: &T, key: &SigningKey, at: &Index, bit: u8) -> Result<(), TestCaseError>
where
    T: Signed + PartialEq + Debug,
{
    let signer = key.verifying_key();
    let bytes = signed::sign(key, object).unwrap();
    for known in [Some(&signer), None] {
        let opened = signed::open::<T>(&bytes, known).unwrap();
        prop_assert_eq!((&opened.object, opened.signer), (object, signer));
    }
    prop_assert!(signed::open::<T>(&flip(&bytes, at, bit), None).is_err());
    prop_assert_eq!(&T::from_bytes(&object.to_bytes()).unwrap(), object);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_profile_is_read_back_and_no_bit_can_change(
        object in profile(), key in key(), at: Index, bit in 0u8..8,
    ) {
        check_signed(&object, &key, &at, bit)?;
    }

    #[test]
    fn a_certificate_is_read_back_and_no_bit_can_change(
        object in certificate(), key in key(), at: Index, bit in 0u8..8,
    ) {
        check_signed(&object, &key, &at, bit)?;
        prop_assert!(object.is_valid_at(object.from) && !object.is_valid_at(object.until));
    }

    #[test]
    fn a_root_is_read_back_and_no_bit_can_change(object in root(), key in key(), at: Index, bit in 0u8..8) {
        check_signed(&object, &key, &at, bit)?;
    }

    #[test]
    fn a_manifest_is_read_back_and_no_bit_can_change(
        object in manifest(), maker in key(), secret: [u8; 32], at: Index, bit in 0u8..8,
    ) {
        check_signed(&object, &maker, &at, bit)?;
        let (pointer, block) = object.seal(&maker, &secret).unwrap();
        let id = maker.verifying_key();
        prop_assert_eq!(&Manifest::open(&pointer, &block, Some(&id)).unwrap().object, &object);
        prop_assert!(Manifest::open(&pointer, &flip(&block, &at, bit), Some(&id)).is_err());
    }

    #[test]
    fn a_node_is_read_back_and_no_bit_can_change(
        entries in entries(), chunks in vec(pointer(RAW), 1..40), secret: [u8; 32], at: Index, bit in 0u8..8,
    ) {
        let listing = Listing::Entries(entries);
        let (pointer, block) = node::seal(&secret, &listing).unwrap();
        prop_assert_eq!(node::seal(&secret, &listing).unwrap(), (pointer.clone(), block.clone()));
        prop_assert_eq!(node::open::<Listing>(&pointer, &block).unwrap(), listing);
        prop_assert!(node::open::<Listing>(&pointer, &flip(&block, &at, bit)).is_err());
        prop_assert!(node::open::<ChunkList>(&pointer, &block).is_err());

        let list = ChunkList(chunks);
        let (pointer, block) = node::seal(&secret, &list).unwrap();
        prop_assert_eq!(node::open::<ChunkList>(&pointer, &block).unwrap(), list);
    }

    #[test]
    fn a_header_opens_for_its_readers_alone_and_no_bit_can_change(
        object in header(), author in key(), share: [u8; 32], pairs in vec(any::<[u8; 32]>(), 1..12),
        stranger: [u8; 32], seed: u64, at: Index, bit in 0u8..8,
    ) {
        let share = ShareKey::from_bytes(share);
        let id = author.verifying_key();
        let readers: Vec<_> = pairs.iter().collect();
        let bytes = Block::seal(&object, &author, &share, &readers, Links::Manifest, &mut stream(seed)).unwrap();
        let block = Block::decode(&bytes).unwrap();
        for pair in &pairs {
            prop_assert_eq!(block.open_slot(pair).unwrap(), share.clone());
        }
        prop_assert_eq!(block.open_slot(&stranger), None);
        prop_assert_eq!(&block.open(&share, Some(&id)).unwrap().object, &object);

        // A bit of the filling or of another's slot is not for this reader to notice; every other is.
        let changed = Block::decode(&flip(&bytes, &at, bit));
        if let Ok(changed) = changed && changed.slots == block.slots {
            prop_assert!(changed.open(&share, Some(&id)).is_err());
        }
    }

    #[test]
    fn a_page_opens_for_its_reader_alone_and_no_bit_can_change(
        content in content(), author in public(), reader in public(), pair: [u8; 32], kem: [u8; 32],
        seed: u64, at: Index, bit in 0u8..8,
    ) {
        let between = Between::people(&author, &reader);
        let kem = hpke::PrivateKey::from_bytes(&kem);
        let bytes = Page::seal(&content, &pair, between, &kem.public(), &mut stream(seed)).unwrap();
        prop_assert!(bytes.len().is_power_of_two() && content.fits());
        let open = |bytes: &[u8], between: Between<'_>| {
            let page = Page::decode(bytes)?;
            let pair = page.open_intro(&kem, between)?;
            page.open(&pair)
        };
        prop_assert_eq!(&open(&bytes, between).unwrap(), &content);
        let back = Between::people(&reader, &author);
        prop_assert!(author == reader || open(&bytes, back).is_err());
        prop_assert!(open(&flip(&bytes, &at, bit), between).is_err());
        prop_assert_eq!(Page::decoy(&mut stream(seed)).len(), 4096);
    }

    #[test]
    fn every_reader_finds_their_own_page_in_a_map(
        people in vec((public(), any::<[u8; 32]>(), cid(DAG_CBOR)), 0..40), author in public(),
        stranger: [u8; 32], seed: u64,
    ) {
        let letterboxes: Vec<_> = people.iter().map(|(reader, shared, newest)| Letterbox {
            shared,
            between: Between::people(&author, reader),
            newest: *newest,
        }).collect();
        let pages: Vec<_> = letterboxes.iter().map(|letterbox| letterbox.newest).collect();
        let (bytes, lists) = Map::seal(&letterboxes, 0, &pages, &mut stream(seed)).unwrap();
        prop_assert!(lists.is_empty());
        let map = Map::decode(&bytes).unwrap();
        prop_assert_eq!(map.entries.len(), Map::capacity(people.len()));
        for letterbox in &letterboxes {
            prop_assert_eq!(map.find(letterbox.shared, letterbox.between), Some(letterbox.newest));
            prop_assert_eq!(map.find(&stranger, letterbox.between), None);
        }
    }

    #[test]
    fn a_record_is_read_back_and_no_bit_can_change(
        key in key(), root in cid(DAG_CBOR), sequence in number(), now in 0..1u64 << 42,
        at: Index, bit in 0u8..8,
    ) {
        let name = key.verifying_key();
        let bytes = ipns::sign(&key, &root, sequence, now);
        let record = ipns::open(&bytes, &name).unwrap();
        prop_assert_eq!((record.root, record.sequence, record.until), (root, sequence, now + limits::RECORD_MS));
        prop_assert!(!record.is_expired(now) && record.is_expired(record.until));
        if let Ok(other) = ipns::open(&flip(&bytes, &at, bit), &name) {
            prop_assert_eq!(other, record, "the frame around what is signed may differ, what it says may not");
        }
    }

    #[test]
    fn an_invite_is_read_back_from_its_text_and_its_link(
        id in public(), name in option::of(line(64)), relays in code_relays(4), seq in number(),
        secret in option::of((any::<[u8; 16]>(), number())), at: Index,
    ) {
        let ticket = secret.map(|(bytes, until)| Ticket { secret: CodeSecret::from_bytes(bytes), until });
        let invite = Invite { id, name, relays, seq, ticket };
        let text = invite.to_string();
        let read: Invite = text.parse().unwrap();
        prop_assert_eq!(&read.to_bytes(), &invite.to_bytes());
        prop_assert_eq!(&Invite { seq: 0, ticket: None, ..read.clone() }, &Invite {
            seq: 0,
            ticket: None,
            name: invite.name.clone().filter(|name| !name.is_empty()),
            relays: shortened(&invite.relays),
            ..invite.clone()
        });
        prop_assert!(read.seq == 0 || (read.seq <= invite.seq && invite.seq - read.seq < 3600));
        let link = format!(" https://example.org/spinney/index.html{}\n", invite.route());
        prop_assert_eq!(&link.parse::<Invite>().unwrap(), &read);
        prop_assert!(mistyped(text, &at).parse::<Invite>().is_err());
    }

    #[test]
    fn a_link_is_read_back_from_its_text_and_its_link_and_is_no_invite(
        id in public(), secret: [u8; 16], relays in code_relays(4), seq in number(), until in option::of(number()),
        at: Index,
    ) {
        let link = Link { id, secret: CodeSecret::from_bytes(secret), relays, seq, until };
        let text = link.to_string();
        let read: Link = text.parse().unwrap();
        prop_assert_eq!(&read.to_bytes(), &link.to_bytes());
        prop_assert_eq!(read.seq, if link.seq > EPOCH_S { link.seq } else { 0 });
        prop_assert_eq!(read.until, link.until.map(minute));
        prop_assert_eq!((&read.secret, &read.relays), (&link.secret, &shortened(&link.relays)));
        prop_assert_eq!(&format!("http://localhost:8080/{} ", link.route()).parse::<Link>().unwrap(), &read);
        prop_assert!(text.parse::<Invite>().is_err());
        prop_assert!(mistyped(text, &at).parse::<Link>().is_err());
    }

    #[test]
    fn a_drop_link_is_read_back_from_its_text_and_its_link_and_is_no_other_link(
        id in public(), secret: [u8; 16], relays in code_relays(2), bytes in number(), until in number(), at: Index,
    ) {
        let secret = CodeSecret::from_bytes(secret);
        let link = drop_box::Link { id, secret, relays, bytes, until };
        let text = link.to_string();
        let read: drop_box::Link = text.parse().unwrap();
        let said = drop_box::Link { relays: shortened(&link.relays), until: minute(link.until), ..link.clone() };
        prop_assert_eq!(&read, &said);
        let url = format!("http://localhost:8080/{} ", link.route());
        prop_assert_eq!(&url.parse::<drop_box::Link>().unwrap(), &read);
        prop_assert!(text.parse::<Link>().is_err() && text.parse::<Invite>().is_err());
        prop_assert!(mistyped(text, &at).parse::<drop_box::Link>().is_err());
    }

    #[test]
    fn bytes_that_are_a_code_are_its_one_form(
        head: u8, key in public(), secret: [u8; 16], rest in vec(any::<u8>(), 0..60),
    ) {
        let bytes = [&[head][..], key.as_bytes(), &secret, &rest].concat();
        if let Ok(invite) = Invite::from_bytes(&bytes) {
            prop_assert_eq!(&invite.to_bytes(), &bytes);
        }
        if let Ok(link) = Link::from_bytes(&bytes) {
            prop_assert_eq!(&link.to_bytes(), &bytes);
        }
        if let Ok(link) = drop_box::Link::from_bytes(&bytes) {
            prop_assert_eq!(&link.to_bytes(), &bytes);
        }
        if let Ok(code) = Code::from_bytes(&bytes) {
            prop_assert_eq!(&code.to_bytes(), &bytes);
        }
    }

    #[test]
    fn a_request_opens_for_its_reader_alone_and_no_bit_can_change(
        request in request(), from in key(), kem: [u8; 32], other: [u8; 32], seed: u64, at: Index, bit in 0u8..8,
    ) {
        check_signed(&request, &from, &at, bit)?;
        let [kem, other] = [kem, other].map(|bytes| hpke::PrivateKey::from_bytes(&bytes));
        let sealed = request.seal(&from, &kem.public(), &mut stream(seed)).unwrap();
        prop_assert_eq!(sealed.len(), SEALED);
        let opened = Request::open(&kem, &request.to, &sealed).unwrap();
        prop_assert_eq!((opened.signer, &opened.object), (from.verifying_key(), &request));
        prop_assert!(Request::open(&other, &request.to, &sealed).is_err());
        prop_assert!(from.verifying_key() == request.to || Request::open(&kem, &from.verifying_key(), &sealed).is_err());
        prop_assert!(Request::open(&kem, &request.to, &flip(&sealed, &at, bit)).is_err());
    }

    #[test]
    fn a_public_share_is_read_back_and_no_bit_can_change(
        object in public_share(), key in key(), at: Index, bit in 0u8..8,
    ) {
        check_signed(&object, &key, &at, bit)?;
    }

    #[test]
    fn a_page_of_a_feed_is_read_back_and_no_bit_can_change(
        object in feed_page(), key in key(), at: Index, bit in 0u8..8,
    ) {
        prop_assert!(object.fits());
        check_signed(&object, &key, &at, bit)?;
    }

    #[test]
    fn a_page_for_a_link_opens_by_its_secret_alone_and_looks_like_any_other(
        content in content(), author in public(), reader in public(), pair: [u8; 32], other: [u8; 32],
        seed: u64,
    ) {
        let bytes = Page::seal_for_link(&content, &pair, &mut stream(seed)).unwrap();
        let page = Page::decode(&bytes).unwrap();
        prop_assert_eq!(&page.open(&pair).unwrap(), &content);
        prop_assert!(page.open(&other).is_err());
        let kem = hpke::PrivateKey::from_bytes(&other);
        for between in [Between::link(&author), Between::people(&author, &reader)] {
            prop_assert!(page.open_intro(&kem, between).is_err());
        }
        let friends = Page::seal(&content, &pair, Between::people(&author, &reader), &kem.public(), &mut stream(seed));
        prop_assert_eq!(bytes.len(), friends.unwrap().len());
    }
}

/// 2026-01-01 in seconds since 1970, from which codes count.
const EPOCH_S: u64 = 1_767_225_600;

/// A time as a code says it.
fn minute(ms: u64) -> u64 {
    (ms / 60_000 * 60_000).max(EPOCH_S * 1000)
}

fn shortened(relays: &[String]) -> Vec<String> {
    relays.iter().map(|relay| spinney::format::code::shortened(relay)).collect()
}

/// Addresses as they are configured, and what is none.
fn code_relays(most: usize) -> impl Strategy<Value = Vec<String>> {
    let address =
        "/(dns|dns4|dns6)/[a-z]{1,9}\\.example/tcp/(443|[1-9][0-9]{0,3})/(ws|wss|tls/ws)(/p2p/12D3Koo)?";
    let ip = "/ip4/127\\.0\\.0\\.[1-9]/tcp/(443|4001)/(ws|wss)(/p2p/12D3Koo)?";
    vec(prop_oneof![address, ip, line(60)], 0..=most)
}

/// One character that is another.
fn mistyped(text: String, at: &Index) -> String {
    let mut mistyped = text.into_bytes();
    let at = at.index(mistyped.len());
    mistyped[at] = if mistyped[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(mistyped).unwrap()
}

#[test]
fn a_renewal_takes_the_place_of_its_record_and_two_values_of_one_sequence_do_not() {
    let key = SigningKey::from_bytes(&[1; 32]);
    let roots = [1, 2].map(|n| cid_from_digest(DAG_CBOR, &[n; 32]));
    let record = |root, sequence, now| {
        ipns::open(&ipns::sign(&key, root, sequence, now), &key.verifying_key()).unwrap()
    };
    let first = record(&roots[0], 5, 1000);
    let renewed = record(&roots[0], 5, 2000);
    let other = record(&roots[1], 5, 3000);
    let next = record(&roots[1], 6, 500);
    assert!(renewed.supersedes(&first) && !first.supersedes(&renewed));
    assert!(other.conflicts_with(&first) && !other.supersedes(&first) && !first.supersedes(&other));
    assert!(next.supersedes(&first) && next.supersedes(&renewed) && next.supersedes(&other));
}

#[test]
fn what_a_reader_would_refuse_is_not_written() {
    let key = SigningKey::from_bytes(&[1; 32]);
    let device = key.verifying_key();
    let forever = Certificate { device, from: 0, until: limits::CERTIFICATE_MS + 1, extra: Extra::new() };
    assert!(signed::sign(&key, &forever).is_err());
    let entry = |path: &str| Entry {
        path: path.to_owned(),
        size: 0,
        media_type: String::new(),
        modified: None,
        preview: None,
        chunks: Chunks::Inline(vec![]),
    };
    assert!(node::seal(&[0; 32], &Listing::Entries(vec![entry("b"), entry("a")])).is_err());
    assert!(node::seal(&[0; 32], &Listing::Entries(vec![entry("../a")])).is_err());
}

#[test]
fn a_full_node_and_a_full_header_stay_under_their_limits() {
    let pointer = |codec, n: u64| {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&n.to_be_bytes());
        Pointer {
            cid: cid_from_digest(codec, &digest),
            key: spinney::crypto::block::Key::from_bytes([7; 32]),
        }
    };
    let list = ChunkList((0..limits::NODE_ENTRIES as u64).map(|n| pointer(RAW, n)).collect());
    let (_, block) = node::seal(&[0; 32], &list).unwrap();
    assert!(block.len() <= limits::NODE);

    let long = Header {
        share: InnerId([0; 16]),
        rev: 1,
        kind: Kind::Contacts,
        created: 0,
        title: "🌳".repeat(limits::TITLE_CHARS),
        note: "あ".repeat(limits::NOTE_CHARS),
        manifest: pointer(DAG_CBOR, 0),
        adds: Some(true),
        answers: Some(true),
        album: None,
        more: Some("あ".repeat(limits::MORE_CHARS)),
        cover: Some(
            ["a".repeat(200), "b".repeat(200), "c".repeat(200), "d".repeat(200), "e".repeat(220)].join("/"),
        ),
        order: Some("o".repeat(limits::ORDER_CHARS)),
        until: None,
        extra: Extra::new(),
    };
    let pairs: Vec<_> = (0..limits::SLOTS_MAX)
        .map(|n| [n.to_be_bytes(), [0; 8], [0; 8], [0; 8]].concat().try_into().unwrap())
        .collect();
    let pairs: Vec<&[u8; 32]> = pairs.iter().collect();
    let key = SigningKey::from_bytes(&[1; 32]);
    let share = ShareKey::from_bytes([5; 32]);
    let block = Block::seal(&long, &key, &share, &pairs, Links::Manifest, &mut stream(1)).unwrap();
    let block = Block::decode(&block).unwrap();
    assert_eq!(block.open_slot(pairs[4000]), Some(share));
}

#[test]
fn the_longest_public_share_fits_onto_a_page_of_a_feed() {
    let key = SigningKey::from_bytes(&[1; 32]);
    let share = PublicShare {
        share: InnerId([0; 16]),
        rev: limits::MAX_INTEGER,
        created: limits::MAX_INTEGER,
        title: "🌳".repeat(limits::TITLE_CHARS),
        note: "🌳".repeat(limits::NOTE_CHARS),
        root: cid_from_digest(DAG_PB, &[1; 32]),
        files: limits::MAX_INTEGER,
        size: limits::MAX_INTEGER,
        extra: Extra::new(),
    };
    let object = signed::sign(&key, &share).unwrap().into();
    let keepers = vec!["r".repeat(limits::RELAY_BYTES); limits::RELAYS];
    let no = limits::MAX_INTEGER;
    let older = (1..=limits::PAGE_OLDER as u64).map(|back| no - back);
    let page = feed::Page {
        no,
        entries: vec![feed::Entry { time: no, says: feed::Says::Share { object, keepers } }],
        older: older.map(|no| Older { no, cid: cid_from_digest(DAG_CBOR, &[2; 32]) }).collect(),
        extra: Extra::new(),
    };
    assert!(page.fits());
    assert!(signed::open::<feed::Page>(&signed::sign(&key, &page).unwrap(), None).is_ok());

    // What fits can be signed: the shortest entries there are, as many as fit.
    let gone = |time| feed::Entry { time, says: feed::Says::Gone(ShareId::from([3; 20])) };
    let mut page = feed::Page { entries: vec![], ..page };
    while page.fits() {
        page.entries.push(gone(page.entries.len() as u64 + (1 << 40)));
    }
    page.entries.pop();
    assert!(page.entries.len() > 400 && signed::sign(&key, &page).is_ok());
}

#[test]
fn a_full_map_stays_under_its_limit_and_names_further_lists() {
    let author = SigningKey::from_bytes(&[1; 32]).verifying_key();
    let between = Between::people(&author, &author);
    let shared: Vec<[u8; 32]> = (0..=255).map(|n| [n; 32]).collect();
    let newest = cid_from_digest(DAG_CBOR, &[1; 32]);
    let letterboxes: Vec<_> = shared.iter().map(|shared| Letterbox { shared, between, newest }).collect();
    let pages: Vec<_> = (0..5000u64)
        .map(|n| {
            cid_from_digest(DAG_CBOR, &[n.to_be_bytes(), [0; 8], [0; 8], [0; 8]].concat().try_into().unwrap())
        })
        .collect();
    let (bytes, lists) = Map::seal(&letterboxes, 0, &pages, &mut stream(1)).unwrap();
    let map = Map::decode(&bytes).unwrap();
    assert_eq!(map.more.len(), lists.len());
    assert_eq!(map.find(&[77; 32], between), Some(newest));
    assert!(lists.iter().all(|list| list.len() <= limits::MAP));
    assert!(Map::seal(&letterboxes, limits::LETTERBOXES + 1, &pages, &mut stream(1)).is_err());
    let (largest, _) = Map::seal(&letterboxes, limits::LETTERBOXES, &pages, &mut stream(1)).unwrap();
    assert!(largest.len() <= limits::MAP);
}

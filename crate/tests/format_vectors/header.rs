//! Headers of shares.

use ipld_core::ipld::Ipld;
use spinney::crypto::sign::SigningKey;
use spinney::crypto::{boxed, kdf, padding};
use spinney::format::header::{Block, Header, Links, ShareKey, split_note};
use spinney::format::manifest::{Kind, Listing, Manifest};
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::{RAW, ReadError, Value, cbor, cid_of, limits, signed};
use spinney::social::share::{OpenedHeader, check_manifest};

use crate::case::{Case, code, fixed, hex, stream};
use crate::manifest::{album_id, good_manifest, manifest};
use crate::people::{NOON, alice, bob, carol};
use crate::public::{filled, sign_broken, with};
use crate::share::{secret, share_key, small};

pub(crate) fn cases() -> Vec<Case> {
    [headers(), headers_refused()].concat()
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
        adds: None,
        answers: None,
        album: None,
        more: None,
        cover: None,
        order: None,
        until: None,
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

fn header_case(name: &str, says: &str, header: &Header, (links, manifest): (Links, &[u8])) -> Case {
    let (alice, bob, carol) = (alice(), bob(), carol());
    let bytes = seal(header, alice.key(), links, name);
    let block = Block::decode(&bytes).unwrap();
    assert_eq!(block.open_slot(&bob.pair(&alice)), None, "the other direction is another secret");
    assert_eq!(block.open(&share_key(), Some(&alice.id)).unwrap().object, *header);
    check(&block, header, manifest).unwrap();
    Case::new("header", name, says)
        .given("author", hex(alice.pk()))
        .given("pair_alice_alice", hex(&*alice.ring.own_secret()))
        .given("pair_alice_bob", hex(&*alice.pair(&bob)))
        .given("pair_alice_carol", hex(&*alice.pair(&carol)))
        .given("pair_bob_alice", hex(&*bob.pair(&alice)))
        .given("manifest", hex(manifest))
        .derived("share_key", hex(share_key().as_bytes()))
        .derived("salt", hex(&block.salt))
        .derived("commit", hex(&block.commit))
        .block(&bytes)
        .value(&header.to_ipld())
}

/// Whether the manifest belongs to a header of Alice's.
fn check(block: &Block, header: &Header, manifest: &[u8]) -> Result<(), ReadError> {
    let alice = alice();
    let found = Manifest::open(&header.manifest, manifest, None)?;
    let links = if block.links.is_empty() { Links::None } else { Links::Manifest };
    let id = ShareId::new(alice.pk(), header.share);
    let opened = OpenedHeader { id, key: share_key(), header: header.clone(), links };
    Ok(check_manifest(&opened, &alice.ring.id(), &found.object, &found.signer.into())?)
}

fn own_manifest() -> Vec<u8> {
    good_manifest().seal(alice().key(), &secret()).unwrap().1
}

/// Bob's manifest of this kind, under the key of his own header for Alice, and Alice's header that passes it on.
fn passed_on(kind: Kind) -> (Header, Vec<u8>) {
    let key = ShareKey::from_bytes(fixed("share key of Bob"));
    let manifest = Manifest { kind, ..good_manifest() };
    let (pointer, block) = manifest.seal(bob().key(), &key.manifest_secret()).unwrap();
    (Header { manifest: pointer, ..header() }, block)
}

fn headers() -> Vec<Case> {
    let long = Header { rev: 2, note: "🌳".repeat(4000), title: "é".repeat(200), ..header() };
    let empty = Header { rev: 0, note: String::new(), title: String::new(), ..header() };
    let (own, by_bob, by_link) = (own_manifest(), passed_on(Kind::Contacts), passed_on(Kind::Link));
    let added = added();
    vec![
        header_case("three", "For three readers among eight slots", &header(), (Links::Manifest, &own)),
        header_case(
            "passed-on",
            "Passed on by reference: made by Bob under another share key, no clear links",
            &by_bob.0,
            (Links::None, &by_bob.1),
        ),
        header_case(
            "passed-on-link",
            "The same of a share that Alice has by link",
            &by_link.0,
            (Links::None, &by_link.1),
        ),
        header_case("long", "The longest note and title", &long, (Links::Manifest, &own)),
        header_case(
            "empty",
            "Neither note nor title, in the first revision",
            &empty,
            (Links::Manifest, &own),
        ),
        header_case(
            "adds",
            "An album: its readers may add to it",
            &Header { adds: Some(true), ..header() },
            (Links::Manifest, &own),
        ),
        header_case(
            "answers",
            "Its readers may answer",
            &Header { answers: Some(true), ..header() },
            (Links::Manifest, &own),
        ),
        header_case("album", "Added to an album of Bob's", &added.0, (Links::Manifest, &added.1)),
        header_case(
            "cover",
            "A file that stands for the share, an order of its files, and an end",
            &covered(),
            (Links::Manifest, &own),
        ),
        header_case(
            "order-unknown",
            "An order that nobody knows yet, and a file that is not there",
            &Header { cover: Some("gone.jpg".into()), order: Some("colour".into()), ..header() },
            (Links::Manifest, &own),
        ),
        header_case("more", "A text of 10,000 characters", &text(), (Links::Manifest, &own)),
        after_removal(),
        letter_case(),
    ]
}

/// Alice's letter to Bob and herself: it says nothing but where it begins.
pub(crate) fn letter() -> Header {
    Header { kind: Kind::Letter, rev: NOON, title: String::new(), note: String::new(), ..header() }
}

fn letter_case() -> Case {
    let (alice, bob) = (alice(), bob());
    let pairs = [alice.ring.own_secret(), alice.pair(&bob)];
    let pairs = pairs.each_ref().map(|pair| &**pair);
    let random = &mut stream("letter");
    let bytes = Block::seal(&letter(), alice.key(), &share_key(), &pairs, Links::Manifest, random).unwrap();
    Case::new("header", "letter", "A letter of Alice's to Bob")
        .given("author", hex(alice.pk()))
        .derived("share_key", hex(share_key().as_bytes()))
        .block(&bytes)
        .value(&letter().to_ipld())
}

/// A letter that says something which only a share says, for each such key.
fn letters_refused(of: &dyn Fn(&str, &str, &str, Ipld) -> Case) -> Vec<Case> {
    let text = |text: &str| Ipld::String(text.into());
    let said = [
        ("title", text("A day at the lake")),
        ("note", text("Look!")),
        ("adds", Ipld::Bool(false)),
        ("answers", Ipld::Bool(false)),
        ("album", Ipld::Bytes(vec![1; 20])),
        ("more", text("Look!")),
        ("cover", text("a.jpg")),
        ("order", text("date")),
        ("until", Ipld::Integer(NOON.into())),
    ];
    let cases = said.into_iter().map(|(key, value)| {
        let name = format!("letter-{key}");
        of(
            &name,
            &format!("A letter that says `{key}`, as a share does"),
            "letter",
            with(&letter(), key, value),
        )
    });
    cases.collect()
}

/// Alice's header with a cover and an order.
fn covered() -> Header {
    Header {
        cover: Some("Fotos/See 🌊.jpg".into()),
        order: Some("date".into()),
        until: Some(NOON),
        ..header()
    }
}

/// Alice's header with the longest text.
fn text() -> Header {
    let (note, more) = split_note(&"あ".repeat(limits::TEXT_CHARS));
    Header { note, more, ..header() }
}

/// What Alice adds to an album of Bob's: its name, her header and her manifest.
fn added() -> (Header, Vec<u8>) {
    let album = Some(ShareId::new(bob().pk(), InnerId(fixed("share of Bob"))));
    let manifest = Manifest { album, ..good_manifest() };
    let (pointer, block) = manifest.seal(alice().key(), &secret()).unwrap();
    (Header { manifest: pointer, album, ..header() }, block)
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
            .bytes(bytes)
            .refused("three", code(opened))
    };
    let changed = |name: &str, says: &str, change: &dyn Fn(&mut Block)| {
        let mut block = good.clone();
        change(&mut block);
        refuse(name, says, &block.to_bytes())
    };
    let framed = |name: &str, says: &str, frame: &[u8]| {
        let key = kdf::<32>(share_key().as_bytes(), "share/header", b"");
        let sealed = boxed::seal_with_nonce(&key, "share/header", frame, &fixed("header nonce"));
        changed(name, says, &|block| block.sealed = sealed.clone().into())
    };
    let signed = signed::sign(alice.key(), &header()).unwrap();
    let mut filling = padding::frame(&signed, 1024);
    *filling.last_mut().unwrap() = 1;
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        let signed = sign_broken::<Header>(&alice, with(&header(), field, value));
        let size = (4 + signed.len()).next_power_of_two().max(1024);
        framed(name, says, &padding::frame(&signed, size))
    };
    let of = |name: &str, says: &str, good: &str, value: Ipld| {
        let signed = sign_broken::<Header>(&alice, value);
        let size = (4 + signed.len()).next_power_of_two().max(1024);
        framed(name, says, &padding::frame(&signed, size)).differing_from(good)
    };
    let long = |limit: usize| Ipld::String("a".repeat(limit + 1));
    let pieces = with(&good, "slots", Ipld::Bytes(good.slots.concat()[1..].to_vec()));
    let [largest, larger] =
        [limits::HEADER_BLOCK, limits::HEADER_BLOCK + 1].map(|size| filled(&good, size, cbor::from_ipld));
    let mut cases = vec![
        Case::new("header", "largest", "As large as any, most of it in a key that nobody knows")
            .given("author", hex(alice.pk()))
            .derived("share_key", hex(share_key().as_bytes()))
            .block(&largest)
            .value(&header().to_ipld()),
        refuse("size", "A byte larger than any", &larger),
        refuse("slots-pieces", "Slots that are no whole pieces", &cbor::from_ipld(&pieces)),
        changed("commit", "A commitment to another key", &|block| block.commit[0] ^= 1),
        changed("salt", "Another salt than was committed to", &|block| block.salt[0] ^= 1),
        changed("slots-unsorted", "Slots out of order", &|block| block.slots.swap(0, 1)),
        changed("slots-seven", "Seven slots", &|block| block.slots.truncate(7)),
        changed("slots-four", "Four slots", &|block| block.slots.truncate(4)),
        changed("links-another", "A clear link that is not the manifest", &|block| {
            block.links = vec![cid_of(RAW, b"")]
        }),
        changed("links-two", "Two clear links", &|block| {
            let other = cid_of(RAW, b"");
            block.links.push(other);
            block.links.sort();
        }),
        changed("sealed", "One bit of the sealed part is another", &|block| {
            let mut sealed = block.sealed.to_vec();
            sealed[100] ^= 1;
            block.sealed = sealed.into();
        }),
        framed("frame-larger", "A frame of 2 KiB that needs one", &padding::frame(&signed, 2048)),
        framed("frame-filling", "A frame that is filled with something", &filling),
        broken("title-201", "A title of 201 characters", "title", long(limits::TITLE_CHARS)),
        broken("note-4001", "A note of 4,001 characters", "note", long(limits::NOTE_CHARS)),
        broken("kind", "An audience that needs a newer Spinney", "kind", Ipld::String("group".to_owned())),
        broken("adds-number", "A number where it says whether readers may add", "adds", Ipld::Integer(1)),
        broken(
            "answers-number",
            "A number where it says whether readers may answer",
            "answers",
            Ipld::Integer(1),
        ),
        broken("album-short", "The name of an album of 19 bytes", "album", Ipld::Bytes(vec![1; 19])),
        of(
            "album-adds",
            "Added to an album, and an album itself",
            "album",
            with(&added().0, "adds", Ipld::Bool(true)),
        ),
        of(
            "album-kind",
            "Added to an album by a link",
            "album",
            with(&added().0, "kind", Ipld::String("link".into())),
        ),
        of(
            "more-6001",
            "A note that goes on for 6,001 characters",
            "more",
            with(&text(), "more", Ipld::String("a".repeat(limits::MORE_CHARS + 1))),
        ),
        of(
            "more-empty",
            "A note that goes on with nothing",
            "more",
            with(&text(), "more", Ipld::String(String::new())),
        ),
        of(
            "more-early",
            "A note that goes on though there is room",
            "more",
            with(&text(), "note", Ipld::String("a".into())),
        ),
        of(
            "cover-path",
            "A cover that is no path",
            "cover",
            with(&covered(), "cover", Ipld::String("../a.jpg".into())),
        ),
        of(
            "order-17",
            "An order of 17 characters",
            "cover",
            with(&covered(), "order", long(limits::ORDER_CHARS)),
        ),
        broken("until-text", "A text where the end of a link stands", "until", Ipld::String("never".into())),
        broken("version-2", "A version that needs a newer Spinney", "v", Ipld::Integer(2)),
        refuse(
            "author",
            "Signed by somebody else than the letterbox's owner",
            &seal(&header(), bob().key(), Links::Manifest, "author"),
        ),
    ];
    cases.extend(letters_refused(&of));
    cases.extend(manifests_refused());
    cases
}

/// Headers that are sound, and whose manifest is not theirs.
fn manifests_refused() -> Vec<Case> {
    let alice = alice();
    let refuse =
        |(name, of): (&str, &str), says: &str, header: &Header, (links, manifest): (Links, &[u8])| {
            let bytes = seal(header, alice.key(), links, name);
            let refused = code(check(&Block::decode(&bytes).unwrap(), header, manifest));
            Case::new("header", &format!("refused-manifest-{name}"), says)
                .given("author", hex(alice.pk()))
                .given("share_key", hex(share_key().as_bytes()))
                .given("manifest", hex(manifest))
                .bytes(&bytes)
                .refused(of, refused)
        };
    let own = own_manifest();
    let by_bob = passed_on(Kind::Contacts);
    let of_himself = passed_on(Kind::Own);
    let other = Header { share: InnerId(fixed("another share")), ..header() };
    let own_only = Header { kind: Kind::Own, ..header() };
    vec![
        refuse(("share", "three"), "The manifest of another share", &other, (Links::Manifest, &own)),
        refuse(("kind", "three"), "A manifest for another audience", &own_only, (Links::Manifest, &own)),
        refuse(
            ("album", "album"),
            "The manifest of what is added to another album",
            &Header { album: Some(album_id()), ..added().0 },
            (Links::Manifest, &added().1),
        ),
        refuse(
            ("album-none", "album"),
            "The manifest of what is added to an album, in a header that names none",
            &Header { album: None, ..added().0 },
            (Links::Manifest, &added().1),
        ),
        refuse(
            ("album-passed-on", "passed-on"),
            "A share that is passed on, as if it was added to an album",
            &Header { album: Some(album_id()), ..by_bob.0.clone() },
            (Links::None, &by_bob.1),
        ),
        refuse(
            ("no-link", "three"),
            "A share of one's own without its clear link",
            &header(),
            (Links::None, &own),
        ),
        refuse(
            ("link", "passed-on"),
            "A share that is passed on, with a clear link",
            &by_bob.0,
            (Links::Manifest, &by_bob.1),
        ),
        refuse(
            ("self", "passed-on"),
            "A share that is passed on, which its maker gave to nobody",
            &of_himself.0,
            (Links::None, &of_himself.1),
        ),
    ]
}

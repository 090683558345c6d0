//! Pages of letterboxes, with their notes.

use ipld_core::ipld::Ipld;
use spinney::crypto::sign::VerifyingKey;
use spinney::crypto::{boxed, kdf, padding};
use spinney::format::note::{Note, ReceiptState, Says};
use spinney::format::page::{Content, Older, Page};
use spinney::format::secret::Secret;
use spinney::format::share_id::InnerId;
use spinney::format::{DAG_CBOR, RAW, ReadError, Value, cbor, cid_of, signed};
use spinney::format::{device::Certificate, limits};
use spinney::keys;

use crate::case::{Case, code, fixed, hex, stream};
use crate::people::{NOON, Person, RELAY, alice, bob, carol, device};
use crate::public::with;

pub(crate) fn cases() -> Vec<Case> {
    [pages(), pages_refused()].concat()
}

fn note(says: Says) -> Note {
    Note { time: NOON, says }
}

/// A certificate by this person for a device.
fn certificate(by: &Person) -> bytes::Bytes {
    let certificate = Certificate {
        device: device().verifying_key(),
        from: NOON,
        until: NOON + limits::CERTIFICATE_MS,
        extra: Default::default(),
    };
    signed::sign(by.key(), &certificate).unwrap().into()
}

fn devices(certificates: Vec<bytes::Bytes>) -> Says {
    Says::Devices { certificates, removed: None }
}

/// A note of this time that certifies Alice's device, and says that it was removed, or that none was.
fn removed_at(time: u64, removed: Vec<VerifyingKey>) -> Note {
    Note { time, says: Says::Devices { certificates: vec![certificate(&alice())], removed: Some(removed) } }
}

fn notes() -> Vec<Note> {
    let share = InnerId(fixed("share"));
    let unknown = [("k", Ipld::String("wave".to_owned())), ("t", Ipld::Integer(NOON.into()))];
    let unknown = unknown.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    vec![
        note(devices(vec![certificate(&alice())])),
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
        .derived("hpke_randomness", hex(&fixed::<64>(name)))
        .derived("nonce", hex(&fixed::<88>(name)[64..]))
        .block(&bytes)
        .value(&content.to_ipld())
}

/// A comment of Bob's on a share of Alice's, one that Alice takes back from a share of Bob's, and a list of hers.
fn answers() -> Content {
    let share = InnerId(fixed("share"));
    let list = cid_of(DAG_CBOR, b"list of answers");
    let notes = vec![
        note(Says::Comment { comment: crate::answers::signed_comment() }),
        note(Says::CommentGone { share, comment: fixed("comment") }),
        note(Says::Answers { share, list }),
    ];
    Content { notes, ..content() }
}

/// What Alice tells Bob of others: that he may show her, whom she shows, and that she introduces Carol to him.
fn of_others() -> Content {
    let header = cid_of(DAG_CBOR, b"header of a letter");
    let notes = vec![
        note(Says::Visible { on: true }),
        note(Says::Contacts { share: InnerId(fixed("letters to Bob")), rev: NOON, header }),
        note(introduction()),
    ];
    Content { notes, ..content() }
}

fn introduction() -> Says {
    Says::Introduction {
        id: carol().ring.identity().verifying_key(),
        name: "Carol".to_owned(),
        relays: vec![RELAY.to_owned()],
        seq: NOON / 1000,
        secret: Secret::from_bytes(fixed("introduction secret")),
        message: Some("You both climb".to_owned()),
    }
}

/// By which Carol shows Bob that she was introduced to him too.
fn introduction_proof() -> [u8; 32] {
    let secret = Secret::from_bytes(fixed("introduction secret"));
    keys::introduction::proof(&secret, &carol().ring.id(), &bob().ring.id())
}

/// What is said of keeping.
fn keeping() -> Content {
    Content { notes: crate::keeping::notes().into_iter().map(note).collect(), ..content() }
}

/// So many earlier pages of page 100.
fn many_older(pages: u64) -> Vec<Older> {
    (1..=pages).map(|back| Older { no: 100 - back, cid: cid_of(DAG_CBOR, &[back as u8]) }).collect()
}

/// A note of a kind that nobody knows, of so many bytes.
fn long_note(bytes: usize) -> Note {
    let note = |filling: usize| {
        note(Says::Other(Ipld::Map(
            [
                ("k".to_owned(), Ipld::String("long".to_owned())),
                ("t".to_owned(), Ipld::Integer(NOON.into())),
                ("x".to_owned(), Ipld::Bytes(vec![7; filling])),
            ]
            .into(),
        )))
    };
    let long = note(bytes - note(300).to_bytes().len() + 300);
    assert_eq!(long.to_bytes().len(), bytes);
    long
}

fn pages() -> Vec<Case> {
    let larger = Content { notes: vec![long_note(limits::PAGE_NOTE)], ..content() };
    let several = vec![bytes::Bytes::from_static(b"none"), certificate(&alice()), certificate(&bob())];
    let certificates = Content { notes: vec![note(devices(several))], ..content() };
    let fetched = Says::Receipt { share: InnerId(fixed("share")), rev: 0, state: ReceiptState::Fetched };
    let fetched = note(fetched);
    let most = vec![certificate(&alice()); limits::DEVICES];
    let most = Content {
        no: 100,
        notes: vec![note(devices(most)), fetched],
        older: many_older(limits::PAGE_OLDER as u64),
    };
    let device = || vec![hex(device().verifying_key().as_bytes())];
    let key = self::device().verifying_key();
    let removed = Content { notes: vec![removed_at(NOON, vec![key])], ..content() };
    let back = [removed_at(NOON + 1, vec![]), removed_at(NOON, vec![key]), note(devices(vec![]))];
    let back = Content { notes: back.to_vec(), ..content() };
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
        page_case("larger", "A note of 4 KiB, for which a page needs 8", &larger, 8192),
        page_case(
            "certificates",
            "Three certificates, of which one is none and one is somebody else's: the third counts",
            &certificates,
            4096,
        )
        .derived("devices", device()),
        page_case("most", "Eight certificates and 32 older pages", &most, 8192).derived("devices", device()),
        page_case("device-removed", "A device that was removed, with its certificate", &removed, 4096)
            .derived("devices", Vec::<String>::new())
            .derived("removed", device()),
        page_case(
            "device-back",
            "A device that was removed, and then was not, in notes that are not in their order",
            &back,
            4096,
        )
        .derived("devices", device())
        .derived("removed", Vec::<String>::new()),
        page_case(
            "answers",
            "What is said and taken back of shares, and a list of what was said",
            &answers(),
            4096,
        ),
        page_case("of-others", "What Alice tells Bob of others", &of_others(), 4096)
            .derived(
                "token",
                hex(&keys::introduction::token(&Secret::from_bytes(fixed("introduction secret")))),
            )
            .derived("proof", hex(&introduction_proof())),
        page_case("keeping", "Room that is given, what is kept in it, and by whom", &keeping(), 4096),
        page_case("taken-back", "A share that was taken back and may be given again", &taken_back, 4096),
    ]
}

/// A page around any frame of content.
fn sealed(frame: &[u8]) -> Vec<u8> {
    let good = Page::decode(&seal(&content(), "refused")).unwrap();
    let key = kdf::<32>(&*alice().pair(&bob()), "page", b"");
    let sealed = boxed::seal_with_nonce(&key, "page", frame, &fixed("another nonce"));
    Page { sealed: sealed.into(), ..good }.to_bytes()
}

/// The bytes of a page around its frame.
const AROUND: usize = 23 + 1168 + 40;

fn refuse_page(name: &str, says: &str, reader: &Person, bytes: &[u8]) -> Case {
    let alice = alice();
    let opened = Page::decode(bytes).map_err(ReadError::from).and_then(|page| {
        let pair = page.open_intro(&reader.kem(), alice.to(reader))?;
        page.open(&pair)
    });
    Case::new("page", &format!("refused-{name}"), says)
        .given("author", hex(alice.pk()))
        .given("reader", hex(reader.pk()))
        .given("reader_phrase", hex(reader.phrase.as_bytes()))
        .bytes(bytes)
        .refused("notes", code(opened))
}

fn pages_refused() -> Vec<Case> {
    let (bob, carol) = (bob(), carol());
    let bytes = seal(&content(), "refused");
    let good = Page::decode(&bytes).unwrap();
    let refuse = |name: &str, says: &str, bytes: &[u8]| refuse_page(name, says, &bob, bytes);
    let mut flipped = good.sealed.to_vec();
    flipped[50] ^= 1;
    let mut intro = good.intro;
    intro[5] ^= 1;
    let shorter = Page { sealed: good.sealed.slice(..good.sealed.len() - 1), ..good.clone() };
    let plaintext = content().to_bytes();
    let mut filling = padding::frame(&plaintext, 4096 - AROUND);
    *filling.last_mut().unwrap() = 1;
    let mut cut = padding::frame(&plaintext, 4096 - AROUND);
    cut[..4].fill(0xff);
    let mut cases = vec![
        refuse_page("reader", "Left for somebody else", &carol, &bytes),
        refuse("intro", "One bit of the intro is another", &Page { intro, ..good.clone() }.to_bytes()),
        refuse(
            "sealed",
            "One bit of the sealed part is another",
            &Page { sealed: flipped.into(), ..good }.to_bytes(),
        ),
        refuse("size", "A page of 4,095 bytes", &shorter.to_bytes()),
        refuse(
            "frame-larger",
            "A page of 8 KiB that needs 4",
            &sealed(&padding::frame(&plaintext, 8192 - AROUND)),
        ),
        refuse("frame-filling", "A frame that is filled with something", &sealed(&filling)),
        refuse("frame-cut", "A frame that says to be longer than it is", &sealed(&cut)),
        refuse("decoy", "A decoy", &Page::decoy(&mut stream("decoy"))),
    ];
    cases.extend(contents_refused());
    cases
}

/// Pages that open, and whose content breaks a rule.
fn contents_refused() -> Vec<Case> {
    let bob = bob();
    let broken = |name: &str, says: &str, content: &Ipld| {
        let plaintext = cbor::from_ipld(content);
        let size = [4096, 8192].into_iter().find(|size| AROUND + 4 + plaintext.len() <= *size).unwrap();
        refuse_page(name, says, &bob, &sealed(&padding::frame(&plaintext, size - AROUND)))
    };
    let notes = |notes: &[Ipld]| with(&content(), "notes", Ipld::List(notes.to_vec()));
    let of_answers = |index: usize, field: &str, value: Ipld| {
        notes(&[with(&answers().notes[index].to_ipld(), field, value)])
    };
    let of_others = |index: usize, field: &str, value: Ipld| {
        notes(&[with(&of_others().notes[index].to_ipld(), field, value)])
    };
    let raw_header = Ipld::Link(cid_of(RAW, b"header of a letter"));
    let all: Vec<_> = self::notes().iter().map(Value::to_ipld).collect();
    let field = |index: usize, field: &str, value: Ipld| notes(&[with(&all[index], field, value)]);
    let mut without = all[1].clone();
    if let Ipld::Map(map) = &mut without {
        map.remove("keepers");
    }
    let list = |bytes: Vec<u8>, times: usize| Ipld::List(vec![Ipld::Bytes(bytes); times]);
    let older = |older: &[Older]| with(&content(), "older", older.to_vec().to_ipld());
    let numbered = |no| Older { no, cid: cid_of(DAG_CBOR, b"older") };
    let many = Content { no: 100, notes: vec![], older: many_older(limits::PAGE_OLDER as u64 + 1) };
    let raw = Ipld::Link(cid_of(RAW, b"header"));
    let state = Ipld::String("seen".to_owned());
    let keeping = crate::keeping::broken_notes(note).into_iter();
    let keeping = keeping.map(|(name, says, value)| broken(&format!("note-{name}"), says, &notes(&[value])));
    let mut cases: Vec<_> = keeping.collect();
    cases.extend([
        broken("note-without-keepers", "A note of a share that names no keepers", &notes(&[without])),
        broken("note-header-raw", "A header that is no DAG-CBOR block", &field(1, "header", raw)),
        broken("note-state", "A receipt of another state", &field(2, "state", state)),
        broken("note-share-short", "A share id of 15 bytes", &field(3, "share", Ipld::Bytes(vec![7; 15]))),
        broken(
            "note-without-time",
            "A note whose time is text",
            &field(4, "t", Ipld::String("noon".to_owned())),
        ),
        broken(
            "note-certificates",
            "Nine certificates",
            &field(0, "certificates", list(b"none".to_vec(), limits::DEVICES + 1)),
        ),
        broken(
            "note-certificate-long",
            "A certificate of 1,025 bytes",
            &field(0, "certificates", list(vec![7; limits::CERTIFICATE + 1], 1)),
        ),
        broken(
            "note-removed",
            "Seventeen removed devices",
            &field(
                0,
                "removed",
                list(device().verifying_key().as_bytes().to_vec(), limits::REMOVED_DEVICES + 1),
            ),
        ),
        broken(
            "note-removed-short",
            "A removed device of 31 bytes",
            &field(0, "removed", list(vec![7; 31], 1)),
        ),
        broken(
            "note-comment-long",
            "A comment of 3,841 bytes",
            &of_answers(0, "comment", Ipld::Bytes(vec![7; limits::COMMENT + 1])),
        ),
        broken(
            "note-comment-gone",
            "The name of a comment of 31 bytes",
            &of_answers(1, "comment", Ipld::Bytes(vec![7; 31])),
        ),
        broken(
            "note-answers-raw",
            "A list of answers that is no DAG-CBOR block",
            &of_answers(2, "list", Ipld::Link(cid_of(RAW, b"list of answers"))),
        ),
        broken(
            "note-visible",
            "A number where it says whether one may be shown",
            &of_others(0, "on", Ipld::Integer(1)),
        ),
        broken(
            "note-contacts-raw",
            "A letter that is no DAG-CBOR block",
            &of_others(1, "header", raw_header),
        ),
        broken(
            "note-introduction-key",
            "A key that is none",
            &of_others(2, "pk", Ipld::Bytes(vec![0xff; 32])),
        ),
        broken(
            "note-introduction-relays",
            "Three relays",
            &of_others(2, "relays", Ipld::List(vec![Ipld::String(RELAY.to_owned()); 3])),
        ),
        broken(
            "note-introduction-secret",
            "A secret of 31 bytes",
            &of_others(2, "secret", Ipld::Bytes(vec![7; 31])),
        ),
        broken(
            "note-introduction-message",
            "A message of 501 characters",
            &of_others(2, "message", Ipld::String("a".repeat(limits::MESSAGE_CHARS + 1))),
        ),
        broken("note-long", "A note of 4,097 bytes", &notes(&[long_note(limits::PAGE_NOTE + 1).to_ipld()])),
        broken("older-33", "33 older pages", &many.to_ipld()),
        broken("older-rising", "Older pages that rise", &older(&[numbered(1), numbered(2)])),
        broken("older-itself", "An older page with this page's number", &older(&[numbered(3)])),
    ]);
    cases
}

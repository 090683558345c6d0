//! What is shared with everybody: public shares and the feed.

use bytes::Bytes;
use ipld_core::ipld::Ipld;
use spinney::format::feed::{self, Entry};
use spinney::format::page::Older;
use spinney::format::public::PublicShare;
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::{DAG_CBOR, DAG_PB, RAW, Value, cid_of, limits, signed};

use crate::case::{Case, fixed};
use crate::people::{NOON, RELAY, alice, bob};
use crate::public::{refused, sign_broken, signed_case, with};

pub(crate) fn cases() -> Vec<Case> {
    [shares(), feeds(), feeds_refused()].concat()
}

fn share() -> PublicShare {
    PublicShare {
        share: InnerId(fixed("public share")),
        rev: 1,
        created: NOON,
        title: "A day at the lake".to_owned(),
        note: String::new(),
        root: cid_of(DAG_PB, b"folder"),
        files: 2,
        size: 3_000_000,
        extra: Default::default(),
    }
}

fn shares() -> Vec<Case> {
    let alice = alice();
    let longest = PublicShare {
        rev: 2,
        title: "🌳".repeat(limits::TITLE_CHARS),
        note: "🌊".repeat(limits::NOTE_CHARS),
        ..share()
    };
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        let bytes = sign_broken::<PublicShare>(&alice, with(&share(), field, value));
        refused::<PublicShare>(name, says, &alice.id, &bytes)
    };
    vec![
        signed_case("plain", "A share for everybody", &alice, &share()),
        signed_case("longest", "The longest title and note", &alice, &longest),
        broken("root-raw", "A file instead of a folder", "root", Ipld::Link(cid_of(RAW, b"file"))),
        broken("root-sealed", "A manifest instead of a folder", "root", Ipld::Link(cid_of(DAG_CBOR, b""))),
        broken("root-bytes", "A folder that is no link", "root", Ipld::Bytes(vec![7; 36])),
        broken("version-2", "A version that needs a newer Spinney", "v", Ipld::Integer(2)),
        broken("title-201", "A title of 201 characters", "title", Ipld::String("a".repeat(201))),
    ]
}

fn page() -> feed::Page {
    let (alice, bob) = (alice(), bob());
    let object = |signer: &crate::people::Person, share: &PublicShare| -> Bytes {
        signed::sign(signer.key(), share).unwrap().into()
    };
    let unknown = [("k", Ipld::String("wave".to_owned())), ("t", Ipld::Integer((NOON + 3).into()))];
    let unknown = unknown.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let says = [
        feed::Says::Share { object: object(&alice, &share()), keepers: vec![] },
        feed::Says::Share {
            object: object(&bob, &PublicShare { title: "Trees".to_owned(), ..share() }),
            keepers: vec![RELAY.to_owned()],
        },
        feed::Says::Gone(ShareId::new(alice.pk(), InnerId(fixed("an older share")))),
        feed::Says::Other(Ipld::Map(unknown)),
    ];
    let entries = says.into_iter().zip(NOON..).map(|(says, time)| Entry { time, says }).collect();
    let older = [2, 1].map(|no| Older { no, cid: cid_of(DAG_CBOR, &[no as u8]) });
    feed::Page { no: 3, entries, older: older.to_vec(), extra: Default::default() }
}

fn feeds() -> Vec<Case> {
    let alice = alice();
    let first = feed::Page { no: 1, entries: vec![], older: vec![], extra: Default::default() };
    vec![
        signed_case("first", "A first page without entries", &alice, &first),
        signed_case(
            "entries",
            "A share of one's own, one passed on, one taken back, and a kind that version 1 does not know",
            &alice,
            &page(),
        ),
    ]
}

fn feeds_refused() -> Vec<Case> {
    let alice = alice();
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        let bytes = sign_broken::<feed::Page>(&alice, with(&page(), field, value));
        refused::<feed::Page>(name, says, &alice.id, &bytes)
    };
    let entry = |index: usize, change: &dyn Fn(Ipld) -> Ipld| {
        let mut entries: Vec<_> = page().entries.iter().map(Value::to_ipld).collect();
        entries[index] = change(entries[index].clone());
        Ipld::List(entries)
    };
    let same_time = entry(1, &|entry| with(&entry, "t", Ipld::Integer(NOON.into())));
    let short = entry(2, &|entry| with(&entry, "share", Ipld::Bytes(vec![7; 19])));
    let long = entry(0, &|entry| with(&entry, "object", Ipld::Bytes(vec![7; limits::PUBLIC_SHARE + 1])));
    let older = page().older.iter().rev().map(Value::to_ipld).collect();
    let itself = Older { no: 3, cid: cid_of(DAG_CBOR, b"later") };
    vec![
        broken("one-time-twice", "Two entries of one time", "entries", same_time),
        broken("gone-short", "A share id of 19 bytes", "entries", short),
        broken("object-long", "A share that is larger than any", "entries", long),
        broken("older-rising", "Older pages that rise", "older", Ipld::List(older)),
        broken("older-itself", "An older page with this page's number", "older", vec![itself].to_ipld()),
    ]
}

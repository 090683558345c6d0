//! What is shared with everybody: public shares and the feed.

use bytes::Bytes;
use ipld_core::ipld::Ipld;
use spinney::format::feed::{self, Entry};
use spinney::format::page::Older;
use spinney::format::public::PublicShare;
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::{DAG_CBOR, DAG_PB, RAW, Value, cid_of, limits, signed};
use spinney::social::feed::Walk;
use spinney::social::letterbox::{Pages as _, WalkError};

use crate::case::{Case, code, fixed, hex};
use crate::people::{NOON, Person, RELAY, alice, bob};
use crate::public::{refused, sign_broken, signed_case, sizes, text, with};

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
        refused::<PublicShare>((name, "plain"), says, &alice.id, &bytes)
    };
    let mut cases = vec![
        signed_case("plain", "A share for everybody", &alice, &share()),
        signed_case("longest", "The longest title and note", &alice, &longest),
        broken("root-raw", "A file instead of a folder", "root", Ipld::Link(cid_of(RAW, b"file"))),
        broken("root-sealed", "A manifest instead of a folder", "root", Ipld::Link(cid_of(DAG_CBOR, b""))),
        broken("root-bytes", "A folder that is no link", "root", Ipld::Bytes(vec![7; 36])),
        broken("version-2", "A version that needs a newer Spinney", "v", Ipld::Integer(2)),
        broken("title-201", "A title of 201 characters", "title", text(&"a".repeat(limits::TITLE_CHARS + 1))),
        broken("note-4001", "A note of 4,001 characters", "note", text(&"a".repeat(limits::NOTE_CHARS + 1))),
    ];
    cases.extend(sizes(&alice, &share()));
    cases
}

fn page() -> feed::Page {
    let (alice, bob) = (alice(), bob());
    let unknown = [("k", Ipld::String("wave".to_owned())), ("t", Ipld::Integer((NOON + 3).into()))];
    let unknown = unknown.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let says = [
        feed::Says::Share { object: envelope(&alice, &share().to_ipld()), keepers: vec![] },
        feed::Says::Share {
            object: envelope(&bob, &PublicShare { title: "Trees".to_owned(), ..share() }.to_ipld()),
            keepers: vec![RELAY.to_owned()],
        },
        feed::Says::Gone(ShareId::new(alice.pk(), InnerId(fixed("an older share")))),
        feed::Says::Other(Ipld::Map(unknown)),
    ];
    let entries = says.into_iter().zip(NOON..).map(|(says, time)| Entry { time, says }).collect();
    let older = [2, 1].map(|no| Older { no, cid: cid_of(DAG_CBOR, &[no as u8]) });
    feed::Page { no: 3, entries, older: older.to_vec(), extra: Default::default() }
}

/// The envelope of a public share, sound or not.
fn envelope(signer: &Person, share: &Ipld) -> Bytes {
    sign_broken::<PublicShare>(signer, share.clone()).into()
}

/// So many entries, each of a share that was taken back.
fn gone(entries: usize) -> Vec<Entry> {
    let says = || feed::Says::Gone(ShareId::new(alice().pk(), InnerId(fixed("an older share"))));
    (NOON..).take(entries).map(|time| Entry { time, says: says() }).collect()
}

/// So many earlier pages of page 100.
fn many_older(pages: u64) -> Vec<Older> {
    (1..=pages).map(|back| Older { no: 100 - back, cid: cid_of(DAG_CBOR, &[back as u8]) }).collect()
}

fn feeds() -> Vec<Case> {
    let alice = alice();
    let first = feed::Page { no: 1, entries: vec![], older: vec![], extra: Default::default() };
    let most = feed::Page { entries: gone(limits::FEED_ENTRIES), ..first.clone() };
    let older = feed::Page { no: 100, older: many_older(limits::PAGE_OLDER as u64), ..first.clone() };
    let later = with(&share(), "v", Ipld::Integer(2));
    let says = feed::Says::Share { object: envelope(&alice, &later), keepers: vec![] };
    let newer = feed::Page { entries: vec![Entry { time: NOON, says }], ..first.clone() };
    let mut cases = vec![
        signed_case("first", "A first page without entries", &alice, &first),
        signed_case("most-entries", "512 entries", &alice, &most),
        signed_case("most-older", "32 older pages", &alice, &older),
        signed_case(
            "newer-share",
            "A share that needs a newer Spinney, which is passed over",
            &alice,
            &newer,
        ),
        signed_case(
            "entries",
            "A share of one's own, one passed on, one taken back, and a kind that version 1 does not know",
            &alice,
            &page(),
        ),
    ];
    cases.extend(sizes(&alice, &first));
    cases
}

fn feeds_refused() -> Vec<Case> {
    let alice = alice();
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        let bytes = sign_broken::<feed::Page>(&alice, with(&page(), field, value));
        refused::<feed::Page>((name, "entries"), says, &alice.id, &bytes)
    };
    let first = feed::Page { no: 1, entries: vec![], older: vec![], extra: Default::default() };
    let over = |(name, of): (&str, &str), says: &str, page: &feed::Page| {
        let bytes = sign_broken::<feed::Page>(&alice, page.to_ipld());
        refused::<feed::Page>((name, of), says, &alice.id, &bytes)
    };
    // The page is sound, but a share on it is not.
    let inner = |name: &str, says: &str, object: Bytes| {
        let says_share = feed::Says::Share { object, keepers: vec![] };
        let entries = [page().entries[0].time].map(|time| Entry { time, says: says_share.clone() });
        let page = feed::Page { entries: [&entries[..], &page().entries[1..]].concat(), ..page() };
        let bytes = signed::sign(alice.key(), &page).unwrap();
        let newest = cid_of(DAG_CBOR, &bytes);
        let refused = match Walk::new(alice.ring.id(), None, newest).add(newest, &bytes) {
            Err(WalkError::Refused(why)) => code(Err::<(), _>(why)),
            other => panic!("was not refused: {other:?}"),
        };
        Case::new("feed-page", &format!("refused-inner-{name}"), says)
            .given("signer", hex(alice.pk()))
            .bytes(&bytes)
            .refused("entries", refused)
    };
    let mut flipped = envelope(&alice, &share().to_ipld()).to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let untitled = with(&share(), "title", Ipld::Integer(1));
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
        over(
            ("entries-513", "most-entries"),
            "513 entries",
            &feed::Page { entries: gone(limits::FEED_ENTRIES + 1), ..first.clone() },
        ),
        over(
            ("older-33", "most-older"),
            "33 older pages",
            &feed::Page { no: 100, older: many_older(limits::PAGE_OLDER as u64 + 1), ..first },
        ),
        inner("signature", "The signature of a share does not hold", flipped.into()),
        inner("title", "A share whose title is no text", envelope(&alice, &untitled)),
        broken("older-itself", "An older page with this page's number", "older", vec![itself].to_ipld()),
    ]
}

//! What readers of a share answer: comments, the notes that carry them, and the list that the author publishes.

use ipld_core::ipld::Ipld;
use spinney::format::comment::{Comment, name_of};
use spinney::format::header::ShareKey;
use spinney::format::note::{Note, Says};
use spinney::format::page::{Content, Older, Page};
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::{DAG_CBOR, ReadError, Value, cid_of, limits, signed};

use crate::case::{Case, code, fixed, hex, stream};
use crate::people::{NOON, Person, alice, bob, carol};
use crate::public::{filled, sign_broken, with};
use crate::share::share_key;

pub(crate) fn cases() -> Vec<Case> {
    [comments(), comments_refused(), lists(), vec![list_refused()]].concat()
}

/// Alice's share.
pub(crate) fn share() -> ShareId {
    ShareId::new(alice().pk(), InnerId(fixed("share")))
}

/// What Bob says of it.
fn words() -> Comment {
    Comment {
        share: share(),
        rev: 1,
        time: NOON,
        name: "Bob".to_owned(),
        text: Some("That was a day!\nMore of the lake, please 🌊".to_owned()),
        heart: None,
        reply: None,
        extra: Default::default(),
    }
}

fn heart() -> Comment {
    Comment { name: "Carol".to_owned(), text: None, heart: Some(true), time: NOON + 1, ..words() }
}

pub(crate) fn signed_comment() -> bytes::Bytes {
    signed::sign(bob().key(), &words()).unwrap().into()
}

fn reply() -> Comment {
    let reply = Some(name_of(&signed_comment()));
    Comment { name: "Alice".to_owned(), text: Some("Soon.".to_owned()), reply, time: NOON + 2, ..words() }
}

fn comments() -> Vec<Case> {
    let longest = Comment {
        name: "é".repeat(limits::NAME_CHARS),
        text: Some("湖".repeat(limits::COMMENT_CHARS)),
        reply: Some([7; 32]),
        ..words()
    };
    let case = |name: &str, says: &str, writer: &Person, comment: &Comment| {
        let bytes = signed::sign(writer.key(), comment).unwrap();
        assert_eq!(Comment::open(&bytes, &share(), None).unwrap().object, *comment);
        Case::new("comment", name, says)
            .given("signer", hex(writer.pk()))
            .given("share", hex(share().as_bytes()))
            .derived("name", hex(&name_of(&bytes)))
            .bytes(&bytes)
            .value(&comment.to_ipld())
    };
    vec![
        case("words", "What Bob answers to a share of Alice's", &bob(), &words()),
        case("heart", "A heart of Carol's", &carol(), &heart()),
        case("reply", "What Alice answers to Bob", &alice(), &reply()),
        case("longest", "A thousand characters of three bytes, by a name of 64", &bob(), &longest),
    ]
}

fn comments_refused() -> Vec<Case> {
    let refuse = |name: &str, says: &str, bytes: &[u8]| {
        let opened = Comment::open(bytes, &share(), Some(&bob().id));
        Case::new("comment", &format!("refused-{name}"), says)
            .given("signer", hex(bob().pk()))
            .given("share", hex(share().as_bytes()))
            .bytes(bytes)
            .refused("words", code(opened))
    };
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        refuse(name, says, &sign_broken::<Comment>(&bob(), with(&words(), field, value)))
    };
    let long = |limit: usize| Ipld::String("a".repeat(limit + 1));
    let Ipld::Map(mut nothing) = words().to_ipld() else { panic!("a comment is a map") };
    nothing.remove("text");
    let other = Comment { share: ShareId::new(bob().pk(), InnerId(fixed("share"))), ..words() };
    let larger = filled(&words(), limits::COMMENT + 1, |value| sign_broken::<Comment>(&bob(), value.clone()));
    vec![
        refuse("size", "A byte larger than any", &larger),
        refuse(
            "forged",
            "Signed by Carol, as if Bob said it",
            &signed::sign(carol().key(), &words()).unwrap(),
        ),
        refuse("share", "Of another share", &signed::sign(bob().key(), &other).unwrap()),
        refuse("nothing", "Neither words nor a heart", &sign_broken::<Comment>(&bob(), Ipld::Map(nothing))),
        broken("both", "Words and a heart", "heart", Ipld::Bool(true)),
        broken("heart-number", "A number where it says whether it is a heart", "heart", Ipld::Integer(1)),
        broken("empty", "No character", "text", Ipld::String(String::new())),
        broken("text-1001", "1,001 characters", "text", long(limits::COMMENT_CHARS)),
        broken("name-65", "A name of 65 characters", "name", long(limits::NAME_CHARS)),
        broken("share-19", "A share of 19 bytes", "share", Ipld::Bytes(vec![7; 19])),
        broken("rev-text", "A revision that is text", "rev", Ipld::String("1".to_owned())),
        broken("time-text", "A time that is text", "time", Ipld::String("noon".to_owned())),
        broken("reply-31", "An answer to a name of 31 bytes", "reply", Ipld::Bytes(vec![7; 31])),
        broken("version-2", "A version that needs a newer Spinney", "v", Ipld::Integer(2)),
    ]
}

/// The notes of a list of Alice's.
fn notes(comments: &[bytes::Bytes]) -> Vec<Note> {
    let comments = comments.iter().cloned().enumerate();
    comments.map(|(at, comment)| Note { time: NOON + at as u64, says: Says::Comment { comment } }).collect()
}

fn seal(content: &Content, key: &ShareKey, name: &str) -> Vec<u8> {
    Page::seal_for_link(content, &key.answers_secret(), &mut stream(name)).unwrap()
}

fn lists() -> Vec<Case> {
    let sign = |writer: &Person, comment: &Comment| -> bytes::Bytes {
        signed::sign(writer.key(), comment).unwrap().into()
    };
    let good = [signed_comment(), sign(&carol(), &heart()), sign(&alice(), &reply())];
    let other = Comment { share: ShareId::new(bob().pk(), InnerId(fixed("share"))), ..heart() };
    let mut forged = sign(&carol(), &heart()).to_vec();
    *forged.last_mut().unwrap() ^= 1;
    let passed_over = [good[0].clone(), forged.into(), sign(&carol(), &other)];
    let older = vec![Older { no: 1, cid: cid_of(DAG_CBOR, b"earlier page") }];
    let case = |name: &str, says: &str, content: &Content, counts: &[bytes::Bytes]| {
        let bytes = seal(content, &share_key(), name);
        assert_eq!(Page::decode(&bytes).unwrap().open(&share_key().answers_secret()).unwrap(), *content);
        Case::new("answers", name, says)
            .given("share_key", hex(share_key().as_bytes()))
            .given("share", hex(share().as_bytes()))
            .derived("page_secret", hex(&*share_key().answers_secret()))
            .derived("names", counts.iter().map(|comment| hex(&name_of(comment))).collect::<Vec<_>>())
            .block(&bytes)
            .value(&content.to_ipld())
    };
    let content = |comments: &[bytes::Bytes]| Content { no: 1, notes: notes(comments), older: vec![] };
    vec![
        case("list", "What Bob, Carol and Alice said", &content(&good), &good),
        case(
            "passed-over",
            "One that is forged and one of another share are passed over, and the first counts",
            &content(&passed_over),
            &good[..1],
        ),
        case("older", "A second page", &Content { no: 2, older, ..content(&good) }, &good),
        case("empty", "All was taken back or hidden", &content(&[]), &[]),
    ]
}

fn list_refused() -> Case {
    let content = Content { no: 1, notes: notes(&[signed_comment()]), older: vec![] };
    let bytes = seal(&content, &ShareKey::from_bytes(fixed("share key after the removal")), "refused");
    let opened = Page::decode(&bytes)
        .map_err(ReadError::from)
        .and_then(|page| page.open(&share_key().answers_secret()));
    Case::new("answers", "refused-key", "Under the key after somebody was removed, who has the former one")
        .given("share_key", hex(share_key().as_bytes()))
        .given("share", hex(share().as_bytes()))
        .bytes(&bytes)
        .refused("list", code(opened))
}

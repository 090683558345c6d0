//! Parts of letters: contacts who agreed to be shown.

use ipld_core::ipld::Ipld;
use spinney::format::introduction::{Contacts, Shown};
use spinney::format::letter::Part;
use spinney::format::node::{self, Content, Pointer};
use spinney::format::{RAW, Value, cid_of, limits};

use crate::case::{Case, code, hex};
use crate::people::{NOON, Person, RELAY, bob, carol};
use crate::public::with;
use crate::share::{Broken, secret, share_key};

pub(crate) fn cases() -> Vec<Case> {
    [parts(), parts_refused()].concat()
}

fn shown(person: &Person, name: &str, relays: usize) -> Shown {
    let id = person.ring.identity().verifying_key();
    Shown { id, name: name.to_owned(), relays: vec![RELAY.to_owned(); relays], seq: NOON / 1000 }
}

/// Bob and Carol, in the order of their keys.
fn people() -> Vec<Shown> {
    let mut people = vec![shown(&bob(), "Bob", 1), shown(&carol(), "Carol 🌳", 2)];
    people.sort_by_key(|shown| *shown.id.as_bytes());
    people
}

fn part(more: Option<Pointer>) -> Contacts {
    Contacts { list: people(), more }
}

fn parts() -> Vec<Case> {
    let empty = Contacts { list: Vec::new(), more: None };
    let next = node::seal(&secret(), &empty).unwrap().0;
    let case = |name: &str, says: &str, part: &Contacts| {
        let (pointer, block) = node::seal(&secret(), part).unwrap();
        assert_eq!(&node::open::<Contacts>(&pointer, &block).unwrap(), part);
        Case::new("node", name, says)
            .given("as", "contacts")
            .given("share_key", hex(share_key().as_bytes()))
            .given("plaintext", hex(&part.to_bytes()))
            .derived("secret", hex(&secret()))
            .derived("key", hex(pointer.key.as_bytes()))
            .block(&block)
            .value(&part.to_ipld())
    };
    vec![
        case(
            "contacts",
            "Two people whom the author of a letter shows, and where it goes on",
            &part(Some(next)),
        ),
        case("contacts-none", "A letter that shows nobody", &empty),
    ]
}

fn refuse(name: &str, says: &str, value: &Ipld, links: Vec<spinney::format::Cid>) -> Case {
    let (pointer, block) = node::seal(&secret(), &Broken(value.clone(), links)).unwrap();
    Case::new("node", &format!("refused-contacts-{name}"), says)
        .given("as", "contacts")
        .given("key", hex(pointer.key.as_bytes()))
        .bytes(&block)
        .refused("contacts", code(node::open::<Contacts>(&pointer, &block)))
}

fn parts_refused() -> Vec<Case> {
    let good = part(None);
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        let list = Ipld::List(vec![with(&good.list[0], field, value)]);
        refuse(name, says, &with(&good, "list", list), Vec::new())
    };
    let list = |list: &[Shown]| with(&good, "list", list.to_vec().to_ipld());
    let backwards: Vec<_> = people().into_iter().rev().collect();
    let twice = vec![good.list[0].clone(), good.list[0].clone()];
    let mut many = vec![shown(&bob(), "", 0); limits::SHOWN + 1];
    for (n, shown) in many.iter_mut().enumerate() {
        let seed = spinney::crypto::digest("a vector of many people", &[&(n as u32).to_be_bytes()]);
        shown.id = spinney::crypto::sign::SigningKey::from_bytes(&seed).verifying_key();
    }
    many.sort_by_key(|shown| *shown.id.as_bytes());
    let raw = Pointer { cid: cid_of(RAW, b"next"), key: node::seal(&secret(), &good).unwrap().0.key };
    let relays = |count: usize| Ipld::List(vec![Ipld::String(RELAY.to_owned()); count]);
    vec![
        refuse("unsorted", "People out of order", &list(&backwards), good.links()),
        refuse("twice", "One of them twice", &list(&twice), good.links()),
        refuse("257", "257 people in one part", &list(&many), good.links()),
        refuse("more-raw", "It goes on at a chunk", &with(&good, "more", raw.to_ipld()), vec![raw.cid]),
        refuse(
            "version-2",
            "A version that needs a newer Spinney",
            &with(&good, "v", Ipld::Integer(2)),
            vec![],
        ),
        broken("key", "A key that is none", "pk", Ipld::Bytes(vec![0xff; 32])),
        broken("name-65", "A name of 65 characters", "name", Ipld::String("a".repeat(65))),
        broken("relays-3", "Three relays", "relays", relays(limits::SHOWN_RELAYS + 1)),
        broken("seq-text", "A sequence that is text", "seq", Ipld::String("1".to_owned())),
        after(),
    ]
}

/// A part that is sound, and does not go on from the one before it.
fn after() -> Case {
    let part = part(None);
    let before = Contacts { list: part.list.clone(), more: None };
    let (pointer, block) = node::seal(&secret(), &part).unwrap();
    Case::new("node", "refused-contacts-after", "A part that begins before the end of the one before it")
        .given("as", "contacts")
        .given("key", hex(pointer.key.as_bytes()))
        .given("before", hex(before.list[1].id.as_bytes()))
        .bytes(&block)
        .refused("contacts", code(part.check_after(&before)))
}

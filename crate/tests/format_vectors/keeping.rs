//! What friends keep for each other: the notes, the list of a letter, and how readers ask keepers.

use ipld_core::ipld::Ipld;
use spinney::crypto::sign::VerifyingKey;
use spinney::format::header::ShareKey;
use spinney::format::keep::{KeepList, Wanted};
use spinney::format::node;
use spinney::format::note::{KeeperDevice, Note, Says};
use spinney::format::share_id::InnerId;
use spinney::format::{DAG_CBOR, RAW, Value, cid_of, limits};

use crate::case::{Case, code, fixed, hex};
use crate::people::{RELAY, bob, carol, device};
use crate::public::with;
use crate::share::{Broken, node_case, secret, share_key};
use crate::wire::{Sender, bytes, refused, says, transcript, word};

pub(crate) fn cases() -> Vec<Case> {
    [lists(), lists_refused(), asking()].concat()
}

fn wanted(share: &[u8], fetch: bool) -> Wanted {
    let block = *cid_of(DAG_CBOR, share).hash().digest().first_chunk().unwrap();
    Wanted { block, size: 5_000_000, fetch: fetch.then(|| share_key().fetch_key()) }
}

fn list(list: Vec<Wanted>) -> KeepList {
    KeepList { list, more: None, extra: Default::default() }
}

fn lists() -> Vec<Case> {
    let two = list(vec![wanted(b"a share", true), wanted(b"one for everybody", false)]);
    let (more, _) = node::seal(&secret(), &two).unwrap();
    let all = (0..limits::KEEP_LIST).map(|n| wanted(&n.to_be_bytes(), true)).collect();
    let full = KeepList { more: Some(more), ..list(all) };
    vec![
        node_case(("keep", "keep"), "What a friend is asked to keep", &two),
        node_case(("keep-none", "keep"), "Nothing is to be kept any more", &list(vec![])),
        node_case(("keep-full", "keep"), "1,024 shares, and where the list goes on", &full),
    ]
}

fn lists_refused() -> Vec<Case> {
    let refuse = |name: &str, says: &str, value: Ipld| {
        let (pointer, block) = node::seal(&secret(), &Broken(value, vec![])).unwrap();
        Case::new("node", &format!("refused-keep-{name}"), says)
            .given("as", "keep")
            .given("key", hex(pointer.key.as_bytes()))
            .bytes(&block)
            .refused("keep", code(node::open::<KeepList>(&pointer, &block)))
    };
    let good = list(vec![wanted(b"a share", true)]);
    let of = |list: Vec<Ipld>| with(&good, "list", Ipld::List(list));
    let one = good.list[0].to_ipld();
    let too_many = (0..=limits::KEEP_LIST).map(|n| wanted(&n.to_be_bytes(), false).to_ipld()).collect();
    vec![
        refuse("twice", "One share twice", of(vec![one.clone(), one.clone()])),
        refuse("1025", "1,025 shares", of(too_many)),
        refuse("fetch", "A fetch key of 31 bytes", of(vec![with(&good.list[0], "fetch", bytes(&[7; 31]))])),
        refuse("block", "A digest of 31 bytes", of(vec![with(&good.list[0], "block", bytes(&[7; 31]))])),
    ]
}

/// Notes of what is kept, one of each kind.
pub(crate) fn notes() -> Vec<Says> {
    let keeper = |device: VerifyingKey| KeeperDevice { device, relays: vec![RELAY.to_owned()] };
    vec![
        Says::KeepOffer { bytes: 2_000_000_000, named: true, public: false },
        Says::Keep { share: InnerId(fixed("share")), rev: 1, header: cid_of(DAG_CBOR, b"header") },
        Says::KeepState { rev: 1, bytes: 5_000_512, missing: 0, full: false },
        Says::Keepers { devices: vec![keeper(device().verifying_key())] },
    ]
}

/// Notes that break a rule: what is wrong, and the note.
pub(crate) fn broken_notes(note: impl Fn(Says) -> Note) -> Vec<(&'static str, &'static str, Ipld)> {
    let [offer, keep, state, keepers] = notes().try_into().expect("four notes");
    let [offer, keep, state, keepers] = [offer, keep, state, keepers].map(note);
    let one = KeeperDevice { device: device().verifying_key(), relays: vec![] };
    let relays = Ipld::List(vec![Ipld::String(RELAY.to_owned()); limits::KEEPER_RELAYS + 1]);
    let devices = |list: Vec<Ipld>| with(&keepers, "devices", Ipld::List(list));
    vec![
        ("keep-offer", "An offer whose bytes are text", with(&offer, "bytes", word("many"))),
        (
            "keep-raw",
            "A list whose header is no DAG-CBOR block",
            with(&keep, "header", Ipld::Link(cid_of(RAW, b"header"))),
        ),
        ("keep-state", "A state that is full by a number", with(&state, "full", Ipld::Integer(1))),
        ("keepers-9", "Nine devices of keepers", devices(vec![one.to_ipld(); limits::KEEPER_DEVICES + 1])),
        ("keepers-relays", "A device at three relays", devices(vec![with(&one, "relays", relays)])),
    ]
}

/// A reader asks a device that keeps a share, and one that does not.
fn asking() -> Vec<Case> {
    let key = ShareKey::fetch_key(&share_key());
    let (asker, keeper) = (bob().key().verifying_key(), carol().key().verifying_key());
    let open = || {
        let fields = [("tag", bytes(&key.tag(&keeper))), ("proof", bytes(&key.proof(&asker, &keeper)))];
        (Sender::Client, says("open", fields))
    };
    let case = |name: &str, shows: &str, answer: Ipld| {
        transcript(name, shows, "/spinney/share/1", &[open(), (Sender::Server, answer)])
            .given("fetch", hex(key.as_bytes()))
            .given("asker", hex(asker.as_bytes()))
            .given("keeper", hex(keeper.as_bytes()))
    };
    vec![
        case("share-open", "A reader shows that they are one, by the device keys of both", word("done")),
        case("share-refused", "The same where it is not kept", refused("no")),
    ]
}

//! IPNS records.

use ipld_core::ipld::Ipld;
use prost::Message;
use spinney::crypto::sign::{SIGNATURE_LEN, VerifyingKey};
use spinney::format::{Cid, DAG_CBOR, DAG_PB, cbor, cid_of, ipns, limits};
use spinney::social::root;

use crate::case::{Case, code, hex};
use crate::people::{NOON, Person, alice, bob};

/// The fields of a record that version 2 has no need of.
#[derive(Clone, PartialEq, Message)]
struct Older {
    #[prost(bytes = "vec", required, tag = "1")]
    value: Vec<u8>,
    #[prost(bytes = "vec", required, tag = "2")]
    signature_v1: Vec<u8>,
    #[prost(uint64, required, tag = "3")]
    validity_type: u64,
    #[prost(bytes = "vec", required, tag = "4")]
    validity: Vec<u8>,
    #[prost(uint64, required, tag = "5")]
    sequence: u64,
    #[prost(uint64, required, tag = "6")]
    ttl: u64,
}

/// What is written, and fields that a reader may find beside it.
#[derive(Clone, PartialEq, Message)]
struct Beside {
    #[prost(uint64, optional, tag = "5")]
    sequence: Option<u64>,
    #[prost(bytes = "vec", optional, tag = "7")]
    pub_key: Option<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "8")]
    signature: Option<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "9")]
    data: Option<Vec<u8>>,
    #[prost(uint64, optional, tag = "100")]
    unknown_number: Option<u64>,
    #[prost(bytes = "vec", optional, tag = "101")]
    unknown_bytes: Option<Vec<u8>>,
    #[prost(fixed32, optional, tag = "102")]
    unknown_fixed: Option<u32>,
    #[prost(fixed64, optional, tag = "103")]
    unknown_double: Option<u64>,
}

/// The signed part of a record, to be changed and signed again.
fn data(root: &Cid) -> Ipld {
    let plain = ipns::sign(alice().key(), root, NOON / 1000, NOON);
    cbor::to_ipld(&Beside::decode(&plain[..]).unwrap().data.unwrap()).unwrap()
}

fn sign(signer: &Person, data: &[u8]) -> Vec<u8> {
    let signature = signer.key().sign(&[b"ipns-signature:", data].concat()).to_vec();
    let entry = Beside { signature: Some(signature), data: Some(data.to_vec()), ..Beside::default() };
    entry.encode_to_vec()
}

fn changed(root: &Cid, key: &str, value: Ipld) -> Vec<u8> {
    let Ipld::Map(mut map) = data(root) else { panic!("data is a map") };
    map.insert(key.to_owned(), value);
    sign(&alice(), &cbor::from_ipld(&Ipld::Map(map)))
}

fn bytes(text: &str) -> Ipld {
    Ipld::Bytes(text.as_bytes().to_vec())
}

/// The largest record, and one that is a byte larger: filled with a field that nobody knows.
fn of_size(plain: &[u8], size: usize) -> Vec<u8> {
    let fill = |len: usize| {
        let filling = Beside { unknown_bytes: Some(vec![7; len]), ..Beside::default() };
        [plain, &filling.encode_to_vec()].concat()
    };
    let guess = size - plain.len();
    let record = fill(guess - (fill(guess).len() - size));
    assert_eq!(record.len(), size);
    record
}

/// Milliseconds after which a device renews its record.
const WEEK: u64 = 7 * 24 * 60 * 60 * 1000;

pub(crate) fn cases() -> Vec<Case> {
    let (alice, bob) = (alice(), bob());
    let root = cid_of(DAG_CBOR, b"root");
    let plain = ipns::sign(alice.key(), &root, NOON / 1000, NOON);
    assert_eq!(sign(&alice, &cbor::from_ipld(&data(&root))), plain);
    let accept = |name: &str, says: &str, record: &[u8]| {
        let opened = ipns::open(record, &alice.id).unwrap();
        Case::new("ipns", name, says)
            .given("name", hex(alice.pk()))
            .bytes(record)
            .given("root", opened.root.to_string())
            .given("sequence", opened.sequence)
            .derived("until", opened.until)
            .derived("ttl", opened.ttl)
    };
    let refuse = |(name, of): (&str, &str), says: &str, key: &VerifyingKey, record: &[u8]| {
        Case::new("ipns", &format!("refused-{name}"), says)
            .given("name", hex(key.as_bytes()))
            .bytes(record)
            .refused(of, code(ipns::open(record, key)))
    };
    let broken = |name: &str, says: &str, record: &[u8]| refuse((name, "plain"), says, &alice.id, record);
    let field =
        |name: &str, says: &str, key: &str, value: Ipld| broken(name, says, &changed(&root, key, value));
    let beside = |beside: Beside| [&plain[..], &beside.encode_to_vec()].concat();
    let sequence = |sequence: u64| Beside { sequence: Some(sequence), ..Beside::default() }.encode_to_vec();
    let public_key = |pk: &[u8; 32]| {
        let message = [&[0x08, 0x01, 0x12, 0x20], &pk[..]].concat();
        beside(Beside { pub_key: Some(message), ..Beside::default() })
    };
    let unknown = beside(Beside {
        unknown_number: Some(1),
        unknown_bytes: Some(b"later".to_vec()),
        unknown_fixed: Some(2),
        unknown_double: Some(3),
        ..Beside::default()
    });
    let right = NOON / 1000;
    let ahead = ipns::sign(alice.key(), &root, NOON / 1000 + limits::SEQUENCE_AHEAD_S + 1, NOON);
    let other = cid_of(DAG_CBOR, b"another root");
    let of = |root: &Cid, sequence: u64, now: u64| hex(&ipns::sign(alice.key(), root, sequence, now));
    let mut flipped = plain.clone();
    flipped[10] ^= 1;
    let older = older(&root);
    let spelled = root.to_string_of_base(cid::multibase::Base::Base36Lower).unwrap();
    let folder = cid_of(DAG_PB, b"folder").to_string();
    let mut short = Beside::decode(&plain[..]).unwrap();
    short.signature.as_mut().unwrap().pop();
    let short = short.encode_to_vec();
    let trailing = [cbor::from_ipld(&data(&root)), vec![0]].concat();
    vec![
        accept("plain", "A record for 180 days", &plain).given("now", NOON),
        accept(
            "renewed",
            "The same, renewed a week later",
            &ipns::sign(alice.key(), &root, right, NOON + WEEK),
        )
        .given("takes_the_place_of", vec![hex(&plain), of(&root, right - 1, NOON + 2 * WEEK)])
        .given(
            "does_not_take_the_place_of",
            vec![
                of(&root, right, NOON + WEEK),
                of(&root, right, NOON + 2 * WEEK),
                of(&other, right, NOON),
                of(&root, right + 1, NOON),
            ],
        ),
        accept(
            "older-fields",
            "The same with unsigned copies, and an older signature that does not hold",
            &[&older[..], &plain].concat(),
        ),
        accept("unknown-fields", "Fields that nobody knows, one of each wire type", &unknown),
        accept(
            "field-twice",
            "An unsigned sequence that is wrong, and behind it the right one, which counts",
            &[&sequence(1)[..], &plain, &sequence(right)].concat(),
        ),
        accept("public-key", "With the public key of its name", &public_key(alice.pk())),
        accept(
            "validity-seconds",
            "An end of life without a fraction",
            &changed(&root, "Validity", bytes("2026-11-28T12:00:00Z")),
        ),
        accept(
            "validity-milliseconds",
            "An end of life with three digits after the second",
            &changed(&root, "Validity", bytes("2026-11-28T12:00:00.001Z")),
        ),
        accept("largest", "As large as any: 10 KiB", &of_size(&plain, limits::IPNS_RECORD)),
        refuse(
            ("size", "largest"),
            "A byte larger than any",
            &alice.id,
            &of_size(&plain, limits::IPNS_RECORD + 1),
        ),
        refuse(
            ("field-twice", "field-twice"),
            "An unsigned sequence that is right, and behind it a wrong one, which counts",
            &alice.id,
            &[&plain[..], &sequence(right), &sequence(1)].concat(),
        ),
        refuse(
            ("public-key", "public-key"),
            "With the public key of somebody else",
            &alice.id,
            &public_key(bob.pk()),
        ),
        refuse(("older-only", "older-fields"), "Nothing but the older fields", &alice.id, &older),
        refuse(("another-name", "plain"), "The record of somebody else", &bob.id, &plain),
        broken("flipped", "One bit of the signature is another", &flipped),
        broken(
            "contradicting",
            "An unsigned sequence that says something else",
            &[&plain[..], &sequence(1)].concat(),
        ),
        broken("cut", "A record that is cut short", &plain[..plain.len() - 1]),
        Case::new("ipns", "refused-ahead", "A record from 30 days and a second ahead of now")
            .given("name", hex(alice.pk()))
            .given("now", NOON)
            .bytes(&ahead)
            .refused("plain", code(root::verify_record(&alice.id.into(), &ahead, NOON))),
        broken("not-strict", "A byte behind the signed part", &sign(&alice, &trailing)),
        field("validity-text", "An end of life that is no time", "Validity", bytes("in half a year, noon")),
        field(
            "validity-offset",
            "An end of life in another spelling of UTC",
            "Validity",
            bytes("2026-11-28T12:00:00+00:00"),
        ),
        field(
            "validity-day",
            "An end of life on a day that there is not",
            "Validity",
            bytes("2026-11-31T12:00:00Z"),
        ),
        field("value-ipns", "A name instead of a root", "Value", bytes(&format!("/ipns/{root}"))),
        broken("wire-type", "A sequence that is bytes", &[&plain[..], &[0x2a, 0x00]].concat()),
        broken("wire-type-six", "A wire type that there is not", &[&plain[..], &[0xa6, 0x06]].concat()),
        broken("field-zero", "A field of number 0", &[&plain[..], &[0x00, 0x00]].concat()),
        broken("varint-endless", "A number without an end", &[&plain[..], &[0x28], &[0xff; 11]].concat()),
        broken("signature-short", "A signature of 63 bytes", &short),
        field("validity-type", "Another type of validity", "ValidityType", Ipld::Integer(1)),
        field("value-base36", "The root in another base", "Value", bytes(&format!("/ipfs/{spelled}"))),
        field("value-path", "A path below the root", "Value", bytes(&format!("/ipfs/{root}/object"))),
        field("value-folder", "A folder instead of a root", "Value", bytes(&format!("/ipfs/{folder}"))),
        field("sequence-text", "A sequence that is text", "Sequence", Ipld::String("1".to_owned())),
    ]
}

/// As tools write it that still serve readers of before 2021. The older signature is nobody's.
fn older(root: &Cid) -> Vec<u8> {
    let Ipld::Map(signed) = data(root) else { panic!("data is a map") };
    let Ipld::Bytes(value) = &signed["Value"] else { panic!("a value is bytes") };
    let Ipld::Bytes(validity) = &signed["Validity"] else { panic!("a validity is bytes") };
    Older {
        value: value.clone(),
        signature_v1: vec![7; SIGNATURE_LEN],
        validity_type: 0,
        validity: validity.clone(),
        sequence: NOON / 1000,
        ttl: limits::RECORD_TTL_NS,
    }
    .encode_to_vec()
}

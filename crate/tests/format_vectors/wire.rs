//! Transcripts of the wire protocols, and the work of mail.
//!
//! Only the bytes are made here; `tests/format_wire.rs` speaks them through the code of both sides.

use ipld_core::ipld::Ipld;
use serde_bytes::ByteArray;
use serde_json::{Value as Json, json};
use spinney::crypto::sign::{SigningKey, VerifyingKey};
use spinney::crypto::{digest, sha256};
use spinney::format::device::Certificate;
use spinney::format::{Cid, DAG_CBOR, RAW, cbor, cid_of, ipns, limits, request, signed};
use spinney::net::keep::Question;

use crate::case::{Case, dag_json, fixed, hex};
use crate::people::{NOON, alice, bob, carol, device};

const RECORDS: &str = "/spinney/records/1";
pub(crate) const KEEP: &str = "/spinney/keep/1";
const MAILBOX: &str = "/spinney/mailbox/1";

/// Who sends a message.
#[derive(Clone, Copy)]
pub(crate) enum Sender {
    Client,
    Server,
}
use Sender::{Client, Server};

pub(crate) fn cases() -> Vec<Case> {
    [records(), keep(), keep_removed(), keep_refusals(), mailbox(), malformed(), vec![keep_prove(), work()]]
        .concat()
}

fn map<const N: usize>(fields: [(&str, Ipld); N]) -> Ipld {
    Ipld::Map(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// A message that says something: a map with one key.
pub(crate) fn says<const N: usize>(name: &str, fields: [(&str, Ipld); N]) -> Ipld {
    map([(name, map(fields))])
}

pub(crate) fn word(name: &str) -> Ipld {
    Ipld::String(name.to_owned())
}

pub(crate) fn refused(code: &str) -> Ipld {
    says("refused", [("code", word(code))])
}

pub(crate) fn int(n: u64) -> Ipld {
    Ipld::Integer(n.into())
}

pub(crate) fn bytes(bytes: &[u8]) -> Ipld {
    Ipld::Bytes(bytes.to_vec())
}

fn links(cids: &[Cid]) -> Ipld {
    Ipld::List(cids.iter().map(|cid| Ipld::Link(*cid)).collect())
}

/// A message behind its length.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    let mut buffer = unsigned_varint::encode::usize_buffer();
    [unsigned_varint::encode::usize(message.len(), &mut buffer), message].concat()
}

fn step((from, says): &(Sender, Ipld)) -> Json {
    let from = match from {
        Client => "client",
        Server => "server",
    };
    json!({ "from": from, "bytes": hex(&framed(&cbor::from_ipld(says))), "says": dag_json(says) })
}

pub(crate) fn transcript(name: &str, says: &str, protocol: &str, steps: &[(Sender, Ipld)]) -> Case {
    Case::new("wire", name, says)
        .given("protocol", protocol)
        .given("steps", steps.iter().map(step).collect::<Vec<_>>())
}

fn records() -> Vec<Case> {
    let (ann, ben) = (bytes(alice().pk()), bytes(bob().pk()));
    let record =
        |seq: u64| bytes(&ipns::sign(alice().key(), &cid_of(DAG_CBOR, &seq.to_be_bytes()), seq, NOON));
    let put = |seq: u64, replaces: Option<u64>| {
        let mut fields = vec![("id", ann.clone()), ("record", record(seq))];
        fields.extend(replaces.map(|replaces| ("replaces", int(replaces))));
        let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        (Client, map([("put", Ipld::Map(fields))]))
    };
    let get = |id: &Ipld| (Client, says("get", [("id", id.clone())]));
    let found = |seq: u64| (Server, says("record", [("id", ann.clone()), ("record", record(seq))]));
    let done = (Server, word("done"));
    let conflict = (Server, says("refused", [("code", word("conflict")), ("current", int(5))]));
    let known =
        Ipld::List(vec![Ipld::List(vec![ann.clone(), int(5)]), Ipld::List(vec![ben.clone(), int(0)])]);
    let refusals = ["bad-record", "unknown-root", "not-admitted", "too-large", "unavailable"];
    let quota = says("refused", [("code", word("quota")), ("used", int(4990)), ("quota", int(5000))]);
    let refusals = refusals.into_iter().map(refused).chain([quota, refused("full")]);
    let refusals: Vec<_> = refusals.flat_map(|refusal| [put(6, None), (Server, refusal)]).collect();
    vec![
        transcript(
            "records-put",
            "A record is put, got, and put again over one that is not held",
            RECORDS,
            &[
                put(5, None),
                done.clone(),
                get(&ann),
                found(5),
                get(&ben),
                (Server, word("none")),
                put(6, Some(4)),
                conflict,
                put(6, Some(5)),
                done,
            ],
        ),
        transcript("records-refused", "A put is refused in every way but a conflict", RECORDS, &refusals),
        transcript(
            "records-watch",
            "What is newer, then that this was all, then what comes",
            RECORDS,
            &[(Client, says("watch", [("known", known)])), found(6), (Server, word("current")), found(7)],
        ),
    ]
}

/// A certificate of Alice's device.
pub(crate) fn certificate() -> Ipld {
    let certificate = Certificate {
        device: device().verifying_key(),
        from: NOON,
        until: NOON + limits::CERTIFICATE_MS,
        extra: Default::default(),
    };
    bytes(&signed::sign(alice().key(), &certificate).unwrap())
}

pub(crate) fn opened(used: u64, quota: u64) -> (Sender, Ipld) {
    (Server, says("opened", [("used", int(used)), ("quota", int(quota))]))
}

pub(crate) fn block(text: &[u8]) -> (Sender, Ipld) {
    (Client, says("block", [("cid", Ipld::Link(cid_of(RAW, text))), ("bytes", bytes(text))]))
}

/// A session of a device that tells which other one was removed, and one of that.
fn keep_removed() -> Vec<Case> {
    let removed = map([("devices", Ipld::List(vec![bytes(fixed_device().as_bytes())])), ("at", int(NOON))]);
    let tells = says("open", [("certificate", certificate()), ("removed", removed)]);
    let steps = [(Client, tells), opened(1000, 5000)];
    let refused = [(Client, says("open", [("certificate", certificate())])), (Server, refused("removed"))];
    vec![
        transcript("keep-removed", "A device tells that another one was removed", KEEP, &steps),
        transcript("keep-removed-refused", "A device that was removed is refused", KEEP, &refused),
    ]
}

/// A keeper shows that it can deliver two blocks, that it lacks a third one, and that it was asked often enough.
fn keep_prove() -> Case {
    let (blocks, lacks) = ([b"one block".as_slice(), b"and another"], cid_of(RAW, b"a third one"));
    let cids = blocks.map(|block| cid_of(RAW, block));
    let question = Question { nonce: ByteArray::new(fixed("nonce of a question")), cids: cids.to_vec() };
    let keeper = carol().key().verifying_key();
    let mut hasher = question.hasher(&alice().id.into(), &keeper);
    blocks.iter().for_each(|block| hasher.add(block));
    let prove = |cids: &[Cid]| {
        let fields = [("nonce", bytes(question.nonce.as_slice())), ("cids", links(cids))];
        (Client, says("prove", fields))
    };
    let steps = [
        (Client, says("open", [("certificate", certificate())])),
        opened(1000, 5000),
        prove(&cids),
        (Server, says("proof", [("hash", bytes(&hasher.finish()))])),
        prove(&[cids[0], lacks]),
        (Server, says("missing", [("cids", links(&[lacks]))])),
        prove(&cids),
        (Server, refused("too-often")),
    ];
    transcript("keep-prove", "A keeper hashes blocks under a key that is made for the question", KEEP, &steps)
        .given("owner", hex(alice().id.as_bytes()))
        .given("keeper", hex(keeper.as_bytes()))
        .given("blocks", blocks.map(hex).to_vec())
}

/// The key of a device that was removed.
fn fixed_device() -> VerifyingKey {
    SigningKey::from_bytes(&fixed("removed device")).verifying_key()
}

fn keep() -> Vec<Case> {
    let open = (Client, says("open", [("certificate", certificate())]));
    let cids: Vec<_> = (0..11u8).map(|n| cid_of(RAW, &[n])).collect();
    let have = [true, false, true, true, false, false, false, false, false, true, true];
    let asked = (Client, says("have", [("cids", links(&cids))]));
    let bitmap = (Server, says("have", [("bitmap", bytes(&[0b0000_1101, 0b0000_0110]))]));
    let stored = |blocks: u64| (Server, says("stored", [("blocks", int(blocks))]));
    let pin = |until: Option<u64>| {
        let mut fields = vec![("cid".to_owned(), Ipld::Link(cids[0]))];
        fields.extend(until.map(|until| ("until".to_owned(), int(until))));
        (Client, map([("pin", Ipld::Map(fields.into_iter().collect()))]))
    };
    let unpin = (Client, says("unpin", [("cid", Ipld::Link(cids[0]))]));
    let pins = |after: Option<Cid>| {
        let fields = after.map(|after| ("after".to_owned(), Ipld::Link(after))).into_iter().collect();
        (Client, map([("pins", Ipld::Map(fields))]))
    };
    let listed = |cids: &[Cid]| (Server, says("pins", [("cids", links(cids))]));
    let room = |bytes: u64| (Client, says("room", [("bytes", int(bytes)), ("blocks", int(2))]));
    let lacks = says("refused", [("code", word("quota")), ("used", int(1000)), ("quota", int(5000))]);
    vec![
        transcript(
            "keep-room",
            "Room is asked for before anything is pushed; a refusal leaves the session open",
            KEEP,
            &[
                open.clone(),
                opened(1000, 5000),
                room(4001),
                (Server, lacks),
                room(4000),
                (Server, word("done")),
                room(4000),
                (Server, refused("full")),
            ],
        ),
        transcript(
            "keep-session",
            "Blocks are asked for, pushed and pinned",
            KEEP,
            &[
                open.clone(),
                opened(1000, 5000),
                asked.clone(),
                bitmap.clone(),
                pin(None),
                (Server, says("missing", [("cids", links(&cids[1..3]))])),
                block(&[1]),
                stored(1),
                block(&[2]),
                stored(2),
                pin(None),
                (Server, word("pinned")),
                pin(Some(NOON)),
                (Server, word("pinned")),
                pins(None),
                listed(&cids[..1]),
                pins(Some(cids[0])),
                listed(&[]),
                unpin,
                (Server, word("done")),
            ],
        )
        .given("have", have.to_vec()),
        transcript(
            "keep-guest",
            "Without a certificate one may only ask what is there",
            KEEP,
            &[
                (Client, says("open", [])),
                opened(0, 0),
                asked,
                bitmap,
                pin(None),
                (Server, refused("needs-certificate")),
            ],
        )
        .given("have", have.to_vec()),
    ]
}

fn keep_refusals() -> Vec<Case> {
    let open = (Client, says("open", [("certificate", certificate())]));
    let quota = says("refused", [("code", word("quota")), ("used", int(4990)), ("quota", int(5000))]);
    let pushed = |name: &str, says: &str, refusal: Ipld| {
        let steps = [open.clone(), opened(4990, 5000), block(b"too much"), (Server, refusal)];
        transcript(name, says, KEEP, &steps)
    };
    let refused_at_once = |code: &str| {
        let steps = [open.clone(), (Server, refused(code))];
        transcript(&format!("keep-{code}"), "The session does not open, and ends", KEEP, &steps)
    };
    vec![
        refused_at_once("bad-certificate"),
        refused_at_once("not-admitted"),
        refused_at_once("unavailable"),
        pushed("keep-quota", "A block over the quota, which ends the session", quota),
        pushed("keep-full", "The keeper's disk is full, which ends the session", refused("full")),
    ]
}

fn mail() -> Vec<u8> {
    let mut mail = fixed::<32>("mail").to_vec();
    mail.resize(request::SEALED, 7);
    mail
}

/// A nonce for the mail of the transcripts, and the zero bits that its digest begins with.
fn found_work(day: u32, bits: u32) -> (u64, [u8; 32]) {
    let mail = sha256(&mail());
    let of =
        |nonce: u64| digest("mailbox-work", &[&day.to_be_bytes(), alice().pk(), &mail, &nonce.to_be_bytes()]);
    (0..).map(|nonce| (nonce, of(nonce))).find(|(_, digest)| leading_zeros(digest) >= bits).unwrap()
}

fn leading_zeros(digest: &[u8; 32]) -> u32 {
    u64::from_be_bytes(*digest.first_chunk().unwrap()).leading_zeros()
}

const DAY: u32 = 20_605;
const BITS: u32 = 10;

fn work() -> Case {
    let (nonce, digest) = found_work(DAY, BITS);
    Case::new(
        "work",
        "mail",
        "A nonce for one mail on one day, and how many zero bits its digest begins with",
    )
    .given("day", DAY)
    .given("to", hex(alice().pk()))
    .given("mail_digest", hex(&sha256(&mail())))
    .given("nonce", nonce)
    .derived("bits", leading_zeros(&digest))
    .bytes(&digest)
}

fn mailbox() -> Vec<Case> {
    let to = || ("to", bytes(alice().pk()));
    let deposit =
        |mail: &[u8], pass: Ipld| (Client, says("deposit", [to(), ("mail", bytes(mail)), ("pass", pass)]));
    let token = map([("token", bytes(&fixed::<32>("token")))]);
    let (nonce, _) = found_work(DAY, BITS);
    let work = |nonce: u64| map([("work", map([("day", int(DAY.into())), ("nonce", int(nonce))]))]);
    let done = (Server, word("done"));
    let list = |name: &str, key: &str, item: &str| {
        (Client, says(name, [(key, Ipld::List(vec![bytes(&fixed::<32>(item))]))]))
    };
    let refusals = ["full", "no-mailbox", "unknown-token", "used-token", "too-many", "unavailable"];
    let refusals =
        refusals.into_iter().flat_map(|code| [deposit(&mail(), token.clone()), (Server, refused(code))]);
    let refusals: Vec<_> =
        refusals.chain([deposit(&mail(), work(0)), (Server, refused("too-little-work"))]).collect();
    let foreign = [
        deposit(&mail()[1..], token.clone()),
        (Server, refused("bad-mail")),
        list("expect", "tokens", "token"),
        (Server, refused("needs-certificate")),
    ];
    let open = (Client, says("open", [("certificate", certificate())]));
    let came = (Server, says("mail", [("mail", bytes(&mail()))]));
    vec![
        transcript(
            "mailbox-deposit",
            "The price of a mail, one left with a token and one with work",
            MAILBOX,
            &[
                (Client, says("price", [to()])),
                (Server, says("price", [("day", int(DAY.into())), ("bits", int(BITS.into()))])),
                deposit(&mail(), token.clone()),
                done.clone(),
                deposit(&mail(), work(nonce)),
                done.clone(),
            ],
        ),
        transcript("mailbox-refused", "A mail is refused in every way", MAILBOX, &refusals),
        transcript("mailbox-foreign", "What Spinney's own client never sends", MAILBOX, &foreign)
            .given("client_never_sends", true),
        transcript(
            "mailbox-own",
            "The owner of a mailbox expects tokens, discards a mail and watches",
            MAILBOX,
            &[
                open.clone(),
                (Server, word("opened")),
                list("expect", "tokens", "token"),
                done.clone(),
                list("forget", "tokens", "another token"),
                done.clone(),
                list("discard", "mails", "digest of a mail"),
                done,
                (Client, word("watch")),
                came.clone(),
                (Server, word("current")),
                came,
            ],
        ),
        transcript(
            "mailbox-bad-certificate",
            "The session does not open",
            MAILBOX,
            &[open, (Server, refused("bad-certificate"))],
        ),
    ]
}

/// Messages that end the stream without an answer.
fn malformed() -> Vec<Case> {
    let get = cbor::from_ipld(&says("get", [("id", bytes(alice().pk()))]));
    let case = |name: &str, shows: &str, bytes: &[u8], code: &str| {
        Case::new("wire", &format!("refused-{name}"), shows)
            .given("protocol", RECORDS)
            .given("steps", vec![json!({ "from": "client", "bytes": hex(bytes) })])
            .refused("records-put", code)
    };
    let length = u8::try_from(get.len()).unwrap();
    let two =
        map([("get", map([("id", bytes(alice().pk()))])), ("watch", map([("known", Ipld::List(vec![]))]))]);
    // {"get": {"id": …}} with a length of the id's that is not the shortest.
    let loose = {
        let mut bytes = get.clone();
        let at = bytes.len() - 34;
        assert_eq!(bytes[at..at + 2], [0x58, 0x20]);
        bytes.splice(at..at + 2, [0x59, 0x00, 0x20]);
        bytes
    };
    vec![
        case("length", "A length that is not minimal", &[&[length | 0x80, 0][..], &get].concat(), "wire"),
        case("long", "A length over the limit of the protocol", &[0x81, 0x80, 0x0c], "wire"),
        case("two", "Two messages in one map", &framed(&cbor::from_ipld(&two)), "wire"),
        case("not-strict", "A message that is not strict DAG-CBOR", &framed(&loose), "cbor"),
    ]
}

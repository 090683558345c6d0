//! Transcripts of loans: lending at a keeper, and pushing what somebody else lends.

use ipld_core::ipld::Ipld;
use serde_json::json;
use spinney::crypto::sha256;
use spinney::format::{Cid, RAW, cbor, cid_of};

use crate::case::{Case, fixed, hex};
use crate::people::NOON;
use crate::wire::Sender::{Client, Server};
use crate::wire::{
    KEEP, Sender, block, bytes, certificate, framed, int, opened, refused, says, transcript, word,
};

fn token() -> [u8; 32] {
    fixed("loan token")
}

/// The token of a transcript, by which both sides are checked.
fn with_token(case: Case) -> Case {
    case.given("token", hex(&token()))
}

pub(crate) fn cases() -> Vec<Case> {
    [lender(), guest(), refusals(), malformed()].concat()
}

fn open() -> (Sender, Ipld) {
    (Client, says("open", [("token", bytes(&token()))]))
}

fn lender() -> Vec<Case> {
    let known = || ("token", bytes(&sha256(&token())));
    let lend = |lent: u64| (Client, says("lend", [known(), ("bytes", int(lent)), ("until", int(NOON))]));
    let unlend = (Client, says("unlend", [known()]));
    let done = (Server, word("done"));
    let quota = says("refused", [("code", word("quota")), ("used", int(1000)), ("quota", int(5000))]);
    let steps = [
        (Client, says("open", [("certificate", certificate())])),
        opened(1000, 5000),
        lend(4001),
        (Server, quota),
        lend(4000),
        done.clone(),
        lend(3000),
        done.clone(),
        lend(3000),
        (Server, refused("too-many-loans")),
        lend(3000),
        (Server, refused("no-loan")),
        unlend.clone(),
        done.clone(),
        unlend,
        done,
    ];
    let shows = "Bytes of a quota are lent to who has the token of a digest, changed, and taken back";
    vec![with_token(transcript("keep-lend", shows, KEEP, &steps))]
}

fn guest() -> Vec<Case> {
    let cids: Vec<Cid> = (1..3u8).map(|n| cid_of(RAW, &[n])).collect();
    let pin = |cid: &Cid| (Client, says("pin", [("cid", Ipld::Link(*cid))]));
    let stored = |blocks: u64| (Server, says("stored", [("blocks", int(blocks))]));
    let room = |bytes: u64| (Client, says("room", [("bytes", int(bytes)), ("blocks", int(1))]));
    let steps = [
        open(),
        opened(0, 2000),
        room(2001),
        (Server, full()),
        room(2000),
        (Server, word("done")),
        block(&[1]),
        stored(1),
        pin(&cids[0]),
        (Server, word("pinned")),
        pin(&cids[1]),
        (Server, says("missing", [("cids", Ipld::List(vec![Ipld::Link(cids[1])]))])),
        block(&[2]),
        stored(2),
        pin(&cids[1]),
        (Server, refused("too-many-pins")),
        (Client, says("unpin", [("cid", Ipld::Link(cids[0]))])),
        (Server, refused("needs-certificate")),
        (Client, says("pins", [])),
        (Server, refused("needs-certificate")),
    ];
    let shows = "With a token one pushes and pins what is lent, and does nothing else";
    vec![with_token(transcript("keep-loan", shows, KEEP, &steps))]
}

fn full() -> Ipld {
    says("refused", [("code", word("loan-full")), ("used", int(0)), ("quota", int(2000))])
}

fn refusals() -> Vec<Case> {
    let at_once = |code: &str| {
        let steps = [open(), (Server, refused(code))];
        with_token(transcript(&format!("keep-{code}"), "The session does not open, and ends", KEEP, &steps))
    };
    let steps = [open(), opened(0, 2000), block(b"too much"), (Server, full())];
    let pushed =
        transcript("keep-loan-full", "A block over what is lent, which ends the session", KEEP, &steps);
    vec![at_once("no-loan"), at_once("loan-ended"), with_token(pushed)]
}

fn malformed() -> Vec<Case> {
    let case = |name: &str, shows: &str, open: Ipld| {
        let bytes = framed(&cbor::from_ipld(&open));
        Case::new("wire", &format!("refused-token-{name}"), shows)
            .given("protocol", KEEP)
            .given("steps", vec![json!({ "from": "client", "bytes": hex(&bytes) })])
            .refused("keep-loan", "wire")
    };
    let beside = says("open", [("certificate", certificate()), ("token", bytes(&token()))]);
    vec![
        case("beside-certificate", "A token beside a certificate", beside),
        case("short", "A token of 31 bytes", says("open", [("token", bytes(&token()[1..]))])),
    ]
}

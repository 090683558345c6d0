//! The decoders of objects: what one accepts is read back alike from its own encoding.

use std::fmt::Debug;

use ipld_core::ipld::Ipld;
use spinney::crypto::sign::SigningKey;
use spinney::dag::{unixfs, walk};
use spinney::format::device_link::{Code, Handover};
use spinney::format::signed::{self, Signed};
use spinney::format::vault::{Bucket, Buckets};
use spinney::format::{
    DAG_PB, Value, cbor, cid_of, drop_box, feed, ipns, limits, manifest, map, media, page, path, text,
};
use spinney::format::{
    comment, device::Certificate, header, invite::Invite, keystore::Keystore, link::Link, node::Node,
};
use spinney::format::{profile::Profile, public::PublicShare, request::Request, root::Root};
use spinney::keys::{Id, Phrase, Ring};

use super::Target;

/// Every decoder of an object.
pub const TARGETS: &[Target] = &[
    ("bucket", value::<Bucket>),
    ("buckets", value::<Buckets>),
    ("cbor", cbor),
    ("chunks", value::<manifest::ChunkList>),
    ("comment", signed::<comment::Comment>),
    ("device", signed::<Certificate>),
    ("device_code", device_code),
    ("handover", value::<Handover>),
    ("drop_link", drop_link),
    ("feed_page", signed::<feed::Page>),
    ("header", signed::<header::Header>),
    ("header_block", value::<header::Block>),
    ("invite", invite),
    ("ipns", ipns),
    ("keystore", value::<Keystore>),
    ("link", link),
    ("listing", value::<manifest::Listing>),
    ("manifest", signed::<manifest::Manifest>),
    ("map", value::<map::Map>),
    ("node", value::<Node>),
    ("page", page),
    ("profile", signed::<Profile>),
    ("public_share", signed::<PublicShare>),
    ("request", request),
    ("root", signed::<Root>),
    ("text", text),
    ("unixfs", unixfs),
];

fn value<T: Value + PartialEq + Debug>(data: &[u8]) {
    if let Ok(value) = T::from_bytes(data) {
        assert_eq!(T::from_bytes(&value.to_bytes()).as_ref(), Ok(&value));
    }
}

/// The envelope, and what is in it without the signature that stops nearly all bytes at the door.
fn signed<T: Signed + PartialEq + Debug>(data: &[u8]) {
    if let Ok(opened) = signed::open::<T>(data, None) {
        assert_eq!(T::from_bytes(&opened.object.to_bytes()).as_ref(), Ok(&opened.object));
    }
    if let Ok(Ipld::Map(map)) = cbor::to_ipld(data)
        && let Some(object) = map.get("object")
    {
        value::<T>(&cbor::from_ipld(object));
    }
    value::<T>(data);
}

fn cbor(data: &[u8]) {
    if let Ok(value) = cbor::to_ipld(data) {
        assert_eq!(cbor::from_ipld(&value), data);
    }
}

fn invite(data: &[u8]) {
    if let Ok(invite) = String::from_utf8_lossy(data).parse::<Invite>() {
        assert_eq!(invite.to_string().parse().as_ref(), Ok(&invite));
    }
    if let Ok(invite) = Invite::from_bytes(data) {
        assert_eq!(invite.to_bytes(), data);
    }
}

fn device_code(data: &[u8]) {
    if let Ok(code) = String::from_utf8_lossy(data).parse::<Code>() {
        assert_eq!(code.to_string().parse().as_ref(), Ok(&code));
    }
    if let Ok(code) = Code::from_bytes(data) {
        assert_eq!(code.to_bytes(), data);
    }
}

fn drop_link(data: &[u8]) {
    if let Ok(link) = String::from_utf8_lossy(data).parse::<drop_box::Link>() {
        assert_eq!(link.to_string().parse().as_ref(), Ok(&link));
    }
    if let Ok(link) = drop_box::Link::from_bytes(data) {
        assert_eq!(link.to_bytes(), data);
    }
}

fn link(data: &[u8]) {
    if let Ok(link) = String::from_utf8_lossy(data).parse::<Link>() {
        assert_eq!(link.to_string().parse().as_ref(), Ok(&link));
    }
    if let Ok(link) = Link::from_bytes(data) {
        assert_eq!(link.to_bytes(), data);
    }
}

/// Sealed to the Bob of the vectors, and what is in it.
fn request(data: &[u8]) {
    let bob = Ring::from_phrase(&Phrase::from_bytes([2; 32]));
    if let Ok(opened) = Request::open(&bob.kem(0), &bob.identity().verifying_key(), data) {
        assert_eq!(opened.object.to, bob.identity().verifying_key());
    }
    signed::<Request>(data);
}

/// The record, and its signed part with a signature.
fn ipns(data: &[u8]) {
    let key = SigningKey::from_bytes(&[1; 32]);
    let signature = key.sign(&[b"ipns-signature:", data].concat());
    let field = |number: u8, bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).expect("an input is small");
        // Two bytes are enough for the length of what is read at all.
        [&[number << 3 | 2, length as u8 | 0x80, (length >> 7) as u8 & 0x7f], bytes].concat()
    };
    for record in [data, &[field(8, &signature), field(9, data)].concat()] {
        if let Ok(record) = ipns::open(record, &key.verifying_key()) {
            assert!(!record.supersedes(&record));
        }
    }
}

fn page(data: &[u8]) {
    value::<page::Page>(data);
    value::<page::Content>(data);
}

fn unixfs(data: &[u8]) {
    let cid = cid_of(DAG_PB, data);
    let read = unixfs::Node::from_block(&cid, data.to_vec().into());
    // What can be read can be walked.
    assert!(read.is_err() || walk::links(&cid, data).is_ok());
}

/// What people type, and what is shown of what others typed.
fn text(data: &[u8]) {
    let typed = String::from_utf8_lossy(data);
    if let Ok(name) = text::name(&typed) {
        assert_eq!(text::name(&name).as_ref(), Ok(&name));
    }
    if let Ok(title) = text::title(&typed) {
        assert_eq!(text::title(&title).as_ref(), Ok(&title));
    }
    let _ = text::paragraph(&typed, limits::MESSAGE_CHARS);
    let shown = text::shown(&typed);
    assert_eq!(text::shown(&shown), shown);
    if let Ok(path) = path::normalize(&typed) {
        assert_eq!(path::check(&path), Ok(()));
    }
    media::of_name(&typed);
    if let Ok(id) = typed.parse::<Id>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    if let Ok(phrase) = Phrase::from_words(&typed) {
        assert!(Phrase::from_words(&phrase.words()).is_ok());
    }
}

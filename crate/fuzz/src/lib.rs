//! What each decoder does with bytes from anywhere. The fuzz targets run these without end, and the ordinary
//! tests run them over the vectors, the corpus and seeded mutations of both.
//!
//! None may panic or take long. What one accepts must be read back alike from its own encoding.

use std::fmt::Debug;

use spinney::crypto::sign::SigningKey;
use spinney::dag::{unixfs, walk};
use spinney::format::signed::{self, Signed};
use spinney::format::vault::{Bucket, Buckets};
use spinney::format::{DAG_PB, Value, cbor, cid_of, feed, ipns, manifest, map, page};
use spinney::format::{
    device::Certificate, header, invite::Invite, keystore::Keystore, link::Link, node::Node,
};
use spinney::format::{profile::Profile, public::PublicShare, request::Request, root::Root};
use spinney::keys::{Phrase, Ring};

/// Reads bytes as one kind of object and must neither panic nor hang.
pub type Decoder = fn(&[u8]);

/// Every decoder by its name, which is that of its fuzz target.
pub const DECODERS: [(&str, Decoder); 22] = [
    ("bucket", value::<Bucket>),
    ("buckets", value::<Buckets>),
    ("cbor", cbor),
    ("chunks", value::<manifest::ChunkList>),
    ("device", signed::<Certificate>),
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
    ("unixfs", unixfs),
];

/// Runs the decoder of this name.
pub fn run(name: &str, data: &[u8]) {
    let (_, decode) = DECODERS.iter().find(|(known, _)| *known == name).expect("a decoder of this name");
    decode(data);
}

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
    value::<Invite>(data);
}

fn link(data: &[u8]) {
    if let Ok(link) = String::from_utf8_lossy(data).parse::<Link>() {
        assert_eq!(link.to_string().parse().as_ref(), Ok(&link));
    }
    value::<Link>(data);
}

/// Sealed to the Bob of the vectors, and what is in it.
fn request(data: &[u8]) {
    let bob = Ring::from_phrase(&Phrase::from_bytes([2; 32]));
    if let Ok(opened) = Request::open(&bob.kem(0), &bob.identity().verifying_key(), data) {
        assert_eq!(opened.object.to, bob.identity().verifying_key());
    }
    signed::<Request>(data);
}

fn ipns(data: &[u8]) {
    let key = SigningKey::from_bytes(&[1; 32]);
    if let Ok(record) = ipns::open(data, &key.verifying_key()) {
        assert!(!record.supersedes(&record));
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

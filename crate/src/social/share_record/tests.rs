use super::*;
use crate::format::{DAG_CBOR, cid_of};

/// A row as it was written when all shares were sealed.
#[derive(Serialize)]
struct Old {
    author: Id,
    inner: ByteArray<16>,
    rev: u64,
    created: u64,
    first_seen: u64,
    title: String,
    note: Option<String>,
    own_only: bool,
    recipients: Vec<Id>,
    files: u64,
    size: u64,
    header: Cid,
    manifest: (Cid, Key),
    key: Option<ByteArray<32>>,
    kept_by: BTreeSet<String>,
    delivered: bool,
    paused: bool,
}

fn old(key: Option<ByteArray<32>>) -> Old {
    let author = crate::keys::Ring::from_phrase(&crate::keys::Phrase::from_bytes([1; 32])).id();
    Old {
        author,
        inner: ByteArray::new([2; 16]),
        rev: 3,
        created: 4,
        first_seen: 5,
        title: "Walk".into(),
        note: None,
        own_only: false,
        recipients: vec![author],
        files: 6,
        size: 7,
        header: cid_of(DAG_CBOR, b"header"),
        manifest: (cid_of(DAG_CBOR, b"manifest"), Key::from_bytes([8; 32])),
        key,
        kept_by: BTreeSet::from(["relay".to_owned()]),
        delivered: true,
        paused: false,
    }
}

#[test]
fn rows_from_when_all_shares_were_sealed_open() {
    for key in [None, Some(ByteArray::new([9; 32]))] {
        let row = serde_ipld_dagcbor::to_vec(&old(key)).unwrap();
        let kept: ShareRecord = serde_ipld_dagcbor::from_slice(&row).unwrap();
        assert_eq!((kept.block(), kept.kind()), (cid_of(DAG_CBOR, b"header"), "contacts"));
        assert_eq!(kept.own().is_some(), key.is_some());
        let row = serde_ipld_dagcbor::to_vec(&kept).unwrap();
        let again: ShareRecord = serde_ipld_dagcbor::from_slice(&row).unwrap();
        assert_eq!(serde_ipld_dagcbor::to_vec(&again).unwrap(), row);
    }
}

#[test]
fn the_row_of_a_public_share_comes_back() {
    let row = serde_ipld_dagcbor::to_vec(&old(None)).unwrap();
    let sealed: ShareRecord = serde_ipld_dagcbor::from_slice(&row).unwrap();
    let (object, root) = (cid_of(DAG_CBOR, b"object"), cid_of(crate::format::DAG_PB, b"root"));
    let public = ShareRecord { content: Content::Public { object, root }, ..sealed };
    let row = serde_ipld_dagcbor::to_vec(&public).unwrap();
    let kept: ShareRecord = serde_ipld_dagcbor::from_slice(&row).unwrap();
    assert_eq!((kept.block(), kept.kind()), (object, "public"));
}

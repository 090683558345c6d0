//! Our side of each protocol: the relay answers what it likes.

use bytes::Bytes;
use futures::{StreamExt, stream};
use ipld_core::ipld;
use ipld_core::ipld::Ipld;
use spinney::format::{DAG_CBOR, RAW, cbor, cid_of};
use spinney::net::keep::{self, PinOutcome};
use spinney::net::mailbox::{self, Mail, Pass};
use spinney::net::records;

use super::Target;
use super::pieces::join;
use super::servers::id;
use super::stream::{Peer, run};

/// Every protocol in which a relay answers.
pub const TARGETS: &[Target] =
    &[("records_client", records_client), ("keep_client", keep_client), ("mailbox_client", mailbox_client)];

/// Updates that are taken of one watch.
const UPDATES: usize = 64;

/// The first byte says what is asked.
fn choice(input: &[u8]) -> (u8, Peer) {
    let (first, rest) = input.split_first().unwrap_or((&0, &[]));
    (*first, Peer::new(rest))
}

fn records_client(input: &[u8]) {
    let (choice, mut peer) = choice(input);
    run(async {
        if choice % 2 == 0 {
            if let Ok(Some(record)) = records::get(&mut peer, id(1)).await {
                assert!(record.len() <= records::MAX_RECORD + 256);
            }
            let _ = records::put(&mut peer, id(1), b"a record", Some(3)).await;
        } else {
            let known = vec![(id(1), 0), (id(2), 7)];
            let Ok(updates) = records::watch(&mut peer, known).await else { return };
            let mut updates = std::pin::pin!(updates.take(UPDATES));
            while let Some(Ok(update)) = updates.next().await {
                if let records::Update::Record { id: of, .. } = update {
                    assert!(of == id(1) || of == id(2), "a record that was not watched");
                }
            }
        }
    });
    peer.messages();
}

fn keep_client(input: &[u8]) {
    let (choice, mut peer) = choice(input);
    let blocks = [7, 8, 9].map(|byte| (cid_of(RAW, &[byte; 40]), Bytes::from(vec![byte; 40])));
    let root = cid_of(DAG_CBOR, &[0x80]);
    run(async {
        let Ok(mut session) = keep::Session::open(&mut peer, (choice & 1 == 0).then_some(&[7; 200])).await
        else {
            return;
        };
        if let Ok(have) = session.have(&[root; 9]).await {
            assert_eq!(have.len(), 9);
        }
        let pushed =
            session.push(stream::iter(blocks.clone()), |progress| assert!(progress.blocks <= 3)).await;
        if let Ok(progress) = pushed {
            assert_eq!((progress.blocks, progress.bytes), (3, 120));
        }
        if let Ok(PinOutcome::Missing(cids)) = session.pin(&root).await {
            assert!(!cids.is_empty() && cids.len() <= keep::MAX_CIDS);
        }
        let _ = session.pins(None).await.map(|cids| assert!(cids.len() <= keep::MAX_CIDS));
        let _ = session.unpin(&root).await;
    });
    peer.messages();
}

fn mailbox_client(input: &[u8]) {
    let (choice, mut peer) = choice(input);
    let mail = Mail::new(vec![7; mailbox::MAIL].into()).expect("it has the length of all mail");
    run(async {
        if choice % 2 == 0 {
            if let Ok(price) = mailbox::price(&mut peer, id(1)).await {
                assert!(price.bits <= mailbox::work::MAX_BITS);
            }
            let _ = mailbox::deposit(&mut peer, id(1), &mail, Pass::Token([7; 32])).await;
        } else {
            let Ok(mut session) = mailbox::Session::open(&mut peer, b"a certificate").await else { return };
            let _ = session.expect(&[[7; 32]]).await;
            let Ok(updates) = session.watch().await else { return };
            let mut updates = std::pin::pin!(updates.take(UPDATES));
            while let Some(Ok(_)) = updates.next().await {}
        }
    });
    peer.messages();
}

/// What an honest relay answers.
pub(super) fn seeds(target: &str) -> Vec<Vec<u8>> {
    let key = Ipld::Bytes(id(1).as_bytes().to_vec());
    let bytes = |len: usize| Ipld::Bytes(vec![7; len]);
    let root = cid_of(DAG_CBOR, &[0x80]);
    let record = ipld!({"record": {"id": key, "record": bytes(300)}});
    let sessions: Vec<(u8, Vec<Ipld>)> = match target {
        "records_client" => vec![
            (0, vec![record.clone(), ipld!("done")]),
            (0, vec![ipld!("none"), ipld!({"refused": {"code": "conflict", "current": 4}})]),
            (1, vec![record.clone(), ipld!("current"), record]),
        ],
        "keep_client" => vec![(
            0,
            vec![
                ipld!({"opened": {"used": 1, "quota": 2}}),
                ipld!({"have": {"bitmap": Ipld::Bytes(vec![0xff, 1])}}),
                ipld!({"stored": {"blocks": 1}}),
                ipld!({"stored": {"blocks": 3}}),
                ipld!({"missing": {"cids": [root]}}),
                ipld!({"pins": {"cids": [root]}}),
                ipld!("done"),
            ],
        )],
        "mailbox_client" => vec![
            (0, vec![ipld!({"price": {"day": 20_000, "bits": 8}}), ipld!("done")]),
            (
                0,
                vec![
                    ipld!({"refused": {"code": "full"}}),
                    ipld!({"refused": {"code": "a-later-one", "more": 1}}),
                ],
            ),
            (
                1,
                vec![
                    ipld!("opened"),
                    ipld!("done"),
                    ipld!({"mail": {"mail": bytes(mailbox::MAIL)}}),
                    ipld!("current"),
                ],
            ),
        ],
        _ => Vec::new(),
    };
    let input = |(choice, session): &(u8, Vec<Ipld>)| {
        let messages: Vec<_> = session.iter().map(cbor::from_ipld).collect();
        [vec![*choice, 0], join(&messages)].concat()
    };
    sessions.iter().map(input).collect()
}

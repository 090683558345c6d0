//! The relay's side of each protocol: a peer sends what it likes, and the store behind it is a mock.
//!
//! The mock answers in every way that a store can, as the bytes of the question say, and asserts that it is asked for
//! no more than the protocol allows.

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use ipld_core::ipld;
use ipld_core::ipld::Ipld;
use libp2p::PeerId;
use spinney::crypto::sign::SigningKey;
use spinney::format::{DAG_CBOR, RAW, cbor, cid_of};
use spinney::keys::Id;
use spinney::net::bitswap::fuzzing as bitswap;
use spinney::net::keep::{self, Allowance, PinOutcome};
use spinney::net::mailbox::{self, Mail, Pass, Price};
use spinney::net::records::{self, Change};

use super::Target;
use super::pieces::{join, split};
use super::stream::{Peer, run};

/// Every protocol of a relay.
pub const TARGETS: &[Target] = &[
    ("records_server", records_server),
    ("keep_server", keep_server),
    ("mailbox_server", mailbox_server),
    ("bitswap_server", bitswap_server),
];

/// Bytes that a keep session may have stored at once: a group, and the block that made it full.
const GROUP: usize = (4 << 20) + keep::MAX_BLOCK;

fn records_server(input: &[u8]) {
    let mut peer = Peer::new(input);
    let _ = run(records::serve(&mut peer, peer_id(), &Mock));
    peer.messages();
}

fn keep_server(input: &[u8]) {
    let mut peer = Peer::new(input);
    let _ = run(keep::serve(&mut peer, peer_id(), &Mock));
    peer.messages();
}

fn mailbox_server(input: &[u8]) {
    let mut peer = Peer::new(input);
    let _ = run(mailbox::serve(&mut peer, peer_id(), &Mock));
    peer.messages();
}

/// Each piece is a message; those with the flag come from a second peer.
fn bitswap_server(input: &[u8]) {
    let messages = split(input).into_iter().map(|piece| (piece.flag, Bytes::copy_from_slice(piece.bytes)));
    bitswap::server(messages.collect());
}

/// A store in no state: what it answers follows from what it is asked.
struct Mock;

#[async_trait]
impl records::Backend for Mock {
    async fn put(
        &self,
        _: PeerId,
        id: Id,
        record: Bytes,
        replaces: Option<u64>,
    ) -> Result<(), records::Refusal> {
        assert!(record.len() <= records::MAX_RECORD);
        match id.as_bytes()[0] % 4 {
            0 => Err(records::Refusal::Conflict { current: replaces.unwrap_or_default() }),
            1 => Err(records::Refusal::BadRecord),
            _ => Ok(()),
        }
    }

    async fn get(&self, id: Id) -> Result<Option<(u64, Bytes)>, records::Refusal> {
        match id.as_bytes()[0] % 4 {
            0 => Ok(None),
            1 => Err(records::Refusal::Unavailable),
            _ => Ok(Some((7, Bytes::from_static(b"a record")))),
        }
    }

    async fn newer(&self, known: &[(Id, u64)]) -> Result<Vec<Id>, records::Refusal> {
        assert!(!known.is_empty() && known.len() <= records::NAMES_AT_ONCE);
        Ok(known.iter().map(|(id, _)| *id).take(2).collect())
    }

    fn changes(&self) -> BoxStream<'static, Change> {
        let stored = Change::Stored { id: id(1), sequence: 9, record: Bytes::from_static(b"newer") };
        stream::iter([stored, Change::Missed]).chain(stream::pending()).boxed()
    }
}

#[async_trait]
impl keep::Backend for Mock {
    type Owner = ();

    async fn admit(&self, _: PeerId, certificate: &[u8]) -> Result<((), Allowance), keep::Refusal> {
        match certificate.first() {
            Some(_) => Ok(((), Allowance { used: 1, quota: 2, now: None, vapid: None })),
            None => Err(keep::Refusal::BadCertificate { now: None }),
        }
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, keep::Refusal> {
        assert!(cids.len() <= keep::MAX_CIDS);
        Ok(cids.iter().map(|cid| cid.hash().digest().first().is_some_and(|byte| byte % 2 == 0)).collect())
    }

    async fn room(&self, (): &(), weight: keep::Weight) -> Result<(), keep::Refusal> {
        if weight.bytes > weight.blocks { Err(keep::Refusal::Full) } else { Ok(()) }
    }

    async fn store(&self, (): &(), blocks: Vec<keep::Block>) -> Result<(), keep::Refusal> {
        assert!(!blocks.is_empty());
        assert!(blocks.iter().map(|block| block.bytes().len()).sum::<usize>() <= GROUP);
        for block in &blocks {
            assert!(spinney::format::is_block(block.cid(), block.bytes()));
        }
        match blocks[0].bytes().first() {
            Some(0xff) => Err(keep::Refusal::Full),
            _ => Ok(()),
        }
    }

    async fn pin(&self, (): &(), cid: &Cid, until: Option<u64>) -> Result<PinOutcome, keep::Refusal> {
        match until {
            None => Ok(PinOutcome::Kept),
            Some(0) => Err(keep::Refusal::TooLarge),
            Some(_) => Ok(PinOutcome::Missing(vec![*cid])),
        }
    }

    async fn unpin(&self, (): &(), _: &Cid) -> Result<(), keep::Refusal> {
        Ok(())
    }

    async fn pins(&self, (): &(), after: Option<Cid>) -> Result<Vec<Cid>, keep::Refusal> {
        Ok(after.into_iter().collect())
    }

    async fn borrow(&self, token: &keep::TokenDigest) -> Result<((), Allowance), keep::Refusal> {
        match token[0] % 2 {
            0 => Ok(((), Allowance { used: 1, quota: 2, now: None, vapid: None })),
            _ => Err(keep::Refusal::NoLoan),
        }
    }

    async fn lend(&self, (): &(), loan: &keep::Loan) -> Result<(), keep::Refusal> {
        if loan.bytes > loan.until { Err(keep::Refusal::TooManyLoans) } else { Ok(()) }
    }

    async fn unlend(&self, (): &(), _: &keep::TokenDigest) -> Result<(), keep::Refusal> {
        Ok(())
    }

    async fn prove(&self, (): &(), question: &keep::Question) -> Result<keep::Proved, keep::Refusal> {
        assert!(question.cids.len() <= keep::MAX_PROVED);
        match question.nonce[0] % 3 {
            0 => Ok(keep::Proved::Hash([7; 32])),
            1 => Ok(keep::Proved::Missing(question.cids.clone())),
            _ => Err(keep::Refusal::TooOften),
        }
    }

    async fn subscribe(&self, (): &(), endpoint: &str) -> Result<(), keep::Refusal> {
        if endpoint.starts_with("https:") { Ok(()) } else { Err(keep::Refusal::BadEndpoint) }
    }
}

#[async_trait]
impl mailbox::Backend for Mock {
    type Owner = ();

    async fn price(&self, to: Id) -> Result<Price, mailbox::Refusal> {
        Ok(Price { day: 20_000, bits: u32::from(to.as_bytes()[0]) })
    }

    async fn deposit(&self, to: Id, mail: Mail, pass: Pass) -> Result<(), mailbox::Refusal> {
        match pass {
            Pass::Token(_) => Ok(()),
            Pass::Work(work) if work.bits(&to, &mail.digest()) > 0 => Ok(()),
            Pass::Work(_) => Err(mailbox::Refusal::TooLittleWork),
        }
    }

    async fn admit(&self, _: PeerId, certificate: &[u8]) -> Result<(), mailbox::Refusal> {
        match certificate.first() {
            Some(_) => Ok(()),
            None => Err(mailbox::Refusal::BadCertificate),
        }
    }

    async fn expect(&self, (): &(), tokens: &[mailbox::Token]) -> Result<(), mailbox::Refusal> {
        assert!(tokens.len() <= mailbox::MAX_LIST);
        Ok(())
    }

    async fn forget(&self, (): &(), tokens: &[mailbox::Token]) -> Result<(), mailbox::Refusal> {
        assert!(tokens.len() <= mailbox::MAX_LIST);
        Ok(())
    }

    async fn discard(&self, (): &(), mails: &[mailbox::Digest]) -> Result<(), mailbox::Refusal> {
        assert!(mails.len() <= mailbox::MAX_LIST);
        Ok(())
    }

    async fn after(&self, (): &(), number: u64) -> Result<Vec<(u64, Bytes)>, mailbox::Refusal> {
        Ok(if number < 3 { vec![(number + 1, vec![7; mailbox::MAIL].into())] } else { Vec::new() })
    }

    fn arrivals(&self, (): &()) -> BoxStream<'static, ()> {
        stream::iter([(), ()]).chain(stream::pending()).boxed()
    }
}

/// The id of somebody whose key follows from a byte.
pub(super) fn id(seed: u8) -> Id {
    SigningKey::from_bytes(&[seed; 32]).verifying_key().into()
}

fn peer_id() -> PeerId {
    PeerId::from_bytes(&id(1).peer_id()).expect("the bytes are those of a peer id")
}

/// A session for each seed, with every request in it.
pub(super) fn seeds(target: &str) -> Vec<Vec<u8>> {
    let key = |seed| Ipld::Bytes(id(seed).as_bytes().to_vec());
    let bytes = |len: usize| Ipld::Bytes(vec![7; len]);
    let (chunk, object) = (cid_of(RAW, &[7; 40]), cid_of(DAG_CBOR, &[0x80]));
    let sessions: Vec<Vec<Ipld>> = match target {
        "records_server" => vec![
            vec![
                ipld!({"put": {"id": key(1), "record": bytes(300), "replaces": 7}}),
                ipld!({"put": {"id": key(2), "record": bytes(9)}}),
                ipld!({"get": {"id": key(3)}}),
                ipld!({"get": {"id": key(4)}}),
            ],
            vec![ipld!({"watch": {"known": [[key(1), 0], [key(2), 9_007_199_254_740_991_u64]]}})],
            vec![ipld!({"watch": {"known": []}}), ipld!({"get": {"id": key(3)}})],
        ],
        "keep_server" => vec![
            vec![ipld!({"open": {}}), ipld!({"have": {"cids": [chunk, object]}}), ipld!({"pins": {}})],
            vec![
                ipld!({"open": {"certificate": bytes(200)}}),
                ipld!({"block": {"cid": chunk, "bytes": bytes(40)}}),
                ipld!({"block": {"cid": object, "bytes": Ipld::Bytes(vec![0x80])}}),
                ipld!({"pin": {"cid": object}}),
                ipld!({"pin": {"cid": object, "until": 1_700_000_000_000_u64}}),
                ipld!({"unpin": {"cid": object}}),
                ipld!({"pins": {"after": object}}),
                ipld!({"have": {"cids": [chunk]}}),
                ipld!({"block": {"cid": object, "bytes": bytes(3)}}),
            ],
        ],
        "mailbox_server" => vec![
            vec![
                ipld!({"price": {"to": key(1)}}),
                ipld!({"deposit": {"to": key(1), "mail": bytes(mailbox::MAIL), "pass": {"token": bytes(32)}}}),
                ipld!({"deposit": {"to": key(1), "mail": bytes(9), "pass": {"work": {"day": 3, "nonce": 4}}}}),
            ],
            vec![
                ipld!({"open": {"certificate": bytes(200)}}),
                ipld!({"expect": {"tokens": [bytes(32), bytes(32)]}}),
                ipld!({"forget": {"tokens": [bytes(32)]}}),
                ipld!({"discard": {"mails": [bytes(32)]}}),
                ipld!("watch"),
            ],
        ],
        "bitswap_server" => return bitswap::seeds().iter().map(|messages| join(messages)).collect(),
        _ => Vec::new(),
    };
    let input = |session: &Vec<Ipld>| {
        let messages: Vec<_> = session.iter().map(cbor::from_ipld).collect();
        [vec![0], join(&messages)].concat()
    };
    sessions.iter().map(input).collect()
}

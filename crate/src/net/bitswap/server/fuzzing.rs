//! A server hears messages, and answers all wants in the end.

use bytes::Bytes;
use cid::Cid;
use futures::executor::block_on;
use futures::io::Cursor;
use libp2p::PeerId;

use super::super::fuzzing::peers;
use super::super::{Blocks, Exchange, wire};
use super::{Answers, MAX_KNOWN, answer};
use crate::net::permit::Room;
use crate::net::{frame, streams::Control};

/// Hears these messages, those with `true` from another peer.
///
/// What a peer makes the server remember is bounded, and the answer is one that a peer reads.
pub fn server(messages: Vec<(bool, Bytes)>) {
    let (exchange, _driver) = Exchange::new(Control::new()).expect("a new control accepts nothing yet");
    let peers = peers();
    for (other, message) in messages {
        let _ = block_on(exchange.hear(peers[usize::from(other)], None, message));
        let state = exchange.state();
        assert!(state.ledgers.len() <= peers.len());
        for ledger in state.ledgers.values() {
            assert!(ledger.wants.len() <= MAX_KNOWN);
            assert_eq!(ledger.wants.len(), ledger.order.len());
        }
    }
    for peer in peers {
        let mut answers = Answers::default();
        loop {
            let next = exchange.state().next_want(peer);
            let Some(wanted) = next else { break };
            answers.add(block_on(answer(Shelf, peer, wanted, Room::default())));
        }
        assert!(exchange.state().leave(peer), "nothing is wanted any more");
        let mut written = Vec::new();
        block_on(wire::write(&mut written, &answers.presences, &answers.blocks))
            .expect("memory takes everything");
        let message =
            block_on(frame::read(&mut Cursor::new(written), usize::MAX)).expect("its length is before it");
        let message = wire::Message::read(message.expect("it is there")).expect("a peer reads it");
        assert_eq!((message.payload, message.presences), (answers.blocks, answers.presences));
    }
}

/// What is here follows from the CID.
#[derive(Clone)]
struct Shelf;

fn first(cid: Cid) -> u8 {
    cid.hash().digest().first().copied().unwrap_or_default()
}

impl Blocks for Shelf {
    async fn allowed(&self, _: PeerId, cid: Cid) -> bool {
        !first(cid).is_multiple_of(8)
    }

    async fn has(&self, cid: Cid) -> bool {
        first(cid).is_multiple_of(2)
    }

    async fn get(&self, cid: Cid) -> Option<Bytes> {
        (!first(cid).is_multiple_of(4)).then(|| vec![first(cid); 9].into())
    }
}

//! We ask two peers for blocks, and they send what they like.

use std::pin::pin;

use bytes::Bytes;
use futures::FutureExt;
use futures::executor::block_on;
use futures::future::join_all;

use super::super::Exchange;
use super::super::fuzzing::{WANTED, cid, peers};
use crate::format::is_block;
use crate::net::streams::Control;

/// Hears these messages, those with `true` from another peer. An answer is always the block that was asked for.
pub fn client(messages: Vec<(bool, Bytes)>) {
    let (exchange, _driver) = Exchange::new(Control::new()).expect("a new control accepts nothing yet");
    let peers = peers();
    let asking = peers.iter().flat_map(|peer| WANTED.map(|byte| (*peer, cid(byte)))).map(|(peer, cid)| {
        let exchange = &exchange;
        async move {
            if let Ok((bytes, _)) = exchange.ask(peer, cid).await {
                assert!(is_block(&cid, &bytes), "another block than the one that was asked for");
            }
        }
    });
    let mut asking = pin!(join_all(asking));
    assert!(asking.as_mut().now_or_never().is_none(), "nobody has answered");
    for session in exchange.state().sessions.values_mut() {
        session.next_message();
    }
    for (other, message) in messages {
        let _ = block_on(exchange.hear(peers[usize::from(other)], None, message));
        if asking.as_mut().now_or_never().is_some() {
            break;
        }
        for session in exchange.state().sessions.values() {
            assert!(session.wants.len() <= WANTED.len());
            assert_eq!(session.asked, session.wants.values().filter(|want| want.asked).count());
        }
    }
}

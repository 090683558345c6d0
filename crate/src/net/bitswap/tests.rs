//! Cases that take too long, or too many peers, to try from outside.

use std::task::Poll;

use futures::{AsyncWriteExt, StreamExt};
use libp2p::core::transport::MemoryTransport;
use libp2p::identity::Keypair;
use libp2p::swarm::{self, SwarmEvent};
use libp2p::{Multiaddr, Swarm};
use prost::Message as _;

use super::client::SILENCE;
use super::*;
use crate::format::{RAW, cid_of};
use crate::net::{streams, swarm::secure};

#[derive(Clone)]
struct Nothing;

impl Blocks for Nothing {
    async fn allowed(&self, _: PeerId, _: Cid) -> bool {
        false
    }

    async fn has(&self, _: Cid) -> bool {
        false
    }

    async fn get(&self, _: Cid) -> Option<Bytes> {
        None
    }
}

fn node() -> (Swarm<streams::Behaviour>, Control) {
    let (key, control) = (Keypair::generate_ed25519(), Control::new());
    let behaviour = streams::Behaviour::new(control.clone());
    let transport = secure(MemoryTransport::new(), &key).unwrap();
    let config = swarm::Config::with_tokio_executor().with_idle_connection_timeout(SILENCE);
    (Swarm::new(transport, behaviour, key.public().to_peer_id(), config), control)
}

/// Our exchange, and a connected peer: its id and its streams.
async fn connected() -> (Exchange, PeerId, Control) {
    let ((mut us, ours), (mut them, theirs)) = (node(), node());
    let peer = *them.local_peer_id();
    them.listen_on("/memory/0".parse().unwrap()).unwrap();
    let address: Multiaddr = loop {
        if let SwarmEvent::NewListenAddr { address, .. } = them.select_next_some().await {
            break address;
        }
    };
    tokio::spawn(async move { while them.next().await.is_some() {} });
    us.dial(address).unwrap();
    while !matches!(us.select_next_some().await, SwarmEvent::ConnectionEstablished { .. }) {}
    tokio::spawn(async move { while us.next().await.is_some() {} });
    let (exchange, driver) = Exchange::new(ours).unwrap();
    tokio::spawn(driver.run(Nothing));
    (exchange, peer, theirs)
}

#[tokio::test]
async fn a_peer_that_is_silent_is_given_up_and_may_be_asked_again() {
    let (exchange, peer, theirs) = connected().await;
    let mut accepted = theirs.accept(PROTOCOL).unwrap();
    let cid = cid_of(RAW, b"hello");
    for _ in 0..2 {
        let mut asking = Box::pin(exchange.ask(peer, cid));
        assert!(futures::poll!(&mut asking).is_pending());
        let mut one = accepted.next().await.unwrap();
        assert!(frame::read(&mut one.stream, MAX_MESSAGE).await.unwrap().is_some());
        assert!(futures::poll!(&mut asking).is_pending());
        // As if it was asked long ago.
        exchange.state().sessions.get_mut(&peer).unwrap().age(SILENCE);
        assert_eq!(asking.await, Err(AskError::Silent));
    }
    assert_eq!(exchange.strikes(peer), 0, "silence is no lie");
}

#[tokio::test]
async fn a_peer_whose_block_is_on_its_way_over_a_slow_line_is_not_given_up() {
    let (exchange, peer, theirs) = connected().await;
    let mut accepted = theirs.accept(PROTOCOL).unwrap();
    let block = Bytes::from(vec![7; 100_000]);
    let cid = cid_of(RAW, &block);
    let mut asking = Box::pin(exchange.ask(peer, cid));
    assert!(futures::poll!(&mut asking).is_pending());
    let one = accepted.next().await.unwrap();
    let mut answer = Vec::new();
    let message =
        wire::Message { payload: vec![wire::Block::new(&cid, block.clone())], ..Default::default() };
    frame::write(&mut answer, &message.encode_to_vec()).await.unwrap();
    let (first, rest) = answer.split_at(50_000);
    let mut stream = theirs.open(one.connection, PROTOCOL).await.unwrap();
    stream.write_all(first).await.unwrap();
    stream.flush().await.unwrap();
    let connection = exchange.control.path(peer).unwrap();
    while !exchange.control.is_moving(connection, SILENCE) {
        tokio::task::yield_now().await;
    }
    exchange.state().sessions.get_mut(&peer).unwrap().age(SILENCE);
    assert!(tokio::time::timeout(Duration::from_millis(100), &mut asking).await.is_err(), "it is waited for");
    stream.write_all(rest).await.unwrap();
    stream.flush().await.unwrap();
    assert_eq!(asking.await, Ok((block, peer)));
}

#[tokio::test]
async fn a_session_that_wants_nothing_ends_and_lets_go_of_its_stream() {
    let (exchange, peer, theirs) = connected().await;
    let mut accepted = theirs.accept(PROTOCOL).unwrap();
    let mut asking = Box::pin(exchange.ask(peer, cid_of(RAW, b"hello")));
    assert!(futures::poll!(&mut asking).is_pending());
    let mut one = accepted.next().await.unwrap();
    assert!(frame::read(&mut one.stream, MAX_MESSAGE).await.unwrap().is_some());
    drop(asking);
    assert!(frame::read(&mut one.stream, MAX_MESSAGE).await.unwrap().is_some(), "the want is withdrawn");
    assert!(frame::read(&mut one.stream, MAX_MESSAGE).await.unwrap().is_none(), "and the stream closed");
    assert!(exchange.state().sessions.is_empty());
}

#[tokio::test]
async fn what_is_wanted_of_one_peer_is_bounded() {
    let (exchange, peer, theirs) = connected().await;
    let _untaken = theirs.accept(PROTOCOL).unwrap();
    let mut waiting = Vec::new();
    let refused = (0..20_000u32).find_map(|i| {
        let mut asking = Box::pin(exchange.ask(peer, cid_of(RAW, &i.to_be_bytes())));
        match futures::FutureExt::poll_unpin(
            &mut asking,
            &mut std::task::Context::from_waker(std::task::Waker::noop()),
        ) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => {
                waiting.push(asking);
                None
            }
        }
    });
    assert_eq!(refused, Some(Err(AskError::Busy)));
}

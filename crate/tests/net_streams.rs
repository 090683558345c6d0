//! Streams between two swarms over a memory transport: many at once, none lost, hostile openers bounded.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

use std::time::Duration;

use futures::future::join_all;
use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::core::transport::MemoryTransport;
use libp2p::core::upgrade::Version;
use libp2p::swarm::{self, SwarmEvent};
use libp2p::{Multiaddr, PeerId, StreamProtocol, Swarm, Transport, identity, noise, yamux};
use spinney::net::streams::{Behaviour, Control, MAX_OPEN, MAX_WAITING, OpenError, Stream};

const ECHO: StreamProtocol = StreamProtocol::new("/test/echo/1");
const OTHER: StreamProtocol = StreamProtocol::new("/test/other/1");

fn node() -> (Swarm<Behaviour>, Control) {
    let key = identity::Keypair::generate_ed25519();
    let control = Control::new();
    let transport = MemoryTransport::new()
        .upgrade(Version::V1)
        .authenticate(noise::Config::new(&key).unwrap())
        .multiplex(yamux::Config::default())
        .boxed();
    let config = swarm::Config::with_tokio_executor().with_idle_connection_timeout(Duration::from_secs(60));
    let peer = key.public().to_peer_id();
    (Swarm::new(transport, Behaviour::new(control.clone()), peer, config), control)
}

fn run(mut swarm: Swarm<Behaviour>) {
    tokio::spawn(async move { while swarm.next().await.is_some() {} });
}

/// Two connected nodes; the first dialled the second.
async fn pair() -> (Control, Control, PeerId) {
    let ((mut a, opener), (mut b, accepter)) = (node(), node());
    b.listen_on("/memory/0".parse().unwrap()).unwrap();
    let address: Multiaddr = loop {
        if let SwarmEvent::NewListenAddr { address, .. } = b.select_next_some().await {
            break address;
        }
    };
    let peer = *b.local_peer_id();
    run(b);
    a.dial(address).unwrap();
    while !matches!(a.select_next_some().await, SwarmEvent::ConnectionEstablished { .. }) {}
    run(a);
    (opener, accepter, peer)
}

/// Answers every stream's one byte with the next one.
fn serve(control: &Control) {
    let mut accepted = control.accept(ECHO).unwrap();
    tokio::spawn(async move {
        while let Some(one) = accepted.next().await {
            tokio::spawn(answer(one.stream));
        }
    });
}

async fn answer(mut stream: Stream) -> std::io::Result<()> {
    let mut byte = [0];
    stream.read_exact(&mut byte).await?;
    stream.write_all(&[byte[0].wrapping_add(1)]).await?;
    stream.close().await
}

async fn ask(control: &Control, peer: PeerId, byte: u8) -> std::io::Result<u8> {
    let mut stream = control.open_to(peer, ECHO).await.map_err(std::io::Error::other)?;
    stream.write_all(&[byte]).await?;
    stream.flush().await?;
    let mut answer = [0];
    stream.read_exact(&mut answer).await?;
    Ok(answer[0])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_streams_opened_at_once_are_all_answered() {
    for count in [100, 1_000] {
        let (opener, accepter, peer) = pair().await;
        serve(&accepter);
        let answers = join_all((0..count).map(|i| ask(&opener, peer, i as u8))).await;
        for (i, answer) in answers.into_iter().enumerate() {
            assert_eq!(answer.unwrap(), (i as u8).wrapping_add(1));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_find_no_room_are_refused_and_never_left_hanging() {
    let (opener, accepter, peer) = pair().await;
    serve(&accepter);
    let mut held = Vec::new();
    for _ in 0..MAX_OPEN {
        held.push(opener.open_to(peer, ECHO).await.unwrap());
    }
    let mut waiting =
        Box::pin(join_all((0..MAX_WAITING).map(|_| async { opener.open_to(peer, ECHO).await.map(drop) })));
    assert!(futures::poll!(&mut waiting).is_pending());
    assert_eq!(opener.open_to(peer, ECHO).await.unwrap_err(), OpenError::Busy);

    drop(held);
    // What waited is served in turn: each is dropped as soon as it stands, which makes room for the next.
    assert!(waiting.await.iter().all(Result::is_ok));
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_nobody_takes_hold_up_no_others_and_end_with_their_protocol() {
    let (flooder, accepter, peer) = pair().await;
    let untaken = accepter.accept(OTHER).unwrap();
    serve(&accepter);
    let flood = join_all((0..MAX_OPEN - 1).map(|_| flooder.open_to(peer, OTHER))).await;
    assert!(flood.iter().all(Result::is_ok));
    assert_eq!(ask(&flooder, peer, 1).await.unwrap(), 2);
    // The other side lets go of all that it did not take: every one ends.
    drop(untaken);
    for mut stream in flood.into_iter().flatten() {
        let end = stream.read(&mut [0]).await;
        assert!(matches!(end, Ok(0) | Err(_)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_protocol_and_an_unknown_connection_are_refused() {
    let (opener, accepter, peer) = pair().await;
    serve(&accepter);
    assert_eq!(opener.open_to(peer, OTHER).await.unwrap_err(), OpenError::Unsupported);
    assert_eq!(opener.open_to(PeerId::random(), ECHO).await.unwrap_err(), OpenError::Closed);
    assert!(accepter.accept(ECHO).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_connection_is_the_path_and_opens_on_a_closed_one_end() {
    let ((mut a, opener), (mut b, accepter)) = (node(), node());
    serve(&accepter);
    b.listen_on("/memory/0".parse().unwrap()).unwrap();
    let address: Multiaddr = loop {
        if let SwarmEvent::NewListenAddr { address, .. } = b.select_next_some().await {
            break address;
        }
    };
    let peer = *b.local_peer_id();
    run(b);
    let mut connections = Vec::new();
    for _ in 0..2 {
        a.dial(address.clone()).unwrap();
        connections.push(loop {
            if let SwarmEvent::ConnectionEstablished { connection_id, .. } = a.select_next_some().await {
                break connection_id;
            }
        });
    }
    assert_eq!(opener.path(peer), Some(connections[1]));
    a.close_connection(connections[1]);
    while !matches!(a.select_next_some().await, SwarmEvent::ConnectionClosed { .. }) {}
    assert_eq!(opener.path(peer), Some(connections[0]));
    assert_eq!(opener.open(connections[1], ECHO).await.unwrap_err(), OpenError::Closed);
    run(a);
    assert_eq!(ask(&opener, peer, 4).await.unwrap(), 5);
}

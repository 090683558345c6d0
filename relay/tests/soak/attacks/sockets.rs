//! Connections and requests that are begun and not finished.

use std::time::Duration;

use libp2p::Multiaddr;
use spinney::net::{keep, mailbox, records};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use super::{Peer, World, again};
use crate::proxy;

/// WebSockets that never speak Noise: more than wait for the swarm at once.
const HALF_OPEN: usize = 80;

/// Pause before one that was closed is opened anew.
const REOPEN: Duration = Duration::from_millis(250);

/// Connections with streams on which a length is announced and nothing follows, and the streams of each.
const ANNOUNCING: usize = 4;
const STREAMS: usize = 120;

/// Readers of archives, and how often each reads a byte.
const SLOW: usize = 8;
const SLOWNESS: Duration = Duration::from_secs(1);

pub(super) fn start(world: &World, attacks: &mut JoinSet<()>) {
    for number in 0..HALF_OPEN {
        let door = world.door(number).clone();
        attacks.spawn(async move {
            loop {
                half_open(&door).await.ok();
                tokio::time::sleep(REOPEN).await;
            }
        });
    }
    for number in 0..ANNOUNCING {
        let door = world.door(number).clone();
        attacks.spawn(again(async move || announce(&door).await));
    }
    for number in 0..SLOW {
        let (door, root) = (world.door(number).clone(), world.large);
        attacks.spawn(async move {
            loop {
                read_slowly(&door, &format!("/ipfs/{root}?format=car")).await.ok();
                tokio::time::sleep(REOPEN).await;
            }
        });
    }
}

/// Upgrades to a WebSocket, and is silent until the relay has enough.
async fn half_open(door: &Multiaddr) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(proxy::socket(door)).await?;
    let upgrade = "GET / HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(upgrade.as_bytes()).await?;
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

/// Announces a message on each of many streams, and is silent until the connection ends.
async fn announce(door: &Multiaddr) -> Option<()> {
    let peer = Peer::connect(door).await?;
    let mut streams = Vec::new();
    for protocol in [records::PROTOCOL, keep::PROTOCOL, mailbox::PROTOCOL].iter().cycle().take(STREAMS) {
        let mut stream = peer.open(protocol.clone()).await?;
        // 65,536 as a varint, which every protocol but the mailbox's takes.
        futures::AsyncWriteExt::write_all(&mut stream, &[0x80, 0x80, 0x04]).await.ok()?;
        futures::AsyncWriteExt::flush(&mut stream).await.ok()?;
        streams.push(stream);
    }
    while peer.is_connected() {
        tokio::time::sleep(SLOWNESS).await;
    }
    Some(())
}

async fn read_slowly(door: &Multiaddr, path: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(proxy::socket(door)).await?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: relay\r\n\r\n").as_bytes()).await?;
    let mut byte = [0; 1];
    while stream.read(&mut byte).await? > 0 {
        tokio::time::sleep(SLOWNESS).await;
    }
    Ok(())
}

//! Blocks that nobody asked for, and wants of many peers.

use std::time::Duration;

use spinney::{
    format::{Cid, RAW, cid_of},
    net::bitswap,
};
use tokio::task::JoinSet;
use unsigned_varint::encode;

use super::{Peer, World, again, say_raw};

/// Blocks in one message that nobody asked for, and the pause after each message.
const UNASKED: u32 = 4_000;
const UNASKED_PAUSE: Duration = Duration::from_secs(1);

/// Peers that want something: more than the relay serves at once.
const WANTING: usize = 520;

/// Wants of each, which are renewed before the relay forgets the peer.
const WANTS: u32 = 20;
const RENEW: Duration = Duration::from_secs(2);

/// Peers that connect at the same time.
const CONNECTING: usize = 8;

pub(super) fn start(world: &World, attacks: &mut JoinSet<()>) {
    let unasked = world.clone();
    attacks.spawn(again(async move || send_unasked(&unasked).await));
    let turn = std::sync::Arc::new(tokio::sync::Semaphore::new(CONNECTING));
    for number in 0..WANTING {
        let (world, turn) = (world.clone(), turn.clone());
        attacks.spawn(again(async move || {
            let permit = turn.acquire().await.ok()?;
            let peer = Peer::connect(world.door(number)).await?;
            drop(permit);
            want(&peer).await
        }));
    }
}

/// A field of protobuf that holds bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let length = encode::usize(bytes.len(), &mut encode::usize_buffer()).to_vec();
    [&[number << 3 | 2], &*length, bytes].concat()
}

async fn send_unasked(world: &World) -> Option<()> {
    let peer = Peer::connect(world.door(3)).await?;
    let mut stream = peer.open(bitswap::PROTOCOL).await?;
    let block =
        |number: u32| field(3, &[field(1, &[1, 0x55, 0x12, 32]), field(2, &number.to_be_bytes())].concat());
    let message: Vec<u8> = (0..UNASKED).flat_map(block).collect();
    while peer.is_connected() {
        say_raw(&mut stream, &message).await?;
        tokio::time::sleep(UNASKED_PAUSE).await;
    }
    Some(())
}

async fn want(peer: &Peer) -> Option<()> {
    let entry = |cid: Cid| field(1, &[&*field(1, &cid.to_bytes()), &[2 << 3, 1]].concat());
    let absent = (0..WANTS).map(|number| cid_of(RAW, &[&b"nowhere"[..], &number.to_be_bytes()].concat()));
    let message = field(1, &absent.flat_map(entry).collect::<Vec<u8>>());
    let mut stream = peer.open(bitswap::PROTOCOL).await?;
    while peer.is_connected() {
        say_raw(&mut stream, &message).await?;
        tokio::time::sleep(RENEW).await;
    }
    Some(())
}

//! Sessions that idle, pins of what others keep, tiny blocks, and pins that walk far for nothing.

use std::time::Duration;

use ipld_core::ipld;
use ipld_core::ipld::Ipld;
use spinney::{
    format::{Cid, DAG_CBOR, RAW, cbor, cid_of},
    keys::Ring,
    net::{keep, streams::Stream},
};
use tokio::task::JoinSet;

use super::{Peer, World, again, ended, hear, is, say, somebody};

/// Devices without a certificate that hold sessions, and the sessions of each: all that there are for everybody.
const HOLDERS: usize = 6;
const SESSIONS: usize = 8;

/// How often a held session asks for something, so that it does not count as idle.
const SIGN_OF_LIFE: Duration = Duration::from_secs(60);

/// Pause between two pins of something large by identities that have nothing.
const PIN_PAUSE: Duration = Duration::from_millis(250);

/// Tiny blocks that are pushed together, and the pause after them.
const TINY: u32 = 256;
const TINY_PAUSE: Duration = Duration::from_millis(500);

/// The tree that a pin walks: lists, and what each lists.
const LISTS: u32 = 10;
const LISTED: u32 = 500;

/// Sessions that ask for the same pin again and again.
const WALKERS: usize = 8;

pub(super) fn start(world: &World, attacks: &mut JoinSet<()>) {
    for number in 0..HOLDERS {
        let world = world.clone();
        attacks.spawn(again(async move || hold(&world, number).await));
    }
    let (pinning, pushing, walking) = (world.clone(), world.clone(), world.clone());
    attacks.spawn(again(async move || pin(&pinning).await));
    attacks.spawn(again(async move || push_tiny(&pushing).await));
    attacks.spawn(again(async move || walk(&walking).await));
}

/// A session as an identity.
async fn session(peer: &Peer, ring: &Ring) -> Option<Stream> {
    let mut stream = peer.open(keep::PROTOCOL).await?;
    say(&mut stream, &ipld!({"open": {"certificate": Ipld::Bytes(peer.certificate(ring))}})).await?;
    is(&hear(&mut stream).await?, "opened").then_some(stream)
}

async fn hold(world: &World, number: usize) -> Option<()> {
    let peer = Peer::connect(world.door(number)).await?;
    let mut held = Vec::new();
    for _ in 0..SESSIONS {
        let mut stream = peer.open(keep::PROTOCOL).await?;
        say(&mut stream, &ipld!({"open": {}})).await?;
        hear(&mut stream).await?;
        held.push(stream);
    }
    while peer.is_connected() {
        tokio::time::sleep(SIGN_OF_LIFE).await;
        for stream in &mut held {
            say(stream, &ipld!({"have": {"cids": [world.small]}})).await?;
            hear(stream).await?;
        }
    }
    Some(())
}

/// Pins what somebody else keeps, each time as somebody new, without pushing anything.
async fn pin(world: &World) -> Option<()> {
    let peer = Peer::connect(world.door(0)).await?;
    while peer.is_connected() {
        let ring = somebody();
        let mut stream = session(&peer, &ring).await?;
        say(&mut stream, &ipld!({"pin": {"cid": world.large}})).await?;
        if is(&hear(&mut stream).await?, "pinned") {
            world.is_charged(&ring);
        }
        tokio::time::sleep(PIN_PAUSE).await;
    }
    Some(())
}

/// Pushes blocks and waits until so many were stored.
async fn push(stream: &mut Stream, blocks: Vec<(Cid, Vec<u8>)>, stored: &mut i128) -> Option<()> {
    let all = *stored + blocks.len() as i128;
    for (cid, bytes) in blocks {
        say(stream, &ipld!({"block": {"cid": cid, "bytes": Ipld::Bytes(bytes)}})).await?;
    }
    while *stored < all {
        let Ipld::Map(mut answer) = hear(stream).await? else { return None };
        let Some(Ipld::Map(mut counted)) = answer.remove("stored") else { return None };
        let Some(Ipld::Integer(blocks)) = counted.remove("blocks") else { return None };
        *stored = blocks;
    }
    Some(())
}

async fn push_tiny(world: &World) -> Option<()> {
    let peer = Peer::connect(world.door(1)).await?;
    let ring = somebody();
    let mut stream = session(&peer, &ring).await?;
    world.is_charged(&ring);
    let (mut number, mut stored) = (0, 0);
    while peer.is_connected() {
        let seed: u32 = u32::from_be_bytes(spinney::platform::random());
        let blocks = (0..TINY).map(|i| seed.wrapping_add(i).to_be_bytes().to_vec());
        push(&mut stream, blocks.map(|bytes| (cid_of(RAW, &bytes), bytes)).collect(), &mut stored).await?;
        number += TINY;
        tokio::time::sleep(TINY_PAUSE).await;
    }
    (number > 0).then_some(())
}

/// Pushes a tree that lacks one block, and asks for its pin again and again.
async fn walk(world: &World) -> Option<()> {
    let peer = Peer::connect(world.door(2)).await?;
    let ring = somebody();
    let mut stream = session(&peer, &ring).await?;
    world.is_charged(&ring);
    let (mut lists, mut stored) = (Vec::new(), 0);
    let block = |value: &Ipld| {
        let bytes = cbor::from_ipld(value);
        (cid_of(DAG_CBOR, &bytes), bytes)
    };
    for list in 0..LISTS {
        let mut blocks: Vec<_> = (0..LISTED).map(|leaf| block(&ipld!([list, leaf]))).collect();
        let list = block(&Ipld::List(blocks.iter().map(|(cid, _)| Ipld::Link(*cid)).collect()));
        lists.push(Ipld::Link(list.0));
        blocks.push(list);
        push(&mut stream, blocks, &mut stored).await?;
    }
    lists.push(Ipld::Link(cid_of(RAW, b"this is nowhere")));
    let root = block(&Ipld::List(lists));
    let cid = root.0;
    push(&mut stream, vec![root], &mut stored).await?;
    let mut walkers = JoinSet::new();
    for _ in 0..WALKERS {
        let mut stream = session(&peer, &ring).await?;
        walkers.spawn(async move {
            while say(&mut stream, &ipld!({"pin": {"cid": cid}})).await.is_some() {
                if hear(&mut stream).await.is_none() {
                    break;
                }
            }
        });
    }
    walkers.join_all().await;
    ended(stream).await;
    None
}

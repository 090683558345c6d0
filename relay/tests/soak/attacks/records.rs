//! Records of names that are made up on the spot, and watches that nobody reads.

use std::time::Duration;

use ipld_core::ipld;
use ipld_core::ipld::Ipld;
use spinney::{
    format::{cbor, ipns},
    net::{frame, records},
    platform,
};
use tokio::task::JoinSet;
use unsigned_varint::encode;

use super::{Peer, World, again, hear, is, say, somebody};

/// Devices that put records at once, how many each puts before it takes another key, and the pause between two.
const PUTTERS: usize = 4;
const PUTS: usize = 119;
const PAUSE: Duration = Duration::from_millis(50);

/// Bytes that a record is filled up with: it stays just below the limit.
const FILLER: usize = 9_800;

/// Connections that watch, and the watches of each.
const WATCHERS: usize = 2;
const WATCHES: usize = 40;

/// How long a watcher holds its watches before it begins anew, with what was planted since.
const HOLD: Duration = Duration::from_secs(20);

pub(super) fn start(world: &World, attacks: &mut JoinSet<()>) {
    for number in 0..PUTTERS {
        let world = world.clone();
        attacks.spawn(again(async move || fill(&world, number).await));
    }
    for number in 0..WATCHERS {
        let world = world.clone();
        attacks.spawn(again(async move || watch(&world, number).await));
    }
}

/// Puts large records of one name after the other.
async fn fill(world: &World, number: usize) -> Option<()> {
    let peer = Peer::connect(world.door(number)).await?;
    let mut stream = peer.open(records::PROTOCOL).await?;
    for sequence in 1..=PUTS as u64 {
        let ring = somebody();
        let signed = ipns::sign(ring.identity(), &world.small, sequence, platform::now_ms());
        // The signature of version 1, at which nobody looks.
        let length = encode::usize(FILLER, &mut encode::usize_buffer()).to_vec();
        let record = Ipld::Bytes([&[2 << 3 | 2], &*length, &[0; FILLER], &*signed].concat());
        let id = Ipld::Bytes(ring.id().as_bytes().to_vec());
        say(&mut stream, &ipld!({"put": {"id": id, "record": record}})).await?;
        if is(&hear(&mut stream).await?, "done") {
            world.planted.lock().unwrap().push(ring.id());
            world.is_charged(&ring);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Some(())
}

/// Watches everything that was planted, many times, and reads nothing.
async fn watch(world: &World, number: usize) -> Option<()> {
    let peer = Peer::connect(world.door(number)).await?;
    let planted = world.planted.lock().unwrap().clone();
    let newest = planted.iter().rev().take(records::MAX_WATCHED);
    let known: Vec<_> = newest.map(|id| ipld!([Ipld::Bytes(id.as_bytes().to_vec()), 0])).collect();
    let request = cbor::from_ipld(&ipld!({"watch": {"known": known}}));
    let mut streams = Vec::new();
    for _ in 0..WATCHES {
        let mut stream = peer.open(records::PROTOCOL).await?;
        tokio::time::timeout(HOLD, frame::write(&mut stream, &request)).await.ok()?.ok()?;
        futures::AsyncWriteExt::flush(&mut stream).await.ok()?;
        streams.push(stream);
    }
    tokio::time::sleep(HOLD).await;
    Some(())
}

//! Blocks between devices and relays, and from peers who lie, flood, swell or are silent.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

mod net_support;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cid::Cid;
use futures::stream::{self, FuturesUnordered};
use futures::{AsyncReadExt, AsyncWriteExt, FutureExt, StreamExt};
use net_support::{Relay, Shelf, at, device, device_at, device_with, local, serve, stranger};
use spinney::format::{RAW, cid_of};
use spinney::net::bitswap::{MAX_MESSAGE, PROTOCOL};
use spinney::net::{FetchError, Net, Provider, frame};
use tokio::sync::Semaphore;

fn at_relay(relay: &Relay) -> Vec<Provider> {
    vec![Provider::Relay(relay.address())]
}

fn through(relay: &Relay, device: &Net) -> Vec<Provider> {
    vec![Provider::Device { device: device.peer_id(), relay: relay.address() }]
}

/// Fetches all, many at once, and checks that each is what was asked for.
async fn fetch_all(net: &Net, cids: &[Cid], from: &[Provider]) -> usize {
    let fetched = stream::iter(cids).map(|cid| async move { (cid, net.fetch(*cid, from).await.unwrap()) });
    fetched
        .buffer_unordered(64)
        .fold(0, |sum, (cid, block)| async move {
            assert_eq!(cid_of(RAW, &block), *cid);
            sum + block.len()
        })
        .await
}

#[tokio::test]
async fn blocks_come_from_a_relay_and_from_a_device_behind_it() {
    local(async {
        let (relay, other) = (Relay::start().await, Relay::start().await);
        let (kept, of_relay) = Shelf::filled(300, 4096);
        let served = serve(&relay, kept);
        let (own, of_ben) = Shelf::filled(20, 1 << 18);
        let (ben, _b) = at(&relay, device_with(own)).await;
        let (anna, _a) = device_at(&other).await;
        assert_eq!(fetch_all(&anna, &of_relay, &at_relay(&relay)).await, 300 * 4096);
        assert_eq!(served.bytes_served(), 300 * 4096);
        assert_eq!(fetch_all(&anna, &of_ben, &through(&relay, &ben)).await, 20 << 18);
        assert_eq!(ben.bytes_served(), 20 << 18);
    })
    .await;
}

#[tokio::test]
async fn providers_are_tried_in_their_order_and_a_block_that_nobody_has_is_not_found() {
    local(async {
        let (empty, full) = (Relay::start().await, Relay::start().await);
        let (shelf, cids) = Shelf::filled(3, 1000);
        let (first, second) = (serve(&empty, Shelf::default()), serve(&full, shelf));
        let (anna, _a) = device();
        let both = [at_relay(&empty), at_relay(&full)].concat();
        assert_eq!(fetch_all(&anna, &cids, &both).await, 3000);
        assert_eq!((first.bytes_served(), second.bytes_served()), (0, 3000));
        assert_eq!(anna.fetch(cid_of(RAW, b"nobody's"), &both).await, Err(FetchError::NotFound));
        assert_eq!(anna.fetch(cids[0], &[]).await, Err(FetchError::NotFound));
        let gone = at_relay(&full);
        full.stop().await;
        assert_eq!(anna.fetch(cids[0], &gone).await, Err(FetchError::Unreachable));
    })
    .await;
}

#[tokio::test]
async fn who_is_not_allowed_cannot_tell_a_block_from_one_that_is_not_there() {
    local(async {
        let relay = Relay::start().await;
        let (shelf, cids) = Shelf::filled(1, 1000);
        let denied = shelf.denied.clone();
        let served = serve(&relay, shelf);
        let (anna, _a) = device();
        denied.lock().unwrap().push(anna.peer_id());
        assert_eq!(anna.fetch(cids[0], &at_relay(&relay)).await, Err(FetchError::NotFound));
        denied.lock().unwrap().clear();
        assert_eq!(fetch_all(&anna, &cids, &at_relay(&relay)).await, 1000);
        assert_eq!(served.bytes_served(), 1000);
    })
    .await;
}

#[tokio::test]
async fn a_transfer_goes_on_when_the_relay_comes_back() {
    local(async {
        let relay = Relay::start().await;
        let (shelf, cids) = Shelf::filled(40, 1 << 17);
        serve(&relay, Shelf { left: Some(Arc::new(Semaphore::new(10))), ..shelf.clone() });
        let (anna, _a) = device_at(&relay).await;
        let from = at_relay(&relay);
        let mut waiting: FuturesUnordered<_> = cids.iter().map(|cid| anna.fetch(*cid, &from)).collect();
        for _ in 0..10 {
            waiting.next().await.unwrap().unwrap();
        }
        let (key, port) = relay.stop().await;
        let rest: Vec<_> = waiting.collect().await;
        assert_eq!(rest, vec![Err(FetchError::Unreachable); 30]);
        let relay = Relay::start_at(key, port).await;
        serve(&relay, shelf);
        assert_eq!(fetch_all(&anna, &cids, &from).await, 40 << 17);
    })
    .await;
}

// Below, the other side speaks bitswap by hand. Fields: 1 wantlist {1 entry {1 cid, 3 cancel, 4 type,
// 5 sendDontHave}}, 3 payload {1 prefix, 2 data}, 4 presence {1 cid, 2 type}.

fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![number << 3 | 2];
    out.extend_from_slice(unsigned_varint::encode::usize(
        bytes.len(),
        &mut unsigned_varint::encode::usize_buffer(),
    ));
    out.extend_from_slice(bytes);
    out
}

fn payload(bytes: &[u8]) -> Vec<u8> {
    field(3, &[field(1, &[1, 0x55, 0x12, 32]), field(2, bytes)].concat())
}

fn want(cid: &Cid, more: &[u8]) -> Vec<u8> {
    field(1, &field(1, &[field(1, &cid.to_bytes()), more.to_vec()].concat()))
}

/// What a hostile relay does with each of our wantlists: `answer` gives the message that it sends.
fn hostile(relay: &Relay, answer: impl Fn(Bytes) -> Option<Vec<u8>> + Send + 'static) {
    let mut accepted = relay.control.accept(PROTOCOL).unwrap();
    let control = relay.control.clone();
    tokio::spawn(async move {
        while let Some(mut one) = accepted.next().await {
            while let Ok(Some(message)) = frame::read(&mut one.stream, MAX_MESSAGE).await {
                if let Some(answer) = answer(message) {
                    let mut stream = control.open(one.connection, PROTOCOL).await.unwrap();
                    frame::write(&mut stream, &answer).await.unwrap();
                    stream.close().await.unwrap();
                }
            }
        }
    });
}

#[tokio::test]
async fn a_wrong_block_is_dropped_asked_of_somebody_else_and_its_sender_noted_and_then_shunned() {
    local(async {
        let (liar, honest) = (Relay::start().await, Relay::start().await);
        // It leaves withdrawals alone.
        hostile(&liar, |message| {
            (!message.ends_with(&[3 << 3, 1])).then(|| payload(b"not what you asked for"))
        });
        let (shelf, cids) = Shelf::filled(5, 1000);
        serve(&honest, shelf);
        let (anna, _a) = device();
        let both = [at_relay(&liar), at_relay(&honest)].concat();
        for cid in &cids[..2] {
            assert_eq!(anna.fetch(*cid, &both).await.unwrap().len(), 1000);
        }
        assert_eq!(anna.strikes(liar.peer()), 1, "the second time, the honest one is asked first");
        for strikes in 2..4 {
            assert_eq!(anna.fetch(cids[2], &at_relay(&liar)).await, Err(FetchError::NotFound));
            assert_eq!(anna.strikes(liar.peer()), strikes);
        }
        // From now on it is not even asked.
        assert_eq!(anna.fetch(cids[3], &at_relay(&liar)).await, Err(FetchError::NotFound));
        assert_eq!(anna.strikes(liar.peer()), 3);
    })
    .await;
}

#[tokio::test]
async fn garbage_and_oversize_messages_end_their_stream_and_nothing_else() {
    local(async {
        let relay = Relay::start().await;
        let (shelf, cids) = Shelf::filled(10, 1000);
        serve(&relay, shelf);
        let (mallory, _m) = device_at(&relay).await;
        let (anna, _a) = device_at(&relay).await;
        for message in [vec![0xff; 100], vec![0; MAX_MESSAGE + 1], field(1, &[0x0a, 0].repeat(100_000))] {
            let mut stream = mallory.open(&at_relay(&relay)[0], PROTOCOL).await.unwrap();
            let _ = frame::write(&mut stream, &message).await;
            let _ = stream.flush().await;
            assert!(matches!(stream.read(&mut [0]).await, Ok(0) | Err(_)), "the stream was ended");
        }
        assert_eq!(fetch_all(&anna, &cids, &at_relay(&relay)).await, 10_000);
        assert_eq!(fetch_all(&mallory, &cids, &at_relay(&relay)).await, 10_000);
    })
    .await;
}

#[tokio::test]
async fn a_flood_of_wants_by_one_who_reads_nothing_costs_the_others_nothing() {
    local(async {
        let relay = Relay::start().await;
        let (shelf, cids) = Shelf::filled(100, 1 << 18);
        let served = serve(&relay, shelf);
        let mallory = stranger(&relay).await;
        let _untaken = mallory.accept(PROTOCOL).unwrap();
        let (anna, _a) = device_at(&relay).await;
        // All blocks, and a great many that are not there, on many streams; the answers are left unread.
        let wants: Vec<u8> = cids.iter().flat_map(|cid| want(cid, &[])).collect();
        let absent: Vec<u8> =
            (0..10_000u32).flat_map(|i| want(&cid_of(RAW, &i.to_be_bytes()), &[5 << 3, 1])).collect();
        let mut streams = Vec::new();
        for _ in 0..30 {
            let mut stream = mallory.open_to(relay.peer(), PROTOCOL).await.unwrap();
            for message in [&wants, &absent] {
                // A stream too many is reset.
                let _ = frame::write(&mut stream, message).await;
            }
            let _ = stream.flush().await;
            streams.push(stream);
        }
        let start = Instant::now();
        assert_eq!(fetch_all(&anna, &cids, &at_relay(&relay)).await, 100 << 18);
        assert!(start.elapsed() < Duration::from_secs(5), "took {:?}", start.elapsed());
        assert!(served.bytes_served() < (100 << 18) + (4 << 20), "what nobody reads is not sent for ever");
    })
    .await;
}

#[tokio::test]
async fn a_want_that_nobody_waits_for_is_withdrawn() {
    local(async {
        let relay = Relay::start().await;
        let (heard, mut hears) = futures::channel::mpsc::channel(16);
        let heard = Mutex::new(heard);
        hostile(&relay, move |message| {
            heard.lock().unwrap().try_send(message).unwrap();
            None
        });
        let (anna, _a) = device();
        let from = at_relay(&relay);
        let cid = cid_of(RAW, b"slow");
        let mut fetch = Box::pin(anna.fetch(cid, &from));
        let asked = futures::select! {
            message = hears.next() => message.unwrap(),
            _ = (&mut fetch).fuse() => panic!("nobody answers"),
        };
        assert_eq!(asked, want(&cid, &[2 << 3, 1, 5 << 3, 1]));
        drop(fetch);
        assert_eq!(hears.next().await.unwrap(), want(&cid, &[2 << 3, 1, 3 << 3, 1]));
    })
    .await;
}

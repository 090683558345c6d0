//! Bitswap with peers that are not of ours: many, hostile, or with other kinds of keys.

use std::time::Duration;

use cid::Cid;
use futures::{AsyncWriteExt, StreamExt, future::join_all, stream};
use libp2p::identity::Keypair;
use spinney::{
    format::{RAW, cid_of},
    net::{
        bitswap::{MAX_MESSAGE, PROTOCOL},
        frame,
    },
};

use crate::{
    client::{Client, Line},
    relay::{Local, Program},
};

/// More peers than a page serves at once.
const PEERS: usize = 520;

/// Longer than any answer takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// A field of protobuf that is bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut buffer = unsigned_varint::encode::usize_buffer();
    let length = unsigned_varint::encode::usize(bytes.len(), &mut buffer);
    [&[number << 3 | 2], length, bytes].concat()
}

/// A message that wants blocks; also the answers that they are not there, if `tell` is set.
fn want(cids: &[Cid], tell: bool) -> Vec<u8> {
    let entry = |cid: &Cid| {
        let tell = if tell { &[0x28, 1][..] } else { &[] };
        field(1, &[&field(1, &cid.to_bytes()), &[0x10, 1][..], tell].concat())
    };
    field(1, &cids.iter().flat_map(entry).collect::<Vec<_>>())
}

/// Blocks that nobody asked for.
fn unasked(count: u32) -> Vec<u8> {
    let block = |number: u32| {
        let block = [field(1, &[1, 0x55, 0x12, 32]), field(2, &number.to_be_bytes())].concat();
        field(3, &block)
    };
    (0..count).flat_map(block).collect()
}

/// The next message of Bitswap that the relay sends in answer to ours.
async fn ask(line: &Line, message: &[u8]) -> Vec<u8> {
    let mut accepted = line.accept(PROTOCOL);
    let mut stream = line.stream(PROTOCOL).await;
    frame::write(&mut stream, message).await.unwrap();
    stream.flush().await.unwrap();
    let answer = async {
        let mut answers = accepted.next().await.expect("the relay opens a stream").stream;
        frame::read(&mut answers, MAX_MESSAGE).await.unwrap().expect("it answers").to_vec()
    };
    tokio::time::timeout(PATIENCE, answer).await.expect("it answers soon")
}

/// A relay that keeps a block, and the CID and bytes of it.
async fn with_block() -> (Local, Cid, Vec<u8>) {
    let relay = Local::start().await;
    let bytes = vec![7; 1000];
    let cid = cid_of(RAW, &bytes);
    let ann = Client::connect(relay.address(), 1).await;
    let mut keep = ann.keep().await;
    keep.push(stream::iter([(cid, bytes.clone().into())]), |_| ()).await.unwrap();
    (relay, cid, bytes)
}

fn holds(message: &[u8], bytes: &[u8]) -> bool {
    message.windows(bytes.len()).any(|window| window == bytes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn peers_that_want_what_is_not_there_keep_nobody_from_being_served() {
    let (relay, cid, bytes) = with_block().await;
    let lines = join_all((0..PEERS).map(|_| Line::of_stranger(relay.address()))).await;
    let lines: Vec<_> = lines.into_iter().map(|line| line.expect("the relay takes it")).collect();
    let absent = cid_of(RAW, b"absent");
    let streams = join_all(lines.iter().map(async |line| {
        let mut stream = line.stream(PROTOCOL).await;
        frame::write(&mut stream, &want(&[absent], false)).await.unwrap();
        stream.flush().await.unwrap();
        stream
    }));
    let _streams = streams.await;
    let honest = Line::of_stranger(relay.address()).await.unwrap();
    assert!(holds(&ask(&honest, &want(&[cid], true)).await, &bytes));
}

#[tokio::test]
async fn wants_above_the_limit_are_answered_and_then_the_stream_is_closed() {
    let relay = Local::start().await;
    let line = Line::of_stranger(relay.address()).await.unwrap();
    // All at once, so that none is answered before the last one is read.
    let wants: Vec<Cid> = (0..6000u32).map(|number| cid_of(RAW, &number.to_be_bytes())).collect();
    let mut accepted = line.accept(PROTOCOL);
    let mut stream = line.stream(PROTOCOL).await;
    frame::write(&mut stream, &want(&wants, true)).await.unwrap();
    stream.flush().await.unwrap();
    let last = wants[5999].to_bytes();
    let answered = async {
        loop {
            let mut answers = accepted.next().await.expect("the relay opens streams").stream;
            while let Ok(Some(message)) = frame::read(&mut answers, MAX_MESSAGE).await {
                if holds(&message, &last) {
                    return;
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, answered).await.expect("the last want is answered too");
}

#[tokio::test]
async fn who_sends_what_nobody_asked_for_is_disconnected_and_not_named_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let program = Program::logging(&folder.path().join("data"), &log);
    let key = Keypair::generate_ed25519();
    let name = key.public().to_peer_id().to_string();
    for _ in 0..5 {
        let line = Line::open(&program.address, key.clone()).await.unwrap();
        let closed = line.closed();
        let mut stream = line.stream(PROTOCOL).await;
        frame::write(&mut stream, &unasked(20_000)).await.unwrap();
        stream.flush().await.unwrap();
        tokio::time::timeout(PATIENCE, closed).await.expect("it is disconnected");
    }
    program.terminate();
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.lines().count() <= 100, "{} lines", log.lines().count());
    assert!(!log.contains(&name), "{log}");
}

#[tokio::test]
async fn peers_with_other_kinds_of_keys_connect_and_fetch() {
    let (relay, cid, bytes) = with_block().await;
    let mut rsa = include_bytes!("rsa-2048.pk8").to_vec();
    for key in
        [Keypair::rsa_from_pkcs8(&mut rsa).unwrap(), Keypair::generate_ecdsa(), Keypair::generate_secp256k1()]
    {
        let kind = key.key_type();
        let line = Line::open(relay.address(), key).await.unwrap_or_else(|| panic!("{kind} is refused"));
        assert!(holds(&ask(&line, &want(&[cid], true)).await, &bytes), "{kind}");
    }
}

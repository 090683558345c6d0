use futures::future::BoxFuture;
use futures::{AsyncReadExt, AsyncWriteExt, FutureExt};
use prost::Message as _;

use super::super::message::{flagged, framed};
use super::super::script::Script;
use super::*;

/// A substream, its keeper, and the peer.
fn stream() -> (Substream, BoxFuture<'static, ()>, Script) {
    stream_in(Room::new())
}

fn stream_in(room: Room) -> (Substream, BoxFuture<'static, ()>, Script) {
    let (channel, script) = Script::channel();
    let (substream, shared) = Substream::new(channel, message::LEAST, room);
    (substream, keep(shared).boxed(), script)
}

fn flags(script: &Script) -> Vec<Flag> {
    script.sent().iter().filter_map(|message| Flag::try_from(message.flag?).ok()).collect()
}

fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    future.now_or_never()
}

/// Returns what a reader gets, up to the end or an error.
fn rest(substream: &mut Substream) -> Option<io::Result<Vec<u8>>> {
    let mut all = Vec::new();
    now(substream.read_to_end(&mut all)).map(|read| read.map(|_| all))
}

#[test]
fn both_halves_end_and_then_the_channel_is_closed() {
    let (mut substream, mut keeper, peer) = stream();
    now(substream.write_all(b"question")).unwrap().unwrap();
    now(substream.close()).unwrap().unwrap();
    let sent = peer.sent();
    assert_eq!((sent[0].data.as_deref(), sent[1].flag), (Some(&b"question"[..]), Some(Flag::Fin.into())));
    assert_eq!(now(substream.write(b"more")).unwrap().unwrap_err().kind(), io::ErrorKind::BrokenPipe);

    for bytes in [flagged(Flag::FinAck), framed(b"ans"), framed(b"wer"), flagged(Flag::Fin)] {
        assert!(now(&mut keeper).is_none() && !peer.is_closed());
        peer.push(bytes);
    }
    assert!(now(&mut keeper).is_some() && peer.is_closed());
    assert_eq!(flags(&peer), [Flag::FinAck]);
    assert_eq!(rest(&mut substream).unwrap().unwrap(), b"answer");
}

#[test]
fn a_reader_waits_for_the_rest_of_a_message() {
    let (mut substream, mut keeper, peer) = stream();
    let message = framed(&[7; 300]);
    peer.push(message[..100].to_vec());
    assert!(now(&mut keeper).is_none() && now(substream.read(&mut [0; 1000])).is_none());
    peer.push(message[100..].to_vec());
    assert!(now(&mut keeper).is_none());
    assert_eq!(now(substream.read(&mut [0; 1000])).unwrap().unwrap(), 300);
}

#[test]
fn writing_waits_for_room_and_messages_stay_within_their_size() {
    let (mut substream, _keeper, peer) = stream();
    peer.fill(true);
    assert!(now(substream.write(b"a")).is_none() && peer.sent().is_empty());
    peer.fill(false);
    now(substream.write_all(&[7; 50_000])).unwrap().unwrap();
    let sent = peer.sent();
    assert!(sent.len() == 4 && sent.iter().all(|message| message.encoded_len() < message::LEAST));
}

#[test]
fn a_stream_dropped_without_being_closed_is_reset() {
    let (substream, mut keeper, peer) = stream();
    drop(substream);
    assert_eq!(flags(&peer), [Flag::Reset]);
    assert!(now(&mut keeper).is_some() && peer.is_closed());
}

#[test]
fn a_reset_ends_both_halves_and_takes_nothing_from_what_was_sent_to_its_end() {
    let (mut substream, mut keeper, peer) = stream();
    peer.push(framed(b"cut"));
    peer.push(flagged(Flag::Reset));
    assert!(now(&mut keeper).is_some());
    assert_eq!(rest(&mut substream).unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(now(substream.write(b"x")).unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionReset);

    let (mut substream, mut keeper, peer) = stream();
    for bytes in [framed(b"whole"), flagged(Flag::Fin), flagged(Flag::Reset)] {
        peer.push(bytes);
    }
    assert!(now(&mut keeper).is_some());
    assert_eq!(rest(&mut substream).unwrap().unwrap(), b"whole");
}

#[test]
fn a_channel_that_closes_early_is_never_taken_for_the_end() {
    let (mut substream, mut keeper, peer) = stream();
    peer.push(framed(b"cut"));
    peer.close();
    assert!(now(&mut keeper).is_some());
    assert_eq!(rest(&mut substream).unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionReset);
}

#[test]
fn a_peer_that_stops_reading_can_still_be_read() {
    let (mut substream, mut keeper, peer) = stream();
    peer.push(flagged(Flag::StopSending));
    peer.push(framed(b"still"));
    assert!(now(&mut keeper).is_none());
    assert_eq!(now(substream.write(b"x")).unwrap().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    assert_eq!(now(substream.read(&mut [0; 9])).unwrap().unwrap(), 5);
    assert!(flags(&peer).is_empty(), "a reset is no answer to this");
}

#[tokio::test(start_paused = true)]
async fn a_closed_stream_stays_behind_the_scenes_until_the_peer_has_everything() {
    let (mut substream, mut keeper, peer) = stream();
    now(substream.close()).unwrap().unwrap();
    drop(substream);
    assert_eq!(flags(&peer), [Flag::Fin, Flag::StopSending]);
    assert!(now(&mut keeper).is_none() && !peer.is_closed());
    peer.push(flagged(Flag::FinAck));
    assert!(now(&mut keeper).is_some() && peer.is_closed());

    let (mut substream, keeper, peer) = stream();
    now(substream.close()).unwrap().unwrap();
    drop(substream);
    let start = tokio::time::Instant::now();
    keeper.await;
    assert!(peer.is_closed() && start.elapsed() >= LINGER);
}

#[test]
fn nobody_who_waits_is_left_behind_when_the_connection_goes() {
    let (mut substream, mut keeper, peer) = stream();
    assert!(now(&mut keeper).is_none() && now(substream.read(&mut [0])).is_none());
    drop(keeper);
    assert!(peer.is_closed());
    assert!(now(substream.read(&mut [0])).unwrap().is_err() && now(substream.write(b"x")).unwrap().is_err());
}

#[test]
fn a_flood_that_nobody_reads_costs_its_own_stream_only() {
    let room = Room::new();
    let (mut flooded, mut keeper, flooder) = stream_in(room.clone());
    let (mut other, mut keeper_of_other, peer) = stream_in(room);
    let payload = message::payload(message::MOST);
    for _ in 0..MAX_UNREAD / payload {
        flooder.push(framed(&vec![7; payload]));
    }
    assert!(now(&mut keeper).is_none());
    flooder.push(framed(&vec![7; payload]));
    assert!(now(&mut keeper).is_some() && flooder.is_closed());
    assert_eq!(flags(&flooder), [Flag::Reset]);
    assert!(now(flooded.read(&mut [0])).unwrap().is_err());

    peer.push(framed(&vec![7; payload]));
    assert!(now(&mut keeper_of_other).is_none());
    assert!(now(other.read(&mut [0; 10])).unwrap().is_ok());
}

#[test]
fn what_is_no_message_costs_its_own_stream_only() {
    let (mut substream, mut keeper, peer) = stream();
    peer.push(vec![0xff; 100]);
    assert!(now(&mut keeper).is_some() && peer.is_closed());
    assert!(now(substream.read(&mut [0])).unwrap().is_err());
}

//! Entry points for fuzzing, of what is private.

use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::executor::block_on;
use futures::future::join;
use futures::io::Cursor;
use futures::{AsyncRead, AsyncWrite, FutureExt, SinkExt, StreamExt};

use super::candidate::{Candidate, Reach};
use super::host::{Host, HostCommand, HostConnection, HostEvent};
use super::message::{self, Flag, Message, Unframer};
use super::role;
use super::signal::{self, Description, Signal};

/// Reads the messages of a data channel. Wherever they are cut, the same comes of them.
pub fn channel(messages: Vec<Bytes>) {
    let joined = Bytes::from(messages.concat());
    assert_eq!(unframed(messages), unframed(vec![joined]));
}

/// The framed messages before the first error, and whether there was one.
fn unframed(messages: Vec<Bytes>) -> (Vec<Message>, bool) {
    let mut unframer = Unframer::default();
    let mut found = Vec::new();
    for bytes in messages {
        unframer.push(bytes);
        loop {
            match unframer.next() {
                Ok(Some(message)) => found.push(message),
                Ok(None) => break,
                Err(message::Malformed) => return (found, true),
            }
        }
    }
    (found, false)
}

/// Reads signals. One that is read comes back from its own encoding, and what is tried by everybody is tried by those
/// who try everything.
pub fn signal(bytes: &[u8]) {
    let mut stream = Cursor::new(bytes);
    while let Ok(Some(found)) = block_on(signal::receive(&mut stream)) {
        match &found {
            Signal::Offer(description) | Signal::Answer(description) => {
                assert!(
                    !Reach::Public.covers_all(&description.sdp)
                        || Reach::Anywhere.covers_all(&description.sdp)
                );
            }
            Signal::Candidate(Some(candidate)) => {
                assert!(!Reach::Public.covers(candidate) || Reach::Anywhere.covers(candidate));
            }
            Signal::Candidate(None) => {}
        }
        assert_eq!(block_on(signal::receive(&mut Cursor::new(sent(&found)))).ok().flatten(), Some(found));
    }
}

/// Turns that a negotiation and its host need, one after the other, until the peer has been heard to its end.
const TURNS: usize = 4;

/// Answers the offer of a peer that sends these bytes. The browser tries only public addresses.
pub fn answer(bytes: &[u8]) {
    let (host, mut connections) = Host::new();
    let connection = host.connect().expect("the host has taken none yet");
    let asked = connections.next().now_or_never().flatten().expect("one was asked for");
    let HostConnection { mut commands, mut events } = asked;
    let hosting = async move {
        while let Some(command) = commands.next().await {
            match command {
                HostCommand::Answer { offer } => {
                    assert!(Reach::Public.covers_all(&offer));
                    let _ = events.send(HostEvent::Described("ours".into())).await;
                }
                HostCommand::Try(Some(candidate)) => assert!(Reach::Public.covers(&candidate)),
                HostCommand::Try(None) => {}
                other => panic!("{other:?} was not due"),
            }
        }
    };
    let peer = Said(Cursor::new(bytes.to_vec()));
    let mut both = pin!(join(role::answer(peer, connection, Reach::Public), hosting));
    for _ in 0..TURNS {
        if both.as_mut().now_or_never().is_some() {
            break;
        }
    }
}

/// The end of a peer that has said everything, and listens to all.
struct Said(Cursor<Vec<u8>>);

impl AsyncRead for Said {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_read(cx, bytes)
    }
}

impl AsyncWrite for Said {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn sent(signal: &Signal) -> Vec<u8> {
    let mut bytes = Vec::new();
    block_on(signal::send(&mut bytes, signal)).expect("memory takes everything");
    bytes
}

/// What honest peers send over a channel.
pub fn channel_seeds() -> Vec<Vec<Bytes>> {
    let flags = [Flag::Fin, Flag::StopSending, Flag::FinAck, Flag::Reset].map(message::flagged);
    let data = [message::framed(b"abc"), message::framed(&[7; 300])];
    let whole = [&data[..], &flags[..]].concat();
    let bytes = |messages: &[Vec<u8>]| messages.iter().map(|message| message.clone().into()).collect();
    vec![bytes(&whole), bytes(&[whole.concat()])]
}

/// What honest peers say before they are connected.
pub fn signal_seeds() -> Vec<Vec<u8>> {
    let candidate = |address: &str| Candidate {
        candidate: format!("candidate:1 1 udp 2 {address} 5 typ host"),
        sdp_mid: Some("0".into()),
        sdp_m_line_index: Some(0),
        username_fragment: Some("ab".into()),
    };
    let sdp = format!("v=0\r\na=mid:0\r\na={}\r\n", candidate("10.0.0.1").candidate);
    let signals = [
        Signal::Offer(Description::ours(sdp.clone())),
        Signal::Answer(Description::ours(sdp)),
        Signal::Candidate(Some(candidate("1.2.3.4"))),
        Signal::Candidate(Some(candidate("8b7f9cbb-8ee6-4d9c-bc8b-9a2d0e1a6a1e.local"))),
        Signal::Candidate(Some(candidate("2002:a00::1"))),
        Signal::Candidate(None),
    ];
    let mut seeds: Vec<_> = signals.iter().map(sent).collect();
    seeds.push(seeds.concat());
    seeds
}

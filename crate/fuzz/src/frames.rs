//! What lies below the protocols: frames, Bitswap's messages, signals of WebRTC, addresses of relays.

use bytes::Bytes;
use futures::io::Cursor;
use spinney::net::bitswap::fuzzing as bitswap;
use spinney::net::webrtc::fuzzing as webrtc;
use spinney::net::{RelayAddr, frame};

use super::Target;
use super::pieces::{join, split};
use super::stream::run;

/// Every form of bytes from a peer that is no object.
pub const TARGETS: &[Target] = &[
    ("address", address),
    ("bitswap_client", bitswap_client),
    ("bitswap_message", |input| bitswap::message(&Bytes::copy_from_slice(input))),
    ("frame", frames),
    ("webrtc_answer", webrtc::answer),
    ("webrtc_channel", webrtc_channel),
    ("webrtc_signal", webrtc::signal),
];

/// The longest message that this target reads.
const LIMIT: usize = 4096;

const PEER: &str = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";

/// What was read is what is written again: a length has one form.
fn frames(input: &[u8]) {
    let mut stream = Cursor::new(input);
    let mut again = Vec::new();
    while let Ok(Some(message)) = run(frame::read(&mut stream, LIMIT)) {
        assert!(message.len() <= LIMIT);
        run(frame::write(&mut again, &message)).expect("memory takes everything");
        assert!(input.starts_with(&again));
    }
    let mut stream = Cursor::new(input);
    while let Ok(Some(_)) = run(frame::receive::<(Vec<u8>, String), _>(&mut stream, LIMIT)) {}
}

/// An address of others is one that we could have chosen, but for those inside our network.
fn address(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let own = RelayAddr::own(&text);
    for loopback_allowed in [false, true] {
        if let Ok(relay) = RelayAddr::others(&text, loopback_allowed) {
            assert_eq!(own.as_ref(), Ok(&relay));
        }
    }
    if let Ok(own) = own {
        assert_eq!(RelayAddr::own(&own.to_string()).as_ref(), Ok(&own));
    }
}

fn bitswap_client(input: &[u8]) {
    let messages = split(input).into_iter().map(|piece| (piece.flag, Bytes::copy_from_slice(piece.bytes)));
    bitswap::client(messages.collect());
}

/// A channel's messages may be cut anywhere.
fn webrtc_channel(input: &[u8]) {
    let messages = split(input).into_iter().map(|piece| Bytes::copy_from_slice(piece.bytes));
    webrtc::channel(messages.collect());
}

pub(super) fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "address" => {
            ["dns/relay.example", "dns4/a.b", "dns6/a.b", "ip4/127.0.0.1", "ip4/8.8.8.8", "ip6/64:ff9b::1"]
                .iter()
                .flat_map(|host| {
                    ["wss", "ws", "tls/ws", "tls/sni/a.b/ws"]
                        .map(|ws| format!("/{host}/tcp/443/{ws}/p2p/{PEER}"))
                })
                .map(String::into_bytes)
                .collect()
        }
        "bitswap_client" => bitswap::seeds().iter().map(|messages| join(messages)).collect(),
        "bitswap_message" => bitswap::seeds().concat().iter().map(|message| message.to_vec()).collect(),
        "frame" => {
            let mut two = Vec::new();
            run(frame::write(&mut two, &[7; 200])).expect("memory takes everything");
            run(frame::write(&mut two, b"\x82\x80\x61a")).expect("memory takes everything");
            vec![two, vec![0x80, 0]]
        }
        "webrtc_channel" => webrtc::channel_seeds().iter().map(|messages| join(messages)).collect(),
        "webrtc_answer" | "webrtc_signal" => webrtc::signal_seeds(),
        _ => Vec::new(),
    }
}

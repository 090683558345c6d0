use std::time::Duration;

use futures::channel::mpsc;
use futures::{FutureExt, SinkExt};
use tokio::io::DuplexStream;
use tokio::time::timeout;
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

use super::super::host::HostConnection;
use super::super::message;
use super::super::script::{self, Script};
use super::*;

type Outcome = tokio::task::JoinHandle<Result<OpenConnection, Failure>>;

/// One end with its host, and the peer at the other end of the stream.
struct World {
    outcome: Outcome,
    commands: mpsc::Receiver<HostCommand>,
    events: mpsc::Sender<HostEvent>,
    peer: Compat<DuplexStream>,
}

fn world(role: impl FnOnce(Compat<DuplexStream>, Connection) -> Outcome) -> World {
    let (ours, peer) = tokio::io::duplex(256 * 1024);
    let (connection, HostConnection { commands, events }) = script::connection();
    World { outcome: role(ours.compat(), connection), commands, events, peer: peer.compat() }
}

fn initiator() -> World {
    world(|stream, connection| tokio::spawn(initiate(stream, connection, Reach::Public)))
}

fn answerer() -> World {
    world(|stream, connection| tokio::spawn(answer(stream, connection, Reach::Public)))
}

impl World {
    async fn next_command(&mut self) -> HostCommand {
        self.commands.next().await.expect("the connection is not closed")
    }

    async fn emit(&mut self, event: HostEvent) {
        // An end that has given up does not listen.
        let _ = self.events.send(event).await;
    }

    /// Returns what the peer hears.
    async fn heard(&mut self) -> Signal {
        signal::receive(&mut self.peer).await.unwrap().unwrap()
    }

    /// Sends what the peer says.
    async fn say(&mut self, signal: Signal) {
        let _ = signal::send(&mut self.peer, &signal).await;
    }

    /// Runs an initiator up to the wait for the answer.
    async fn offer(&mut self) -> Script {
        assert_eq!(self.next_command().await, HostCommand::Open { label: INIT });
        let (channel, init) = Script::channel();
        self.emit(HostEvent::Opened(channel)).await;
        assert_eq!(self.next_command().await, HostCommand::Offer);
        self.emit(HostEvent::Described("our offer".into())).await;
        assert_eq!(self.heard().await, Signal::Offer(Description::ours("our offer".into())));
        init
    }

    /// Runs an answerer until only candidates are missing.
    async fn answer(&mut self) {
        self.say(Signal::Offer(described("their offer"))).await;
        assert_eq!(self.next_command().await, HostCommand::Answer { offer: "their offer".into() });
        self.emit(HostEvent::Described("our answer".into())).await;
        assert_eq!(self.heard().await, Signal::Answer(Description::ours("our answer".into())));
    }

    async fn outcome(self) -> Result<OpenConnection, Failure> {
        timeout(Duration::from_secs(5), self.outcome).await.expect("it comes to an end").unwrap()
    }

    /// Returns how the peer broke the protocol.
    async fn violation(self) -> Violation {
        match self.outcome().await.unwrap_err() {
            Failure::Violation(violation) => violation,
            other => panic!("{other}"),
        }
    }
}

fn described(sdp: &str) -> Description {
    Description { sdp: sdp.into(), max_message: message::MOST }
}

fn candidate(address: &str) -> Candidate {
    let candidate = format!("candidate:1 1 udp 2 {address} 5 typ host");
    Candidate { candidate, sdp_mid: Some("0".into()), sdp_m_line_index: Some(0), username_fragment: None }
}

const CONNECTED: HostEvent = HostEvent::Connected { max_message: 256 * 1024 };

#[tokio::test]
async fn an_initiator_offers_trickles_and_closes_the_first_channel() {
    let mut world = initiator();
    let init = world.offer().await;
    // Our candidates go out before the answer arrives.
    world.emit(HostEvent::Candidate(Some(candidate("1.2.3.4")))).await;
    assert_eq!(world.heard().await, Signal::Candidate(Some(candidate("1.2.3.4"))));
    world.say(Signal::Answer(described("their answer"))).await;
    assert_eq!(world.next_command().await, HostCommand::Accept { answer: "their answer".into() });
    world.say(Signal::Candidate(Some(candidate("5.6.7.8")))).await;
    assert_eq!(world.next_command().await, HostCommand::Try(Some(candidate("5.6.7.8"))));
    world.say(Signal::Candidate(None)).await;
    assert_eq!(world.next_command().await, HostCommand::Try(None));

    init.fill(true);
    world.emit(CONNECTED).await;
    tokio::task::yield_now().await;
    assert!(!init.is_closed(), "not before it was open");
    init.fill(false);
    assert_eq!(signal::receive(&mut world.peer).await.unwrap(), None);
    let established = world.outcome().await.unwrap();
    assert!(init.is_closed());
    assert_eq!(established.max_message, message::MOST);
}

#[tokio::test]
async fn an_answerer_answers_keeps_early_channels_and_takes_the_smallest_size() {
    let mut world = answerer();
    world.answer().await;
    let (channel, init) = Script::channel();
    world.emit(HostEvent::Incoming { label: INIT.into(), channel }).await;
    for label in ["", "a name"] {
        world.emit(HostEvent::Incoming { label: label.into(), channel: Script::channel().0 }).await;
    }
    world.emit(HostEvent::Connected { max_message: 20_000 }).await;
    let established = world.outcome().await.unwrap();
    assert!(!init.is_closed(), "that is for the peer");
    assert_eq!((established.early.len(), established.max_message), (2, 20_000));
}

#[tokio::test]
async fn the_side_that_is_connected_first_may_leave_the_stream() {
    let mut world = answerer();
    world.answer().await;
    world.peer.close().await.unwrap();
    world.emit(HostEvent::Candidate(Some(candidate("1.2.3.4")))).await;
    world.emit(CONNECTED).await;
    assert!(world.outcome().await.is_ok());
}

#[tokio::test]
async fn where_there_is_no_way_the_connection_is_closed() {
    let mut world = answerer();
    world.answer().await;
    world.emit(HostEvent::Failed).await;
    let closed = world.commands.next();
    assert_eq!(timeout(Duration::from_secs(5), closed).await.unwrap(), None);
    assert!(matches!(world.outcome().await, Err(Failure::NoWay)));
}

#[tokio::test]
async fn a_window_that_goes_ends_the_attempt() {
    let mut world = initiator();
    world.offer().await;
    world.events.close_channel();
    assert!(matches!(world.outcome().await, Err(Failure::Host(Closed))));
}

#[tokio::test]
async fn what_is_said_out_of_turn_ends_the_attempt() {
    for signal in [Signal::Offer(described("x")), Signal::Candidate(None)] {
        let mut world = initiator();
        world.offer().await;
        world.say(signal).await;
        assert_eq!(world.violation().await, Violation::OutOfTurn);
    }
    let mut world = answerer();
    world.say(Signal::Answer(described("x"))).await;
    assert_eq!(world.violation().await, Violation::OutOfTurn);

    // A second offer, and then a third.
    let mut world = answerer();
    world.answer().await;
    world.say(Signal::Offer(described("again"))).await;
    assert_eq!(world.violation().await, Violation::OutOfTurn);
}

#[tokio::test]
async fn a_peer_that_leaves_without_a_word_ends_the_attempt() {
    let mut world = initiator();
    world.offer().await;
    world.peer.close().await.unwrap();
    assert_eq!(world.violation().await, Violation::NoDescription);
}

#[tokio::test]
async fn private_addresses_of_a_peer_are_not_tried() {
    let mut world = answerer();
    world.say(Signal::Offer(described("v=0\r\na=candidate:1 1 udp 2 192.168.1.1 80 typ host\r\n"))).await;
    assert_eq!(world.violation().await, Violation::PrivateAddress);

    let mut world = answerer();
    world.answer().await;
    world.say(Signal::Candidate(Some(candidate("192.168.1.1")))).await;
    world.say(Signal::Candidate(Some(candidate("1.2.3.4")))).await;
    assert_eq!(world.next_command().await, HostCommand::Try(Some(candidate("1.2.3.4"))));
}

#[tokio::test]
async fn a_description_with_audio_or_video_does_not_reach_the_browser() {
    let sdp = "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n";
    let mut world = answerer();
    world.say(Signal::Offer(described(sdp))).await;
    assert_eq!(world.violation().await, Violation::Media);

    let mut world = initiator();
    world.offer().await;
    world.say(Signal::Answer(described(sdp))).await;
    assert_eq!(world.violation().await, Violation::Media);
}

#[tokio::test]
async fn an_endless_trickle_is_cut_off() {
    let mut world = answerer();
    world.answer().await;
    for _ in 0..=MAX_CANDIDATES {
        world.say(Signal::Candidate(Some(candidate("1.2.3.4")))).await;
    }
    assert_eq!(world.violation().await, Violation::TooManyCandidates);
}

#[tokio::test]
async fn a_flood_of_early_channels_is_cut_off() {
    let mut world = answerer();
    world.answer().await;
    for _ in 0..=MAX_EARLY {
        world.emit(HostEvent::Incoming { label: String::new(), channel: Script::channel().0 }).await;
    }
    assert_eq!(world.violation().await, Violation::TooManyChannels);
}

#[tokio::test]
async fn a_browser_with_endless_candidates_names_the_first_of_them() {
    let mut world = answerer();
    world.answer().await;
    for _ in 0..2 * MAX_CANDIDATES {
        world.emit(HostEvent::Candidate(Some(candidate("1.2.3.4")))).await;
    }
    world.emit(CONNECTED).await;
    let mut named = 0;
    while signal::receive(&mut world.peer).await.unwrap().is_some() {
        named += 1;
    }
    assert_eq!(named, MAX_CANDIDATES);
    assert!(world.outcome().await.is_ok());
}

#[tokio::test]
async fn an_oversize_or_senseless_signal_ends_the_attempt() {
    for bytes in [&[0xff, 0xff, 0x7f][..], &[3, 1, 2, 3]] {
        let mut world = answerer();
        world.peer.write_all(bytes).await.unwrap();
        assert!(matches!(world.outcome().await, Err(Failure::Signal(_))));
    }
}

#[tokio::test]
async fn a_silent_peer_costs_nothing_but_its_own_attempt() {
    let mut world = answerer();
    world.answer().await;
    assert!((&mut world.outcome).now_or_never().is_none());
    world.outcome.abort();
    assert_eq!(timeout(Duration::from_secs(5), world.commands.next()).await.unwrap(), None);
}

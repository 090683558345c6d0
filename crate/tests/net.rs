//! Devices and their relays on loopback: kept connected, reached through circuits, bounded.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

mod net_support;

use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::{PeerId, StreamProtocol};
use net_support::{Line, Relay, device, device_at, local, until};
use spinney::net::streams::{Control, Stream};
use spinney::net::{ConnectError, Event, MAX_VISITED, Net, Path, Provider};

const ECHO: StreamProtocol = StreamProtocol::new("/test/echo/1");

/// Echoes every stream until it ends.
fn echo(control: &Control) {
    let mut accepted = control.accept(ECHO).unwrap();
    tokio::spawn(async move {
        while let Some(one) = accepted.next().await {
            tokio::spawn(async move {
                let (reader, mut writer) = one.stream.split();
                futures::io::copy(reader, &mut writer).await
            });
        }
    });
}

async fn speak(stream: &mut Stream) {
    stream.write_all(b"hello").await.unwrap();
    stream.flush().await.unwrap();
    let mut back = [0; 5];
    stream.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"hello");
}

fn through(relay: &Relay, device: &Net) -> Provider {
    Provider::Device { device: device.peer_id(), relay: relay.address() }
}

#[tokio::test]
async fn a_device_reaches_another_through_a_relay_that_is_not_its_own() {
    local(async {
        let (hers, his) = (Relay::start().await, Relay::start().await);
        let ((anna, mut told), (ben, _events)) = (device_at(&hers).await, device_at(&his).await);
        echo(ben.streams());
        let mut stream = anna.open(&through(&his, &ben), ECHO).await.unwrap();
        speak(&mut stream).await;
        until(&mut told, |event| *event == Event::Peer { peer: ben.peer_id(), path: Some(Path::Relayed) })
            .await;
        let status = anna.status().await;
        assert!(status.relays.len() == 1 && status.relays[0].connected && status.relays[0].reserved);
        assert_eq!(status.peers.len(), 3, "her relay, his relay, and he: {status:?}");
    })
    .await;
}

#[tokio::test]
async fn a_relay_that_restarts_is_connected_and_listened_through_again() {
    local(async {
        let relay = Relay::start().await;
        let (ben, mut events) = device_at(&relay).await;
        echo(ben.streams());
        let (key, port) = relay.stop().await;
        until(&mut events, |event| matches!(event, Event::Relay { connected: false, .. })).await;
        assert!(!ben.status().await.relays[0].connected);

        let relay = Relay::start_at(key, port).await;
        ben.probe().await;
        until(&mut events, |event| matches!(event, Event::Relay { reserved: true, .. })).await;
        let (anna, _events) = device();
        speak(&mut anna.open(&through(&relay, &ben), ECHO).await.unwrap()).await;
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_died_in_silence_is_found_by_a_probe_and_made_again() {
    local(async {
        let relay = Relay::start().await;
        let line = Line::to(relay.port).await;
        let (net, mut events) = device();
        net.set_relays(vec![relay.address_at(line.port)], None).await;
        until(&mut events, |event| matches!(event, Event::Relay { reserved: true, .. })).await;
        line.freeze();
        net.probe().await;
        until(&mut events, |event| matches!(event, Event::Relay { connected: false, .. })).await;
        line.thaw();
        until(&mut events, |event| matches!(event, Event::Relay { reserved: true, .. })).await;
    })
    .await;
}

#[tokio::test]
async fn who_is_not_there_or_is_somebody_else_is_unreachable() {
    local(async {
        let relay = Relay::start().await;
        let (net, _events) = device();
        let nobody = Provider::Device { device: PeerId::random(), relay: relay.address() };
        assert_eq!(net.connect(&nobody).await, Err(ConnectError::Unreachable));
        let other = Relay::start().await;
        let wrong = Provider::Relay(relay.address_at(other.port));
        assert!(net.connect(&wrong).await.is_ok(), "it is connected already, at its true address");
        let (net, _events) = device();
        assert_eq!(net.connect(&wrong).await, Err(ConnectError::Unreachable));
        let address = other.address();
        other.stop().await;
        assert_eq!(net.connect(&Provider::Relay(address)).await, Err(ConnectError::Unreachable));
    })
    .await;
}

#[tokio::test]
async fn relays_of_others_are_visited_a_few_at_once_and_idle_ones_are_left_first() {
    local(async {
        let (net, _events) = device();
        let mut relays = Vec::new();
        let mut streams = Vec::new();
        for _ in 0..MAX_VISITED {
            let relay = Relay::start().await;
            echo(&relay.control);
            let mut stream = net.open(&Provider::Relay(relay.address()), ECHO).await.unwrap();
            speak(&mut stream).await;
            streams.push(stream);
            relays.push(relay);
        }
        let one_more = Relay::start().await;
        echo(&one_more.control);
        let provider = Provider::Relay(one_more.address());
        assert_eq!(net.connect(&provider).await, Err(ConnectError::TooManyRelays));
        drop(streams.remove(0));
        while net.streams().is_used(relays[0].peer()) {
            tokio::task::yield_now().await;
        }
        speak(&mut net.open(&provider, ECHO).await.unwrap()).await;
        assert!(net.streams().path(relays[1].peer()).is_some());
    })
    .await;
}

#[tokio::test]
async fn dropping_the_last_handle_stops_the_task_and_tells_the_waiting_callers() {
    local(async {
        let relay = Relay::start().await;
        echo(&relay.control);
        let (net, mut events) = device_at(&relay).await;
        let mut stream = net.open(&Provider::Relay(relay.address()), ECHO).await.unwrap();
        speak(&mut stream).await;
        let control = net.streams().clone();
        let mut accepted = control.accept(ECHO).unwrap();
        drop(net);
        assert!(accepted.next().await.is_none());
        while events.next().await.is_some() {}
        assert!(control.path(relay.peer()).is_none());
        assert!(!matches!(stream.read(&mut [0]).await, Ok(1..)));
    })
    .await;
}

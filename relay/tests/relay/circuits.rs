//! Two devices that cannot reach each other meet at the relay.

use std::time::Duration;

use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::{
    Multiaddr, StreamProtocol, Swarm, SwarmBuilder,
    multiaddr::Protocol,
    noise, relay,
    swarm::{NetworkBehaviour, SwarmEvent},
    tcp, yamux,
};
use spinney::net::streams::{self, Control};

use crate::relay::Local;

const TALK: StreamProtocol = StreamProtocol::new("/test/talk");

/// What passes over the circuit: far more than the 128 KiB of libp2p's defaults.
const TALKED: usize = 3 << 20;

#[derive(NetworkBehaviour)]
struct Behaviour {
    circuits: relay::client::Behaviour,
    streams: streams::Behaviour,
}

async fn device() -> (Swarm<Behaviour>, Control) {
    let control = Control::new();
    let swarm = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .unwrap()
        .with_websocket(noise::Config::new, yamux::Config::default)
        .await
        .unwrap()
        .with_relay_client(noise::Config::new, yamux::Config::default)
        .unwrap()
        .with_behaviour(|_, circuits| Behaviour {
            circuits,
            streams: streams::Behaviour::new(control.clone()),
        })
        .unwrap()
        .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(30)))
        .build();
    (swarm, control)
}

fn drive(mut swarm: Swarm<Behaviour>) {
    tokio::spawn(async move {
        loop {
            swarm.select_next_some().await;
        }
    });
}

#[tokio::test]
async fn two_devices_talk_over_a_circuit_and_it_is_counted() {
    let relay = Local::start().await;
    let meeting: Multiaddr = relay.address().clone().with(Protocol::P2pCircuit);
    let (mut ann, ann_streams) = device().await;
    let (mut ben, ben_streams) = device().await;
    let ann_id = *ann.local_peer_id();
    ann.listen_on(meeting.clone()).unwrap();
    // The relay's own addresses come with the reservation.
    let reserved =
        async { while !matches!(ann.select_next_some().await, SwarmEvent::NewListenAddr { .. }) {} };
    tokio::time::timeout(Duration::from_secs(30), reserved).await.expect("a reservation");
    let mut accepted = ann_streams.accept(TALK).unwrap();
    drive(ann);

    ben.dial(meeting.with(Protocol::P2p(ann_id))).unwrap();
    let met = async {
        while ben_streams.path(ann_id).is_none() {
            ben.select_next_some().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), met).await.expect("a circuit");
    drive(ben);
    let talk = async {
        let mut stream = ben_streams.open_to(ann_id, TALK).await.unwrap();
        stream.write_all(&vec![7; TALKED]).await.unwrap();
        stream.close().await.unwrap();
        stream
    };
    let listen = async {
        let mut stream = accepted.next().await.unwrap().stream;
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).await.unwrap();
        heard
    };
    let (_stream, heard) = futures::join!(talk, listen);
    assert_eq!(heard.len(), TALKED);
    assert_eq!(relay.counter("circuits").await, 1);
}

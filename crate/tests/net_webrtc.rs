//! Circuits that are replaced by direct connections, and returned to. The windows are simulated; all else is real.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

mod net_support;

use std::sync::Arc;

use futures::channel::mpsc;
use futures::stream::FuturesUnordered;
use futures::{AsyncReadExt, AsyncWriteExt, FutureExt, StreamExt};
use libp2p::StreamProtocol;
use net_support::window::Air;
use net_support::{Relay, Shelf, at, device_in, local, until};
use spinney::net::streams::{Control, Stream};
use spinney::net::webrtc::Obstacle;
use spinney::net::{Event, Net, Path, Provider};
use tokio::sync::Semaphore;

const ECHO: StreamProtocol = StreamProtocol::new("/test/echo/1");
const ASK: StreamProtocol = StreamProtocol::new("/test/ask/1");

/// Two devices at one relay; each may learn where the other is, and the second echoes.
struct World {
    relay: Relay,
    air: Air,
    anna: Net,
    told: mpsc::Receiver<Event>,
    ben: Net,
    _told: mpsc::Receiver<Event>,
}

impl World {
    async fn new() -> Self {
        Self::with(Shelf::default()).await
    }

    /// The second device has these blocks.
    async fn with(shelf: Shelf) -> Self {
        let (relay, air) = (Relay::start().await, Air::default());
        let (anna, told) = at(&relay, device_in(&air, Shelf::default())).await;
        let (ben, _told) = at(&relay, device_in(&air, shelf)).await;
        anna.allow_direct([ben.peer_id()].into()).await;
        ben.allow_direct([anna.peer_id()].into()).await;
        echo(ben.streams());
        Self { relay, air, anna, told, ben, _told }
    }

    fn ben(&self) -> Provider {
        Provider::Device { device: self.ben.peer_id(), relay: self.relay.address() }
    }

    async fn speak(&self) {
        speak(&mut self.anna.open(&self.ben(), ECHO).await.unwrap()).await;
    }

    /// Waits until the second device is reached so.
    async fn until(&mut self, path: Path) {
        let ben = self.ben.peer_id();
        until(&mut self.told, |event| *event == Event::Peer { peer: ben, path: Some(path) }).await;
    }

    /// Waits until a direct connection has been offered.
    async fn until_offered(&self) {
        while self.air.offers() == 0 {
            tokio::task::yield_now().await;
        }
    }

    async fn path(&self) -> Option<Path> {
        let status = self.anna.status().await;
        let ben = status.peers.iter().filter(|peer| peer.peer == self.ben.peer_id());
        ben.map(|peer| peer.path).max()
    }
}

fn echo(control: &Control) {
    let mut accepted = control.accept(ECHO).unwrap();
    tokio::spawn(async move {
        while let Some(one) = accepted.next().await {
            tokio::spawn(async move {
                let (reader, mut writer) = one.stream.split();
                futures::io::copy(reader, &mut writer).await?;
                writer.close().await
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

#[tokio::test]
async fn a_circuit_is_replaced_by_a_direct_connection() {
    local(async {
        let mut world = World::new().await;
        world.speak().await;
        world.until(Path::Direct).await;

        let mut stream = world.anna.open(&world.ben(), ECHO).await.unwrap();
        let sent: Vec<u8> = (0..3_000_000_u32).map(|n| n as u8).collect();
        let (mut reader, mut writer) = (&mut stream).split();
        let mut back = Vec::new();
        let write = async {
            writer.write_all(&sent).await?;
            writer.close().await
        };
        let (written, read) = futures::join!(write, reader.read_to_end(&mut back));
        written.unwrap();
        read.unwrap();
        assert!(back == sent);
        assert_eq!(world.air.offers(), 1);
    })
    .await;
}

/// Identify tells peers where we see them, and js-libp2p breaks off at an address without number or name.
#[tokio::test]
async fn a_peer_that_connects_directly_is_told_no_address() {
    local(async {
        let mut world = World::new().await;
        let mut asked = world.ben.streams().accept(ASK).unwrap();
        world.speak().await;
        world.until(Path::Direct).await;
        let _stream = world.anna.open(&world.ben(), ASK).await.unwrap();
        assert_eq!(asked.next().await.unwrap().remote.to_string(), "");
    })
    .await;
}

#[tokio::test]
async fn a_peer_that_must_not_learn_the_address_is_not_answered() {
    local(async {
        let world = World::new().await;
        world.ben.allow_direct([].into()).await;
        world.speak().await;
        world.until_offered().await;
        // An answer would have come before these.
        for _ in 0..10 {
            world.speak().await;
        }
        assert_eq!(
            (world.path().await, world.air.offers(), world.air.answers()),
            (Some(Path::Relayed), 1, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn who_leaves_the_list_sees_no_end_of_the_connection_and_is_not_answered_anew() {
    local(async {
        let mut world = World::new().await;
        let mut stream = world.anna.open(&world.ben(), ECHO).await.unwrap();
        speak(&mut stream).await;
        world.until(Path::Direct).await;
        let mut stream = world.anna.open(&world.ben(), ECHO).await.unwrap();
        world.ben.allow_direct([].into()).await;
        for _ in 0..10 {
            speak(&mut stream).await;
        }
        assert_eq!(world.path().await, Some(Path::Direct));
        let answers = world.air.answers();
        world.air.cut();
        world.until(Path::Relayed).await;
        while world.air.offers() < 2 {
            world.speak().await;
        }
        for _ in 0..10 {
            world.speak().await;
        }
        assert_eq!((world.path().await, world.air.answers()), (Some(Path::Relayed), answers));
    })
    .await;
}

#[tokio::test]
async fn who_may_learn_the_address_no_more_is_reached_through_the_relay_again() {
    local(async {
        let mut world = World::new().await;
        world.speak().await;
        world.until(Path::Direct).await;
        world.anna.refuse_direct().await;
        world.until(Path::Relayed).await;
        world.speak().await;
        let status = world.anna.status().await;
        let ben = status.peers.iter().find(|peer| peer.peer == world.ben.peer_id()).unwrap();
        assert_eq!(ben.obstacle, Some(Obstacle::NotAllowed));
        // The relay is connected in another way, and stays so.
        assert!(status.relays[0].connected);
        while let Some(Some(event)) = world.told.next().now_or_never() {
            assert!(!matches!(event, Event::Relay { connected: false, .. }), "{event:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_direct_connection_that_breaks_gives_way_to_the_circuit_and_is_made_again() {
    local(async {
        let mut world = World::new().await;
        world.speak().await;
        world.until(Path::Direct).await;
        // Something that goes on, so that another attempt is worth it.
        let circuit = world.anna.streams().circuit(world.ben.peer_id()).unwrap();
        let mut lasting = world.anna.streams().open(circuit, ECHO).await.unwrap();
        world.air.cut();
        world.until(Path::Relayed).await;
        world.speak().await;
        world.until(Path::Direct).await;
        speak(&mut lasting).await;
        assert_eq!(world.air.offers(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_transfer_crosses_between_circuit_and_direct_connection_without_beginning_anew() {
    local(async {
        const SIZE: usize = 64 * 1024;
        let (mut shelf, cids) = Shelf::filled(1_000, SIZE);
        let given = Arc::new(Semaphore::new(100));
        shelf.left = Some(given.clone());
        let mut world = World::with(shelf).await;
        world.air.block();
        let ben = [world.ben()];
        let mut coming: FuturesUnordered<_> = cids.iter().map(|cid| world.anna.fetch(*cid, &ben)).collect();
        for _ in 0..100 {
            coming.next().await.unwrap().unwrap();
        }

        world.air.unblock();
        until(&mut world.told, |event| matches!(event, Event::Peer { path: Some(Path::Direct), .. })).await;
        given.add_permits(400);
        for _ in 0..300 {
            coming.next().await.unwrap().unwrap();
        }

        world.air.cut();
        given.add_permits(600);
        while let Some(block) = coming.next().await {
            block.unwrap();
        }
        let twice = world.ben.bytes_served() - (cids.len() * SIZE) as u64;
        assert!(twice < 2_000_000, "{twice} bytes were sent twice");
    })
    .await;
}

#[tokio::test]
async fn where_there_is_no_way_the_circuit_serves_and_attempts_are_rare() {
    local(async {
        let world = World::new().await;
        world.air.block();
        world.speak().await;
        world.until_offered().await;
        for _ in 0..10 {
            world.speak().await;
        }
        assert_eq!((world.path().await, world.air.offers()), (Some(Path::Relayed), 1));
    })
    .await;
}

#[tokio::test]
async fn two_that_dial_each_other_at_once_are_connected_directly() {
    local(async {
        let mut world = World::new().await;
        echo(world.anna.streams());
        let anna = Provider::Device { device: world.anna.peer_id(), relay: world.relay.address() };
        let (here, there) = (world.ben(), anna);
        let (a, b) = futures::join!(world.anna.connect(&here), world.ben.connect(&there));
        a.unwrap();
        b.unwrap();
        world.until(Path::Direct).await;
        world.speak().await;
    })
    .await;
}

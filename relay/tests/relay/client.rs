//! A person's device, natively: the crate's own functions over a real WebSocket.

use std::{pin::pin, time::Duration};

use bytes::Bytes;
use futures::{StreamExt, stream};
use ipld_core::ipld::Ipld;
use libp2p::{
    Multiaddr, PeerId, StreamProtocol, Swarm, Transport,
    core::upgrade::Version,
    identity::{Keypair, ed25519},
    multiaddr::Protocol,
    noise,
    swarm::{self, SwarmEvent},
    tcp, websocket, yamux,
};
use spinney::{
    crypto::sign::VerifyingKey,
    format::{Cid, DAG_CBOR, cbor, cid_of, ipns},
    keys::{Id, Phrase, Ring, device},
    net::{
        keep::{self, PinOutcome, Session},
        mailbox::{self, Mail, Update},
        records,
        streams::{self, Control, IncomingStream, Stream},
    },
    platform,
};
use tokio::task::JoinHandle;

/// Longer than any test waits for a connection, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a keeper refused, where it has to.
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, keep::Error>) -> keep::Refusal {
    match result {
        Err(keep::Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// Pushes blocks in a session of their own.
pub(crate) async fn push(client: &Client, blocks: &[(Cid, Bytes)]) -> Result<(), keep::Error> {
    client.keep().await.push(stream::iter(blocks.to_vec()), |_| ()).await.map(drop)
}

/// A device with one connection to a relay; ends with its drop.
pub(crate) struct Client {
    line: Line,
    ring: Ring,
    device: PeerId,
    certificate: Vec<u8>,
}

/// A connection to a relay under any key; ends with its drop.
pub(crate) struct Line {
    control: Control,
    relay: PeerId,
    swarm: JoinHandle<()>,
}

impl Line {
    /// Connects; `None` if the relay refuses.
    pub(crate) async fn open(address: &Multiaddr, key: Keypair) -> Option<Self> {
        let control = Control::new();
        let noise = noise::Config::new(&key).unwrap();
        let mut muxer = yamux::Config::default();
        muxer.set_max_num_streams(4096);
        let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true));
        let transport =
            websocket::Config::new(tcp).upgrade(Version::V1Lazy).authenticate(noise).multiplex(muxer);
        let config = swarm::Config::with_tokio_executor().with_idle_connection_timeout(PATIENCE);
        let behaviour = streams::Behaviour::new(control.clone());
        let mut swarm = Swarm::new(transport.boxed(), behaviour, key.public().to_peer_id(), config);
        let Some(Protocol::P2p(relay)) = address.iter().last() else { panic!("{address} names no peer") };
        swarm.dial(address.clone()).unwrap();
        let connected = async {
            while control.path(relay).is_none() {
                if let SwarmEvent::OutgoingConnectionError { .. } = swarm.select_next_some().await {
                    return None;
                }
            }
            Some(())
        };
        tokio::time::timeout(PATIENCE, connected).await.expect("the relay answers")?;
        let swarm = tokio::spawn(async move {
            loop {
                swarm.select_next_some().await;
            }
        });
        Some(Self { control, relay, swarm })
    }

    /// The same under a new key.
    pub(crate) async fn of_stranger(address: &Multiaddr) -> Option<Self> {
        Self::open(address, Keypair::generate_ed25519()).await
    }

    /// A stream, or none where the relay is gone.
    pub(crate) async fn try_stream(&self, protocol: StreamProtocol) -> Option<Stream> {
        self.control.open_to(self.relay, protocol).await.ok()
    }

    pub(crate) async fn stream(&self, protocol: StreamProtocol) -> Stream {
        self.try_stream(protocol).await.expect("a stream opens")
    }

    /// Streams that the relay opens.
    pub(crate) fn accept(
        &self,
        protocol: StreamProtocol,
    ) -> impl futures::Stream<Item = IncomingStream> + Unpin {
        self.control.accept(protocol).expect("it is accepted once")
    }

    /// Ends when the relay closes the connection.
    pub(crate) async fn closed(&self) {
        let mut path = self.control.follow(self.relay).expect("it is open");
        while path.changed().await.is_some() {}
    }
}

impl Client {
    /// Connects the device of the person that grows from `seed`.
    pub(crate) async fn connect(address: &Multiaddr, seed: u8) -> Self {
        Self::connect_as(address, seed, seed ^ 0xff).await
    }

    /// Connects another device of that person.
    pub(crate) async fn connect_as(address: &Multiaddr, seed: u8, device: u8) -> Self {
        let secret = ed25519::SecretKey::try_from_bytes([device; 32]).unwrap();
        let key = ed25519::Keypair::from(secret);
        let verifying = VerifyingKey::from_bytes(&key.public().to_bytes()).unwrap();
        let key = Keypair::from(key);
        let device = key.public().to_peer_id();
        let ring = ring(seed);
        let certificate = device::issue(&ring, &verifying, platform::now_ms());
        let line = Line::open(address, key).await.expect("the relay answers");
        Self { line, ring, device, certificate }
    }

    pub(crate) fn id(&self) -> Id {
        self.ring.id()
    }

    pub(crate) fn device(&self) -> PeerId {
        self.device
    }

    pub(crate) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// A record of this person that points to `root`.
    pub(crate) fn record(&self, root: &Cid, sequence: u64) -> Vec<u8> {
        ipns::sign(self.ring.identity(), root, sequence, platform::now_ms())
    }

    /// Pushes and pins a root that grows from `seed`, so that our record may name it.
    pub(crate) async fn root(&self, seed: u64) -> Cid {
        let bytes = cbor::from_ipld(&Ipld::List(vec![Ipld::Integer(seed.into())]));
        let cid = cid_of(DAG_CBOR, &bytes);
        let mut session = self.keep().await;
        session.push(stream::iter([(cid, bytes.into())]), |_| ()).await.expect("there is room");
        assert_eq!(session.pin(&cid).await.expect("there is room"), PinOutcome::Kept);
        cid
    }

    /// Publishes a root and its record, and returns the record.
    pub(crate) async fn publish(&self, seed: u64, sequence: u64) -> Vec<u8> {
        let record = self.record(&self.root(seed).await, sequence);
        records::put(&mut self.records().await, self.id(), &record, None).await.expect("the record is good");
        record
    }

    pub(crate) async fn open(&self, protocol: StreamProtocol) -> Stream {
        self.try_open(protocol).await.expect("a stream opens")
    }

    /// A stream, or none where the relay is gone.
    pub(crate) async fn try_open(&self, protocol: StreamProtocol) -> Option<Stream> {
        self.line.try_stream(protocol).await
    }

    pub(crate) async fn records(&self) -> Stream {
        self.open(records::PROTOCOL).await
    }

    /// A session, or none where the relay is gone.
    pub(crate) async fn try_keep(&self) -> Option<Session<Stream>> {
        let stream = self.try_open(keep::PROTOCOL).await?;
        Session::open(stream, Some(&self.certificate)).await.ok()
    }

    /// Our own mailbox.
    pub(crate) async fn mailbox(&self) -> mailbox::Session<Stream> {
        let stream = self.open(mailbox::PROTOCOL).await;
        mailbox::Session::open(stream, &self.certificate).await.expect("the certificate is good")
    }

    /// What is in our mailbox.
    pub(crate) async fn found(&self) -> Vec<Mail> {
        let mut updates = pin!(self.mailbox().await.watch().await.unwrap());
        let mut mails = Vec::new();
        while let Update::Mail(mail) = updates.next().await.unwrap().unwrap() {
            mails.push(mail);
        }
        mails
    }

    pub(crate) async fn keep(&self) -> Session<Stream> {
        self.keep_as(Some(&self.certificate)).await.expect("the certificate is good")
    }

    pub(crate) async fn keep_as(&self, certificate: Option<&[u8]>) -> Result<Session<Stream>, keep::Error> {
        Session::open(self.open(keep::PROTOCOL).await, certificate).await
    }
}

/// What grows from a phrase of one byte, repeated.
pub(crate) fn ring(seed: u8) -> Ring {
    Ring::from_phrase(&Phrase::from_bytes([seed; 32]))
}

impl Drop for Line {
    fn drop(&mut self) {
        self.swarm.abort();
    }
}

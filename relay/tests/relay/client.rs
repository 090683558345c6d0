//! A person's device, natively: the crate's own functions over a real WebSocket.

use std::{pin::pin, time::Duration};

use futures::{StreamExt, stream};
use ipld_core::ipld::Ipld;
use libp2p::{
    Multiaddr, PeerId, StreamProtocol, SwarmBuilder,
    identity::{Keypair, ed25519},
    multiaddr::Protocol,
    noise, tcp, yamux,
};
use spinney::{
    crypto::sign::VerifyingKey,
    format::{Cid, DAG_CBOR, cbor, cid_of, ipns},
    keys::{Id, Phrase, Ring, device},
    net::{
        keep::{self, PinOutcome, Session},
        mailbox::{self, Mail, Update},
        records,
        streams::{self, Control, Stream},
    },
    platform,
};
use tokio::task::JoinHandle;

/// Longer than any test waits for a connection, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(30);

/// A device with one connection to a relay; ends with its drop.
pub(crate) struct Client {
    control: Control,
    relay: PeerId,
    ring: Ring,
    device: PeerId,
    certificate: Vec<u8>,
    swarm: JoinHandle<()>,
}

impl Client {
    /// Connects the device of the person that grows from `seed`.
    pub(crate) async fn connect(address: &Multiaddr, seed: u8) -> Self {
        let secret = ed25519::SecretKey::try_from_bytes([seed ^ 0xff; 32]).unwrap();
        let key = ed25519::Keypair::from(secret);
        let verifying = VerifyingKey::from_bytes(&key.public().to_bytes()).unwrap();
        let key = Keypair::from(key);
        let device = key.public().to_peer_id();
        let ring = ring(seed);
        let certificate = device::issue(&ring, &verifying, platform::now_ms());
        let control = Control::new();
        let mut swarm = SwarmBuilder::with_existing_identity(key)
            .with_tokio()
            .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)
            .unwrap()
            .with_websocket(noise::Config::new, yamux::Config::default)
            .await
            .unwrap()
            .with_behaviour(|_| streams::Behaviour::new(control.clone()))
            .unwrap()
            .with_swarm_config(|config| config.with_idle_connection_timeout(PATIENCE))
            .build();
        let Some(Protocol::P2p(relay)) = address.iter().last() else { panic!("{address} names no peer") };
        swarm.dial(address.clone()).unwrap();
        let connected = async {
            while control.path(relay).is_none() {
                swarm.select_next_some().await;
            }
        };
        tokio::time::timeout(PATIENCE, connected).await.expect("the relay answers");
        let swarm = tokio::spawn(async move {
            loop {
                swarm.select_next_some().await;
            }
        });
        Self { control, relay, ring, device, certificate, swarm }
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
        self.control.open_to(self.relay, protocol).await.ok()
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

impl Drop for Client {
    fn drop(&mut self) {
        self.swarm.abort();
    }
}

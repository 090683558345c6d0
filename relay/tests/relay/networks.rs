//! Limits by network, behind a proxy.

use std::{net::SocketAddr, time::Duration};

use futures::{
    StreamExt,
    future::join_all,
    stream::{self, FuturesUnordered},
};
use libp2p::{Multiaddr, identity::Keypair, multiaddr::Protocol};
use spinney::net::{
    exchange,
    keep::{self, Session},
    records::{self, Refusal},
    streams::Stream,
};
use spinney_relay::config::Admission;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{
    client::{Client, Line},
    relay::{Local, Program},
    sample::Seeded,
};

/// Sockets of one network that do not speak Noise.
const HALF_OPEN: usize = 80;

/// So many of them the relay waits for.
const WAITED_FOR: usize = 8;

/// Shorter than the time that the relay waits.
const AT_ONCE: Duration = Duration::from_secs(4);

/// Connections of one device, and of one network.
const OF_DEVICE: usize = 8;
const OF_NETWORK: usize = 256;

/// A proxy on this machine that names one client for all who come through it.
struct Proxy {
    address: Multiaddr,
    task: JoinHandle<()>,
}

impl Proxy {
    async fn start(relay: &Local, client: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut address: Multiaddr =
            relay.address().iter().filter(|part| !matches!(part, Protocol::P2p(_))).collect();
        address = address.replace(1, |_| Some(Protocol::Tcp(port))).expect("it has a port");
        let Some(peer @ Protocol::P2p(_)) = relay.address().iter().last() else { panic!("it has a peer") };
        let (to, line) = (relay.running.local(), format!("X-Forwarded-For: {client}\r\n"));
        let task = tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let line = line.clone();
                // A connection that breaks is none of ours.
                tokio::spawn(async move { pass_on(near, to, &line).await.ok() });
            }
        });
        Self { address: address.with(peer), task }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(mut near: TcpStream, to: SocketAddr, line: &str) -> std::io::Result<()> {
    let mut far = TcpStream::connect(to).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(near.read_u8().await?);
    }
    head.splice(head.len() - 2..head.len() - 2, line.bytes());
    far.write_all(&head).await?;
    copy_bidirectional(&mut near, &mut far).await.map(|_| ())
}

/// A relay that stands behind a proxy.
async fn behind_proxy() -> Local {
    Local::with(|config| {
        config.external.push("/dns4/relay.example/tcp/443/wss".parse().unwrap());
        config.admission = Some(Admission::Open);
    })
    .await
}

/// A WebSocket on which nothing is said, and the status of its answer.
async fn half_open(relay: SocketAddr, lines: &str) -> (u16, TcpStream) {
    let mut stream = TcpStream::connect(relay).await.unwrap();
    let head = format!(
        "GET / HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), stream)
}

/// Waits until so many of the sockets are closed.
async fn closed(sockets: &mut [TcpStream], count: usize) {
    let ends = sockets.iter_mut().map(async |socket| {
        // A WebSocket may say that it closes; then comes the end, or a reset.
        while socket.read_u8().await.is_ok() {}
    });
    let ends: FuturesUnordered<_> = ends.collect();
    tokio::time::timeout(AT_ONCE, ends.take(count).count()).await.expect("they are closed at once");
}

#[tokio::test]
async fn half_open_sockets_of_one_network_keep_nobody_else_out() {
    let relay = behind_proxy().await;
    let mut sockets = Vec::new();
    for _ in 0..HALF_OPEN {
        let (status, socket) = half_open(relay.running.local(), "X-Forwarded-For: 192.0.2.1\r\n").await;
        assert_eq!(status, 101);
        sockets.push(socket);
    }
    let proxy = Proxy::start(&relay, "198.51.100.7").await;
    Line::of_stranger(&proxy.address).await.expect("others get in");
    closed(&mut sockets, HALF_OPEN - WAITED_FOR).await;
}

#[tokio::test]
async fn half_open_sockets_without_a_name_keep_out_only_those_without_a_name() {
    let relay = behind_proxy().await;
    let mut sockets = Vec::new();
    for lines in ["", "X-Forwarded-For: unknown\r\n", "X-Forwarded-For: 127.0.0.1\r\n"].repeat(WAITED_FOR) {
        sockets.push(half_open(relay.running.local(), lines).await.1);
    }
    assert!(Line::of_stranger(relay.address()).await.is_none(), "they share the limits of one network");
    let proxy = Proxy::start(&relay, "[2001:db8::7]:5678").await;
    Line::of_stranger(&proxy.address).await.expect("others get in");
    closed(&mut sockets, 2 * WAITED_FOR).await;
}

#[tokio::test]
async fn a_proxy_that_does_not_name_its_clients_is_warned_of_once() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let program = Program::logging(&folder.path().join("data"), &log);
    let Some(Protocol::Tcp(port)) = program.address.iter().nth(1) else { panic!("{}", program.address) };
    for _ in 0..3 {
        half_open(([127, 0, 0, 1], port).into(), "Via: 1.1 proxy\r\n").await;
    }
    program.terminate();
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(log.matches("X-Forwarded-For").count(), 1, "{log}");
}

async fn until_let_in(address: &Multiaddr, key: &Keypair) -> Line {
    loop {
        if let Some(line) = Line::open(address, key.clone()).await {
            return line;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_has_so_many_connections_and_others_have_theirs() {
    let relay = behind_proxy().await;
    let (crowd, other) = (Proxy::start(&relay, "192.0.2.1").await, Proxy::start(&relay, "192.0.2.2").await);
    let mut lines = Vec::new();
    for _ in 0..OF_NETWORK / OF_DEVICE {
        let key = Keypair::generate_ed25519();
        // While eight are being authenticated, the next one has to try again.
        let opened = join_all((0..OF_DEVICE).map(|_| until_let_in(&crowd.address, &key)));
        lines.extend(tokio::time::timeout(10 * AT_ONCE, opened).await.expect("there is room"));
    }
    assert!(Line::of_stranger(&crowd.address).await.is_none());
    let (status, _) = half_open(relay.running.local(), "X-Forwarded-For: 192.0.2.1\r\n").await;
    assert_eq!(status, 429);
    Line::of_stranger(&other.address).await.expect("others get in");
    // Who leaves makes room.
    drop(lines.pop());
    let again = async { while Line::of_stranger(&crowd.address).await.is_none() {} };
    tokio::time::timeout(AT_ONCE, again).await.expect("there is room again");
}

/// Starts a watch; the refusal if there are too many.
async fn watch(line: &Line, known: &Client) -> Result<impl Sized + use<>, Refusal> {
    let stream = line.stream(records::PROTOCOL).await;
    let mut updates = Box::pin(records::watch(stream, vec![(known.id(), 0)]).await.unwrap());
    match updates.next().await {
        Some(Ok(records::Update::Current)) => Ok(updates),
        Some(Err(exchange::Error::Refused(refusal))) => Err(refusal),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn watches_count_by_connection_and_by_network() {
    let relay = behind_proxy().await;
    let (crowd, other) = (Proxy::start(&relay, "192.0.2.1").await, Proxy::start(&relay, "192.0.2.2").await);
    let ann = Client::connect(&other.address, 1).await;
    let (mut lines, mut watches) = (Vec::new(), Vec::new());
    for _ in 0..8 {
        let line = Line::of_stranger(&crowd.address).await.unwrap();
        for _ in 0..8 {
            watches.push(watch(&line, &ann).await.expect("there is room"));
        }
        assert_eq!(watch(&line, &ann).await.err(), Some(Refusal::Unavailable));
        lines.push(line);
    }
    let ninth = Line::of_stranger(&crowd.address).await.unwrap();
    assert_eq!(watch(&ninth, &ann).await.err(), Some(Refusal::Unavailable));
    watch(&Line::of_stranger(&other.address).await.unwrap(), &ann).await.expect("others watch");
    drop(watches.pop());
    let again = async { while watch(&ninth, &ann).await.is_err() {} };
    tokio::time::timeout(AT_ONCE, again).await.expect("there is room again");
}

/// A session that shows no certificate, and has asked something.
async fn anonymous(line: &Line, asked: &cid::Cid) -> Session<Stream> {
    let mut session = Session::open(line.stream(keep::PROTOCOL).await, None).await.unwrap();
    assert_eq!(session.have(&[*asked]).await.unwrap(), [false]);
    session
}

#[tokio::test]
async fn sessions_without_blocks_keep_nobody_from_pushing() {
    let relay = Local::start().await;
    let (cid, bytes) = Seeded(1).raw(1000);
    let (mut lines, mut sessions) = (Vec::new(), Vec::new());
    for seed in 10..16 {
        let line = Line::of_stranger(relay.address()).await.unwrap();
        let client = Client::connect(relay.address(), seed).await;
        for _ in 0..8 {
            sessions.push(anonymous(&line, &cid).await);
            sessions.push(client.keep().await);
        }
        lines.push((line, client));
    }
    let pushed = async {
        let ann = Client::connect(relay.address(), 1).await;
        let mut keep = ann.keep().await;
        keep.push(stream::iter([(cid, bytes)]), |_| ()).await.unwrap();
        keep.pin(&cid).await.unwrap()
    };
    let pinned = tokio::time::timeout(AT_ONCE, pushed).await.expect("a push is not kept waiting");
    assert_eq!(pinned, keep::PinOutcome::Kept);
}

#[tokio::test]
async fn sessions_of_a_loan_count_by_network_and_in_all() {
    let relay = behind_proxy().await;
    let ann = Client::connect(relay.address(), 1).await;
    let token = [7; 32];
    ann.keep().await.lend(&token, 1 << 20, u64::MAX >> 11).await.unwrap();
    let (mut sessions, mut crowds) = (Vec::new(), Vec::new());
    for network in 1..=4 {
        let proxy = Proxy::start(&relay, &format!("192.0.2.{network}")).await;
        let line = Line::of_stranger(&proxy.address).await.unwrap();
        for _ in 0..8 {
            let stream = line.stream(keep::PROTOCOL).await;
            sessions.push(Session::open_with_token(stream, &token).await.unwrap());
        }
        let more = Session::open_with_token(line.stream(keep::PROTOCOL).await, &token).await;
        assert!(matches!(more, Err(exchange::Error::Refused(keep::Refusal::Unavailable))));
        // Who has no token has their own.
        anonymous(&line, &Seeded(1).raw(10).0).await;
        sessions.last_mut().unwrap().have(&[Seeded(1).raw(10).0]).await.unwrap();
        crowds.push((line, proxy));
    }
    let last = Proxy::start(&relay, "192.0.2.5").await;
    let line = Line::of_stranger(&last.address).await.unwrap();
    let more = Session::open_with_token(line.stream(keep::PROTOCOL).await, &token).await;
    assert!(matches!(more, Err(exchange::Error::Refused(keep::Refusal::Unavailable))));
    ann.keep().await;
}

#[tokio::test]
async fn sessions_count_by_identity_and_by_network() {
    let relay = behind_proxy().await;
    let (crowd, other) = (Proxy::start(&relay, "192.0.2.1").await, Proxy::start(&relay, "192.0.2.2").await);
    let ann = Client::connect(&other.address, 1).await;
    let mut sessions = Vec::new();
    for _ in 0..8 {
        sessions.push(ann.keep().await);
    }
    // From another network too: an identity is the same everywhere.
    let elsewhere = Client::connect(&crowd.address, 1).await;
    let refused = elsewhere.keep_as(Some(elsewhere.certificate())).await;
    assert!(matches!(refused, Err(exchange::Error::Refused(keep::Refusal::Unavailable))));
    Client::connect(&other.address, 2).await.keep().await;

    let (line, cid) = (Line::of_stranger(&crowd.address).await.unwrap(), Seeded(1).raw(10).0);
    let mut strangers = Vec::new();
    for _ in 0..32 {
        strangers.push(anonymous(&line, &cid).await);
    }
    assert!(Session::open(line.stream(keep::PROTOCOL).await, None).await.is_err());
    anonymous(&Line::of_stranger(&other.address).await.unwrap(), &cid).await;
}

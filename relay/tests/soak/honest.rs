//! Somebody who shares and fetches.

use std::{
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::{channel::mpsc::Receiver, future::try_join_all, stream};
use libp2p::{
    Multiaddr,
    identity::{Keypair, ed25519},
};
use spinney::{
    crypto::sign::VerifyingKey,
    dag::walk::links,
    format::{Cid, ipns},
    keys::{Id, Phrase, Ring, device},
    net::{Args, Event, Net, Provider, RelayAddr, bitswap::Blocks, keep::PinOutcome},
    platform,
};

use crate::sample::Seeded;

/// How often each person shares something and fetches what somebody else shared.
const PERIOD: Duration = Duration::from_secs(5);

/// Rounds after which a person opens the page anew.
const ROUNDS_OF_A_VISIT: usize = 4;

/// Chunks of a share, and their bytes: a few small pictures.
const CHUNKS: usize = 3;
const CHUNK: usize = 8 << 10;

/// How long a person waits for one of the two before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// What somebody has shared last, by their number.
pub(crate) type Shared = Rc<RefCell<HashMap<usize, Id>>>;

/// How it went for everybody.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) shares: Vec<Duration>,
    pub(crate) fetches: Vec<Duration>,
    pub(crate) failures: Vec<String>,
}

impl Report {
    /// The time within which 99 of 100 were done.
    pub(crate) fn p99(times: &[Duration]) -> Duration {
        let mut sorted = times.to_vec();
        sorted.sort();
        sorted.get((sorted.len() * 99).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default()
    }

    pub(crate) fn line(&self) -> String {
        let row = |what: &str, times: &[Duration]| {
            let (median, p99) = (times.len() / 2, Self::p99(times));
            let mut sorted = times.to_vec();
            sorted.sort();
            let median = sorted.get(median).copied().unwrap_or_default();
            format!("{} {what}, median {median:.0?}, p99 {p99:.0?}", times.len())
        };
        format!(
            "{}; {}; {} failed",
            row("shares", &self.shares),
            row("fetches", &self.fetches),
            self.failures.len()
        )
    }
}

/// A person with one device.
pub(crate) struct Person {
    number: usize,
    key: Keypair,
    ring: Arc<Ring>,
    relay: RelayAddr,
    net: Net,
    /// Held, because the network runs for somebody who hears of it.
    events: Receiver<Event>,
    rounds: usize,
    sequence: u64,
    sample: Seeded,
    shared: Shared,
}

impl Person {
    pub(crate) async fn new(number: usize, address: &Multiaddr, shared: &Shared) -> Self {
        let seed = u8::try_from(number).expect("there are fewer than 256 people");
        let secret = ed25519::SecretKey::try_from_bytes([seed ^ 0xff; 32]).unwrap();
        let key = Keypair::from(ed25519::Keypair::from(secret));
        let ring = Arc::new(Ring::from_phrase(&Phrase::from_bytes([seed; 32])));
        let relay = RelayAddr::own(&address.to_string()).unwrap();
        let (net, events) = visit(&key, &ring, &relay).await;
        let sample = Seeded(number as u64);
        Self { number, key, ring, relay, net, events, rounds: 0, sequence: 0, sample, shared: shared.clone() }
    }

    pub(crate) fn ring(&self) -> Arc<Ring> {
        self.ring.clone()
    }

    /// Shares and fetches until the end.
    pub(crate) async fn live(&mut self, until: Instant, people: usize, report: &RefCell<Report>) {
        // Not all at the same moment.
        let mut next = Instant::now() + PERIOD.mul_f64(self.number as f64 / people as f64);
        while next < until {
            tokio::time::sleep_until(next.into()).await;
            next += PERIOD;
            if self.rounds % ROUNDS_OF_A_VISIT == ROUNDS_OF_A_VISIT - 1 {
                (self.net, self.events) = visit(&self.key, &self.ring, &self.relay).await;
            }
            self.rounds += 1;
            let start = Instant::now();
            let shared = within(self.share()).await;
            note(shared, start, |report| &mut report.shares, "share", self.number, report);
            let of = (self.number + self.rounds) % people;
            let friend = self.shared.borrow().get(&of).copied();
            if let Some(friend) = friend {
                let start = Instant::now();
                let fetched = within(self.fetch(friend)).await;
                note(fetched, start, |report| &mut report.fetches, "fetch", self.number, report);
            }
        }
    }

    /// Leaves a new share at the relay, and a record that names it.
    async fn share(&mut self) -> Result<(), String> {
        let tree = self.sample.tree(CHUNKS, CHUNK);
        self.publish(tree).await.map(drop)
    }

    /// Leaves something large that stays, and returns its root.
    pub(crate) async fn share_large(&mut self, chunks: usize, chunk: usize) -> Cid {
        let tree = self.sample.tree(chunks, chunk);
        self.publish(tree).await.expect("nobody attacks yet")
    }

    async fn publish(&mut self, tree: Vec<(Cid, Bytes)>) -> Result<Cid, String> {
        let root = tree.last().expect("a tree has a root").0;
        let mut session = self.net.keep(&self.relay).await.map_err(|error| format!("keep: {error}"))?;
        session.push(stream::iter(tree), |_| ()).await.map_err(|error| format!("push: {error}"))?;
        match session.pin(&root).await.map_err(|error| format!("pin: {error}"))? {
            PinOutcome::Kept => {}
            PinOutcome::Missing(_) => return Err("pin: blocks are missing that were just pushed".to_owned()),
        }
        let record = ipns::sign(self.ring.identity(), &root, self.sequence + 1, platform::now_ms());
        let replaces = (self.sequence > 0).then_some(self.sequence);
        let put = self.net.put_record(&self.relay, self.ring.id(), &record, replaces).await;
        put.map_err(|error| format!("put: {error}"))?;
        self.sequence += 1;
        self.shared.borrow_mut().insert(self.number, self.ring.id());
        Ok(root)
    }

    /// Fetches all of the newest share of somebody.
    async fn fetch(&self, friend: Id) -> Result<(), String> {
        let record =
            self.net.get_record(&self.relay, friend).await.map_err(|error| format!("get: {error}"))?;
        let record = record.ok_or("get: a record that was there is gone")?;
        let record = ipns::open(&record, &friend.verifying_key()).map_err(|error| format!("get: {error}"))?;
        let from = [Provider::Relay(self.relay.clone())];
        let mut level = vec![record.root];
        while !level.is_empty() {
            let fetches =
                level.iter().map(async |cid| self.net.fetch(*cid, &from).await.map(|block| (*cid, block)));
            let blocks = try_join_all(fetches).await.map_err(|error| format!("fetch: {error}"))?;
            level = blocks
                .iter()
                .flat_map(|(cid, block)| links(cid, block).expect("it is a tree of ours"))
                .collect();
        }
        Ok(())
    }
}

/// Opens the page.
async fn visit(key: &Keypair, ring: &Ring, relay: &RelayAddr) -> (Net, Receiver<Event>) {
    let (net, events) = Net::start(Args { device: key.clone(), blocks: Nothing, direct: None }).unwrap();
    let public = key.clone().try_into_ed25519().unwrap().public().to_bytes();
    let certificate = device::issue(ring, &VerifyingKey::from_bytes(&public).unwrap(), platform::now_ms());
    net.set_relays(vec![relay.clone()], Some(certificate.into())).await;
    (net, events)
}

async fn within(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| Err(format!("not done within {PATIENCE:?}")))
}

fn note(
    done: Result<(), String>,
    start: Instant,
    times: impl FnOnce(&mut Report) -> &mut Vec<Duration>,
    what: &str,
    number: usize,
    report: &RefCell<Report>,
) {
    let mut report = report.borrow_mut();
    match done {
        Ok(()) => times(&mut report).push(start.elapsed()),
        Err(error) => report.failures.push(format!("{what} of person {number}: {error}")),
    }
}

/// A device that serves nothing.
#[derive(Clone)]
struct Nothing;

impl Blocks for Nothing {
    async fn allowed(&self, _: libp2p::PeerId, _: Cid) -> bool {
        false
    }

    async fn has(&self, _: Cid) -> bool {
        false
    }

    async fn get(&self, _: Cid) -> Option<Bytes> {
        None
    }
}

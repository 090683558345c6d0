//! Measures whole engines, natively, with a relay on this machine: `cargo xtask bench catch-up recipients keepers`.
//!
//! A thousand identities are more than a browser can make for a measurement. They are made by the code that makes
//! everybody's, and lie at the relay before it starts; who follows them is a whole engine with a store in memory. The
//! line to the relay counts its bytes, and can be slow.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on ends")]

mod authors;
mod keepers;
mod line;
#[path = "../../tests/friends/person.rs"]
#[allow(dead_code, reason = "stories need more of it")]
mod person;

use std::collections::HashSet;
use std::rc::Rc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use libp2p::identity::Keypair;
use libp2p::multiaddr::{Multiaddr, Protocol};
use spinney::dag::{Source, SourceError};
use spinney::engine::Engine;
use spinney::engine::api::{Audience, Config, ContactState, Event, NewFile, NewShare, Share, Stay};
use spinney::format::{Cid, ipns};
use spinney::keys::Id;
use spinney::net::bitswap::Blocks;
use spinney::net::keep::PinOutcome;
use spinney::net::{self, Net, Provider, RelayAddr};
use spinney::social::contact::Contact;
use spinney::social::root;
use spinney::social::share::Recipient;
use spinney::store::memory::Disk;
use spinney_relay::store::{Allotment, Blobs, Pins, Records, Store};
use spinney_relay::{Server, start};
use tokio::task::LocalSet;

use authors::Author;
use line::Line;

const FOLLOWED: usize = 1_000;
const CHANGED: usize = 300;
/// Contacts that are added at once while everything is prepared.
const ADDED_AT_ONCE: usize = 32;
/// The way there and back on a slow line.
const SLOW: Duration = Duration::from_millis(50);
const PASSPHRASE: &str = "correct horse battery staple";

#[tokio::main]
async fn main() {
    let mut parts: Vec<String> = std::env::args().skip(1).collect();
    let has_keepers = parts.iter().any(|part| part == "keepers");
    parts.retain(|part| part != "keepers");
    let measured = async {
        if has_keepers {
            keepers::measure().await;
        }
        if !parts.is_empty() {
            measure(&parts).await;
        }
    };
    LocalSet::new().run_until(measured).await;
}

async fn measure(parts: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let config = spinney_relay::Config {
        data: folder.path().into(),
        stun: spinney_relay::Stun::Off,
        ..Default::default()
    };
    let mut world = World::new(config).await;
    world.everybody_is_added().await;
    for part in parts {
        match part.as_str() {
            "catch-up" => world.catch_up().await,
            "recipients" => world.recipients().await,
            part => panic!("no part is called {part}"),
        }
    }
}

struct World {
    config: spinney_relay::Config,
    relay: Option<Server>,
    line: Line,
    /// The relay's address, over the line.
    address: String,
    disk: Disk,
    me: Id,
    authors: Vec<Author>,
    friend: Recipient,
}

impl World {
    /// A relay with a thousand identities, each of whom has added the one who follows them.
    async fn new(mut config: spinney_relay::Config) -> Self {
        config.quota = 64 << 30;
        config.capacity = 64 << 30;
        config.listen = ([127, 0, 0, 1], 0).into();
        let relay = start(config.clone()).await.unwrap();
        config.listen = relay.local();
        let line = Line::to(relay.local()).await;
        let address = over(&line, &relay);
        let disk = Disk::new();
        let engine = open(&disk, &address).await;
        let mut events = engine.events();
        let me = engine.create_profile("Ann", PASSPHRASE, None).await.unwrap();
        wait(&mut events, |event| matches!(event, Event::Profile { me: Some(me) } if me.published)).await;
        engine.shutdown().await;
        relay.stop().await;

        let me: Id = me.summary.id.parse().unwrap();
        let store = store(&config).await;
        let friend = recipient(&store, &me).await;
        let mut authors: Vec<_> = (0..FOLLOWED)
            .map(|number| Author::new(format!("Author {number}"), vec![address.clone()]))
            .collect();
        for author in &mut authors {
            leave(author, &store, &friend, None).await;
        }
        store.close().await;
        Self { config, relay: None, line, address, disk, me, authors, friend }
    }

    async fn relay_starts(&mut self) {
        self.relay = Some(start(self.config.clone()).await.unwrap());
    }

    async fn relay_stops(&mut self) {
        if let Some(relay) = self.relay.take() {
            relay.stop().await;
        }
    }

    async fn engine(&self) -> Engine {
        open(&self.disk, &self.address).await
    }

    async fn everybody_is_added(&mut self) {
        self.relay_starts().await;
        let engine = self.engine().await;
        let mut events = engine.events();
        let begin = Instant::now();
        engine.unlock(&self.me.to_string(), PASSPHRASE, Stay::Open).await.unwrap();
        let adding = stream::iter(&self.authors).for_each_concurrent(ADDED_AT_ONCE, async |author| {
            engine.add_contact(&author.id.to_string(), None).await.unwrap();
        });
        adding.await;
        let is_mutual = async || {
            let contacts = engine.contacts().await.unwrap();
            contacts.iter().all(|contact| contact.state == ContactState::Mutual)
        };
        while !is_mutual().await {
            events.next().await.unwrap();
        }
        // Who writes to everybody has a letterbox for each.
        let share = create(&engine, "first", &[self.authors[0].id]).await;
        delivered(&engine, &mut events, &share).await;
        eprintln!("{FOLLOWED} were added in {:.1} s", begin.elapsed().as_secs_f64());
        engine.shutdown().await;
        self.relay_stops().await;
    }

    /// Of a thousand who are followed three hundred have published.
    async fn catch_up(&mut self) {
        let mut rows = Vec::new();
        for (round, round_trip) in [Duration::ZERO, SLOW].into_iter().enumerate() {
            let store = store(&self.config).await;
            for author in self.authors.iter_mut().skip(round * CHANGED).take(CHANGED) {
                leave(author, &store, &self.friend, Some("News")).await;
            }
            store.close().await;
            drop(store);
            self.relay_starts().await;
            self.line.set_round_trip(round_trip);
            let engine = self.engine().await;
            let mut events = engine.events();
            let before = self.line.bytes();
            engine.unlock(&self.me.to_string(), PASSPHRASE, Stay::Open).await.unwrap();
            let begin = Instant::now();
            let mut seen = HashSet::new();
            let mut first = None;
            while seen.len() < CHANGED {
                if let Event::Share { share, .. } = events.next().await.unwrap() {
                    first.get_or_insert_with(|| begin.elapsed());
                    seen.insert(share.id);
                }
            }
            rows.push((begin.elapsed(), first.unwrap(), self.line.bytes() - before));
            engine.shutdown().await;
            self.line.set_round_trip(Duration::ZERO);
            self.relay_stops().await;
        }
        self.relay_starts().await;
        let one_by_one = self.one_by_one().await;
        self.relay_stops().await;

        let [(fast, _, bytes), (slow, first, _)] = rows[..] else { unreachable!("two rounds") };
        let waits = (slow.saturating_sub(fast)).as_secs_f64() / SLOW.as_secs_f64();
        let ratio = one_by_one.time.as_secs_f64() / fast.as_secs_f64();
        row(&[
            &format!("{FOLLOWED} followed, {CHANGED} of them changed: until all is shown"),
            &format!("{:.2} s, {:.1} MB", fast.as_secs_f64(), bytes as f64 / 1e6),
            &format!(
                "{:.2} s, {:.1} MB, one by one",
                one_by_one.time.as_secs_f64(),
                one_by_one.bytes as f64 / 1e6
            ),
            &format!("{ratio:.1}"),
        ]);
        row(&[
            &format!("the same, with {} ms to the relay and back", SLOW.as_millis()),
            &format!(
                "{:.2} s, the first after {:.2} s; {waits:.0} round trips",
                slow.as_secs_f64(),
                first.as_secs_f64()
            ),
            &format!("{} round trips, one by one", one_by_one.asked),
            &format!("{:.0}", one_by_one.asked as f64 / waits),
        ]);
    }

    /// Asks for the record of everybody, and for what is new in the records, one thing after the other.
    async fn one_by_one(&self) -> OneByOne {
        let (net, _events) =
            Net::start(net::Args { device: Keypair::generate_ed25519(), blocks: Nothing, direct: None })
                .unwrap();
        let relay = RelayAddr::own(&self.address).unwrap();
        net.set_relays(vec![relay.clone()], None).await;
        let provider = [Provider::Relay(relay.clone())];
        net.connect(&provider[0]).await.unwrap();
        let (begin, before, mut asked) = (Instant::now(), self.line.bytes(), 0);
        for (number, author) in self.authors.iter().enumerate() {
            let record = net.get_record(&relay, author.id).await.unwrap().unwrap();
            let record = root::verify_record(&author.id, &record, spinney::platform::now_ms()).unwrap();
            asked += 1;
            if number < CHANGED {
                assert_eq!(record.root, author.chain[0]);
                for cid in &author.chain {
                    net.fetch(*cid, &provider).await.unwrap();
                    asked += 1;
                }
            }
        }
        OneByOne { time: begin.elapsed(), bytes: self.line.bytes() - before, asked }
    }

    /// A share of one is given to a thousand.
    async fn recipients(&mut self) {
        self.relay_starts().await;
        let engine = self.engine().await;
        let mut events = engine.events();
        engine.unlock(&self.me.to_string(), PASSPHRASE, Stay::Open).await.unwrap();
        let share = create(&engine, "for one, then for everybody", &[self.authors[0].id]).await;
        delivered(&engine, &mut events, &share).await;
        let all: Vec<_> = self.authors.iter().map(|author| author.id.to_string()).collect();
        let begin = Instant::now();
        let share = engine.set_audience(&share.id, &all).await.unwrap();
        let stored = begin.elapsed();
        delivered(&engine, &mut events, &share).await;
        row(&[
            &format!("{FOLLOWED} recipients added to a share"),
            &format!(
                "{:.2} s, kept by the relay after {:.2} s",
                stored.as_secs_f64(),
                begin.elapsed().as_secs_f64()
            ),
            "",
            "",
        ]);
        engine.shutdown().await;
        self.relay_stops().await;
    }
}

/// The address of a relay over a line.
fn over(line: &Line, relay: &Server) -> String {
    let Some(Protocol::P2p(peer)) = relay.addresses()[0].iter().last() else {
        panic!("an address ends in the relay's id")
    };
    Multiaddr::from(line.address.ip())
        .with(Protocol::Tcp(line.address.port()))
        .with(Protocol::Ws("/".into()))
        .with(Protocol::P2p(peer))
        .to_string()
}

struct OneByOne {
    time: Duration,
    bytes: u64,
    asked: usize,
}

/// A row of the README's table; there is no aim.
fn row(cells: &[&str; 4]) {
    println!("| {} (native) | {} | {} | {} | |", cells[0], cells[1], cells[2], cells[3]);
}

async fn open(disk: &Disk, relay: &str) -> Engine {
    let config = Config { relays: vec![relay.to_owned()], on_loopback: true, ..Config::default() };
    Engine::open(config, Rc::new(disk.lead())).await.unwrap()
}

async fn store(config: &spinney_relay::Config) -> Store {
    let allotment = Allotment {
        quota: config.quota,
        newcomer: None,
        capacity: config.capacity,
        grace: Duration::from_secs(60),
    };
    Store::open(&config.data, allotment).await.unwrap()
}

/// Leaves at a relay that is not running what somebody publishes.
async fn leave(author: &mut Author, store: &Store, friend: &Recipient, title: Option<&str>) {
    let made = author.make(friend, title);
    store.push(&author.id, made.blocks).await.unwrap();
    for cid in made.pins {
        assert_eq!(store.pin(&author.id, &cid, None).await.unwrap(), PinOutcome::Kept);
    }
    let record = ipns::open(&made.record, &author.id.verifying_key()).unwrap();
    store.put(author.id, &record, made.record, None).await.unwrap();
}

/// The keys of somebody who has published, as a friend finds them.
async fn recipient(store: &Store, id: &Id) -> Recipient {
    let record = store.record(id).await.unwrap().unwrap();
    let record = ipns::open(&record, &id.verifying_key()).unwrap();
    let block = store.block(&record.root).await.unwrap().unwrap();
    let root = root::open(id, &record, &block).unwrap();
    let mut contact = Contact::new(*id, Vec::new(), 0, 0);
    let profile = store.block(&root.profile).await.unwrap().unwrap();
    contact.apply_profile(root.seq, root.profile, &profile).unwrap();
    contact.recipient().unwrap()
}

async fn create(engine: &Engine, title: &str, to: &[Id]) -> Share {
    let file = NewFile {
        path: "a.jpg".into(),
        source: Rc::new(InMemory(vec![7; 100_000].into())),
        media_type: "image/jpeg".into(),
        modified: None,
        preview: None,
    };
    let audience = Audience::Contacts { ids: to.iter().map(Id::to_string).collect() };
    let new = NewShare { title: title.into(), note: None, files: vec![file], audience, keep_location: false };
    engine.create_share(new).await.unwrap()
}

/// Waits until the relay has everything that recipients need, of whom there may be more than events are kept.
async fn delivered(engine: &Engine, events: &mut (impl Stream<Item = Event> + Unpin), share: &Share) {
    while !engine.share(&share.id).await.unwrap().kept {
        events.next().await.unwrap();
    }
}

async fn wait(events: &mut (impl Stream<Item = Event> + Unpin), is_it: impl Fn(&Event) -> bool) {
    while !is_it(&events.next().await.unwrap()) {}
}

struct InMemory(Bytes);

#[async_trait(?Send)]
impl Source for InMemory {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        let offset = usize::try_from(offset).expect("it is in memory");
        Ok(self.0.slice(offset..offset + len))
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

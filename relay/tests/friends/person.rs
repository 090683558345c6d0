//! A person with a browser that can be closed and opened again.

use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, TryStreamExt};
use spinney::dag::{Source, SourceError};
use spinney::engine::Engine;
use spinney::engine::api::{
    Asked, Audience, Config, Contact, ContactRequest, ContactState, Event, FilesQuery, Me, NewFile, NewShare,
    Share, ShareQuery, Stay, Transfer, TransferId, TransferState,
};
use spinney::store::memory::Disk;
use spinney_relay::{Server, start};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::LocalSet;

/// Longer than anything takes here, however busy the machine is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// An empty disk that takes its time, in another way for each person of a story and for each seed of the whole run.
pub(crate) fn disk() -> Disk {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let seed: u64 = std::env::var("SPINNEY_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    Disk::with_latency((seed << 32) + NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Runs a story on one thread, as a browser does.
pub(crate) async fn tell<T>(story: impl Future<Output = T>) -> T {
    tokio::time::timeout(3 * PATIENCE, LocalSet::new().run_until(story))
        .await
        .expect("the story comes to its end")
}

/// A relay in `folder`, on a port of its own or on that of an earlier one.
pub(crate) async fn relay(folder: &Path, port: u16) -> Server {
    relay_with(folder, port, |_| ()).await
}

/// The same with other settings.
pub(crate) async fn relay_with(
    folder: &Path,
    port: u16,
    change: impl FnOnce(&mut spinney_relay::Config),
) -> Server {
    // The price of a request has its own tests.
    let mut config = spinney_relay::Config {
        data: folder.into(),
        work: 4,
        stun: spinney_relay::Stun::Off,
        ..Default::default()
    };
    config.listen = ([127, 0, 0, 1], port).into();
    change(&mut config);
    start(config).await.expect("the relay starts")
}

/// Bytes of blocks that a relay has served, by its own count.
pub(crate) async fn served(relay: &Server) -> u64 {
    counter(relay, "bitswapBytes").await
}

/// What a relay has counted since it started.
pub(crate) async fn counter(relay: &Server, name: &str) -> u64 {
    let mut stream = tokio::net::TcpStream::connect(relay.local()).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let body = answer.split_once("\r\n\r\n").expect("an answer has a head").1;
    let health: serde_json::Value = serde_json::from_str(body).unwrap();
    health["counters"][name].as_u64().unwrap()
}

/// Somebody with an engine open and a profile unlocked.
pub(crate) struct Person {
    pub(crate) engine: Engine,
    pub(crate) me: Me,
    disk: Disk,
    events: Pin<Box<dyn Stream<Item = Event>>>,
    seen: Vec<Event>,
}

pub(crate) const PASSPHRASE: &str = "correct horse battery staple";

impl Person {
    pub(crate) async fn new(name: &str, relays: &[&Server]) -> Self {
        Self::with(name, config(relays)).await
    }

    /// Somebody whose page is set up in another way.
    pub(crate) async fn with(name: &str, config: Config) -> Self {
        let disk = disk();
        let engine = open_with(&disk, config).await;
        let events = Box::pin(engine.events());
        let me = engine.create_profile(name, PASSPHRASE, None).await.expect("a profile is made");
        Self { engine, me, disk, events, seen: Vec::new() }
    }

    /// Somebody whose profile came into a browser in another way.
    pub(crate) fn at(engine: Engine, disk: Disk, me: Me) -> Self {
        let events = Box::pin(engine.events());
        Self { engine, me, disk, events, seen: Vec::new() }
    }

    /// Closes the tab.
    pub(crate) async fn leave(self) -> Gone {
        self.engine.shutdown().await;
        Gone { id: self.me.summary.id, disk: self.disk }
    }

    /// Waits for the first event, of all so far and to come, of which `wanted` makes something.
    pub(crate) async fn wait<T>(&mut self, what: &str, wanted: impl Fn(&Event) -> Option<T>) -> T {
        if let Some(found) = self.seen.iter().rev().find_map(&wanted) {
            return found;
        }
        let name = self.me.summary.name.clone();
        let found = async {
            loop {
                if let Some(found) = wanted(self.next_event().await) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("{name}: no {what}"))
    }

    /// Waits for any event, after which it is looked again for `what`.
    pub(crate) async fn something_happens(&mut self, what: &str) {
        let name = self.me.summary.name.clone();
        let event = tokio::time::timeout(PATIENCE, self.next_event()).await;
        event.unwrap_or_else(|_| panic!("{name}: no {what}"));
    }

    /// The next event to come.
    pub(crate) async fn next_event(&mut self) -> &Event {
        let event = self.events.next().await.expect("the engine runs");
        self.seen.push(event);
        self.seen.last().expect("it was just put there")
    }

    pub(crate) async fn add(&mut self, friend: &str) -> Contact {
        let added = self.engine.add_contact(friend, None).await.expect("a friend is added");
        let id = added.id.clone();
        self.wait("profile", move |event| match event {
            Event::Contact { contact } if contact.id == id && contact.state != ContactState::Resolving => {
                Some(contact.clone())
            }
            _ => None,
        })
        .await
    }

    pub(crate) async fn share(&self, title: &str, files: &[(&str, &[u8])], with: &[&str]) -> Share {
        let audience = match with {
            [] => Audience::Myself,
            ids => Audience::Contacts { ids: ids.iter().map(ToString::to_string).collect() },
        };
        let files = files.iter().map(|(path, bytes)| file(path, bytes)).collect();
        let new = NewShare {
            title: title.into(),
            note: Some("a note".into()),
            files,
            audience,
            keep_location: false,
        };
        self.engine.create_share(new).await.expect("a share is made")
    }

    /// Waits until the relay has everything of a share.
    pub(crate) async fn delivered(&mut self, share: &Share) {
        let id = TransferId::up(&share.id);
        self.ended(&id, TransferState::Done).await;
    }

    pub(crate) async fn ended(&mut self, transfer: &TransferId, state: TransferState) -> Transfer {
        self.wait(&format!("{transfer} {state:?}"), |event| match event {
            Event::Transfer(t) if t.id == *transfer && t.state == state => Some(t.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn received(&mut self, title: &str) -> Share {
        self.wait(title, |event| match event {
            Event::Share { share, .. } if share.title == title => Some(share.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn read(&self, share: &Share, path: &str) -> Vec<u8> {
        let bytes = self.engine.read(&share.id, path, None).await.expect("the file is there");
        let bytes: BytesMut = bytes.try_collect().await.expect("the file is read");
        bytes.to_vec()
    }

    pub(crate) async fn titles(&self) -> Vec<String> {
        let shares = self.engine.shares(ShareQuery::default()).await.expect("unlocked");
        shares.into_iter().map(|share| share.title).collect()
    }

    pub(crate) async fn paths(&self, share: &Share) -> Vec<String> {
        let files = self.engine.files(&share.id, FilesQuery::default()).await.expect("the list is there");
        files.into_iter().map(|file| file.path).collect()
    }
}

impl Person {
    pub(crate) fn id(&self) -> String {
        self.me.summary.id.clone()
    }

    /// Waits until somebody is a contact in this state.
    pub(crate) async fn stands(&mut self, id: &str, state: ContactState) -> Contact {
        loop {
            match self.engine.contact(id).await {
                Ok(contact) if contact.state == state => return contact,
                _ => self.something_happens(&format!("{state:?}")).await,
            }
        }
    }

    /// Waits until my request to somebody has come so far.
    pub(crate) async fn has_asked(&mut self, id: &str, request: Asked) -> Contact {
        loop {
            match self.engine.contact(id).await {
                Ok(contact) if contact.request == Some(request) => return contact,
                _ => self.something_happens(&format!("{request:?}")).await,
            }
        }
    }

    /// Waits until somebody asks whose name is known.
    pub(crate) async fn is_asked_by(&mut self, name: &str) -> ContactRequest {
        loop {
            let requests = self.engine.requests().await.expect("unlocked");
            if let Some(request) = requests.into_iter().find(|request| request.name == name) {
                return request;
            }
            self.something_happens(&format!("request of {name}")).await;
        }
    }

    /// Waits until nobody asks any more.
    pub(crate) async fn is_asked_by_nobody(&mut self) {
        while !self.engine.requests().await.expect("unlocked").is_empty() {
            self.something_happens("answer").await;
        }
    }

    /// Waits until a relay has the profile, so that others find it when this tab is closed.
    pub(crate) async fn published(&mut self) {
        while !self.engine.current().expect("unlocked").published {
            self.something_happens("publication").await;
        }
    }
}

/// Two people who have added each other.
pub(crate) async fn friends(one: &str, other: &str, relay: &Server) -> (Person, Person) {
    let mut one = Person::new(one, &[relay]).await;
    let mut other = Person::new(other, &[relay]).await;
    befriend(&mut one, &mut other).await;
    (one, other)
}

/// Makes two people add each other.
pub(crate) async fn befriend(one: &mut Person, other: &mut Person) {
    one.add(&other.me.invite).await;
    other.add(&one.me.invite).await;
    one.stands(&other.id(), ContactState::Mutual).await;
    other.stands(&one.id(), ContactState::Mutual).await;
}

/// Somebody whose tab is closed.
pub(crate) struct Gone {
    pub(crate) id: String,
    pub(crate) disk: Disk,
}

impl Gone {
    /// Opens the tab again and types the passphrase.
    pub(crate) async fn back(self, relays: &[&Server]) -> Person {
        self.back_with(config(relays)).await
    }

    /// The same with a page that is set up in another way.
    pub(crate) async fn back_with(self, config: Config) -> Person {
        let engine = open_with(&self.disk, config).await;
        let events = Box::pin(engine.events());
        let me =
            engine.unlock(&self.id, PASSPHRASE, Stay::Open).await.expect("the passphrase opens the profile");
        Person { engine, me, disk: self.disk, events, seen: Vec::new() }
    }
}

/// Somebody who has nothing but the words.
pub(crate) async fn recovered(words: &str, relays: &[&Server]) -> Person {
    recovered_with(words, config(relays)).await
}

/// The same with a page that is set up in another way.
pub(crate) async fn recovered_with(words: &str, config: Config) -> Person {
    let disk = disk();
    let engine = open_with(&disk, config).await;
    let events = Box::pin(engine.events());
    let me = engine.recover(words, "another passphrase").await.expect("the words bring the profile back");
    Person { engine, me, disk, events, seen: Vec::new() }
}

pub(crate) async fn open(disk: &Disk, relays: &[&Server]) -> Engine {
    open_with(disk, config(relays)).await
}

pub(crate) async fn open_with(disk: &Disk, config: Config) -> Engine {
    Engine::open(config, Rc::new(disk.lead())).await.expect("the engine opens")
}

/// How a page on this machine is set up.
pub(crate) fn config(relays: &[&Server]) -> Config {
    let relays = relays.iter().map(|relay| relay.addresses()[0].to_string()).collect();
    Config { relays, on_loopback: true, ..Config::default() }
}

pub(crate) fn file(path: &str, bytes: &[u8]) -> NewFile {
    NewFile {
        path: path.into(),
        source: Rc::new(InMemory(Bytes::copy_from_slice(bytes))),
        media_type: "image/jpeg".into(),
        modified: Some(1_700_000_000_000),
        preview: None,
    }
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

/// Bytes that look like nothing and are the same each time.
pub(crate) fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    })
    .take(len)
    .collect()
}

//! Two engines meet at a relay, become friends, and one reads a file that the other shares: a first look at the API.
//!
//!     cargo run -p spinney-relay --example two_engines

use std::pin::{Pin, pin};
use std::rc::Rc;

use anyhow::Context as _;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, TryStreamExt};
use spinney::dag::{Source, SourceError};
use spinney::engine::Engine;
use spinney::engine::api::{Audience, Config, ContactState, Event, NewFile, NewShare};
use spinney::store::memory::Disk;
use spinney_relay::{Server, Stun};
use tokio::task::LocalSet;

const LETTER: &[u8] = b"The tent held. See you on Friday!";
const PASSPHRASE: &str = "correct horse battery staple";

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let read = LocalSet::new().run_until(share_a_letter()).await?;
    println!("Ben reads: {}", String::from_utf8_lossy(&read));
    Ok(())
}

/// Returns what Ben reads. Engines spawn local tasks, so this runs in a `LocalSet`.
async fn share_a_letter() -> anyhow::Result<Bytes> {
    // A relay keeps its key, its database and blocks in one folder. Port 0 is any free port.
    let folder = tempfile::tempdir()?;
    let listen = ([127, 0, 0, 1], 0).into();
    let config =
        spinney_relay::Config { data: folder.path().into(), listen, stun: Stun::Off, ..Default::default() };
    let relay = spinney_relay::start(config).await?;
    println!("The relay listens at {}", relay.addresses()[0]);

    // Each engine has a disk of its own, as two browsers do.
    let (ann, ben) = (open(&relay).await?, open(&relay).await?);
    let (mut ann_hears, mut ben_hears) = (pin!(ann.events()), pin!(ben.events()));
    let ann_is = ann.create_profile("Ann", PASSPHRASE, None).await?;
    let ben_is = ben.create_profile("Ben", PASSPHRASE, None).await?;
    println!("Ann is {}\nBen is {}", ann_is.summary.id, ben_is.summary.id);

    // They are friends once each has added the other: by an invite, a link to it, or an id.
    ann.add_contact(&ben_is.invite, None).await?;
    ben.add_contact(&ann_is.invite, None).await?;
    let is_friend = |event| match event {
        Event::Contact { contact } if contact.state == ContactState::Mutual => Some(contact.name),
        _ => None,
    };
    println!("Ann's friend is {}", first(ann_hears.as_mut(), is_friend).await?);
    println!("Ben's friend is {}", first(ben_hears.as_mut(), is_friend).await?);

    // The share is sealed for Ben alone. The call returns when it is stored; sending goes on by itself.
    let letter = NewFile {
        path: "letter.txt".into(),
        source: Rc::new(InMemory(Bytes::from_static(LETTER))),
        media_type: "text/plain".into(),
        modified: None,
        preview: None,
    };
    let audience = Audience::Contacts { ids: vec![ben_is.summary.id] };
    let new = NewShare {
        title: "A letter".into(),
        note: None,
        files: vec![letter],
        audience,
        keep_location: false,
    };
    ann.create_share(new).await?;
    println!("Ann shares a letter with Ben");

    // Ben's engine fetches the list of files at once, and their bytes when somebody reads them.
    let is_share = |event| match event {
        Event::Share { share, .. } => Some(share),
        _ => None,
    };
    let share = first(ben_hears.as_mut(), is_share).await?;
    println!("Ben receives \"{}\", {} bytes", share.title, share.size);
    let bytes: BytesMut = ben.read(&share.id, "letter.txt", None).await?.try_collect().await?;

    ann.shutdown().await;
    ben.shutdown().await;
    relay.stop().await;
    Ok(bytes.freeze())
}

/// Opens an engine without a profile. Only tests and examples let it connect to addresses on loopback.
async fn open(relay: &Server) -> anyhow::Result<Engine> {
    let relays = vec![relay.addresses()[0].to_string()];
    let config = Config { relays, on_loopback: true, ..Config::default() };
    Ok(Engine::open(config, Rc::new(Disk::new().lead())).await?)
}

/// Waits for the first event of which `wanted` makes something.
async fn first<T>(
    events: Pin<&mut impl Stream<Item = Event>>,
    wanted: impl Fn(Event) -> Option<T>,
) -> anyhow::Result<T> {
    let mut found = pin!(events.filter_map(async |event| wanted(event)));
    found.next().await.context("the engine has stopped")
}

/// A file that is in memory; a page has files that the browser reads from the disk.
struct InMemory(Bytes);

#[async_trait(?Send)]
impl Source for InMemory {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        let offset = usize::try_from(offset).map_err(|_| SourceError::Changed)?;
        Ok(self.0.slice(offset..offset + len))
    }
}

#[tokio::test]
async fn the_example_ends_by_itself_and_ben_reads_what_ann_shared() {
    let limit = std::time::Duration::from_secs(60);
    let engines = LocalSet::new();
    let read = tokio::time::timeout(limit, engines.run_until(share_a_letter())).await;
    assert_eq!(read.expect("it ends in time").expect("no step fails"), LETTER);
}

//! Contacts whose records and profiles are made to do harm.

use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use libp2p::PeerId;
use libp2p::identity::Keypair;
use spinney::crypto::sign::VerifyingKey;
use spinney::engine::api::{Config, Event, Warning};
use spinney::format::invite::Invite;
use spinney::format::manifest::Kind;
use spinney::format::{Cid, limits};
use spinney::keys::{Id, device};
use spinney::net::bitswap::Blocks;
use spinney::net::keep::PinOutcome;
use spinney::net::{self, Net, Provider, RelayAddr};
use spinney::platform;
use spinney::social::contact::Contact;
use spinney::social::root::{self, Tip};
use spinney::social::share::Recipient;
use spinney_relay::Server;
use tokio::net::TcpListener;

use crate::authors::{Author, Made};
use crate::person::{Person, config, relay, tell};

/// A page for which the hour is over in which devices may join two roots.
fn after_the_hour(relays: &[&Server]) -> Config {
    Config { fork_patience: Some(Duration::ZERO), ..config(relays) }
}

#[tokio::test]
async fn two_roots_of_one_sequence_are_warned_of_after_an_hour_until_a_higher_one_comes() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(one.path(), 0).await, relay(other.path(), 0).await);
    tell(async {
        let mut ann = Person::new("Ann", &[&one]).await;
        let mut cleo = Person::new("Cleo", &[&other]).await;
        let friend = recipient(&mut ann, &one).await;
        // Both are hers from now on, so that she watches both from the beginning.
        let mut ann = ann.leave().await.back(&[&one, &other]).await;
        ann.add(&cleo.me.invite).await;
        cleo.add(&ann.me.invite).await;
        let mut ben = Author::new("Ben".into(), [&one, &other].map(address).to_vec());
        let nets = [Device::of(&ben, &one).await, Device::of(&ben, &other).await];
        // Ahead of the clock, so that sequences follow from each other alone.
        let before = Tip { seq: platform::now_ms() / 1000 + 1_000, root: Cid::default() };
        ben.tip = Some(Tip { seq: before.seq - 1, ..before });
        let made = ben.make(&friend, Some("before"));
        nets[1].leave(&ben, made).await;
        ann.add(&ben.id.to_string()).await;
        // From there she hears of everything now that comes after this.
        ann.received("before").await;
        ben.tip = Some(before);
        let made = ben.make(&friend, Some("first"));
        nets[0].leave(&ben, made).await;
        ann.received("first").await;

        // The same sequence once more, with something else in it, where she has heard of none.
        ben.tip = Some(before);
        let fork = ben.make(&friend, Some("fork"));
        nets[1].leave(&ben, fork).await;
        // Others come through meanwhile, from the same relay, so she has heard of it by then.
        cleo.share("from Cleo", &[("a", b"bytes")], &[&ann.me.summary.id]).await;
        ann.received("from Cleo").await;
        warned(&mut ann, &ben.id, None).await;
        let mut ann = ann.leave().await.back_with(after_the_hour(&[&one, &other])).await;
        warned(&mut ann, &ben.id, Some(Warning::TwoRoots)).await;
        assert!(!ann.titles().await.contains(&"fork".to_owned()), "the first seen stays");

        // A higher one says which it is.
        let made = ben.make(&friend, Some("second"));
        nets[0].leave(&ben, made).await;
        ann.received("second").await;
        warned(&mut ann, &ben.id, None).await;
    })
    .await;
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn two_roots_of_one_sequence_are_warned_of_also_where_a_relay_tells_of_the_other_one_later() {
    let (one, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(one.path(), 0).await, relay(folder.path(), 0).await);
    tell(async {
        let mut ann = Person::with("Ann", after_the_hour(&[&one])).await;
        let friend = recipient(&mut ann, &one).await;
        let mut ben = Author::new("Ben".into(), [&one, &other].map(address).to_vec());
        let nets = [Device::of(&ben, &one).await, Device::of(&ben, &other).await];
        let before = Tip { seq: platform::now_ms() / 1000 + 1_000, root: Cid::default() };
        for (net, title) in nets.iter().zip(["first", "fork"]) {
            ben.tip = Some(before);
            let made = ben.make(&friend, Some(title));
            net.leave(&ben, made).await;
        }
        let port = other.local().port();
        other.stop().await;
        ann.add(&ben.id.to_string()).await;
        ann.received("first").await;
        warned(&mut ann, &ben.id, None).await;

        // In this sitting and in the next one, while nobody publishes anything.
        let other = relay(folder.path(), port).await;
        warned(&mut ann, &ben.id, Some(Warning::TwoRoots)).await;
        let mut ann = ann.leave().await.back_with(after_the_hour(&[&one])).await;
        warned(&mut ann, &ben.id, Some(Warning::TwoRoots)).await;
        assert!(!ann.titles().await.contains(&"fork".to_owned()), "the first seen stays");
        other.stop().await;
    })
    .await;
    one.stop().await;
}

#[tokio::test]
async fn two_roots_of_one_sequence_that_the_next_one_names_are_never_warned_of() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(one.path(), 0).await, relay(other.path(), 0).await);
    tell(async {
        let mut ann = Person::new("Ann", &[&one]).await;
        let friend = recipient(&mut ann, &one).await;
        let mut ann = ann.leave().await.back(&[&one, &other]).await;
        let mut dan = Person::new("Dan", &[&other]).await;
        ann.add(&dan.me.invite).await;
        dan.add(&ann.me.invite).await;
        // Ben's devices join, and Cleo's do not.
        let before = Tip { seq: platform::now_ms() / 1000 + 1_000, root: Cid::default() };
        let mut people = ["Ben", "Cleo"].map(|name| {
            let mut person = Author::new(name.into(), [&one, &other].map(address).to_vec());
            person.tip = Some(before);
            person
        });
        for person in &mut people {
            let devices = [Device::of(person, &one).await, Device::of(person, &other).await];
            let first = person.make(&friend, Some("first"));
            let tip = person.tip.replace(before).unwrap();
            devices[0].leave(person, first).await;
            ann.add(&person.id.to_string()).await;
            let fork = person.make(&friend, Some("fork"));
            devices[1].leave(person, fork).await;
            person.joined = vec![tip];
        }
        // From the same relay, so she has heard of both forks by then.
        dan.share("from Dan", &[("a", b"bytes")], &[&ann.me.summary.id]).await;
        ann.received("from Dan").await;
        people[1].joined.clear();
        for person in &mut people {
            let title = format!("next of {}", person.id);
            let made = person.make(&friend, Some(&title));
            Device::of(person, &one).await.leave(person, made).await;
            ann.received(&title).await;
        }
        let [ben, cleo] = people;
        let mut ann = ann.leave().await.back_with(after_the_hour(&[&one, &other])).await;
        warned(&mut ann, &cleo.id, Some(Warning::TwoRoots)).await;
        warned(&mut ann, &ben.id, None).await;
    })
    .await;
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn a_picture_that_is_huge_when_decoded_is_refused_with_its_profile() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let friend = recipient(&mut ann, &relay).await;
        let mut eve = Author::new("Eve".into(), vec![address(&relay)]);
        let device = Device::of(&eve, &relay).await;
        eve.avatar = Some(png_head(19_000, 19_000));
        let made = eve.make(&friend, None);
        device.leave(&eve, made).await;
        ann.engine.add_contact(&eve.id.to_string(), None).await.unwrap();
        warned(&mut ann, &eve.id, Some(Warning::Refused)).await;
        let shown = ann.engine.contact(&eve.id.to_string()).await.unwrap();
        assert_eq!((shown.name.as_str(), shown.avatar), ("", None));

        // What she publishes with a small one is taken in.
        eve.avatar = Some(png_head(512, 512));
        let made = eve.make(&friend, Some("a small picture"));
        device.leave(&eve, made).await;
        ann.received("a small picture").await;
        let shown = ann.engine.contact(&eve.id.to_string()).await.unwrap();
        assert_eq!(shown.avatar.map(|avatar| avatar.into_vec()), eve.avatar);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_share_of_somebody_else_that_says_it_is_for_its_author_alone_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let friend = recipient(&mut ann, &relay).await;
        let mut eve = Author::new("Eve".into(), vec![address(&relay)]);
        let device = Device::of(&eve, &relay).await;
        eve.kind = Kind::Own;
        let made = eve.make(&friend, Some("only you"));
        device.leave(&eve, made).await;
        ann.add(&eve.id.to_string()).await;
        warned(&mut ann, &eve.id, Some(Warning::Refused)).await;
        assert_eq!(ann.titles().await, Vec::<String>::new());
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_forged_sequence_in_an_invite_hides_nobody_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let friend = recipient(&mut ann, &relay).await;
        let mut ben = Author::new("Ben".into(), vec![address(&relay)]);
        let device = Device::of(&ben, &relay).await;
        let made = ben.make(&friend, Some("today"));
        device.leave(&ben, made).await;
        let forged = Invite {
            id: ben.id.verifying_key(),
            name: None,
            relays: vec![address(&relay)],
            seq: limits::MAX_INTEGER,
            ticket: None,
        };
        ann.engine.add_contact(&forged.to_string(), None).await.unwrap();
        // What he publishes after tomorrow is newer, in spite of the invite.
        let tomorrow = platform::now_ms() / 1000 + 24 * 60 * 60;
        ben.tip = Some(Tip { seq: tomorrow + 60, root: Cid::default() });
        let made = ben.make(&friend, Some("after tomorrow"));
        device.leave(&ben, made).await;
        ann.received("after tomorrow").await;
        ann.received("today").await;
    })
    .await;
    relay.stop().await;
}

/// As much of a PNG as says its size.
fn png_head(width: u32, height: u32) -> Vec<u8> {
    let (width, height) = (width.to_be_bytes(), height.to_be_bytes());
    let head = [b"\0\0\0\x0dIHDR", &width[..], &height, &[1, 0, 0, 0, 0], &[0; 4]].concat();
    [b"\x89PNG\r\n\x1a\n", &head[..], b"\0\0\0\0IDAT\0\0\0\0"].concat()
}

#[tokio::test]
async fn relays_that_somebody_names_inside_of_our_network_are_not_dialled() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut ann = Person::new("Ann", &[&relay]).await;
        let friend = recipient(&mut ann, &relay).await;
        // Her page comes from the open internet now, and only her own relay happens to be here.
        let from_afar = Config { on_loopback: false, ..config(&[&relay]) };
        let mut ann = ann.leave().await.back_with(from_afar).await;
        let peer = Keypair::generate_ed25519().public().to_peer_id();
        let inside = format!("/ip4/127.0.0.1/tcp/{}/ws/p2p/{peer}", trap.local_addr().unwrap().port());
        let mut eve = Author::new("Eve".into(), vec![inside.clone(), address(&relay)]);
        let device = Device::of(&eve, &relay).await;
        let made = eve.make(&friend, Some("come in"));
        device.leave(&eve, made).await;
        ann.add(&eve.id.to_string()).await;
        let share = ann.received("come in").await;
        assert_eq!(ann.read(&share, "news.jpg").await.len(), 1024);
        let knocked = tokio::time::timeout(Duration::from_millis(500), trap.accept()).await;
        assert!(knocked.is_err(), "somebody knocked inside");
    })
    .await;
    relay.stop().await;
}

/// A device of somebody of whom there is no engine, connected to one relay.
pub(crate) struct Device {
    pub(crate) net: Net,
    pub(crate) relay: RelayAddr,
}

impl Device {
    pub(crate) async fn of(author: &Author, relay: &Server) -> Self {
        let device = Keypair::generate_ed25519();
        let key = device.public().try_into_ed25519().unwrap();
        let key = VerifyingKey::from_bytes(&key.to_bytes()).unwrap();
        let certificate = device::issue(&author.ring, &key, platform::now_ms());
        let (net, _) = Net::start(net::Args { device, blocks: Nothing, direct: None }).unwrap();
        let relay = RelayAddr::own(&address(relay)).unwrap();
        net.set_relays(vec![relay.clone()], Some(certificate.into())).await;
        Self { net, relay }
    }

    /// A device of nobody.
    pub(crate) async fn of_nobody(relay: &Server) -> Self {
        let device = Keypair::generate_ed25519();
        let (net, _) = Net::start(net::Args { device, blocks: Nothing, direct: None }).unwrap();
        let relay = RelayAddr::own(&address(relay)).unwrap();
        net.set_relays(vec![relay.clone()], None).await;
        Self { net, relay }
    }

    pub(crate) async fn leave(&self, author: &Author, made: Made) {
        let blocks = made.blocks.iter().map(|block| (*block.cid(), block.bytes().clone()));
        self.net.push(&self.relay, stream::iter(blocks.collect::<Vec<_>>()), |_| {}).await.unwrap();
        for cid in &made.pins {
            assert_eq!(self.net.pin(&self.relay, cid).await.unwrap(), PinOutcome::Kept);
        }
        self.net.put_record(&self.relay, author.id, &made.record, None).await.unwrap();
    }
}

/// To whom something for this person is sealed, as a friend finds it.
pub(crate) async fn recipient(person: &mut Person, relay: &Server) -> Recipient {
    let is_published = |event: &Event| matches!(event, Event::Profile { me: Some(me) } if me.published);
    person.wait("root", |event| is_published(event).then_some(())).await;
    let id: Id = person.me.summary.id.parse().unwrap();
    let (net, _) =
        Net::start(net::Args { device: Keypair::generate_ed25519(), blocks: Nothing, direct: None }).unwrap();
    let relay = RelayAddr::own(&address(relay)).unwrap();
    net.set_relays(vec![relay.clone()], None).await;
    let from = [Provider::Relay(relay.clone())];
    let record = net.get_record(&relay, id).await.unwrap().expect("it was published");
    let record = root::verify_record(&id, &record, platform::now_ms()).unwrap();
    let root = root::open(&id, &record, &net.fetch(record.root, &from).await.unwrap()).unwrap();
    let mut contact = Contact::new(id, Vec::new(), 0, 0);
    let profile = net.fetch(root.profile, &from).await.unwrap();
    contact.apply_profile(root.seq, root.profile, &profile).unwrap();
    contact.recipient().expect("it has a profile")
}

pub(crate) async fn warned(person: &mut Person, of: &impl ToString, warning: Option<Warning>) {
    while person.engine.contact(&of.to_string()).await.unwrap().warning != warning {
        person.next_event().await;
    }
}

pub(crate) fn address(relay: &Server) -> String {
    relay.addresses()[0].to_string()
}

/// A device that serves nothing.
#[derive(Clone)]
struct Nothing;

impl Blocks for Nothing {
    async fn allowed(&self, _: PeerId, _: Cid) -> bool {
        false
    }

    async fn has(&self, _: Cid) -> bool {
        false
    }

    async fn get(&self, _: Cid) -> Option<Bytes> {
        None
    }
}

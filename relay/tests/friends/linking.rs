//! A second device is linked: by a code that the first one shows, and four words that the second one shows.

use std::pin::Pin;

use futures::{FutureExt, Stream, StreamExt};
use spinney::engine::api::{Config, ContactState, Event, Me, Stay};
use spinney::engine::{Engine, Error};
use spinney::store::memory::Disk;

use crate::person::{PASSPHRASE, Person, config, disk, friends, open_with, relay, tell};

const HERE: &str = "this device has its own";

/// A browser without a profile.
struct New {
    engine: Engine,
    disk: Disk,
    events: Pin<Box<dyn Stream<Item = Event>>>,
}

impl New {
    async fn browser(config: Config) -> Self {
        let disk = disk();
        let engine = open_with(&disk, config).await;
        let events = Box::pin(engine.events());
        Self { engine, disk, events }
    }

    /// Follows a linking until it ends, with what the page shows of it.
    async fn link(&mut self, code: &str, mut show: impl AsyncFnMut(&Engine, Event)) -> Result<Me, Error> {
        let (engine, code) = (self.engine.clone(), code.to_owned());
        // A task of its own, because what is shown waits for the other device.
        let join = async move { engine.join_device(&code, "Ann's phone", HERE).await };
        let mut joined = tokio::task::spawn_local(join).fuse();
        loop {
            futures::select! {
                me = joined => return me.expect("it does not panic"),
                event = self.events.next().fuse() => {
                    show(&self.engine, event.expect("the engine runs")).await;
                }
            }
        }
    }
}

/// The code that this person shows after typing the passphrase.
async fn code(person: &mut Person) -> String {
    person.published().await;
    person.engine.device_code(PASSPHRASE).await.expect("a code is shown").code
}

async fn nobody(_: &Engine, event: Event) {
    assert!(!matches!(event, Event::DeviceWords { .. } | Event::DeviceIdentity { .. }), "{event:?}");
}

#[tokio::test]
async fn a_second_device_has_the_contacts_and_shares_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut ben) = friends("Ann", "Ben", &relay).await;
        let share = ann.share("walk", &[("a.jpg", b"bytes of a picture")], &[&ben.id()]).await;
        ann.delivered(&share).await;
        ben.received("walk").await;
        assert_eq!(ann.engine.device_code("another passphrase").await.unwrap_err(), Error::WrongPassphrase);
        let code = code(&mut ann).await;
        assert!(code.starts_with("spinney-device:"));

        let mut phone = New::browser(config(&[&relay])).await;
        let id = ann.id();
        let first = &ann;
        let me = phone.link(&code, async |engine, event| match event {
            Event::DeviceWords { words } => {
                assert_eq!(words.len(), 4);
                assert_eq!(engine.accept_identity().unwrap_err(), Error::CodeEnded, "nobody was asked yet");
                let device =
                    first.engine.approve_device(&words.join(" ")).await.expect("these are the words");
                assert_eq!((&*device.name, device.here), ("Ann's phone", false));
            }
            Event::DeviceIdentity { id: becomes, name } => {
                assert_eq!((&*becomes, &*name), (&*id, "Ann"));
                assert!(engine.profiles().await.unwrap().is_empty(), "nothing is here before the yes");
                engine.accept_identity().expect("it waits for a yes");
            }
            _ => {}
        });
        let me = me.await.expect("the device is linked");
        assert_eq!((me.summary.id.clone(), &*me.summary.name), (ann.id(), "Ann"));
        let asked = ann.wait("question", |event| match event {
            Event::DeviceAsks { name } => Some(name.clone()),
            _ => None,
        });
        assert_eq!(asked.await, "Ann's phone");

        assert!(!me.words_confirmed, "the page asks for the words where they are");
        assert_eq!(me.restored, None, "it is known how old it is");

        let mut phone = Person::at(phone.engine, phone.disk, me);
        phone.stands(&ben.id(), ContactState::Mutual).await;
        assert_eq!(phone.titles().await, ["walk"]);
        assert_eq!(phone.read(&share, "a.jpg").await, b"bytes of a picture");
        assert_eq!(phone.engine.recovery_phrase(HERE).await.unwrap_err(), Error::WordsElsewhere);
        assert_eq!(phone.engine.recovery_phrase(PASSPHRASE).await.unwrap_err(), Error::WrongPassphrase);

        // What it shares, a friend gets, and the first device shows.
        let more = phone.share("from the phone", &[("b.jpg", b"bytes of another")], &[&ben.id()]).await;
        phone.delivered(&more).await;
        ben.received("from the phone").await;
        ann.received("from the phone").await;

        // Each knows both devices, under the names that they were given.
        let here = phone.engine.devices().await.unwrap().into_iter().find(|device| device.here).unwrap();
        assert_eq!(here.name, "Ann's phone");
        let laptop = ann.engine.devices().await.unwrap().into_iter().find(|device| device.here).unwrap();
        ann.engine.rename_device(&laptop.id, "Laptop").await.unwrap();
        for person in [&mut ann, &mut phone] {
            let mut names: Vec<String> = Vec::new();
            while names != ["Laptop", "Ann's phone"] {
                person.something_happens("list of both devices").await;
                let devices = person.engine.devices().await.unwrap();
                names = devices.into_iter().map(|device| device.name).collect();
            }
        }
        let why = phone.engine.rename_device("12D3KooWnobody", "Nobody").await.unwrap_err();
        assert_eq!(why, Error::NotFound("device"));

        // It has a passphrase of its own.
        let disk = phone.leave().await.disk;
        let again = open_with(&disk, config(&[&relay])).await;
        again.unlock(&ann.id(), PASSPHRASE, Stay::Open).await.unwrap_err();
        again.unlock(&ann.id(), HERE, Stay::Open).await.unwrap();
        again.change_passphrase(HERE, "still without the words").await.unwrap();
        assert!(again.contact(&ben.id()).await.is_ok());
        let used = New::browser(config(&[&relay])).await.link(&code, nobody).await;
        assert_eq!(used.unwrap_err(), Error::CodeEnded);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn nothing_is_handed_over_for_wrong_words_and_the_third_ends_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let code = code(&mut ann).await;
        assert_eq!(ann.engine.approve_device("zoo zoo zoo zoo").await.unwrap_err(), Error::CodeEnded);
        let mut phone = New::browser(config(&[&relay])).await;
        let first = &ann;
        let linked = phone.link(&code, async |_, event| {
            let Event::DeviceWords { words } = event else { return nobody(&first.engine, event).await };
            for tries in [2, 1, 0] {
                let three = words[1..].join(" ");
                assert_eq!(first.engine.approve_device(&three).await.unwrap_err(), Error::FourWords(3));
                let wrong = first.engine.approve_device("zoo zoo zoo zoo").await;
                assert_eq!(wrong.unwrap_err(), Error::OtherWords { tries });
            }
            assert_eq!(first.engine.approve_device(&words.join(" ")).await.unwrap_err(), Error::CodeEnded);
        });
        assert_eq!(linked.await.unwrap_err(), Error::CodeEnded);
        assert!(phone.engine.profiles().await.unwrap().is_empty());
        // A new code is as good as the first.
        let code = ann.engine.device_code(PASSPHRASE).await.unwrap().code;
        let first = &ann;
        let linked = phone.link(&code, async |engine, event| match event {
            Event::DeviceWords { words } => {
                drop(first.engine.approve_device(&words.join(" ")).await.unwrap())
            }
            Event::DeviceIdentity { .. } => engine.accept_identity().unwrap(),
            _ => {}
        });
        linked.await.unwrap();
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn who_photographed_the_code_gets_nothing_and_keeps_the_right_device_from_showing_words() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let code = code(&mut ann).await;
        let mut phone = New::browser(config(&[&relay])).await;
        let mut thief = New::browser(config(&[&relay])).await;
        let (first, photo) = (&ann, code.clone());
        let stolen = thief.link(&photo, async |_, event| {
            let Event::DeviceWords { .. } = event else { return nobody(&first.engine, event).await };
            // Ann's phone shows no words, so she types none.
            assert_eq!(phone.link(&code, nobody).await.unwrap_err(), Error::CodeEnded);
            first.engine.cancel_device();
        });
        assert_eq!(stolen.await.unwrap_err(), Error::CodeEnded);
        assert!(thief.engine.profiles().await.unwrap().is_empty());
        assert_eq!(ann.engine.devices().await.unwrap().len(), 1);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_browser_whose_disk_is_full_says_so_and_is_linked_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut phone = New::browser(config(&[&relay])).await;
        for is_full in [true, false] {
            let code = code(&mut ann).await;
            let (first, disk) = (&ann, phone.disk.clone());
            let linked = phone.link(&code, async |engine, event| match event {
                Event::DeviceWords { words } => {
                    drop(first.engine.approve_device(&words.join(" ")).await.unwrap())
                }
                Event::DeviceIdentity { .. } => {
                    if is_full {
                        disk.fill();
                    } else {
                        disk.fill_at(None);
                    }
                    engine.accept_identity().unwrap();
                }
                _ => {}
            });
            match linked.await {
                Ok(me) => assert!(!is_full && me.summary.name == "Ann"),
                Err(why) => {
                    assert!(is_full, "{why}");
                    assert_eq!(why, Error::Quota);
                    assert!(phone.engine.profiles().await.unwrap().is_empty());
                }
            }
        }
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_linking_that_either_side_gives_up_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut phone = New::browser(config(&[&relay])).await;

        // The first device takes the code back while the second one shows its words.
        let taken_back = code(&mut ann).await;
        let first = &ann;
        let linked = phone.link(&taken_back, async |_, event| {
            if let Event::DeviceWords { .. } = event {
                first.engine.cancel_device();
            }
        });
        assert_eq!(linked.await.unwrap_err(), Error::CodeEnded);
        assert_eq!(phone.link(&taken_back, nobody).await.unwrap_err(), Error::CodeEnded);

        // The person says no.
        let refused = code(&mut ann).await;
        let first = &ann;
        let linked = phone.link(&refused, async |engine, event| match event {
            Event::DeviceWords { words } => {
                drop(first.engine.approve_device(&words.join(" ")).await.unwrap())
            }
            Event::DeviceIdentity { .. } => engine.cancel_device(),
            _ => {}
        });
        assert_eq!(linked.await.unwrap_err(), Error::Cancelled);
        assert!(phone.engine.profiles().await.unwrap().is_empty());
        assert_eq!(phone.engine.accept_identity().unwrap_err(), Error::CodeEnded);

        // The second device goes away while it shows its words.
        let left = code(&mut ann).await;
        let linked = phone.link(&left, async |engine, event| {
            if let Event::DeviceWords { .. } = event {
                engine.cancel_device();
            }
        });
        assert_eq!(linked.await.unwrap_err(), Error::Cancelled);
        ann.wait("end of the code", |event| matches!(event, Event::DeviceCodeEnded).then_some(())).await;

        // The first device is locked.
        let locked = code(&mut ann).await;
        ann.engine.lock().await.unwrap();
        assert!(matches!(phone.link(&locked, nobody).await.unwrap_err(), Error::Unreachable(_)));
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_code_that_is_none_or_of_a_profile_that_is_here_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let code = code(&mut ann).await;
        let invite = ann.me.invite.clone();
        let other = Person::new("Ben", &[&relay]).await;
        let join = async |text: &str| other.engine.join_device(text, "phone", HERE).await.unwrap_err();
        assert!(matches!(join(&invite).await, Error::InvalidId(_)));
        assert_eq!(join(&code[..code.len() - 1]).await, Error::BrokenCode);
        assert!(matches!(other.engine.join_device(&code, " ", HERE).await, Err(Error::InvalidName(_))));
        assert_eq!(other.engine.current(), Some(other.me.clone()), "nothing was locked for it");
        let mine = ann.engine.join_device(&code, "phone", HERE).await;
        assert!(matches!(mine.unwrap_err(), Error::AlreadyExists(_) | Error::Unreachable(_)));
    })
    .await;
    relay.stop().await;
}

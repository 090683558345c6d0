use std::rc::Rc;

use async_trait::async_trait;
use futures::join;

use super::list::ProfileList;
use super::own::{check_passphrase, update};
use crate::crypto::passphrase::{DeriveError, PassphraseKey, Recipe};
use crate::engine::api::{Config, Derive, Passphrases, ProfileUpdate, Stay};
use crate::engine::mocked::{Gate, MockedProfile, ring, until, with_seeds};
use crate::engine::{Engine, Error};
use crate::format::keystore::Keystore;
use crate::format::limits::MAX_INTEGER;
use crate::keys::{Phrase, keystore};
use crate::platform;
use crate::store::memory::Disk;

fn keystore_under(passphrase: &str) -> Keystore {
    let key = keystore::new_recipe().derive(passphrase).expect("there is memory");
    keystore::seal(&Phrase::from_bytes([1; 32]), &key)
}

fn named(name: &str) -> ProfileUpdate {
    ProfileUpdate { name: Some(name.into()), ..ProfileUpdate::default() }
}

/// The list of profiles on the disk of this one, which lists it.
async fn list_with(profile: &MockedProfile, keystore: &Keystore) -> ProfileList {
    let list = ProfileList::open(Rc::new(profile.disk.lead())).await.expect("memory opens");
    let account = profile.state.read(|tables| tables.account.clone());
    list.add(&profile.directory.id, keystore, &account).await.expect("there is room");
    list
}

#[tokio::test]
async fn a_passphrase_and_a_name_that_are_changed_at_once_are_both_kept() {
    let (old, next) = (keystore_under("old"), keystore_under("next"));
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let (list, id) = (list_with(&profile, &old).await, profile.directory.id);
        let rekeyed = list.rekey(&id, async |present| {
            assert_eq!(present.encode(), old.encode());
            Ok(next.clone())
        });
        let shown = list.refresh(&id, || profile.state.read(|tables| tables.account.clone()));
        let renamed = update(&profile.state, &list, &id, named("Ada Lovelace"));
        let (rekeyed, shown, renamed) = join!(rekeyed, shown, renamed);
        assert_eq!((rekeyed, shown), (Ok(()), Ok(())));
        assert_eq!(renamed.map(|me| me.summary.name), Ok("Ada Lovelace".to_owned()));
        let kept = list.keystore(&id).await.expect("it is listed");
        assert_eq!(kept.encode(), next.encode(), "the new passphrase opens it");
        let listed = list.all().await.expect("memory is read");
        assert_eq!(listed[0].name, "Ada Lovelace");
    })
    .await;
}

#[tokio::test]
async fn a_name_is_later_than_one_of_another_device_whose_clock_was_ahead() {
    let keystore = keystore_under("old");
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let (list, id) = (list_with(&profile, &keystore).await, profile.directory.id);
        let ahead = platform::now_ms() + 365 * 24 * 60 * 60 * 1000;
        for (said, least) in [(ahead, ahead + 1), (MAX_INTEGER, MAX_INTEGER)] {
            let merged = profile.state.update(move |tx| {
                Rc::make_mut(&mut tx.account).changed = said;
                Ok(())
            });
            merged.await.expect("there is room");
            update(&profile.state, &list, &id, named("Ada")).await.expect("it is a name");
            assert_eq!(profile.state.read(|tables| tables.account.changed), least);
        }
    })
    .await;
}

#[tokio::test]
async fn of_two_names_the_list_shows_the_one_that_the_profile_has() {
    let keystore = keystore_under("old");
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let (list, id) = (list_with(&profile, &keystore).await, profile.directory.id);
        let rename = |name| update(&profile.state, &list, &id, named(name));
        let (one, other) = join!(rename("Ada L."), rename("Ada B."));
        assert!(one.is_ok() && other.is_ok());
        let name = profile.state.read(|tables| tables.account.name.clone());
        assert_eq!(list.all().await.expect("memory is read")[0].name, name);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_passphrase_changes_nothing() {
    let keystore = keystore_under("old");
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let (list, id) = (list_with(&profile, &keystore).await, profile.directory.id);
        let refused = list.rekey(&id, async |_| Err(Error::WrongPassphrase)).await;
        assert_eq!(refused, Err(Error::WrongPassphrase));
        assert_eq!(list.keystore(&id).await.map(|kept| kept.encode()), Ok(keystore.encode()));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_the_list_has_no_room_for_is_kept_and_listed_later() {
    let keystore = keystore_under("old");
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let (list, id) = (list_with(&profile, &keystore).await, profile.directory.id);
        profile.disk.fill_at(Some(2));
        let renamed = update(&profile.state, &list, &id, named("Ada Lovelace")).await;
        assert_eq!(renamed.map(|me| me.summary.name), Ok("Ada Lovelace".to_owned()));
        assert_eq!(list.all().await.expect("memory is read")[0].name, "Ada");
        // As the next unlock does.
        let account = || profile.state.read(|tables| tables.account.clone());
        list.refresh(&id, account).await.expect("there is room");
        assert_eq!(list.all().await.expect("memory is read")[0].name, "Ada Lovelace");
    })
    .await;
}

#[test]
fn a_new_passphrase_has_eight_characters_of_any_kind() {
    assert_eq!(check_passphrase("Amélie 🌳"), Ok(()));
    for short in ["", "x", "amélie"] {
        assert_eq!(check_passphrase(short).map_err(|why| why.code()), Err("invalid-name"), "{short}");
    }
}

#[test]
fn a_profile_with_a_shorter_passphrase_can_still_be_unlocked() {
    let before = keystore_under("x");
    let key = keystore::recipe(&before).expect("it is read").derive("x").expect("there is memory");
    assert_eq!(keystore::open(&before, &key).map(|ring| ring.id()).ok(), Some(ring(1).id()));
}

/// Derives no key before its gate is open.
struct Held(Rc<Gate>);

#[async_trait(?Send)]
impl Derive for Held {
    async fn derive(&self, recipe: Recipe, passphrase: &str) -> Result<PassphraseKey, DeriveError> {
        self.0.pass().await;
        recipe.derive(passphrase)
    }
}

#[tokio::test]
async fn while_a_passphrase_is_tried_other_calls_are_answered() {
    const PASSPHRASE: &str = "correct horse battery staple";
    let test = async {
        let disk = Disk::new();
        let engine = async |config| Engine::open(config, Rc::new(disk.lead())).await.expect("memory opens");
        let first = engine(Config::default()).await;
        let ann = first.create_profile("Ann", PASSPHRASE, None).await.expect("there is room").summary;
        first.shutdown().await;
        let gate = Rc::new(Gate::closed());
        let passphrases = Passphrases::new(Held(gate.clone()));
        let next = engine(Config { passphrases, ..Config::default() }).await;
        let others = async {
            until("the passphrase is tried", || gate.is_reached()).await;
            assert_eq!(next.profiles().await, Ok(vec![ann.clone()]));
            assert_eq!(next.current(), None, "it is not open yet");
            gate.open();
        };
        let (unlocked, ()) = join!(next.unlock(&ann.id, PASSPHRASE, Stay::Open), others);
        assert_eq!(unlocked.map(|me| me.summary), Ok(ann.clone()));
    };
    tokio::task::LocalSet::new().run_until(Box::pin(test)).await;
}

//! The profile that waits for a name and a passphrase: somebody sends first, and says who they are later.
//!
//! It is a profile like every other, under a passphrase that nobody typed. That passphrase stands beside its keystore,
//! sealed under a key that the browser keeps and hands out to nobody, as the seed does of who stays signed in. So
//! everybody who can use this browser opens it, and nobody once the browser's storage is cleared.

use data_encoding::BASE64URL_NOPAD;
use serde_bytes::ByteBuf;
use zeroize::Zeroizing;

use crate::engine::Error;
use crate::engine::api::Stay;
use crate::engine::state::Account;
use crate::format::keystore::Keystore;
use crate::keys::Id;
use crate::platform;
use crate::store::{SealedFor, Table, Write};

use super::list::{Listed, ProfileList, listed_id, parse};
use super::signed_in::SIGNED_IN;

/// Bytes of the passphrase that nobody typed.
const RANDOM: usize = 32;

/// A passphrase for who has chosen none yet.
pub(in crate::engine) fn random_passphrase() -> Zeroizing<String> {
    let bytes = Zeroizing::new(platform::random::<RANDOM>());
    Zeroizing::new(BASE64URL_NOPAD.encode(&*bytes))
}

impl ProfileList {
    /// Adds a profile that waits, with the passphrase that nobody typed.
    pub(in crate::engine) async fn add_waiting(
        &self,
        id: &Id,
        keystore: &Keystore,
        account: &Account,
        passphrase: &str,
    ) -> Result<(), Error> {
        let sealed = self.databases.seal(SealedFor::Waiting, passphrase.as_bytes()).await?;
        let waiting = Some(ByteBuf::from(sealed));
        self.write(id, &Listed { waiting, ..Listed::new(keystore, account) }).await
    }

    /// The profile that waits. There is at most one.
    pub(in crate::engine) async fn waiting(&self) -> Result<Option<Id>, Error> {
        for (key, row) in self.store.rows(Table::Keystore).await? {
            if parse(&row)?.waiting.is_some() {
                return listed_id(&key).map(Some);
            }
        }
        Ok(None)
    }

    /// Whether a profile waits.
    pub(in crate::engine) async fn is_waiting(&self, id: &Id) -> Result<bool, Error> {
        Ok(self.listed(id).await?.is_some_and(|listed| listed.waiting.is_some()))
    }

    /// The passphrase of a profile that waits. Returns `None` if the browser has lost the key of it: then nobody opens the
    /// profile any more.
    pub(in crate::engine) async fn kept_passphrase(
        &self,
        id: &Id,
    ) -> Result<Option<Zeroizing<String>>, Error> {
        let listed = self.listed(id).await?.ok_or(Error::NotFound("profile"))?;
        let Some(sealed) = listed.waiting else { return Ok(None) };
        let opened = self.databases.unseal(SealedFor::Waiting, &sealed).await?;
        Ok(opened
            .and_then(|bytes| std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))))
    }

    /// Puts the keystore of a passphrase that was typed in the place of that which waited. In the same commit the profile
    /// stays signed in no more, unless `stay` says so.
    pub(in crate::engine) async fn end_waiting(
        &self,
        id: &Id,
        stay: Stay,
        change: impl AsyncFnOnce(&Keystore) -> Result<Keystore, Error>,
    ) -> Result<(), Error> {
        let _alone = self.rewriting.lock().await;
        let listed = self.listed(id).await?.ok_or(Error::NotFound("profile"))?;
        let keystore = Keystore::decode(&listed.keystore).map_err(|why| Error::Storage(why.to_string()))?;
        let keystore = ByteBuf::from(change(&keystore).await?.encode());
        let row = Listed { keystore, waiting: None, ..listed }.encode();
        let mut write = Write::strict().put(Table::Keystore, *id.as_bytes(), row);
        if stay == Stay::Open {
            write = write.remove(Table::Meta, SIGNED_IN);
        }
        self.store.commit(write).await?;
        // What opens nothing that is still here. The next one that waits gets a new key all the same.
        self.databases.forget_seal(SealedFor::Waiting).await?;
        if stay == Stay::Open {
            self.databases.forget_seal(SealedFor::SignedIn).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use async_trait::async_trait;
    use tokio::task::LocalSet;

    use super::*;
    use crate::crypto::passphrase::{DeriveError, Params, PassphraseKey, Recipe};
    use crate::engine::Engine;
    use crate::engine::api::{Config, Derive, NewPasskey, Passphrases};
    use crate::keys::Phrase;
    use crate::store::memory::Disk;
    use crate::store::{Databases, PROFILES};

    const PASSPHRASE: &str = "correct horse battery staple";

    /// Derives keys at the least cost, because these tests are not about it.
    struct Quick;

    #[async_trait(?Send)]
    impl Derive for Quick {
        async fn derive(&self, recipe: Recipe, passphrase: &str) -> Result<PassphraseKey, DeriveError> {
            Recipe { params: Params { m: 8, t: 1, p: 1 }, ..recipe }.derive(passphrase)
        }
    }

    /// What the next page does.
    async fn engine(disk: &Disk) -> Engine {
        let config = Config { passphrases: Passphrases::new(Quick), ..Config::default() };
        Engine::open(config, Rc::new(disk.lead())).await.unwrap()
    }

    async fn tell(story: impl Future<Output = ()>) {
        LocalSet::new().run_until(Box::pin(story)).await;
    }

    #[tokio::test]
    async fn who_waits_is_in_with_each_engine_and_gets_a_name_later() {
        tell(async {
            let disk = Disk::new();
            let first = engine(&disk).await;
            let me = first.begin_profile().await.unwrap();
            assert_eq!((me.summary.name.as_str(), me.summary.waiting, me.words_confirmed), ("", true, false));
            assert_eq!(first.profiles().await, Ok(vec![me.summary.clone()]));
            // A tab that dies says no goodbye.
            let second = engine(&disk).await;
            assert_eq!(second.current(), Some(me.clone()));
            assert_eq!(second.begin_profile().await, Ok(me.clone()), "there is one that waits");

            let ann = second.finish_profile("Ann", PASSPHRASE, Stay::Open).await.unwrap();
            assert_eq!((ann.summary.id.as_str(), ann.summary.waiting), (me.summary.id.as_str(), false));
            assert_eq!(ann.summary.name, "Ann");
            assert_eq!(second.profiles().await, Ok(vec![ann.summary.clone()]));
            let again = second.finish_profile("Ben", PASSPHRASE, Stay::Open).await;
            assert_eq!(again.map_err(|why| why.code()), Err("already-exists"));
            assert_eq!(second.recovery_phrase(PASSPHRASE).await.unwrap().split(' ').count(), 24);

            let third = engine(&disk).await;
            assert_eq!(third.current(), None, "it stays signed in no more");
            third.unlock(&me.summary.id, PASSPHRASE, Stay::Open).await.unwrap();
            let profiles = disk.lead().open(PROFILES).await.unwrap();
            let [(_, row)] = &profiles.rows(Table::Keystore).await.unwrap()[..] else {
                panic!("one is listed")
            };
            assert!(parse(row).unwrap().waiting.is_none());
        })
        .await;
    }

    #[tokio::test]
    async fn who_is_finished_stays_signed_in_if_they_chose_it() {
        tell(async {
            let disk = Disk::new();
            let first = engine(&disk).await;
            first.begin_profile().await.unwrap();
            let ann = first.finish_profile("Ann", PASSPHRASE, Stay::SignedIn).await.unwrap();
            assert_eq!(engine(&disk).await.current(), Some(ann));
        })
        .await;
    }

    #[tokio::test]
    async fn one_that_was_left_for_another_profile_waits_on_and_is_opened_without_a_passphrase() {
        tell(async {
            let disk = Disk::new();
            let first = engine(&disk).await;
            let waiting = first.begin_profile().await.unwrap().summary;
            let ben = first.create_profile("Ben", PASSPHRASE, None).await.unwrap().summary;
            assert_eq!(first.profiles().await, Ok(vec![waiting.clone(), ben.clone()]));
            first.unlock(&ben.id, PASSPHRASE, Stay::SignedIn).await.unwrap();
            first.lock().await.unwrap();
            let second = engine(&disk).await;
            assert_eq!(second.current(), None);
            let wrong = second.unlock(&waiting.id, PASSPHRASE, Stay::Open).await;
            assert_eq!(wrong, Err(Error::WrongPassphrase));
            assert_eq!(second.begin_profile().await.map(|me| me.summary), Ok(waiting.clone()));
            assert_eq!(engine(&disk).await.current().map(|me| me.summary), Some(waiting));
        })
        .await;
    }

    #[tokio::test]
    async fn two_tabs_that_begin_at_once_have_one_profile() {
        tell(async {
            let disk = Disk::with_latency(1);
            let engine = engine(&disk).await;
            let (one, other) = futures::join!(engine.begin_profile(), engine.begin_profile());
            assert_eq!(one.unwrap().summary, other.unwrap().summary);
            assert_eq!(engine.profiles().await.unwrap().len(), 1);
        })
        .await;
    }

    #[tokio::test]
    async fn what_needs_a_name_or_the_passphrase_says_so() {
        tell(async {
            let disk = Disk::new();
            let engine = engine(&disk).await;
            let ben = engine.create_profile("Ben", PASSPHRASE, None).await.unwrap().summary;
            let kept = engine.begin_profile().await.unwrap();
            let words = Phrase::from_bytes([1; 32]).words().to_string();
            let new = NewPasskey { id: "AA".into(), host: "a".into(), salt: "AA".into() };
            let refused = [
                engine.add_contact(&ben.id, None).await.map(drop),
                engine.accept(&ben.id).await.map(drop),
                engine.new_invite().await.map(drop),
                engine.recovery_phrase(PASSPHRASE).await.map(drop),
                engine.change_passphrase(PASSPHRASE, "another one").await,
                engine.change_keys(&words, PASSPHRASE).await.map(drop),
                engine.device_code(PASSPHRASE).await.map(drop),
                engine.offer_passkey(PASSPHRASE).await.map(drop),
                engine.add_passkey(PASSPHRASE, new, &[0; 32]).await.map(drop),
            ];
            assert_eq!(refused, [const { Err(Error::NeedsName) }; 9]);
            for (name, passphrase) in [("", PASSPHRASE), ("Ann", "short"), (" ", "")] {
                let why = engine.finish_profile(name, passphrase, Stay::Open).await.map_err(|why| why.code());
                assert_eq!(why, Err("invalid-name"), "{name:?} {passphrase:?}");
            }
            assert_eq!(engine.current(), Some(kept), "nothing has changed");
        })
        .await;
    }

    #[tokio::test]
    async fn one_whose_key_is_lost_makes_room_for_another() {
        tell(async {
            let disk = Disk::new();
            let first = engine(&disk).await;
            let lost = first.begin_profile().await.unwrap().summary;
            first.lock().await.unwrap();
            disk.lead().forget_seal(SealedFor::Waiting).await.unwrap();
            let second = engine(&disk).await;
            let next = second.begin_profile().await.unwrap().summary;
            assert_ne!(next.id, lost.id);
            assert_eq!(second.profiles().await, Ok(vec![next.clone()]));
            second.remove_profile(&next.id).await.unwrap();
            assert_eq!(second.profiles().await, Ok(vec![]));
        })
        .await;
    }

    #[tokio::test]
    async fn whenever_the_power_goes_the_profile_waits_on_or_is_finished() {
        tell(async {
            let whole = Disk::with_power_for(usize::MAX);
            let first = engine(&whole).await;
            first.begin_profile().await.unwrap();
            let begun = whole.commits();
            first.finish_profile("Ann", PASSPHRASE, Stay::Open).await.unwrap();
            let finished = whole.commits();
            assert!(begun < finished);
            let mut seen = [false; 2];
            for power in 0..=finished {
                let disk = Disk::with_power_for(power);
                let torn = async {
                    let config = Config { passphrases: Passphrases::new(Quick), ..Config::default() };
                    let engine = Engine::open(config, Rc::new(disk.lead())).await?;
                    engine.begin_profile().await?;
                    engine.finish_profile("Ann", PASSPHRASE, Stay::Open).await
                };
                let is_done = torn.await.is_ok();
                let after = disk.after_power_loss(|_| false);
                let next = engine(&after).await;
                let listed = next.profiles().await.unwrap();
                if power >= begun {
                    assert_eq!(listed.len(), 1, "{power} of {finished}");
                }
                for profile in listed {
                    let opened = if profile.waiting {
                        next.begin_profile().await
                    } else {
                        next.unlock(&profile.id, PASSPHRASE, Stay::Open).await
                    };
                    let me = opened.unwrap_or_else(|why| panic!("{power} of {finished}: {why}"));
                    assert_eq!(me.summary.id, profile.id);
                    assert!(!(is_done && profile.waiting), "{power} of {finished}");
                    seen[usize::from(profile.waiting)] = true;
                }
            }
            assert_eq!(seen, [true; 2]);
        })
        .await;
    }
}

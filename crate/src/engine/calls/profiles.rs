//! `profiles` of the API.

use std::rc::Rc;

use bytes::Bytes;

use crate::crypto::passphrase::PassphraseKey;
use crate::engine::api::{Me, ProfileSummary, ProfileUpdate, Stay};
use crate::engine::{Account, Engine, Error, Fresh, Unlocked, account};
use crate::format::keystore::Keystore;
use crate::keys::{Id, Phrase, Ring, keystore};
use crate::store::SealedFor;

impl Engine {
    /// The profiles of this browser, by name.
    pub async fn profiles(&self) -> Result<Vec<ProfileSummary>, Error> {
        self.0.list.all().await
    }

    /// Makes an identity under `passphrase` and unlocks it.
    pub async fn create_profile(
        &self,
        name: &str,
        passphrase: &str,
        avatar: Option<Bytes>,
    ) -> Result<Me, Error> {
        let phrase = Phrase::generate();
        let new = account::new_account(&phrase, name, avatar)?;
        account::check_passphrase(passphrase)?;
        let keystore = self.keystore_under(&phrase, 0, passphrase).await?;
        // The rows first: a profile that is listed can be unlocked.
        let unlocked = self.enter(Ring::from_phrase(&phrase), Some(new.clone().into())).await?;
        self.0.list.add(&unlocked.directory.id, &keystore, &new).await?;
        self.start(&unlocked).await
    }

    /// Opens a profile with its passphrase; another one that was open is locked first.
    ///
    /// With [`Stay::SignedIn`] later engines open it by themselves, until [`lock`](Self::lock).
    pub async fn unlock(&self, id: &str, passphrase: &str, stay: Stay) -> Result<Me, Error> {
        let keystore = self.0.list.keystore(&known_id(id)?).await?;
        self.open_ring(keystore::open(&keystore, &self.key_of(&keystore, passphrase).await?)?, stay).await
    }

    /// Opens the profile of these keys, and has it stay signed in if that is wanted.
    pub(super) async fn open_ring(&self, ring: Ring, stay: Stay) -> Result<Me, Error> {
        let unlocked = self.enter(ring, None).await?;
        if stay == Stay::SignedIn
            && let Err(why) = self.0.list.stay_signed_in(&unlocked.ring).await
        {
            self.end().await;
            return Err(why);
        }
        self.start(&unlocked).await
    }

    /// Forgets every secret, on the disk too if the profile stays signed in, and ends what runs. Idempotent.
    ///
    /// After an error nothing is open here, but the profile may stay signed in.
    pub async fn lock(&self) -> Result<(), Error> {
        // Before the end, so that a page that is closed as soon as it is locked stays locked.
        let signed_out = self.0.list.sign_out().await;
        let disinherited = self.0.list.disinherit().await;
        self.end().await;
        signed_out.and(disinherited)?;
        Ok(self.0.databases.forget_seal(SealedFor::SignedIn).await?)
    }

    /// The unlocked profile.
    pub fn current(&self) -> Option<Me> {
        self.0.unlocked.borrow().as_ref().map(|unlocked| unlocked.state.me())
    }

    /// Changes what the profile says of itself, and publishes it.
    pub async fn update_profile(&self, update: ProfileUpdate) -> Result<Me, Error> {
        let unlocked = self.unlocked()?;
        account::update(&unlocked.state, &self.0.list, &unlocked.directory.id, update).await
    }

    /// Puts the profile under another passphrase; an old copy of the disk still opens with the old one.
    pub async fn change_passphrase(&self, old: &str, next: &str) -> Result<(), Error> {
        let unlocked = self.named()?;
        account::check_passphrase(next)?;
        let rekey = async |present: &Keystore| {
            let old = self.key_of(present, old).await?;
            let next = self.0.config.passphrases.derive(keystore::next_recipe(present)?, next).await?;
            Ok(keystore::change(present, &old, &next)?)
        };
        self.0.list.rekey(&unlocked.directory.id, rekey).await
    }

    /// The 24 words, after the passphrase was typed once more.
    pub async fn recovery_phrase(&self, passphrase: &str) -> Result<String, Error> {
        let unlocked = self.named()?;
        let keystore = self.0.list.keystore(&unlocked.directory.id).await?;
        let key = self.key_of(&keystore, passphrase).await?;
        Ok(keystore::open_phrase(&keystore, &key)?.words().to_string())
    }

    /// Notes that the person has written the words down, so that the page stops reminding.
    pub async fn confirm_words(&self) -> Result<Me, Error> {
        account::confirm_words(&self.unlocked()?.state).await
    }

    /// Brings a profile back from its words: name, contacts and shares come from its relays.
    ///
    /// Other devices that have the profile keep it: each merges what the others publish.
    pub async fn recover(&self, phrase: &str, passphrase: &str) -> Result<Me, Error> {
        let phrase = Phrase::from_words(phrase)?;
        account::check_passphrase(passphrase)?;
        let n = self.newest_generation(&phrase).await?;
        let ring = || Ring::from_seed(phrase.seed(n));
        if self.0.list.contains(&ring().id()).await? {
            return Err(Error::AlreadyExists("this profile is in this browser already: unlock it"));
        }
        let keystore = self.keystore_under(&phrase, n, passphrase).await?;
        // Who typed the words has them.
        let empty = Account { words_confirmed: true, ..Account::of_heir(phrase.heir(n)) };
        self.bring_back(ring(), &keystore, empty.into(), 0).await
    }

    /// Brings a profile back of which there is nothing here, from what its relays have: a record of at least this
    /// sequence. After an error nothing of it is here.
    pub(super) async fn bring_back(
        &self,
        ring: Ring,
        keystore: &Keystore,
        fresh: Fresh,
        seq: u64,
    ) -> Result<Me, Error> {
        let (id, heir) = (ring.id(), fresh.account.heir);
        let name = fresh.device.as_ref().map(|(_, name)| name.clone());
        let unlocked = self.enter(ring, Some(fresh)).await?;
        let restored = async {
            let account = unlocked.restore().restore().await?;
            if unlocked.state.read(|tables| tables.publication.seq()) < seq {
                return Err(Error::Unreachable(
                    "your relays have older news of you than your other device".into(),
                ));
            }
            if account.heir != heir {
                return Err(Error::InvalidSignature("the profile names another successor".into()));
            }
            account::list_this_device(&unlocked.state, unlocked.device(), name).await?;
            self.0.list.add(&id, keystore, &account).await
        };
        if let Err(why) = restored.await {
            self.end().await;
            self.0.databases.delete(&id.to_string()).await?;
            return Err(why);
        }
        self.start(&unlocked).await
    }

    /// Notes that the person has seen how the words brought the profile back. From now on it is published as it is, also if
    /// a relay that did not answer may know something newer.
    pub async fn confirm_restored(&self) -> Result<Me, Error> {
        account::confirm_restored(&self.unlocked()?.state).await
    }

    /// Removes a profile with all that this browser holds of it. Cannot be undone without the words.
    pub async fn remove_profile(&self, id: &str) -> Result<(), Error> {
        let id = known_id(id)?;
        self.0.list.keystore(&id).await?;
        let was_waiting = self.0.list.is_waiting(&id).await?;
        let open = self.0.unlocked.borrow().clone().filter(|open| open.directory.id == id);
        let before = open.map(|open| open.state.read(|tables| tables.identities_before(&id)));
        // Where none is unlocked, it may be the one that stays signed in.
        let is_other = self.0.unlocked.borrow().as_ref().is_some_and(|open| open.directory.id != id);
        if !is_other {
            self.lock().await?;
        }
        // Old keys that have not published their last root yet.
        for old in before.unwrap_or_default() {
            if !self.0.list.contains(&old).await? {
                self.0.databases.delete(&old.to_string()).await?;
            }
        }
        self.0.list.remove(&id).await?;
        if was_waiting {
            self.0.databases.forget_seal(SealedFor::Waiting).await?;
        }
        Ok(())
    }

    /// The key that opens a keystore, if the passphrase is the right one.
    pub(super) async fn key_of(&self, keystore: &Keystore, passphrase: &str) -> Result<PassphraseKey, Error> {
        Ok(self.0.config.passphrases.derive(keystore::recipe(keystore)?, passphrase).await?)
    }

    /// A new keystore.
    pub(super) async fn keystore_under(
        &self,
        phrase: &Phrase,
        n: u32,
        passphrase: &str,
    ) -> Result<Keystore, Error> {
        let key = self.0.config.passphrases.derive(keystore::new_recipe(), passphrase).await?;
        Ok(keystore::seal_generation(phrase, n, &key))
    }

    /// Locks what is open, and opens this profile. One caller at a time: the next one locks what the first has opened.
    pub(super) async fn enter(&self, ring: Ring, fresh: Option<Fresh>) -> Result<Rc<Unlocked>, Error> {
        let _alone = self.0.entering.lock().await;
        self.lock().await?;
        self.unlock_ring(ring, fresh).await
    }
}

pub(super) fn known_id(id: &str) -> Result<Id, Error> {
    id.parse().map_err(|_| Error::NotFound("profile"))
}

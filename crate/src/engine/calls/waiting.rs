//! `profiles` of the API, as far as it is about a profile that waits for a name and a passphrase.

use crate::engine::api::{Event, Me, ProfileUpdate, Stay};
use crate::engine::{Account, Engine, Error, account};
use crate::format::keystore::Keystore;
use crate::keys::{Phrase, Ring, keystore};

impl Engine {
    /// Makes and unlocks a profile without a name, under a passphrase that nobody typed and that this browser keeps, so
    /// that somebody can share at once. Where one waits already, that one is opened.
    ///
    /// It stays signed in, like a profile opened with [`Stay::SignedIn`]; what needs a name or the passphrase is refused
    /// with `needs-name` until [`finish_profile`](Self::finish_profile).
    ///
    /// # Errors
    ///
    /// If this browser keeps nothing. Nothing of the profile is left then.
    pub async fn begin_profile(&self) -> Result<Me, Error> {
        let _alone = self.0.beginning.lock().await;
        if let Some(me) = self.current().filter(|me| me.summary.waiting) {
            return Ok(me);
        }
        if let Some(id) = self.0.list.waiting().await? {
            if let Some(passphrase) = self.0.list.kept_passphrase(&id).await? {
                return self.unlock(&id.to_string(), &passphrase, Stay::SignedIn).await;
            }
            tracing::warn!(%id, "the key of the profile that waited is lost, and the profile with it");
            self.0.list.remove(&id).await?;
        }
        let phrase = Phrase::generate();
        let (new, passphrase) = (Account::new(&phrase), account::random_passphrase());
        let keystore = self.keystore_under(&phrase, 0, &passphrase).await?;
        let unlocked = self.enter(Ring::from_phrase(&phrase), Some(new.clone().into())).await?;
        let id = unlocked.directory.id;
        let kept = async {
            self.0.list.add_waiting(&id, &keystore, &new, &passphrase).await?;
            self.0.list.stay_signed_in(&unlocked.ring).await
        };
        if let Err(why) = kept.await {
            self.end().await;
            self.0.list.remove(&id).await?;
            return Err(why);
        }
        self.start(&unlocked).await
    }

    /// Gives the profile that waits a name and a passphrase: it is one like every other from now on. With [`Stay::Open`]
    /// it stays signed in no more.
    ///
    /// # Cancel safety
    ///
    /// A dropped call leaves a profile that waits, perhaps with the name, or one that is finished.
    pub async fn finish_profile(&self, name: &str, passphrase: &str, stay: Stay) -> Result<Me, Error> {
        let unlocked = self.unlocked()?;
        let id = unlocked.directory.id;
        if !unlocked.directory.is_waiting() {
            return Err(Error::AlreadyExists("this profile has a name and a passphrase already"));
        }
        account::check_passphrase(passphrase)?;
        let named = ProfileUpdate { name: Some(name.into()), ..ProfileUpdate::default() };
        account::update(&unlocked.state, &self.0.list, &id, named).await?;
        let rekey = async |present: &Keystore| {
            let kept = self.0.list.kept_passphrase(&id).await?;
            let kept = kept.ok_or_else(|| {
                Error::Storage("it has lost the key of this profile; make another one".into())
            })?;
            let old = self.key_of(present, &kept).await?;
            let next = self.0.config.passphrases.derive(keystore::next_recipe(present)?, passphrase).await?;
            Ok(keystore::change(present, &old, &next)?)
        };
        let ended = self.0.list.end_waiting(&id, stay, rekey).await;
        unlocked.directory.set_waiting(self.0.list.is_waiting(&id).await?);
        ended?;
        let me = unlocked.state.me();
        self.0.hub.emit(&Event::Profile { me: Some(me.clone()) });
        Ok(me)
    }
}

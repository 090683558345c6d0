//! `profiles.changeKeys` of the API: another seed of the same 24 words takes the place of one that was stolen.
//!
//! The new profile is made beside the old one, with everything that is the person's, before the list of profiles names it
//! in one commit. Until then a tab that dies leaves the old profile as it was; the words begin anew. After it the new
//! profile goes on by itself at each unlock: shares are sealed anew, requests are left, and the old identity publishes one
//! last root, which names the new one.

use std::rc::{Rc, Weak};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::engine::account::{self, NewIdentity};
use crate::engine::api::Me;
use crate::engine::events::Hub;
use crate::engine::state::{Kind, State};
use crate::engine::storage::SealedBlocks;
use crate::engine::{Engine, Error, Inner, Unlocked};
use crate::format::secret::Secret;
use crate::keys::{Id, Phrase, Ring, keystore};
use crate::platform::{self, Instant};
use crate::store::blocks_of;

/// How often the rows are brought along once more because something changed meanwhile.
const ATTEMPTS: usize = 8;

/// How long the old identity tries to publish its last root while a relay is connected. A thief may have taken the last
/// sequence that relays accept.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked whether that was done.
const LOOK: Duration = Duration::from_secs(1);

/// Seeds of one phrase that are looked for at the relays.
const MAX_GENERATIONS: u32 = 64;

impl Engine {
    /// Changes the keys of the unlocked profile with its 24 words, after a theft: the next seed of the words takes the
    /// place of this one, under this passphrase. Contacts follow by themselves.
    ///
    /// The words do not come into the new keystore, because somebody may have had the old one.
    ///
    /// # Errors
    ///
    /// `invalid-phrase` if these are not the words of this profile. Nothing has changed then, nor after any other error
    /// before the new profile is listed.
    ///
    /// # Cancel safety
    ///
    /// A dropped call leaves the old profile or the new one, never both.
    pub async fn change_keys(&self, phrase: &str, passphrase: &str) -> Result<Me, Error> {
        let old = self.named()?;
        let phrase = Phrase::from_words(phrase)?;
        account::check_passphrase(passphrase)?;
        let id = old.directory.id;
        let n = self.0.list.keystore(&id).await?.n.unwrap_or_default();
        if Ring::from_seed(phrase.seed(n)).id() != id {
            return Err(Error::WordsOfAnother);
        }
        if old.state.read(|tables| tables.is_held_back()) {
            return Err(Error::Unreachable(
                "a relay that has not answered may know more of you: wait for it, or go on without it first"
                    .into(),
            ));
        }
        let next = n.checked_add(1).filter(|next| *next < MAX_GENERATIONS);
        let next = next.ok_or(Error::Unsupported("these words have made too many keys".into()))?;
        let ring = || Ring::from_seed(phrase.seed(next));
        let key = self.0.config.passphrases.derive(keystore::new_recipe(), passphrase).await?;
        let keystore = keystore::seal_seed(&ring(), next, &key);
        let account = old.state.read(|tables| account::account_of_heir(&tables.account, id, &phrase, next));
        self.make_heir(&old, n, ring(), account.clone()).await?;
        self.0.list.replace(&id, &ring().id(), &keystore, &account).await?;
        let unlocked = self.enter(ring(), None).await?;
        self.start(&unlocked).await
    }

    /// Notes that the person has read what follows from changed keys.
    pub async fn confirm_keys(&self) -> Result<Me, Error> {
        let unlocked = self.unlocked()?;
        let confirmed = unlocked.state.update(|tx| {
            let all: Vec<u32> = tx.former.keys().copied().collect();
            for n in all {
                if let Some(former) = tx.former.get_mut(&n) {
                    former.is_news = false;
                }
            }
            Ok(())
        });
        confirmed.await?;
        Ok(unlocked.state.me())
    }

    /// Makes the database of the new identity: every block, and every row that is the person's. What an earlier try left
    /// goes first.
    async fn make_heir(
        &self,
        old: &Unlocked,
        n: u32,
        ring: Ring,
        account: crate::engine::Account,
    ) -> Result<(), Error> {
        let (databases, id, heir) = (&self.0.databases, old.directory.id, ring.id());
        databases.delete(&heir.to_string()).await?;
        let store = databases.open(&heir.to_string()).await?;
        let to = SealedBlocks::new(blocks_of(store.clone()), &ring);
        let from = SealedBlocks::new(blocks_of(databases.open(&id.to_string()).await?), &old.ring);
        // Blocks are there before the rows that name them, so what was copied after a look at the rows is all of it.
        let mut before = old.state.snapshot();
        for _ in 0..ATTEMPTS {
            from.copy_to(&to).await?;
            if old.state.read(|tables| *tables == before) {
                break;
            }
            before = old.state.snapshot();
        }
        let new =
            Unlocked::wire(&self.0.config, &Rc::new(Hub::default()), store, ring, Some(account)).await?;
        let (old_ring, devices) = (old.ring.clone(), [old.device(), new.device()]);
        let taken = new.state.update(move |tx| {
            account::take_over(tx, &before, &NewIdentity { ring: &old_ring, n, id: heir, devices });
            Ok(())
        });
        let taken = taken.await;
        new.stop().await;
        taken
    }

    /// Which seed of a phrase is the newest that any relay knows. The words of a profile whose keys were changed bring
    /// back the profile of the new ones.
    pub(super) async fn newest_generation(&self, phrase: &Phrase) -> Result<u32, Error> {
        let guest = self.stranger().await?;
        let mut newest = 0;
        for n in 1..MAX_GENERATIONS {
            let id = Ring::from_seed(phrase.seed(n)).id();
            let asked = guest.directory.relays.iter().map(|relay| guest.net.get_record(relay, id));
            let answers = futures::future::join_all(asked).await;
            let is_there = answers.into_iter().any(|answer| {
                // A relay that is silent is asked for the record of the profile itself, and missed there.
                answer.ok().flatten().is_some_and(|record| {
                    crate::social::root::verify_record(&id, &record, platform::now_ms()).is_ok()
                })
            });
            if !is_there {
                break;
            }
            newest = n;
        }
        guest.stop().await;
        Ok(newest)
    }

    /// Has identities that this profile follows publish their last root, then forgets their databases.
    pub(in crate::engine) fn close_former(&self, unlocked: &Unlocked) {
        let is_left = |state: &State| state.read(|tables| tables.former.values().any(|keys| keys.is_here));
        if is_left(&unlocked.state) {
            let (engine, state, heir) =
                (Rc::downgrade(&self.0), unlocked.state.clone(), unlocked.directory.id);
            unlocked.tasks.spawn(close_all(engine, state, heir));
        }
    }
}

async fn close_all(engine: Weak<Inner>, state: State, heir: Id) {
    let left: Vec<(u32, Secret)> = state.read(|tables| {
        let here = tables.former.iter().filter(|(_, keys)| keys.is_here);
        here.map(|(n, keys)| (*n, keys.seed.clone())).collect()
    });
    for (n, seed) in left {
        if let Err(why) = close(&engine, &state, n, &seed, heir).await {
            tracing::warn!(%why, "the last root of old keys waits for the next unlock");
        }
    }
}

/// Publishes the last root of one identity, as far as relays take it, and forgets its database.
async fn close(engine: &Weak<Inner>, state: &State, n: u32, seed: &Secret, heir: Id) -> Result<(), Error> {
    let Some(inner) = engine.upgrade() else { return Ok(()) };
    let ring = Ring::from_seed(Zeroizing::new(*seed.as_bytes()));
    let (databases, name) = (inner.databases.clone(), ring.id().to_string());
    let store = databases.open(&name).await?;
    let old = Unlocked::wire(&inner.config, &Rc::new(Hub::default()), store, ring, None).await;
    drop(inner);
    match old {
        Ok(old) => {
            let closing = Closing(old);
            let published = closing.0.publish_last_root(heir).await;
            closing.0.stop().await;
            published?;
        }
        // One without rows was deleted already, and the note of it was not written.
        Err(Error::Storage(why)) => tracing::debug!(why, "old keys have published their last root"),
        Err(why) => return Err(why),
    }
    databases.delete(&name).await?;
    let closed = state.update(move |tx| {
        if let Some(keys) = tx.former.get_mut(&n) {
            keys.is_here = false;
        }
        Ok(())
    });
    closed.await
}

/// The components of an identity that is being closed, until that is done or the profile is locked.
struct Closing(Rc<Unlocked>);

impl Drop for Closing {
    fn drop(&mut self) {
        let old = self.0.clone();
        platform::spawn(async move { old.stop().await });
    }
}

impl Unlocked {
    /// Publishes a root that names the heir, until a relay has it, or none takes it.
    async fn publish_last_root(&self, heir: Id) -> Result<(), Error> {
        let named = self.state.update(move |tx| {
            Rc::make_mut(&mut tx.account).successor = Some(heir);
            tx.need_root();
            Ok(())
        });
        named.await?;
        let relays = self.directory.relays.clone();
        self.net.set_relays(relays, Some(self.publisher.certificate().into())).await;
        self.presence.start()?;
        self.publisher.start();
        // A thief may have published since: the last root follows theirs.
        self.tasks.spawn(self.restore().follow_other_devices());
        let mut changes = self.state.watch(&[Kind::replicas, Kind::current, Kind::publication]);
        let mut since: Option<Instant> = None;
        loop {
            let is_there = |relay: &crate::net::RelayAddr| {
                self.state.read(|tables| tables.is_current_at(&relay.peer().to_string()))
            };
            if self.directory.relays.iter().any(is_there) {
                return Ok(());
            }
            if self.state.live(|live| live.any_relay())
                && since.get_or_insert_with(Instant::now).elapsed() >= PATIENCE
            {
                tracing::warn!(
                    "no relay takes the last root of the old keys: requests tell contacts of the new ones"
                );
                return Ok(());
            }
            changes.changed_within(LOOK).await;
        }
    }
}

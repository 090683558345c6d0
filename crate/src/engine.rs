//! The engine: composes everything else; commands in, events out.
//!
//! An [`Engine`] has at most one unlocked profile: [`Unlocked`], the components of which are wired, started, and
//! stopped in order. What must survive that stands in sealed rows, and is taken up again at the next unlock. A link that
//! is opened without a profile is read by a guest: the same components over a store in memory, none of them started.
//!
//! Single-threaded: natively it runs on a `tokio::task::LocalSet`.
#![forbid(unsafe_code)]

mod account;
pub mod api;
mod calls;
mod contacts;
mod devices;
mod directory;
mod drops;
mod events;
mod folder;
#[cfg(test)]
mod full_disk;
mod introductions;
mod keeping;
mod letters;
#[cfg(test)]
mod mocked;
mod network;
mod presence;
mod progress;
mod publish;
mod shares;
mod state;
mod storage;
mod sync;
mod tasks;
mod transfer;
mod unlocked;

use std::cell::RefCell;
use std::rc::Rc;

use futures::lock::Mutex;

use crate::keys::{Phrase, Ring};
use crate::store::memory::Disk;
use crate::store::{Databases, rows_of};

pub use api::{Error, Fault};
pub use events::Events;
pub use tasks::Pieces;

use account::ProfileList;
use api::{Config, Event, Me};
use devices::Joining;
use events::Hub;
use state::Account;
use unlocked::{Unlocked, or_full};

/// Bytes of blocks that a guest remembers: lists of files, and what a player that jumps about reads twice. What is read
/// beyond that is fetched again.
const GUEST_BYTES: u64 = 64 << 20;

/// Handle to an engine. Every method is one call of `contract.d.ts`; dropping its future cancels it.
#[derive(Clone)]
pub struct Engine(Rc<Inner>);

struct Inner {
    config: Config,
    databases: Rc<dyn Databases>,
    list: ProfileList,
    hub: Rc<Hub>,
    /// Held while one profile takes the place of another.
    entering: Mutex<()>,
    /// Held while a profile is made that waits, so that there is one.
    beginning: Mutex<()>,
    unlocked: RefCell<Option<Rc<Unlocked>>>,
    /// Reads what links lead to while no profile is unlocked.
    guest: RefCell<Option<Rc<Unlocked>>>,
    /// The linking of this browser with another device of somebody.
    joining: Joining,
}

/// What a profile that has no rows here begins with.
struct Fresh {
    /// What it says of itself.
    account: Account,
    /// The key of this device and what its person calls it, if another device knows them already.
    device: Option<([u8; 32], String)>,
}

impl From<Account> for Fresh {
    fn from(account: Account) -> Self {
        Self { account, device: None }
    }
}

impl Engine {
    /// Opens the profile list, and the profile that the engine before this one left, or that stays signed in, if there is
    /// one.
    ///
    /// # Errors
    ///
    /// If the store cannot be opened. A profile that does not open is no error: the first screen asks for it.
    pub async fn open(config: Config, databases: Rc<dyn Databases>) -> Result<Self, Error> {
        let list = ProfileList::open(databases.clone()).await?;
        let (hub, entering, beginning, unlocked, guest, joining) = Default::default();
        let inner = Inner { config, databases, list, hub, entering, beginning, unlocked, guest, joining };
        let engine = Self(Rc::new(inner));
        let opened = async {
            let inherited = engine.0.list.inherited().await?;
            let ring = if inherited.is_some() { inherited } else { engine.0.list.signed_in().await? };
            let Some(ring) = ring else { return engine.0.list.disinherit().await };
            let unlocked = engine.unlock_ring(ring, None).await?;
            engine.start(&unlocked).await.map(drop)
        };
        if let Err(why) = opened.await {
            tracing::warn!(%why, "the profile that was open did not open again");
            engine.end().await;
        }
        Ok(engine)
    }

    /// Every event from now on; dropping the stream unsubscribes.
    pub fn events(&self) -> Events {
        self.0.hub.listen()
    }

    /// Ends as a tab does that is closed. What was not finished goes on with the next engine.
    pub async fn shutdown(&self) {
        self.end().await;
    }

    /// The components of the unlocked profile, or the error that says to unlock.
    fn unlocked(&self) -> Result<Rc<Unlocked>, Error> {
        self.0.unlocked.borrow().clone().ok_or(Error::Locked)
    }

    /// The same of a profile that has a name and a passphrase.
    fn named(&self) -> Result<Rc<Unlocked>, Error> {
        let unlocked = self.unlocked()?;
        if unlocked.directory.is_waiting() { Err(Error::NeedsName) } else { Ok(unlocked) }
    }

    /// The components that may read shares: of the unlocked profile, else of the guest who is here.
    fn reading(&self) -> Result<Rc<Unlocked>, Error> {
        self.unlocked().or_else(|locked| self.0.guest.borrow().clone().ok_or(locked))
    }

    /// Runs a call of the unlocked profile until it ends, or until the profile is locked.
    async fn while_unlocked<T>(
        &self,
        call: impl AsyncFnOnce(&Unlocked) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.unlocked()?.run(call).await
    }

    /// The same of what a guest can do too.
    async fn while_reading<T>(
        &self,
        call: impl AsyncFnOnce(&Unlocked) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.reading()?.run(call).await
    }

    /// Opens a profile where none is open. `fresh` is for one that has no rows yet.
    async fn unlock_ring(&self, ring: Ring, fresh: Option<Fresh>) -> Result<Rc<Unlocked>, Error> {
        let store = self.0.databases.open(&ring.id().to_string()).await?;
        if let Some((secret, _)) = fresh.as_ref().and_then(|fresh| fresh.device.as_ref()) {
            state::adopt_device(&rows_of(store.clone()), &ring, *secret).await?;
        }
        let fresh = fresh.map(|fresh| fresh.account);
        let unlocked = Unlocked::wire(&self.0.config, &self.0.hub, store, ring, fresh).await?;
        // Before anything can ask for a connection.
        unlocked.net.allow_visits(!unlocked.directory.is_own_only()).await;
        let relays = unlocked.directory.relays.clone();
        unlocked.net.set_relays(relays, Some(unlocked.publisher.certificate().into())).await;
        self.0.unlocked.replace(Some(unlocked.clone()));
        Ok(unlocked)
    }

    /// Starts what goes on by itself, and tells who is here.
    async fn start(&self, unlocked: &Rc<Unlocked>) -> Result<Me, Error> {
        unlocked.directory.set_waiting(self.0.list.is_waiting(&unlocked.directory.id).await?);
        // Before anything runs, so that nothing has gone on when the caller hears of it.
        or_full(self.0.list.bequeath(&unlocked.ring).await)?;
        unlocked.start().await?;
        self.close_former(unlocked);
        // The list of profiles lacks a change for which there was no room.
        let account = || unlocked.state.read(|tables| tables.account.clone());
        or_full(self.0.list.refresh(&unlocked.directory.id, account).await)?;
        let me = unlocked.state.me();
        self.0.hub.emit(&Event::Profile { me: Some(me.clone()) });
        Ok(me)
    }

    /// The guest who is here, or a new one.
    async fn guest(&self) -> Result<Rc<Unlocked>, Error> {
        let here = self.0.guest.borrow().clone();
        if let Some(guest) = here {
            return Ok(guest);
        }
        let guest = self.stranger().await?;
        // Another link may have been opened meanwhile.
        Ok(self.0.guest.borrow_mut().get_or_insert(guest).clone())
    }

    /// The components of nobody, over a store in memory.
    async fn stranger(&self) -> Result<Rc<Unlocked>, Error> {
        let phrase = Phrase::generate();
        let store = Disk::with_quota(GUEST_BYTES).lead().open("guest").await?;
        let ring = Ring::from_phrase(&phrase);
        Unlocked::wire(&self.0.config, &self.0.hub, store, ring, Some(Account::new(&phrase))).await
    }

    /// Forgets every secret in memory and ends what runs.
    async fn end(&self) {
        let guest = self.0.guest.borrow_mut().take();
        if let Some(guest) = guest {
            guest.stop().await;
        }
        let unlocked = self.0.unlocked.borrow_mut().take();
        if let Some(unlocked) = unlocked {
            unlocked.stop().await;
            self.0.hub.emit(&Event::Profile { me: None });
        }
    }
}

//! The engine: composes everything else; commands in, events out.
//!
//! An [`Engine`] has at most one unlocked profile: [`Unlocked`], the components of which are wired below, started, and
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

use std::cell::RefCell;
use std::rc::Rc;

use futures::channel::mpsc;
use futures::lock::Mutex;
use libp2p::identity::Keypair;

use crate::crypto::sign::VerifyingKey;
use crate::format::share_id::ShareId;
use crate::keys::{Id, Phrase, Ring};
use crate::net::Net;
use crate::social::contact::FORK_PATIENCE;
use crate::store::memory::Disk;
use crate::store::{Databases, Store, blocks_of, rows_of};

pub use api::{Error, Fault};
pub use events::Events;
pub use tasks::Pieces;

use account::ProfileList;
use api::{Config, Event, Me};
use contacts::Contacts;
use devices::{Devices, Joining};
use directory::Directory;
use drops::Drops;
use events::Hub;
use folder::Folders;
use presence::{OwnRecord, Presence, ServedBlocks};
use progress::Transfers;
use publish::{Keeper, Publisher, RelayKeeper};
use shares::Shares;
use state::{Account, State};
use storage::{SealedBlocks, Storage};
use sync::Sync;
use tasks::Tasks;
use transfer::{Downloads, Fetchers};

/// Bytes of blocks that a guest remembers: lists of files, and what a player that jumps about reads twice. What is read
/// beyond that is fetched again.
const GUEST_BYTES: u64 = 64 << 20;

/// Identities and shares that one component has told another of and that wait: what is beyond is noticed later.
const MAX_TOLD: usize = 64;

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
        let unlocked = Unlocked::wire(&self.0, &self.0.hub, store, ring, fresh).await?;
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
        unlocked.start().await?;
        self.close_former(unlocked);
        // The list of profiles lacks a change for which there was no room.
        let account = || unlocked.state.read(|tables| tables.account.clone());
        or_full(self.0.list.refresh(&unlocked.directory.id, account).await)?;
        or_full(self.0.list.bequeath(&unlocked.ring).await)?;
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
        Unlocked::wire(&self.0, &self.0.hub, store, ring, Some(Account::new(&phrase))).await
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

/// The components of one unlocked profile, or of a guest.
struct Unlocked {
    ring: Rc<Ring>,
    directory: Directory,
    hub: Rc<Hub>,
    net: Net,
    state: State,
    transfers: Transfers,
    storage: Storage,
    fetchers: Fetchers,
    served: ServedBlocks,
    own_record: OwnRecord,
    presence: Presence,
    publisher: Publisher,
    devices: Devices,
    contacts: Contacts,
    shares: Shares,
    drops: Drops,
    downloads: Downloads,
    folders: Folders,
    sync: Sync,
    tasks: Tasks,
    fetched: RefCell<Option<mpsc::Receiver<ShareId>>>,
}

impl Unlocked {
    /// Runs a call until it ends, or until the profile is locked.
    async fn run<T>(&self, call: impl AsyncFnOnce(&Self) -> Result<T, Error>) -> Result<T, Error> {
        // On the heap: some calls are large.
        self.tasks.until_stopped(Box::pin(call(self))).await
    }

    /// Makes every component from those below it, whose events go to `hub`. Nothing runs yet but the state's task and
    /// the network.
    async fn wire(
        engine: &Inner,
        hub: &Rc<Hub>,
        store: Rc<dyn Store>,
        ring: Ring,
        fresh: Option<Account>,
    ) -> Result<Rc<Self>, Error> {
        let config = &engine.config;
        let (ring, tasks) = (Rc::new(ring), Tasks::default());
        let directory = Directory::new(ring.id(), &config.relays, config.on_loopback)?;
        let (rows, blocks) = (rows_of(store.clone()), SealedBlocks::new(blocks_of(store), &ring));
        let state = State::open(state::Args {
            store: rows,
            ring: ring.clone(),
            directory: directory.clone(),
            hub: hub.clone(),
            fresh,
        });
        let state = state.await?;
        let device = Keypair::ed25519_from_bytes(state.device_secret().await?);
        let device = device.map_err(|why| Error::Storage(why.to_string()))?;
        directory.set_device(verifying_key(&device).into());
        let transfers = Transfers::new(hub.clone());
        let storage = Storage::new(storage::Args {
            state: state.clone(),
            blocks: blocks.clone(),
            transfers: transfers.clone(),
            hub: hub.clone(),
        });
        let served = ServedBlocks::new(blocks);
        let (net, events) = served.start_net(&device, config.direct())?;
        let fetchers = Fetchers::new(transfer::FetchersArgs {
            state: state.clone(),
            directory: directory.clone(),
            storage: storage.clone(),
            blocks: Rc::new(net.clone()),
            records: Rc::new(net.clone()),
        });
        let own_record = OwnRecord::new(directory.id);
        let presence = Presence::new(presence::Args {
            state: state.clone(),
            net: net.clone(),
            events,
            own_record: own_record.clone(),
            served: served.clone(),
            tasks: tasks.clone(),
        });
        let keeper = |relay| -> Rc<dyn Keeper> {
            Rc::new(RelayKeeper::new(net.clone(), relay, directory.id, state.clone()))
        };
        let publisher = Publisher::new(publish::Args {
            ring: ring.clone(),
            device: verifying_key(&device),
            state: state.clone(),
            directory: directory.clone(),
            storage: storage.clone(),
            fetchers: fetchers.clone(),
            transfers: transfers.clone(),
            served: served.clone(),
            own_record: own_record.clone(),
            keepers: directory.relays.iter().cloned().map(keeper).collect(),
            tasks: tasks.clone(),
        });
        let devices = Devices::new(devices::Args {
            ring: ring.clone(),
            device: verifying_key(&device),
            state: state.clone(),
            directory: directory.clone(),
            net: net.clone(),
            hub: hub.clone(),
            tasks: tasks.clone(),
        });
        let (wanted, wanted_ids) = mpsc::channel(MAX_TOLD);
        let contacts = Contacts::new(contacts::Args {
            ring: ring.clone(),
            state: state.clone(),
            directory: directory.clone(),
            fetchers: fetchers.clone(),
            mailboxes: Rc::new(net.clone()),
            wanted,
            tasks: tasks.clone(),
        });
        let shares = Shares::new(shares::Args {
            ring: ring.clone(),
            state: state.clone(),
            directory: directory.clone(),
            storage: storage.clone(),
            fetchers: fetchers.clone(),
            transfers: transfers.clone(),
            publisher: publisher.clone(),
            served: served.clone(),
            records: Rc::new(net.clone()),
            passphrases: config.passphrases.clone(),
            tasks: tasks.clone(),
        });
        let drops = Drops::new(drops::Args {
            ring: ring.clone(),
            state: state.clone(),
            directory: directory.clone(),
            fetchers: fetchers.clone(),
            transfers: transfers.clone(),
            contacts: contacts.clone(),
            shares: shares.clone(),
            mailboxes: Rc::new(net.clone()),
            net: net.clone(),
            tasks: tasks.clone(),
        });
        let (fetched, fetched_shares) = mpsc::channel(MAX_TOLD);
        let downloads = Downloads::new(transfer::DownloadsArgs {
            state: state.clone(),
            storage: storage.clone(),
            fetchers: fetchers.clone(),
            transfers: transfers.clone(),
            fetched,
            tasks: tasks.clone(),
        });
        let folders = Folders::new(folder::Args {
            ring: ring.clone(),
            device: Id::from(verifying_key(&device)),
            state: state.clone(),
            storage: storage.clone(),
            shares: shares.clone(),
            directories: config.directories.clone(),
            hub: hub.clone(),
            tasks: tasks.clone(),
        });
        let sync = Sync::new(sync::Args {
            ring: ring.clone(),
            state: state.clone(),
            directory: directory.clone(),
            fetchers: fetchers.clone(),
            records: Rc::new(net.clone()),
            shares: shares.clone(),
            contacts: contacts.clone(),
            wanted: wanted_ids,
            fork_patience: config.fork_patience.unwrap_or(FORK_PATIENCE),
            tasks: tasks.clone(),
        });
        Ok(Rc::new(Self {
            ring,
            directory,
            hub: hub.clone(),
            net,
            state,
            transfers,
            storage,
            fetchers,
            served,
            own_record,
            presence,
            publisher,
            devices,
            contacts,
            shares,
            drops,
            downloads,
            folders,
            sync,
            tasks,
            fetched: RefCell::new(Some(fetched_shares)),
        }))
    }

    /// Starts what goes on by itself: publishing, watching, and what was left unfinished.
    async fn start(&self) -> Result<(), Error> {
        // What is not done on a full disk is done at the next unlock.
        or_full(self.publisher.renew_record().await)?;
        or_full(self.contacts.forget_the_old().await)?;
        or_full(account::list_this_device(&self.state, self.device(), None).await)?;
        let (served, publisher) = (self.served.clone(), self.publisher.clone());
        let (state, me) = (self.state.clone(), self.directory.id);
        self.tasks.spawn(async move {
            served.serve_root(&state).await;
            publisher.offer_record();
            served.serve_shares(&state, &me).await;
        });
        self.presence.start()?;
        self.devices.start()?;
        self.publisher.start();
        self.sync.start();
        self.contacts.start();
        if let Some(fetched) = self.fetched.take() {
            self.shares.start(fetched);
        }
        self.drops.start();
        self.downloads.start();
        self.folders.start();
        self.tasks.spawn(self.restore().ask_silent_relays());
        self.tasks.spawn(self.restore().follow_other_devices());
        Ok(())
    }

    /// The key of this device, as its list of devices names it.
    fn device(&self) -> Id {
        Id::from(*self.publisher.device())
    }

    /// What brings this profile back from its words.
    fn restore(&self) -> account::Restore {
        account::Restore {
            ring: self.ring.clone(),
            device: *self.publisher.device().as_bytes(),
            state: self.state.clone(),
            directory: self.directory.clone(),
            fetchers: self.fetchers.clone(),
            records: Rc::new(self.net.clone()),
            served: self.served.clone(),
            own_record: self.own_record.clone(),
            tasks: self.tasks.clone(),
        }
    }

    /// Stops everything, the highest first: what moves, every task, the network, the state.
    async fn stop(&self) {
        self.transfers.end();
        self.tasks.stop().await;
        self.net.stop().await;
        self.transfers.end();
        self.state.close().await;
    }
}

/// Passes over that a disk is full, where nothing is lost by it.
fn or_full(done: Result<(), Error>) -> Result<(), Error> {
    if done == Err(Error::Quota) { Ok(()) } else { done }
}

/// The public half of a device's key.
fn verifying_key(device: &Keypair) -> VerifyingKey {
    let key = device.public().try_into_ed25519().expect("devices have Ed25519 keys");
    VerifyingKey::from_bytes(&key.to_bytes()).expect("a key that we made is not weak")
}

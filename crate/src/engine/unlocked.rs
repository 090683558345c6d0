//! The components of an unlocked profile: how they are wired, started, and stopped in order.

use std::cell::RefCell;
use std::rc::Rc;

use futures::channel::mpsc;
use libp2p::identity::Keypair;

use crate::crypto::sign::VerifyingKey;
use crate::format::share_id::ShareId;
use crate::keys::{Id, Ring};
use crate::net::Net;
use crate::social::contact::FORK_PATIENCE;
use crate::store::{Store, blocks_of, rows_of};

use super::api::{Config, Error};
use super::contacts::Contacts;
use super::devices::Devices;
use super::directory::Directory;
use super::drops::Drops;
use super::events::Hub;
use super::folder::Folders;
use super::introductions::Introductions;
use super::keeping::Keeping;
use super::letters::Letters;
use super::presence::{OwnRecord, Presence, ServedBlocks};
use super::progress::Transfers;
use super::publish::{Keeper, Publisher, RelayKeeper};
use super::shares::Shares;
use super::state::{Account, State};
use super::storage::{SealedBlocks, Storage};
use super::sync::Sync;
use super::tasks::Tasks;
use super::transfer::{Downloads, Fetchers};
use super::{
    account, contacts, devices, drops, folder, introductions, keeping, letters, presence, publish, shares,
    state, storage, sync, transfer,
};

/// Identities and shares that one component has told another of and that wait: what is beyond is noticed later.
const MAX_TOLD: usize = 64;

/// The components of one unlocked profile, or of a guest.
pub(super) struct Unlocked {
    pub(super) ring: Rc<Ring>,
    pub(super) directory: Directory,
    pub(super) hub: Rc<Hub>,
    pub(super) net: Net,
    pub(super) state: State,
    pub(super) transfers: Transfers,
    pub(super) storage: Storage,
    pub(super) fetchers: Fetchers,
    pub(super) served: ServedBlocks,
    pub(super) own_record: OwnRecord,
    pub(super) presence: Presence,
    pub(super) publisher: Publisher,
    pub(super) devices: Devices,
    pub(super) contacts: Contacts,
    pub(super) introductions: Introductions,
    pub(super) shares: Shares,
    pub(super) drops: Drops,
    pub(super) downloads: Downloads,
    pub(super) keeping: Keeping,
    pub(super) folders: Folders,
    pub(super) sync: Sync,
    pub(super) tasks: Tasks,
    pub(super) fetched: RefCell<Option<mpsc::Receiver<ShareId>>>,
}

impl Unlocked {
    /// Runs a call until it ends, or until the profile is locked.
    pub(super) async fn run<T>(&self, call: impl AsyncFnOnce(&Self) -> Result<T, Error>) -> Result<T, Error> {
        // On the heap: some calls are large.
        self.tasks.until_stopped(Box::pin(call(self))).await
    }

    /// Makes every component from those below it, whose events go to `hub`. Nothing runs yet but the state's task and
    /// the network.
    pub(super) async fn wire(
        config: &Config,
        hub: &Rc<Hub>,
        store: Rc<dyn Store>,
        ring: Ring,
        fresh: Option<Account>,
    ) -> Result<Rc<Self>, Error> {
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
        let relays: Vec<_> = directory.relays.iter().cloned().map(keeper).collect();
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
            keepers: relays.clone(),
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
        let letters = Letters::new(letters::Args {
            ring: ring.clone(),
            state: state.clone(),
            storage: storage.clone(),
            served: served.clone(),
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
        let introductions = Introductions::new(introductions::Args {
            state: state.clone(),
            directory: directory.clone(),
            letters: letters.clone(),
            contacts: contacts.clone(),
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
        served.kept().set_device(verifying_key(&device));
        let (fetched, fetched_shares) = mpsc::channel(MAX_TOLD);
        let downloads = Downloads::new(transfer::DownloadsArgs {
            state: state.clone(),
            storage: storage.clone(),
            fetchers: fetchers.clone(),
            transfers: transfers.clone(),
            fetched,
            tasks: tasks.clone(),
        });
        let keeping = Keeping::new(keeping::Args {
            me: directory.id,
            device: verifying_key(&device),
            directory: directory.clone(),
            state: state.clone(),
            storage: storage.clone(),
            fetchers: fetchers.clone(),
            downloads: downloads.clone(),
            letters: letters.clone(),
            served: served.clone(),
            relays: relays.clone(),
            friends: Rc::new(net.clone()),
            http: config.http.clone(),
            is_metered: Rc::new(crate::platform::is_metered),
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
            introductions: introductions.clone(),
            keeping: keeping.clone(),
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
            introductions,
            shares,
            drops,
            downloads,
            keeping,
            folders,
            sync,
            tasks,
            fetched: RefCell::new(Some(fetched_shares)),
        }))
    }

    /// Starts what goes on by itself: publishing, watching, and what was left unfinished.
    pub(super) async fn start(&self) -> Result<(), Error> {
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
        self.introductions.start();
        if let Some(fetched) = self.fetched.take() {
            self.shares.start(fetched);
        }
        self.drops.start();
        self.downloads.start();
        self.keeping.start();
        self.keeping.start_proofs(&self.net)?;
        self.folders.start();
        self.tasks.spawn(self.restore().ask_silent_relays());
        self.tasks.spawn(self.restore().follow_other_devices());
        Ok(())
    }

    /// The key of this device, as its list of devices names it.
    pub(super) fn device(&self) -> Id {
        Id::from(*self.publisher.device())
    }

    /// What brings this profile back from its words.
    pub(super) fn restore(&self) -> account::Restore {
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

    /// What tries whether the words would bring this profile back.
    pub(super) fn trial(&self) -> account::Trial {
        account::Trial {
            ring: self.ring.clone(),
            state: self.state.clone(),
            directory: self.directory.clone(),
            storage: self.storage.clone(),
        }
    }

    /// Stops everything, the highest first: what moves, every task, the network, the state.
    pub(super) async fn stop(&self) {
        self.transfers.end();
        self.tasks.stop().await;
        self.net.stop().await;
        self.transfers.end();
        self.state.close().await;
    }
}

/// The public half of a device's key.
fn verifying_key(device: &Keypair) -> VerifyingKey {
    let key = device.public().try_into_ed25519().expect("devices have Ed25519 keys");
    VerifyingKey::from_bytes(&key.to_bytes()).expect("a key that we made is not weak")
}

/// Passes over that a disk is full, where nothing is lost by it.
pub(super) fn or_full(done: Result<(), Error>) -> Result<(), Error> {
    if done == Err(Error::Quota) { Ok(()) } else { done }
}

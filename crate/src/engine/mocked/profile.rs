//! A whole profile without a socket.

use std::rc::Rc;

use futures::channel::mpsc;

use crate::crypto::sign::SigningKey;
use crate::engine::contacts::{self, Contacts};
use crate::engine::directory::Directory;
use crate::engine::events::Hub;
use crate::engine::introductions::{self, Introductions};
use crate::engine::keeping::{self, Keeping};
use crate::engine::letters::{self, Letters};
use crate::engine::presence::{OwnRecord, ServedBlocks};
use crate::engine::progress::Transfers;
use crate::engine::publish::{self, Publisher};
use crate::engine::shares::{self, Shares};
use crate::engine::state::{self, Account, State};
use crate::engine::storage::{self, SealedBlocks, Storage};
use crate::engine::tasks::Tasks;
use crate::engine::transfer::{Downloads, DownloadsArgs, Fetchers, FetchersArgs};
use crate::format::share_id::ShareId;
use crate::keys::{Id, Phrase, Ring};
use crate::net::RelayAddr;
use crate::platform;
use crate::social::relation::Relation;
use crate::social::share_record::ShareRecord;
use crate::store::memory::Disk;
use crate::store::{Databases as _, Table, blocks_of, rows_of};

use super::files::{file, new_share};
use super::neighbours::Neighbours;
use super::people::{contact_of, relay};
use crate::engine::api::{Audience, NewShare, Passphrases};

/// Identities and shares that one component has told another of and that wait.
const TOLD: usize = 4;

/// Every component of a profile but syncing, wired as in the engine. Nothing runs that a test does not start.
pub(in crate::engine) struct MockedProfile {
    pub(in crate::engine) disk: Disk,
    pub(in crate::engine) number: u8,
    pub(in crate::engine) neighbours: Neighbours,
    pub(in crate::engine) hub: Rc<Hub>,
    pub(in crate::engine) ring: Rc<Ring>,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) relay: RelayAddr,
    pub(in crate::engine) state: State,
    pub(in crate::engine) transfers: Transfers,
    pub(in crate::engine) storage: Storage,
    pub(in crate::engine) fetchers: Fetchers,
    pub(in crate::engine) publisher: Publisher,
    pub(in crate::engine) contacts: Contacts,
    pub(in crate::engine) introductions: Introductions,
    pub(in crate::engine) shares: Shares,
    pub(in crate::engine) downloads: Downloads,
    pub(in crate::engine) keeping: Keeping,
    pub(in crate::engine) tasks: Tasks,
    /// Asks for the newest record of somebody, as contacts do.
    pub(in crate::engine) wanted: mpsc::Sender<Id>,
    /// Whose newest record is asked for.
    pub(in crate::engine) wanted_ids: mpsc::Receiver<Id>,
    /// Shares of which everything is here that was wished for.
    pub(in crate::engine) fetched: mpsc::Receiver<ShareId>,
}

impl MockedProfile {
    /// The profile of the first person, with nobody around.
    pub(in crate::engine) async fn alone(seed: u64) -> Self {
        Self::open(&Disk::with_latency(seed), 1, Neighbours::default()).await
    }

    /// Opens the profile of `ring(number)` that is on this disk, or a new one.
    pub(in crate::engine) async fn open(disk: &Disk, number: u8, neighbours: Neighbours) -> Self {
        let phrase = Phrase::from_bytes([number; 32]);
        let ring = Rc::new(Ring::from_phrase(&phrase));
        let store = disk.lead().open(&ring.id().to_string()).await.expect("memory opens");
        let (rows, blocks) = (rows_of(store.clone()), SealedBlocks::new(blocks_of(store), &ring));
        let is_new = rows.rows(Table::State).await.expect("memory is read").is_empty();
        let directory = Directory::new(ring.id(), &[relay()], true).expect("the relay is named rightly");
        let (hub, tasks) = (Rc::new(Hub::default()), Tasks::default());
        let state = State::open(state::Args {
            store: rows,
            ring: ring.clone(),
            directory: directory.clone(),
            hub: hub.clone(),
            fresh: is_new.then(|| Account { name: "Ada".into(), ..Account::new(&phrase) }),
        });
        let state = state.await.expect("the state opens");
        let transfers = Transfers::new(hub.clone());
        let storage = Storage::new(storage::Args {
            state: state.clone(),
            blocks: blocks.clone(),
            transfers: transfers.clone(),
            hub: hub.clone(),
        });
        let fetchers = Fetchers::new(FetchersArgs {
            state: state.clone(),
            directory: directory.clone(),
            storage: storage.clone(),
            blocks: neighbours.blocks.clone(),
            records: neighbours.records.clone(),
        });
        let served = ServedBlocks::new(blocks);
        let publisher = Publisher::new(publish::Args {
            ring: ring.clone(),
            device: SigningKey::from_bytes(&[9; 32]).verifying_key(),
            state: state.clone(),
            directory: directory.clone(),
            storage: storage.clone(),
            fetchers: fetchers.clone(),
            transfers: transfers.clone(),
            served: served.clone(),
            own_record: OwnRecord::new(directory.id),
            keepers: neighbours.keepers.clone(),
            tasks: tasks.clone(),
        });
        let (wanted, wanted_ids) = mpsc::channel(TOLD);
        let contacts = Contacts::new(contacts::Args {
            ring: ring.clone(),
            state: state.clone(),
            directory: directory.clone(),
            fetchers: fetchers.clone(),
            mailboxes: neighbours.mailboxes.clone(),
            wanted: wanted.clone(),
            tasks: tasks.clone(),
        });
        let letters = Letters::new(letters::Args {
            ring: ring.clone(),
            state: state.clone(),
            storage: storage.clone(),
            served: served.clone(),
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
            records: neighbours.records.clone(),
            passphrases: Passphrases::default(),
            tasks: tasks.clone(),
        });
        let (told, fetched) = mpsc::channel(TOLD);
        let downloads = Downloads::new(DownloadsArgs {
            state: state.clone(),
            storage: storage.clone(),
            fetchers: fetchers.clone(),
            transfers: transfers.clone(),
            fetched: told,
            tasks: tasks.clone(),
        });
        let keeping = Keeping::new(keeping::Args {
            me: directory.id,
            device: SigningKey::from_bytes(&[9; 32]).verifying_key(),
            directory: directory.clone(),
            state: state.clone(),
            storage: storage.clone(),
            fetchers: fetchers.clone(),
            downloads: downloads.clone(),
            letters,
            served,
            relays: neighbours.keepers.clone(),
            friends: neighbours.friends.clone(),
            http: neighbours.http.clone(),
            is_metered: neighbours.is_metered.clone(),
            tasks: tasks.clone(),
        });
        let (disk, relay) = (disk.clone(), directory.relays[0].clone());
        Self {
            disk,
            number,
            neighbours,
            hub,
            ring,
            directory,
            relay,
            state,
            transfers,
            storage,
            fetchers,
            publisher,
            contacts,
            introductions,
            shares,
            downloads,
            keeping,
            tasks,
            wanted,
            wanted_ids,
            fetched,
        }
    }

    /// Opens what the disk has now, as the next tab does. This one can write nothing any more.
    pub(in crate::engine) async fn opened_anew(&self) -> Self {
        Self::open(&self.disk, self.number, self.neighbours.clone()).await
    }

    /// Ends as a tab does that is closed.
    pub(in crate::engine) async fn close(self) {
        self.tasks.stop().await;
        self.state.close().await;
    }

    /// Has somebody as an added contact, whose profile is known and whose relay is ours.
    pub(in crate::engine) async fn befriend(&self, them: &Ring) -> Id {
        let (id, contact) = (them.id(), contact_of(them));
        let added = self.state.update(move |tx| {
            tx.contacts.insert(id, contact);
            tx.relations.insert(id, Relation::added(platform::now_ms()));
            Ok(())
        });
        added.await.expect("there is room");
        id
    }

    /// Shares something.
    pub(in crate::engine) async fn share(&self, new: NewShare) -> ShareRecord {
        let share = self.shares.create(new).await.expect("it can be shared");
        self.record(&share.id).expect("it is here")
    }

    /// Shares one file with my own devices.
    pub(in crate::engine) async fn share_own(&self, byte: u8, size: usize) -> ShareRecord {
        self.share(new_share(vec![file("file", byte, size)], Audience::Myself)).await
    }

    /// The row of a share.
    pub(in crate::engine) fn record(&self, id: &str) -> Option<ShareRecord> {
        self.state.read(|tables| tables.share(id).ok().cloned())
    }
}

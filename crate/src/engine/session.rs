//! One unlocked profile: its keys, its state, its tasks. Ends when the profile is locked.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::rc::Rc;

use cid::Cid;
use futures::future::{AbortHandle, Abortable};
use futures::lock::Mutex;
use libp2p::identity::Keypair;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

use crate::crypto::sign::VerifyingKey;
use crate::format::share_id::ShareId;
use crate::keys::{Id, Phrase, Ring};
use crate::net::{Net, RelayAddr};
use crate::platform;
use crate::social::contact::Contact;
use crate::social::link::{Links, OpenedLink};
use crate::social::receipt::Progress;
use crate::store::write_behind::WriteBehind;
use crate::store::{Store, Table, Write};

use super::api::{Event, Me, ProfileSummary};
use super::ask::Asked;
use super::events::Hub;
use super::follow::Following;
use super::getter::Lists;
use super::kept::Kept;
use super::neighbours::OwnRecord;
use super::network::Online;
use super::people::{self, People};
use super::published::Published;
use super::requests::Askers;
use super::rows::Rows;
use super::serve::OwnBlocks;
use super::transfers::Transfers;
use super::wake::Wake;
use super::{Error, Inner};

/// Names of single rows in [`Table::State`].
pub(super) const MINE: &str = "mine";
const DEVICE: &str = "device";
pub(super) const PUBLISHED: &str = "published";
const CHANGES: &str = "changes";
/// Prefixes of rows in [`Table::State`], followed by an id.
pub(super) const CONTACT: &str = "contact/";
pub(super) const SHARE: &str = "share/";
pub(super) const HIDDEN: &str = "hidden/";
pub(super) const REACHED: &str = "reached/";

/// What I say of myself, and what this browser knows of my habits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Mine {
    pub(super) name: String,
    pub(super) bio: Option<String>,
    pub(super) avatar: Option<ByteBuf>,
    /// The commitment to my successor, which only the words can give.
    pub(super) heir: ByteArray<32>,
    /// When any of it was last changed.
    pub(super) changed: u64,
    pub(super) words_confirmed: bool,
    /// Whether authors hear how far I came with what they shared, and I hear the same of mine.
    #[serde(default)]
    pub(super) receipts: bool,
    /// Whether contacts are reached through relays alone.
    #[serde(default)]
    pub(super) relay_only: bool,
}

impl Mine {
    /// Somebody of whom nothing is known but the words.
    pub(super) fn new(phrase: &Phrase) -> Self {
        let heir = ByteArray::new(phrase.heir(0));
        let changed = platform::now_ms();
        Self {
            name: String::new(),
            bio: None,
            avatar: None,
            heir,
            changed,
            words_confirmed: false,
            receipts: false,
            relay_only: false,
        }
    }
}

/// One unlocked profile.
pub(super) struct Session {
    pub(super) id: Id,
    pub(super) ring: Ring,
    pub(super) store: Rc<dyn Store>,
    /// Chunks of files that were read, on their way into the store.
    pub(super) behind: Rc<WriteBehind>,
    pub(super) rows: Rows,
    pub(super) hub: Rc<Hub>,
    pub(super) transfers: Transfers,
    pub(super) net: Net,
    pub(super) relays: Vec<RelayAddr>,
    pub(super) on_loopback: bool,
    pub(super) state: RefCell<State>,
    pub(super) online: Online,
    pub(super) own_record: OwnRecord,
    pub(super) following: Following,
    /// Requests of mine that are under way.
    pub(super) asked: Asked,
    /// What was found out about those who ask me.
    pub(super) askers: Askers,
    /// Contacts of whom something did not verify since the profile was unlocked.
    pub(super) refused: RefCell<BTreeSet<Id>>,
    /// Rung when there may be something to publish.
    pub(super) publish: Wake,
    /// Rung when somebody was reached who may have what is waited for.
    pub(super) reached: Wake,
    /// Rung when there may be room in the store again.
    pub(super) room: Wake,
    /// Held while a root is made.
    pub(super) composing: Mutex<()>,
    /// Held while a share of mine is made anew.
    pub(super) rewriting: Mutex<()>,
    /// Whether receipts wait for others to be published with them.
    pub(super) gathering: Cell<bool>,
    /// Held while blocks are let go, and while those are written that only this browser has.
    pub(super) tidying: Mutex<()>,
    /// Stored blocks that no row names yet: lists of shares that are being made.
    pub(super) unnamed: RefCell<BTreeSet<Cid>>,
    pub(super) lists: Lists,
    device: Keypair,
    pub(super) own_blocks: OwnBlocks,
    tasks: RefCell<Vec<AbortHandle>>,
    /// What can be cancelled, by the name of its transfer.
    cancellable: RefCell<BTreeMap<String, AbortHandle>>,
}

/// Everything that is kept in rows, as it stands; written through.
pub(super) struct State {
    pub(super) mine: Mine,
    pub(super) contacts: BTreeMap<Id, Contact>,
    pub(super) people: People,
    pub(super) shares: BTreeMap<ShareId, Kept>,
    /// Shares that I was given and that are gone, with the revision up to which they do not come back.
    pub(super) hidden: BTreeMap<ShareId, u64>,
    /// The links that I gave out and that are good, by share.
    pub(super) links: Links,
    /// The links that I opened, by share.
    pub(super) opened: BTreeMap<ShareId, OpenedLink>,
    /// How far the recipients of my shares have come.
    pub(super) reached: BTreeMap<ShareId, Progress>,
    pub(super) published: Published,
    /// Counts what [`State::touch`] was told, so that a change during a write is not taken for written.
    pub(super) changes: u64,
}

impl State {
    /// Notes that something changed that hangs from the root.
    pub(super) fn touch(&mut self) {
        self.published.dirty = true;
        self.changes += 1;
    }
}

impl Session {
    /// Reads the profile's rows, and connects its peer; [`run`](Self::run) starts the rest.
    ///
    /// `fresh` is what a profile says of itself that has no rows yet.
    pub(super) async fn open(engine: &Inner, ring: Ring, fresh: Option<Mine>) -> Result<Rc<Self>, Error> {
        let store = engine.databases.open(&ring.id().to_string()).await?;
        let session = Self::over(engine, store, ring, fresh).await?;
        session.net.set_relays(session.relays.clone(), Some(session.certificate().into())).await;
        Ok(session)
    }

    /// Reads the rows in `store`, and makes a peer that is connected to nobody yet.
    pub(super) async fn over(
        engine: &Inner,
        store: Rc<dyn Store>,
        ring: Ring,
        fresh: Option<Mine>,
    ) -> Result<Rc<Self>, Error> {
        let id = ring.id();
        let relays: Result<Vec<_>, _> =
            engine.config.relays.iter().map(|text| RelayAddr::own(text)).collect();
        let relays =
            relays.map_err(|why| Error::Refused(format!("config.json names a relay wrongly: {why}")))?;
        let rows = Rows::new(store.clone(), &ring);
        let device = device_key(&rows).await?;
        if let Some(mine) = &fresh {
            rows.set(Table::State, MINE, mine).await?;
        }
        let mine = rows.get(Table::State, MINE).await?;
        let kept = rows.read(Table::State).await?;
        let contacts = kept.all::<Contact>(CONTACT)?;
        let contacts = contacts.into_iter().map(|(_, contact)| (contact.id, contact)).collect();
        let shares = kept.all::<Kept>(SHARE)?;
        let hidden = kept.all::<u64>(HIDDEN)?;
        let changes = rows.get(Table::State, CHANGES).await?.unwrap_or_default();
        let reached = kept.all::<Progress>(REACHED)?;
        let state = State {
            mine: mine
                .ok_or_else(|| Error::Storage("this profile's rows are gone from this browser".into()))?,
            people: People::read(&kept, &contacts)?,
            contacts,
            shares: shares.into_iter().map(|(_, share)| (share.id(), share)).collect(),
            hidden: hidden.into_iter().filter_map(|(id, rev)| Some((id.parse().ok()?, rev))).collect(),
            reached: reached.into_iter().filter_map(|(id, far)| Some((id.parse().ok()?, far))).collect(),
            links: people::entries(&kept)?.collect(),
            opened: people::entries(&kept)?.collect(),
            published: rows
                .get::<Published>(Table::State, PUBLISHED)
                .await?
                .unwrap_or_default()
                .after(changes),
            changes,
        };
        let own_blocks = OwnBlocks::new(store.clone());
        let (net, events) = own_blocks.start_net(&device, engine.config.direct())?;
        let session = Rc::new(Self {
            id,
            ring,
            behind: WriteBehind::new(store.clone()),
            store,
            rows,
            transfers: Transfers::new(engine.hub.clone()),
            hub: engine.hub.clone(),
            net,
            relays,
            on_loopback: engine.config.on_loopback,
            state: RefCell::new(state),
            online: Online::default(),
            own_record: OwnRecord::new(id),
            following: Following::default(),
            asked: Asked::default(),
            askers: Askers::default(),
            refused: RefCell::default(),
            publish: Wake::default(),
            reached: Wake::default(),
            room: Wake::default(),
            composing: Mutex::new(()),
            rewriting: Mutex::new(()),
            gathering: Cell::default(),
            tidying: Mutex::new(()),
            unnamed: RefCell::default(),
            lists: Lists::default(),
            device,
            own_blocks,
            tasks: RefCell::default(),
            cancellable: RefCell::default(),
        });
        session.spawn(super::network::listen(session.clone(), events));
        Ok(session)
    }

    /// Starts what goes on by itself: publishing, following, and what was left unfinished.
    pub(super) async fn run(self: &Rc<Self>) -> Result<(), Error> {
        self.renew_record().await?;
        self.forget_the_old().await?;
        self.own_blocks.serve_all_of(self);
        super::neighbours::start(self)?;
        super::publish::start(self);
        super::follow::start(self);
        super::mailbox::start(self);
        super::requests::start(self);
        super::ask::start(self);
        super::links::start(self);
        super::open_link::start(self);
        super::download::start(self).await
    }

    /// Stops every task; what they had not finished goes on after the next unlock.
    pub(super) async fn end(&self) {
        for (_, task) in self.cancellable.take() {
            task.abort();
        }
        for task in self.tasks.take() {
            task.abort();
        }
        self.net.set_relays(Vec::new(), None).await;
        for transfer in self.transfers.list() {
            self.transfers.remove(&transfer.id);
        }
    }

    /// Runs something that [`cancel_task`](Self::cancel_task) can end with [`Error::Cancelled`].
    pub(super) async fn until_cancelled<T, E: From<Error>>(
        &self,
        transfer: &str,
        task: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let (handle, registration) = AbortHandle::new_pair();
        self.cancellable.borrow_mut().insert(transfer.to_owned(), handle.clone());
        let outcome =
            Abortable::new(task, registration).await.unwrap_or_else(|_| Err(Error::Cancelled.into()));
        if !handle.is_aborted() {
            self.cancellable.borrow_mut().remove(transfer);
        }
        outcome
    }

    /// Ends what runs under the name of this transfer; says whether anything did.
    pub(super) fn cancel_task(&self, transfer: &str) -> bool {
        let task = self.cancellable.borrow_mut().remove(transfer);
        task.inspect(AbortHandle::abort).is_some()
    }

    /// Runs a task that ends with the session at the latest.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + 'static) -> AbortHandle {
        let (handle, registration) = AbortHandle::new_pair();
        let mut tasks = self.tasks.borrow_mut();
        tasks.retain(|task| !task.is_aborted());
        tasks.push(handle.clone());
        platform::spawn(async move {
            let _ = Abortable::new(task, registration).await;
        });
        handle
    }

    /// Lets the publishers look whether anything is new.
    pub(super) fn publish_soon(&self) {
        self.publish.ring();
    }

    /// Adds to a write that something changed that is not published yet: far less than all that is.
    pub(super) fn put_changes(&self, write: &mut Write, state: &State) {
        self.rows.put(write, Table::State, CHANGES, &state.changes);
    }

    /// Notes that something that hangs from the root is being written, and adds that to the write.
    ///
    /// Once it is there, [`State::touch`] says so again: meanwhile a root may have been made without it.
    pub(super) fn touch(&self, write: &mut Write) {
        let mut state = self.state.borrow_mut();
        state.touch();
        self.put_changes(write, &state);
    }

    pub(super) fn mine(&self) -> Mine {
        self.state.borrow().mine.clone()
    }

    pub(super) async fn change_mine(&self, mine: Mine) -> Result<(), Error> {
        let mut write = Write::strict();
        self.rows.put(&mut write, Table::State, MINE, &mine);
        self.touch(&mut write);
        self.store.commit(write).await?;
        {
            let mut state = self.state.borrow_mut();
            state.mine = mine;
            state.touch();
        }
        self.hub.tell(&Event::Profile { me: Some(self.me()) });
        Ok(())
    }

    pub(super) fn me(&self) -> Me {
        let state = self.state.borrow();
        Me {
            summary: ProfileSummary {
                id: self.id.to_string(),
                name: state.mine.name.clone(),
                avatar: state.mine.avatar.clone(),
            },
            bio: state.mine.bio.clone(),
            invite: self.invite(None).to_string(),
            receipts: state.mine.receipts,
            relay_only: state.mine.relay_only,
            words_confirmed: state.mine.words_confirmed,
            published: state.published.is_anywhere(),
        }
    }
    /// The public half of this device's own key.
    pub(super) fn device_key(&self) -> VerifyingKey {
        let key = self.device.public().try_into_ed25519().expect("devices have Ed25519 keys");
        VerifyingKey::from_bytes(&key.to_bytes()).expect("a key that we made is not weak")
    }
}

/// The key of this browser profile's device, made at its first unlock.
async fn device_key(rows: &Rows) -> Result<Keypair, Error> {
    let secret = match rows.get::<ByteArray<32>>(Table::State, DEVICE).await? {
        Some(secret) => secret,
        None => {
            let secret = ByteArray::new(platform::random());
            rows.set(Table::State, DEVICE, &secret).await?;
            secret
        }
    };
    Keypair::ed25519_from_bytes(secret.into_array()).map_err(|why| Error::Storage(why.to_string()))
}

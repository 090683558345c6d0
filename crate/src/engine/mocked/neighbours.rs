//! Who answers a profile in the place of a network.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use futures::stream::{self, LocalBoxStream};
use tokio::sync::Semaphore;

use libp2p::PeerId;

use crate::engine::keeping::FriendSessions;
use crate::engine::network::{BlockSource, Certificates, Known, Mailboxes, RecordSource};
use crate::engine::publish::{Keeper, KeeperSession, Unfinished};
use crate::keys::Id;
use crate::net::http::Http;
use crate::net::mailbox::{Digest, Mail, Refusal, Token, Update};
use crate::net::{
    CallError, ConnectError, Distance, FetchError, Provider, Rank, RelayAddr, UnmetRelay, WatchUpdate,
    records,
};
use crate::store::BlockStore;

/// Holds what comes to it until it is opened.
pub(in crate::engine) struct Gate {
    places: Semaphore,
    came: Cell<usize>,
}

impl Gate {
    pub(in crate::engine) fn closed() -> Self {
        Self { places: Semaphore::new(0), came: Cell::new(0) }
    }

    /// Lets everything through from now on.
    pub(in crate::engine) fn open(&self) {
        self.places.close();
    }

    /// Whether anything has come to it.
    pub(in crate::engine) fn is_reached(&self) -> bool {
        self.came.get() > 0
    }

    /// Waits until the gate is open.
    pub(in crate::engine) async fn pass(&self) {
        self.came.set(self.came.get() + 1);
        // An error says that the gate is open for good.
        let _ = self.places.acquire().await;
    }
}

/// The neighbours of one profile.
#[derive(Clone)]
pub(in crate::engine) struct Neighbours {
    pub(in crate::engine) blocks: Rc<dyn BlockSource>,
    pub(in crate::engine) records: Rc<dyn RecordSource>,
    pub(in crate::engine) mailboxes: Rc<dyn Mailboxes>,
    pub(in crate::engine) keepers: Vec<Rc<dyn Keeper>>,
    pub(in crate::engine) http: Http,
    /// Whether the line is paid for by what goes over it.
    pub(in crate::engine) is_metered: Rc<dyn Fn() -> bool>,
    pub(in crate::engine) friends: Rc<dyn FriendSessions>,
}

impl Default for Neighbours {
    fn default() -> Self {
        let nobody = Rc::new(Nobody);
        Self {
            blocks: nobody.clone(),
            records: nobody.clone(),
            mailboxes: nobody.clone(),
            keepers: Vec::new(),
            http: Http::default(),
            is_metered: Rc::new(|| false),
            friends: nobody,
        }
    }
}

/// The blocks that somebody else has; some of them are held back until they are let go.
pub(in crate::engine) struct OthersBlocks {
    store: Rc<dyn BlockStore>,
    held: RefCell<BTreeSet<Cid>>,
    gate: Gate,
    /// How many blocks were asked for.
    pub(in crate::engine) asked: Cell<usize>,
}

impl OthersBlocks {
    pub(in crate::engine) fn new(store: &Rc<dyn BlockStore>) -> Rc<Self> {
        let (held, asked) = Default::default();
        Rc::new(Self { store: store.clone(), held, gate: Gate::closed(), asked })
    }

    /// Holds a block back.
    pub(in crate::engine) fn hold(&self, cid: Cid) {
        self.held.borrow_mut().insert(cid);
    }

    /// Whether a block that is held back was asked for.
    pub(in crate::engine) fn is_waited_for(&self) -> bool {
        self.gate.is_reached()
    }

    /// Gives everything from now on.
    pub(in crate::engine) fn let_go(&self) {
        self.gate.open();
    }
}

#[async_trait(?Send)]
impl BlockSource for OthersBlocks {
    async fn fetch_from(&self, cid: Cid, from: &Provider) -> Result<(Bytes, PeerId), FetchError> {
        self.asked.set(self.asked.get() + 1);
        if self.held.borrow().contains(&cid) {
            self.gate.pass().await;
        }
        let block = self.store.block(&cid).await.ok().flatten().ok_or(FetchError::NotFound)?;
        Ok((block, from.peer()))
    }

    fn rank(&self, _: &Provider) -> Rank {
        Rank { strikes: 0, distance: Distance::Connected }
    }
}

/// A network in which nobody has anything, and every mail is taken.
pub(in crate::engine) struct Nobody;

#[async_trait(?Send)]
impl BlockSource for Nobody {
    async fn fetch_from(&self, _: Cid, _: &Provider) -> Result<(Bytes, PeerId), FetchError> {
        Err(FetchError::NotFound)
    }

    fn rank(&self, _: &Provider) -> Rank {
        Rank { strikes: 0, distance: Distance::Connected }
    }
}

#[async_trait(?Send)]
impl FriendSessions for Nobody {
    async fn open(&self, _: &Provider) -> Result<Box<dyn KeeperSession>, Unfinished> {
        Err(Unfinished::Passing("nobody is here".into()))
    }
}

#[async_trait(?Send)]
impl RecordSource for Nobody {
    async fn get_record(&self, _: &RelayAddr, _: Id) -> Result<Option<Bytes>, CallError<records::Refusal>> {
        Ok(None)
    }

    fn watch(&self, _: Provider, _: Known) -> LocalBoxStream<'static, WatchUpdate> {
        stream::pending().boxed_local()
    }

    async fn meet(&self, _: &UnmetRelay) -> Result<RelayAddr, ConnectError> {
        Err(ConnectError::Unreachable)
    }
}

#[async_trait(?Send)]
impl Mailboxes for Nobody {
    async fn deposit(
        &self,
        _: &RelayAddr,
        _: Id,
        _: &Mail,
        _: Option<Token>,
    ) -> Result<(), CallError<Refusal>> {
        Ok(())
    }

    fn mail(&self, _: RelayAddr) -> LocalBoxStream<'static, Result<Update, CallError<Refusal>>> {
        stream::pending().boxed_local()
    }

    fn former_mail(
        &self,
        _: RelayAddr,
        _: Certificates,
    ) -> LocalBoxStream<'static, Result<Update, CallError<Refusal>>> {
        stream::pending().boxed_local()
    }

    async fn discard_mail(
        &self,
        _: &RelayAddr,
        _: Option<&Certificates>,
        _: &[Digest],
    ) -> Result<(), CallError<Refusal>> {
        Ok(())
    }

    async fn expect_mail(&self, _: &RelayAddr, _: &[Token]) -> Result<(), CallError<Refusal>> {
        Ok(())
    }

    async fn forget_tokens(&self, _: &RelayAddr, _: &[Token]) -> Result<(), CallError<Refusal>> {
        Ok(())
    }
}

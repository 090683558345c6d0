//! Which blocks this device hands out, and to whom: those of my root and of shares that I wrote, to anybody who can
//! name them, but for devices that their person removed.
//!
//! Blocks of shares that I was given are not served: that would show my neighbours to each other. What I keep for somebody
//! is served to who has shown that they may have it (`kept`).

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use futures::channel::mpsc;
use libp2p::PeerId;
use libp2p::identity::Keypair;
use lru::LruCache;

use crate::dag;
use crate::engine::Error;
use crate::engine::state::State;
use crate::format::digest_of;
use crate::keys::Id;
use crate::net::bitswap::Blocks;
use crate::net::webrtc::Direct;
use crate::net::{self, Net};
use crate::platform::Instant;
use crate::social::share_record::ShareRecord;
use crate::store::BlockStore;

use super::kept::KeptBlocks;

/// Peers of which is remembered when they asked: more than a person has devices and friends who are here at once.
const MAX_ASKING: NonZeroUsize = NonZeroUsize::new(256).expect("not zero");

/// For how long after a question a peer is taken to go on asking.
const JUST_NOW: Duration = Duration::from_secs(60);

/// The blocks that this device serves.
#[derive(Clone)]
pub(in crate::engine) struct ServedBlocks(Rc<Inner>);

struct Inner {
    store: Rc<dyn BlockStore>,
    /// The first bytes of their digests: eight tell a million blocks apart, and a peer that guesses one gets ciphertext.
    mine: RefCell<BTreeSet<[u8; 8]>>,
    /// Peers that get none of them: devices that were removed.
    refused: RefCell<HashSet<PeerId>>,
    /// What is kept for others, and who may have it.
    kept: KeptBlocks,
    /// When each peer last asked for a block of mine.
    asked: RefCell<LruCache<PeerId, Instant>>,
}

impl ServedBlocks {
    pub(in crate::engine) fn new(store: Rc<dyn BlockStore>) -> Self {
        let (mine, refused, kept) = Default::default();
        let asked = RefCell::new(LruCache::new(MAX_ASKING));
        Self(Rc::new(Inner { store, mine, refused, kept, asked }))
    }

    /// What is kept for others.
    pub(in crate::engine) fn kept(&self) -> &KeptBlocks {
        &self.0.kept
    }

    /// Starts the network of this device, which serves these blocks.
    pub(in crate::engine) fn start_net(
        &self,
        device: &Keypair,
        direct: Option<Direct>,
    ) -> Result<(Net, mpsc::Receiver<net::Event>), Error> {
        let args = net::Args { device: device.clone(), blocks: self.clone(), direct };
        Net::start(args).map_err(Error::bug)
    }

    /// Learns the blocks of my newest root.
    pub(in crate::engine) async fn serve_root(&self, state: &State) {
        let root = state.read(|tables| tables.publication.root());
        if let Some(root) = root {
            self.serve(root).await;
        }
    }

    /// Learns the blocks of my shares, and of what is beside them.
    pub(in crate::engine) async fn serve_shares(&self, state: &State, me: &Id) {
        let shares: Vec<_> = state.read(|tables| tables.shares.keys().copied().collect());
        for id in shares {
            let share =
                state.read(|tables| tables.shares.get(&id).filter(|share| share.author == *me).cloned());
            if let Some(share) = share {
                self.serve_share(&share).await;
            }
        }
        for block in state.read(|tables| tables.beside_shares(me)) {
            self.serve(block).await;
        }
    }

    /// Learns the blocks at and below a root, or the block from which a share hangs, as far as they are here.
    pub(in crate::engine) async fn serve(&self, root: Cid) {
        let here = Rc::new(dag::StoreFetch(self.0.store.clone()));
        let mut cids = dag::walk(here, vec![root]);
        while let Some(cid) = cids.next().await {
            self.learn(cid.ok().as_slice());
        }
    }

    /// Serves what is in a share of mine; of a share that was passed on, what is here of it. A withdrawn share is not
    /// served.
    pub(in crate::engine) async fn serve_share(&self, share: &ShareRecord) {
        if share.withdrawn {
            return;
        }
        self.serve(share.block()).await;
        if let Some(manifest) = share.manifest().filter(|_| share.maker.is_some()) {
            self.serve(manifest.cid).await;
        }
    }

    /// Gives none of them to these peers.
    pub(in crate::engine) fn refuse(&self, peers: HashSet<PeerId>) {
        self.0.refused.replace(peers);
    }

    /// Serves nothing any more, until it is learned again.
    pub(in crate::engine) fn forget(&self) {
        self.0.mine.borrow_mut().clear();
    }

    /// Whether a peer has asked for a block of mine just now.
    pub(in crate::engine) fn is_asked_by(&self, peer: &PeerId) -> bool {
        self.0.asked.borrow().peek(peer).is_some_and(|at| at.elapsed() < JUST_NOW)
    }

    /// Learns these blocks.
    pub(in crate::engine) fn learn(&self, cids: &[Cid]) {
        self.0.mine.borrow_mut().extend(cids.iter().filter_map(prefix));
    }
}

/// By which a block is remembered.
pub(super) fn prefix(cid: &Cid) -> Option<[u8; 8]> {
    digest_of(cid)?.first_chunk().copied()
}

impl Blocks for ServedBlocks {
    async fn allowed(&self, peer: PeerId, cid: Cid) -> bool {
        let Some(prefix) = prefix(&cid).filter(|_| !self.0.refused.borrow().contains(&peer)) else {
            return false;
        };
        if self.0.mine.borrow().contains(&prefix) {
            self.0.asked.borrow_mut().put(peer, Instant::now());
            return true;
        }
        self.0.kept.may_have(&peer, &prefix)
    }

    async fn has(&self, cid: Cid) -> bool {
        self.0.store.have(&[cid]).await.is_ok_and(|have| have == [true])
    }

    async fn get(&self, cid: Cid) -> Option<Bytes> {
        self.0.store.block(&cid).await.ok().flatten()
    }
}

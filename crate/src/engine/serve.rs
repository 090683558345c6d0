//! Which blocks this device hands out, and to whom: those of my root and of shares that I wrote, to anybody who can
//! name them.
//!
//! Blocks of shares that I was given are not served: that would show my neighbours to each other.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use futures::channel::mpsc;
use libp2p::PeerId;
use libp2p::identity::Keypair;

use crate::dag;
use crate::format::digest_of;
use crate::net::bitswap::Blocks;
use crate::net::webrtc::Direct;
use crate::net::{self, Net};
use crate::store::Store;

use super::Error;
use super::kept::Kept;
use super::session::Session;

/// The blocks that this device serves.
#[derive(Clone)]
pub(super) struct OwnBlocks(Rc<Inner>);

struct Inner {
    store: Rc<dyn Store>,
    /// The first bytes of their digests: eight tell a million blocks apart, and whoever guesses one gets ciphertext.
    mine: RefCell<BTreeSet<[u8; 8]>>,
}

impl OwnBlocks {
    pub(super) fn new(store: Rc<dyn Store>) -> Self {
        Self(Rc::new(Inner { store, mine: RefCell::default() }))
    }

    /// Starts the network of this device, which serves these blocks.
    pub(super) fn start_net(
        &self,
        device: &Keypair,
        direct: Option<Direct>,
    ) -> Result<(Net, mpsc::Receiver<net::Event>), Error> {
        let args = net::Args { device: device.clone(), blocks: self.clone(), direct };
        Net::start(args).map_err(Error::bug)
    }

    /// Learns the blocks of my root and shares, beside everything else.
    pub(super) fn serve_all_of(&self, session: &Rc<Session>) {
        let shares: Vec<_> = session.state.borrow().shares.keys().copied().collect();
        let (own, learning) = (self.clone(), session.clone());
        session.spawn(async move {
            let root = learning.state.borrow().published.root();
            if let Some(root) = root {
                own.serve(root).await;
                learning.offer_record();
            }
            for id in shares {
                let share = learning.state.borrow().shares.get(&id).cloned();
                if let Some(share) = share.filter(|share| share.author == learning.id) {
                    learning.serve_share(&share).await;
                }
            }
        });
    }

    /// Learns the blocks at and below a root, or the block from which a share hangs, as far as they are here.
    pub(super) async fn serve(&self, root: Cid) {
        let here = Rc::new(dag::Stored(self.0.store.clone()));
        let mut cids = dag::walk(here, vec![root]);
        while let Some(cid) = cids.next().await {
            self.learn(cid.ok().as_slice());
        }
    }

    /// Serves nothing any more, until it is learned again.
    pub(super) fn forget(&self) {
        self.0.mine.borrow_mut().clear();
    }

    /// Learns these blocks.
    pub(super) fn learn(&self, cids: &[Cid]) {
        self.0.mine.borrow_mut().extend(cids.iter().filter_map(prefix));
    }
}

impl Session {
    /// Serves what is in a share of mine; of one that was passed on what I have of it. One that was taken back from
    /// everybody nobody is to ask for.
    pub(super) async fn serve_share(&self, share: &Kept) {
        if share.withdrawn {
            return;
        }
        self.own_blocks.serve(share.block()).await;
        if let Some(manifest) = share.manifest().filter(|_| share.maker.is_some()) {
            self.own_blocks.serve(manifest.cid).await;
        }
    }
}

fn prefix(cid: &Cid) -> Option<[u8; 8]> {
    digest_of(cid)?.first_chunk().copied()
}

impl Blocks for OwnBlocks {
    async fn allowed(&self, _: PeerId, cid: Cid) -> bool {
        prefix(&cid).is_some_and(|prefix| self.0.mine.borrow().contains(&prefix))
    }

    async fn has(&self, cid: Cid) -> bool {
        self.0.store.have(&[cid]).await.is_ok_and(|have| have == [true])
    }

    async fn get(&self, cid: Cid) -> Option<Bytes> {
        self.0.store.block(&cid).await.ok().flatten()
    }
}

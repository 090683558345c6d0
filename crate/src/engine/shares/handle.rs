//! The handle to shares, and its workers.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc;
use tokio::sync::Notify;

use crate::engine::api::Passphrases;
use crate::engine::directory::Directory;
use crate::engine::network::RecordSource;
use crate::engine::presence::ServedBlocks;
use crate::engine::progress::Transfers;
use crate::engine::publish::Publisher;
use crate::engine::state::State;
use crate::engine::storage::Storage;
use crate::engine::tasks::Tasks;
use crate::engine::transfer::Fetchers;
use crate::format::share_id::ShareId;
use crate::keys::Ring;
use crate::platform::Instant;

/// What shares may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) ring: Rc<Ring>,
    pub(in crate::engine) state: State,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) storage: Storage,
    pub(in crate::engine) fetchers: Fetchers,
    pub(in crate::engine) transfers: Transfers,
    pub(in crate::engine) publisher: Publisher,
    pub(in crate::engine) served: ServedBlocks,
    pub(in crate::engine) records: Rc<dyn RecordSource>,
    /// Derives what the passwords of links add to their secrets.
    pub(in crate::engine) passphrases: Passphrases,
    pub(in crate::engine) tasks: Tasks,
}

/// Handle to the shares of the unlocked profile, or of a guest.
#[derive(Clone)]
pub(in crate::engine) struct Shares(pub(super) Rc<Inner>);

/// What shares may touch, and what they remember while the profile is unlocked.
pub(in crate::engine) struct Inner {
    args: Args,
    /// Shares that were announced and are being fetched. Their author may take one back meanwhile.
    pub(super) announced: RefCell<BTreeSet<ShareId>>,
    /// When somebody looked last at what is said of a share.
    pub(super) looked: RefCell<BTreeMap<ShareId, Instant>>,
    /// Notified when somebody looks.
    pub(super) looks: Notify,
    /// When the list of what is said of a share was last published here.
    pub(super) listed: RefCell<BTreeMap<ShareId, Instant>>,
}

impl Deref for Inner {
    type Target = Args;

    fn deref(&self) -> &Args {
        &self.args
    }
}

impl Shares {
    pub(in crate::engine) fn new(args: Args) -> Self {
        Self(Rc::new(Inner {
            args,
            announced: RefCell::default(),
            looked: RefCell::default(),
            looks: Notify::default(),
            listed: RefCell::default(),
        }))
    }

    /// Starts to end links at their time, to open links again whose shares are not here, to leave receipts for the
    /// shares that `fetched` names, to join what two devices revised at the same time, to seal anew under changed keys, to take
    /// what others add into albums, and to publish what readers answer.
    pub(in crate::engine) fn start(&self, fetched: mpsc::Receiver<ShareId>) {
        self.0.tasks.spawn(self.clone().end_links_at_their_time());
        self.0.tasks.spawn(self.clone().open_links_again());
        self.0.tasks.spawn(self.clone().leave_receipts(fetched));
        self.0.tasks.spawn(self.clone().join_forks());
        self.0.tasks.spawn(self.clone().follow_keys());
        self.0.tasks.spawn(self.clone().gather_additions());
        self.0.tasks.spawn(self.clone().list_parts());
        self.0.tasks.spawn(self.clone().publish_answers());
    }

    async fn leave_receipts(self, mut fetched: mpsc::Receiver<ShareId>) {
        while let Some(share) = fetched.next().await {
            if let Err(why) = self.look_for_whole(&share).await {
                tracing::debug!(%why, "a receipt is not left");
            }
        }
    }
}

//! The handle to keeping, and its workers.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::rc::Rc;

use cid::Cid;
use lru::LruCache;

use crate::crypto::sign::VerifyingKey;
use crate::engine::directory::Directory;
use crate::engine::letters::Letters;
use crate::engine::presence::ServedBlocks;
use crate::engine::publish::Keeper;
use crate::engine::state::State;
use crate::engine::storage::Storage;
use crate::engine::tasks::Tasks;
use crate::engine::transfer::{Downloads, Fetchers};
use crate::keys::Id;
use crate::net::http::Http;
use crate::platform::Instant;
use crate::social::keeping::ledger::Ledger;

use super::prove::Questions;
use super::sessions::FriendSessions;

/// Blocks that had no room whose lengths are remembered: for each contact a few are met in one look.
const MAX_TOO_LARGE: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// What keeping may touch.
pub(in crate::engine) struct Args {
    /// Whose profile it is.
    pub(in crate::engine) me: Id,
    /// The key of this device.
    pub(in crate::engine) device: VerifyingKey,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) state: State,
    pub(in crate::engine) storage: Storage,
    pub(in crate::engine) fetchers: Fetchers,
    pub(in crate::engine) letters: Letters,
    pub(in crate::engine) downloads: Downloads,
    pub(in crate::engine) served: ServedBlocks,
    pub(in crate::engine) http: Http,
    /// Whether the line is paid for by what goes over it.
    pub(in crate::engine) is_metered: Rc<dyn Fn() -> bool>,
    /// My relays.
    pub(in crate::engine) relays: Vec<Rc<dyn Keeper>>,
    /// How devices of friends are asked for proofs.
    pub(in crate::engine) friends: Rc<dyn FriendSessions>,
    pub(in crate::engine) tasks: Tasks,
}

/// Handle to keeping.
#[derive(Clone)]
pub(in crate::engine) struct Keeping(pub(super) Rc<Inner>);

pub(super) struct Inner {
    pub(super) args: Args,
    /// What is kept for others, as the rows say.
    pub(super) ledger: RefCell<Ledger>,
    /// How often friends have asked for proofs.
    pub(super) questions: RefCell<Questions>,
    /// The lengths of blocks that were fetched for somebody and had no room.
    pub(super) too_large: RefCell<LruCache<(Id, Cid), u64>>,
    /// Held while blocks are read for a proof.
    pub(super) proving: futures::lock::Mutex<()>,
    /// Held while it is looked what can be freed, or has to come back.
    pub(super) freeing: futures::lock::Mutex<()>,
    /// Places of freed shares that did not answer all that they were asked, by their names, and since when.
    pub(super) left_alone: RefCell<BTreeMap<String, Instant>>,
    /// Held while something is kept or let go: what is let go is not kept again meanwhile.
    pub(super) changing: futures::lock::Mutex<()>,
}

impl Keeping {
    pub(in crate::engine) fn new(args: Args) -> Self {
        let (ledger, questions, proving, freeing, left_alone, changing) = Default::default();
        let too_large = RefCell::new(LruCache::new(MAX_TOO_LARGE));
        Self(Rc::new(Inner { args, ledger, questions, too_large, proving, freeing, left_alone, changing }))
    }

    /// Starts to keep what contacts ask for, and to ask those who are to keep what is mine.
    pub(in crate::engine) fn start(&self) {
        let tasks = &self.0.args.tasks;
        self.open_accounts();
        tasks.spawn(self.clone().know_owners());
        tasks.spawn(self.clone().keep_for_others());
        tasks.spawn(self.clone().ask_keepers());
        tasks.spawn(self.clone().ask_services());
        tasks.spawn(self.clone().look_after_freed());
    }
}

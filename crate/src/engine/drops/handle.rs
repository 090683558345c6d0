//! The handle to drop boxes, and its worker.

use std::rc::Rc;

use crate::engine::contacts::Contacts;
use crate::engine::directory::Directory;
use crate::engine::network::Mailboxes;
use crate::engine::progress::Transfers;
use crate::engine::shares::Shares;
use crate::engine::state::State;
use crate::engine::tasks::Tasks;
use crate::engine::transfer::Fetchers;
use crate::keys::Ring;
use crate::net::Net;

/// What drop boxes may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) ring: Rc<Ring>,
    pub(in crate::engine) state: State,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) fetchers: Fetchers,
    pub(in crate::engine) transfers: Transfers,
    pub(in crate::engine) contacts: Contacts,
    pub(in crate::engine) shares: Shares,
    pub(in crate::engine) mailboxes: Rc<dyn Mailboxes>,
    /// Lends room at my relays, and uses room that others lend.
    pub(in crate::engine) net: Net,
    pub(in crate::engine) tasks: Tasks,
}

/// Handle to the drop boxes of the unlocked profile, or to those in which a guest leaves something.
#[derive(Clone)]
pub(in crate::engine) struct Drops(pub(super) Rc<Args>);

impl Drops {
    pub(in crate::engine) fn new(args: Args) -> Self {
        Self(Rc::new(args))
    }

    /// Starts to have my relays lend what my boxes say.
    pub(in crate::engine) fn start(&self) {
        self.0.tasks.spawn(self.clone().lend_as_said());
    }
}

//! The handle to introductions, and its workers.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::engine::contacts::Contacts;
use crate::engine::directory::Directory;
use crate::engine::letters::Letters;
use crate::engine::state::State;
use crate::engine::tasks::Tasks;
use crate::keys::Id;
use crate::platform::Instant;

/// What introductions may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) state: State,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) letters: Letters,
    pub(in crate::engine) contacts: Contacts,
    pub(in crate::engine) tasks: Tasks,
}

/// Handle to what friends show and introduce to each other.
#[derive(Clone)]
pub(in crate::engine) struct Introductions(pub(super) Rc<Inner>);

pub(super) struct Inner {
    args: Args,
    /// When a letter with my contacts was last left for somebody.
    pub(super) shown: RefCell<BTreeMap<Id, Instant>>,
}

impl std::ops::Deref for Inner {
    type Target = Args;

    fn deref(&self) -> &Args {
        &self.args
    }
}

impl Introductions {
    pub(in crate::engine) fn new(args: Args) -> Self {
        Self(Rc::new(Inner { args, shown: RefCell::default() }))
    }

    /// Starts to tell contacts whether they may show me, and to show mine to those who may see them.
    pub(in crate::engine) fn start(&self) {
        self.0.tasks.spawn(self.clone().tell_agreement());
        self.0.tasks.spawn(self.clone().show_contacts());
    }
}

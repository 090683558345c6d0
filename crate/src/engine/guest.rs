//! Whoever opens a link while no profile is unlocked: somebody without a name, in memory alone.
//!
//! A guest reads. It publishes nothing, has no mailbox, follows nobody, shows no certificate, and is connected only to
//! the relays of the links that it opens. It ends when a profile is opened, or with the engine.

use std::rc::Rc;

use crate::keys::{Phrase, Ring};
use crate::store::Databases;
use crate::store::memory::Disk;

use super::session::{Mine, Session};
use super::{Engine, Error};

/// Bytes of blocks that a guest remembers: lists of files, and what a player that jumps about reads twice. What is
/// read beyond that is fetched again.
const REMEMBERED: u64 = 64 << 20;

impl Engine {
    /// The guest who is here, or a new one.
    pub(super) async fn guest(&self) -> Result<Rc<Session>, Error> {
        let here = self.0.guest.borrow().clone();
        if let Some(guest) = here {
            return Ok(guest);
        }
        let phrase = Phrase::generate();
        let store = Disk::with_quota(REMEMBERED).lead().open("guest").await?;
        let ring = Ring::from_phrase(&phrase);
        let guest = Session::over(&self.0, store, ring, Some(Mine::new(&phrase))).await?;
        // Somebody may have opened another link meanwhile.
        Ok(self.0.guest.borrow_mut().get_or_insert(guest).clone())
    }

    /// Whoever may read shares: the open session, else the guest who is here.
    pub(super) fn reading(&self) -> Result<Rc<Session>, Error> {
        self.session().or_else(|locked| self.0.guest.borrow().clone().ok_or(locked))
    }
}

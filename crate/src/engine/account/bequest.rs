//! What the worker that takes over from this one is given, so that a tab that is closed locks no other.
//!
//! The seed of the open profile stands in a row, sealed under a key that is in the memory of workers alone: of this one
//! and of those that wait to take over. Where no tab is left the key is gone, and the row opens nothing.

use serde_bytes::{ByteArray, ByteBuf};

use crate::engine::Error;
use crate::keys::Ring;
use crate::store::{Table, Write};

use super::list::ProfileList;
use super::signed_in::KeptOpen;

/// Name of the one row in [`Table::Meta`].
const BEQUEST: &str = "bequest";

impl ProfileList {
    /// Leaves a profile to who takes over, in place of any other.
    pub(in crate::engine) async fn bequeath(&self, ring: &Ring) -> Result<(), Error> {
        let seed = ByteBuf::from(self.databases.bequeath(ring.seed()).await?);
        let row = KeptOpen { id: ByteArray::new(*ring.id().as_bytes()), seed }.encode();
        Ok(self.store.commit(Write::strict().put(Table::Meta, BEQUEST, row)).await?)
    }

    /// Leaves nothing to who takes over. Idempotent.
    pub(in crate::engine) async fn disinherit(&self) -> Result<(), Error> {
        self.databases.disinherit();
        if self.store.row(Table::Meta, BEQUEST.as_bytes()).await?.is_none() {
            return Ok(());
        }
        Ok(self.store.commit(Write::strict().remove(Table::Meta, BEQUEST)).await?)
    }

    /// The keys of the profile that was left to this engine.
    pub(in crate::engine) async fn inherited(&self) -> Result<Option<Ring>, Error> {
        let Some(row) = self.store.row(Table::Meta, BEQUEST.as_bytes()).await? else { return Ok(None) };
        self.opened(&row, async |seed| self.databases.inherit(seed).await).await
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use tokio::task::LocalSet;

    use crate::engine::Engine;
    use crate::engine::api::{Config, Stay};
    use crate::store::memory::{Disk, Memory};

    const PASSPHRASE: &str = "correct horse battery staple";

    async fn engine(databases: Memory) -> Engine {
        Engine::open(Config::default(), Rc::new(databases)).await.unwrap()
    }

    async fn test(test: impl AsyncFnOnce(Disk)) {
        LocalSet::new().run_until(test(Disk::new())).await;
    }

    #[tokio::test]
    async fn who_takes_over_goes_on_and_whoever_comes_new_asks_for_the_passphrase() {
        test(async |disk| {
            let first = engine(disk.lead()).await;
            let me = first.create_profile("Ann", PASSPHRASE, None).await.unwrap();
            // The tab is closed: it says nothing.
            let second = engine(disk.heir().lead()).await;
            assert_eq!(second.current().as_ref(), Some(&me));
            // It leaves the profile in its turn.
            let third = engine(disk.heir().lead()).await;
            assert_eq!(third.current().as_ref(), Some(&me));
            assert_eq!(engine(disk.lead()).await.current(), None, "no tab was left");
            assert_eq!(engine(disk.heir().lead()).await.current(), None, "nothing was open");
        })
        .await;
    }

    #[tokio::test]
    async fn what_was_locked_is_left_to_nobody_also_not_to_an_heir_who_did_not_hear_it() {
        test(async |disk| {
            let first = engine(disk.lead()).await;
            let ann = first.create_profile("Ann", PASSPHRASE, None).await.unwrap().summary.id;
            let deaf = disk.heir();
            first.lock().await.unwrap();
            assert_eq!(engine(deaf.lead()).await.current(), None);
            assert_eq!(engine(disk.heir().lead()).await.current(), None);

            let next = engine(disk.lead()).await;
            next.unlock(&ann, PASSPHRASE, Stay::Open).await.unwrap();
            let late = disk.heir();
            let ben = next.create_profile("Ben", PASSPHRASE, None).await.unwrap().summary;
            assert_eq!(engine(late.lead()).await.current(), None, "another one is open by now");
            let last = engine(disk.lead()).await;
            last.unlock(&ben.id, PASSPHRASE, Stay::Open).await.unwrap();
            last.remove_profile(&ben.id).await.unwrap();
            assert_eq!(engine(disk.heir().lead()).await.current(), None);
        })
        .await;
    }
}

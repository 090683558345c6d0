//! The profile that stays signed in: it opens by itself with every engine, until somebody locks.
//!
//! Its seed stands in a row, sealed under a key that the browser keeps and hands out to nobody. So everybody who can use
//! this browser is in, with no passphrase, and everybody who has a copy of its disk and takes that key out of the
//! browser's files.

use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};
use zeroize::Zeroizing;

use crate::engine::Error;
use crate::keys::Ring;
use crate::store::{SealedFor, StoreError, Table, Write};

use super::list::ProfileList;

/// Name of the one row in [`Table::Meta`].
pub(super) const SIGNED_IN: &str = "signed-in";

/// What such a row holds.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptOpen {
    pub(super) id: ByteArray<32>,
    /// The seed, as [`Databases`](crate::store::Databases) sealed it.
    pub(super) seed: ByteBuf,
}

impl KeptOpen {
    pub(super) fn encode(&self) -> Vec<u8> {
        serde_ipld_dagcbor::to_vec(self).expect("the row is plain data")
    }
}

impl ProfileList {
    /// Has a profile stay signed in, in place of any other.
    pub(in crate::engine) async fn stay_signed_in(&self, ring: &Ring) -> Result<(), Error> {
        let seed = ByteBuf::from(self.databases.seal(SealedFor::SignedIn, ring.seed()).await?);
        let row = KeptOpen { id: ByteArray::new(*ring.id().as_bytes()), seed }.encode();
        Ok(self.store.commit(Write::strict().put(Table::Meta, SIGNED_IN, row)).await?)
    }

    /// Has nobody stay signed in any more; their key can be forgotten after it. Idempotent.
    pub(in crate::engine) async fn sign_out(&self) -> Result<(), Error> {
        if self.store.row(Table::Meta, SIGNED_IN.as_bytes()).await?.is_none() {
            return Ok(());
        }
        Ok(self.store.commit(Write::strict().remove(Table::Meta, SIGNED_IN)).await?)
    }

    /// The keys of the profile that stays signed in. A row that opens nothing is forgotten.
    pub(in crate::engine) async fn signed_in(&self) -> Result<Option<Ring>, Error> {
        let Some(row) = self.store.row(Table::Meta, SIGNED_IN.as_bytes()).await? else {
            return Ok(None);
        };
        let ring =
            self.opened(&row, async |seed| self.databases.unseal(SealedFor::SignedIn, seed).await).await?;
        if ring.is_none() {
            self.sign_out().await?;
            self.databases.forget_seal(SealedFor::SignedIn).await?;
        }
        Ok(ring)
    }

    /// What a row opens: nothing where it or its key is damaged, or its profile is not here any more.
    pub(super) async fn opened(
        &self,
        row: &[u8],
        unseal: impl AsyncFnOnce(&[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>,
    ) -> Result<Option<Ring>, Error> {
        let Ok(KeptOpen { id, seed }) = serde_ipld_dagcbor::from_slice(row) else { return Ok(None) };
        if self.store.row(Table::Keystore, &*id).await?.is_none() {
            return Ok(None);
        }
        let Some(seed) = unseal(&seed).await? else { return Ok(None) };
        let ring = seed.as_slice().try_into().ok().map(|seed| Ring::from_seed(Zeroizing::new(seed)));
        Ok(ring.filter(|ring| ring.id().as_bytes() == &*id))
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use tokio::task::LocalSet;

    use super::*;
    use crate::engine::Engine;
    use crate::engine::api::{Config, Me, Stay};
    use crate::keys::Id;
    use crate::store::memory::Disk;
    use crate::store::{Databases, PROFILES};

    const PASSPHRASE: &str = "correct horse battery staple";

    /// What the next page does.
    async fn engine(disk: &Disk) -> Engine {
        Engine::open(Config::default(), Rc::new(disk.lead())).await.unwrap()
    }

    /// Somebody on a new disk who stays signed in, while their engine runs.
    async fn ann(disk: &Disk) -> (Engine, Me) {
        let engine = engine(disk).await;
        let id = engine.create_profile("Ann", PASSPHRASE, None).await.unwrap().summary.id;
        let me = engine.unlock(&id, PASSPHRASE, Stay::SignedIn).await.unwrap();
        (engine, me)
    }

    async fn row(disk: &Disk) -> Option<Vec<u8>> {
        let profiles = disk.lead().open(PROFILES).await.unwrap();
        profiles.row(Table::Meta, SIGNED_IN.as_bytes()).await.unwrap()
    }

    #[tokio::test]
    async fn who_stays_signed_in_is_in_with_each_engine_until_they_lock() {
        LocalSet::new()
            .run_until(async {
                let disk = Disk::new();
                let (first, me) = ann(&disk).await;
                first.shutdown().await;
                let second = engine(&disk).await;
                assert_eq!(second.current().as_ref(), Some(&me));
                // A tab that dies says no goodbye.
                let third = engine(&disk).await;
                assert_eq!(third.current(), Some(me));
                let sealed = row(&disk).await.unwrap();

                let last = engine(&disk).await;
                last.lock().await.unwrap();
                assert_eq!(engine(&disk).await.current(), None);
                assert_eq!(row(&disk).await, None);
                let KeptOpen { seed, .. } = serde_ipld_dagcbor::from_slice(&sealed).unwrap();
                assert_eq!(
                    disk.lead().unseal(SealedFor::SignedIn, &seed).await,
                    Ok(None),
                    "the key is gone as well"
                );
            })
            .await;
    }

    #[tokio::test]
    async fn nobody_stays_signed_in_who_did_not_ask_for_it_last() {
        LocalSet::new()
            .run_until(async {
                let disk = Disk::new();
                let (first, ann) = ann(&disk).await;
                let ben = first.create_profile("Ben", PASSPHRASE, None).await.unwrap();
                assert_eq!(engine(&disk).await.current(), None, "a new profile was opened");

                let again = engine(&disk).await;
                again.unlock(&ann.summary.id, PASSPHRASE, Stay::SignedIn).await.unwrap();
                again.unlock(&ben.summary.id, PASSPHRASE, Stay::SignedIn).await.unwrap();
                let next = engine(&disk).await;
                assert_eq!(next.current().map(|me| me.summary), Some(ben.summary.clone()));
                next.unlock(&ben.summary.id, PASSPHRASE, Stay::Open).await.unwrap();
                assert_eq!(engine(&disk).await.current(), None, "the same one was opened for once");

                let last = engine(&disk).await;
                last.unlock(&ann.summary.id, PASSPHRASE, Stay::SignedIn).await.unwrap();
                last.unlock(&ben.summary.id, "wrong", Stay::SignedIn).await.unwrap_err();
                last.remove_profile(&ben.summary.id).await.unwrap();
                assert!(row(&disk).await.is_some(), "the profile of another was removed");
                let end = engine(&disk).await;
                end.remove_profile(&ann.summary.id).await.unwrap();
                assert_eq!(row(&disk).await, None);
            })
            .await;
    }

    #[tokio::test]
    async fn what_does_not_open_is_forgotten_and_the_passphrase_asked_for() {
        LocalSet::new()
            .run_until(async {
                let disk = Disk::new();
                let (first, ann) = ann(&disk).await;
                let ben = first.create_profile("Ben", PASSPHRASE, None).await.unwrap();
                let [ann, ben] = [ann, ben].map(|me| me.summary.id);
                for harm in ["no row of ours", "another's seed", "a changed seed", "no key", "no profile"] {
                    engine(&disk).await.unlock(&ann, PASSPHRASE, Stay::SignedIn).await.unwrap();
                    let mut signed_in: KeptOpen =
                        serde_ipld_dagcbor::from_slice(&row(&disk).await.unwrap()).unwrap();
                    let databases = disk.lead();
                    match harm {
                        "another's seed" => *signed_in.id = *ben.parse::<Id>().unwrap().as_bytes(),
                        "a changed seed" => signed_in.seed[30] ^= 1,
                        "no key" => databases.forget_seal(SealedFor::SignedIn).await.unwrap(),
                        _ => {}
                    }
                    let mut row_left = serde_ipld_dagcbor::to_vec(&signed_in).unwrap();
                    if harm == "no row of ours" {
                        row_left.pop();
                    }
                    let mut write = Write::strict().put(Table::Meta, SIGNED_IN, row_left);
                    if harm == "no profile" {
                        write = write.remove(Table::Keystore, *ann.parse::<Id>().unwrap().as_bytes());
                    }
                    databases.open(PROFILES).await.unwrap().commit(write).await.unwrap();

                    let next = engine(&disk).await;
                    assert_eq!(next.current(), None, "{harm}");
                    assert_eq!(row(&disk).await, None, "{harm}");
                }
                engine(&disk).await.unlock(&ben, PASSPHRASE, Stay::Open).await.unwrap();
            })
            .await;
    }

    #[tokio::test]
    async fn an_engine_that_was_robbed_signs_nobody_out() {
        LocalSet::new()
            .run_until(async {
                let disk = Disk::new();
                let (robbed, me) = ann(&disk).await;
                let next = engine(&disk).await;
                assert_eq!(robbed.lock().await, Err(Error::EngineMoved));
                assert_eq!(robbed.current(), None);
                assert_eq!(next.current().as_ref(), Some(&me));
                assert_eq!(engine(&disk).await.current(), Some(me));
            })
            .await;
    }
}

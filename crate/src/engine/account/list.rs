//! The list of profiles of this browser: names and pictures in clear, seeds boxed under passphrases.
//!
//! The one thing that is not sealed, since it is shown before a passphrase is typed.

use std::rc::Rc;

use futures::lock::Mutex;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::engine::Error;
use crate::engine::api::ProfileSummary;
use crate::engine::state::Account;
use crate::format::keystore::Keystore;
use crate::keys::Id;
use crate::store::{Databases, PROFILES, RowStore, Table, Write, rows_of};

/// A profile as the list keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) avatar: Option<ByteBuf>,
    pub(super) keystore: ByteBuf,
    /// Of a profile that waits for a name and a passphrase: the passphrase that nobody typed, as
    /// [`Databases::seal`](crate::store::Databases::seal) gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) waiting: Option<ByteBuf>,
}

/// The list of profiles, in a database of its own.
pub(in crate::engine) struct ProfileList {
    pub(super) databases: Rc<dyn Databases>,
    pub(super) store: Rc<dyn RowStore>,
    /// Held from reading a row until it is written again, so that no change of a keystore is lost.
    pub(super) rewriting: Mutex<()>,
}

impl ProfileList {
    pub(in crate::engine) async fn open(databases: Rc<dyn Databases>) -> Result<Self, Error> {
        let store = rows_of(databases.open(PROFILES).await?);
        Ok(Self { databases, store, rewriting: Mutex::default() })
    }

    /// Every profile, by name.
    pub(in crate::engine) async fn all(&self) -> Result<Vec<ProfileSummary>, Error> {
        let mut profiles = Vec::new();
        for (key, row) in self.store.rows(Table::Keystore).await? {
            let id = listed_id(&key)?;
            let Listed { name, avatar, waiting, .. } = parse(&row)?;
            let waiting = waiting.is_some();
            profiles.push(ProfileSummary { id: id.to_string(), name, avatar, waiting });
        }
        profiles.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok(profiles)
    }

    /// The keystore of a profile.
    pub(in crate::engine) async fn keystore(&self, id: &Id) -> Result<Keystore, Error> {
        let listed = self.listed(id).await?.ok_or(Error::NotFound("profile"))?;
        Keystore::decode(&listed.keystore).map_err(|why| Error::Storage(why.to_string()))
    }

    /// Whether a profile is listed.
    pub(in crate::engine) async fn contains(&self, id: &Id) -> Result<bool, Error> {
        Ok(self.store.row(Table::Keystore, id.as_bytes()).await?.is_some())
    }

    /// Adds a profile.
    pub(in crate::engine) async fn add(
        &self,
        id: &Id,
        keystore: &Keystore,
        account: &Account,
    ) -> Result<(), Error> {
        self.write(id, &Listed::new(keystore, account)).await
    }

    /// Brings name and picture of a profile to those that `account` returns when its turn comes.
    pub(in crate::engine) async fn refresh(
        &self,
        id: &Id,
        account: impl Fn() -> Rc<Account>,
    ) -> Result<(), Error> {
        let _alone = self.rewriting.lock().await;
        let listed = self.listed(id).await?.ok_or(Error::NotFound("profile"))?;
        let account = account();
        let (name, avatar) = (account.name.clone(), account.avatar.clone());
        if (&listed.name, &listed.avatar) == (&name, &avatar) {
            return Ok(());
        }
        self.write(id, &Listed { name, avatar, ..listed }).await
    }

    /// Puts another keystore in the place of a profile's, made of the present one.
    pub(in crate::engine) async fn rekey(
        &self,
        id: &Id,
        change: impl AsyncFnOnce(&Keystore) -> Result<Keystore, Error>,
    ) -> Result<(), Error> {
        let _alone = self.rewriting.lock().await;
        let listed = self.listed(id).await?.ok_or(Error::NotFound("profile"))?;
        let keystore = Keystore::decode(&listed.keystore).map_err(|why| Error::Storage(why.to_string()))?;
        let keystore = ByteBuf::from(change(&keystore).await?.encode());
        self.write(id, &Listed { keystore, ..listed }).await
    }

    /// Has one profile take the place of another, in one commit. What this browser holds of the other stays.
    pub(in crate::engine) async fn replace(
        &self,
        old: &Id,
        new: &Id,
        keystore: &Keystore,
        account: &Account,
    ) -> Result<(), Error> {
        let _alone = self.rewriting.lock().await;
        let row = Listed::new(keystore, account).encode();
        let write = Write::strict().put(Table::Keystore, *new.as_bytes(), row);
        Ok(self.store.commit(write.remove(Table::Keystore, *old.as_bytes())).await?)
    }

    /// Removes a profile with all that this browser holds of it.
    pub(in crate::engine) async fn remove(&self, id: &Id) -> Result<(), Error> {
        self.store.commit(Write::strict().remove(Table::Keystore, *id.as_bytes())).await?;
        Ok(self.databases.delete(&id.to_string()).await?)
    }

    pub(super) async fn listed(&self, id: &Id) -> Result<Option<Listed>, Error> {
        let row = self.store.row(Table::Keystore, id.as_bytes()).await?;
        row.map(|row| parse(&row)).transpose()
    }

    pub(super) async fn write(&self, id: &Id, listed: &Listed) -> Result<(), Error> {
        Ok(self.store.commit(Write::strict().put(Table::Keystore, *id.as_bytes(), listed.encode())).await?)
    }
}

impl Listed {
    /// A profile that has a passphrase of its person.
    pub(super) fn new(keystore: &Keystore, account: &Account) -> Self {
        let (name, avatar) = (account.name.clone(), account.avatar.clone());
        Self { name, avatar, keystore: ByteBuf::from(keystore.encode()), waiting: None }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        serde_ipld_dagcbor::to_vec(self).expect("the list is plain data")
    }
}

pub(super) fn parse(row: &[u8]) -> Result<Listed, Error> {
    serde_ipld_dagcbor::from_slice(row).map_err(|why| Error::Storage(format!("the profile list: {why}")))
}

pub(super) fn listed_id(key: &[u8]) -> Result<Id, Error> {
    let id = key.try_into().ok().and_then(|bytes| Id::from_bytes(bytes).ok());
    id.ok_or_else(|| Error::Storage("the profile list names no identity".into()))
}

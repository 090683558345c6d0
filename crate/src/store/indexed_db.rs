//! A store in a browser's IndexedDB; works in windows and in workers.
//!
//! Each database has an object store for each [`Table`], one for the blocks, one for their sizes (so that they are
//! listed and counted without being read), and one for two counters: the epoch of who may write, and the bytes used.
//! This speaks to web-sys directly: the kept wrapper hides the connection, so that one could neither ask for strict
//! durability, nor hear that another tab wants an upgrade, nor learn why a transaction was aborted.

mod connection;
pub mod schema;

use std::{cell::Cell, rc::Rc};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::future::{try_join, try_join_all};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbKeyRange, IdbTransaction};

use self::{
    connection::{Connection, answer, failure, object_store},
    schema::{BLOCKS, COUNTERS, SIZES, Schema},
};
use super::{BLOCKS_PAGE, Databases, Durability, PROFILES, Store, StoreError, Table, Write};
use crate::platform;

/// Key of the counter that says who may write.
const EPOCH: &str = "epoch";
/// Key of the counter of bytes in blocks.
const USED: &str = "used";

/// The databases of one namespace, under one epoch.
#[derive(Clone, Debug)]
pub struct IndexedDb {
    namespace: String,
    schema: Schema,
    epoch: f64,
}

impl IndexedDb {
    /// Raises the epoch of a namespace and gives its databases to the caller.
    ///
    /// Call it only while holding the namespace's lock; whoever led before can no longer write then.
    pub async fn lead(namespace: &str) -> Result<Self, StoreError> {
        Self::lead_with(namespace, schema::CURRENT).await
    }

    /// As [`lead`](Self::lead), with another schema than the current one: for tests of migrations.
    pub async fn lead_with(namespace: &str, schema: Schema) -> Result<Self, StoreError> {
        // By the clock, so that it rises even where this database was lost and others were not.
        let now = platform::now_ms() as f64;
        let profiles = Connection::open(full_name(namespace, PROFILES), schema).await?;
        let raise = async move |transaction: &IdbTransaction| {
            let epoch = now.max(counter(transaction, EPOCH).await? + 1.0);
            set_counter(transaction, EPOCH, epoch)?;
            Ok(epoch)
        };
        let epoch = match profiles.write(&[COUNTERS], Durability::Strict, raise).await {
            // A full disk keeps nobody out: whoever is robbed of the lock has no room to write either.
            Err(StoreError::Quota) => now.max(counter(&profiles.read(&[COUNTERS])?, EPOCH).await? + 1.0),
            raised => raised?,
        };
        Ok(Self { namespace: namespace.to_owned(), schema, epoch })
    }
}

fn full_name(namespace: &str, name: &str) -> String {
    format!("{namespace}/{name}")
}

#[async_trait(?Send)]
impl Databases for IndexedDb {
    async fn open(&self, name: &str) -> Result<Rc<dyn Store>, StoreError> {
        let epoch = self.epoch;
        let connection = Connection::open(full_name(&self.namespace, name), self.schema).await?;
        let claim = async move |transaction: &IdbTransaction| {
            if counter(transaction, EPOCH).await? > epoch {
                return Err(StoreError::EpochLost);
            }
            set_counter(transaction, EPOCH, epoch)
        };
        let claimed = match connection.write(&[COUNTERS], Durability::Strict, claim).await {
            Err(StoreError::Quota) => false,
            done => done.map(|()| true)?,
        };
        Ok(Rc::new(Database { connection, epoch, claimed: Cell::new(claimed) }))
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        connection::delete(&full_name(&self.namespace, name)).await
    }
}

#[derive(Debug)]
struct Database {
    connection: Connection,
    epoch: f64,
    /// Whether the epoch stands in it: on a full disk it goes along with the first write for which there is room.
    claimed: Cell<bool>,
}

/// Whether a transaction may put anything. One that only deletes is let through on a full disk too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum May {
    Put,
    OnlyDelete,
}

impl Database {
    async fn run(&self, write: Write, may: May) -> Result<(), StoreError> {
        let (epoch, claimed) = (self.epoch, self.claimed.get());
        let mut stores: Vec<_> = write.rows.iter().map(|(table, ..)| table.name()).collect();
        stores.push(COUNTERS);
        if !write.blocks.is_empty() || !write.drop_blocks.is_empty() {
            stores.extend([BLOCKS, SIZES]);
        }
        let durability = write.durability;
        let body = async move |transaction: &IdbTransaction| {
            let known = counter(transaction, EPOCH).await?;
            if known > epoch || (claimed && known != epoch) {
                return Err(StoreError::EpochLost);
            }
            if !claimed && may == May::Put {
                set_counter(transaction, EPOCH, epoch)?;
            }
            write_blocks(transaction, &write, may).await?;
            write_rows(transaction, &write)
        };
        self.connection.write(&stores, durability, body).await?;
        self.claimed.set(claimed || may == May::Put);
        Ok(())
    }
}

#[async_trait(?Send)]
impl Store for Database {
    async fn row(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let transaction = self.connection.read(&[table.name()])?;
        let value = answer(object_store(&transaction, table.name())?.get(&Uint8Array::from(key))).await?;
        Ok(value.dyn_into().ok().map(|value: Uint8Array| value.to_vec()))
    }

    async fn rows(&self, table: Table) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let transaction = self.connection.read(&[table.name()])?;
        let rows = object_store(&transaction, table.name())?;
        let (keys, values) = try_join(answer(rows.get_all_keys()), answer(rows.get_all())).await?;
        let bytes = |value: JsValue| Uint8Array::new(&value).to_vec();
        let (keys, values) = (Array::from(&keys), Array::from(&values));
        Ok(keys.iter().zip(values.iter()).map(|(key, value)| (bytes(key), bytes(value))).collect())
    }

    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError> {
        let transaction = self.connection.read(&[BLOCKS])?;
        let value = answer(object_store(&transaction, BLOCKS)?.get(&key(cid))).await?;
        Ok(value.dyn_into().ok().map(|value: Uint8Array| value.to_vec().into()))
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, StoreError> {
        let transaction = self.connection.read(&[SIZES])?;
        let sizes = object_store(&transaction, SIZES)?;
        let answers = try_join_all(cids.iter().map(|cid| answer(sizes.get(&key(cid))))).await?;
        Ok(answers.iter().map(|size| !size.is_undefined()).collect())
    }

    async fn blocks(&self, after: Option<&Cid>) -> Result<Vec<(Cid, u64)>, StoreError> {
        let transaction = self.connection.read(&[SIZES])?;
        let sizes = object_store(&transaction, SIZES)?;
        let range = match after {
            Some(cid) => {
                IdbKeyRange::lower_bound_with_open(&key(cid), true).map_err(|error| failure(&error))?.into()
            }
            None => JsValue::UNDEFINED,
        };
        let page = BLOCKS_PAGE as u32;
        let keys = answer(sizes.get_all_keys_with_key_and_limit(&range, page));
        let (keys, sizes) = try_join(keys, answer(sizes.get_all_with_key_and_limit(&range, page))).await?;
        let (keys, sizes) = (Array::from(&keys), Array::from(&sizes));
        let entries = keys.iter().zip(sizes.iter());
        entries.map(|(key, size)| Ok((cid_of(&key)?, size.as_f64().unwrap_or(0.0) as u64))).collect()
    }

    async fn used(&self) -> Result<u64, StoreError> {
        Ok(used(&self.connection.read(&[COUNTERS, SIZES])?).await? as u64)
    }

    async fn commit(&self, write: Write) -> Result<(), StoreError> {
        let removal = write.is_removal().then(|| write.clone());
        match (self.run(write, May::Put).await, removal) {
            (Err(StoreError::Quota), Some(removal)) => self.run(removal, May::OnlyDelete).await,
            (done, _) => done,
        }
    }
}

/// Writes and drops blocks, leaving alone those that are already as they should be, and counts what that changes.
async fn write_blocks(transaction: &IdbTransaction, write: &Write, may: May) -> Result<(), StoreError> {
    let touched = write.touched();
    if touched.is_empty() {
        return Ok(());
    }
    let (blocks, sizes) = (object_store(transaction, BLOCKS)?, object_store(transaction, SIZES)?);
    let before = try_join_all(touched.keys().map(|cid| answer(sizes.get(&key(cid)))));
    let (mut used, before) = try_join(used(transaction), before).await?;
    for ((cid, after), before) in touched.into_iter().zip(before) {
        let key = key(&cid);
        match (before.as_f64(), after) {
            (None, Some(bytes)) => {
                let size = bytes.len() as f64;
                used += size;
                // Copied out of our memory here, since IndexedDB would copy all of it with a mere view.
                blocks.put_with_key(&Uint8Array::from(&bytes[..]), &key).map_err(|error| failure(&error))?;
                sizes.put_with_key(&size.into(), &key).map_err(|error| failure(&error))?;
            }
            (Some(size), None) => {
                used -= size;
                blocks.delete(&key).map_err(|error| failure(&error))?;
                sizes.delete(&key).map_err(|error| failure(&error))?;
            }
            (None, None) | (Some(_), Some(_)) => {}
        }
    }
    match may {
        May::Put => set_counter(transaction, USED, used),
        // It is counted again as soon as it is needed.
        May::OnlyDelete => {
            let deletion = object_store(transaction, COUNTERS)?.delete(&USED.into());
            deletion.map(drop).map_err(|error| failure(&error))
        }
    }
}

fn write_rows(transaction: &IdbTransaction, write: &Write) -> Result<(), StoreError> {
    for (table, key, value) in &write.rows {
        let (rows, key) = (object_store(transaction, table.name())?, Uint8Array::from(&key[..]));
        let request = match value {
            Some(value) => rows.put_with_key(&Uint8Array::from(&value[..]), &key),
            None => rows.delete(&key),
        };
        request.map_err(|error| failure(&error))?;
    }
    Ok(())
}

/// Bytes of all blocks: as counted, or added up where there was no room for the counter.
async fn used(transaction: &IdbTransaction) -> Result<f64, StoreError> {
    let counted = answer(object_store(transaction, COUNTERS)?.get(&USED.into())).await?;
    if let Some(used) = counted.as_f64() {
        return Ok(used);
    }
    let sizes = answer(object_store(transaction, SIZES)?.get_all()).await?;
    Ok(Array::from(&sizes).iter().filter_map(|size| size.as_f64()).sum())
}

/// A counter's value; 0 if it was never set.
async fn counter(transaction: &IdbTransaction, name: &str) -> Result<f64, StoreError> {
    let value = answer(object_store(transaction, COUNTERS)?.get(&name.into())).await?;
    Ok(value.as_f64().unwrap_or(0.0))
}

fn set_counter(transaction: &IdbTransaction, name: &str, value: f64) -> Result<(), StoreError> {
    let request = object_store(transaction, COUNTERS)?.put_with_key(&value.into(), &name.into());
    request.map(drop).map_err(|error| failure(&error))
}

fn key(cid: &Cid) -> JsValue {
    Uint8Array::from(&cid.to_bytes()[..]).into()
}

fn cid_of(key: &JsValue) -> Result<Cid, StoreError> {
    Cid::try_from(Uint8Array::new(key).to_vec())
        .map_err(|_| StoreError::Broken("a block without a name".to_owned()))
}

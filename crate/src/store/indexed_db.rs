//! A store in a browser's IndexedDB; works in windows and in workers.
//!
//! Each database has an object store for each [`Table`], one for the blocks, one for their sizes (so that they are
//! listed and counted without being read), and one for two counters: the leader's epoch, and the bytes used.

mod bequest;
mod connection;
mod gather;
pub mod schema;
mod seal;

use std::{cell::Cell, rc::Rc};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::future::{join, join_all};
use idb::Transaction;
use js_sys::Uint8Array;
use rexie::{KeyRange, Rexie};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessagePort;
use zeroize::Zeroizing;

use self::{
    bequest::{Bequest, Heir},
    connection::Connection,
    gather::Reads,
    schema::{BLOCKS, COUNTERS, SIZES, Schema},
};
use super::{
    BLOCKS_PAGE, BlockStore, Databases, Durability, PROFILES, RowStore, SealedFor, Store, StoreError, Table,
    Write,
};
use crate::platform;

/// Key of the counter of the leader's epoch.
const EPOCH: &str = "epoch";
/// Key of the counter of bytes in blocks.
const USED: &str = "used";

/// The databases of one namespace, under one epoch.
#[derive(Clone, Debug)]
pub struct IndexedDb {
    namespace: String,
    schema: Schema,
    epoch: f64,
    bequest: Bequest,
}

impl IndexedDb {
    /// Takes the key that the leader before this one left in memory.
    pub fn inheriting(self, key: JsValue) -> Self {
        Self { bequest: Bequest::inheriting(key), ..self }
    }

    /// Has the other end of a port get the key of each [`bequeath`](Databases::bequeath) while the result is kept: `Bequest`
    /// of `www/src/engine/protocol.ts`.
    pub fn add_heir(&self, port: MessagePort) -> Heir {
        self.bequest.add_heir(port)
    }

    /// Raises the epoch of a namespace and gives its databases to the caller.
    ///
    /// Call it only while you hold the namespace's lock. Afterwards an earlier leader can no longer write.
    pub async fn lead(namespace: &str) -> Result<Self, StoreError> {
        Self::lead_with(namespace, schema::CURRENT).await
    }

    /// As [`lead`](Self::lead), with another schema than the current one: for tests of migrations.
    pub async fn lead_with(namespace: &str, schema: Schema) -> Result<Self, StoreError> {
        // From the clock, so that it rises even if this database was lost and others were not.
        let now = platform::now_ms() as f64;
        let profiles = Connection::open(full_name(namespace, PROFILES), schema).await?;
        let raise = async move |transaction: &Transaction| {
            let epoch = now.max(counter(transaction, EPOCH).await? + 1.0);
            set_counter(transaction, EPOCH, epoch)?;
            Ok(epoch)
        };
        let epoch = match profiles.write(&[COUNTERS], Durability::Strict, raise).await {
            // A full disk must not prevent unlocking. An earlier leader has no room to write either.
            Err(StoreError::Quota) => {
                let epoch =
                    profiles.read(COUNTERS, async |counters| counters.get(EPOCH.into()).await).await?;
                now.max(number(epoch.as_ref()) + 1.0)
            }
            raised => raised?,
        };
        Ok(Self { namespace: namespace.to_owned(), schema, epoch, bequest: Bequest::default() })
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
        let claim = async move |transaction: &Transaction| {
            if counter(transaction, EPOCH).await? > epoch {
                return Err(StoreError::EpochLost);
            }
            set_counter(transaction, EPOCH, epoch)
        };
        let claimed = match connection.write(&[COUNTERS], Durability::Strict, claim).await {
            Err(StoreError::Quota) => false,
            done => done.map(|()| true)?,
        };
        let connection = Rc::new(connection);
        let reads = Reads::new(connection.clone());
        Ok(Rc::new(Database { connection, reads, epoch, claimed: Cell::new(claimed) }))
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        Ok(Rexie::delete(&full_name(&self.namespace, name)).await?)
    }

    async fn seal(&self, purpose: SealedFor, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal::seal(&self.namespace, purpose, secret).await
    }

    async fn unseal(
        &self,
        purpose: SealedFor,
        sealed: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        seal::unseal(&self.namespace, purpose, sealed).await
    }

    async fn forget_seal(&self, purpose: SealedFor) -> Result<(), StoreError> {
        seal::forget(&self.namespace, purpose).await
    }

    async fn bequeath(&self, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (key, sealed) = seal::under_new_key(secret).await?;
        self.bequest.leave(key);
        Ok(sealed)
    }

    async fn inherit(&self, sealed: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let Some(key) = self.bequest.inherited() else { return Ok(None) };
        Ok(seal::opened(key, sealed).await)
    }

    fn disinherit(&self) {
        self.bequest.leave(JsValue::NULL);
    }
}

#[derive(Debug)]
struct Database {
    connection: Rc<Connection>,
    reads: Rc<Reads>,
    epoch: f64,
    /// Whether the epoch is stored in it. On a full disk the first write for which there is room stores it too.
    claimed: Cell<bool>,
}

/// Whether a transaction may put anything. One that only deletes is done on a full disk too.
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
        let body = async move |transaction: &Transaction| {
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
impl RowStore for Database {
    async fn row(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let key = array(key);
        Ok(value(self.connection.read(table.name(), async move |rows| rows.get(key).await).await?))
    }

    async fn rows(&self, table: Table) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let all = async |rows: rexie::Store| {
            let (keys, values) = join(rows.get_all_keys(None, None), rows.get_all(None, None)).await;
            Ok((keys?, values?))
        };
        let (keys, values) = self.connection.read(table.name(), all).await?;
        Ok(keys.iter().map(bytes).zip(values.iter().map(bytes)).collect())
    }

    async fn commit(&self, write: Write) -> Result<(), StoreError> {
        let removal = write.is_removal().then(|| write.clone());
        match (self.run(write, May::Put).await, removal) {
            (Err(StoreError::Quota), Some(removal)) => self.run(removal, May::OnlyDelete).await,
            (done, _) => done,
        }
    }
}

#[async_trait(?Send)]
impl BlockStore for Database {
    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, StoreError> {
        self.reads.block(key(cid)).await
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, StoreError> {
        let keys: Vec<_> = cids.iter().map(key).collect();
        let ask = async move |sizes: rexie::Store| {
            join_all(keys.into_iter().map(|key| sizes.key_exists(key))).await.into_iter().collect()
        };
        self.connection.read(SIZES, ask).await
    }

    async fn blocks(&self, after: Option<&Cid>) -> Result<Vec<(Cid, u64)>, StoreError> {
        let range = after.map(|cid| KeyRange::lower_bound(&key(cid), Some(true))).transpose()?;
        let page = async move |sizes: rexie::Store| {
            let limit = Some(BLOCKS_PAGE as u32);
            let keys = sizes.get_all_keys(range.clone(), limit);
            let (keys, sizes) = join(keys, sizes.get_all(range.clone(), limit)).await;
            Ok((keys?, sizes?))
        };
        let (keys, sizes) = self.connection.read(SIZES, page).await?;
        let entries = keys.iter().zip(&sizes);
        entries.map(|(key, size)| Ok((cid_of(key)?, number(Some(size)) as u64))).collect()
    }

    async fn used(&self) -> Result<u64, StoreError> {
        // Counted inside the transaction, because the sum may have to be computed first.
        Ok(self.connection.write(&[COUNTERS, SIZES], Durability::Relaxed, used).await? as u64)
    }

    async fn put(&self, blocks: Vec<(Cid, Bytes)>, durability: Durability) -> Result<(), StoreError> {
        self.commit(Write { blocks, durability, ..Write::relaxed() }).await
    }

    async fn discard(&self, drop_blocks: Vec<Cid>) -> Result<(), StoreError> {
        self.commit(Write { drop_blocks, ..Write::relaxed() }).await
    }
}

/// Writes and drops blocks, and counts the change in bytes. Skips blocks that need no change.
async fn write_blocks(transaction: &Transaction, write: &Write, may: May) -> Result<(), StoreError> {
    let touched = write.touched();
    if touched.is_empty() {
        return Ok(());
    }
    let (blocks, sizes) = (transaction.object_store(BLOCKS)?, transaction.object_store(SIZES)?);
    let before = join_all(touched.keys().map(async |cid| sizes.get(key(cid))?.await));
    let (used, before) = join(used(transaction), before).await;
    let mut used = used?;
    for ((cid, after), before) in touched.into_iter().zip(before) {
        let key = key(&cid);
        match (before?.and_then(|size| size.as_f64()), after) {
            (None, Some(bytes)) => {
                let size = bytes.len() as f64;
                used += size;
                // Copied here, because IndexedDB would copy the whole wasm memory along with a view of it.
                blocks.put(&array(bytes), Some(&key))?;
                sizes.put(&size.into(), Some(&key))?;
            }
            (Some(size), None) => {
                used -= size;
                blocks.delete(key.clone())?;
                sizes.delete(key)?;
            }
            (None, None) | (Some(_), Some(_)) => {}
        }
    }
    let counters = transaction.object_store(COUNTERS)?;
    match may {
        May::Put => drop(counters.put(&used.into(), Some(&USED.into()))?),
        // The next use counts again.
        May::OnlyDelete => drop(counters.delete(JsValue::from(USED))?),
    }
    Ok(())
}

fn write_rows(transaction: &Transaction, write: &Write) -> Result<(), StoreError> {
    for (table, key, value) in &write.rows {
        let rows = transaction.object_store(table.name())?;
        match value {
            Some(value) => drop(rows.put(&array(value), Some(&array(key)))?),
            None => drop(rows.delete(array(key))?),
        }
    }
    Ok(())
}

/// Returns the bytes of all blocks: the counter, or the sum of the sizes if there was no room for the counter.
async fn used(transaction: &Transaction) -> Result<f64, StoreError> {
    if let Some(used) = transaction.object_store(COUNTERS)?.get(JsValue::from(USED))?.await? {
        return Ok(number(Some(&used)));
    }
    let sizes = transaction.object_store(SIZES)?.get_all(None, None)?.await?;
    Ok(sizes.iter().filter_map(JsValue::as_f64).sum())
}

/// A counter's value; 0 if it was never set.
async fn counter(transaction: &Transaction, name: &str) -> Result<f64, StoreError> {
    let value = transaction.object_store(COUNTERS)?.get(JsValue::from(name))?.await?;
    Ok(number(value.as_ref()))
}

fn set_counter(transaction: &Transaction, name: &str, value: f64) -> Result<(), StoreError> {
    transaction.object_store(COUNTERS)?.put(&value.into(), Some(&name.into()))?;
    Ok(())
}

fn number(value: Option<&JsValue>) -> f64 {
    value.and_then(JsValue::as_f64).unwrap_or(0.0)
}

/// The bytes of a value that we wrote.
fn value(value: Option<JsValue>) -> Option<Vec<u8>> {
    value?.dyn_ref().map(Uint8Array::to_vec)
}

/// The bytes of a key, which comes back as an `ArrayBuffer`, or of a small value, of which this is a copy.
fn bytes(key: &JsValue) -> Vec<u8> {
    Uint8Array::new(key).to_vec()
}

fn array(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn key(cid: &Cid) -> JsValue {
    array(&cid.to_bytes())
}

fn cid_of(key: &JsValue) -> Result<Cid, StoreError> {
    Cid::try_from(bytes(key)).map_err(|_| StoreError::Broken("a block without a name".to_owned()))
}

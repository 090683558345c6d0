//! An open database over two connections: rexie's reads, and beside it one that upgrades and writes.
//!
//! rexie keeps its connection private. With rexie alone, a transaction cannot be strict and cannot say why it was
//! aborted (so a full disk looks like a defect), and an upgrade cannot move data. So writes and upgrades use idb, on
//! which rexie is built.

use std::{cell::RefCell, future::Future, rc::Rc};

use futures::channel::oneshot;
use idb::{Event as _, Factory, Request as _, Transaction, event::VersionChangeEvent};
use js_sys::{Array, Function, Object, Promise, Reflect};
use rexie::{ObjectStore, Rexie, RexieBuilder, TransactionMode};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, IdbDatabase, IdbTransaction};

use super::{super::Durability, StoreError, schema::Schema};
use crate::platform;

#[wasm_bindgen]
extern "C" {
    /// `IDBDatabase` with all parameters of `transaction`: web-sys still calls the third one unstable.
    #[derive(Clone, Debug)]
    #[wasm_bindgen(extends = IdbDatabase, js_name = IDBDatabase)]
    type Database;

    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &Database,
        stores: &Array,
        mode: &str,
        options: &JsValue,
    ) -> Result<IdbTransaction, JsValue>;
}

/// An open database. It closes when another connection wants to upgrade or delete it.
#[derive(Debug)]
pub(super) struct Connection {
    writer: Database,
    reader: Option<Rexie>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Running transactions still end.
        self.writer.close();
        if let Some(rexie) = self.reader.take() {
            rexie.close();
        }
    }
}

impl Connection {
    /// Opens a database. Creates or migrates it first if needed.
    ///
    /// Waits until other connections have closed.
    pub(super) async fn open(name: String, schema: Schema) -> Result<Self, StoreError> {
        to_its_end(async move {
            let version = u32::try_from(schema.migrations.len()).expect("migrations are written by hand");
            let mut request = Factory::new()?.open(&name, Some(version))?;
            let fault = Rc::new(RefCell::new(None));
            let told = Rc::clone(&fault);
            request.on_upgrade_needed(move |event| *told.borrow_mut() = migrate(&event, schema).err());
            let opened = request.await;
            if let Some(fault) = fault.take() {
                return Err(fault);
            }
            let writer = IdbDatabase::from(opened?).unchecked_into();
            let mut connection = Self { writer, reader: None };
            connection.give_way()?;
            // rexie finds them made, unless the database was deleted meanwhile: then it makes them again.
            let stores = schema.stores.iter().map(|name| ObjectStore::new(name));
            let rexie = stores.fold(Rexie::builder(&name).version(version), RexieBuilder::add_object_store);
            let stores = connection.reader.insert(rexie.build().await?).store_names();
            // Find an incomplete migration here, not when a share is written.
            if stores != schema.stores {
                return Err(StoreError::Broken(format!("{name} has the object stores {stores:?}")));
            }
            Ok(connection)
        })
        .await
    }

    /// Closes the writing connection as soon as another wants to upgrade or delete the database. rexie does the same.
    fn give_way(&self) -> Result<(), StoreError> {
        let close = Function::from(Reflect::get(&self.writer, &"close".into())?);
        self.writer.set_onversionchange(Some(&close.bind0(&self.writer)));
        Ok(())
    }

    /// Runs `body` in a transaction that reads from an object store.
    pub(super) async fn read<T: 'static>(
        &self,
        store: &str,
        body: impl AsyncFnOnce(rexie::Store) -> rexie::Result<T> + 'static,
    ) -> Result<T, StoreError> {
        let rexie = self.reader.as_ref().expect("an open database has it until dropped");
        let store = rexie.transaction(&[store], TransactionMode::ReadOnly)?.store(store)?;
        to_its_end(async move { Ok(body(store).await?) }).await
    }

    /// Runs `body` in a transaction that writes: all of it happens, or nothing if it fails.
    ///
    /// `body` awaits only answers to its own requests, because a transaction without a request ends.
    pub(super) async fn write<T: 'static>(
        &self,
        stores: &[&str],
        durability: Durability,
        body: impl AsyncFnOnce(&Transaction) -> Result<T, StoreError> + 'static,
    ) -> Result<T, StoreError> {
        let stores: Array = stores.iter().map(|name| JsValue::from(*name)).collect();
        let durability = match durability {
            Durability::Strict => "strict",
            Durability::Relaxed => "relaxed",
        };
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &durability.into())
            .expect("a fresh object takes any key");
        let transaction = self.writer.transaction(&stores, "readwrite", &options)?;
        to_its_end(async move {
            let done = done(transaction.clone());
            match body(&transaction.clone().into()).await {
                Ok(value) => done.await.map(|()| value),
                Err(error) => {
                    // Fails only if the browser aborted it before us.
                    let _ = transaction.abort();
                    Err(error)
                }
            }
        })
        .await
    }
}

/// Runs the migrations that a database lacks. If one fails, all are undone.
fn migrate(upgrade: &VersionChangeEvent, schema: Schema) -> Result<(), StoreError> {
    let transaction = upgrade.target()?.transaction().expect("an upgrade is a transaction");
    let transaction = IdbTransaction::from(transaction);
    let database = transaction.db();
    let missing = schema.migrations.get(upgrade.old_version()? as usize..).unwrap_or_default();
    let result = missing.iter().try_for_each(|migration| migration(&database, &transaction));
    if result.is_err() {
        transaction.abort()?;
    }
    Ok(result?)
}

/// Returns a future that resolves when a transaction ends. It listens from now on, before it is first polled.
fn done(transaction: IdbTransaction) -> impl Future<Output = Result<(), StoreError>> + 'static {
    let settled = JsFuture::from(Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    }));
    let reason = move || transaction.error().map_or(StoreError::Closed, StoreError::from);
    async move { settled.await.map(drop).map_err(|_| reason()) }
}

/// Lets a future end even if the caller goes away or does not poll it.
///
/// A transaction that gets no next request while its last answer is handed over commits itself half-way, and an
/// answer whose callback was dropped is an error of the whole worker.
async fn to_its_end<T: 'static>(
    future: impl Future<Output = Result<T, StoreError>> + 'static,
) -> Result<T, StoreError> {
    let (sender, receiver) = oneshot::channel();
    platform::spawn(async move {
        // The caller may be gone.
        let _ = sender.send(future.await);
    });
    receiver.await.expect("a spawned task ends with an answer")
}

impl From<rexie::Error> for StoreError {
    fn from(error: rexie::Error) -> Self {
        match error {
            rexie::Error::IdbError(error) => error.into(),
            error => Self::Broken(error.to_string()),
        }
    }
}

impl From<idb::Error> for StoreError {
    fn from(error: idb::Error) -> Self {
        match error {
            idb::Error::DomException(exception) => exception.into(),
            idb::Error::TransactionOpenFailed(thrown) | idb::Error::ObjectStoreNotFound(thrown) => {
                thrown.into()
            }
            error => Self::Broken(error.to_string()),
        }
    }
}

impl From<JsValue> for StoreError {
    fn from(thrown: JsValue) -> Self {
        match thrown.dyn_into::<DomException>() {
            Ok(exception) => exception.into(),
            Err(thrown) => Self::Broken(format!("{thrown:?}")),
        }
    }
}

impl From<DomException> for StoreError {
    fn from(exception: DomException) -> Self {
        match exception.name().as_str() {
            "QuotaExceededError" => Self::Quota,
            "VersionError" => Self::NewerSchema,
            // A closed connection throws it. It is also the reason if the browser closes a connection by force.
            "InvalidStateError" | "AbortError" => Self::Closed,
            name => Self::Broken(format!("{name}: {}", exception.message())),
        }
    }
}

//! An open IndexedDB database, and its callbacks as futures.

use std::{cell::RefCell, future::Future, rc::Rc};

use futures::channel::oneshot;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DomException, IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
    IdbVersionChangeEvent,
};

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

/// An open database. Gives way to whoever wants to upgrade or delete it, and is closed then.
#[derive(Debug)]
pub(super) struct Connection(Database);

impl Drop for Connection {
    fn drop(&mut self) {
        // Transactions that are under way still end.
        self.0.close();
    }
}

impl Connection {
    /// Opens a database, making or migrating it as needed.
    ///
    /// Waits as long as another connection does not give way.
    pub(super) async fn open(name: String, schema: Schema) -> Result<Self, StoreError> {
        to_its_end(async move {
            let version = u32::try_from(schema.migrations.len()).expect("migrations are written by hand");
            let request = factory()?.open_with_u32(&name, version).map_err(|error| failure(&error))?;
            let fault = Rc::new(RefCell::new(None));
            let upgrade = Closure::once({
                let (request, fault) = (request.clone(), Rc::clone(&fault));
                move |event: IdbVersionChangeEvent| {
                    if let Err(error) = migrate(&request, schema, event.old_version() as usize) {
                        *fault.borrow_mut() = Some(failure(&error));
                    }
                }
            });
            request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
            let opened = answer(Ok(request.into())).await;
            if let Some(fault) = fault.take() {
                return Err(fault);
            }
            let database = Self(opened?.unchecked_into());
            database.give_way()?;
            let stores: Vec<String> = Array::from(&database.0.object_store_names())
                .iter()
                .filter_map(|name| name.as_string())
                .collect();
            // A migration that forgot something must not be found out when a share is written.
            if stores != schema.stores {
                return Err(StoreError::Broken(format!("{name} has the object stores {stores:?}")));
            }
            Ok(database)
        })
        .await
    }

    /// Closes the database as soon as anybody wants to upgrade or delete it.
    fn give_way(&self) -> Result<(), StoreError> {
        let close = Reflect::get(&self.0, &"close".into()).map_err(|error| failure(&error))?;
        self.0.set_onversionchange(Some(&Function::from(close).bind0(&self.0)));
        Ok(())
    }

    /// A transaction that reads.
    pub(super) fn read(&self, stores: &[&str]) -> Result<IdbTransaction, StoreError> {
        self.transaction(stores, "readonly", Durability::Relaxed)
    }

    /// Runs `body` in a transaction that writes: all of it happens, or nothing if it fails.
    ///
    /// `body` awaits nothing but answers to its own requests: a transaction ends where it has none.
    pub(super) async fn write<T: 'static>(
        &self,
        stores: &[&str],
        durability: Durability,
        body: impl AsyncFnOnce(&IdbTransaction) -> Result<T, StoreError> + 'static,
    ) -> Result<T, StoreError> {
        let transaction = self.transaction(stores, "readwrite", durability)?;
        to_its_end(async move {
            let done = done(&transaction);
            match body(&transaction).await {
                Ok(value) => done.await.map(|()| value),
                Err(error) => {
                    // Fails only where the browser has aborted it before us.
                    let _ = transaction.abort();
                    Err(error)
                }
            }
        })
        .await
    }

    fn transaction(
        &self,
        stores: &[&str],
        mode: &str,
        durability: Durability,
    ) -> Result<IdbTransaction, StoreError> {
        let stores: Array = stores.iter().map(|name| JsValue::from(*name)).collect();
        let durability = match durability {
            Durability::Strict => "strict",
            Durability::Relaxed => "relaxed",
        };
        let options = js_sys::Object::new();
        Reflect::set(&options, &"durability".into(), &durability.into())
            .expect("a fresh object takes any key");
        self.0.transaction(&stores, mode, &options).map_err(|error| failure(&error))
    }
}

/// Deletes a database once every connection to it is closed.
pub(super) async fn delete(name: &str) -> Result<(), StoreError> {
    let request = factory()?.delete_database(name).map_err(|error| failure(&error))?;
    answer(Ok(request.into())).await.map(drop)
}

fn factory() -> Result<IdbFactory, StoreError> {
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into()).map_err(|error| failure(&error))?;
    factory.dyn_into().map_err(|_| StoreError::Broken("this browser has no IndexedDB here".to_owned()))
}

/// Runs the migrations that a database of version `from` lacks; undone as a whole if one fails.
fn migrate(request: &IdbOpenDbRequest, schema: Schema, from: usize) -> Result<(), JsValue> {
    let database: IdbDatabase = request.result()?.unchecked_into();
    let transaction = request.transaction().expect("an upgrade is a transaction");
    let missing = schema.migrations.get(from..).unwrap_or_default();
    let result = missing.iter().try_for_each(|migration| migration(&database, &transaction));
    if result.is_err() {
        transaction.abort()?;
    }
    result
}

/// An object store of a transaction.
pub(super) fn object_store(transaction: &IdbTransaction, name: &str) -> Result<IdbObjectStore, StoreError> {
    transaction.object_store(name).map_err(|error| failure(&error))
}

/// The answer to a request; listened for from now on, even before the future is first polled.
pub(super) fn answer(
    request: Result<IdbRequest, JsValue>,
) -> impl Future<Output = Result<JsValue, StoreError>> + 'static {
    let listening = request.map(|request| {
        let settled = Promise::new(&mut |resolve, reject| {
            request.set_onsuccess(Some(&resolve));
            request.set_onerror(Some(&reject));
        });
        (JsFuture::from(settled), request)
    });
    async move {
        let (settled, request) = listening.map_err(|error| failure(&error))?;
        match settled.await {
            Ok(_) => request.result().map_err(|error| failure(&error)),
            Err(_) => Err(reason(request.error().ok().flatten())),
        }
    }
}

/// The end of a transaction; listened for from now on, even before the future is first polled.
fn done(transaction: &IdbTransaction) -> impl Future<Output = Result<(), StoreError>> + 'static {
    let settled = JsFuture::from(Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    }));
    let transaction = transaction.clone();
    async move { settled.await.map(drop).map_err(|_| reason(transaction.error())) }
}

/// Lets a future end even if the caller goes away or does not poll it.
///
/// A transaction that gets no next request while its last answer is handed over commits itself half-way.
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

/// What an exception that a call threw means.
pub(super) fn failure(error: &JsValue) -> StoreError {
    match error.dyn_ref::<DomException>() {
        Some(exception) => reason(Some(exception.clone())),
        None => StoreError::Broken(format!("{error:?}")),
    }
}

/// What the error of a request or transaction means.
fn reason(exception: Option<DomException>) -> StoreError {
    let Some(exception) = exception else { return StoreError::Closed };
    match exception.name().as_str() {
        "QuotaExceededError" => StoreError::Quota,
        "VersionError" => StoreError::NewerSchema,
        // Thrown by a closed connection, and given as the reason where the browser closes one by force.
        "InvalidStateError" | "AbortError" => StoreError::Closed,
        name => StoreError::Broken(format!("{name}: {}", exception.message())),
    }
}

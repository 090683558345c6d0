//! The IndexedDB store in a dedicated worker of a real browser: the shared cases, and what only a browser has.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "these are tests, though clippy does not know their attribute")]

use std::rc::Rc;

use spinney::store::{
    Databases, StoreError, Table, Write,
    cases::{self, sample},
    indexed_db::{
        IndexedDb,
        schema::{self, Schema},
    },
};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{IdbDatabase, IdbTransaction};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// A namespace that no other test has.
struct Namespace(String);

impl Namespace {
    fn new() -> Self {
        Self(format!("test-{:x}", u128::from_be_bytes(spinney::platform::random())))
    }
}

#[async_trait::async_trait(?Send)]
impl cases::Disk for Namespace {
    async fn lead(&self) -> Rc<dyn Databases> {
        Rc::new(IndexedDb::lead(&self.0).await.expect("a fresh namespace opens"))
    }
}

spinney::store_cases!(wasm_bindgen_test, Namespace::new());

const COUNT: &[u8] = b"count";

/// The current schema and one more object store, filled by its migration.
const NEXT: Schema = Schema {
    stores: &[
        "blocks",
        "counters",
        "drafts",
        "extra",
        "keystore",
        "meta",
        "records",
        "sizes",
        "state",
        "transfers",
    ],
    migrations: &[schema::CURRENT.migrations[0], add_extra],
};

fn add_extra(database: &IdbDatabase, transaction: &IdbTransaction) -> Result<(), JsValue> {
    let extra = database.create_object_store("extra")?;
    extra.put_with_key(&1.into(), &"made".into())?;
    // Data is moved in the same transaction.
    let key = js_sys::Uint8Array::from(COUNT);
    transaction
        .object_store("state")?
        .put_with_key(&js_sys::Uint8Array::from(&b"migrated"[..]), &key)
        .map(drop)
}

fn fail(database: &IdbDatabase, _: &IdbTransaction) -> Result<(), JsValue> {
    database.create_object_store("half")?;
    Err("a migration that fails".into())
}

#[wasm_bindgen_test]
async fn a_migration_keeps_what_was_there_and_an_older_build_is_refused() {
    let Namespace(name) = Namespace::new();
    let write = Write::strict().put(Table::Keystore, *b"k", *b"seed").put(Table::State, COUNT, *b"old");
    let store = IndexedDb::lead(&name).await.unwrap().open("one").await.unwrap();
    store.commit(write).await.unwrap();
    drop(store);

    let store = IndexedDb::lead_with(&name, NEXT).await.unwrap().open("one").await.unwrap();
    assert_eq!(store.row(Table::Keystore, b"k").await, Ok(Some(b"seed".into())));
    assert_eq!(store.row(Table::State, COUNT).await, Ok(Some(b"migrated".into())));
    drop(store);

    assert_eq!(IndexedDb::lead(&name).await.err(), Some(StoreError::NewerSchema));
    let store = IndexedDb::lead_with(&name, NEXT).await.unwrap().open("one").await.unwrap();
    assert_eq!(store.row(Table::Keystore, b"k").await, Ok(Some(b"seed".into())));
}

#[wasm_bindgen_test]
async fn a_migration_that_fails_or_forgets_changes_nothing() {
    let Namespace(name) = Namespace::new();
    let store = IndexedDb::lead(&name).await.unwrap().open("one").await.unwrap();
    store.commit(Write::strict().put(Table::State, COUNT, *b"old")).await.unwrap();
    drop(store);
    const FAILING: Schema = Schema { migrations: &[schema::CURRENT.migrations[0], fail], ..NEXT };
    const FORGETFUL: Schema = Schema { migrations: &[schema::CURRENT.migrations[0]], ..NEXT };
    assert!(matches!(IndexedDb::lead_with(&name, FAILING).await, Err(StoreError::Broken(_))));
    let store = IndexedDb::lead(&name).await.unwrap().open("one").await.unwrap();
    assert_eq!(store.row(Table::State, COUNT).await, Ok(Some(b"old".into())));

    let Namespace(other) = Namespace::new();
    assert!(matches!(IndexedDb::lead_with(&other, FORGETFUL).await, Err(StoreError::Broken(_))));
}

#[wasm_bindgen_test]
async fn a_database_that_the_first_build_made_opens_with_all_that_it_holds() {
    let Namespace(name) = Namespace::new();
    let script = format!(
        "new Promise((resolve, reject) => {{
             const request = indexedDB.open('{name}/one', 1)
             const stores = ['blocks', 'counters', 'drafts', 'keystore', 'meta', 'records', 'sizes', 'state', 'transfers']
             request.onupgradeneeded = () => {{
                 for (const store of stores) request.result.createObjectStore(store)
                 request.transaction.objectStore('keystore').put(new Uint8Array([2]), new Uint8Array([1]))
                 request.transaction.objectStore('counters').put(7, 'used')
             }}
             request.onsuccess = () => {{ request.result.close(); resolve() }}
             request.onerror = reject
         }})"
    );
    let made = js_sys::Promise::from(js_sys::eval(&script).unwrap());
    wasm_bindgen_futures::JsFuture::from(made).await.unwrap();
    let store = IndexedDb::lead(&name).await.unwrap().open("one").await.unwrap();
    assert_eq!(store.row(Table::Keystore, &[1]).await, Ok(Some(vec![2])));
    assert_eq!(store.used().await, Ok(7));
    store.commit(Write::strict().put(Table::Keystore, [1], [3])).await.unwrap();
    assert_eq!(store.row(Table::Keystore, &[1]).await, Ok(Some(vec![3])));
}

#[wasm_bindgen_test]
async fn a_dropped_read_is_no_error_of_the_worker() {
    let store = IndexedDb::lead(&Namespace::new().0).await.unwrap().open("one").await.unwrap();
    let (cid, bytes) = sample(1, 1000);
    store.commit(Write::relaxed().block(cid, bytes)).await.unwrap();
    js_sys::eval("self.errors = 0; self.onerror = () => { self.errors++ }").unwrap();
    let wanted = [cid];
    let mut reads = (store.block(&cid), store.have(&wanted), store.rows(Table::State));
    assert!(futures::poll!(&mut reads.0).is_pending());
    assert!(futures::poll!(&mut reads.1).is_pending());
    assert!(futures::poll!(&mut reads.2).is_pending());
    drop(reads);
    // Runs after all of them.
    store.commit(Write::strict().drop_block(cid).put(Table::State, *b"k", *b"v")).await.unwrap();
    let errors = js_sys::eval("self.onerror = null; self.errors").unwrap();
    assert_eq!(errors.as_f64(), Some(0.0));
}

#[wasm_bindgen_test]
async fn an_open_database_gives_way_to_an_upgrade() {
    let Namespace(name) = Namespace::new();
    let old = IndexedDb::lead(&name).await.unwrap().open("one").await.unwrap();
    let new = IndexedDb::lead_with(&name, NEXT).await.unwrap().open("one").await.unwrap();
    assert_eq!(old.row(Table::State, b"k").await, Err(StoreError::Closed));
    assert_eq!(old.commit(Write::relaxed().put(Table::State, *b"k", *b"v")).await, Err(StoreError::Closed));
    assert_eq!(new.row(Table::State, b"k").await, Ok(None));
}

#[wasm_bindgen_test]
async fn two_leaders_at_once_get_different_epochs() {
    let Namespace(name) = Namespace::new();
    let (one, two) = futures::join!(IndexedDb::lead(&name), IndexedDb::lead(&name));
    let (one, two) = (one.unwrap(), two.unwrap());
    let (one, two) = futures::join!(one.open("one"), two.open("one"));
    let mut written = 0;
    for store in [one, two].into_iter().flatten() {
        match store.commit(Write::strict().put(Table::State, *b"k", *b"v")).await {
            Ok(()) => written += 1,
            Err(error) => assert_eq!(error, StoreError::EpochLost),
        }
    }
    assert_eq!(written, 1);
}

#[wasm_bindgen_test]
async fn a_strict_write_asks_the_browser_for_strict_durability() {
    let store = IndexedDb::lead(&Namespace::new().0).await.unwrap().open("one").await.unwrap();
    js_sys::eval(
        "self.asked = []; self.wrapped = IDBDatabase.prototype.transaction;
         IDBDatabase.prototype.transaction = function (...args) {
             const transaction = self.wrapped.apply(this, args);
             self.asked.push(transaction.durability);
             return transaction;
         }",
    )
    .unwrap();
    store.commit(Write::strict().put(Table::State, *b"k", *b"v")).await.unwrap();
    store.commit(Write::relaxed().put(Table::State, *b"k", *b"v")).await.unwrap();
    let asked = js_sys::eval("IDBDatabase.prototype.transaction = self.wrapped; self.asked.join()").unwrap();
    assert_eq!(asked.as_string().as_deref(), Some("strict,relaxed"));
}

/// Until dropped, puts IndexedDB into a bucket with little room, as Chromium allows.
struct SmallBucket;

impl SmallBucket {
    async fn open(bytes: u32) -> Self {
        let script = format!(
            "navigator.storageBuckets.open('small', {{quota: {bytes}}}).then(bucket =>
                 Object.defineProperty(self, 'indexedDB', {{value: bucket.indexedDB, configurable: true}}))"
        );
        let opened = js_sys::Promise::from(js_sys::eval(&script).unwrap());
        wasm_bindgen_futures::JsFuture::from(opened).await.unwrap();
        Self
    }
}

impl Drop for SmallBucket {
    fn drop(&mut self) {
        js_sys::eval("delete self.indexedDB; navigator.storageBuckets.delete('small')").unwrap();
    }
}

#[wasm_bindgen_test]
async fn a_full_browser_says_so_and_keeps_what_it_had() {
    const BLOCK: usize = 256 << 10;
    let _bucket = SmallBucket::open(8 << 20).await;
    let store = IndexedDb::lead(&Namespace::new().0).await.unwrap().open("one").await.unwrap();
    let mut kept = Vec::new();
    let full = loop {
        let (cid, bytes) = sample(kept.len() as u64, BLOCK);
        assert!(kept.len() < 100, "the quota does not hold");
        let write = Write::relaxed().block(cid, bytes).put(Table::State, cid.to_bytes(), *b"v");
        match store.commit(write).await {
            Ok(()) => kept.push(cid),
            Err(error) => break error,
        }
    };
    assert_eq!(full, StoreError::Quota);
    assert!(!kept.is_empty());
    assert_eq!(store.have(&kept).await, Ok(vec![true; kept.len()]));
    assert_eq!(store.used().await, Ok((kept.len() * BLOCK) as u64));
    assert_eq!(store.rows(Table::State).await.unwrap().len(), kept.len());
    for (seed, cid) in kept.iter().enumerate() {
        assert_eq!(store.block(cid).await, Ok(Some(sample(seed as u64, BLOCK).1.into())));
    }
    let mut free = Write::strict();
    free.drop_blocks = kept;
    store.commit(free).await.unwrap();
    assert_eq!(store.used().await, Ok(0));
}

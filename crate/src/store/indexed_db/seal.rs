//! Seals secrets under a key that the browser keeps and never exports, not even to us.
//!
//! AES-256-GCM as Web Cryptography has it, under a `CryptoKey` that is not extractable. Each has a database of its
//! own, so deleting that database deletes the key. A sealed secret is nonce12 ‖ ciphertext ‖ tag16.

use idb::Transaction;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use rexie::Rexie;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbTransaction};
use zeroize::Zeroizing;

use super::{
    super::{Durability, SealedFor, StoreError},
    connection::Connection,
    full_name,
    schema::Schema,
};
use crate::platform;

/// The object store of such a database, and the only key in it.
const KEYS: &str = "keys";
const KEY: &str = "key";
const SCHEMA: Schema = Schema { stores: &[KEYS], migrations: &[first] };

const ALGORITHM: &str = "AES-GCM";
/// Bytes of the nonce, as SP 800-38D advises. Each key seals once.
const NONCE_LEN: usize = 12;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = generateKey)]
    fn generate_key(algorithm: &Object, extractable: bool, usages: &Array) -> Result<Promise, JsValue>;

    /// Copies the bytes before it returns.
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    fn encrypt(algorithm: &Object, key: &JsValue, plaintext: &[u8]) -> Result<Promise, JsValue>;

    /// Copies the bytes before it returns.
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
    fn decrypt(algorithm: &Object, key: &JsValue, ciphertext: &[u8]) -> Result<Promise, JsValue>;
}

/// Makes a new key for a namespace and a use, and seals a secret under it.
pub(super) async fn seal(namespace: &str, purpose: SealedFor, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
    let (key, sealed) = under_new_key(secret).await?;
    let put = async move |transaction: &Transaction| {
        transaction.object_store(KEYS)?.put(&key, Some(&KEY.into()))?.await?;
        Ok(())
    };
    open(namespace, purpose).await?.write(&[KEYS], Durability::Strict, put).await?;
    Ok(sealed)
}

/// Seals a secret under a new key, which is in memory alone.
pub(super) async fn under_new_key(secret: &[u8]) -> Result<(JsValue, Vec<u8>), JsValue> {
    let nonce: [u8; NONCE_LEN] = platform::random();
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let algorithm = object(&[("name", ALGORITHM.into()), ("length", 256.into())]);
    let key = JsFuture::from(generate_key(&algorithm, false, &usages)?).await?;
    let ciphertext = JsFuture::from(encrypt(&aes_gcm(&nonce), &key, secret)?).await?;
    Ok((key, [&nonce[..], &Uint8Array::new(&ciphertext).to_vec()].concat()))
}

/// Opens the result of [`seal`]. Returns `None` if it does not open.
pub(super) async fn unseal(
    namespace: &str,
    purpose: SealedFor,
    sealed: &[u8],
) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    let key = open(namespace, purpose).await?.read(KEYS, async |keys| keys.get(KEY.into()).await).await?;
    let Some(key) = key else { return Ok(None) };
    Ok(opened(&key, sealed).await)
}

/// Opens what was sealed under this key. Returns `None` if it does not open.
pub(super) async fn opened(key: &JsValue, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let opening = decrypt(&aes_gcm(nonce), key, ciphertext).ok()?;
    let opened = Uint8Array::new(&JsFuture::from(opening).await.ok()?);
    let secret = Zeroizing::new(opened.to_vec());
    opened.fill(0, 0, opened.length());
    Some(secret)
}

/// Deletes the key of a namespace and a use.
pub(super) async fn forget(namespace: &str, purpose: SealedFor) -> Result<(), StoreError> {
    Ok(Rexie::delete(&full_name(namespace, database(purpose))).await?)
}

async fn open(namespace: &str, purpose: SealedFor) -> Result<Connection, StoreError> {
    Connection::open(full_name(namespace, database(purpose)), SCHEMA).await
}

/// Name of the database of a key, beside those of the profiles.
fn database(purpose: SealedFor) -> &'static str {
    match purpose {
        SealedFor::SignedIn => "seal",
        SealedFor::Waiting => "seal-waiting",
    }
}

fn first(database: &IdbDatabase, _: &IdbTransaction) -> Result<(), JsValue> {
    database.create_object_store(KEYS).map(drop)
}

fn aes_gcm(nonce: &[u8; NONCE_LEN]) -> Object {
    object(&[("name", ALGORITHM.into()), ("iv", Uint8Array::from(&nonce[..]).into())])
}

fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value).expect("a fresh object takes any key");
    }
    object
}

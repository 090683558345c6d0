//! The browser's key under which a secret is sealed: nobody can export it, and it is gone after it was
//! deleted.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "these are tests, though clippy does not know their attribute")]

use js_sys::Promise;
use spinney::store::{Databases, SealedFor, indexed_db::IndexedDb};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// What a script of this origin can find out about the keys of a namespace.
async fn found(namespace: &str) -> String {
    let script = format!(
        "(async () => {{
             const databases = (await indexedDB.databases()).filter(({{name}}) => name === '{namespace}/seal');
             if (!databases.length) return 'no database';
             const database = await new Promise((resolve, reject) => {{
                 const opening = indexedDB.open('{namespace}/seal');
                 opening.onsuccess = () => resolve(opening.result);
                 opening.onerror = () => reject(opening.error);
             }});
             const reading = database.transaction('keys').objectStore('keys').getAll();
             const keys = await new Promise(resolve => reading.onsuccess = () => resolve(reading.result));
             database.close();
             const taken = await Promise.all(keys.flatMap(key => ['raw', 'jwk'].map(format =>
                 crypto.subtle.exportKey(format, key).then(() => 'taken', ({{name}}) => name))));
             return [...keys.map(key => `${{key.type}} ${{key.algorithm.name}} ${{key.algorithm.length}}`), ...taken].join();
         }})()"
    );
    let found = Promise::from(js_sys::eval(&script).unwrap());
    JsFuture::from(found).await.unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
async fn the_browsers_key_is_not_handed_out_and_goes_when_it_is_forgotten() {
    let namespace = format!("test-{:x}", u128::from_be_bytes(spinney::platform::random()));
    let databases = IndexedDb::lead(&namespace).await.unwrap();
    assert_eq!(found(&namespace).await, "no database");
    databases.seal(SealedFor::SignedIn, b"a secret").await.unwrap();
    databases.seal(SealedFor::SignedIn, b"another").await.unwrap();
    assert_eq!(found(&namespace).await, "secret AES-GCM 256,InvalidAccessError,InvalidAccessError");
    databases.forget_seal(SealedFor::SignedIn).await.unwrap();
    assert_eq!(found(&namespace).await, "no database");
}

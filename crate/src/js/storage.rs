//! `storage` of the contract: the engine's usage, and the browser's estimate for the whole origin.

use js_sys::global;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{StorageManager, WorkerGlobalScope};

use crate::engine::api::{Origin, StorageStatus};
use crate::engine::{Engine, Error};

use super::args::convert;
use super::call::{Answer, unknown};

/// `StorageStatus` of the contract.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(flatten)]
    engine: StorageStatus,
    #[serde(flatten)]
    origin: Origin,
}

pub(super) async fn call(engine: &Engine, name: &str) -> Result<Answer, Error> {
    match name {
        "status" => {
            let engine = engine.storage_status().await?;
            Answer::value(&Status {
                engine,
                origin: Origin { quota: quota().await?, persisted: persisted().await },
            })
        }
        "collect" => Answer::value(&engine.collect().await?),
        _ => unknown(name),
    }
}

/// Returns how many bytes the browser gives this origin at present.
pub(super) async fn quota() -> Result<u64, Error> {
    #[derive(Deserialize)]
    struct Estimate {
        quota: f64,
    }
    let estimate: Estimate = convert(settled(manager().estimate()).await?)?;
    Ok(estimate.quota as u64)
}

/// Whether the browser has promised not to clear this origin by itself.
pub(super) async fn persisted() -> bool {
    settled(manager().persisted()).await.is_ok_and(|persisted| persisted.is_truthy())
}

async fn settled(promise: Result<js_sys::Promise, JsValue>) -> Result<JsValue, Error> {
    let settled = async { JsFuture::from(promise?).await };
    settled.await.map_err(|reason| Error::Storage(format!("{reason:?}")))
}

fn manager() -> StorageManager {
    global().unchecked_into::<WorkerGlobalScope>().navigator().storage()
}

//! The boundary to JavaScript. It converts types. Its only state is the open ports.
//!
//! A page's worker opens one [`Host`] and passes it a port for each tab and for the service worker. The messages of a
//! port are in `www/src/engine/protocol.ts`, the calls in `www/src/contract.d.ts`, and their values in
//! [`api`](crate::engine::api).

mod args;
mod call;
mod contacts;
mod credit;
mod devices;
mod directories;
mod drops;
mod feeds;
mod fetch;
mod folder;
mod folders;
mod keeping;
mod network;
mod panic;
mod passphrase;
mod port;
mod profiles;
mod push;
mod request;
mod shares;
mod source;
mod storage;
mod transfers;
mod value;

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{CryptoKey, MessagePort};

use crate::engine::api::{Config, DirectoryStore, Passphrases};
use crate::engine::{Engine, Error};
use crate::net::http::Http;
use crate::net::webrtc;
use crate::store::indexed_db::IndexedDb;

pub use directories::JsDirectories;
use directories::KeptDirectories;
use fetch::Fetch;
use passphrase::PassphraseWorkers;
pub use passphrase::derive_key;

/// The engine of one worker.
#[wasm_bindgen]
pub struct Host {
    engine: Engine,
    databases: Rc<IndexedDb>,
    on_locked: Function,
}

#[wasm_bindgen]
impl Host {
    /// Opens the engine with a [`Config`], in a worker whose window holds the lock of its namespace.
    ///
    /// `rtc` is the port to the window's RTC host, if it has one. `inherited` is the key of the last `Bequest` that came
    /// from the engine before this one, if this worker waited then. `start_passphrase_worker` starts a worker for a `Job`
    /// of `passphrase.job.ts`. If the engine panics, it calls `on_panic` with one line of text, and answers no more
    /// calls. When a page has locked the profile, it calls `on_locked`: the memory of this worker may still hold
    /// secrets, so end the worker. `directories` remembers the directories that are kept in step: `Directories` of
    /// `engine/directories.ts`.
    ///
    /// # Errors
    ///
    /// Throws `Failure` of `protocol.ts`.
    pub async fn open(
        config: JsValue,
        rtc: Option<MessagePort>,
        inherited: Option<CryptoKey>,
        start_passphrase_worker: Function,
        on_panic: Function,
        on_locked: Function,
        directories: JsDirectories,
    ) -> Result<Host, JsValue> {
        panic::report_to(on_panic);
        let passphrases = Passphrases::new(PassphraseWorkers { start: start_passphrase_worker });
        let directories = DirectoryStore::new(Rc::new(KeptDirectories::new(directories)));
        let (engine, databases) = lead(config, rtc, inherited, passphrases, directories)
            .await
            .map_err(|error| value::failure(&error))?;
        Ok(Self { engine, databases, on_locked })
    }

    /// Serves a port until its other end says goodbye or is closed.
    pub fn attach(&self, port: MessagePort) {
        let (engine, databases) = (self.engine.clone(), self.databases.clone());
        wasm_bindgen_futures::spawn_local(port::serve(engine, databases, port, self.on_locked.clone()));
    }

    /// Probes every connection, because the machine may have slept.
    pub async fn probe(&self) {
        self.engine.probe().await;
    }
}

async fn lead(
    config: JsValue,
    rtc: Option<MessagePort>,
    inherited: Option<CryptoKey>,
    passphrases: Passphrases,
    directories: DirectoryStore,
) -> Result<(Engine, Rc<IndexedDb>), Error> {
    let config: Config = args::convert(config)?;
    let (rtc, http) = (rtc.map(webrtc::window::host), Http::new(Fetch));
    let config = Config { rtc, passphrases, directories, http, ..config };
    let databases = IndexedDb::lead(&config.namespace).await?;
    let databases = Rc::new(match inherited {
        Some(key) => databases.inheriting(key.into()),
        None => databases,
    });
    Ok((Engine::open(config, databases.clone()).await?, databases))
}

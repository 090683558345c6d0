//! Keys from passphrases, in a worker that does nothing else.
//!
//! The engine's worker starts one for each key and ends it with the answer, so that the memory in which the passphrase
//! was goes with it. The key comes back from worker to worker; no window sees it. The messages are in
//! `www/src/passphrase.job.ts`.

use std::cell::Cell;
use std::rc::Rc;

use async_trait::async_trait;
use futures::channel::oneshot;
use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Event, MessageEvent, Worker};
use zeroize::{Zeroize, Zeroizing};

use crate::crypto::passphrase::{DeriveError, Params, PassphraseKey, Recipe};
use crate::engine::api::{Derive, Passphrases};

use super::value::object;

/// What the worker says if the machine cannot give the memory.
const NO_MEMORY: &str = "memory";

/// What it says if the recipe is refused.
const BAD_PARAMS: &str = "params";

/// Derives a key. Runs in the worker that does nothing else.
///
/// # Errors
///
/// Throws [`NO_MEMORY`] or [`BAD_PARAMS`].
#[wasm_bindgen(js_name = deriveKey)]
pub fn derive_key(
    mut passphrase: String,
    salt: &[u8],
    m: u32,
    t: u32,
    p: u32,
) -> Result<Uint8Array, JsValue> {
    let salt = salt.try_into().map_err(|_| JsValue::from(BAD_PARAMS))?;
    let derived = Recipe { salt, params: Params { m, t, p } }.derive(&passphrase);
    passphrase.zeroize();
    match derived {
        Ok(key) => Ok(Uint8Array::from(&key.as_bytes()[..])),
        Err(DeriveError::Memory) => Err(NO_MEMORY.into()),
        Err(DeriveError::Params) => Err(BAD_PARAMS.into()),
    }
}

/// Starts a worker for each key. Calls `start` with the job, and gets the worker that has it.
pub(super) struct PassphraseWorkers {
    pub(super) start: Function,
}

#[async_trait(?Send)]
impl Derive for PassphraseWorkers {
    async fn derive(&self, recipe: Recipe, passphrase: &str) -> Result<PassphraseKey, DeriveError> {
        match self.ask(recipe, passphrase).await {
            Ok(derived) => derived,
            Err(why) => {
                tracing::debug!(
                    ?why,
                    "no worker for a passphrase: the engine waits until its key is derived"
                );
                Passphrases::default().derive(recipe, passphrase).await
            }
        }
    }
}

impl PassphraseWorkers {
    /// Has a worker derive the key; an error is that of a worker that did not run.
    async fn ask(
        &self,
        recipe: Recipe,
        passphrase: &str,
    ) -> Result<Result<PassphraseKey, DeriveError>, JsValue> {
        let Recipe { salt, params: Params { m, t, p } } = recipe;
        let job = object(&[
            ("passphrase", passphrase.into()),
            ("salt", Uint8Array::from(&salt[..]).into()),
            ("m", m.into()),
            ("t", t.into()),
            ("p", p.into()),
        ]);
        let worker: Worker = self.start.call1(&JsValue::UNDEFINED, &job)?.dyn_into()?;
        let (running, answer) = Running::new(worker);
        let answer = answer.await.expect("the worker's listeners have its sender")?;
        drop(running);
        let member = |name: &str| Reflect::get(&answer, &name.into());
        if let Ok(bytes) = member("key")?.dyn_into::<Uint8Array>() {
            let mut key = Zeroizing::new([0; 32]);
            if bytes.length() as usize != key.len() {
                return Err("the key has another length".into());
            }
            bytes.copy_to(&mut *key);
            bytes.fill(0, 0, bytes.length());
            return Ok(Ok(PassphraseKey::from_bytes(recipe, key)));
        }
        match member("refused")?.as_string().as_deref() {
            Some(NO_MEMORY) => Ok(Err(DeriveError::Memory)),
            Some(BAD_PARAMS) => Ok(Err(DeriveError::Params)),
            _ => Err(member("failed")?),
        }
    }
}

/// A worker, and what listens to it. Dropping it ends the worker.
struct Running {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl Running {
    /// Listens to a worker, for its answer or for the error with which it could not be loaded.
    fn new(worker: Worker) -> (Self, oneshot::Receiver<Result<JsValue, JsValue>>) {
        let (sender, answer) = oneshot::channel();
        let sender = Rc::new(Cell::new(Some(sender)));
        let failed = sender.clone();
        let send = |sender: &Cell<Option<oneshot::Sender<_>>>, answer| {
            if let Some(sender) = sender.take() {
                // Who gave the key up has dropped the receiver.
                let _ = sender.send(answer);
            }
        };
        let on_message = Closure::new(move |event: MessageEvent| send(&sender, Ok(event.data())));
        let on_error = Closure::new(move |event: Event| {
            // Else the window takes it for an error of the engine.
            event.prevent_default();
            send(&failed, Err(event.into()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        (Self { worker, _on_message: on_message, _on_error: on_error }, answer)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

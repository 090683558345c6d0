//! Finds the binding of a method.

use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::engine::{Engine, Error, Pieces};

use super::args::{Args, malformed};
use super::{
    contacts, devices, drops, folders, keeping, network, profiles, push, shares, storage, transfers, value,
};

/// The result of a method.
pub(super) enum Answer {
    Value(JsValue),
    /// A stream that the reader pulls by credit.
    Pieces(Pieces),
}

impl Answer {
    pub(super) fn value<T: Serialize>(value: &T) -> Result<Self, Error> {
        value::to_js(value).map(Self::Value)
    }

    pub(super) fn none() -> Result<Self, Error> {
        Ok(Self::Value(JsValue::UNDEFINED))
    }

    pub(super) fn pieces(pieces: Pieces) -> Result<Self, Error> {
        Ok(Self::Pieces(pieces))
    }
}

/// Calls `concept.name` of the contract. Dropping the future cancels it.
pub(super) async fn call(engine: &Engine, method: &str, args: &Args) -> Result<Answer, Error> {
    let (concept, name) = method.split_once('.').unwrap_or((method, ""));
    match concept {
        "profiles" => profiles::call(engine, name, args).await,
        "contacts" => contacts::call(engine, name, args).await,
        "devices" => devices::call(engine, name, args).await,
        "folders" => folders::call(engine, name, args).await,
        "keeping" => keeping::call(engine, name, args).await,
        "drops" => drops::call(engine, name, args).await,
        "shares" => shares::call(engine, name, args).await,
        "transfers" => transfers::call(engine, name, args).await,
        "network" => network::call(engine, name).await,
        "push" => push::call(engine, name, args).await,
        "storage" => storage::call(engine, name).await,
        _ => unknown(method),
    }
}

/// Makes the error for a name that no binding knows.
pub(super) fn unknown(method: &str) -> Result<Answer, Error> {
    Err(malformed(format!("there is no method {method}")))
}

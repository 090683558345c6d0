//! `network` of the contract, and the probe that a window asks for when it wakes.

use crate::engine::{Engine, Error};

use super::call::{Answer, unknown};

pub(super) async fn call(engine: &Engine, name: &str) -> Result<Answer, Error> {
    match name {
        "status" => Answer::value(&engine.network_status().await?),
        "probe" => {
            engine.probe().await;
            Answer::none()
        }
        _ => unknown(name),
    }
}

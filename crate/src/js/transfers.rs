//! `transfers` of the contract.

use crate::engine::api::TransferId;
use crate::engine::{Engine, Error};

use super::args::Args;
use super::call::{Answer, unknown};

pub(super) async fn call(engine: &Engine, name: &str, args: &Args) -> Result<Answer, Error> {
    match name {
        "list" => return Answer::value(&engine.transfers().await?),
        "pause" => engine.pause(&id(args)?).await?,
        "resume" => engine.resume(&id(args)?).await?,
        "cancel" => engine.cancel(&id(args)?).await?,
        _ => return unknown(name),
    }
    Answer::none()
}

/// Reads the id of a transfer. Other text names none.
fn id(args: &Args) -> Result<TransferId, Error> {
    args.text(0)?.parse().map_err(|_| Error::NotFound("transfer"))
}

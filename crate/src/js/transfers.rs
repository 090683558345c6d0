//! `transfers` of the contract.

use crate::engine::{Engine, Error};

use super::args::Args;
use super::call::{Answer, unknown};

pub(super) async fn call(engine: &Engine, name: &str, args: &Args) -> Result<Answer, Error> {
    match name {
        "list" => return Answer::value(&engine.transfers().await?),
        "pause" => engine.pause(&args.text(0)?).await?,
        "resume" => engine.resume(&args.text(0)?).await?,
        "cancel" => engine.cancel(&args.text(0)?).await?,
        _ => return unknown(name),
    }
    Answer::none()
}

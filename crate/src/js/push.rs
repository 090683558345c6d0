//! `push` of the contract.

use crate::engine::{Engine, Error};

use super::args::Args;
use super::call::{Answer, unknown};

pub(super) async fn call(engine: &Engine, name: &str, args: &Args) -> Result<Answer, Error> {
    match name {
        "relays" => Answer::value(&engine.push_relays().await?),
        "subscribe" => {
            engine.subscribe_push(&args.text(0)?, &args.text(1)?).await?;
            Answer::none()
        }
        "unsubscribe" => {
            engine.unsubscribe_push().await?;
            Answer::none()
        }
        _ => unknown(name),
    }
}

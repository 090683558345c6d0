//! `contacts` of the contract.

use crate::node::{Engine, Error};

use super::args::Args;
use super::call::{Answer, unknown};

pub(super) async fn call(engine: &Engine, name: &str, args: &Args) -> Result<Answer, Error> {
    match name {
        "add" => Answer::value(&engine.add_contact(&args.text(0)?).await?),
        "list" => Answer::value(&engine.contacts().await?),
        "get" => Answer::value(&engine.contact(&args.text(0)?).await?),
        "rename" => Answer::value(&engine.rename_contact(&args.text(0)?, &args.text(1)?).await?),
        "remove" => {
            engine.remove_contact(&args.text(0)?).await?;
            Answer::none()
        }
        _ => unknown(name),
    }
}

//! `folders` of the contract.

use wasm_bindgen::JsValue;

use crate::engine::{Engine, Error};

use super::args::{Args, convert, member};
use super::call::{Answer, unknown};

pub(super) async fn call(engine: &Engine, name: &str, args: &Args) -> Result<Answer, Error> {
    match name {
        "bind" => {
            let to = args.optional(2)?.unwrap_or_default();
            Answer::value(&engine.bind_folder(&args.text(0)?, &args.text(1)?, to).await?)
        }
        "list" => Answer::value(&engine.folders().await?),
        "unbind" => {
            engine.unbind_folder(&args.text(0)?).await?;
            Answer::none()
        }
        "scan" => {
            let options: JsValue = args.value(1);
            let anyway = if args.has(1) { member(&options, "anyway") } else { None };
            let anyway = anyway.map(convert).transpose()?.unwrap_or(false);
            engine.scan_folder(&args.text(0)?, anyway).await?;
            Answer::none()
        }
        "conflicts" => Answer::value(&engine.folder_conflicts(&args.text(0)?).await?),
        "settle" => {
            engine.settle_conflict(&args.text(0)?, &args.text(1)?).await?;
            Answer::none()
        }
        "journal" => Answer::value(&engine.journal(args.optional(0)?.unwrap_or_default()).await?),
        "undo" => {
            engine.undo(&args.text(0)?).await?;
            Answer::none()
        }
        _ => unknown(name),
    }
}

//! `drops` of the contract.

use crate::engine::{Engine, Error};

use super::args::{Args, convert};
use super::call::{Answer, unknown};
use super::shares::new_files;

pub(super) async fn call(engine: &Engine, name: &str, args: &Args) -> Result<Answer, Error> {
    match name {
        "make" => {
            let name: Option<String> = args.optional(2)?;
            let (bytes, until) = (convert(args.value(0))?, convert(args.value(1))?);
            let made = engine.make_drop_box(bytes, until, &name.unwrap_or_default()).await?;
            Answer::value(&made)
        }
        "list" => Answer::value(&engine.drop_boxes().await?),
        "end" => {
            engine.end_drop_box(&args.text(0)?).await?;
            Answer::none()
        }
        "files" => {
            let query = args.optional(1)?.unwrap_or_default();
            Answer::value(&engine.drop_files(&args.text(0)?, query).await?)
        }
        "accept" => Answer::value(&engine.accept_drop(&args.text(0)?, &args.text(1)?).await?),
        "decline" => {
            engine.decline_drop(&args.text(0)?).await?;
            Answer::none()
        }
        "inspect" => Answer::value(&engine.inspect_drop_link(&args.text(0)?).await?),
        "open" => Answer::value(&engine.open_drop_box(&args.text(0)?).await?),
        "send" => {
            let files = new_files(&args.value(1)).await?;
            engine.send_drop(&args.text(0)?, files, &args.text(2)?).await?;
            Answer::none()
        }
        _ => unknown(name),
    }
}

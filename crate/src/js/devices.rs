//! `devices` of the contract.

use crate::engine::{Engine, Error};

use super::args::{Args, convert, text_member};
use super::call::{Answer, unknown};

pub(super) async fn call(engine: &Engine, name: &str, args: &Args) -> Result<Answer, Error> {
    match name {
        "list" => Answer::value(&engine.devices().await?),
        "rename" => Answer::value(&engine.rename_device(&args.text(0)?, &args.text(1)?).await?),
        "remove" => {
            engine.remove_device(&args.text(0)?).await?;
            Answer::none()
        }
        "restore" => Answer::value(&engine.restore_device(&args.text(0)?).await?),
        "confirm" => {
            engine.confirm_device(&args.text(0)?).await?;
            Answer::none()
        }
        "code" => Answer::value(&engine.device_code(&args.text(0)?).await?),
        "approve" => {
            let words: Vec<String> = convert(args.value(0))?;
            Answer::value(&engine.approve_device(&words.join(" ")).await?)
        }
        "cancel" => {
            engine.cancel_device();
            Answer::none()
        }
        "join" => {
            let new = args.value(1);
            let (name, passphrase) = (text_member(&new, "name")?, text_member(&new, "passphrase")?);
            Answer::value(&engine.join_device(&args.text(0)?, &name, &passphrase).await?)
        }
        "accept" => {
            engine.accept_identity()?;
            Answer::none()
        }
        _ => unknown(name),
    }
}

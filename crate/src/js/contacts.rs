//! `contacts` of the contract.

use crate::engine::{Engine, Error};

use super::args::{Args, convert, malformed, member};
use super::call::{Answer, unknown};

pub(super) async fn call(engine: &Engine, name: &str, args: &Args) -> Result<Answer, Error> {
    match name {
        "add" => {
            let message: Option<String> = args.optional(1)?;
            Answer::value(&engine.add_contact(&args.text(0)?, message.as_deref()).await?)
        }
        "read" => Answer::value(&engine.read_pasted(&args.text(0)?).await?),
        "follow" => Answer::value(&engine.follow(&args.text(0)?).await?),
        "list" => Answer::value(&engine.contacts().await?),
        "get" => Answer::value(&engine.contact(&args.text(0)?).await?),
        "rename" => Answer::value(&engine.rename_contact(&args.text(0)?, &args.text(1)?).await?),
        "remove" => {
            engine.remove_contact(&args.text(0)?).await?;
            Answer::none()
        }
        "block" => {
            engine.block(&args.text(0)?).await?;
            Answer::none()
        }
        "unblock" => {
            engine.unblock(&args.text(0)?).await?;
            Answer::none()
        }
        "setCircles" => {
            let circles: Vec<String> = convert(args.value(1))?;
            Answer::value(&engine.set_circles(&args.text(0)?, &circles).await?)
        }
        "verifyWords" => Answer::value(&engine.verify_words(&args.text(0)?).await?),
        "confirmKeys" => Answer::value(&engine.confirm_new_keys(&args.text(0)?).await?),
        "goOn" => Answer::value(&engine.go_on(&args.text(0)?).await?),
        "markVerified" => Answer::value(&engine.mark_verified(&args.text(0)?).await?),
        "requests" => Answer::value(&engine.requests().await?),
        "declined" => Answer::value(&engine.declined().await?),
        "lookUp" => Answer::value(&engine.look_up(&args.text(0)?).await?),
        "accept" => Answer::value(&engine.accept(&args.text(0)?).await?),
        "decline" => {
            engine.decline(&args.text(0)?).await?;
            Answer::none()
        }
        "setVisibility" => {
            let sees_mine = member(&args.value(1), "seesMine");
            let sees_mine = sees_mine.ok_or_else(|| malformed("what they see".into()))?;
            let sees_mine = convert(sees_mine)?;
            Answer::value(&engine.set_visibility(&args.text(0)?, sees_mine).await?)
        }
        "suggestions" => Answer::value(&engine.suggestions().await?),
        "dismiss" => {
            engine.dismiss(&args.text(0)?).await?;
            Answer::none()
        }
        "undoDismiss" => {
            engine.undo_dismiss(&args.text(0)?).await?;
            Answer::none()
        }
        "introduce" => {
            let message: Option<String> = args.optional(2)?;
            engine.introduce(&args.text(0)?, &args.text(1)?, message.as_deref()).await?;
            Answer::none()
        }
        "introductions" => Answer::value(&engine.introductions().await?),
        "acceptIntroduction" => Answer::value(&engine.accept_introduction(&args.text(0)?).await?),
        "declineIntroduction" => {
            engine.decline_introduction(&args.text(0)?).await?;
            Answer::none()
        }
        _ => unknown(name),
    }
}

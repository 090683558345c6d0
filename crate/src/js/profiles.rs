//! `profiles` of the contract.

use serde_bytes::ByteBuf;

use crate::engine::api::{ProfileUpdate, Stay};
use crate::engine::{Engine, Error};

use super::args::{Args, convert, member, picture_member, text_member};
use super::call::{Answer, unknown};

pub(super) async fn call(engine: &Engine, name: &str, args: &Args) -> Result<Answer, Error> {
    match name {
        "list" => Answer::value(&engine.profiles().await?),
        "create" => {
            let new = args.value(0);
            let (name, passphrase) = (text_member(&new, "name")?, text_member(&new, "passphrase")?);
            let avatar = picture_member(&new, "avatar").await?;
            Answer::value(&engine.create_profile(&name, &passphrase, avatar).await?)
        }
        "begin" => Answer::value(&engine.begin_profile().await?),
        "finish" => {
            let new = args.value(0);
            let (name, passphrase) = (text_member(&new, "name")?, text_member(&new, "passphrase")?);
            Answer::value(&engine.finish_profile(&name, &passphrase, stay(args, 1)?).await?)
        }
        "unlock" => Answer::value(&engine.unlock(&args.text(0)?, &args.text(1)?, stay(args, 2)?).await?),
        "passkeys" => Answer::value(&engine.passkeys(&args.text(0)?).await?),
        "offerPasskey" => Answer::value(&engine.offer_passkey(&args.text(0)?).await?),
        "addPasskey" => {
            let (prf, new) = (args.key(2)?, convert(args.value(1))?);
            Answer::value(&engine.add_passkey(&args.text(0)?, new, &prf).await?)
        }
        "removePasskey" => {
            engine.remove_passkey(&args.text(0)?).await?;
            Answer::none()
        }
        "unlockWithPasskey" => {
            let prf = args.key(3)?;
            let (id, host, passkey) = (args.text(0)?, args.text(1)?, args.text(2)?);
            Answer::value(&engine.unlock_with_passkey(&id, &host, &passkey, &prf, stay(args, 4)?).await?)
        }
        "lock" => {
            engine.lock().await?;
            Answer::none()
        }
        "current" => Answer::value(&engine.current()),
        "update" => {
            let new = args.value(0);
            let text = |name| member(&new, name).map(|_| text_member(&new, name)).transpose();
            let update = ProfileUpdate {
                name: text("name")?.map(|name| name.to_string()),
                bio: text("bio")?.map(|bio| bio.to_string()),
                avatar: picture_member(&new, "avatar").await?.map(|bytes| ByteBuf::from(bytes.to_vec())),
                receipts: member(&new, "receipts").map(convert).transpose()?,
                relay_only: member(&new, "relayOnly").map(convert).transpose()?,
                may_be_shown: member(&new, "mayBeShown").map(convert).transpose()?,
            };
            Answer::value(&engine.update_profile(update).await?)
        }
        "newInvite" => Answer::value(&engine.new_invite().await?),
        "changePassphrase" => {
            engine.change_passphrase(&args.text(0)?, &args.text(1)?).await?;
            Answer::none()
        }
        "recoveryPhrase" => Answer::value(&engine.recovery_phrase(&args.text(0)?).await?),
        "confirmWords" => Answer::value(&engine.confirm_words().await?),
        "changeKeys" => Answer::value(&engine.change_keys(&args.text(0)?, &args.text(1)?).await?),
        "confirmKeys" => Answer::value(&engine.confirm_keys().await?),
        "recover" => Answer::value(&engine.recover(&args.text(0)?, &args.text(1)?).await?),
        "confirmRestored" => Answer::value(&engine.confirm_restored().await?),
        "remove" => {
            engine.remove_profile(&args.text(0)?).await?;
            Answer::none()
        }
        _ => unknown(name),
    }
}

/// Whether the caller wants the profile to stay signed in.
fn stay(args: &Args, index: u32) -> Result<Stay, Error> {
    Ok(if args.optional(index)?.unwrap_or(false) { Stay::SignedIn } else { Stay::Open })
}

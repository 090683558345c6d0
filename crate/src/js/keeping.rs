//! `keeping` of the contract: what friends keep for each other, within what the browser gives this origin.

use serde::Serialize;

use crate::engine::api::{KeepingStatus, RoomTerms};
use crate::engine::{Engine, Error};
use crate::social::keeping::{MAX_TOTAL, SHARE_OF_QUOTA};

use super::args::{Args, text_member};
use super::call::{Answer, unknown};
use super::storage::{persisted, quota};

/// `KeepingStatus` of the contract, with what only the browser knows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(flatten)]
    engine: KeepingStatus,
    limit: u64,
}

pub(super) async fn call(engine: &Engine, name: &str, args: &Args) -> Result<Answer, Error> {
    match name {
        "status" => {
            let engine = engine.keeping_status().await?;
            Answer::value(&Status { engine, limit: limit().await? })
        }
        "setRoom" => {
            let bytes: f64 = args.optional(1)?.unwrap_or_default();
            let terms: RoomTerms = args.optional(2)?.unwrap_or_default();
            // A number of JavaScript that is no number of bytes is none, and one too large is refused.
            engine.set_room(&args.text(0)?, bytes.max(0.0) as u64, terms, limit().await?).await?;
            Answer::none()
        }
        "free" => {
            let share: Option<String> = args.optional(0)?;
            Answer::value(&engine.free_space(share.as_deref()).await?)
        }
        "freeable" => Answer::value(&engine.freeable_space().await?),
        "release" => {
            engine.release_room(&args.text(0)?).await?;
            Answer::none()
        }
        "trial" => Answer::value(&engine.trial().await?),
        "addService" => {
            let service = args.value(0);
            let member = |name| text_member(&service, name);
            engine.add_service(&member("name")?, &member("endpoint")?, &member("token")?).await?;
            Answer::none()
        }
        "removeService" => {
            engine.remove_service(&args.text(0)?).await?;
            Answer::none()
        }
        _ => unknown(name),
    }
}

/// Bytes that friends may have together: none where the browser may clear this origin by itself, because what is kept
/// for somebody is to stay.
async fn limit() -> Result<u64, Error> {
    if !persisted().await {
        return Ok(0);
    }
    Ok((quota().await? / SHARE_OF_QUOTA).min(MAX_TOTAL))
}

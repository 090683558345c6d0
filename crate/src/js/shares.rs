//! `shares` of the contract, and `shares.file` and `shares.archiveName` for the service worker.

use std::rc::Rc;

use js_sys::Array;
use serde::Deserialize;
use wasm_bindgen::JsValue;

use crate::engine::api::{Audience, NewFile, NewShare};
use crate::engine::{Engine, Error};

use super::args::{Args, convert, malformed, member, picture_member, text_member};
use super::call::{Answer, unknown};
use super::folder::PickedFolder;
use super::source::FileSource;

/// The media type of a file of unknown type.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// Bytes of a file.
#[derive(Deserialize)]
struct Range {
    offset: u64,
    length: u64,
}

pub(super) async fn call(engine: &Engine, name: &str, args: &Args) -> Result<Answer, Error> {
    match name {
        "create" => {
            let new = args.value(0);
            let adds = member(&new, "adds").map(convert).transpose()?.unwrap_or(false);
            let answers = member(&new, "answers").map(convert).transpose()?;
            let new = new_share(&new).await?;
            let answers = answers.unwrap_or(matches!(new.audience, Audience::Contacts { .. }));
            let made = engine.create_share_as(new, adds, answers).await?;
            Answer::value(&made)
        }
        "drafts" => Answer::value(&engine.drafts().await?),
        "resume" => {
            let files = new_files(&args.value(1)).await?;
            let leave_out = args.optional(2)?.unwrap_or(false);
            Answer::value(&engine.resume_draft(&args.text(0)?, files, leave_out).await?)
        }
        "discard" => {
            engine.discard_draft(&args.text(0)?).await?;
            Answer::none()
        }
        "list" => Answer::value(&engine.shares(args.optional(0)?.unwrap_or_default()).await?),
        "get" => Answer::value(&engine.share(&args.text(0)?).await?),
        "files" => Answer::value(&engine.files(&args.text(0)?, args.optional(1)?.unwrap_or_default()).await?),
        "fileNames" => Answer::value(&engine.file_names(&args.text(0)?, convert(args.value(1))?).await?),
        "file" => Answer::value(&engine.file(&args.text(0)?, &args.text(1)?).await?),
        "read" => {
            let range = args.optional::<Range>(2)?.map(|range| (range.offset, range.length));
            Answer::pieces(engine.read(&args.text(0)?, &args.text(1)?, range).await?)
        }
        "readPatiently" => {
            let from = args.optional(2)?.unwrap_or_default();
            Answer::pieces(engine.read_patiently(&args.text(0)?, &args.text(1)?, from).await?)
        }
        "archiveName" => Answer::value(&engine.archive_name(&args.text(0)?).await?),
        "archive" => {
            let from = args.optional(2)?.unwrap_or_default();
            Answer::pieces(engine.archive(&args.text(0)?, args.optional(1)?, from).await?)
        }
        "save" => {
            let folder = Rc::new(PickedFolder::new(args.object(1)?));
            Answer::value(&engine.save(&args.text(0)?, folder, args.optional(2)?).await?)
        }
        "download" => Answer::value(&engine.download(&args.text(0)?, args.optional(1)?).await?),
        "links" => Answer::value(&engine.links().await?),
        "disableLink" => {
            engine.disable_link(&args.text(0)?).await?;
            Answer::none()
        }
        "inspectLink" => Answer::value(&engine.inspect_link(&args.text(0)?).await?),
        "openLink" => {
            let password = if args.has(1) { args.text(1)? } else { Default::default() };
            Answer::value(&engine.open_link(&args.text(0)?, &password).await?)
        }
        "remove" => {
            engine.remove_share(&args.text(0)?).await?;
            Answer::none()
        }
        "setAudience" => {
            let contacts: Vec<String> = convert(args.value(1))?;
            Answer::value(&engine.set_audience(&args.text(0)?, &contacts).await?)
        }
        "setAdds" => Answer::value(&engine.set_adds(&args.text(0)?, convert(args.value(1))?).await?),
        "setAnswers" => Answer::value(&engine.set_answers(&args.text(0)?, convert(args.value(1))?).await?),
        "comments" => Answer::value(&engine.comments(&args.text(0)?).await?),
        "comment" => Answer::value(&engine.comment(&args.text(0)?, convert(args.value(1))?).await?),
        "takeBackComment" => {
            engine.take_back_comment(&args.text(0)?, &args.text(1)?).await?;
            Answer::none()
        }
        "hideComment" => {
            let hidden = args.optional(2)?.unwrap_or(true);
            engine.hide_comment(&args.text(0)?, &args.text(1)?, hidden).await?;
            Answer::none()
        }
        "rename" => {
            let change = args.value(1);
            let text = |name| member(&change, name).map(convert::<String>).transpose();
            let (title, note) = (text("title")?, text("note")?);
            Answer::value(&engine.rename_share(&args.text(0)?, title.as_deref(), note.as_deref()).await?)
        }
        "setCover" => {
            let path: Option<String> = args.optional(1)?;
            Answer::value(&engine.set_cover(&args.text(0)?, path.as_deref()).await?)
        }
        "setOrder" => Answer::value(&engine.set_order(&args.text(0)?, &args.text(1)?).await?),
        "removeFiles" => {
            let paths: Vec<String> = convert(args.value(1))?;
            Answer::value(&engine.remove_files(&args.text(0)?, &paths).await?)
        }
        "changeLink" => {
            let change = convert(args.value(1))?;
            Answer::value(&engine.change_link(&args.text(0)?, change).await?)
        }
        "revoke" => {
            let contacts: Vec<String> = convert(args.value(1))?;
            Answer::value(&engine.revoke(&args.text(0)?, &contacts).await?)
        }
        "addFiles" => {
            let files = new_files(&args.value(1)).await?;
            let keep_location = args.optional(2)?.unwrap_or(false);
            Answer::value(&engine.add_files(&args.text(0)?, files, keep_location).await?)
        }
        "addTo" => {
            let files = new_files(&args.value(1)).await?;
            let keep_location = args.optional(2)?.unwrap_or(false);
            Answer::value(&engine.add_to(&args.text(0)?, files, keep_location).await?)
        }
        "withdraw" => Answer::value(&engine.withdraw(&args.text(0)?).await?),
        "passOn" => {
            let contacts: Vec<String> = convert(args.value(1))?;
            Answer::value(&engine.pass_on(&args.text(0)?, &contacts).await?)
        }
        "lookElsewhere" => Answer::value(&engine.look_elsewhere(&args.text(0)?).await?),
        "markRead" => {
            engine.mark_read(&args.text(0)?).await?;
            Answer::none()
        }
        "deliveries" => Answer::value(&engine.deliveries(&args.text(0)?).await?),
        _ => unknown(name),
    }
}

async fn new_share(new: &JsValue) -> Result<NewShare, Error> {
    Ok(NewShare {
        title: text_member(new, "title")?.to_string(),
        note: member(new, "note").and_then(|note| note.as_string()),
        files: new_files(&member(new, "files").unwrap_or_default()).await?,
        audience: convert(member(new, "audience").unwrap_or_default())?,
        keep_location: member(new, "keepLocation").map(convert).transpose()?.unwrap_or(false),
    })
}

pub(super) async fn new_files(files: &JsValue) -> Result<Vec<NewFile>, Error> {
    if !Array::is_array(files) {
        return Err(malformed("files is to be a list".into()));
    }
    let mut new = Vec::new();
    for file in Array::from(files) {
        let path = text_member(&file, "path")?.to_string();
        if path.ends_with('/') {
            new.push(NewFile::folder(path));
            continue;
        }
        let source = FileSource::open(member(&file, "file").unwrap_or_default(), &path).await?;
        let media_type = Some(source.media_type()).filter(|media_type| !media_type.is_empty());
        new.push(NewFile {
            media_type: media_type.unwrap_or_else(|| UNKNOWN_TYPE.into()),
            modified: source.modified(),
            preview: picture_member(&file, "preview").await?,
            source: Rc::new(source),
            path,
        });
    }
    Ok(new)
}

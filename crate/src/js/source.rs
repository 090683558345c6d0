//! Files that a person chose, read where they lie.

use async_trait::async_trait;
use bytes::Bytes;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DomException, File, FileSystemFileHandle};

use crate::dag::{Source, SourceError};
use crate::node::Error;

use super::args::malformed;

/// A file of the browser; nothing of it is held but what is being read.
pub(super) struct FileSource(File);

impl FileSource {
    /// Takes a `File`, or what a `FileSystemFileHandle` points to now.
    pub(super) async fn open(value: JsValue, path: &str) -> Result<Self, Error> {
        let file = match value.dyn_into::<FileSystemFileHandle>() {
            Ok(handle) => {
                JsFuture::from(handle.get_file()).await.map_err(|reason| unreadable(&reason, path))?
            }
            Err(value) => value,
        };
        file.dyn_into().map(Self).map_err(|_| malformed(format!("{path} comes without a File")))
    }

    /// The media type by the browser's judgement, empty where it has none.
    pub(super) fn media_type(&self) -> String {
        self.0.type_()
    }

    /// When the file was last changed, milliseconds since 1970; none where a program made it just now.
    pub(super) fn modified(&self) -> Option<u64> {
        let millis = self.0.last_modified();
        (millis >= 0.0).then_some(millis as u64)
    }
}

#[async_trait(?Send)]
impl Source for FileSource {
    fn size(&self) -> u64 {
        self.0.size() as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        let end = offset.saturating_add(len as u64).min(self.size());
        let slice: Blob = self
            .0
            .slice_with_f64_and_f64(offset as f64, end as f64)
            .map_err(|reason| SourceError::Failed(message(&reason)))?;
        let buffer =
            JsFuture::from(slice.array_buffer()).await.map_err(|reason| match name(&reason).as_str() {
                // What browsers say of a file that is not the one any more that was chosen.
                "NotReadableError" | "NotFoundError" => SourceError::Changed,
                "NotAllowedError" | "SecurityError" => SourceError::PermissionNeeded(message(&reason)),
                _ => SourceError::Failed(message(&reason)),
            })?;
        Ok(Uint8Array::new(&buffer).to_vec().into())
    }
}

/// Why a file or folder of the browser cannot be used.
pub(super) fn unreadable(reason: &JsValue, what: &str) -> Error {
    match name(reason).as_str() {
        "NotReadableError" | "NotFoundError" => Error::FileChanged(what.into()),
        "NotAllowedError" | "SecurityError" => Error::PermissionNeeded(message(reason)),
        "QuotaExceededError" => Error::Quota,
        _ => Error::Storage(message(reason)),
    }
}

fn name(reason: &JsValue) -> String {
    reason.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default()
}

fn message(reason: &JsValue) -> String {
    match reason.dyn_ref::<js_sys::Error>() {
        Some(error) => error.message().into(),
        None => format!("{reason:?}"),
    }
}

//! The folder that a person picked to save a share into.

use async_trait::async_trait;
use bytes::Bytes;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions, FileSystemGetFileOptions,
    FileSystemWritableFileStream,
};

use crate::engine::Error;
use crate::engine::api::{FileWriter, Folder};

use super::source::unreadable;

/// The picked folder. A handle opens only names directly inside it, so nothing can be written outside of the folder.
pub(super) struct PickedFolder(pub(super) FileSystemDirectoryHandle);

#[async_trait(?Send)]
impl Folder for PickedFolder {
    async fn create(&self, segments: &[&str]) -> Result<Box<dyn FileWriter>, Error> {
        let path = segments.join("/");
        let refused = |reason: JsValue| unreadable(&reason, &path);
        let (name, folders) =
            segments.split_last().ok_or_else(|| Error::InvalidName("a file needs a name".into()))?;
        let mut folder = self.0.clone();
        for segment in folders {
            let options = FileSystemGetDirectoryOptions::new();
            options.set_create(true);
            let next = JsFuture::from(folder.get_directory_handle_with_options(segment, &options)).await;
            folder = next.map_err(refused)?.unchecked_into();
        }
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let file =
            JsFuture::from(folder.get_file_handle_with_options(name, &options)).await.map_err(refused)?;
        let file: FileSystemFileHandle = file.unchecked_into();
        let stream = JsFuture::from(file.create_writable()).await.map_err(refused)?;
        Ok(Box::new(PickedFile { path, stream: Some(stream.unchecked_into()) }))
    }
}

/// A file that appears under its name only when it is complete.
struct PickedFile {
    path: String,
    /// `None` after it was closed.
    stream: Option<FileSystemWritableFileStream>,
}

#[async_trait(?Send)]
impl FileWriter for PickedFile {
    async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        let Some(stream) = &self.stream else { return Err(Error::Bug("written after its end".into())) };
        let written = match stream.write_with_js_u8_array(&Uint8Array::from(&bytes[..])) {
            Ok(promise) => JsFuture::from(promise).await,
            Err(reason) => Err(reason),
        };
        written.map(drop).map_err(|reason| unreadable(&reason, &self.path))
    }

    async fn close(mut self: Box<Self>) -> Result<(), Error> {
        let Some(stream) = self.stream.take() else { return Ok(()) };
        JsFuture::from(stream.close()).await.map(drop).map_err(|reason| unreadable(&reason, &self.path))
    }
}

impl Drop for PickedFile {
    fn drop(&mut self) {
        // Discards what was written. No caller is left to report a failure to.
        if let Some(stream) = self.stream.take() {
            let _ = stream.abort();
        }
    }
}

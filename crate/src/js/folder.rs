//! The folder that a person picked to save a share into.

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use js_sys::{IteratorNext, Promise, TypeError, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions, FileSystemGetFileOptions,
    FileSystemWritableFileStream,
};

use crate::dag::Source;
use crate::engine::Error;
use crate::engine::api::{FileWriter, Folder, Refusal};

use super::source::{FileSource, name_of, unreadable};

/// A folder of a person. A handle opens only names directly inside it, so nothing can be written outside of the folder.
pub(super) struct PickedFolder {
    handle: FileSystemDirectoryHandle,
}

impl PickedFolder {
    pub(super) fn new(handle: FileSystemDirectoryHandle) -> Self {
        Self { handle }
    }

    /// Succeeds if nothing in the folder has this name.
    ///
    /// The browser can only open or make, so it is asked first whether there is something to open.
    async fn is_free(&self, name: &str) -> Result<(), Refusal> {
        match JsFuture::from(self.handle.get_file_handle(name)).await {
            Ok(_) => Err(Refusal::Taken),
            Err(reason) => match name_of(&reason).as_str() {
                "NotFoundError" => Ok(()),
                // A folder.
                "TypeMismatchError" => Err(Refusal::Taken),
                _ => Err(refusal(&reason, name)),
            },
        }
    }

    /// Makes something of a name that is free.
    async fn made<T: JsCast>(&self, making: Promise, name: &str) -> Result<T, Refusal> {
        JsFuture::from(making).await.map(JsCast::unchecked_into).map_err(|reason| {
            match name_of(&reason).as_str() {
                // It came between the question and this.
                "TypeMismatchError" => Refusal::Taken,
                _ => refusal(&reason, name),
            }
        })
    }
}

/// What the browser opened, or `None` if there is nothing of this name and kind.
fn opened<T: JsCast>(opened: Result<JsValue, JsValue>, name: &str) -> Result<Option<T>, Error> {
    match opened {
        Ok(handle) => Ok(Some(handle.unchecked_into())),
        Err(reason) if matches!(name_of(&reason).as_str(), "NotFoundError" | "TypeMismatchError") => Ok(None),
        Err(reason) => match refusal(&reason, name) {
            Refusal::Failed(why) => Err(why),
            // What cannot be there is not there.
            Refusal::Name | Refusal::Taken => Ok(None),
        },
    }
}

#[async_trait(?Send)]
impl Folder for PickedFolder {
    async fn is_empty(&self) -> Result<bool, Error> {
        let first = match self.handle.keys().next() {
            Ok(promise) => JsFuture::from(promise).await,
            Err(reason) => Err(reason),
        };
        let first = first.map_err(|reason| unreadable(&reason, "the folder"))?;
        Ok(first.unchecked_into::<IteratorNext>().done())
    }

    async fn folder(&self, name: &str) -> Result<Option<Rc<dyn Folder>>, Error> {
        let handle = opened(JsFuture::from(self.handle.get_directory_handle(name)).await, name)?;
        Ok(handle.map(|handle| Rc::new(Self { handle }) as Rc<dyn Folder>))
    }

    async fn file(&self, name: &str) -> Result<Option<Box<dyn Source>>, Error> {
        let handle: Option<JsValue> = opened(JsFuture::from(self.handle.get_file_handle(name)).await, name)?;
        let Some(handle) = handle else { return Ok(None) };
        Ok(Some(Box::new(FileSource::open(handle, name).await?)))
    }

    async fn make_folder(&self, name: &str) -> Result<Rc<dyn Folder>, Refusal> {
        self.is_free(name).await?;
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(true);
        let handle = self.made(self.handle.get_directory_handle_with_options(name, &options), name).await?;
        Ok(Rc::new(Self { handle }))
    }

    async fn make_file(&self, name: &str) -> Result<Box<dyn FileWriter>, Refusal> {
        self.is_free(name).await?;
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let file: FileSystemFileHandle =
            self.made(self.handle.get_file_handle_with_options(name, &options), name).await?;
        // From here on there is an empty file, which goes again if it is not completed.
        let mut made =
            PickedFile { folder: self.handle.clone(), name: name.to_owned(), stream: None, complete: false };
        made.stream = Some(self.made(file.create_writable(), name).await?);
        Ok(Box::new(made))
    }
}

/// A file that holds its bytes only when it is complete.
struct PickedFile {
    folder: FileSystemDirectoryHandle,
    name: String,
    /// `None` before it was opened and after it was closed.
    stream: Option<FileSystemWritableFileStream>,
    complete: bool,
}

#[async_trait(?Send)]
impl FileWriter for PickedFile {
    async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        let Some(stream) = &self.stream else { return Err(Error::Bug("written after its end".into())) };
        let written = match stream.write_with_js_u8_array(&Uint8Array::from(&bytes[..])) {
            Ok(promise) => JsFuture::from(promise).await,
            Err(reason) => Err(reason),
        };
        written.map(drop).map_err(|reason| unreadable(&reason, &self.name))
    }

    async fn close(mut self: Box<Self>) -> Result<(), Refusal> {
        let Some(stream) = self.stream.take() else { return Ok(()) };
        JsFuture::from(stream.close()).await.map_err(|reason| refusal(&reason, &self.name))?;
        self.complete = true;
        Ok(())
    }
}

impl Drop for PickedFile {
    fn drop(&mut self) {
        if self.complete {
            return;
        }
        let aborted = self.stream.take().map(|stream| stream.abort());
        let (folder, name) = (self.folder.clone(), std::mem::take(&mut self.name));
        // No caller is left to report a failure to. A file that is open cannot be removed.
        wasm_bindgen_futures::spawn_local(async move {
            if let Some(aborted) = aborted {
                let _ = JsFuture::from(aborted).await;
            }
            let _ = JsFuture::from(folder.remove_entry(&name)).await;
        });
    }
}

/// Why the browser makes no file or folder of this name.
fn refusal(reason: &JsValue, name: &str) -> Refusal {
    // A name that the browser never allows is the wrong argument. What it looks through and refuses after it was
    // written, because it may do harm, is aborted.
    let never = reason.is_instance_of::<TypeError>();
    if never || matches!(name_of(reason).as_str(), "AbortError" | "InvalidModificationError") {
        return Refusal::Name;
    }
    Refusal::Failed(unreadable(reason, name))
}

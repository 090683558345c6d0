//! Directories that are kept in step, through `www/src/engine/directories.ts`, which knows the browser's handles.

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use js_sys::{Promise, Reflect, Uint8Array};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::dag::Source;
use crate::engine::Error;
use crate::engine::api::{Directories, Directory, DirectoryError, FileStamp, Found, Replacement};

use super::args::convert;
use super::source::FileSource;

#[wasm_bindgen]
extern "C" {
    /// `Directories` of `www/src/engine/directories.ts`.
    pub type JsDirectories;

    #[wasm_bindgen(method, catch)]
    fn open(this: &JsDirectories, id: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn forget(this: &JsDirectories, id: &str) -> Result<Promise, JsValue>;

    /// `Directory` of the same file.
    type JsDirectory;

    #[wasm_bindgen(method, catch)]
    fn check(this: &JsDirectory) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn list(this: &JsDirectory, folder: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn stamp(this: &JsDirectory, path: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = open)]
    fn open_file(this: &JsDirectory, path: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn replace(this: &JsDirectory, path: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn remove(this: &JsDirectory, path: &str, size: f64, modified: f64) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = makeFolder)]
    fn make_folder(this: &JsDirectory, path: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = removeFolder)]
    fn remove_folder(this: &JsDirectory, path: &str) -> Result<Promise, JsValue>;

    /// `Replacement` of the same file.
    type JsReplacement;

    #[wasm_bindgen(method, catch)]
    fn write(this: &JsReplacement, bytes: Uint8Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn finish(this: &JsReplacement, expected: JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn abort(this: &JsReplacement) -> Result<Promise, JsValue>;
}

/// The directories that this browser remembers.
pub(super) struct KeptDirectories(JsDirectories);

impl KeptDirectories {
    pub(super) fn new(directories: JsDirectories) -> Self {
        Self(directories)
    }
}

#[async_trait(?Send)]
impl Directories for KeptDirectories {
    async fn open(&self, id: &str) -> Result<Option<Rc<dyn Directory>>, Error> {
        let opened = settled(self.0.open(id)).await.map_err(|why| Error::Storage(why.to_string()))?;
        if opened.is_null() || opened.is_undefined() {
            return Ok(None);
        }
        Ok(Some(Rc::new(KeptDirectory(opened.unchecked_into()))))
    }

    async fn forget(&self, id: &str) -> Result<(), Error> {
        settled(self.0.forget(id)).await.map_err(|why| Error::Storage(why.to_string()))?;
        Ok(())
    }
}

/// A directory of the person.
struct KeptDirectory(JsDirectory);

/// What TypeScript says of one name.
#[derive(Deserialize)]
struct Entry {
    name: String,
    /// Absent of a folder.
    stamp: Option<Stamp>,
}

#[derive(Deserialize)]
struct Stamp {
    size: f64,
    modified: f64,
}

impl From<Stamp> for FileStamp {
    fn from(stamp: Stamp) -> Self {
        Self { size: stamp.size as u64, modified: stamp.modified.max(0.0) as u64 }
    }
}

#[async_trait(?Send)]
impl Directory for KeptDirectory {
    async fn check(&self) -> Result<(), DirectoryError> {
        settled(self.0.check()).await.map(drop)
    }

    async fn list(&self, folder: &str) -> Result<Vec<Found>, DirectoryError> {
        let entries: Vec<Entry> = read(settled(self.0.list(folder)).await?)?;
        let found = entries.into_iter().map(|Entry { name, stamp }| match stamp {
            Some(stamp) => Found::File(name, stamp.into()),
            None => Found::Folder(name),
        });
        Ok(found.collect())
    }

    async fn stamp(&self, path: &str) -> Result<Option<FileStamp>, DirectoryError> {
        let stamp: Option<Stamp> = read(settled(self.0.stamp(path)).await?)?;
        Ok(stamp.map(FileStamp::from))
    }

    async fn open(&self, path: &str) -> Result<(FileStamp, Rc<dyn Source>), DirectoryError> {
        let file = settled(self.0.open_file(path)).await?;
        let source = FileSource::open(file, path).await;
        let source = source.map_err(|why| DirectoryError::Failed(why.to_string()))?;
        let stamp = FileStamp { size: source.size(), modified: source.modified().unwrap_or_default() };
        Ok((stamp, Rc::new(source)))
    }

    async fn replace(&self, path: &str) -> Result<Box<dyn Replacement>, DirectoryError> {
        let replacement = settled(self.0.replace(path)).await?;
        Ok(Box::new(Aside(Some(replacement.unchecked_into()))))
    }

    async fn remove(&self, path: &str, expected: FileStamp) -> Result<(), DirectoryError> {
        settled(self.0.remove(path, expected.size as f64, expected.modified as f64)).await.map(drop)
    }

    async fn make_folder(&self, path: &str) -> Result<(), DirectoryError> {
        settled(self.0.make_folder(path)).await.map(drop)
    }

    async fn remove_folder(&self, path: &str) -> Result<(), DirectoryError> {
        settled(self.0.remove_folder(path)).await.map(drop)
    }
}

/// A file that is written aside; nothing once it is finished.
struct Aside(Option<JsReplacement>);

#[async_trait(?Send)]
impl Replacement for Aside {
    async fn write(&mut self, bytes: Bytes) -> Result<(), DirectoryError> {
        let Some(replacement) = &self.0 else { return Err(DirectoryError::Failed("it is finished".into())) };
        settled(replacement.write(Uint8Array::from(&bytes[..]))).await.map(drop)
    }

    async fn finish(mut self: Box<Self>, expected: Option<FileStamp>) -> Result<FileStamp, DirectoryError> {
        let Some(replacement) = self.0.take() else {
            return Err(DirectoryError::Failed("it is finished".into()));
        };
        let expected = match expected {
            Some(FileStamp { size, modified }) => super::value::object(&[
                ("size", (size as f64).into()),
                ("modified", (modified as f64).into()),
            ]),
            None => JsValue::NULL,
        };
        let stamp: Stamp = read(settled(replacement.finish(expected)).await?)?;
        Ok(stamp.into())
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        let Some(replacement) = self.0.take() else { return };
        // No caller is left to report a failure to.
        wasm_bindgen_futures::spawn_local(async move {
            let _ = settled(replacement.abort()).await;
        });
    }
}

/// Waits for an answer. What is thrown is a `Trouble` of `directories.ts`.
async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, DirectoryError> {
    let answer = match promise {
        Ok(promise) => JsFuture::from(promise).await,
        Err(reason) => Err(reason),
    };
    answer.map_err(|reason| {
        let member =
            |name: &str| Reflect::get(&reason, &name.into()).ok().and_then(|value| value.as_string());
        match member("kind").as_deref() {
            Some("gone") => DirectoryError::Gone,
            Some("permission") => DirectoryError::Permission,
            Some("changed") => DirectoryError::Changed,
            Some("name") => DirectoryError::Name,
            Some("full") => DirectoryError::Full,
            _ => DirectoryError::Failed(member("message").unwrap_or_else(|| format!("{reason:?}"))),
        }
    })
}

fn read<T: serde::de::DeserializeOwned>(value: JsValue) -> Result<T, DirectoryError> {
    convert(value).map_err(|why| DirectoryError::Failed(why.to_string()))
}

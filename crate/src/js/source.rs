//! Files that a person chose, read from the disk as they are needed.

use std::cell::RefCell;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use futures::channel::oneshot;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_streams::ReadableStream;
use wasm_streams::readable::IntoStream;
use web_sys::{DomException, File, FileSystemFileHandle};

use crate::dag::{Source, SourceError};
use crate::engine::Error;

use super::args::malformed;

/// A file of the browser. Only the piece that is being read is in memory.
pub(super) struct FileSource {
    file: File,
    /// The stream of the last read, at its offset.
    stream: RefCell<Option<OpenStream>>,
    /// Resolves when the last read ends, or is dropped.
    last_end: RefCell<Option<oneshot::Receiver<()>>>,
}

/// The rest of a file as a stream. The browser reads ahead, and a piece costs a fraction of a slice of the file.
struct OpenStream {
    at: u64,
    pieces: IntoStream<'static>,
    piece: Uint8Array,
}

impl FileSource {
    /// Opens a `File`, or the file to which a `FileSystemFileHandle` points now.
    pub(super) async fn open(value: JsValue, path: &str) -> Result<Self, Error> {
        let file = match value.dyn_into::<FileSystemFileHandle>() {
            Ok(handle) => {
                JsFuture::from(handle.get_file()).await.map_err(|reason| unreadable(&reason, path))?
            }
            Err(value) => value,
        };
        let file = file.dyn_into().map_err(|_| malformed(format!("{path} comes without a File")))?;
        Ok(Self { file, stream: RefCell::default(), last_end: RefCell::default() })
    }

    /// Returns the browser's guess of the media type, empty if it has none.
    pub(super) fn media_type(&self) -> String {
        self.file.type_()
    }

    /// Returns when the file was last changed, in milliseconds since 1970, or `None` if a program made it just now.
    pub(super) fn modified(&self) -> Option<u64> {
        let millis = self.file.last_modified();
        (millis >= 0.0).then_some(millis as u64)
    }

    /// Returns all of a small file: a stream of it costs the browser several times as much.
    async fn whole(&self) -> Result<Bytes, SourceError> {
        let buffer = JsFuture::from(self.file.array_buffer()).await.map_err(|reason| fault(&reason))?;
        Ok(Uint8Array::new(&buffer).to_vec().into())
    }

    /// Returns a stream that begins at `offset`: the last one if it is there, or else a new one.
    fn stream_at(&self, offset: u64) -> Result<OpenStream, SourceError> {
        match self.stream.take() {
            Some(stream) if stream.at == offset => Ok(stream),
            _ => {
                let rest = self.file.slice_with_f64(offset as f64).map_err(|reason| fault(&reason))?;
                let pieces = ReadableStream::from_raw(rest.stream()).into_stream();
                Ok(OpenStream { at: offset, pieces, piece: Uint8Array::new_with_length(0) })
            }
        }
    }
}

#[async_trait(?Send)]
impl Source for FileSource {
    fn size(&self) -> u64 {
        self.file.size() as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        // One read after the other, because each begins where the previous one ended.
        let (_ends_when_dropped, end) = oneshot::channel();
        if let Some(before) = self.last_end.replace(Some(end)) {
            // An error says that its sender was dropped, which is the end.
            let _ = before.await;
        }
        if offset == 0 && self.size() <= len as u64 {
            return self.whole().await;
        }
        let mut stream = self.stream_at(offset)?;
        let bytes = stream.take(len).await?;
        self.stream.replace((stream.at < self.size()).then_some(stream));
        Ok(bytes)
    }
}

impl OpenStream {
    /// Returns the next `len` bytes, or fewer at the end of the file.
    async fn take(&mut self, len: usize) -> Result<Bytes, SourceError> {
        let mut bytes = BytesMut::zeroed(len);
        let mut filled = 0;
        while filled < len {
            if self.piece.length() == 0 {
                let Some(piece) = self.pieces.next().await else { break };
                self.piece = piece.map_err(|reason| fault(&reason))?.unchecked_into();
                continue;
            }
            let part = (self.piece.length() as usize).min(len - filled);
            self.piece.subarray(0, part as u32).copy_to(&mut bytes[filled..filled + part]);
            self.piece = self.piece.subarray(part as u32, self.piece.length());
            filled += part;
        }
        self.at += filled as u64;
        bytes.truncate(filled);
        Ok(bytes.freeze())
    }
}

fn fault(reason: &JsValue) -> SourceError {
    match name_of(reason).as_str() {
        // What browsers report if a file changed after it was chosen.
        "NotReadableError" | "NotFoundError" => SourceError::Changed,
        "NotAllowedError" | "SecurityError" => SourceError::PermissionNeeded(message(reason)),
        _ => SourceError::Failed(message(reason)),
    }
}

/// Why a file or folder of the browser cannot be used.
pub(super) fn unreadable(reason: &JsValue, what: &str) -> Error {
    match name_of(reason).as_str() {
        "NotReadableError" | "NotFoundError" => Error::FileChanged { path: what.into(), why: None },
        "NotAllowedError" | "SecurityError" => Error::PermissionNeeded(message(reason)),
        "QuotaExceededError" => Error::Quota,
        _ => Error::Storage(message(reason)),
    }
}

/// The name of an exception of the browser; empty of anything else.
pub(super) fn name_of(reason: &JsValue) -> String {
    reason.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default()
}

fn message(reason: &JsValue) -> String {
    match reason.dyn_ref::<js_sys::Error>() {
        Some(error) => error.message().into(),
        None => format!("{reason:?}"),
    }
}

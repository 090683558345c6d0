//! Files in memory, and what is shared of them.

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;

use crate::dag::{Source, SourceError};
use crate::engine::api::{Audience, NewFile, NewShare};
use crate::keys::Id;

/// A file whose bytes are in memory.
pub(in crate::engine) struct InMemory(pub(in crate::engine) Bytes);

#[async_trait(?Send)]
impl Source for InMemory {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        let from = usize::try_from(offset).expect("files of tests are short");
        Ok(self.0.slice(from..from + len))
    }
}

/// A file of `size` bytes, each of which is `byte`.
pub(in crate::engine) fn file(path: &str, byte: u8, size: usize) -> NewFile {
    let source: Rc<dyn Source> = Rc::new(InMemory(vec![byte; size].into()));
    NewFile { path: path.into(), source, media_type: String::new(), modified: None, preview: None }
}

/// These files for an audience.
pub(in crate::engine) fn new_share(files: Vec<NewFile>, audience: Audience) -> NewShare {
    NewShare { title: "Walk".into(), note: None, files, audience, keep_location: false }
}

/// The audience that these contacts are.
pub(in crate::engine) fn for_contacts(ids: &[Id]) -> Audience {
    Audience::Contacts { ids: ids.iter().map(Id::to_string).collect() }
}

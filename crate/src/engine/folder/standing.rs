//! How a folder stands, and how a round ends.

use crate::engine::Error;
use crate::engine::api::{DirectoryError, FolderState};

/// How a folder stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Standing {
    pub(super) state: FolderState,
    pub(super) gone: usize,
    pub(super) changed: usize,
    /// When it was in step last.
    pub(super) at: Option<u64>,
    pub(super) left_out: Vec<String>,
    pub(super) why: Option<String>,
}

/// What follows after a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Outcome {
    /// Nothing, until something changes.
    Done,
    /// Another round soon, because a file was being written.
    Again,
    /// Another round at once, because the share changed meanwhile.
    Go,
}

/// Why a round ended early.
pub(super) enum Trouble {
    Directory(DirectoryError),
    Engine(Error),
}

impl From<DirectoryError> for Trouble {
    fn from(why: DirectoryError) -> Self {
        Self::Directory(why)
    }
}

impl From<Error> for Trouble {
    fn from(why: Error) -> Self {
        Self::Engine(why)
    }
}

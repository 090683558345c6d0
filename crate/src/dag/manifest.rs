//! A share's list of files, in nodes: written and read without having all of it in memory.

mod reader;
mod writer;

pub use reader::Reader;
pub use writer::{ListError, NewFile, Writer};

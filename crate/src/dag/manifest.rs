//! A share's list of files, cut into nodes, so that it is written and read without being in memory as a
//! whole.

mod reader;
mod writer;

pub use reader::Reader;
pub use writer::{ListError, NewFile, Writer, fitting, has_room_for};

//! Linking one more device of the person: this one shows a code, or has read one.

mod handle;
mod joining;

pub(super) use handle::{Args, Devices};
pub(super) use joining::{Joining, Visit};

//! The services, as one connection may use them: what it does counts for its network.

mod keep;
mod records;

pub(crate) use keep::{KeepLimits, KeepSession};
pub(crate) use records::{RecordLimits, RecordSession};

//! What failures at relays mean for whoever publishes.

use crate::keys::device;
use crate::net::{CallError, ConnectError, exchange, keep, records, streams};
use crate::platform;
use crate::store::StoreError;

use super::Error;
use super::session::Session;

/// A session with a keeper, over a stream of ours.
pub(super) type Keep = keep::Session<streams::Stream>;

/// Why something with a relay was not finished.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfinished {
    /// The relay cannot be reached now, or broke off: goes on by itself.
    #[error("{0}")]
    Passing(String),
    /// Somebody has to do something first.
    #[error(transparent)]
    Lasting(#[from] Error),
}

impl From<CallError<records::Refusal>> for Unfinished {
    fn from(why: CallError<records::Refusal>) -> Self {
        match why {
            CallError::Exchange(exchange::Error::Refused(records::Refusal::Conflict { .. })) => {
                Self::Lasting(Error::Outdated)
            }
            CallError::Exchange(exchange::Error::Refused(why @ records::Refusal::NotAdmitted)) => {
                Self::Lasting(Error::Refused(why.to_string()))
            }
            why => Self::Passing(why.to_string()),
        }
    }
}

impl From<CallError<keep::Refusal>> for Unfinished {
    fn from(why: CallError<keep::Refusal>) -> Self {
        match why {
            CallError::Exchange(why) => why.into(),
            why => Self::Passing(why.to_string()),
        }
    }
}

impl From<keep::Error> for Unfinished {
    fn from(why: keep::Error) -> Self {
        use keep::Refusal::{NotAdmitted, Quota};
        match why {
            keep::Error::Refused(why @ (NotAdmitted | Quota { .. })) => {
                Self::Lasting(Error::Refused(why.to_string()))
            }
            why => Self::Passing(why.to_string()),
        }
    }
}

impl From<StoreError> for Unfinished {
    fn from(why: StoreError) -> Self {
        Self::Lasting(why.into())
    }
}

impl From<ConnectError> for Error {
    fn from(why: ConnectError) -> Self {
        Self::Unreachable(why.to_string())
    }
}

impl Session {
    /// The certificate of this device, for the next 90 days.
    pub(super) fn certificate(&self) -> Vec<u8> {
        device::issue(&self.ring, &self.device_key(), platform::now_ms())
    }
}

//! What failures at keepers mean for publishing.

use crate::engine::Error;
use crate::net::{CallError, exchange, keep, records};
use crate::store::StoreError;

/// Why something with a keeper was not finished.
#[derive(Debug, thiserror::Error)]
pub(in crate::engine) enum Unfinished {
    /// The keeper cannot be reached now, or broke off: goes on by itself.
    #[error("{0}")]
    Passing(String),
    /// A person has to do something first.
    #[error(transparent)]
    Lasting(#[from] Error),
}

impl From<CallError<records::Refusal>> for Unfinished {
    fn from(why: CallError<records::Refusal>) -> Self {
        match why {
            CallError::Exchange(exchange::Error::Refused(records::Refusal::Conflict { .. })) => {
                Self::Lasting(Error::Outdated)
            }
            CallError::Exchange(exchange::Error::Refused(records::Refusal::NotAdmitted)) => {
                Self::Lasting(Error::NotInvited)
            }
            CallError::Exchange(exchange::Error::Refused(why @ records::Refusal::Ahead)) => {
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
            keep::Error::Refused(NotAdmitted) => Self::Lasting(Error::NotInvited),
            keep::Error::Refused(why @ Quota { .. }) => Self::Lasting(Error::Refused(why.to_string())),
            why => Self::Passing(why.to_string()),
        }
    }
}

impl From<StoreError> for Unfinished {
    fn from(why: StoreError) -> Self {
        Self::Lasting(why.into())
    }
}

//! What failures at keepers mean for publishing.

use crate::engine::Error;
use crate::engine::api::RelayRoom;
use crate::net::{CallError, exchange, keep, records};
use crate::store::StoreError;

/// What a keeper lacks room in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Lack {
    /// What it keeps for this profile.
    Quota(RelayRoom),
    /// Its disk.
    Disk,
}

/// Why something with a keeper was not finished.
#[derive(Debug, thiserror::Error)]
pub(in crate::engine) enum Unfinished {
    /// The keeper cannot be reached now, or broke off: goes on by itself.
    #[error("{0}")]
    Passing(String),
    /// There is no room at the keeper: goes on by itself when some was made.
    #[error("there is no room at the keeper")]
    NoRoom(Lack),
    /// A person has to do something first.
    #[error(transparent)]
    Lasting(#[from] Error),
}

impl Unfinished {
    /// Says how many bytes were to be added, if there is no room for them.
    pub(super) fn needing(self, needed: u64) -> Self {
        match self {
            Self::NoRoom(Lack::Quota(room)) => Self::NoRoom(Lack::Quota(RelayRoom { needed, ..room })),
            why => why,
        }
    }
}

impl From<CallError<records::Refusal>> for Unfinished {
    fn from(why: CallError<records::Refusal>) -> Self {
        match why {
            // It is merged with what is here as soon as the watch of my own record tells of it.
            CallError::Exchange(exchange::Error::Refused(records::Refusal::Conflict { .. })) => {
                Self::Passing("another device of this profile published".into())
            }
            CallError::Exchange(exchange::Error::Refused(records::Refusal::NotAdmitted)) => {
                Self::Lasting(Error::NotInvited)
            }
            CallError::Exchange(exchange::Error::Refused(records::Refusal::Quota { used, quota })) => {
                Self::NoRoom(Lack::Quota(RelayRoom { used, quota, needed: 0 }))
            }
            CallError::Exchange(exchange::Error::Refused(records::Refusal::Full)) => Self::NoRoom(Lack::Disk),
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
        use keep::Refusal::{
            Full, LoanEnded, LoanFull, NoLoan, NotAdmitted, Quota, TooManyLoans, TooManyPins,
        };
        match why {
            keep::Error::Refused(NotAdmitted) => Self::Lasting(Error::NotInvited),
            keep::Error::Refused(why @ (NoLoan | LoanEnded | TooManyLoans | TooManyPins)) => {
                Self::Lasting(Error::Refused(why.to_string()))
            }
            keep::Error::Refused(Quota { used, quota, .. } | LoanFull { used, quota }) => {
                Self::NoRoom(Lack::Quota(RelayRoom { used, quota, needed: 0 }))
            }
            keep::Error::Refused(Full) => Self::NoRoom(Lack::Disk),
            why => Self::Passing(why.to_string()),
        }
    }
}

impl From<StoreError> for Unfinished {
    fn from(why: StoreError) -> Self {
        Self::Lasting(why.into())
    }
}

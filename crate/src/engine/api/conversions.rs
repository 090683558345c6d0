//! Errors of the modules below, as errors of a call.

use crate::crypto::passphrase::DeriveError;
use crate::dag;
use crate::format::ReadError;
use crate::keys::keystore::UnlockError;
use crate::net::ConnectError;
use crate::social::letterbox::WalkError;
use crate::social::link::OpenError;
use crate::social::pasted::PastedError;

use super::error::Error;

impl From<ReadError> for Error {
    fn from(why: ReadError) -> Self {
        Self::InvalidSignature(why.to_string())
    }
}

impl From<WalkError> for Error {
    fn from(why: WalkError) -> Self {
        Self::InvalidSignature(why.to_string())
    }
}

impl From<dag::FetchError> for Error {
    fn from(why: dag::FetchError) -> Self {
        match why {
            dag::FetchError::Store(why) => why.into(),
            dag::FetchError::Unreachable(why) => Self::Unreachable(why),
        }
    }
}

impl From<dag::ReadError> for Error {
    fn from(why: dag::ReadError) -> Self {
        match why {
            dag::ReadError::Fetch(why) => why.into(),
            why @ (dag::ReadError::Format(_) | dag::ReadError::Refused { .. }) => {
                Self::InvalidSignature(why.to_string())
            }
        }
    }
}

impl From<ConnectError> for Error {
    fn from(why: ConnectError) -> Self {
        Self::Unreachable(why.to_string())
    }
}

impl From<UnlockError> for Error {
    fn from(why: UnlockError) -> Self {
        match why {
            UnlockError::WrongPassphrase => Self::WrongPassphrase,
            UnlockError::Passkey(why) => Self::Passkey(why),
            other => Self::Storage(other.to_string()),
        }
    }
}

impl From<DeriveError> for Error {
    fn from(why: DeriveError) -> Self {
        Self::Storage(why.to_string())
    }
}

impl From<PastedError> for Error {
    fn from(why: PastedError) -> Self {
        match why {
            PastedError::Nothing => Self::InvalidId(why.to_string()),
            PastedError::MistypedId => Self::MistypedId,
            PastedError::Broken => Self::BrokenCode,
            PastedError::Newer => Self::Unsupported(why.to_string()),
        }
    }
}

impl From<OpenError> for Error {
    fn from(why: OpenError) -> Self {
        match why {
            OpenError::WrongPassword => Self::WrongPassword,
            why => Self::unverified(why),
        }
    }
}

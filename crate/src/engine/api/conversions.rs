//! Errors of the modules below, as errors of a call.

use crate::crypto::passphrase::DeriveError;
use crate::dag;
use crate::format::device_link::CodeError;
use crate::format::{DecodeError, ReadError};
use crate::keys::device_link::WordsError;
use crate::keys::keystore::UnlockError;
use crate::net::{ConnectError, device_link};
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
            UnlockError::NoPhrase => Self::WordsElsewhere,
            other => Self::Storage(other.to_string()),
        }
    }
}

impl From<DeriveError> for Error {
    fn from(why: DeriveError) -> Self {
        Self::Storage(why.to_string())
    }
}

impl From<CodeError> for Error {
    fn from(why: CodeError) -> Self {
        match why {
            CodeError::Old => Self::OldCode,
            CodeError::Other => Self::InvalidId(why.to_string()),
            CodeError::Decode(DecodeError::Newer { .. }) => Self::Unsupported(why.to_string()),
            CodeError::Malformed | CodeError::Decode(_) => Self::BrokenCode,
        }
    }
}

impl From<WordsError> for Error {
    fn from(why: WordsError) -> Self {
        match why {
            WordsError::Unknown(why) => why.into(),
            WordsError::Count(words) => Self::FourWords(words),
            WordsError::Wrong { left } => Self::OtherWords { tries: left },
            WordsError::Ended => Self::CodeEnded,
        }
    }
}

impl From<device_link::Error> for Error {
    fn from(why: device_link::Error) -> Self {
        match why {
            device_link::Error::Refused(why @ device_link::Refusal::Busy) => {
                Self::Unreachable(why.to_string())
            }
            device_link::Error::Refused(why @ device_link::Refusal::Other) => {
                Self::Unsupported(why.to_string())
            }
            device_link::Error::Refused(_) => Self::CodeEnded,
            device_link::Error::Violation(why) => Self::InvalidSignature(format!("your other device: {why}")),
            device_link::Error::Broken(why) => {
                Self::Unreachable(format!("your other device was lost: {why}"))
            }
        }
    }
}

impl From<PastedError> for Error {
    fn from(why: PastedError) -> Self {
        match why {
            PastedError::Nothing => Self::InvalidId(why.to_string()),
            PastedError::MistypedId => Self::MistypedId,
            PastedError::Broken => Self::BrokenCode,
            PastedError::Old => Self::OldCode,
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

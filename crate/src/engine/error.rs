//! What can go wrong in a call, under the stable codes of `spinney.d.ts`.

use std::fmt::Display;

use crate::store::StoreError;

/// Whose doing an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What a person typed or asked for.
    User,
    /// Another peer, or the way to it.
    Peer,
    /// The browser's store.
    Storage,
    /// A defect of ours.
    Bug,
}

impl Fault {
    /// The word that crosses the boundary.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Peer => "peer",
            Self::Storage => "storage",
            Self::Bug => "bug",
        }
    }
}

/// The error of every call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No profile is unlocked.
    #[error("unlock a profile first")]
    Locked,
    /// The passphrase does not open the keystore.
    #[error("that passphrase does not open this profile; try again")]
    WrongPassphrase,
    /// The password does not open the link.
    #[error("that password does not open this link; try again")]
    WrongPassword,
    /// No such thing here.
    #[error("there is no such {0} here")]
    NotFound(&'static str),
    /// What a link led to is there no longer.
    #[error("{0}")]
    Gone(&'static str),
    /// It is here already.
    #[error("{0}")]
    AlreadyExists(&'static str),
    /// The text is no id and no invite.
    #[error("{0}")]
    InvalidId(String),
    /// A name, title, note or path that cannot be taken.
    #[error("{0}")]
    InvalidName(String),
    /// The recovery words are not 24 words of the list, or their checksum is off.
    #[error("{0}")]
    InvalidPhrase(String),
    /// Something received did not verify.
    #[error("{0}")]
    InvalidSignature(String),
    /// Another device of this profile wrote since.
    #[error("another device of this profile published since; unlock again to take over")]
    Outdated,
    /// Nobody who has it can be reached.
    #[error("{0}")]
    Unreachable(String),
    /// The browser's store is full.
    #[error("the browser's storage is full: remove shares, or free space on this disk")]
    Quota,
    /// The file changed or vanished while it was read.
    #[error("{0} changed while it was read: choose it again")]
    FileChanged(String),
    /// The browser withdrew the permission to read or write a file.
    #[error("the browser asks for permission again: {0}")]
    PermissionNeeded(String),
    /// The share is not for me.
    #[error("this share is not for you")]
    NotARecipient,
    /// Another tab took over.
    #[error("another tab took over")]
    EngineMoved,
    /// It needs a newer Spinney, or cannot be done at all.
    #[error("{0}")]
    Unsupported(String),
    /// A relay declined for a reason that its operator can change.
    #[error("{0}")]
    Refused(String),
    /// The caller aborted.
    #[error("cancelled")]
    Cancelled,
    /// The store failed in a way that has no name.
    #[error("the browser's storage failed: {0}")]
    Storage(String),
    /// What must not happen.
    #[error("a defect of Spinney: {0}")]
    Bug(String),
}

impl Error {
    /// What must not happen, happened.
    pub(super) fn bug(why: impl Display) -> Self {
        Self::Bug(why.to_string())
    }

    /// Something received is not what it should be.
    pub(super) fn unverified(why: impl Display) -> Self {
        Self::InvalidSignature(why.to_string())
    }

    /// Something typed cannot be taken.
    pub(super) fn invalid(why: impl Display) -> Self {
        Self::InvalidName(why.to_string())
    }

    /// Stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::WrongPassphrase | Self::WrongPassword => "wrong-passphrase",
            Self::NotFound(_) | Self::Gone(_) => "not-found",
            Self::AlreadyExists(_) => "already-exists",
            Self::InvalidId(_) => "invalid-id",
            Self::InvalidName(_) => "invalid-name",
            Self::InvalidPhrase(_) => "invalid-phrase",
            Self::InvalidSignature(_) => "invalid-signature",
            Self::Outdated => "outdated",
            Self::Unreachable(_) => "unreachable",
            Self::Quota => "quota-exceeded",
            Self::FileChanged(_) => "file-changed",
            Self::PermissionNeeded(_) => "permission-needed",
            Self::NotARecipient => "not-a-recipient",
            Self::EngineMoved => "engine-moved",
            Self::Unsupported(_) => "unsupported",
            Self::Refused(_) => "refused",
            Self::Cancelled => "cancelled",
            Self::Storage(_) => "storage-failed",
            Self::Bug(_) => "bug",
        }
    }

    /// Whose doing it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::InvalidSignature(_) | Self::Unreachable(_) | Self::Refused(_) | Self::NotARecipient => {
                Fault::Peer
            }
            Self::Quota | Self::Storage(_) | Self::EngineMoved => Fault::Storage,
            Self::Bug(_) => Fault::Bug,
            _ => Fault::User,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Quota => Self::Quota,
            StoreError::EpochLost | StoreError::Closed => Self::EngineMoved,
            StoreError::NewerSchema => {
                Self::Unsupported("a newer Spinney wrote this browser's data: reload the page".into())
            }
            StoreError::Broken(why) => Self::Storage(why),
        }
    }
}

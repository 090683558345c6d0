//! What can go wrong in a call.

use std::fmt::Display;

use serde::Serialize;

use crate::keys::PhraseError;
use crate::keys::keystore::PasskeyError;
use crate::net::pinning::Trouble;
use crate::store::StoreError;

use super::code::{Code, Detail, Fault};

/// Numbers and words that belong to the detail or the code of an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
pub struct Parameters {
    /// Of `word-count`: how many words were typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<usize>,
    /// Of `other-words`: how many more entries there are before the code ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tries: Option<u8>,
    /// Of `unknown-word`: the position of the word, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// Of `unknown-word`: words of the list that look like it, the nearest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<Vec<&'static str>>,
    /// Of `drop-full` and `nothing-to-lend`: how many bytes fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
    /// Of the code `file-changed`: the path of the file in the share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// How a person is known already whom somebody wants to add or follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Acquaintance {
    /// Each has added the other.
    #[error("you are friends already")]
    Friend,
    /// I added them, and they have not added me.
    #[error("you have asked this person already")]
    Asked,
    /// I follow them.
    #[error("you follow this person already")]
    Followed,
    /// I blocked them.
    #[error("you blocked this person: unblock them first")]
    Blocked,
    /// They changed keys, and these are the old ones.
    #[error("this person changed their keys, and this id is closed: use the new one")]
    Closed,
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
    /// A passkey does not do.
    #[error("{0}")]
    Passkey(PasskeyError),
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
    /// There is a pinning service of this name.
    #[error("there is a service of this name already: choose another name")]
    ServiceKnown,
    /// The address of a pinning service is none.
    #[error("the address of a service begins with https:// and has a host")]
    ServiceAddress,
    /// A pinning service cannot be added.
    #[error("{0}")]
    Service(Trouble),
    /// The person is known here already, so that they cannot be added in this way.
    #[error("{0}")]
    Known(#[from] Acquaintance),
    /// The link says itself that it has ended.
    #[error("this link has ended: ask its author for a new one")]
    LinkEnded,
    /// A drop box takes nothing more: it has ended, or its owner closed it.
    #[error("this box is closed: ask who gave you the link for a new one")]
    DropClosed,
    /// What is to be left in a drop box does not fit.
    #[error("this does not fit into the box: it has room for {left} bytes more")]
    DropFull {
        /// Bytes that fit.
        left: u64,
    },
    /// My relays cannot lend so much room to a drop box.
    #[error("your relay has room for {left} bytes more: make a smaller box, or remove shares")]
    NothingToLend {
        /// Bytes that they can.
        left: u64,
    },
    /// The code of a device is over: too old, used, taken back, or another one is shown.
    #[error("this code is over: show a new one on your other device")]
    CodeEnded,
    /// The words are not those that the new device shows.
    #[error("these are not the words that your new device shows")]
    OtherWords {
        /// Entries that are left.
        tries: u8,
    },
    /// The new device shows four words.
    #[error("your new device shows four words; these are {0}")]
    FourWords(usize),
    /// This device was linked, so it does not have the recovery words.
    #[error(
        "this device does not have your 24 words: they are where you wrote them down, or on your first device"
    )]
    WordsElsewhere,
    /// The id is that of this profile.
    #[error("that is your own id: send it to a friend, and add theirs")]
    OwnId,
    /// The text has the form of an id, but no identity can have it.
    #[error("this id is mistyped: no identity has it")]
    MistypedId,
    /// A part of an invite or link is missing or changed.
    #[error("a part of this invite, link or code is missing or changed; copy it again")]
    BrokenCode,
    /// An invite, link or code of a build before the first release.
    #[error("this comes from an older Spinney: ask for a new one")]
    OldCode,
    /// The text holds more than one id, invite or link.
    #[error("this text holds more than one: choose one of them")]
    Several,
    /// The words are those of another profile.
    #[error("these are 24 words, and not those of this profile: look at the paper again")]
    WordsOfAnother,
    /// The text is no id and no invite.
    #[error("{0}")]
    InvalidId(String),
    /// A name, title, note or path that cannot be taken.
    #[error("{0}")]
    InvalidName(String),
    /// Somebody is to be introduced who did not agree that I show them.
    #[error("{name} has not agreed to be shown to others: ask them to turn it on")]
    NotAgreed {
        /// What I call them.
        name: String,
    },
    /// The profile waits for a name and a passphrase.
    #[error("give yourself a name and a passphrase first")]
    NeedsName,
    /// The recovery words are not 24 words of the list, or their checksum is off.
    #[error(transparent)]
    InvalidPhrase(#[from] PhraseError),
    /// Something received did not verify.
    #[error("{0}")]
    InvalidSignature(String),
    /// Somebody's profile names another successor than at first, and the person has not decided.
    #[error("this person's profile may be in somebody else's hands: decide first whether to go on with it")]
    Doubted,
    /// Nobody who has it can be reached.
    #[error("{0}")]
    Unreachable(String),
    /// It is kept at relays of others, and this profile connects to its own relays only.
    #[error(
        "this is kept at relays of others, and you connect to your own relays only: change that in the settings"
    )]
    RelaysOnly,
    /// The browser's store is full.
    #[error("the browser's storage is full: remove shares, or free space on this disk")]
    Quota,
    /// A file changed or vanished since it was chosen, or cannot be read for another reason, in the browser's words.
    #[error("{path} {}: choose it again, or leave it out", why.as_deref().unwrap_or("changed since it was chosen"))]
    FileChanged {
        /// Its path in the share.
        path: String,
        /// The reason, if it is another one.
        why: Option<String>,
    },
    /// The browser withdrew the permission to read or write a file.
    #[error("the browser asks for permission again: {0}")]
    PermissionNeeded(String),
    /// Another tab took over.
    #[error("another tab took over")]
    EngineMoved,
    /// It needs a newer Spinney, or cannot be done at all.
    #[error("{0}")]
    Unsupported(String),
    /// A relay keeps things only for people whom its operator invited.
    #[error(
        "this relay keeps shares only for people whom its operator invited: send your id to the operator"
    )]
    NotInvited,
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
    pub(in crate::engine) fn bug(why: impl Display) -> Self {
        Self::Bug(why.to_string())
    }

    /// Something received is not what it should be.
    pub(in crate::engine) fn unverified(why: impl Display) -> Self {
        Self::InvalidSignature(why.to_string())
    }

    /// Something typed cannot be taken.
    pub(in crate::engine) fn invalid(why: impl Display) -> Self {
        Self::InvalidName(why.to_string())
    }

    /// Stable name for programs.
    pub fn code(&self) -> &'static str {
        self.kind().as_str()
    }

    /// Whose doing it is.
    pub fn fault(&self) -> Fault {
        self.kind().fault()
    }

    /// The code, with its fault and what to do.
    pub fn kind(&self) -> Code {
        match self {
            Self::Locked => Code::Locked,
            Self::WrongPassphrase | Self::WrongPassword => Code::WrongPassphrase,
            Self::Passkey(_) => Code::PasskeyFailed,
            Self::NotFound(_)
            | Self::Gone(_)
            | Self::LinkEnded
            | Self::DropClosed
            | Self::CodeEnded
            | Self::WordsElsewhere => Code::NotFound,
            Self::AlreadyExists(_) | Self::Known(_) | Self::ServiceKnown => Code::AlreadyExists,
            Self::InvalidId(_)
            | Self::OwnId
            | Self::MistypedId
            | Self::BrokenCode
            | Self::OldCode
            | Self::Several => Code::InvalidId,
            Self::InvalidName(_) | Self::NeedsName | Self::ServiceAddress => Code::InvalidName,
            Self::NotAgreed { .. } => Code::Unsupported,
            Self::WordsOfAnother | Self::InvalidPhrase(_) | Self::OtherWords { .. } | Self::FourWords(_) => {
                Code::InvalidPhrase
            }
            Self::InvalidSignature(_) | Self::Doubted => Code::InvalidSignature,
            Self::Unreachable(_) | Self::RelaysOnly | Self::Service(Trouble::Unreachable) => {
                Code::Unreachable
            }
            Self::Quota => Code::QuotaExceeded,
            Self::FileChanged { .. } => Code::FileChanged,
            Self::PermissionNeeded(_) => Code::PermissionNeeded,
            Self::EngineMoved => Code::EngineMoved,
            Self::Unsupported(_) => Code::Unsupported,
            Self::NotInvited => Code::NotInvited,
            Self::Refused(_) | Self::DropFull { .. } | Self::NothingToLend { .. } | Self::Service(_) => {
                Code::Refused
            }
            Self::Cancelled => Code::Cancelled,
            Self::Storage(_) => Code::StorageFailed,
            Self::Bug(_) => Code::Bug,
        }
    }

    /// Numbers and words that belong to the detail, by name.
    pub fn parameters(&self) -> Option<Parameters> {
        match self {
            Self::OtherWords { tries } => Some(Parameters { tries: Some(*tries), ..Parameters::default() }),
            Self::InvalidPhrase(PhraseError::Count(words)) | Self::FourWords(words) => {
                Some(Parameters { words: Some(*words), ..Parameters::default() })
            }
            Self::InvalidPhrase(PhraseError::Unknown { position, near }) => Some(Parameters {
                position: Some(*position),
                near: Some(near.clone()),
                ..Parameters::default()
            }),
            Self::DropFull { left } | Self::NothingToLend { left } => {
                Some(Parameters { left: Some(*left), ..Parameters::default() })
            }
            Self::FileChanged { path, .. } => {
                Some(Parameters { path: Some(path.clone()), ..Parameters::default() })
            }
            _ => None,
        }
    }

    /// What the code leaves open, where a page says something else in this case.
    pub fn detail(&self) -> Option<Detail> {
        match self {
            Self::LinkEnded => Some(Detail::LinkEnded),
            Self::DropClosed => Some(Detail::DropClosed),
            Self::DropFull { .. } => Some(Detail::DropFull),
            Self::NothingToLend { .. } => Some(Detail::NothingToLend),
            Self::OwnId => Some(Detail::OwnId),
            Self::MistypedId => Some(Detail::MistypedId),
            Self::BrokenCode => Some(Detail::BrokenCode),
            Self::OldCode => Some(Detail::OldCode),
            Self::Several => Some(Detail::Several),
            Self::Known(Acquaintance::Friend) => Some(Detail::Friend),
            Self::Known(Acquaintance::Asked) => Some(Detail::Asked),
            Self::Known(Acquaintance::Followed) => Some(Detail::Followed),
            Self::Known(Acquaintance::Blocked) => Some(Detail::Blocked),
            Self::Doubted => Some(Detail::Doubted),
            Self::NeedsName => Some(Detail::NeedsName),
            Self::NotAgreed { .. } => Some(Detail::NotAgreed),
            Self::WordsOfAnother => Some(Detail::WordsOfAnother),
            Self::Known(Acquaintance::Closed) => Some(Detail::Closed),
            Self::CodeEnded => Some(Detail::CodeEnded),
            Self::WordsElsewhere => Some(Detail::WordsElsewhere),
            Self::OtherWords { .. } => Some(Detail::OtherWords),
            Self::FourWords(_) => Some(Detail::FourWords),
            Self::InvalidPhrase(PhraseError::Count(_)) => Some(Detail::WordCount),
            Self::InvalidPhrase(PhraseError::Unknown { .. }) => Some(Detail::UnknownWord),
            Self::InvalidPhrase(PhraseError::Checksum) => Some(Detail::WordOrder),
            Self::RelaysOnly => Some(Detail::RelaysOnly),
            Self::ServiceKnown => Some(Detail::ServiceKnown),
            Self::ServiceAddress => Some(Detail::ServiceAddress),
            Self::Service(Trouble::Unreachable) => Some(Detail::ServiceUnreachable),
            Self::Service(Trouble::Strange) => Some(Detail::NoService),
            Self::Service(Trouble::Token) => Some(Detail::ServiceToken),
            Self::Service(_) => Some(Detail::ServiceRefused),
            Self::Passkey(PasskeyError::Gone) => Some(Detail::PasskeyGone),
            Self::Passkey(PasskeyError::OtherSite) => Some(Detail::PasskeyElsewhere),
            Self::Passkey(PasskeyError::Wrong) => Some(Detail::PasskeyWrong),
            Self::Passkey(PasskeyError::Full) => Some(Detail::PasskeysFull),
            _ => None,
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

impl From<Error> for StoreError {
    /// What a sink of blocks says to who writes into it; it becomes the same error again.
    fn from(error: Error) -> Self {
        match error {
            Error::Quota => Self::Quota,
            Error::EngineMoved => Self::EpochLost,
            Error::Storage(why) => Self::Broken(why),
            why => Self::Broken(why.to_string()),
        }
    }
}

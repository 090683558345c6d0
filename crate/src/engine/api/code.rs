//! The codes of errors: stable names for programs, each with whose fault it is, when it comes and what to do.
//!
//! `docs/errors.md` and the page's type `Code` are generated from this list.

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
    /// Every fault.
    pub const ALL: [Self; 4] = [Self::User, Self::Peer, Self::Storage, Self::Bug];

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

/// Declares [`Code`]; the comment of a code says when it comes.
macro_rules! codes {
    ($($(#[doc = $when:literal])+ $code:ident = $name:literal, $fault:ident, $remedy:literal;)+) => {
        /// The stable name of an error. A new code may be added; the meaning of a code does not change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[doc = $when])+ $code,)+ }

        impl Code {
            /// Every code, in the order of `docs/errors.md`.
            pub const ALL: &[Self] = &[$(Self::$code,)+];

            /// The word that crosses the boundary.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }

            /// Whose doing it is.
            pub const fn fault(self) -> Fault {
                match self { $(Self::$code => Fault::$fault,)+ }
            }

            /// When it comes.
            pub const fn when(self) -> &'static str {
                match self { $(Self::$code => concat!($($when),+),)+ }
            }

            /// What a person, or the program that called, can do.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$code => $remedy,)+ }
            }
        }
    };
}

codes! {
    /// The call needs an unlocked profile, and no profile is unlocked.
    Locked = "locked", User, "Unlock a profile, then call again.";
    /// The passphrase does not open the profile, or the password does not open the link.
    WrongPassphrase = "wrong-passphrase", User, "Ask for it again.";
    /// A passkey was not made, or does not unlock the profile. `detail` says why.
    PasskeyFailed = "passkey-failed", User, "Use the passphrase, or another passkey.";
    /// Nothing here has this id or path, or the link was switched off or has ended.
    NotFound = "not-found", User, "List again. If it is a link, ask its author for a new one.";
    /// What the call would make is here already.
    AlreadyExists = "already-exists", User, "Use the one that is here.";
    /// The text is no id, no invite and no link, or it names this profile itself.
    InvalidId = "invalid-id", User, "Copy all of the text and try again.";
    /// A name, title, note, path or number breaks a rule of FORMAT.md.
    InvalidName = "invalid-name", User, "Choose another one. The message names the rule.";
    /// The recovery words are not 24 words of the list, or their checksum is wrong.
    InvalidPhrase = "invalid-phrase", User, "Compare the words with those that were written down.";
    /// Something that another peer published is malformed, or its signature is wrong.
    InvalidSignature = "invalid-signature", Peer, "Nothing was accepted. Ask its author to publish it again.";
    /// No peer or relay that has it can be reached.
    Unreachable = "unreachable", Peer, "Check the connection, or try again later.";
    /// The storage of this browser is full.
    QuotaExceeded = "quota-exceeded", Storage, "Remove shares, or free space on the disk.";
    /// A file changed or was removed since it was chosen, or cannot be read. `parameters.path` names it.
    FileChanged = "file-changed", User, "Choose the file again, or leave it out.";
    /// The browser does not allow the page to read the file or to write into the folder.
    PermissionNeeded = "permission-needed", User, "Call again from a click, and allow it.";
    /// Another tab, or a page of another build, runs the engine now; or this one was closed.
    EngineMoved = "engine-moved", Storage, "Call again. If the build changed, reload the page.";
    /// The engine broke, or could not be loaded, while it had this call.
    EngineStopped = "engine-stopped", Bug, "Call again, or reload the page.";
    /// The page was not loaded over https, or it shares its storage with other sites of a gateway.
    InsecureContext = "insecure-context", User, "Open Spinney over https, at an address of its own.";
    /// This build or this browser cannot do it, or an argument has the wrong type.
    Unsupported = "unsupported", User, "Use a newer Spinney or another browser. If you wrote the call, compare it with contract.d.ts.";
    /// A relay keeps things only for people whom its operator invited.
    NotInvited = "not-invited", Peer, "Send the id of this profile to the operator of the relay, or use another relay.";
    /// A relay refused, for a reason that its operator can change.
    Refused = "refused", Peer, "Ask the operator of the relay, or use another relay.";
    /// The caller aborted the call.
    Cancelled = "cancelled", User, "Nothing.";
    /// The storage of this browser failed.
    StorageFailed = "storage-failed", Storage, "Reload the page, then try again.";
    /// A defect of Spinney.
    Bug = "bug", Bug, "Report it with the message.";
}

/// What a code leaves open, where a page says something else in this case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Of [`Code::NotFound`]: the link says itself that it has ended.
    LinkEnded,
    /// Of [`Code::NotFound`]: the drop box has ended, or its owner closed it.
    DropClosed,
    /// Of [`Code::Refused`]: it does not fit into the drop box. `parameters.left` says how many bytes do.
    DropFull,
    /// Of [`Code::Refused`]: no relay of this profile can lend so much. `parameters.left` says how many bytes they can.
    NothingToLend,
    /// Of [`Code::InvalidId`]: it is the id of this profile.
    OwnId,
    /// Of [`Code::InvalidId`]: it has the form of an id, but no identity can have it.
    MistypedId,
    /// Of [`Code::InvalidId`]: a part of an invite, link or code is missing or changed.
    BrokenCode,
    /// Of [`Code::InvalidId`]: an invite, link or code of a build before the first release.
    OldCode,
    /// Of [`Code::InvalidId`]: the text holds more than one id, invite or link.
    Several,
    /// Of [`Code::AlreadyExists`]: each has added the other.
    Friend,
    /// Of [`Code::AlreadyExists`]: the person was asked, and there is nothing new to say to them.
    Asked,
    /// Of [`Code::AlreadyExists`]: the person is followed.
    Followed,
    /// Of [`Code::AlreadyExists`]: the person is blocked and has to be unblocked first.
    Blocked,
    /// Of [`Code::AlreadyExists`]: the person changed their keys, and this is the old id.
    Closed,
    /// Of [`Code::InvalidSignature`]: a person's profile names another successor than at first.
    Doubted,
    /// Of [`Code::InvalidName`]: the profile waits for a name and a passphrase.
    NeedsName,
    /// Of [`Code::Unsupported`]: somebody is to be introduced who did not agree to be shown.
    NotAgreed,
    /// Of [`Code::InvalidPhrase`]: there are more or fewer than 24 words.
    WordCount,
    /// Of [`Code::InvalidPhrase`]: a word is not in the list.
    UnknownWord,
    /// Of [`Code::InvalidPhrase`]: all words are in the list, but one is wrong or two are swapped.
    WordOrder,
    /// Of [`Code::InvalidPhrase`]: the words are those of another profile.
    WordsOfAnother,
    /// Of [`Code::InvalidPhrase`]: the new device that is to be linked shows four other words.
    OtherWords,
    /// Of [`Code::InvalidPhrase`]: the new device shows four words, and these are more or fewer.
    FourWords,
    /// Of [`Code::NotFound`]: the code of a device is over.
    CodeEnded,
    /// Of [`Code::NotFound`]: this device was linked, so it does not have the recovery words.
    WordsElsewhere,
    /// Of [`Code::Unreachable`]: it is kept at relays of others, and this profile connects to its own relays only.
    RelaysOnly,
    /// Of [`Code::AlreadyExists`]: there is a pinning service of this name.
    ServiceKnown,
    /// Of [`Code::InvalidName`]: the address of a pinning service is not `https` and a host.
    ServiceAddress,
    /// Of [`Code::Unreachable`]: a pinning service does not answer, or does not allow pages to ask it.
    ServiceUnreachable,
    /// Of [`Code::Refused`]: what answers there is no pinning service.
    NoService,
    /// Of [`Code::Refused`]: a pinning service does not accept the token.
    ServiceToken,
    /// Of [`Code::Refused`]: a pinning service cannot or will not now.
    ServiceRefused,
    /// Of [`Code::PasskeyFailed`]: the profile has no such passkey, or not any more.
    PasskeyGone,
    /// Of [`Code::PasskeyFailed`]: the passkey is of another host than this page's.
    PasskeyElsewhere,
    /// Of [`Code::PasskeyFailed`]: the passkey gave another key than when it was added.
    PasskeyWrong,
    /// Of [`Code::PasskeyFailed`]: the profile has no room for another passkey.
    PasskeysFull,
    /// Of [`Code::PasskeyFailed`]: the browser gave none: the person cancelled it, or the passkey was deleted.
    PasskeyRefused,
    /// Of [`Code::PasskeyFailed`]: the profile has a passkey there already.
    PasskeyKnown,
    /// Of [`Code::PasskeyFailed`]: the browser, or what keeps the passkey, gives no key with it.
    NoPrf,
}

impl Detail {
    /// Every detail.
    pub const ALL: [Self; 39] = [
        Self::LinkEnded,
        Self::DropClosed,
        Self::DropFull,
        Self::NothingToLend,
        Self::OwnId,
        Self::MistypedId,
        Self::BrokenCode,
        Self::OldCode,
        Self::Several,
        Self::Friend,
        Self::Asked,
        Self::Followed,
        Self::Blocked,
        Self::Closed,
        Self::Doubted,
        Self::NeedsName,
        Self::NotAgreed,
        Self::WordCount,
        Self::UnknownWord,
        Self::WordOrder,
        Self::WordsOfAnother,
        Self::OtherWords,
        Self::FourWords,
        Self::CodeEnded,
        Self::WordsElsewhere,
        Self::RelaysOnly,
        Self::ServiceKnown,
        Self::ServiceAddress,
        Self::ServiceUnreachable,
        Self::NoService,
        Self::ServiceToken,
        Self::ServiceRefused,
        Self::PasskeyGone,
        Self::PasskeyElsewhere,
        Self::PasskeyWrong,
        Self::PasskeysFull,
        Self::PasskeyRefused,
        Self::PasskeyKnown,
        Self::NoPrf,
    ];

    /// The word that crosses the boundary.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LinkEnded => "link-ended",
            Self::DropClosed => "drop-closed",
            Self::DropFull => "drop-full",
            Self::NothingToLend => "nothing-to-lend",
            Self::OwnId => "own-id",
            Self::MistypedId => "mistyped-id",
            Self::BrokenCode => "broken-code",
            Self::OldCode => "old-code",
            Self::Several => "several",
            Self::Friend => "friend",
            Self::Asked => "asked",
            Self::Followed => "followed",
            Self::Blocked => "blocked",
            Self::Closed => "closed",
            Self::Doubted => "doubted",
            Self::NeedsName => "needs-name",
            Self::NotAgreed => "not-agreed",
            Self::WordCount => "word-count",
            Self::UnknownWord => "unknown-word",
            Self::WordOrder => "word-order",
            Self::WordsOfAnother => "words-of-another",
            Self::OtherWords => "other-words",
            Self::FourWords => "four-words",
            Self::CodeEnded => "code-ended",
            Self::WordsElsewhere => "words-elsewhere",
            Self::RelaysOnly => "relays-only",
            Self::ServiceKnown => "service-known",
            Self::ServiceAddress => "service-address",
            Self::ServiceUnreachable => "service-unreachable",
            Self::NoService => "no-service",
            Self::ServiceToken => "service-token",
            Self::ServiceRefused => "service-refused",
            Self::PasskeyGone => "passkey-gone",
            Self::PasskeyElsewhere => "passkey-elsewhere",
            Self::PasskeyWrong => "passkey-wrong",
            Self::PasskeysFull => "passkeys-full",
            Self::PasskeyRefused => "passkey-refused",
            Self::PasskeyKnown => "passkey-known",
            Self::NoPrf => "no-prf",
        }
    }

    /// When it comes.
    pub const fn when(self) -> &'static str {
        match self {
            Self::LinkEnded => "Of `not-found`: the link says itself that it has ended.",
            Self::DropClosed => "Of `not-found`: the drop box has ended, or its owner closed it.",
            Self::DropFull => {
                "Of `refused`: what is to be left does not fit into the drop box. `left` says how many bytes do."
            }
            Self::NothingToLend => {
                "Of `refused`: no relay of this profile can lend so much to a drop box. `left` says how many bytes they \
                 can."
            }
            Self::OwnId => "Of `invalid-id`: it is the id of this profile.",
            Self::MistypedId => "Of `invalid-id`: it has the form of an id, but no identity can have it.",
            Self::BrokenCode => "Of `invalid-id`: a part of an invite, link or code is missing or changed.",
            Self::OldCode => "Of `invalid-id`: an invite, link or code of a build before the first release.",
            Self::Several => {
                "Of `invalid-id`: the text holds more than one id, invite or link. `contacts.read` lists them."
            }
            Self::Friend => "Of `already-exists`: each has added the other.",
            Self::Asked => {
                "Of `already-exists`: the person was asked, and there is nothing new to say to them."
            }
            Self::Followed => "Of `already-exists`: the person is followed.",
            Self::Blocked => "Of `already-exists`: the person is blocked and has to be unblocked first.",
            Self::Closed => "Of `already-exists`: the person changed their keys, and this is the old id.",
            Self::Doubted => {
                "Of `invalid-signature`: a person's profile names another successor than at first. They get nothing new \
                 until `contacts.goOn`."
            }
            Self::NotAgreed => {
                "Of `unsupported`: somebody is to be introduced who did not agree to be shown."
            }
            Self::NeedsName => {
                "Of `invalid-name`: the profile waits for a name and a passphrase. `profiles.finish` gives it both."
            }
            Self::WordCount => {
                "Of `invalid-phrase`: there are more or fewer than 24 words. `words` says how many."
            }
            Self::UnknownWord => {
                "Of `invalid-phrase`: a word is not in the list. `position` says which, from 1; `near` has words of \
                 the list that look like it."
            }
            Self::WordOrder => {
                "Of `invalid-phrase`: all words are in the list, but one is wrong or two are swapped."
            }
            Self::WordsOfAnother => "Of `invalid-phrase`: the words are those of another profile.",
            Self::OtherWords => {
                "Of `invalid-phrase`: the new device that is to be linked shows four other words. `tries` says how many \
                 more entries there are; after the last one the code is over."
            }
            Self::FourWords => {
                "Of `invalid-phrase`: the new device shows four words, and these are more or fewer. `words` says how \
                 many. This is no entry."
            }
            Self::CodeEnded => {
                "Of `not-found`: the code of a device is too old, was used or taken back, or another one is shown now."
            }
            Self::WordsElsewhere => {
                "Of `not-found`: this device was linked, so it does not have the recovery words."
            }
            Self::RelaysOnly => {
                "Of `unreachable`: it is kept at relays of others, and this profile connects to its own relays only."
            }
            Self::ServiceKnown => "Of `already-exists`: there is a pinning service of this name.",
            Self::ServiceAddress => {
                "Of `invalid-name`: the address of a pinning service is not `https://` and a host, with a path if it \
                 has one."
            }
            Self::ServiceUnreachable => {
                "Of `unreachable`: a pinning service does not answer, redirects, or does not allow pages to ask it \
                 (CORS); browsers do not say which."
            }
            Self::NoService => {
                "Of `refused`: what answers there does not speak the IPFS Pinning Service API 1.0."
            }
            Self::ServiceToken => "Of `refused`: a pinning service does not accept the token.",
            Self::ServiceRefused => "Of `refused`: a pinning service is busy or broken, or refused.",
            Self::PasskeyGone => "Of `passkey-failed`: the profile has no such passkey, or not any more.",
            Self::PasskeyElsewhere => "Of `passkey-failed`: the passkey is of another host than this page's.",
            Self::PasskeyWrong => {
                "Of `passkey-failed`: the passkey gave another key than when it was added, or two different ones."
            }
            Self::PasskeysFull => {
                "Of `passkey-failed`: the profile has no room for another passkey. Remove one first."
            }
            Self::PasskeyRefused => {
                "Of `passkey-failed`: the browser gave none. The person cancelled it, or the passkey was deleted; \
                 browsers do not say which."
            }
            Self::PasskeyKnown => {
                "Of `passkey-failed`: the device or password manager has a passkey of this profile already."
            }
            Self::NoPrf => {
                "Of `passkey-failed`: the browser, or what keeps the passkey, gives no key with it (WebAuthn's PRF)."
            }
        }
    }
}

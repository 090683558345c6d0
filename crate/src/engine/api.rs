//! What crosses the boundary of the engine: values, events, limits and error codes, declared once.
//!
//! `www/src/generated.ts` and `docs/errors.md` are generated from here (`generated.rs`). Names become camelCase. A time
//! is milliseconds since 1970 here and a `Date` in JavaScript, if its member is serialised with [`date`]. Bytes are
//! always a picture, and a `Blob` in JavaScript.

mod code;
mod contacts;
mod conversions;
pub(crate) mod date;
mod devices;
mod drops;
mod error;
mod events;
mod folders;
#[cfg(test)]
mod generated;
mod keeping;
mod limits;
#[cfg(any(test, feature = "testing"))]
pub mod memory_directory;
mod passphrases;
mod profiles;
mod push;
mod shares;
mod status;
mod transfers;

use std::time::Duration;

use serde::Deserialize;

use crate::net::http::Http;
use crate::net::webrtc;

pub use crate::net::pinning::Trouble as ServiceTrouble;
pub use crate::social::receipt::Stage;
pub use code::{Code, Detail, Fault};
pub use contacts::{
    Asked, Contact, ContactRequest, ContactState, Introduction, NewKeys, Pasted, PastedKind, SpentInvite,
    Suggestion, Warning, Words,
};
pub use devices::{Device, DeviceCode};
pub use drops::{Drop, DropBox, DropLinkPreview, OpenedDropBox};
pub use error::{Acquaintance, Error, Parameters};
pub use events::{Change, Event};
pub use folders::{
    BoundFolder, Directories, Directory, DirectoryError, DirectoryStore, FileChange, FileStamp,
    FolderBinding, FolderConflict, FolderState, Found, JournalEntry, JournalQuery, Mode, RenamedFile,
    Replacement,
};
pub use keeping::{
    FreeableSpace, Freed, FreedStage, FriendKeeping, GivenRoom, KeepingStatus, NotFreed, Proof, ReceivedRoom,
    RelayKeeping, RoomTerms, ServiceKeeping, Trial, TrialFailure, WhyNotFreed,
};
pub use limits::{LIMITS, Limit};
pub use passphrases::{Derive, Passphrases};
pub use profiles::{
    ChangedKeys, Me, NewPasskey, Passkey, PasskeyOffer, ProfileSummary, ProfileUpdate, Restored, Stay,
};
pub use push::PushRelay;
pub use shares::{
    Audience, Comment, Delivery, Draft, FileEntry, FileName, FileWriter, FilesQuery, Folder, Link,
    LinkChange, LinkPreview, NewComment, NewFile, NewShare, Refusal, Share, ShareQuery,
};
pub use status::{NetworkStatus, NotDirect, Origin, PeerStatus, RelayStatus, StorageStatus};
pub use transfers::{
    Direction, Failure, FileProgress, RelayRoom, Saved, SavedName, Transfer, TransferId, TransferState,
    WaitingFor,
};

/// How an engine is opened.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// Multiaddrs of this page's relays, each ending in `/p2p/<PeerId>`; may be empty.
    #[serde(default)]
    pub relays: Vec<String>,
    /// Prefix of the databases; two engines with different ones live in one origin.
    #[serde(default = "default_namespace")]
    pub namespace: String,
    /// Whether the page itself is served from loopback, where relays may be too.
    #[serde(default)]
    pub on_loopback: bool,
    /// Makes peer connections, where there are any; without it everything goes through relays.
    #[serde(skip)]
    pub rtc: Option<webrtc::host::Host>,
    /// Derives keys from passphrases and passwords.
    #[serde(skip)]
    pub passphrases: Passphrases,
    /// Remembers the directories that are kept in step.
    #[serde(skip)]
    pub directories: DirectoryStore,
    /// Asks pinning services; without it none is reached.
    #[serde(skip)]
    pub http: Http,
    /// How long two roots of a contact with one sequence may be joined before a warning; an hour if it is not given.
    #[serde(skip)]
    pub fork_patience: Option<Duration>,
}

impl Config {
    /// How devices are connected directly.
    pub(super) fn direct(&self) -> Option<webrtc::Direct> {
        let reach = if self.on_loopback { webrtc::Reach::Anywhere } else { webrtc::Reach::Public };
        self.rtc.clone().map(|host| webrtc::Direct { host, reach })
    }
}

fn default_namespace() -> String {
    "spinney".into()
}

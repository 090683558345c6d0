//! What crosses the engine's edge: the values of `spinney.d.ts` in Rust.
//!
//! Names become camelCase, times are milliseconds since 1970, pictures are their bytes; the JavaScript
//! module turns these into `Date` and `Blob`.

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::dag::Source;
use crate::net::webrtc;

use super::Error;

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

/// A profile as the first screen lists it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileSummary {
    /// The identity's IPNS name, `k51…`.
    pub id: String,
    /// The name that the profile publishes.
    pub name: String,
    /// A raster picture, at most 48 KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<serde_bytes::ByteBuf>,
}

/// The unlocked profile.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// What the profile list shows too.
    #[serde(flatten)]
    pub summary: ProfileSummary,
    /// A few words about oneself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// What a friend adds in order to add me.
    pub invite: String,
    /// Whether the recovery words were confirmed; until then the page reminds.
    pub words_confirmed: bool,
    /// Whether a relay has the profile: before that, nobody who adds it can find it.
    pub published: bool,
}

/// How far a contact has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactState {
    /// The profile was not found yet; it is looked for.
    Resolving,
    /// I follow them; whether they added me is not known.
    Following,
    /// Each has a letterbox at the other's.
    Mutual,
}

/// Another identity that I imported.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// The identity's IPNS name, `k51…`.
    pub id: String,
    /// The name that their profile publishes; empty while resolving.
    pub name: String,
    /// The name that I gave them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub petname: Option<String>,
    /// Their picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<serde_bytes::ByteBuf>,
    /// How far the acquaintance has come.
    pub state: ContactState,
    /// Whether a device of theirs is connected now.
    pub online: bool,
    /// When their newest root was made, by their own claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<u64>,
    /// A lasting doubt about this contact that the page must show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<Warning>,
}

/// Why a contact is to be looked at twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// Two different roots carry the same sequence.
    TwoRoots,
    /// The profile names another successor than at first: it may be in somebody else's hands.
    Heir,
    /// Something they published did not verify and was refused.
    Refused,
}

/// To whom a share is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Audience {
    /// Exactly these contacts.
    Contacts {
        /// Their ids.
        ids: Vec<String>,
    },
    /// Nobody but me.
    #[serde(rename = "self")]
    Myself,
}

/// A file to be shared.
#[derive(Clone)]
pub struct NewFile {
    /// Relative path within the share, `/` between segments.
    pub path: String,
    /// Its bytes, read once, in order.
    pub source: Rc<dyn Source>,
    /// Its media type, `application/octet-stream` where unknown.
    pub media_type: String,
    /// When it was last changed.
    pub modified: Option<u64>,
    /// A small raster picture of it, at most 16 KiB, that carries no metadata.
    pub preview: Option<Bytes>,
}

/// What is to be shared.
#[derive(Clone)]
pub struct NewShare {
    /// One line, at most 200 characters.
    pub title: String,
    /// Some words, at most 4,000 characters.
    pub note: Option<String>,
    /// At least one.
    pub files: Vec<NewFile>,
    /// Who may open it.
    pub audience: Audience,
}

/// What of the own profile is to change; what is none stays.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ProfileUpdate {
    /// A new name.
    pub name: Option<String>,
    /// A few words; empty removes them.
    pub bio: Option<String>,
    /// A new picture; empty removes it.
    pub avatar: Option<serde_bytes::ByteBuf>,
}

/// Which shares are asked for; newest first.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ShareQuery {
    /// Only `contacts` or only `self`.
    pub kind: Option<String>,
    /// Only this author's.
    pub author: Option<String>,
    /// Only those that come after this share in the list.
    pub before: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
}

/// Which files of a share are asked for, sorted by path.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct FilesQuery {
    /// Only those after this path.
    pub after: Option<String>,
    /// At most so many; 1,000 where none is given.
    pub limit: Option<usize>,
}

/// A share as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// Stable name of the share, base32.
    pub id: String,
    /// Id of who made it.
    pub author: String,
    /// One line.
    pub title: String,
    /// Some words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The author's claim, no later than when it was first seen here.
    pub created: u64,
    /// `contacts` or `self`.
    pub audience: &'static str,
    /// Ids of the recipients; known to its author only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients: Option<Vec<String>>,
    /// Sum of the files' sizes.
    pub size: u64,
    /// Number of files.
    pub files: u64,
    /// CID of the sealed manifest.
    pub root: String,
    /// Whether a relay has acknowledged everything that a recipient needs.
    pub kept: bool,
}

/// A file of a share.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileEntry {
    /// Relative path, `/` between segments.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Media type, by the author's claim.
    #[serde(rename = "type")]
    pub media_type: String,
    /// When it was last changed, by the author's claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<u64>,
    /// A small raster picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<serde_bytes::ByteBuf>,
    /// Bytes of it held in this browser.
    pub have: u64,
}

/// A share whose files were not all read when the engine ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Draft {
    /// Name of the draft.
    pub id: String,
    /// The share's title.
    pub title: String,
    /// Paths of the files to choose again.
    pub missing: Vec<String>,
}

/// Which way a transfer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Files into the local store.
    Add,
    /// The store to a keeper.
    Up,
    /// A keeper or peer to the store.
    Down,
}

/// Where a transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransferState {
    /// Will begin by itself.
    Queued,
    /// Bytes are moving, or are asked for.
    Active,
    /// Goes on when what it waits for comes.
    Waiting,
    /// Goes on when asked to.
    Paused,
    /// Everything is there.
    Done,
    /// Ended by an error.
    Failed,
    /// Ended by its person.
    Cancelled,
}

/// What a transfer waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WaitingFor {
    /// A connection to a relay.
    Relay,
    /// Somebody who has the bytes.
    Author,
    /// Room in the browser's store.
    Space,
    /// The passphrase.
    Unlock,
}

/// Progress of one file within a transfer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileProgress {
    /// Relative path.
    pub path: String,
    /// Bytes done.
    pub bytes: u64,
    /// Bytes in all.
    pub total: u64,
}

/// Why a transfer ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable code, as in [`Error::code`].
    pub code: String,
    /// One sentence.
    pub message: String,
}

/// One upload or download.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
    /// Name of the transfer.
    pub id: String,
    /// The share it belongs to.
    pub share: String,
    /// Which way it goes.
    pub direction: Direction,
    /// Verified bytes written or acknowledged so far.
    pub bytes: u64,
    /// Bytes in all.
    pub total: u64,
    /// Smoothed over the last seconds.
    pub bytes_per_second: f64,
    /// At the present rate; none where there is no rate.
    pub seconds_left: Option<f64>,
    /// Where it stands.
    pub state: TransferState,
    /// What it waits for, in state `waiting`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<WaitingFor>,
    /// The files that moved since the last event, at most 64.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileProgress>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}

/// What the engine is connected to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NetworkStatus {
    /// The relays that this engine keeps connected.
    pub relays: Vec<RelayStatus>,
    /// Every other connected peer.
    pub peers: Vec<PeerStatus>,
}

/// One own relay.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RelayStatus {
    /// Its multiaddr.
    pub address: String,
    /// Whether a connection is open.
    pub connected: bool,
}

/// One connected peer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerStatus {
    /// Its PeerId.
    pub peer: String,
    /// Id of the contact whose device it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// `relay` or `direct`.
    pub via: &'static str,
    /// Round trip, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<f64>,
}

/// What the store holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageStatus {
    /// Bytes used by the unlocked profile's blocks and rows.
    pub used: u64,
    /// Bytes kept for friends: always 0 until friends can be keepers.
    pub kept_for_friends: u64,
    /// Bytes set aside for friends: always 0 until friends can be keepers.
    pub budget_for_friends: u64,
}

/// What happened. Events about one subject come in order.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Event {
    /// A transfer moved or changed its state.
    Transfer(Transfer),
    /// A share came, changed or went.
    Share {
        /// `received`, `updated` or `removed`.
        change: Change,
        /// As it is now; as it was where it was removed.
        share: Share,
    },
    /// A contact changed.
    Contact {
        /// As it is now.
        contact: Contact,
    },
    /// A contact was removed.
    ContactRemoved {
        /// Its id.
        id: String,
    },
    /// What is known of a recipient's copy.
    Delivery {
        /// The share.
        share: String,
        /// The recipient.
        contact: String,
        /// `queued` or `kept`.
        state: Delivery,
    },
    /// A transfer began.
    TransferAdded {
        /// Its id.
        id: String,
    },
    /// A transfer is no longer listed.
    TransferRemoved {
        /// Its id.
        id: String,
    },
    /// A profile was unlocked, changed or locked.
    Profile {
        /// The unlocked profile.
        me: Option<Me>,
    },
    /// The store is full.
    Quota {
        /// Bytes used.
        used: u64,
        /// Bytes that could not be written.
        needed: u64,
    },
    /// Whether any own relay is connected.
    Network {
        /// True from the first connection on.
        connected: bool,
    },
    /// Events were dropped: list again.
    Resync,
}

/// What became of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is new here.
    Received,
    /// Its header, files or state changed.
    Updated,
    /// It is gone.
    Removed,
}

/// How far a recipient's copy is known to have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// Sealed here, not yet at a relay.
    Queued,
    /// A relay has acknowledged everything that they need.
    Kept,
}

/// A folder outside the engine into which a share is saved.
#[async_trait(?Send)]
pub trait Folder {
    /// Opens a new file for writing, making the folders in between; segments were checked to be safe.
    async fn create(&self, segments: &[&str]) -> Result<Box<dyn FileWriter>, Error>;
}

/// A file that is being saved.
#[async_trait(?Send)]
pub trait FileWriter {
    /// Appends bytes.
    async fn write(&mut self, bytes: Bytes) -> Result<(), Error>;
    /// Makes the file appear under its name; dropped without it, nothing appears.
    async fn close(self: Box<Self>) -> Result<(), Error>;
}

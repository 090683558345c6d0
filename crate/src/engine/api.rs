//! What crosses the engine's edge: the values of `spinney.d.ts` in Rust.
//!
//! Names become camelCase, times are milliseconds since 1970, pictures are their bytes; the JavaScript
//! module turns these into `Date` and `Blob`.

mod contacts;
mod events;
mod profiles;
mod shares;
mod status;
mod transfers;

use serde::Deserialize;

use crate::net::webrtc;

pub use crate::social::receipt::Stage;
pub use contacts::{Asked, Contact, ContactRequest, ContactState, SpentInvite, Warning, Words};
pub use events::{Change, Event};
pub use profiles::{Me, ProfileSummary, ProfileUpdate, Stay};
pub use shares::{
    Audience, Delivery, Draft, FileEntry, FileWriter, FilesQuery, Folder, Link, NewFile, NewShare, Share,
    ShareQuery,
};
pub use status::{NetworkStatus, NotDirect, PeerStatus, RelayStatus, StorageStatus};
pub use transfers::{Direction, Failure, FileProgress, Transfer, TransferState, WaitingFor};

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

//! What the engine is connected to and what it holds.

use serde::Serialize;

use crate::net::webrtc::Obstacle;

/// What the engine is connected to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
pub struct NetworkStatus {
    /// The relays that this engine keeps connected.
    pub relays: Vec<RelayStatus>,
    /// Every other connected peer.
    pub peers: Vec<PeerStatus>,
    /// Bytes of blocks that others have got from this device since the profile was unlocked.
    pub served: u64,
}

/// One own relay.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct RelayStatus {
    /// Its multiaddr.
    pub address: String,
    /// Whether a connection is open.
    pub connected: bool,
    /// Milliseconds by which the clock of this device is ahead of the relay's, once the relay has told its time; negative
    /// if it is behind. What the relay says is not verified: it is shown, and changes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_ahead: Option<i64>,
}

/// One connected peer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct PeerStatus {
    /// Its PeerId.
    pub peer: String,
    /// Id of the contact whose device it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// How it is reached.
    #[cfg_attr(test, tsify(type = "'relay' | 'direct'"))]
    pub via: &'static str,
    /// Why it goes through the relay, where it does and the peer is a contact's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_direct: Option<NotDirect>,
    /// Round trip, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<f64>,
}

/// Why a contact is reached through the relay: I have it so, this browser makes no direct connections, one is being
/// made, none was offered yet, theirs takes none, both have tried and found no way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum NotDirect {
    /// I have it so.
    Off,
    /// This browser makes no direct connections.
    Unsupported,
    /// One is being made.
    Trying,
    /// None was offered yet.
    Untried,
    /// Theirs takes none.
    Declined,
    /// Both have tried, and no way was found.
    NoWay,
}

impl NotDirect {
    /// As a person sees it; nothing of somebody who is no contact.
    pub(in crate::engine) fn because_of(obstacle: Obstacle, relay_only: bool) -> Option<Self> {
        Some(match obstacle {
            Obstacle::NoHost => Self::Unsupported,
            Obstacle::NotAllowed if relay_only => Self::Off,
            Obstacle::NotAllowed => return None,
            Obstacle::UnderWay => Self::Trying,
            Obstacle::Untried => Self::Untried,
            Obstacle::Declined => Self::Declined,
            Obstacle::NoWay => Self::NoWay,
        })
    }
}

/// What the store holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null, rename = "EngineStorage"))]
#[serde(rename_all = "camelCase")]
pub struct StorageStatus {
    /// Bytes used by the unlocked profile's blocks and rows.
    pub used: u64,
    /// Bytes kept for friends, each block with 512 more than it has.
    pub kept_for_friends: u64,
    /// Bytes of room that friends have.
    pub budget_for_friends: u64,
}

/// What the browser says of the storage of this origin. Only the boundary knows it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
pub struct Origin {
    /// Bytes that the browser gives this origin, at present.
    pub quota: u64,
    /// Whether the browser has promised not to clear this origin by itself.
    pub persisted: bool,
}

//! What the engine is connected to and what it holds.

use serde::Serialize;

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

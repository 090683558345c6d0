//! Direct connections between browsers: libp2p's `/webrtc`, private to private.
//!
//! Two peers that have a circuit exchange session descriptions over it, and from then on every stream is a data
//! channel between their browsers. The circuit is authenticated and the descriptions carry the fingerprints of the
//! certificates, so that there is no second handshake. Nothing in a description is ever rewritten.
//!
//! [`new`] gives a transport for `<relay>/p2p-circuit/webrtc/p2p/<peer>` and a behaviour that has circuits replaced by
//! direct connections where that can be. Peer connections are made by a [`Host`](host::Host): the page's window.
//!
//! Follows <https://github.com/libp2p/specs/blob/master/webrtc/webrtc.md>; js-libp2p speaks it. Works natively too, given
//! a host, which is how it is tested.

mod address;
mod attempts;
mod behaviour;
mod candidate;
mod handler;
pub mod host;
mod message;
mod muxer;
mod role;
#[cfg(test)]
mod script;
mod signal;
mod substream;
mod transport;
#[cfg(target_arch = "wasm32")]
pub mod window;

use futures::channel::mpsc;
use libp2p::{PeerId, StreamProtocol};

pub use attempts::{Obstacle, Refused};
pub use behaviour::Behaviour;
pub use candidate::{Candidate, Reach};
pub use handler::{Handler, KeepAlive};
pub use muxer::{Ended, MAX_CHANNELS, Muxer};
pub use role::{Failure, Violation};
pub use signal::SignalError;
pub use substream::Substream;
pub use transport::{DialError, Transport};

use super::streams::Control;
use attempts::Attempts;
use behaviour::MAX_WANTED;
use host::Host;

/// The protocol by which direct connections are agreed on.
pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/webrtc-signaling/0.0.1");

/// What a device needs to connect directly.
#[derive(Clone, Debug)]
pub struct Direct {
    /// Makes the peer connections.
    pub host: Host,
    /// Which addresses of others are tried.
    pub reach: Reach,
}

/// The transport and the behaviour of a peer, whose streams go through `control`. Without `direct` both are idle.
pub fn new(ourselves: PeerId, control: &Control, direct: Option<Direct>) -> (Transport, Behaviour) {
    let attempts = Attempts::new(ourselves);
    let (circuits, wanted) = mpsc::channel(MAX_WANTED);
    let behaviour = Behaviour::new(direct.is_some(), attempts.clone(), control.clone(), wanted);
    (Transport::new(direct, control.clone(), attempts, circuits), behaviour)
}

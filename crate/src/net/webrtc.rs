//! Direct connections between browsers: libp2p's `/webrtc`, private to private.
//!
//! Two peers with a circuit exchange session descriptions over it. From then on every stream is a data
//! channel between their browsers. There is no second handshake, because the circuit is authenticated and the
//! descriptions carry the fingerprints of the certificates. No description is rewritten.
//!
//! [`new`] returns a transport for `<relay>/p2p-circuit/webrtc/p2p/<peer>`, and a behaviour that replaces
//! circuits by direct connections if possible. A [`Host`] makes the peer connections: the page's
//! window.
//!
//! Follows <https://github.com/libp2p/specs/blob/master/webrtc/webrtc.md>; js-libp2p speaks it. It works
//! natively too, with a host of the test.

mod address;
mod attempts;
mod behaviour;
mod candidate;
#[cfg(feature = "testing")]
pub mod fuzzing;
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

pub use attempts::{AttemptRefusal, Obstacle};
pub use behaviour::Behaviour;
pub use candidate::{Candidate, Reach};
pub use handler::{Handler, KeepAlive};
pub use muxer::{EndReason, MAX_CHANNELS, Muxer};
pub use role::{Failure, Violation};
pub use signal::SignalError;
pub use substream::Substream;
pub use transport::{DialError, Transport};

use super::streams::Control;
use attempts::Attempts;
use behaviour::MAX_WANTED;
use host::Host;

/// The protocol that negotiates direct connections.
pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/webrtc-signaling/0.0.1");

/// What a device needs to connect directly.
#[derive(Clone, Debug)]
pub struct Direct {
    /// Makes the peer connections.
    pub host: Host,
    /// Which candidates of a peer are tried.
    pub reach: Reach,
}

/// Makes the transport and the behaviour of a peer. Its streams go through `control`. Without `direct` both
/// do nothing.
pub fn new(ourselves: PeerId, control: &Control, direct: Option<Direct>) -> (Transport, Behaviour) {
    let attempts = Attempts::new(ourselves);
    let (circuits, wanted) = mpsc::channel(MAX_WANTED);
    let behaviour = Behaviour::new(direct.is_some(), attempts.clone(), control.clone(), wanted);
    (Transport::new(direct, control.clone(), attempts, circuits), behaviour)
}

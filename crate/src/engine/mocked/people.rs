//! People, and what is known of them.

use libp2p::PeerId;

use crate::keys::{Ring, peer_id};
use crate::platform;
use crate::social::contact::{Contact, Head};
use crate::social::fixture;

/// The address of a relay.
pub(in crate::engine) fn relay() -> String {
    let peer = PeerId::from_bytes(&peer_id(&fixture::ring(9).id().verifying_key()));
    format!("/dns4/relay.example/tcp/443/wss/p2p/{}", peer.expect("it is well formed"))
}

/// A contact whose newest root was found at the relay, with their profile.
pub(in crate::engine) fn contact_of(ring: &Ring) -> Contact {
    let mut contact = fixture::contact(ring);
    contact.apply_hints(&[relay()]);
    let now = platform::now_ms();
    contact.apply_head(Head { time: now, ..fixture::head(1, 1) }, &[], now);
    contact
}

//! Whose mailbox is read.

use std::rc::Rc;

use crate::crypto::sign::VerifyingKey;
use crate::engine::network::Certificates;
use crate::keys::{Id, Ring, device};
use crate::platform;

/// Whose mailbox it is: mine, or that of an identity that I had before.
#[derive(Clone)]
pub(super) struct Owner {
    pub(super) ring: Rc<Ring>,
    /// What shows a relay that it is one that I had before.
    pub(super) former: Option<Certificates>,
}

impl Owner {
    /// The identity that I have now.
    pub(super) fn now(ring: Rc<Ring>) -> Self {
        Self { ring, former: None }
    }

    /// An identity that I had before, which certifies the device that I have now.
    pub(super) fn former(ring: Ring, device: VerifyingKey) -> Self {
        let ring = Rc::new(ring);
        let of = ring.clone();
        Self { ring, former: Some(Rc::new(move || device::issue(&of, &device, platform::now_ms()))) }
    }

    /// The identity.
    pub(super) fn id(&self) -> Id {
        self.ring.id()
    }
}

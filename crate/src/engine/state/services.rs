//! Rows of what pinning services hold for me.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use cid::Cid;

use crate::format::share_id::ShareId;
use crate::net::pinning::{Failure, PinRequest, Status, Trouble};

/// What this device knows of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct Held {
    /// When it last answered, in milliseconds since 1970.
    pub(in crate::engine) at: Option<u64>,
    /// What it was asked for; each share, and the root, once.
    pub(in crate::engine) pins: Vec<Pin>,
    /// What was wrong when it was asked last.
    pub(in crate::engine) trouble: Option<Failed>,
}

/// What was wrong with a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct Failed {
    pub(in crate::engine) trouble: Trouble,
    /// What it said of that, in its words.
    pub(in crate::engine) said: Option<String>,
}

impl From<&Failure> for Failed {
    fn from(failure: &Failure) -> Self {
        Self { trouble: failure.trouble, said: failure.said.clone() }
    }
}

/// A request at a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::engine) struct Pin {
    /// The share that it is for; the root where there is none.
    share: Option<ByteArray<20>>,
    /// The block from which everything hangs.
    pub(in crate::engine) cid: Cid,
    /// Its name at the service.
    pub(in crate::engine) request: String,
    /// How far it was when it was looked at last.
    pub(in crate::engine) status: Status,
    /// Why it failed, in the words of the service.
    pub(in crate::engine) said: Option<String>,
    /// When it was asked for, in milliseconds since 1970.
    pub(in crate::engine) asked: u64,
    /// When it was looked at last.
    pub(in crate::engine) looked: u64,
}

impl Pin {
    /// What it is for: a share, or the root.
    pub(in crate::engine) fn of(&self) -> Option<ShareId> {
        self.share.map(|id| ShareId::from(id.into_array()))
    }
}

impl Held {
    /// What the service was asked to hold of a share, or of the root.
    pub(in crate::engine) fn of(&self, of: Option<ShareId>) -> Option<&Pin> {
        self.pins.iter().find(|pin| pin.of() == of)
    }

    /// Forgets a request.
    pub(in crate::engine) fn forget(&mut self, of: Option<ShareId>) {
        self.pins.retain(|pin| pin.of() != of);
    }

    /// Notes what the service says of a request. It was `asked` for just now, or was there before.
    pub(in crate::engine) fn note(&mut self, of: Option<ShareId>, found: PinRequest, now: u64, is_new: bool) {
        let before = self.of(of).filter(|before| !is_new && before.cid == found.cid);
        let asked = before.map_or(now, |before| before.asked);
        self.forget(of);
        let PinRequest { id: request, cid, status, said } = found;
        let share = of.map(|id| ByteArray::new(*id.as_bytes()));
        self.pins.push(Pin { share, cid, request, status, said, asked, looked: now });
    }
}

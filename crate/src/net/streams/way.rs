//! The best connection to a peer, followed as connections come and go.

use futures::FutureExt;
use futures::future::{BoxFuture, Either, select};
use libp2p::PeerId;
use libp2p::swarm::ConnectionId;

use super::Control;

/// What became of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It leads over a better connection now; what is under way over the earlier one still arrives.
    Better,
    /// Its connection was lost, perhaps with what was under way over it. It leads over the best that is left.
    Lost,
    /// Another connection was lost, over which the peer may have answered. It leads where it did.
    Spared,
}

/// The way to a peer; see [`Control::follow`].
pub struct Way {
    control: Control,
    peer: PeerId,
    connection: ConnectionId,
    made: BoxFuture<'static, ()>,
    lost: BoxFuture<'static, ()>,
}

impl Control {
    /// The way to a peer from now on; `None` if there is no connection.
    pub fn follow(&self, peer: PeerId) -> Option<Way> {
        let (made, lost) = (self.next_connection(peer).boxed(), self.next_loss(peer).boxed());
        let connection = self.path(peer)?;
        Some(Way { control: self.clone(), peer, connection, made, lost })
    }
}

impl Way {
    /// Over which connection it leads.
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// What becomes of it next; `None` when no connection is left.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no change.
    pub async fn changed(&mut self) -> Option<Change> {
        loop {
            let lost = match select(&mut self.lost, &mut self.made).await {
                Either::Left(_) => {
                    self.lost = self.control.next_loss(self.peer).boxed();
                    true
                }
                Either::Right(_) => {
                    self.made = self.control.next_connection(self.peer).boxed();
                    false
                }
            };
            let before = std::mem::replace(&mut self.connection, self.control.path(self.peer)?);
            match (lost, before == self.connection) {
                (true, false) => return Some(Change::Lost),
                (true, true) => return Some(Change::Spared),
                (false, false) => return Some(Change::Better),
                (false, true) => {}
            }
        }
    }
}

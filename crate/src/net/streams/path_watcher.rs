//! Follows the best connection to a peer as connections open and close.

use futures::FutureExt;
use futures::future::{BoxFuture, Either, select};
use libp2p::PeerId;
use libp2p::swarm::ConnectionId;

use super::Control;

/// A change of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A better connection is used now. What is in flight over the earlier one still arrives.
    Better,
    /// The connection was lost, perhaps with what was in flight. The best remaining one is used now.
    Lost,
    /// Another connection was lost, over which the peer may have answered. The path is the same.
    Spared,
}

/// Watches the path to a peer; see [`Control::follow`].
pub struct PathWatcher {
    control: Control,
    peer: PeerId,
    connection: ConnectionId,
    made: BoxFuture<'static, ()>,
    lost: BoxFuture<'static, ()>,
}

impl Control {
    /// Follows the path to a peer from now on. Returns `None` if there is no connection.
    pub fn follow(&self, peer: PeerId) -> Option<PathWatcher> {
        let (made, lost) = (self.next_connection(peer).boxed(), self.next_loss(peer).boxed());
        let connection = self.path(peer)?;
        Some(PathWatcher { control: self.clone(), peer, connection, made, lost })
    }
}

impl PathWatcher {
    /// Returns the connection that is used.
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// Returns the next change, or `None` when no connection is left.
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

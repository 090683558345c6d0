//! Sessions with devices of friends who keep what is mine.

use async_trait::async_trait;

use crate::engine::publish::{KeeperSession, Unfinished};
use crate::net::{Net, Provider};

/// Opens sessions with friends who keep something for me.
#[async_trait(?Send)]
pub(in crate::engine) trait FriendSessions {
    /// Opens a session with a device of a friend. Nothing is pushed over it.
    async fn open(&self, device: &Provider) -> Result<Box<dyn KeeperSession>, Unfinished>;
}

#[async_trait(?Send)]
impl FriendSessions for Net {
    async fn open(&self, device: &Provider) -> Result<Box<dyn KeeperSession>, Unfinished> {
        Ok(Box::new(self.keep_of_friend(device).await?))
    }
}

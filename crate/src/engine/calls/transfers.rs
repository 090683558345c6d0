//! `transfers`, `network` and `storage` of the API.

use std::rc::Rc;

use crate::engine::api::{Folder, NetworkStatus, RelayStatus, StorageStatus, Transfer, TransferId};
use crate::engine::{Engine, Error};

impl Engine {
    /// Everything that moves, waits, or ended lately; the newest first.
    pub async fn transfers(&self) -> Result<Vec<Transfer>, Error> {
        Ok(self.reading()?.downloads.transfers())
    }

    /// Fetches and keeps all files of a share, or those named; goes on after a reload.
    pub async fn download(&self, id: &str, paths: Option<Vec<String>>) -> Result<TransferId, Error> {
        self.unlocked()?.downloads.download(id, paths).await
    }

    /// Fetches files and writes them into a folder as they come.
    pub async fn save(
        &self,
        id: &str,
        to: Rc<dyn Folder>,
        paths: Option<Vec<String>>,
    ) -> Result<TransferId, Error> {
        self.while_reading(async |open| open.downloads.save(id, to, paths).await).await
    }

    /// Lets a transfer rest. What is being added cannot rest, only be cancelled: its draft stays.
    pub async fn pause(&self, id: &TransferId) -> Result<(), Error> {
        self.reading()?.downloads.pause(id).await
    }

    /// Lets a transfer go on that rests.
    pub async fn resume(&self, id: &TransferId) -> Result<(), Error> {
        self.reading()?.downloads.resume(id).await
    }

    /// Ends a transfer. Of what was being added a draft stays; what was fetched stays until it is collected.
    pub async fn cancel(&self, id: &TransferId) -> Result<(), Error> {
        self.reading()?.downloads.cancel(id).await
    }

    /// What the engine is connected to; nothing while no profile is unlocked.
    pub async fn network_status(&self) -> Result<NetworkStatus, Error> {
        let Ok(unlocked) = self.unlocked() else {
            let relays = self.0.config.relays.iter().cloned();
            let relays =
                relays.map(|address| RelayStatus { address, connected: false, clock_ahead: None }).collect();
            return Ok(NetworkStatus { relays, peers: Vec::new(), served: 0 });
        };
        Ok(unlocked.presence.status().await)
    }

    /// Checks every connection: after sleep, or when the machine is online again.
    pub async fn probe(&self) {
        if let Ok(unlocked) = self.unlocked() {
            unlocked.presence.probe().await;
        }
    }

    /// What the unlocked profile's store holds; nothing while locked.
    pub async fn storage_status(&self) -> Result<StorageStatus, Error> {
        match self.unlocked() {
            Ok(unlocked) => unlocked.storage.status().await,
            Err(_) => Ok(StorageStatus { used: 0, kept_for_friends: 0, budget_for_friends: 0 }),
        }
    }

    /// Discards every block that no share, draft or root needs; gives the bytes that became free.
    pub async fn collect(&self) -> Result<u64, Error> {
        self.unlocked()?.storage.collect().await
    }
}

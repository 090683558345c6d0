//! What a person can do to transfers: pause, go on, cancel.

use crate::engine::Error;
use crate::engine::api::{Direction, Transfer, TransferId, TransferState};

use super::downloads::Downloads;

impl Downloads {
    /// Everything that moves, waits, or ended lately; the newest first.
    pub(in crate::engine) fn transfers(&self) -> Vec<Transfer> {
        self.0.transfers.list()
    }

    /// Lets a transfer rest. What is being added cannot rest, only be cancelled: its draft stays.
    pub(in crate::engine) async fn pause(&self, id: &TransferId) -> Result<(), Error> {
        let transfer = self.running(id)?;
        match transfer.direction {
            Direction::Add => Err(Error::Unsupported("what is being read can only be cancelled".into())),
            Direction::Down if *id != TransferId::down(&transfer.share) => {
                Err(Error::Unsupported("what is being saved into a folder can only be cancelled".into()))
            }
            Direction::Down => self.pause_wish(&transfer.share, true).await,
            Direction::Up => self.pause_push(&transfer.share, true).await,
        }
    }

    /// Lets a transfer go on that rests.
    pub(in crate::engine) async fn resume(&self, id: &TransferId) -> Result<(), Error> {
        let transfer = self.running(id)?;
        match transfer.direction {
            Direction::Add => Err(Error::Unsupported("choose the files of this draft again".into())),
            Direction::Down if *id != TransferId::down(&transfer.share) => {
                Err(Error::Unsupported("save into a folder again".into()))
            }
            Direction::Down => self.pause_wish(&transfer.share, false).await,
            Direction::Up => self.pause_push(&transfer.share, false).await,
        }
    }

    /// Ends a transfer. Of what was being added a draft stays; what was fetched stays until it is collected.
    pub(in crate::engine) async fn cancel(&self, id: &TransferId) -> Result<(), Error> {
        let transfer = self.running(id)?;
        match transfer.direction {
            // Sealed and listed already: taking it back is removing the share.
            Direction::Up => Err(Error::Unsupported("remove the share to take it back".into())),
            Direction::Down if *id == TransferId::down(&transfer.share) => {
                self.forget_wish(&transfer.share).await?;
                self.0.transfers.fail(id, &Error::Cancelled);
                Ok(())
            }
            Direction::Add | Direction::Down => {
                self.0.transfers.cancel(id);
                Ok(())
            }
        }
    }

    fn running(&self, id: &TransferId) -> Result<Transfer, Error> {
        let transfer = self.0.transfers.get(id).ok_or(Error::NotFound("transfer"))?;
        let ended = matches!(transfer.state, TransferState::Done | TransferState::Cancelled);
        if ended { Err(Error::NotFound("running transfer")) } else { Ok(transfer) }
    }

    /// Lets the pushes of a share to its keepers rest, all of them, or go on.
    async fn pause_push(&self, share: &str, paused: bool) -> Result<(), Error> {
        let (id, name) = (TransferId::up(share), share.to_owned());
        let changed = self.0.state.update(move |tx| {
            let id = tx.share(&name)?.id();
            if let Some(share) = tx.shares.get_mut(&id) {
                share.paused = paused;
            }
            Ok(())
        });
        changed.await?;
        if paused {
            self.0.transfers.cancel(&id);
        }
        // A fast keeper may have begun or ended meanwhile.
        let now = self.0.transfers.get(&id).map(|transfer| transfer.state);
        match (paused, now) {
            (true, Some(TransferState::Done)) => {}
            (true, _) => self.0.transfers.set_state(&id, TransferState::Paused, None),
            (false, Some(TransferState::Paused)) => {
                self.0.transfers.set_state(&id, TransferState::Queued, None);
            }
            (false, _) => {}
        }
        self.0.state.publish_soon();
        Ok(())
    }
}

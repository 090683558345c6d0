//! What a person can do to transfers: pause, go on, cancel.

use std::rc::Rc;

use super::api::{Direction, Transfer, TransferState};
use super::download::down_transfer;
use super::publish::up_transfer;
use super::session::Session;
use super::{Engine, Error};

impl Engine {
    /// Everything that moves, waits, or ended lately; the newest first.
    pub async fn transfers(&self) -> Result<Vec<Transfer>, Error> {
        Ok(self.reading()?.transfers.list())
    }

    /// Lets a transfer rest. What is being added cannot rest, only be cancelled: its draft stays.
    pub async fn pause(&self, id: &str) -> Result<(), Error> {
        let (session, transfer) = self.running(id)?;
        match transfer.direction {
            Direction::Add => Err(Error::Unsupported("what is being read can only be cancelled".into())),
            Direction::Down => session.pause_wish(&transfer.share, true).await,
            Direction::Up => session.pause_push(&transfer.share, true).await,
        }
    }

    /// Lets a transfer go on that rests.
    pub async fn resume(&self, id: &str) -> Result<(), Error> {
        let (session, transfer) = self.running(id)?;
        match transfer.direction {
            Direction::Add => Err(Error::Unsupported("choose the files of this draft again".into())),
            Direction::Down => session.pause_wish(&transfer.share, false).await,
            Direction::Up => session.pause_push(&transfer.share, false).await,
        }
    }

    /// Ends a transfer. Of what was being added a draft stays; what was fetched stays until it is collected.
    pub async fn cancel(&self, id: &str) -> Result<(), Error> {
        let (session, transfer) = self.running(id)?;
        match transfer.direction {
            // Sealed and listed already: taking it back is removing the share.
            Direction::Up => Err(Error::Unsupported("remove the share to take it back".into())),
            Direction::Down if id == down_transfer(&transfer.share) => {
                session.forget_wish(&transfer.share).await?;
                session.transfers.fail(id, &Error::Cancelled);
                Ok(())
            }
            Direction::Add | Direction::Down => {
                session.cancel_task(id);
                Ok(())
            }
        }
    }

    fn running(&self, id: &str) -> Result<(Rc<Session>, Transfer), Error> {
        let session = self.reading()?;
        let transfer = session.transfers.get(id).ok_or(Error::NotFound("transfer"))?;
        let ended = matches!(transfer.state, TransferState::Done | TransferState::Cancelled);
        if ended { Err(Error::NotFound("running transfer")) } else { Ok((session, transfer)) }
    }
}

impl Session {
    async fn pause_push(self: &Rc<Self>, share: &str, paused: bool) -> Result<(), Error> {
        self.update_share(&self.kept(share)?.id(), |kept| kept.paused = paused).await?;
        let transfer = up_transfer(share);
        let state = if paused { TransferState::Paused } else { TransferState::Queued };
        self.cancel_task(&transfer);
        self.transfers.set_state(&transfer, state, None);
        self.publish_soon();
        Ok(())
    }

    /// Ends whatever moves for a share.
    pub(super) async fn stop_transfers_of(&self, share: &str) -> Result<(), Error> {
        self.forget_wish(share).await?;
        for transfer in self.transfers.list().iter().filter(|transfer| transfer.share == share) {
            self.cancel_task(&transfer.id);
            self.transfers.remove(&transfer.id);
        }
        Ok(())
    }
}

//! A friend's side of a session: the devices of somebody for whom something is kept ask whether it can be delivered.

use std::time::Duration;

use async_trait::async_trait;
use futures::{AsyncRead, AsyncWrite, AsyncWriteExt};
use libp2p::PeerId;

use super::{Allowance, Answer, Error, MAX_PROVED, Proved, Question, Refusal, Request};
use crate::net::exchange::Violation;
use crate::net::frame::{self, FrameError};
use crate::net::within;

/// The longest message: the blocks of one question and the words around them.
const MAX_MESSAGE: usize = MAX_PROVED * 64;

/// How long a session may be silent: the asker hashes its own blocks between two questions.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keeps shares for others. [`serve_owner`] speaks the protocol for it.
#[async_trait(?Send)]
pub trait Friend {
    /// What is kept for the person with this device: nothing for everybody else.
    fn allowance(&self, peer: &PeerId) -> Allowance;

    /// Hashes what is kept for the person with this device, or says what of it is not. At most [`MAX_PROVED`] blocks are
    /// asked for.
    async fn prove(&self, peer: &PeerId, question: &Question) -> Result<Proved, Refusal>;
}

/// Serves one session of a device until it closes it.
///
/// A device is known by its connection, so that it shows no certificate: to who is no friend everything is missing.
pub async fn serve_owner<S, F>(mut stream: S, peer: PeerId, friend: &F) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Friend + ?Sized,
{
    let mut is_open = false;
    loop {
        let request = within(PATIENCE, frame::receive(&mut stream, MAX_MESSAGE)).await;
        let Some(request) = request.unwrap_or(Err(FrameError::Late))? else { break };
        let answer = match (request, is_open) {
            (Request::Open { certificate: None, removed: None, token: None }, false) => {
                is_open = true;
                Answer::Opened(friend.allowance(&peer))
            }
            (Request::Open { .. }, true) | (_, false) => return Err(Violation::OutOfTurn.into()),
            (Request::Prove(question), true) if question.cids.len() > MAX_PROVED => {
                Answer::Refused(Refusal::TooLarge)
            }
            (Request::Prove(question), true) => {
                friend.prove(&peer, &question).await.map_or_else(Answer::Refused, Answer::from)
            }
            (_, true) => Answer::Refused(Refusal::NeedsCertificate),
        };
        frame::send(&mut stream, &answer).await?;
    }
    Ok(stream.close().await.map_err(FrameError::from)?)
}

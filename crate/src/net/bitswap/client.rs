//! Our wants: one session for each peer that we ask, with many wants in flight.

#[cfg(feature = "testing")]
pub(super) mod fuzzing;
mod session;

use std::ops::ControlFlow;
use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::channel::{mpsc, oneshot};
use futures::{AsyncWriteExt, FutureExt, StreamExt, select};
use libp2p::PeerId;
use libp2p::swarm::ConnectionId;
use prost::Message as _;

use self::session::Reply;
pub(super) use self::session::Session;
use super::wire::{Message, Presence, PresenceType};
use super::{Exchange, MAX_PEERS, MAX_STRIKES, PROTOCOL, Start, State};
use crate::net::streams::{Change, Stream};
use crate::net::{frame, within};
use crate::platform::{self, Instant};

/// A peer that was asked and is silent for this long is given up. One whose bytes are coming is not silent.
pub(super) const SILENCE: Duration = Duration::from_secs(30);

/// How long a wantlist may take to be written.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long it may take to notice that a connection takes no more data.
pub(super) const NOTICE: Duration = Duration::from_secs(2);

/// How often a peer is asked again that is silent after a lost connection.
const TIMES_AGAIN: u32 = 5;

/// Why a peer did not return a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// The peer says that it does not have the block, or does not give it to us.
    #[error("peer does not have the block")]
    NotThere,
    /// The peer sent a block that does not match, now or too often before.
    #[error("peer sends wrong blocks")]
    Wrong,
    /// It did not answer in time.
    #[error("peer does not answer")]
    Silent,
    /// The connection is lost, or the peer does not speak Bitswap.
    #[error("connection to the peer is lost")]
    Gone,
    /// We want too much already.
    #[error("too many blocks are asked for at once: try again later")]
    Busy,
}

/// A block and the peer that sent it. This may be another peer that was asked for the same block.
pub(in crate::net) type Answer = (Bytes, PeerId);

impl Exchange {
    /// Asks one connected peer for a block. The block is verified.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future withdraws the want.
    pub(in crate::net) async fn ask(&self, peer: PeerId, cid: Cid) -> Result<Answer, AskError> {
        let (reply, answer) = oneshot::channel();
        self.state().want(peer, cid, reply)?;
        let mut asking = Asking { exchange: self, peer, cid, answer };
        (&mut asking.answer).await.unwrap_or(Err(AskError::Gone))
    }
}

/// A want. It is withdrawn when nobody waits any more.
struct Asking<'a> {
    exchange: &'a Exchange,
    peer: PeerId,
    cid: Cid,
    answer: oneshot::Receiver<Result<Answer, AskError>>,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.answer.close();
        self.exchange.state().withdraw(self.peer, self.cid);
    }
}

impl State {
    fn want(&mut self, peer: PeerId, cid: Cid, reply: Reply) -> Result<(), AskError> {
        if self.is_wrong(peer) {
            return Err(AskError::Wrong);
        }
        if !self.sessions.contains_key(&peer) {
            if self.sessions.len() >= MAX_PEERS {
                return Err(AskError::Busy);
            }
            let (bell, rung) = mpsc::channel(0);
            self.starts
                .try_send(Start::Ask { peer, bell: rung })
                .map_err(|refused| if refused.is_full() { AskError::Busy } else { AskError::Gone })?;
            self.sessions.insert(peer, Session::new(bell));
        }
        let session = self.sessions.get_mut(&peer).expect("it was there or was put there");
        session.want(cid, reply)
    }

    fn withdraw(&mut self, peer: PeerId, cid: Cid) {
        let Some(session) = self.sessions.get_mut(&peer) else { return };
        let Some(want) = session.wants.get_mut(&cid) else { return };
        want.waiting.retain(|reply| !reply.is_canceled());
        if want.waiting.is_empty() && session.forget(&cid, true).is_some_and(|want| want.asked) {
            self.late.put((peer, cid), ());
        }
    }

    /// Hands verified blocks to the waiting callers. Counts blocks that the peer was not asked for.
    pub(super) fn take_blocks(&mut self, peer: PeerId, blocks: impl Iterator<Item = (Cid, Bytes)>) {
        for (cid, bytes) in blocks {
            let asked = self.sessions.get(&peer).and_then(|session| session.wants.get(&cid));
            if !asked.is_some_and(|want| want.asked) {
                if self.late.pop(&(peer, cid)).is_none() {
                    self.strike(peer);
                }
                continue;
            }
            for (other, session) in &mut self.sessions {
                let Some(want) = session.forget(&cid, *other != peer) else { continue };
                if *other == peer {
                    session.heard = Instant::now();
                } else if want.asked {
                    self.late.put((*other, cid), ());
                }
                want.answer(&Ok((bytes.clone(), peer)));
            }
        }
    }

    pub(super) fn take_presences(&mut self, peer: PeerId, presences: &[Presence]) {
        let Some(session) = self.sessions.get_mut(&peer) else { return };
        for presence in presences.iter().filter(|p| p.presence() == PresenceType::DontHave) {
            let Ok(cid) = Cid::try_from(&*presence.cid) else { continue };
            if session.wants.get(&cid).is_some_and(|want| want.asked)
                && let Some(want) = session.forget(&cid, false)
            {
                session.heard = Instant::now();
                want.answer(&Err(AskError::NotThere));
            }
        }
    }

    /// Whether any block was asked for, so that one may come.
    pub(super) fn asks(&self) -> bool {
        !self.sessions.is_empty() || !self.late.is_empty()
    }

    /// Whether a peer has sent too many wrong blocks.
    pub(super) fn is_wrong(&self, peer: PeerId) -> bool {
        self.strikes.peek(&peer).is_some_and(|strikes| *strikes >= MAX_STRIKES)
    }

    /// Counts a wrong block. Another peer should be asked for the wants of this one.
    pub(super) fn strike(&mut self, peer: PeerId) {
        // Without the peer: the log of a relay names nobody.
        tracing::debug!("a peer sent a block that was not asked of it");
        *self.strikes.get_or_insert_mut(peer, || 0) += 1;
        self.fail_asked(peer, AskError::Wrong);
    }

    fn fail_asked(&mut self, peer: PeerId, error: AskError) {
        let Some(session) = self.sessions.get_mut(&peer) else { return };
        let asked: Vec<Cid> =
            session.wants.iter().filter(|(_, want)| want.asked).map(|(cid, _)| *cid).collect();
        for cid in asked {
            if let Some(want) = session.forget(&cid, true) {
                want.answer(&Err(error));
            }
            self.late.put((peer, cid), ());
        }
    }
}

/// Tells one peer our wants, until there are none, or the peer is gone.
pub(super) async fn ask(exchange: Exchange, peer: PeerId, mut bell: mpsc::Receiver<()>) {
    let mut stream = None;
    match talk(&exchange, peer, &mut bell, &mut stream).await {
        Ok(()) => end(stream).await,
        Err(error) => {
            let ended = exchange.state().sessions.remove(&peer);
            for want in ended.into_iter().flat_map(|session| session.wants.into_values()) {
                want.answer(&Err(error));
            }
        }
    }
}

/// Returns `Ok` only after the session was removed.
async fn talk(
    exchange: &Exchange,
    peer: PeerId,
    bell: &mut mpsc::Receiver<()>,
    stream: &mut Option<Stream>,
) -> Result<(), AskError> {
    let mut path = exchange.control.follow(peer).ok_or(AskError::Gone)?;
    loop {
        let (message, patience) = {
            let mut state = exchange.state();
            let session = state.sessions.get_mut(&peer).ok_or(AskError::Gone)?;
            (session.next_message(), session.patience())
        };
        let change = if let Some(message) = message {
            match send_wantlist(exchange, path.connection(), stream, &message).await {
                Err(AskError::Gone) => {
                    Some(within(NOTICE, path.changed()).await.flatten().ok_or(AskError::Gone)?)
                }
                sent => {
                    sent?;
                    None
                }
            }
        } else {
            select! {
                _ = bell.next() => None,
                change = path.changed().fuse() => Some(change.ok_or(AskError::Gone)?),
                () = platform::sleep(patience).fuse() => {
                    // Its answer is on its way, over a line that takes long for it.
                    if exchange.control.is_moving(path.connection(), SILENCE)
                        && let Some(session) = exchange.state().sessions.get_mut(&peer)
                        && session.again == 0
                        && session.asked > 0
                    {
                        session.heard = Instant::now();
                        None
                    } else if exchange.state().pause(peer)?.is_break() {
                        return Ok(());
                    } else {
                        None
                    }
                }
            }
        };
        match change {
            None => {}
            // What was sent over the earlier connection still arrives.
            Some(Change::Better) => end(stream.take()).await,
            Some(Change::Spared) => exchange.state().ask_again(peer)?,
            Some(Change::Lost) => {
                *stream = None;
                exchange.state().ask_again(peer)?;
            }
        }
    }
}

/// Writes a wantlist.
async fn send_wantlist(
    exchange: &Exchange,
    connection: ConnectionId,
    stream: &mut Option<Stream>,
    message: &Message,
) -> Result<(), AskError> {
    let written = async {
        let stream = match stream {
            Some(stream) => stream,
            None => {
                stream.insert(exchange.control.open(connection, PROTOCOL).await.map_err(|_| AskError::Gone)?)
            }
        };
        frame::write(stream, &message.encode_to_vec()).await.map_err(|_| AskError::Gone)?;
        stream.flush().await.map_err(|_| AskError::Gone)
    };
    within(PATIENCE, written).await.unwrap_or(Err(AskError::Silent))
}

/// Closes in order, if the peer still reads.
async fn end(stream: Option<Stream>) {
    if let Some(mut stream) = stream {
        let _ = within(PATIENCE, stream.close()).await;
    }
}

impl State {
    /// The peer was silent too long, or has no wants of ours. Ends the session, or goes on.
    fn pause(&mut self, peer: PeerId) -> Result<ControlFlow<()>, AskError> {
        let session = self.sessions.get_mut(&peer).ok_or(AskError::Gone)?;
        if session.asked > 0 && session.patience().is_zero() {
            if session.again == 0 {
                tracing::debug!(%peer, wants = session.asked, "silent: asked no further");
                return Err(AskError::Silent);
            }
            session.again -= 1;
            self.repeat(peer)?;
        } else if session.wants.is_empty() && session.cancels.is_empty() {
            // Under one lock, so that no want is added to a session that ends.
            self.sessions.remove(&peer);
            return Ok(ControlFlow::Break(()));
        }
        Ok(ControlFlow::Continue(()))
    }

    /// A connection was lost. Asks again for all wants, now and a few times more while the peer is silent.
    fn ask_again(&mut self, peer: PeerId) -> Result<(), AskError> {
        self.sessions.get_mut(&peer).ok_or(AskError::Gone)?.again = TIMES_AGAIN;
        self.repeat(peer)
    }

    fn repeat(&mut self, peer: PeerId) -> Result<(), AskError> {
        let session = self.sessions.get_mut(&peer).ok_or(AskError::Gone)?;
        // A block that comes twice is not counted as wrong.
        let asked = session.wants.iter().filter(|(_, want)| want.asked);
        for (cid, _) in asked {
            self.late.put((peer, *cid), ());
        }
        session.ask_again();
        Ok(())
    }
}

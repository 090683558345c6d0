//! The keeper's side of a session.

use std::pin::pin;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, FutureExt, Stream, StreamExt,
    future::{BoxFuture, Fuse, FusedFuture},
    select_biased,
};
use libp2p::PeerId;
use serde_bytes::ByteBuf;

use super::{
    Allowance, Answer, Block, Error, MAX_BLOCK, MAX_CIDS, MAX_MESSAGE, PUSH_WINDOW, Pinned, Refusal, Request,
    pack,
};
use crate::net::{
    exchange::{self, Violation},
    frame::{self, FrameError},
};

/// Bytes of blocks that are committed together; a session holds two such groups at most.
const GROUP: usize = 4 << 20;

/// Blocks that are committed together: enough that one sync for all of them costs little.
const GROUP_BLOCKS: usize = 512;

/// What a drained message counts at least, so that empty ones end the draining too.
const MIN_DRAINED: usize = 1024;

/// What a keeper has to do; [`serve`] speaks the protocol over it.
#[async_trait]
pub trait Backend: Send + Sync {
    /// An identity for which this keeper keeps.
    type Owner: Send + Sync;

    /// Checks a certificate, which has to be of the device that the connection authenticated as `peer`.
    async fn admit(&self, peer: PeerId, certificate: &[u8]) -> Result<(Self::Owner, Allowance), Refusal>;

    /// Which of the blocks are stored; at most [`MAX_CIDS`] are asked for.
    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, Refusal>;

    /// Stores verified blocks, all or none, and returns once they are synced.
    async fn store(&self, owner: &Self::Owner, blocks: Vec<Block>) -> Result<(), Refusal>;

    /// Keeps what hangs from a block, once all of it is stored: for good, or until a time in milliseconds since 1970.
    async fn pin(&self, owner: &Self::Owner, cid: &Cid, until: Option<u64>) -> Result<Pinned, Refusal>;

    /// Gives up a pin; `Ok` too where there is none.
    async fn unpin(&self, owner: &Self::Owner, cid: &Cid) -> Result<(), Refusal>;

    /// The identity's pins after `after`, sorted, at most [`MAX_CIDS`].
    async fn pins(&self, owner: &Self::Owner, after: Option<Cid>) -> Result<Vec<Cid>, Refusal>;
}

/// Serves one session until the peer closes it.
///
/// While one group of blocks is committed the next is received, so that disk and network work at the same
/// time; what finds no room in it waits in the network.
pub async fn serve<S, B>(stream: S, peer: PeerId, backend: &B) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    B: Backend + ?Sized,
{
    let (reader, mut answers) = stream.split();
    let mut requests = pin!(exchange::messages(reader, MAX_MESSAGE).fuse());
    let owner = match requests.next().await.transpose()? {
        None => return Ok(()),
        Some(Request::Open { certificate: None }) => {
            frame::send(&mut answers, &Answer::Opened(Allowance::default())).await?;
            None
        }
        Some(Request::Open { certificate: Some(certificate) }) => {
            match backend.admit(peer, &certificate).await {
                Ok((owner, allowance)) => {
                    frame::send(&mut answers, &Answer::Opened(allowance)).await?;
                    Some(owner)
                }
                Err(refusal) => return hang_up(refusal, answers, requests).await,
            }
        }
        Some(_) => return Err(Violation::OutOfTurn.into()),
    };
    let mut pushes = Pushes::new(backend, owner.as_ref());
    loop {
        let mut next = if pushes.is_full() { Fuse::terminated() } else { requests.next().fuse() };
        let refusal = select_biased! {
            committed = pushes.committed().fuse() => match committed {
                Ok(blocks) => {
                    frame::send(&mut answers, &Answer::Stored { blocks }).await?;
                    continue;
                }
                Err(refusal) => refusal,
            },
            request = next => match request.transpose()? {
                None => return Ok(()),
                Some(Request::Block { cid, bytes }) => match pushes.add(cid, bytes.into_vec().into()) {
                    Ok(()) => continue,
                    Err(refusal) => refusal,
                },
                Some(request) => {
                    // Answers keep the order of the requests, and a pin sees what was pushed before it.
                    let mut failed = None;
                    while !pushes.are_settled() && failed.is_none() {
                        match pushes.committed().await {
                            Ok(blocks) => frame::send(&mut answers, &Answer::Stored { blocks }).await?,
                            Err(refusal) => failed = Some(refusal),
                        }
                    }
                    let Some(refusal) = failed else {
                        let answer = match answer(backend, owner.as_ref(), request).await {
                            Err(Error::Refused(refusal)) => Answer::Refused(refusal),
                            answer => answer?,
                        };
                        frame::send(&mut answers, &answer).await?;
                        continue;
                    };
                    refusal
                }
            },
        };
        return hang_up(refusal, answers, requests).await;
    }
}

/// Answers a request that is neither `open` nor a block.
async fn answer<B>(backend: &B, owner: Option<&B::Owner>, request: Request) -> Result<Answer, Error>
where
    B: Backend + ?Sized,
{
    let owner = || owner.ok_or(Error::Refused(Refusal::NeedsCertificate));
    let answer = match request {
        Request::Have { cids } if cids.len() > MAX_CIDS => Err(Refusal::TooLarge),
        Request::Have { cids } => {
            backend.have(&cids).await.map(|have| Answer::Have { bitmap: ByteBuf::from(pack(&have)) })
        }
        Request::Pin { cid, until } => backend.pin(owner()?, &cid, until).await.map(|pinned| match pinned {
            Pinned::Kept => Answer::Pinned,
            Pinned::Missing(cids) => Answer::Missing { cids },
        }),
        Request::Unpin { cid } => backend.unpin(owner()?, &cid).await.map(|()| Answer::Done),
        Request::Pins { after } => backend.pins(owner()?, after).await.map(|cids| Answer::Pins { cids }),
        Request::Open { .. } | Request::Block { .. } => return Err(Violation::OutOfTurn.into()),
    };
    answer.map_err(Error::Refused)
}

/// Says why, and reads on for as much as may be on its way, so that the word arrives before the end does.
async fn hang_up(
    refusal: Refusal,
    mut answers: impl AsyncWrite + Unpin,
    mut requests: impl Stream<Item = Result<Request, FrameError>> + Unpin,
) -> Result<(), Error> {
    frame::send(&mut answers, &Answer::Refused(refusal)).await?;
    answers.close().await?;
    let mut left = PUSH_WINDOW + MAX_BLOCK;
    while left > 0
        && let Some(Ok(request)) = requests.next().await
    {
        let Request::Block { bytes, .. } = request else { break };
        left = left.saturating_sub(bytes.len().max(MIN_DRAINED));
    }
    Ok(())
}

/// Blocks received and not yet committed, and those being committed.
struct Pushes<'a, B: Backend + ?Sized> {
    backend: &'a B,
    owner: Option<&'a B::Owner>,
    group: Vec<Block>,
    bytes: usize,
    commit: Fuse<BoxFuture<'a, Result<u64, Refusal>>>,
    stored: u64,
}

impl<'a, B: Backend + ?Sized> Pushes<'a, B> {
    fn new(backend: &'a B, owner: Option<&'a B::Owner>) -> Self {
        Self { backend, owner, group: Vec::new(), bytes: 0, commit: Fuse::terminated(), stored: 0 }
    }

    fn is_full(&self) -> bool {
        self.bytes >= GROUP || self.group.len() >= GROUP_BLOCKS
    }

    fn are_settled(&self) -> bool {
        self.group.is_empty() && self.commit.is_terminated()
    }

    fn add(&mut self, cid: Cid, bytes: Bytes) -> Result<(), Refusal> {
        let owner = self.owner.ok_or(Refusal::NeedsCertificate)?;
        self.bytes += bytes.len();
        self.group.push(Block::new(cid, bytes)?);
        self.commit_next(owner);
        Ok(())
    }

    /// Starts to commit what was received, unless a commit is running.
    fn commit_next(&mut self, owner: &'a B::Owner) {
        if self.commit.is_terminated() && !self.group.is_empty() {
            let blocks = std::mem::take(&mut self.group);
            self.bytes = 0;
            let (backend, count) = (self.backend, blocks.len() as u64);
            let commit = async move { backend.store(owner, blocks).await.map(|()| count) };
            self.commit = commit.boxed().fuse();
        }
    }

    /// Waits for the running commit, if there is one, else for ever; says how many blocks are stored.
    ///
    /// Cancel-safe: the commit goes on when this is called again.
    async fn committed(&mut self) -> Result<u64, Refusal> {
        self.stored += (&mut self.commit).await?;
        if let Some(owner) = self.owner {
            self.commit_next(owner);
        }
        Ok(self.stored)
    }
}

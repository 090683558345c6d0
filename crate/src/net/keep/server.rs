//! The keeper's side of a session.

use std::{pin::pin, time::Duration};

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
    Allowance, Answer, Block, Error, Loan, MAX_BLOCK, MAX_CIDS, MAX_ENDPOINT, MAX_MESSAGE, MAX_PROVED,
    PUSH_WINDOW, PinOutcome, Proved, Question, Refusal, Removed, Request, TokenDigest, Weight, pack,
};
use crate::{
    crypto::sha256,
    format::limits::REMOVED_DEVICES,
    net::{
        Part, Permit,
        exchange::{self, Violation},
        frame::{self, FrameError, Intake},
        within,
    },
    platform,
};

/// Bytes of blocks that are committed together. A session holds at most two such groups.
const GROUP: usize = 4 << 20;

/// Blocks that are committed together: enough that one sync for all costs little.
const GROUP_BLOCKS: usize = 512;

/// How long a session without a certificate may be silent: it is cheap to open, and has little to ask.
const ANONYMOUS: Duration = Duration::from_secs(10);

/// The least size that a drained message counts, so that empty messages end the draining too.
const MIN_DRAINED: usize = 1024;

/// The storage of a keeper. [`serve`] speaks the protocol over it.
#[async_trait]
pub trait Backend: Send + Sync {
    /// For whom this keeper keeps: an identity, or who has the token of a loan.
    type Owner: Send + Sync;

    /// Checks a certificate. It must belong to the device that the connection authenticated as `peer`.
    async fn admit(&self, peer: PeerId, certificate: &[u8]) -> Result<(Self::Owner, Allowance), Refusal>;

    /// Takes note of the devices that an identity removed, unless a newer list is known. Returns when that is synced.
    async fn remove(&self, _owner: &Self::Owner, _removed: Removed) -> Result<(), Refusal> {
        Ok(())
    }

    /// Opens the loan of a token, which is known by its SHA-256. Its owner may push and pin, and nothing else.
    async fn borrow(&self, _token: &TokenDigest) -> Result<(Self::Owner, Allowance), Refusal> {
        Err(Refusal::NoLoan)
    }

    /// What a peer may take while it asks.
    fn intake(&self) -> Intake {
        Intake::default()
    }

    /// Waits until there is room for blocks that wait for the disk. Held until all of them are stored.
    async fn pushing(&self, _owner: &Self::Owner) -> Permit {
        Permit::default()
    }

    /// Returns which of the blocks are stored. At most [`MAX_CIDS`] are asked for.
    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, Refusal>;

    /// Checks whether blocks that weigh so much fit, and makes room for them if it can.
    async fn room(&self, _owner: &Self::Owner, _weight: Weight) -> Result<(), Refusal> {
        Ok(())
    }

    /// Stores verified blocks, all or none. Returns when they are synced.
    async fn store(&self, owner: &Self::Owner, blocks: Vec<Block>) -> Result<(), Refusal>;

    /// Keeps what hangs from a block, if all of it is stored: for good, or until a time in milliseconds since
    /// 1970.
    async fn pin(&self, owner: &Self::Owner, cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Refusal>;

    /// Removes a pin. Returns `Ok` also if there is none.
    async fn unpin(&self, owner: &Self::Owner, cid: &Cid) -> Result<(), Refusal>;

    /// Returns the identity's pins after `after`, sorted, at most [`MAX_CIDS`].
    async fn pins(&self, owner: &Self::Owner, after: Option<Cid>) -> Result<Vec<Cid>, Refusal>;

    /// Lends bytes of the owner's quota, or changes what is lent. Returns when that is synced.
    async fn lend(&self, owner: &Self::Owner, loan: &Loan) -> Result<(), Refusal>;

    /// Takes a loan back. Returns `Ok` also if there is none.
    async fn unlend(&self, owner: &Self::Owner, token: &TokenDigest) -> Result<(), Refusal>;

    /// Hashes what is kept for the owner, or says what of it is not. At most [`MAX_PROVED`] blocks are asked for.
    async fn prove(&self, owner: &Self::Owner, question: &Question) -> Result<Proved, Refusal>;

    /// Sends Web Pushes for the owner's device to an endpoint of at most [`MAX_ENDPOINT`] bytes, in place of the one
    /// before. Returns when that is synced.
    async fn subscribe(&self, _owner: &Self::Owner, _endpoint: &str) -> Result<(), Refusal> {
        Err(Refusal::NoPush)
    }

    /// Sends none any more to the owner's device. Returns `Ok` also if there is no endpoint.
    async fn unsubscribe(&self, _owner: &Self::Owner) -> Result<(), Refusal> {
        Ok(())
    }
}

/// What a session shows when it opens.
enum Shown {
    Nothing,
    Certificate(ByteBuf, Option<Removed>),
    Token(TokenDigest),
}

impl Shown {
    fn of(open: Request) -> Result<Self, Violation> {
        match open {
            Request::Open { certificate: Some(certificate), removed, token: None } => {
                Ok(Self::Certificate(certificate, removed))
            }
            Request::Open { certificate: None, removed: None, token: Some(token) } => {
                Ok(Self::Token(sha256(&token)))
            }
            Request::Open { certificate: None, token: None, .. } => Ok(Self::Nothing),
            _ => Err(Violation::OutOfTurn),
        }
    }
}

async fn admit<B: Backend + ?Sized>(
    backend: &B,
    peer: PeerId,
    shown: Shown,
) -> Result<Option<(B::Owner, Allowance)>, Refusal> {
    let (certificate, removed) = match shown {
        Shown::Nothing => return Ok(None),
        Shown::Token(token) => return backend.borrow(&token).await.map(Some),
        Shown::Certificate(certificate, removed) => (certificate, removed),
    };
    let (owner, allowance) = backend.admit(peer, &certificate).await?;
    match removed {
        Some(removed) if removed.devices.len() > REMOVED_DEVICES => return Err(Refusal::TooLarge),
        Some(removed) => backend.remove(&owner, removed).await?,
        None => {}
    }
    Ok(Some((owner, allowance)))
}

/// Serves one session until the peer closes it.
///
/// While one group of blocks is committed, the next is received, so disk and network work at the same time.
/// Blocks without room wait in the network.
pub async fn serve<S, B>(stream: S, peer: PeerId, backend: &B) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    B: Backend + ?Sized,
{
    let (reader, mut answers) = stream.split();
    let mut requests = pin!(exchange::requests(reader, MAX_MESSAGE, backend.intake()).fuse());
    let opened = within(ANONYMOUS, requests.next()).await.ok_or(FrameError::Late)?;
    let Some((opened, _)) = opened.transpose()? else { return Ok(()) };
    let (owner, allowance) = match admit(backend, peer, Shown::of(opened)?).await {
        Ok(admitted) => admitted.unzip(),
        Err(refusal) => return hang_up(refusal, answers, requests).await,
    };
    frame::send(&mut answers, &Answer::Opened(allowance.unwrap_or_default())).await?;
    let mut pushes = Pushes::new(backend, owner.as_ref());
    // Taken when the first block comes, so that a session which only asks keeps nobody from pushing.
    let mut pushing = None;
    loop {
        if pushes.are_settled() {
            pushing = None;
        }
        let mut next = if pushes.is_full() { Fuse::terminated() } else { requests.next().fuse() };
        let mut late =
            if owner.is_some() { Fuse::terminated() } else { platform::sleep(ANONYMOUS).boxed().fuse() };
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
                Some((Request::Block { cid, bytes }, _part)) => {
                    if let (None, Some(owner)) = (&pushing, &owner) {
                        pushing = Some(backend.pushing(owner).await);
                    }
                    match pushes.add(cid, bytes.into_vec().into()) {
                        Ok(()) => continue,
                        Err(refusal) => refusal,
                    }
                }
                Some((request, _)) => {
                    // Answers keep the order of the requests, and a pin sees all blocks that were pushed
                    // before it.
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
            () = late => return Err(FrameError::Late.into()),
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
        Request::Room(weight) => backend.room(owner()?, weight).await.map(|()| Answer::Done),
        Request::Pin { cid, until } => backend.pin(owner()?, &cid, until).await.map(|pinned| match pinned {
            PinOutcome::Kept => Answer::Pinned,
            PinOutcome::Missing(cids) => Answer::Missing { cids },
        }),
        Request::Unpin { cid } => backend.unpin(owner()?, &cid).await.map(|()| Answer::Done),
        Request::Pins { after } => backend.pins(owner()?, after).await.map(|cids| Answer::Pins { cids }),
        Request::Lend(loan) => backend.lend(owner()?, &loan).await.map(|()| Answer::Done),
        Request::Unlend { token } => backend.unlend(owner()?, &token).await.map(|()| Answer::Done),
        Request::Prove(question) if question.cids.len() > MAX_PROVED => Err(Refusal::TooLarge),
        Request::Prove(question) => backend.prove(owner()?, &question).await.map(Answer::from),
        Request::Subscribe { endpoint } if endpoint.len() > MAX_ENDPOINT => Err(Refusal::BadEndpoint),
        Request::Subscribe { endpoint } => {
            backend.subscribe(owner()?, &endpoint).await.map(|()| Answer::Done)
        }
        Request::Unsubscribe => backend.unsubscribe(owner()?).await.map(|()| Answer::Done),
        Request::Open { .. } | Request::Block { .. } => return Err(Violation::OutOfTurn.into()),
    };
    answer.map_err(Error::Refused)
}

/// Sends the refusal, then reads as much as may be in flight, so that the refusal arrives before the end of
/// the stream.
async fn hang_up(
    refusal: Refusal,
    mut answers: impl AsyncWrite + Unpin,
    mut requests: impl Stream<Item = Result<(Request, Part), FrameError>> + Unpin,
) -> Result<(), Error> {
    frame::send(&mut answers, &Answer::Refused(refusal)).await?;
    answers.close().await?;
    let mut left = PUSH_WINDOW + MAX_BLOCK;
    while left > 0
        && let Some(Ok((request, _))) = requests.next().await
    {
        let Request::Block { bytes, .. } = request else { break };
        left = left.saturating_sub(bytes.len().max(MIN_DRAINED));
    }
    Ok(())
}

/// Blocks that were received and not committed, and blocks that are being committed.
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

    /// Waits for the running commit, or for ever if there is none. Returns how many blocks are stored.
    ///
    /// It is cancel-safe: the commit goes on when this is called again.
    async fn committed(&mut self) -> Result<u64, Refusal> {
        self.stored += (&mut self.commit).await?;
        if let Some(owner) = self.owner {
            self.commit_next(owner);
        }
        Ok(self.stored)
    }
}

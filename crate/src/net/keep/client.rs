//! Our side of a session with a keeper.

use std::{collections::VecDeque, pin::pin};

use bytes::Bytes;
use cid::Cid;
use futures::{
    AsyncRead, AsyncReadExt, AsyncWrite, FutureExt, Stream, StreamExt,
    future::Fuse,
    io::{ReadHalf, WriteHalf},
    select_biased,
};
use serde_bytes::ByteBuf;

use super::{
    Allowance, Answer, Error, Loan, MAX_CIDS, MAX_MESSAGE, PUSH_WINDOW, PUSH_WINDOW_BLOCKS, PinOutcome,
    Proved, Question, Refusal, Removed, Request, Token, Weight, unpack,
};
use crate::{
    crypto::sha256,
    net::{
        exchange::{self, Violation},
        frame::{self, FrameError},
    },
};

/// A session with a keeper. After an error that is not a refused pin, drop it and open another.
#[derive(Debug)]
pub struct Session<S> {
    answers: ReadHalf<S>,
    requests: WriteHalf<S>,
    allowance: Allowance,
    progress: Progress,
}

/// How far the pushes of a session are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Blocks that the keeper has synced.
    pub blocks: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Opens a session. Without a certificate only [`have`](Self::have) is answered.
    pub async fn open(stream: S, certificate: Option<&[u8]>) -> Result<Self, Error> {
        Self::open_and_tell(stream, certificate, None).await
    }

    /// The same, and tells which devices of the certificate's identity were removed.
    pub async fn open_and_tell(
        stream: S,
        certificate: Option<&[u8]>,
        removed: Option<Removed>,
    ) -> Result<Self, Error> {
        let certificate = certificate.map(|bytes| ByteBuf::from(bytes.to_vec()));
        Self::begin(stream, &Request::Open { certificate, removed, token: None }).await
    }

    /// Opens a session with a token, to push and pin what somebody else lends room for. No certificate is shown.
    ///
    /// [`have`](Self::have), [`room`](Self::room), [`push`](Self::push) and [`pin`](Self::pin) work as for
    /// oneself; the keeper says itself when pins end. Everything else is refused with
    /// [`NeedsCertificate`](Refusal::NeedsCertificate). [`allowance`](Self::allowance) is that of the loan.
    pub async fn open_with_token(stream: S, token: &Token) -> Result<Self, Error> {
        let open = Request::Open { certificate: None, removed: None, token: Some(*token) };
        let session = Self::begin(stream, &open).await?;
        // A keeper that knows no loans passes over the token, and opens a session that may only ask.
        if session.allowance.quota == 0 {
            return Err(Error::Refused(Refusal::NoLoan));
        }
        Ok(session)
    }

    async fn begin(stream: S, open: &Request) -> Result<Self, Error> {
        let (answers, requests) = stream.split();
        let mut session =
            Self { answers, requests, allowance: Allowance::default(), progress: Progress::default() };
        match session.ask(open).await? {
            Answer::Opened(allowance) => session.allowance = allowance,
            _ => return Err(Violation::OutOfTurn.into()),
        }
        Ok(session)
    }

    /// Returns what was kept for us when the session opened, and the quota.
    pub fn allowance(&self) -> Allowance {
        self.allowance
    }

    /// Returns how far the pushes of this session are.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Asks which of the blocks the keeper has. Any number is allowed; each [`MAX_CIDS`] cost a round trip.
    pub async fn have(&mut self, cids: &[Cid]) -> Result<Vec<bool>, Error> {
        let mut have = Vec::with_capacity(cids.len());
        for cids in cids.chunks(MAX_CIDS) {
            let Answer::Have { bitmap } = self.ask(&Request::Have { cids: cids.to_vec() }).await? else {
                return Err(Violation::OutOfTurn.into());
            };
            have.extend(unpack(&bitmap, cids.len()).ok_or(Violation::Unasked)?);
        }
        Ok(have)
    }

    /// Asks whether a push of so much fits, so that nothing is pushed in vain. A refusal does not end the session.
    pub async fn room(&mut self, weight: Weight) -> Result<(), Error> {
        self.done(&Request::Room(weight)).await
    }

    /// Pushes blocks. Returns when all of them are synced at the keeper.
    ///
    /// At most [`PUSH_WINDOW`] bytes are in flight. `progress` gets every acknowledgement, counted from the
    /// start of the session, and blocks are acknowledged in order. A block that the keeper has already may be
    /// pushed again.
    pub async fn push(
        &mut self,
        blocks: impl Stream<Item = (Cid, Bytes)>,
        mut progress: impl FnMut(Progress),
    ) -> Result<Progress, Error> {
        let mut blocks = pin!(blocks.fuse());
        let mut answers = pin!(exchange::messages(&mut self.answers, MAX_MESSAGE).fuse());
        let mut way = OnTheWay::default();
        while !(blocks.is_done() && way.sizes.is_empty()) {
            let mut next =
                if way.is_full() || blocks.is_done() { Fuse::terminated() } else { blocks.next().fuse() };
            let answer = select_biased! {
                answer = answers.next() => answer,
                block = next => {
                    if let Some((cid, bytes)) = block {
                        way.add(bytes.len());
                        let block = Request::Block { cid, bytes: ByteBuf::from(bytes) };
                        if let Err(error) = frame::send(&mut self.requests, &block).await {
                            return Err(why(answers).await.unwrap_or(error.into()));
                        }
                    }
                    continue;
                }
            };
            match answer {
                Some(Ok(Answer::Stored { blocks })) => {
                    way.acknowledge(&mut self.progress, blocks)?;
                    progress(self.progress);
                }
                Some(answer) => return Err(refusal(answer?)),
                None => return Err(FrameError::Ended.into()),
            }
        }
        Ok(self.progress)
    }

    /// Pins a root or header, so that all that hangs from it is kept.
    ///
    /// A pin belongs to the identity. It does not matter which device asked for it.
    pub async fn pin(&mut self, cid: &Cid) -> Result<PinOutcome, Error> {
        self.pin_until(cid, None).await
    }

    /// Like [`pin`](Self::pin), until a time in milliseconds since 1970. Then the keeper unpins by itself.
    ///
    /// If a block is pinned twice, the later time counts.
    pub async fn pin_until(&mut self, cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Error> {
        match self.ask(&Request::Pin { cid: *cid, until }).await? {
            Answer::Pinned => Ok(PinOutcome::Kept),
            Answer::Missing { cids } if !cids.is_empty() && cids.len() <= MAX_CIDS => {
                Ok(PinOutcome::Missing(cids))
            }
            _ => Err(Violation::OutOfTurn.into()),
        }
    }

    /// Removes a pin. Blocks that nothing else holds are collected after a while.
    pub async fn unpin(&mut self, cid: &Cid) -> Result<(), Error> {
        self.done(&Request::Unpin { cid: *cid }).await
    }

    /// Lists our identity's pins, sorted, [`MAX_CIDS`] at a time from the first after `after`.
    pub async fn pins(&mut self, after: Option<Cid>) -> Result<Vec<Cid>, Error> {
        match self.ask(&Request::Pins { after }).await? {
            Answer::Pins { cids } if cids.len() <= MAX_CIDS => Ok(cids),
            _ => Err(Violation::OutOfTurn.into()),
        }
    }

    /// Asks the keeper to prove that it can deliver these blocks. A refusal does not end the session.
    pub async fn prove(&mut self, question: &Question) -> Result<Proved, Error> {
        match self.ask(&Request::Prove(question.clone())).await? {
            Answer::Proof { hash } => Ok(Proved::Hash(hash.into_array())),
            Answer::Missing { cids } if are_asked_for(&cids, question) => Ok(Proved::Missing(cids)),
            _ => Err(Violation::Unasked.into()),
        }
    }

    /// Lends bytes of our quota to everybody who has this token, until a time in milliseconds since 1970.
    ///
    /// Lending again with the same token changes bytes and time; the bytes become never less than are used. A
    /// refusal does not end the session. A keeper that knows no loans breaks off.
    pub async fn lend(&mut self, token: &Token, bytes: u64, until: u64) -> Result<(), Error> {
        self.done(&Request::Lend(Loan { token: sha256(token), bytes, until })).await
    }

    /// Takes back what is not used of a loan. Nobody pushes with its token any more; what was pinned stays until
    /// its time. Returns `Ok` also if nothing was lent.
    pub async fn unlend(&mut self, token: &Token) -> Result<(), Error> {
        self.done(&Request::Unlend { token: sha256(token) }).await
    }

    /// Has the keeper send a Web Push without contents to this endpoint when something is left for our identity and no
    /// device of it is there. It replaces what this device has said before. A refusal does not end the session.
    pub async fn subscribe(&mut self, endpoint: &str) -> Result<(), Error> {
        self.done(&Request::Subscribe { endpoint: endpoint.to_owned() }).await
    }

    /// Takes back what this device has subscribed to. Returns `Ok` also if that is nothing.
    pub async fn unsubscribe(&mut self) -> Result<(), Error> {
        self.done(&Request::Unsubscribe).await
    }

    async fn done(&mut self, request: &Request) -> Result<(), Error> {
        match self.ask(request).await? {
            Answer::Done => Ok(()),
            _ => Err(Violation::OutOfTurn.into()),
        }
    }

    async fn ask(&mut self, request: &Request) -> Result<Answer, Error> {
        frame::send(&mut self.requests, request).await?;
        match exchange::expect(&mut self.answers, MAX_MESSAGE).await? {
            Answer::Refused(refusal) => Err(Error::Refused(refusal)),
            answer => Ok(answer),
        }
    }
}

/// Whether what is missing is some of what was asked for.
fn are_asked_for(missing: &[Cid], Question { cids, .. }: &Question) -> bool {
    !missing.is_empty() && missing.len() <= cids.len() && missing.iter().all(|cid| cids.contains(cid))
}

/// Returns the error for an answer that should have been an acknowledgement.
fn refusal(answer: Answer) -> Error {
    match answer {
        Answer::Refused(refusal) => Error::Refused(refusal),
        _ => Violation::OutOfTurn.into(),
    }
}

/// Returns why the keeper closed the session. It says so before it closes, and that tells more than our
/// failed write.
async fn why(mut answers: impl Stream<Item = Result<Answer, FrameError>> + Unpin) -> Option<Error> {
    while let Some(Ok(answer)) = answers.next().await {
        if let Answer::Refused(refusal) = answer {
            return Some(Error::Refused(refusal));
        }
    }
    None
}

/// Sizes of the blocks that were pushed and not acknowledged, oldest first.
#[derive(Default)]
struct OnTheWay {
    sizes: VecDeque<usize>,
    bytes: usize,
}

impl OnTheWay {
    fn is_full(&self) -> bool {
        self.bytes >= PUSH_WINDOW || self.sizes.len() >= PUSH_WINDOW_BLOCKS
    }

    fn add(&mut self, size: usize) {
        self.sizes.push_back(size);
        self.bytes += size;
    }

    fn acknowledge(&mut self, progress: &mut Progress, blocks: u64) -> Result<(), Violation> {
        while progress.blocks < blocks {
            let size = self.sizes.pop_front().ok_or(Violation::Unasked)?;
            self.bytes -= size;
            progress.blocks += 1;
            progress.bytes += size as u64;
        }
        Ok(())
    }
}

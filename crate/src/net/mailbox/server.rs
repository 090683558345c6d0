//! The relay's side.

use std::pin::pin;

use async_trait::async_trait;
use bytes::Bytes;
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, FutureExt, StreamExt, select_biased, stream::BoxStream};
use libp2p::PeerId;
use serde_bytes::{ByteArray, ByteBuf};

use super::{Answer, Digest, Error, MAX_LIST, MAX_MESSAGE, Mail, Pass, Price, Refusal, Request, Token};
use crate::{
    keys::Id,
    net::{
        exchange::{self, Violation},
        frame::{self, Intake},
    },
};

/// The storage of a relay. [`serve`] speaks the protocol over it.
#[async_trait]
pub trait Backend: Send + Sync {
    /// A recipient whose device has shown a certificate.
    type Owner: Send + Sync;

    /// Returns the price of mail without a token, if there is room for it.
    async fn price(&self, to: Id) -> Result<Price, Refusal>;

    /// Accepts a mail. Returns when it is synced. `Ok` also if it is there already.
    async fn deposit(&self, to: Id, mail: Mail, pass: Pass) -> Result<(), Refusal>;

    /// Checks a certificate. It must belong to the device that the connection authenticated as `peer`.
    async fn admit(&self, peer: PeerId, certificate: &[u8]) -> Result<Self::Owner, Refusal>;

    /// Accepts one mail with each of these tokens from now on. At most [`MAX_LIST`].
    async fn expect(&self, owner: &Self::Owner, tokens: &[Token]) -> Result<(), Refusal>;

    /// Refuses mail with these tokens from now on.
    async fn forget(&self, owner: &Self::Owner, tokens: &[Token]) -> Result<(), Refusal>;

    /// Deletes mails. `Ok` also if they are gone.
    async fn discard(&self, owner: &Self::Owner, mails: &[Digest]) -> Result<(), Refusal>;

    /// Returns some of the mails after the one of this number, oldest first, each with its number. Empty at
    /// the end.
    async fn after(&self, owner: &Self::Owner, number: u64) -> Result<Vec<(u64, Bytes)>, Refusal>;

    /// Signals when there may be new mail, from now on.
    fn arrivals(&self, owner: &Self::Owner) -> BoxStream<'static, ()>;
}

/// Serves one stream until the peer closes it.
pub async fn serve<S, B>(mut stream: S, peer: PeerId, backend: &B) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    B: Backend + ?Sized,
{
    let mut owner = None;
    // Messages are short, so they take no room.
    let intake = Intake::default();
    while let Some((request, _part)) = exchange::request(&mut stream, MAX_MESSAGE, &intake).await? {
        let answer = match (request, &owner) {
            (Request::Price { to }, _) => backend.price(to).await.map(Answer::Price),
            (Request::Deposit { to, mail, pass }, _) => deposit(backend, to, mail, pass).await,
            (Request::Open { certificate }, None) => match backend.admit(peer, &certificate).await {
                Ok(admitted) => {
                    owner = Some(admitted);
                    Ok(Answer::Opened)
                }
                Err(refusal) => Err(refusal),
            },
            (Request::Open { .. }, Some(_)) => return Err(Violation::OutOfTurn.into()),
            (_, None) => Err(Refusal::NeedsCertificate),
            (Request::Expect { tokens }, Some(owner)) => match list(&tokens) {
                Ok(tokens) => backend.expect(owner, &tokens).await.map(|()| Answer::Done),
                Err(refusal) => Err(refusal),
            },
            (Request::Forget { tokens }, Some(owner)) => match list(&tokens) {
                Ok(tokens) => backend.forget(owner, &tokens).await.map(|()| Answer::Done),
                Err(refusal) => Err(refusal),
            },
            (Request::Discard { mails }, Some(owner)) => match list(&mails) {
                Ok(mails) => backend.discard(owner, &mails).await.map(|()| Answer::Done),
                Err(refusal) => Err(refusal),
            },
            (Request::Watch, Some(owner)) => return watch(stream, owner, backend).await,
        };
        frame::send(&mut stream, &answer.unwrap_or_else(Answer::Refused)).await?;
    }
    Ok(())
}

async fn deposit<B>(backend: &B, to: Id, mail: ByteBuf, pass: Pass) -> Result<Answer, Refusal>
where
    B: Backend + ?Sized,
{
    let mail = Mail::new(mail.into_vec().into())?;
    backend.deposit(to, mail, pass).await.map(|()| Answer::Done)
}

fn list(all: &[ByteArray<32>]) -> Result<Vec<[u8; 32]>, Refusal> {
    if all.len() > MAX_LIST {
        return Err(Refusal::TooLarge);
    }
    Ok(all.iter().map(|one| **one).collect())
}

async fn watch<S, B>(stream: S, owner: &B::Owner, backend: &B) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    B: Backend + ?Sized,
{
    let (reader, mut answers) = stream.split();
    let mut requests = pin!(exchange::messages::<Request, _>(reader, MAX_MESSAGE).fuse());
    // Subscribe before the first look, so that no mail is missed between the two.
    let mut arrivals = backend.arrivals(owner).fuse();
    let (mut last, mut current) = (0, false);
    loop {
        loop {
            let mails = match backend.after(owner, last).await {
                Ok(mails) if mails.is_empty() => break,
                Ok(mails) => mails,
                Err(refusal) => return Ok(frame::send(&mut answers, &Answer::Refused(refusal)).await?),
            };
            for (number, mail) in mails {
                frame::send(&mut answers, &Answer::Mail { mail: ByteBuf::from(mail) }).await?;
                last = number;
            }
        }
        if !current {
            frame::send(&mut answers, &Answer::Current).await?;
            current = true;
        }
        select_biased! {
            request = requests.next().fuse() => match request.transpose()? {
                Some(_) => return Err(Violation::OutOfTurn.into()),
                None => return Ok(()),
            },
            arrival = arrivals.next() => if arrival.is_none() { return Ok(()) },
        }
    }
}

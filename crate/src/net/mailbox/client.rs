//! Our side: as the sender of a mail, and as its recipient.

use bytes::Bytes;
use futures::{AsyncRead, AsyncWrite, Stream, StreamExt};
use serde_bytes::{ByteArray, ByteBuf};

use super::{Answer, Digest, Error, MAX_MESSAGE, Mail, Pass, Price, Request, Token, work::MAX_BITS};
use crate::{
    keys::Id,
    net::{
        exchange::{self, Violation},
        frame,
    },
};

/// An update of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// A mail, not yet opened.
    Mail(Mail),
    /// Every mail that was there when the watch started was sent.
    Current,
}

/// Asks for the price of mail to somebody without a token.
pub async fn price<S>(stream: &mut S, to: Id) -> Result<Price, Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match ask(stream, &Request::Price { to }).await? {
        Answer::Price(price) if price.bits <= MAX_BITS => Ok(price),
        Answer::Price(_) => Err(Violation::Unasked.into()),
        _ => Err(Violation::OutOfTurn.into()),
    }
}

/// Leaves a mail for somebody. Returns when it is synced. Idempotent.
pub async fn deposit<S>(stream: &mut S, to: Id, mail: &Mail, pass: Pass) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mail = ByteBuf::from(mail.bytes().to_vec());
    done(&ask(stream, &Request::Deposit { to, mail, pass }).await?)
}

/// A session with our own mailbox.
#[derive(Debug)]
pub struct Session<S> {
    stream: S,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Opens a session with the certificate of this device.
    pub async fn open(mut stream: S, certificate: &[u8]) -> Result<Self, Error> {
        let certificate = ByteBuf::from(certificate.to_vec());
        match ask(&mut stream, &Request::Open { certificate }).await? {
            Answer::Opened => Ok(Self { stream }),
            _ => Err(Violation::OutOfTurn.into()),
        }
    }

    /// Makes the relay accept one mail with each of these tokens. At most [`MAX_LIST`](super::MAX_LIST).
    ///
    /// It is idempotent. A token that is sent again lasts longer, unless it was used.
    pub async fn expect(&mut self, tokens: &[Token]) -> Result<(), Error> {
        done(&ask(&mut self.stream, &Request::Expect { tokens: list(tokens) }).await?)
    }

    /// Makes the relay refuse tokens from now on. At most [`MAX_LIST`](super::MAX_LIST).
    pub async fn forget(&mut self, tokens: &[Token]) -> Result<(), Error> {
        done(&ask(&mut self.stream, &Request::Forget { tokens: list(tokens) }).await?)
    }

    /// Deletes mails, named by their [digests](Mail::digest). At most [`MAX_LIST`](super::MAX_LIST).
    pub async fn discard(&mut self, mails: &[Digest]) -> Result<(), Error> {
        done(&ask(&mut self.stream, &Request::Discard { mails: list(mails) }).await?)
    }

    /// Watches the mailbox: the present mail first, then new mail. Ends with an error, or when it is dropped.
    pub async fn watch(mut self) -> Result<impl Stream<Item = Result<Update, Error>>, Error> {
        frame::send(&mut self.stream, &Request::Watch).await?;
        Ok(exchange::messages(self.stream, MAX_MESSAGE).map(|answer| match answer? {
            Answer::Mail { mail } => match Mail::new(Bytes::from(mail.into_vec())) {
                Ok(mail) => Ok(Update::Mail(mail)),
                Err(_) => Err(Violation::Unasked.into()),
            },
            Answer::Current => Ok(Update::Current),
            Answer::Refused(refusal) => Err(Error::Refused(refusal)),
            Answer::Price(_) | Answer::Opened | Answer::Done => Err(Violation::OutOfTurn.into()),
        }))
    }
}

fn list(all: &[[u8; 32]]) -> Vec<ByteArray<32>> {
    all.iter().copied().map(ByteArray::new).collect()
}

fn done(answer: &Answer) -> Result<(), Error> {
    match answer {
        Answer::Done => Ok(()),
        _ => Err(Violation::OutOfTurn.into()),
    }
}

async fn ask<S>(stream: &mut S, request: &Request) -> Result<Answer, Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    frame::send(stream, request).await?;
    match exchange::expect(stream, MAX_MESSAGE).await? {
        Answer::Refused(refusal) => Err(Error::Refused(refusal)),
        answer => Ok(answer),
    }
}

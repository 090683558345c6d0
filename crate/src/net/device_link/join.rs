//! The new device's side.

use futures::{AsyncRead, AsyncWrite};
use serde_bytes::ByteArray;

use super::{Error, FromNew, FromOld, PATIENCE, TYPING, expect};
use crate::keys::Id;
use crate::keys::device_link::{Inherited, Joiner, Welcomed, Words};
use crate::net::device_link::DeviceName;
use crate::net::exchange::Violation;
use crate::net::frame;

/// A conversation in which both sides have shown that they know the code. The person types the words now.
#[derive(Debug)]
pub struct Session<S> {
    stream: S,
    welcomed: Welcomed,
}

/// Shows that this device has read a code, and has the other show that it made it.
pub async fn join<S>(mut stream: S, joiner: Joiner) -> Result<Session<S>, Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    frame::send(&mut stream, &FromNew::Hello { commit: ByteArray::new(joiner.commit()) }).await?;
    let nonce = match expect(&mut stream, PATIENCE).await? {
        FromOld::Nonce { nonce } => nonce,
        other => return Err(unexpected(&other)),
    };
    let joined = joiner.answer(&nonce);
    let message = FromNew::Join {
        nonce: ByteArray::new(*joined.nonce()),
        name: DeviceName(joined.name().to_owned()),
        mac: ByteArray::new(joined.mac()),
    };
    frame::send(&mut stream, &message).await?;
    match expect(&mut stream, PATIENCE).await? {
        FromOld::Welcome { id, mac } => {
            let welcomed = joined.welcome(id, &mac).map_err(|_| Violation::Unasked)?;
            Ok(Session { stream, welcomed })
        }
        other => Err(unexpected(&other)),
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// The words to show, which the person types on the other device.
    pub fn words(&self) -> &Words {
        self.welcomed.words()
    }

    /// Whose device this is to become.
    pub fn id(&self) -> &Id {
        self.welcomed.id()
    }

    /// Waits until the words were typed, and takes what the other device hands over.
    pub async fn inherit(mut self) -> Result<Inherited, Error> {
        let inherited = match expect(&mut self.stream, TYPING).await? {
            FromOld::Seed { sealed } => self.welcomed.open(&sealed).map_err(|why| {
                tracing::debug!(%why, "what the other device handed over is not taken");
                Violation::Unasked
            })?,
            other => return Err(unexpected(&other)),
        };
        frame::send(&mut self.stream, &FromNew::Done).await?;
        // The message was handed over to the network; what closing does does not change that.
        let _ = futures::AsyncWriteExt::close(&mut self.stream).await;
        Ok(inherited)
    }
}

fn unexpected(message: &FromOld) -> Error {
    match message {
        FromOld::Refused(refusal) => Error::Refused(*refusal),
        _ => Violation::OutOfTurn.into(),
    }
}

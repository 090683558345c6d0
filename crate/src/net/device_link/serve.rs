//! The side of the device that shows the code.

use async_trait::async_trait;
use futures::future::{Either, select};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, pin_mut};
use serde_bytes::{ByteArray, ByteBuf};

use super::{DeviceName, Error, FromNew, FromOld, MAX_MESSAGE, PATIENCE, Refusal, expect};
use crate::crypto::sign::VerifyingKey;
use crate::keys::Id;
use crate::keys::device_link::{Attempt, Nonce};
use crate::net::exchange::{self, Violation};
use crate::net::frame::{self, FrameError};

/// What a new device shows, to be told from everybody else.
#[derive(Clone, Debug)]
pub struct Request {
    /// The nonce to which it committed.
    pub nonce: Nonce,
    /// What the person calls it.
    pub name: String,
    /// The code of authentication that shows that it has read the code.
    pub mac: [u8; 32],
}

/// What the device that made the code says of itself.
#[derive(Clone, Debug)]
pub struct Welcome {
    /// Whose device the new one becomes.
    pub id: Id,
    /// The code of authentication that shows that it made the code.
    pub mac: [u8; 32],
}

/// Shows codes. [`serve`] speaks the protocol for it.
#[async_trait(?Send)]
pub trait Host {
    /// A device says that it has read the code.
    fn begin(&self, new: VerifyingKey, commit: [u8; 32]) -> Result<Attempt, Refusal>;

    /// It shows that it has. At most one such device is welcome for each code.
    fn join(&self, attempt: &Attempt, request: &Request) -> Result<Welcome, Refusal>;

    /// Waits until the person has typed the words of the welcome device, and seals what it is given.
    async fn handover(&self) -> Result<Vec<u8>, Refusal>;

    /// The conversation with the welcome device is over. It has what was handed over, or failed.
    fn ended(&self, outcome: Result<(), Error>);
}

/// Serves one conversation with a device of this key. `welcome` is called when it has shown that it has read the code.
pub async fn serve<S, H>(
    mut stream: S,
    new: VerifyingKey,
    host: &H,
    welcome: impl FnOnce(),
) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Host + ?Sized,
{
    let FromNew::Hello { commit } = expect(&mut stream, PATIENCE).await? else {
        return Err(Violation::OutOfTurn.into());
    };
    let attempt = match host.begin(new, commit.into_array()) {
        Ok(attempt) => attempt,
        Err(refusal) => return refuse(&mut stream, refusal).await,
    };
    frame::send(&mut stream, &FromOld::Nonce { nonce: ByteArray::new(*attempt.nonce()) }).await?;
    let FromNew::Join { nonce, name: DeviceName(name), mac } = expect(&mut stream, PATIENCE).await? else {
        return Err(Violation::OutOfTurn.into());
    };
    let request = Request { nonce: nonce.into_array(), name, mac: mac.into_array() };
    match host.join(&attempt, &request) {
        Ok(Welcome { id, mac }) => {
            welcome();
            let done = hand_over(stream, &FromOld::Welcome { id, mac: ByteArray::new(mac) }, host).await;
            host.ended(done);
            Ok(())
        }
        Err(refusal) => refuse(&mut stream, refusal).await,
    }
}

/// Speaks with the device that is welcome.
async fn hand_over<S, H>(mut stream: S, welcome: &FromOld, host: &H) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Host + ?Sized,
{
    frame::send(&mut stream, welcome).await?;
    let (mut reader, mut writer) = stream.split();
    let sealed = {
        let (typed, heard) = (host.handover(), exchange::expect::<FromNew, _>(&mut reader, MAX_MESSAGE));
        pin_mut!(typed, heard);
        match select(typed, heard).await {
            Either::Left((sealed, _)) => sealed,
            // Nothing is due from it now.
            Either::Right((Ok(_), _)) => return Err(Violation::OutOfTurn.into()),
            Either::Right((Err(gone), _)) => return Err(gone.into()),
        }
    };
    match sealed {
        Ok(sealed) => frame::send(&mut writer, &FromOld::Seed { sealed: ByteBuf::from(sealed) }).await?,
        Err(refusal) => {
            refuse(&mut writer, refusal).await?;
            return Err(Error::Refused(refusal));
        }
    }
    match expect(&mut reader, PATIENCE).await? {
        FromNew::Done => Ok(()),
        _ => Err(Violation::OutOfTurn.into()),
    }
}

/// Says why not, and ends the stream.
async fn refuse<W: AsyncWrite + Unpin>(stream: &mut W, refusal: Refusal) -> Result<(), Error> {
    frame::send(stream, &FromOld::Refused(refusal)).await?;
    Ok(stream.close().await.map_err(FrameError::from)?)
}

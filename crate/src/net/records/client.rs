//! Our side: one function for each request.

use std::collections::HashSet;

use bytes::Bytes;
use futures::{AsyncRead, AsyncWrite, Stream, StreamExt};
use serde_bytes::ByteBuf;

use super::{Answer, Error, MAX_ANSWER, MAX_WATCHED, Refusal, Request};
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
    /// A newer record of a watched name. It is not verified.
    Record {
        /// The id that the relay says the record belongs to.
        id: Id,
        /// The signed record.
        record: Bytes,
    },
    /// All that the relay had when the watch started was sent.
    Current,
}

/// Puts a record to the relay. `replaces` is the sequence that we read before, if there was one.
///
/// It is idempotent: a retry of what was stored gets the same answer as the first time.
pub async fn put<S>(stream: &mut S, id: Id, record: &[u8], replaces: Option<u64>) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let record = ByteBuf::from(record.to_vec());
    match ask(stream, &Request::Put { id, record, replaces }).await? {
        Answer::Done => Ok(()),
        _ => Err(Violation::OutOfTurn.into()),
    }
}

/// Returns the newest record that the relay holds of a name. It is not verified.
pub async fn get<S>(stream: &mut S, id: Id) -> Result<Option<Bytes>, Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match ask(stream, &Request::Get { id }).await? {
        Answer::Record { id: of, record } if of == id => Ok(Some(record.into_vec().into())),
        Answer::Record { .. } => Err(Violation::Unasked.into()),
        Answer::None => Ok(None),
        _ => Err(Violation::OutOfTurn.into()),
    }
}

/// Watches names. Records that are newer than the known sequences come first, then every new one at once.
///
/// Runs until the stream breaks or is dropped, and ends with the error. At most [`MAX_WATCHED`] names.
pub async fn watch<S>(
    mut stream: S,
    known: Vec<(Id, u64)>,
) -> Result<impl Stream<Item = Result<Update, Error>>, Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if known.len() > MAX_WATCHED {
        return Err(Error::Refused(Refusal::TooLarge));
    }
    let watched: HashSet<Id> = known.iter().map(|(id, _)| *id).collect();
    frame::send(&mut stream, &Request::Watch { known }).await?;
    Ok(exchange::messages(stream, MAX_ANSWER).map(move |answer| match answer? {
        Answer::Record { id, record } if watched.contains(&id) => {
            Ok(Update::Record { id, record: record.into_vec().into() })
        }
        Answer::Record { .. } => Err(Violation::Unasked.into()),
        Answer::Current => Ok(Update::Current),
        Answer::Refused(refusal) => Err(Error::Refused(refusal)),
        Answer::Done | Answer::None => Err(Violation::OutOfTurn.into()),
    }))
}

async fn ask<S>(stream: &mut S, request: &Request) -> Result<Answer, Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    frame::send(stream, request).await?;
    match exchange::expect(stream, MAX_ANSWER).await? {
        Answer::Refused(refusal) => Err(Error::Refused(refusal)),
        answer => Ok(answer),
    }
}

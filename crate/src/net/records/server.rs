//! The relay's side.

use std::{collections::HashMap, pin::pin};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, FutureExt, StreamExt, select_biased, stream::BoxStream};
use libp2p::PeerId;

use super::{Answer, Error, MAX_RECORD, MAX_REQUEST, MAX_WATCHED, Refusal, Request};
use crate::{
    keys::Id,
    net::{
        Permit,
        exchange::{self, Violation},
        frame::{self, Intake},
    },
};

/// The storage of a relay. [`serve`] speaks the protocol over it.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Verifies a record under its name, and stores it if it comes after the one that is held.
    ///
    /// Returns when it is synced. `Ok` also if exactly this record is held already.
    async fn put(&self, peer: PeerId, id: Id, record: Bytes, replaces: Option<u64>) -> Result<(), Refusal>;

    /// Returns the newest record of a name.
    async fn get(&self, id: Id) -> Result<Option<Bytes>, Refusal>;

    /// Returns the names in `known` that have a higher sequence than given, each with its sequence and
    /// record.
    async fn newer(&self, known: &HashMap<Id, u64>) -> Result<Vec<(Id, u64, Bytes)>, Refusal>;

    /// What a peer may take while it asks.
    fn intake(&self) -> Intake {
        Intake::default()
    }

    /// Permits a watch, or refuses it because there are too many.
    fn watching(&self) -> Result<Permit, Refusal> {
        Ok(Permit::default())
    }

    /// Streams every record that is stored from now on. It is bounded: a slow reader gets [`Change::Missed`].
    fn changes(&self) -> BoxStream<'static, Change>;
}

/// A change for watchers.
#[derive(Clone, Debug)]
pub enum Change {
    /// A record was stored.
    Stored {
        /// The id of the record.
        id: Id,
        /// Its sequence.
        sequence: u64,
        /// The signed record.
        record: Bytes,
    },
    /// Some stored records were not reported. Ask again for what is newer.
    Missed,
}

/// Serves one stream until the peer closes it.
pub async fn serve<S, B>(mut stream: S, peer: PeerId, backend: &B) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    B: Backend + ?Sized,
{
    let intake = backend.intake();
    while let Some((request, _part)) = exchange::request(&mut stream, MAX_REQUEST, &intake).await? {
        let answer = match request {
            Request::Put { record, .. } if record.len() > MAX_RECORD => Err(Refusal::TooLarge),
            Request::Put { id, record, replaces } => {
                let put = backend.put(peer, id, record.into_vec().into(), replaces);
                put.await.map(|()| Answer::Done)
            }
            Request::Get { id } => {
                let got = backend.get(id).await;
                got.map(|got| got.map_or(Answer::None, |record| Answer::record(id, &record)))
            }
            Request::Watch { known } if known.len() > MAX_WATCHED => Err(Refusal::TooLarge),
            Request::Watch { known } => match backend.watching() {
                Ok(_permit) => return watch(stream, known.into_iter().collect(), backend).await,
                Err(refusal) => Err(refusal),
            },
        };
        frame::send(&mut stream, &answer.unwrap_or_else(Answer::Refused)).await?;
    }
    Ok(())
}

async fn watch<S, B>(stream: S, mut known: HashMap<Id, u64>, backend: &B) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    B: Backend + ?Sized,
{
    let (reader, mut answers) = stream.split();
    let mut requests = pin!(exchange::messages::<Request, _>(reader, MAX_REQUEST).fuse());
    // Subscribe before the first look, so that no record is missed between the two.
    let mut changes = backend.changes().fuse();
    let mut change = Some(Change::Missed);
    let mut current = false;
    while let Some(next) = change {
        let newer = match next {
            Change::Stored { id, sequence, record } => vec![(id, sequence, record)],
            Change::Missed => match backend.newer(&known).await {
                Ok(newer) => newer,
                Err(refusal) => return Ok(frame::send(&mut answers, &Answer::Refused(refusal)).await?),
            },
        };
        for (id, sequence, record) in newer {
            // The same sequence again is a renewal. Only watches that see it arrive report it.
            if known.get(&id).is_some_and(|known| *known <= sequence) {
                known.insert(id, sequence);
                frame::send(&mut answers, &Answer::record(id, &record)).await?;
            }
        }
        if !current {
            frame::send(&mut answers, &Answer::Current).await?;
            current = true;
        }
        change = select_biased! {
            request = requests.next().fuse() => match request.transpose()? {
                Some(_) => return Err(Violation::OutOfTurn.into()),
                None => return Ok(()),
            },
            change = changes.next() => change,
        };
    }
    Ok(())
}

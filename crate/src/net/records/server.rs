//! The relay's side.

use std::{
    collections::BTreeMap,
    ops::Bound::{Excluded, Unbounded},
    pin::pin,
};

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

/// Names in one look for newer records: a watch of [`MAX_WATCHED`] names looks eight times.
pub const NAMES_AT_ONCE: usize = 512;

/// The storage of a relay. [`serve`] speaks the protocol over it.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Verifies a record under its name, and stores it if it comes after the one that is held.
    ///
    /// Returns when it is synced. `Ok` also if exactly this record is held already.
    async fn put(&self, peer: PeerId, id: Id, record: Bytes, replaces: Option<u64>) -> Result<(), Refusal>;

    /// Returns the newest record of a name, and its sequence.
    async fn get(&self, id: Id) -> Result<Option<(u64, Bytes)>, Refusal>;

    /// Returns the names in `known` that have a higher sequence than given, in any order.
    ///
    /// It does not return their records: a peer that does not read would have us hold all of them. At most
    /// [`NAMES_AT_ONCE`] names are asked about.
    async fn newer(&self, known: &[(Id, u64)]) -> Result<Vec<Id>, Refusal>;

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
                got.map(|got| got.map_or(Answer::None, |(_, record)| Answer::record(id, &record)))
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

async fn watch<S, B>(stream: S, mut known: BTreeMap<Id, u64>, backend: &B) -> Result<(), Error>
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
        match next {
            Change::Stored { id, sequence, record } => {
                send(&mut answers, &mut known, id, sequence, &record).await?;
            }
            Change::Missed => {
                if let Err(refusal) = send_newer(&mut answers, &mut known, backend).await? {
                    return Ok(frame::send(&mut answers, &Answer::Refused(refusal)).await?);
                }
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

/// Sends every record that is newer than the known one. It holds one record at a time, however many there are.
async fn send_newer<S, B>(
    answers: &mut S,
    known: &mut BTreeMap<Id, u64>,
    backend: &B,
) -> Result<Result<(), Refusal>, Error>
where
    S: AsyncWrite + Unpin,
    B: Backend + ?Sized,
{
    let mut last = None;
    loop {
        let rest = last.map_or(Unbounded, Excluded);
        let names: Vec<(Id, u64)> =
            known.range((rest, Unbounded)).take(NAMES_AT_ONCE).map(|(id, known)| (*id, *known)).collect();
        let Some((end, _)) = names.last() else { return Ok(Ok(())) };
        last = Some(*end);
        let newer = match backend.newer(&names).await {
            Ok(newer) => newer,
            Err(refusal) => return Ok(Err(refusal)),
        };
        for id in newer {
            match backend.get(id).await {
                Ok(Some((sequence, record))) => send(answers, known, id, sequence, &record).await?,
                // It was collected meanwhile.
                Ok(None) => {}
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
    }
}

/// Sends a record, unless its name is not watched or the peer knows a newer one.
///
/// The same sequence again is a renewal. Only watches that see it arrive report it.
async fn send<S: AsyncWrite + Unpin>(
    answers: &mut S,
    known: &mut BTreeMap<Id, u64>,
    id: Id,
    sequence: u64,
    record: &Bytes,
) -> Result<(), Error> {
    if let Some(known) = known.get_mut(&id).filter(|known| **known <= sequence) {
        *known = sequence;
        frame::send(answers, &Answer::record(id, record)).await?;
    }
    Ok(())
}

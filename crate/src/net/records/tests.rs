use std::{
    collections::HashMap,
    pin::pin,
    sync::{LazyLock, Mutex},
};

use async_trait::async_trait;
use futures::{AsyncReadExt, SinkExt, StreamExt, channel::mpsc, future::join, stream::BoxStream};
use libp2p::PeerId;
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

use super::*;
use crate::{
    crypto::sign::SigningKey,
    net::{block_on, exchange::Violation, frame},
};

static ANN: LazyLock<Id> = LazyLock::new(|| id(1));
static BEN: LazyLock<Id> = LazyLock::new(|| id(2));
static CAT: LazyLock<Id> = LazyLock::new(|| id(3));

fn id(seed: u8) -> Id {
    SigningKey::from_bytes(&[seed; 32]).verifying_key().into()
}

/// Holds records whose first byte is their sequence.
#[derive(Default)]
struct Shelf {
    held: Mutex<HashMap<Id, Bytes>>,
    changes: Mutex<Option<mpsc::Receiver<Change>>>,
}

#[async_trait]
impl Backend for Shelf {
    async fn put(&self, _: PeerId, id: Id, record: Bytes, replaces: Option<u64>) -> Result<(), Refusal> {
        let mut held = self.held.lock().unwrap();
        let current = held.get(&id).map_or(0, |record| u64::from(record[0]));
        if replaces.unwrap_or_default() != current {
            return Err(Refusal::Conflict { current });
        }
        held.insert(id, record);
        Ok(())
    }

    async fn get(&self, id: Id) -> Result<Option<Bytes>, Refusal> {
        Ok(self.held.lock().unwrap().get(&id).cloned())
    }

    async fn newer(&self, known: &HashMap<Id, u64>) -> Result<Vec<(Id, u64, Bytes)>, Refusal> {
        let held = self.held.lock().unwrap();
        let all = held.iter().map(|(id, record)| (*id, u64::from(record[0]), record.clone()));
        Ok(all.filter(|(id, sequence, _)| known.get(id).is_some_and(|known| known < sequence)).collect())
    }

    fn changes(&self) -> BoxStream<'static, Change> {
        self.changes.lock().unwrap().take().expect("one watch in each test").boxed()
    }
}

type Pipe = Compat<tokio::io::DuplexStream>;

fn with<T>(shelf: &Shelf, ours: impl AsyncFnOnce(Pipe) -> T) -> (T, Result<(), Error>) {
    let (near, far) = tokio::io::duplex(1 << 10);
    block_on(join(ours(near.compat()), serve(far.compat(), PeerId::random(), shelf)))
}

fn record(sequence: u8) -> Bytes {
    vec![sequence; 40].into()
}

#[test]
fn a_record_is_put_and_got_and_a_conflict_names_what_stands_there() {
    let ((), served) = with(&Shelf::default(), async |mut pipe| {
        assert_eq!(get(&mut pipe, *ANN).await.unwrap(), None);
        put(&mut pipe, *ANN, &record(5), None).await.unwrap();
        assert_eq!(get(&mut pipe, *ANN).await.unwrap(), Some(record(5)));
        let again = put(&mut pipe, *ANN, &record(6), Some(4)).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::Conflict { current: 5 }))));
        put(&mut pipe, *ANN, &record(6), Some(5)).await.unwrap();
        let long = put(&mut pipe, *BEN, &[0; MAX_RECORD + 1], None).await;
        assert!(matches!(long, Err(Error::Refused(Refusal::TooLarge))));
    });
    served.unwrap();
}

#[test]
fn a_watch_brings_what_is_newer_then_says_so_then_what_comes_of_these_names_alone() {
    let (mut changes, receiver) = mpsc::channel(8);
    let shelf = Shelf { changes: Mutex::new(Some(receiver)), ..Shelf::default() };
    shelf.held.lock().unwrap().extend([(*ANN, record(3)), (*BEN, record(9)), (*CAT, record(1))]);
    let ((), served) = with(&shelf, async |pipe| {
        let mut updates = pin!(watch(pipe, vec![(*ANN, 2), (*BEN, 9)]).await.unwrap());
        let mut next = async || updates.next().await.unwrap().unwrap();
        assert_eq!(next().await, Update::Record { id: *ANN, record: record(3) });
        assert_eq!(next().await, Update::Current);
        for (id, sequence) in [(*CAT, 7), (*BEN, 8), (*BEN, 10)] {
            let record = record(sequence);
            changes.send(Change::Stored { id, sequence: sequence.into(), record }).await.unwrap();
        }
        assert_eq!(next().await, Update::Record { id: *BEN, record: record(10) });
        shelf.held.lock().unwrap().insert(*ANN, record(4));
        changes.send(Change::Missed).await.unwrap();
        assert_eq!(next().await, Update::Record { id: *ANN, record: record(4) });
    });
    served.unwrap();
}

#[test]
fn a_watch_of_too_many_names_is_refused_on_both_sides() {
    let known = vec![(*ANN, 0); MAX_WATCHED + 1];
    let (refused, _) = with(&Shelf::default(), async |pipe| watch(pipe, known.clone()).await.map(drop));
    assert!(matches!(refused, Err(Error::Refused(Refusal::TooLarge))));
    let (answer, _) = with(&Shelf::default(), async |mut pipe| {
        frame::send(&mut pipe, &Request::Watch { known }).await.unwrap();
        exchange::expect::<Answer, _>(&mut pipe, MAX_ANSWER).await.unwrap()
    });
    assert!(matches!(answer, Answer::Refused(Refusal::TooLarge)));
}

#[test]
fn a_relay_that_answers_with_another_name_breaks_the_protocol() {
    let (near, far) = tokio::io::duplex(1 << 10);
    let (mut near, mut far) = (near.compat(), far.compat());
    let relay = async {
        frame::receive::<Request, _>(&mut far, MAX_REQUEST).await.unwrap();
        frame::send(&mut far, &Answer::record(*BEN, &record(1))).await.unwrap();
    };
    let (got, ()) = block_on(join(get(&mut near, *ANN), relay));
    assert!(matches!(got, Err(Error::Violation(Violation::Unasked))));
}

#[test]
fn a_request_over_the_limit_ends_the_stream() {
    let (_, served) = with(&Shelf::default(), async |mut pipe| {
        frame::write(&mut pipe, &vec![0; MAX_REQUEST + 1]).await.ok();
        pipe.read_exact(&mut [0; 1]).await.ok();
    });
    assert!(matches!(served, Err(Error::Violation(Violation::Frame(_)))));
}

use std::{
    collections::HashMap,
    pin::pin,
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use futures::{AsyncReadExt, FutureExt, SinkExt, StreamExt, channel::mpsc, future::join, stream::BoxStream};
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
    /// Records that were read.
    read: AtomicUsize,
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

    async fn get(&self, id: Id) -> Result<Option<(u64, Bytes)>, Refusal> {
        self.read.fetch_add(1, Ordering::Relaxed);
        let record = self.held.lock().unwrap().get(&id).cloned();
        Ok(record.map(|record| (u64::from(record[0]), record)))
    }

    async fn newer(&self, known: &[(Id, u64)]) -> Result<Vec<Id>, Refusal> {
        assert!(known.len() <= NAMES_AT_ONCE);
        let held = self.held.lock().unwrap();
        let newer = known.iter().filter(|(id, known)| held.get(id).is_some_and(|it| *known < it[0].into()));
        Ok(newer.map(|(id, _)| *id).collect())
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
fn a_watch_that_nobody_reads_has_one_record_read_and_brings_all_once_it_is_read() {
    /// More than one look for newer records.
    const WATCHED: usize = NAMES_AT_ONCE + 100;
    let (_changes, receiver) = mpsc::channel(8);
    let shelf = Shelf { changes: Mutex::new(Some(receiver)), ..Shelf::default() };
    let names: Vec<Id> =
        (0..WATCHED).map(|at| SigningKey::from_bytes(&wide(at)).verifying_key().into()).collect();
    let large = Bytes::from(vec![1; MAX_RECORD]);
    shelf.held.lock().unwrap().extend(names.iter().map(|id| (*id, large.clone())));
    let (near, far) = tokio::io::duplex(1 << 10);
    let mut served = Box::pin(serve(far.compat(), PeerId::random(), &shelf));
    let mut near = near.compat();
    let known = names.iter().map(|id| (*id, 0)).collect();
    block_on(async {
        let request = Request::Watch { known };
        let mut asked = Box::pin(frame::send(&mut near, &request));
        while (&mut asked).now_or_never().is_none() {
            assert!((&mut served).now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        drop(asked);
        // It goes on for as long as it can without a reader.
        for _ in 0..100 {
            assert!((&mut served).now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        assert_eq!(shelf.read.load(Ordering::Relaxed), 1);
        let mut answers = pin!(exchange::messages::<Answer, _>(&mut near, MAX_ANSWER));
        let mut came = 0;
        let reading = async {
            while let Answer::Record { .. } = answers.next().await.unwrap().unwrap() {
                came += 1;
            }
        };
        futures::future::select(served, pin!(reading)).await;
        assert_eq!(came, WATCHED);
    });
}

/// One of many seeds.
fn wide(at: usize) -> [u8; 32] {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&at.to_be_bytes());
    seed
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

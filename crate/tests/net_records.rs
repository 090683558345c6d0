//! Records through the handle: put, got, watched, and watched again after the relay was gone.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

mod net_support;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use libp2p::PeerId;
use net_support::{Relay, device, device_at, local};
use spinney::crypto::sign::SigningKey;
use spinney::keys::Id;
use spinney::net::records::{self, Backend, Change, Refusal};
use spinney::net::{CallError, ConnectError, Provider, WatchUpdate};
use tokio::sync::broadcast;

/// Holds records whose first byte is their sequence.
struct Shelf {
    held: Mutex<HashMap<Id, Bytes>>,
    changes: broadcast::Sender<Change>,
}

#[async_trait]
impl Backend for Shelf {
    async fn put(&self, _: PeerId, id: Id, record: Bytes, _: Option<u64>) -> Result<(), Refusal> {
        self.held.lock().unwrap().insert(id, record.clone());
        let _ = self.changes.send(Change::Stored { id, sequence: record[0].into(), record });
        Ok(())
    }

    async fn get(&self, id: Id) -> Result<Option<(u64, Bytes)>, Refusal> {
        let record = self.held.lock().unwrap().get(&id).cloned();
        Ok(record.map(|record| (u64::from(record[0]), record)))
    }

    async fn newer(&self, known: &[(Id, u64)]) -> Result<Vec<Id>, Refusal> {
        let held = self.held.lock().unwrap();
        let newer = known.iter().filter(|(id, known)| held.get(id).is_some_and(|it| *known < it[0].into()));
        Ok(newer.map(|(id, _)| *id).collect())
    }

    fn changes(&self) -> BoxStream<'static, Change> {
        let changes = stream::unfold(self.changes.subscribe(), |mut changes| async move {
            changes.recv().await.ok().map(|change| (change, changes))
        });
        changes.boxed()
    }
}

fn shelve(relay: &Relay) -> Arc<Shelf> {
    let shelf = Arc::new(Shelf { held: Mutex::default(), changes: broadcast::channel(16).0 });
    let mut accepted = relay.control.accept(records::PROTOCOL).unwrap();
    let served = shelf.clone();
    tokio::spawn(async move {
        while let Some(one) = accepted.next().await {
            let shelf = served.clone();
            tokio::spawn(async move { records::serve(one.stream, one.peer, &*shelf).await });
        }
    });
    shelf
}

fn id(seed: u8) -> Id {
    SigningKey::from_bytes(&[seed; 32]).verifying_key().into()
}

async fn record(watch: &mut (impl Stream<Item = WatchUpdate> + Unpin)) -> Bytes {
    loop {
        if let WatchUpdate::Record { record, .. } = watch.next().await.unwrap() {
            return record;
        }
    }
}

#[tokio::test]
async fn a_record_is_put_got_and_told_to_watchers_at_once() {
    local(async {
        let relay = Relay::start().await;
        shelve(&relay);
        let ((anna, _a), (ben, _b)) = (device_at(&relay).await, device_at(&relay).await);
        let address = relay.address();
        assert_eq!(ben.get_record(&address, id(1)).await.unwrap(), None);
        let mut watch = pin!(ben.watch(Provider::Relay(address.clone()), || vec![(id(1), 0)]));
        assert!(matches!(watch.next().await, Some(WatchUpdate::Current)));
        for sequence in 1..20 {
            anna.put_record(&address, id(1), &[sequence], None).await.unwrap();
            assert_eq!(record(&mut watch).await[0], sequence);
        }
        assert_eq!(ben.get_record(&address, id(1)).await.unwrap().unwrap()[0], 19);
    })
    .await;
}

#[tokio::test]
async fn a_watch_goes_on_after_the_relay_was_gone_and_misses_nothing() {
    local(async {
        let relay = Relay::start().await;
        let shelf = shelve(&relay);
        let (ben, _events) = device_at(&relay).await;
        let mut watch = pin!(ben.watch(Provider::Relay(relay.address()), || vec![(id(1), 0), (id(2), 5)]));
        assert!(matches!(watch.next().await, Some(WatchUpdate::Current)));
        let held = shelf.held.lock().unwrap().clone();
        let (key, port) = relay.stop().await;
        assert!(matches!(watch.next().await, Some(WatchUpdate::Lost(_))));

        let relay = Relay::start_at(key, port).await;
        let shelf = shelve(&relay);
        *shelf.held.lock().unwrap() = held;
        shelf.put(PeerId::random(), id(2), vec![7].into(), None).await.unwrap();
        assert_eq!(record(&mut watch).await[0], 7);
        assert!(matches!(watch.next().await, Some(WatchUpdate::Current)));
    })
    .await;
}

#[tokio::test]
async fn a_relay_that_does_not_speak_a_protocol_or_is_gone_is_told_from_one_that_refuses() {
    local(async {
        let relay = Relay::start().await;
        let (net, _events) = device();
        let error = net.get_record(&relay.address(), id(1)).await.unwrap_err();
        assert!(matches!(error, CallError::Connect(ConnectError::Stream(_))), "{error}");
        let address = relay.address();
        relay.stop().await;
        let error = net.keep(&address).await.unwrap_err();
        assert!(matches!(error, CallError::Connect(_)), "{error}");
    })
    .await;
}

//! The relays as a reader sees them: what profiles and links name, and where blocks come from.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use cid::Cid;
use futures::TryStreamExt;
use spinney::dag::{self, Fetch, FetchError};
use spinney_relay::store::{Blobs, Store};

use crate::line::Line;

/// Relays that there are.
pub(crate) const RELAYS: usize = 3;

/// The address of a relay, as profiles and links name it.
pub(crate) fn address(relay: usize) -> String {
    format!("/dns4/relay-{relay}.example/tcp/443/wss")
}

/// Which relay has this address.
pub(crate) fn relay_of(text: &str) -> usize {
    (0..RELAYS).find(|relay| address(*relay) == text).expect("profiles name relays that there are")
}

/// The relays that somebody names, as where blocks come from.
pub(crate) struct Relays {
    pub(crate) stores: Vec<Store>,
    /// What they gave.
    pub(crate) had: RefCell<BTreeSet<Cid>>,
}

impl Relays {
    pub(crate) fn of(addresses: &[String], line: &Line) -> Rc<Self> {
        let stores = addresses.iter().map(|address| line.relays[relay_of(address)].clone()).collect();
        Rc::new(Self { stores, had: RefCell::default() })
    }

    pub(crate) async fn get(&self, cid: &Cid) -> Option<Bytes> {
        for store in &self.stores {
            if let Some(block) = store.block(cid).await.unwrap() {
                self.had.borrow_mut().insert(*cid);
                return Some(block);
            }
        }
        None
    }
}

#[async_trait(?Send)]
impl Fetch for Relays {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        self.get(cid).await.ok_or_else(|| FetchError::Unreachable("no relay has it".into()))
    }
}

/// Every file of a share; `None` if a block of it cannot be had.
pub(crate) async fn files(reader: dag::Reader) -> Option<Vec<Vec<u8>>> {
    let reader = Rc::new(reader);
    let mut files = Vec::new();
    for entry in reader.list(None, usize::MAX).await.ok()? {
        let bytes: BytesMut = reader.read(&entry, 0, entry.size).try_collect().await.ok()?;
        files.push(bytes.to_vec());
    }
    Some(files)
}

//! Temporary pins: protect blocks that no row names yet from collection.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use cid::Cid;
use tokio::sync::Notify;

/// Which blocks are pinned how often, and which are being discarded.
#[derive(Clone, Default)]
pub(super) struct Pins(Rc<Inner>);

#[derive(Default)]
struct Inner {
    counts: RefCell<BTreeMap<Cid, usize>>,
    /// Blocks that were pinned at some time during the running collection; none while none runs.
    during: RefCell<Option<BTreeSet<Cid>>>,
    /// Blocks that are being discarded now.
    leaving: RefCell<BTreeSet<Cid>>,
    left: Notify,
}

impl Pins {
    /// Pins blocks, each once more.
    pub(super) fn pin(&self, cids: impl IntoIterator<Item = Cid>) -> TempPins {
        let mut pins = TempPins { pins: self.clone(), cids: Vec::new() };
        pins.extend(cids);
        pins
    }

    /// Waits until none of these blocks is being discarded: what is put then stays.
    pub(super) async fn until_settled(&self, cids: &[Cid]) {
        loop {
            let left = self.0.left.notified();
            if !cids.iter().any(|cid| self.0.leaving.borrow().contains(cid)) {
                return;
            }
            left.await;
        }
    }

    /// Begins a collection: what is pinned now or until it ends, stays. One at a time.
    pub(super) fn begin_collection(&self) -> Collection {
        let pinned = self.0.counts.borrow().keys().copied().collect();
        self.0.during.replace(Some(pinned));
        Collection(self.clone())
    }
}

/// A collection that runs.
pub(super) struct Collection(Pins);

impl Collection {
    /// In one step, takes from these blocks those that are pinned, and marks the rest as leaving.
    pub(super) fn leave(&self, cids: Vec<Cid>) -> Leaving {
        let inner = &self.0.0;
        let during = inner.during.borrow();
        let is_pinned = |cid: &Cid| during.as_ref().is_some_and(|pinned| pinned.contains(cid));
        let cids: Vec<_> = cids.into_iter().filter(|cid| !is_pinned(cid)).collect();
        inner.leaving.borrow_mut().extend(&cids);
        Leaving { pins: self.0.clone(), cids }
    }
}

impl Drop for Collection {
    fn drop(&mut self) {
        self.0.0.during.take();
    }
}

/// Blocks that are being discarded; until it is dropped, a put of one of them waits.
pub(super) struct Leaving {
    pins: Pins,
    pub(super) cids: Vec<Cid>,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let mut leaving = self.pins.0.leaving.borrow_mut();
        for cid in &self.cids {
            leaving.remove(cid);
        }
        self.pins.0.left.notify_waiters();
    }
}

/// Protects blocks for as long as it is held, each holder for itself.
pub(in crate::engine) struct TempPins {
    pins: Pins,
    cids: Vec<Cid>,
}

impl TempPins {
    /// Pins more blocks.
    pub(in crate::engine) fn extend(&mut self, cids: impl IntoIterator<Item = Cid>) {
        let inner = &self.pins.0;
        for cid in cids {
            *inner.counts.borrow_mut().entry(cid).or_default() += 1;
            if let Some(during) = &mut *inner.during.borrow_mut() {
                during.insert(cid);
            }
            self.cids.push(cid);
        }
    }

    /// Takes the pins of another holder along.
    pub(in crate::engine) fn join(&mut self, mut other: Self) {
        self.cids.append(&mut other.cids);
    }
}

impl Drop for TempPins {
    fn drop(&mut self) {
        let mut counts = self.pins.0.counts.borrow_mut();
        for cid in &self.cids {
            if let Some(count) = counts.get_mut(cid) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(cid);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::format::{RAW, cid_of};

    fn cid(byte: u8) -> Cid {
        cid_of(RAW, &[byte])
    }

    #[test]
    fn of_two_holders_the_first_that_ends_leaves_the_other_protected() {
        let pins = Pins::default();
        let first = pins.pin([cid(1)]);
        let second = pins.pin([cid(1), cid(2)]);
        drop(first);
        assert!(pins.begin_collection().leave(vec![cid(1), cid(2)]).cids.is_empty());
        drop(second);
        assert_eq!(pins.begin_collection().leave(vec![cid(1)]).cids, [cid(1)]);
    }

    #[test]
    fn a_pin_that_ends_or_begins_during_a_collection_counts_until_that_is_over() {
        let pins = Pins::default();
        let before = pins.pin([cid(1)]);
        let collection = pins.begin_collection();
        drop(before);
        drop(pins.pin([cid(2)]));
        assert_eq!(collection.leave(vec![cid(1), cid(2), cid(3)]).cids, [cid(3)]);
        drop(collection);
        assert_eq!(pins.begin_collection().leave(vec![cid(1)]).cids, [cid(1)]);
    }

    #[test]
    fn a_put_of_a_block_that_is_leaving_waits_until_it_has_left() {
        let pins = Pins::default();
        let collection = pins.begin_collection();
        let leaving = collection.leave(vec![cid(1)]);
        let (mine, others) = ([cid(1)], [cid(2)]);
        let mut waiting = std::pin::pin!(pins.until_settled(&mine));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert!(pins.until_settled(&others).now_or_never().is_some());
        drop(leaving);
        assert!(waiting.now_or_never().is_some());
    }
}

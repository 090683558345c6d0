//! Notifications: who waits for a table to change is woken after the commit that changed it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{Either, select};
use tokio::sync::Notify;

use super::tables::Kind;
use crate::net::Backoff;
use crate::platform;

/// Bit of the set that stands for "there may be something to publish".
const PENDING: u64 = 1 << 62;

/// Bit of the set that stands for "a peer was reached".
const REACHED: u64 = 1 << 63;

/// Counts, for each table, the commits that changed it.
#[derive(Default)]
pub(super) struct ChangeCounts(Rc<Inner>);

struct Inner {
    counts: RefCell<[u64; 64]>,
    notify: Notify,
}

impl Default for Inner {
    fn default() -> Self {
        Self { counts: RefCell::new([0; 64]), notify: Notify::default() }
    }
}

impl ChangeCounts {
    pub(super) fn watcher(&self, kinds: &[Kind]) -> Watcher {
        self.of(kinds.iter().fold(0, |set, kind| set | bit(*kind)))
    }

    pub(super) fn watcher_of_pending(&self) -> Watcher {
        self.of(PENDING)
    }

    pub(super) fn watcher_of_reached(&self) -> Watcher {
        self.of(REACHED)
    }

    pub(super) fn touch(&self, kinds: &[Kind]) {
        self.touch_set(kinds.iter().fold(0, |set, kind| set | bit(*kind)));
    }

    pub(super) fn touch_pending(&self) {
        self.touch_set(PENDING);
    }

    pub(super) fn touch_reached(&self) {
        self.touch_set(REACHED);
    }

    fn of(&self, set: u64) -> Watcher {
        let seen = self.0.sum(set);
        Watcher { inner: Rc::clone(&self.0), set, seen }
    }

    fn touch_set(&self, set: u64) {
        if set == 0 {
            return;
        }
        for (bit, count) in self.0.counts.borrow_mut().iter_mut().enumerate() {
            *count += set >> bit & 1;
        }
        self.0.notify.notify_waiters();
    }
}

impl Inner {
    /// Rises with each change of a table of the set.
    fn sum(&self, set: u64) -> u64 {
        let counts = self.counts.borrow();
        counts.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, count)| count).sum()
    }
}

fn bit(kind: Kind) -> u64 {
    1 << (kind as u64)
}

/// Waits for changes; many changes before it looks are one.
pub(in crate::engine) struct Watcher {
    inner: Rc<Inner>,
    set: u64,
    seen: u64,
}

impl Watcher {
    /// Ends when something has changed since the last time, at once if it has already.
    ///
    /// # Cancel safety
    ///
    /// A dropped future loses no change.
    pub(in crate::engine) async fn changed(&mut self) {
        loop {
            // Notified also of what happens before it is polled.
            let notified = self.inner.notify.notified();
            let now = self.inner.sum(self.set);
            if now != self.seen {
                self.seen = now;
                return;
            }
            notified.await;
        }
    }

    /// The same, but no longer than `patience`; says whether something has changed.
    pub(in crate::engine) async fn changed_within(&mut self, patience: Duration) -> bool {
        let changed = std::pin::pin!(self.changed());
        matches!(select(changed, std::pin::pin!(platform::sleep(patience))).await, Either::Left(_))
    }

    /// Waits until work that a change gives is due once more: after a change, or if something of it is not done, at the latest
    /// when `backoff` says.
    pub(in crate::engine) async fn next_round(&mut self, is_done: bool, backoff: &mut Backoff) {
        if is_done {
            backoff.reset();
            self.changed().await;
        } else if !self.changed_within(backoff.wait()).await {
            backoff.lengthen();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn every_watcher_hears_changes_before_it_looks_as_one_and_only_of_its_tables() {
        assert!(Kind::ALL.len() < 62, "two bits stand for other things");
        let counts = ChangeCounts::default();
        let mut watchers =
            [counts.watcher(&[Kind::contacts]), counts.watcher(&[Kind::contacts, Kind::inbox])];
        let mut other = counts.watcher(&[Kind::shares]);
        counts.touch(&[Kind::contacts]);
        counts.touch(&[Kind::contacts, Kind::inbox]);
        for watcher in &mut watchers {
            assert!(watcher.changed().now_or_never().is_some());
            assert!(watcher.changed().now_or_never().is_none());
        }
        assert!(other.changed().now_or_never().is_none());
    }
}

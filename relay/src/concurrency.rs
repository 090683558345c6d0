//! How much may run at once: in all, and for each device or network.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A limit on how much runs at once, in all and for each key. Clones share it.
#[derive(Clone)]
pub(crate) struct Limit<K: Copy + Eq + Hash> {
    all: Arc<Semaphore>,
    per_key: u32,
    counts: Counts<K>,
}

type Counts<K> = Arc<Mutex<HashMap<K, u32>>>;

/// The right to run; returned when it is dropped.
pub(crate) struct Permit<K: Copy + Eq + Hash> {
    _slot: Slot,
    _share: Option<Share<K>>,
}

/// A part of the limit for all that has no key yet.
pub(crate) struct Slot(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

/// A part of the limit of one key.
struct Share<K: Copy + Eq + Hash> {
    key: K,
    counts: Counts<K>,
}

impl<K: Copy + Eq + Hash> Limit<K> {
    /// Allows `all` at once, of which each key may have `per_key`.
    pub(crate) fn new(all: usize, per_key: u32) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), per_key, counts: Counts::default() }
    }

    /// Waits for a permit; `None` if this key has all of its own. Without a key only the limit for all counts.
    pub(crate) async fn acquire(&self, key: Option<K>) -> Option<Permit<K>> {
        let share = self.share(key)?;
        Some(Permit { _slot: self.slot().await, _share: share })
    }

    /// Waits for a slot, before it is known whose it will be.
    pub(crate) async fn slot(&self) -> Slot {
        Slot(self.all.clone().acquire_owned().await.expect("the semaphore is never closed"))
    }

    /// Makes a slot a permit of this key; `None` if the key has all of its own.
    pub(crate) fn admit(&self, slot: Slot, key: Option<K>) -> Option<Permit<K>> {
        Some(Permit { _slot: slot, _share: self.share(key)? })
    }

    /// `None` if the key has all of its own, `Some(None)` if there is no key.
    #[expect(clippy::option_option, reason = "the outer one is for `?`")]
    fn share(&self, key: Option<K>) -> Option<Option<Share<K>>> {
        let Some(key) = key else { return Some(None) };
        let mut counts = self.counts.lock().expect("nothing panics while it holds the lock");
        let count = counts.entry(key).or_default();
        if *count >= self.per_key {
            return None;
        }
        *count += 1;
        Some(Some(Share { key, counts: self.counts.clone() }))
    }
}

impl<K: Copy + Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().expect("nothing panics while it holds the lock");
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn a_key_with_all_of_its_permits_gets_none_until_it_returns_one() {
        let limit = Limit::new(10, 3);
        let acquire = |key| limit.acquire(Some(key)).now_or_never().expect("a slot is free");
        let mut permits: Vec<_> = (0..3).map(|_| acquire("greedy").expect("a permit")).collect();
        assert!(acquire("greedy").is_none());
        assert!(acquire("modest").is_some());
        permits.pop();
        assert!(acquire("greedy").is_some());
        drop(permits);
        assert!(limit.counts.lock().unwrap().is_empty());
    }

    #[test]
    fn permits_wait_for_a_slot_and_those_without_a_key_count_too() {
        let limit = Limit::new(2, 2);
        let slot = limit.slot().now_or_never().expect("a slot is free");
        let _first = limit.admit(slot, Some("here")).expect("a permit");
        let second = limit.acquire(None).now_or_never().expect("a slot is free");
        assert!(limit.acquire(Some("there")).now_or_never().is_none());
        drop(second);
        assert!(limit.acquire(Some("there")).now_or_never().is_some());
    }
}

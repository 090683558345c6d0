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
    shares: Shares<K>,
}

/// A limit on how much each key has at once. Clones share it.
#[derive(Clone)]
pub(crate) struct Shares<K: Copy + Eq + Hash> {
    per_key: u32,
    counts: Counts<K>,
}

type Counts<K> = Arc<Mutex<HashMap<K, u32>>>;

/// The right to run; returned when it is dropped.
pub(crate) struct Permit<K: Copy + Eq + Hash> {
    _slot: Slot,
    _share: Share<K>,
}

/// A part of the limit for all that has no key yet.
pub(crate) struct Slot(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

/// A part of the limit of one key; returned when it is dropped. Without a key nothing is counted.
pub(crate) struct Share<K: Copy + Eq + Hash> {
    key: Option<K>,
    counts: Counts<K>,
}

impl<K: Copy + Eq + Hash> Limit<K> {
    /// Allows `all` at once, of which each key may have `per_key`.
    pub(crate) fn new(all: usize, per_key: u32) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), shares: Shares::new(per_key) }
    }

    /// Waits for a permit; `None` if this key has all of its own. Without a key only the limit for all counts.
    pub(crate) async fn acquire(&self, key: Option<K>) -> Option<Permit<K>> {
        let share = self.shares.take(key)?;
        Some(Permit { _slot: self.slot().await, _share: share })
    }

    /// Takes a permit; `None` if there is none now, or if this key has all of its own.
    pub(crate) fn try_acquire(&self, key: Option<K>) -> Option<Permit<K>> {
        let slot = Slot(self.all.clone().try_acquire_owned().ok()?);
        Some(Permit { _slot: slot, _share: self.shares.take(key)? })
    }

    /// Waits for a slot, before it is known whose it will be.
    pub(crate) async fn slot(&self) -> Slot {
        Slot(self.all.clone().acquire_owned().await.expect("the semaphore is never closed"))
    }

    /// Makes a slot a permit of this key; `None` if the key has all of its own.
    pub(crate) fn admit(&self, slot: Slot, key: Option<K>) -> Option<Permit<K>> {
        Some(Permit { _slot: slot, _share: self.shares.take(key)? })
    }

    /// The limit of each key alone, for what has its part of the limit for all already.
    pub(crate) fn shares(&self) -> &Shares<K> {
        &self.shares
    }
}

impl<K: Copy + Eq + Hash> Shares<K> {
    /// Allows each key `per_key` at once.
    pub(crate) fn new(per_key: u32) -> Self {
        Self { per_key, counts: Counts::default() }
    }

    /// Takes a share; `None` if this key has all of its own.
    pub(crate) fn take(&self, key: Option<K>) -> Option<Share<K>> {
        if let Some(key) = key {
            let mut counts = self.counts.lock().expect("nothing panics while it holds the lock");
            let count = counts.entry(key).or_default();
            if *count >= self.per_key {
                return None;
            }
            *count += 1;
        }
        Some(Share { key, counts: self.counts.clone() })
    }

    /// Whether this key has any.
    pub(crate) fn has(&self, key: K) -> bool {
        self.counts.lock().expect("nothing panics while it holds the lock").contains_key(&key)
    }

    /// Whether this key has all of its own.
    pub(crate) fn are_taken(&self, key: Option<K>) -> bool {
        let counts = self.counts.lock().expect("nothing panics while it holds the lock");
        key.is_some_and(|key| counts.get(&key).is_some_and(|count| *count >= self.per_key))
    }
}

impl<K: Copy + Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let Some(key) = self.key else { return };
        let mut counts = self.counts.lock().expect("nothing panics while it holds the lock");
        if let Some(count) = counts.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&key);
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
        assert!(limit.shares.counts.lock().unwrap().is_empty());
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

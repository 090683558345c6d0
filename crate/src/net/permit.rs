//! What a server counts while it serves: permits, and room that is shared.

use std::any::Any;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Held while something runs that a backend counts.
#[derive(Default)]
pub struct Permit(#[expect(dead_code, reason = "held for its drop")] Option<Box<dyn Any + Send + Sync>>);

impl Permit {
    /// Drops `counted` when what is counted ends.
    pub fn new(counted: impl Any + Send + Sync) -> Self {
        Self(Some(Box::new(counted)))
    }
}

/// Amounts of which a peer may have a part while some of each is left. By default it has no bound. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Room(Arc<[Arc<Semaphore>]>);

impl Room {
    /// Shares these amounts. A part is taken of each, in this order.
    pub fn new(amounts: impl IntoIterator<Item = Arc<Semaphore>>) -> Self {
        Self(amounts.into_iter().collect())
    }

    /// Takes a part, and waits until there is room for it.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives back what it took.
    pub async fn take(&self, amount: usize) -> Part {
        let amount = u32::try_from(amount).expect("no message and no block has 4 GiB");
        let mut permits = Vec::with_capacity(self.0.len());
        for all in &*self.0 {
            let permit = all.clone().acquire_many_owned(amount).await;
            permits.push(permit.expect("the semaphore is never closed"));
        }
        Part(permits)
    }
}

/// A part of a [`Room`]; returned when it is dropped.
#[derive(Debug, Default)]
pub struct Part(Vec<OwnedSemaphorePermit>);

impl Part {
    /// Adds another part of the same room.
    pub(super) fn join(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// Returns what is not needed of one part.
    pub(super) fn shrink_to(&mut self, amount: usize) {
        for permit in &mut self.0 {
            drop(permit.split(permit.num_permits().saturating_sub(amount)));
        }
    }
}

/// An amount that is shared, of which each key may have a part. Who asks for more waits.
#[derive(Debug)]
pub struct Pool<K: Copy + Eq + Hash> {
    all: Arc<Semaphore>,
    per_key: usize,
    keys: Mutex<HashMap<K, Weak<Semaphore>>>,
}

impl<K: Copy + Eq + Hash> Pool<K> {
    /// Shares `all`, of which each key may have `per_key`.
    pub fn new(all: usize, per_key: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), per_key, keys: Mutex::default() }
    }

    /// The part of a key. Without a key only what is left of all counts.
    pub fn of(&self, key: Option<K>) -> Room {
        let own = key.map(|key| {
            let mut keys = self.keys.lock().expect("nothing panics while it holds the lock");
            if let Some(own) = keys.get(&key).and_then(Weak::upgrade) {
                return own;
            }
            keys.retain(|_, own| own.strong_count() > 0);
            let own = Arc::new(Semaphore::new(self.per_key));
            keys.insert(key, Arc::downgrade(&own));
            own
        });
        // The own part first: who waits for it holds nothing of the others.
        Room::new(own.into_iter().chain([self.all.clone()]))
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn a_key_waits_for_its_own_part_and_leaves_the_rest_to_others() {
        let pool = Pool::new(10, 3);
        let take = |key, amount| pool.of(Some(key)).take(amount).now_or_never();
        let mut held = take("greedy", 3).expect("it is free");
        assert!(take("greedy", 1).is_none());
        let modest = take("modest", 2).expect("it is free");
        held.shrink_to(2);
        assert!(take("greedy", 1).is_some());
        drop(held);
        assert!(take("greedy", 3).is_some());
        drop(modest);
        assert_eq!(pool.all.available_permits(), 10);
    }
}

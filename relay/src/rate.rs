//! How often somebody may do something: counted for each over a period, for so many at once.

use std::{
    hash::Hash,
    num::NonZeroUsize,
    sync::Mutex,
    time::{Duration, Instant},
};

use lru::LruCache;

use crate::limits;

/// Counts for each `K` how often it did something in the current period.
pub(crate) struct Rate<K: Hash + Eq> {
    limit: u32,
    period: Duration,
    counts: Mutex<LruCache<K, (Instant, u32)>>,
}

impl<K: Hash + Eq> Rate<K> {
    /// Allows `limit` times in each `period`.
    pub(crate) fn new(limit: u32, period: Duration) -> Self {
        let counted = NonZeroUsize::new(limits::RATE_COUNTED).expect("the bound is not zero");
        Self { limit, period, counts: Mutex::new(LruCache::new(counted)) }
    }

    /// Counts one more; whether it is allowed.
    pub(crate) fn allows(&self, of: K) -> bool {
        let mut counts = self.counts.lock().expect("nothing panics while it holds the lock");
        let (since, count) = counts.get_or_insert_mut(of, || (Instant::now(), 0));
        if since.elapsed() >= self.period {
            (*since, *count) = (Instant::now(), 0);
        }
        *count = count.saturating_add(1);
        *count <= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_too_busy_waits_and_others_do_not() {
        let rate = Rate::new(3, Duration::from_secs(3600));
        assert!((0..3).all(|_| rate.allows("busy")));
        assert!(!rate.allows("busy"));
        assert!(rate.allows("calm"));
    }

    #[test]
    fn a_new_period_begins_anew() {
        let rate = Rate::new(1, Duration::ZERO);
        assert!((0..3).all(|_| rate.allows("slow")));
    }
}

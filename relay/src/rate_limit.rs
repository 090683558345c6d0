//! Rate limits: how often each device or network may do something.
//!
//! `governor` is no fit. Its keyed limiter forgets a key only when its period is over, so a flood of new device ids, which
//! cost nothing, grows it without limit; with a bounded store of ours, it would be longer than what is here.

use std::{
    hash::Hash,
    num::NonZeroUsize,
    sync::Mutex,
    time::{Duration, Instant},
};

use lru::LruCache;

use crate::limits;

/// Counts for each key in its current period. The least recently used key is forgotten first.
pub(crate) struct RateLimit<K: Hash + Eq> {
    limit: u32,
    period: Duration,
    counts: Mutex<LruCache<K, (Instant, u32)>>,
}

impl<K: Hash + Eq> RateLimit<K> {
    /// Allows each key `limit` times in each `period`.
    pub(crate) fn new(limit: u32, period: Duration) -> Self {
        let keys = NonZeroUsize::new(limits::RATE_KEYS).expect("the bound is not zero");
        Self { limit, period, counts: Mutex::new(LruCache::new(keys)) }
    }

    /// Counts once more for a key, and returns whether that is within the limit.
    pub(crate) fn allows(&self, key: K) -> bool {
        self.takes(key, 1)
    }

    /// Counts so many times for a key, and returns whether that is within the limit.
    pub(crate) fn takes(&self, key: K, times: u32) -> bool {
        let mut counts = self.counts.lock().expect("nothing panics while it holds the lock");
        let (since, count) = counts.get_or_insert_mut(key, || (Instant::now(), 0));
        if since.elapsed() >= self.period {
            (*since, *count) = (Instant::now(), 0);
        }
        *count = count.saturating_add(times);
        *count <= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_over_its_limit_is_refused_and_others_are_not() {
        let rate = RateLimit::new(3, Duration::from_secs(3600));
        assert!((0..3).all(|_| rate.allows("busy")));
        assert!(!rate.allows("busy"));
        assert!(rate.allows("calm"));
    }

    #[test]
    fn a_new_period_starts_at_zero() {
        let rate = RateLimit::new(1, Duration::ZERO);
        assert!((0..3).all(|_| rate.allows("slow")));
    }
}

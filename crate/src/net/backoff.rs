//! Back-off: when to try again, later after each failure, with jitter and a bound.

use std::time::Duration;

use crate::platform::{self, Instant};

/// The wait after the first failure.
const FIRST: Duration = Duration::from_millis(500);

/// The longest wait for a relay. So a relay that is back is found within two seconds, and friends through it
/// within five.
const LONGEST: Duration = Duration::from_secs(2);

/// The longest wait for a peer that is probably away. It calls when it is back.
const LONGEST_FOR_CALLERS: Duration = Duration::from_secs(300);

/// A connection that lasted this long was a success. One that broke sooner counts as another failure.
const STABLE: Duration = Duration::from_secs(10);

/// Schedules the attempts at one connection, or at one other task that may fail.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    /// The wait after the first failure, and the longest wait.
    waits: (Duration, Duration),
    failures: u32,
    next: Option<Instant>,
    since: Option<Instant>,
}

impl Default for Backoff {
    /// For a peer that should be there.
    fn default() -> Self {
        Self::between((FIRST, LONGEST))
    }
}

impl Backoff {
    /// For a peer that may be away for days, and that calls when it is back.
    pub(crate) fn for_callers() -> Self {
        Self::between((FIRST, LONGEST_FOR_CALLERS))
    }

    /// Waits from the first duration up to the second.
    pub(crate) fn between(waits: (Duration, Duration)) -> Self {
        Self { waits, failures: 0, next: None, since: None }
    }

    /// Records that it is connected since `now`.
    pub(crate) fn stands(&mut self, now: Instant) {
        self.since = Some(now);
        self.next = None;
    }

    /// Records that it failed or broke. The next attempt is due later.
    pub(crate) fn failed(&mut self, now: Instant) {
        if self.since.take().is_some_and(|since| now.duration_since(since) >= STABLE) {
            self.failures = 0;
        }
        self.next = Some(now + self.wait());
        self.lengthen();
    }

    /// Returns the wait after the present failure, with new jitter. A loop that waits itself calls this. Other
    /// callers ask when the attempt is [`due`](Self::due).
    pub(crate) fn wait(&self) -> Duration {
        delay(self.waits, self.failures, platform::random())
    }

    /// Doubles the next [`wait`](Self::wait), up to the longest.
    pub(crate) fn lengthen(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// Forgets the failures, so that the next attempt is due at once.
    pub(crate) fn reset(&mut self) {
        *self = Self { since: self.since, ..Self::between(self.waits) };
    }

    /// Whether an attempt is due.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.next.is_none_or(|next| next <= now)
    }

    /// Returns when the next attempt is due, unless it is due already.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.next
    }
}

/// Between half of the doubled wait and all of it, so that peers that failed at the same moment do not return
/// at the same moment.
fn delay((first, longest): (Duration, Duration), failures: u32, random: [u8; 1]) -> Duration {
    let doubled = first.saturating_mul(1 << failures.min(16)).min(longest);
    doubled / 2 + doubled / 2 * u32::from(random[0]) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_with_jitter_and_stay_bounded() {
        let waits = (FIRST, LONGEST_FOR_CALLERS);
        assert_eq!(delay(waits, 0, [0]), FIRST / 2);
        assert_eq!(delay(waits, 0, [255]), FIRST);
        assert_eq!(delay(waits, 3, [0]), FIRST * 4);
        for failures in [10, 31, 32, u32::MAX] {
            assert_eq!(delay(waits, failures, [255]), LONGEST_FOR_CALLERS);
        }
    }

    #[test]
    fn what_stood_for_a_while_starts_over_and_what_broke_at_once_does_not() {
        let start = Instant::now();
        let mut backoff = Backoff::default();
        assert!(backoff.is_due(start));
        for _ in 0..5 {
            backoff.stands(start);
            backoff.failed(start);
        }
        assert!(backoff.failures == 5 && !backoff.is_due(start));
        backoff.stands(start);
        backoff.failed(start + STABLE);
        assert_eq!(backoff.failures, 1);
        backoff.reset();
        assert!(backoff.is_due(start) && backoff.due().is_none());
    }
}

//! How often a service is asked: later after each failure, and never more than a number of requests an hour.

use std::collections::VecDeque;
use std::time::Duration;

use crate::net::Backoff;
use crate::net::pinning::{Failure, Trouble};
use crate::platform::Instant;

/// Requests to one service in an [`HOUR`]. So a thousand shares are asked for within a morning.
pub(super) const REQUESTS: usize = 240;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// The waits after a failure: the first, and the longest.
const AFTER_FAILURE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(6 * 60 * 60));

/// The waits between two looks at what a service has not finished.
const BETWEEN_LOOKS: (Duration, Duration) = (Duration::from_secs(60), HOUR);

/// The longest time for which a service can have itself left alone.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// When a service may be asked next.
#[derive(Debug)]
pub(super) struct Pace {
    /// When the requests of the last hour were sent.
    sent: VecDeque<Instant>,
    failures: Backoff,
    looks: Backoff,
    /// Until when the service is left alone.
    until: Option<Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        let (failures, looks) = (Backoff::between(AFTER_FAILURE), Backoff::between(BETWEEN_LOOKS));
        Self { sent: VecDeque::new(), failures, looks, until: None }
    }
}

impl Pace {
    /// How long the service is still left alone.
    pub(super) fn left(&self, now: Instant) -> Option<Duration> {
        self.until.and_then(|until| until.checked_duration_since(now)).filter(|left| !left.is_zero())
    }

    /// Counts a request; says whether it may be sent. If not, the service is left alone until it may.
    pub(super) fn may_send(&mut self, now: Instant) -> bool {
        while self.sent.front().is_some_and(|sent| now.duration_since(*sent) >= HOUR) {
            self.sent.pop_front();
        }
        if self.sent.len() >= REQUESTS {
            self.until = self.sent.front().map(|first| *first + HOUR);
            return false;
        }
        self.sent.push_back(now);
        true
    }

    /// The service did what it was asked.
    pub(super) fn succeeded(&mut self) {
        self.failures.reset();
    }

    /// The service did not do what it was asked, and is left alone for a while.
    pub(super) fn failed(&mut self, failure: &Failure, now: Instant) {
        let wait = match failure.trouble {
            // Only the person can change that.
            Trouble::Token => AFTER_FAILURE.1,
            _ => self.failures.wait(),
        };
        self.failures.lengthen();
        let asked = failure.retry_after.unwrap_or_default().min(MAX_RETRY_AFTER);
        self.until = Some(now + wait.max(asked));
    }

    /// Whether it is time to look at what the service has not finished.
    pub(super) fn is_look_due(&self, now: Instant) -> bool {
        self.looks.is_due(now)
    }

    /// It was looked at, and something is still to come.
    pub(super) fn looked(&mut self, now: Instant) {
        self.looks.failed(now);
    }

    /// Something new was asked for: the next look is soon.
    pub(super) fn asked(&mut self, now: Instant) {
        self.looks.reset();
        self.looks.failed(now);
    }

    /// Nothing is to come any more.
    pub(super) fn finished(&mut self) {
        self.looks.reset();
    }

    /// How long it is until the next look.
    pub(super) fn until_look(&self, now: Instant) -> Duration {
        self.looks.due().map_or(Duration::ZERO, |due| due.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_gets_so_many_requests_an_hour_and_no_more() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        assert!((0..REQUESTS).all(|_| pace.may_send(start)));
        assert!(!pace.may_send(start + HOUR / 2));
        assert_eq!(pace.left(start + HOUR / 2), Some(HOUR / 2));
        assert_eq!(pace.left(start + HOUR), None);
        assert!(pace.may_send(start + HOUR));
    }

    #[test]
    fn a_service_that_fails_is_left_alone_for_longer_and_longer_and_as_long_as_it_asks() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        let mut wait = |failure: &Failure| {
            pace.failed(failure, now);
            pace.left(now).unwrap_or_default()
        };
        let down = Failure::from(Trouble::Unreachable);
        let first = wait(&down);
        assert!(first <= AFTER_FAILURE.0, "{first:?}");
        let longest = (0..20).map(|_| wait(&down)).last();
        assert!(longest >= Some(AFTER_FAILURE.1 / 2), "{longest:?}");
        let long = Failure { retry_after: Some(Duration::MAX), ..down };
        assert_eq!(wait(&long), MAX_RETRY_AFTER);
        let mut pace = Pace::default();
        pace.failed(&Trouble::Token.into(), now);
        assert_eq!(pace.left(now), Some(AFTER_FAILURE.1), "a token is not tried again and again");
    }
}

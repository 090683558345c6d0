//! What the answers of a provider say of it.

use std::time::Duration;

use crate::platform::Instant;

/// A provider that gives nothing for this long is silent, and the next one is asked as well. A relay on another
/// continent answers within a third of it, and a person notices little more.
const HEDGE: Duration = Duration::from_secs(1);

/// The longest that a slow provider is waited for: twice what a block of 512 KiB takes at 100 KB/s.
const LONGEST_HEDGE: Duration = Duration::from_secs(10);

/// How long a silent provider is asked last. Then one block at a time tries it again. Doubles each time, because each
/// try may delay a block by [`HEDGE`].
const ASIDE: Duration = Duration::from_secs(15);

/// How often [`ASIDE`] doubles: up to four minutes.
const MAX_DOUBLED: u32 = 4;

/// What is known of one provider.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// Blocks that it is being asked for.
    pub(super) wants: usize,
    /// When it last sent a block or said that it has none.
    heard: Option<Instant>,
    /// Whether it had the last block that it answered.
    has: Option<bool>,
    /// The time from block to block while it was asked, smoothed.
    pace: Option<Duration>,
    /// Until when it is asked last, because it was silent this many times in a row.
    aside: Option<(Instant, u32)>,
}

impl Standing {
    /// It sent a block that was asked of it at this time, if that is known.
    pub(super) fn has(&mut self, since: Option<Instant>) {
        let now = Instant::now();
        if let Some(since) = since {
            let gap = now.saturating_duration_since(self.heard.map_or(since, |heard| heard.max(since)));
            self.pace = Some(self.pace.map_or(gap, |pace| (pace * 3 + gap) / 4));
        }
        (self.heard, self.has, self.aside) = (Some(now), Some(true), None);
    }

    /// It said that it does not have a block.
    pub(super) fn lacks(&mut self) {
        (self.heard, self.has, self.aside) = (Some(Instant::now()), Some(false), None);
    }

    /// It was silent, or cannot be reached.
    pub(super) fn set_aside(&mut self) {
        let now = Instant::now();
        let times = match self.aside {
            None => 0,
            // One silence is noticed by every block that waits for it.
            Some((until, _)) if now < until => return,
            Some((_, times)) => MAX_DOUBLED.min(times + 1),
        };
        self.aside = Some((now + ASIDE * (1 << times), times));
    }

    /// Whether it is asked last. Once its time is over, one block may try it.
    pub(super) fn is_aside(&self) -> bool {
        self.aside.is_some_and(|(until, _)| self.wants > 0 || Instant::now() < until)
    }

    /// Whether it is asked for nothing and never answered.
    pub(super) fn is_unknown(&self) -> bool {
        self.wants == 0 && self.has.is_none()
    }

    /// How long the next provider still waits for this one, which was asked at this time. A provider that gives other
    /// blocks is not silent, and a slow one may take twice as long as before.
    pub(super) fn patience(&self, since: Instant) -> Duration {
        let wait = self.pace.map_or(HEDGE, |pace| pace.saturating_mul(2).clamp(HEDGE, LONGEST_HEDGE));
        let from = self.heard.map_or(since, |heard| heard.max(since));
        (from + wait).saturating_duration_since(Instant::now())
    }

    /// When it may have sent one more block. A provider without proof gets one block while others are busy.
    pub(super) fn cost(&self, are_busy: bool) -> Duration {
        match (self.has, self.pace) {
            (Some(true), Some(pace)) => {
                pace.saturating_mul(u32::try_from(self.wants + 1).unwrap_or(u32::MAX))
            }
            (None, _) if are_busy && self.wants == 0 => Duration::ZERO,
            _ => Duration::MAX,
        }
    }

    /// Acts as if time had passed.
    #[cfg(test)]
    pub(super) fn age(&mut self, by: Duration) {
        if let Some((until, _)) = &mut self.aside {
            *until -= by;
        }
    }
}

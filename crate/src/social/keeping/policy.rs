//! Who is to keep what is mine, of those who offer it.

use crate::keys::Id;

/// Friends who keep what is mine, beside my relays.
pub const FRIENDS: usize = 2;

/// For how long somebody must have been a contact whose words I did not compare, in milliseconds: 30 days.
pub const KNOWN_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// How long a keeper may stay away and still counts, in milliseconds: 14 days. A shorter holiday costs no new copy.
pub const AWAY_MS: u64 = 14 * 24 * 60 * 60 * 1000;

/// Somebody who offers room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Who.
    pub id: Id,
    /// Bytes of room.
    pub bytes: u64,
    /// Whether I compared their words, and their keys are the same.
    pub verified: bool,
    /// When I added them, in milliseconds since 1970.
    pub added: u64,
    /// Whether they could not deliver something when they were asked last.
    pub fails: bool,
    /// When one of their devices or their record was last seen, in milliseconds since 1970.
    pub seen: u64,
}

impl Offer {
    /// Whether it may be taken at `now`: of somebody whose words I compared or whom I added long ago.
    pub fn may_be_taken(&self, now: u64) -> bool {
        self.bytes > 0 && (self.verified || self.added.saturating_add(KNOWN_MS) <= now)
    }

    /// Whether they were not seen for so long at `now` that they do not count as a keeper.
    pub fn is_away(&self, now: u64) -> bool {
        self.seen.saturating_add(AWAY_MS) <= now
    }

    /// Whether they count as a keeper at `now`.
    pub fn counts(&self, now: u64) -> bool {
        !self.fails && !self.is_away(now)
    }
}

/// The friends who are to keep what is mine at `now`. Who keeps something already stays before who does not; then those
/// who give most. A keeper who is away or fails stays asked, and another one is asked too.
pub fn choose(offers: &[Offer], keeps: impl Fn(&Id) -> bool, now: u64) -> Vec<Id> {
    choose_some(offers, keeps, now, FRIENDS)
}

/// The same for another number of friends than [`FRIENDS`].
pub fn choose_some(offers: &[Offer], keeps: impl Fn(&Id) -> bool, now: u64, friends: usize) -> Vec<Id> {
    let mut good: Vec<_> = offers.iter().filter(|offer| offer.may_be_taken(now)).collect();
    good.sort_by_key(|offer| (!keeps(&offer.id), std::cmp::Reverse(offer.bytes), offer.id));
    let (counts, rest): (Vec<&Offer>, Vec<&Offer>) = good.into_iter().partition(|offer| offer.counts(now));
    let still_asked = rest.into_iter().filter(|offer| keeps(&offer.id));
    counts.into_iter().take(friends).chain(still_asked).map(|offer| offer.id).collect()
}

/// Of shares, the most wanted first, those that have room together, each with what it counts. So a full keeper lets go of old
/// shares for new ones.
pub fn with_room<T>(shares: impl IntoIterator<Item = (T, u64)>, room: u64) -> impl Iterator<Item = T> {
    let mut left = room;
    shares.into_iter().filter_map(move |(share, counts)| {
        left = left.checked_sub(counts)?;
        Some(share)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::social::fixture::{NOW, ring};

    const DAY_MS: u64 = 24 * 60 * 60 * 1000;

    fn offer(n: u8, bytes: u64, verified: bool, days: u64) -> Offer {
        let added = NOW - days * DAY_MS;
        Offer { id: ring(n).id(), bytes, verified, added, seen: NOW, fails: false }
    }

    #[test]
    fn who_is_new_and_whose_words_nobody_compared_keeps_nothing() {
        let offers =
            [offer(1, 9, false, 29), offer(2, 1, false, 30), offer(3, 2, true, 0), offer(4, 0, true, 99)];
        assert_eq!(choose(&offers, |_| false, NOW), [ring(3).id(), ring(2).id()]);
    }

    #[test]
    fn who_fails_stays_and_somebody_else_keeps_too() {
        let [a, b, c] = [1, 2, 3].map(|n| ring(n).id());
        let mut offers = [1, 2, 3].map(|n| offer(n, u64::from(n), true, 1));
        let keeps = |id: &Id| [b, c].contains(id);
        assert_eq!(choose(&offers, keeps, NOW), [c, b]);
        offers[2].fails = true;
        assert_eq!(choose(&offers, keeps, NOW), [b, a, c]);
        assert_eq!(choose(&offers, |_| false, NOW), [b, a], "nobody begins with who fails");
    }

    #[test]
    fn those_who_give_most_keep_and_who_keeps_already_stays() {
        let offers = [1, 2, 3, 4].map(|n| offer(n, u64::from(n), true, 1));
        assert_eq!(choose(&offers, |_| false, NOW), [ring(4).id(), ring(3).id()]);
        let one = ring(1).id();
        assert_eq!(choose(&offers, |id| *id == one, NOW), [one, ring(4).id()]);
        assert_eq!(choose(&[], |_| false, NOW), []);
    }

    #[test]
    fn a_keeper_who_was_not_seen_for_14_days_stays_asked_and_another_one_counts() {
        let mut offers = [1, 2, 3, 4].map(|n| offer(n, u64::from(n), true, 99));
        let [one, two, three, four] = [1, 2, 3, 4].map(|n| ring(n).id());
        let keeps = |id: &Id| [one, four].contains(id);
        offers[3].seen = NOW - AWAY_MS + 1;
        assert_eq!(choose(&offers, keeps, NOW), [four, one], "a moment less is no reason for another copy");
        offers[3].seen = NOW - AWAY_MS;
        assert_eq!(choose(&offers, keeps, NOW), [one, three, four]);
        offers[2].seen = NOW - AWAY_MS;
        assert_eq!(
            choose(&offers, keeps, NOW),
            [one, two, four],
            "who is away and keeps nothing is not asked"
        );
        offers.iter_mut().for_each(|offer| offer.seen = NOW - AWAY_MS);
        assert_eq!(choose(&offers, keeps, NOW), [four, one], "who keeps something goes on");
    }

    #[test]
    fn the_newest_that_fit_are_asked_for() {
        let asked = |shares: &[u64], room| -> Vec<u64> {
            with_room(shares.iter().map(|counts| (*counts, *counts)), room).collect()
        };
        assert_eq!(asked(&[30, 50, 40, 20], 100), [30, 50, 20], "an older one fills what is left");
        assert_eq!(asked(&[101, 60, 40], 100), [60, 40], "what never fits pushes nothing out");
        assert_eq!(asked(&[60, 40, 1], 100), [60, 40]);
    }

    #[test]
    fn when_a_keeper_is_back_as_many_as_before_are_asked() {
        let offers = [1, 2, 3].map(|n| offer(n, u64::from(n), true, 99));
        assert_eq!(choose(&offers, |_| true, NOW), [ring(3).id(), ring(2).id()]);
    }
}

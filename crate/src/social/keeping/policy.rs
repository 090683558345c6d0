//! Who is to keep what is mine, of those who offer it.

use crate::keys::Id;

/// Friends who keep what is mine, beside my relays.
pub const FRIENDS: usize = 2;

/// For how long somebody must have been a contact whose words I did not compare, in milliseconds: 30 days.
pub const KNOWN_MS: u64 = 30 * 24 * 60 * 60 * 1000;

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
}

impl Offer {
    /// Whether it may be taken at `now`: of somebody whose words I compared or whom I added long ago.
    pub fn may_be_taken(&self, now: u64) -> bool {
        self.bytes > 0 && (self.verified || self.added.saturating_add(KNOWN_MS) <= now)
    }
}

/// The friends who are to keep what is mine at `now`. Who keeps something already stays before who does not; then those
/// who give most. Who keeps something and fails stays too, since it can be mended, and does not count.
pub fn choose(offers: &[Offer], keeps: impl Fn(&Id) -> bool, now: u64) -> Vec<Id> {
    let may_be_taken = offers.iter().filter(|offer| offer.may_be_taken(now));
    let (failing, mut good): (Vec<&Offer>, Vec<&Offer>) = may_be_taken.partition(|offer| offer.fails);
    good.sort_by_key(|offer| (!keeps(&offer.id), std::cmp::Reverse(offer.bytes), offer.id));
    let failing = failing.into_iter().filter(|offer| keeps(&offer.id));
    good.into_iter().take(FRIENDS).chain(failing).map(|offer| offer.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::social::fixture::{NOW, ring};

    fn offer(n: u8, bytes: u64, verified: bool, days: u64) -> Offer {
        Offer { id: ring(n).id(), bytes, verified, added: NOW - days * 24 * 60 * 60 * 1000, fails: false }
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
}

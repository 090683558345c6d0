//! The accounts of the room that I give, true to the byte.

use std::collections::BTreeMap;

use super::{MAX_BLOCKS, WEEK_MS, counted};
use crate::keys::Id;

/// The name of a block: its SHA2-256.
type Digest = [u8; 32];

/// Why a block is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRoom {
    /// The room of this person is used.
    #[error("the room that you give is used")]
    Full,
    /// As many blocks of this person are kept as are counted.
    #[error("too many blocks are kept for one person")]
    TooMany,
    /// As much was downloaded for this person within a week as their room is.
    #[error("as much was downloaded within a week as the room is")]
    Week,
}

/// What was downloaded for somebody since a week began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Week {
    /// When it began, in milliseconds since 1970.
    pub since: u64,
    /// What came, counted as it is when it is kept.
    pub bytes: u64,
}

impl Week {
    /// The week that counts at `now`: a new one where this is over.
    #[must_use]
    pub fn at(self, now: u64) -> Self {
        let is_over = now < self.since || now - self.since >= WEEK_MS;
        if is_over { Self { since: now, bytes: 0 } } else { self }
    }

    /// When a new one begins.
    pub fn end(self) -> u64 {
        self.since.saturating_add(WEEK_MS)
    }
}

/// What is kept for one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Bytes that I give.
    pub room: u64,
    /// What was downloaded within the week.
    pub week: Week,
    /// What each block counts, and from how many shares it hangs.
    blocks: BTreeMap<Digest, (u64, u32)>,
    used: u64,
}

impl Account {
    /// Bytes that are used of the room.
    pub fn used(&self) -> u64 {
        self.used
    }

    /// Number of blocks that are kept.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Whether a block is kept for this person; what is kept for others does not count.
    pub fn has(&self, block: &Digest) -> bool {
        self.blocks.contains_key(block)
    }

    /// Whether one more block of this length may be downloaded at `now` and kept.
    ///
    /// # Errors
    ///
    /// Why it may not.
    pub fn check(&self, len: u64, now: u64) -> Result<(), NoRoom> {
        let more = counted(len);
        if self.blocks.len() >= MAX_BLOCKS {
            return Err(NoRoom::TooMany);
        }
        if self.used.saturating_add(more) > self.room {
            return Err(NoRoom::Full);
        }
        if more > self.left_of_week(now) { Err(NoRoom::Week) } else { Ok(()) }
    }

    /// Bytes that may still be downloaded within the week of `now`.
    pub fn left_of_week(&self, now: u64) -> u64 {
        self.room.saturating_sub(self.week.at(now).bytes)
    }

    /// Notes at `now` that a block of this length was downloaded.
    pub fn downloaded(&mut self, len: u64, now: u64) {
        self.week = self.week.at(now);
        self.week.bytes = self.week.bytes.saturating_add(counted(len));
    }

    /// Notes that a block is kept below one more share.
    pub fn keep(&mut self, block: Digest, len: u64) {
        let (counts, shares) = self.blocks.entry(block).or_insert((counted(len), 0));
        if *shares == 0 {
            self.used += *counts;
        }
        *shares += 1;
    }

    /// Notes that a block is kept below one share less; says whether it is not kept for this person any more.
    pub fn let_go(&mut self, block: &Digest) -> bool {
        let Some((counts, shares)) = self.blocks.get_mut(block) else { return false };
        *shares -= 1;
        if *shares > 0 {
            return false;
        }
        self.used -= *counts;
        self.blocks.remove(block);
        true
    }
}

/// What is kept for everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    accounts: BTreeMap<Id, Account>,
}

impl Ledger {
    /// The account of somebody.
    pub fn of(&mut self, id: Id) -> &mut Account {
        self.accounts.entry(id).or_default()
    }

    /// What is kept for somebody.
    pub fn get(&self, id: &Id) -> Option<&Account> {
        self.accounts.get(id)
    }

    /// Bytes that are kept for all.
    pub fn used(&self) -> u64 {
        self.accounts.values().map(Account::used).sum()
    }

    /// How much has to go so that everybody keeps to their room and all to `total`: each with the bytes that are to go,
    /// in this order. Who was not seen the longest, by `seen`, gives way first.
    pub fn over(&self, total: u64, seen: impl Fn(&Id) -> u64) -> Vec<(Id, u64)> {
        let mut over: BTreeMap<Id, u64> = BTreeMap::new();
        let mut all = 0_u64;
        for (id, account) in &self.accounts {
            let surplus = account.used.saturating_sub(account.room);
            if surplus > 0 {
                over.insert(*id, surplus);
            }
            all += account.used - surplus;
        }
        let mut order: Vec<_> = self.accounts.keys().copied().collect();
        order.sort_by_key(|id| (seen(id), *id));
        let mut too_much = all.saturating_sub(total);
        for id in &order {
            let left = self.accounts[id].used.min(self.accounts[id].room);
            let goes = left.min(too_much);
            if goes > 0 {
                *over.entry(*id).or_default() += goes;
                too_much -= goes;
            }
        }
        order.into_iter().filter_map(|id| Some((id, *over.get(&id)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::social::fixture::{NOW, ring};
    use crate::social::keeping::BLOCK_OVERHEAD;

    fn account(room: u64) -> Account {
        Account { room, ..Account::default() }
    }

    #[test]
    fn a_block_counts_its_length_and_512_once_for_one_person() {
        let mut account = account(10_000);
        account.keep([1; 32], 1_000);
        account.keep([1; 32], 1_000);
        assert_eq!((account.used(), account.blocks()), (1_512, 1));
        assert!(!account.let_go(&[1; 32]), "it hangs from another share too");
        assert_eq!(account.used(), 1_512);
        assert!(account.let_go(&[1; 32]) && !account.let_go(&[1; 32]));
        assert_eq!((account.used(), account.blocks()), (0, 0));
    }

    #[test]
    fn a_block_that_fits_to_the_byte_is_kept_and_one_byte_more_is_not() {
        let mut account = account(2_000);
        account.keep([1; 32], 100);
        let left = 2_000 - 100 - 2 * BLOCK_OVERHEAD;
        assert_eq!(account.check(left, NOW), Ok(()));
        assert_eq!(account.check(left + 1, NOW), Err(NoRoom::Full));
        assert_eq!(account.check(u64::MAX, NOW), Err(NoRoom::Full));
    }

    #[test]
    fn in_a_week_no_more_is_downloaded_than_the_room_is() {
        let mut account = account(3 * counted(1_000));
        for _ in 0..3 {
            assert_eq!(account.check(1_000, NOW), Ok(()));
            account.downloaded(1_000, NOW);
            // The list changes each time, so that what came goes again.
            account.keep([1; 32], 1_000);
            account.let_go(&[1; 32]);
        }
        assert_eq!(account.used(), 0);
        assert_eq!(account.check(1_000, NOW + WEEK_MS - 1), Err(NoRoom::Week));
        assert_eq!(account.check(1_000, NOW + WEEK_MS), Ok(()));
        assert_eq!(
            account.check(1_000, NOW - 1),
            Ok(()),
            "a clock that was set back does not stop it for long"
        );
    }

    #[test]
    fn who_was_not_seen_the_longest_gives_way_first() {
        let (ann, ben, cleo) = (ring(1).id(), ring(2).id(), ring(3).id());
        let mut ledger = Ledger::default();
        for (id, room) in [(ann, 5_000), (ben, 5_000), (cleo, 1_000)] {
            ledger.of(id).room = room;
            ledger.of(id).keep([1; 32], 1_488);
        }
        let seen = BTreeMap::from([(ann, 30), (ben, 10), (cleo, 20)]);
        assert_eq!(ledger.over(10_000, |id| seen[id]), [(cleo, 1_000)], "she has less room than she uses");
        assert_eq!(ledger.over(3_000, |id| seen[id]), [(ben, 2_000), (cleo, 1_000)]);
        assert_eq!(ledger.over(0, |id| seen[id]), [(ben, 2_000), (cleo, 2_000), (ann, 2_000)]);
    }

    proptest! {
        #[test]
        fn the_accounts_are_true_to_the_byte(
            steps in prop::collection::vec((any::<bool>(), 0..12_u8, 1..5_000_u64), 0..200)
        ) {
            let mut account = account(u64::MAX);
            let mut model: BTreeMap<u8, (u64, u32)> = BTreeMap::new();
            for (keeps, block, len) in steps {
                if keeps {
                    model.entry(block).or_insert((len, 0)).1 += 1;
                    account.keep([block; 32], model[&block].0);
                } else {
                    let goes = model.get_mut(&block).map(|kept| { kept.1 -= 1; kept.1 == 0 });
                    if goes == Some(true) { model.remove(&block); }
                    prop_assert_eq!(account.let_go(&[block; 32]), goes == Some(true));
                }
                let used: u64 = model.values().map(|(len, _)| counted(*len)).sum();
                prop_assert_eq!((account.used(), account.blocks()), (used, model.len()));
            }
        }

        #[test]
        fn what_goes_is_what_is_over_and_no_more(
            rooms in prop::collection::vec((0..10_000_u64, 0..10_000_u64, 0..5_u64), 1..6),
            total in 0..40_000_u64,
        ) {
            let mut ledger = Ledger::default();
            let mut seen = BTreeMap::new();
            for (n, (room, len, at)) in rooms.iter().enumerate() {
                let id = ring(u8::try_from(n).unwrap()).id();
                ledger.of(id).room = *room;
                ledger.of(id).keep([0; 32], *len);
                seen.insert(id, *at);
            }
            let over = ledger.over(total, |id| seen[id]);
            let goes = |id: &Id| over.iter().find(|(of, _)| of == id).map_or(0, |(_, bytes)| *bytes);
            let mut left = 0;
            for id in seen.keys() {
                let account = ledger.get(id).unwrap();
                prop_assert!(goes(id) <= account.used());
                prop_assert!(account.used() - goes(id) <= account.room);
                left += account.used() - goes(id);
            }
            let within_rooms: u64 = seen.keys().map(|id| {
                let account = ledger.get(id).unwrap();
                account.used().min(account.room)
            }).sum();
            prop_assert_eq!(left, within_rooms.min(total));
            let order: Vec<_> = over.iter().map(|(id, _)| seen[id]).collect();
            prop_assert!(order.is_sorted());
        }
    }
}

//! A year of keeping for one author, without any relay: whom the policy asks, and what the ledgers of keepers let in.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use spinney::keys::Id;
use spinney::social::keeping::ledger::{Account, Ledger, NoRoom};
use spinney::social::keeping::policy::{self, Offer};
use spinney::social::keeping::{MAX_TOTAL, counted, expected};

use crate::hours::{DAY, STEP_MS, YEAR};
use crate::people::{Friend, Person, Share, time};

/// Bytes of a block. Real ones have half a megabyte; with larger ones a year takes seconds.
const BLOCK: u64 = 4 << 20;

/// Bytes that an author uploads to keepers within a step: half a megabyte a second.
const UPLOAD: u64 = 150 << 20;

/// Steps between two lists for one keeper: ten minutes.
const BETWEEN: usize = 2;

/// When a keeper had a share whole.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Replica {
    pub(crate) share: usize,
    pub(crate) keeper: usize,
    pub(crate) steps: Range<usize>,
}

/// What came of one keeper.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Kept {
    pub(crate) keeper: usize,
    /// Whether something had no room.
    pub(crate) was_full: bool,
    /// When this keeper was asked while another one was away: steps since that one was seen last.
    pub(crate) replaced_after: Option<usize>,
    /// Steps from being asked until a first share was there whole.
    pub(crate) first_after: Option<usize>,
    asked_at: usize,
    /// Shares that there were when the keeper's list was left, and when that was.
    listed: usize,
    listed_at: usize,
    /// Whether the author asks them still.
    is_asked: bool,
    /// Shares on the list that are missing, the most wanted last.
    missing: Vec<usize>,
    /// Blocks that are there of shares that are not whole, or are.
    blocks: BTreeMap<usize, u64>,
    /// Since when each share is whole.
    whole: BTreeMap<usize, usize>,
    /// When shares were whole that had to go for newer ones.
    gone: Vec<(usize, Range<usize>)>,
    /// No room before this step.
    stuck: usize,
}

/// The year of one author.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Year {
    pub(crate) replicas: Vec<Replica>,
    pub(crate) keepers: Vec<Kept>,
}

/// What the people keep for each other within a year if each has so many friends as keepers: a year for each author.
///
/// Rooms of different people are apart, so one author comes after the other.
pub(crate) fn pass(people: &[Person], friends: usize) -> Vec<Year> {
    let mut ledgers = vec![Ledger::default(); people.len()];
    let years =
        (0..people.len()).map(|author| Author { people, author, friends }.year(&mut ledgers)).collect();
    for ledger in &ledgers {
        assert!(ledger.over(MAX_TOTAL, |_| 0).is_empty(), "nobody has to let go of anything");
    }
    years
}

#[derive(Clone, Copy)]
struct Author<'a> {
    people: &'a [Person],
    author: usize,
    friends: usize,
}

impl Author<'_> {
    fn year(self, ledgers: &mut [Ledger]) -> Year {
        let Person { id, there, shares, .. } = &self.people[self.author];
        let mut year = Year::default();
        let mut keepers: Vec<Kept> = Vec::new();
        let (mut made, mut day) = (0, None);
        for step in there.iter() {
            let before = made;
            made += shares[made..].iter().take_while(|share| share.made <= step).count();
            // What changed is looked at once, and else once a day.
            if made > before || day != Some(step / DAY) {
                day = Some(step / DAY);
                if made > 0 {
                    self.choose(&mut keepers, step);
                }
            }
            if !keepers.iter().any(|kept| kept.has_to_do(made, step)) {
                continue;
            }
            let mut upload = UPLOAD;
            keepers.retain_mut(|kept| {
                if !self.people[kept.keeper].there.has(step) {
                    return true;
                }
                let account = ledgers[kept.keeper].of(*id);
                if !kept.is_asked {
                    kept.let_go(account, step, &mut year);
                    return false;
                }
                account.room = self.people[self.author].friends[&kept.keeper].room;
                kept.hear(account, &shares[..made], step);
                kept.fetch(account, shares, step, &mut upload);
                assert!(account.used() <= account.room && account.week.bytes <= account.room);
                true
            });
        }
        for kept in keepers {
            year.end(kept, YEAR);
        }
        year
    }

    /// Asks those whom the policy chooses, and asks others no more.
    fn choose(self, keepers: &mut Vec<Kept>, step: usize) {
        let me = &self.people[self.author];
        let now = time(step);
        let friends = me.friends.iter().filter(|(_, friend)| friend.added <= now && friend.room > 0);
        let offers: Vec<(usize, Offer)> = friends
            .map(|(no, friend)| {
                let other = &self.people[*no];
                let seen = other.last_there(step).map_or(friend.added, time);
                let Friend { room: bytes, verified, added } = *friend;
                (*no, Offer { id: other.id, bytes, verified, added, seen, fails: false })
            })
            .collect();
        let numbers: BTreeMap<Id, usize> = offers.iter().map(|(no, offer)| (offer.id, *no)).collect();
        let keeps = |id: &Id| keepers.iter().any(|kept| kept.is_asked && kept.keeper == numbers[id]);
        let list: Vec<_> = offers.iter().map(|(_, offer)| *offer).collect();
        let chosen = policy::choose_some(&list, keeps, now, self.friends);
        let chosen: Vec<_> = chosen.iter().map(|id| numbers[id]).collect();
        let away = offers.iter().filter(|(no, offer)| offer.is_away(now) && chosen.contains(no));
        let away = away.filter(|(no, _)| keepers.iter().any(|kept| kept.keeper == *no));
        let away = away.filter_map(|(no, _)| Some(step - self.people[*no].last_there(step)?));
        let replaced_after = away.min();
        for kept in keepers.iter_mut() {
            kept.is_asked = chosen.contains(&kept.keeper);
        }
        for keeper in chosen {
            if !keepers.iter().any(|kept| kept.keeper == keeper) {
                let (asked_at, is_asked) = (step, true);
                keepers.push(Kept { keeper, replaced_after, asked_at, is_asked, ..Kept::default() });
            }
        }
    }
}

impl Kept {
    /// Whether there is something to say to the keeper, or something to fetch.
    fn has_to_do(&self, made: usize, step: usize) -> bool {
        !self.is_asked || made > self.listed || (!self.missing.is_empty() && step >= self.stuck)
    }

    /// Reads a new list, of the newest shares that have room, and lets go of what is on it no more.
    fn hear(&mut self, account: &mut Account, made: &[Share], step: usize) {
        if made.len() <= self.listed || (self.listed > 0 && step < self.listed_at + BETWEEN) {
            return;
        }
        let newest_first = made.iter().enumerate().rev();
        let newest_first = newest_first.map(|(no, share)| (no, expected(share.size, 1)));
        let list: BTreeSet<usize> = policy::with_room(newest_first, account.room).collect();
        self.keep_only(&list, account, step);
        self.was_full |= list.len() < made.len();
        self.missing = list.into_iter().filter(|share| !self.whole.contains_key(share)).collect();
        (self.listed, self.listed_at, self.stuck) = (made.len(), step, 0);
    }

    /// Lets go of shares that are not on the list.
    fn keep_only(&mut self, list: &BTreeSet<usize>, account: &mut Account, step: usize) {
        for (share, blocks) in self.blocks.extract_if(.., |share, _| !list.contains(share)) {
            for block in 0..blocks {
                account.let_go(&digest(share, block));
            }
        }
        let gone = self.whole.extract_if(.., |share, _| !list.contains(share));
        self.gone.extend(gone.map(|(share, whole)| (share, whole..step)));
    }

    /// Fetches what is missing, the newest first, as far as room, week and the author's line allow.
    fn fetch(&mut self, account: &mut Account, shares: &[Share], step: usize, upload: &mut u64) {
        if step < self.stuck {
            return;
        }
        while let Some(share) = self.missing.last().copied() {
            let size = shares[share].size;
            let done = self.blocks.entry(share).or_default();
            while *done * BLOCK < size {
                let len = BLOCK.min(size - *done * BLOCK);
                match account.check(len, time(step)) {
                    Ok(()) => {}
                    Err(NoRoom::Week) => {
                        self.stuck = step + ((account.week.end() - time(step)).div_ceil(STEP_MS) as usize);
                        return;
                    }
                    Err(why) => panic!("the list is cut to the room: {why}"),
                }
                if *upload < counted(len) {
                    *upload = 0;
                    return;
                }
                *upload -= counted(len);
                account.downloaded(len, time(step));
                account.keep(digest(share, *done), len);
                *done += 1;
            }
            self.whole.insert(share, step + 1);
            self.missing.pop();
            self.first_after.get_or_insert(step + 1 - self.asked_at);
        }
    }

    /// Lets go of everything, and ends.
    fn let_go(&mut self, account: &mut Account, step: usize, year: &mut Year) {
        self.keep_only(&BTreeSet::new(), account, step);
        assert_eq!((account.used(), account.blocks()), (0, 0), "the account is true to the byte");
        year.end(std::mem::take(self), step);
    }
}

impl Year {
    fn end(&mut self, kept: Kept, step: usize) {
        let Kept { keeper, .. } = kept;
        let whole = kept.whole.iter().map(|(share, whole)| (*share, *whole..step));
        let replicas = whole.chain(kept.gone.iter().cloned());
        self.replicas.extend(replicas.map(|(share, steps)| Replica { share, keeper, steps }));
        self.keepers.push(kept);
    }
}

/// The name of a block.
fn digest(share: usize, block: u64) -> [u8; 32] {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&(share as u64).to_le_bytes());
    digest[8..16].copy_from_slice(&block.to_le_bytes());
    digest
}

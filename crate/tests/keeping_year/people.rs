//! People of a year: habits, friends, room that they give, and what they share.

use std::collections::BTreeMap;
use std::ops::Range;

use spinney::crypto::sign::SigningKey;
use spinney::keys::Id;

use crate::dice::Dice;
use crate::hours::{self, DAY, HOUR, Habit, STEP_MS, Steps, YEAR};

/// When the year begins, in milliseconds since 1970. Some became friends in the year before.
pub(crate) const BEGIN_MS: u64 = 1_800_000_000_000;

const MIB: u64 = 1 << 20;

/// Room for all friends together: the tenth of a browser's quota of 40 GiB.
pub(crate) const TOTAL: u64 = 4 << 30;

/// A friend, as one person has them.
#[derive(Clone, Debug)]
pub(crate) struct Friend {
    /// Room that the friend gives this person.
    pub(crate) room: u64,
    /// Whether this person has compared the friend's words.
    pub(crate) verified: bool,
    /// When they became friends, in milliseconds since 1970.
    pub(crate) added: u64,
}

/// What somebody shares with all friends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    /// The step in which it is made.
    pub(crate) made: usize,
    /// Bytes of it.
    pub(crate) size: u64,
}

pub(crate) struct Person {
    pub(crate) id: Id,
    pub(crate) habit: Habit,
    /// When they have Spinney open.
    pub(crate) there: Steps,
    /// The visits, in order.
    pub(crate) visits: Vec<Range<usize>>,
    /// When they are away for a day or longer.
    pub(crate) long_away: Steps,
    /// The step from which on they are away for good.
    pub(crate) leaves: usize,
    pub(crate) friends: BTreeMap<usize, Friend>,
    /// In the order in which they were made.
    pub(crate) shares: Vec<Share>,
}

impl Person {
    /// The last step until this one in which they are there.
    pub(crate) fn last_there(&self, step: usize) -> Option<usize> {
        let begun = self.visits.partition_point(|visit| visit.start <= step);
        Some((self.visits[begun.checked_sub(1)?].end - 1).min(step))
    }
}

/// Time of a step, in milliseconds since 1970.
pub(crate) fn time(step: usize) -> u64 {
    BEGIN_MS + step as u64 * STEP_MS
}

/// So many people, who are the same for the same seed.
pub(crate) fn people(seed: u64, count: usize) -> Vec<Person> {
    let mut dice = Dice(seed);
    let mut people: Vec<_> = (0..count).map(|no| person(&mut dice, no)).collect();
    for (a, b) in friendships(&mut dice, count) {
        let is_old = dice.percent(75);
        let before = dice.within(30..365) as u64 * DAY as u64 * STEP_MS;
        let during = dice.within(0..300 * DAY);
        let added = if is_old { BEGIN_MS - before } else { time(during) };
        for (one, other) in [(a, b), (b, a)] {
            let friend = Friend { room: 0, verified: dice.percent(25), added };
            people[one].friends.insert(other, friend);
        }
    }
    for keeper in 0..count {
        give_room(&mut dice, &mut people, keeper);
    }
    people
}

fn person(dice: &mut Dice, no: usize) -> Person {
    let habits = [(30, Habit::Desk), (30, Habit::Evenings), (30, Habit::Phone), (10, Habit::Weekends)];
    let habit = dice.one_of(&habits);
    let zone = if dice.percent(85) { 0 } else { dice.within(1..10) };
    let leaves = if dice.percent(10) { dice.within(0..YEAR) } else { YEAR };
    let there = hours::year(dice, habit, zone, leaves);
    let visits = there.runs();
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&(no as u64).to_le_bytes());
    Person {
        id: SigningKey::from_bytes(&seed).verifying_key().into(),
        habit,
        long_away: long_away(&visits),
        shares: shares(dice, &there),
        there,
        visits,
        leaves,
        friends: BTreeMap::new(),
    }
}

fn long_away(visits: &[Range<usize>]) -> Steps {
    let mut away = Steps::none();
    let starts = visits.iter().map(|visit| visit.start).chain([YEAR]);
    let ends = [0].into_iter().chain(visits.iter().map(|visit| visit.end));
    for gap in ends.zip(starts).map(|(end, start)| end..start).filter(|gap| gap.len() >= 24 * HOUR) {
        away.set(gap);
    }
    away
}

/// Some share a few times a year, most twice a month, some every few days: a few pictures, an album, or a video.
fn shares(dice: &mut Dice, there: &Steps) -> Vec<Share> {
    let there: Vec<_> = there.iter().collect();
    let often: usize = dice.one_of(&[(30, 6), (50, 24), (20, 72)]);
    // Who leaves in the middle of the year shares so much less.
    let count = often * there.last().map_or(0, |last| last + 1) / YEAR;
    let mut shares: Vec<_> = (0..count)
        .map(|_| {
            let mib = dice.one_of(&[(50, (1, 6)), (35, (10, 61)), (15, (100, 401))]);
            let size = dice.within(mib.0..mib.1) as u64 * MIB;
            Share { made: there[dice.within(0..there.len())], size }
        })
        .collect();
    shares.sort_by_key(|share| share.made);
    shares
}

/// A small world (Watts and Strogatz, 1998): each has 8 to 20 friends around them in a ring, and every tenth of the
/// friendships is with anybody.
fn friendships(dice: &mut Dice, count: usize) -> Vec<(usize, usize)> {
    let mut pairs = std::collections::BTreeSet::new();
    for a in 0..count {
        for away in 1..=dice.within(4..11) {
            let b = if dice.percent(10) { dice.within(0..count) } else { (a + away) % count };
            if a != b {
                pairs.insert((a.min(b), a.max(b)));
            }
        }
    }
    pairs.into_iter().collect()
}

/// Some give no room, some a little, some much, to every other friend. Who has a phone alone seldom gives any.
fn give_room(dice: &mut Dice, people: &mut [Person], keeper: usize) {
    let rooms = match people[keeper].habit {
        Habit::Phone => [(80, 0), (20, 128 * MIB), (0, 0)],
        _ => [(30, 0), (40, 256 * MIB), (30, 1024 * MIB)],
    };
    let (room, mut left) = (dice.one_of(&rooms), TOTAL);
    let friends: Vec<_> = people[keeper].friends.keys().copied().collect();
    for friend in friends {
        if room > 0 && room <= left && dice.percent(50) {
            left -= room;
            people[friend].friends.get_mut(&keeper).expect("friends are so both ways").room = room;
        }
    }
}

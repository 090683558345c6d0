//! When people are there: a year in steps of five minutes, as a row of bits.

use std::ops::Range;

use crate::dice::Dice;

/// Steps of an hour: a short visit by phone is one step.
pub(crate) const HOUR: usize = 12;
pub(crate) const DAY: usize = 24 * HOUR;
pub(crate) const YEAR: usize = 365 * DAY;
/// Milliseconds of a step.
pub(crate) const STEP_MS: u64 = 5 * 60 * 1000;

/// When somebody has Spinney open. All of it is assumed; what is published about hours online is in `ARCHITECTURE.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Habit {
    /// A tab that is open at work, in a laptop that is closed for meetings and at noon.
    Desk,
    /// A laptop in the evening.
    Evenings,
    /// Some short visits every day.
    Phone,
    /// A laptop on Saturdays and Sundays.
    Weekends,
}

/// A bit for each step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Steps(Vec<u64>);

impl Steps {
    pub(crate) fn none() -> Self {
        Self(vec![0; YEAR.div_ceil(64)])
    }

    pub(crate) fn has(&self, step: usize) -> bool {
        self.0[step / 64] >> (step % 64) & 1 == 1
    }

    pub(crate) fn set(&mut self, steps: Range<usize>) {
        steps.for_each(|step| self.0[step / 64] |= 1 << (step % 64));
    }

    fn clear(&mut self, steps: Range<usize>) {
        steps.for_each(|step| self.0[step / 64] &= !(1 << (step % 64)));
    }

    /// Bits `64 * word` and later.
    pub(crate) fn word(&self, word: usize) -> u64 {
        self.0[word]
    }

    pub(crate) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The steps that are set, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(at * 64 + bit)
            })
        })
    }

    /// The ranges in which all steps are set, in order.
    pub(crate) fn runs(&self) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for step in self.iter() {
            match runs.last_mut() {
                Some(run) if run.end == step => run.end += 1,
                _ => runs.push(step..step + 1),
            }
        }
        runs
    }
}

/// Of the bits of a word, those whose steps are within a range.
pub(crate) fn within(word: usize, steps: &Range<usize>) -> u64 {
    let below = |end: usize| match end.saturating_sub(word * 64) {
        left if left >= 64 => u64::MAX,
        left => (1 << left) - 1,
    };
    below(steps.end) & !below(steps.start)
}

/// A year of somebody who is away for good from `leaves` on, and `zone` hours east of the others.
pub(crate) fn year(dice: &mut Dice, habit: Habit, zone: usize, leaves: usize) -> Steps {
    let mut there = Steps::none();
    for day in 0..365 {
        // A day without the laptop: somebody is ill, or on the road.
        if dice.percent(5) {
            continue;
        }
        for visit in visits(dice, habit, day % 7 >= 5) {
            let shift = |step: usize| (day * DAY + step).saturating_sub(zone * HOUR).min(YEAR);
            there.set(shift(visit.start)..shift(visit.end));
        }
    }
    // Two holidays of one to three weeks.
    for half in 0..2 {
        let days = dice.within(7..22);
        let first = half * 182 + dice.within(0..182 - days);
        there.clear(first * DAY..(first + days) * DAY);
    }
    there.clear(leaves..YEAR);
    there
}

/// The visits of one day, in steps after midnight.
fn visits(dice: &mut Dice, habit: Habit, is_weekend: bool) -> Vec<Range<usize>> {
    // From, to and length in hours; in so many cases of a hundred.
    let mut visits = Vec::new();
    let mut visit = |dice: &mut Dice, cases, from: usize, to: usize, len: Range<usize>| {
        if dice.percent(cases) {
            let first = dice.within(from * HOUR..to * HOUR);
            visits.push(first..(first + dice.within(len)).min(DAY));
        }
    };
    match (habit, is_weekend) {
        (Habit::Desk, false) => {
            let (first, last) = (dice.within(8 * HOUR..10 * HOUR), dice.within(16 * HOUR..18 * HOUR));
            let mut open = first;
            while open < last {
                let closed = (open + dice.within(HOUR / 2..3 * HOUR)).min(last);
                visits.push(open..closed);
                open = closed + dice.within(3..HOUR);
            }
            if dice.percent(30) {
                let first = dice.within(19 * HOUR..22 * HOUR);
                visits.push(first..first + dice.within(HOUR / 2..2 * HOUR));
            }
        }
        (Habit::Desk, true) => visit(dice, 30, 10, 20, HOUR / 2..2 * HOUR),
        (Habit::Evenings, _) => {
            visit(dice, 75, 18, 21, HOUR..3 * HOUR);
            visit(dice, if is_weekend { 40 } else { 0 }, 13, 17, HOUR..2 * HOUR);
        }
        (Habit::Phone, _) => {
            for _ in 0..dice.within(3..10) {
                visit(dice, 100, 7, 23, 1..3);
            }
        }
        (Habit::Weekends, true) => visit(dice, 80, 10, 20, 2 * HOUR..4 * HOUR),
        (Habit::Weekends, false) => visit(dice, 15, 18, 22, 2..HOUR / 2),
    }
    visits
}

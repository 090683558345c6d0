//! Chance that can be repeated from its seed.

use std::ops::Range;

/// A small generator of numbers (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number within a range that is not empty.
    pub(crate) fn within(&mut self, range: Range<usize>) -> usize {
        range.start + (self.next() % (range.end - range.start) as u64) as usize
    }

    /// Whether something happens that happens in so many cases of a hundred.
    pub(crate) fn percent(&mut self, cases: usize) -> bool {
        self.within(0..100) < cases
    }

    /// One of some things, each with the number of cases of a hundred in which it is the one.
    pub(crate) fn one_of<T: Copy>(&mut self, things: &[(usize, T)]) -> T {
        let mut at = self.within(0..things.iter().map(|(cases, _)| cases).sum());
        for (cases, thing) in things {
            match at.checked_sub(*cases) {
                Some(left) => at = left,
                None => return *thing,
            }
        }
        unreachable!("the number is below the sum")
    }
}

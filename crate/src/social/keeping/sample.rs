//! Which blocks a keeper is asked to prove.

/// Blocks that are asked for at random: who lost one in twenty is found out 998 times of 1,000.
pub const RANDOM: usize = 128;

/// Blocks that are asked for one after the other, so that a single one that was lost is found too, in time.
pub const IN_ORDER: usize = 128;

/// The places of the blocks that one question names, out of `total`, each once and sorted: all where there are few, else
/// some at random and some in order from `next`. The second is where the next question goes on.
///
/// `random` gives a number below the one that it gets.
pub fn sample(total: usize, next: usize, mut random: impl FnMut(usize) -> usize) -> (Vec<usize>, usize) {
    if total <= RANDOM + IN_ORDER {
        return ((0..total).collect(), 0);
    }
    let next = next % total;
    let in_order = (next..next + IN_ORDER).map(|place| place % total);
    let mut places: Vec<_> = in_order.chain((0..RANDOM).map(|_| random(total))).collect();
    places.sort_unstable();
    places.dedup();
    (places, (next + IN_ORDER) % total)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn few_are_asked_for_all_and_of_many_every_one_in_time() {
        assert_eq!(sample(0, 7, |_| unreachable!()), (vec![], 0));
        assert_eq!(sample(256, 7, |_| unreachable!()), ((0..256).collect(), 0));
        let (mut seen, mut next) = (BTreeSet::new(), 0);
        for _ in 0..8 {
            let (places, then) = sample(1_000, next, |_| 0);
            seen.extend(places);
            next = then;
        }
        assert_eq!(seen.len(), 1_000, "eight questions reach a thousand");
    }

    proptest! {
        #[test]
        fn places_are_there_and_named_once(
            total in 0..2_000_usize, next in any::<usize>(), random in any::<u64>()
        ) {
            let mut state = random;
            let (places, then) = sample(total, next % total.max(1), |below| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                usize::try_from(state >> 33).unwrap() % below
            });
            prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(places.iter().all(|place| *place < total) && places.len() <= RANDOM + IN_ORDER);
            prop_assert!(then == 0 || then < total);
        }
    }
}

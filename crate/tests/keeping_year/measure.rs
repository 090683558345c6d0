//! What a year of keeping was good for.

use std::ops::Range;

use crate::dice::Dice;
use crate::hours::{DAY, YEAR, within};
use crate::keeping::{Replica, Year};
use crate::people::{Person, time};

/// How long a share is looked for after it was made.
const WANTED: usize = 30 * DAY;

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) of: usize,
    pub(crate) yes: usize,
}

impl Part {
    fn count(&mut self, is_so: bool) {
        self.of += 1;
        self.yes += usize::from(is_so);
    }

    pub(crate) fn percent(self) -> f64 {
        100.0 * self.yes as f64 / self.of.max(1) as f64
    }
}

/// Measures of a year. Times are in steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measures {
    /// Of the time in which the author is away, that in which a keeper who has the share whole is there.
    pub(crate) available: Part,
    /// The same where the author is away for a day or longer.
    pub(crate) available_long: Part,
    /// Of the visits of readers that begin while the author is away, those in which the share can be fetched.
    pub(crate) visits: Part,
    /// The same if readers reached keepers who are no friends of theirs.
    pub(crate) visits_at_any: Part,
    /// From the first of these visits until the share can be fetched, sorted; `YEAR` if that is never.
    pub(crate) waits: Vec<usize>,
    /// Authors who share something while a friend could be asked.
    pub(crate) authors: Part,
    /// Keepers who were asked, and of whom something had no room.
    pub(crate) full: Part,
    /// Keepers who leave for good within the year.
    pub(crate) left: Part,
    /// From when an away keeper was seen last until another one was asked, sorted.
    pub(crate) replaced: Vec<usize>,
    /// From asking that one until a first share was there whole, sorted; `YEAR` if that never was.
    pub(crate) first: Vec<usize>,
}

/// The value below which so many of a hundred are.
pub(crate) fn percentile(sorted: &[usize], percent: usize) -> Option<usize> {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().checked_sub(1)?)).copied()
}

pub(crate) fn measure(people: &[Person], years: &[Year], seed: u64) -> Measures {
    let (mut dice, mut measures) = (Dice(seed), Measures::default());
    for (author, year) in people.iter().zip(years) {
        for (no, share) in author.shares.iter().enumerate() {
            let look = Look {
                people,
                author,
                replicas: year.replicas.iter().filter(|replica| replica.share == no).collect(),
                steps: share.made + 1..(share.made + WANTED).min(YEAR),
            };
            look.time(&mut measures);
            let known = author.friends.iter().filter(|(_, friend)| friend.added <= time(share.made));
            let readers: Vec<_> = known.map(|(reader, _)| *reader).collect();
            if !readers.is_empty() {
                look.reader(readers[dice.within(0..readers.len())], &mut measures);
            }
        }
        if !author.shares.is_empty() {
            measures.authors.count(author.friends.values().any(|friend| friend.room > 0));
        }
        for kept in &year.keepers {
            measures.full.count(kept.was_full);
            measures.left.count(people[kept.keeper].leaves < YEAR);
            if let Some(after) = kept.replaced_after {
                measures.replaced.push(after);
                measures.first.push(kept.first_after.unwrap_or(YEAR));
            }
        }
    }
    for sorted in [&mut measures.waits, &mut measures.replaced, &mut measures.first] {
        sorted.sort_unstable();
    }
    measures
}

/// One share, in the time in which it is looked for.
struct Look<'a> {
    people: &'a [Person],
    author: &'a Person,
    replicas: Vec<&'a Replica>,
    steps: Range<usize>,
}

impl Look<'_> {
    fn words(&self) -> Range<usize> {
        self.steps.start / 64..self.steps.end.div_ceil(64)
    }

    /// When one of these keepers has the share and is there, within a word.
    fn at_keepers(&self, word: usize, is_asked: impl Fn(usize) -> bool) -> u64 {
        let replicas = self.replicas.iter().filter(|replica| is_asked(replica.keeper));
        replicas.fold(0, |at, replica| {
            at | self.people[replica.keeper].there.word(word) & within(word, &replica.steps)
        })
    }

    fn time(&self, measures: &mut Measures) {
        for word in self.words() {
            let away = within(word, &self.steps) & !self.author.there.word(word);
            let long_away = away & self.author.long_away.word(word);
            let kept = self.at_keepers(word, |_| true);
            for (part, away) in [(&mut measures.available, away), (&mut measures.available_long, long_away)] {
                part.of += away.count_ones() as usize;
                part.yes += (away & kept).count_ones() as usize;
            }
        }
    }

    /// What one reader gets, of the friends that the author has by then. Who keeps the share has it anyway: it is not fetched from oneself.
    fn reader(&self, reader: usize, measures: &mut Measures) {
        let Person { there, visits, friends, .. } = &self.people[reader];
        let at_friends = self.sources(|keeper| friends.contains_key(&keeper));
        let at_any = self.sources(|keeper| keeper != reader);
        let first = visits.partition_point(|visit| visit.start < self.steps.start);
        let visits = visits[first..].iter().take_while(|visit| visit.start < self.steps.end);
        let mut visits = visits.filter(|visit| !self.author.there.has(visit.start)).peekable();
        if let Some(first) = visits.peek() {
            let got = at_friends.first(first.start..self.steps.end, |word| there.word(word));
            measures.waits.push(got.map_or(YEAR, |step| step - first.start));
        }
        for visit in visits {
            let visit = visit.start..visit.end.min(self.steps.end);
            measures.visits.count(at_friends.first(visit.clone(), |_| u64::MAX).is_some());
            measures.visits_at_any.count(at_any.first(visit, |_| u64::MAX).is_some());
        }
    }

    /// When the author is there, or one of these keepers who has the share.
    fn sources(&self, is_asked: impl Fn(usize) -> bool) -> Sources {
        let words = self.words().map(|word| self.author.there.word(word) | self.at_keepers(word, &is_asked));
        Sources { first: self.words().start, words: words.collect() }
    }
}

/// When a share can be fetched: a bit for each step, from a word on.
struct Sources {
    first: usize,
    words: Vec<u64>,
}

impl Sources {
    /// The first of these steps in which it can be fetched, of those that `mask` has.
    fn first(&self, steps: Range<usize>, mask: impl Fn(usize) -> u64) -> Option<usize> {
        (steps.start / 64..steps.end.div_ceil(64)).find_map(|word| {
            let left = self.words[word - self.first] & within(word, &steps) & mask(word);
            (left != 0).then(|| word * 64 + left.trailing_zeros() as usize)
        })
    }
}

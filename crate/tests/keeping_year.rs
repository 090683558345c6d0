//! A year of 200 friends who close their laptops: how much of what an absent author shared is there without any relay,
//! with none to three friends as keepers.
//!
//! Whom an author asks is `social::keeping::policy`, what keepers let in is `social::keeping::ledger`. The rest is in
//! [`people`] and [`hours`], and is assumed. `ARCHITECTURE.md` has the table, which this prints:
//!
//! `cargo test -p spinney --test keeping_year -- --nocapture`

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

#[path = "keeping_year/dice.rs"]
mod dice;
#[path = "keeping_year/hours.rs"]
mod hours;
#[path = "keeping_year/keeping.rs"]
mod keeping;
#[path = "keeping_year/measure.rs"]
mod measure;
#[path = "keeping_year/people.rs"]
mod people;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use spinney::social::keeping::policy::FRIENDS;

use crate::hours::{DAY, HOUR, Habit, YEAR};
use crate::measure::{Measures, Part, measure, percentile};
use crate::people::{Person, people};

const SEED: u64 = 14;
const PEOPLE: usize = 200;

/// The year with none, one, two and three friends as keepers.
static YEARS: LazyLock<[Measures; 4]> = LazyLock::new(|| {
    let people = people(SEED, PEOPLE);
    let years = [0, 1, 2, 3].map(|friends| measure(&people, &keeping::pass(&people, friends), SEED));
    print_hours(&people);
    print_years(&years);
    years
});

#[test]
fn each_keeper_makes_what_an_absent_author_shared_more_available() {
    for (fewer, more) in YEARS.iter().zip(&YEARS[1..]) {
        let parts = |it: &Measures| [it.available, it.available_long, it.visits, it.visits_at_any];
        for (fewer, more) in parts(fewer).into_iter().zip(parts(more)) {
            assert_eq!(fewer.of, more.of, "the same time and the same visits are looked at");
            assert!(fewer.yes < more.yes, "{fewer:?} {more:?}");
        }
        assert!(percentile(&fewer.waits, 50) >= percentile(&more.waits, 50));
    }
    assert_eq!(YEARS[0].available.yes, 0, "nobody keeps anything");
}

#[test]
fn two_friends_as_keepers_reach_what_the_architecture_says() {
    let year = &YEARS[FRIENDS];
    assert!(year.available.percent() >= 9.5, "{:?}", year.available);
    assert!(year.available_long.percent() >= 8.3, "{:?}", year.available_long);
    assert!(year.visits.percent() >= 17.0, "{:?}", year.visits);
    assert!(year.visits_at_any.percent() >= 24.5, "{:?}", year.visits_at_any);
}

#[test]
fn a_keeper_who_is_away_is_replaced_within_three_weeks() {
    for year in &YEARS[1..] {
        assert!(year.left.yes > 0 && !year.replaced.is_empty());
        assert!(percentile(&year.replaced, 50) <= Some(21 * DAY), "{:?}", percentile(&year.replaced, 50));
    }
}

#[test]
fn the_same_seed_gives_the_same_year() {
    let [one, same, other] = [1, 1, 2].map(|seed| {
        let people = people(seed, 30);
        measure(&people, &keeping::pass(&people, FRIENDS), seed)
    });
    assert_eq!(one, same);
    assert_ne!(one, other);
}

fn print_hours(people: &[Person]) {
    let mut hours: BTreeMap<Habit, Vec<f64>> = BTreeMap::new();
    for person in people.iter().filter(|person| person.leaves == YEAR) {
        hours.entry(person.habit).or_default().push(person.there.count() as f64 / (365 * HOUR) as f64);
    }
    println!("\n| habit | people | hours a day |\n|---|---|---|");
    for (habit, hours) in &hours {
        let mean = hours.iter().sum::<f64>() / hours.len() as f64;
        println!("| {habit:?} | {} | {mean:.1} |", hours.len());
    }
}

fn print_years(years: &[Measures]) {
    let long = |steps: usize| match steps {
        YEAR => "over 30 days".into(),
        DAY.. => format!("{:.1} days", steps as f64 / DAY as f64),
        _ => format!("{:.1} hours", steps as f64 / HOUR as f64),
    };
    let at = |sorted: &[usize], percent| percentile(sorted, percent).map_or("–".into(), long);
    println!(
        "\n| friends as keepers | a keeper is there | away for a day or longer | visits that get it | at any keeper \
         | wait, median | 95th percentile | got within a day |\n|---|---|---|---|---|---|---|---|"
    );
    for (friends, year) in years.iter().enumerate() {
        let soon = Part { of: year.waits.len(), yes: year.waits.partition_point(|wait| *wait <= DAY) };
        let parts = [year.available, year.available_long, year.visits, year.visits_at_any];
        let [there, long, visits, any] = parts.map(|part| format!("{:.1} %", part.percent()));
        let [median, most] = [50, 95].map(|percent| at(&year.waits, percent));
        println!(
            "| {friends} | {there} | {long} | {visits} | {any} | {median} | {most} | {:.0} % |",
            soon.percent()
        );
    }
    println!(
        "\n| friends as keepers | authors who could ask | keepers asked | full | left for good | others asked \
         | after, median | first share after, median |\n|---|---|---|---|---|---|---|---|"
    );
    for (friends, year) in years.iter().enumerate() {
        let Measures { authors, full, left, replaced, first, .. } = year;
        let (after, first) = (at(replaced, 50), at(first, 50));
        println!(
            "| {friends} | {:.0} % | {} | {} | {} | {} | {after} | {first} |",
            authors.percent(),
            full.of,
            full.yes,
            left.yes,
            replaced.len(),
        );
    }
}

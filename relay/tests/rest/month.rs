//! A month of people who add each other, share, reply, and change their minds.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cid::Cid;
use spinney::format::share_id::ShareId;
use spinney::keys::Id;
use spinney_relay::store::{Allotment, Store};

use crate::attacker::Attacker;
use crate::dice::Dice;
use crate::line::Line;
use crate::person::{Person, RELAYS};

const DAYS: u64 = 30;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// A time in 2027, in milliseconds since 1970.
const START: u64 = 1_800_000_000_000;

/// How many they are where there is time, and where there is not: chance gives the same, within a little more.
const PEOPLE: [usize; 2] = [200, 80];
/// Of each, so that who has more friends than others tells nothing.
const FRIENDS: usize = 20;

/// Of a hundred messages to relays, as many as something happens to.
const TROUBLE: usize = 20;

/// What somebody shared, and what has to come of it.
pub(crate) struct Given {
    pub(crate) author: usize,
    pub(crate) files: Vec<Vec<u8>>,
    /// Who is to have it at the end.
    pub(crate) to: BTreeSet<Id>,
    /// Who was removed from it.
    pub(crate) removed: BTreeSet<Id>,
    /// Its headers, and for whom each was.
    pub(crate) headers: BTreeMap<Cid, BTreeSet<Id>>,
}

pub(crate) struct Month {
    pub(crate) people: Vec<Person>,
    pub(crate) friends: BTreeSet<(usize, usize)>,
    pub(crate) given: BTreeMap<ShareId, Given>,
    pub(crate) attacker: Attacker,
}

impl Month {
    /// Lets the month pass, and a quiet day after it on which everybody catches up.
    pub(crate) async fn pass(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let everybody = PEOPLE[usize::from(std::env::var_os("SPINNEY_LONG").is_none())];
        let folders: Vec<_> = (0..RELAYS).map(|_| tempfile::tempdir().unwrap()).collect();
        let mut relays = Vec::new();
        for folder in &folders {
            // Whatever is not held goes with the next collection.
            let allotment = Allotment { quota: 1 << 30, capacity: 1 << 40, grace: Duration::ZERO };
            relays.push(Store::open(folder.path(), allotment).await.unwrap());
        }
        let mut line = Line::new(relays, TROUBLE);
        let people: Vec<_> = (0..everybody)
            .map(|number| {
                let count = dice.within(1..=2);
                let relays = dice.some(&(0..RELAYS).collect::<Vec<_>>(), count);
                Person::new(number, relays, START)
            })
            .collect();
        let friendships = friendships(everybody, &mut dice);
        let attacker = Attacker::new(people.iter().map(Person::public));
        let friends = friendships.iter().map(|(pair, _)| *pair).collect();
        let mut month = Self { people, friends, given: BTreeMap::new(), attacker };
        for day in 0..DAYS {
            for ((a, b), since) in &friendships {
                // The second of the two sometimes answers a day later.
                let (first, second) = if dice.percent(50) { (*a, *b) } else { (*b, *a) };
                if *since == day {
                    month.add(first, second, day);
                    if dice.percent(50) {
                        month.add(second, first, day);
                    }
                }
                if *since + 1 == day {
                    month.add(*a, *b, day);
                    month.add(*b, *a, day);
                }
            }
            let mut order: Vec<_> = (0..everybody).collect();
            dice.shuffle(&mut order);
            for person in order {
                if dice.percent(60) {
                    month.visit(person, day, &mut line, &mut dice).await;
                }
            }
            line.deliver_late(&mut dice).await;
            for relay in &line.relays {
                relay.collect().await.unwrap();
            }
        }
        line.calm();
        for round in 0..3 {
            for person in 0..everybody {
                month.come_and_go(person, DAYS + round, &mut line, &mut dice).await;
            }
        }
        for relay in &line.relays {
            relay.close().await;
        }
        month
    }

    fn add(&mut self, one: usize, other: usize, day: u64) {
        let (id, relays) = (self.people[other].id, self.people[other].relays().to_vec());
        self.people[one].add(id, &relays, START + day * DAY_MS);
    }

    /// Opens the page: reads what is new, does this or that, and publishes.
    async fn visit(&mut self, one: usize, day: u64, line: &mut Line, dice: &mut Dice) {
        let now = START + day * DAY_MS + dice.below(DAY_MS as usize) as u64;
        let person = &mut self.people[one];
        let heard_of = person.look(line, dice, now).await;
        let known = person.known();
        if let Some(author) = heard_of.first().filter(|_| dice.percent(30)) {
            self.share(one, [*author].into(), now, dice).await;
        }
        if !known.is_empty() && dice.percent(20) {
            let most = [1, 2, 3, 5, 8, known.len()][dice.below(6)].min(known.len());
            self.share(one, dice.some(&known, most).into_iter().collect(), now, dice).await;
        }
        let person = &mut self.people[one];
        if dice.percent(4) {
            person.rename(format!("Somebody {one} on day {day}"), now);
        }
        let shares: Vec<_> = person.own.keys().copied().collect();
        if !shares.is_empty() && dice.percent(10) {
            let share = shares[dice.below(shares.len())];
            self.change_mind(one, &share, now, dice);
        }
        self.publish(one, line, dice, now).await;
    }

    async fn come_and_go(&mut self, one: usize, day: u64, line: &mut Line, dice: &mut Dice) {
        let now = START + day * DAY_MS;
        self.people[one].look(line, dice, now).await;
        self.publish(one, line, dice, now).await;
    }

    async fn publish(&mut self, one: usize, line: &mut Line, dice: &mut Dice, now: u64) {
        let person = &mut self.people[one];
        person.publish(line, dice, now).await;
        for relay in person.relays() {
            self.attacker.look(one, &person.id, *relay, &line.relays[*relay]).await;
        }
    }

    async fn share(&mut self, one: usize, to: BTreeSet<Id>, now: u64, dice: &mut Dice) {
        let title = format!("Share {}", self.given.len());
        let sizes = [300, 2_000, 20_000];
        let sizes = (0..dice.within(1..=3)).map(|_| sizes[dice.below(3)]).collect::<Vec<_>>();
        let files: Vec<_> = sizes.into_iter().map(|size| dice.bytes(size)).collect();
        let id = self.people[one].share(&title, &files, to.clone(), now).await;
        let headers = [(self.people[one].own[&id].header, to.clone())].into();
        self.given.insert(id, Given { author: one, files, to, removed: BTreeSet::new(), headers });
    }

    /// Adds somebody to a share, removes somebody, or withdraws it.
    fn change_mind(&mut self, one: usize, id: &ShareId, now: u64, dice: &mut Dice) {
        let person = &mut self.people[one];
        let given = self.given.get_mut(id).unwrap();
        match dice.below(3) {
            0 => {
                let known = person.known();
                let more = dice.some(&known, 2);
                person.give(id, &more, now);
                given.removed.retain(|id| !more.contains(id));
                given.to.extend(more);
            }
            1 => {
                let Some(gone) = given.to.pop_first() else { return };
                person.take_from(id, &gone, now);
                given.removed.insert(gone);
            }
            _ => {
                // Those who are left are told that it is gone.
                person.withdraw(id, now);
                given.to.clear();
                return;
            }
        }
        given.headers.insert(person.own[id].header, given.to.clone());
    }
}

/// Who becomes whose friend, and on which day: a ring of neighbours in which many pairs then changed partners, so
/// that there are both circles of friends and acquaintances far away.
fn friendships(people: usize, dice: &mut Dice) -> Vec<((usize, usize), u64)> {
    let mut seats: Vec<_> = (0..people).collect();
    dice.shuffle(&mut seats);
    let pair = |a: usize, b: usize| (a.min(b), a.max(b));
    let mut pairs: Vec<_> = (0..people)
        .flat_map(|at| (1..=FRIENDS / 2).map(move |step| (at, (at + step) % people)))
        .map(|(a, b)| pair(seats[a], seats[b]))
        .collect();
    let mut there: BTreeSet<_> = pairs.iter().copied().collect();
    for _ in 0..pairs.len() {
        let (i, j) = (dice.below(pairs.len()), dice.below(pairs.len()));
        let ((a, b), (c, d)) = (pairs[i], pairs[j]);
        let (ad, cb) = (pair(a, d), pair(c, b));
        if a == d || c == b || ad == cb || there.contains(&ad) || there.contains(&cb) {
            continue;
        }
        there.remove(&pairs[i]);
        there.remove(&pairs[j]);
        there.extend([ad, cb]);
        (pairs[i], pairs[j]) = (ad, cb);
    }
    // Most know each other from the beginning, and some meet late.
    pairs.into_iter().map(|pair| (pair, if dice.percent(75) { 0 } else { dice.below(28) as u64 })).collect()
}

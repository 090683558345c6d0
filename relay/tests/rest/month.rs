//! A month of people who add each other, share, reply, give links out, change their minds, and part.

mod links;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cid::Cid;
use spinney::format::share_id::ShareId;
use spinney::keys::Id;
use spinney_relay::store::{Allotment, Store};

use crate::attacker::Attacker;
use crate::dice::Dice;
use crate::line::Line;
use crate::pair;
use crate::person::Person;
use crate::relays::RELAYS;

pub(crate) use links::{Came, Due, Linked};

pub(crate) const DAYS: u64 = 30;
/// After them everybody catches up.
const QUIET_DAYS: u64 = 3;
pub(crate) const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// A time in 2027, in milliseconds since 1970.
pub(crate) const START: u64 = 1_800_000_000_000;

/// How many they are where there is time, and where there is not: chance gives the same, within a little more.
const PEOPLE: [usize; 2] = [200, 80];
/// Of each, so that who has more friends than others tells nothing.
const FRIENDS: usize = 20;

/// With so many each parts, and so many with each: a person who loses more friends than others replies less.
const PARTINGS: usize = 2;

/// To so many each gives room, and so many give room to each: how many keepers somebody has, a relay sees.
const KEEPERS: usize = 2;

/// Of a hundred messages to relays, as many as something happens to.
pub(crate) const TROUBLE: usize = 20;

/// What somebody shared, and what has to come of it.
pub(crate) struct Given {
    pub(crate) author: usize,
    pub(crate) files: Vec<Vec<u8>>,
    /// Who is to have it at the end.
    pub(crate) to: BTreeSet<Id>,
    /// Who was removed from it, or is no contact of its author any more: they may have what was there until then.
    pub(crate) removed: BTreeSet<Id>,
    /// Who had it when they and its author parted: they have it for good.
    pub(crate) keepers: BTreeSet<Id>,
    /// Its headers, and for whom each was.
    pub(crate) headers: BTreeMap<Cid, BTreeSet<Id>>,
}

pub(crate) struct Month {
    pub(crate) people: Vec<Person>,
    /// Who ever were friends, those too who parted.
    pub(crate) friends: BTreeSet<(usize, usize)>,
    /// Who removed or blocked whom.
    pub(crate) parted: BTreeSet<(usize, usize)>,
    pub(crate) given: BTreeMap<ShareId, Given>,
    pub(crate) linked: BTreeMap<ShareId, Linked>,
    pub(crate) attacker: Attacker,
    /// With whom each is going to part, and on which day.
    partings: Vec<Vec<(usize, u64)>>,
    /// To whom each is going to give room.
    owners: Vec<Vec<usize>>,
}

/// Two people who become friends.
pub(crate) struct Friendship {
    pub(crate) one: usize,
    pub(crate) other: usize,
    pub(crate) since: u64,
    /// The day on which the one parts with the other.
    pub(crate) until: Option<u64>,
}

impl Month {
    /// Lets the month pass, and the quiet days after it.
    pub(crate) async fn pass(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let everybody = PEOPLE[usize::from(std::env::var_os("SPINNEY_LONG").is_none())];
        let folders: Vec<_> = (0..RELAYS).map(|_| tempfile::tempdir().unwrap()).collect();
        let mut relays = Vec::new();
        for folder in &folders {
            // All that is not held goes with the next collection.
            let allotment =
                Allotment { quota: 1 << 30, newcomer: None, capacity: 1 << 40, grace: Duration::ZERO };
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
        let friendships = friendships(everybody, FRIENDS, &mut dice);
        let attacker = Attacker::new(people.iter().map(Person::public));
        let friends = friendships.iter().map(|it| pair(it.one, it.other)).collect();
        let mut partings = vec![Vec::new(); everybody];
        for &Friendship { one, other, until, .. } in &friendships {
            partings[one].extend(until.map(|day| (other, day)));
        }
        let mut owners = vec![Vec::new(); everybody];
        for (at, &Friendship { one, other, .. }) in friendships.iter().enumerate() {
            if (PARTINGS..PARTINGS + KEEPERS).contains(&(at % (FRIENDS / 2))) {
                owners[one].push(other);
            }
        }
        let mut month = Self {
            people,
            friends,
            parted: BTreeSet::new(),
            given: BTreeMap::new(),
            linked: BTreeMap::new(),
            attacker,
            partings,
            owners,
        };
        for day in 0..DAYS {
            for &Friendship { one, other, since, .. } in &friendships {
                // The second of the two sometimes answers a day later.
                let (first, second) = if dice.percent(50) { (one, other) } else { (other, one) };
                if since == day {
                    month.add(first, second, day);
                    if dice.percent(50) {
                        month.add(second, first, day);
                    }
                }
                if since + 1 == day {
                    month.add(one, other, day);
                    month.add(other, one, day);
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
            let evening = START + (day + 1) * DAY_MS;
            line.evening(evening).await;
            month.guests_come(evening, &line).await;
        }
        line.calm();
        let last = START + (DAYS + QUIET_DAYS - 1) * DAY_MS;
        for day in DAYS..DAYS + QUIET_DAYS {
            for person in 0..everybody {
                // What was late may have pinned something again.
                month.people[person].doubt();
                month.come_and_go(person, day, &mut line, &mut dice).await;
            }
        }
        line.evening(last).await;
        month.guests_come(last, &line).await;
        month.guests_ask_again(&line).await;
        for relay in &line.relays {
            relay.close().await;
        }
        month
    }

    fn add(&mut self, one: usize, other: usize, day: u64) {
        if self.parted.contains(&(one, other)) {
            return;
        }
        let (id, relays) = (self.people[other].id, self.people[other].relays().to_vec());
        self.people[one].add(id, &relays, START + day * DAY_MS);
    }

    /// Opens the page: reads what is new, does this or that, and publishes.
    async fn visit(&mut self, one: usize, day: u64, line: &mut Line, dice: &mut Dice) {
        let now = START + day * DAY_MS + dice.below(DAY_MS as usize) as u64;
        let person = &mut self.people[one];
        let heard_of = person.look(line, dice, now).await;
        person.end_links(now);
        self.part(one, day, now, dice);
        let known = self.people[one].known();
        let heard_of = heard_of.into_iter().find(|author| known.contains(author));
        if let Some(author) = heard_of.filter(|_| dice.percent(30)) {
            self.share(one, [author].into(), now, dice).await;
        }
        if !known.is_empty() && dice.percent(20) {
            let most = [1, 2, 3, 5, 8, known.len()][dice.below(6)].min(known.len());
            self.share(one, dice.some(&known, most).into_iter().collect(), now, dice).await;
        }
        self.open_links(one, line, dice).await;
        if dice.percent(5) {
            self.give_link(one, now, dice).await;
        }
        self.offer_room(one, now);
        let person = &mut self.people[one];
        if dice.percent(4) {
            person.rename(format!("Somebody {one} on day {day}"), now);
        }
        let shares: Vec<_> = person.own.keys().copied().collect();
        if !shares.is_empty() && dice.percent(15) {
            let share = shares[dice.below(shares.len())];
            self.change_mind(one, &share, now, dice);
        }
        self.people[one].ask_keepers(now);
        self.publish(one, line, dice, now).await;
    }

    async fn come_and_go(&mut self, one: usize, day: u64, line: &mut Line, dice: &mut Dice) {
        let now = START + day * DAY_MS;
        self.people[one].end_links(now);
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
        let files = files(dice);
        let id = self.people[one].share(&title, &files, to.iter().copied().collect(), now).await;
        let headers = [(self.people[one].own[&id].header, to.clone())].into();
        let (removed, keepers) = (BTreeSet::new(), BTreeSet::new());
        self.given.insert(id, Given { author: one, files, to, removed, keepers, headers });
    }

    /// Adds somebody to a share, removes somebody, or withdraws it; a link is switched off.
    fn change_mind(&mut self, one: usize, id: &ShareId, now: u64, dice: &mut Dice) {
        let person = &mut self.people[one];
        if person.has_link(id) {
            return person.switch_off(id);
        }
        let given = self.given.get_mut(id).unwrap();
        match dice.below(3) {
            0 => {
                let known = person.known();
                let more = dice.some(&known, 2);
                person.change_audience(id, |now| now.give_to(&[now.readers, &more].concat()), now);
                given.removed.retain(|id| !more.contains(id));
                given.to.extend(more);
            }
            1 => {
                let Some(gone) = given.to.pop_first() else { return };
                person.change_audience(id, |now| now.take_from(&[gone]), now);
                given.removed.insert(gone);
            }
            _ => {
                // Those who are left are told that it is gone.
                person.withdraw(id, now);
                given.to.clear();
                return;
            }
        }
        given.headers.entry(person.own[id].header).or_insert_with(|| given.to.clone());
    }

    /// Gives room to those friends of the first hour who have a letterbox and none yet.
    fn offer_room(&mut self, one: usize, now: u64) {
        let introduced = self.people[one].introduced();
        let is_due = |other: &mut usize| introduced.contains(&self.people[*other].id);
        let due: Vec<_> = self.owners[one].extract_if(.., is_due).collect();
        for other in due {
            let owner = self.people[other].id;
            self.people[one].offer_room(owner, now);
        }
    }

    /// Removes or blocks those with whom it is time to part.
    fn part(&mut self, one: usize, day: u64, now: u64, dice: &mut Dice) {
        let introduced = self.people[one].introduced();
        let is_due =
            |(other, due): &mut (usize, u64)| *due <= day && introduced.contains(&self.people[*other].id);
        let due: Vec<_> = self.partings[one].extract_if(.., is_due).collect();
        for (other, _) in due {
            let id = self.people[other].id;
            if dice.percent(50) {
                self.people[one].remove(&id, now);
            } else {
                self.people[one].block(&id, now);
            }
            self.part_with(one, other);
        }
    }

    /// Takes down what becomes of what two people gave each other when the one wants nothing of the other any more.
    fn part_with(&mut self, one: usize, other: usize) {
        self.parted.insert((one, other));
        let [id, others] = [one, other].map(|number| self.people[number].id);
        for (share, given) in &mut self.given {
            if given.author == one {
                let has = self.people[other].received.contains_key(share);
                given.to.remove(&others);
                // Also of what was withdrawn: that it is gone, and where relays still had it, they may not have heard.
                if given.headers.values().any(|audience| audience.contains(&others)) {
                    given.removed.insert(others);
                }
                // Of what was withdrawn they may be told still.
                if has && self.people[one].own.contains_key(share) {
                    given.keepers.insert(others);
                }
            } else if given.author == other && self.people[one].received.contains_key(share) {
                given.keepers.insert(id);
            }
        }
    }
}

pub(crate) fn files(dice: &mut Dice) -> Vec<Vec<u8>> {
    let sizes = [300, 2_000, 20_000];
    let sizes: Vec<_> = (0..dice.within(1..=3)).map(|_| sizes[dice.below(3)]).collect();
    sizes.into_iter().map(|size| dice.bytes(size)).collect()
}

/// Who becomes whose friend, and on which day: a ring of neighbours in which many pairs then changed partners, so
/// that there are both circles of friends and acquaintances far away.
pub(crate) fn friendships(people: usize, friends: usize, dice: &mut Dice) -> Vec<Friendship> {
    let steps = friends / 2;
    let mut seats: Vec<_> = (0..people).collect();
    dice.shuffle(&mut seats);
    let mut pairs: Vec<_> = (0..people)
        .flat_map(|at| (1..=steps).map(move |step| (at, (at + step) % people)))
        .map(|(a, b)| (seats[a], seats[b]))
        .collect();
    let mut there: BTreeSet<_> = pairs.iter().map(|(a, b)| pair(*a, *b)).collect();
    for _ in 0..pairs.len() {
        // Neighbours at one distance, of whom each has one on either side.
        let i = dice.below(pairs.len());
        let j = dice.below(people) * steps + i % steps;
        let ((a, b), (c, d)) = (pairs[i], pairs[j]);
        let (ad, cb) = (pair(a, d), pair(c, b));
        if a == d || c == b || ad == cb || there.contains(&ad) || there.contains(&cb) {
            continue;
        }
        there.remove(&pair(a, b));
        there.remove(&pair(c, d));
        there.extend([ad, cb]);
        (pairs[i], pairs[j]) = ((a, d), (c, b));
    }
    let friendship = |(at, (one, other)): (usize, (usize, usize))| {
        if at % steps < PARTINGS {
            return Friendship { one, other, since: 0, until: Some(dice.within(5..=25) as u64) };
        }
        // Most know each other from the beginning, and some meet late.
        let since = if dice.percent(70) { 0 } else { dice.below(28) as u64 };
        Friendship { one, other, since, until: None }
    };
    pairs.into_iter().enumerate().map(friendship).collect()
}

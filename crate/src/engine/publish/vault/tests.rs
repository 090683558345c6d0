//! Histories of three devices of one person, in every order: all of them end alike, and nobody comes back.

mod device;
mod version_1;

use device::{Act, Seen, Step, World};

use crate::social::relation::Decision;
use crate::social::vault::Vault;

/// Numbers that follow from a seed (xorshift64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }
}

/// Every order of three.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// Brings the devices together, and checks that all of them end alike, in any order.
fn check(world: &World, number: usize, history: &[Step]) {
    let merged = |order: [usize; 3]| {
        let mut vault = world.written[order[0]].clone();
        order[1..].iter().for_each(|next| drop(vault.merge(&world.written[*next])));
        vault
    };
    let end = merged(ORDERS[number % 6]);
    assert!(end.says_the_same(&merged(ORDERS[5 - number % 6])), "in any order: {history:?}");
    let device = world.merged(number % 3, &end);
    let seen = device.seen();
    for (id, decision) in world.decided() {
        assert_eq!(seen.decision(&id), decision, "the last decision counts: {id:?} {history:?}\n{seen:#?}");
    }
    if number.is_multiple_of(16) {
        check_closely(world, &end, &seen, history);
    }
}

/// What is too slow to be checked of every history.
fn check_closely(world: &World, end: &Vault, seen: &Seen, history: &[Step]) {
    let mut again = end.clone();
    for written in &world.written {
        assert!(again.merge(written).is_empty(), "twice is once: {history:?}");
    }
    let devices = [0, 1, 2].map(|device| world.merged(device, end));
    // Of two people with one invite each device writes that one is no contact.
    devices.iter().for_each(|device| drop(again.merge(&device.written())));
    for device in &devices {
        let device = device.with(device.written(), &again);
        assert_eq!(device.seen(), *seen, "all show the same: {history:?}");
        let written = device.written();
        assert!(again.clone().merge(&written).is_empty(), "nothing new is written: {history:?}");
        let once_more = device.with(written.clone(), &written).written();
        assert!(once_more.says_the_same(&written), "nor forgotten: {history:?}");
    }
}

/// Runs every history of `left` more steps, each of a device that does one of these acts or synchronises.
fn run_all(world: &World, acts: &[Act], left: usize, history: &mut Vec<Step>, count: &mut usize) {
    for device in 0..3 {
        for act in acts.iter().copied().map(Some).chain([None]) {
            let step = Step { device, act };
            // Acts of two devices one after the other are the same the other way round, and the end brings all together.
            let is_other_order = |last: &Step| last.act.is_some() && act.is_some() && last.device > device;
            if history.last().is_some_and(is_other_order) || (act.is_none() && left == 1) {
                continue;
            }
            let mut world = world.clone();
            if !world.run(step) {
                continue;
            }
            history.push(step);
            *count += 1;
            check(&world, *count, history);
            if left > 1 {
                run_all(&world, acts, left - 1, history, count);
            }
            history.pop();
        }
    }
}

fn run_all_of(acts: &[Act], start: &[Step]) {
    let mut world = World::new();
    for step in start {
        assert!(world.run(*step));
    }
    let mut count = 0;
    run_all(&world, acts, 5, &mut start.to_vec(), &mut count);
    assert!(count > 200, "only {count} histories");
}

/// All devices know the first person as a contact.
const KNOWN: [Step; 4] = [Step::of(0, Act::Add(0)), Step::sync(0), Step::sync(1), Step::sync(2)];

#[test]
fn who_was_removed_or_blocked_later_does_not_come_back_in_any_history_of_five_steps() {
    run_all_of(&[Act::Add(0), Act::Remove(0)], &[]);
    run_all_of(&[Act::Remove(0), Act::Block(0)], &KNOWN);
    run_all_of(&[Act::Add(0), Act::Block(0)], &KNOWN);
}

#[test]
fn names_circles_and_facts_decide_nothing_in_any_history_of_five_steps() {
    run_all_of(&[Act::Remove(0), Act::Rename(0, 1)], &KNOWN);
    run_all_of(&[Act::Block(0), Act::Circle(0, 1)], &KNOWN);
    run_all_of(&[Act::Remove(0), Act::Hear(0, 9)], &KNOWN);
    run_all_of(&[Act::Decline(0), Act::Hear(0, 9)], &[]);
}

#[test]
fn who_changed_keys_is_one_person_and_the_later_decision_counts_in_any_history_of_five_steps() {
    run_all_of(&[Act::ChangeKeys, Act::Block(0)], &KNOWN);
    run_all_of(&[Act::ChangeKeys, Act::Remove(0)], &KNOWN);
    run_all_of(&[Act::ChangeKeys, Act::Remove(3)], &KNOWN);
    run_all_of(&[Act::ChangeKeys, Act::Block(3)], &KNOWN);
}

#[test]
fn settings_shares_invites_and_what_is_hidden_end_alike_in_any_history_of_five_steps() {
    run_all_of(&[Act::Receipts(true), Act::Receipts(false)], &[]);
    run_all_of(&[Act::Share(0), Act::Withdraw(0)], &[]);
    run_all_of(&[Act::Hide(0, 3), Act::Hide(0, 4)], &[]);
    run_all_of(&[Act::ComeByInvite(0), Act::ComeByInvite(1)], &[]);
    run_all_of(&[Act::ComeByInvite(0), Act::Remove(0)], &[]);
}

#[test]
fn what_was_left_in_a_box_is_answered_once_in_any_history_of_five_steps() {
    run_all_of(&[Act::Leave(0), Act::Answer(0)], &[]);
    run_all_of(&[Act::Answer(0), Act::Add(0)], &[Step::of(0, Act::Leave(0)), Step::sync(0), Step::sync(1)]);
    run_all_of(&[Act::Leave(0), Act::Close], &[]);
}

#[test]
fn what_is_said_hidden_and_listed_of_shares_ends_alike_in_any_history_of_five_steps() {
    run_all_of(&[Act::Say(0), Act::Unsay(0)], &[]);
    run_all_of(&[Act::Hush(0), Act::Unhush(0)], &[]);
    run_all_of(
        &[Act::List(0), Act::Withdraw(0)],
        &[Step::of(0, Act::Share(0)), Step::sync(0), Step::sync(1)],
    );
}

#[test]
fn a_device_that_was_away_for_401_days_brings_nobody_back_whose_removal_is_forgotten() {
    const DAY: u64 = 24 * 60 * 60 * 1000;
    let mut world = World::new();
    let steps = [KNOWN.to_vec(), vec![Step::of(1, Act::Remove(0)), Step::sync(1)]].concat();
    assert!(steps.into_iter().all(|step| world.run(step)));
    for days in [1, 399, 401, 4_000] {
        let decision = world.decision_after(0, days * DAY);
        assert_ne!(decision, Some(Decision::Added), "after {days} days");
    }
}

/// How many longer histories run, and of how many steps each.
const LONG: (usize, usize) = (10_000, 12);

#[test]
fn ten_thousand_long_histories_end_alike_on_all_devices() {
    for number in 0..LONG.0 {
        let mut dice = Dice((number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (mut world, mut history) = (World::new(), Vec::new());
        while history.len() < LONG.1 {
            let step = random(&mut dice);
            if world.run(step) {
                history.push(step);
            }
        }
        check(&world, number, &history);
    }
}

fn random(dice: &mut Dice) -> Step {
    let (device, who, number) = (dice.below(3), dice.below(3) as u8, dice.below(4) as u8);
    let act = match dice.below(26) {
        0..=5 => return Step::sync(device),
        6 | 7 => Act::Add(who),
        8 => Act::Remove(who),
        9 => Act::Block(who),
        10 => Act::Follow(who),
        11 => Act::Rename(who, number),
        12 => Act::Circle(who, number),
        13 if who > 0 => Act::Receipts(number > 1),
        13 => Act::RelayOnly(number > 1),
        14 | 15 => Act::Hide(who, number.into()),
        16 => Act::Share(number),
        17 => Act::Withdraw(number),
        18 => Act::Hear(who, number.into()),
        19 | 20 => Act::ComeByInvite(who),
        22 if who > 0 => Act::Say(number),
        22 => Act::Unsay(number),
        23 if who > 0 => Act::Hush(number),
        23 => Act::Unhush(number),
        24 | 25 => Act::List(number),
        _ => Act::Decline(who),
    };
    Step::of(device, act)
}

use super::*;
use crate::social::fixture::{NOW, permutations};

#[test]
fn adding_goes_from_requested_to_mutual_and_back_to_a_stranger() {
    let mut bob = Relation::default();
    assert_eq!(bob.standing(false, false), Standing::Stranger);
    bob.decide(Decision::Added, None, NOW);
    assert_eq!(bob.standing(false, false), Standing::Requested);
    assert_eq!(bob.standing(false, true), Standing::Mutual);
    assert!(bob.is_written_to() && bob.is_watched());
    bob.decide(Decision::None, None, NOW + 1);
    assert_eq!(bob.standing(false, true), Standing::Stranger);
    assert!(!bob.is_written_to() && !bob.is_watched());
}

#[test]
fn a_person_who_asks_is_shown_until_they_are_answered() {
    let asking = Relation::default();
    assert!(asking.hears(NOW));
    assert_eq!(asking.standing(true, true), Standing::Asks);
    for decision in [Decision::Added, Decision::Blocked] {
        let mut answered = asking.clone();
        answered.decide(decision, Some(NOW), NOW);
        assert!(!answered.hears(NOW) && !answered.hears(NOW + DAY_MS));
        answered.decide(Decision::None, None, NOW + 1);
        assert!(!answered.hears(NOW), "the same request, left once more after they were removed");
        assert!(answered.hears(NOW + 1), "they ask anew");
    }
    let mut followed = asking;
    followed.decide(Decision::Following, None, NOW);
    assert!(followed.hears(NOW), "to follow is no answer");
    assert_eq!(followed.standing(true, false), Standing::Following);
}

#[test]
fn a_declined_person_is_not_heard_for_thirty_days() {
    let mut eve = Relation::default();
    eve.decline(NOW);
    assert_eq!(eve.standing(false, false), Standing::Declined);
    assert!(!eve.hears(NOW) && !eve.hears(NOW + QUIET_MS - 1));
    assert!(eve.hears(NOW + QUIET_MS));
    assert_eq!(eve.standing(true, false), Standing::Asks);
    let mut followed = Relation::default();
    followed.decide(Decision::Following, None, NOW);
    followed.decline(NOW);
    assert_eq!(followed.standing(false, false), Standing::Following, "to decline is not to stop following");
}

#[test]
fn a_blocked_person_is_not_heard_and_gets_nothing_until_unblocked() {
    let mut eve = Relation::added(NOW);
    eve.decide(Decision::Blocked, None, NOW);
    assert_eq!(eve.standing(true, true), Standing::Blocked);
    assert!(!eve.hears(u64::MAX) && !eve.is_written_to() && !eve.is_watched());
    assert!(!eve.owes_request(false, NOW + QUIET_MS));
    eve.decide(Decision::None, None, NOW);
    assert_eq!(eve.standing(false, true), Standing::Stranger);
    assert!(eve.hears(NOW));
}

#[test]
fn what_was_decided_before_a_block_comes_back_with_its_end() {
    for before in [Decision::None, Decision::Following, Decision::Added] {
        let mut eve = Relation::default();
        eve.decide(before, None, NOW);
        eve.set_circles(["family"]).unwrap();
        eve.decide(Decision::Blocked, None, NOW + 1);
        eve.decide(Decision::Blocked, None, NOW + 2);
        assert_eq!(eve.decision(), Decision::Blocked);
        assert_eq!(eve.unblock(NOW + 3), before);
        assert_eq!((eve.decision(), eve.circles().next()), (before, Some("family")));
        assert_eq!(eve.unblock(NOW + 4), before, "nothing is left to end");
    }
    let mut removed = Relation::added(NOW);
    removed.decide(Decision::Blocked, None, NOW + 1);
    removed.decide(Decision::None, None, NOW + 2);
    removed.decide(Decision::Blocked, None, NOW + 3);
    assert_eq!(removed.unblock(NOW + 4), Decision::None);
}

#[test]
fn a_request_that_was_left_is_left_once_more_if_there_is_something_new_to_say() {
    let mut bob = Relation::added(NOW);
    bob.apply_asked(NOW + 5);
    assert!(!bob.owes_request(false, NOW + 6));
    bob.ask_anew(NOW + 5);
    assert!(bob.owes_request(false, NOW + 6));
}

#[test]
fn answers_in_any_order_and_twice_end_alike() {
    let answers: [fn(&mut Relation); 4] = [
        |relation| relation.decline(NOW),
        |relation| relation.decline(NOW + 5),
        |relation| relation.decide(Decision::None, Some(NOW + 9), NOW),
        |relation| relation.apply_asked(NOW + 2),
    ];
    let mut ends = Vec::new();
    for order in permutations(&answers) {
        let mut relation = Relation::default();
        for answer in order.iter().chain(&order) {
            let heard: Vec<_> = (0..12).map(|ms| relation.hears(NOW + ms)).collect();
            answer(&mut relation);
            let hears = (0..12).map(|ms| relation.hears(NOW + ms));
            assert!(heard.iter().zip(hears).all(|(before, after)| *before || !after), "went back in time");
        }
        ends.push(relation);
    }
    assert!(ends.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_request_is_left_once_and_again_after_a_month_without_answer() {
    let mut bob = Relation::default();
    assert!(!bob.owes_request(false, NOW));
    bob.decide(Decision::Added, None, NOW);
    assert!(bob.owes_request(false, NOW) && !bob.owes_request(true, NOW));
    bob.apply_asked(NOW + 1);
    assert!(!bob.owes_request(false, NOW + 2));
    assert!(bob.owes_request(false, NOW + 1 + ASK_AGAIN_MS));
    bob.decide(Decision::None, None, NOW + 3);
    bob.decide(Decision::Added, None, NOW + 4);
    assert!(bob.owes_request(false, NOW + 5), "added anew, asked anew");
}

#[test]
fn a_person_who_asked_is_answered_without_a_request_of_mine() {
    let mut bob = Relation::default();
    bob.decide(Decision::Added, Some(NOW - 1), NOW);
    assert!(!bob.owes_request(false, NOW + 1));
    let mut known = Relation::added(NOW);
    assert!(known.owes_request(false, NOW + 1));
    known.decide(Decision::Added, Some(NOW + 5), NOW + 6);
    assert!(!known.owes_request(false, NOW + 7), "they asked before mine was left");
}

#[test]
fn circles_are_names_and_each_is_there_once() {
    let mut bob = Relation::default();
    bob.set_circles(["family", " climbing\n", "family"]).unwrap();
    assert_eq!(bob.circles().collect::<Vec<_>>(), ["climbing", "family"]);
    assert_eq!(bob.set_circles([" "]), Err(CircleError::Name(TextError::Empty)));
    let many: Vec<_> = (0..=MAX_CIRCLES).map(|n| n.to_string()).collect();
    assert_eq!(bob.set_circles(many.iter().map(String::as_str)), Err(CircleError::TooMany));
    assert_eq!(bob.circles().count(), 2, "after an error everything is as it was");
    bob.set_circles([]).unwrap();
    assert_eq!(bob.circles().count(), 0);
}

#[test]
fn a_decision_is_remembered_and_an_old_answer_is_not() {
    let mut eve = Relation::default();
    assert!(eve.is_forgettable(NOW));
    eve.decline(NOW);
    assert!(!eve.is_forgettable(NOW + 59 * DAY_MS));
    assert!(eve.is_forgettable(NOW + 60 * DAY_MS));
    eve.decide(Decision::Blocked, None, NOW);
    assert!(!eve.is_forgettable(NOW + 600 * DAY_MS));
}

use super::*;
use crate::{
    crypto::sign::SigningKey,
    format::secret::CodeSecret,
    social::{
        fixture::{NOW, permutations, recipient, ring},
        relation::Standing,
    },
};

const DAY: u64 = 24 * 60 * 60 * 1000;

/// A person, with all state that a request touches.
#[derive(Clone, Debug, PartialEq)]
struct Me {
    inbox: Inbox,
    relations: BTreeMap<Id, Relation>,
    invites: Invites,
}

impl Me {
    fn new() -> Self {
        Self { inbox: Inbox::default(), relations: BTreeMap::new(), invites: Invites::default() }
    }

    fn ingest(&mut self, request: &Request, now: u64) -> IngestOutcome {
        let relation = self.relations.entry(request.from).or_default();
        self.inbox.ingest(&ring(1).id(), request, relation, &mut self.invites, now)
    }

    fn standing(&self, who: &Id) -> Standing {
        let relation = self.relations.get(who).cloned().unwrap_or_default();
        relation.standing(self.inbox.waiting().any(|(id, _)| id == who), false)
    }
}

/// Returns a request to me, sealed by the person of this seed at a time, and opened again.
fn asked(seed: u8, message: &str, invite: Option<&CodeSecret>, time: u64) -> Request {
    let relays = ["/dns4/relay".to_owned()];
    let (from, to) = (ring(seed), recipient(&ring(1)));
    let proof = invite.map(|secret| crate::keys::invite::proof(secret, &from.id(), &to.id));
    let sealed = ask(&from, &to, message, &relays, proof, None, time).unwrap();
    open(&ring(1), &sealed, time).unwrap()
}

#[test]
fn a_request_is_read_by_whom_it_is_for_within_sixty_days() {
    let sealed = ask(&ring(2), &recipient(&ring(1)), "Ame\u{301}lie ", &[], None, None, NOW).unwrap();
    let request = open(&ring(1), &sealed, NOW).unwrap();
    assert_eq!((request.from, request.message.as_str()), (ring(2).id(), "Amélie"));
    assert!(open(&ring(1), &sealed, NOW + 60 * DAY - 1).is_ok());
    assert_eq!(open(&ring(1), &sealed, NOW + 60 * DAY), Err(RequestError::TooOld));
    assert!(open(&ring(1), &sealed, NOW - 30 * DAY).is_ok());
    assert_eq!(open(&ring(1), &sealed, NOW - 30 * DAY - 1), Err(RequestError::Ahead));
    assert!(matches!(open(&ring(3), &sealed, NOW), Err(RequestError::Refused(_))));
    let mine = ask(&ring(1), &recipient(&ring(1)), "", &[], None, None, NOW).unwrap();
    assert_eq!(open(&ring(1), &mine, NOW), Err(RequestError::Mine));
    assert!(ask(&ring(2), &recipient(&ring(1)), &"a".repeat(501), &[], None, None, NOW).is_err());
}

#[test]
fn requests_in_any_order_and_twice_leave_the_newest_of_each_sender() {
    let mut start = Me::new();
    let secret = start.invites.make(NOW).unwrap().1.secret.clone();
    let history = [
        asked(2, "hi", None, NOW),
        asked(2, "it is me", None, NOW + 5),
        asked(3, "eve", None, NOW + 1),
        asked(4, "hi", None, NOW + 6),
        asked(4, "", Some(&secret), NOW + 3),
    ];
    let mut ends = Vec::new();
    for order in permutations(&history) {
        let mut me = start.clone();
        let mut newest = 0;
        for request in order.iter().chain(&order) {
            me.ingest(request, NOW + 9);
            let time = me.inbox.get(&ring(2).id()).map_or(0, |waiting| waiting.time);
            assert!(time >= newest, "went back in time");
            newest = time;
        }
        ends.push(me);
    }
    assert!(ends.windows(2).all(|pair| pair[0] == pair[1]));
    let shown: Vec<_> = ends[0].inbox.iter().map(|(_, waiting)| waiting.message.as_str()).collect();
    assert_eq!(shown, ["it is me", "eve"]);
    assert_eq!(ends[0].standing(&ring(4).id()), Standing::Requested);
}

#[test]
fn an_answered_request_does_not_come_back_by_being_left_again() {
    let request = asked(2, "hi", None, NOW);
    let ben = ring(2).id();
    for decision in [Decision::Added, Decision::Blocked] {
        let mut me = Me::new();
        assert_eq!(me.ingest(&request, NOW), IngestOutcome::Waits);
        let relation = me.relations.get_mut(&ben).unwrap();
        assert_eq!(me.inbox.answer(&ben, decision, relation, NOW).unwrap().message, "hi");
        let expected =
            if decision == Decision::Added { IngestOutcome::Known } else { IngestOutcome::Nothing };
        assert_eq!(me.ingest(&request, NOW), expected);
        me.relations.get_mut(&ben).unwrap().decide(Decision::None, None, NOW + 1);
        assert_eq!(me.ingest(&request, NOW + 2), IngestOutcome::Nothing);
        assert_eq!(me.standing(&ben), Standing::Stranger);
    }
    let mut me = Me::new();
    me.ingest(&request, NOW);
    assert!(me.inbox.decline(&ben, me.relations.get_mut(&ben).unwrap()));
    assert_eq!(me.ingest(&request, NOW), IngestOutcome::Nothing);
    assert_eq!(me.ingest(&asked(2, "please", None, NOW + DAY), NOW + DAY), IngestOutcome::SetAside);
    assert_eq!(me.standing(&ben), Standing::Declined);
    assert_eq!(me.ingest(&asked(2, "please", None, NOW + 30 * DAY), NOW + 30 * DAY), IngestOutcome::Waits);
}

#[test]
fn the_first_with_an_invite_is_added_and_the_second_waits() {
    let [ben, eve] = [ring(2).id(), ring(3).id()];
    let mut start = Me::new();
    let secret = start.invites.make(NOW).unwrap().1.secret.clone();
    let first = asked(2, "", Some(&secret), NOW + 1);
    let second = asked(3, "", Some(&secret), NOW + 2);
    for (order, winner, loser) in [([&first, &second], ben, eve), ([&second, &first], eve, ben)] {
        let mut me = start.clone();
        assert_eq!(me.ingest(order[0], NOW + 3), IngestOutcome::Added);
        assert_eq!(me.ingest(order[0], NOW + 3), IngestOutcome::Known, "left once more");
        assert_eq!(me.ingest(order[1], NOW + 3), IngestOutcome::Waits);
        assert_eq!([me.standing(&winner), me.standing(&loser)], [Standing::Requested, Standing::Asks]);
        assert_eq!(me.inbox.get(&loser).unwrap().invite, Some(InviteRefusal::Used));
    }
}

#[test]
fn an_invite_adds_once_and_never_again_after_its_user_was_removed_or_blocked() {
    let ben = ring(2).id();
    for decision in [Decision::None, Decision::Blocked] {
        let mut me = Me::new();
        let secret = me.invites.make(NOW).unwrap().1.secret.clone();
        me.ingest(&asked(2, "", Some(&secret), NOW), NOW);
        me.relations.get_mut(&ben).unwrap().decide(decision, None, NOW + 1);
        let again = me.ingest(&asked(2, "", Some(&secret), NOW + 2), NOW + 2);
        assert_eq!(
            again,
            if decision == Decision::None { IngestOutcome::Waits } else { IngestOutcome::Nothing }
        );
        assert_ne!(me.standing(&ben), Standing::Requested);
    }
}

#[test]
fn an_invite_lets_in_whom_i_declined_and_not_whom_i_block() {
    let ben = ring(2).id();
    let mut me = Me::new();
    me.ingest(&asked(2, "hi", None, NOW), NOW);
    me.inbox.decline(&ben, me.relations.get_mut(&ben).unwrap());
    let secret = me.invites.make(NOW).unwrap().1.secret.clone();
    let with_invite = asked(2, "", Some(&secret), NOW + 1);
    let mut blocking = me.clone();
    assert_eq!(me.ingest(&with_invite, NOW + 1), IngestOutcome::Added);
    blocking.relations.get_mut(&ben).unwrap().decide(Decision::Blocked, None, NOW);
    assert_eq!(blocking.ingest(&with_invite, NOW + 1), IngestOutcome::Nothing);
    assert!(blocking.invites.iter().all(|(_, made)| made.used.is_none()), "it stays good for others");
}

#[test]
fn an_ended_invite_is_a_plain_request() {
    let mut me = Me::new();
    let made = me.invites.make(NOW).unwrap().1.clone();
    let late = asked(2, "", Some(&made.secret), made.until);
    assert_eq!(me.ingest(&late, made.until), IngestOutcome::Waits);
    assert_eq!(me.inbox.get(&ring(2).id()).unwrap().invite, Some(InviteRefusal::Ended));
}

#[test]
fn a_declined_request_is_kept_aside_with_those_that_follow_soon_and_can_still_be_accepted() {
    let (mut me, ben) = (Me::new(), ring(2).id());
    me.ingest(&asked(2, "hi", None, NOW), NOW);
    assert!(me.inbox.decline(&ben, me.relations.get_mut(&ben).unwrap()));
    assert!(!me.inbox.decline(&ben, me.relations.get_mut(&ben).unwrap()), "it waits no longer");
    assert_eq!((me.inbox.waiting().count(), me.inbox.declined().count()), (0, 1));
    assert_eq!(me.ingest(&asked(2, "please", None, NOW + DAY), NOW + DAY), IngestOutcome::SetAside);
    assert_eq!(me.inbox.declined().next().unwrap().1.message, "please");
    let mut later = me.clone();
    assert_eq!(later.ingest(&asked(2, "hi", None, NOW + 31 * DAY), NOW + 31 * DAY), IngestOutcome::Waits);
    assert_eq!((later.inbox.waiting().count(), later.inbox.declined().count()), (1, 0));
    let relation = me.relations.get_mut(&ben).unwrap();
    assert!(me.inbox.answer(&ben, Decision::Added, relation, NOW + DAY).is_some());
    assert_eq!((me.standing(&ben), me.inbox.iter().count()), (Standing::Requested, 0));
}

#[test]
fn an_invite_adds_somebody_who_was_declined_before() {
    let (mut me, ben) = (Me::new(), ring(2).id());
    me.ingest(&asked(2, "hi", None, NOW), NOW);
    me.inbox.decline(&ben, me.relations.get_mut(&ben).unwrap());
    let secret = me.invites.make(NOW).unwrap().1.secret.clone();
    assert_eq!(me.ingest(&asked(2, "", Some(&secret), NOW + 1), NOW + 1), IngestOutcome::Added);
    assert_eq!((me.standing(&ben), me.inbox.iter().count()), (Standing::Requested, 0));
}

#[test]
fn declined_requests_are_bounded_and_take_no_room_from_those_that_wait() {
    let (mut me, ben) = (Me::new(), asked(2, "hi", None, NOW));
    for number in 0..MAX_DECLINED as u32 + 10 {
        let seed = [&number.to_be_bytes()[..], &[9; 28]].concat().try_into().unwrap();
        let from = SigningKey::from_bytes(&seed).verifying_key().into();
        me.ingest(&Request { from, time: NOW + u64::from(number), ..ben.clone() }, NOW);
        assert!(me.inbox.decline(&from, me.relations.get_mut(&from).unwrap()));
    }
    assert_eq!((me.inbox.waiting().count(), me.inbox.declined().count()), (0, MAX_DECLINED));
    assert_eq!(me.inbox.declined().last().unwrap().1.time, NOW + 10, "the oldest went");
}

#[test]
fn a_flood_of_senders_is_bounded_and_those_who_wait_and_the_invited_are_unaffected() {
    let mut me = Me::new();
    let ben = asked(2, "hi", None, NOW);
    me.ingest(&ben, NOW);
    for number in 0..MAX_WAITING as u32 + 100 {
        let seed = [&number.to_be_bytes()[..], &[9; 28]].concat().try_into().unwrap();
        let from = SigningKey::from_bytes(&seed).verifying_key().into();
        let outcome = me.ingest(&Request { from, ..ben.clone() }, NOW);
        assert_eq!(
            outcome,
            if me.inbox.get(&from).is_some() { IngestOutcome::Waits } else { IngestOutcome::Full }
        );
    }
    assert_eq!(me.inbox.iter().count(), MAX_WAITING);
    assert_eq!(me.ingest(&asked(2, "newer", None, NOW + 1), NOW + 1), IngestOutcome::Waits);
    let secret = me.invites.make(NOW).unwrap().1.secret.clone();
    assert_eq!(me.ingest(&asked(3, "", Some(&secret), NOW), NOW), IngestOutcome::Added);
    for number in 0..10_000 {
        me.ingest(&Request { time: NOW + 2 + number, ..ben.clone() }, NOW + DAY);
    }
    assert_eq!(me.inbox.iter().count(), MAX_WAITING, "one sender is one request");
    assert_eq!(me.inbox.forget(NOW + 61 * DAY).len(), MAX_WAITING);
    assert_eq!(me.inbox.iter().count(), 0);
}

#[test]
fn an_invite_from_before_somebody_was_removed_does_not_bring_them_back() {
    let (mut me, ben) = (Me::new(), ring(2).id());
    let secret = me.invites.make(NOW).unwrap().1.secret.clone();
    let relation = me.relations.entry(ben).or_default();
    relation.decide(Decision::Added, None, NOW - 5);
    relation.decide(Decision::None, None, NOW + 5);
    assert!(!relation.is_forgettable(NOW + 119 * DAY), "the invite is good for as long");
    assert_eq!(me.ingest(&asked(2, "hi", Some(&secret), NOW + 6), NOW + 7), IngestOutcome::Waits);
    let eves = asked(3, "hi", Some(&secret), NOW + 6);
    assert_eq!(me.ingest(&eves, NOW + 7), IngestOutcome::Added, "nobody has used it");
    assert_eq!(me.relations[&ring(3).id()].decided(), NOW, "I decided that when I made the invite");
}

#[test]
fn a_request_that_another_device_answered_waits_no_longer() {
    let [ben, eve, carol] = [2, 3, 4].map(|seed| ring(seed).id());
    let mut me = Me::new();
    for seed in [2, 3, 4] {
        me.ingest(&asked(seed, "hi", None, NOW), NOW);
    }
    me.relations.get_mut(&ben).unwrap().decide(Decision::Added, Some(NOW), NOW);
    me.relations.get_mut(&eve).unwrap().decline(NOW);
    let relation_of = |id: &Id| me.relations[id].clone();
    let inbox = me.inbox.unanswered(relation_of, NOW + 1);
    assert!(inbox.waiting().map(|(id, _)| *id).eq([carol]));
    assert!(inbox.declined().map(|(id, _)| *id).eq([eve]));
    assert_eq!(inbox.unanswered(|_| Relation::default(), NOW + 60 * DAY).iter().count(), 0);
}

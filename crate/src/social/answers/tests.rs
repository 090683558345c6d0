use super::*;
use crate::keys::Ring;
use crate::social::fixture::{NOW, permutations, ring};

fn share() -> ShareId {
    ShareId::from([7; 20])
}

fn comment(writer: &Ring, time: u64, text: &str) -> Vec<u8> {
    sign(writer, &Comment { text: Some(text.into()), heart: None, ..blank(time) })
}

fn heart(writer: &Ring, time: u64) -> Vec<u8> {
    sign(writer, &Comment { text: None, heart: Some(true), ..blank(time) })
}

fn blank(time: u64) -> Comment {
    Comment {
        share: share(),
        rev: 1,
        time,
        name: "Somebody".into(),
        text: None,
        heart: None,
        reply: None,
        extra: Default::default(),
    }
}

fn sign(writer: &Ring, comment: &Comment) -> Vec<u8> {
    signed::sign(writer.identity(), comment).unwrap()
}

fn rules(share: &ShareId) -> Rules<'_> {
    Rules { share, rev: 1, created: NOW, now: NOW, is_hidden: &|_| false }
}

#[test]
fn comments_in_any_order_and_twice_make_one_list() {
    let (ben, cleo, share) = (ring(2), ring(3), share());
    let all = [
        (&ben, comment(&ben, NOW, "a")),
        (&cleo, heart(&cleo, NOW + 1)),
        (&ben, comment(&ben, NOW + 2, "b")),
    ];
    let orders = permutations(&all);
    let lists = orders.iter().map(|order| {
        let mut answers = Answers::default();
        for (writer, envelope) in order.iter().chain(order) {
            answers.receive(&writer.id(), envelope, &rules(&share)).unwrap();
        }
        answers
    });
    let lists: Vec<_> = lists.collect();
    assert!(lists.iter().all(|list| *list == lists[0] && list.said().len() == 3));
    assert!(lists[0].said().is_sorted_by_key(|said| said.time));
}

#[test]
fn nobody_says_anything_in_the_name_of_somebody_else_or_of_another_share() {
    let (ben, eve, share) = (ring(2), ring(4), share());
    let mut answers = Answers::default();
    let of_ben = comment(&ben, NOW, "mine");
    assert!(matches!(answers.receive(&eve.id(), &of_ben, &rules(&share)), Err(Refusal::Unsound(_))));
    let another = ShareId::from([8; 20]);
    assert!(matches!(answers.receive(&ben.id(), &of_ben, &rules(&another)), Err(Refusal::Unsound(_))));
    let mut forged = of_ben;
    *forged.last_mut().unwrap() ^= 1;
    assert!(matches!(answers.receive(&ben.id(), &forged, &rules(&share)), Err(Refusal::Unsound(_))));
    assert_eq!(answers, Answers::default());
}

#[test]
fn what_was_taken_back_stays_away_and_nobody_takes_back_what_others_said() {
    let (ben, eve, share) = (ring(2), ring(4), share());
    let mut answers = Answers::default();
    let envelope = comment(&ben, NOW, "hasty");
    let name = CommentName::of(&envelope);
    answers.receive(&ben.id(), &envelope, &rules(&share)).unwrap();
    assert!(!answers.take_back(&eve.id(), &name));
    assert!(answers.take_back(&ben.id(), &name));
    assert!(!answers.take_back(&ben.id(), &name), "once");
    // Another device of the author has not heard of it yet.
    answers.adopt(
        PublishedAnswers::default(),
        vec![Said::open(&envelope, &share, None).unwrap()],
        &ring(1).id(),
    );
    assert_eq!(answers.receive(&ben.id(), &envelope, &rules(&share)), Ok(false));
    assert_eq!(answers.said(), []);
}

#[test]
fn a_reader_says_twenty_things_a_day_and_has_one_heart() {
    let (ben, cleo, share) = (ring(2), ring(3), share());
    let mut answers = Answers::default();
    let day = NOW / DAY_MS * DAY_MS;
    for number in 0..limits::COMMENTS_A_DAY as u64 {
        let envelope = comment(&ben, day + number, "again");
        assert_eq!(answers.receive(&ben.id(), &envelope, &rules(&share)), Ok(true));
    }
    let more = comment(&ben, day + 100, "more");
    assert_eq!(answers.receive(&ben.id(), &more, &rules(&share)), Err(Refusal::TooMany));
    let tomorrow = comment(&ben, day + DAY_MS, "the next day");
    let later = Rules { now: NOW + DAY_MS, ..rules(&share) };
    assert_eq!(answers.receive(&ben.id(), &tomorrow, &later), Ok(true));
    assert_eq!(answers.receive(&cleo.id(), &heart(&cleo, NOW), &rules(&share)), Ok(true));
    let second = heart(&cleo, NOW + 1);
    assert_eq!(answers.receive(&cleo.id(), &second, &rules(&share)), Err(Refusal::TooMany));
}

#[test]
fn a_share_has_a_thousand_answers_beside_those_that_are_hidden() {
    let share = share();
    let mut answers = Answers::default();
    for number in 0..limits::COMMENTS as u64 {
        let (writer, day) = (ring((number % 50) as u8 + 2), number / 50 * DAY_MS);
        let envelope = comment(&writer, NOW + day, &number.to_string());
        let rules = Rules { now: NOW + day, ..rules(&share) };
        assert_eq!(answers.receive(&writer.id(), &envelope, &rules), Ok(true), "{number}");
    }
    let cleo = ring(200);
    let one_more = comment(&cleo, NOW, "me too");
    assert_eq!(answers.receive(&cleo.id(), &one_more, &rules(&share)), Err(Refusal::TooMany));
    let first = answers.said()[0].name;
    let rules = Rules { is_hidden: &|name| *name == first, ..rules(&share) };
    assert_eq!(answers.receive(&cleo.id(), &one_more, &rules), Ok(true));
}

#[test]
fn a_time_or_revision_that_cannot_be_is_refused() {
    let (ben, share) = (ring(2), share());
    let mut answers = Answers::default();
    for time in [NOW - BEFORE_MS - 1, NOW + AHEAD_MS + 1] {
        let envelope = comment(&ben, time, "when");
        assert_eq!(answers.receive(&ben.id(), &envelope, &rules(&share)), Err(Refusal::Impossible));
    }
    let future = sign(&ben, &Comment { rev: 2, text: Some("what".into()), ..blank(NOW) });
    assert_eq!(answers.receive(&ben.id(), &future, &rules(&share)), Err(Refusal::Impossible));
}

#[test]
fn a_list_of_many_pages_is_read_back_under_its_key_alone() {
    let (key, share) = (ShareKey::from_bytes([5; 32]), share());
    for count in [0, 1, 300] {
        let said: Vec<_> = (0..count)
            .map(|number| {
                let envelope = comment(&ring(2), NOW + number, &"long ".repeat(100));
                Said::open(&envelope, &share, None).unwrap()
            })
            .collect();
        let pages = seal(&key, &said).unwrap();
        assert_eq!(pages.len() > 1, count == 300);
        let (mut wanted, mut read, mut seen) = (vec![pages[0].0], Vec::new(), Vec::new());
        while let Some(cid) = wanted.pop() {
            if seen.contains(&cid) {
                continue;
            }
            seen.push(cid);
            let page = &pages.iter().find(|(it, _)| *it == cid).unwrap().1;
            let (found, older) = open(&key, &share, page).unwrap();
            read.extend(found);
            wanted.extend(older);
        }
        read.sort();
        assert_eq!(read, said);
        assert!(open(&ShareKey::from_bytes([6; 32]), &share, &pages[0].1).is_err());
    }
}

#[test]
fn rows_and_names_are_read_back() {
    let (ben, share) = (ring(2), share());
    let mut answers = Answers::default();
    answers.receive(&ben.id(), &comment(&ben, NOW, "kept"), &rules(&share)).unwrap();
    let row = serde_ipld_dagcbor::to_vec(&answers).unwrap();
    assert_eq!(serde_ipld_dagcbor::from_slice::<Answers>(&row).unwrap(), answers);
    let name = answers.said()[0].name;
    assert_eq!(name.to_string().parse(), Ok(name));
    assert_eq!("ab".parse::<CommentName>(), Err(MalformedCommentName));
}

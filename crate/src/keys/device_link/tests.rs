use super::*;
use crate::crypto::sign::SigningKey;
use crate::format::device_link::{Code, Refusal};
use crate::format::secret::Secret;
use crate::keys::{Phrase, PhraseError, Ring};

const NOW: u64 = 1_790_000_000_000;

fn key(seed: u8) -> VerifyingKey {
    SigningKey::from_bytes(&[seed; 32]).verifying_key()
}

fn phrase() -> Phrase {
    Phrase::from_bytes([1; 32])
}

fn ring() -> Ring {
    Ring::from_phrase(&phrase())
}

fn offer() -> Offer {
    Offer::new(key(7), ring().id(), NOW)
}

fn joiner(code: Code, device: u8) -> Joiner {
    Joiner::new(code, key(device), "Ann's phone".into())
}

fn handover() -> Handover {
    let seed = Secret::from_bytes(*phrase().seed(0));
    Handover { n: 0, seed, heir: phrase().heir(0), relays: vec![], seq: 5, extra: Default::default() }
}

/// The device with this key comes as far as the welcome.
fn welcomed(offer: &mut Offer, code: Code, device: u8) -> Result<Welcomed, Refusal> {
    let joiner = joiner(code, device);
    let attempt = offer.begin(key(device), joiner.commit(), NOW)?;
    let joined = joiner.answer(attempt.nonce());
    let mac = offer.join(&attempt, joined.nonce(), joined.name(), &joined.mac(), NOW)?;
    Ok(joined.welcome(*offer.id(), &mac).expect("the offer has its secret"))
}

fn asked(offer: &mut Offer) -> Welcomed {
    let code = offer.code(vec![]);
    welcomed(offer, code, 8).unwrap()
}

/// Four words that are not those.
fn others(words: &Words) -> String {
    if words.join(" ") == "zoo zoo zoo zoo" { "able able able able".into() } else { "zoo zoo zoo zoo".into() }
}

#[test]
fn the_seed_comes_to_the_device_whose_words_were_typed() {
    let mut offer = offer();
    let device = asked(&mut offer);
    let approved = offer.enter(&device.words().join(" "), NOW).unwrap();
    assert_eq!(approved.device(), &key(8));
    let inherited = device.open(&approved.seal(&handover())).unwrap();
    assert_eq!(inherited.ring.id(), ring().id());
    assert_eq!((inherited.n, inherited.heir, inherited.seq), (0, phrase().heir(0), 5));
    assert!(offer.is_over(NOW), "it was used");
}

#[test]
fn words_are_read_as_people_type_them() {
    let mut offer = offer();
    let device = asked(&mut offer);
    let typed = device.words().iter().map(|word| word.to_uppercase()).collect::<Vec<_>>().join(",  ");
    offer.enter(&typed, NOW).unwrap();
}

#[test]
fn a_wrong_mac_ends_its_attempt_alone() {
    let mut offer = offer();
    let wrong = Code { secret: CodeSecret::from_bytes([9; 16]), ..offer.code(vec![]) };
    for device in [9, 10] {
        assert_eq!(welcomed(&mut offer, wrong.clone(), device).unwrap_err(), Refusal::Mac);
    }
    asked(&mut offer);
}

#[test]
fn one_right_mac_uses_the_code_up() {
    let mut offer = offer();
    let early = offer.code(vec![]);
    let slow = joiner(early.clone(), 9);
    let attempt = offer.begin(key(9), slow.commit(), NOW).unwrap();
    let device = asked(&mut offer);
    assert_eq!(welcomed(&mut offer, early, 10).unwrap_err(), Refusal::Ended);
    let slow = slow.answer(attempt.nonce());
    let late = offer.join(&attempt, slow.nonce(), slow.name(), &slow.mac(), NOW);
    assert_eq!(late.unwrap_err(), Refusal::Ended, "it began before");
    offer.enter(&device.words().join(" "), NOW).unwrap();
    let code = offer.code(vec![]);
    assert_eq!(welcomed(&mut offer, code, 11).unwrap_err(), Refusal::Ended);
}

#[test]
fn another_nonce_than_was_committed_to_is_refused() {
    let mut offer = offer();
    let joiner = joiner(offer.code(vec![]), 8);
    let other = self::joiner(offer.code(vec![]), 8);
    let attempt = offer.begin(key(8), joiner.commit(), NOW).unwrap();
    let other = other.answer(attempt.nonce());
    let changed = offer.join(&attempt, other.nonce(), other.name(), &other.mac(), NOW);
    assert_eq!(changed.unwrap_err(), Refusal::Mac);
    // The same by another device.
    let joined = joiner.answer(attempt.nonce());
    let stolen = offer.begin(key(9), attempt_commit(&joined), NOW).unwrap();
    let stolen = offer.join(&stolen, joined.nonce(), joined.name(), &joined.mac(), NOW);
    assert_eq!(stolen.unwrap_err(), Refusal::Mac);
}

fn attempt_commit(joined: &Joined) -> [u8; 32] {
    commitment(&key(8), joined.nonce())
}

#[test]
fn another_name_or_device_than_the_new_one_said_is_refused() {
    let mut offer = offer();
    let joiner = joiner(offer.code(vec![]), 8);
    let attempt = offer.begin(key(8), joiner.commit(), NOW).unwrap();
    let joined = joiner.answer(attempt.nonce());
    let renamed = offer.join(&attempt, joined.nonce(), "Eve's phone", &joined.mac(), NOW);
    assert_eq!(renamed.unwrap_err(), Refusal::Mac);
}

#[test]
fn three_wrong_entries_end_the_code_and_a_mistyped_word_is_none() {
    let mut offer = offer();
    assert_eq!(offer.enter("zoo zoo zoo zoo", NOW).unwrap_err(), WordsError::Ended, "nobody came");
    let device = asked(&mut offer);
    let wrong = others(device.words());
    for left in [2, 1] {
        let unknown = offer.enter("zoo zoo zzz zoo", NOW).unwrap_err();
        assert!(matches!(unknown, WordsError::Unknown(PhraseError::Unknown { position: 3, .. })));
        assert_eq!(offer.enter("zoo zoo zoo", NOW).unwrap_err(), WordsError::Count(3));
        assert_eq!(offer.enter(&wrong, NOW).unwrap_err(), WordsError::Wrong { left });
    }
    assert_eq!(offer.enter(&wrong, NOW).unwrap_err(), WordsError::Wrong { left: 0 });
    assert_eq!(offer.enter(&device.words().join(" "), NOW).unwrap_err(), WordsError::Ended);
}

#[test]
fn a_code_is_good_for_ten_minutes() {
    let mut offer = offer();
    let (last, end) = (NOW + OFFER_MS - 1, NOW + OFFER_MS);
    assert!(!offer.is_over(last) && offer.is_over(end));
    assert!(offer.begin(key(8), [0; 32], last).is_ok());
    assert_eq!(offer.begin(key(8), [0; 32], end).unwrap_err(), Refusal::Ended);
    let joiner = joiner(offer.code(vec![]), 8);
    let attempt = offer.begin(key(8), joiner.commit(), last).unwrap();
    let joined = joiner.answer(attempt.nonce());
    let late = offer.join(&attempt, joined.nonce(), joined.name(), &joined.mac(), end);
    assert_eq!(late.unwrap_err(), Refusal::Ended);
    let device = asked(&mut offer);
    assert_eq!(offer.enter(&device.words().join(" "), end).unwrap_err(), WordsError::Ended);
}

#[test]
fn a_cancelled_code_links_nobody() {
    let mut offer = offer();
    let device = asked(&mut offer);
    offer.end();
    assert_eq!(offer.enter(&device.words().join(" "), NOW).unwrap_err(), WordsError::Ended);
    let code = offer.code(vec![]);
    assert_eq!(welcomed(&mut offer, code, 9).unwrap_err(), Refusal::Ended);
}

#[test]
fn a_welcome_is_for_one_identity_and_cannot_be_the_macs_own_reflection() {
    let mut offer = offer();
    for send in 0..3 {
        let joiner = joiner(offer.code(vec![]), 8);
        let attempt = offer.begin(key(8), joiner.commit(), NOW).unwrap();
        let joined = joiner.answer(attempt.nonce());
        let (mine, id) = (joined.mac(), *offer.id());
        let (id, mac) = match send {
            0 => (id, mine),
            1 => (Ring::from_phrase(&Phrase::from_bytes([2; 32])).id(), joined.shared.welcome_mac(&id)),
            _ => (id, offer.join(&attempt, joined.nonce(), joined.name(), &mine, NOW).unwrap()),
        };
        assert_eq!(joined.welcome(id, &mac).is_ok(), send == 2);
    }
}

#[test]
fn the_seed_of_another_identity_or_under_another_key_is_not_taken() {
    let mut offer = offer();
    let device = asked(&mut offer);
    let approved = offer.enter(&device.words().join(" "), NOW).unwrap();
    let other = Handover { seed: Secret::from_bytes([3; 32]), ..handover() };
    let opened = device.open(&approved.seal(&other));
    assert_eq!(opened.unwrap_err(), InheritError::AnotherIdentity);
    let mut changed = approved.seal(&handover());
    changed[30] ^= 1;
    assert!(matches!(device.open(&changed).unwrap_err(), InheritError::Refused(ReadError::Sealed(_))));
    assert!(device.open(&[]).is_err());
}

#[test]
fn two_conversations_with_one_code_have_other_words_and_keys() {
    let code = offer().code(vec![]);
    let devices = Devices { old: key(7), new: key(8) };
    let shared = |old: u8, new: u8| Shared::new(&code.secret, &devices, [&[old; 32], &[new; 32]], "Ann");
    let [one, same, other] = [shared(1, 2), shared(1, 2), shared(2, 1)];
    assert_eq!((one.words, *one.keys), (same.words, *same.keys));
    assert_ne!(one.words, other.words);
    assert_ne!(one.join_mac(), other.join_mac());
    assert!((0..3).all(|key| (0..key).all(|before| one.key(key) != one.key(before))));
}

#[test]
fn nothing_secret_is_shown() {
    let mut offer = offer();
    let device = asked(&mut offer);
    let words = device.words().join(" ");
    for shown in [format!("{offer:?}"), format!("{device:?}")] {
        assert!(device.words().iter().all(|word| !shown.contains(&format!("\"{word}\""))), "{shown}");
        assert!(shown.contains("(…)"), "{shown}");
    }
    assert!(!words.is_empty());
}

use bytes::Bytes;

use super::*;
use crate::{
    keys::device,
    social::fixture::{NOW, cid, contact, head, permutations, profile, published, ring},
};

#[test]
fn roots_in_any_order_end_at_the_highest() {
    for order in permutations(&[head(1, 1), head(2, 2), head(3, 3), head(3, 3)]) {
        let mut contact = contact(&ring(1));
        let mut seq = 0;
        for head in order {
            contact.apply_head(head, &[], NOW);
            assert!(contact.seq() >= seq, "went back in time");
            seq = contact.seq();
        }
        assert_eq!((contact.head, contact.warning), (Some(head(3, 3)), None));
    }
}

#[test]
fn nothing_below_the_floor_of_the_invite_is_taken() {
    let contact = Contact::new(ring(1).id(), Vec::new(), 10, NOW);
    assert_eq!(contact.consider(9, &cid(1)), Verdict::Older);
    assert_eq!(contact.consider(10, &cid(1)), Verdict::Newer);
    assert_eq!(contact.seq(), 10);
}

#[test]
fn what_an_invite_claims_counts_until_the_first_root_and_at_most_to_tomorrow() {
    let now_s = NOW / 1000;
    let mut claimed = Contact::new(ring(1).id(), Vec::new(), 0, NOW);
    claimed.apply_claim(now_s, NOW);
    assert_eq!(claimed.consider(now_s - 1, &cid(1)), Verdict::Older);
    assert_eq!(claimed.consider(now_s, &cid(1)), Verdict::Newer);
    assert_eq!(claimed.known().seq, 0, "the vault remembers what was seen, not what was claimed");

    let mut forged = Contact::new(ring(1).id(), Vec::new(), 0, NOW);
    forged.apply_claim(u64::MAX, NOW);
    let tomorrow = now_s + CLAIM_SECONDS;
    assert_eq!(forged.consider(tomorrow, &cid(1)), Verdict::Newer);
    let mut later = forged.clone();
    forged.apply_head(head(tomorrow, 1), &[], NOW);
    forged.forget_head();
    assert_eq!((forged.claimed, forged.seen()), (None, tomorrow), "a root that was seen counts from then on");
    forged.apply_claim(u64::MAX, NOW);
    assert_eq!(forged.claimed, None, "and another invite changes nothing");

    later.forget_claim(NOW + 1000 * CLAIM_SECONDS - 1);
    assert_eq!(later.consider(now_s, &cid(1)), Verdict::Older);
    later.forget_claim(NOW + 1000 * CLAIM_SECONDS);
    assert_eq!(later.consider(1, &cid(1)), Verdict::Newer);
}

#[test]
fn profiles_in_any_order_end_at_that_of_the_highest_root() {
    let ring = ring(1);
    let history: Vec<_> = ["first", "second", "third", "second"]
        .iter()
        .enumerate()
        .map(|(index, name)| (index as u64 + 1, published(&ring, &profile(&ring, name))))
        .collect();
    for order in permutations(&history) {
        let mut contact = Contact::new(ring.id(), Vec::new(), 0, NOW);
        for (seq, (cid, block)) in order.iter().chain(&order) {
            contact.apply_profile(*seq, *cid, block).unwrap();
        }
        assert_eq!(contact.name(), Some("second"));
        assert_eq!(contact.profile_from.unwrap().1, 4);
    }
}

#[test]
fn a_row_with_a_picture_that_is_refused_now_is_read_without_it() {
    let ring = ring(1);
    let mut before = contact(&ring);
    let huge = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\x01\0\0\0\x01\0\0\x01\0\0\0\0";
    before.profile.as_mut().unwrap().avatar = Some(Bytes::from_static(huge));
    let row = serde_ipld_dagcbor::to_vec(&before).unwrap();
    let now: Contact = serde_ipld_dagcbor::from_slice(&row).unwrap();
    assert_eq!((now.name(), now.recipient()), (Some("somebody"), before.recipient()));
    assert_eq!(now.profile.unwrap().avatar, None);
}

#[test]
fn a_profile_of_somebody_else_or_another_block_is_refused() {
    let (mine, theirs) = (ring(1), ring(2));
    let (cid, block) = published(&theirs, &profile(&theirs, "not me"));
    let before = contact(&mine);
    let mut contact = before.clone();
    assert_eq!(contact.apply_profile(9, cid, &block), Err(ReadError::Signature));
    let (_, own) = published(&mine, &profile(&mine, "me"));
    assert_eq!(contact.apply_profile(9, cid, &own), Err(ReadError::AnotherBlock));
    assert_eq!(contact, before);
}

#[test]
fn a_profile_with_a_weak_label_key_is_refused() {
    let ring = ring(1);
    // The format refuses it for reader and writer; the vector `profile/refused-label-weak` has the bytes.
    let weak = Profile { label: [0; 32], ..profile(&ring, "weak") };
    assert!(signed::sign(ring.identity(), &weak).is_err());
}

#[test]
fn the_first_successor_stays_pinned_and_another_one_warns() {
    let ring = ring(1);
    let mut contact = contact(&ring);
    let pinned = contact.heir;
    let (cid, block) = published(&ring, &Profile { heir: [9; 32], ..profile(&ring, "stolen") });
    assert_eq!(contact.apply_profile(2, cid, &block), Ok(true));
    assert_eq!((contact.heir, contact.warning), (pinned, Some(Warning::Heir)));
    contact.apply_head(head(3, 3), &[], NOW);
    assert_eq!(contact.warning, Some(Warning::Heir));
}

#[test]
fn a_contact_is_looked_for_where_it_was_heard_of_last_until_its_profile_is_here() {
    let mut fresh = Contact::new(ring(1).id(), vec!["/dns/hint".into()], 0, NOW);
    assert_eq!((fresh.relays(), fresh.recipient()), (&["/dns/hint".to_owned()][..], None));
    fresh.apply_hints(&["/dns/later".to_owned(), "/dns/hint".to_owned()]);
    assert_eq!(fresh.relays(), ["/dns/later", "/dns/hint"]);
    fresh.apply_hints(&["a", "b", "c"].map(str::to_owned));
    assert_eq!(fresh.relays(), ["a", "b", "c", "/dns/later"]);
}

#[test]
fn a_root_is_taken_in_once_more_when_more_of_it_is_wanted_and_never_an_older_one() {
    let mut contact = contact(&ring(1));
    contact.apply_head(head(5, 1), &[], NOW);
    contact.forget_head();
    assert_eq!(contact.consider(4, &cid(2)), Verdict::Older);
    assert_eq!((contact.apply_head(head(5, 1), &[], NOW), contact.seq()), (Verdict::Newer, 5));
}

#[test]
fn a_contact_has_a_letterbox_for_me_once_i_read_it_and_the_name_that_i_gave_it() {
    let mut fresh = contact(&ring(1));
    assert!(!fresh.has_letterbox());
    fresh.reading = Some(ReadPosition { no: 1, page: cid(1), notes: 0 });
    assert!(fresh.has_letterbox());
    fresh.petname = Some("Ben".into());
    assert_eq!(fresh.name(), Some("Ben"));
}

#[test]
fn certificates_in_any_order_leave_the_longest_of_each_device() {
    let (ring, other) = (ring(1), ring(2));
    let [a, b] = [3, 4].map(|seed| crate::social::fixture::ring(seed).identity().verifying_key());
    let longest = ByteBuf::from(device::issue(&ring, &a, NOW + 1));
    let certificates = [
        ByteBuf::from(device::issue(&ring, &a, NOW)),
        longest.clone(),
        ByteBuf::from(device::issue(&ring, &b, NOW)),
        ByteBuf::from(device::issue(&other, &b, NOW)),
        ByteBuf::from(b"junk".to_vec()),
    ];
    let mut seen = None;
    for order in permutations(&certificates) {
        let mut contact = contact(&ring);
        assert!(contact.apply_devices(order.clone(), NOW));
        assert!(!contact.apply_devices(order, NOW), "applying twice changes nothing");
        assert_eq!((contact.devices.len(), &contact.devices[0].envelope), (2, &longest));
        assert_eq!(*seen.get_or_insert(contact.devices.clone()), contact.devices);
    }
}

#[test]
fn a_contact_is_kept_in_a_row_and_comes_back_from_the_vault() {
    let mut before = contact(&ring(1));
    before.apply_head(head(5, 1), &[], NOW);
    before.petname = Some("Ben".into());
    let row = serde_ipld_dagcbor::to_vec(&before).unwrap();
    assert_eq!(serde_ipld_dagcbor::from_slice::<Contact>(&row).unwrap(), before);
    let back = Contact::from_known(before.id, before.known(), NOW);
    assert_eq!((back.heir, back.floor), (before.heir, 5));
    assert_eq!(back.recipient(), before.recipient());
    assert_eq!(back.known(), before.known(), "what came back is not lost before the profile is found");
}

#[test]
fn what_another_device_knows_of_a_contact_is_never_older_than_what_was_known() {
    let (mut ben, other) = (contact(&ring(1)), contact(&ring(2)));
    ben.apply_head(head(5, 1), &[], NOW);
    let (profile, heir) = (ben.profile.clone(), ben.heir);
    let known = |seq, heir| KnownContact { seq, heir, recipient: other.recipient(), ..ben.known() };
    let (lower, higher) = (known(4, None), known(9, Some([0; 32])));
    for _ in 0..2 {
        ben.apply_known(lower.clone(), NOW);
        assert_eq!((ben.seq(), ben.heir), (5, heir));
    }
    for _ in 0..2 {
        ben.apply_known(higher.clone(), NOW);
    }
    assert_eq!(ben.consider(8, &cid(8)), Verdict::Older);
    assert_eq!((ben.heir, &ben.profile), (Some([0; 32]), &profile), "two devices saw two: nobody fits");
    assert_eq!(ben.recipient().unwrap().id, ben.id, "keys under another's name are not taken");
}

#[test]
fn a_sequence_that_nobody_can_have_seen_hides_no_contact_for_good() {
    let mut ben = contact(&ring(1));
    ben.apply_head(head(5, 1), &[], NOW);
    let forged = KnownContact { seq: limits::MAX_INTEGER, ..ben.known() };
    ben.apply_known(forged.clone(), NOW);
    assert_eq!(ben.consider(6, &cid(2)), Verdict::Newer);
    assert_eq!(Contact::from_known(ben.id, forged, NOW).consider(6, &cid(2)), Verdict::Newer);
    // As far ahead as clocks are accepted, another device may have seen it.
    let latest = NOW / 1000 + limits::SEQUENCE_AHEAD_S;
    ben.apply_known(KnownContact { seq: latest, ..ben.known() }, NOW);
    assert_eq!(ben.consider(latest - 1, &cid(2)), Verdict::Older);
}

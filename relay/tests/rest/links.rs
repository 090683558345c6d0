//! What the holder of a link gets by it.

use spinney::format::header::Block as Header;
use spinney::keys::link::PasswordKey;
use spinney::social::link::{OpenError, OpenedLink};

use crate::MONTH;
use crate::attacker::Kind;
use crate::month::{Came, Due};

#[test]
fn the_holder_of_a_link_has_its_share_until_it_is_switched_off_or_ends() {
    let (mut opened, mut refused) = (0, 0);
    for linked in MONTH.linked.values() {
        for (due, came) in &linked.evenings {
            match due {
                Due::Share => assert_eq!(*came, Came::Share),
                Due::Nothing => assert_eq!(*came, Came::Nothing),
                Due::Either => assert_ne!(*came, Came::SomethingElse),
            }
        }
        let was_opened = linked.guest.found.is_some();
        assert_eq!(linked.left.is_empty(), !linked.is_good(), "relays let go of it, and of nothing else");
        opened += usize::from(was_opened);
        refused += usize::from(was_opened && !linked.is_good());
    }
    println!("{} links, {opened} opened, {refused} of them no more", MONTH.linked.len());
    assert!(refused > MONTH.people.len() / 20 && opened > MONTH.people.len() / 4);
}

#[test]
fn a_link_opens_its_own_share_and_nothing_else_at_any_time() {
    let looks = &MONTH.attacker.looks;
    for linked in MONTH.linked.values() {
        let Some(found) = &linked.guest.found else { continue };
        assert_eq!(found.header, linked.header);
        let seen = &MONTH.attacker.seen[linked.author];
        for cid in seen.ever.iter().filter(|cid| looks[*cid].0.kind == Kind::Header) {
            let header = Header::decode(&MONTH.attacker.blocks[cid]).unwrap();
            assert_eq!(header.open_slot(&found.pair).is_some(), *cid == found.header);
        }
        let map = MONTH.attacker.map(seen);
        let page = linked.guest.link.find(&map);
        assert_eq!(page.is_some(), linked.is_good(), "its letterbox goes with it");
        for other in &map.pages {
            let opened = linked.guest.link.open(&MONTH.attacker.blocks[other]);
            assert_eq!(opened.is_ok(), page == Some(*other));
        }
        if let Some(page) = page.filter(|_| linked.has_password) {
            let without = OpenedLink::new(linked.guest.link.link.clone(), PasswordKey::none());
            assert_eq!(without.find(&map), Some(page));
            assert_eq!(without.open(&MONTH.attacker.blocks[&page]), Err(OpenError::WrongPassword));
        }
    }
}

use super::*;

const CHEAP: Params = Params { m: 64, t: 1, p: 1 };

fn keystore(passphrase: &str) -> Keystore {
    let recipe = Recipe { params: CHEAP, ..new_recipe() };
    seal(&Phrase::from_bytes([1; 32]), &recipe.derive(passphrase).unwrap())
}

fn key(keystore: &Keystore, passphrase: &str) -> PassphraseKey {
    recipe(keystore).unwrap().derive(passphrase).unwrap()
}

fn changed(keystore: &Keystore, old: &str, new: &str) -> Result<Keystore, UnlockError> {
    change(keystore, &key(keystore, old), &next_recipe(keystore)?.derive(new).unwrap())
}

#[test]
fn the_passphrase_opens_ring_and_phrase_and_no_other_does() {
    let keystore = keystore("right");
    let phrase = Phrase::from_bytes([1; 32]);
    let [right, wrong, empty] = ["right", "wrong", ""].map(|passphrase| key(&keystore, passphrase));
    assert_eq!(open(&keystore, &right).unwrap().id(), Ring::from_phrase(&phrase).id());
    assert_eq!(open_phrase(&keystore, &right).unwrap().as_bytes(), phrase.as_bytes());
    assert_eq!(open(&keystore, &wrong).unwrap_err(), UnlockError::WrongPassphrase);
    assert_eq!(open_phrase(&keystore, &empty).unwrap_err(), UnlockError::WrongPassphrase);
}

#[test]
fn a_changed_passphrase_replaces_the_old_one_and_never_gets_cheaper() {
    let before = keystore("old");
    assert_eq!(changed(&before, "wrong", "new").unwrap_err(), UnlockError::WrongPassphrase);
    let after = changed(&before, "old", "new").unwrap();
    assert_eq!(open(&after, &key(&after, "old")).unwrap_err(), UnlockError::WrongPassphrase);
    let opened = open(&after, &key(&after, "new")).unwrap();
    assert_eq!(opened.id(), open(&before, &key(&before, "old")).unwrap().id());
    assert_eq!(after.passphrase().unwrap().m, Params::DEFAULT.m);
}

#[test]
fn a_linked_device_has_the_seed_alone_under_any_passphrase() {
    let ring = Ring::from_phrase(&Phrase::from_bytes([1; 32]));
    let recipe = Recipe { params: CHEAP, ..new_recipe() };
    let before = seal_seed(&ring, 0, &recipe.derive("old").unwrap());
    assert_eq!(open(&before, &key(&before, "old")).unwrap().id(), ring.id());
    assert_eq!(open_phrase(&before, &key(&before, "old")).unwrap_err(), UnlockError::NoPhrase);
    assert_eq!(open_phrase(&before, &key(&before, "new")).unwrap_err(), UnlockError::WrongPassphrase);
    let after = changed(&before, "old", "new").unwrap();
    assert_eq!(open(&after, &key(&after, "new")).unwrap().id(), ring.id());
    assert_eq!(open_phrase(&after, &key(&after, "new")).unwrap_err(), UnlockError::NoPhrase);
}

#[test]
fn ways_to_unlock_that_are_unknown_stay_as_they_are() {
    let mut before = keystore("old");
    let old = key(&before, "old");
    let other = Wrap::Other(ipld_core::ipld!({"kind": "later"}));
    before.wraps.insert(0, other.clone());
    assert_eq!(changed(&before, "old", "new").unwrap().wraps[0], other);
    let added = add_passkey(&before, &old, credential(7), &[7; 32]).unwrap();
    assert_eq!(remove_passkey(&added, &[7; 16]).unwrap().encode(), before.encode());
    before.wraps.truncate(1);
    assert_eq!(recipe(&before).unwrap_err(), UnlockError::NoPassphrase);
    assert_eq!(open(&before, &old).unwrap_err(), UnlockError::NoPassphrase);
}

const SITE: &str = "spinney.example";

fn credential(byte: u8) -> Credential {
    Credential { id: vec![byte; 16].into(), rp: SITE.into(), salt: [byte; 32], added: 5 }
}

fn with_passkey(byte: u8) -> Keystore {
    let before = keystore("right");
    add_passkey(&before, &key(&before, "right"), credential(byte), &[byte; 32]).unwrap()
}

#[test]
fn a_passkey_opens_the_same_ring_as_the_passphrase_which_still_opens_it() {
    let keystore = with_passkey(7);
    let id = Ring::from_phrase(&Phrase::from_bytes([1; 32])).id();
    assert_eq!(open_with_passkey(&keystore, SITE, &[7; 16], &[7; 32]).unwrap().id(), id);
    assert_eq!(open(&keystore, &key(&keystore, "right")).unwrap().id(), id);
    assert_eq!(Keystore::decode(&keystore.encode()), Ok(keystore));
}

#[test]
fn another_key_site_or_passkey_opens_nothing_and_says_why() {
    let keystore = with_passkey(7);
    let refused = |rp, credential: u8, prf| {
        open_with_passkey(&keystore, rp, &[credential; 16], &[prf; 32]).map(|ring| ring.id()).unwrap_err()
    };
    assert_eq!(refused(SITE, 7, 8), PasskeyError::Wrong.into());
    assert_eq!(refused("spinney.example.org", 7, 7), PasskeyError::OtherSite.into());
    assert_eq!(refused(SITE, 8, 7), PasskeyError::Gone.into());
    let mut other = keystore.clone();
    other.id = Ring::from_phrase(&Phrase::from_bytes([2; 32])).identity().verifying_key();
    assert_eq!(open_with_passkey(&other, SITE, &[7; 16], &[7; 32]).unwrap_err(), UnlockError::Damaged);
}

#[test]
fn a_passkey_is_added_by_the_passphrase_alone() {
    let before = keystore("right");
    let added = add_passkey(&before, &key(&before, "wrong"), credential(7), &[7; 32]);
    assert_eq!(added.unwrap_err(), UnlockError::WrongPassphrase);
}

#[test]
fn a_passkey_that_is_removed_opens_nothing_and_the_others_stay() {
    let one = with_passkey(7);
    let two = add_passkey(&one, &key(&one, "right"), credential(8), &[8; 32]).unwrap();
    let left = remove_passkey(&two, &[7; 16]).unwrap();
    let gone = UnlockError::from(PasskeyError::Gone);
    assert_eq!(open_with_passkey(&left, SITE, &[7; 16], &[7; 32]).unwrap_err(), gone);
    assert!(open_with_passkey(&left, SITE, &[8; 16], &[8; 32]).is_ok());
    assert!(open(&left, &key(&left, "right")).is_ok());
    assert_eq!(remove_passkey(&left, &[7; 16]).unwrap_err(), gone);
}

#[test]
fn passkeys_stay_when_the_passphrase_changes() {
    let after = changed(&with_passkey(7), "right", "next").unwrap();
    assert!(open_with_passkey(&after, SITE, &[7; 16], &[7; 32]).is_ok());
}

#[test]
fn a_passkey_for_which_there_is_no_room_is_refused_and_no_keystore_becomes_too_large() {
    let mut keystore = keystore("right");
    let key = key(&keystore, "right");
    let long = |byte: u8| Credential { id: vec![byte; limits::CREDENTIAL_BYTES].into(), ..credential(byte) };
    let mut added = 0;
    let refused = loop {
        match add_passkey(&keystore, &key, long(added), &[added; 32]) {
            Ok(next) => (keystore, added) = (next, added + 1),
            Err(why) => break why,
        }
    };
    assert_eq!(refused, PasskeyError::Full.into());
    assert!((10..16).contains(&added), "{added} long ones have room");
    assert_eq!(Keystore::decode(&keystore.encode()).as_ref(), Ok(&keystore));
    // The same one again takes no more room.
    assert!(add_passkey(&keystore, &key, long(0), &[9; 32]).is_ok());

    let mut keystore = self::keystore("right");
    let key = self::key(&keystore, "right");
    for byte in 1..16 {
        keystore = add_passkey(&keystore, &key, credential(byte), &[byte; 32]).unwrap();
    }
    let seventeenth = add_passkey(&keystore, &key, credential(16), &[16; 32]);
    assert_eq!(seventeenth.unwrap_err(), PasskeyError::Full.into());
}

#[test]
fn a_keystore_that_names_another_identity_is_refused() {
    let mut keystore = keystore("right");
    keystore.id = Ring::from_phrase(&Phrase::from_bytes([2; 32])).identity().verifying_key();
    assert_eq!(open(&keystore, &key(&keystore, "right")).unwrap_err(), UnlockError::Damaged);
}

#[test]
fn boxes_cannot_be_exchanged() {
    let mut keystore = keystore("right");
    let Wrap::Passphrase(wrap) = &mut keystore.wraps[0] else { panic!("it was just sealed") };
    std::mem::swap(&mut wrap.seed, wrap.phrase.as_mut().unwrap());
    assert_eq!(open(&keystore, &key(&keystore, "right")).unwrap_err(), UnlockError::WrongPassphrase);
}

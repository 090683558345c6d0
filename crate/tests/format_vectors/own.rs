//! What is sealed to oneself: keystore and vault.

use ipld_core::ipld::Ipld;
use ipld_core::serde::to_ipld;
use spinney::crypto::kdf;
use spinney::crypto::passphrase::{self, Params};
use spinney::format::header::ShareKey;
use spinney::format::keystore::{Keystore, Wrap};
use spinney::format::profile::Kem;
use spinney::format::secret::Secret;
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::vault::{Bucket, Buckets, Vault, bucket_of};
use spinney::format::{DAG_CBOR, Value, cid_of};
use spinney::keys::keystore::{self, Draw};
use spinney::social::Name;
use spinney::social::invite::IssuedInvite;
use spinney::social::relation::{Decision, Relation};
use spinney::social::share::Recipient;
use spinney::social::vault::{Entry, Hidden, KnownContact, Only, OwnShare, Settings};
use spinney::social::verification::Verification;

use crate::case::{Case, fixed, hex, stream, why};
use crate::people::{NOON, RELAY, alice, bob, carol};
use crate::public::with;

pub(crate) fn cases() -> Vec<Case> {
    [keystores(), vaults()].concat()
}

/// Far cheaper than what is used, so that readers in slow languages can run the vector.
const CHEAP: Params = Params { m: 256, t: 2, p: 1 };

/// Decomposed, as some keyboards type it.
const PASSPHRASE: &str = "Ame\u{301}lie likes trees";

fn keystores() -> Vec<Case> {
    let alice = alice();
    let draw = Draw {
        params: CHEAP,
        salt: fixed("keystore salt"),
        nonces: [fixed("nonce of the seed"), fixed("nonce of the phrase")],
    };
    let mut good = keystore::seal_with(&alice.phrase, PASSPHRASE, &draw).unwrap();
    assert_eq!(keystore::open(&good, PASSPHRASE).unwrap().id(), alice.ring.id());
    good.wraps
        .push(Wrap::Other(Ipld::Map([("kind".to_owned(), Ipld::String("webauthn".to_owned()))].into())));
    let key = passphrase::derive(PASSPHRASE, &draw.salt, CHEAP).unwrap();
    let bytes = good.encode();
    assert_eq!(Keystore::decode(&bytes).unwrap(), good);

    let wrap = Wrap::Passphrase(good.passphrase().unwrap().clone());
    let broken = |name: &str, says: &str, field: &str, value: u64| {
        let wrap = with(&wrap, field, Ipld::Integer(value.into()));
        let bytes = spinney::format::cbor::from_ipld(&with(&good, "wraps", Ipld::List(vec![wrap])));
        Case::new("keystore", &format!("refused-{name}"), says)
            .bytes(&bytes)
            .refused(why(Keystore::decode(&bytes)))
    };
    let none = spinney::format::cbor::from_ipld(&with(&good, "wraps", Ipld::List(vec![])));
    vec![
        Case::new("keystore", "passphrase", "A passphrase, and a way to unlock that version 1 does not know")
            .given("passphrase", PASSPHRASE)
            .derived("passphrase_key", hex(&*key))
            .derived("seed_key", hex(&*kdf::<32>(&*key, "keystore/seed", b"")))
            .derived("phrase_key", hex(&*kdf::<32>(&*key, "keystore/phrase", b"")))
            .derived("seed", hex(&*alice.phrase.seed(0)))
            .derived("phrase", hex(alice.phrase.as_bytes()))
            .bytes(&bytes)
            .value(&good.to_ipld()),
        broken("memory", "More memory than 1 GiB", "m", (1 << 20) + 1),
        broken("passes", "More than ten passes", "t", 11),
        Case::new("keystore", "refused-no-wraps", "No way to unlock")
            .bytes(&none)
            .refused(why(Keystore::decode(&none))),
    ]
}

fn known_contact() -> KnownContact {
    KnownContact {
        added: NOON,
        petname: Some("Ben".to_owned()),
        relays: vec![RELAY.to_owned()],
        seq: NOON / 1000,
        heir: Some(bob().phrase.heir(0)),
        recipient: Some(recipient()),
    }
}

fn recipient() -> Recipient {
    Recipient {
        id: bob().ring.id(),
        kem: Kem { epoch: 0, key: bob().kem_public() },
        label: bob().ring.label().public(),
    }
}

fn own_share() -> OwnShare {
    OwnShare {
        share: InnerId(fixed("share")),
        rev: 1,
        header: cid_of(DAG_CBOR, b"header"),
        key: ShareKey::from_bytes(fixed("share key")),
        recipients: vec![bob().ring.id()],
        since: 1,
        keepers: vec![RELAY.to_owned()],
        from: Some(bob().ring.id()),
    }
}

/// One of every kind of value, under the key of the vault.
fn values() -> Vec<(String, Ipld)> {
    fn value<T: Entry>(name: &T::Name, value: &T) -> (String, Ipld) {
        (format!("{}{name}", T::PREFIX), to_ipld(value).unwrap())
    }
    let (alice, bob) = (alice(), bob());
    let share = InnerId(fixed("share"));
    let settings =
        Settings { heir: alice.phrase.heir(0), words_confirmed: true, receipts: true, relay_only: true };
    let mut relation = Relation::default();
    relation.decide(Decision::Added, Some(NOON - 1), NOON);
    relation.decline(NOON - 2);
    relation.apply_asked(NOON + 1);
    relation.set_circles(["family", "climbing"]).unwrap();
    let secret = Secret::from_bytes(fixed("invite secret"));
    let invite = IssuedInvite { secret, until: NOON + 1, used: Some(bob.ring.id()) };
    let mut verified = Verification::new(&recipient(), 5, NOON);
    verified.observe(&Recipient { label: [7; 32], ..recipient() }, 6);
    vec![
        value(&bob.ring.id(), &known_contact()),
        value(&ShareId::new(alice.pk(), share), &own_share()),
        value(&ShareId::new(bob.pk(), share), &Hidden { rev: 2, author: Some(bob.ring.id()), at: NOON }),
        value(&Only, &settings),
        value(&bob.ring.id(), &relation),
        value(&Name::from(fixed("invite")), &invite),
        value(&bob.ring.id(), &verified),
    ]
}

fn vaults() -> Vec<Case> {
    let alice = alice();
    let key = alice.ring.vault_key();
    let device = [9; 32];
    let mut vault = Vault::default();
    for ((key, value), time) in values().into_iter().zip(NOON..) {
        vault.set(&key, Some(value), time, &device);
    }
    let removed = format!("{}{}", Hidden::PREFIX, ShareId::new(carol().pk(), InnerId(fixed("share"))));
    vault.set(&removed, Some(Ipld::Bool(true)), NOON, &device);
    vault.set(&removed, None, NOON, &device);

    let bucket = vault.whole();
    let block = bucket.seal(key, &mut stream("vault")).unwrap();
    assert_eq!(Bucket::open(key, &block).unwrap(), bucket);
    let buckets = Buckets((0..4u8).map(|n| cid_of(DAG_CBOR, &[n])).collect());
    let three = Buckets(buckets.0[..3].to_vec()).encode();
    let mut flipped = block.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let places =
        ["contact/bob", "share/lake", "draft/1"].map(|key| serde_json::json!([key, bucket_of(key, 16)]));
    vec![
        Case::new("vault", "bucket", "One value of each kind, and one that was removed")
            .given("key", hex(key))
            .block(&block)
            .value(&bucket.to_ipld()),
        Case::new("vault", "buckets", "The root block of a vault of four buckets")
            .given("places_of_16", places.to_vec())
            .block(&buckets.encode())
            .value(&buckets.to_ipld()),
        Case::new("vault", "refused-flipped", "One bit of a bucket is another")
            .given("key", hex(key))
            .bytes(&flipped)
            .refused(why(Bucket::open(key, &flipped))),
        Case::new("vault", "refused-three", "Three buckets")
            .bytes(&three)
            .refused(why(Buckets::decode(&three))),
    ]
}

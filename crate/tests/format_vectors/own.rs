//! What is sealed to oneself: keystore and vault.

use ipld_core::ipld::Ipld;
use ipld_core::serde::{from_ipld, to_ipld};
use spinney::crypto::kdf;
use spinney::crypto::passphrase::{Params, Recipe};
use spinney::crypto::{boxed, padding};
use spinney::format::header::ShareKey;
use spinney::format::keystore::{Keystore, Wrap};
use spinney::format::profile::Kem;
use spinney::format::secret::Secret;
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::vault::{Bucket, Buckets, Vault, bucket_of};
use spinney::format::{DAG_CBOR, RAW, Value, cbor, cid_of, limits};
use spinney::keys::link::PasswordKey;
use spinney::keys::{Ring, keystore};
use spinney::social::Name;
use spinney::social::invite::IssuedInvite;
use spinney::social::link::{OpenedLink, OwnLink};
use spinney::social::outgoing_request::OutgoingRequest;
use spinney::social::relation::{Decision, Relation};
use spinney::social::request::PendingRequest;
use spinney::social::share::Recipient;
use spinney::social::vault::{Entry, Hidden, KnownContact, Only, OwnShare, Settings};
use spinney::social::verification::Verification;

use crate::case::{Case, code, dag_json, fixed, hex, stream};
use crate::people::{NOON, RELAY, alice, bob, carol, device};
use crate::public::{filled, with};

pub(crate) fn cases() -> Vec<Case> {
    [keystores(), vaults()].concat()
}

/// Far cheaper than what is used, so that readers in slow languages can run the vector.
pub(crate) const CHEAP: Params = Params { m: 256, t: 2, p: 1 };

/// Decomposed, as some keyboards type it.
pub(crate) const PASSPHRASE: &str = "Ame\u{301}lie likes trees";

fn keystores() -> Vec<Case> {
    let alice = alice();
    let recipe = Recipe { salt: fixed("keystore salt"), params: CHEAP };
    let derived = recipe.derive(PASSPHRASE).unwrap();
    let nonces = [fixed("nonce of the seed"), fixed("nonce of the phrase")];
    let mut good = keystore::seal_with_nonces(&alice.phrase, &derived, &nonces);
    assert_eq!(keystore::open(&good, &derived).unwrap().id(), alice.ring.id());
    good.wraps
        .push(Wrap::Other(Ipld::Map([("kind".to_owned(), Ipld::String("webauthn".to_owned()))].into())));
    let key = derived.as_bytes();
    let bytes = good.encode();
    assert_eq!(Keystore::decode(&bytes).unwrap(), good);

    let wrap = Wrap::Passphrase(good.passphrase().unwrap().clone());
    let refuse = |name: &str, says: &str, bytes: &[u8]| {
        let good = match name {
            "size" => "largest",
            "n-large" => "linked",
            _ => "passphrase",
        };
        Case::new("keystore", &format!("refused-{name}"), says)
            .bytes(bytes)
            .refused(good, code(Keystore::decode(bytes)))
    };
    let broken = |name: &str, says: &str, field: &str, value: u64| {
        let wrap = with(&wrap, field, Ipld::Integer(value.into()));
        let bytes = cbor::from_ipld(&with(&good, "wraps", Ipld::List(vec![wrap])));
        refuse(name, says, &bytes)
    };
    let none = cbor::from_ipld(&with(&good, "wraps", Ipld::List(vec![])));
    let other = Ipld::Map([("kind".to_owned(), Ipld::String("webauthn".to_owned()))].into());
    let many = |wraps: usize| {
        let wraps = [vec![wrap.to_ipld()], vec![other.clone(); wraps - 1]].concat();
        cbor::from_ipld(&with(&good, "wraps", Ipld::List(wraps)))
    };
    let [largest, larger] =
        [limits::KEYSTORE, limits::KEYSTORE + 1].map(|size| filled(&good, size, cbor::from_ipld));
    let unlock = |name: &str, says: &str, stored: &Keystore, passphrase: &str, code: &str| {
        let key = keystore::recipe(stored).unwrap().derive(passphrase).unwrap();
        assert!(keystore::open(stored, &key).is_err());
        Case::new("keystore", &format!("refused-{name}"), says)
            .given("passphrase", passphrase)
            .bytes(&stored.encode())
            .refused("passphrase", code)
    };
    let bobs = Keystore { id: bob().id, ..good.clone() };
    let second = Ring::from_seed(alice.phrase.seed(1));
    let linked = keystore::seal_seed_with_nonce(&second, 1, &derived, &fixed("nonce of the second seed"));
    let no_number = cbor::from_ipld(&with(&linked, "n", Ipld::Integer(1 << 32)));
    vec![
        Case::new("keystore", "passphrase", "A passphrase, and a way to unlock that version 1 does not know")
            .given("passphrase", PASSPHRASE)
            .derived("passphrase_key", hex(key))
            .derived("seed_key", hex(&*kdf::<32>(key, "keystore/seed", b"")))
            .derived("phrase_key", hex(&*kdf::<32>(key, "keystore/phrase", b"")))
            .derived("seed", hex(&*alice.phrase.seed(0)))
            .derived("phrase", hex(alice.phrase.as_bytes()))
            .bytes(&bytes)
            .value(&good.to_ipld()),
        Case::new(
            "keystore",
            "linked",
            "A device that was linked after the keys were changed: without the phrase",
        )
        .given("passphrase", PASSPHRASE)
        .derived("passphrase_key", hex(key))
        .derived("seed", hex(&*alice.phrase.seed(1)))
        .bytes(&linked.encode())
        .value(&linked.to_ipld()),
        Case::new("keystore", "sixteen-wraps", "Sixteen ways to unlock").bytes(&many(limits::KEYSTORE_WRAPS)),
        Case::new("keystore", "largest", "As large as any").bytes(&largest),
        refuse("size", "A byte larger than any", &larger),
        broken("memory", "More memory than 1 GiB", "m", (1 << 20) + 1),
        broken("memory-seven", "Seven KiB of memory", "m", 7),
        broken("passes", "More than ten passes", "t", 11),
        broken("passes-none", "No pass", "t", 0),
        broken("lanes", "Two lanes", "p", 2),
        refuse("no-wraps", "No way to unlock", &none),
        refuse("seventeen-wraps", "Seventeen ways to unlock", &many(limits::KEYSTORE_WRAPS + 1)),
        refuse("n-large", "A number of the seed above 2^32 − 1", &no_number),
        unlock("passphrase", "Another passphrase", &good, "Amelie likes trees", "sealed"),
        unlock("id", "The identity of somebody else", &bobs, PASSPHRASE, "field:id"),
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
        former: vec![carol().ring.id()],
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
    let mut blocked = Relation::added(NOON);
    blocked.decide(Decision::Blocked, None, NOON + 1);
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
        value(&carol().ring.id(), &blocked),
        value(&Name::from(fixed("invite")), &invite),
        value(&bob.ring.id(), &verified),
        value(&ShareId::new(alice.pk(), InnerId(fixed("share by link"))), &own_link()),
        value(&ShareId::new(bob.pk(), InnerId(fixed("share by link"))), &opened_link()),
        value(&carol().ring.id(), &pending_request()),
        value(&bob.ring.id(), &outgoing_request()),
    ]
}

fn map<const N: usize>(fields: [(&str, Ipld); N]) -> Ipld {
    Ipld::Map(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn own_link() -> OwnLink {
    let secret = Secret::from_bytes(fixed("link secret"));
    OwnLink::new(secret, PasswordKey::none(), Some(NOON + 1), 5, NOON)
}

fn opened_link() -> OpenedLink {
    OpenedLink::new(crate::link::link(), PasswordKey::none())
}

/// As its table says, since the code makes one of a request that came.
fn pending_request() -> PendingRequest {
    let relays = vec![Ipld::String(RELAY.to_owned())];
    let value = map([
        ("time", Ipld::Integer(NOON.into())),
        ("message", Ipld::String("Hello from the climbing hall".to_owned())),
        ("relays", Ipld::List(relays)),
        ("invite", Ipld::String("used".to_owned())),
        ("declined", Ipld::Bool(true)),
    ]);
    from_ipld(value).unwrap()
}

fn outgoing_request() -> OutgoingRequest {
    let invite = map([
        ("secret", Ipld::Bytes(fixed::<32>("invite secret").to_vec())),
        ("until", Ipld::Integer((NOON + 1).into())),
    ]);
    let value = map([
        ("message", Ipld::String("It is me".to_owned())),
        ("invite", invite),
        ("full", Ipld::Integer(NOON.into())),
    ]);
    from_ipld(value).unwrap()
}

fn vaults() -> Vec<Case> {
    let alice = alice();
    let key = alice.ring.vault_key();
    let device = *device().verifying_key().as_bytes();
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
    let mut flipped = block.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let many =
        |buckets: u64| Buckets((0..buckets).map(|n| cid_of(DAG_CBOR, &n.to_be_bytes())).collect()).encode();
    let of_size = |block: &[u8], size: usize| filled(&cbor::to_ipld(block).unwrap(), size, cbor::from_ipld);
    let [largest_root, larger_root] =
        [limits::VAULT, limits::VAULT + 1].map(|size| of_size(&buckets.encode(), size));
    let [largest, larger] =
        [limits::VAULT_BUCKET, limits::VAULT_BUCKET + 1].map(|size| of_size(&block, size));
    let sized = |name: &str, block: &[u8]| {
        Case::new("vault", name, "As large as any, most of it in a key that nobody knows").block(block)
    };
    let mut raw = buckets.clone();
    raw.0[1] = cid_of(RAW, b"bucket");
    let root = |name: &str, says: &str, bytes: &[u8]| {
        Case::new("vault", &format!("refused-{name}"), says)
            .bytes(bytes)
            .refused("buckets", code(Buckets::decode(bytes)))
    };
    let places =
        ["contact/bob", "share/lake", "draft/1"].map(|key| serde_json::json!([key, bucket_of(key, 16)]));
    let mut cases = vec![
        Case::new("vault", "bucket", "One value of each kind, and one that was removed")
            .given("key", hex(key))
            .block(&block)
            .value(&bucket.to_ipld()),
        Case::new("vault", "buckets", "The root block of a vault of four buckets")
            .given("places_of_16", places.to_vec())
            .block(&buckets.encode())
            .value(&buckets.to_ipld()),
        Case::new("vault", "most-buckets", "The root block of 1,024 buckets").block(&many(1024)),
        sized("largest-root", &largest_root),
        root("size-root", "A byte larger than any", &larger_root),
        sized("largest", &largest).given("key", hex(key)),
        sealed("size", "A byte larger than any", &larger),
        root("three", "Three buckets", &many(3)),
        root("none", "No bucket", &many(0)),
        root("bucket-raw", "A bucket that is no DAG-CBOR block", &raw.encode()),
        sealed("flipped", "One bit of a bucket is another", &flipped),
    ];
    cases.push(merged());
    cases.extend(buckets_refused());
    cases
}

/// The buckets of two devices, in which every rule of merging decides about one key.
fn merged() -> Case {
    let alice = alice();
    let key = alice.ring.vault_key();
    let at = |ms: u64, device: u8| Ipld::List(vec![Ipld::Integer(ms.into()), Ipld::Bytes(vec![device; 32])]);
    let entry = |key: &str, at: Ipld, value: Option<u64>| {
        let mut fields = vec![("key", Ipld::String(key.to_owned())), ("at", at)];
        fields.push(match value {
            Some(value) => ("value", Ipld::Integer(value.into())),
            None => ("gone", Ipld::Bool(true)),
        });
        Ipld::Map(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    };
    let bucket = |entries: Vec<Ipld>| {
        Bucket::from_ipld(map([("v", Ipld::Integer(1)), ("entries", Ipld::List(entries))])).unwrap()
    };
    let mine = bucket(vec![
        entry("device", at(5, 1), Some(1)),
        entry("encoding", at(5, 1), Some(24)),
        entry("gone-later", at(5, 1), Some(1)),
        entry("gone-same-time", at(5, 1), None),
        entry("later", at(6, 1), Some(1)),
        entry("only-mine", at(5, 1), Some(1)),
    ]);
    let theirs = bucket(vec![
        entry("device", at(5, 2), Some(2)),
        entry("encoding", at(5, 1), Some(23)),
        entry("gone-later", at(6, 2), None),
        entry("gone-same-time", at(5, 1), Some(2)),
        entry("later", at(5, 2), Some(2)),
        entry("only-theirs", at(5, 2), Some(2)),
    ]);
    let mut vault = Vault::default();
    vault.merge(theirs.clone());
    vault.merge(mine.clone());
    let block = mine.seal(key, &mut stream("merged vault")).unwrap();
    let another = theirs.seal(key, &mut stream("another device's vault")).unwrap();
    Case::new("vault", "merged", "Of two entries with one key the one that merging keeps, in any order")
        .given("key", hex(key))
        .given("another", hex(&another))
        .derived("merged", dag_json(&vault.whole().to_ipld()))
        .block(&block)
        .value(&mine.to_ipld())
}

fn sealed(name: &str, says: &str, block: &[u8]) -> Case {
    let alice = alice();
    Case::new("vault", &format!("refused-{name}"), says)
        .given("key", hex(alice.ring.vault_key()))
        .bytes(block)
        .refused("bucket", code(Bucket::open(alice.ring.vault_key(), block)))
}

/// Buckets that open, and whose frame or entries break a rule.
fn buckets_refused() -> Vec<Case> {
    let alice = alice();
    let block = |frame: &[u8]| {
        let sealed = boxed::seal_with_nonce(alice.ring.vault_key(), "vault", frame, &fixed("vault nonce"));
        cbor::from_ipld(&map([("v", Ipld::Integer(1)), ("sealed", Ipld::Bytes(sealed))]))
    };
    let stamp = |device: usize| Ipld::List(vec![Ipld::Integer(1), Ipld::Bytes(vec![7; device])]);
    let entry = |key: &str| {
        map([("key", Ipld::String(key.to_owned())), ("at", stamp(32)), ("value", Ipld::Bool(true))])
    };
    let rows = |entries: Vec<Ipld>| {
        cbor::from_ipld(&map([("v", Ipld::Integer(1)), ("entries", Ipld::List(entries))]))
    };
    let broken = |name: &str, says: &str, entries: Vec<Ipld>| {
        sealed(name, says, &block(&padding::frame_padme(&rows(entries))))
    };
    let plain = rows(vec![entry("a"), entry("b")]);
    let good = padding::frame_padme(&plain);
    Bucket::open(alice.ring.vault_key(), &block(&good)).unwrap();
    let mut filled = padding::frame_padme(&rows(vec![entry(&"a".repeat(60))]));
    *filled.last_mut().unwrap() = 1;
    let long = limits::VAULT_KEY_CHARS + 1;
    vec![
        sealed(
            "frame-larger",
            "A frame that is larger than Padmé asks for",
            &block(&padding::frame(&plain, good.len() + 64)),
        ),
        sealed("frame-short", "A frame of three bytes", &block(&[0; 3])),
        sealed("frame-filling", "A frame that is filled with something", &block(&filled)),
        broken("key-twice", "A key twice", vec![entry("a"), entry("a")]),
        broken("keys-unsorted", "Keys out of order", vec![entry("b"), entry("a")]),
        broken("key-257", "A key of 257 characters", vec![entry(&"a".repeat(long))]),
        broken("stamp", "A stamp of a device of 31 bytes", vec![with(&entry("a"), "at", stamp(31))]),
        broken("stamp-number", "A stamp that is a number", vec![with(&entry("a"), "at", Ipld::Integer(1))]),
        broken(
            "gone-number",
            "An entry that is gone by a number",
            vec![with(&entry("a"), "gone", Ipld::Integer(1))],
        ),
        broken("value-and-gone", "A value that is gone", vec![with(&entry("a"), "gone", Ipld::Bool(true))]),
    ]
}

//! The vault: buckets, how they merge, and what version 1 had.

use ipld_core::ipld::Ipld;
use ipld_core::serde::{from_ipld, to_ipld};
use spinney::crypto::{boxed, padding};
use spinney::format::header::ShareKey;
use spinney::format::profile::Kem;
use spinney::format::secret::{CodeSecret, Secret};
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::vault::{Bucket, Buckets, Vault, bucket_of};
use spinney::format::{DAG_CBOR, RAW, Value, cbor, cid_of, limits};
use spinney::keys::link::PasswordKey;
use spinney::social::Name;
use spinney::social::drop_box::{DropBox, PendingDrop};
use spinney::social::introduction::Introduction;
use spinney::social::invite::IssuedInvite;
use spinney::social::letter::{About, Name as LetterName, OwnLetter};
use spinney::social::link::{OpenedLink, OwnLink};
use spinney::social::outgoing_request::Asking;
use spinney::social::pinning::{Name as ServiceName, PinningService, Token};
use spinney::social::relation::{Decision, Relation};
use spinney::social::request::PendingRequest;
use spinney::social::share::Recipient;
use spinney::social::vault::{
    Circles, Closed, Dismissed, Entry, Former, Heir, Hidden, KnownContact, KnownDevice, MayBeShown, Only,
    OwnShare, Petname, Receipts, RelayOnly, SeesMine, WordsConfirmed,
};
use spinney::social::verification::Verification;

use crate::case::{Case, code, dag_json, fixed, hex, stream};
use crate::people::{NOON, RELAY, alice, bob, carol, device};
use crate::public::{filled, with};

fn known_contact() -> KnownContact {
    KnownContact {
        added: NOON,
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
        (T::key(name), to_ipld(value).unwrap())
    }
    let (alice, bob) = (alice(), bob());
    let share = InnerId(fixed("share"));
    let mut relation = Relation::default();
    relation.add_by_invite(Name::from(fixed("invite")), NOON, NOON - 1, NOON);
    relation.decline(NOON - 2);
    let circles = Circles(["family", "climbing"].map(str::to_owned).into());
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
        value(&Only, &Heir(alice.phrase.heir(0))),
        value(&Only, &WordsConfirmed(true)),
        value(&Only, &Receipts(true)),
        value(&Only, &RelayOnly(false)),
        value(&bob.ring.id(), &relation.stance(true)),
        value(&bob.ring.id(), &Petname("Ben".to_owned())),
        value(&bob.ring.id(), &circles),
        value(&carol().ring.id(), &blocked.stance(true)),
        value(&carol().ring.id(), &Closed { by: bob.ring.id() }),
        value(&0, &Former { seed: Secret::from_bytes(fixed("former seed")) }),
        value(&Name::from(fixed("invite")), &invite),
        value(&bob.ring.id(), &verified),
        value(&device().verifying_key().into(), &KnownDevice::new("Laptop".to_owned(), NOON)),
        value(&ShareId::new(alice.pk(), InnerId(fixed("share by link"))), &own_link()),
        value(&ShareId::new(bob.pk(), InnerId(fixed("share by link"))), &opened_link()),
        value(&carol().ring.id(), &pending_request()),
        value(&bob.ring.id(), &asking()),
        value(&Name::from(fixed("drop box")), &drop_box()),
        value(&alice.ring.id(), &pending_drop()),
        value(&Only, &MayBeShown(true)),
        value(&bob.ring.id(), &SeesMine(true)),
        value(&carol().ring.id(), &Dismissed(true)),
        value(&carol().ring.id(), &introduction()),
        value(&LetterName { about: About::Contacts, reader: bob.ring.id() }, &own_letter()),
        value(&ServiceName::from(fixed("pinning service")), &pinning_service()),
    ]
}

fn introduction() -> Introduction {
    Introduction {
        time: NOON,
        by: bob().ring.id(),
        name: "Carol".into(),
        relays: vec![RELAY.to_owned()],
        seq: NOON / 1000,
        secret: Secret::from_bytes(fixed("introduction secret")),
        message: Some("You both climb".into()),
        answered: NOON,
    }
}

fn pinning_service() -> PinningService {
    PinningService {
        name: "Pins for pay".to_owned(),
        endpoint: "https://pins.example/psa".to_owned(),
        token: Token::typed("token-of-a-service").unwrap(),
    }
}

fn own_letter() -> OwnLetter {
    OwnLetter {
        share: InnerId(fixed("letters to Bob")),
        rev: NOON,
        header: Some(cid_of(DAG_CBOR, b"header of a letter")),
        says: Some(fixed("what a letter says").into()),
    }
}

fn map<const N: usize>(fields: [(&str, Ipld); N]) -> Ipld {
    Ipld::Map(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn own_link() -> OwnLink {
    let secret = CodeSecret::from_bytes(fixed("link secret"));
    OwnLink::new(secret, PasswordKey::none(), Some(NOON + 1), 5, NOON)
}

fn opened_link() -> OpenedLink {
    OpenedLink::new(crate::link::link(), PasswordKey::none()).met(vec![RELAY.to_owned()])
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
        ("proof", Ipld::Bytes(fixed::<32>("proof of a request").to_vec())),
    ]);
    from_ipld(value).unwrap()
}

fn drop_box() -> DropBox {
    DropBox {
        secret: crate::drop_box::secret(),
        bytes: 1 << 30,
        until: NOON + 1,
        name: Some("The wedding".into()),
    }
}

/// As its table says, since the code makes one of a request that came.
fn pending_drop() -> PendingDrop {
    let value = map([
        ("time", Ipld::Integer(NOON.into())),
        ("message", Ipld::String("From Otto".to_owned())),
        ("box", Ipld::String(Name::from(fixed("drop box")).to_string())),
        ("share", Ipld::Bytes(fixed::<16>("share of a drop").to_vec())),
        ("block", Ipld::Link(cid_of(DAG_CBOR, b"manifest of a drop"))),
        ("key", Ipld::Bytes(fixed::<32>("key of a manifest").to_vec())),
        ("files", Ipld::Integer(3)),
        ("size", Ipld::Integer(1_234_567)),
    ]);
    from_ipld(value).unwrap()
}

fn asking() -> Asking {
    let invite = map([
        ("secret", Ipld::Bytes(fixed::<32>("introduction secret").to_vec())),
        ("until", Ipld::Integer((NOON + 1).into())),
        ("introduced", Ipld::Bool(true)),
    ]);
    let value = map([
        ("message", Ipld::String("It is me".to_owned())),
        ("invite", invite),
        ("spent", Ipld::String("ended".to_owned())),
        ("asked", Ipld::Integer(NOON.into())),
    ]);
    from_ipld(value).unwrap()
}

pub(crate) fn cases() -> Vec<Case> {
    let alice = alice();
    let key = alice.ring.vault_key();
    let device = *device().verifying_key().as_bytes();
    let mut vault = Vault::default();
    for ((key, value), time) in values().into_iter().zip(NOON..) {
        vault.set(&key, Some(&value), time, &device);
    }
    let removed = Petname::key(&carol().ring.id());
    vault.set(&removed, Some(&Ipld::String("Caro".to_owned())), NOON, &device);
    vault.set(&removed, None, NOON, &device);

    let bucket = vault.whole();
    let block = bucket.seal(key, &mut stream("vault")).unwrap();
    assert_eq!(Bucket::open(key, &block).unwrap(), bucket);
    let buckets = Buckets::new((0..4u8).map(|n| cid_of(DAG_CBOR, &[n])).collect());
    let mut flipped = block.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let many = |buckets: u64| {
        Buckets::new((0..buckets).map(|n| cid_of(DAG_CBOR, &n.to_be_bytes())).collect()).encode()
    };
    let of_size = |block: &[u8], size: usize| filled(&cbor::to_ipld(block).unwrap(), size, cbor::from_ipld);
    let [largest_root, larger_root] =
        [limits::VAULT, limits::VAULT + 1].map(|size| of_size(&buckets.encode(), size));
    let [largest, larger] =
        [limits::VAULT_BUCKET, limits::VAULT_BUCKET + 1].map(|size| of_size(&block, size));
    let sized = |name: &str, block: &[u8]| {
        Case::new("vault", name, "As large as any, most of it in a key that nobody knows").block(block)
    };
    let mut raw = buckets.clone();
    raw.buckets[1] = cid_of(RAW, b"bucket");
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
    cases.extend([merged(), merged_rising()]);
    cases.extend(version_1());
    cases.extend(buckets_refused());
    cases
}

fn at(ms: u64, device: u8) -> Ipld {
    Ipld::List(vec![Ipld::Integer(ms.into()), Ipld::Bytes(vec![device; 32])])
}

/// An entry; without a value one that is gone.
fn entry(key: &str, at: Ipld, value: Option<Ipld>) -> Ipld {
    let value = value.map_or(("gone", Ipld::Bool(true)), |value| ("value", value));
    map([("key", Ipld::String(key.to_owned())), ("at", at), value])
}

fn bucket(entries: Vec<Ipld>) -> Bucket {
    Bucket::from_ipld(map([("v", Ipld::Integer(2)), ("entries", Ipld::List(entries))])).unwrap()
}

/// The buckets of two devices, in which every rule of merging decides about one key.
fn merged() -> Case {
    let entry = |key: &str, at, value: Option<i128>| entry(key, at, value.map(Ipld::Integer));
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
    merge("merged", "Of two entries with one key the one that merging keeps, in any order", &mine, &theirs)
}

/// The same for every kind of value of which something rises.
fn merged_rising() -> Case {
    let number = |n: u64| Ipld::Integer(n.into());
    let text = |text: &str| Ipld::String(text.to_owned());
    let relays = |n: usize| Ipld::List(vec![text(RELAY); n]);
    let bytes = |n: u8| Ipld::Bytes(vec![n; 32]);
    let contact = |seq: u64, n: usize, heir: u8| {
        Some(map([("added", number(1)), ("seq", number(seq)), ("relays", relays(n)), ("heir", bytes(heir))]))
    };
    let request =
        |time, says| Some(map([("time", number(time)), ("message", text(says)), ("relays", relays(0))]));
    let drop = |time, says| Some(map([("time", number(time)), ("message", text(says))]));
    let stance = |says: &str, answered| Some(map([("stance", text(says)), ("answered", number(answered))]));
    let device = |name: &str, removed, back| {
        let fields = [("added", 1), ("removed", removed), ("back", back)].into_iter();
        let fields = fields.filter(|(_, n)| *n > 0).map(|(field, n)| (field.to_owned(), number(n)));
        Some(Ipld::Map(fields.chain([("name".to_owned(), text(name))]).collect()))
    };
    let hidden = |rev| Some(map([("rev", number(rev)), ("at", number(1))]));
    let invite = |used| Some(map([("secret", bytes(9)), ("until", number(1)), ("used", bytes(used))]));
    let introduced = |time, answered| {
        Some(map([("time", number(time)), ("secret", bytes(9)), ("answered", number(answered))]))
    };
    let letter = |rev, says| Some(map([("rev", number(rev)), ("says", bytes(says))]));
    let taken_back = |rev| Some(map([("rev", number(rev)), ("share", bytes(3))]));
    let mine = bucket(vec![
        entry("asking/a", at(5, 1), Some(map([("message", text("mine")), ("asked", number(300))]))),
        entry("contact/one-seq", at(6, 1), contact(7, 1, 1)),
        entry("contact/seq", at(6, 1), contact(7, 2, 1)),
        entry("contact/two-heirs", at(6, 1), contact(7, 1, 1)),
        entry("device/back", at(6, 1), device("mine", 300, 0)),
        entry("device/removed", at(5, 1), device("mine", 300, 24)),
        entry("dropped/a", at(0, 0), drop(7, "earlier")),
        entry("hidden/gone", at(5, 1), hidden(24)),
        entry("hidden/rev", at(5, 1), hidden(24)),
        entry("introduced/a", at(0, 0), introduced(7, 5)),
        entry("invite/a", at(6, 1), invite(2)),
        entry("letter/contacts/a", at(6, 1), letter(24, 1)),
        entry(
            "relation/blocked",
            at(6, 1),
            Some(map([("stance", text("blocked")), ("before", text("added"))])),
        ),
        entry("relation/later", at(6, 1), stance("added", 1)),
        entry("relation/no-map", at(6, 1), Some(text("added"))),
        entry("relation/one-time", at(5, 1), stance("added", 9)),
        entry("relation/removed", at(5, 1), stance("added", 9)),
        entry("request/a", at(0, 0), request(8, "later")),
        entry("setting/words", at(5, 1), Some(Ipld::Bool(true))),
    ]);
    let theirs = bucket(vec![
        entry("asking/a", at(6, 2), Some(map([("message", text("theirs")), ("asked", number(200))]))),
        entry("contact/one-seq", at(5, 2), contact(7, 2, 1)),
        entry("contact/seq", at(5, 2), contact(8, 1, 1)),
        entry("contact/two-heirs", at(5, 2), contact(7, 1, 2)),
        entry("device/back", at(5, 2), device("theirs", 24, 301)),
        entry("device/removed", at(6, 2), device("theirs", 0, 23)),
        entry("dropped/a", at(0, 0), drop(8, "later")),
        entry("hidden/gone", at(6, 2), None),
        entry("hidden/rev", at(6, 2), hidden(23)),
        entry("introduced/a", at(0, 0), introduced(8, 3)),
        entry("invite/a", at(5, 2), invite(1)),
        entry("letter/contacts/a", at(5, 2), taken_back(300)),
        entry("relation/blocked", at(5, 2), stance("added", 4)),
        entry("relation/later", at(5, 2), stance("following", 9)),
        entry("relation/no-map", at(5, 2), stance("added", 9)),
        entry("relation/one-time", at(5, 1), stance("following", 1)),
        entry("relation/removed", at(6, 2), None),
        entry("request/a", at(0, 0), request(7, "earlier")),
        entry("setting/words", at(6, 2), Some(Ipld::Bool(false))),
    ]);
    merge("merged-rising", "What rises does so whichever entry is later", &mine, &theirs)
}

fn merge(name: &str, says: &str, mine: &Bucket, theirs: &Bucket) -> Case {
    let alice = alice();
    let key = alice.ring.vault_key();
    let mut vault = Vault::default();
    vault.merge([theirs.clone()]);
    vault.merge([mine.clone()]);
    let block = mine.seal(key, &mut stream(&format!("{name} vault"))).unwrap();
    let another = theirs.seal(key, &mut stream(&format!("another device's {name} vault"))).unwrap();
    Case::new("vault", name, says)
        .given("key", hex(key))
        .given("another", hex(&another))
        .derived("merged", dag_json(&vault.whole().to_ipld()))
        .block(&block)
        .value(&mine.to_ipld())
}

/// A vault as the build before version 2 wrote it.
fn version_1() -> Vec<Case> {
    let fixture: serde_json::Value = serde_json::from_str(include_str!("../version_1.json")).unwrap();
    let blocks: Vec<_> =
        fixture["vault"].as_array().unwrap().iter().map(|block| bytes_of(&block[1])).collect();
    let [root, block] = &blocks[..] else { panic!("a root block and one bucket") };
    let alice = alice();
    let key = alice.ring.vault_key();
    let old = Bucket::open(key, block).unwrap();
    let mut vault = Vault::default();
    vault.merge([old.clone()]);
    vec![
        Case::new("vault", "version-1", "What version 1 said, and what version 2 says of it")
            .given("key", hex(key))
            .derived("upgraded", dag_json(&vault.whole().to_ipld()))
            .block(block)
            .value(&old.to_ipld()),
        Case::new("vault", "version-1-root", "The root block of a vault of version 1")
            .block(root)
            .value(&Buckets::decode(root).unwrap().to_ipld()),
    ]
}

fn bytes_of(hex: &serde_json::Value) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(hex.as_str().unwrap().as_bytes()).unwrap()
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
        cbor::from_ipld(&map([("v", Ipld::Integer(2)), ("sealed", Ipld::Bytes(sealed))]))
    };
    let stamp = |device: usize| Ipld::List(vec![Ipld::Integer(1), Ipld::Bytes(vec![7; device])]);
    let entry = |key: &str| {
        map([("key", Ipld::String(key.to_owned())), ("at", stamp(32)), ("value", Ipld::Bool(true))])
    };
    let rows = |entries: Vec<Ipld>| {
        cbor::from_ipld(&map([("v", Ipld::Integer(2)), ("entries", Ipld::List(entries))]))
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
    let newer = with(&cbor::to_ipld(&block(&good)).unwrap(), "v", Ipld::Integer(3));
    let newer_inside = cbor::from_ipld(&with(&cbor::to_ipld(&plain).unwrap(), "v", Ipld::Integer(3)));
    vec![
        sealed("newer", "A bucket of a later version", &cbor::from_ipld(&newer)),
        sealed("newer-entries", "Entries of a later version", &block(&padding::frame_padme(&newer_inside))),
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

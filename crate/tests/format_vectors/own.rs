//! The keystore, which is sealed to oneself.

use ipld_core::ipld::Ipld;
use spinney::crypto::kdf;
use spinney::crypto::passphrase::{Params, Recipe};
use spinney::format::keystore::{Keystore, Wrap};
use spinney::format::{Value, cbor, limits};
use spinney::keys::{Ring, keystore};

use crate::case::{Case, code, fixed, hex};
use crate::people::{alice, bob};
use crate::public::{filled, with};

pub(crate) fn cases() -> Vec<Case> {
    keystores()
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

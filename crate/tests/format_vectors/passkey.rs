//! Ways to unlock a keystore by a passkey.

use ipld_core::ipld::Ipld;
use spinney::crypto::kdf;
use spinney::crypto::passphrase::{PassphraseKey, Recipe};
use spinney::format::keystore::{Keystore, Wrap};
use spinney::format::{Value, cbor, limits};
use spinney::keys::keystore::{self, Credential, PasskeyError};

use crate::case::{Case, code, fixed, hex};
use crate::own::{CHEAP, PASSPHRASE};
use crate::people::{NOON, alice, bob};
use crate::public::with;

const SITE: &str = "spinney.example";

pub(crate) fn cases() -> Vec<Case> {
    let (good, prf) = (good(), fixed::<32>("prf"));
    let passkey = Wrap::Passkey(good.passkeys().next().unwrap().clone());
    let with_wrap = |wrap: Ipld| {
        let wraps: Vec<_> = good.wraps.iter().map(Value::to_ipld).collect();
        let [passphrase, _, other] = wraps.try_into().unwrap();
        cbor::from_ipld(&with(&good, "wraps", Ipld::List(vec![passphrase, wrap, other])))
    };
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        let bytes = with_wrap(with(&passkey, field, value));
        Case::new("keystore", &format!("refused-passkey-{name}"), says)
            .bytes(&bytes)
            .refused("passkey", code(Keystore::decode(&bytes)))
    };
    let unlock = |name: &str, says: &str, stored: &Keystore, prf: [u8; 32], code: &str| {
        assert!(keystore::open_with_passkey(stored, SITE, &credential().id, &prf).is_err());
        Case::new("keystore", name, says)
            .given("credential", hex(&credential().id))
            .given("prf", hex(&prf))
            .bytes(&stored.encode())
            .refused("passkey", code)
    };
    let bytes = |len: usize| Ipld::Bytes(vec![7; len]);
    let longest = with(&passkey, "credential", bytes(limits::CREDENTIAL_BYTES));
    let Ipld::Map(mut least) = longest else { panic!("a wrap is a map") };
    least.insert("rp".to_owned(), Ipld::String("a".repeat(limits::HOST_CHARS)));
    least.remove("added");
    let bobs = Keystore { id: bob().id, ..good.clone() };
    vec![
        Case::new(
            "keystore",
            "passkey",
            "A passphrase, a passkey, and a way to unlock that version 1 does not know",
        )
        .given("passphrase", PASSPHRASE)
        .given("credential", hex(&credential().id))
        .given("prf", hex(&prf))
        .derived("passphrase_key", hex(passphrase_key().as_bytes()))
        .derived("passkey_key", hex(&*kdf::<32>(&prf, "keystore/passkey", b"")))
        .derived("seed", hex(&*alice().phrase.seed(0)))
        .derived("phrase", hex(alice().phrase.as_bytes()))
        .bytes(&good.encode())
        .value(&good.to_ipld()),
        Case::new("keystore", "passkey-longest", "A passkey and a host as long as any, without the time")
            .bytes(&with_wrap(Ipld::Map(least))),
        broken(
            "credential",
            "A credential of 1,024 bytes",
            "credential",
            bytes(limits::CREDENTIAL_BYTES + 1),
        ),
        broken("host", "A host of 254 characters", "rp", Ipld::String("a".repeat(limits::HOST_CHARS + 1))),
        broken("host-bytes", "A host that is no text", "rp", bytes(9)),
        broken("salt", "A salt of 31 bytes", "salt", bytes(31)),
        broken("seed", "A box of 71 bytes", "seed", bytes(71)),
        broken("added", "A time that is text", "added", Ipld::String("noon".to_owned())),
        unlock("refused-passkey", "Another PRF", &good, fixed("another prf"), "sealed"),
        unlock("refused-passkey-id", "The identity of somebody else", &bobs, prf, "field:id"),
    ]
}

fn credential() -> Credential {
    let (id, salt) = (fixed::<32>("credential").to_vec().into(), fixed("salt of the passkey"));
    Credential { id, rp: SITE.to_owned(), salt, added: NOON }
}

fn passphrase_key() -> PassphraseKey {
    Recipe { salt: fixed("keystore salt"), params: CHEAP }.derive(PASSPHRASE).unwrap()
}

fn good() -> Keystore {
    let alice = alice();
    let key = passphrase_key();
    let nonces = [fixed("nonce of the seed"), fixed("nonce of the phrase")];
    let keystore = keystore::seal_with_nonces(&alice.phrase, &key, &nonces);
    let (prf, nonce) = (fixed("prf"), fixed("nonce of the passkey"));
    let mut good = keystore::add_passkey_with_nonce(&keystore, &key, credential(), &prf, &nonce).unwrap();
    let other = Ipld::Map([("kind".to_owned(), Ipld::String("webauthn".to_owned()))].into());
    good.wraps.push(Wrap::Other(other));
    let opened = |rp: &str| keystore::open_with_passkey(&good, rp, &credential().id, &prf);
    assert_eq!(opened(SITE).unwrap().id(), alice.ring.id());
    assert_eq!(opened("another.example").unwrap_err(), PasskeyError::OtherSite.into());
    assert_eq!(Keystore::decode(&good.encode()).unwrap(), good);
    good
}

//! Derivations: one vector for each label, the keys of a person, and the two ways to encrypt.

use serde_json::json;
use spinney::crypto::{block, boxed, digest, kdf, once, padding};
use spinney::format::share_id::{InnerId, ShareId};
use spinney::keys::{peer_id, six_words};

use crate::case::{Case, fixed, hex};
use crate::people::{alice, bob, device};

/// Every label, what it is derived from, its context, and how many bytes it gives.
fn labels() -> Vec<(&'static str, &'static str, Vec<u8>, usize)> {
    let epoch = vec![0, 0, 0, 7];
    let salt = fixed::<16>("salt").to_vec();
    let slot = [&salt[..], &fixed::<32>("commit")].concat();
    let pair = [&fixed::<32>("pk of B")[..], &fixed::<32>("hash of B's kem key"), &epoch].concat();
    let letterbox = [&fixed::<32>("pk of A")[..], &fixed::<32>("pk of B"), &salt].concat();
    let both = [fixed::<32>("pk of A"), fixed::<32>("key of a keeper")].concat();
    vec![
        ("seed", "phrase", vec![0, 0, 0, 0], 32),
        ("identity", "seed", vec![], 32),
        ("kem", "seed", epoch, 32),
        ("label", "seed", vec![], 32),
        ("pair", "seed", vec![], 32),
        ("chunk", "seed", vec![], 32),
        ("vault", "seed", vec![], 32),
        ("storage", "seed", vec![], 32),
        ("storage-index", "seed", vec![], 32),
        ("pair-secret", "pair root", pair, 32),
        ("page", "P", vec![], 32),
        ("slot", "P", slot, 48),
        ("letterbox", "X25519 of label keys", letterbox, 48),
        ("share/commit", "K", salt, 32),
        ("share/header", "K", vec![], 32),
        ("share/manifest", "K", vec![], 32),
        ("share/answers", "K", vec![], 32),
        ("share/fetch", "K", vec![], 32),
        ("keep/proof", "nonce of a question", both, 32),
        ("keystore/seed", "passphrase key", vec![], 32),
        ("keystore/phrase", "passphrase key", vec![], 32),
        ("keystore/passkey", "PRF of a passkey", vec![], 32),
        ("link-salt", "link secret", vec![], 16),
        ("link-label", "link secret", vec![], 32),
        ("link", "link secret and password key", vec![], 32),
        ("invite-token", "invite secret", vec![], 32),
        ("invite-proof", "invite secret", vec![], 32),
        ("introduction-token", "introduction secret", vec![], 32),
        ("drop/token", "drop secret", vec![], 32),
        ("drop/proof", "drop secret", vec![], 32),
        ("device-link/keys", "device code secret", fixed::<32>("device link").to_vec(), 96),
        ("device-link/words", "device code secret", fixed::<32>("device link").to_vec(), 32),
    ]
}

fn derive(ikm: &[u8], label: &str, context: &[u8], n: usize) -> Vec<u8> {
    match n {
        16 => kdf::<16>(ikm, label, context).to_vec(),
        48 => kdf::<48>(ikm, label, context).to_vec(),
        96 => kdf::<96>(ikm, label, context).to_vec(),
        _ => kdf::<32>(ikm, label, context).to_vec(),
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let kdfs = labels().into_iter().map(|(label, from, context, n)| {
        let is_of_a_code =
            ["link secret", "invite secret", "drop secret", "device code secret"].contains(&from);
        let ikm = if is_of_a_code { fixed::<16>(from).to_vec() } else { fixed::<32>(from).to_vec() };
        let info = [b"spinney/v1/", label.as_bytes(), &[0], &context].concat();
        Case::new("kdf", &label.replace('/', "-"), &format!("{label}, derived from {from}"))
            .given("ikm", hex(&ikm))
            .given("label", label)
            .given("context", hex(&context))
            .given("n", n)
            .derived("info", hex(&info))
            .bytes(&derive(&ikm, label, &context, n))
    });
    kdfs.chain([
        person(),
        successor(),
        device_key(),
        share_id(),
        sealed_block(),
        boxed_bytes(),
        once_sealed(),
    ])
    .chain(padded())
    .collect()
}

fn person() -> Case {
    let (alice, bob) = (alice(), bob());
    let seed = kdf::<32>(alice.phrase.as_bytes(), "seed", &[0; 4]);
    let from_seed = |label| hex(&*kdf::<32>(&*seed, label, b""));
    Case::new("keys", "alice", "Everything that grows from a phrase")
        .given("phrase", hex(alice.phrase.as_bytes()))
        .derived("words", alice.phrase.words().as_str())
        .derived("seed", hex(&*seed))
        .derived("identity", from_seed("identity"))
        .derived("pk", hex(alice.pk()))
        .derived("id", alice.ring.id().to_string())
        .derived("six_words", json!(six_words(&alice.ring.id())))
        .derived("kem", hex(&*kdf::<32>(&*seed, "kem", &[0; 4])))
        .derived("kem_public", hex(&alice.kem_public().to_bytes()))
        .derived("label", from_seed("label"))
        .derived("label_public", hex(&alice.ring.label().public()))
        .derived("pair", from_seed("pair"))
        .derived("chunk", from_seed("chunk"))
        .derived("vault", from_seed("vault"))
        .derived("storage", from_seed("storage"))
        .derived("storage_index", from_seed("storage-index"))
        .derived("heir", hex(&alice.phrase.heir(0)))
        .given("bob_phrase", hex(bob.phrase.as_bytes()))
        .derived("bob_pk", hex(bob.pk()))
        .derived("bob_kem_public", hex(&bob.kem_public().to_bytes()))
        .derived("bob_label_public", hex(&bob.ring.label().public()))
        .derived("pair_secret_to_bob", hex(&*alice.pair(&bob)))
        .derived("shared_label", hex(&*alice.shared_label(&bob)))
}

/// What grows from the second seed of a phrase, and from the second epoch of it.
fn successor() -> Case {
    let alice = alice();
    let seed = alice.phrase.seed(1);
    let ring = spinney::keys::Ring::from_seed(seed.clone());
    let pk = ring.identity().verifying_key();
    assert_eq!(digest("heir", &[pk.as_bytes()]), alice.phrase.heir(0));
    Case::new(
        "keys",
        "successor",
        "The identity to which the profile of Alice commits as heir, and a later kem key of it",
    )
    .given("phrase", hex(alice.phrase.as_bytes()))
    .given("n", 1)
    .given("epoch", 1)
    .derived("seed", hex(&*seed))
    .derived("pk", hex(pk.as_bytes()))
    .derived("heir", hex(&alice.phrase.heir(0)))
    .derived("kem", hex(&*kdf::<32>(&*seed, "kem", &[0, 0, 0, 1])))
    .derived("kem_public", hex(&ring.kem(1).public().to_bytes()))
}

fn device_key() -> Case {
    let pk = device().verifying_key();
    Case::new("keys", "device", "The PeerId of a device: the identity multihash of its libp2p public key")
        .given("seed", hex(&[9; 32]))
        .derived("pk", hex(pk.as_bytes()))
        .bytes(&peer_id(&pk))
}

fn share_id() -> Case {
    let inner = InnerId(fixed("share"));
    let id = ShareId::new(alice().pk(), inner);
    Case::new("share-id", "alice", "The id of a share outside of objects")
        .given("pk", hex(alice().pk()))
        .given("share", hex(&inner.0))
        .given("text", id.to_string())
        .bytes(id.as_bytes())
}

fn sealed_block() -> Case {
    let secret = fixed("chunk secret");
    let plaintext = b"A spinney is a small group of trees.";
    let (key, sealed) = block::seal(&secret, plaintext);
    Case::new("block", "seal", "Block seal: for what never changes")
        .given("secret", hex(&secret))
        .given("plaintext", hex(plaintext))
        .derived("key", hex(key.as_bytes()))
        .bytes(&sealed)
}

fn boxed_bytes() -> Case {
    let (key, nonce) = (fixed("box key"), fixed("box nonce"));
    let plaintext = b"They stand together.";
    Case::new("box", "seal", "Box: for what is sealed again under a lasting key")
        .given("key", hex(&key))
        .given("label", "storage")
        .given("nonce", hex(&nonce))
        .given("plaintext", hex(plaintext))
        .bytes(&boxed::seal_with_nonce(&key, "storage", plaintext, &nonce))
}

fn once_sealed() -> Case {
    let (key, plaintext) = (fixed("one-use key"), fixed::<32>("share key"));
    Case::new("once", "seal", "A one-use key: slots and map entries")
        .given("key", hex(&key))
        .given("plaintext", hex(&plaintext))
        .bytes(&once::seal(&key, &plaintext))
}

fn padded() -> impl Iterator<Item = Case> {
    [0, 1, 13, 1000].into_iter().map(|len| {
        let data = vec![0xab; len];
        Case::new("frame", &format!("padme-{len}"), &format!("{len} bytes, framed and padded by Padmé"))
            .given("data", hex(&data))
            .bytes(&padding::frame_padme(&data))
    })
}

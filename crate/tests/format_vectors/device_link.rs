//! Linking a device: the code that one device shows, and the conversation with the one that has read it.

use ipld_core::ipld::Ipld;
use serde_json::json;
use spinney::crypto::sign::{SigningKey, VerifyingKey};
use spinney::crypto::{boxed, digest, kdf, mac, sha256};
use spinney::format::device_link::{Code, CodeError, Handover};
use spinney::format::secret::{CodeSecret, Secret};
use spinney::format::{DecodeError, Value, cbor, limits};
use spinney::keys::device_link::{InheritError, Joiner, Nonce, OFFER_MS, Offer, Welcomed};

use crate::case::{Case, code, fixed, hex};
use crate::meet::{SHORT_RELAY, as_code, as_old_code, filled_up};
use crate::people::{NOON, RELAY, alice, bob, device};
use crate::public::with;
use crate::wire::{Sender, bytes, refused, says, transcript, word};

const PROTOCOL: &str = "/spinney/device-link/1";
const NAME: &str = "Alice's phone";

pub(crate) fn cases() -> Vec<Case> {
    [codes(), codes_refused(), handovers(), transcripts()].concat()
}

fn secret() -> CodeSecret {
    CodeSecret::from_bytes(fixed("device code secret"))
}

fn new_device() -> VerifyingKey {
    SigningKey::from_bytes(&[10; 32]).verifying_key()
}

fn plain() -> Code {
    Code {
        device: device().verifying_key(),
        relays: vec![RELAY.to_owned()],
        secret: secret(),
        until: NOON + OFFER_MS,
    }
}

fn text(object: &[u8]) -> String {
    format!("spinney-device:{}", as_code(object, "device-link/text"))
}

fn codes() -> Vec<Case> {
    let full = Code { relays: vec!["r".repeat(limits::RELAY_BYTES); 2], ..plain() };
    let whole = |name, says, code: &Code| {
        let read: Code = code.to_string().parse().unwrap();
        assert_eq!(read.to_bytes(), code.to_bytes());
        Case::new("device-code", name, says)
            .given("text", code.to_string())
            .bytes(&code.to_bytes())
            .value(&read.to_ipld())
    };
    vec![
        whole("plain", "The code of a device", &plain()),
        whole("full", "With two relays, as long as they may be", &full),
        Case::new("device-code", "space", "With white space around it")
            .given("text", format!(" \n{}\n", plain()))
            .bytes(&plain().to_bytes()),
    ]
}

fn codes_refused() -> Vec<Case> {
    let (whole, object) = (plain().to_string(), plain().to_bytes());
    let swapped: String = whole.chars().take(30).chain("A".chars()).chain(whole.chars().skip(31)).collect();
    let with_head = |head: u8, behind: &[u8]| text(&[&[head], &object[1..], behind].concat());
    let old = as_old_code(&plain().to_ipld(), |object| digest("device-link/text", &[object]));
    let refused = [
        ("mistyped", "One character is another", swapped),
        ("cut", "The last character is missing", whole[..whole.len() - 1].to_owned()),
        ("bare", "Without what a code begins with", whole["spinney-device:".len()..].to_owned()),
        ("url", "Behind the address of a page", format!("https://page.example/#{whole}")),
        (
            "checksum",
            "The checksum of an invite",
            format!("spinney-device:{}", as_code(&object, "invite-text")),
        ),
        ("old", "As builds before the first release wrote it", format!("spinney-device:{old}")),
        ("size", "A byte larger than any", text(&filled_up(&object, limits::DEVICE_CODE + 1))),
        ("version-2", "A version that needs a newer Spinney", with_head(0x88, b"")),
        ("flag", "Something that this version does not know", with_head(0x49, b"")),
        ("device-weak", "A device of small order", text(&[&[0x48], &[0; 32][..], &object[33..]].concat())),
        ("relays-3", "Three relays", with_head(0x58, &SHORT_RELAY.repeat(2))),
        ("secret-cut", "A secret of 15 bytes", text(&object[..48])),
        ("rest", "A byte behind it", with_head(0x48, &[0])),
    ];
    let refused = refused.into_iter().map(|(name, says, text)| {
        let code = match text.parse::<Code>().expect_err(name) {
            CodeError::Other | CodeError::Malformed | CodeError::Old => "text".to_owned(),
            CodeError::Decode(error) => DecodeError::code(&error),
        };
        let good = if name == "size" { "full" } else { "plain" };
        Case::new("device-code", &format!("refused-{name}"), says).given("text", text).refused(good, code)
    });
    refused.collect()
}

fn handover() -> Handover {
    Handover {
        n: 0,
        seed: Secret::from_bytes(*alice().phrase.seed(0)),
        heir: alice().phrase.heir(0),
        relays: vec![RELAY.to_owned()],
        seq: NOON / 1000,
        extra: Default::default(),
    }
}

/// One conversation: what both sides say, and what follows from it.
struct Link {
    joiner: Joiner,
    nonces: [Nonce; 2],
    transcript: [u8; 32],
    keys: [[u8; 32]; 3],
}

impl Link {
    fn new() -> Self {
        let nonces = [fixed("nonce of the old device"), fixed("nonce of the new device")];
        let joiner = Joiner::with_nonce(plain(), new_device(), NAME.to_owned(), nonces[1]);
        let (old, new) = (device().verifying_key(), new_device());
        let name = sha256(NAME.as_bytes());
        let transcript =
            digest("device-link", &[old.as_bytes(), new.as_bytes(), &nonces[0], &nonces[1], &name]);
        let keys = kdf::<96>(secret().as_bytes(), "device-link/keys", &transcript);
        let keys = std::array::from_fn(|key| keys[key * 32..][..32].try_into().unwrap());
        Self { joiner, nonces, transcript, keys }
    }

    fn join_mac(&self) -> [u8; 32] {
        mac::mac(&self.keys[0], "device-link/join", &[&self.transcript])
    }

    fn welcome_mac(&self) -> [u8; 32] {
        mac::mac(&self.keys[1], "device-link/welcome", &[&self.transcript, alice().pk()])
    }

    fn seal(&self, plaintext: &[u8]) -> Vec<u8> {
        boxed::seal_with_nonce(&self.keys[2], "device-link/seed", plaintext, &fixed("nonce of the handover"))
    }

    /// What our own code makes of it.
    fn welcomed(self) -> Welcomed {
        let (mac, welcome) = (self.join_mac(), self.welcome_mac());
        let joined = self.joiner.answer(&self.nonces[0]);
        assert_eq!(joined.mac(), mac);
        joined.welcome(alice().ring.id(), &welcome).unwrap()
    }

    fn given(&self, case: Case) -> Case {
        case.given("secret", hex(secret().as_bytes()))
            .given("old", hex(device().verifying_key().as_bytes()))
            .given("new", hex(new_device().as_bytes()))
            .given("nonce_old", hex(&self.nonces[0]))
            .given("nonce_new", hex(&self.nonces[1]))
            .given("name", NAME)
            .given("id", hex(alice().pk()))
    }
}

fn handovers() -> Vec<Case> {
    let link = Link::new();
    let plaintext = handover().to_bytes();
    let sealed = link.seal(&plaintext);
    let mut offer = Offer::with_secret(secret(), device().verifying_key(), alice().ring.id(), NOON);
    let attempt = offer.begin(new_device(), link.joiner.commit(), NOON).unwrap().with_nonce(link.nonces[0]);
    let welcome = offer.join(&attempt, &link.nonces[1], NAME, &link.join_mac(), NOON).unwrap();
    assert_eq!(welcome, link.welcome_mac());
    let words = *Link::new().welcomed().words();
    let approved = offer.enter(&words.join(" "), NOON).unwrap();
    assert_eq!(approved.seal_with_nonce(&handover(), &fixed("nonce of the handover")), sealed);
    let inherited = Link::new().welcomed().open(&sealed).unwrap();
    assert_eq!(inherited.ring.id(), alice().ring.id());

    let [join, welcome, seed] = link.keys;
    let good = Case::new("device-link", "linked", "From the code to the seed, as both devices have it");
    let good = link
        .given(good)
        .given("box_nonce", hex(&fixed::<24>("nonce of the handover")))
        .derived("commit", hex(&link.joiner.commit()))
        .derived("transcript", hex(&link.transcript))
        .derived("key_new", hex(&join))
        .derived("key_old", hex(&welcome))
        .derived("key_seed", hex(&seed))
        .derived("join_mac", hex(&link.join_mac()))
        .derived("welcome_mac", hex(&link.welcome_mac()))
        .derived("words", json!(words))
        .derived("plaintext", hex(&plaintext))
        .bytes(&sealed)
        .value(&handover().to_ipld());
    let mut flipped = sealed.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let bob = Handover { seed: Secret::from_bytes(*bob().phrase.seed(0)), ..handover() };
    let broken = |field: &str, value: Ipld| link.seal(&cbor::from_ipld(&with(&handover(), field, value)));
    let relays = Ipld::List(vec![Ipld::String(RELAY.to_owned()); limits::RELAYS + 1]);
    let refused = [
        ("flipped", "One bit is another", flipped),
        ("identity", "The seed of another identity", link.seal(&bob.to_bytes())),
        ("version-2", "A version that needs a newer Spinney", broken("v", Ipld::Integer(2))),
        ("n-large", "A number of the seed above 2^32 − 1", broken("n", Ipld::Integer(1 << 32))),
        ("heir-31", "An heir of 31 bytes", broken("heir", Ipld::Bytes(vec![7; 31]))),
        ("relays-5", "Five relays", broken("relays", relays)),
    ];
    let refused = refused.into_iter().map(|(name, says, sealed)| {
        let code = match Link::new().welcomed().open(&sealed).expect_err(name) {
            InheritError::AnotherIdentity => "field:seed".to_owned(),
            InheritError::Refused(why) => code::<()>(Err(why)),
        };
        let case = Case::new("device-link", &format!("refused-{name}"), says);
        link.given(case)
            .derived("welcome_mac", hex(&link.welcome_mac()))
            .bytes(&sealed)
            .refused("linked", code)
    });
    let refused: Vec<_> = refused.collect();
    [vec![good], refused].concat()
}

fn transcripts() -> Vec<Case> {
    let link = Link::new();
    let (new, old) = (Sender::Client, Sender::Server);
    let hello = (new, says("hello", [("commit", bytes(&link.joiner.commit()))]));
    let nonce = (old, says("nonce", [("nonce", bytes(&link.nonces[0]))]));
    let join = |mac: &[u8; 32]| {
        let fields = [("nonce", bytes(&link.nonces[1])), ("name", word(NAME)), ("mac", bytes(mac))];
        (new, says("join", fields))
    };
    let joined = join(&link.join_mac());
    let welcome = (old, says("welcome", [("id", bytes(alice().pk())), ("mac", bytes(&link.welcome_mac()))]));
    let seed = (old, says("seed", [("sealed", bytes(&link.seal(&handover().to_bytes())))]));
    let told = |name: &str, shows: &str, steps: &[(Sender, Ipld)]| {
        link.given(transcript(&format!("device-link-{name}"), shows, PROTOCOL, steps))
    };
    let no = |code: &str| (old, refused(code));
    let until_welcome = [hello.clone(), nonce.clone(), joined, welcome];
    vec![
        told("linked", "A device is linked", &[&until_welcome[..], &[seed, (new, word("done"))]].concat()),
        told("words", "Wrong words are typed", &[&until_welcome[..], &[no("words")]].concat()),
        told("ended", "The code is over", &[hello.clone(), no("ended")]),
        told("busy", "Too many ask", &[hello.clone(), no("busy")]),
        told("mac", "Another code was read", &[hello, nonce, join(&[7; 32]), no("mac")])
            .given("client_never_sends", true),
    ]
}

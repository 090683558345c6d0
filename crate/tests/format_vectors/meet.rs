//! How people find each other: invites, and requests to be added.

use ipld_core::ipld::Ipld;
use spinney::crypto::{hpke, padding};
use spinney::format::invite::{Invite, InviteError, Ticket};
use spinney::format::request::Request;
use spinney::format::secret::Secret;
use spinney::format::{DecodeError, Value, cbor, limits, signed};
use spinney::keys::invite;
use spinney::social::request::{self, RequestError};

use crate::case::{Case, fixed, hex, stream};
use crate::people::{NOON, Person, RELAY, alice, bob, carol};
use crate::public::{filled, sign_broken, text, with};

/// A link or an invite in the compact text, with any object in it.
pub(crate) fn as_code(object: &[u8], checksum: [u8; 32]) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&[&checksum[..4], object].concat())
}

/// The object with a key that nobody knows, of so many bytes.
pub(crate) fn resized(object: &impl Value, size: usize) -> Vec<u8> {
    filled(object, size, cbor::from_ipld)
}

pub(crate) fn cases() -> Vec<Case> {
    [invites(), invites_refused(), requests(), requests_refused()].concat()
}

fn plain_invite() -> Invite {
    Invite { id: alice().id, name: None, relays: vec![], seq: 0, ticket: None, extra: Default::default() }
}

fn full_invite() -> Invite {
    Invite {
        name: Some("Alice".to_owned()),
        relays: vec![RELAY.to_owned()],
        seq: NOON / 1000,
        ..plain_invite()
    }
}

fn secret() -> Secret {
    Secret::from_bytes(fixed("invite secret"))
}

fn invites() -> Vec<Case> {
    let ticket = Ticket { secret: secret(), until: NOON + limits::REQUEST_MS };
    let with_ticket = Invite { ticket: Some(ticket), ..full_invite() };
    let case = |name: &str, says: &str, invite: &Invite| {
        assert_eq!(invite.to_string().parse::<Invite>().unwrap(), *invite);
        Case::new("invite", name, says)
            .given("text", invite.to_string())
            .bytes(&invite.to_bytes())
            .value(&invite.to_ipld())
    };
    let url = format!(" \n https://page.example/spinney/{} \n", full_invite().route());
    let largest = resized(&plain_invite(), limits::INVITE);
    let around = |name: &str, says: &str, text: String, object: &[u8]| {
        assert!(text.parse::<Invite>().is_ok());
        Case::new("invite", name, says).given("text", text).bytes(object)
    };
    vec![
        around("url", "A link to a page, with white space around it", url, &full_invite().to_bytes()),
        around("largest", "As large as any", as_code(&largest, spinney::crypto::sha256(&largest)), &largest),
        case("plain", "The least", &plain_invite()),
        case("full", "With a name and a relay", &full_invite()),
        case("ticket", "With a secret for the first who uses it", &with_ticket)
            .given("sender", hex(bob().pk()))
            .derived("token", hex(&invite::token(&secret())))
            .derived("proof", hex(&invite::proof(&secret(), &bob().ring.id(), &alice().ring.id()))),
    ]
}

fn invites_refused() -> Vec<Case> {
    let whole = full_invite().to_string();
    let swapped: String = whole.chars().take(20).chain("A".chars()).chain(whole.chars().skip(21)).collect();
    let with = |field: &str, value: Ipld| {
        let object = cbor::from_ipld(&with(&full_invite(), field, value));
        as_code(&object, spinney::crypto::sha256(&object))
    };
    let plain = plain_invite().to_string();
    let size = resized(&plain_invite(), limits::INVITE + 1);
    let refused = [
        ("mistyped", "One character is another", swapped),
        ("cut", "The last character is missing", whole[..whole.len() - 1].to_owned()),
        ("empty", "Nothing", String::new()),
        ("padding", "Padding behind it", format!("{plain}=")),
        ("left-over", "Bits left over in the last character", left_over(&plain)),
        ("alphabet", "The alphabet of base64 that is not for URLs", other_alphabet()),
        ("size", "A byte larger than any", as_code(&size, spinney::crypto::sha256(&size))),
        ("name-65", "A name of 65 characters", with("name", text(&"a".repeat(limits::NAME_CHARS + 1)))),
        ("version-2", "A version that needs a newer Spinney", with("v", Ipld::Integer(2))),
        ("key-weak", "An identity of small order", with("pk", Ipld::Bytes(vec![0; 32]))),
        ("endless", "A secret without an end", with("secret", Ipld::Bytes(vec![7; 32]))),
        ("end-of-nothing", "An end without a secret", with("until", Ipld::Integer(NOON.into()))),
    ];
    let refused = refused.into_iter().map(|(name, says, text)| {
        let code = match text.parse::<Invite>().expect_err(name) {
            InviteError::Malformed => "text".to_owned(),
            InviteError::Decode(error) => DecodeError::code(&error),
        };
        let good = match name {
            "padding" | "left-over" => "plain",
            "size" => "largest",
            "endless" | "end-of-nothing" => "ticket",
            _ => "full",
        };
        Case::new("invite", &format!("refused-{name}"), says).given("text", text).refused(good, code)
    });
    refused.collect()
}

/// The text with a bit that no byte takes.
fn left_over(text: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    assert_ne!(text.len() % 4, 0, "every bit is taken");
    let (rest, last) = text.split_at(text.len() - 1);
    let at = ALPHABET.iter().position(|letter| *letter == last.as_bytes()[0]).unwrap();
    format!("{rest}{}", char::from(ALPHABET[at + 1]))
}

/// An invite in the alphabet with the other two letters.
fn other_alphabet() -> String {
    let texts = (0..).map(|seq| Invite { seq, ..full_invite() }.to_string());
    let text = texts.into_iter().find(|text| text.contains(['-', '_'])).unwrap();
    text.replace('-', "+").replace('_', "/")
}

/// What Alice writes to Bob.
pub(crate) fn request() -> Request {
    Request {
        to: bob().id,
        time: NOON,
        message: String::new(),
        relays: vec![],
        proof: None,
        predecessor: None,
        drop: None,
        extra: Default::default(),
    }
}

fn full_request() -> Request {
    let proof = invite::proof(&secret(), &alice().ring.id(), &bob().ring.id());
    Request {
        message: "🌳".repeat(limits::MESSAGE_CHARS),
        relays: vec!["r".repeat(limits::RELAY_BYTES); limits::RELAYS],
        proof: Some(proof),
        predecessor: Some(carol().id),
        ..request()
    }
}

fn case(name: &str, says: &str, reader: &Person, sealed: &[u8]) -> Case {
    Case::new("request", name, says)
        .given("reader", hex(reader.pk()))
        .given("reader_phrase", hex(reader.phrase.as_bytes()))
        .given("now", NOON)
        .bytes(sealed)
}

/// A request of Alice to Bob, with what its seal is made of.
pub(crate) fn sealed_request(name: &str, says: &str, request: &Request, sealed: &[u8]) -> Case {
    request::open(&bob().ring, sealed, NOON).unwrap();
    case(name, says, &bob(), sealed)
        .given("signer", hex(alice().pk()))
        .derived("hpke_randomness", hex(&fixed::<64>(name)))
        .value(&request.to_ipld())
}

/// A frame that Alice sealed to Bob, and that he refuses; `good` is the vector from which it differs.
pub(crate) fn refused_request(name: &str, says: &str, good: &str, frame: &[u8]) -> Case {
    let info = [b"spinney/v1/request\0", &bob().pk()[..]].concat();
    let sealed = hpke::seal_with_randomness(&bob().kem_public(), &info, frame, &fixed("refused request"));
    let Err(RequestError::Refused(error)) = request::open(&bob().ring, &sealed, NOON) else {
        panic!("{name} must be refused for its fields")
    };
    case(&format!("refused-{name}"), says, &bob(), &sealed)
        .given("signer", hex(alice().pk()))
        .refused(good, error.code())
}

const DAY: u64 = 24 * 60 * 60 * 1000;

fn requests() -> Vec<Case> {
    let (alice, bob) = (alice(), bob());
    let accepted = |name: &str, says: &str, request: &Request| {
        let sealed = request.seal(alice.key(), &bob.kem_public(), &mut stream(name)).unwrap();
        let opened = Request::open(&bob.kem(), &bob.id, &sealed).unwrap();
        assert_eq!((opened.signer, &opened.object), (alice.id, request));
        request::open(&bob.ring, &sealed, NOON).unwrap();
        case(name, says, &bob, &sealed)
            .given("signer", hex(alice.pk()))
            .derived("hpke_randomness", hex(&fixed::<64>(name)))
            .derived("plaintext", hex(&signed::sign(alice.key(), request).unwrap()))
            .value(&request.to_ipld())
    };
    vec![
        accepted("plain", "The least that somebody says who asks to be added", &request()),
        accepted("full", "The most, with the proof of an invite and a predecessor", &full_request()),
        accepted(
            "oldest",
            "A millisecond less than 60 days old",
            &Request { time: NOON - limits::REQUEST_MS + 1, ..request() },
        ),
        accepted("ahead", "30 days ahead", &Request { time: NOON + 30 * DAY, ..request() }),
    ]
}

fn requests_refused() -> Vec<Case> {
    let (alice, bob, carol) = (alice(), bob(), carol());
    let info = |reader: &Person| [b"spinney/v1/request\0", &reader.pk()[..]].concat();
    let framed = |frame: &[u8]| {
        hpke::seal_with_randomness(&bob.kem_public(), &info(&bob), frame, &fixed("refused request"))
    };
    let by = |name: &str, says: &str, (signer, reader): (&Person, &Person), sealed: &[u8]| {
        let code = match request::open(&reader.ring, sealed, NOON).expect_err(name) {
            RequestError::Refused(error) => error.code(),
            RequestError::TooOld | RequestError::Ahead => "field:object.time".to_owned(),
            RequestError::Mine => "signer".to_owned(),
        };
        case(&format!("refused-{name}"), says, reader, sealed)
            .given("signer", hex(signer.pk()))
            .refused("plain", code)
    };
    let refuse =
        |name: &str, says: &str, reader: &Person, sealed: &[u8]| by(name, says, (&alice, reader), sealed);
    let at = |time: u64| {
        let request = Request { time, ..request() };
        request.seal(alice.key(), &bob.kem_public(), &mut stream("refused")).unwrap()
    };
    let mine = request().seal(bob.key(), &bob.kem_public(), &mut stream("refused")).unwrap();
    let good = request().seal(alice.key(), &bob.kem_public(), &mut stream("refused")).unwrap();
    let signed = signed::sign(alice.key(), &request()).unwrap();
    let to_carol = signed::sign(alice.key(), &Request { to: carol.id, ..request() }).unwrap();
    let long = with(&request(), "message", Ipld::String("a".repeat(limits::MESSAGE_CHARS + 1)));
    let long = sign_broken::<Request>(&alice, long);
    let weak = with(&request(), "predecessor", Ipld::Bytes(vec![0; 32]));
    let weak = sign_broken::<Request>(&alice, weak);
    let frame = |signed: &[u8]| padding::frame(signed, limits::REQUEST);
    let mut filled = frame(&signed);
    *filled.last_mut().unwrap() = 1;
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let mut forged = signed.clone();
    *forged.last_mut().unwrap() ^= 1;
    vec![
        refuse("reader", "Left for somebody else", &carol, &good),
        refuse("forwarded", "What was said to Carol, sealed again to Bob", &bob, &framed(&frame(&to_carol))),
        refuse("forged", "The signature does not hold", &bob, &framed(&frame(&forged))),
        refuse("flipped", "One bit is another", &bob, &flipped),
        refuse("old", "60 days old", &bob, &at(NOON - limits::REQUEST_MS)),
        refuse("ahead", "A millisecond more than 30 days ahead", &bob, &at(NOON + 30 * DAY + 1)),
        by("mine", "What one left for oneself", (&bob, &bob), &mine),
        refuse("cut", "A byte too short", &bob, &good[..good.len() - 1]),
        refuse("filling", "A frame that is filled with something", &bob, &framed(&filled)),
        refuse("message", "A message of 501 characters", &bob, &framed(&frame(&long))),
        refuse("predecessor", "A predecessor that is a key of small order", &bob, &framed(&frame(&weak))),
    ]
}

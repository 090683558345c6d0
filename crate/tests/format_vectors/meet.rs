//! How people find each other: invites, and requests to be added.

use ipld_core::ipld::Ipld;
use spinney::crypto::{digest, hpke, kdf, padding, sha256};
use spinney::format::invite::{Invite, InviteError, Ticket};
use spinney::format::request::Request;
use spinney::format::secret::CodeSecret;
use spinney::format::{DecodeError, Value, cbor, limits, signed};
use spinney::keys::invite;
use spinney::social::request::{self, RequestError};

use crate::case::{Case, fixed, hex, stream};
use crate::people::{NOON, Person, RELAY, alice, bob, carol};
use crate::public::{sign_broken, with};

/// A code with any object in it, as the text behind its route.
pub(crate) fn as_code(object: &[u8], label: &str) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&[object, &digest(label, &[object])[..3]].concat())
}

/// A code as builds before the first release wrote it.
pub(crate) fn as_old_code(object: &Ipld, checksum: impl Fn(&[u8]) -> [u8; 32]) -> String {
    let object = cbor::from_ipld(object);
    data_encoding::BASE64URL_NOPAD.encode(&[&checksum(&object)[..4], &object].concat())
}

/// The object with zeros behind it, of so many bytes.
pub(crate) fn filled_up(object: &[u8], size: usize) -> Vec<u8> {
    let mut filled = object.to_vec();
    filled.resize(size, 0);
    filled
}

/// [`RELAY`] in a code.
pub(crate) const SHORT_RELAY: &[u8] = b"\x0drelay.example";

/// A reader refuses each of these in the place of [`SHORT_RELAY`].
pub(crate) fn broken_relays() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let text = |text: &str| [&[0, text.len() as u8], text.as_bytes()].concat();
    let long = [&[0, 0x81, 2][..], &[b'r'; 257]].concat();
    let long_name = [&[254, 241][..], &[b'r'; 241], &[0, 80, 1]].concat();
    vec![
        ("relay-name", "A relay whose name has an underscore", b"\x0drelay_example".to_vec()),
        ("relay-cut", "A relay of whose name a part is missing", b"\x40relay.example".to_vec()),
        (
            "relay-text",
            "A relay as text though it has a shorter form",
            text("/dns/relay.example/tcp/443/wss"),
        ),
        (
            "relay-usual-port",
            "A relay with the port that is not said",
            b"\xfe\x0drelay.example\x01\xbb\x01".to_vec(),
        ),
        ("relay-scheme", "A relay that is neither ws nor wss", b"\xfe\x0drelay.example\x01\xbb\x02".to_vec()),
        ("relay-257", "A relay of 257 bytes, as text", long),
        ("relay-long-name", "A relay of 257 bytes, by its name", long_name),
        ("relay-decomposed", "A relay as text that is not in form C", text("e\u{301}")),
        ("relay-utf-8", "A relay as text that is not UTF-8", vec![0, 1, 0xff]),
    ]
}

pub(crate) fn cases() -> Vec<Case> {
    [invites(), invites_refused(), requests(), requests_refused()].concat()
}

fn plain_invite() -> Invite {
    Invite { id: alice().id, name: None, relays: vec![], seq: 0, ticket: None }
}

fn full_invite() -> Invite {
    Invite {
        name: Some("Alice".to_owned()),
        relays: vec![RELAY.to_owned()],
        seq: NOON / 1000,
        ..plain_invite()
    }
}

fn secret() -> CodeSecret {
    CodeSecret::from_bytes(fixed("invite secret"))
}

/// Hours from 2026-01-01 until [`NOON`], as an integer of a code.
const HOURS: &[u8] = &[0xb4, 0x1c];

fn ticket_invite() -> Invite {
    let ticket = Ticket { secret: secret(), until: NOON + limits::REQUEST_MS };
    Invite { ticket: Some(ticket), ..full_invite() }
}

fn invites() -> Vec<Case> {
    let case = |name: &str, says: &str, invite: &Invite| {
        assert_eq!(Invite::from_bytes(&invite.to_bytes()).unwrap().to_bytes(), invite.to_bytes());
        let read: Invite = invite.to_string().parse().unwrap();
        Case::new("invite", name, says)
            .given("text", invite.to_string())
            .bytes(&invite.to_bytes())
            .value(&read.to_ipld())
    };
    let url = format!(" \n https://page.example/spinney/{} \n", full_invite().route());
    let around = |name: &str, says: &str, text: String, object: &[u8]| {
        assert!(text.parse::<Invite>().is_ok());
        Case::new("invite", name, says).given("text", text).bytes(object)
    };
    let relays = [
        "/dns6/relay.example/tcp/443/tls/ws/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN",
        "/dns4/relay.example/tcp/8443/wss",
        "/ip4/127.0.0.1/tcp/4001/ws/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN",
        "/ip6/::1/tcp/4001/ws/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN",
    ];
    let forms = Invite { relays: relays.map(str::to_owned).to_vec(), ..plain_invite() };
    let largest = Invite {
        name: Some("\u{1f333}".repeat(limits::NAME_CHARS)),
        relays: vec!["r".repeat(limits::RELAY_BYTES); limits::RELAYS],
        ..ticket_invite()
    };
    let latest = Invite { seq: limits::MAX_INTEGER, ..plain_invite() };
    vec![
        around("url", "A link to a page, with white space around it", url, &full_invite().to_bytes()),
        case("largest", "As large as any", &largest),
        case("latest", "A sequence as high as any, to the hour", &latest),
        case("plain", "The least", &plain_invite()),
        case("full", "With a name and a relay", &full_invite()),
        case("relays", "With each form of a relay: a name, a port, an address, and text", &forms),
        case("ticket", "With a secret for the first who uses it", &ticket_invite())
            .given("sender", hex(bob().pk()))
            .derived("token", hex(&invite::token(&secret())))
            .derived("proof_key", hex(&*kdf::<32>(secret().as_bytes(), "invite-proof", b"")))
            .derived("proof", hex(&invite::proof(&secret(), &bob().ring.id(), &alice().ring.id()))),
    ]
}

fn invites_refused() -> Vec<Case> {
    let whole = full_invite().to_string();
    let swapped: String = whole.chars().take(20).chain("A".chars()).chain(whole.chars().skip(21)).collect();
    let (id, plain) = (alice().id, plain_invite().to_string());
    let of = |object: &[u8]| as_code(object, "invite-text");
    // The full invite, of which one part is another.
    let build = |head: u8, key: &[u8], seq: &[u8], relay: &[u8], name: &[u8]| {
        of(&[&[head], key, seq, relay, name].concat())
    };
    let good = |head| build(head, id.as_bytes(), HOURS, SHORT_RELAY, b"Alice");
    assert_eq!(good(0x48), whole);
    let seq = |seq: &[u8]| build(0x48, id.as_bytes(), seq, SHORT_RELAY, b"Alice");
    let named = |name: &[u8]| build(0x48, id.as_bytes(), HOURS, SHORT_RELAY, name);
    let old = [("v", Ipld::Integer(1)), ("pk", Ipld::Bytes(id.as_bytes().to_vec()))];
    let old = Ipld::Map(old.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
    let mut refused = vec![
        ("mistyped", "One character is another", swapped),
        ("cut", "The last character is missing", whole[..whole.len() - 1].to_owned()),
        ("empty", "Nothing", String::new()),
        ("no-object", "A checksum of nothing", of(b"")),
        ("padding", "Padding behind it", format!("{plain}=")),
        ("left-over", "Bits left over in the last character", left_over(&plain)),
        ("alphabet", "The alphabet of base64 that is not for URLs", other_alphabet()),
        ("old", "As builds before the first release wrote it", as_old_code(&old, sha256)),
        ("checksum", "The checksum of a link", as_code(&full_invite().to_bytes(), "link-text")),
        ("size", "A byte larger than any", of(&filled_up(&full_invite().to_bytes(), limits::INVITE + 1))),
        ("version-0", "Version 0", good(0x08)),
        ("version-2", "A version that needs a newer Spinney", good(0x88)),
        ("flag", "Something that this version does not know", good(0x4a)),
        ("relays-5", "Five relays", build(0x68, id.as_bytes(), HOURS, &SHORT_RELAY.repeat(5), b"Alice")),
        ("key-weak", "An identity of small order", build(0x48, &[0; 32], HOURS, SHORT_RELAY, b"Alice")),
        (
            "secret-cut",
            "A secret of 15 bytes and nothing else",
            of(&[&[0x41], &id.as_bytes()[..], &[7; 15]].concat()),
        ),
        ("int-long", "An integer that is longer than it needs to be", seq(&[0xb4, 0x9c, 0])),
        ("int-large", "An integer of 57 bits", seq(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])),
        ("int-54", "An integer of 54 bits", seq(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f])),
        ("seq-late", "A sequence above 2^53 − 1", seq(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf])),
        (
            "until-late",
            "An end after 2^53 − 1",
            of(&[&[0x41], &id.as_bytes()[..], &[7; 16], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf]].concat()),
        ),
        ("name-65", "A name of 65 characters", named(&[b'a'; limits::NAME_CHARS + 1])),
        ("name-control", "A name with a control character", named(b"Ali\x07ce")),
        ("name-utf-8", "A name that is not UTF-8", named(b"Alic\xe9")),
    ];
    let relays = broken_relays().into_iter();
    refused.extend(
        relays.map(|(name, says, relay)| (name, says, build(0x48, id.as_bytes(), HOURS, &relay, b""))),
    );
    let refused = refused.into_iter().map(|(name, says, text)| {
        let code = match text.parse::<Invite>().expect_err(name) {
            InviteError::Malformed | InviteError::Old => "text".to_owned(),
            InviteError::Decode(error) => DecodeError::code(&error),
        };
        let good = match name {
            "padding" | "left-over" | "no-object" => "plain",
            "size" => "largest",
            "secret-cut" | "until-late" => "ticket",
            _ => "full",
        };
        Case::new("invite", &format!("refused-{name}"), says).given("text", text).refused(good, code)
    });
    refused.collect()
}

/// The text with a bit that no byte takes.
fn left_over(text: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    assert_ne!(text.len() % 4, 0, "every bit is taken: {text}");
    let (rest, last) = text.split_at(text.len() - 1);
    let at = ALPHABET.iter().position(|letter| *letter == last.as_bytes()[0]).unwrap();
    format!("{rest}{}", char::from(ALPHABET[at + 1]))
}

/// An invite in the alphabet with the other two letters.
fn other_alphabet() -> String {
    let hour = |hours: u64| NOON / 1000 + hours * 3600;
    let texts = (0..).map(|hours| Invite { seq: hour(hours), ..full_invite() }.to_string());
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

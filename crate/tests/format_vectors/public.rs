//! What anybody may read: profile, device certificate, root, record.

use ipld_core::ipld::Ipld;
use prost::Message;
use spinney::crypto::sign::{SIGNATURE_LEN, VerifyingKey};
use spinney::format::device::Certificate;
use spinney::format::profile::Profile;
use spinney::format::root::Root;
use spinney::format::signed::{self, Signed};
use spinney::format::{DAG_CBOR, DecodeError, RAW, Value, cbor, cid_of, ipns, limits};

use crate::case::{Case, hex, why};
use crate::people::{NOON, Person, RELAY, alice, bob, device};
use crate::pictures;

/// An object that breaks the rules of `T`, for signing it all the same.
struct Broken<T>(Ipld, std::marker::PhantomData<T>);

impl<T> Value for Broken<T> {
    fn to_ipld(&self) -> Ipld {
        self.0.clone()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        Ok(Self(value, std::marker::PhantomData))
    }
}

impl<T: Signed> Signed for Broken<T> {
    const TYPE: &'static str = T::TYPE;
    const LIMIT: usize = usize::MAX;
}

/// Signs a value as if it were a `T`.
pub(crate) fn sign_broken<T: Signed>(signer: &Person, value: Ipld) -> Vec<u8> {
    signed::sign(signer.key(), &Broken::<T>(value, std::marker::PhantomData)).unwrap()
}

/// The same object with one field replaced.
pub(crate) fn with(object: &impl Value, field: &str, value: Ipld) -> Ipld {
    let Ipld::Map(mut map) = object.to_ipld() else { panic!("objects are maps") };
    map.insert(field.to_owned(), value);
    Ipld::Map(map)
}

fn text(text: &str) -> Ipld {
    Ipld::String(text.to_owned())
}

/// A vector of a signed object, read back by its signer's key and without it.
pub(crate) fn signed_case<T: Signed + PartialEq + std::fmt::Debug>(
    name: &str,
    says: &str,
    signer: &Person,
    object: &T,
) -> Case {
    let bytes = signed::sign(signer.key(), object).unwrap();
    let opened = signed::open::<T>(&bytes, None).unwrap();
    assert_eq!((opened.signer, &opened.object), (signer.id, object));
    Case::new(T::TYPE, name, says).given("signer", hex(signer.pk())).block(&bytes).value(&object.to_ipld())
}

/// A vector of bytes that are refused as a signed object.
pub(crate) fn refused<T: Signed>(name: &str, says: &str, signer: &VerifyingKey, bytes: &[u8]) -> Case {
    Case::new(T::TYPE, &format!("refused-{name}"), says)
        .given("signer", hex(signer.as_bytes()))
        .bytes(bytes)
        .refused(why(signed::open::<T>(bytes, Some(signer))))
}

pub(crate) fn cases() -> Vec<Case> {
    [
        profiles(),
        profiles_refused(),
        avatars(),
        avatars_refused(),
        envelopes_refused(),
        devices(),
        roots(),
        records(),
    ]
    .concat()
}

fn full_profile() -> Profile {
    let mut profile = bob().profile("Bob 🌳 Müller");
    profile.bio = Some("Plants trees.\nTakes pictures of them.".to_owned());
    profile.avatar = Some(pictures::png(256, 256).into());
    profile.predecessor = Some(alice().id);
    profile.extra.insert("pronouns".to_owned(), text("he"));
    profile
}

fn with_avatar(picture: Vec<u8>) -> Profile {
    Profile { avatar: Some(picture.into()), ..alice().profile("Alice") }
}

fn avatars() -> Vec<Case> {
    let good = |name: &str, says: &str, picture: Vec<u8>| {
        signed_case(&format!("picture-{name}"), says, &alice(), &with_avatar(picture))
    };
    vec![
        good("png", "A PNG of the largest size", pictures::png(512, 512)),
        good("jpeg", "A JPEG as high as may be, whose thumbnail is larger", pictures::jpeg(3, 512)),
        good("webp", "A WebP as wide as may be", pictures::webp(512, 3)),
        good("webp-lossless", "A lossless WebP of the largest size", pictures::lossless_webp(512, 512)),
        good("webp-extended", "A WebP with a canvas and a colour profile", pictures::extended_webp(512, 3)),
    ]
}

fn avatars_refused() -> Vec<Case> {
    let alice = alice();
    let broken = |name: &str, says: &str, picture: Vec<u8>| {
        let value = with(&alice.profile("Alice"), "avatar", Ipld::Bytes(picture));
        let bytes = sign_broken::<Profile>(&alice, value);
        refused::<Profile>(&format!("picture-{name}"), says, &alice.id, &bytes)
    };
    let cut = |picture: Vec<u8>| picture[..24].to_vec();
    vec![
        broken("png-513", "A PNG of 513 pixels across", pictures::png(513, 1)),
        broken("png-huge", "A PNG of 361 megapixels in few bytes", pictures::png(19_000, 19_000)),
        broken("png-moves", "An animated PNG", pictures::moving_png()),
        broken("png-cut", "A PNG whose head is cut short", cut(pictures::png(9, 9))),
        broken("png-flat", "A PNG without a height", pictures::png(9, 0)),
        broken("jpeg-513", "A JPEG of 513 pixels down", pictures::jpeg(1, 513)),
        broken("jpeg-two", "A JPEG that announces a second picture", pictures::two_jpegs()),
        broken("jpeg-frameless", "A JPEG without a frame header", pictures::jpeg_without_frame()),
        broken("jpeg-cut", "A JPEG whose head is cut short", cut(pictures::jpeg(9, 9))),
        broken("webp-513", "A WebP of 513 pixels across", pictures::webp(513, 1)),
        broken("webp-lossless-513", "A lossless WebP of 513 pixels", pictures::lossless_webp(1, 513)),
        broken("webp-extended-513", "A WebP whose canvas has 513 pixels", pictures::extended_webp(513, 1)),
        broken("webp-past", "A WebP whose pixels are more than its canvas", pictures::webp_past_its_canvas()),
        broken("webp-moves", "An animated WebP", pictures::moving_webp()),
        broken("webp-cut", "A WebP whose head is cut short", cut(pictures::webp(9, 9))),
        broken("gif", "A GIF", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec()),
    ]
}

fn profiles() -> Vec<Case> {
    vec![
        signed_case("plain", "A profile with nothing optional", &alice(), &alice().profile("Alice")),
        signed_case(
            "full",
            "Everything optional, and a key that version 1 does not know",
            &bob(),
            &full_profile(),
        ),
    ]
}

fn profiles_refused() -> Vec<Case> {
    let alice = alice();
    let good = alice.profile("Alice");
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        let bytes = sign_broken::<Profile>(&alice, with(&good, field, value));
        refused::<Profile>(name, says, &alice.id, &bytes)
    };
    let kem = |key: Vec<u8>| {
        Ipld::Map([("epoch".to_owned(), Ipld::Integer(0)), ("key".to_owned(), Ipld::Bytes(key))].into())
    };
    vec![
        broken("version-2", "A version that needs a newer Spinney", "v", Ipld::Integer(2)),
        broken("name-decomposed", "Text that is not in normal form C", "name", text("Ame\u{301}lie")),
        broken("name-65", "A name of 65 characters", "name", text(&"a".repeat(limits::NAME_CHARS + 1))),
        broken("name-control", "A name with a control character", "name", text("Al\u{7}ice")),
        broken(
            "avatar-svg",
            "An avatar that is no raster picture",
            "avatar",
            Ipld::Bytes(b"<svg/>".to_vec()),
        ),
        broken("five-relays", "More relays than four", "relays", Ipld::List(vec![text(RELAY); 5])),
        broken("label-31", "A label key of 31 bytes", "label", Ipld::Bytes(vec![1; 31])),
        broken("kem-short", "An X-Wing key that is cut short", "kem", kem(vec![1; 1215])),
        broken("predecessor-weak", "A public key of small order", "predecessor", Ipld::Bytes(vec![0; 32])),
        broken("time-text", "A time that is text", "time", text("noon")),
    ]
}

fn envelopes_refused() -> Vec<Case> {
    let (alice, bob) = (alice(), bob());
    let bytes = signed::sign(alice.key(), &alice.profile("Alice")).unwrap();
    let envelope = |object: Ipld, signature: Ipld| {
        cbor::from_ipld(&Ipld::Map(
            [("object".to_owned(), object), ("signature".to_owned(), signature)].into(),
        ))
    };
    let Ipld::Map(parts) = cbor::to_ipld(&bytes).unwrap() else { panic!("an envelope is a map") };
    let Ipld::Bytes(cose) = parts["signature"].clone() else { panic!("a signature is bytes") };
    let mut flipped = cose.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let mut algorithm = cose.clone();
    algorithm[5] = 0x27; // -8, EdDSA, instead of -19
    let root_type = sign_broken::<Root>(&alice, parts["object"].clone());
    let object = with(&alice.profile("Alice"), "name", text("Alicia"));
    let mut third = parts.clone();
    third.insert("extra".to_owned(), Ipld::Integer(1));
    let refuse = |name: &str, says: &str, signer: &VerifyingKey, bytes: &[u8]| {
        refused::<Profile>(&format!("envelope-{name}"), says, signer, bytes)
    };
    vec![
        refuse("another-signer", "Signed by somebody else than expected", &bob.id, &bytes),
        refuse(
            "flipped",
            "One bit of the signature is another",
            &alice.id,
            &envelope(parts["object"].clone(), Ipld::Bytes(flipped)),
        ),
        refuse(
            "changed",
            "The object is not what was signed",
            &alice.id,
            &envelope(object, Ipld::Bytes(cose.clone())),
        ),
        refuse(
            "algorithm",
            "The header names another algorithm",
            &alice.id,
            &envelope(parts["object"].clone(), Ipld::Bytes(algorithm)),
        ),
        refuse("type", "Signed as a root", &alice.id, &root_type),
        refuse("third-key", "A key that nothing signs", &alice.id, &cbor::from_ipld(&Ipld::Map(third))),
        refuse(
            "tagged",
            "A tagged COSE_Sign1",
            &alice.id,
            &envelope(parts["object"].clone(), Ipld::Bytes([&[0xd2][..], &cose].concat())),
        ),
    ]
}

fn devices() -> Vec<Case> {
    let alice = alice();
    let until = NOON + limits::CERTIFICATE_MS;
    let good = Certificate { device: device().verifying_key(), from: NOON, until, extra: Default::default() };
    let long = sign_broken::<Certificate>(&alice, with(&good, "until", Ipld::Integer((until + 1).into())));
    let back = sign_broken::<Certificate>(&alice, with(&good, "until", Ipld::Integer(NOON.into())));
    vec![
        signed_case("plain", "A certificate for 90 days", &alice, &good),
        refused::<Certificate>("too-long", "Valid for longer than 90 days", &alice.id, &long),
        refused::<Certificate>("no-time", "Valid for no time", &alice.id, &back),
    ]
}

fn roots() -> Vec<Case> {
    let alice = alice();
    let block = |name: &str| cid_of(DAG_CBOR, name.as_bytes());
    let first = Root {
        seq: NOON / 1000,
        prev: vec![],
        time: NOON,
        profile: block("profile"),
        letterboxes: block("letterboxes"),
        vault: block("vault"),
        feed: None,
        extra: Default::default(),
    };
    let merged =
        Root { seq: first.seq + 1, prev: vec![[1; 32], [2; 32]], feed: Some(block("feed")), ..first.clone() };
    let digest = |byte: u8| Ipld::Bytes(vec![byte; 32]);
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        refused::<Root>(name, says, &alice.id, &sign_broken::<Root>(&alice, with(&first, field, value)))
    };
    vec![
        signed_case("first", "The first root of an identity", &alice, &first),
        signed_case(
            "merged",
            "A root that merges two that were written at once, with a feed",
            &alice,
            &merged,
        ),
        broken("five-prev", "More than four digests", "prev", Ipld::List((0..5).map(digest).collect())),
        broken("prev-unsorted", "Digests out of order", "prev", Ipld::List(vec![digest(2), digest(1)])),
        broken(
            "profile-raw",
            "A profile that is no DAG-CBOR block",
            "profile",
            Ipld::Link(cid_of(RAW, b"profile")),
        ),
        broken("feed-null", "Null instead of nothing", "feed", Ipld::Null),
    ]
}

/// The fields of a record that version 2 has no need of.
#[derive(Clone, PartialEq, Message)]
struct Older {
    #[prost(bytes = "vec", required, tag = "1")]
    value: Vec<u8>,
    #[prost(bytes = "vec", required, tag = "2")]
    signature_v1: Vec<u8>,
    #[prost(uint64, required, tag = "3")]
    validity_type: u64,
    #[prost(bytes = "vec", required, tag = "4")]
    validity: Vec<u8>,
    #[prost(uint64, required, tag = "5")]
    sequence: u64,
    #[prost(uint64, required, tag = "6")]
    ttl: u64,
}

fn records() -> Vec<Case> {
    let (alice, bob) = (alice(), bob());
    let root = cid_of(DAG_CBOR, b"root");
    let bytes = ipns::sign(alice.key(), &root, NOON / 1000, NOON);
    let record = ipns::open(&bytes, &alice.id).unwrap();
    let case = |name: &str, says: &str, key: &VerifyingKey, bytes: &[u8]| {
        Case::new("ipns", name, says).given("name", hex(key.as_bytes())).bytes(bytes)
    };
    // Field 5 is the unsigned copy of the sequence, field 8 the signature.
    let contradicting = [&bytes[..], &[0x28, 0x01]].concat();
    let mut flipped = bytes.clone();
    flipped[10] ^= 1;
    // As tools write it that still serve readers of before 2021. The older signature is nobody's.
    let data = &bytes[2 + SIGNATURE_LEN + 3..];
    let Ipld::Map(signed) = cbor::to_ipld(data).unwrap() else { panic!("data is a map") };
    let Ipld::Bytes(value) = &signed["Value"] else { panic!("a value is bytes") };
    let Ipld::Bytes(validity) = &signed["Validity"] else { panic!("a validity is bytes") };
    let older = Older {
        value: value.clone(),
        signature_v1: vec![7; SIGNATURE_LEN],
        validity_type: 0,
        validity: validity.clone(),
        sequence: record.sequence,
        ttl: record.ttl,
    }
    .encode_to_vec();
    let both = [&older[..], &bytes].concat();
    assert_eq!(ipns::open(&both, &alice.id).unwrap(), record);
    let refuse = |name: &str, says: &str, key: &VerifyingKey, bytes: &[u8]| {
        case(&format!("refused-{name}"), says, key, bytes).refused(why(ipns::open(bytes, key)))
    };
    vec![
        case("plain", "A record for 180 days", &alice.id, &bytes)
            .given("now", NOON)
            .given("root", record.root.to_string())
            .given("sequence", record.sequence)
            .derived("until", record.until)
            .derived("ttl", record.ttl),
        case(
            "older-fields",
            "The same with unsigned copies, and an older signature that does not hold",
            &alice.id,
            &both,
        )
        .given("root", record.root.to_string())
        .given("sequence", record.sequence)
        .derived("until", record.until)
        .derived("ttl", record.ttl),
        refuse("older-only", "Nothing but the older fields", &alice.id, &older),
        refuse("another-name", "The record of somebody else", &bob.id, &bytes),
        refuse("flipped", "One bit of the signature is another", &alice.id, &flipped),
        refuse("contradicting", "An unsigned sequence that says something else", &alice.id, &contradicting),
        refuse("cut", "A record that is cut short", &alice.id, &bytes[..bytes.len() - 1]),
    ]
}

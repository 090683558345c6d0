//! What anybody may read: profile, device certificate, root. Records and envelopes have files of their own.

use ipld_core::ipld::Ipld;
use spinney::crypto::sign::VerifyingKey;
use spinney::format::device::Certificate;
use spinney::format::profile::Profile;
use spinney::format::root::Root;
use spinney::format::signed::{self, Signed};
use spinney::format::{DAG_CBOR, DecodeError, RAW, Value, cid_of, ipns, limits};

use crate::case::{Case, code, hex};
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

/// The same object with one field replaced or added.
pub(crate) fn with(object: &impl Value, field: &str, value: Ipld) -> Ipld {
    let Ipld::Map(mut map) = object.to_ipld() else { panic!("objects are maps") };
    map.insert(field.to_owned(), value);
    Ipld::Map(map)
}

/// The object with a key that nobody knows, which fills the bytes that `write` makes up to `size`.
pub(crate) fn filled(object: &impl Value, size: usize, write: impl Fn(&Ipld) -> Vec<u8>) -> Vec<u8> {
    let fill = |len: usize| write(&with(object, "x", Ipld::Bytes(vec![7; len])));
    // The head of the filling grows with it, so the second guess is right.
    let guess = size.saturating_sub(fill(0).len());
    let bytes = fill(guess - (fill(guess).len() - size));
    assert_eq!(bytes.len(), size, "this size cannot be reached");
    bytes
}

pub(crate) fn text(text: &str) -> Ipld {
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

/// A vector of bytes that are refused as a signed object; `of` is the good one.
pub(crate) fn refused<T: Signed>(
    (name, of): (&str, &str),
    says: &str,
    signer: &VerifyingKey,
    bytes: &[u8],
) -> Case {
    Case::new(T::TYPE, &format!("refused-{name}"), says)
        .given("signer", hex(signer.as_bytes()))
        .bytes(bytes)
        .refused(of, code(signed::open::<T>(bytes, Some(signer))))
}

/// The largest envelope of a kind, and one that is a byte larger.
pub(crate) fn sizes<T: Signed + PartialEq + std::fmt::Debug>(signer: &Person, object: &T) -> [Case; 2] {
    let [largest, larger] = [T::LIMIT, T::LIMIT + 1]
        .map(|size| filled(object, size, |object| sign_broken::<T>(signer, object.clone())));
    signed::open::<T>(&largest, None).unwrap();
    let says = format!("As large as any: {} bytes, most of them in a key that nobody knows", T::LIMIT);
    let largest = Case::new(T::TYPE, "largest", &says).given("signer", hex(signer.pk())).block(&largest);
    [largest, refused::<T>(("size", "largest"), "A byte larger than any", &signer.id, &larger)]
}

pub(crate) fn cases() -> Vec<Case> {
    [profiles(), profiles_refused(), avatars(), avatars_refused(), devices(), roots()].concat()
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
    let broken = |(name, of): (&str, &str), says: &str, picture: Vec<u8>| {
        let value = with(&alice.profile("Alice"), "avatar", Ipld::Bytes(picture));
        let bytes = sign_broken::<Profile>(&alice, value);
        let name = format!("picture-{name}");
        refused::<Profile>((&name, of), says, &alice.id, &bytes)
    };
    let cut = |picture: Vec<u8>| picture[..24].to_vec();
    vec![
        broken(("png-513", "picture-png"), "A PNG of 513 pixels across", pictures::png(513, 1)),
        broken(
            ("png-huge", "picture-png"),
            "A PNG of 361 megapixels in few bytes",
            pictures::png(19_000, 19_000),
        ),
        broken(("png-moves", "picture-png"), "An animated PNG", pictures::moving_png()),
        broken(("png-cut", "picture-png"), "A PNG whose head is cut short", cut(pictures::png(9, 9))),
        broken(("png-flat", "picture-png"), "A PNG without a height", pictures::png(9, 0)),
        broken(("png-headless", "picture-png"), "A PNG without IHDR", pictures::png_without_head()),
        broken(("png-head", "picture-png"), "A PNG whose IHDR has 14 bytes", pictures::png_of_longer_head()),
        broken(("jpeg-513", "picture-jpeg"), "A JPEG of 513 pixels down", pictures::jpeg(1, 513)),
        broken(("jpeg-two", "picture-jpeg"), "A JPEG that announces a second picture", pictures::two_jpegs()),
        broken(
            ("jpeg-frameless", "picture-jpeg"),
            "A JPEG without a frame header",
            pictures::jpeg_without_frame(),
        ),
        broken(
            ("jpeg-frames", "picture-jpeg"),
            "A JPEG with two frame headers",
            pictures::jpeg_of_two_frames(),
        ),
        broken(
            ("jpeg-gap", "picture-jpeg"),
            "A JPEG with a byte between segments",
            pictures::jpeg_with_a_gap(),
        ),
        broken(
            ("jpeg-start", "picture-jpeg"),
            "A JPEG that starts twice",
            pictures::jpeg_that_starts_twice(),
        ),
        broken(
            ("jpeg-short", "picture-jpeg"),
            "A JPEG with a segment of length 1",
            pictures::jpeg_of_a_short_segment(),
        ),
        broken(("jpeg-cut", "picture-jpeg"), "A JPEG whose head is cut short", cut(pictures::jpeg(9, 9))),
        broken(("webp-513", "picture-webp"), "A WebP of 513 pixels across", pictures::webp(513, 1)),
        broken(
            ("webp-lossless-513", "picture-webp-lossless"),
            "A lossless WebP of 513 pixels",
            pictures::lossless_webp(1, 513),
        ),
        broken(
            ("webp-extended-513", "picture-webp-extended"),
            "A WebP whose canvas has 513 pixels",
            pictures::extended_webp(513, 1),
        ),
        broken(
            ("webp-past", "picture-webp-extended"),
            "A WebP whose pixels are more than its canvas",
            pictures::webp_past_its_canvas(),
        ),
        broken(("webp-moves", "picture-webp-extended"), "An animated WebP", pictures::moving_webp()),
        broken(
            ("webp-moves-unsaid", "picture-webp-extended"),
            "An animated WebP whose flags say that it is not",
            pictures::webp_that_moves_unsaid(),
        ),
        broken(
            ("webp-canvasless", "picture-webp-extended"),
            "A WebP that begins with a colour profile",
            pictures::webp_without_canvas(),
        ),
        broken(
            ("webp-inter", "picture-webp"),
            "A WebP without a key frame",
            pictures::webp_without_key_frame(),
        ),
        broken(
            ("webp-lossless-mark", "picture-webp-lossless"),
            "A lossless WebP of another mark",
            pictures::lossless_webp_of_another_mark(),
        ),
        broken(("webp-cut", "picture-webp"), "A WebP whose head is cut short", cut(pictures::webp(9, 9))),
        broken(("gif", "picture-png"), "A GIF", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec()),
    ]
}

/// Every list and text of a profile as long as it may be.
fn longest_profile() -> Profile {
    let mut avatar = pictures::jpeg(512, 512);
    avatar.resize(limits::AVATAR, 0);
    let mut profile = bob().profile(&"🌳".repeat(limits::NAME_CHARS));
    profile.bio = Some("🌊".repeat(limits::BIO_CHARS));
    profile.avatar = Some(avatar.into());
    profile.relays = vec!["r".repeat(limits::RELAY_BYTES); limits::RELAYS];
    profile.kem.epoch = u32::MAX;
    profile
}

/// Bytes of which y = 2, which no point has.
fn off_curve() -> Vec<u8> {
    let mut bytes = vec![0; 32];
    bytes[0] = 2;
    bytes
}

/// So many lists in each other.
fn nested(deep: usize) -> Ipld {
    (0..deep).fold(Ipld::Bool(true), |inner, _| Ipld::List(vec![inner]))
}

fn profiles() -> Vec<Case> {
    let mut empty = bob().profile("");
    (empty.bio, empty.relays) = (Some(String::new()), vec![String::new(), "no address".to_owned()]);
    let mut deep = alice().profile("Alice");
    // The envelope and the object are two.
    deep.extra.insert("x".to_owned(), nested(limits::MAX_DEPTH - 2));
    let mut unknown = alice().profile("Alice");
    let v0 = spinney::format::Cid::new_v0(*cid_of(RAW, b"v0").hash()).unwrap();
    unknown.extra.insert("x".to_owned(), Ipld::Link(v0));
    let mut cases = vec![
        signed_case("plain", "A profile with nothing optional", &alice(), &alice().profile("Alice")),
        signed_case(
            "full",
            "Everything optional, and a key that version 1 does not know",
            &bob(),
            &full_profile(),
        ),
        signed_case("longest", "Everything as long as it may be", &bob(), &longest_profile()),
        signed_case("empty", "Texts that say nothing, and relays that are none", &bob(), &empty),
        signed_case("deep", "Sixteen maps and lists in each other, the envelope counted", &alice(), &deep),
        signed_case("unknown-link", "A CIDv0 in a key that nobody knows", &alice(), &unknown),
    ];
    cases.extend(sizes(&alice(), &alice().profile("Alice")));
    cases
}

fn profiles_refused() -> Vec<Case> {
    let alice = alice();
    let good = alice.profile("Alice");
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        let bytes = sign_broken::<Profile>(&alice, with(&good, field, value));
        refused::<Profile>((name, "plain"), says, &alice.id, &bytes)
    };
    let kem = |epoch: u64, key: Vec<u8>| {
        Ipld::Map(
            [("epoch".to_owned(), Ipld::Integer(epoch.into())), ("key".to_owned(), Ipld::Bytes(key))].into(),
        )
    };
    let key = alice.kem_public().to_bytes();
    let mut coefficient = key.clone();
    coefficient[..3].fill(0xff);
    let mut long = pictures::jpeg(1, 1);
    long.resize(limits::AVATAR + 1, 0);
    let relay = |relay: &str| Ipld::List(vec![text(relay)]);
    let deep = sign_broken::<Profile>(&alice, with(&good, "x", nested(limits::MAX_DEPTH - 1)));
    vec![
        broken("version-2", "A version that needs a newer Spinney", "v", Ipld::Integer(2)),
        broken("version-0", "A version that there never was", "v", Ipld::Integer(0)),
        broken("name-decomposed", "Text that is not in normal form C", "name", text("Ame\u{301}lie")),
        broken("name-65", "A name of 65 characters", "name", text(&"a".repeat(limits::NAME_CHARS + 1))),
        broken("name-control", "A name with a control character", "name", text("Al\u{7}ice")),
        broken("bio-1001", "A bio of 1,001 characters", "bio", text(&"a".repeat(limits::BIO_CHARS + 1))),
        broken(
            "avatar-svg",
            "An avatar that is no raster picture",
            "avatar",
            Ipld::Bytes(b"<svg/>".to_vec()),
        ),
        broken("avatar-long", "An avatar of a byte more than 48 KiB", "avatar", Ipld::Bytes(long)),
        broken("five-relays", "More relays than four", "relays", Ipld::List(vec![text(RELAY); 5])),
        broken("relay-257", "A relay of 257 bytes", "relays", relay(&"r".repeat(limits::RELAY_BYTES + 1))),
        broken("relay-control", "A relay with a control character", "relays", relay("/ip4\u{7}")),
        broken("label-31", "A label key of 31 bytes", "label", Ipld::Bytes(vec![1; 31])),
        broken("label-weak", "A label key of small order", "label", Ipld::Bytes(vec![0; 32])),
        broken("heir-31", "An heir of 31 bytes", "heir", Ipld::Bytes(vec![1; 31])),
        broken("kem-short", "An X-Wing key that is cut short", "kem", kem(0, key[1..].to_vec())),
        broken("kem-coefficient", "An X-Wing key with a coefficient above q", "kem", kem(0, coefficient)),
        broken("kem-epoch", "An epoch of 2^32", "kem", kem(1 << 32, key)),
        broken("kem-number", "A key that is no map", "kem", Ipld::Integer(1)),
        broken("predecessor-off-curve", "A key that is no point", "predecessor", Ipld::Bytes(off_curve())),
        broken("predecessor-weak", "A public key of small order", "predecessor", Ipld::Bytes(vec![0; 32])),
        broken("time-text", "A time that is text", "time", text("noon")),
        refused::<Profile>(("deep", "deep"), "Seventeen maps and lists in each other", &alice.id, &deep),
    ]
}

fn devices() -> Vec<Case> {
    const HOUR: u64 = 60 * 60 * 1000;
    let alice = alice();
    let until = NOON + limits::CERTIFICATE_MS;
    let good = Certificate { device: device().verifying_key(), from: NOON, until, extra: Default::default() };
    let broken = |name: &str, says: &str, value: u64| {
        let bytes = sign_broken::<Certificate>(&alice, with(&good, "until", Ipld::Integer(value.into())));
        refused::<Certificate>((name, "plain"), says, &alice.id, &bytes)
    };
    let mut cases = vec![
        signed_case("plain", "A certificate for 90 days", &alice, &good)
            .derived("valid_from", NOON - HOUR)
            .derived("valid_until", until - 1),
        broken("too-long", "Valid for longer than 90 days", until + 1),
        broken("no-time", "Valid for no time", NOON),
        broken("backwards", "Ends before it begins", NOON - 1),
    ];
    cases.extend(sizes(&alice, &good));
    cases
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
        successor: None,
        extra: Default::default(),
    };
    let merged = Root {
        seq: first.seq + 1,
        prev: vec![[1; 32], [2; 32], [3; 32], [4; 32]],
        feed: Some(block("feed")),
        ..first.clone()
    };
    let digest = |byte: u8| Ipld::Bytes(vec![byte; 32]);
    let broken = |name: &str, says: &str, field: &str, value: Ipld| {
        let bytes = sign_broken::<Root>(&alice, with(&first, field, value));
        refused::<Root>((name, "first"), says, &alice.id, &bytes)
    };
    let bytes = signed::sign(alice.key(), &first).unwrap();
    let of_record = |name: &str, says: &str, names: &[u8], seq: u64| {
        let record = ipns::sign(alice.key(), &cid_of(DAG_CBOR, names), seq, NOON);
        let known = ipns::open(&record, &alice.id).unwrap();
        Case::new("root", &format!("refused-{name}"), says)
            .given("signer", hex(alice.pk()))
            .given("record", hex(&record))
            .bytes(&bytes)
            .refused("first", code(spinney::social::root::open(&alice.ring.id(), &known, &bytes)))
    };
    let record = ipns::sign(alice.key(), &cid_of(DAG_CBOR, &bytes), first.seq, NOON);
    let mut cases = vec![
        signed_case("first", "The first root of an identity, and the record that names it", &alice, &first)
            .given("record", hex(&record)),
        signed_case(
            "merged",
            "A root that merges four that were written at once, with a feed",
            &alice,
            &merged,
        ),
        of_record("seq", "Another sequence than the record's", &bytes, first.seq + 1),
        of_record("another-block", "Another block than the record names", b"root", first.seq),
        broken("five-prev", "More than four digests", "prev", Ipld::List((0..5).map(digest).collect())),
        broken("prev-unsorted", "Digests out of order", "prev", Ipld::List(vec![digest(2), digest(1)])),
        broken("prev-twice", "A digest twice", "prev", Ipld::List(vec![digest(1), digest(1)])),
        broken(
            "profile-raw",
            "A profile that is no DAG-CBOR block",
            "profile",
            Ipld::Link(cid_of(RAW, b"profile")),
        ),
        signed_case(
            "successor",
            "A root of an identity that another one follows",
            &alice,
            &Root { successor: Some(bob().id), ..first.clone() },
        ),
        broken("successor-weak", "A successor of small order", "successor", Ipld::Bytes(vec![0; 32])),
        broken("successor-off-curve", "A successor that is no point", "successor", Ipld::Bytes(off_curve())),
        broken("feed-null", "Null instead of nothing", "feed", Ipld::Null),
    ];
    cases.extend(sizes(&alice, &first));
    cases
}

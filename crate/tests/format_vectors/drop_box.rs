//! Drop boxes: the text of their links, what grows from their secret, and requests that leave files.

use ipld_core::ipld::Ipld;
use spinney::crypto::block::Key;
use spinney::crypto::{digest, padding, sha256};
use spinney::format::drop_box::{Files, Link, LinkError};
use spinney::format::node::Pointer;
use spinney::format::request::Request;
use spinney::format::secret::Secret;
use spinney::format::share_id::InnerId;
use spinney::format::{DAG_CBOR, DecodeError, RAW, Value, cbor, cid_of, limits, signed};
use spinney::keys::drop_box;

use crate::case::{Case, fixed, hex, stream};
use crate::meet::{as_code, refused_request, request, resized, sealed_request};
use crate::people::{NOON, RELAY, alice, bob};
use crate::public::{sign_broken, with};

pub(crate) fn cases() -> Vec<Case> {
    [links(), links_refused(), requests()].concat()
}

pub(crate) fn secret() -> Secret {
    Secret::from_bytes(fixed("drop secret"))
}

fn plain() -> Link {
    Link {
        id: bob().id,
        secret: secret(),
        relays: vec![RELAY.to_owned()],
        bytes: 1 << 30,
        until: NOON + 7 * 24 * 60 * 60 * 1000,
        extra: Default::default(),
    }
}

fn text(object: &[u8]) -> String {
    as_code(object, digest("drop-text", &[object]))
}

fn links() -> Vec<Case> {
    let largest = resized(&plain(), limits::DROP_LINK);
    let full = Link { relays: vec!["r".repeat(limits::RELAY_BYTES); limits::DROP_RELAYS], ..plain() };
    let of = |name: &str, says: &str, text: String, object: &[u8]| {
        assert!(text.parse::<Link>().is_ok(), "{name}");
        Case::new("drop-link", name, says).given("text", text).bytes(object)
    };
    let url = format!(" \n https://page.example/spinney/{} \n", plain().route());
    vec![
        of(
            "plain",
            "The link of a drop box, and the token for its relay",
            plain().to_string(),
            &plain().to_bytes(),
        )
        .derived("token", hex(&drop_box::token(&secret())))
        .value(&plain().to_ipld()),
        of("full", "With two relays, as long as they may be", full.to_string(), &full.to_bytes())
            .value(&full.to_ipld()),
        of("url", "A link to a page, with white space around it", url, &plain().to_bytes()),
        of("largest", "As large as any", text(&largest), &largest),
    ]
}

fn links_refused() -> Vec<Case> {
    let whole = plain().to_string();
    let swapped: String = whole.chars().take(20).chain("A".chars()).chain(whole.chars().skip(21)).collect();
    let broken = |field: &str, value: Ipld| text(&cbor::from_ipld(&with(&plain(), field, value)));
    let relays = Ipld::List(vec![Ipld::String(RELAY.to_owned()); limits::DROP_RELAYS + 1]);
    let endless = {
        let Ipld::Map(mut map) = plain().to_ipld() else { panic!("a link is a map") };
        map.remove("until");
        text(&cbor::from_ipld(&Ipld::Map(map)))
    };
    let object = plain().to_bytes();
    let refused = [
        ("mistyped", "One character is another", swapped),
        ("cut", "The last character is missing", whole[..whole.len() - 1].to_owned()),
        ("checksum", "The checksum of a link to a share", as_code(&object, digest("link-text", &[&object]))),
        ("size", "A byte larger than any", text(&resized(&plain(), limits::DROP_LINK + 1))),
        ("version-2", "A version that needs a newer Spinney", broken("v", Ipld::Integer(2))),
        ("key-weak", "An owner of small order", broken("pk", Ipld::Bytes(vec![0; 32]))),
        ("secret-31", "A secret of 31 bytes", broken("s", Ipld::Bytes(vec![7; 31]))),
        ("relays-3", "Three relays", broken("relays", relays)),
        ("endless", "No end", endless),
    ];
    let refused = refused.into_iter().map(|(name, says, text)| {
        let code = match text.parse::<Link>().expect_err(name) {
            LinkError::Malformed => "text".to_owned(),
            LinkError::Decode(error) => DecodeError::code(&error),
        };
        let good = if name == "size" { "largest" } else { "plain" };
        Case::new("drop-link", &format!("refused-{name}"), says).given("text", text).refused(good, code)
    });
    refused.collect()
}

/// What Alice, a guest, says of the files that she left for Bob.
fn files() -> Files {
    let manifest = Pointer {
        cid: cid_of(DAG_CBOR, b"manifest of a drop"),
        key: Key::from_bytes(fixed("key of a manifest")),
    };
    let digest = sha256(b"manifest of a drop");
    let proof = drop_box::proof(&secret(), &alice().ring.id(), &bob().ring.id(), &digest);
    Files { proof, manifest, share: InnerId(fixed("share of a drop")), files: 3, size: 1_234_567 }
}

fn requests() -> Vec<Case> {
    let drop = Request { message: "From Otto".to_owned(), drop: Some(files()), ..request() };
    let broken = |field: &str, value: Ipld| {
        let drop = with(&drop, "drop", with(&files(), field, value));
        let signed = sign_broken::<Request>(&alice(), drop);
        padding::frame(&signed, limits::REQUEST)
    };
    let link = |codec| cid_of(codec, b"manifest of a drop");
    let pointer = |cid| with(&files().manifest, "cid", Ipld::Link(cid));
    let sealed = drop.seal(alice().key(), &bob().kem_public(), &mut stream("drop")).unwrap();
    let good = sealed_request("drop", "Files that were left in a drop box", &drop, &sealed)
        .given("drop_secret", hex(secret().as_bytes()))
        .derived("drop_proof", hex(&files().proof))
        .derived("plaintext", hex(&signed::sign(alice().key(), &drop).unwrap()));
    vec![
        good,
        refused_request(
            "drop-proof-31",
            "A proof of 31 bytes",
            "drop",
            &broken("proof", Ipld::Bytes(vec![7; 31])),
        ),
        refused_request(
            "drop-manifest-raw",
            "A manifest that is no DAG-CBOR block",
            "drop",
            &broken("manifest", pointer(link(RAW))),
        ),
        refused_request(
            "drop-share-15",
            "A share of 15 bytes",
            "drop",
            &broken("share", Ipld::Bytes(vec![7; 15])),
        ),
    ]
}

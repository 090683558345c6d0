//! Drop boxes: the text of their links, what grows from their secret, and requests that leave files.

use ipld_core::ipld::Ipld;
use spinney::crypto::block::Key;
use spinney::crypto::{digest, padding, sha256};
use spinney::format::drop_box::{Files, Link, LinkError};
use spinney::format::node::Pointer;
use spinney::format::request::Request;
use spinney::format::secret::CodeSecret;
use spinney::format::share_id::InnerId;
use spinney::format::{DAG_CBOR, DecodeError, RAW, cid_of, limits, signed};
use spinney::keys::drop_box;

use crate::case::{Case, fixed, hex, stream};
use crate::meet::{SHORT_RELAY, as_code, as_old_code, filled_up, refused_request, request, sealed_request};
use crate::people::{NOON, RELAY, alice, bob};
use crate::public::{sign_broken, with};

pub(crate) fn cases() -> Vec<Case> {
    [links(), links_refused(), requests()].concat()
}

pub(crate) fn secret() -> CodeSecret {
    CodeSecret::from_bytes(fixed("drop secret"))
}

fn plain() -> Link {
    Link {
        id: bob().id,
        secret: secret(),
        relays: vec![RELAY.to_owned()],
        bytes: 1 << 30,
        until: NOON + 7 * 24 * 60 * 60 * 1000,
    }
}

fn text(object: &[u8]) -> String {
    as_code(object, "drop-text")
}

fn links() -> Vec<Case> {
    let full = Link { relays: vec!["r".repeat(limits::RELAY_BYTES); limits::DROP_RELAYS], ..plain() };
    let of = |name: &str, says: &str, link: &Link| {
        let read: Link = link.to_string().parse().unwrap();
        assert_eq!(read.to_bytes(), link.to_bytes());
        Case::new("drop-link", name, says)
            .given("text", link.to_string())
            .bytes(&link.to_bytes())
            .value(&read.to_ipld())
    };
    let url = format!(" \n https://page.example/spinney/{} \n", plain().route());
    vec![
        of("plain", "The link of a drop box, and the token for its relay", &plain())
            .derived("token", hex(&drop_box::token(&secret()))),
        of("full", "With two relays, as long as they may be", &full),
        Case::new("drop-link", "url", "A link to a page, with white space around it")
            .given("text", url)
            .bytes(&plain().to_bytes()),
    ]
}

fn links_refused() -> Vec<Case> {
    let (whole, object) = (plain().to_string(), plain().to_bytes());
    let swapped: String = whole.chars().take(20).chain("A".chars()).chain(whole.chars().skip(21)).collect();
    let with_head = |head: u8, behind: &[u8]| text(&[&[head], &object[1..], behind].concat());
    let old = as_old_code(&plain().to_ipld(), |object| digest("drop-text", &[object]));
    let refused = [
        ("mistyped", "One character is another", swapped),
        ("cut", "The last character is missing", whole[..whole.len() - 1].to_owned()),
        ("checksum", "The checksum of a link to a share", as_code(&object, "link-text")),
        ("old", "As builds before the first release wrote it", old),
        ("size", "A byte larger than any", text(&filled_up(&object, limits::DROP_LINK + 1))),
        ("version-2", "A version that needs a newer Spinney", with_head(0x88, b"")),
        ("flag", "Something that this version does not know", with_head(0x49, b"")),
        ("key-weak", "An owner of small order", text(&[&[0x48], &[0; 32][..], &object[33..]].concat())),
        ("secret-cut", "A secret of 15 bytes", text(&object[..48])),
        ("relays-3", "Three relays", with_head(0x58, &SHORT_RELAY.repeat(2))),
        ("endless", "No end", text(&object[..49])),
        ("rest", "A byte behind it", with_head(0x48, &[0])),
    ];
    let refused = refused.into_iter().map(|(name, says, text)| {
        let code = match text.parse::<Link>().expect_err(name) {
            LinkError::Malformed | LinkError::Old => "text".to_owned(),
            LinkError::Decode(error) => DecodeError::code(&error),
        };
        let good = if name == "size" { "full" } else { "plain" };
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

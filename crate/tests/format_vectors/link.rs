//! Links to shares: their text, what grows from their secret, and the way from a link to its share.

use spinney::crypto::{digest, kdf};
use spinney::format::header::{Block, Header, Links};
use spinney::format::limits;
use spinney::format::link::Link;
use spinney::format::link::LinkError;
use spinney::format::manifest::{Kind, Manifest};
use spinney::format::map::{Letterbox, Map};
use spinney::format::note::{Note, Says};
use spinney::format::page::{Between, Content, Page};
use spinney::format::secret::Secret;
use spinney::format::{DAG_CBOR, DecodeError, Value, cid_of};
use spinney::keys::link::{PasswordKey, label_secret, pair_secret};

use crate::case::{Case, fixed, hex, stream};
use crate::header::header;
use crate::manifest::good_manifest;
use crate::meet::{as_code, resized};
use crate::people::{NOON, RELAY, alice, bob};
use crate::share::share_key;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = links();
    cases.extend([letterbox("letterbox", "From a link to the header of its share", "")]);
    cases.extend([letterbox("password", "The same, with a password mixed in", "Ame\u{301}lie likes trees")]);
    cases
}

pub(crate) fn link() -> Link {
    Link {
        id: alice().id,
        secret: Secret::from_bytes(fixed("link secret")),
        relays: vec![RELAY.to_owned()],
        seq: NOON / 1000,
        until: None,
        extra: Default::default(),
    }
}

fn links() -> Vec<Case> {
    let ends = Link { until: Some(NOON + 1), ..link() };
    let accepted = [("plain", "A link to a share", link()), ("ends", "One that ends", ends)];
    let accepted = accepted.into_iter().map(|(name, says, link)| {
        assert_eq!(link.to_string().parse::<Link>().unwrap(), link);
        Case::new("link", name, says)
            .given("text", link.to_string())
            .bytes(&link.to_bytes())
            .value(&link.to_ipld())
    });
    let whole = link().to_string();
    let swapped: String = whole.chars().take(20).chain("A".chars()).chain(whole.chars().skip(21)).collect();
    let of = |object: &[u8]| as_code(object, digest("link-text", &[object]));
    let no_secret = {
        let ipld_core::ipld::Ipld::Map(mut map) = link().to_ipld() else { panic!("a link is a map") };
        map.remove("s");
        of(&spinney::format::cbor::from_ipld(&ipld_core::ipld::Ipld::Map(map)))
    };
    let as_invite = as_code(&link().to_bytes(), spinney::crypto::sha256(&link().to_bytes()));
    let largest = of(&resized(&link(), limits::LINK));
    let refused = [
        ("mistyped", "One character is another", swapped),
        ("cut", "The last character is missing", whole[..whole.len() - 1].to_owned()),
        ("checksum", "The checksum of an invite", as_invite),
        ("no-secret", "No secret", no_secret),
        ("size", "A byte larger than any", of(&resized(&link(), limits::LINK + 1))),
    ];
    let refused = refused.into_iter().map(|(name, says, text)| {
        let code = match text.parse::<Link>().expect_err(name) {
            LinkError::Malformed => "text".to_owned(),
            LinkError::Decode(error) => DecodeError::code(&error),
        };
        let good = if name == "size" { "largest" } else { "plain" };
        Case::new("link", &format!("refused-{name}"), says).given("text", text).refused(good, code)
    });
    let around = [
        ("url", format!(" \n https://page.example/spinney/{} \n", link().route()), link().to_bytes()),
        ("largest", largest, resized(&link(), limits::LINK)),
    ];
    let around = around.into_iter().map(|(name, text, object)| {
        assert!(text.parse::<Link>().is_ok());
        Case::new("link", name, "As people paste it, or as large as any").given("text", text).bytes(&object)
    });
    accepted.chain(around).chain(refused).collect()
}

/// Alice's letterbox for holders of the link, beside that for Bob.
fn letterbox(name: &str, says: &str, password: &str) -> Case {
    let (alice, bob, link) = (alice(), bob(), link());
    let password_key = PasswordKey::derive(&link.secret, password).unwrap();
    let label = label_secret(&link.secret);
    let pair = pair_secret(&link.secret, &password_key);

    let manifest = Manifest { kind: Kind::Link, ..good_manifest() };
    let manifest = manifest.seal(alice.key(), &share_key().manifest_secret()).unwrap();
    let header = Header { kind: Kind::Link, manifest: manifest.0, ..header() };
    let pairs = [&*alice.ring.own_secret(), &*pair];
    let block =
        Block::seal(&header, alice.key(), &share_key(), &pairs, Links::Manifest, &mut stream(name)).unwrap();
    let says_share = Says::Share {
        share: header.share,
        rev: header.rev,
        header: cid_of(DAG_CBOR, &block),
        keepers: vec![],
    };
    let note = Note { time: NOON, says: says_share };
    let content = Content { no: 1, notes: vec![note], older: vec![] };
    let page = Page::seal_for_link(&content, &pair, &mut stream(name)).unwrap();
    let newest = cid_of(DAG_CBOR, &page);
    let bobs = cid_of(DAG_CBOR, b"page for Bob");
    let shared = alice.shared_label(&bob);
    let letterboxes = [
        Letterbox { shared: &shared, between: alice.to(&bob), newest: bobs },
        Letterbox { shared: &label, between: Between::link(&alice.id), newest },
    ];
    let (map, _) = Map::seal(&letterboxes, 0, &[bobs, newest], &mut stream(name)).unwrap();

    assert_eq!(Map::decode(&map).unwrap().find(&label, Between::link(&alice.id)), Some(newest));
    assert_eq!(Page::decode(&page).unwrap().open(&pair).unwrap(), content);
    let opened = Block::decode(&block).unwrap();
    assert_eq!(opened.open_slot(&pair), Some(share_key()));

    Case::new("link", name, says)
        .given("text", link.to_string())
        .given("password", password)
        .given("map", hex(&map))
        .given("page", hex(&page))
        .given("manifest", hex(&manifest.1))
        .derived("salt", hex(&*kdf::<16>(link.secret.as_bytes(), "link-salt", b"")))
        .derived("password_key", hex(password_key.as_bytes()))
        .derived("label_secret", hex(&*label))
        .derived("pair_secret", hex(&*pair))
        .derived("newest", newest.to_string())
        .derived("share_key", hex(share_key().as_bytes()))
        .block(&block)
        .value(&header.to_ipld())
}

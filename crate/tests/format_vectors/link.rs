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
use spinney::format::secret::CodeSecret;
use spinney::format::{DAG_CBOR, DecodeError, Value, cid_of};
use spinney::keys::link::{PasswordKey, label_secret, pair_secret};

use crate::case::{Case, fixed, hex, stream};
use crate::header::header;
use crate::manifest::good_manifest;
use crate::meet::{as_code, as_old_code, filled_up};
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
        secret: CodeSecret::from_bytes(fixed("link secret")),
        relays: vec![RELAY.to_owned()],
        seq: NOON / 1000,
        until: None,
    }
}

fn links() -> Vec<Case> {
    let ends = Link { until: Some(NOON + 60_000), ..link() };
    let largest = Link { relays: vec!["r".repeat(limits::RELAY_BYTES); limits::RELAYS], ..ends.clone() };
    let accepted = [
        ("plain", "A link to a share", link()),
        ("ends", "One that ends", ends.clone()),
        ("largest", "As large as any", largest),
    ];
    let accepted = accepted.into_iter().map(|(name, says, link)| {
        let read: Link = link.to_string().parse().unwrap();
        assert_eq!(read.to_bytes(), link.to_bytes());
        Case::new("link", name, says)
            .given("text", link.to_string())
            .bytes(&link.to_bytes())
            .value(&read.to_ipld())
    });
    let (whole, object) = (link().to_string(), link().to_bytes());
    let swapped: String = whole.chars().take(20).chain("A".chars()).chain(whole.chars().skip(21)).collect();
    let of = |object: &[u8]| as_code(object, "link-text");
    let with_head = |head: u8| of(&[&[head], &object[1..]].concat());
    let late = [&[0x41], &object[1..49], &[0xff; 6], &[0xf]].concat();
    let refused = [
        ("mistyped", "One character is another", swapped),
        ("cut", "The last character is missing", whole[..whole.len() - 1].to_owned()),
        ("checksum", "The checksum of an invite", as_code(&object, "invite-text")),
        ("old", "As builds before the first release wrote it", {
            as_old_code(&link().to_ipld(), |object| digest("link-text", &[object]))
        }),
        ("secret-cut", "A secret of 15 bytes", of(&object[..48])),
        ("until-late", "An end after 2^53 − 1", of(&late)),
        ("rest", "A byte behind it", of(&[&object[..], &[0]].concat())),
        ("flag", "Something that this version does not know", with_head(0x4a)),
        ("version-2", "A version that needs a newer Spinney", with_head(0x88)),
        ("size", "A byte larger than any", of(&filled_up(&object, limits::LINK + 1))),
    ];
    let refused = refused.into_iter().map(|(name, says, text)| {
        let code = match text.parse::<Link>().expect_err(name) {
            LinkError::Malformed | LinkError::Old => "text".to_owned(),
            LinkError::Decode(error) => DecodeError::code(&error),
        };
        let good = match name {
            "size" => "largest",
            "until-late" => "ends",
            _ => "plain",
        };
        Case::new("link", &format!("refused-{name}"), says).given("text", text).refused(good, code)
    });
    let url = format!(" \n https://page.example/spinney/{} \n", link().route());
    assert!(url.parse::<Link>().is_ok());
    let url = Case::new("link", "url", "As people paste it").given("text", url).bytes(&object);
    accepted.chain([url]).chain(refused).collect()
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

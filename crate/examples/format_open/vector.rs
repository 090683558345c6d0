//! Opens a vector with Spinney's own reader, from what the file gives alone.

use ipld_core::ipld::Ipld;
use serde_json::Value as Json;
use spinney::crypto::block::Key;
use spinney::crypto::sign::VerifyingKey;
use spinney::dag;
use spinney::format::comment::{Comment, name_of};
use spinney::format::device_link::{Code, CodeError};
use spinney::format::drop_box;
use spinney::format::header::{Block, Links, ShareKey};
use spinney::format::introduction::{Contacts, Shown};
use spinney::format::keep::KeepList;
use spinney::format::letter::Part as _;
use spinney::format::manifest::{Branch, ChunkList, Listing, Manifest, Preview};
use spinney::format::map::{Map, Pages};
use spinney::format::node::{self, Content, Pointer};
use spinney::format::note::Says;
use spinney::format::page::{Between, Page};
use spinney::format::secret::Secret;
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::signed::{self, Signed};
use spinney::format::vault::{Bucket, Buckets, Vault};
use spinney::format::{DAG_CBOR, RAW, Value, cbor, cid_of, ipns};
use spinney::format::{device::Certificate, feed, invite::Invite, invite::InviteError, keystore::Keystore};
use spinney::format::{link::Link, link::LinkError, profile::Profile, public::PublicShare, root::Root};
use spinney::keys::device_link::{InheritError, Joiner};
use spinney::keys::link::{PasswordKey, label_secret, pair_secret};
use spinney::keys::{self, Id, Phrase, Ring, keystore::PasskeyError, keystore::UnlockError};
use spinney::social::album::check_part;
use spinney::social::contact::{Contact, RemovedDevices};
use spinney::social::letterbox::Pages as _;
use spinney::social::request::{self, RequestError};
use spinney::social::share::{OpenedHeader, check_manifest};
use spinney::social::{self, letterbox::WalkError};

use crate::given::{Given, Refusal, dag_json, hex};

/// What was opened.
pub(crate) struct Opened {
    /// What it is.
    pub(crate) is: &'static str,
    /// Every check that it passed, in order.
    pub(crate) checks: Vec<String>,
    /// What it says, as far as this version knows its keys.
    pub(crate) value: Option<Json>,
}

impl Opened {
    fn new(is: &'static str, value: &Ipld, checks: &[&str]) -> Self {
        let checks = checks.iter().map(|check| (*check).to_owned()).collect();
        Self { is, checks, value: Some(dag_json(value)) }
    }

    fn and(mut self, check: impl Into<String>) -> Self {
        self.checks.push(check.into());
        self
    }
}

/// The objects that [`open`] knows. Others of the vectors are derivations, which a reader repeats.
pub(crate) const OBJECTS: [&str; 23] = [
    "cbor",
    "profile",
    "device",
    "root",
    "ipns",
    "invite",
    "request",
    "chunk",
    "node",
    "manifest",
    "header",
    "page",
    "comment",
    "answers",
    "map",
    "link",
    "drop-link",
    "public-share",
    "feed-page",
    "vault",
    "keystore",
    "device-code",
    "device-link",
];

/// Opens a vector.
///
/// # Errors
///
/// With the code of the first check that refuses.
pub(crate) fn open(vector: &Json) -> Result<Opened, Refusal> {
    let given = Given(vector);
    match given.object()? {
        "cbor" => {
            let value = cbor::to_ipld(&given.bytes()?).map_err(spinney::format::DecodeError::from)?;
            Ok(Opened::new("a value", &value, &["strict DAG-CBOR"]))
        }
        "profile" => signed_object::<Profile>("a profile", &given),
        "device" => device(&given),
        "root" => root(&given),
        "public-share" => signed_object::<PublicShare>("a public share", &given),
        "feed-page" => feed_page(&given),
        "ipns" => record(&given),
        "invite" => invite(&given),
        "link" => link(&given),
        "drop-link" => drop_link(&given),
        "request" => opened_request(&given),
        "chunk" => chunk(&given),
        "node" => opened_node(&given),
        "manifest" => manifest(&given),
        "header" => header(&given),
        "page" => page(&given),
        "comment" => comment(&given),
        "answers" => answers(&given),
        "map" => map(&given),
        "vault" => vault(&given),
        "keystore" => keystore(&given),
        "device-code" => device_code(&given),
        "device-link" => device_link(&given),
        other => Err(Refusal::Unusable(format!("`{other}` is no object that is opened"))),
    }
}

const SIGNED: [&str; 4] = ["size", "strict DAG-CBOR, an envelope", "signature", "version and fields"];

fn open_signed<T: Signed>(given: &Given<'_>) -> Result<(VerifyingKey, T), Refusal> {
    let bytes = given.bytes()?;
    let opened = signed::open::<T>(&bytes, given.signer("signer")?.as_ref())?;
    Ok((opened.signer, opened.object))
}

fn signed_object<T: Signed>(is: &'static str, given: &Given<'_>) -> Result<Opened, Refusal> {
    let (signer, object) = open_signed::<T>(given)?;
    Ok(Opened::new(is, &object.to_ipld(), &SIGNED).and(format!("signed by {}", Id::from(signer))))
}

fn device(given: &Given<'_>) -> Result<Opened, Refusal> {
    let (_, certificate) = open_signed::<Certificate>(given)?;
    for (name, step) in [("valid_from", -1), ("valid_until", 1)] {
        let Ok(time) = given.int(name) else { continue };
        let past = time.checked_add_signed(step).expect("a time is far from either end");
        if !certificate.is_valid_at(time) || certificate.is_valid_at(past) {
            return Err(Refusal::Unusable(format!("`{name}` is not where its validity ends")));
        }
    }
    Ok(Opened::new("a device certificate", &certificate.to_ipld(), &SIGNED).and("at most 90 days"))
}

/// The time of the reader: without one, nothing is ahead of it.
fn now(given: &Given<'_>) -> u64 {
    given.int("now").unwrap_or(u64::MAX)
}

fn root(given: &Given<'_>) -> Result<Opened, Refusal> {
    let Ok(record) = given.hex("record") else { return signed_object::<Root>("a root", given) };
    let id = Id::from(given.key("signer")?);
    let record = social::root::verify_record(&id, &record, now(given))?;
    let root = social::root::open(&id, &record, &given.bytes()?)?;
    Ok(Opened::new("a root", &root.to_ipld(), &["the block of its record"]).and("the record's sequence"))
}

fn feed_page(given: &Given<'_>) -> Result<Opened, Refusal> {
    let (signer, page) = open_signed::<feed::Page>(given)?;
    let bytes = given.bytes()?;
    let newest = cid_of(DAG_CBOR, &bytes);
    match social::feed::Walk::new(signer.into(), None, newest).add(newest, &bytes) {
        Ok(()) => {}
        Err(WalkError::Refused(why)) => return Err(why.into()),
        Err(older) => return Err(Refusal::Unusable(older.to_string())),
    }
    Ok(Opened::new("a page of a feed", &page.to_ipld(), &SIGNED).and("every share on it"))
}

fn record(given: &Given<'_>) -> Result<Opened, Refusal> {
    let id = Id::from(given.key("name")?);
    let record = social::root::verify_record(&id, &given.bytes()?, now(given))?;
    for (name, found) in [("sequence", record.sequence), ("until", record.until), ("ttl", record.ttl)] {
        if given.int(name).is_ok_and(|expected| expected != found) {
            return Err(Refusal::Unusable(format!("`{name}` is {found}")));
        }
    }
    if given.cid("root").is_ok_and(|expected| expected != record.root) {
        return Err(Refusal::Unusable(format!("`root` is {}", record.root)));
    }
    for (name, supersedes) in [("takes_the_place_of", true), ("does_not_take_the_place_of", false)] {
        for other in given.list(name)? {
            let other = ipns::open(&other, &given.key("name")?)?;
            if record.supersedes(&other) != supersedes {
                return Err(Refusal::Unusable(format!(
                    "`{name}` is wrong about sequence {}",
                    other.sequence
                )));
            }
        }
    }
    let checks =
        ["size", "protobuf", "signature", "key", "strict DAG-CBOR", "older copies", "value and time"];
    Ok(Opened { value: None, ..Opened::new("a record", &Ipld::Bool(true), &checks) }
        .and(format!("names {} at sequence {}", record.root, record.sequence)))
}

fn invite(given: &Given<'_>) -> Result<Opened, Refusal> {
    let invite: Invite = given.text("text")?.parse().map_err(|error: InviteError| match error {
        InviteError::Malformed | InviteError::Old => Refusal::of("text", error),
        InviteError::Decode(error) => error.into(),
    })?;
    Ok(Opened::new("an invite", &invite.to_ipld(), &["base64url", "checksum", "version and fields"]))
}

fn link(given: &Given<'_>) -> Result<Opened, Refusal> {
    let link: Link = given.text("text")?.parse().map_err(|error: LinkError| match error {
        LinkError::Malformed | LinkError::Old => Refusal::of("text", error),
        LinkError::Decode(error) => error.into(),
    })?;
    let opened = Opened::new("a link", &link.to_ipld(), &["base64url", "checksum", "version and fields"]);
    let Ok(password) = given.text("password") else { return Ok(opened) };
    let password = PasswordKey::derive(&link.secret, password).map_err(|why| Refusal::of("sealed", why))?;
    let (label, pair) = (label_secret(&link.secret), pair_secret(&link.secret, &password));
    let page = given.hex("page")?;
    let newest = Map::decode(&given.hex("map")?)?.find(&label, Between::link(&link.id));
    if newest != Some(cid_of(DAG_CBOR, &page)) {
        return Err(Refusal::Unusable("`page` is not what the map names for this link".to_owned()));
    }
    Page::decode(&page)?.open(&pair)?;
    let block = Block::decode(&given.bytes()?)?;
    let key = block.open_slot(&pair).ok_or_else(|| Refusal::Unusable("no slot for the link".to_owned()))?;
    let header = block.open(&key, Some(&link.id))?.object;
    let opened =
        opened.and("an entry of the map").and("the page").and("a slot of the header").and("the header");
    Ok(Opened { value: Some(dag_json(&header.to_ipld())), ..opened })
}

fn ring(given: &Given<'_>, name: &str) -> Result<Ring, Refusal> {
    Ok(Ring::from_phrase(&Phrase::from_bytes(given.array(name)?)))
}

fn drop_link(given: &Given<'_>) -> Result<Opened, Refusal> {
    let link: drop_box::Link =
        given.text("text")?.parse().map_err(|error: drop_box::LinkError| match error {
            drop_box::LinkError::Malformed | drop_box::LinkError::Old => Refusal::of("text", error),
            drop_box::LinkError::Decode(error) => error.into(),
        })?;
    Ok(Opened::new("a drop link", &link.to_ipld(), &["base64url", "checksum", "version and fields"]))
}

fn opened_request(given: &Given<'_>) -> Result<Opened, Refusal> {
    let (ring, sealed) = (ring(given, "reader_phrase")?, given.bytes()?);
    request::open(&ring, &sealed, given.int("now")?).map_err(|error| match error {
        RequestError::Refused(error) => error.into(),
        RequestError::TooOld | RequestError::Ahead => Refusal::of("field:object.time", error),
        RequestError::Mine => Refusal::of("signer", error),
    })?;
    let me = ring.identity().verifying_key();
    let request = spinney::format::request::Request::open(&ring.kem(0), &me, &sealed)?.object;
    let checks = ["size", "opens", "frame", "signature", "version and fields", "for its reader", "its time"];
    Ok(Opened::new("a request", &request.to_ipld(), &checks))
}

fn chunk(given: &Given<'_>) -> Result<Opened, Refusal> {
    let sealed = given.bytes()?;
    let pointer = Pointer { cid: cid_of(RAW, &sealed), key: Key::from_bytes(given.array("key")?) };
    let (size, chunk, index) = (given.int("size")?, given.int("chunk")?, given.int("index")?);
    let plaintext = dag::read::open(&pointer, &sealed, size, chunk, index).map_err(|error| match error {
        dag::ReadError::Format(error) => error.into(),
        other => Refusal::Unusable(other.to_string()),
    })?;
    if given.hex("plaintext").is_ok_and(|expected| expected != plaintext) {
        return Err(Refusal::Unusable("`plaintext` is another".to_owned()));
    }
    let opened = Opened::new("a chunk", &Ipld::Bool(true), &["opens", "its length", "its filling"]);
    Ok(Opened { value: None, ..opened })
}

/// The pointer to the block of the vector.
fn pointer(given: &Given<'_>, block: &[u8]) -> Result<Pointer, Refusal> {
    let cid = given.cid("names").unwrap_or_else(|_| cid_of(DAG_CBOR, block));
    Ok(Pointer { cid, key: Key::from_bytes(given.array("key")?) })
}

fn opened_node(given: &Given<'_>) -> Result<Opened, Refusal> {
    fn content<T: Content>(
        is: &'static str,
        pointer: &Pointer,
        block: &[u8],
    ) -> Result<(T, Opened), Refusal> {
        let content = node::open::<T>(pointer, block)?;
        let checks = ["size", "its block", "strict DAG-CBOR", "opens", "frame", "its content", "clear links"];
        let opened = Opened::new(is, &content.to_ipld(), &checks);
        Ok((content, opened))
    }
    let block = given.bytes()?;
    let pointer = pointer(given, &block)?;
    match given.text("as")? {
        "chunks" => Ok(content::<ChunkList>("a list of chunks", &pointer, &block)?.1),
        "keep" => Ok(content::<KeepList>("a list of what is to be kept", &pointer, &block)?.1),
        "preview" => Ok(content::<Preview>("a preview", &pointer, &block)?.1),
        "contacts" => {
            let (part, opened) = content::<Contacts>("a part of a letter", &pointer, &block)?;
            if given.get("before").is_some() {
                let id = given.key("before")?;
                let last = Shown { id, name: String::new(), relays: Vec::new(), seq: 0 };
                part.check_after(&Contacts { list: vec![last], more: None })?;
            }
            Ok(opened)
        }
        _ => {
            let (listing, opened) = content::<Listing>("a listing", &pointer, &block)?;
            if let Ok(chunk) = given.int("chunk") {
                listing.check_counts(chunk)?;
            }
            if let (Ok(first), Ok(next)) = (given.text("first"), given.text("next")) {
                let branch = |first: &str| Branch { first: first.to_owned(), node: pointer.clone() };
                listing.check_under(&branch(first), Some(&branch(next)))?;
            }
            Ok(opened)
        }
    }
}

fn manifest(given: &Given<'_>) -> Result<Opened, Refusal> {
    let block = given.bytes()?;
    let maker = given.signer("maker")?;
    let manifest = Manifest::open(&pointer(given, &block)?, &block, maker.as_ref())?.object;
    let checks = ["size", "its block", "opens", "frame", "signature", "version and fields", "clear links"];
    let opened = Opened::new("a manifest", &manifest.to_ipld(), &checks);
    if given.get("album").is_none() {
        return Ok(opened);
    }
    let (share, album) = (InnerId(given.array("share")?), ShareId::from(given.array::<20>("album")?));
    check_part(share, &album, &manifest)?;
    Ok(opened.and("it is this part of this album"))
}

fn header(given: &Given<'_>) -> Result<Opened, Refusal> {
    let block = Block::decode(&given.bytes()?)?;
    let author = given.key("author")?;
    let key = ShareKey::from_bytes(given.array("share_key")?);
    for name in ["pair_alice_alice", "pair_alice_bob", "pair_alice_carol"] {
        if given.get(name).is_some() && block.open_slot(&given.array(name)?).as_ref() != Some(&key) {
            return Err(Refusal::Unusable(format!("`{name}` opens no slot")));
        }
    }
    let header = block.open(&key, Some(&author))?.object;
    let checks =
        ["size", "strict DAG-CBOR", "commitment", "opens", "frame", "signature", "fields", "clear link"];
    let opened = Opened::new("a header", &header.to_ipld(), &checks);
    let Ok(node) = given.hex("manifest") else { return Ok(opened) };
    let found = Manifest::open(&header.manifest, &node, None)?;
    let links = if block.links.is_empty() { Links::None } else { Links::Manifest };
    let id = ShareId::new(author.as_bytes(), header.share);
    let header = OpenedHeader { id, key, header, links };
    check_manifest(&header, &author.into(), &found.object, &found.signer.into())?;
    Ok(opened.and("the manifest says the same"))
}

fn page(given: &Given<'_>) -> Result<Opened, Refusal> {
    let ring = ring(given, "reader_phrase")?;
    let author = Id::from(given.key("author")?);
    let opened = social::letterbox::open(&ring, &author, &given.bytes()?)?;
    let no = |name: &str, value: Ipld| (name.to_owned(), value);
    let content = Ipld::Map(
        [
            no("no", opened.no.to_ipld()),
            no("notes", opened.notes.to_ipld()),
            no("older", opened.older.to_ipld()),
        ]
        .into(),
    );
    let mut contact = Contact::new(author, Vec::new(), 0, 0);
    for note in &opened.notes {
        let Says::Devices { certificates, removed } = &note.says else { continue };
        let certificates = certificates.iter().map(|bytes| serde_bytes::ByteBuf::from(bytes.to_vec()));
        contact.apply_devices(certificates, 0);
        if let Some(removed) = removed {
            contact.removed.take_in(RemovedDevices::new(note.time, removed.iter().copied()), now(given));
        }
    }
    let devices = contact.acting_devices().map(|device| hex(device.certificate.device.as_bytes()));
    let removed = contact.removed.keys().map(|device| hex(device.as_bytes()));
    for (name, found) in [("devices", devices.collect::<Vec<_>>()), ("removed", removed.collect())] {
        let expected = given.get(name).and_then(Json::as_array);
        if expected.is_some_and(|expected| !found.iter().eq(expected)) {
            return Err(Refusal::Unusable(format!("`{name}` are others")));
        }
    }
    let checks = ["size", "strict DAG-CBOR", "intro opens", "opens", "frame", "notes", "older pages"];
    Ok(Opened::new("a page", &content, &checks))
}

fn comment(given: &Given<'_>) -> Result<Opened, Refusal> {
    let (bytes, share) = (given.bytes()?, ShareId::from(given.array::<20>("share")?));
    let comment = Comment::open(&bytes, &share, given.signer("signer")?.as_ref())?.object;
    if given.array("name").is_ok_and(|expected: [u8; 32]| expected != name_of(&bytes)) {
        return Err(Refusal::Unusable("`name` is another".to_owned()));
    }
    Ok(Opened::new("a comment", &comment.to_ipld(), &SIGNED).and("of this share"))
}

fn answers(given: &Given<'_>) -> Result<Opened, Refusal> {
    let key = ShareKey::from_bytes(given.array("share_key")?);
    let share = ShareId::from(given.array::<20>("share")?);
    let content = Page::decode(&given.bytes()?)?.open(&key.answers_secret())?;
    let names = content.notes.iter().filter_map(|note| match &note.says {
        Says::Comment { comment } => {
            Comment::open(comment, &share, None).ok().map(|_| hex(&name_of(comment)))
        }
        _ => None,
    });
    let names: Vec<_> = names.collect();
    if given.get("names").and_then(Json::as_array).is_some_and(|expected| *expected != names) {
        return Err(Refusal::Unusable("`names` are others".to_owned()));
    }
    let checks = ["size", "strict DAG-CBOR", "opens", "frame", "notes", "older pages", "each comment"];
    Ok(Opened::new("a list of answers", &content.to_ipld(), &checks))
}

fn map(given: &Given<'_>) -> Result<Opened, Refusal> {
    let mut map = Map::decode(&given.bytes()?)?;
    let value = map.to_ipld();
    for node in given.list("nodes")? {
        map.take(&cid_of(DAG_CBOR, &node), &node)?;
    }
    for list in given.list("lists")? {
        Pages::decode(&list)?;
    }
    if let Ok(newest) = given.cid("newest") {
        let (author, reader) = (given.key("author")?, given.key("reader")?);
        let found = map.find(&given.array("shared_label")?, Between::people(&author, &reader));
        if found != Some(newest) {
            return Err(Refusal::Unusable("`newest` is not what the map has".to_owned()));
        }
    }
    Ok(Opened::new(
        "a letterbox map",
        &value,
        &["size", "strict DAG-CBOR", "version and fields", "its blocks"],
    ))
}

fn vault(given: &Given<'_>) -> Result<Opened, Refusal> {
    let block = given.bytes()?;
    if given.get("key").is_none() {
        let buckets = Buckets::decode(&block)?;
        return Ok(Opened::new("the root of a vault", &buckets.to_ipld(), &["size", "version and fields"]));
    }
    let bucket = Bucket::open(&given.array("key")?, &block)?;
    let checks = ["size", "strict DAG-CBOR", "opens", "frame", "version and entries"];
    let opened = Opened::new("a bucket of a vault", &bucket.to_ipld(), &checks);
    let whole = |buckets: &[&Bucket]| {
        let mut vault = Vault::default();
        for bucket in buckets {
            vault.merge([(*bucket).clone()]);
        }
        dag_json(&vault.whole().to_ipld())
    };
    if let Some(upgraded) = given.get("upgraded") {
        if whole(&[&bucket]) != *upgraded {
            return Err(Refusal::Unusable("`upgraded` is another".to_owned()));
        }
        return Ok(opened.and("as version 2"));
    }
    let Some(merged) = given.get("merged") else { return Ok(opened) };
    let another = Bucket::open(&given.array("key")?, &given.hex("another")?)?;
    for order in [[&bucket, &another, &bucket], [&another, &bucket, &another]] {
        if whole(&order) != *merged {
            return Err(Refusal::Unusable("`merged` is another".to_owned()));
        }
    }
    Ok(opened.and("merged with another"))
}

fn keystore(given: &Given<'_>) -> Result<Opened, Refusal> {
    let stored = Keystore::decode(&given.bytes()?)?;
    let opened = Opened::new("a keystore", &stored.to_ipld(), &["size", "version and fields"]);
    let opened = match given.text("passphrase") {
        Ok(passphrase) => {
            let recipe = keys::keystore::recipe(&stored).map_err(unusable)?;
            let key = recipe.derive(passphrase).map_err(unusable)?;
            keys::keystore::open(&stored, &key).map_err(not_unlocked)?;
            opened.and("the passphrase").and("the identity")
        }
        Err(_) => opened,
    };
    let (Ok(credential), Ok(prf)) = (given.hex("credential"), given.array("prf")) else { return Ok(opened) };
    let wrap = stored.passkeys().find(|wrap| wrap.credential == credential);
    let rp = &wrap.ok_or_else(|| unusable("there is no such passkey"))?.rp;
    keys::keystore::open_with_passkey(&stored, rp, &credential, &prf).map_err(not_unlocked)?;
    Ok(opened.and("the passkey").and("the identity"))
}

fn not_unlocked(why: UnlockError) -> Refusal {
    match why {
        UnlockError::WrongPassphrase | UnlockError::Passkey(PasskeyError::Wrong) => {
            Refusal::of("sealed", why)
        }
        UnlockError::Damaged => Refusal::of("field:id", why),
        why => unusable(why),
    }
}

fn unusable(why: impl std::fmt::Display) -> Refusal {
    Refusal::Unusable(why.to_string())
}

fn device_code(given: &Given<'_>) -> Result<Opened, Refusal> {
    let code: Code = given.text("text")?.parse().map_err(|error: CodeError| match error {
        CodeError::Other | CodeError::Malformed | CodeError::Old => Refusal::of("text", error),
        CodeError::Decode(error) => error.into(),
    })?;
    Ok(Opened::new("a code of a device", &code.to_ipld(), &["base64url", "checksum", "version and fields"]))
}

/// What the new device makes of what it is given.
fn device_link(given: &Given<'_>) -> Result<Opened, Refusal> {
    let (secret, device) = (Secret::from_bytes(given.array("secret")?), given.key("old")?);
    let code = Code { device, relays: vec![], secret, until: 0 };
    let name = given.text("name")?.to_owned();
    let joiner = Joiner::with_nonce(code, given.key("new")?, name, given.array("nonce_new")?);
    let joined = joiner.answer(&given.array("nonce_old")?);
    let welcomed = joined.welcome(given.key("id")?.into(), &given.array("welcome_mac")?);
    let welcomed = welcomed.map_err(|why| Refusal::Unusable(why.to_string()))?;
    let inherited = welcomed.open(&given.bytes()?).map_err(|error| match error {
        InheritError::AnotherIdentity => Refusal::of("field:seed", error),
        InheritError::Refused(error) => error.into(),
    })?;
    let opened =
        Opened::new("a handover", &Ipld::Bool(true), &["the welcome", "the box", "version and fields"]);
    Ok(Opened { value: None, ..opened }.and(format!("of {}", inherited.ring.id())))
}

//! The world: one connected set of objects, from three records to the bytes of files, and what Bob must see of it.
//!
//! Alice has a letterbox for Bob and one for Carol, and a link. Bob has one for Alice. Carol has none for Bob: what he
//! sees of her, Alice passed on.

use ipld_core::ipld::Ipld;
use serde_json::{Value as Json, json};
use spinney::crypto::block;
use spinney::dag;
use spinney::format::device::Certificate;
use spinney::format::feed;
use spinney::format::header::{Block, Header, Links, ShareKey};
use spinney::format::link::Link;
use spinney::format::manifest::{Branch, ChunkList, Chunks, Entry, Kind, Listing, Manifest, Preview};
use spinney::format::map::{Letterbox, Map};
use spinney::format::node::{self, Pointer};
use spinney::format::note::{Note, ReceiptState, Says};
use spinney::format::page::{Between, Content, Older, Page};
use spinney::format::public::PublicShare;
use spinney::format::root::Root;
use spinney::format::secret::Secret;
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::vault::{Buckets, Vault};
use spinney::format::{Cid, DAG_CBOR, DAG_PB, RAW, Value, cid_of, ipns, limits, signed};
use spinney::keys::link::{PasswordKey, label_secret, pair_secret};
use zeroize::Zeroizing;

use crate::case::{fixed, hex, stream};
use crate::file_in_world as file;
use crate::people::{NOON, Person, RELAY, alice, bob, carol, device};
use crate::world_archive::Maker;
use crate::world_files::{File, directory, lake_files, link_files, preview};

/// Bytes of a file in each chunk: the smallest that is allowed, so that the archive is small.
pub(crate) const CHUNK: u64 = 64 << 10;

/// The password of the link, as a keyboard may type it.
const PASSWORD: &str = "Ame\u{301}lie likes trees";

/// The world as it is stored: `world.json` and its archive.
pub(crate) struct World {
    pub(crate) json: String,
    pub(crate) car: Vec<u8>,
}

pub(crate) fn world() -> World {
    let mut maker = Maker::default();
    let alices = maker.alice();
    let bobs = maker.bob();
    let carols = maker.carol();
    let json = json!({
        "says": "What three people published, in one archive. Bob reads it from his phrase and their records.",
        "car": "world.car",
        "now": NOON + 10,
        "reader": { "phrase": hex(bob().phrase.as_bytes()), "pk": hex(bob().pk()) },
        "records": {
            alice().ring.id().to_string(): hex(&alices.record),
            bob().ring.id().to_string(): hex(&bobs.0),
            carol().ring.id().to_string(): hex(&carols.0),
        },
        "link": { "text": alices.link, "password": PASSWORD },
        "closed": { "author": alice().ring.id().to_string(), "header": alices.closed.to_string() },
        "sees": {
            "people": {
                alice().ring.id().to_string(): alices.sees,
                bob().ring.id().to_string(): bobs.1,
                carol().ring.id().to_string(): carols.1,
            },
            "link": alices.by_link,
        },
    });
    World { json: serde_json::to_string_pretty(&json).unwrap() + "\n", car: maker.car() }
}

/// What Alice published, and what Bob must see of it.
struct Alices {
    record: Vec<u8>,
    link: String,
    sees: Json,
    by_link: Json,
    /// The header from which Bob was removed.
    closed: Cid,
}

/// A share: what its header says, where that is, and what a reader must see.
struct Share {
    note: Note,
    sees: Json,
}

impl Maker {
    /// The chunks of a file, sealed by its author.
    fn chunks(&mut self, author: &Person, bytes: &[u8]) -> Vec<Pointer> {
        let mut filled = bytes.to_vec();
        filled.resize(usize::try_from(dag::padded(bytes.len() as u64, CHUNK)).unwrap(), 0);
        let mut chunks = Vec::new();
        for plaintext in filled.chunks(usize::try_from(CHUNK).unwrap()) {
            let (key, sealed) = block::seal(author.ring.chunk_secret(), plaintext);
            chunks.push(Pointer { cid: self.block(RAW, sealed), key });
        }
        chunks
    }

    fn node<T: node::Content>(&mut self, key: &ShareKey, content: &T) -> Pointer {
        let (pointer, block) = node::seal(&key.manifest_secret(), content).unwrap();
        self.put(block);
        pointer
    }

    fn entry(&mut self, author: &Person, key: &ShareKey, file: &File) -> Entry {
        let chunks = self.chunks(author, &file.bytes);
        let chunks = match file.in_parts {
            true => Chunks::Parts(vec![self.node(key, &ChunkList(chunks))]),
            false => Chunks::Inline(chunks),
        };
        let preview = file.preview.then(|| self.node(key, &Preview(preview().into())));
        Entry {
            path: file.path.to_owned(),
            size: file.bytes.len() as u64,
            media_type: file.media_type.to_owned(),
            modified: file.preview.then_some(NOON),
            preview,
            chunks,
        }
    }

    /// A manifest by `maker`: its files in it, or in two listings below it.
    fn manifest(
        &mut self,
        maker: &Person,
        key: &ShareKey,
        share: &str,
        kind: Kind,
        files: &[File],
    ) -> Pointer {
        let entries: Vec<_> = files.iter().map(|file| self.entry(maker, key, file)).collect();
        let listing = match entries.len() {
            0..3 => Listing::Entries(entries),
            _ => {
                let (first, second) = entries.split_at(2);
                let branch = |maker: &mut Self, entries: &[Entry]| Branch {
                    first: entries[0].path.clone(),
                    node: maker.node(key, &Listing::Entries(entries.to_vec())),
                };
                Listing::Index(vec![branch(self, first), branch(self, second)])
            }
        };
        let manifest = Manifest {
            share: InnerId(fixed(share)),
            kind,
            files: files.len() as u64,
            size: files.iter().map(|file| file.bytes.len() as u64).sum(),
            chunk: CHUNK,
            listing,
            folders: None,
            album: None,
            parts: None,
            extra: Default::default(),
        };
        let (pointer, block) = manifest.seal(maker.key(), &key.manifest_secret()).unwrap();
        self.put(block);
        pointer
    }

    /// Alice's header for the holders of these pair secrets.
    fn header(&mut self, of: &Of<'_>, pairs: &[&[u8; 32]], manifest: Pointer, files: &[File]) -> Share {
        let alice = alice();
        let header = Header {
            share: InnerId(fixed(of.share)),
            rev: of.rev,
            kind: of.kind,
            created: NOON,
            title: of.title.to_owned(),
            note: of.note.to_owned(),
            manifest,
            adds: None,
            answers: None,
            album: None,
            more: None,
            cover: None,
            order: None,
            until: None,
            extra: Default::default(),
        };
        let own = alice.ring.own_secret();
        let pairs = [&[&*own], pairs].concat();
        let links = if of.maker.id == alice.id { Links::Manifest } else { Links::None };
        let name = format!("world header of {} {}", of.share, of.rev);
        let block = Block::seal(&header, alice.key(), &of.key, &pairs, links, &mut stream(&name)).unwrap();
        let says = Says::Share {
            share: header.share,
            rev: header.rev,
            header: self.put(block),
            keepers: if links == Links::None { vec![RELAY.to_owned()] } else { vec![] },
        };
        let kind = String::from_ipld(of.kind.to_ipld()).unwrap();
        let sees = json!({
            "id": ShareId::new(alice.pk(), header.share).to_string(), "rev": of.rev, "kind": kind,
            "title": of.title, "note": of.note, "maker": of.maker.ring.id().to_string(),
            "files": files.iter().map(File::sees).collect::<Vec<_>>(),
        });
        Share { note: Note { time: NOON, says }, sees }
    }

    /// A page of this person for somebody.
    fn page(&mut self, author: &Person, reader: &Person, content: &Content) -> Cid {
        let name = format!("world page {} of {:?} for {:?}", content.no, author.id, reader.id);
        let pair = author.pair(reader);
        let page = Page::seal(content, &pair, author.to(reader), &reader.kem_public(), &mut stream(&name));
        self.put(page.unwrap())
    }

    /// Profile, map, vault and root of a person, and the record that names the root.
    fn publish(&mut self, person: &Person, name: &str, map: Vec<u8>, feed: Option<Cid>) -> Vec<u8> {
        let profile = self.put(signed::sign(person.key(), &person.profile(name)).unwrap());
        let mut vault = Vault::default();
        vault.set("draft/world", Some(&Ipld::String(name.to_owned())), NOON, person.pk());
        let random = &mut stream(&format!("world vault of {name}"));
        let bucket = vault.whole().seal(person.ring.vault_key(), random).unwrap();
        let bucket = self.put(bucket);
        let root = Root {
            seq: NOON / 1000,
            prev: vec![],
            time: NOON,
            profile,
            letterboxes: self.put(map),
            vault: self.put(Buckets::new(vec![bucket]).encode()),
            feed,
            successor: None,
            extra: Default::default(),
        };
        let root = self.put(signed::sign(person.key(), &root).unwrap());
        self.root.get_or_insert(root);
        ipns::sign(person.key(), &root, NOON / 1000, NOON)
    }

    fn alice(&mut self) -> Alices {
        let (alice, bob, carol) = (alice(), bob(), carol());
        let pair = |reader: &Person| alice.pair(reader);
        let lake = self.own(
            "lake",
            Kind::Contacts,
            "A day at the lake",
            &lake_files(),
            &[&pair(&bob), &pair(&carol)],
        );
        let trees = self.passed_on(&[&pair(&bob)]);
        let (plans, closed) = self.plans();
        let link = Link {
            id: alice.id,
            secret: Secret::from_bytes(fixed("world link secret")),
            relays: vec![RELAY.to_owned()],
            seq: NOON / 1000,
            until: None,
        };
        let password = PasswordKey::derive(&link.secret, PASSWORD).unwrap();
        let (label, link_pair) = (label_secret(&link.secret), pair_secret(&link.secret, &password));
        let by_link =
            self.own("by link", Kind::Link, "For all who have the link", &link_files(), &[&link_pair]);

        let certificate = Certificate {
            device: device().verifying_key(),
            from: NOON,
            until: NOON + limits::CERTIFICATE_MS,
            extra: Default::default(),
        };
        let certificate = signed::sign(alice.key(), &certificate).unwrap();
        let note = |says: Says| Note { time: NOON, says };
        let taken_back = InnerId(fixed("taken back"));
        let withdrawn = cid_of(DAG_CBOR, b"a header that nobody keeps any more");
        let first = vec![
            note(Says::Devices { certificates: vec![certificate.into()], removed: None }),
            plans.note.clone(),
            note(Says::Share { share: taken_back, rev: 0, header: withdrawn, keepers: vec![] }),
        ];
        let first = self.page(&alice, &bob, &Content { no: 1, notes: first, older: vec![] });
        let newest = vec![
            lake.note.clone(),
            trees.note.clone(),
            note(Says::Gone { share: taken_back, rev: None }),
            note(Says::Receipt { share: InnerId(fixed("of Bob")), rev: 3, state: ReceiptState::Opened }),
            note(Says::Ack { no: 1 }),
        ];
        let older = vec![Older { no: 1, cid: first }];
        let newest = self.page(&alice, &bob, &Content { no: 2, notes: newest, older });
        let for_carol = vec![lake.note.clone()];
        let for_carol = self.page(&alice, &carol, &Content { no: 1, notes: for_carol, older: vec![] });
        let of_link = Content { no: 1, notes: vec![by_link.note.clone()], older: vec![] };
        let of_link =
            Page::seal_for_link(&of_link, &link_pair, &mut stream("world page of the link")).unwrap();
        let of_link = self.put(of_link);
        let shared = [alice.shared_label(&bob), alice.shared_label(&carol)];
        let letterboxes = [
            Letterbox { shared: &shared[0], between: alice.to(&bob), newest },
            Letterbox { shared: &shared[1], between: alice.to(&carol), newest: for_carol },
            Letterbox { shared: &label, between: Between::link(&alice.id), newest: of_link },
        ];
        let random = &mut stream("world map of Alice");
        let decoys: Vec<_> = (3..16).map(|_| self.put(Page::decoy(random))).collect();
        let pages = [&[first, newest, for_carol, of_link][..], &decoys].concat();
        let (map, _) = Map::seal(&letterboxes, 0, &pages, random).unwrap();
        let (feed, public) = self.feed();
        let record = self.publish(&alice, "Alice", map, Some(feed));
        let mut shares = vec![lake.sees, trees.sees, plans.sees];
        shares.sort_by_key(|share| share["id"].as_str().unwrap().to_owned());
        let gone = ShareId::new(alice.pk(), taken_back).to_string();
        let receipt = ShareId::new(bob.pk(), InnerId(fixed("of Bob"))).to_string();
        let sees = json!({
            "name": "Alice", "letterbox": true, "devices": [hex(device().verifying_key().as_bytes())],
            "acknowledged": 1, "receipts": [[receipt, 3]], "gone": [gone], "shares": shares, "feed": [public],
        });
        Alices { record, link: link.to_string(), sees, by_link: by_link.sees, closed }
    }

    /// A share of Alice's own.
    fn own(
        &mut self,
        share: &str,
        kind: Kind,
        title: &str,
        files: &[File],
        pairs: &[&Zeroizing<[u8; 32]>],
    ) -> Share {
        let alice = alice();
        let key = ShareKey::from_bytes(fixed(&format!("world share key of {share}")));
        let manifest = self.manifest(&alice, &key, share, kind, files);
        let of = Of { share, rev: 0, kind, title, note: "Look at the last one!", maker: &alice, key };
        let pairs: Vec<_> = pairs.iter().map(|pair| &***pair).collect();
        self.header(&of, &pairs, manifest, files)
    }

    /// Carol's share, which Alice passes on: another maker, another share key, no clear link.
    fn passed_on(&mut self, pairs: &[&Zeroizing<[u8; 32]>]) -> Share {
        let carol = carol();
        let carols_key = ShareKey::from_bytes(fixed("world share key of Carol"));
        let files = vec![File::new("oak.jpg", "image/jpeg", b"An oak".to_vec())];
        let manifest = self.manifest(&carol, &carols_key, "trees", Kind::Contacts, &files);
        let of = Of {
            share: "trees",
            rev: 4,
            kind: Kind::Contacts,
            title: "Trees",
            note: "",
            maker: &carol,
            key: ShareKey::from_bytes(fixed("world share key of trees")),
        };
        let pairs: Vec<_> = pairs.iter().map(|pair| &***pair).collect();
        self.header(&of, &pairs, manifest, &files)
    }

    /// A share from which Bob was removed: the header that he was told of, and the later one, which is not for him.
    fn plans(&mut self) -> (Share, Cid) {
        let (alice, bob, carol) = (alice(), bob(), carol());
        let (for_bob, for_carol) = (alice.pair(&bob), alice.pair(&carol));
        let files = vec![File::new("plan.txt", "text/plain", b"To the sea, in July.".to_vec())];
        let told = self.own("plans", Kind::Contacts, "Plans", &files, &[&for_bob, &for_carol]);
        let files =
            vec![File::new("plan.txt", "text/plain", b"To the sea, in August, without Bob.".to_vec())];
        let key = ShareKey::from_bytes(fixed("world share key of plans after the removal"));
        let manifest = self.manifest(&alice, &key, "plans", Kind::Contacts, &files);
        let kind = Kind::Contacts;
        let of = Of { share: "plans", rev: 1, kind, title: "Plans", note: "", maker: &alice, key };
        let later = self.header(&of, &[&for_carol], manifest, &files);
        let Says::Share { header, .. } = later.note.says else { panic!("a header is told of by a share") };
        (told, header)
    }

    /// Alice's feed: one public share of two files, one of them in a folder.
    fn feed(&mut self) -> (Cid, Json) {
        let alice = alice();
        let files: [(&str, &[u8]); 2] = [("poems/spring.txt", b"Green again."), ("read me.txt", b"Poems.")];
        let [spring, read_me] = files.map(|(_, bytes)| self.block(RAW, bytes.to_vec()));
        let poems = directory(&[("spring.txt", spring, 12)]);
        let poems_size = (poems.len() + 12) as u64;
        let poems = self.block(DAG_PB, poems);
        let root =
            self.block(DAG_PB, directory(&[("poems", poems, poems_size), ("read me.txt", read_me, 6)]));
        let share = PublicShare {
            share: InnerId(fixed("world public share")),
            rev: 0,
            created: NOON,
            title: "Poems".to_owned(),
            note: String::new(),
            root,
            files: 2,
            size: 18,
            extra: Default::default(),
        };
        let object = signed::sign(alice.key(), &share).unwrap();
        self.put(object.clone());
        let entry =
            feed::Entry { time: NOON, says: feed::Says::Share { object: object.into(), keepers: vec![] } };
        let page = feed::Page { no: 1, entries: vec![entry], older: vec![], extra: Default::default() };
        let page = self.put(signed::sign(alice.key(), &page).unwrap());
        let sees = json!({
            "id": ShareId::new(alice.pk(), share.share).to_string(), "maker": alice.ring.id().to_string(),
            "title": "Poems", "files": files.map(|(path, bytes)| file(path, bytes, None)),
        });
        (page, sees)
    }

    fn bob(&mut self) -> (Vec<u8>, Json) {
        let (alice, bob) = (alice(), bob());
        let notes = vec![Note { time: NOON, says: Says::Ack { no: 2 } }];
        let page = self.page(&bob, &alice, &Content { no: 1, notes, older: vec![] });
        let shared = bob.shared_label(&alice);
        let letterboxes = [Letterbox { shared: &shared, between: bob.to(&alice), newest: page }];
        let (map, _) = Map::seal(&letterboxes, 0, &[page], &mut stream("world map of Bob")).unwrap();
        (self.publish(&bob, "Bob", map, None), json!({ "name": "Bob", "feed": [] }))
    }

    fn carol(&mut self) -> (Vec<u8>, Json) {
        let (map, _) = Map::seal(&[], 0, &[], &mut stream("world map of Carol")).unwrap();
        let sees = json!({ "name": "Carol", "letterbox": false, "feed": [] });
        (self.publish(&carol(), "Carol", map, None), sees)
    }
}

/// What a header of Alice's says.
struct Of<'a> {
    share: &'a str,
    rev: u64,
    kind: Kind,
    title: &'a str,
    note: &'a str,
    maker: &'a Person,
    key: ShareKey,
}

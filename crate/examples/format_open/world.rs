//! Reads a connected set of objects as one of its people, from records to the bytes of files.
//!
//! The way is the one of `FORMAT.md`, "The picture", by the functions that Spinney itself uses.

use std::collections::BTreeMap;
use std::rc::Rc;

use futures::executor::block_on;
use futures::{StreamExt, TryStreamExt};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use spinney::dag::{self, Fetch, unixfs};
use spinney::format::ipns::Record;
use spinney::format::link::Link;
use spinney::format::manifest::Kind;
use spinney::format::map::Map;
use spinney::format::note::Says;
use spinney::format::profile::Profile;
use spinney::format::root::Root;
use spinney::format::share_id::ShareId;
use spinney::format::{Cid, signed};
use spinney::keys::link::PasswordKey;
use spinney::keys::{Id, Phrase, Ring};
use spinney::social::contact::{Contact, RemovedDevices};
use spinney::social::feed::{self, Change};
use spinney::social::letterbox::{self, Pages, WalkError};
use spinney::social::link::{OpenError, OpenedLink};
use spinney::social::root;
use spinney::social::share::{self, OpenedHeader};

use crate::car::Blocks;
use crate::given::{Refusal, hex, missing};

/// What a person sees, and how it was found.
pub(crate) struct Seen {
    /// As `sees` of `world.json`.
    pub(crate) sees: Json,
    /// One line for each step.
    pub(crate) steps: Vec<String>,
}

/// Reads the world that `json` describes, whose blocks are in `blocks`.
///
/// # Errors
///
/// With the code of the first check that refuses.
pub(crate) fn read(json: &Json, blocks: Blocks) -> Result<Seen, Refusal> {
    let phrase = bytes(&json["reader"]["phrase"], "reader.phrase")?;
    let phrase = phrase.try_into().map_err(|_| Refusal::Unusable("a phrase has 32 bytes".to_owned()))?;
    let reader = Ring::from_phrase(&Phrase::from_bytes(phrase));
    let mut world = World {
        blocks: Rc::new(blocks),
        reader: Rc::new(reader),
        now: json["now"].as_u64().ok_or_else(|| missing("now"))?,
        steps: Vec::new(),
    };
    let records = json["records"].as_object().ok_or_else(|| missing("records"))?;
    let mut people = serde_json::Map::new();
    for (name, record) in records {
        let id: Id = name.parse().map_err(|_| Refusal::Unusable(format!("{name} is no identity")))?;
        people.insert(name.clone(), world.person(&id, &bytes(record, name)?)?);
    }
    let mut sees = json!({ "people": people });
    if let Some(text) = json["link"]["text"].as_str() {
        let password = json["link"]["password"].as_str().unwrap_or_default();
        let link: Link = text.parse().map_err(|error| Refusal::of("text", error))?;
        let record =
            records.get(&Id::from(link.id).to_string()).ok_or_else(|| missing("the link's record"))?;
        sees["link"] = world.link(link, password, &bytes(record, "record")?)?;
    }
    Ok(Seen { sees, steps: world.steps })
}

fn bytes(value: &Json, name: &str) -> Result<Vec<u8>, Refusal> {
    let text = value.as_str().ok_or_else(|| missing(name))?;
    data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| missing(name))
}

struct World {
    blocks: Rc<Blocks>,
    reader: Rc<Ring>,
    now: u64,
    steps: Vec<String>,
}

impl World {
    fn step(&mut self, step: impl Into<String>) {
        self.steps.push(step.into());
    }

    fn fetch(&self) -> Rc<dyn Fetch> {
        Rc::clone(&self.blocks) as Rc<dyn Fetch>
    }

    /// The root of an identity, by its record.
    fn root(&mut self, id: &Id, record: &[u8]) -> Result<(Record, Root), Refusal> {
        let record = root::verify_record(id, record, self.now)?;
        let block = self.blocks.get(&record.root)?;
        let root = root::open(id, &record, &block)?;
        self.step(format!("{id}: record of sequence {} and root {}", record.sequence, record.root));
        Ok((record, root))
    }

    /// The map that a root names, with its blocks of entries.
    fn map(&self, root: &Root) -> Result<Map, Refusal> {
        let mut map = Map::decode(&self.blocks.get(&root.letterboxes)?)?;
        for node in map.nodes.clone() {
            map.take(&node.cid, &self.blocks.get(&node.cid)?)?;
        }
        Ok(map)
    }

    /// What the reader sees of one identity.
    fn person(&mut self, id: &Id, record: &[u8]) -> Result<Json, Refusal> {
        let (_, root) = self.root(id, record)?;
        let profile = self.blocks.get(&root.profile)?;
        let mut contact = Contact::new(*id, Vec::new(), 0, self.now);
        contact.apply_profile(root.seq, root.profile, &profile)?;
        let profile = signed::open::<Profile>(&profile, Some(&id.verifying_key()))?.object;
        self.step(format!("profile: {}", profile.name));
        let mut sees = json!({ "name": profile.name });
        if *id != self.reader.id() {
            self.letterbox(id, &profile, &root, &mut contact, &mut sees)?;
        }
        sees["feed"] = match root.feed {
            Some(newest) => self.feed(id, newest)?,
            None => json!([]),
        };
        Ok(sees)
    }

    /// What the letterbox of an author has for the reader.
    fn letterbox(
        &mut self,
        author: &Id,
        profile: &Profile,
        root: &Root,
        contact: &mut Contact,
        sees: &mut Json,
    ) -> Result<(), Refusal> {
        let map = self.map(root)?;
        let Some(newest) = letterbox::find(&self.reader, author, &profile.label, &map) else {
            self.step("no letterbox for the reader");
            sees["letterbox"] = json!(false);
            return Ok(());
        };
        let reader = Rc::clone(&self.reader);
        let mut walk = letterbox::Walk::new(&reader, *author, None, newest);
        while let Some(cid) = walk.wanted().next() {
            walk.add(cid, &self.blocks.get(&cid)?).map_err(refused)?;
            self.step(format!("page {cid}"));
        }
        let news = walk.finish().ok_or_else(|| missing("a page"))?;
        let mut headers = BTreeMap::new();
        let mut gone = Vec::new();
        let mut acknowledged = None;
        let mut receipts = Vec::new();
        for note in &news.notes {
            match &note.says {
                Says::Share { share, rev, header, .. } => {
                    let id = ShareId::new(author.as_bytes(), *share);
                    if headers.get(&id).is_none_or(|(known, _)| known < rev) {
                        headers.insert(id, (*rev, *header));
                    }
                }
                Says::Gone { share, rev } => gone.push((ShareId::new(author.as_bytes(), *share), *rev)),
                Says::Devices { certificates, removed } => {
                    let list = certificates.iter().map(|bytes| serde_bytes::ByteBuf::from(bytes.to_vec()));
                    contact.apply_devices(list, self.now);
                    if let Some(removed) = removed {
                        contact
                            .removed
                            .take_in(RemovedDevices::new(note.time, removed.iter().copied()), self.now);
                    }
                }
                Says::Ack { no } => acknowledged = Some(*no),
                Says::Receipt { share, rev, .. } => {
                    let id = ShareId::new(self.reader.id().as_bytes(), *share);
                    receipts.push(json!([id.to_string(), rev]));
                }
                Says::Comment { .. }
                | Says::CommentGone { .. }
                | Says::Answers { .. }
                | Says::Visible { .. }
                | Says::Contacts { .. }
                | Says::Introduction { .. }
                | Says::KeepOffer { .. }
                | Says::Keep { .. }
                | Says::KeepState { .. }
                | Says::Keepers { .. }
                | Says::Other(_) => {}
            }
        }
        for (id, rev) in &gone {
            if headers.get(id).is_some_and(|(known, _)| rev.is_none_or(|rev| *known <= rev)) {
                headers.remove(id);
            }
        }
        let mut shares = Vec::new();
        for (_, (_, header)) in headers {
            shares.push(self.share(author, &news.pair, &header)?);
        }
        // By the text of their ids, which is not the order of the ids.
        shares.sort_by_key(|share: &Json| share["id"].as_str().map(str::to_owned));
        let devices = contact.acting_devices().map(|device| hex(device.certificate.device.as_bytes()));
        sees["letterbox"] = json!(true);
        sees["devices"] = devices.collect();
        sees["acknowledged"] = json!(acknowledged);
        sees["receipts"] = json!(receipts);
        sees["gone"] = gone.iter().map(|(id, _)| id.to_string()).collect();
        sees["shares"] = json!(shares);
        Ok(())
    }

    /// A share, by its header, down to the bytes of its files.
    fn share(&mut self, author: &Id, pair: &[u8; 32], header: &Cid) -> Result<Json, Refusal> {
        let block = self.blocks.get(header)?;
        let Some(opened) = share::open(author, pair, &block)? else {
            return Err(Refusal::Unusable(format!("{header} has no slot for the reader")));
        };
        let OpenedHeader { id, header: ref said, .. } = opened;
        self.step(format!("header {header}: {}", said.title));
        let pointer = said.manifest.clone();
        let reader = block_on(dag::Reader::open(self.fetch(), &pointer, None)).map_err(unread)?;
        let maker = Id::from(*reader.maker());
        share::check_manifest(&opened, author, reader.manifest(), &maker)?;
        let files = self.files(&reader)?;
        let kind = match said.kind {
            Kind::Contacts => "contacts",
            Kind::Own => "self",
            Kind::Link => "link",
            Kind::Letter => "letter",
        };
        Ok(json!({
            "id": id.to_string(), "rev": said.rev, "kind": kind, "title": said.title, "note": said.note,
            "maker": maker.to_string(), "files": files,
        }))
    }

    fn files(&mut self, reader: &dag::Reader) -> Result<Vec<Json>, Refusal> {
        let mut files = Vec::new();
        let entries = block_on(reader.list(None, usize::MAX)).map_err(unread)?;
        for entry in entries {
            let read: Vec<_> = block_on(reader.read(&entry, 0, u64::MAX).try_collect()).map_err(unread)?;
            let preview = block_on(reader.preview(&entry)).map_err(unread)?;
            let mut file = file(&entry.path, &read.concat(), Some(&entry.media_type));
            if entry.size != file["size"].as_u64().unwrap_or_default() {
                return Err(Refusal::Unusable(format!("{} has another size", entry.path)));
            }
            if let Some(preview) = preview {
                file["preview"] = hex(&Sha256::digest(&preview));
            }
            self.step(format!("file {}: {} bytes", entry.path, entry.size));
            files.push(file);
        }
        Ok(files)
    }

    /// What an identity shared with everybody.
    fn feed(&mut self, owner: &Id, newest: Cid) -> Result<Json, Refusal> {
        let mut walk = feed::Walk::new(*owner, None, newest);
        while let Some(cid) = walk.wanted().next() {
            walk.add(cid, &self.blocks.get(&cid)?).map_err(refused)?;
            self.step(format!("page of a feed {cid}"));
        }
        let news = walk.finish().ok_or_else(|| missing("a page of a feed"))?;
        let mut shares = Vec::new();
        for change in news.changes {
            let Change::Shared(shared) = change else { continue };
            let folder = unixfs::Folder::new(self.fetch(), shared.share.root);
            let mut files = Vec::new();
            let found: Vec<_> = block_on(folder.files(None).try_collect()).map_err(unread)?;
            for entry in found {
                let pieces = folder.read(&entry, 0, u64::MAX).map(|piece| piece.map_err(unread));
                let read: Vec<bytes::Bytes> = block_on(pieces.try_collect())?;
                files.push(file(&entry.path, &read.concat(), None));
            }
            self.step(format!("public share: {}", shared.share.title));
            shares.push(json!({
                "id": shared.id.to_string(), "maker": shared.maker.to_string(),
                "title": shared.share.title, "files": files,
            }));
        }
        Ok(json!(shares))
    }

    /// The share behind a link.
    fn link(&mut self, link: Link, password: &str, record: &[u8]) -> Result<Json, Refusal> {
        let author = Id::from(link.id);
        let (_, root) = self.root(&author, record)?;
        let map = self.map(&root)?;
        let password =
            PasswordKey::derive(&link.secret, password).map_err(|why| Refusal::of("sealed", why))?;
        let opened = OpenedLink::new(link, password);
        let page = opened.find(&map).ok_or_else(|| missing("the letterbox of the link"))?;
        let target = opened.open(&self.blocks.get(&page)?).map_err(|error| match error {
            OpenError::Refused(error) => error.into(),
            other => Refusal::of("sealed", other),
        })?;
        self.step(format!("page of the link {page}"));
        self.share(&author, &target.pair, &target.header)
    }
}

/// A file as `sees` has it.
pub(crate) fn file(path: &str, bytes: &[u8], media_type: Option<&str>) -> Json {
    let mut file = json!({ "path": path, "size": bytes.len(), "sha256": hex(&Sha256::digest(bytes)) });
    if let Some(media_type) = media_type {
        file["type"] = json!(media_type);
    }
    file
}

fn refused(error: WalkError) -> Refusal {
    match error {
        WalkError::Refused(error) => error.into(),
        WalkError::Older => Refusal::Unusable(error.to_string()),
    }
}

fn unread(error: impl Into<dag::ReadError>) -> Refusal {
    match error.into() {
        dag::ReadError::Format(error) => error.into(),
        other => Refusal::Unusable(other.to_string()),
    }
}

//! People of whom there is only what they published, made by the same code as everybody's.

use bytes::Bytes;
use cid::Cid;
use ipld_core::ipld::Ipld;
use spinney::dag::{self, manifest};
use spinney::format::header::Header;
use spinney::format::manifest::Kind;
use spinney::format::note::{Note, Says};
use spinney::format::profile::{Kem, Profile};
use spinney::format::share_id::InnerId;
use spinney::format::signed::{self, Signed};
use spinney::format::{DAG_CBOR, DecodeError, Value, cid_of};
use spinney::keys::{Id, KEM_EPOCH, Phrase, Ring};
use spinney::net::keep::Block;
use spinney::platform;
use spinney::social::letterbox::Letterboxes;
use spinney::social::root::{self, Parts, Tip};
use spinney::social::share::{self, Recipient};
use spinney::social::vault::Vault;

/// Somebody with one friend.
pub(crate) struct Author {
    pub(crate) id: Id,
    pub(crate) ring: Ring,
    name: String,
    relays: Vec<String>,
    /// What stands in the profile as a picture, whether or not it is one.
    pub(crate) avatar: Option<Vec<u8>>,
    /// The commitment to a successor.
    pub(crate) heir: [u8; 32],
    /// For whom shares say that they are.
    pub(crate) kind: Kind,
    letterboxes: Letterboxes,
    vault: Vault,
    blocks: Vec<(Cid, Bytes)>,
    pub(crate) tip: Option<Tip>,
    /// Other roots that the next one replaces too.
    pub(crate) joined: Vec<Tip>,
    /// What else the next letterbox says to the friend.
    pub(crate) says: Vec<Says>,
    /// What the friend has to fetch one after the other to see the newest share.
    pub(crate) chain: Vec<Cid>,
}

/// A profile that is signed whatever it says.
struct Unchecked(Ipld);

impl Value for Unchecked {
    fn to_ipld(&self) -> Ipld {
        self.0.clone()
    }

    fn from_ipld(value: Ipld) -> Result<Self, DecodeError> {
        Ok(Self(value))
    }
}

impl Signed for Unchecked {
    const TYPE: &'static str = Profile::TYPE;
    const LIMIT: usize = Profile::LIMIT;
}

/// What has to be left at a relay.
pub(crate) struct Made {
    /// All that were ever made, since the relay may be another than before.
    pub(crate) blocks: Vec<Block>,
    /// What is to be pinned: the root, and the header of a share.
    pub(crate) pins: Vec<Cid>,
    pub(crate) record: Bytes,
}

impl Author {
    pub(crate) fn new(name: String, relays: Vec<String>) -> Self {
        let ring = Ring::from_phrase(&Phrase::generate());
        Self {
            id: ring.id(),
            ring,
            name,
            relays,
            avatar: None,
            heir: [7; 32],
            kind: Kind::Contacts,
            letterboxes: Letterboxes::default(),
            vault: Vault::default(),
            blocks: Vec::new(),
            tip: None,
            joined: Vec::new(),
            says: Vec::new(),
            chain: Vec::new(),
        }
    }

    /// Makes a root with a letterbox for the friend, and in it a share, if there is one.
    pub(crate) fn make(&mut self, friend: &Recipient, title: Option<&str>) -> Made {
        let now = platform::now_ms();
        let mut blocks = Vec::new();
        let share = title.map(|title| self.share(friend, title, now, &mut blocks));
        let said = self.says.drain(..).map(|says| Note { time: now, says });
        let news = share.iter().map(|(_, note)| note.clone()).chain(said);
        let news: Vec<_> = news.map(|note| (friend.id, note)).collect();
        let written = self.letterboxes.write(&self.ring, std::slice::from_ref(friend), &[], &news).unwrap();
        let sealed = self.vault.seal(&self.ring).unwrap();
        let profile = signed::sign(self.ring.identity(), &Unchecked(self.profile().to_ipld())).unwrap();
        let profile = (cid_of(DAG_CBOR, &profile), Bytes::from(profile));
        let parts = Parts {
            profile: profile.0,
            letterboxes: written.map,
            vault: sealed.root,
            feed: None,
            successor: None,
        };
        let tips: Vec<_> = self.tip.into_iter().chain(self.joined.drain(..)).collect();
        let next = root::next(&self.ring, &tips, now, parts).unwrap();
        self.tip = Some(Tip { seq: next.seq, root: next.cid });
        blocks.push(profile);
        blocks.extend(written.blocks);
        blocks.extend(sealed.blocks);
        blocks.push((next.cid, next.block));
        let page = self.letterboxes.get(&friend.id).unwrap().page;
        self.chain = vec![next.cid, written.map, page];
        let mut pins = vec![next.cid];
        if let Some((way, _)) = share {
            self.chain.extend(way);
            pins.push(way[0]);
        }
        self.blocks.extend(blocks);
        let blocks = self.blocks.iter().map(|(cid, bytes)| Block::new(*cid, bytes.clone()).unwrap());
        Made { blocks: blocks.collect(), pins, record: next.record }
    }

    /// A small file, sealed for the friend: the blocks on the way to it, and the note that tells of it.
    fn share(
        &self,
        friend: &Recipient,
        title: &str,
        now: u64,
        blocks: &mut Vec<(Cid, Bytes)>,
    ) -> ([Cid; 2], Note) {
        let (key, inner) = (share::new_key(), InnerId(platform::random()));
        let (chunk_key, chunk) = spinney::crypto::block::seal(self.ring.chunk_secret(), &[7; 1024]);
        let chunk_cid = cid_of(spinney::format::RAW, &chunk);
        blocks.push((chunk_cid, chunk.into()));
        let mut writer = manifest::Writer::new(key.manifest_secret(), dag::CHUNK);
        writer
            .push(manifest::NewFile {
                path: "news.jpg".into(),
                size: 1024,
                media_type: "image/jpeg".into(),
                modified: None,
                preview: None,
                chunks: vec![spinney::format::node::Pointer { cid: chunk_cid, key: chunk_key }],
            })
            .unwrap();
        let (manifest, nodes) = writer.finish(self.ring.identity(), inner, self.kind).unwrap();
        blocks.extend(nodes);
        let header = Header {
            share: inner,
            rev: 0,
            kind: self.kind,
            created: now,
            title: title.to_owned(),
            note: String::new(),
            manifest: manifest.clone(),
            adds: None,
            answers: None,
            album: None,
            more: None,
            cover: None,
            order: None,
            until: None,
            extra: Default::default(),
        };
        let sealed = share::seal(&self.ring, &key, &header, std::slice::from_ref(friend)).unwrap();
        blocks.push((sealed.cid, sealed.block));
        let says = Says::Share { share: inner, rev: 0, header: sealed.cid, keepers: Vec::new() };
        ([sealed.cid, manifest.cid], Note { time: now, says })
    }

    fn profile(&self) -> Profile {
        Profile {
            name: self.name.clone(),
            bio: None,
            avatar: self.avatar.clone().map(Bytes::from),
            kem: Kem { epoch: KEM_EPOCH, key: self.ring.kem(KEM_EPOCH).public() },
            label: self.ring.label().public(),
            relays: self.relays.clone(),
            heir: self.heir,
            predecessor: None,
            time: 0,
            extra: Default::default(),
        }
    }
}

//! The record of a share: what it is, where its files are, which keepers have it. One row of the state.

use std::collections::BTreeSet;
use std::ops::Not;

use cid::Cid;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::crypto::block::Key;
use crate::format::header::{Header, ShareKey};
use crate::format::keep::FetchKey;
use crate::format::manifest::Kind;
use crate::format::node::Pointer;
use crate::format::public::PublicShare;
use crate::format::share_id::{InnerId, ShareId};
use crate::keys::Id;

use super::audience::Present;
use super::receipt::Stage;
use super::share::MAX_RECIPIENTS;
use super::vault::OwnShare;

/// A share as its row keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShareRecord {
    /// Who shares it.
    pub author: Id,
    /// Its id inside of objects.
    pub inner: ByteArray<16>,
    /// The revision of its header.
    pub rev: u64,
    /// The author's claim.
    pub created: u64,
    /// When it was first seen here, in milliseconds since 1970.
    pub first_seen: u64,
    /// One line.
    pub title: String,
    /// Some words.
    pub note: Option<String>,
    /// The path of the file that stands for it. There need be none at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<String>,
    /// What its author wants its files to be in order by: one of [`ORDERS`](crate::format::header::ORDERS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Whether it is for my own devices alone.
    pub own_only: bool,
    /// Whether it is for everybody who has a link to it.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub by_link: bool,
    /// The name of its author, where a link led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_name: Option<String>,
    /// Known to the author only; empty elsewhere.
    pub recipients: Vec<Id>,
    /// People who had it once and were taken off. They hear of it when it is withdrawn or removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Id>,
    /// Number of files.
    pub files: u64,
    /// Sum of their sizes, in bytes.
    pub size: u64,
    /// In the row its fields stand beside the others, where those of sealed shares were before there were any else.
    #[serde(flatten)]
    pub content: Content,
    /// PeerIds of the relays that acknowledged everything that a recipient needs.
    pub kept_by: BTreeSet<String>,
    /// Whether the root that tells of it is at one of them too.
    pub delivered: bool,
    /// Of somebody else: whether only their own device has told of it, and no relay yet.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub at_author_only: bool,
    /// Whether its readers were told of this revision already, before any relay had it.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub announced: bool,
    /// Of mine: whether another device brings this revision to the relays, because what is in it is there.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub by_other_device: bool,
    /// Of mine: the key of the device that made this revision, where it was made beside another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_on: Option<ByteArray<32>>,
    /// Of mine: headers of the revisions before this one that this device made since a relay last had one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<Cid>,
    /// Whether its author paused it on the way to the relays.
    pub paused: bool,
    /// Who made it, where its author passed it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker: Option<Maker>,
    /// Whether its author withdrew it from everybody.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub withdrawn: bool,
    /// The revision in which what is in it was last changed, as far as its author knows.
    #[serde(default, skip_serializing_if = "is_first")]
    pub since: u64,
    /// Bytes of files that came to it since a relay had the rest; absent while none had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub news: Option<u64>,
    /// Whether I have not looked at what is in it now.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub unread: bool,
    /// How far I told its author that I am with what is in it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Stage>,
    /// Of what was passed on: relays that its author named and that may not be asked yet, because they are those of
    /// somebody whom I do not know. Hostile input until checked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<String>,
    /// Whether its list of files is there alone: nothing is known of who made it, and of its files.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub unlisted: bool,
    /// Whether its readers may add to it.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub adds: bool,
    /// Whether its readers may answer.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub answers: bool,
    /// How many comments and hearts it shows.
    #[serde(default, skip_serializing_if = "is_first")]
    pub answered: u64,
    /// Whether they could until a revision of this device.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub was_album: bool,
    /// The album that this was added to: of mine, an album of its one reader's; of others', an album of mine, or the one
    /// from which this hangs as a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<ByteArray<20>>,
    /// Of a part of an album: what takes its place once its list of files is here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Box<Self>>,
    /// Of somebody else: by which its keepers see that I am a reader; absent where that is not known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetch: Option<ByteArray<32>>,
    /// Of what I added to an album: whether its author has taken it in, as it is now.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub in_album: bool,
}

/// Revisions that are remembered while no relay has one of them.
const MAX_PAST: usize = 64;

fn is_first(rev: &u64) -> bool {
    *rev == 0
}

/// A manifest that was made anew for a share.
#[derive(Clone, Debug)]
pub struct ManifestSummary {
    /// The root node of the manifest.
    pub manifest: Pointer,
    /// Number of files in it.
    pub files: u64,
    /// Sum of their sizes, in bytes.
    pub size: u64,
    /// Whether it lists other files than before.
    pub is_news: bool,
    /// Bytes of files that came to it.
    pub added: u64,
}

/// Who made a share that somebody else passed on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Maker {
    /// Their identity.
    pub id: Id,
    /// Where its blocks are kept: hostile input until checked.
    pub relays: Vec<String>,
    /// What they called themselves when it came.
    pub name: Option<String>,
    /// Whose share I passed on, where that was me.
    pub from: Option<Id>,
}

/// Where the files of a share are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Content {
    /// Sealed for some readers.
    Sealed {
        /// The header block.
        header: Cid,
        /// The root node of the manifest, and its key.
        manifest: (Cid, Key),
        /// What the author needs to write the header anew; absent elsewhere.
        key: Option<ByteArray<32>>,
    },
    /// In a folder that everybody may read.
    Public {
        /// The block of the signed object that names the folder.
        object: Cid,
        /// The folder.
        root: Cid,
    },
}

/// Only who is named as a reader can answer, and is shown to the others as who says it.
fn may_answer(header: &Header) -> bool {
    header.answers == Some(true) && header.kind == Kind::Contacts
}

fn note_of(header: &Header) -> Option<String> {
    Some(header.whole_note()).filter(|note| !note.is_empty())
}

/// What a sealed share is when it is first kept, beside what its header and manifest say.
pub struct SealedShare<'a> {
    /// Who shares it.
    pub author: Id,
    /// Its header.
    pub header: &'a Header,
    /// The header block.
    pub block: Cid,
    /// Number of files, by the manifest.
    pub files: u64,
    /// Sum of their sizes, in bytes.
    pub size: u64,
    /// To whom it is given; known to its author only.
    pub recipients: Vec<Id>,
    /// The share key, where it is mine.
    pub key: Option<&'a ShareKey>,
    /// Milliseconds since 1970.
    pub now: u64,
}

impl ShareRecord {
    /// A sealed share as it is first kept.
    pub fn new(opened: SealedShare<'_>) -> Self {
        let header = opened.header;
        Self {
            author: opened.author,
            inner: ByteArray::new(header.share.0),
            rev: header.rev,
            created: header.created,
            first_seen: opened.now,
            title: header.title.clone(),
            note: note_of(header),
            cover: header.cover.clone(),
            order: header.known_order().map(str::to_owned),
            own_only: header.kind == Kind::Own,
            by_link: header.kind == Kind::Link,
            author_name: None,
            recipients: opened.recipients,
            former: Vec::new(),
            files: opened.files,
            size: opened.size,
            content: Content::Sealed {
                header: opened.block,
                manifest: (header.manifest.cid, header.manifest.key.clone()),
                key: opened.key.map(|key| ByteArray::new(*key.as_bytes())),
            },
            kept_by: BTreeSet::new(),
            delivered: false,
            at_author_only: false,
            announced: false,
            by_other_device: false,
            made_on: None,
            past: Vec::new(),
            paused: false,
            maker: None,
            withdrawn: false,
            since: header.rev,
            news: None,
            unread: false,
            told: None,
            elsewhere: Vec::new(),
            unlisted: false,
            adds: header.adds == Some(true),
            answers: may_answer(header),
            answered: 0,
            was_album: false,
            album: header.album.map(|album| ByteArray::new(*album.as_bytes())),
            next: None,
            fetch: None,
            in_album: false,
        }
    }

    /// One for everybody, as it is first kept; `object` is the block that it is from.
    pub fn public(author: Id, object: Cid, share: &PublicShare, now: u64) -> Self {
        Self {
            author,
            inner: ByteArray::new(share.share.0),
            rev: share.rev,
            created: share.created,
            first_seen: now,
            title: share.title.clone(),
            note: (!share.note.is_empty()).then(|| share.note.clone()),
            cover: None,
            order: None,
            own_only: false,
            by_link: false,
            author_name: None,
            recipients: Vec::new(),
            former: Vec::new(),
            files: share.files,
            size: share.size,
            content: Content::Public { object, root: share.root },
            kept_by: BTreeSet::new(),
            delivered: false,
            at_author_only: false,
            announced: false,
            by_other_device: false,
            made_on: None,
            past: Vec::new(),
            paused: false,
            maker: None,
            withdrawn: false,
            since: share.rev,
            news: None,
            unread: false,
            told: None,
            elsewhere: Vec::new(),
            unlisted: false,
            adds: false,
            answers: false,
            answered: 0,
            was_album: false,
            album: None,
            next: None,
            fetch: None,
            in_album: false,
        }
    }

    /// Puts the next revision of a share of mine in the place of this one.
    pub fn revise(
        &mut self,
        block: Cid,
        header: &Header,
        key: &ShareKey,
        recipients: Vec<Id>,
        listed: Option<ManifestSummary>,
        withdrawn: bool,
    ) {
        let (was_kept, was_withdrawn) = (!self.kept_by.is_empty() || self.news.is_some(), self.withdrawn);
        if self.delivered {
            self.past.clear();
        }
        self.past.push(self.block());
        self.past.drain(..self.past.len().saturating_sub(MAX_PAST));
        let left = if self.kept_by.is_empty() { self.news.unwrap_or_default() } else { 0 };
        self.news = (was_kept && !was_withdrawn).then_some(left);
        if let Some(listed) = listed {
            (self.files, self.size) = (listed.files, listed.size);
            if listed.is_news {
                self.since = header.rev;
                self.news = self.news.map(|news| news + listed.added);
            }
        }
        self.content = Content::Sealed {
            header: block,
            manifest: (header.manifest.cid, header.manifest.key.clone()),
            key: Some(ByteArray::new(*key.as_bytes())),
        };
        (self.title, self.note) = (header.title.clone(), note_of(header));
        (self.cover, self.order) = (header.cover.clone(), header.known_order().map(str::to_owned));
        self.was_album |= self.adds;
        self.adds = header.adds == Some(true);
        self.answers = may_answer(header);
        self.former = if withdrawn { Vec::new() } else { self.once_readers(&recipients) };
        (self.rev, self.own_only, self.recipients) = (header.rev, header.kind == Kind::Own, recipients);
        // Of what nobody is to have, nothing is to be pushed.
        (self.withdrawn, self.delivered) = (withdrawn, withdrawn);
        self.announced = false;
        self.by_other_device = false;
        self.made_on = None;
        self.kept_by.clear();
    }

    /// Whether this revision of this device was made beside another one, neither knowing of the other.
    pub fn forks_from(&self, header: &Cid) -> bool {
        !self.delivered && !self.by_other_device && self.block() != *header && !self.past.contains(header)
    }

    /// Everybody who ever had this share of mine and was not told that it is gone, but for `now`. The newest are last.
    fn once_readers(&self, now: &[Id]) -> Vec<Id> {
        let left = self.recipients.iter().filter(|reader| !self.former.contains(reader));
        let mut former: Vec<_> =
            self.former.iter().chain(left).filter(|reader| !now.contains(reader)).copied().collect();
        former.drain(..former.len().saturating_sub(MAX_RECIPIENTS));
        former
    }

    /// Everybody who has, or had, this share of mine: who has to hear that it is gone.
    pub fn all_readers(&self) -> Vec<Id> {
        self.recipients.iter().chain(&self.former).copied().collect()
    }

    /// How a share of mine stands, for a change of its audience.
    pub fn present(&self) -> Present<'_> {
        Present { rev: self.rev, readers: &self.recipients }
    }

    /// The relays at which its maker's blocks are and that may be asked.
    pub fn makers_relays(&self) -> Vec<String> {
        let named = self.maker.iter().flat_map(|maker| &maker.relays);
        named.filter(|relay| !self.elsewhere.contains(relay)).cloned().collect()
    }

    /// The list of files of a sealed share.
    pub fn manifest(&self) -> Option<Pointer> {
        match &self.content {
            Content::Sealed { manifest: (cid, key), .. } => Some(Pointer { cid: *cid, key: key.clone() }),
            Content::Public { .. } => None,
        }
    }

    /// The share key, which only its author keeps.
    pub fn key(&self) -> Option<ShareKey> {
        match &self.content {
            Content::Sealed { key, .. } => key.map(|key| ShareKey::from_bytes(key.into_array())),
            Content::Public { .. } => None,
        }
    }

    /// Bytes of its files that a relay lacks, as far as is known before it is asked.
    pub fn to_push(&self) -> u64 {
        if self.maker.is_some() { 0 } else { self.news.unwrap_or(self.size) }
    }

    /// Its id.
    pub fn id(&self) -> ShareId {
        ShareId::new(self.author.as_bytes(), self.inner())
    }

    /// By which its readers show its keepers that they are; `None` where everybody may read it, or its maker is another
    /// than its author: who keeps something for the maker agreed to the maker's friends.
    pub fn fetch_key(&self) -> Option<FetchKey> {
        if self.maker.is_some() {
            return None;
        }
        let own = self.key().map(|key| key.fetch_key());
        own.or_else(|| self.fetch.map(|fetch| FetchKey::from_bytes(fetch.into_array())))
    }

    /// Its id inside of objects.
    pub fn inner(&self) -> InnerId {
        InnerId(self.inner.into_array())
    }

    /// The block from which all of it hangs, for relays to keep: a sealed header, or the object that names a folder.
    pub fn block(&self) -> Cid {
        match self.content {
            Content::Sealed { header, .. } => header,
            Content::Public { object, .. } => object,
        }
    }

    /// Whether this keeper, by its PeerId, acknowledged everything that a recipient needs.
    pub fn is_kept_by(&self, keeper: &str) -> bool {
        self.kept_by.contains(keeper)
    }

    /// Whether the readers of this revision were told of it; they are at the latest when a relay has it.
    pub fn is_announced(&self) -> bool {
        self.announced || self.by_other_device || !self.kept_by.is_empty()
    }

    /// What the vault keeps of it, if it is mine.
    pub fn own(&self) -> Option<OwnShare> {
        let Content::Sealed { header, .. } = self.content else { return None };
        let key = self.key()?;
        let (share, rev, recipients, since) = (self.inner(), self.rev, self.recipients.clone(), self.since);
        let (keepers, from) = match &self.maker {
            Some(maker) => (maker.relays.clone(), maker.from),
            None => (Vec::new(), None),
        };
        let former = self.former.clone();
        Some(OwnShare { share, rev, header, key, recipients, former, since, keepers, from })
    }

    /// Whether everybody may read it.
    pub fn is_public(&self) -> bool {
        matches!(self.content, Content::Public { .. })
    }

    /// Its audience: `contacts`, `public`, `link` or `self`.
    pub fn kind(&self) -> &'static str {
        match self.content {
            Content::Public { .. } => "public",
            Content::Sealed { .. } if self.own_only => "self",
            Content::Sealed { .. } if self.by_link => "link",
            Content::Sealed { .. } => "contacts",
        }
    }

    /// The author's claim, but never later than when it came here.
    pub fn shown_at(&self) -> u64 {
        self.created.min(self.first_seen)
    }
}

mod part;
#[cfg(test)]
mod tests;

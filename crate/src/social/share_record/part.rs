//! The record of a part of an album that somebody gave to me.

use std::collections::BTreeSet;

use serde_bytes::ByteArray;

use crate::format::manifest::Part;
use crate::format::share_id::ShareId;

use super::{Content, Maker, ShareRecord};

impl ShareRecord {
    /// A part of an album that somebody gave to me, as it is first kept: its list of files is still to be opened.
    ///
    /// It stands under the name that it would have if the author of the album had passed it on.
    pub fn part(album: &Self, part: &Part, now: u64) -> Self {
        let manifest = part.manifest();
        let maker = Maker { id: part.maker.into(), relays: part.keepers.clone(), name: None, from: None };
        Self {
            inner: ByteArray::new(part.share.0),
            rev: album.rev,
            created: part.added,
            first_seen: now,
            note: None,
            cover: None,
            order: None,
            recipients: Vec::new(),
            former: Vec::new(),
            files: 0,
            size: 0,
            content: Content::Sealed {
                header: manifest.cid,
                manifest: (manifest.cid, manifest.key),
                key: None,
            },
            kept_by: BTreeSet::new(),
            past: Vec::new(),
            maker: Some(maker),
            since: album.rev,
            news: None,
            unread: false,
            told: None,
            elsewhere: Vec::new(),
            unlisted: true,
            adds: false,
            answers: false,
            answered: 0,
            was_album: false,
            album: Some(ByteArray::new(*album.id().as_bytes())),
            next: None,
            in_album: false,
            ..album.clone()
        }
    }

    /// The album that this was added to.
    pub fn album(&self) -> Option<ShareId> {
        self.album.map(|album| ShareId::from(album.into_array()))
    }

    /// Whether it hangs from an album that somebody gave to me.
    pub fn is_part(&self) -> bool {
        self.album.is_some() && self.maker.is_some()
    }

    /// The name that its maker gives it in objects: of what was passed on, that at its maker's.
    pub fn id_at_maker(&self) -> ShareId {
        let maker = self.maker.as_ref().map_or(&self.author, |maker| &maker.id);
        ShareId::new(maker.as_bytes(), self.inner())
    }

    /// What is to be opened next of a part: itself, or what takes its place.
    pub fn to_open(&self) -> Option<&Self> {
        match &self.next {
            Some(next) => Some(next),
            None => Some(self).filter(|part| part.is_part() && part.unlisted),
        }
    }
}

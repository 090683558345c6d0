//! What one update sees and changes.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use serde_bytes::ByteBuf;

use crate::format::note::{Note, Says};
use crate::format::share_id::ShareId;
use crate::format::{Value as _, feed};
use crate::keys::Id;
use crate::platform;
use crate::social::audience::MAX_OF_ONE_AUTHOR;
use crate::social::publication::Publication;
use crate::social::share_record::{Content, ShareRecord};
use crate::social::vault::Hidden;

use super::rows::{Encoded, NoteKey};
use super::tables::Tables;

/// Bytes of blocks that one transaction may bring of its own.
const MAX_BLOCK_BYTES: usize = 1 << 20;

/// The oldest of what one author gave to me, as far as it is more than [`MAX_OF_ONE_AUTHOR`].
fn surplus(mut all: Vec<(u64, ShareId)>) -> Vec<ShareId> {
    let surplus = all.len().saturating_sub(MAX_OF_ONE_AUTHOR);
    if surplus > 0 {
        all.sort_unstable();
    }
    all.into_iter().take(surplus).map(|(_, id)| id).collect()
}

/// A working copy of the tables. What is changed in it is committed, or nothing of it.
pub(in crate::engine) struct Transaction {
    tables: Tables,
    pub(super) blocks: Vec<(Cid, Bytes)>,
    pub(super) is_gathered: bool,
    pub(super) is_root_due: Option<bool>,
    pub(super) is_decided_elsewhere: bool,
}

impl Deref for Transaction {
    type Target = Tables;

    fn deref(&self) -> &Tables {
        &self.tables
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Tables {
        &mut self.tables
    }
}

impl Transaction {
    pub(super) fn new(tables: Tables, blocks: Vec<(Cid, Bytes)>) -> Self {
        Self { tables, blocks, is_gathered: false, is_root_due: None, is_decided_elsewhere: false }
    }

    pub(super) fn into_tables(self) -> Tables {
        self.tables
    }

    /// Adds a block that belongs to this change: a header, a page, a root. Together at most 1 MiB.
    pub(in crate::engine) fn block(&mut self, cid: Cid, bytes: impl Into<Bytes>) {
        self.blocks.push((cid, bytes.into()));
        let len: usize = self.blocks.iter().map(|(_, block)| block.len()).sum();
        debug_assert!(len <= MAX_BLOCK_BYTES, "what is larger is stored before, under a pin");
    }

    /// Lets publishing wait until the caller says so, since more changes are expected soon.
    pub(in crate::engine) fn gather(&mut self) {
        self.is_gathered = true;
    }

    /// Puts a root in place that another device published, with these tables brought to what it says. `is_due`: whether
    /// they say more than it, so that another root is to follow.
    pub(in crate::engine) fn continue_from(&mut self, publication: Publication, is_due: bool) {
        self.publication = Rc::new(publication);
        self.is_root_due = Some(is_due);
    }

    /// Notes that what changes here was decided at another device of mine: it is in the vault with its time.
    pub(in crate::engine) fn decided_elsewhere(&mut self) {
        self.is_decided_elsewhere = true;
    }

    /// Does not show a share of somebody up to this revision. Of one author the oldest of too many are forgotten.
    pub(in crate::engine) fn hide(&mut self, id: ShareId, author: Id, rev: u64) {
        self.hidden.insert(id, Hidden { rev, author: Some(author), at: platform::now_ms() });
        let of_author = self.hidden.iter().filter(|(_, hidden)| hidden.author == Some(author));
        let all = of_author.map(|(id, hidden)| (hidden.at, *id)).collect();
        for id in surplus(all) {
            self.hidden.remove(&id);
        }
    }

    /// Adds a share that somebody gave to me. Of one author the oldest of too many go.
    pub(in crate::engine) fn receive(&mut self, share: ShareRecord) {
        let author = share.author;
        self.shares.insert(share.id(), share);
        let given = self.shares.iter().filter(|(_, share)| share.author == author && !share.is_public());
        for id in surplus(given.map(|(id, share)| (share.first_seen, *id)).collect()) {
            self.wishes.remove(&id.to_string());
            self.opened.remove(&id);
            self.shares.remove(&id);
        }
    }

    /// Leaves a note for each of these contacts, for the next root.
    pub(in crate::engine) fn leave_note(&mut self, contacts: &[Id], says: &Says) {
        let note = ByteBuf::from(Note { time: platform::now_ms(), says: says.clone() }.to_bytes());
        self.leave_all(contacts.iter().map(|contact| (*contact, note.clone())));
    }

    /// Leaves notes again as they were, in their order, for the next root.
    pub(in crate::engine) fn leave_again(&mut self, notes: Vec<(Id, Note)>) {
        self.leave_all(notes.into_iter().map(|(contact, note)| (contact, ByteBuf::from(note.to_bytes()))));
    }

    fn leave_all(&mut self, notes: impl Iterator<Item = (Id, Encoded)>) {
        let first = self.outbox.keys().map(|key| key.no + 1).max().unwrap_or_default();
        for ((contact, note), no) in notes.zip(first..) {
            self.outbox.insert(NoteKey { contact, no }, note);
        }
    }

    /// Puts an entry onto my feed, with the next root.
    pub(in crate::engine) fn post(&mut self, says: feed::Says) {
        let entry = feed::Entry { time: platform::now_ms(), says };
        let no = self.posts.keys().next_back().map_or(0, |no| no + 1);
        self.posts.insert(no, ByteBuf::from(entry.to_bytes()));
    }

    /// Tells the recipients of a share, or everybody, who verify this `object`.
    pub(in crate::engine) fn announce(&mut self, share: &ShareRecord, object: Option<Bytes>) {
        if let Some(object) = object {
            return self.post(feed::Says::Share { object, keepers: Vec::new() });
        }
        let keepers = share.maker.iter().flat_map(|maker| maker.relays.clone()).collect();
        let says = Says::Share { share: share.inner(), rev: share.rev, header: share.block(), keepers };
        self.leave_note(&share.recipients, &says);
    }

    /// Tells those who were told of a share that it is gone.
    pub(in crate::engine) fn take_back(&mut self, share: &ShareRecord) {
        match share.content {
            Content::Public { .. } => self.post(feed::Says::Gone(share.id())),
            Content::Sealed { .. } => {
                // What was passed on may be passed on again.
                let rev = share.maker.as_ref().map(|_| share.rev);
                self.leave_note(&share.all_readers(), &Says::Gone { share: share.inner(), rev });
            }
        }
    }
}

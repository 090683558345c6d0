//! What an identity has published: its newest root, and what the next one is made of.
//!
//! Composing is pure and deterministic up to the randomness of sealing: from what is there now to the next root and the
//! blocks that are new in it. `FORMAT.md`, "Root".

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use cid::Cid;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::feed::Feed;
use super::letterbox::{Letterboxes, LinkNote};
use super::root::{self, Parts, Tip};
use super::share::Recipient;
use super::vault::{self, Entry, Vault};
use crate::crypto::sign::VerifyingKey;
use crate::format::device::Certificate;
use crate::format::note::{Note, Says};
use crate::format::profile::Profile;
use crate::format::{DAG_CBOR, DecodeError, ReadError, cid_of, feed, limits, signed};
use crate::keys::{Id, Ring, device};

/// Roots that may be lost with everything but the words: contacts who were online heard of them, and no relay did.
const LOST_ROOTS: u64 = 64;

/// The newest root and all that hangs from it, as one row of the state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// The newest root; absent before the first.
    pub newest: Option<Newest>,
    /// My letterboxes as they were written last.
    pub letterboxes: Letterboxes,
    /// My vault as it was sealed last.
    pub vault: Vault,
    /// My feed as it was written last.
    #[serde(default)]
    pub feed: Feed,
    /// The certificate of this device.
    certificate: Option<ByteBuf>,
    /// The readers whom this certificate was shown, and told of these removed devices.
    introduced: BTreeSet<Id>,
    /// The devices of mine that were removed, as readers are told; absent before the first one was.
    #[serde(default)]
    removed: Option<Vec<Id>>,
    /// Roots of this device beside which another device published the newest one: the next root replaces them too.
    #[serde(default)]
    joined: Vec<Tip>,
    /// The highest sequence that may have been used, where that is not known: contacts refuse a lower one.
    #[serde(default)]
    used: u64,
}

/// The newest root and its record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Newest {
    /// The sequence of root and record.
    pub seq: u64,
    /// The root's block.
    pub root: Cid,
    /// The record, signed.
    pub record: ByteBuf,
    parts: [Cid; 3],
    #[serde(default)]
    feed: Option<Cid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    successor: Option<Id>,
}

impl Newest {
    /// The newest root as it comes back from a keeper, with the record that points to it.
    pub fn restored(root: Cid, record: &[u8], seq: u64, parts: Parts) -> Self {
        let Parts { profile, letterboxes, vault, feed, successor } = parts;
        let (record, parts) = (ByteBuf::from(record), [profile, letterboxes, vault]);
        Self { seq, root, record, parts, feed, successor }
    }
}

/// What the next root is made of, beside what was published before.
pub struct Contents<'a> {
    /// My keys.
    pub ring: &'a Ring,
    /// The public key of this device, which the certificate is for.
    pub device: &'a VerifyingKey,
    /// Milliseconds since 1970.
    pub now: u64,
    /// What I say of myself.
    pub profile: &'a Profile,
    /// Everybody who has a letterbox at mine.
    pub readers: Vec<Recipient>,
    /// New notes, each for one reader. A note for somebody who is no reader is dropped.
    pub notes: Vec<(Id, Note)>,
    /// The letterboxes of my links.
    pub links: Vec<LinkNote<'a>>,
    /// New entries of my feed.
    pub posts: Vec<feed::Entry>,
    /// The identity that follows mine, once I changed keys.
    pub successor: Option<Id>,
}

/// The next root.
#[derive(Debug)]
pub struct NextRoot {
    /// What is published then.
    pub publication: Publication,
    /// The blocks that are new in it; none where nothing changed.
    pub blocks: Vec<(Cid, Bytes)>,
}

/// Why no root could be composed: a defect, since every part was made here.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// A part breaks a rule of its format.
    #[error(transparent)]
    Format(#[from] DecodeError),
    /// The letterboxes cannot be written.
    #[error(transparent)]
    Letterboxes(#[from] super::letterbox::WriteError),
    /// The feed cannot be continued.
    #[error(transparent)]
    Feed(#[from] ReadError),
}

impl Publication {
    /// What comes back from a keeper after everything but the words was lost.
    pub fn restored(newest: Newest, letterboxes: Letterboxes, vault: Vault, feed: Feed) -> Self {
        let used = newest.seq.saturating_add(LOST_ROOTS);
        Self { newest: Some(newest), letterboxes, vault, feed, used, ..Self::default() }
    }

    /// What this device goes on from after another one has published `newest`: letterboxes, vault and feed are those of
    /// both. `is_joined`: whether the next root has to say that it replaces mine as well.
    pub fn continued(
        &self,
        newest: Newest,
        letterboxes: Letterboxes,
        vault: Vault,
        feed: Feed,
        is_joined: bool,
    ) -> Self {
        let Self { certificate, introduced, removed, .. } = self.clone();
        let tip = self.newest.iter().map(|newest| Tip { seq: newest.seq, root: newest.root });
        let mut joined: Vec<_> = self.joined.iter().copied().chain(tip).filter(|_| is_joined).collect();
        // The root names no more of them.
        joined.drain(..joined.len().saturating_sub(limits::ROOT_PREV));
        Self {
            newest: Some(newest),
            letterboxes,
            vault,
            feed,
            certificate,
            introduced,
            removed,
            joined,
            used: self.used,
        }
    }

    /// Whether the newest root names this block.
    pub fn names(&self, part: &Cid) -> bool {
        self.newest.as_ref().is_some_and(|newest| newest.parts.contains(part) || newest.feed == Some(*part))
    }

    /// The newest root's block.
    pub fn root(&self) -> Option<Cid> {
        self.newest.as_ref().map(|newest| newest.root)
    }

    /// The sequence of the newest root, 0 before the first.
    pub fn seq(&self) -> u64 {
        self.newest.as_ref().map_or(0, |newest| newest.seq)
    }

    /// Signs the record anew if it is older than a week, so that no keeper takes it for abandoned; says whether it did.
    pub fn renew(&mut self, ring: &Ring, now: u64) -> bool {
        let Some(newest) = &mut self.newest else { return false };
        let renewed = root::renew(ring, &newest.record, now);
        let is_renewed = renewed.is_some();
        if let Some(record) = renewed {
            newest.record = ByteBuf::from(record.to_vec());
        }
        is_renewed
    }

    /// Composes the next root. `write_vault` brings the vault to what is so now.
    ///
    /// Where every part is the same as before, the newest root stays and there are no new blocks.
    ///
    /// # Errors
    ///
    /// Only by a defect: every part was made here.
    pub fn compose(
        mut self,
        contents: Contents<'_>,
        write_vault: impl FnOnce(&mut Vault),
    ) -> Result<NextRoot, ComposeError> {
        let Contents { ring, device, now, profile, readers, mut notes, links, posts, successor } = contents;
        self.certify(ring, device, now);
        write_vault(&mut self.vault);
        self.note_removed();
        notes.extend(self.introduce(&readers, now));
        let reader_ids: BTreeSet<_> = readers.iter().map(|reader| reader.id).collect();
        notes.retain(|(reader, _)| reader_ids.contains(reader));

        let profile = Bytes::from(signed::sign(ring.identity(), profile)?);
        let profile = (cid_of(DAG_CBOR, &profile), profile);
        let written = self.letterboxes.write(ring, &readers, &links, &notes)?;
        let sealed = self.vault.seal(ring)?;
        let feed = self.feed.write(ring, &posts)?;
        let (profile_cid, letterboxes) = (profile.0, written.map);
        let parts =
            Parts { profile: profile_cid, letterboxes, vault: sealed.root, feed: feed.page, successor };
        let now_parts = [parts.profile, parts.letterboxes, parts.vault];
        let is_same = |newest: &Newest| {
            newest.parts == now_parts && newest.feed == parts.feed && newest.successor == successor
        };
        if self.joined.is_empty() && self.newest.as_ref().is_some_and(is_same) {
            return Ok(NextRoot { publication: self, blocks: Vec::new() });
        }
        let mut tips = std::mem::take(&mut self.joined);
        let newest = self.newest.iter();
        tips.extend(newest.map(|newest| Tip { seq: newest.seq.max(self.used), root: newest.root }));
        let root = root::next(ring, &tips, now, parts)?;
        self.newest = Some(Newest::restored(root.cid, &root.record, root.seq, parts));
        let mut blocks = vec![profile];
        blocks.extend(written.blocks);
        blocks.extend(sealed.blocks);
        blocks.extend(feed.blocks);
        blocks.push((root.cid, root.block));
        Ok(NextRoot { publication: self, blocks })
    }

    /// Renews the certificate of this device where it is due; everybody is shown the new one.
    fn certify(&mut self, ring: &Ring, device: &VerifyingKey, now: u64) {
        let known = self.certificate.as_ref().and_then(|bytes| signed::open::<Certificate>(bytes, None).ok());
        if known.is_none_or(|known| device::is_due(&known.object, now)) {
            self.certificate = Some(ByteBuf::from(device::issue(ring, device, now)));
            self.introduced.clear();
        }
    }

    /// Notes which devices were removed; everybody is told where they are others than before.
    fn note_removed(&mut self) {
        let removed = vault::removed_of(self.vault.all());
        if self.removed.as_deref().unwrap_or_default() != removed {
            self.removed = Some(removed);
            self.introduced.clear();
        }
    }

    /// A note with the certificate, and with the devices that were removed, for each reader who was not shown it.
    fn introduce(&mut self, readers: &[Recipient], now: u64) -> Vec<(Id, Note)> {
        let certificates: Vec<_> = self.certificate.iter().map(|it| Bytes::from(it.to_vec())).collect();
        let strangers = readers.iter().map(|reader| reader.id).filter(|id| self.introduced.insert(*id));
        let removed = self.removed.as_ref().map(|ids| ids.iter().map(Id::verifying_key).collect());
        let says = Says::Devices { certificates, removed };
        let note = || Note { time: now, says: says.clone() };
        strangers.map(|id| (id, note())).collect()
    }
}

/// Has the vault hold exactly these of their kind.
pub fn write_entries<'a, T: Entry + 'a>(
    vault: &mut Vault,
    entries: impl Iterator<Item = (&'a T::Name, &'a T)>,
    now: u64,
    device: &[u8; 32],
) where
    T::Name: Ord + 'a,
{
    let entries: BTreeMap<&T::Name, &T> = entries.collect();
    let names = vault.all::<T>().map(|(name, _)| name);
    let gone: Vec<_> = names.filter(|name| !entries.contains_key(name)).collect();
    for name in gone {
        vault.set::<T>(&name, None, now, device);
    }
    for (name, entry) in entries {
        vault.set(name, Some(entry), now, device);
    }
}

//! Shares that two devices of one person revised at the same time: the next revision has what came with either.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::TryStreamExt;

use crate::dag::manifest;
use crate::engine::Error;
use crate::engine::state::Kind;
use crate::format::share_id::ShareId;
use crate::keys::Id;
use crate::net::Backoff;
use crate::platform::{self, Instant};
use crate::social::album;
use crate::social::audience::Change;
use crate::social::share;
use crate::social::share_record::ShareRecord;

use super::fork_files::Difference;
use super::handle::Shares;
use super::manifest_rewrite::{ManifestRewrite, unsealed};
use super::revise::Revision;

/// The waits after two revisions could not be joined: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// The waits before a share is joined that forks again and again, because two devices join it at the same time.
const TURNS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(8));
/// A share that was not joined for so long is joined at once.
const AT_REST: Duration = Duration::from_secs(60);

impl Shares {
    /// Joins each share of which a merge found two revisions, once what is in the later one is at a relay or here.
    pub(super) async fn join_forks(self) {
        let mut backoff = Backoff::between(WAITS);
        let mut turns: BTreeMap<ShareId, (Backoff, Instant)> = BTreeMap::new();
        let mut changes = self.0.state.watch(&[Kind::forked, Kind::shares]);
        loop {
            let forked: Vec<(ShareId, ShareRecord)> = self.0.state.read(|tables| {
                let is_here = |id: &ShareId| {
                    let share = tables.shares.get(id);
                    share.is_none_or(|share| !share.by_other_device || !share.kept_by.is_empty())
                };
                let ready = tables.forked.iter().filter(|(id, _)| is_here(id));
                ready.map(|(id, other)| (*id, other.clone())).collect()
            });
            let mut is_done = true;
            turns.retain(|_, (_, last)| last.elapsed() < AT_REST);
            for (id, other) in forked {
                if let Some((turn, _)) = turns.get_mut(&id) {
                    platform::sleep(turn.wait()).await;
                    turn.lengthen();
                }
                let (_, last) = turns.entry(id).or_insert_with(|| (Backoff::between(TURNS), Instant::now()));
                *last = Instant::now();
                if let Err(why) = self.join_fork(id, &other).await {
                    tracing::debug!(%why, "two revisions of a share are not joined yet");
                    is_done = false;
                }
            }
            changes.next_round(is_done, &mut backoff).await;
        }
    }

    /// Makes the revision that follows the one that counts and `other`: files of both, of two with one path that of the
    /// later revision; readers of both, without those whom either device took off.
    async fn join_fork(&self, id: ShareId, other: &ShareRecord) -> Result<(), Error> {
        let state = &self.0.state;
        while let Some(before) =
            state.read(|tables| tables.shares.get(&id).filter(|it| !it.withdrawn).cloned())
        {
            let (header, key) = self.own_header(&before).await?;
            let readers = state.read(|tables| tables.reachable(&joined_readers(&before, other)));
            let change = share_change(&before, other, &readers);
            let key = if change.new_key { share::new_key() } else { key };
            let mut pins = self.0.storage.pin([]);
            let mut listed = None;
            // What somebody else made only they can list.
            if before.maker.is_none() {
                let list = self.0.fetchers.open_manifest(other).await?;
                let present = self.0.fetchers.open_manifest(&before).await?;
                let Difference { added, folders, removed } = match before.own_only && other.own_only {
                    true => self.merged_files(&before, other).await?,
                    false => Difference {
                        added: self.files_only_in(other, &before).await?,
                        folders: list.manifest().folders().to_vec(),
                        removed: BTreeSet::new(),
                    },
                };
                let rewrite = ManifestRewrite {
                    share: &before,
                    key: &key,
                    kind: header.kind,
                    added,
                    folders: &folders,
                    parts: Some(album::joined(present.manifest().parts(), list.manifest().parts())),
                    transfer: None,
                };
                let (manifest, held) = self.rewrite_manifest_without(rewrite, &removed).await?;
                if before.rev > other.rev && !manifest.is_news && before.present().give_to(&readers).is_none()
                {
                    // The other device has joined them already.
                    break;
                }
                listed = Some(manifest);
                pins.join(held);
            }
            let revision =
                Revision { change, key, header, listed, withdrawn: false, draft: None, link: None };
            if self.revise(&before, revision, pins).await?.is_some() {
                break;
            }
        }
        let other = other.block();
        let joined = state.update(move |tx| {
            tx.forked.remove_where(|of, fork| *of == id && fork.block() == other);
            Ok(())
        });
        joined.await
    }

    async fn files_only_in(
        &self,
        other: &ShareRecord,
        before: &ShareRecord,
    ) -> Result<Vec<manifest::NewFile>, Error> {
        let mut known = BTreeSet::new();
        let mut entries = self.0.fetchers.open_manifest(before).await?.entries();
        while let Some(entry) = entries.try_next().await? {
            known.insert(entry.path);
        }
        let list = self.0.fetchers.open_manifest(other).await?;
        let (mut files, mut entries) = (Vec::new(), list.clone().entries());
        while let Some(entry) = entries.try_next().await? {
            if !known.contains(&entry.path) {
                files.push(unsealed(&list, entry).await?);
            }
        }
        Ok(files)
    }
}

/// The readers of two revisions, without those whom either took off.
fn joined_readers(one: &ShareRecord, other: &ShareRecord) -> Vec<Id> {
    let is_off = |reader: &&Id| one.former.contains(reader) || other.former.contains(reader);
    one.recipients.iter().chain(&other.recipients).filter(|reader| !is_off(reader)).copied().collect()
}

/// The change of audience, with a revision above both.
fn share_change(one: &ShareRecord, other: &ShareRecord, readers: &[Id]) -> Change {
    let change = one.present().renew(readers);
    Change { rev: one.rev.max(other.rev) + 1, ..change }
}

//! Shares and changed keys: mine for readers who changed theirs, and mine from before I changed mine.
//!
//! Both are found by their rows, so that what a closed tab did not do is done after the next unlock.

use std::time::Duration;

use crate::engine::Error;
use crate::engine::state::{Kind, Tables};
use crate::engine::storage::TempPins;
use crate::format::header::{Header, ShareKey, split_note};
use crate::format::manifest::Kind as Audience;
use crate::format::public::PublicShare;
use crate::format::share_id::ShareId;
use crate::format::{DAG_CBOR, cid_of, signed};
use crate::keys::Id;
use crate::net::Backoff;
use crate::social::share;
use crate::social::share_record::{Content, SealedShare, ShareRecord};

use super::handle::Shares;
use super::manifest_rewrite::ManifestRewrite;

/// The waits after a share could not be sealed anew: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Tables by which a share may have to be sealed anew.
const WATCHED: [Kind; 4] = [Kind::closed, Kind::contacts, Kind::shares, Kind::inherited];

impl Shares {
    /// Seals shares anew under keys that took the place of others.
    pub(super) async fn follow_keys(self) {
        let mut backoff = Backoff::between(WAITS);
        let mut changes = self.0.state.watch(&WATCHED);
        loop {
            let mut is_done = true;
            let inherited: Vec<ShareRecord> =
                self.0.state.read(|tables| tables.inherited.values().cloned().collect());
            for share in inherited {
                is_done &= noted(&self.take_over(&share).await);
            }
            let outdated = self.0.state.read(|tables| outdated(tables, &self.0.directory.id));
            for id in outdated {
                is_done &= noted(&self.give_to_heirs(&id).await);
            }
            changes.next_round(is_done, &mut backoff).await;
        }
    }

    /// Gives a share to the identities that its readers have now, under a new key: who has a key from before opens nothing
    /// new.
    async fn give_to_heirs(&self, id: &ShareId) -> Result<(), Error> {
        loop {
            let Some(before) = self.0.state.read(|tables| tables.shares.get(id).cloned()) else {
                return Ok(());
            };
            let readers = self.0.state.read(|tables| {
                let living: Vec<Id> = before.recipients.iter().map(|id| tables.living(id)).collect();
                tables.reachable(&living)
            });
            let change = before.present().renew(&readers);
            if !change.new_key || self.rewrite(&before, change, false).await?.is_some() {
                return Ok(());
            }
        }
    }

    /// Seals a share from before I changed keys under these, for the same people, with the same id inside of objects.
    async fn take_over(&self, before: &ShareRecord) -> Result<(), Error> {
        if let Content::Public { root, .. } = before.content {
            let public = PublicShare {
                share: before.inner(),
                rev: before.rev + 1,
                created: before.created,
                title: before.title.clone(),
                note: before.note.clone().unwrap_or_default(),
                root,
                files: before.files,
                size: before.size,
                extra: Default::default(),
            };
            let object = signed::sign(self.0.ring.identity(), &public).map_err(Error::bug)?;
            let block = cid_of(DAG_CBOR, &object);
            let share = ShareRecord::public(self.0.directory.id, block, &public, before.first_seen);
            return self.put_in_place(before, share, (block, object.into()), self.0.storage.pin([])).await;
        }
        let readers = self.0.state.read(|tables| tables.reachable(&before.recipients));
        let key = share::new_key();
        let kind = match (before.own_only, before.by_link) {
            (_, true) => Audience::Link,
            (true, _) => Audience::Own,
            (false, false) => Audience::Contacts,
        };
        let (listed, pins) = self.manifest_under(before, &key, kind).await?;
        let (note, more) = split_note(before.note.as_deref().unwrap_or_default());
        let header = Header {
            share: before.inner(),
            rev: before.rev + 1,
            kind,
            created: before.created,
            title: before.title.clone(),
            note,
            manifest: listed,
            adds: before.adds.then_some(true),
            answers: before.answers.then_some(true),
            album: before.album(),
            more,
            cover: before.cover.clone(),
            order: before.order.clone(),
            until: None,
            extra: Default::default(),
        };
        let recipients = self.sealed_to(&readers)?;
        let sealed = match &before.maker {
            Some(_) => share::pass_on(&self.0.ring, &key, &header, &recipients),
            None => share::seal(&self.0.ring, &key, &header, &recipients),
        };
        let sealed = sealed.map_err(Error::bug)?;
        let share = ShareRecord::new(SealedShare {
            author: self.0.directory.id,
            header: &header,
            block: sealed.cid,
            files: before.files,
            size: before.size,
            recipients: readers,
            key: Some(&key),
            now: before.first_seen,
        });
        let share = ShareRecord {
            maker: before.maker.clone(),
            withdrawn: before.withdrawn,
            delivered: before.withdrawn,
            ..share
        };
        self.put_in_place(before, share, (sealed.cid, sealed.block), pins).await
    }

    /// The list of files under a new key; what somebody else made only they can list.
    async fn manifest_under(
        &self,
        before: &ShareRecord,
        key: &ShareKey,
        kind: Audience,
    ) -> Result<(crate::format::node::Pointer, TempPins), Error> {
        if before.maker.is_some() {
            let listed = before.manifest().ok_or(Error::NotFound("list of files"))?;
            return Ok((listed, self.0.storage.pin([])));
        }
        let (added, folders, transfer): (_, &[String], _) = (Vec::new(), &[], None);
        // An album under other keys is another album, to which what others added does not belong.
        let parts = Some(Vec::new());
        let rewrite = ManifestRewrite { share: before, key, kind, added, folders, parts, transfer };
        let (listed, pins) = self.rewrite_manifest(rewrite).await?;
        Ok((listed.manifest, pins))
    }

    async fn put_in_place(
        &self,
        before: &ShareRecord,
        share: ShareRecord,
        block: (crate::format::Cid, bytes::Bytes),
        _pins: TempPins,
    ) -> Result<(), Error> {
        let (old, new) = (before.id(), share.clone());
        let install = move |tx: &mut crate::engine::state::Transaction| {
            if tx.inherited.remove(&old).is_some() {
                tx.shares.insert(new.id(), new.clone());
            }
            Ok(())
        };
        self.0.storage.update_when_room(None, vec![block], install).await?;
        if self.0.state.read(|tables| tables.is_active(&self.0.directory.id, &share)) {
            self.0.served.serve_share(&share).await;
            self.0.publisher.list_upload(&share);
        }
        Ok(())
    }
}

/// Shares of mine of which a reader has another identity now, whose keys are known.
fn outdated(tables: &Tables, me: &Id) -> Vec<ShareId> {
    let is_ready = |id: &Id| {
        let living = tables.living(id);
        // Who was removed or blocked since is taken off.
        !tables.is_written_to(&living) || !tables.reachable(&[living]).is_empty()
    };
    let is_outdated = |share: &&ShareRecord| {
        share.author == *me
            && !share.withdrawn
            && share.recipients.iter().any(|reader| tables.closed.contains(reader))
            && share.recipients.iter().all(is_ready)
    };
    tables.shares.values().filter(is_outdated).map(ShareRecord::id).collect()
}

fn noted(done: &Result<(), Error>) -> bool {
    if let Err(why) = done {
        tracing::debug!(%why, "a share is sealed under other keys later");
    }
    done.is_ok()
}

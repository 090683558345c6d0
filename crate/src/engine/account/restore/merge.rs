//! Merging what another device of the same person published with what is here.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use serde_bytes::ByteArray;

use super::relays::Found;
use super::{Args, Published, readers};
use crate::dag::Fetch;
use crate::engine::Error;
use crate::engine::publish::{from_vault, merged_vault};
use crate::engine::state::{Replica, Restored, Tables};
use crate::engine::transfer::BlockFetcher;
use crate::format::feed::Says;
use crate::format::share_id::ShareId;
use crate::format::{digest_of, feed};
use crate::platform;
use crate::social::feed::{Change, Feed};
use crate::social::letterbox::Merged;
use crate::social::link::Links;
use crate::social::share_record::ShareRecord;
use crate::social::vault::{OwnShare, Vault};

/// How often a merge begins anew because something was changed here meanwhile.
const ATTEMPTS: usize = 8;

/// What two devices say to everybody, merged.
#[derive(Default)]
struct MergedFeed {
    feed: Feed,
    /// What the next page is to say, because the other device did not know it.
    posts: Vec<Says>,
    /// Shares of the other device that are new here, with their objects.
    new: Vec<(ShareRecord, Bytes)>,
    /// Shares that the other device took back.
    gone: Vec<ShareId>,
}

impl Args {
    /// Merges a root of mine that another device published with what is here: of each entry of the vault the later one,
    /// of letterboxes and feed what both wrote. Nothing that a person did on either is lost.
    ///
    /// The next root replaces both. Where this device has nothing to add, there is none.
    pub(super) async fn merge(&self, found: Found) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            if self.try_merge(&found).await? {
                self.served.serve_root(&self.state).await;
                if let Some(newest) = self.state.read(|tables| tables.publication.newest.clone()) {
                    self.own_record.set(&newest);
                }
                return Ok(());
            }
        }
        Err(Error::Unreachable("something changes all the time: it is merged later".into()))
    }

    /// Merges, unless something changes here meanwhile; returns whether it did.
    async fn try_merge(&self, found: &Found) -> Result<bool, Error> {
        let me = self.directory.id;
        let here = self.state.snapshot();
        let Some(mine) = here.publication.newest.clone() else { return Ok(true) };
        let fetcher = self.fetchers.of_author(&me);
        let published = Published::read(&self.ring, &*fetcher, &found.record).await?;
        let now = platform::now_ms();
        let vault = merged_vault(&here, &me, &published.vault, now, &self.device);
        let theirs = self.account(&published.profile, &vault)?;
        let is_renamed = here.account.changed > published.profile.time;
        let mut account = if is_renamed { (*here.account).clone() } else { theirs.clone() };
        account.words_confirmed = theirs.words_confirmed;
        account.successor = self.successor(&published.root);
        let links: Links = vault.all().collect();
        let Merged { letterboxes, notes, has_more } =
            self.merged_letterboxes(&fetcher, &here, &published, &vault, &links).await?;
        let (shares, awaited) = self.restore_shares(&fetcher, &vault).await?;
        let merged = self.merged_feed(&fetcher, &here, &published).await?;
        let is_replaced = digest_of(&mine.root).is_some_and(|root| published.root.prev.contains(&root));
        let seen = is_replaced.then_some(&here.publication.vault);
        let forked = self.forks(&fetcher, &here, &published.vault, (&vault, seen)).await?;

        let is_lower = found.record.sequence <= mine.seq;
        let is_due = has_more
            || is_renamed
            || is_lower
            || !notes.is_empty()
            || !merged.posts.is_empty()
            || !vault.is_sealed()
            || here.is_root_due();
        let is_joined = is_due && !is_replaced && found.record.root != mine.root;
        let newest = published.newest(found);
        let listed: BTreeSet<(ShareId, Cid)> =
            vault.all::<OwnShare>().map(|(id, own)| (id, own.header)).collect();
        let publication = here.publication.continued(newest, letterboxes, vault, merged.feed, is_joined);
        let replica = Replica { seq: found.record.sequence, is_stale: false };
        let (kept_by, time) = (found.kept_by.clone(), published.root.time);
        let blocks = merged.new.iter().map(|(share, object)| (share.block(), object.clone())).collect();
        let is_merged = self.state.update_with(blocks, move |tx| {
            if tx.publication.newest != here.publication.newest || !tx.says_the_same(&me, &here) {
                return Ok(false);
            }
            *Rc::make_mut(&mut tx.account) = account;
            let awaited: BTreeSet<ShareId> = awaited.into_iter().map(|(id, _)| id).collect();
            // A revision of which nobody has the header yet leaves the one before in its place.
            let is_gone = |id: &ShareId, share: &ShareRecord| {
                let is_mine = share.author == me && !share.is_public() && !share.withdrawn;
                is_mine && !awaited.contains(id) && !listed.contains(&(*id, share.block()))
            };
            tx.shares.remove_where(is_gone);
            tx.awaited = awaited.into_iter().map(|id| (id, true)).collect();
            let new = merged.new.into_iter().map(|(share, _)| share);
            for share in shares.into_iter().chain(new) {
                tx.shares.insert(share.id(), share);
            }
            for fork in forked {
                tx.forked.insert(fork.id(), fork);
            }
            merged.gone.iter().for_each(|id| drop(tx.shares.remove(id)));
            tx.leave_again(notes);
            merged.posts.into_iter().for_each(|says| tx.post(says));
            for keeper in kept_by {
                tx.replicas.insert(keeper, replica);
            }
            if let Some(restored) = tx.restored().cloned() {
                tx.set_restored(Some(Restored { published: restored.published.max(time), ..restored }));
            }
            tx.continue_from(publication, is_due);
            from_vault(tx, &me, platform::now_ms());
            Ok(true)
        });
        is_merged.await
    }

    /// The revisions that do not count of shares that both devices revised, neither knowing of the other. `seen` is the
    /// vault of mine which the other device knew.
    async fn forks(
        &self,
        fetcher: &BlockFetcher,
        here: &Tables,
        theirs: &Vault,
        (vault, seen): (&Vault, Option<&Vault>),
    ) -> Result<Vec<ShareRecord>, Error> {
        let is_seen = |mine: &ShareRecord| {
            let known = seen.and_then(|vault| vault.get::<OwnShare>(&mine.id()));
            known.is_some_and(|known| known.header == mine.block())
        };
        let mut forks = Vec::new();
        for (id, their) in theirs.all::<OwnShare>() {
            let forks_from = |mine: &ShareRecord| !mine.withdrawn && mine.forks_from(&their.header);
            let mine = here.shares.get(&id).filter(|mine| forks_from(mine) && !is_seen(mine));
            let (Some(mine), Some(counts)) = (mine, vault.get::<OwnShare>(&id)) else { continue };
            let device = theirs.at::<OwnShare>(&id).map(|stamp| ByteArray::new(stamp.device));
            if counts.header != mine.block() {
                forks.push(mine.clone());
            } else if counts.header != their.header {
                let fork = self.restore_share(fetcher, &their).await?;
                forks.push(ShareRecord { made_on: device, ..fork });
            }
        }
        Ok(forks)
    }

    async fn merged_letterboxes(
        &self,
        fetcher: &BlockFetcher,
        here: &Tables,
        published: &Published,
        vault: &Vault,
        links: &Links,
    ) -> Result<Merged, Error> {
        let mine = &here.publication.letterboxes;
        let map = published.root.letterboxes;
        if here.publication.names(&map) {
            return Ok(Merged { letterboxes: mine.clone(), notes: Vec::new(), has_more: false });
        }
        let readers = readers(vault);
        let (theirs, mut pages) = self.restore_letterboxes(fetcher, map, &readers, links).await?;
        for page in mine.missing_in(&theirs) {
            // One that is gone was read by everybody who reads its letterbox, or is lost.
            if let Ok(block) = fetcher.block(&page).await {
                pages.insert(page, block);
            }
        }
        Ok(mine.merge(&self.ring, theirs, &readers, links, &pages))
    }

    async fn merged_feed(
        &self,
        fetcher: &BlockFetcher,
        here: &Tables,
        published: &Published,
    ) -> Result<MergedFeed, Error> {
        let mine = &here.publication.feed;
        if published.root.feed.is_none_or(|newest| mine.has(&newest)) {
            return Ok(MergedFeed { feed: mine.clone(), ..MergedFeed::default() });
        }
        let (feed, changes) = self.restore_feed(fetcher, published.root.feed).await?;
        let theirs: BTreeMap<ShareId, Change> =
            changes.into_iter().map(|change| (*change.id(), change)).collect();
        let mut merged = MergedFeed { feed, ..MergedFeed::default() };
        let me = self.directory.id;
        let is_public = |share: &&ShareRecord| share.author == me && share.is_public();
        for share in here.shares.values().filter(is_public) {
            match theirs.get(&share.id()) {
                Some(Change::Gone(id)) => merged.gone.push(*id),
                Some(Change::Shared(their)) if their.share.rev >= share.rev => {}
                _ => {
                    if let Some(object) = self.fetchers.object_of(share).await? {
                        merged.posts.push(Says::Share { object, keepers: Vec::new() });
                    }
                }
            }
        }
        let unsaid = here.posts.values().filter_map(|post| entry_of(post));
        let taken_back = unsaid.filter_map(|entry| match entry.says {
            Says::Gone(id) => Some(id),
            _ => None,
        });
        let taken_back: Vec<_> = taken_back.chain(mine.gone()).collect();
        for (id, change) in theirs {
            if matches!(change, Change::Shared(_)) && taken_back.contains(&id) {
                merged.posts.push(Says::Gone(id));
            } else if !here.shares.contains(&id) {
                merged.new.extend(self.public_share(change));
            }
        }
        if !merged.posts.is_empty() {
            merged.feed.follow(mine);
        }
        Ok(merged)
    }
}

fn entry_of(post: &[u8]) -> Option<feed::Entry> {
    use crate::format::Value as _;
    feed::Entry::from_bytes(post).ok()
}

//! Shared albums: what a recipient adds is a share of theirs to the author, which hangs from the album as a part.
//!
//! Nobody changes what somebody else made. The author's engine names each addition in the manifest of the album, and the
//! other recipients open it there under its maker's signature.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::{StreamExt, stream};
use serde_bytes::ByteArray;

use crate::dag;
use crate::engine::Error;
use crate::engine::api::{NewFile, Share};
use crate::engine::directory::Directory;
use crate::engine::state::{Kind, Plan, Tables, Transaction, shown_share};
use crate::format::manifest::Part;
use crate::format::share_id::{InnerId, ShareId};
use crate::keys::Id;
use crate::net::Backoff;
use crate::platform;
use crate::social::album::{self, Addition, Rules};
use crate::social::relation::Decision;
use crate::social::share;
use crate::social::share_record::ShareRecord;

use super::draft::{Chosen, planned};
use super::handle::Shares;
use super::manifest_rewrite::ManifestRewrite;
use super::revise::Revision;

/// The waits after something could not be fetched or sealed: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// Lists of parts that are fetched at once: an album is there within a few round trips, and one silent relay does not
/// hold up all others.
const LISTS_AT_ONCE: usize = 8;

impl Shares {
    /// Lets the readers of one of my shares add to it, or no longer. What they added until now stays.
    ///
    /// # Errors
    ///
    /// `unsupported` if it is not for chosen contacts, or not of my making.
    pub(in crate::engine) async fn set_adds(&self, id: &str, adds: bool) -> Result<Share, Error> {
        let me = self.0.directory.id;
        loop {
            let before = self.changeable(id)?;
            let is_for_contacts = !before.by_link && !before.own_only && !before.withdrawn;
            if !is_for_contacts || before.maker.is_some() || before.album.is_some() {
                let why = "only to what you made and share with chosen friends can they add";
                return Err(Error::Unsupported(why.into()));
            }
            if before.adds == adds {
                return Ok(shown_share(&before, &me));
            }
            let readers = self.0.state.read(|tables| tables.reachable(&before.recipients));
            let change = before.present().renew(&readers);
            if let Some(after) = self
                .rewrite_as(&before, change, false, None, |header| header.adds = adds.then_some(true))
                .await?
            {
                return Ok(shown_share(&after, &me));
            }
        }
    }

    /// Adds files to an album of somebody who lets me, or to a share of my own.
    ///
    /// All that I add to one album is one share of mine, to its author alone.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a draft.
    pub(in crate::engine) async fn add_to(
        &self,
        id: &str,
        files: Vec<NewFile>,
        keep_location: bool,
    ) -> Result<Share, Error> {
        let me = self.0.directory.id;
        let album = self.0.state.read(|tables| tables.share(id).cloned())?;
        if album.author == me {
            return self.add_files(id, files, keep_location).await;
        }
        if !album.adds || album.maker.is_some() {
            let why = "only who shared this can add to it: share the files with them instead";
            return Err(Error::Unsupported(why.into()));
        }
        let mine = self.0.state.read(|tables| {
            let of_album = |share: &&ShareRecord| {
                share.author == me && share.album() == Some(album.id()) && !share.withdrawn
            };
            tables.shares.values().find(of_album).map(|share| share.id().to_string())
        });
        if let Some(mine) = mine {
            return self.add_files(&mine, files, keep_location).await;
        }
        let recipients = self.recipients(&[album.author.to_string()])?;
        let Chosen { files, sources, folders } = planned(files)?;
        let plan = Plan {
            inner: ByteArray::new(platform::random()),
            title: album.title.clone(),
            note: String::new(),
            recipients: Some(recipients),
            link: None,
            created: platform::now_ms(),
            files,
            public: false,
            onto: None,
            folders,
            keep_location,
            adds: false,
            answers: false,
            album: Some(ByteArray::new(*album.id().as_bytes())),
        };
        self.finish_new(plan, sources).await
    }

    /// Names in each album of mine what its readers added, and no more what is gone.
    pub(super) async fn gather_additions(self) {
        let mut backoff = Backoff::between(WAITS);
        let mut changes = self.0.state.watch(&[Kind::shares, Kind::hidden, Kind::relations]);
        loop {
            let me = self.0.directory.id;
            let albums: Vec<_> = self.0.state.read(|tables| albums_of(tables, &me));
            let mut is_done = true;
            for id in albums {
                if let Err(why) = self.gather(&id).await {
                    tracing::debug!(%why, "an album is not brought up to date yet");
                    is_done = false;
                }
            }
            changes.next_round(is_done, &mut backoff).await;
        }
    }

    /// Makes the next revision of an album where its parts are to be others.
    async fn gather(&self, id: &ShareId) -> Result<(), Error> {
        let state = &self.0.state;
        while let Some(before) =
            state.read(|tables| tables.shares.get(id).filter(|it| !it.withdrawn).cloned())
        {
            let list = self.0.fetchers.open_manifest(&before).await?;
            let present = list.manifest().parts();
            let wanted = state.read(|tables| wanted_parts(tables, &before, present));
            if wanted == present {
                return Ok(());
            }
            let (header, key) = self.own_header(&before).await?;
            let readers = state.read(|tables| tables.reachable(&before.recipients));
            let change = before.present().renew(&readers);
            let key = if change.new_key { share::new_key() } else { key };
            let rewrite =
                ManifestRewrite { parts: Some(wanted), ..ManifestRewrite::of(&before, &key, header.kind) };
            let (listed, pins) = self.rewrite_manifest(rewrite).await?;
            let listed = Some(listed);
            let revision =
                Revision { change, key, header, listed, withdrawn: false, draft: None, link: None };
            if self.revise(&before, revision, pins).await?.is_some() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Opens the list of files of each part that hangs from an album, and looks for what I added. A part that is not what
    /// the album says of it goes.
    pub(super) async fn list_parts(self) {
        let mut backoff = Backoff::between(WAITS);
        let mut changes = self.0.state.watch(&[Kind::shares]);
        loop {
            // A stranger's relays are asked after the person says yes.
            let due: Vec<_> = self.0.state.read(|tables| {
                let to_open = tables.shares.values().filter_map(ShareRecord::to_open);
                to_open.filter(|part| part.elsewhere.is_empty()).cloned().collect()
            });
            let listed: Vec<_> = stream::iter(due)
                .map(|part| self.keep_part(part))
                .buffer_unordered(LISTS_AT_ONCE)
                .collect()
                .await;
            let is_told = match self.look_for_mine().await {
                Ok(()) => true,
                Err(why) => {
                    tracing::debug!(%why, "whether an album has what I added is not known yet");
                    false
                }
            };
            let is_done = is_told && listed.into_iter().all(|is_done| is_done);
            changes.next_round(is_done, &mut backoff).await;
        }
    }

    /// Notes of what I added to albums of others whether it is in them, as it is now.
    async fn look_for_mine(&self) -> Result<(), Error> {
        let (state, me) = (&self.0.state, self.0.directory.id);
        let mine: Vec<_> = state.read(|tables| {
            let mine = tables.shares.values().filter(|share| share.author == me && share.album.is_some());
            mine.filter_map(|share| Some((share.clone(), tables.shares.get(&share.album()?)?.clone())))
                .collect()
        });
        for (share, album) in mine.into_iter().filter(|(_, album)| !album.unlisted) {
            let list = self.0.fetchers.open_manifest(&album).await?;
            let is_it = |part: &Part| {
                part.maker == me.verifying_key() && share.manifest().as_ref() == Some(&part.manifest())
            };
            let (id, block, is_in) = (share.id(), share.block(), list.manifest().parts().iter().any(is_it));
            if share.in_album == is_in {
                continue;
            }
            let noted = state.update(move |tx| {
                if let Some(share) = tx.shares.get_mut(&id).filter(|now| now.block() == block) {
                    share.in_album = is_in;
                }
                Ok(())
            });
            noted.await?;
        }
        Ok(())
    }

    /// Lists a part, or removes it where it is another; says whether nothing more is to be done.
    async fn keep_part(&self, mut part: ShareRecord) -> bool {
        let (id, block) = (part.id(), part.block());
        let is_sound = match self.list_part(&mut part).await {
            Ok(()) => true,
            Err(why @ Error::InvalidSignature(_)) => {
                tracing::warn!(%why, "a part of an album is not what its author says of it");
                false
            }
            Err(why) => {
                tracing::debug!(%why, "a part of an album is not here yet");
                return false;
            }
        };
        let state = self.0.state.background();
        let kept = state.update(move |tx| {
            let is_same = |now: &ShareRecord| now.to_open().is_some_and(|open| open.block() == block);
            match tx.shares.get_mut(&id).filter(|now| is_same(now)) {
                Some(now) if is_sound => *now = ShareRecord { unlisted: false, ..part },
                Some(_) => drop(tx.shares.remove(&id)),
                None => {}
            }
            Ok(())
        });
        kept.await.is_ok()
    }

    /// Fetches the list of files of a part, and checks that it is of this maker, share and album.
    pub(super) async fn list_part(&self, part: &mut ShareRecord) -> Result<(), Error> {
        let Self(inner) = self;
        let album = part.album().and_then(|album| {
            inner.state.read(|tables| tables.shares.get(&album).map(ShareRecord::id_at_maker))
        });
        let album = album.ok_or(Error::NotFound("album"))?;
        let pointer = part.manifest().ok_or(Error::NotFound("list of files"))?;
        let Some(maker) = &mut part.maker else { return Err(Error::bug("a part has a maker")) };
        let key = maker.id.verifying_key();
        let relays = inner.directory.trusted_of(&maker.relays);
        let fetcher = inner.fetchers.at(&part.author, &relays);
        let reader = dag::Reader::open(fetcher, &pointer, Some(&key)).await?;
        let manifest = reader.manifest();
        let share = InnerId(part.inner.into_array());
        album::check_part(share, &album, manifest).map_err(Error::unverified)?;
        (part.files, part.size) = (manifest.files, manifest.size);
        maker.name = inner.fetchers.name_of(&maker.id, &relays).await;
        Ok(())
    }
}

/// Whether what somebody gave to me does not belong to the album that it names: that is none of mine, or they never were a
/// reader who may add. Of an album that is not here yet nothing is known.
pub(super) fn is_no_addition(tables: &Tables, me: &Id, share: &ShareRecord) -> bool {
    let album = share.album().and_then(|album| tables.shares.get(&album));
    let may_add = |album: &ShareRecord| {
        album.author == *me && album.adds && album.all_readers().contains(&share.author)
    };
    album.is_some_and(|album| !may_add(album))
}

/// Albums of mine, also those to which nobody may add any more: what was added can still be hidden and taken back.
fn albums_of(tables: &Tables, me: &Id) -> Vec<ShareId> {
    let has_parts: BTreeSet<_> = tables.shares.values().filter_map(ShareRecord::album).collect();
    let is_album = |share: &&ShareRecord| {
        let is_or_was = share.adds || share.was_album || has_parts.contains(&share.id());
        share.author == *me && !share.withdrawn && is_or_was
    };
    tables.shares.values().filter(is_album).map(ShareRecord::id).collect()
}

/// The parts that an album of mine is to have.
fn wanted_parts(tables: &Tables, before: &ShareRecord, present: &[Part]) -> Vec<Part> {
    let is_added = |share: &&ShareRecord| share.author != before.author && share.album() == Some(before.id());
    let additions = tables.shares.values().filter(is_added).filter_map(|share| {
        let contact = tables.contacts.get(&share.author);
        Some(Addition {
            maker: share.author,
            share: share.inner(),
            manifest: share.manifest()?,
            keepers: contact.map(|contact| contact.relays().to_vec()).unwrap_or_default(),
        })
    });
    let additions: Vec<_> = additions.collect();
    let may_add = |id: &Id| before.adds && before.recipients.contains(id) && tables.is_watched(id);
    let is_gone = |maker: &Id, share| {
        let standing = tables.standing(&ShareId::new(maker.as_bytes(), share));
        standing.is_some_and(|standing| standing.is_gone) || is_blocked(tables, maker)
    };
    album::parts(
        present,
        &additions,
        &Rules { may_add: &may_add, is_gone: &is_gone, now: platform::now_ms() },
    )
}

/// Hangs exactly these parts from an album that somebody gave to me. What I added myself is a share of mine already; what
/// I removed, and what somebody added whom I blocked, stays away.
///
/// The relays of a maker whom I do not know are asked after the person says yes.
pub(super) fn hang(tx: &mut Transaction, directory: &Directory, album: &ShareRecord, parts: &[Part]) {
    let (now, me) = (platform::now_ms(), directory.id.verifying_key());
    let new: Vec<_> = parts
        .iter()
        .filter(|part| part.maker != me && !is_blocked(tx, &part.maker.into()))
        .map(|part| ShareRecord::part(album, part, now))
        .filter(|part| !tx.standing(&part.id()).is_some_and(|standing| standing.is_gone))
        .collect();
    let names: BTreeSet<_> = new.iter().map(ShareRecord::id).collect();
    unhang(tx, &album.id(), |id| !names.contains(id));
    for mut part in new {
        let before = tx.shares.get(&part.id());
        // Another share of this author has the name: only a broken one gives it twice.
        if before.is_some_and(|before| !before.is_part()) {
            continue;
        }
        let asked = before.map(ShareRecord::makers_relays).unwrap_or_default();
        let is_known = |relay: &str| asked.iter().any(|it| it == relay) || tx.is_relay_of_a_contact(relay);
        part.elsewhere = directory.unknown(&part.makers_relays(), is_known);
        if let Some(before) = before {
            part.first_seen = before.first_seen;
            let (is_same, is_listed) = (before.block() == part.block(), !before.unlisted);
            // What can be read now stays until what takes its place can be.
            if is_same || (is_listed && part.elsewhere.is_empty()) {
                let next = (!is_same).then(|| Box::new(part));
                part = ShareRecord { next, ..before.clone() };
            }
        }
        tx.receive(part);
    }
}

fn is_blocked(tables: &Tables, id: &Id) -> bool {
    tables.decision(id) == Decision::Blocked
}

/// Removes parts of an album, by their ids; gives them.
pub(super) fn unhang(
    tx: &mut Transaction,
    album: &ShareId,
    is_over: impl Fn(&ShareId) -> bool,
) -> Vec<std::rc::Rc<ShareRecord>> {
    let of_album = |share: &ShareRecord| share.is_part() && share.album() == Some(*album);
    let over: Vec<_> =
        tx.shares.iter().filter(|(id, share)| of_album(share) && is_over(id)).map(|(id, _)| *id).collect();
    for id in &over {
        tx.wishes.remove(&id.to_string());
    }
    over.iter().filter_map(|id| tx.shares.remove(id)).collect()
}

#[cfg(test)]
mod tests;

//! Ingesting what others say of their shares: that there is one, that it changed, that it is gone.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_bytes::ByteArray;

use crate::dag;
use crate::engine::Error;
use crate::engine::state::Tables;
use crate::engine::transfer::BlockFetcher;
use crate::format::header::Links;
use crate::format::manifest::{Manifest, Part};
use crate::format::share_id::{InnerId, ShareId};
use crate::format::{Cid, limits};
use crate::keys::Id;
use crate::platform;
use crate::social::audience::{self, Standing};
use crate::social::share;
use crate::social::share_record::{Maker, SealedShare, ShareRecord};

use super::albums;
use super::handle::{Inner, Shares};

/// A note that tells of a share, and what is needed to open it.
pub(in crate::engine) struct ShareAnnouncement<'a> {
    pub(in crate::engine) author: Id,
    pub(in crate::engine) fetcher: &'a BlockFetcher,
    pub(in crate::engine) pair: &'a [u8; 32],
    pub(in crate::engine) share: InnerId,
    pub(in crate::engine) rev: u64,
    pub(in crate::engine) header: Cid,
    pub(in crate::engine) keepers: &'a [String],
    /// Whether a relay has told of the record that brought the note.
    pub(in crate::engine) is_at_relay: bool,
}

impl Shares {
    /// Ingests a share or a later revision of it. One that is not for me changes nothing: who was taken off keeps what
    /// they have.
    pub(in crate::engine) async fn ingest_share(
        &self,
        announcement: &ShareAnnouncement<'_>,
    ) -> Result<(), Error> {
        let id = ShareId::new(announcement.author.as_bytes(), announcement.share);
        let is_news = |rev| {
            let standing = Standing { rev, is_gone: false };
            standing.is_news(self.0.state.read(|tables| tables.standing(&id)))
        };
        if !is_news(announcement.rev) {
            return Ok(());
        }
        let _announced = Announced::note(&self.0, id);
        // Where no relay keeps it, its author has overtaken it by a revision of which I am told too, or I was taken off.
        let Some(block) = announcement.fetcher.find(&announcement.header).await? else { return Ok(()) };
        let Some(opened) = share::open(&announcement.author, announcement.pair, &block)? else {
            return Ok(());
        };
        if opened.id != id || !is_news(opened.header.rev) {
            return Ok(());
        }
        share::check_given(&opened).map_err(Error::unverified)?;
        let (new, parts, is_same) = self.open_received(announcement, &opened).await?;
        let directory = self.0.directory.clone();
        let state = self.0.state.background();
        let kept = state.update(move |tx| {
            // It may have been removed, or overtaken, while its manifest was fetched.
            let standing = Standing { rev: new.rev, is_gone: false };
            if !standing.is_news(tx.standing(&id)) || tx.closed.contains(&new.author) {
                return Ok(None);
            }
            let mut share = new;
            let before = before_new_keys(tx, &share);
            if tx.hidden.contains(&before.unwrap_or(id)) && before.is_some() {
                // What I removed stays removed under other keys.
                tx.hide(id, share.author, share.rev);
                return Ok(None);
            }
            if let Some(before) = tx.shares.get(&before.unwrap_or(id)).or(tx.shares.get(&id)) {
                share.first_seen = before.first_seen;
                if is_same {
                    (share.unread, share.told) = (before.unread, before.told);
                }
            }
            if let Some(before) = before {
                tx.shares.remove(&before);
                if let Some(wish) = tx.wishes.remove(&before.to_string()) {
                    tx.wishes.insert(id.to_string(), (*wish).clone());
                }
            }
            share.album = share.album.filter(|_| !albums::is_no_addition(tx, &directory.id, &share));
            tx.receive(share.clone());
            if let Some(album) = share.album().filter(|_| share.unread).and_then(|id| tx.shares.get_mut(&id))
            {
                album.unread = true;
            }
            if let Some(parts) = &parts {
                albums::hang(tx, &directory, &share, parts);
            }
            Ok(Some(share))
        });
        match kept.await? {
            Some(share) => self.follow_source(&share).await,
            None => Ok(()),
        }
    }

    /// Opens a share that was announced; gives the parts in its list too, and whether a reader finds nothing new in it.
    async fn open_received(
        &self,
        announcement: &ShareAnnouncement<'_>,
        opened: &share::OpenedHeader,
    ) -> Result<(ShareRecord, Option<Vec<Part>>, bool), Error> {
        let Self(inner) = self;
        let keepers: &[String] = if opened.links == Links::None { announcement.keepers } else { &[] };
        let before = inner.state.read(|tables| {
            let here = tables.shares.get(&opened.id);
            let inner = InnerId(opened.header.share.0);
            here.or_else(|| tables.shares.get(&before_keys(tables, &announcement.author, inner)?)).cloned()
        });
        let asked = before.as_ref().map(ShareRecord::makers_relays).unwrap_or_default();
        let elsewhere = inner.state.read(|tables| {
            let is_known =
                |relay: &str| asked.iter().any(|it| it == relay) || tables.is_relay_of_a_contact(relay);
            inner.directory.unknown(keepers, is_known)
        });
        let may_be_asked: Vec<_> =
            keepers.iter().filter(|relay| !elsewhere.contains(relay)).cloned().collect();
        let relays = inner.directory.trusted_of(&may_be_asked);
        let fetcher = inner.fetchers.at(&announcement.author, &relays);
        let mut share = ShareRecord::new(SealedShare {
            author: announcement.author,
            header: &opened.header,
            block: announcement.header,
            files: 0,
            size: 0,
            recipients: Vec::new(),
            key: None,
            now: platform::now_ms(),
        });
        share.unread = true;
        share.fetch = Some(ByteArray::new(*opened.key.fetch_key().as_bytes()));
        share.at_author_only = !announcement.is_at_relay;
        let reader =
            match dag::Reader::open(fetcher, &opened.header.manifest, None).await.map_err(Error::from) {
                // It shows all the same, and the person is asked before these relays are.
                Err(Error::Unreachable(_)) if !elsewhere.is_empty() => {
                    (share.elsewhere, share.unlisted) = (inner.directory.unknown(keepers, |_| false), true);
                    return Ok((share, None, false));
                }
                reader => reader?,
            };
        let (manifest, maker) = (reader.manifest(), Id::from(*reader.maker()));
        share::check_manifest(opened, &announcement.author, manifest, &maker).map_err(Error::unverified)?;
        (share.files, share.size) = (manifest.files, manifest.size);
        if maker != announcement.author {
            let name = inner.fetchers.name_of(&maker, &relays).await;
            let relays = keepers.iter().take(limits::RELAYS).cloned().collect();
            share.maker = Some(Maker { id: maker, relays, name, from: None });
            share.elsewhere = elsewhere;
        }
        let is_same = match before {
            Some(before) => self.is_same(&before, &share, manifest).await,
            None => false,
        };
        Ok((share, Some(manifest.parts().to_vec()), is_same))
    }

    /// Whether a reader finds nothing in a new revision that was not in the one before.
    async fn is_same(&self, before: &ShareRecord, now: &ShareRecord, manifest: &Manifest) -> bool {
        // Another title alone is nothing to look at again.
        if before.note != now.note {
            return false;
        }
        match self.0.fetchers.open_manifest(before).await {
            Ok(reader) => {
                let before = reader.manifest();
                audience::is_same_content(before, manifest) && !self.has_news_of_others(before, manifest)
            }
            Err(_) => false,
        }
    }

    /// Whether somebody else than me added to an album since.
    fn has_news_of_others(&self, before: &Manifest, now: &Manifest) -> bool {
        let me = self.0.directory.id;
        let of_others = |manifest: &Manifest| {
            let parts = manifest.parts().iter().filter(|part| Id::from(part.maker) != me);
            parts.map(|part| part.block).collect::<BTreeSet<_>>()
        };
        !of_others(now).is_subset(&of_others(before))
    }

    /// Takes shares off the list that their author took back, each up to its revision, in one commit.
    ///
    /// What I was never shown is passed over, because nothing of it can come back: of all notes that are read at once the
    /// newest counts. So nobody fills my rows with what does not exist.
    pub(in crate::engine) async fn ingest_gone(
        &self,
        author: &Id,
        gone: Vec<(InnerId, u64)>,
    ) -> Result<(), Error> {
        let author = *author;
        let ids = gone.into_iter().map(|(share, rev)| (ShareId::new(author.as_bytes(), share), rev));
        let gone: Vec<_> = ids.filter(|(id, rev)| self.is_known_until(id, *rev)).collect();
        if gone.is_empty() {
            return Ok(());
        }
        let state = self.0.state.background();
        let removed = state.update(move |tx| {
            let mut removed = Vec::new();
            for (id, rev) in gone {
                let standing = Standing { rev, is_gone: true };
                if !standing.is_news(tx.standing(&id)) {
                    continue;
                }
                tx.opened.remove(&id);
                tx.wishes.remove(&id.to_string());
                tx.hide(id, author, rev);
                removed.extend(tx.shares.remove(&id));
                removed.extend(albums::unhang(tx, &id, |_| true));
            }
            Ok(removed)
        });
        for share in removed.await? {
            self.0.transfers.stop_of(&share.id().to_string());
            self.lose_source(&share).await?;
        }
        Ok(())
    }

    /// Whether I know a share, or fetch one that was announced, of a revision that is not later.
    fn is_known_until(&self, id: &ShareId, rev: u64) -> bool {
        let known = self.0.state.read(|tables| tables.standing(id));
        let is_announced = self.0.announced.borrow().contains(id);
        (known.is_some() || is_announced) && Standing { rev, is_gone: true }.is_news(known)
    }
}

/// The id under which I know what somebody shared before they changed keys, if it is shown or hidden here.
fn before_keys(tables: &Tables, author: &Id, inner: InnerId) -> Option<ShareId> {
    let before = tables.identities_before(author).into_iter();
    let mut ids = before.map(|author| ShareId::new(author.as_bytes(), inner));
    ids.find(|id| tables.shares.contains(id) || tables.hidden.contains(id))
}

/// The same of a share that is new under its id.
fn before_new_keys(tables: &Tables, share: &ShareRecord) -> Option<ShareId> {
    before_keys(tables, &share.author, share.inner())
}

/// Notes that a share is being fetched, until it is dropped.
struct Announced(Rc<Inner>, ShareId);

impl Announced {
    fn note(shares: &Rc<Inner>, id: ShareId) -> Self {
        shares.announced.borrow_mut().insert(id);
        Self(shares.clone(), id)
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        self.0.announced.borrow_mut().remove(&self.1);
    }
}

//! Changing one's mind about a share: to whom it is given, and that nobody is to have it any more.
//!
//! Every change makes a new header. Where somebody is taken off, the share gets a new key too, and its manifest is sealed
//! anew under it; what they could open before they can open still.

use std::rc::Rc;

use crate::engine::Error;
use crate::engine::api::{Share, TransferId};
use crate::engine::state::shown_share;
use crate::engine::storage::TempPins;
use crate::format::header::{Header, ShareKey};
use crate::format::manifest::Kind;
use crate::format::note::Says;
use crate::keys::Id;
use crate::social::audience::{Change, Present};
use crate::social::link::OwnLink;
use crate::social::share;
use crate::social::share_record::{Content, ManifestSummary, ShareRecord};

use super::draft::remove_draft;
use super::handle::Shares;
use super::manifest_rewrite::ManifestRewrite;

/// What the next header of a share is made of.
pub(super) struct Revision<'a> {
    pub(super) change: Change,
    pub(super) key: ShareKey,
    pub(super) header: Header,
    /// The manifest, where it was made anew.
    pub(super) listed: Option<ManifestSummary>,
    /// Whether the share is withdrawn from everybody.
    pub(super) withdrawn: bool,
    /// The draft that ends with it.
    pub(super) draft: Option<&'a str>,
    /// The link, where it is another one than before.
    pub(super) link: Option<OwnLink>,
}

/// What the readers of a share may do beside reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Allows {
    /// Add to it.
    pub(in crate::engine) adds: bool,
    /// Answer.
    pub(in crate::engine) answers: bool,
}

impl Shares {
    /// Gives one of my shares to exactly these contacts. Who is left out keeps what was in it until now, until it is
    /// withdrawn.
    pub(in crate::engine) async fn set_audience(
        &self,
        id: &str,
        contacts: &[String],
    ) -> Result<Share, Error> {
        let wanted = self.recipients(contacts)?;
        self.change_audience(id, |present| present.give_to(&wanted)).await
    }

    /// Takes these contacts off one of my shares; those who have no part in it are passed over.
    pub(in crate::engine) async fn revoke(&self, id: &str, contacts: &[String]) -> Result<Share, Error> {
        let removed: Result<Vec<Id>, _> = contacts.iter().map(|contact| contact.parse()).collect();
        let removed = removed.map_err(|_| Error::NotFound("contact"))?;
        self.change_audience(id, |present| present.take_from(&removed)).await
    }

    /// Withdraws one of my shares from everybody: it is gone at its recipients, keepers let go of it, and it stays here.
    pub(in crate::engine) async fn withdraw(&self, id: &str) -> Result<Share, Error> {
        let me = self.0.directory.id;
        loop {
            let before = self.changeable(id)?;
            if before.by_link {
                self.end_links(&[before.id()]).await?;
                return self.share(id);
            }
            if before.own_only || before.withdrawn {
                return Ok(shown_share(&before, &me));
            }
            let change = before.present().renew(&[]);
            if let Some(after) = self.rewrite(&before, change, true).await? {
                return Ok(shown_share(&after, &me));
            }
        }
    }

    /// Makes a new header where `wanted` asks for one.
    pub(super) async fn change_audience(
        &self,
        id: &str,
        wanted: impl Fn(&Present<'_>) -> Option<Change>,
    ) -> Result<Share, Error> {
        let me = self.0.directory.id;
        loop {
            let before = self.changeable(id)?;
            if before.by_link {
                return Err(Error::Unsupported(
                    "everybody who has the link has this: share it anew to choose people".into(),
                ));
            }
            if before.album.is_some() {
                return Err(Error::Unsupported(
                    "what you added to an album is for who made that: share it anew to choose people".into(),
                ));
            }
            let Some(change) = wanted(&before.present()) else { return Ok(shown_share(&before, &me)) };
            let readers = self.0.state.read(|tables| tables.reachable(&change.readers));
            let change = before.present().renew(&readers);
            if let Some(after) = self.rewrite(&before, change, false).await? {
                return Ok(shown_share(&after, &me));
            }
        }
    }

    /// A share of mine whose header can be made anew.
    pub(super) fn changeable(&self, id: &str) -> Result<ShareRecord, Error> {
        let share = self.0.state.read(|tables| tables.share(id).cloned())?;
        if share.author != self.0.directory.id {
            return Err(Error::Unsupported("only who shared this can change it: pass it on instead".into()));
        }
        match share.content {
            Content::Sealed { .. } => Ok(share),
            Content::Public { .. } => {
                Err(Error::Unsupported("what everybody has cannot be given to some".into()))
            }
        }
    }

    /// Makes a header for other readers, and the manifest where they must not open the one that is there; nothing if
    /// the share has changed meanwhile.
    pub(super) async fn rewrite(
        &self,
        before: &ShareRecord,
        change: Change,
        withdrawn: bool,
    ) -> Result<Option<ShareRecord>, Error> {
        self.rewrite_as(before, change, withdrawn, None, |_| ()).await
    }

    /// The same, with a link in the place of the one before where there is one, and with a header that says something else.
    pub(super) async fn rewrite_as(
        &self,
        before: &ShareRecord,
        change: Change,
        withdrawn: bool,
        link: Option<OwnLink>,
        describe: impl FnOnce(&mut Header),
    ) -> Result<Option<ShareRecord>, Error> {
        let (mut header, key) = self.own_header(before).await?;
        describe(&mut header);
        let kind = if change.readers.is_empty() { header.kind } else { Kind::Contacts };
        let key = if change.new_key { share::new_key() } else { key };
        let mut pins = self.0.storage.pin([]);
        let mut listed = None;
        // What somebody else made only they can list.
        if before.maker.is_none() && (change.new_key || kind != header.kind) {
            let rewrite = ManifestRewrite::of(before, &key, kind);
            let (manifest, held) = self.rewrite_manifest(rewrite).await?;
            listed = Some(manifest);
            pins.join(held);
        }
        header.kind = kind;
        let revision = Revision { change, key, header, listed, withdrawn, draft: None, link };
        self.revise(before, revision, pins).await
    }

    /// The header of one of my shares as it stands, and the key of everything in it.
    pub(super) async fn own_header(&self, share: &ShareRecord) -> Result<(Header, ShareKey), Error> {
        let gone = || Error::Storage("the header of this share is gone from this browser".into());
        let block = self.0.storage.block(&share.block()).await?.ok_or_else(gone)?;
        let opened = share::open_own(&self.0.ring, &block)?;
        let opened = opened.ok_or_else(|| Error::bug("an own header has no slot of mine"))?;
        Ok((opened.header, opened.key))
    }

    /// Seals a new header, puts it in the place of the one before, and begins to publish it; nothing if the share has
    /// changed since `before`, or its draft is gone.
    pub(super) async fn revise(
        &self,
        before: &ShareRecord,
        revision: Revision<'_>,
        _pins: TempPins,
    ) -> Result<Option<ShareRecord>, Error> {
        let Self(inner) = self;
        let Revision { change, key, mut header, listed, withdrawn, draft, link: new_link } = revision;
        header.rev = change.rev;
        if let Some(listed) = &listed {
            header.manifest = listed.manifest.clone();
        }
        let recipients = self.sealed_to(&change.readers)?;
        let link =
            new_link.clone().or_else(|| inner.state.read(|tables| tables.links.get(&before.id()).cloned()));
        let sealed = match (&link, &before.maker) {
            (Some(link), _) => share::seal_for_link(&inner.ring, &key, &header, link),
            (None, Some(_)) => share::pass_on(&inner.ring, &key, &header, &recipients),
            (None, None) => share::seal(&inner.ring, &key, &header, &recipients),
        };
        let sealed = sealed.map_err(Error::bug)?;
        let (id, of, told) = (before.id(), before.block(), before.all_readers());
        let (draft, block) = (draft.map(str::to_owned), sealed.cid);
        let install = move |tx: &mut crate::engine::state::Transaction| {
            let Some(share) = tx.shares.get(&id) else { return Err(Error::NotFound("share")) };
            if share.block() != of {
                return Ok(None);
            }
            if let Some(draft) = &draft {
                if !tx.drafts.contains(draft) {
                    return Err(Error::NotFound("draft"));
                }
                remove_draft(tx, draft);
            }
            if withdrawn {
                tx.leave_note(&told, &Says::Gone { share: header.share, rev: Some(header.rev) });
            }
            if let Some(link) = &new_link
                && !Rc::make_mut(&mut tx.links).replace(&id, link.clone())
            {
                return Err(Error::NotFound("link"));
            }
            let closed = tx.closed.clone();
            let share = tx.shares.get_mut(&id).ok_or(Error::NotFound("share"))?;
            share.revise(block, &header, &key, change.readers.clone(), listed.clone(), withdrawn);
            // Nobody has these keys any more who is to hear of it.
            share.former.retain(|reader| !closed.contains(reader));
            Ok(Some(share.clone()))
        };
        let blocks = vec![(sealed.cid, sealed.block)];
        let Some(after) = inner.storage.update_when_room(None, blocks, install).await? else {
            return Ok(None);
        };
        // A header that is on its way to a keeper has been overtaken.
        inner.transfers.cancel(&TransferId::up(id));
        if withdrawn {
            inner.served.forget();
            inner.served.serve_root(&inner.state).await;
            inner.served.serve_shares(&inner.state, &inner.directory.id).await;
        } else {
            inner.served.serve_share(&after).await;
        }
        inner.publisher.list_upload(&after);
        Ok(Some(after))
    }
}

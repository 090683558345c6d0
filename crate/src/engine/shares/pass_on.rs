//! Passing on what somebody else made: a share of my own whose manifest is theirs.
//!
//! It is by reference: their relays keep the files, and this device gives what it has of them. So it follows the share
//! that I was given: changes of its files become revisions of mine, and when it is taken back from me, mine is gone as
//! well. Title and note stay those that I passed on.

use crate::engine::Error;
use crate::engine::api::Share;
use crate::engine::state::{Tables, shown_share};
use crate::format::header::{Header, split_note};
use crate::format::limits;
use crate::format::manifest::Kind;
use crate::format::share_id::ShareId;
use crate::keys::Id;
use crate::platform;
use crate::social::audience::Present;
use crate::social::share;
use crate::social::share_record::{Content, Maker, ManifestSummary, SealedShare, ShareRecord};

use super::handle::Shares;
use super::revise::Revision;

impl Shares {
    /// Gives what somebody shared with me to contacts of mine, with their signature and mine; gives the share of my own
    /// that this makes. Passing it on again adds people to that.
    pub(in crate::engine) async fn pass_on(&self, id: &str, contacts: &[String]) -> Result<Share, Error> {
        let me = self.0.directory.id;
        let source = self.0.state.read(|tables| tables.share(id).cloned())?;
        if source.unlisted {
            let why = "look first at what is in it: its files are at relays that were not asked";
            return Err(Error::Unreachable(why.into()));
        }
        if source.album.is_some() {
            let why = "this was added to an album: give the album to more people instead";
            return Err(Error::Unsupported(why.into()));
        }
        let wanted = self.recipients(contacts)?;
        if wanted.is_empty() {
            return Err(Error::InvalidName("choose at least one person".into()));
        }
        if let Content::Public { .. } = source.content {
            return Err(Error::Unsupported("everybody has this already: tell them who shared it".into()));
        }
        if source.author == me && source.maker.is_none() {
            return Err(Error::Unsupported("you made this: give it to more people instead".into()));
        }
        let own = ShareId::new(me.as_bytes(), source.inner());
        let is_known = self.0.state.read(|tables| tables.shares.contains(&own));
        if !is_known && let Some(share) = self.pass_on_first(&source, &own, wanted.clone()).await? {
            return Ok(share);
        }
        let more = |present: &Present<'_>| present.give_to(&[present.readers, &wanted].concat());
        self.change_audience(&own.to_string(), more).await
    }

    /// Makes the share of my own; nothing if there is one already.
    async fn pass_on_first(
        &self,
        source: &ShareRecord,
        own: &ShareId,
        recipients: Vec<Id>,
    ) -> Result<Option<Share>, Error> {
        let Self(inner) = self;
        let now = platform::now_ms();
        let (note, more) = split_note(source.note.as_deref().unwrap_or_default());
        let header = Header {
            share: source.inner(),
            // Higher than that of any time before that I passed this on, of which nothing may be known here.
            rev: now,
            kind: Kind::Contacts,
            created: now,
            title: source.title.clone(),
            note,
            manifest: source.manifest().ok_or(Error::NotFound("list of files"))?,
            adds: None,
            answers: None,
            album: None,
            more,
            cover: source.cover.clone(),
            order: source.order.clone(),
            until: None,
            extra: Default::default(),
        };
        let key = share::new_key();
        let sealed = share::pass_on(&inner.ring, &key, &header, &self.sealed_to(&recipients)?);
        let sealed = sealed.map_err(Error::bug)?;
        let mut share = ShareRecord::new(SealedShare {
            author: inner.directory.id,
            header: &header,
            block: sealed.cid,
            files: source.files,
            size: source.size,
            recipients,
            key: Some(&key),
            now,
        });
        share.maker = Some(inner.state.read(|tables| maker_of(tables, source)));
        share.elsewhere = source.elsewhere.clone();
        let (new, own) = (share.clone(), *own);
        let install = move |tx: &mut crate::engine::state::Transaction| {
            let is_new = !tx.shares.contains(&own);
            if is_new {
                tx.shares.insert(own, new.clone());
            }
            Ok(is_new)
        };
        let blocks = vec![(sealed.cid, sealed.block)];
        if !inner.storage.update_when_room(None, blocks, install).await? {
            return Ok(None);
        }
        inner.served.serve_share(&share).await;
        inner.publisher.list_upload(&share);
        Ok(Some(shown_share(&share, &inner.directory.id)))
    }

    /// The share of mine by which I passed this one on.
    fn passed_on_from(&self, source: &ShareRecord) -> Option<ShareRecord> {
        let own = ShareId::new(self.0.directory.id.as_bytes(), source.inner());
        let own = self.0.state.read(|tables| tables.shares.get(&own).cloned());
        own.filter(|own| own.maker.as_ref().is_some_and(|maker| maker.from == Some(source.author)))
    }

    /// Makes a revision of what I passed on where a share that I was given has changed.
    pub(super) async fn follow_source(&self, source: &ShareRecord) -> Result<(), Error> {
        if source.unlisted {
            return Ok(());
        }
        loop {
            let Some(before) = self.passed_on_from(source) else { return Ok(()) };
            let manifest = source.manifest().ok_or(Error::NotFound("list of files"))?;
            let (header, key) = self.own_header(&before).await?;
            // Title and note stay those of the moment at which I passed it on, because I signed them.
            if header.manifest == manifest {
                return Ok(());
            }
            let listed = Some(ManifestSummary {
                manifest,
                files: source.files,
                size: source.size,
                is_news: true,
                added: 0,
            });
            let readers = self.0.state.read(|tables| tables.reachable(&before.recipients));
            let change = before.present().renew(&readers);
            let key = if change.new_key { share::new_key() } else { key };
            let withdrawn = before.withdrawn;
            let revision = Revision { change, key, header, listed, withdrawn, draft: None, link: None };
            if self.revise(&before, revision, self.0.storage.pin([])).await?.is_some() {
                return Ok(());
            }
        }
    }

    /// Takes back what I passed on where it was taken back from me: its blocks are kept no longer.
    pub(super) async fn lose_source(&self, source: &ShareRecord) -> Result<(), Error> {
        match self.passed_on_from(source) {
            Some(own) => self.forget_share(&own).await,
            None => Ok(()),
        }
    }
}

/// Who made what I was given, and where those to whom I pass it on find its blocks.
fn maker_of(tables: &Tables, source: &ShareRecord) -> Maker {
    let from = Some(source.author);
    if let Some(maker) = &source.maker {
        return Maker { from, ..maker.clone() };
    }
    let contact = tables.contacts.get(&source.author);
    // Of somebody who is no contact a link may have said where they keep it, and who they are.
    let opened = tables.opened.get(&source.id()).map_or(&[][..], |opened| opened.relays());
    let relays = contact.map_or(opened, |contact| contact.relays());
    let relays = relays.iter().take(limits::RELAYS).cloned().collect();
    let name = contact.and_then(|contact| contact.profile.as_ref()).map(|profile| profile.name.clone());
    Maker { id: source.author, relays, name: name.or_else(|| source.author_name.clone()), from }
}

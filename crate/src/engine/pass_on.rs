//! Passing on what somebody else made: a share of my own whose list of files is theirs.
//!
//! It is by reference: their relays keep the files, and I give what I have of them. So it follows the share that I was
//! given: its changes become revisions of mine, and when it is taken back from me, mine is from whoever has it.

use std::rc::Rc;

use crate::format::header::Header;
use crate::format::limits;
use crate::format::manifest::Kind;
use crate::format::share_id::ShareId;
use crate::keys::Id;
use crate::platform;
use crate::social::audience::Present;
use crate::social::share;
use crate::store::Write;

use super::api::{Change, Event, Share};
use super::audience::Revision;
use super::kept::{Content, Kept, Maker, Opened};
use super::relist::{Listed, Unnamed};
use super::session::Session;
use super::{Engine, Error};

impl Engine {
    /// Gives what somebody shared with me to contacts of mine, with their signature and mine; gives the share of my own
    /// that this makes. Passing it on again adds people to that.
    pub async fn pass_on(&self, id: &str, contacts: &[String]) -> Result<Share, Error> {
        let session = self.session()?;
        let source = session.kept(id)?;
        let wanted = session.recipients(contacts)?;
        if wanted.is_empty() {
            return Err(Error::InvalidName("choose at least one person".into()));
        }
        if let Content::Public { .. } = source.content {
            return Err(Error::Unsupported("everybody has this already: tell them who shared it".into()));
        }
        if source.author == session.id && source.maker.is_none() {
            return Err(Error::Unsupported("you made this: give it to more people instead".into()));
        }
        let own = ShareId::new(session.id.as_bytes(), source.inner()).to_string();
        if session.kept(&own).is_ok() {
            let more = |present: &Present<'_>| present.give_to(&[present.readers, &wanted].concat());
            return session.change_audience(&own, more).await;
        }
        session.pass_on_first(&source, wanted).await
    }
}

impl Session {
    async fn pass_on_first(self: &Rc<Self>, source: &Kept, recipients: Vec<Id>) -> Result<Share, Error> {
        let _one_at_a_time = self.rewriting.lock().await;
        let now = platform::now_ms();
        let header = Header {
            share: source.inner(),
            // Higher than that of any time before that I passed this on, of which nothing may be known here.
            rev: now,
            kind: Kind::Contacts,
            created: now,
            title: source.title.clone(),
            note: source.note.clone().unwrap_or_default(),
            manifest: source.manifest().ok_or(Error::NotFound("list of files"))?,
            extra: Default::default(),
        };
        let key = share::new_key();
        let sealed = share::pass_on(&self.ring, &key, &header, &self.sealed_to(&recipients)?);
        let sealed = sealed.map_err(Error::bug)?;
        let mut share = Kept::new(Opened {
            author: self.id,
            header: &header,
            block: sealed.cid,
            files: source.files,
            size: source.size,
            recipients,
            key: Some(&key),
            now,
        });
        share.maker = Some(self.maker_of(source));
        let mut write = Write::strict().block(sealed.cid, sealed.block);
        self.put_share(&mut write, &share);
        self.commit_with_room("", write).await?;
        self.tell_share(share.clone());
        self.serve_share(&share).await;
        self.publish_share(&share);
        Ok(share.shown(&self.id))
    }

    /// Who made what I was given, and where those to whom I pass it on find its blocks.
    fn maker_of(&self, source: &Kept) -> Maker {
        let from = Some(source.author);
        if let Some(maker) = &source.maker {
            return Maker { from, ..maker.clone() };
        }
        let state = self.state.borrow();
        let contact = state.contacts.get(&source.author);
        // Of somebody who is no contact a link may have said where they keep it, and who they are.
        let opened = state.opened.get(&source.id()).map_or(&[][..], |opened| &opened.link.relays);
        let relays = contact.map_or(opened, |contact| contact.relays());
        let relays = relays.iter().take(limits::RELAYS).cloned().collect();
        let name = contact.and_then(|contact| contact.profile.as_ref()).map(|profile| profile.name.clone());
        Maker { id: source.author, relays, name: name.or_else(|| source.author_name.clone()), from }
    }

    /// The share of mine by which I passed this one on.
    fn passed_on_from(&self, source: &Kept) -> Option<Kept> {
        let own = ShareId::new(self.id.as_bytes(), source.inner());
        let own = self.state.borrow().shares.get(&own).cloned();
        own.filter(|own| own.maker.as_ref().is_some_and(|maker| maker.from == Some(source.author)))
    }

    /// Makes a revision of what I passed on where a share that I was given has changed.
    pub(super) async fn follow_source(self: &Rc<Self>, source: &Kept) -> Result<(), Error> {
        let _one_at_a_time = self.rewriting.lock().await;
        let Some(before) = self.passed_on_from(source) else { return Ok(()) };
        let manifest = source.manifest().ok_or(Error::NotFound("list of files"))?;
        let (mut header, key) = self.own_header(&before).await?;
        let note = source.note.clone().unwrap_or_default();
        if (&header.manifest, &header.title, &header.note) == (&manifest, &source.title, &note) {
            return Ok(());
        }
        (header.title, header.note) = (source.title.clone(), note);
        let listed =
            Some(Listed { manifest, files: source.files, size: source.size, is_news: true, added: 0 });
        let change = before.present().renew(&self.reachable(&before.recipients));
        let key = if change.new_key { share::new_key() } else { key };
        let withdrawn = before.withdrawn;
        let revision = Revision { change, key, header, listed, withdrawn, draft: None };
        self.revise(&before, revision, Unnamed::new(self)).await.map(drop)
    }

    /// Takes back what I passed on where it was taken back from me: its blocks are kept no longer.
    pub(super) async fn lose_source(self: &Rc<Self>, source: &Kept) -> Result<(), Error> {
        let _one_at_a_time = self.rewriting.lock().await;
        let Some(own) = self.passed_on_from(source) else { return Ok(()) };
        self.stop_transfers_of(&own.id().to_string()).await?;
        self.forget_share(&own).await?;
        self.hub.tell(&Event::Share { change: Change::Removed, share: own.shown(&self.id) });
        self.publish_soon();
        Ok(())
    }
}

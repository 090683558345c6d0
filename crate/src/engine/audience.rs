//! Changing one's mind about a share: to whom it is given, and that nobody is to have it any more.
//!
//! Every change makes a new header. Where somebody is taken off, the share gets a new key too, and its list of files is
//! sealed anew under it; what they could open before they can open still.

use std::rc::Rc;

use crate::format::header::{Header, ShareKey};
use crate::format::manifest::Kind;
use crate::format::note::Says;
use crate::keys::Id;
use crate::social::audience::{Change, Present};
use crate::social::share;
use crate::store::Write;

use super::api::Share;
use super::kept::{Content, Kept};
use super::publish::up_transfer;
use super::relist::{Listed, Relist, Unnamed};
use super::session::Session;
use super::{Engine, Error};

/// What the next header of a share is made of.
pub(super) struct Revision<'a> {
    pub(super) change: Change,
    pub(super) key: ShareKey,
    pub(super) header: Header,
    /// The list of files, where it was made anew.
    pub(super) listed: Option<Listed>,
    /// Whether the share is taken back from everybody.
    pub(super) withdrawn: bool,
    /// The draft that ends with it.
    pub(super) draft: Option<&'a str>,
}

impl Engine {
    /// Gives one of my shares to exactly these contacts. Whoever is left out keeps what was in it until now.
    pub async fn set_audience(&self, id: &str, contacts: &[String]) -> Result<Share, Error> {
        let session = self.session()?;
        let wanted = session.recipients(contacts)?;
        session.change_audience(id, |present| present.give_to(&wanted)).await
    }

    /// Takes these contacts off one of my shares; those who have no part in it are passed over.
    pub async fn revoke(&self, id: &str, contacts: &[String]) -> Result<Share, Error> {
        let session = self.session()?;
        let removed: Result<Vec<Id>, _> = contacts.iter().map(|contact| contact.parse()).collect();
        let removed = removed.map_err(|_| Error::NotFound("contact"))?;
        session.change_audience(id, |present| present.take_from(&removed)).await
    }

    /// Takes one of my shares back from everybody: it is gone at its recipients, relays let go of it, and it stays here.
    pub async fn withdraw(&self, id: &str) -> Result<Share, Error> {
        let session = self.session()?;
        let _one_at_a_time = session.rewriting.lock().await;
        let before = session.changeable(id)?;
        if before.by_link {
            session.end_links(&[before.id()]).await?;
            return self.share(id).await;
        }
        if before.own_only || before.withdrawn {
            return Ok(before.shown(&session.id));
        }
        let change = before.present().renew(&[]);
        session.rewrite(&before, change, true).await
    }
}

impl Session {
    /// Makes a new header where `wanted` asks for one.
    pub(super) async fn change_audience(
        self: &Rc<Self>,
        id: &str,
        wanted: impl FnOnce(&Present<'_>) -> Option<Change>,
    ) -> Result<Share, Error> {
        let _one_at_a_time = self.rewriting.lock().await;
        let before = self.changeable(id)?;
        if before.by_link {
            return Err(Error::Unsupported(
                "whoever has the link has this: share it anew to choose people".into(),
            ));
        }
        match wanted(&before.present()) {
            Some(change) => {
                let change = before.present().renew(&self.reachable(&change.readers));
                self.rewrite(&before, change, false).await
            }
            None => Ok(before.shown(&self.id)),
        }
    }

    /// Those of these people to whom a header is to be sealed: not whoever was removed or blocked meanwhile.
    pub(super) fn reachable(&self, readers: &[Id]) -> Vec<Id> {
        let state = self.state.borrow();
        let known = |id: &Id| state.contacts.get(id).is_some_and(|contact| contact.recipient().is_some());
        readers.iter().filter(|id| known(id) && state.people.is_written_to(id)).copied().collect()
    }

    /// A share of mine whose header can be made anew.
    pub(super) fn changeable(&self, id: &str) -> Result<Kept, Error> {
        let share = self.kept(id)?;
        if share.author != self.id {
            return Err(Error::Unsupported("only who shared this can change it: pass it on instead".into()));
        }
        match share.content {
            Content::Sealed { .. } => Ok(share),
            Content::Public { .. } => {
                Err(Error::Unsupported("what everybody has cannot be given to some".into()))
            }
        }
    }

    /// Makes a header for other readers, and the list of files where they must not open the one that is there.
    async fn rewrite(
        self: &Rc<Self>,
        before: &Kept,
        change: Change,
        withdrawn: bool,
    ) -> Result<Share, Error> {
        let (mut header, key) = self.own_header(before).await?;
        let kind = if change.readers.is_empty() { header.kind } else { Kind::Contacts };
        let key = if change.new_key { share::new_key() } else { key };
        let mut unnamed = Unnamed::new(self);
        let mut listed = None;
        // What somebody else made only they can list.
        if before.maker.is_none() && (change.new_key || kind != header.kind) {
            let relist = Relist { share: before, key: &key, kind, added: Vec::new(), transfer: "" };
            listed = Some(self.relist(relist, &mut unnamed).await?);
        }
        header.kind = kind;
        let revision = Revision { change, key, header, listed, withdrawn, draft: None };
        self.revise(before, revision, unnamed).await
    }

    /// The header of one of my shares as it stands, and the key of everything in it.
    pub(super) async fn own_header(&self, share: &Kept) -> Result<(Header, ShareKey), Error> {
        let gone = || Error::Storage("the header of this share is gone from this browser".into());
        let block = self.store.block(&share.block()).await?.ok_or_else(gone)?;
        let opened = share::open_own(&self.ring, &block)?;
        let opened = opened.ok_or_else(|| Error::bug("an own header has no slot of mine"))?;
        Ok((opened.header, opened.key))
    }

    /// Seals a new header, puts it in the place of the one before, and lets it be published.
    pub(super) async fn revise(
        self: &Rc<Self>,
        before: &Kept,
        revision: Revision<'_>,
        mut unnamed: Unnamed<'_>,
    ) -> Result<Share, Error> {
        let Revision { change, key, mut header, listed, withdrawn, draft } = revision;
        header.rev = change.rev;
        if let Some(listed) = &listed {
            header.manifest = listed.manifest.clone();
        }
        let recipients = self.sealed_to(&change.readers)?;
        let link = self.state.borrow().links.get(&before.id()).cloned();
        let sealed = match (&link, &before.maker) {
            (Some(link), _) => share::seal_for_link(&self.ring, &key, &header, link),
            (None, Some(_)) => share::pass_on(&self.ring, &key, &header, &recipients),
            (None, None) => share::seal(&self.ring, &key, &header, &recipients),
        };
        let sealed = sealed.map_err(Error::bug)?;
        unnamed.commit("", vec![(sealed.cid, sealed.block)]).await?;

        let id = before.id();
        let mut write = Write::strict();
        if let Some(draft) = draft {
            self.remove_draft_rows(&mut write, draft).await?;
        }
        let after = {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            let kept = state.shares.get_mut(&id).filter(|kept| kept.block() == before.block());
            let kept = kept.ok_or(Error::NotFound("share"))?;
            kept.revise(sealed.cid, &header, &key, change.readers, listed, withdrawn);
            let after = kept.clone();
            if withdrawn {
                let says = Says::Gone { share: before.inner(), rev: Some(header.rev) };
                state.published.tell(&before.recipients, &says);
            }
            state.touch();
            self.put_published(&mut write, &state.published);
            self.put_share(&mut write, &after);
            after
        };
        // A header that is on its way to a relay has been overtaken.
        self.cancel_task(&up_transfer(&id.to_string()));
        self.commit_with_room("", write).await?;
        self.tell_updated(&id);
        if withdrawn {
            self.own_blocks.forget();
            self.own_blocks.serve_all_of(self);
        } else {
            self.serve_share(&after).await;
        }
        self.publish_share(&after);
        Ok(after.shown(&self.id))
    }
}

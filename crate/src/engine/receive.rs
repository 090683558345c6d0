//! Taking in what others say of their shares: that there is one, that it changed, that it is gone.

use std::rc::Rc;

use crate::dag;
use crate::format::header::Links;
use crate::format::manifest::Manifest;
use crate::format::share_id::{InnerId, ShareId};
use crate::format::{Cid, limits};
use crate::keys::Id;
use crate::platform;
use crate::social::audience::{self, Standing};
use crate::social::share;
use crate::store::Write;

use super::Error;
use super::api::{Change, Event};
use super::getter::Getter;
use super::kept::{Kept, Maker, Opened};
use super::session::Session;

/// A note that tells of a share, and what is needed to open it.
pub(super) struct Told<'a> {
    pub(super) author: Id,
    pub(super) getter: &'a Getter,
    pub(super) pair: &'a [u8; 32],
    pub(super) share: InnerId,
    pub(super) rev: u64,
    pub(super) header: Cid,
    pub(super) keepers: &'a [String],
}

impl Session {
    /// Takes in a share or a later revision of it. One that is not for me changes nothing: whoever was taken off keeps
    /// what they have.
    pub(super) async fn take_in_share(self: &Rc<Self>, told: &Told<'_>) -> Result<(), Error> {
        let id = ShareId::new(told.author.as_bytes(), told.share);
        let is_news = |rev| Standing { rev, is_gone: false }.is_news(self.standing(&id));
        if !is_news(told.rev) {
            return Ok(());
        }
        // Where no relay keeps it, its author has overtaken it by a revision of which I am told too, or I was taken off.
        let Some(block) = told.getter.find(&told.header).await? else { return Ok(()) };
        let Some(opened) = share::open(&told.author, told.pair, &block)? else { return Ok(()) };
        if opened.id != id || !is_news(opened.header.rev) {
            return Ok(());
        }
        let kept = self.open_received(told, &opened).await?;
        self.keep_share(kept.clone(), Write::strict()).await?;
        self.follow_source(&kept).await
    }

    async fn open_received(self: &Rc<Self>, told: &Told<'_>, opened: &share::Opened) -> Result<Kept, Error> {
        let keepers: &[String] = if opened.links == Links::None { told.keepers } else { &[] };
        let getter = self.getter_at(&told.author, &self.trusted_of(keepers));
        let reader = dag::Reader::open(getter, &opened.header.manifest, None).await?;
        let (manifest, maker) = (reader.manifest(), Id::from(*reader.maker()));
        share::check_manifest(opened, &told.author, manifest, &maker).map_err(Error::unverified)?;
        let mut kept = Kept::new(Opened {
            author: told.author,
            header: &opened.header,
            block: told.header,
            files: manifest.files,
            size: manifest.size,
            recipients: Vec::new(),
            key: None,
            now: platform::now_ms(),
        });
        kept.unread = true;
        kept.at_author_only = !self.is_at_relay(&told.author);
        if maker != told.author {
            let relays: Vec<_> = keepers.iter().take(limits::RELAYS).cloned().collect();
            let name = self.name_of(&maker, &relays).await;
            kept.maker = Some(Maker { id: maker, relays, name, from: None });
        }
        let before = self.state.borrow().shares.get(&opened.id).cloned();
        if let Some(before) = before {
            kept.first_seen = before.first_seen;
            if self.is_same(&before, &kept, manifest).await {
                (kept.unread, kept.told) = (before.unread, before.told);
            }
        }
        Ok(kept)
    }

    /// Whether a reader finds nothing in a new revision that was not in the one before.
    async fn is_same(self: &Rc<Self>, before: &Kept, now: &Kept, manifest: &Manifest) -> bool {
        if (&before.title, &before.note) != (&now.title, &now.note) {
            return false;
        }
        match self.open_manifest_of(before).await {
            Ok(reader) => audience::is_same_content(reader.manifest(), manifest),
            Err(_) => false,
        }
    }

    /// Takes a share off the list that its author took back, up to this revision.
    pub(super) async fn take_in_gone(
        self: &Rc<Self>,
        author: &Id,
        share: InnerId,
        rev: u64,
    ) -> Result<(), Error> {
        let id = ShareId::new(author.as_bytes(), share);
        if !(Standing { rev, is_gone: true }).is_news(self.standing(&id)) {
            return Ok(());
        }
        let gone = self.state.borrow().shares.get(&id).cloned();
        if gone.is_some() {
            self.stop_transfers_of(&id.to_string()).await?;
        }
        self.hide_share(&id, rev).await?;
        if let Some(gone) = gone {
            self.hub.tell(&Event::Share { change: Change::Removed, share: gone.shown(&self.id) });
            self.lose_source(&gone).await?;
        }
        Ok(())
    }

    /// What I have heard of a share until now.
    fn standing(&self, id: &ShareId) -> Option<Standing> {
        let state = self.state.borrow();
        let here = state.shares.get(id).map(|share| Standing { rev: share.rev, is_gone: false });
        here.max(state.hidden.get(id).map(|rev| Standing { rev: *rev, is_gone: true }))
    }
}

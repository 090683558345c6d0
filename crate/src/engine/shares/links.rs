//! Links that I gave out: made with their shares, listed, switched off, and ended at their time.

use std::rc::Rc;
use std::time::Duration;

use crate::engine::Error;
use crate::engine::api::{Link, LinkChange};
use crate::engine::directory::Directory;
use crate::engine::state::{Kind, Transaction};
use crate::format::header::NEVER;
use crate::format::secret::CodeSecret;
use crate::format::share_id::ShareId;
use crate::format::{limits, text};
use crate::platform;
use crate::social::audience::Change;
use crate::social::link::OwnLink;
use crate::social::share_record::ShareRecord;

use super::handle::Shares;

/// How long an end is waited for without looking at the clock, which jumps when a machine wakes up.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

const OVER: &str = "choose an end that is still to come";

impl Shares {
    pub(super) async fn end_links_at_their_time(self) {
        let state = &self.0.state;
        let mut changes = state.watch(&[Kind::links]);
        loop {
            let now = platform::now_ms();
            let (ended, next) = state.read(|tables| (tables.links.ended(now), tables.links.next_end()));
            if !ended.is_empty() {
                match self.end_links(&ended).await {
                    Ok(()) => continue,
                    Err(why) => tracing::debug!(%why, "the end of a link waits"),
                }
            }
            match next {
                Some(next) => {
                    let wait = Duration::from_millis(next.saturating_sub(now).max(1)).min(LONGEST_WAIT);
                    // At an end that could not be stored too, so that it is tried again later and not at once.
                    let wait = if ended.is_empty() { wait } else { LONGEST_WAIT };
                    changes.changed_within(wait).await;
                }
                None => changes.changed().await,
            }
        }
    }

    /// The links that I gave out and that are good still, the newest first.
    pub(in crate::engine) fn links(&self) -> Vec<Link> {
        let directory = &self.0.directory;
        let mut links: Vec<_> = self.0.state.read(|tables| {
            let links = tables.links.iter();
            links.filter_map(|(id, link)| Some(shown_link(directory, tables.shares.get(id)?, link))).collect()
        });
        links.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.id.cmp(&b.id)));
        links
    }

    /// Switches the link of a share off: its letterbox is dropped, and keepers let go of what it led to. The share stays
    /// here.
    pub(in crate::engine) async fn disable_link(&self, id: &str) -> Result<(), Error> {
        let id: ShareId = id.parse().map_err(|_| Error::NotFound("share"))?;
        if self.0.state.read(|tables| tables.links.get(&id).is_none()) {
            return Err(Error::NotFound("link"));
        }
        self.end_links(&[id]).await
    }

    /// Changes the end or the password of a link. What people have of the link goes on to lead to the share.
    ///
    /// # Errors
    ///
    /// `not-found` if the share has no link any more, `invalid-name` if the end is over.
    pub(in crate::engine) async fn change_link(&self, id: &str, wanted: LinkChange) -> Result<Link, Error> {
        if wanted.expires.flatten().is_some_and(|until| until <= platform::now_ms()) {
            return Err(Error::InvalidName(OVER.into()));
        }
        loop {
            let before = self.changeable(id)?;
            let known = self.0.state.read(|tables| tables.links.get(&before.id()).cloned());
            let known = known.ok_or(Error::NotFound("link"))?;
            let mut link = known.clone();
            if let Some(until) = wanted.expires {
                link.until = until;
            }
            if let Some(password) = &wanted.password {
                let key = self.0.passphrases.key_of_link(link.secret(), password).await?;
                link = link.with_password(key);
            }
            if link == known {
                return Ok(shown_link(&self.0.directory, &before, &link));
            }
            // Who had the former password opens nothing new.
            let change = Change { new_key: !link.has_password_of(&known), ..before.present().renew(&[]) };
            let (new, end) = (Some(link.clone()), Some(link.until.unwrap_or(NEVER)));
            if let Some(after) =
                self.rewrite_as(&before, change, false, new, |header| header.until = end).await?
            {
                return Ok(shown_link(&self.0.directory, &after, &link));
            }
        }
    }

    /// Makes the link of a share that is about to be made.
    pub(super) async fn new_link(&self, password: &str, until: Option<u64>) -> Result<OwnLink, Error> {
        let now = platform::now_ms();
        if until.is_some_and(|until| until <= now) {
            return Err(Error::InvalidName(OVER.into()));
        }
        let seq = self.0.state.read(|tables| {
            tables.links.check_room().map_err(Error::invalid)?;
            if tables.letterboxes() >= limits::LETTERBOXES {
                return Err(Error::InvalidName(
                    "remove a contact or switch a link off first: there is no room".into(),
                ));
            }
            Ok(tables.seq_anywhere())
        })?;
        let secret = CodeSecret::from_bytes(platform::random());
        let password = self.0.passphrases.key_of_link(&secret, password).await?;
        Ok(OwnLink::new(secret, password, until, seq, now))
    }

    /// Forgets links that were switched off or have ended, and publishes that. Idempotent.
    pub(super) async fn end_links(&self, ended: &[ShareId]) -> Result<(), Error> {
        let state = &self.0.state;
        let links = ended.to_vec();
        let switched_off = state.update(move |tx| {
            switch_off(tx, &links);
            for id in &links {
                if let Some(share) = tx.shares.get_mut(id) {
                    share.kept_by.clear();
                    share.delivered = false;
                }
            }
            Ok(())
        });
        match switched_off.await {
            // Where is no room to write down who has the share no longer, it is not given all the same.
            Err(Error::Quota) => {
                let links = ended.to_vec();
                let removed = state.remove(move |tx| {
                    switch_off(tx, &links);
                    Ok(())
                });
                removed.await?;
            }
            done => done?,
        }
        ended.iter().for_each(|id| self.0.transfers.stop_of(&id.to_string()));
        Ok(())
    }
}

fn switch_off(tx: &mut Transaction, links: &[ShareId]) {
    for id in links {
        Rc::make_mut(&mut tx.links).switch_off(id);
        tx.wishes.remove(&id.to_string());
    }
}

fn shown_link(directory: &Directory, share: &ShareRecord, link: &OwnLink) -> Link {
    Link {
        id: share.id().to_string(),
        title: text::shown(&share.title),
        link: link.given(&directory.id, directory.relay_names()).to_string(),
        password: link.has_password(),
        created: link.created,
        expires: link.until,
    }
}

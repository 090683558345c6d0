//! Links that I gave out: made with their shares, listed, switched off, and ended at their time.

use std::rc::Rc;
use std::time::Duration;

use crate::format::limits;
use crate::format::note::{Note, Says};
use crate::format::share_id::ShareId;
use crate::format::text;
use crate::platform;
use crate::social::letterbox::Posted;
use crate::social::link::OwnLink;
use crate::store::Write;

use super::api::Link;
use super::kept::Kept;
use super::people;
use super::session::{Session, State};
use super::shares::parse_id;
use super::{Engine, Error};

/// How long an end is waited for without looking at the clock, which jumps when a machine wakes up.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Ends links at their time, for as long as the session lasts.
pub(super) fn start(session: &Rc<Session>) {
    session.spawn(end_at_their_time(session.clone()));
}

async fn end_at_their_time(session: Rc<Session>) {
    // A new link is news to publish as well.
    let mut listener = session.publish.listener();
    loop {
        let now = platform::now_ms();
        let (ended, next) = {
            let state = session.state.borrow();
            (state.links.ended(now), state.links.next_end())
        };
        if !ended.is_empty() {
            match session.end_links(&ended).await {
                Ok(()) => continue,
                Err(why) => tracing::debug!(%why, "the end of a link waits"),
            }
        }
        match next {
            Some(next) => {
                let wait = Duration::from_millis(next.saturating_sub(now).max(1)).min(LONGEST_WAIT);
                listener.rung_within(wait).await;
            }
            None => listener.rung().await,
        }
    }
}

impl Engine {
    /// The links that I gave out and that are good still, the newest first.
    pub async fn links(&self) -> Result<Vec<Link>, Error> {
        let session = self.session()?;
        let state = session.state.borrow();
        let mut links: Vec<_> = state
            .links
            .iter()
            .filter_map(|(id, link)| Some(session.shown_link(state.shares.get(id)?, link)))
            .collect();
        links.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.id.cmp(&b.id)));
        Ok(links)
    }

    /// Switches the link of a share off: its letterbox is dropped, and relays let go of what it led to. The share
    /// stays here.
    pub async fn disable_link(&self, id: &str) -> Result<(), Error> {
        let session = self.session()?;
        let id = parse_id(id)?;
        if session.state.borrow().links.get(&id).is_none() {
            return Err(Error::NotFound("link"));
        }
        session.end_links(&[id]).await
    }
}

impl State {
    /// What the letterboxes of links are to say: of what no relay keeps yet, nothing new.
    pub(super) fn notes_of_links(&self) -> Vec<(ShareId, &OwnLink, Option<Note>)> {
        let notes = self.links.iter().filter_map(|(id, link)| {
            let share = self.shares.get(id)?;
            let says = Says::Share {
                share: share.inner(),
                rev: share.rev,
                header: share.block(),
                keepers: Vec::new(),
            };
            let note = Note { time: link.created, says };
            Some((*id, link, (!share.kept_by.is_empty()).then_some(note)))
        });
        notes.collect()
    }
}

/// The letterboxes that these notes stand in.
pub(super) fn posted<'a>(notes: &'a [(ShareId, &'a OwnLink, Option<Note>)]) -> Vec<Posted<'a>> {
    notes.iter().map(|(share, link, note)| Posted { share: *share, link, note: note.as_ref() }).collect()
}

impl Session {
    /// Whether a share is mine and there for others, or for me elsewhere: not so without its link, where it had one, nor
    /// where it was taken back.
    pub(super) fn gives(&self, state: &State, share: &Kept) -> bool {
        share.author == self.id
            && !share.withdrawn
            && (!share.by_link || state.links.get(&share.id()).is_some())
    }

    /// Makes the link of a share that is about to be made.
    pub(super) fn new_link(&self, password: &str, until: Option<u64>) -> Result<OwnLink, Error> {
        let now = platform::now_ms();
        if until.is_some_and(|until| until <= now) {
            return Err(Error::InvalidName("choose an end that is still to come".into()));
        }
        let state = self.state.borrow();
        state.links.check_room().map_err(Error::invalid)?;
        if state.letterboxes() >= limits::LETTERBOXES {
            return Err(Error::InvalidName(
                "remove a contact or switch a link off first: there is no room".into(),
            ));
        }
        OwnLink::new(password, until, state.published.seq_anywhere(), now).map_err(Error::bug)
    }

    /// Forgets links that were switched off or have ended, and publishes that. Idempotent.
    pub(super) async fn end_links(self: &Rc<Self>, ended: &[ShareId]) -> Result<(), Error> {
        let mut changed = Vec::new();
        let mut write = Write::strict();
        {
            let mut state = self.state.borrow_mut();
            for id in ended {
                state.links.switch_off(id);
                people::put::<OwnLink>(&self.rows, &mut write, id, None);
                let Some(share) = state.shares.get_mut(id) else { continue };
                share.kept_by.clear();
                share.delivered = false;
                self.put_share(&mut write, share);
                changed.push(share.clone());
            }
            state.touch();
            self.put_changes(&mut write, &state);
        }
        self.commit_removal(write).await?;
        for share in changed {
            self.stop_transfers_of(&share.id().to_string()).await?;
            self.tell_share(share);
        }
        self.publish_soon();
        Ok(())
    }

    fn shown_link(&self, share: &Kept, link: &OwnLink) -> Link {
        let relays = self.relays.iter().take(limits::RELAYS).map(ToString::to_string).collect();
        Link {
            id: share.id().to_string(),
            title: text::shown(&share.title),
            link: link.given(&self.id, relays).to_string(),
            password: link.has_password(),
            created: link.created,
            expires: link.until,
        }
    }
}

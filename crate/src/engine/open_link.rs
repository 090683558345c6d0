//! Links that I was given: whoever has one reads what it leads to, also while no profile is unlocked.
//!
//! What a link says and what its relays answer comes from somebody unknown: it is checked like what a contact
//! publishes, and its relays like those of a contact.

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::future::join_all;

use crate::dag::{self, Fetch};
use crate::format::ipns::Record;
use crate::format::link::{Link, LinkError};
use crate::format::manifest::Kind;
use crate::format::profile::Profile;
use crate::format::root::Root;
use crate::format::share_id::ShareId;
use crate::format::{DecodeError, signed, text};
use crate::keys::Id;
use crate::net::RelayAddr;
use crate::platform;
use crate::social::link::{Found, OpenError, OpenedLink};
use crate::social::{root, share};
use crate::store::{Table, Write};

use super::api::Share;
use super::getter::Getter;
use super::kept::{Kept, Opened};
use super::people;
use super::session::{HIDDEN, Session};
use super::{Engine, Error};

/// The wait before links that were opened before are tried again; doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

const ENDED: &str = "this link has ended: ask whoever gave it to you for a new one";
const OFF: &str = "this link was switched off, or has ended: ask whoever gave it to you for a new one";

impl Engine {
    /// Opens what a link leads to; `typed` is its code, or the address of a page with it.
    ///
    /// With a profile it stays in its list. Without one it is read until a profile is opened or the engine ends, and
    /// nothing of it is written to disk.
    pub async fn open_link(&self, typed: &str, password: &str) -> Result<Share, Error> {
        let link: Link = typed.parse()?;
        if link.has_ended(platform::now_ms()) {
            return Err(Error::Gone(ENDED));
        }
        // Each try of a password costs Argon2id.
        let opened = OpenedLink::new(link, password).map_err(Error::bug)?;
        match self.session() {
            Ok(session) if opened.author() == session.id => session.open_own_link(&opened),
            Ok(session) => {
                let kept = session.open_link(&opened).await?;
                session.keep_opened(opened, kept).await
            }
            Err(_) => {
                let guest = self.guest().await?;
                let kept = guest.open_link(&opened).await?;
                Ok(guest.remember(opened, kept))
            }
        }
    }
}

/// Opens links whose shares are not here, for as long as the session lasts: with the words, links come back alone.
pub(super) fn start(session: &Rc<Session>) {
    session.spawn(open_again(session.clone()));
}

async fn open_again(session: Rc<Session>) {
    let mut reached = session.reached.listener();
    let mut wait = FIRST_WAIT;
    loop {
        let missing: Vec<_> = {
            let state = session.state.borrow();
            let missing = state.opened.iter().filter(|(id, _)| !state.shares.contains_key(id));
            missing.map(|(id, opened)| (*id, opened.clone())).collect()
        };
        if missing.is_empty() {
            return;
        }
        for (id, opened) in missing {
            let done = match session.open_link(&opened).await {
                Ok(kept) => session.keep_opened(opened, kept).await.map(drop),
                Err(why @ (Error::Gone(_) | Error::InvalidSignature(_) | Error::WrongPassword)) => {
                    tracing::debug!(%why, "a link that was opened before leads nowhere now");
                    session.forget_opened(&id).await
                }
                Err(why) => Err(why),
            };
            if let Err(why) = done {
                tracing::debug!(%why, "a link that was opened before waits");
            }
        }
        if !reached.rung_within(wait).await {
            wait = LONGEST_WAIT.min(wait * 2);
        }
    }
}

impl Session {
    async fn open_link(&self, opened: &OpenedLink) -> Result<Kept, Error> {
        let (link, author) = (&opened.link, opened.author());
        let relays = self.relays_of_link(link);
        let record = self.newest_record(&author, &relays, link.seq).await?;
        let getter = self.getter_at(&author, &relays);
        let root = root::open(&author, &record, &getter.fetch(&record.root).await?)?;
        let map = getter.map(&root.letterboxes, |map| opened.node(map)).await?;
        let page = opened.find(&map).ok_or(Error::Gone(OFF))?;
        let found = opened.open(&getter.block(&page).await?)?;
        self.shared_by_link(author, getter, &root, found).await
    }

    /// My own link, as those see it to whom I gave it.
    fn open_own_link(&self, opened: &OpenedLink) -> Result<Share, Error> {
        let state = self.state.borrow();
        let mut links = state.links.iter();
        let (id, own) = links.find(|(_, own)| own.is(&opened.link)).ok_or(Error::Gone(OFF))?;
        if !own.opens_with(opened) {
            return Err(Error::WrongPassword);
        }
        let share = state.shares.get(id).ok_or(Error::Gone(OFF))?;
        Ok(share.shown(&self.id))
    }

    /// The relays of a link, as far as they may be dialled; ours where it names none.
    fn relays_of_link(&self, link: &Link) -> Vec<RelayAddr> {
        let relays: Vec<_> = link.relays.iter().filter_map(|text| self.trusted(text)).collect();
        if relays.is_empty() { self.relays.clone() } else { relays }
    }

    /// The newest record of `id` that any of these relays has, of sequence `floor` at least.
    async fn newest_record(&self, id: &Id, relays: &[RelayAddr], floor: u64) -> Result<Record, Error> {
        let floor = self.state.borrow().contacts.get(id).map_or(floor, |contact| contact.seq().max(floor));
        let asked = relays.iter().map(|relay| self.net.get_record(relay, *id));
        let mut newest: Option<Record> = None;
        let (mut is_old, mut failed) = (false, None);
        for answer in join_all(asked).await {
            let record = match answer {
                Ok(Some(bytes)) => root::verify_record(id, &bytes),
                Ok(None) => continue,
                Err(why) => {
                    failed = Some(why);
                    continue;
                }
            };
            match record {
                Ok(record) if record.sequence < floor => is_old = true,
                Ok(record) if newest.as_ref().is_none_or(|known| record.supersedes(known)) => {
                    newest = Some(record);
                }
                Ok(_) => {}
                Err(why) => tracing::warn!(%why, "a relay of a link gave no record of its author"),
            }
        }
        match (newest, failed) {
            (Some(record), _) => Ok(record),
            (None, Some(why)) => {
                Err(Error::Unreachable(format!("no relay of this link could be asked: {why}")))
            }
            (None, None) if relays.is_empty() => {
                Err(Error::Unreachable("this link names no relay that may be asked".into()))
            }
            (None, None) if is_old => Err(Error::Unreachable(
                "the relays of this link are behind what it leads to: try again later".into(),
            )),
            (None, None) => Err(Error::Unreachable(
                "the relays of this link know nothing of whoever gave it: try again later".into(),
            )),
        }
    }

    /// Everything between the page of a link and the share that it tells of.
    async fn shared_by_link(
        &self,
        author: Id,
        getter: Rc<Getter>,
        root: &Root,
        found: Found,
    ) -> Result<Kept, Error> {
        let block = getter.block(&found.header).await?;
        let opened = share::open(&author, &found.pair, &block)?;
        let opened = opened.filter(|opened| opened.id == found.share && opened.header.kind == Kind::Link);
        let opened =
            opened.ok_or_else(|| Error::unverified("the link leads to a share of something else"))?;
        let manifest =
            dag::Reader::open(getter.clone(), &opened.header.manifest, Some(&author.verifying_key())).await?;
        share::check_manifest(&opened, &author, manifest.manifest(), &author).map_err(Error::unverified)?;
        let kept = Kept::new(Opened {
            author,
            header: &opened.header,
            block: found.header,
            files: manifest.manifest().files,
            size: manifest.manifest().size,
            recipients: Vec::new(),
            key: None,
            now: platform::now_ms(),
        });
        let author_name = name_of(&author, &getter, &root.profile).await;
        Ok(Kept { author_name, ..kept })
    }

    /// Keeps what a link led to, in place of what it led to before.
    async fn keep_opened(&self, opened: OpenedLink, kept: Kept) -> Result<Share, Error> {
        let id = kept.id();
        let mut write = Write::strict();
        let known = {
            let mut state = self.state.borrow_mut();
            people::put(&self.rows, &mut write, &id, Some(&opened));
            state.opened.insert(id, opened);
            // Whoever opens it again wants it back.
            state.hidden.remove(&id);
            self.rows.remove(&mut write, Table::State, &format!("{HIDDEN}{id}"));
            state.touch();
            self.put_changes(&mut write, &state);
            state.shares.get(&id).filter(|known| known.rev >= kept.rev).cloned()
        };
        let kept = known.unwrap_or(kept);
        let shown = kept.shown(&self.id);
        self.keep_share(kept, write).await?;
        self.publish_soon();
        Ok(shown)
    }

    /// Forgets a link that leads nowhere any more.
    async fn forget_opened(&self, id: &ShareId) -> Result<(), Error> {
        let mut write = Write::strict();
        {
            let mut state = self.state.borrow_mut();
            people::put::<OpenedLink>(&self.rows, &mut write, id, None);
            state.opened.remove(id);
            state.touch();
            self.put_changes(&mut write, &state);
        }
        self.store.commit(write).await?;
        self.publish_soon();
        Ok(())
    }

    /// Remembers what a link led to for as long as the session lasts, and tells nobody.
    fn remember(&self, opened: OpenedLink, kept: Kept) -> Share {
        let shown = kept.shown(&self.id);
        let mut state = self.state.borrow_mut();
        state.opened.insert(kept.id(), opened);
        state.shares.insert(kept.id(), kept);
        shown
    }
}

/// What somebody calls themselves; nothing where their profile cannot be had.
async fn name_of(id: &Id, getter: &Getter, profile: &Cid) -> Option<String> {
    let block: Bytes = getter.block(profile).await.ok()?;
    let profile = signed::open::<Profile>(&block, Some(&id.verifying_key())).ok()?;
    Some(text::shown(&profile.object.name))
}

impl From<LinkError> for Error {
    fn from(why: LinkError) -> Self {
        match why {
            LinkError::Decode(why @ DecodeError::Newer { .. }) => Self::Unsupported(why.to_string()),
            why => Self::InvalidId(why.to_string()),
        }
    }
}

impl From<OpenError> for Error {
    fn from(why: OpenError) -> Self {
        match why {
            OpenError::WrongPassword => Self::WrongPassword,
            why => Self::unverified(why),
        }
    }
}

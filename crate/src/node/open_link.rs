//! Links that I was given: whoever has one reads what it leads to, also while no profile is unlocked.
//!
//! What a link says and what its relays answer comes from somebody unknown: it is checked like what a contact
//! publishes, and its relays like those of a contact.

use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use futures::future::join_all;

use crate::dag::{self, Fetch};
use crate::format::ipns::Record;
use crate::format::link::{Link, LinkError};
use crate::format::manifest::Kind;
use crate::format::profile::Profile;
use crate::format::root::Root;
use crate::format::{DecodeError, signed, text};
use crate::keys::Id;
use crate::keys::link::PasswordKey;
use crate::net::RelayAddr;
use crate::platform;
use crate::social::link::{Found, OpenError};
use crate::social::{link, root, share};
use crate::store::{Table, Write};

use super::api::Share;
use super::getter::Getter;
use super::session::{HIDDEN, Session};
use super::shares::{Kept, Opened};
use super::{Engine, Error};

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
        match self.session() {
            Ok(session) if link.id == session.id.verifying_key() => session.open_own_link(&link, password),
            Ok(session) => session.keep_opened(session.open_link(&link, password).await?).await,
            Err(_) => {
                let guest = self.guest().await?;
                Ok(guest.remember(guest.open_link(&link, password).await?))
            }
        }
    }
}

impl Session {
    async fn open_link(&self, link: &Link, password: &str) -> Result<Kept, Error> {
        let author = Id::from(link.id);
        let relays = self.relays_of_link(link);
        let record = self.newest_record(&author, &relays, link.seq).await?;
        let getter = self.getter_at(&author, &relays);
        let root = root::open(&author, &record, &getter.fetch(&record.root).await?)?;
        let map = getter.map(&root.letterboxes, |map| link::node(link, map)).await?;
        let page = link::find(link, &map).ok_or(Error::Gone(OFF))?;
        let page = getter.block(&page).await?;
        // A page that is here does not spare Argon2id: each try of a password costs one.
        let password = PasswordKey::derive(&link.secret, password).map_err(Error::bug)?;
        let found = link::open(link, &password, &page)?;
        self.shared_by_link(link, getter, &root, found).await
    }

    /// My own link, as those see it to whom I gave it.
    fn open_own_link(&self, link: &Link, password: &str) -> Result<Share, Error> {
        let state = self.state.borrow();
        let mut links = state.links.iter();
        let (id, own) = links.find(|(_, own)| own.is(link)).ok_or(Error::Gone(OFF))?;
        let password = PasswordKey::derive(&link.secret, password).map_err(Error::bug)?;
        if !own.opens_with(&password) {
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
        link: &Link,
        getter: Rc<Getter>,
        root: &Root,
        found: Found,
    ) -> Result<Kept, Error> {
        let author = Id::from(link.id);
        let block = getter.block(&found.header).await?;
        let opened = share::open(&author, &found.pair, &block)?;
        let opened = opened.filter(|opened| opened.id == found.share && opened.header.kind == Kind::Link);
        let opened =
            opened.ok_or_else(|| Error::unverified("the link leads to a share of something else"))?;
        let manifest = dag::Reader::open(getter.clone(), &opened.header.manifest, Some(&link.id)).await?;
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
        Ok(Kept { author_name, relays: link.relays.clone(), ..kept })
    }

    /// Keeps what a link led to, in place of what it led to before.
    async fn keep_opened(&self, kept: Kept) -> Result<Share, Error> {
        let id = kept.id();
        let known = self.state.borrow().shares.get(&id).cloned();
        if let Some(known) = known.filter(|known| known.rev >= kept.rev) {
            return Ok(known.shown(&self.id));
        }
        let shown = kept.shown(&self.id);
        let mut write = Write::strict();
        // Whoever opens it again wants it back.
        self.state.borrow_mut().hidden.remove(&id);
        self.rows.remove(&mut write, Table::State, &format!("{HIDDEN}{id}"));
        self.keep_share(kept, write).await?;
        Ok(shown)
    }

    /// Remembers what a link led to for as long as the session lasts, and tells nobody.
    fn remember(&self, kept: Kept) -> Share {
        let shown = kept.shown(&self.id);
        self.state.borrow_mut().shares.insert(kept.id(), kept);
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

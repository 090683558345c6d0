//! Links that I was given: everybody who has one reads what it leads to, also while no profile is unlocked.
//!
//! What a link says and what its relays answer comes from somebody unknown: it is checked like what a contact
//! publishes, and its relays like those of a contact. They are dialled when the person opens the link, not before.

use std::rc::Rc;
use std::time::Duration;

use cid::Cid;
use futures::future::join_all;

use crate::dag::{self, Fetch};
use crate::engine::Error;
use crate::engine::api::{LinkPreview, Share};
use crate::engine::state::shown_share;
use crate::engine::transfer::BlockFetcher;
use crate::format::ipns::Record;
use crate::format::link::Link;
use crate::format::manifest::Kind;
use crate::format::profile::Profile;
use crate::format::root::Root;
use crate::format::share_id::ShareId;
use crate::format::{signed, text};
use crate::keys::Id;
use crate::net::{Backoff, RelayAddr};
use crate::platform;
use crate::social::contact::Contact;
use crate::social::link::{LinkTarget, OpenedLink};
use crate::social::share_record::{SealedShare, ShareRecord};
use crate::social::{root, share};

use super::handle::Shares;

/// The waits before links that were opened before are tried again: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

const BEHIND: &str = "the relays of this link are behind what it leads to: try again later";

const OFF: &str = "this link was switched off, or has ended: ask the person who gave it to you for a new one";

impl Shares {
    /// Opens what a link leads to, and keeps it in the list.
    pub(in crate::engine) async fn open_link(&self, opened: OpenedLink) -> Result<Share, Error> {
        if opened.author() == self.0.directory.id {
            return self.open_own_link(&opened);
        }
        if self.0.state.read(|tables| tables.closed.contains(&opened.author())) {
            return Err(Error::Gone(OFF));
        }
        let share = self.share_of_link(&opened).await?;
        self.keep_opened(opened, share).await
    }

    /// What opening a link would do. Connects to nobody and stores nothing.
    pub(in crate::engine) fn inspect_link(&self, link: &Link) -> LinkPreview {
        let directory = &self.0.directory;
        let (author, me) = (Id::from(link.id), directory.id);
        self.0.state.read(|tables| {
            let contact = tables.contacts.get(&author);
            let name = contact.and_then(Contact::name);
            let mut opened = tables.opened.iter().filter(|(id, _)| tables.shares.contains(id));
            LinkPreview {
                author: author.to_string(),
                author_name: name.map(text::shown),
                own: author == me,
                share: opened.find(|(_, opened)| opened.link == *link).map(|(id, _)| id.to_string()),
                relays: if author == me { Vec::new() } else { directory.foreign_hosts(&link.relays) },
                expires: link.until,
            }
        })
    }

    /// Opens links whose shares are not here: with the words, links come back alone.
    pub(super) async fn open_links_again(self) {
        let state = &self.0.state;
        let mut reached = state.watch_reached();
        let mut backoff = Backoff::between(WAITS);
        loop {
            let missing: Vec<_> = state.read(|tables| {
                let missing = tables.opened.iter().filter(|(id, _)| !tables.shares.contains(id));
                missing.map(|(id, opened)| (*id, opened.clone())).collect()
            });
            if missing.is_empty() {
                return;
            }
            for (id, opened) in missing {
                let done = match self.share_of_link(&opened).await {
                    Ok(share) => self.keep_opened(opened, share).await.map(drop),
                    Err(why @ (Error::Gone(_) | Error::InvalidSignature(_) | Error::WrongPassword)) => {
                        tracing::debug!(%why, "a link that was opened before leads nowhere now");
                        self.forget_opened(id).await
                    }
                    Err(why) => Err(why),
                };
                if let Err(why) = done {
                    tracing::debug!(%why, "a link that was opened before waits");
                }
            }
            if !reached.changed_within(backoff.wait()).await {
                backoff.lengthen();
            }
        }
    }

    async fn share_of_link(&self, opened: &OpenedLink) -> Result<ShareRecord, Error> {
        let (link, author) = (&opened.link, opened.author());
        self.0.directory.check_reach(&link.relays)?;
        self.0.directory.meet(&*self.0.records, &link.relays).await;
        let relays = self.relays_of_link(link);
        let record = self.newest_record(&author, &relays).await?;
        let fetcher = self.0.fetchers.at(&author, &relays);
        let root = root::open(&author, &record, &fetcher.fetch(&record.root).await?)?;
        let map = fetcher.map(&root.letterboxes, |map| opened.node(map)).await?;
        let page = opened.find(&map).ok_or_else(|| {
            // Anybody can write a link, so that the sequence in it only says why the share is not found.
            if record.sequence < link.seq { Error::Unreachable(BEHIND.into()) } else { Error::Gone(OFF) }
        })?;
        let found = opened.open(&fetcher.block(&page).await?)?;
        self.shared_by_link(author, fetcher, &root, found, link.until).await
    }

    /// My own link, as those see it to whom I gave it.
    fn open_own_link(&self, opened: &OpenedLink) -> Result<Share, Error> {
        self.0.state.read(|tables| {
            let mut links = tables.links.iter();
            let (id, own) = links.find(|(_, own)| own.is(&opened.link)).ok_or(Error::Gone(OFF))?;
            if !own.opens_with(opened) {
                return Err(Error::WrongPassword);
            }
            let share = tables.shares.get(id).ok_or(Error::Gone(OFF))?;
            Ok(shown_share(share, &self.0.directory.id))
        })
    }

    /// The relays of a link, as far as they may be dialled; ours where it names none.
    fn relays_of_link(&self, link: &Link) -> Vec<RelayAddr> {
        let directory = &self.0.directory;
        let relays: Vec<_> = link.relays.iter().filter_map(|text| directory.trusted(text)).collect();
        if relays.is_empty() { directory.relays.clone() } else { relays }
    }

    /// The newest record of `id` that any of these relays has, not older than what I have seen of them.
    async fn newest_record(&self, id: &Id, relays: &[RelayAddr]) -> Result<Record, Error> {
        let floor = self.0.state.read(|tables| tables.contacts.get(id).map_or(0, |contact| contact.seen()));
        let asked = relays.iter().map(|relay| self.0.records.get_record(relay, *id));
        let mut newest: Option<Record> = None;
        let (mut is_old, mut failed) = (false, None);
        for answer in join_all(asked).await {
            let record = match answer {
                Ok(Some(bytes)) => root::verify_record(id, &bytes, platform::now_ms()),
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
            (None, None) if is_old => Err(Error::Unreachable(BEHIND.into())),
            (None, None) => Err(Error::Unreachable(
                "the relays of this link know nothing of its author: try again later".into(),
            )),
        }
    }

    /// Everything between the page of a link and the share that it tells of.
    async fn shared_by_link(
        &self,
        author: Id,
        fetcher: Rc<BlockFetcher>,
        root: &Root,
        found: LinkTarget,
        said: Option<u64>,
    ) -> Result<ShareRecord, Error> {
        let block = fetcher.block(&found.header).await?;
        let opened = share::open(&author, &found.pair, &block)?;
        let opened = opened.filter(|opened| opened.id == found.share && opened.header.kind == Kind::Link);
        let opened =
            opened.ok_or_else(|| Error::unverified("the link leads to a share of something else"))?;
        // Its author may have put the end off, or brought it forward, since the link was given out.
        if opened.header.until.or(said).is_some_and(|until| until <= platform::now_ms()) {
            return Err(Error::LinkEnded);
        }
        let manifest =
            dag::Reader::open(fetcher.clone(), &opened.header.manifest, Some(&author.verifying_key()))
                .await?;
        share::check_manifest(&opened, &author, manifest.manifest(), &author).map_err(Error::unverified)?;
        let share = ShareRecord::new(SealedShare {
            author,
            header: &opened.header,
            block: found.header,
            files: manifest.manifest().files,
            size: manifest.manifest().size,
            recipients: Vec::new(),
            key: None,
            now: platform::now_ms(),
        });
        let author_name = name_of(&author, &fetcher, &root.profile).await;
        Ok(ShareRecord { author_name, ..share })
    }

    /// Keeps what a link led to, unless a later revision of it is here.
    async fn keep_opened(&self, opened: OpenedLink, share: ShareRecord) -> Result<Share, Error> {
        let id = share.id();
        // The text leaves the ids of relays out. What was learned is kept, so that nothing is dialled to learn it again.
        let relays = self.0.directory.completed(&opened.link.relays);
        let opened = opened.met(relays);
        let kept = self.0.state.update(move |tx| {
            tx.opened.insert(id, opened);
            // Who opens it again wants it back.
            tx.hidden.remove(&id);
            let known = tx.shares.get(&id).filter(|known| known.rev >= share.rev).cloned();
            match known {
                None => drop(tx.shares.insert(id, share)),
                // Whoever shared it first may have chosen a name since.
                Some(known) if share.author_name.is_some() && known.author_name != share.author_name => {
                    let author_name = share.author_name;
                    tx.shares.insert(id, ShareRecord { author_name, ..known });
                }
                Some(_) => {}
            }
            tx.shares.get(&id).cloned().ok_or(Error::NotFound("share"))
        });
        Ok(shown_share(&kept.await?, &self.0.directory.id))
    }

    /// Forgets a link that leads nowhere any more.
    async fn forget_opened(&self, id: ShareId) -> Result<(), Error> {
        let forgotten = self.0.state.remove(move |tx| {
            tx.opened.remove(&id);
            Ok(())
        });
        forgotten.await
    }
}

/// What somebody calls themselves; nothing where their profile cannot be had.
async fn name_of(id: &Id, fetcher: &BlockFetcher, profile: &Cid) -> Option<String> {
    // Not kept: it would lie here in clear.
    let block = fetcher.fetch(profile).await.ok()?;
    let profile = signed::open::<Profile>(&block, Some(&id.verifying_key())).ok()?;
    Some(text::shown_name(&profile.object.name))
}

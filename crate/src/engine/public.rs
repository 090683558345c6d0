//! Shares for everybody: making one, and taking in what others have put onto their feeds.

use std::cmp::Reverse;
use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;

use crate::dag::unixfs::{Folders, Input};
use crate::dag::{self, Fetch, unixfs};
use crate::format::public::PublicShare;
use crate::format::share_id::InnerId;
use crate::format::{DAG_CBOR, cid_of, signed};
use crate::keys::Id;
use crate::platform;
use crate::social::contact::Contact;
use crate::social::feed::{self, Change as Said, Feed, Pages};
use crate::store::{BATCH_BLOCKS, Table, Write};

use super::Error;
use super::api::{Change, Event, Share};
use super::draft::{Plan, Sources};
use super::follow::fetch_pages;
use super::getter::Getter;
use super::kept::{Content, Kept};
use super::relist::Unnamed;
use super::session::{SHARE, Session};

/// Public shares of one person that are listed: so many that nobody misses the others, so few that whoever puts out
/// new ones all the time cannot fill my disk. The newest stay.
const LISTED: usize = 1024;

impl Session {
    /// Stores the files of a draft as they are, with the folders around them and the object that names them.
    pub(super) async fn publish_draft(
        self: &Rc<Self>,
        id: &str,
        transfer: &str,
        plan: Plan,
        sources: Sources,
    ) -> Result<Share, Error> {
        let (known, adding) = self.begin_adding(id, transfer, &plan).await?;
        let cids = known.into_iter().map(|chunks| chunks.into_iter().map(|(cid, _)| cid).collect::<Vec<_>>());
        let files = sources.iter().zip(cids).map(|(source, known)| Input { source: &**source, known });
        let links = unixfs::write(files.collect(), &adding).await.map_err(|why| plan.read_error(why))?;

        let mut nodes = Unnamed::new(self);
        let mut folders = Folders::default();
        let mut made = Vec::new();
        for (planned, link) in plan.files.iter().zip(links) {
            folders.push(&planned.path, link).map_err(Error::invalid)?;
            made.extend(folders.take_blocks());
            if made.len() >= BATCH_BLOCKS {
                nodes.commit(transfer, named(std::mem::take(&mut made))).await?;
            }
        }
        let (last, root) = folders.finish().map_err(Error::invalid)?;
        made.extend(last);
        nodes.commit(transfer, named(made)).await?;

        let share = PublicShare {
            share: InnerId(plan.inner.into_array()),
            rev: 0,
            created: plan.created,
            title: plan.title.clone(),
            note: plan.note.clone(),
            root: root.cid,
            files: plan.files.len() as u64,
            size: plan.size(),
            extra: Default::default(),
        };
        let object = signed::sign(self.ring.identity(), &share).map_err(Error::bug)?;
        let block = cid_of(DAG_CBOR, &object);
        let share = Kept::public(self.id, block, &share, plan.created);
        let mut write = Write::strict().block(block, object);
        self.remove_draft_rows(&mut write, id).await?;
        self.put_share(&mut write, &share);
        self.commit_with_room(transfer, write).await?;
        self.tell_share(share.clone());
        self.own_blocks.serve(block).await;
        self.publish_share(&share);
        Ok(share.shown(&self.id))
    }

    /// The signed object of a public share; `None` of any other.
    pub(super) async fn object_of(&self, share: &Kept) -> Result<Option<Bytes>, Error> {
        let Content::Public { object, .. } = share.content else { return Ok(None) };
        Ok(Some(self.getter(&share.author).block(&object).await?))
    }

    /// Reads what a contact shared with everybody since I last looked.
    pub(super) async fn read_feed(
        &self,
        contact: &mut Contact,
        getter: &Getter,
        newest: Cid,
    ) -> Result<(), Error> {
        let mut walk = feed::Walk::new(contact.id, contact.feed, newest);
        fetch_pages(getter, newest, &mut walk).await?;
        let Some(news) = walk.finish() else { return Ok(()) };
        self.take_in_feed(&contact.id, news.changes).await?;
        contact.feed = Some(news.reading);
        Ok(())
    }

    /// Lists what is new of somebody's public shares. The files stay where they are until somebody looks at them.
    async fn take_in_feed(&self, owner: &Id, changes: Vec<Said>) -> Result<(), Error> {
        let mut write = Write::strict();
        let (mut listed, mut gone) = (Vec::new(), Vec::new());
        {
            let state = self.state.borrow();
            for change in changes {
                let known = state.shares.get(change.id());
                match change {
                    Said::Shared(shared) => {
                        let rev = known.map(|share| share.rev).max(state.hidden.get(&shared.id).copied());
                        // Passed on by somebody, it is its maker's still.
                        if shared.maker == *owner && rev.is_none_or(|rev| shared.share.rev > rev) {
                            let block = cid_of(DAG_CBOR, &shared.object);
                            let share = Kept::public(*owner, block, &shared.share, platform::now_ms());
                            let at_author_only = !self.is_at_relay(owner);
                            listed.push(Kept { unread: true, at_author_only, ..share });
                            write.blocks.push((block, shared.object));
                        }
                    }
                    Said::Gone(_) => gone.extend(known.filter(|share| is_public_of(share, owner)).cloned()),
                }
            }
            let old = state.shares.values().filter(|share| is_public_of(share, owner));
            let old = old.filter(|share| !listed.iter().chain(&gone).any(|new| new.id() == share.id()));
            let mut all: Vec<_> =
                old.chain(&listed).map(|share| (Reverse(share.created), share.id())).collect();
            all.sort_unstable();
            for (_, surplus) in all.iter().skip(LISTED) {
                listed.retain(|share| share.id() != *surplus);
                gone.extend(state.shares.get(surplus).cloned());
            }
        }
        for share in &listed {
            self.put_share(&mut write, share);
        }
        for share in &gone {
            self.rows.remove(&mut write, Table::State, &format!("{SHARE}{}", share.id()));
        }
        self.store.commit(write).await?;
        for share in gone {
            self.state.borrow_mut().shares.remove(&share.id());
            self.hub.tell(&Event::Share { change: Change::Removed, share: share.shown(&self.id) });
        }
        listed.into_iter().for_each(|share| self.tell_share(share));
        Ok(())
    }

    /// Brings back my own feed and what stands on it, with the objects.
    pub(super) async fn restore_feed(
        &self,
        getter: &Getter,
        newest: Cid,
    ) -> Result<(Feed, Vec<(Kept, Bytes)>), Error> {
        let feed = Feed::restore(&self.id, newest, &getter.block(&newest).await?)?;
        let mut walk = feed::Walk::back(self.id, newest);
        while let Some(cid) = walk.wanted().next() {
            // They stay here: each hangs from the next root too.
            match getter.block(&cid).await {
                Ok(page) => walk.add(cid, &page)?,
                Err(dag::FetchError::Unreachable(why)) if cid != newest => {
                    tracing::debug!(why, "a page is not kept any more");
                    walk.give_up(&cid);
                }
                Err(why) => return Err(why.into()),
            }
        }
        let changes = walk.finish().map(|news| news.changes).unwrap_or_default();
        let shares = changes.into_iter().filter_map(|change| match change {
            Said::Shared(shared) if shared.maker == self.id => {
                let block = cid_of(DAG_CBOR, &shared.object);
                Some((Kept::public(self.id, block, &shared.share, platform::now_ms()), shared.object))
            }
            _ => None,
        });
        Ok((feed, shares.collect()))
    }
}

fn is_public_of(share: &Kept, author: &Id) -> bool {
    share.author == *author && matches!(share.content, Content::Public { .. })
}

fn named(blocks: Vec<unixfs::Block>) -> Vec<(Cid, Bytes)> {
    blocks.into_iter().map(|block| (block.cid, block.bytes)).collect()
}

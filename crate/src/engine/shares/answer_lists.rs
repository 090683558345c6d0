//! The lists by which authors show to all readers what was answered to a share.
//!
//! A list is under the key of its share. It is published at most once in ten minutes: who watches a relay does not see
//! when somebody said something. While the author looks at the share, its readers see it at once.

use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;

use futures::future::select;

use crate::engine::Error;
use crate::engine::state::{Kind, Tables};
use crate::engine::transfer::BlockFetcher;
use crate::format::header::ShareKey;
use crate::format::note::{Note, Says};
use crate::format::share_id::{InnerId, ShareId};
use crate::format::{Cid, limits};
use crate::keys::Id;
use crate::net::Backoff;
use crate::platform::{self, Instant};
use crate::social::answers::{self, MAX_PAGES, PublishedAnswers, Said};
use crate::social::share;

use super::handle::Shares;

/// How long a list stays before what others said since comes onto the next one.
const GATHERED: Duration = Duration::from_secs(10 * 60);

/// How long somebody counts as looking at a share after the page asked for its comments: it asks again when one comes.
const LOOKING: Duration = Duration::from_secs(60);

/// The waits after a list could not be sealed or fetched: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// A note that names a list of answers, and what is needed to open it.
pub(in crate::engine) struct AnswersAnnouncement<'a> {
    pub(in crate::engine) author: Id,
    pub(in crate::engine) fetcher: &'a BlockFetcher,
    pub(in crate::engine) pair: &'a [u8; 32],
    pub(in crate::engine) share: InnerId,
    pub(in crate::engine) list: Cid,
    /// When the note was written.
    pub(in crate::engine) time: u64,
}

impl Shares {
    /// Ingests the list of answers that the author of a share published.
    pub(in crate::engine) async fn ingest_answers(
        &self,
        announcement: &AnswersAnnouncement<'_>,
    ) -> Result<(), Error> {
        let AnswersAnnouncement { author, fetcher, pair, time, list, .. } = *announcement;
        let id = ShareId::new(author.as_bytes(), announcement.share);
        let is_news = |tables: &Tables| {
            let known = tables.answers.get(&id).map(|answers| (answers.list.at, answers.list.pages.first()));
            known.is_none_or(|(at, page)| at <= time && page != Some(&list))
        };
        let share = self.0.state.read(|tables| tables.shares.get(&id).filter(|_| is_news(tables)).cloned());
        let Some(share) = share else { return Ok(()) };
        let Some(block) = fetcher.find(&share.block()).await? else { return Ok(()) };
        let Some(opened) = share::open(&author, pair, &block)? else { return Ok(()) };
        let Some((pages, said)) = self.read_list(fetcher, &opened.key, &id, &[list]).await? else {
            return Ok(());
        };
        let state = self.0.state.background();
        let ingested = state.update(move |tx| {
            if tx.shares.contains(&id) {
                let list = PublishedAnswers { pages, at: time };
                tx.answers.or_insert_with(id, Default::default).show(list, said);
            }
            Ok(())
        });
        ingested.await
    }

    /// Reads the pages of a list, from these on; nothing where its newest page is kept no more or is under another key.
    async fn read_list(
        &self,
        fetcher: &BlockFetcher,
        key: &ShareKey,
        share: &ShareId,
        pages: &[Cid],
    ) -> Result<Option<(Vec<Cid>, Vec<Said>)>, Error> {
        let (mut wanted, mut known) = (pages.to_vec(), BTreeSet::new());
        let (mut read, mut all) = (Vec::new(), Vec::new());
        while let Some(cid) = wanted.pop() {
            if known.len() >= MAX_PAGES || !known.insert(cid) {
                continue;
            }
            let Some(page) = fetcher.find(&cid).await? else {
                if read.is_empty() {
                    return Ok(None);
                }
                continue;
            };
            match answers::open(key, share, &page) {
                Ok((said, older)) => {
                    read.push(cid);
                    all.extend(said);
                    wanted.extend(older);
                }
                Err(why) => {
                    tracing::debug!(%why, "a page of a list of answers does not open");
                    if read.is_empty() {
                        return Ok(None);
                    }
                }
            }
        }
        all.sort();
        all.dedup_by_key(|said| said.name);
        Ok(Some((read, all)))
    }

    /// Publishes what was said of my shares, and takes in what another device of mine published.
    pub(super) async fn publish_answers(self) {
        let mut backoff = Backoff::between(WAITS);
        let kinds = [Kind::answers, Kind::own_comments, Kind::hidden_comments, Kind::shares, Kind::relations];
        let mut changes = self.0.state.watch(&kinds);
        loop {
            let me = self.0.directory.id;
            let mine: BTreeSet<_> = self.0.state.read(|tables| {
                let said = tables.own_comments.values().map(|own| own.share);
                let all = tables.answers.keys().copied().chain(said);
                all.filter(|id| tables.is_mine(id, &me)).collect()
            });
            let (mut is_done, mut next) = (true, None::<Duration>);
            for id in mine {
                match self.bring_answers(&id).await {
                    Ok(None) => {}
                    Ok(Some(wait)) => next = Some(next.map_or(wait, |next| next.min(wait))),
                    Err(why) => {
                        tracing::debug!(%why, "what was answered to a share is published later");
                        is_done = false;
                    }
                }
            }
            let patience = match (is_done, next) {
                (false, next) => Some(next.map_or(backoff.wait(), |next| next.min(backoff.wait()))),
                (true, next) => next,
            };
            if is_done {
                backoff.reset();
            } else {
                backoff.lengthen();
            }
            let (changed, looked) = (pin!(changes.changed()), pin!(self.0.looks.notified()));
            let woken = select(changed, looked);
            let over = async {
                match patience {
                    Some(patience) => platform::sleep(patience).await,
                    None => std::future::pending().await,
                }
            };
            select(woken, pin!(over)).await;
        }
    }

    /// Brings the list of one of my shares to what its readers are to see; how long to wait, if it is not yet time.
    async fn bring_answers(&self, id: &ShareId) -> Result<Option<Duration>, Error> {
        self.adopt_answers(id).await?;
        let me = self.0.directory.id;
        let due = self.0.state.read(|tables| {
            let share = tables.shares.get(id).filter(|share| share.is_announced() && !share.withdrawn)?;
            let said = tables.answers_to_list(share, &me);
            let names: Vec<_> = said.iter().map(|said| said.name).collect();
            let known = tables.answers.get(id);
            let is_first = known.is_none_or(|known| known.list.pages.is_empty());
            let is_news = known.map(|known| &known.listed[..]).unwrap_or_default() != names;
            let is_other_key = !is_first && known.is_some_and(|known| known.rev != share.rev);
            let is_due = share.answers && (is_news || is_other_key);
            is_due.then(|| (share.clone(), said, is_other_key))
        });
        let Some((share, said, is_at_once)) = due else { return Ok(None) };
        if let Some(wait) = self.time_to_gather(id).filter(|_| !is_at_once) {
            return Ok(Some(wait));
        }
        let Some(key) = share.key() else { return Ok(None) };
        let pages = answers::seal(&key, &said).map_err(Error::bug)?;
        let cids: Vec<_> = pages.iter().map(|(cid, _)| *cid).collect();
        let listed: Vec<_> = said.iter().map(|said| said.name).collect();
        let (id, block, listed_pages) = (*id, share.block(), cids.clone());
        let install = move |tx: &mut crate::engine::state::Transaction| {
            // Under another key it is sealed anew.
            if tx.shares.get(&id).is_none_or(|now| now.block() != block) {
                return Ok(false);
            }
            let answers = tx.answers.or_insert_with(id, Default::default);
            // Of two lists the later one counts, also where a clock went back.
            let at = platform::now_ms().max(answers.list.at.saturating_add(1)).min(limits::MAX_INTEGER);
            answers.list = PublishedAnswers { pages: listed_pages.clone(), at };
            answers.listed.clone_from(&listed);
            answers.rev = share.rev;
            if let Some(list) = listed_pages.first() {
                let says = Says::Answers { share: share.inner(), list: *list };
                let note = Note { time: at, says };
                tx.leave_again(share.recipients.iter().map(|reader| (*reader, note.clone())).collect());
            }
            Ok(true)
        };
        // Before the pages are named, so that nobody asks in vain.
        self.0.served.learn(&cids);
        if self.0.storage.update_when_room(None, pages, install).await? {
            self.0.listed.borrow_mut().insert(id, Instant::now());
        }
        Ok(None)
    }

    /// How long until what was said may be published.
    fn time_to_gather(&self, id: &ShareId) -> Option<Duration> {
        let looked = self.0.looked.borrow().get(id).copied();
        if looked.is_some_and(|at| at.elapsed() < LOOKING) {
            return None;
        }
        let listed = self.0.listed.borrow().get(id).copied()?;
        GATHERED.checked_sub(listed.elapsed()).filter(|wait| !wait.is_zero())
    }

    /// Takes in a list that another device of mine published.
    async fn adopt_answers(&self, id: &ShareId) -> Result<(), Error> {
        let me = self.0.directory.id;
        let found = self.0.state.read(|tables| {
            let elsewhere = tables.answers.get(id)?.elsewhere.clone()?;
            Some((elsewhere, tables.shares.get(id)?.clone()))
        });
        let Some((elsewhere, share)) = found else { return Ok(()) };
        let Some(key) = share.key() else { return Ok(()) };
        let fetcher = self.0.fetchers.of_author(&me);
        let read = self.read_list(&fetcher, &key, id, &elsewhere.pages).await?;
        let (id, rev) = (*id, share.rev);
        let state = self.0.state.background();
        let adopted = state.update(move |tx| {
            if let Some(answers) =
                tx.answers.get_mut(&id).filter(|now| now.elsewhere.as_ref() == Some(&elsewhere))
            {
                answers.elsewhere = None;
                // One that nobody keeps any more, or under a key before, is overtaken.
                if let Some((_, said)) = read {
                    answers.adopt(elsewhere, said, &me);
                    answers.rev = rev;
                }
            }
            Ok(())
        });
        adopted.await
    }
}

#[cfg(test)]
mod tests;

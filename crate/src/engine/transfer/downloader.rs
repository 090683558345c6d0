//! Asks providers for blocks: the best first, others beside it if it is silent, and several for many blocks.

mod standing;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::pending;
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::future::{LocalBoxFuture, Shared, WeakShared};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, select_biased};
use libp2p::PeerId;
use lru::LruCache;

use crate::engine::network::BlockSource;
use crate::net::{Distance, FetchError, Provider};
use crate::platform::{self, Instant};

use standing::Standing;

/// Providers that are asked for one block at a time: the best one, and one more for each that is silent. If three are
/// silent, it is probably our own line, over which each further answer would come as well.
const MAX_ASKED: usize = 3;

/// A timer that is this late says that this device stood still, as a laptop does that sleeps. Then silence is no proof.
const PAUSE: Duration = Duration::from_millis(500);

/// Blocks that one provider is asked for, of which the last would come sooner from another one.
const MANY: usize = 4;

/// Lists of providers that are remembered: those of the authors that one person looks at in an hour.
const MAX_LISTS: NonZeroUsize = NonZeroUsize::new(64).expect("not zero");

/// What the downloader may touch.
pub(super) struct Args {
    pub(super) source: Rc<dyn BlockSource>,
}

/// Handle to the downloader. Clones share what is known of the providers.
#[derive(Clone)]
pub(super) struct Downloader(Rc<Inner>);

struct Inner {
    args: Args,
    lists: RefCell<LruCache<Rc<[Provider]>, Rc<Providers>>>,
}

/// Providers that may have the same blocks, with what their answers say of them.
pub(super) struct Providers {
    source: Rc<dyn BlockSource>,
    list: Rc<[Provider]>,
    /// For each provider the place of the first one of the same peer. The standing there is that of the peer.
    first: Vec<usize>,
    standings: RefCell<Vec<Standing>>,
    /// The requests that run. A request ends when nobody waits for it.
    running: RefCell<HashMap<Cid, WeakShared<Request>>>,
}

type Request = LocalBoxFuture<'static, Result<Bytes, FetchError>>;

impl Downloader {
    pub(super) fn new(args: Args) -> Self {
        Self(Rc::new(Inner { args, lists: RefCell::new(LruCache::new(MAX_LISTS)) }))
    }

    /// These providers, with what is known of them since the same list was last used.
    pub(super) fn over(&self, list: Vec<Provider>) -> Rc<Providers> {
        let list: Rc<[Provider]> = list.into();
        let mut lists = self.0.lists.borrow_mut();
        let new = || Rc::new(Providers::new(Rc::clone(&self.0.args.source), Rc::clone(&list)));
        Rc::clone(lists.get_or_insert(Rc::clone(&list), new))
    }

    /// Fetches a block. Those who wait for the same block from the same providers share one request.
    ///
    /// # Errors
    ///
    /// `NotFound` if every provider was asked and none has the block. If one of them gave no answer, its error.
    ///
    /// # Cancel safety
    ///
    /// Dropping the last future for a block withdraws its wants.
    pub(super) fn fetch(&self, cid: Cid, from: &Rc<Providers>) -> Shared<Request> {
        let running = from.running.borrow().get(&cid).and_then(WeakShared::upgrade);
        if let Some(request) = running {
            return request;
        }
        let entry = Running { providers: Rc::clone(from), cid };
        let request = async move { entry.providers.request(entry.cid).await }.boxed_local().shared();
        if let Some(weak) = request.downgrade() {
            from.running.borrow_mut().insert(cid, weak);
        }
        request
    }
}

/// The entry of a request, removed when the request ends or is dropped.
struct Running {
    providers: Rc<Providers>,
    cid: Cid,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.providers.running.borrow_mut().remove(&self.cid);
    }
}

/// A want, counted with its provider while it lives.
struct Want<'a> {
    providers: &'a Providers,
    provider: usize,
}

impl<'a> Want<'a> {
    fn new(providers: &'a Providers, provider: usize) -> Self {
        providers.standing(provider, |standing| standing.wants += 1);
        Self { providers, provider }
    }
}

impl Drop for Want<'_> {
    fn drop(&mut self) {
        self.providers.standing(self.provider, |standing| standing.wants -= 1);
    }
}

impl Providers {
    fn new(source: Rc<dyn BlockSource>, list: Rc<[Provider]>) -> Self {
        let place = |peer| list.iter().position(|other| other.peer() == peer).expect("it is in the list");
        let first = list.iter().map(|provider| place(provider.peer())).collect();
        let standings = RefCell::new(list.iter().map(|_| Standing::default()).collect());
        Self { source, list, first, standings, running: RefCell::default() }
    }

    /// The providers, in the order in which they were given.
    pub(super) fn list(&self) -> &Rc<[Provider]> {
        &self.list
    }

    fn standing<T>(&self, provider: usize, change: impl FnOnce(&mut Standing) -> T) -> T {
        change(&mut self.standings.borrow_mut()[self.first[provider]])
    }

    async fn request(&self, cid: Cid) -> Result<Bytes, FetchError> {
        let mut left = self.order();
        let mut asked = FuturesUnordered::new();
        // The peers of `asked`, and when each was asked.
        let mut open: Vec<(usize, Instant)> = Vec::with_capacity(MAX_ASKED);
        let mut failure = FetchError::NotFound;
        let mut ask = true;
        loop {
            let next = self.next(&left, &open);
            if let Some(at) = next.filter(|_| ask) {
                let provider = left.remove(at);
                open.push((self.first[provider], Instant::now()));
                asked.push(self.ask(cid, provider));
                ask = false;
                continue;
            }
            let Some(&(newest, since)) = open.last() else { return Err(failure) };
            let patience = self.standing(newest, |standing| standing.patience(since));
            let due = Instant::now() + patience;
            let hedge = match next {
                Some(_) => platform::sleep(patience).left_future(),
                None => pending().right_future(),
            };
            select_biased! {
                (provider, answer) = asked.select_next_some() => {
                    let peer = self.first[provider];
                    let place = open.iter().position(|(open, _)| *open == peer).expect("it was asked");
                    let (_, since) = open.remove(place);
                    match answer {
                        Ok((block, from)) => {
                            self.succeeded(from, &open, (peer, since));
                            return Ok(block);
                        }
                        Err(FetchError::Stopped) => return Err(FetchError::Stopped),
                        Err(FetchError::NotFound) => {
                            self.standing(peer, Standing::lacks);
                            left.retain(|other| self.first[*other] != peer);
                            // The others have been asked for other blocks meanwhile.
                            left = self.order().into_iter().filter(|other| left.contains(other)).collect();
                        }
                        Err(error) => {
                            if error == FetchError::Unreachable {
                                self.standing(peer, Standing::set_aside);
                            }
                            failure = error;
                        }
                    }
                    ask = true;
                }
                () = hedge.fuse() => {
                    if due.elapsed() > PAUSE {
                        // What came while we did not run is not read yet.
                        open.last_mut().expect("it was there above").1 = Instant::now();
                        continue;
                    }
                    // It may have answered other wants meanwhile.
                    ask = self.standing(newest, |standing| standing.patience(since)).is_zero();
                    if ask {
                        self.standing(newest, Standing::set_aside);
                    }
                }
            }
        }
    }

    async fn ask(&self, cid: Cid, provider: usize) -> (usize, Result<(Bytes, PeerId), FetchError>) {
        let _want = Want::new(self, provider);
        (provider, self.source.fetch_from(cid, &self.list[provider]).await)
    }

    /// Where in `left` the provider is that can be asked next: no peer is asked twice at a time.
    fn next(&self, left: &[usize], open: &[(usize, Instant)]) -> Option<usize> {
        let is_open = |provider: &usize| open.iter().any(|(peer, _)| *peer == self.first[*provider]);
        if open.len() < MAX_ASKED { left.iter().position(|provider| !is_open(provider)) } else { None }
    }

    /// Notes which peer sent a block: the one that answered, or one that was asked beside it or by another request.
    fn succeeded(&self, from: PeerId, open: &[(usize, Instant)], answered: (usize, Instant)) {
        let Some(sender) = self.list.iter().position(|provider| provider.peer() == from) else { return };
        let asked = open.iter().chain([&answered]).find(|(peer, _)| *peer == sender);
        self.standing(sender, |standing| standing.has(asked.map(|(_, since)| *since)));
    }

    /// The providers in the order in which they are asked for one more block.
    ///
    /// Those that sent wrong blocks come last, then those that were silent; otherwise the nearest comes first. Several
    /// that are connected equally well share the blocks, also where a nearer one lacks them; where many wait, a keeper that is
    /// not connected yet gets one too.
    fn order(&self) -> Vec<usize> {
        let standings = self.standings.borrow();
        let rank = |provider: usize| {
            let rank = self.source.rank(&self.list[provider]);
            (rank.strikes, standings[self.first[provider]].is_aside(), rank.distance)
        };
        let mut ranked: Vec<_> = (0..self.list.len()).map(|provider| (rank(provider), provider)).collect();
        ranked.sort_unstable();
        let mut order: Vec<_> = ranked.iter().map(|(_, provider)| *provider).collect();
        let mut start = 0;
        for equals in ranked.chunk_by(|(one, _), (other, _)| one == other) {
            let equally_well = &mut order[start..start + equals.len()];
            start += equals.len();
            let ((_, _, distance), _) = equals[0];
            if distance < Distance::Unconnected {
                let equal = || equally_well.iter().map(|provider| &standings[self.first[*provider]]);
                let are_busy = equal().any(|standing| standing.wants > 0);
                let costs = equal().map(|standing| standing.cost(are_busy));
                if let Some((best, _)) = costs.enumerate().min_by_key(|(_, cost)| *cost) {
                    equally_well[..=best].rotate_right(1);
                }
            }
        }
        // Many blocks wait: one of them finds out what a keeper gives who is not connected yet.
        let is_new = |provider: usize| {
            let standing = &standings[self.first[provider]];
            matches!(self.list[provider], Provider::Keeper { .. }) && standing.is_unknown()
        };
        let new = ranked.iter().position(|((strikes, is_aside, distance), provider)| {
            *strikes == 0 && !is_aside && *distance == Distance::Unconnected && is_new(*provider)
        });
        if let Some(new) = new
            && standings.iter().any(|standing| standing.wants >= MANY)
        {
            order[..=new].rotate_right(1);
        }
        order
    }
}

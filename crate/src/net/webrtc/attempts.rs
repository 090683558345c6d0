//! Who may learn our network address, what is being tried with whom, and the results.

use std::collections::{HashMap, HashSet, VecDeque};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use libp2p::PeerId;
use lru::LruCache;

use crate::platform::Instant;

/// Offers that are answered at once. Each costs the window a peer connection.
const MAX_ANSWERED: usize = 8;

/// Offers of one peer in [`PERIOD`]. A peer like us backs off.
const MAX_OFFERS: usize = 6;

/// The period over which offers count.
const PERIOD: Duration = Duration::from_secs(60);

/// Peers whose offers are counted. Nobody has more devices of contacts at once.
const COUNTED: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// Why no attempt is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttemptRefusal {
    /// The peer must not learn our network address.
    #[error("peer is not to be connected directly")]
    NotAllowed,
    /// An attempt with this peer is in progress.
    #[error("a direct connection to the peer is being tried")]
    UnderWay,
    /// The peer, or all peers together, made too many offers.
    #[error("too many offers")]
    TooMany,
}

/// Why there is no direct connection to a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Our own browser makes no peer connections.
    NoHost,
    /// The peer must not learn our network address.
    NotAllowed,
    /// An attempt is in progress.
    UnderWay,
    /// No attempt was made yet. The peer that dialled the circuit makes it.
    Untried,
    /// The peer refuses our offers, or all offers.
    Declined,
    /// Both sides tried, and found no path.
    NoWay,
}

/// The state of all attempts. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Attempts(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    ourselves: PeerId,
    allowed: HashSet<PeerId>,
    under_way: HashMap<PeerId, Role>,
    offers: LruCache<PeerId, VecDeque<Instant>>,
    /// Why the last attempt failed.
    failed: LruCache<PeerId, Obstacle>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Initiator,
    Answerer,
}

/// An attempt with one peer. It ends when it is dropped.
#[derive(Debug)]
pub(super) struct Attempt {
    attempts: Attempts,
    peer: PeerId,
    role: Role,
}

impl Attempts {
    pub(super) fn new(ourselves: PeerId) -> Self {
        Self(Arc::new(Mutex::new(State {
            ourselves,
            allowed: HashSet::new(),
            under_way: HashMap::new(),
            offers: LruCache::new(COUNTED),
            failed: LruCache::new(COUNTED),
        })))
    }

    /// Sets the peers that may learn our network address.
    pub(super) fn allow(&self, peers: HashSet<PeerId>) {
        self.state().allowed = peers;
    }

    pub(super) fn is_allowed(&self, peer: &PeerId) -> bool {
        self.state().allowed.contains(peer)
    }

    /// Returns why there is no direct connection to this peer.
    pub(super) fn obstacle(&self, peer: &PeerId) -> Obstacle {
        let state = self.state();
        match state.under_way.contains_key(peer) {
            _ if !state.allowed.contains(peer) => Obstacle::NotAllowed,
            true => Obstacle::UnderWay,
            false => state.failed.peek(peer).copied().unwrap_or(Obstacle::Untried),
        }
    }

    /// Records the result of an attempt: a connection, or an obstacle.
    pub(super) fn note(&self, peer: PeerId, obstacle: Option<Obstacle>) {
        let failed = &mut self.state().failed;
        match obstacle {
            Some(obstacle) => drop(failed.put(peer, obstacle)),
            None => drop(failed.pop(&peer)),
        }
    }

    /// Starts an offer, unless an attempt is in progress.
    pub(super) fn initiate(&self, peer: PeerId) -> Result<Attempt, AttemptRefusal> {
        self.begin(peer, Role::Initiator, State::may_initiate)
    }

    /// Starts an answer, unless there are too many. If two peers offer at the same moment, the one with the
    /// smaller id is answered.
    pub(super) fn answer(&self, peer: PeerId) -> Result<Attempt, AttemptRefusal> {
        self.begin(peer, Role::Answerer, State::may_answer)
    }

    fn begin(
        &self,
        peer: PeerId,
        role: Role,
        may: impl Fn(&mut State, PeerId) -> Result<(), AttemptRefusal>,
    ) -> Result<Attempt, AttemptRefusal> {
        let mut state = self.state();
        if !state.allowed.contains(&peer) {
            return Err(AttemptRefusal::NotAllowed);
        }
        may(&mut state, peer)?;
        state.under_way.insert(peer, role);
        Ok(Attempt { attempts: self.clone(), peer, role })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics while it holds the lock")
    }
}

impl State {
    fn may_initiate(&mut self, peer: PeerId) -> Result<(), AttemptRefusal> {
        if self.under_way.contains_key(&peer) { Err(AttemptRefusal::UnderWay) } else { Ok(()) }
    }

    fn may_answer(&mut self, peer: PeerId) -> Result<(), AttemptRefusal> {
        match self.under_way.get(&peer) {
            Some(Role::Answerer) => return Err(AttemptRefusal::UnderWay),
            Some(Role::Initiator) if self.ourselves < peer => return Err(AttemptRefusal::UnderWay),
            _ => {}
        }
        let answered = self.under_way.values().filter(|role| **role == Role::Answerer).count();
        let now = Instant::now();
        let offers = self.offers.get_or_insert_mut(peer, VecDeque::new);
        while offers.front().is_some_and(|first| now.duration_since(*first) >= PERIOD) {
            offers.pop_front();
        }
        if answered >= MAX_ANSWERED || offers.len() >= MAX_OFFERS {
            return Err(AttemptRefusal::TooMany);
        }
        offers.push_back(now);
        Ok(())
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let mut state = self.attempts.state();
        // Our attempt may have given way to the peer's.
        if state.under_way.get(&self.peer) == Some(&self.role) {
            state.under_way.remove(&self.peer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempts(peers: &[PeerId]) -> Attempts {
        let attempts = Attempts::new(PeerId::random());
        attempts.allow(peers.iter().copied().collect());
        attempts
    }

    #[test]
    fn a_peer_that_is_not_allowed_learns_nothing() {
        let (friend, stranger) = (PeerId::random(), PeerId::random());
        let attempts = attempts(&[friend]);
        assert_eq!(attempts.answer(stranger).unwrap_err(), AttemptRefusal::NotAllowed);
        assert_eq!(attempts.initiate(stranger).unwrap_err(), AttemptRefusal::NotAllowed);
        assert!(attempts.answer(friend).is_ok());
    }

    #[test]
    fn one_attempt_with_a_peer_is_under_way_at_a_time() {
        let peer = PeerId::random();
        let attempts = attempts(&[peer]);
        let first = attempts.initiate(peer).unwrap();
        assert_eq!(attempts.initiate(peer).unwrap_err(), AttemptRefusal::UnderWay);
        drop(first);
        let _second = attempts.answer(peer).unwrap();
        assert_eq!(attempts.answer(peer).unwrap_err(), AttemptRefusal::UnderWay);
        assert_eq!(attempts.initiate(peer).unwrap_err(), AttemptRefusal::UnderWay);
    }

    #[test]
    fn what_stands_between_is_known_until_it_is_overcome() {
        let (friend, stranger) = (PeerId::random(), PeerId::random());
        let attempts = attempts(&[friend]);
        assert_eq!(attempts.obstacle(&stranger), Obstacle::NotAllowed);
        assert_eq!(attempts.obstacle(&friend), Obstacle::Untried);
        let attempt = attempts.initiate(friend).unwrap();
        assert_eq!(attempts.obstacle(&friend), Obstacle::UnderWay);
        attempts.note(friend, Some(Obstacle::NoWay));
        drop(attempt);
        assert_eq!(attempts.obstacle(&friend), Obstacle::NoWay);
        attempts.note(friend, None);
        assert_eq!(attempts.obstacle(&friend), Obstacle::Untried);
    }

    #[test]
    fn of_two_that_offer_at_once_exactly_one_is_answered() {
        let (a, b) = (PeerId::random(), PeerId::random());
        let of = |ourselves, peer| {
            let attempts = Attempts::new(ourselves);
            attempts.allow([peer].into());
            let _ours = attempts.initiate(peer).unwrap();
            attempts.answer(peer).is_ok()
        };
        assert!(of(a, b) != of(b, a));
    }

    #[test]
    fn offers_in_a_loop_are_refused_and_others_are_answered() {
        let (looping, other) = (PeerId::random(), PeerId::random());
        let attempts = attempts(&[looping, other]);
        for _ in 0..MAX_OFFERS {
            assert!(attempts.answer(looping).is_ok());
        }
        for _ in 0..1000 {
            assert_eq!(attempts.answer(looping).unwrap_err(), AttemptRefusal::TooMany);
        }
        assert!(attempts.answer(other).is_ok());
    }

    #[test]
    fn a_crowd_is_answered_a_few_at_a_time() {
        let peers: Vec<_> = (0..=MAX_ANSWERED).map(|_| PeerId::random()).collect();
        let attempts = attempts(&peers);
        let under_way: Vec<_> = peers.iter().map(|peer| attempts.answer(*peer)).collect();
        assert_eq!(under_way.iter().filter(|attempt| attempt.is_ok()).count(), MAX_ANSWERED);
        drop(under_way);
        assert!(attempts.answer(peers[MAX_ANSWERED]).is_ok());
    }
}

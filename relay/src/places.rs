//! Places for connections and sessions: how many there may be in all, and of one network or device.

use std::{
    collections::HashMap,
    hash::Hash,
    io::{self, IoSlice},
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};

use crate::{limits, network, stall::Stall};

/// The places that there are.
pub(crate) struct Places {
    all: Arc<Semaphore>,
    each: Each<IpAddr>,
}

/// One place of all, until it is dropped.
pub(crate) struct Place(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

impl Places {
    pub(crate) fn new() -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits::CONNECTIONS)),
            each: Each::new(limits::CONNECTIONS_PER_NETWORK),
        }
    }

    /// Waits for a free place.
    pub(crate) async fn free(&self) -> Place {
        place(&self.all).await
    }

    /// Gives a connection its place, unless its network has too many. This machine's own, where a proxy may be,
    /// has all of them.
    pub(crate) fn seat(&self, place: Place, stream: TcpStream, from: IpAddr) -> Option<Seated> {
        let share = match network::of(from) {
            Some(network) => Some(self.each.take(network)?),
            None => None,
        };
        Some(Seated { stream: Stall::new(stream, limits::STALL), _place: place, _share: share })
    }
}

/// A connection with its place, which it gives back when it is dropped.
pub(crate) struct Seated {
    stream: Stall<TcpStream>,
    _place: Place,
    _share: Option<Share<IpAddr>>,
}

impl AsyncRead for Seated {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Seated {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Turns at something costly: so many at once in all, and for each device or network that asks.
#[derive(Clone)]
pub(crate) struct Turns<K: Copy + Eq + Hash> {
    all: Arc<Semaphore>,
    each: Each<K>,
}

/// One turn, until it is dropped.
pub(crate) struct Turn<K: Copy + Eq + Hash> {
    _place: Place,
    _share: Option<Share<K>>,
}

impl<K: Copy + Eq + Hash> Turns<K> {
    /// So many turns at once, of which each may have `each`.
    pub(crate) fn new(all: usize, each: u32) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), each: Each::new(each) }
    }

    /// Waits for a turn; `None` if this one has its share of them. Nobody's share is not counted.
    pub(crate) async fn begin(&self, of: Option<K>) -> Option<Turn<K>> {
        let share = match of {
            Some(of) => Some(self.each.take(of)?),
            None => None,
        };
        Some(Turn { _place: place(&self.all).await, _share: share })
    }
}

async fn place(all: &Arc<Semaphore>) -> Place {
    Place(all.clone().acquire_owned().await.expect("the semaphore is never closed"))
}

/// How many places each network or device has.
struct Each<K: Eq + Hash> {
    limit: u32,
    counts: Arc<Mutex<HashMap<K, u32>>>,
}

/// One of the places of a network or device, until it is dropped.
struct Share<K: Copy + Eq + Hash> {
    of: K,
    counts: Arc<Mutex<HashMap<K, u32>>>,
}

impl<K: Copy + Eq + Hash> Each<K> {
    fn new(limit: u32) -> Self {
        Self { limit, counts: Arc::default() }
    }

    fn take(&self, of: K) -> Option<Share<K>> {
        let mut counts = self.counts.lock().expect("nothing panics while it holds the lock");
        let count = counts.entry(of).or_default();
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        Some(Share { of, counts: self.counts.clone() })
    }
}

impl<K: Copy + Eq + Hash> Clone for Each<K> {
    fn clone(&self) -> Self {
        Self { limit: self.limit, counts: self.counts.clone() }
    }
}

impl<K: Copy + Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().expect("nothing panics while it holds the lock");
        if let Some(count) = counts.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_so_many_places_and_gives_them_back() {
        let each = Each::new(3);
        let mut shares: Vec<_> = (0..3).map(|_| each.take("here").expect("a place")).collect();
        assert!(each.take("here").is_none());
        assert!(each.take("elsewhere").is_some());
        shares.pop();
        assert!(each.take("here").is_some());
        drop(shares);
        assert!(each.counts.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn one_with_many_turns_leaves_some_for_others() {
        let turns = Turns::new(limits::KEEP_SESSIONS, limits::KEEP_SESSIONS_PER_PEER);
        let mut held = Vec::new();
        while let Some(turn) = turns.begin(Some("greedy")).await {
            held.push(turn);
        }
        assert_eq!(held.len(), limits::KEEP_SESSIONS_PER_PEER as usize);
        assert!(turns.begin(Some("modest")).await.is_some());
        assert!(turns.begin(None).await.is_some());
    }
}

//! Places for connections and sessions: how many there may be in all, and of one address or device.

use std::{
    collections::HashMap,
    hash::Hash,
    io::{self, IoSlice},
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use libp2p::PeerId;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};

use crate::limits;

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
            each: Each::new(limits::CONNECTIONS_PER_ADDRESS),
        }
    }

    /// Waits for a free place.
    pub(crate) async fn free(&self) -> Place {
        place(&self.all).await
    }

    /// Gives a connection its place, unless its address has too many. This machine's own, where a proxy may be,
    /// has all of them.
    pub(crate) fn seat(&self, place: Place, stream: TcpStream, from: IpAddr) -> Option<Seated> {
        let share = if from.is_loopback() { None } else { Some(self.each.take(from)?) };
        Some(Seated { stream, _place: place, _share: share })
    }
}

/// A connection with its place, which it gives back when it is dropped.
pub(crate) struct Seated {
    stream: TcpStream,
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

/// The keep sessions that there may be: in all, and of one device.
#[derive(Clone)]
pub(crate) struct Sessions {
    all: Arc<Semaphore>,
    each: Each<PeerId>,
}

/// One session, until it is dropped.
pub(crate) struct Session {
    _place: Place,
    _share: Share<PeerId>,
}

impl Sessions {
    pub(crate) fn new() -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits::KEEP_SESSIONS)),
            each: Each::new(limits::KEEP_SESSIONS_PER_PEER),
        }
    }

    /// Waits for a free session; `None` if this device has its share of them.
    pub(crate) async fn begin(&self, peer: PeerId) -> Option<Session> {
        let share = self.each.take(peer)?;
        Some(Session { _place: place(&self.all).await, _share: share })
    }
}

async fn place(all: &Arc<Semaphore>) -> Place {
    Place(all.clone().acquire_owned().await.expect("the semaphore is never closed"))
}

/// How many places each address or device has.
struct Each<K: Eq + Hash> {
    limit: u32,
    counts: Arc<Mutex<HashMap<K, u32>>>,
}

/// One of the places of an address or device, until it is dropped.
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
    async fn a_device_with_many_sessions_leaves_some_for_others() {
        let (sessions, greedy) = (Sessions::new(), PeerId::random());
        let mut held = Vec::new();
        while let Some(session) = sessions.begin(greedy).await {
            held.push(session);
        }
        assert_eq!(held.len(), limits::KEEP_SESSIONS_PER_PEER as usize);
        assert!(sessions.begin(PeerId::random()).await.is_some());
    }
}

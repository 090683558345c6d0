//! A stream that counts against the limit of its connection while it lives.

use std::io::{self, IoSlice, IoSliceMut};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::task::AtomicWaker;
use futures::{AsyncRead, AsyncWrite};

use crate::platform::Instant;

/// Bytes that have to come before they count as a sign of life: more than small talk, and at 8 KiB/s two seconds.
const MOVED: usize = 16 * 1024;

/// A stream of bytes to a peer. Dropping it without closing resets it.
#[derive(Debug)]
pub struct Stream {
    inner: libp2p::Stream,
    permit: Permit,
    /// Bytes that came and do not count yet.
    uncounted: usize,
}

impl Stream {
    pub(super) fn new(inner: libp2p::Stream, permit: Permit) -> Self {
        Self { inner, permit, uncounted: 0 }
    }

    /// Lets the connection close for idleness while this stream is open.
    pub fn ignore_for_keep_alive(&mut self) {
        self.inner.ignore_for_keep_alive();
    }

    fn count(&mut self, read: &Poll<io::Result<usize>>) {
        let Poll::Ready(Ok(bytes)) = read else { return };
        self.uncounted += bytes;
        if self.uncounted >= MOVED {
            self.uncounted = 0;
            *self.permit.0.moved.lock().expect(NO_PANIC) = Some(Instant::now());
        }
    }
}

const NO_PANIC: &str = "nothing panics while it holds the lock";

/// How many streams may live at once on one side of one connection.
#[derive(Clone, Debug)]
pub(super) struct Permits(Arc<Room>);

#[derive(Debug)]
struct Room {
    limit: usize,
    free: AtomicUsize,
    waiting: AtomicWaker,
    /// When bytes came last.
    moved: Mutex<Option<Instant>>,
}

/// The permit of one stream.
#[derive(Debug)]
pub(super) struct Permit(Arc<Room>);

impl Permits {
    pub(super) fn new(limit: usize) -> Self {
        let (free, waiting) = (AtomicUsize::new(limit), AtomicWaker::new());
        Self(Arc::new(Room { limit, free, waiting, moved: Mutex::default() }))
    }

    pub(super) fn take(&self) -> Option<Permit> {
        let taken = self.0.free.fetch_update(Ordering::AcqRel, Ordering::Acquire, |free| free.checked_sub(1));
        taken.ok().map(|_| Permit(self.0.clone()))
    }

    pub(super) fn are_used(&self) -> bool {
        self.0.free.load(Ordering::Acquire) < self.0.limit
    }

    /// Whether bytes came over these streams within so much time.
    pub(super) fn moved_within(&self, time: Duration) -> bool {
        self.0.moved.lock().expect(NO_PANIC).is_some_and(|moved| moved.elapsed() < time)
    }

    /// Ready with a permit. Only the task that polled last is woken.
    pub(super) fn poll_take(&self, cx: &Context<'_>) -> Poll<Permit> {
        if let Some(permit) = self.take() {
            return Poll::Ready(permit);
        }
        self.0.waiting.register(cx.waker());
        // A permit may have been returned between the two lines above.
        self.take().map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.free.fetch_add(1, Ordering::AcqRel);
        self.0.waiting.wake();
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        self.count(&read);
        read
    }

    fn poll_read_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        let read = Pin::new(&mut self.inner).poll_read_vectored(cx, bufs);
        self.count(&read);
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx)
    }
}

//! A stream to a peer that has sent all that it ever sends, and reads everything.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::io::Cursor;
use futures::{AsyncRead, AsyncWrite};
use ipld_core::ipld::Ipld;
use spinney::format::cbor;
use spinney::net::frame;

use super::pieces::split;

/// The longest answer of any protocol of ours: a block of 1 MiB and the words around it.
const LONGEST: usize = (1 << 20) + 1024;

thread_local! {
    /// One runtime for all inputs, because protocols wait with its timers.
    static RUNTIME: tokio::runtime::Runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("one thread is enough");
}

/// Runs a protocol to its end.
pub fn run<T>(protocol: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(protocol))
}

/// The peer's end.
#[derive(Debug, Default)]
pub struct Peer {
    sent: Vec<u8>,
    read: usize,
    /// Bytes that arrive at once.
    at_once: usize,
    has_waited: bool,
    /// All that the peer has read.
    pub heard: Vec<u8>,
}

impl Peer {
    /// A peer that sends the pieces of an input, each as a message, or as it is where it has the flag. The first byte
    /// of the input says how many bytes arrive at once.
    pub fn new(input: &[u8]) -> Self {
        let (first, rest) = input.split_first().unwrap_or((&0, &[]));
        let mut sent = Vec::new();
        for piece in split(rest) {
            if piece.flag {
                sent.extend_from_slice(piece.bytes);
            } else {
                run(frame::write(&mut sent, piece.bytes)).expect("memory takes everything");
            }
        }
        let at_once = if *first == 0 { usize::MAX } else { usize::from(*first) };
        Self { sent, at_once, ..Self::default() }
    }

    /// The messages that the peer has read. Each must be strict DAG-CBOR.
    pub fn messages(&self) -> Vec<Ipld> {
        let mut heard = Cursor::new(&self.heard);
        let next = || run(frame::read(&mut heard, LONGEST)).expect("a message has its length before it");
        let messages = std::iter::from_fn(next);
        messages.map(|message| cbor::to_ipld(&message).expect("a message is strict DAG-CBOR")).collect()
    }
}

impl AsyncRead for Peer {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let left = self.sent.len() - self.read;
        if left == 0 && !self.has_waited {
            // The other things that the protocol waits for have their turn before the stream ends.
            self.has_waited = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let count = left.min(buffer.len()).min(self.at_once);
        buffer[..count].copy_from_slice(&self.sent[self.read..self.read + count]);
        self.read += count;
        Poll::Ready(Ok(count))
    }
}

impl AsyncWrite for Peer {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.heard.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

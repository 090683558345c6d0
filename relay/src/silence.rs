//! A stream that breaks when nothing has moved on it for a while, so that nobody holds a place for nothing.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures::{AsyncRead, AsyncWrite, FutureExt};
use tokio::time::{Instant, Sleep, sleep};

/// A stream with a limit on its silence.
#[derive(Debug)]
pub(crate) struct Silence<S> {
    stream: S,
    limit: Duration,
    over: Pin<Box<Sleep>>,
}

impl<S> Silence<S> {
    pub(crate) fn new(stream: S, limit: Duration) -> Self {
        Self { stream, limit, over: Box::pin(sleep(limit)) }
    }

    /// Passes on what the stream says, unless it has been silent for too long.
    fn heard<T>(&mut self, said: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if said.is_ready() {
            self.over.as_mut().reset(Instant::now() + self.limit);
            return said;
        }
        self.over.poll_unpin(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Silence<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let said = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.heard(said, cx)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Silence<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let said = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.heard(said, cx)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let said = Pin::new(&mut self.stream).poll_flush(cx);
        self.heard(said, cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let said = Pin::new(&mut self.stream).poll_close(cx);
        self.heard(said, cx)
    }
}

#[cfg(test)]
mod tests {
    use futures::AsyncReadExt;
    use tokio_util::compat::TokioAsyncReadCompatExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silent_stream_breaks_and_one_that_speaks_now_and_then_does_not() {
        let (near, mut far) = tokio::io::duplex(64);
        let mut near = Silence::new(near.compat(), Duration::from_secs(10));
        for _ in 0..5 {
            sleep(Duration::from_secs(7)).await;
            tokio::io::AsyncWriteExt::write_all(&mut far, b"x").await.unwrap();
            near.read_exact(&mut [0]).await.unwrap();
        }
        let error = near.read_exact(&mut [0]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}

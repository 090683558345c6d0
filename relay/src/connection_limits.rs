//! Limits on TCP connections: in all, and from one network.

use std::{
    io::{self, IoSlice},
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use crate::{
    concurrency::{self, Permit, Slot},
    limits, network,
    write_timeout::WriteTimeout,
};

/// How many connections there may be.
pub(crate) struct ConnectionLimits(concurrency::Limit<IpAddr>);

impl ConnectionLimits {
    pub(crate) fn new() -> Self {
        Self(concurrency::Limit::new(limits::CONNECTIONS, limits::CONNECTIONS_PER_NETWORK))
    }

    /// Waits for a slot for another connection.
    pub(crate) async fn slot(&self) -> Slot {
        self.0.slot().await
    }

    /// Gives a connection its permit; `None` if its network has too many. Only the limit for all counts those of this
    /// machine, where a proxy may run.
    pub(crate) fn admit(&self, slot: Slot, stream: TcpStream, from: IpAddr) -> Option<Connection> {
        let permit = self.0.admit(slot, network::of(from))?;
        Some(Connection { stream: WriteTimeout::new(stream, limits::WRITE_TIMEOUT), _permit: permit })
    }
}

/// A connection that holds its permit, also after an upgrade.
pub(crate) struct Connection {
    stream: WriteTimeout<TcpStream>,
    _permit: Permit<IpAddr>,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
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

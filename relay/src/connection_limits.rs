//! Limits on TCP connections: in all, and from one network.

use std::{
    io::{self, IoSlice},
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use crate::{
    concurrency::{self, Permit, Share, Slot},
    limits,
    network::{self, Network, Proxies},
    write_timeout::WriteTimeout,
};

/// How many connections there may be. Clones share it.
#[derive(Clone)]
pub(crate) struct ConnectionLimits {
    limit: concurrency::Limit<IpAddr>,
    proxies: Arc<Proxies>,
}

/// An upgraded connection, as one of its network.
pub(crate) type Seat = Share<IpAddr>;

impl ConnectionLimits {
    pub(crate) fn new(proxies: Arc<Proxies>) -> Self {
        let limit = concurrency::Limit::new(limits::CONNECTIONS, limits::CONNECTIONS_PER_NETWORK);
        Self { limit, proxies }
    }

    /// Waits for a slot for another connection.
    pub(crate) async fn slot(&self) -> Slot {
        self.limit.slot().await
    }

    /// Gives a connection its permit; `None` if its network has too many.
    ///
    /// Only the limit for all counts a connection of a proxy: it passes on requests of many networks. Those that it
    /// upgrades take a [`seat`](Self::seat).
    pub(crate) fn admit(&self, slot: Slot, stream: TcpStream, from: IpAddr) -> Option<Connection> {
        let network = if self.proxies.trusts(from) { None } else { network::of(from) };
        let permit = self.limit.admit(slot, network)?;
        Some(Connection { stream: WriteTimeout::new(stream, limits::WRITE_TIMEOUT), _permit: permit })
    }

    /// Counts a connection from this address that is upgraded for a client of this network; `None` if the network has
    /// too many. Without a proxy it counts already.
    pub(crate) fn seat(&self, from: IpAddr, network: Network) -> Option<Seat> {
        self.limit.shares().take(network.filter(|_| self.proxies.trusts(from)))
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

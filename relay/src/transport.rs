//! A libp2p transport over WebSockets that the HTTP server upgraded.
//!
//! It does not listen or dial itself, because the HTTP server owns the port: sockets arrive over a bounded channel.

use std::{
    collections::VecDeque,
    future::{self, Ready},
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::extract::ws::{Message, WebSocket};
use bytes::{Buf, Bytes};
use futures::{AsyncRead, AsyncWrite, Sink, Stream, stream::FusedStream};
use libp2p::{
    Multiaddr,
    core::{
        Transport,
        transport::{DialOpts, ListenerId, TransportError, TransportEvent},
    },
    multiaddr::Protocol,
};
use tokio::sync::mpsc;

use crate::connection_limits::Seat;

/// A WebSocket that the HTTP server upgraded.
pub(crate) struct UpgradedSocket {
    pub(crate) socket: WebSocket,
    /// The address of the client, also behind a proxy: [`network::of_multiaddr`](crate::network::of_multiaddr) reads
    /// the network of every stream from it.
    pub(crate) client: SocketAddr,
    pub(crate) seat: Seat,
}

/// Bytes of one message that we send: one Noise message with its length.
const MESSAGE: usize = 64 << 10;

/// The transport. Listen on the [`multiaddr`] of the port.
pub(crate) struct WebSocketTransport {
    upgraded: mpsc::Receiver<UpgradedSocket>,
    listener: Option<(ListenerId, Multiaddr)>,
    events: VecDeque<TransportEvent<Ready<io::Result<Socket>>, io::Error>>,
}

/// Returns `/ip4/…/tcp/…/ws`, or the same with ip6.
pub(crate) fn multiaddr(address: SocketAddr) -> Multiaddr {
    Multiaddr::from(address.ip()).with(Protocol::Tcp(address.port())).with(Protocol::Ws("/".into()))
}

impl WebSocketTransport {
    pub(crate) fn new(upgraded: mpsc::Receiver<UpgradedSocket>) -> Self {
        Self { upgraded, listener: None, events: VecDeque::new() }
    }
}

impl Transport for WebSocketTransport {
    type Output = Socket;
    type Error = io::Error;
    type ListenerUpgrade = Ready<io::Result<Socket>>;
    type Dial = Ready<Result<Socket, io::Error>>;

    fn listen_on(&mut self, id: ListenerId, address: Multiaddr) -> Result<(), TransportError<io::Error>> {
        if self.listener.is_some() {
            return Err(TransportError::MultiaddrNotSupported(address));
        }
        self.events.push_back(TransportEvent::NewAddress { listener_id: id, listen_addr: address.clone() });
        self.listener = Some((id, address));
        Ok(())
    }

    fn remove_listener(&mut self, id: ListenerId) -> bool {
        let found = self.listener.take_if(|(listener, _)| *listener == id).is_some();
        if found {
            self.events.push_back(TransportEvent::ListenerClosed { listener_id: id, reason: Ok(()) });
        }
        found
    }

    fn dial(&mut self, address: Multiaddr, _: DialOpts) -> Result<Self::Dial, TransportError<io::Error>> {
        Err(TransportError::MultiaddrNotSupported(address))
    }

    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<TransportEvent<Self::ListenerUpgrade, io::Error>> {
        if let Some(event) = self.events.pop_front() {
            return Poll::Ready(event);
        }
        let Some((listener_id, local_addr)) = self.listener.clone() else { return Poll::Pending };
        match ready!(self.upgraded.poll_recv(cx)) {
            Some(UpgradedSocket { socket, client, seat }) => Poll::Ready(TransportEvent::Incoming {
                listener_id,
                upgrade: future::ready(Ok(Socket { inner: socket, read: Bytes::new(), _seat: seat })),
                local_addr,
                send_back_addr: multiaddr(client),
            }),
            None => {
                self.listener = None;
                Poll::Ready(TransportEvent::ListenerClosed { listener_id, reason: Ok(()) })
            }
        }
    }
}

/// A WebSocket as a stream of bytes: joins the binary messages, whose boundaries mean nothing.
pub(crate) struct Socket {
    inner: WebSocket,
    read: Bytes,
    _seat: Seat,
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        while self.read.is_empty() {
            if self.inner.is_terminated() {
                return Poll::Ready(Ok(0));
            }
            match ready!(Pin::new(&mut self.inner).poll_next(cx)) {
                Some(Ok(Message::Binary(bytes))) => self.read = bytes,
                // The codec answers pings.
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Text(_))) => return Poll::Ready(Err(io::ErrorKind::InvalidData.into())),
                Some(Ok(Message::Close(_))) | None => return Poll::Ready(Ok(0)),
                Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
            }
        }
        let count = buf.len().min(self.read.len());
        self.read.copy_to_slice(&mut buf[..count]);
        Poll::Ready(Ok(count))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let mut inner = Pin::new(&mut self.inner);
        ready!(inner.as_mut().poll_ready(cx)).map_err(io::Error::other)?;
        let count = buf.len().min(MESSAGE);
        let message = Message::Binary(Bytes::copy_from_slice(&buf[..count]));
        inner.start_send(message).map_err(io::Error::other)?;
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx).map_err(io::Error::other)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx).map_err(io::Error::other)
    }
}

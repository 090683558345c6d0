//! WebSocket connections of a page or its worker, as a libp2p transport. It dials only.
//!
//! In `libp2p-websocket-websys` a blocked writer sleeps until a timer finds the socket's buffer empty, which
//! costs four fifths of the rate. Here a writer goes on as soon as the buffer is half empty. Dials
//! `/ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT` followed by `/ws`, `/wss` or `/tls/ws`.

mod connection;

use std::pin::Pin;
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::future::BoxFuture;
use libp2p::Multiaddr;
use libp2p::core::transport::{self, DialOpts, ListenerId, TransportError, TransportEvent};
use send_wrapper::SendWrapper;

pub use connection::Connection;

use super::url;

/// Why a WebSocket cannot be opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DialError {
    /// The browser refuses the address, for example `ws` from a page that came over `https`.
    #[error("browser refuses to open {url}: {reason}")]
    Refused {
        /// The URL that was tried.
        url: String,
        /// What the browser says.
        reason: String,
    },
    /// Nobody answers there. Browsers do not say more.
    #[error("no answer at {url} (code {code})")]
    Unreachable {
        /// The URL that was tried.
        url: String,
        /// The code with which the browser closed the attempt.
        code: u16,
    },
    /// A page cannot listen.
    #[error("a page cannot listen for connections")]
    Listen,
}

/// Dials WebSockets through the browser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Transport;

impl transport::Transport for Transport {
    type Output = Connection;
    type Error = DialError;
    type ListenerUpgrade = BoxFuture<'static, Result<Connection, DialError>>;
    type Dial = BoxFuture<'static, Result<Connection, DialError>>;

    fn listen_on(&mut self, _: ListenerId, address: Multiaddr) -> Result<(), TransportError<DialError>> {
        Err(TransportError::MultiaddrNotSupported(address))
    }

    fn remove_listener(&mut self, _: ListenerId) -> bool {
        false
    }

    fn dial(&mut self, address: Multiaddr, _: DialOpts) -> Result<Self::Dial, TransportError<DialError>> {
        let url = url::of(&address).ok_or(TransportError::MultiaddrNotSupported(address))?;
        // A page has one thread. libp2p requires `Send` nevertheless.
        Ok(SendWrapper::new(Connection::open(url)).boxed())
    }

    fn poll(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<TransportEvent<Self::ListenerUpgrade, Self::Error>> {
        Poll::Pending
    }
}

//! Pings a connection at once, because nothing else shows that it died during sleep or a change of network.

use std::io;
use std::time::Duration;

use futures::{AsyncReadExt, AsyncWriteExt};
use libp2p::StreamProtocol;
use libp2p::swarm::ConnectionId;

use super::streams::{Control, OpenError};
use super::within;
use crate::platform;

/// The protocol of <https://github.com/libp2p/specs/blob/master/ping/ping.md>. Every peer answers it.
const PING: StreamProtocol = StreamProtocol::new("/ipfs/ping/1.0.0");

/// Bytes that are sent and returned.
const PAYLOAD: usize = 32;

/// A person who waits for a picture should not wait longer to hear that the connection is dead.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether the peer at the other end answers. Over a slow line the answer waits behind other bytes, which are a sign of
/// life too.
pub(super) async fn is_alive(control: &Control, connection: ConnectionId) -> bool {
    answers(control, connection).await || control.is_moving(connection, PATIENCE)
}

async fn answers(control: &Control, connection: ConnectionId) -> bool {
    match within(PATIENCE, control.open(connection, PING)).await {
        Some(Ok(stream)) => within(PATIENCE, echo(stream)).await.is_some_and(|echo| echo.is_ok()),
        // The peer does not speak ping, or we are too busy to ask. It is alive.
        Some(Err(OpenError::Unsupported | OpenError::Busy)) => true,
        Some(Err(_)) | None => false,
    }
}

async fn echo(mut stream: super::streams::Stream) -> io::Result<()> {
    let sent = platform::random::<PAYLOAD>();
    stream.write_all(&sent).await?;
    stream.flush().await?;
    let mut back = [0; PAYLOAD];
    stream.read_exact(&mut back).await?;
    if back == sent { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}

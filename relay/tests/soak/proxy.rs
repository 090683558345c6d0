//! The proxy before the relay, which tells it from where each connection comes, as the README asks for.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use libp2p::{Multiaddr, multiaddr::Protocol};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Bytes of the head of a request at most.
const HEAD: usize = 8 << 10;

/// Listens on loopback for connections from one network.
///
/// Returns the relay's address as it is seen there.
pub(crate) async fn from(network: [u8; 4], relay: &Multiaddr) -> Multiaddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let to = socket(relay);
    tokio::spawn(async move {
        loop {
            // If no file is free, the next connection may find one.
            if let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, to, network.into()));
            } else {
                tokio::task::yield_now().await;
            }
        }
    });
    relay.iter().map(|part| if let Protocol::Tcp(_) = part { Protocol::Tcp(port) } else { part }).collect()
}

/// The socket that an address names.
pub(crate) fn socket(address: &Multiaddr) -> SocketAddr {
    let mut parts = address.iter();
    match (parts.next(), parts.next()) {
        (Some(Protocol::Ip4(ip)), Some(Protocol::Tcp(port))) => (ip, port).into(),
        _ => panic!("{address} is no socket"),
    }
}

/// Adds the header to the first request, and carries the rest as it is.
async fn carry(mut near: TcpStream, to: SocketAddr, network: IpAddr) -> std::io::Result<()> {
    let mut head = Vec::new();
    let end = loop {
        if near.read_buf(&mut head).await? == 0 || head.len() > HEAD {
            return Ok(());
        }
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 2;
        }
    };
    let mut far = TcpStream::connect(to).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let header = format!("X-Forwarded-For: {network}\r\n");
    far.write_all(&[&head[..end], header.as_bytes(), &head[end..]].concat()).await?;
    tokio::io::copy_bidirectional(&mut near, &mut far).await.map(drop)
}

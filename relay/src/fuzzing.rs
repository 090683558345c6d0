//! Entry points for fuzzing: what the relay itself reads of strangers' bytes, beside the protocols of the crate.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::network::{self, Proxies};
use crate::{Config, gateway, stun};

/// How much longer than its request an answer of STUN may be, so that a forged sender gains little.
const STUN_RISE: usize = 3;

/// Reads a request to the gateway: a path with its query, then a header on each line.
pub fn request(bytes: &[u8]) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let Ok(uri) = Uri::try_from(lines.next().unwrap_or_default()) else { return };
    let mut head = HeaderMap::new();
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) =
            (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(&line[colon + 1..]));
        if let (Ok(name), Ok(value)) = (name, value) {
            head.append(name, value);
        }
    }
    let there = IpAddr::from([192, 0, 2, 1]);
    let external = vec!["/dns4/relay.example/tcp/443/wss".parse().expect("it is an address")];
    let proxies = Proxies::new(&Config { external, ..Config::default() });
    assert_eq!(proxies.client(there, &head), there, "only a proxy names the client");
    let named = network::of(proxies.client(Ipv4Addr::LOCALHOST.into(), &head));
    assert!(named.is_some(), "nobody whom a proxy stands for is without limits");
    gateway::fuzzing::request(&uri, &head);
}

/// Reads a datagram of STUN.
pub fn datagram(bytes: &[u8]) {
    for from in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
        if let Some(answer) = stun::answer(bytes, SocketAddr::new(from, 9)) {
            assert!(answer.len() <= STUN_RISE * bytes.len(), "{} bytes for {}", answer.len(), bytes.len());
        }
    }
}

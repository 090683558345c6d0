//! The address of a relay in a code: most are a name, and need no more than that.
//!
//! The peer id is left out where the address finds the relay. A certificate of the name, or a loopback address, is what
//! stands for the relay then, and who dials it learns the id. Nothing that a relay says is taken without a check.

use std::net::Ipv4Addr;

use super::{Reader, Writer};
use crate::format::error::{DecodeError, Fault};
use crate::format::{limits, text};

/// Bytes of a name: what DNS allows. They are the first byte of the commonest form: `wss` at port 443.
const MAX_NAME: usize = 253;
/// The port that is not said.
const PORT: u16 = 443;
/// First byte of an address as text.
const TEXT: u8 = 0;
/// First byte of a name with a port.
const NAME: u8 = 254;
/// First byte of an IPv4 address with a port.
const IP4: u8 = 255;

/// An address that needs no peer id.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Short<'a> {
    host: Host<'a>,
    port: u16,
    secure: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host<'a> {
    Name(&'a str),
    Ip4(Ipv4Addr),
}

impl<'a> Short<'a> {
    fn of(address: &'a str) -> Option<Self> {
        let parts: Vec<&str> = address.strip_prefix('/')?.split('/').collect();
        let parts = match &parts[..] {
            [before @ .., "p2p", _] => before,
            all => all,
        };
        let [kind, host, "tcp", port, scheme @ ..] = parts else { return None };
        let secure = match scheme {
            ["wss"] | ["tls", "ws"] => true,
            ["ws"] => false,
            _ => return None,
        };
        let host = match *kind {
            "dns" | "dns4" | "dns6" if is_name(host) => Host::Name(host),
            "ip4" => Host::Ip4(host.parse().ok()?),
            _ => return None,
        };
        let number: u16 = port.parse().ok()?;
        (number.to_string() == **port).then_some(Self { host, port: number, secure })
    }

    fn text(&self) -> String {
        let scheme = if self.secure { "wss" } else { "ws" };
        match self.host {
            Host::Name(name) => format!("/dns/{name}/tcp/{}/{scheme}", self.port),
            Host::Ip4(ip) => format!("/ip4/{ip}/tcp/{}/{scheme}", self.port),
        }
    }
}

fn is_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(is_letter)
}

/// The address as a code says it: without a peer id where it finds the relay without.
pub fn shortened(address: &str) -> String {
    Short::of(address).map_or_else(|| address.to_owned(), |short| short.text())
}

/// Writes an address.
pub(super) fn put(address: &str, to: &mut Writer) {
    let port = |to: &mut Writer, short: &Short<'_>| {
        to.0.extend_from_slice(&short.port.to_be_bytes());
        to.0.push(short.secure.into());
    };
    match Short::of(address) {
        Some(Short { host: Host::Name(name), port: PORT, secure: true }) => {
            to.0.push(name.len() as u8);
            to.text(name);
        }
        Some(short @ Short { host: Host::Name(name), .. }) => {
            to.0.extend_from_slice(&[NAME, name.len() as u8]);
            to.text(name);
            port(to, &short);
        }
        Some(short @ Short { host: Host::Ip4(ip), .. }) => {
            to.0.push(IP4);
            to.0.extend_from_slice(&ip.octets());
            port(to, &short);
        }
        None => {
            to.0.push(TEXT);
            to.int(address.len() as u64);
            to.text(address);
        }
    }
}

/// Takes an address, in the one form that it has.
pub(super) fn take(from: &mut Reader<'_>, field: &str) -> Result<String, DecodeError> {
    let refuse = |fault| DecodeError::at(field, fault);
    let [first] = from.array(field)?;
    let (address, is_plain) = match first {
        TEXT => {
            let len = usize::try_from(from.int(field)?).unwrap_or(usize::MAX);
            if len > limits::RELAY_BYTES {
                return Err(refuse(Fault::TooLong(limits::RELAY_BYTES)));
            }
            let address = std::str::from_utf8(from.take(field, len)?).or(Err(refuse(Fault::Text)))?;
            if !text::is_normal(address) {
                return Err(refuse(Fault::Text));
            }
            (address.to_owned(), Short::of(address).is_none())
        }
        IP4 => {
            let host = Host::Ip4(from.array::<4>(field)?.into());
            let (port, secure) = port(from, field)?;
            (Short { host, port, secure }.text(), true)
        }
        NAME => {
            let [len] = from.array(field)?;
            let host = name(from, field, len)?;
            let (port, secure) = port(from, field)?;
            (Short { host, port, secure }.text(), (port, secure) != (PORT, true))
        }
        len => {
            let host = name(from, field, len)?;
            (Short { host, port: PORT, secure: true }.text(), true)
        }
    };
    match () {
        () if !is_plain => Err(refuse(Fault::Contradiction)),
        () if address.len() > limits::RELAY_BYTES => Err(refuse(Fault::TooLong(limits::RELAY_BYTES))),
        () => Ok(address),
    }
}

fn name<'a>(from: &mut Reader<'a>, field: &str, len: u8) -> Result<Host<'a>, DecodeError> {
    let bytes = from.take(field, len.into())?;
    let name = std::str::from_utf8(bytes).ok().filter(|name| is_name(name));
    name.map(Host::Name).ok_or_else(|| DecodeError::at(field, Fault::Text))
}

fn port(from: &mut Reader<'_>, field: &str) -> Result<(u16, bool), DecodeError> {
    let [high, low, secure] = from.array(field)?;
    match secure {
        0 | 1 => Ok((u16::from_be_bytes([high, low]), secure == 1)),
        _ => Err(DecodeError::at(field, Fault::Range)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";

    fn read_back(address: &str) -> (usize, String) {
        let mut writer = Writer::new(&[], [false; 3]);
        put(address, &mut writer);
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes, "code", 0).unwrap();
        let read = take(&mut reader, "relays.0").unwrap();
        reader.end().unwrap();
        (bytes.len() - 1, read)
    }

    #[test]
    fn an_address_is_as_short_as_its_host_allows_and_finds_the_same_relay() {
        for (address, short, len) in [
            ("/dns4/relay.example/tcp/443/wss", "/dns/relay.example/tcp/443/wss", 14),
            ("/dns/relay.example/tcp/443/tls/ws", "/dns/relay.example/tcp/443/wss", 14),
            ("/dns6/relay.example/tcp/8443/wss", "/dns/relay.example/tcp/8443/wss", 18),
            ("/dns/localhost/tcp/443/ws", "/dns/localhost/tcp/443/ws", 14),
            ("/ip4/127.0.0.1/tcp/4001/ws", "/ip4/127.0.0.1/tcp/4001/ws", 8),
        ] {
            let whole = format!("{address}/p2p/{ID}");
            assert_eq!(read_back(&whole), (len, short.to_owned()));
            assert_eq!(read_back(address), (len, short.to_owned()));
            assert_eq!(shortened(&whole), short);
        }
    }

    #[test]
    fn what_needs_its_peer_id_or_is_no_address_stays_as_it_is() {
        for address in [
            &format!("/ip6/::1/tcp/4001/ws/p2p/{ID}"),
            &format!("/dns/relay.example/tcp/443/x-parity-wss/%2Fpeer/p2p/{ID}"),
            "/dns/relay.example/tcp/0443/wss",
            "/dns/relay_.example/tcp/443/wss",
            "/dns4//tcp/443/wss",
            "",
            "nonsense",
        ] {
            assert_eq!(read_back(address).1, address);
            assert_eq!(shortened(address), address);
        }
    }
}

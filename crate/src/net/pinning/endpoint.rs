//! The address of a pinning service, as a person types it.

use std::net::{IpAddr, Ipv6Addr};

/// Letters of an address: what services have, many times.
const MAX_CHARS: usize = 512;

/// Where a pinning service answers: `https` and a host, with a path if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    url: String,
    host: String,
}

impl Endpoint {
    /// Reads an address; none where it is not `https`, or has more than a host, a port and a path. The `/pins` at its end
    /// may be left out. With `on_loopback`, which is for trials, this machine may be asked without TLS.
    pub fn parse(typed: &str, on_loopback: bool) -> Option<Self> {
        let typed = typed.trim();
        if typed.len() > MAX_CHARS {
            return None;
        }
        let (scheme, rest) = typed.split_once("://")?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let authority = authority.to_ascii_lowercase();
        let host = host_of(&authority)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "https" => "https",
            "http" if on_loopback && is_this_machine(host) => "http",
            _ => return None,
        };
        let mut url = format!("{scheme}://{authority}");
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix("pins").filter(|it| it.is_empty() || it.ends_with('/')).unwrap_or(path);
        for part in path.trim_end_matches('/').split('/').filter(|_| !path.is_empty()) {
            if part.is_empty() || !part.chars().all(is_plain) || part.chars().all(|c| c == '.') {
                return None;
            }
            url.extend(["/", part]);
        }
        Some(Self { url, host: host.to_owned() })
    }

    /// The URL without `/pins`, as it is kept.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// The host, as a page shows it.
    pub fn host(&self) -> &str {
        &self.host
    }
}

/// The host in `host`, `host:port` or `[ipv6]:port`.
fn host_of(authority: &str) -> Option<&str> {
    let end = authority.find(']').map_or_else(|| authority.find(':'), |at| Some(at + 1));
    let (host, port) = authority.split_at(end.unwrap_or(authority.len()));
    let is_port =
        |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse().is_ok_and(|n: u16| n > 0);
    if !port.is_empty() && !port.strip_prefix(':').is_some_and(is_port) {
        return None;
    }
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
    };
    let number = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    number.map_or_else(|| is_name(host), |number| number.parse::<Ipv6Addr>().is_ok()).then_some(host)
}

fn is_this_machine(host: &str) -> bool {
    let number = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || number.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_the_ways_in_which_services_give_it() {
        for (typed, kept, host) in [
            ("https://pins.example", "https://pins.example", "pins.example"),
            (" HTTPS://Pins.Example:8443/ ", "https://pins.example:8443", "pins.example"),
            ("https://api.example/psa/pins", "https://api.example/psa", "api.example"),
            ("https://api.example/pins/", "https://api.example", "api.example"),
            ("https://api.example/v1/spins", "https://api.example/v1/spins", "api.example"),
            ("https://[2001:db8::1]:444/a", "https://[2001:db8::1]:444/a", "[2001:db8::1]"),
        ] {
            let read = Endpoint::parse(typed, false).unwrap_or_else(|| panic!("{typed}"));
            assert_eq!((read.as_str(), read.host()), (kept, host));
            assert_eq!(Endpoint::parse(kept, false), Some(read), "what is kept is read again");
        }
    }

    #[test]
    fn what_is_not_https_or_more_than_an_address_is_none() {
        for typed in [
            "",
            "pins.example",
            "http://pins.example",
            "ftp://pins.example",
            "https://",
            "https://ann:secret@pins.example",
            "https://pins.example?token=1",
            "https://pins.example/a?b",
            "https://pins.example/#a",
            "https://pins.example/../a",
            "https://pins.example//a",
            "https://pins.example\\a",
            "https://pins.example:0",
            "https://pins.example:99999",
            "https://pins.example:+443",
            "https://[::1",
            "https://[::1]x",
            "https://pins example",
            "http://127.0.0.1:4747",
            &format!("https://pins.example/{}", "a".repeat(MAX_CHARS)),
        ] {
            assert_eq!(Endpoint::parse(typed, false), None, "{typed}");
        }
    }

    #[test]
    fn this_machine_is_asked_without_tls_by_pages_of_this_machine_alone() {
        for typed in ["http://127.0.0.1:4747", "http://localhost:4747/pins", "http://[::1]:4747"] {
            assert!(Endpoint::parse(typed, true).is_some(), "{typed}");
            assert_eq!(Endpoint::parse(typed, false), None, "{typed}");
        }
        for typed in ["http://127.0.0.1.example", "http://192.168.1.1", "http://localhost.example"] {
            assert_eq!(Endpoint::parse(typed, true), None, "{typed}");
        }
    }
}

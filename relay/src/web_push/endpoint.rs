//! Where a push goes: what a device names, which is hostile input.

use std::net::SocketAddr;

use axum::http::Uri;
use spinney::net::{
    address::{is_public_ip, is_public_name},
    keep::MAX_ENDPOINT,
};

/// Which hosts pushes may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Port 443 of addresses on the open internet.
    Public,
    /// Any, for tests that play a push service on this machine.
    #[cfg(any(test, feature = "testing"))]
    Anywhere,
}

impl Reach {
    /// Those of the addresses of a name that may be connected to.
    pub(crate) fn of(self, found: impl Iterator<Item = SocketAddr>) -> impl Iterator<Item = SocketAddr> {
        found.filter(move |address| match self {
            Self::Public => is_public_ip(address.ip()),
            #[cfg(any(test, feature = "testing"))]
            Self::Anywhere => true,
        })
    }
}

/// The endpoint of a subscription: an `https` URL. It is a secret of the device, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(Uri);

impl Endpoint {
    /// Parses it; `None` if pushes may not go there. A name may still lead to a private address: the client looks.
    pub(crate) fn parse(text: &str, reach: Reach) -> Option<Self> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        if text.len() > MAX_ENDPOINT || !plain {
            return None;
        }
        let uri: Uri = text.parse().ok()?;
        let authority = uri.authority()?;
        if uri.scheme_str() != Some("https") || authority.as_str().contains('@') {
            return None;
        }
        let is_allowed = match reach {
            Reach::Public => {
                is_public_name(authority.host()) && matches!(authority.port_u16(), None | Some(443))
            }
            #[cfg(any(test, feature = "testing"))]
            Reach::Anywhere => true,
        };
        is_allowed.then_some(Self(uri))
    }

    pub(crate) fn host(&self) -> &str {
        self.0.host().unwrap_or_default()
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port_u16().unwrap_or(443)
    }

    /// The origin, for which a push is signed. The usual port is left out.
    pub(crate) fn origin(&self) -> String {
        match self.port() {
            443 => format!("https://{}", self.host()),
            port => format!("https://{}:{port}", self.host()),
        }
    }

    /// Path and query.
    pub(crate) fn path(&self) -> &str {
        self.0.path_and_query().map_or("/", |path| path.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_name_is_an_endpoint() {
        for (text, host, origin) in [
            (
                "https://fcm.googleapis.com/fcm/send/dQw4:APA91b-_x",
                "fcm.googleapis.com",
                "https://fcm.googleapis.com",
            ),
            (
                "https://updates.push.services.mozilla.com:443/wpush/v2/gAAA",
                "updates.push.services.mozilla.com",
                "https://updates.push.services.mozilla.com",
            ),
            (
                "https://wns2.notify.windows.com/w/?token=BQYA%2f",
                "wns2.notify.windows.com",
                "https://wns2.notify.windows.com",
            ),
        ] {
            let endpoint = Endpoint::parse(text, Reach::Public).expect(text);
            assert_eq!((endpoint.host(), endpoint.origin()), (host, origin.to_owned()));
            assert!(text.ends_with(endpoint.path()));
        }
    }

    #[test]
    fn a_public_name_that_leads_to_a_private_address_leads_nowhere() {
        let private = [
            "127.0.0.1",
            "127.9.9.9",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::1",
            "2001:db8::1",
        ];
        let public = ["142.250.74.74", "34.107.243.93", "2a00:1450:4001:80b::200a"];
        let addresses = |all: &[&str]| -> Vec<SocketAddr> {
            all.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 443)).collect()
        };
        let all = addresses(&[&private[..], &public[..]].concat());
        assert_eq!(Reach::Public.of(all.into_iter()).collect::<Vec<_>>(), addresses(&public));
    }

    #[test]
    fn what_leads_elsewhere_is_none() {
        let long = format!("https://push.example.net/{}", "a".repeat(MAX_ENDPOINT));
        for text in [
            "",
            "push",
            "/push",
            "http://push.example.net/",
            "ftp://push.example.net/",
            "https://",
            "https:///push",
            "https://push.example.net:8443/",
            "https://push.example.net:0/",
            "https://me@push.example.net/",
            "https://push.example.net@127.0.0.1/",
            "https://push.example.net/#a",
            "https://push.example.net/a b",
            "https://push.example.net/\r\nHost: other",
            "https://push.example.net/\u{e9}",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://10.0.0.1/",
            "https://8.8.8.8/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://localhost/",
            "https://push.localhost/",
            "https://router.lan/",
            "https://intranet/",
            &long,
        ] {
            assert!(Endpoint::parse(text, Reach::Public).is_none(), "{text}");
        }
    }
}

//! Candidates: where a browser may be reached, as browsers write it.
//!
//! What a peer names is hostile input, because trying it means sending packets there. Browsers hide private
//! addresses behind names that only their own network resolves (mDNS). So a peer that names a private address
//! as a number would make us probe our own network, and a peer that names another host would make us look it
//! up.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::net::address::Host;

/// The prefix of candidate lines in a session description.
const LINE: &str = "a=candidate:";

/// `RTCIceCandidate.toJSON()`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The line, as in RFC 8839 section 5.1.
    pub candidate: String,
    /// The section of the session description to which it belongs.
    #[serde(default)]
    pub sdp_mid: Option<String>,
    /// The number of that section.
    #[serde(default)]
    pub sdp_m_line_index: Option<u16>,
    /// The generation to which it belongs.
    #[serde(default)]
    pub username_fragment: Option<String>,
}

/// Which candidates of a peer are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Addresses on the open internet, and mDNS names that are UUIDs.
    Public,
    /// All addresses, because the page came from this machine and somebody develops or tests it.
    Anywhere,
}

impl Reach {
    /// Whether this candidate of a peer may be tried.
    pub(super) fn covers(self, candidate: &Candidate) -> bool {
        candidate.candidate.strip_prefix("candidate:").is_some_and(|line| self.covers_line(line))
    }

    /// Whether every section of a peer's session description is one of data channels.
    ///
    /// We have no media. A browser would set up decoders and ports for a section of audio or video.
    pub(super) fn has_only_data(description: &str) -> bool {
        let sections = description.lines().filter_map(|line| line.trim_start().strip_prefix("m="));
        sections.into_iter().all(|section| section.split(' ').next() == Some("application"))
    }

    /// Whether every candidate in a peer's session description may be tried.
    pub(super) fn covers_all(self, description: &str) -> bool {
        description
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix(LINE))
            .all(|line| self.covers_line(line))
    }

    fn covers_line(self, line: &str) -> bool {
        // Foundation, component, transport, priority, address, port, …
        let mut fields = line.split_ascii_whitespace().skip(2);
        let udp = fields.next().is_some_and(|transport| transport.eq_ignore_ascii_case("udp"));
        let address = fields.nth(1).unwrap_or_default();
        udp && match address.parse::<IpAddr>().map(Host::at) {
            Ok(host) => host == Host::Public || self == Self::Anywhere,
            // Only names as browsers make them up for themselves: `router.local` is a host of our own network.
            Err(_) => address.strip_suffix(".local").is_some_and(is_uuid),
        }
    }
}

/// Whether a name is a UUID in its usual form (RFC 9562), as mDNS names of browsers are.
fn is_uuid(name: &str) -> bool {
    let lengths = name.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && name.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(transport: &str, address: &str) -> String {
        format!(
            "candidate:842163049 1 {transport} 1677729535 {address} 46154 typ srflx raddr 0.0.0.0 rport 0"
        )
    }

    fn covers(reach: Reach, candidate: String) -> bool {
        reach.covers(&Candidate {
            candidate,
            sdp_mid: None,
            sdp_m_line_index: Some(0),
            username_fragment: None,
        })
    }

    #[test]
    fn public_numbers_and_names_of_the_own_network_are_tried() {
        for address in ["1.2.3.4", "2a00:1450:4001::1", "8b7f9cbb-8ee6-4d9c-bc8b-9a2d0e1a6a1e.local"] {
            assert!(covers(Reach::Public, line("udp", address)), "{address}");
            assert!(covers(Reach::Anywhere, line("UDP", address)), "{address}");
        }
    }

    #[test]
    fn private_numbers_are_tried_only_by_a_page_that_came_from_this_machine() {
        for address in ["192.168.1.1", "10.0.0.1", "169.254.169.254", "127.0.0.1", "fe80::1", "::1", "::"] {
            assert!(!covers(Reach::Public, line("udp", address)), "{address}");
            assert!(covers(Reach::Anywhere, line("udp", address)), "{address}");
        }
    }

    #[test]
    fn other_names_other_transports_and_nonsense_are_never_tried() {
        let uuid = "8b7f9cbb-8ee6-4d9c-bc8b-9a2d0e1a6a1e";
        for address in [
            "nas.lan",
            "router",
            "router.local",
            "nas.local",
            "deadbeef.local",
            "8b7f9cbb-8ee6-4d9c-bc8b-9a2d0e1a6a1g.local",
            &format!("a{uuid}.local"),
            &format!("{uuid}.lan"),
            "example.org",
            "a.b.local",
            ".local",
            "127.1",
            "",
        ] {
            assert!(!covers(Reach::Anywhere, line("udp", address)), "{address}");
        }
        assert!(!covers(Reach::Anywhere, line("tcp", "1.2.3.4")));
        assert!(!covers(Reach::Anywhere, "candidate:1 1 udp".into()));
        assert!(!covers(Reach::Anywhere, "1 1 udp 1 1.2.3.4 1 typ host".into()));
    }

    #[test]
    fn candidates_inside_of_a_session_description_are_judged_as_well() {
        let with = |address| format!("v=0\r\na={}\r\na=mid:0\r\n", line("udp", address));
        assert!(Reach::Public.covers_all("v=0\r\na=mid:0\r\n"));
        assert!(Reach::Public.covers_all(&with("1.2.3.4")));
        assert!(!Reach::Public.covers_all(&with("10.0.0.1")));
    }

    #[test]
    fn only_sections_of_data_channels_are_handed_to_the_browser() {
        let data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";
        assert!(Reach::has_only_data(&format!("v=0\r\n{data}a=mid:0\r\n")));
        for media in ["audio 9 UDP/TLS/RTP/SAVPF 111", "video 9 UDP/TLS/RTP/SAVPF 96", "applications 9 x", ""]
        {
            assert!(!Reach::has_only_data(&format!("v=0\r\n{data}m={media}\r\n")), "{media}");
            assert!(!Reach::has_only_data(&format!("v=0\nm={media}\n{data}")), "{media}");
        }
    }

    #[test]
    fn candidates_are_the_json_of_browsers() {
        let json = r#"{"candidate":"candidate:1 1 udp 2 1.2.3.4 5 typ host","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"ab"}"#;
        let candidate: Candidate = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&candidate).unwrap(), json);
        assert!(serde_json::from_str::<Candidate>(r#"{"candidate":"x"}"#).is_ok());
    }
}

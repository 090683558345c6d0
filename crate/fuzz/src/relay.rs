//! What the relay itself reads of strangers' bytes, beside the protocols of the crate.

use spinney_relay::fuzzing;

/// A name, and what reads an input.
type Target = (&'static str, fn(&[u8]));

/// Every target of the relay.
pub(crate) const TARGETS: &[Target] =
    &[("gateway_request", fuzzing::request), ("stun_datagram", fuzzing::datagram)];

/// Inputs that reach most of a target, from which mutation starts.
pub(crate) fn seeds(target: &str) -> Vec<Vec<u8>> {
    const CID: &str = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
    const NAME: &str = "k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8";
    match target {
        "gateway_request" => vec![
            format!("/ipfs/{CID}?format=raw\nIf-None-Match:\"{CID}.raw\", W/\"x\"\nX-Forwarded-For:203.0.113.9, 198.51.100.7"),
            format!("/ipfs/{CID}/a/b%20c?format=car&entity-bytes=-4:*&car-dups=n\nCache-Control:only-if-cached"),
            format!("/ipfs/{CID}?dag-scope=entity&car-version=1\nAccept:application/vnd.ipld.car;order=dfs;dups=y;q=0.5"),
            format!("/ipfs/{CID}?entity-bytes=2:-3\nAccept:application/vnd.ipld.raw;q=0.5, application/vnd.ipfs.ipns-record"),
            format!("/ipns/{NAME}\nAccept:application/vnd.ipfs.ipns-record\nX-Forwarded-For:2001:db8::1"),
        ]
        .into_iter()
        .map(String::into_bytes)
        .collect(),
        "stun_datagram" => {
            let binding = [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &[7; 12]].concat();
            let username = [&[0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42][..], &[7; 12], &[0, 6, 0, 4], b"anna"].concat();
            let software = [&[0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42][..], &[7; 12], &[0x80, 0x22, 0, 4], b"page"].concat();
            vec![binding, username, software]
        }
        _ => Vec::new(),
    }
}

//! Tells browsers their public address, so that friends behind routers can connect directly: STUN, RFC 8489.
//!
//! Answers only Binding requests over UDP, and remembers only how many came from which network in the last minute. A
//! response is up to twice as long as its request. With a forged source address an attacker could have it sent to
//! somebody else, so the answers to one network are few.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use stun_types::{
    attribute::{Attribute as _, XorMappedAddress},
    message::{BINDING, Message, MessageClass, MessageWrite as _, MessageWriteExt as _, MessageWriteVec},
};
use tokio::net::UdpSocket;

use crate::{limits, metrics::Metrics, network, rate_limit::RateLimit};

/// Answers until the future is dropped.
pub(crate) async fn serve(socket: UdpSocket, metrics: Arc<Metrics>) {
    let mut request = [0; limits::STUN_REQUEST];
    let rate = RateLimit::new(limits::STUN_REQUESTS, limits::STUN_PERIOD);
    loop {
        match socket.recv_from(&mut request).await {
            Ok((_, from)) if !allows(&rate, from.ip()) => {}
            Ok((length, from)) => {
                let Some(answer) = answer(&request[..length], from) else { continue };
                // If the socket has no room, the browser asks again.
                if socket.try_send_to(&answer, from).is_ok() {
                    metrics.stun.add(1);
                }
            }
            Err(error) => limits::pause_receiving("a STUN request", error).await,
        }
    }
}

/// Whether an address is answered once more.
fn allows(rate: &RateLimit<IpAddr>, from: IpAddr) -> bool {
    network::of(from).is_none_or(|network| rate.allows(network))
}

/// The response to a datagram; `None` if it is no Binding request.
pub(crate) fn answer(request: &[u8], from: SocketAddr) -> Option<Vec<u8>> {
    let request = Message::from_bytes(request).ok()?;
    if !request.has_class(MessageClass::Request) || !request.has_method(BINDING) {
        return None;
    }
    let kinds = request.iter_attributes().map(|(_, attribute)| attribute.get_type());
    let unknown: Vec<_> = kinds.filter(|kind| kind.comprehension_required()).collect();
    if !unknown.is_empty() {
        return Some(Message::unknown_attributes(&request, &unknown, MessageWriteVec::new()).finish());
    }
    let from = SocketAddr::new(from.ip().to_canonical(), from.port());
    let mut answer = Message::builder_success(&request, MessageWriteVec::new());
    answer.add_attribute(&XorMappedAddress::new(from, request.transaction_id())).ok()?;
    Some(answer.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use stun_types::attribute::{ErrorCode, Username};

    /// A Binding request without attributes: type, length, the cookie of RFC 8489, and the transaction of RFC 5769.
    const REQUEST: [u8; 20] = [
        0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa,
        0x87, 0xdf, 0xae,
    ];

    #[test]
    fn addresses_are_those_of_rfc_5769() {
        // Sections 2.2 and 2.3: XOR-MAPPED-ADDRESS of an answer over IPv4, and of one over IPv6.
        for (from, attribute) in [
            ("192.0.2.1:32853", &b"\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43"[..]),
            (
                "[2001:db8:1234:5678:11:2233:4455:6677]:32853",
                &b"\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9"[..],
            ),
        ] {
            let answer = answer(&REQUEST, from.parse().unwrap()).unwrap();
            assert_eq!(answer[..2], [0x01, 0x01]);
            assert_eq!(answer[4..20], REQUEST[4..]);
            assert_eq!(&answer[20..], attribute, "{from}");
        }
    }

    #[test]
    fn an_address_gets_few_answers_and_others_get_theirs() {
        let rate = RateLimit::new(limits::STUN_REQUESTS, limits::STUN_PERIOD);
        let [forged, other] = ["192.0.2.1", "192.0.2.2"].map(|address| address.parse().unwrap());
        let answered = (0..10_000).filter(|_| allows(&rate, forged)).count();
        assert_eq!(answered, limits::STUN_REQUESTS as usize);
        assert!(allows(&rate, other));
    }

    #[test]
    fn a_socket_for_both_kinds_of_addresses_names_the_one_of_the_browser() {
        let mapped = answer(&REQUEST, "[::ffff:192.0.2.1]:32853".parse().unwrap());
        assert_eq!(mapped, answer(&REQUEST, "192.0.2.1:32853".parse().unwrap()));
    }

    #[test]
    fn what_is_no_binding_request_is_not_answered() {
        let from = "192.0.2.1:32853".parse().unwrap();
        let response = answer(&REQUEST, from).unwrap();
        let mut allocate = REQUEST;
        allocate[1] = 0x03;
        let mut torn = REQUEST;
        torn[3] = 4;
        for datagram in [&[][..], &b"GET / HTTP/1.1"[..], &REQUEST[..19], &response, &allocate, &torn] {
            assert_eq!(answer(datagram, from), None, "{datagram:x?}");
        }
    }

    #[test]
    fn what_must_be_understood_and_is_not_is_named() {
        let mut request = Message::builder_request(BINDING, MessageWriteVec::new());
        request.add_attribute(&Username::new("anna").unwrap()).unwrap();
        let answer = answer(&request.finish(), "192.0.2.1:32853".parse().unwrap()).unwrap();
        let answer = Message::from_bytes(&answer).unwrap();
        assert_eq!(answer.attribute::<ErrorCode>().unwrap().code(), 420);
    }
}

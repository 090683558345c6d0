//! What IPFS tools ask over HTTP: blocks and records, as bytes that they verify.

use bytes::Bytes;
use cid::Cid;
use futures::stream;
use spinney::{
    format::{DAG_CBOR, ipns, limits},
    net::records,
    platform,
};
use spinney_relay::config::{Admission, Gateway, Name};

use crate::{
    client::{Client, ring},
    relay::{Local, ask, get, get_with},
    sample::Seeded,
};

const RAW: &str = "Accept: application/vnd.ipld.raw\r\n";
const RECORD: &str = "Accept: application/vnd.ipfs.ipns-record\r\n";
const IS_RECORD: &str = "Content-Type: application/vnd.ipfs.ipns-record\r\n";

/// A block of many pieces, and one with links, kept at the relay.
async fn kept(client: &Client) -> [(Cid, Bytes); 2] {
    let mut seeded = Seeded(1);
    let chunk = seeded.raw(1_000_000);
    let node = seeded.node(&[chunk.0]);
    let blocks = [chunk, node];
    let mut session = client.keep().await;
    session.push(stream::iter(blocks.clone()), |_| ()).await.unwrap();
    session.pin(&blocks[1].0).await.unwrap();
    blocks
}

fn status(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}

#[tokio::test]
async fn a_kept_block_is_served_as_bytes_to_any_page_for_ever() {
    let relay = Local::start().await;
    let (address, ann) = (relay.running.local(), Client::connect(relay.address(), 1).await);
    for (cid, bytes) in kept(&ann).await {
        let with_header = get_with(address, &format!("/ipfs/{cid}"), RAW).await;
        let with_format =
            get_with(address, &format!("/ipfs/{cid}?format=raw"), "Accept: text/html\r\n").await;
        for (head, body) in [with_header, with_format] {
            assert_eq!(status(&head), "200");
            assert_eq!(body, bytes);
            for header in [
                "content-type: application/vnd.ipld.raw".into(),
                format!("content-length: {}", bytes.len()),
                format!("content-disposition: attachment; filename=\"{cid}.bin\""),
                "x-content-type-options: nosniff".into(),
                "content-security-policy: sandbox".into(),
                "cache-control: public, max-age=29030400, immutable".into(),
                format!("etag: \"{cid}.raw\""),
                "access-control-allow-origin: *".into(),
            ] {
                assert!(head.contains(&header), "{header} is not in {head}");
            }
        }
        let (head, body) = ask(address, &format!("HEAD /ipfs/{cid}?format=raw"), "", b"").await;
        assert!(
            status(&head) == "200" && head.contains(&format!("content-length: {}", bytes.len())),
            "{head}"
        );
        assert!(body.is_empty());
        let known = format!("If-None-Match: \"other\", W/\"{cid}.raw\"\r\n");
        let (head, body) = get_with(address, &format!("/ipfs/{cid}?format=raw"), &known).await;
        assert_eq!((status(&head), body.len()), ("304", 0));
    }
    assert_eq!(relay.counter("gatewayBlocks").await, 4);
}

#[tokio::test]
async fn the_gateway_can_be_probed_and_says_what_it_does_not_do() {
    let relay = Local::start().await;
    let (address, ann) = (relay.running.local(), Client::connect(relay.address(), 1).await);
    let [(cid, _), _] = kept(&ann).await;
    let absent = Seeded(9).raw(10).0;
    let (head, body) = get_with(address, "/ipfs/bafkqaaa?format=raw", "").await;
    assert_eq!((status(&head), body.len()), ("200", 0));
    for (path, more, expected) in [
        (format!("/ipfs/{absent}"), RAW, "404"),
        (format!("/ipfs/{cid}"), "", "400"),
        (format!("/ipfs/{cid}"), "Accept: */*\r\n", "400"),
        (format!("/ipfs/{cid}"), "Accept: text/html, image/png\r\n", "400"),
        (format!("/ipfs/{cid}?format=html"), RAW, "400"),
        (format!("/ipfs/{cid}/a/path"), RAW, "400"),
        (format!("/ipfs/{cid}"), RECORD, "400"),
        ("/ipfs/hello".into(), RAW, "400"),
        ("/ipfs/%00".into(), RAW, "400"),
        (format!("/ipns/{cid}"), RECORD, "400"),
        (format!("/ipns/{}", ann.id()), RECORD, "404"),
        (format!("/ipns/{}", ann.id()), "", "400"),
        (format!("/routing/v1/ipns/{}", ann.id()), "", "406"),
        ("/routing/v1/ipns/hello".into(), RECORD, "400"),
        (format!("/routing/v1/providers/{cid}"), "", "501"),
    ] {
        let (head, body) = get_with(address, &path, more).await;
        assert_eq!(status(&head), expected, "{path} {more}{head}");
        assert!(body.len() < 100, "{path} {body:?}");
        assert!(head.contains("content-security-policy: sandbox"), "{path} {head}");
        assert!(head.contains("access-control-allow-origin: *"), "{path} {head}");
    }
    let preflight = "Origin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n\
                     Access-Control-Request-Headers: content-type\r\n";
    let (head, _) = ask(address, &format!("OPTIONS /routing/v1/ipns/{}", ann.id()), preflight, b"").await;
    assert!(head.contains("access-control-allow-methods: get,head,put"), "{head}");
}

#[tokio::test]
async fn beside_a_page_nothing_of_strangers_is_served_unless_asked_for() {
    for (page, gateway, answered) in [
        (false, Gateway::Apart, true),
        (true, Gateway::Apart, false),
        (true, Gateway::On, true),
        (false, Gateway::Off, false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let relay = Local::with(|config| {
            config.page = page.then(|| folder.path().into());
            config.gateway = gateway;
        })
        .await;
        for path in ["/ipfs/bafkqaaa?format=raw", "/routing/v1/providers/x"] {
            let (head, _) = get(relay.running.local(), path).await;
            assert_eq!(status(&head) != "404", answered, "{page} {gateway:?} {path} {head}");
        }
    }
}

#[tokio::test]
async fn a_record_is_found_and_left_over_http_as_over_libp2p() {
    let relay = Local::start().await;
    let (address, ann) = (relay.running.local(), Client::connect(relay.address(), 1).await);
    let root = kept(&ann).await[1].0;
    assert_eq!(root.codec(), DAG_CBOR);
    let (routing, gateway) = (format!("/routing/v1/ipns/{}", ann.id()), format!("/ipns/{}", ann.id()));
    let (head, body) = get_with(address, &routing, RECORD).await;
    assert!(
        status(&head) == "200" && head.contains("content-type: text/plain") && body.len() < 100,
        "{head}"
    );

    let first = ann.record(&root, 5);
    let (head, _) = ask(address, &format!("PUT {routing}"), IS_RECORD, &first).await;
    assert_eq!(status(&head), "200", "{head}");
    assert_eq!(records::get(&mut ann.records().await, ann.id()).await.unwrap().unwrap(), first);
    let second = ann.record(&root, 6);
    records::put(&mut ann.records().await, ann.id(), &second, Some(5)).await.unwrap();
    for (path, more) in
        [(routing.clone(), RECORD), (gateway.clone(), RECORD), (gateway + "?format=ipns-record", "")]
    {
        let (head, body) = get_with(address, &path, more).await;
        assert_eq!(body, second);
        for header in [
            "content-type: application/vnd.ipfs.ipns-record",
            "cache-control: public, max-age=60, stale-while-revalidate=155",
            "expires: ",
            "etag: \"bafkrei",
            "content-security-policy: sandbox",
            "access-control-allow-origin: *",
        ] {
            assert!(head.contains(header), "{header} is not in {head}");
        }
    }
    assert_eq!(relay.counter("recordsPut").await, 2);
}

#[tokio::test]
async fn a_record_over_http_has_to_hold_as_any_other() {
    let relay = Local::start().await;
    let (address, ann) = (relay.running.local(), Client::connect(relay.address(), 1).await);
    let root = kept(&ann).await[1].0;
    let ben = Client::connect(relay.address(), 2).await;
    let (mine, his) =
        (format!("PUT /routing/v1/ipns/{}", ann.id()), format!("PUT /routing/v1/ipns/{}", ben.id()));
    let put = async |what: &str, head: &str, record: &[u8]| {
        let (answer, why) = ask(address, what, head, record).await;
        (status(&answer).to_owned(), String::from_utf8(why).unwrap())
    };
    let record = ann.record(&root, 5);
    let mut forged = record.clone();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(put(&mine, "", &record).await.0, "406");
    assert_eq!(put(&mine, IS_RECORD, &forged).await.0, "400");
    assert_eq!(put(&his, IS_RECORD, &record).await.0, "400");
    assert_eq!(put(&mine, IS_RECORD, &[0; records::MAX_RECORD + 1]).await.0, "413");
    let homeless = ann.record(&Seeded(9).node(&[]).0, 5);
    assert_eq!(put(&mine, IS_RECORD, &homeless).await.0, "422");
    let expired = {
        let long_ago = platform::now_ms() - limits::RECORD_MS;
        ipns::sign(ring(1).identity(), &root, 5, long_ago)
    };
    assert_eq!(put(&mine, IS_RECORD, &expired).await.0, "400");
    assert_eq!(records::get(&mut ann.records().await, ann.id()).await.unwrap(), None);
    assert_eq!(put(&mine, IS_RECORD, &record).await.0, "200");
    assert_eq!(put(&mine, IS_RECORD, &ann.record(&root, 4)).await.0, "409");

    let listed = Local::with(|config| {
        config.admission = Some(Admission::List);
        config.admitted = vec![Name(ben.id())];
    })
    .await;
    let (answer, _) = ask(listed.running.local(), &mine, IS_RECORD, &record).await;
    assert_eq!(status(&answer), "403");
}

#[tokio::test]
async fn a_network_that_puts_too_often_waits_and_others_do_not() {
    let relay = Local::start().await;
    let (address, ann) = (relay.running.local(), Client::connect(relay.address(), 1).await);
    let what = format!("PUT /routing/v1/ipns/{}", ann.id());
    // As the proxy on this machine says it.
    let from = |network: &str| format!("{IS_RECORD}X-Forwarded-For: 192.0.2.99, {network}\r\n");
    let mut last = String::new();
    for _ in 0..=120 {
        last = ask(address, &what, &from("198.51.100.1"), b"no record").await.0;
    }
    assert!(status(&last) == "429" && last.contains("retry-after: "), "{last}");
    let (other, _) = ask(address, &what, &from("198.51.100.2"), b"no record").await;
    assert_eq!(status(&other), "400");
}

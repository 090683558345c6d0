//! What IPFS tools ask of whole DAGs over HTTP: archives, or parts of them, made while they are sent.

use std::{collections::BTreeMap, net::SocketAddr};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::{lock::Mutex, stream};
use ipld_core::ipld::Ipld;
use spinney::{
    dag::{
        Source, SourceError,
        unixfs::{self, Block, Folders, Input, Sink},
    },
    format::{DAG_CBOR, cbor, cid_of},
    store::StoreError,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    client::Client,
    relay::{Local, ask, get_with},
    sample::Seeded,
};

const CAR: &str = "Accept: application/vnd.ipld.car\r\n";

/// A file in memory.
struct File(Bytes);

#[async_trait(?Send)]
impl Source for File {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Bytes, SourceError> {
        Ok(self.0.slice(offset as usize..offset as usize + len))
    }
}

#[derive(Default)]
struct Blocks(Mutex<Vec<(Cid, Bytes)>>);

#[async_trait(?Send)]
impl Sink for Blocks {
    async fn commit(&self, batch: Vec<Block>) -> Result<(), StoreError> {
        self.0.lock().await.extend(batch.into_iter().map(|block| (block.cid, block.bytes)));
        Ok(())
    }
}

/// A signed-looking object that links to a folder with a film of three chunks and with so many notes that it is
/// sharded, kept at the relay.
struct Kept {
    object: Cid,
    folder: Cid,
    blocks: BTreeMap<Cid, Bytes>,
    film: Cid,
    chunks: Vec<Cid>,
}

const NOTES: usize = 6000;

async fn kept(client: &Client) -> Kept {
    let blocks = Blocks::default();
    let film = File(Seeded(1).raw(2 * unixfs::CHUNK as usize + 5).1);
    let note = File(Bytes::from_static(b"x"));
    let inputs = [&film, &note].map(|source| Input { source, known: Vec::new() });
    let links = unixfs::write(Vec::from(inputs), &blocks).await.unwrap();
    let mut blocks = blocks.0.into_inner();
    let chunks = blocks[..3].iter().map(|(cid, _)| *cid).collect();
    let mut folders = Folders::default();
    folders.push("a film.mp4", links[0]).unwrap();
    for note in 0..NOTES {
        folders.push(&format!("notes/{note:05} of a name that is not the shortest"), links[1]).unwrap();
    }
    let (made, folder) = folders.finish().unwrap();
    blocks.extend(made.into_iter().map(|block| (block.cid, block.bytes)));
    let object = Ipld::Map([("files".into(), Ipld::List(vec![Ipld::Link(folder.cid)]))].into());
    let object = cbor::from_ipld(&Ipld::Map([("object".into(), object)].into()));
    let cid = cid_of(DAG_CBOR, &object);
    blocks.push((cid, object.into()));
    client.keep().await.push(stream::iter(blocks.clone()), |_| ()).await.unwrap();
    Kept { object: cid, folder: folder.cid, blocks: blocks.into_iter().collect(), film: links[0].cid, chunks }
}

/// The blocks of an archive, each checked; and that none comes twice.
fn unpack(mut archive: &[u8]) -> Vec<Cid> {
    let next = |archive: &mut &[u8]| {
        let (len, rest) = unsigned_varint::decode::usize(archive).unwrap();
        let (part, rest) = rest.split_at(len);
        *archive = rest;
        part.to_vec()
    };
    let Ipld::Map(header) = cbor::to_ipld(&next(&mut archive)).unwrap() else { panic!("no header") };
    assert_eq!(header["version"], Ipld::Integer(1));
    let mut cids = Vec::new();
    while !archive.is_empty() {
        let part = next(&mut archive);
        let mut rest = &part[..];
        let cid = Cid::read_bytes(&mut rest).unwrap();
        assert_eq!(cid, cid_of(cid.codec(), rest));
        assert!(!cids.contains(&cid), "{cid} comes twice");
        cids.push(cid);
    }
    cids
}

/// The archive at a path, whose body comes in chunks of HTTP.
async fn archive(address: SocketAddr, path: &str) -> (String, Vec<Cid>) {
    let (head, body) = get_with(address, path, CAR).await;
    assert!(head.starts_with("http/1.1 200"), "{path} {head}");
    (head, unpack(&dechunk(&body).expect("the archive ends")))
}

/// A body of `Transfer-Encoding: chunked`; `None` if it breaks off.
fn dechunk(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n")?;
        let len = usize::from_str_radix(std::str::from_utf8(&body[..end]).ok()?, 16).ok()?;
        if len == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(body.get(end + 2..end + 2 + len)?);
        body = body.get(end + 2 + len + 2..)?;
    }
}

#[tokio::test]
async fn an_archive_has_what_its_scope_says_and_the_way_there() {
    let relay = Local::start().await;
    let (address, ann) = (relay.running.local(), Client::connect(relay.address(), 1).await);
    let kept = kept(&ann).await;
    let (object, folder, film) = (kept.object, kept.folder, kept.film);

    let (head, all) = archive(address, &format!("/ipfs/{object}")).await;
    assert_eq!(all.len(), kept.blocks.len());
    assert_eq!(all[..3], [object, folder, film]);
    for header in [
        "content-type: application/vnd.ipld.car; version=1; order=dfs; dups=n".into(),
        format!("content-disposition: attachment; filename=\"{object}.car\""),
        format!("etag: \"all.{object}.car\""),
        "cache-control: public, max-age=29030400, immutable".into(),
        "x-content-type-options: nosniff".into(),
        "content-security-policy: sandbox".into(),
        "access-control-allow-origin: *".into(),
    ] {
        assert!(head.contains(&header), "{header} is not in {head}");
    }

    let way = [object, folder, film];
    let whole = [&way[..], &kept.chunks].concat();
    let path = format!("/ipfs/{object}/object/files/0/a%20film.mp4");
    for (parameters, expected) in [
        ("", &whole[..]),
        ("?dag-scope=all", &whole[..]),
        ("?dag-scope=entity", &whole[..]),
        ("?entity-bytes=0:*", &whole[..]),
        ("?dag-scope=block", &way[..]),
        ("?entity-bytes=0:1048575", &whole[..4]),
        ("?entity-bytes=0%3A1048576", &whole[..5]),
        ("?entity-bytes=-5:*", &[object, folder, film, kept.chunks[2]][..]),
        ("?entity-bytes=20:10", &way[..]),
    ] {
        let (_, blocks) = archive(address, &format!("{path}{parameters}")).await;
        assert_eq!(blocks, expected, "{parameters}");
    }

    let (_, listing) = archive(address, &format!("/ipfs/{folder}/notes?dag-scope=entity")).await;
    assert!(listing.len() > 10 && !listing.iter().any(|cid| kept.chunks.contains(cid)), "{}", listing.len());
    let note = format!("/ipfs/{folder}/notes/{:05} of a name that is not the shortest", NOTES / 2);
    let (_, one) = archive(address, &note.replace(' ', "%20")).await;
    assert!((4..=6).contains(&one.len()), "the folder, shards on the way and the note: {one:?}");
    let (_, inside) = archive(address, &format!("/ipfs/{object}/object/files?dag-scope=entity")).await;
    assert_eq!(inside, [object]);
}

#[tokio::test]
async fn an_archive_can_be_probed_and_says_what_it_cannot_have() {
    let relay = Local::start().await;
    let (address, ann) = (relay.running.local(), Client::connect(relay.address(), 1).await);
    let kept = kept(&ann).await;
    let (object, absent) = (kept.object, Seeded(9).node(&[]).0);
    assert_eq!(archive(address, "/ipfs/bafkqaaa").await.1, []);
    let film = format!("/ipfs/{object}/object/files/0/a%20film.mp4");
    let cached = format!("{CAR}Cache-Control: only-if-cached\r\n");
    for (path, more, expected) in [
        (format!("/ipfs/{absent}"), CAR, "404"),
        (format!("/ipfs/{absent}"), cached.as_str(), "412"),
        (format!("/ipfs/{object}/nothing"), CAR, "404"),
        (format!("/ipfs/{object}/object/files/1"), CAR, "404"),
        (format!("{film}/below"), CAR, "404"),
        (format!("/ipfs/{object}{}", "/a".repeat(1000)), CAR, "404"),
        (format!("/ipfs/{object}?dag-scope=most"), CAR, "400"),
        (format!("{film}?entity-bytes=9999999:*"), CAR, "400"),
        (format!("/ipfs/{object}?car-dups=y"), CAR, "406"),
        (format!("/ipfs/{object}"), "Accept: application/vnd.ipld.car;version=2\r\n", "406"),
        (format!("/ipns/{}", ann.id()), CAR, "400"),
        (format!("/ipfs/%ff{object}"), CAR, "400"),
    ] {
        let (head, body) = get_with(address, &path, more).await;
        assert_eq!(head.split(' ').nth(1), Some(expected), "{path} {more}{head}");
        assert!(body.len() < 100 && head.contains("access-control-allow-origin: *"), "{path} {head}");
    }
    let before = relay.counter("gatewayBlocks").await;
    let (head, body) = ask(address, &format!("HEAD {film}"), CAR, b"").await;
    assert!(head.starts_with("http/1.1 200") && body.is_empty(), "{head}");
    let known = format!("{CAR}If-None-Match: \"all.{object}.car\"\r\n");
    let (head, _) = get_with(address, &format!("/ipfs/{object}"), &known).await;
    assert!(head.starts_with("http/1.1 304"), "{head}");
    assert_eq!(relay.counter("gatewayBlocks").await, before);
}

#[tokio::test]
async fn an_archive_without_one_of_its_blocks_breaks_off() {
    let relay = Local::start().await;
    let (address, ann) = (relay.running.local(), Client::connect(relay.address(), 1).await);
    let mut seeded = Seeded(1);
    let (here, absent) = (seeded.raw(1000), seeded.raw(1000));
    let root = seeded.node(&[here.0, absent.0]);
    ann.keep().await.push(stream::iter([here, root.clone()]), |_| ()).await.unwrap();
    let (head, body) = get_with(address, &format!("/ipfs/{}", root.0), CAR).await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert_eq!(dechunk(&body), None);
}

#[tokio::test]
async fn who_does_not_read_an_archive_costs_a_few_blocks_and_a_place_of_their_network() {
    let relay = Local::start().await;
    let (address, ann) = (relay.running.local(), Client::connect(relay.address(), 1).await);
    let mut seeded = Seeded(1);
    let mut blocks: Vec<_> = (0..24).map(|_| seeded.raw(1 << 20)).collect();
    blocks.push(seeded.node(&blocks.iter().map(|(cid, _)| *cid).collect::<Vec<_>>()));
    let root = blocks.last().unwrap().0;
    ann.keep().await.push(stream::iter(blocks), |_| ()).await.unwrap();

    // As the proxy on this machine says it.
    let asking = async |network: &str| {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "GET /ipfs/{root}?format=car HTTP/1.1\r\nHost: relay\r\nX-Forwarded-For: {network}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        (stream, String::from_utf8(status[9..].into()).unwrap())
    };
    let mut idle = Vec::new();
    for _ in 0..2 {
        let (stream, status) = asking("198.51.100.1").await;
        assert_eq!(status, "200");
        idle.push(stream);
    }
    assert_eq!(asking("198.51.100.1").await.1, "429");
    let (mut other, status) = asking("198.51.100.2").await;
    assert_eq!(status, "200");
    let mut rest = Vec::new();
    other.read_to_end(&mut rest).await.unwrap();
    assert!(rest.len() > 24 << 20);
    // What the system's buffers took and a little more: far less than three times 24 blocks.
    let read = relay.counter("gatewayBlocks").await;
    assert!(read < 25 + 2 * 16, "{read}");
    // A client who goes gives their place back.
    drop(idle);
    while asking("198.51.100.1").await.1 != "200" {
        tokio::task::yield_now().await;
    }
}

//! The clients' code, which asks what a transcript says.

use std::pin::pin;

use bytes::Bytes;
use futures::{StreamExt, stream};
use serde_bytes::ByteArray;
use serde_json::Value as Json;
use spinney::format::device_link::Code;
use spinney::format::keep::FetchKey;
use spinney::format::secret::CodeSecret;
use spinney::format::{Cid, ipns};
use spinney::keys::device_link::Joiner;
use spinney::net::keep::{self, PinOutcome, Weight};
use spinney::net::mailbox::{self, Mail, Pass, Work};
use spinney::net::records;
use spinney::net::{device_link, exchange, share};

use super::{Pipe, Step, Transcript, bytes, id};

/// Asks everything that the client of a transcript asks, and compares what the code makes of each answer.
pub(crate) async fn speak(stream: Pipe, transcript: &Transcript) {
    let mut steps = transcript.steps.iter();
    match transcript.protocol.as_str() {
        "/spinney/records/1" => records_client(stream, &mut steps).await,
        "/spinney/keep/1" => keep_client(stream, transcript, &mut steps).await,
        "/spinney/mailbox/1" => mailbox_client(stream, &mut steps).await,
        "/spinney/device-link/1" => new_device(stream, transcript).await,
        "/spinney/share/1" => reader(stream, transcript).await,
        other => panic!("no protocol {other}"),
    }
}

type Steps<'a> = std::slice::Iter<'a, Step>;

/// The answer must be this refusal, or none.
fn same<T, R>(got: Result<T, exchange::Error<R>>, answer: &Step) -> Option<T>
where
    R: std::error::Error + PartialEq + serde::de::DeserializeOwned + 'static,
{
    match (got, answer.refusal::<R>()) {
        (Ok(got), None) => Some(got),
        (Err(exchange::Error::Refused(refusal)), Some(expected)) if refusal == expected => None,
        (Ok(_), Some(expected)) => panic!("was not refused: {expected}"),
        (Err(error), _) => panic!("failed otherwise: {error}"),
    }
}

async fn reader(stream: Pipe, transcript: &Transcript) {
    let key = FetchKey::from_bytes(transcript.array("fetch"));
    let (me, keeper) = (transcript.id("asker").verifying_key(), transcript.id("keeper").verifying_key());
    let opened = share::open(stream, &key, &me, &keeper).await;
    match transcript.steps.last().unwrap().name() {
        "done" => opened.unwrap(),
        _ => assert!(matches!(opened, Err(exchange::Error::Refused(share::Refused::No)))),
    }
}

async fn records_client(mut stream: Pipe, steps: &mut Steps<'_>) {
    while let Some(request) = steps.next() {
        match request.name() {
            "put" => {
                let record = request.bytes("record").unwrap();
                let put = records::put(&mut stream, request.id("id"), &record, request.int("replaces")).await;
                same(put, steps.next().unwrap());
            }
            "get" => {
                let got = records::get(&mut stream, request.id("id")).await;
                let answer = steps.next().unwrap();
                assert_eq!(same(got, answer), Some(answer.bytes("record").map(Bytes::from)));
            }
            "watch" => {
                let known = request.field("known").unwrap().as_array().unwrap();
                let known = known.iter().map(|known| (id(&known[0]), known[1].as_u64().unwrap())).collect();
                let mut updates = pin!(records::watch(stream, known).await.unwrap());
                for answer in steps {
                    let expected = match answer.name() {
                        "current" => records::Update::Current,
                        _ => {
                            let (id, record) = (answer.id("id"), answer.bytes("record").unwrap());
                            ipns::open(&record, &id.verifying_key()).unwrap();
                            records::Update::Record { id, record: record.into() }
                        }
                    };
                    assert_eq!(updates.next().await.unwrap().unwrap(), expected);
                }
                return;
            }
            other => panic!("no request {other}"),
        }
    }
}

async fn keep_client(stream: Pipe, transcript: &Transcript, steps: &mut Steps<'_>) {
    let open = steps.next().unwrap();
    let removed = open.field("removed").map(|removed| keep::Removed {
        devices: removed["devices"].as_array().unwrap().iter().map(id).collect(),
        at: removed["at"].as_u64().unwrap(),
    });
    let opened = match open.bytes("token") {
        Some(token) => keep::Session::open_with_token(stream, &token.try_into().unwrap()).await,
        None => keep::Session::open_and_tell(stream, open.bytes("certificate").as_deref(), removed).await,
    };
    let answer = steps.next().unwrap();
    let Some(mut session) = same(opened, answer) else { return };
    assert_eq!(Some(session.allowance().quota), answer.int("quota"));
    assert_eq!(session.allowance().vapid.map(Vec::from), answer.bytes("vapid"));
    while let Some(request) = steps.next() {
        let answer = steps.next().unwrap();
        match request.name() {
            "have" => {
                let cids = request.cids();
                let have = same(session.have(&cids).await, answer).unwrap();
                let bitmap = answer.bytes("bitmap").unwrap();
                let bits = (0..cids.len()).map(|i| bitmap[i / 8] & 1 << (i % 8) != 0);
                assert!(have.into_iter().eq(bits));
            }
            "room" => {
                let weight =
                    Weight { bytes: request.int("bytes").unwrap(), blocks: request.int("blocks").unwrap() };
                same(session.room(weight).await, answer);
            }
            "block" => {
                let block = (request.cid("cid").unwrap(), Bytes::from(request.bytes("bytes").unwrap()));
                let pushed = same(session.push(stream::iter([block]), |_| {}).await, answer);
                assert_eq!(pushed.map(|progress| progress.blocks), answer.int("blocks"));
            }
            "pin" => {
                let pinned = session.pin_until(&request.cid("cid").unwrap(), request.int("until")).await;
                let expected = match answer.name() {
                    "pinned" => Some(PinOutcome::Kept),
                    "missing" => Some(PinOutcome::Missing(answer.cids())),
                    _ => None,
                };
                assert_eq!(same(pinned, answer), expected);
            }
            "unpin" => drop(same(session.unpin(&request.cid("cid").unwrap()).await, answer)),
            "pins" => {
                let after: Option<Cid> = request.cid("after");
                if let Some(pins) = same(session.pins(after).await, answer) {
                    assert_eq!(pins, answer.cids());
                }
            }
            "prove" => {
                let nonce = ByteArray::new(request.bytes("nonce").unwrap().try_into().unwrap());
                let question = keep::Question { nonce, cids: request.cids() };
                let expected = match answer.name() {
                    "proof" => Some(keep::Proved::Hash(answer.bytes("hash").unwrap().try_into().unwrap())),
                    "missing" => Some(keep::Proved::Missing(answer.cids())),
                    _ => None,
                };
                assert_eq!(same(session.prove(&question).await, answer), expected);
            }
            "lend" => {
                let (bytes, until) = (request.int("bytes").unwrap(), request.int("until").unwrap());
                same(session.lend(&transcript.array("token"), bytes, until).await, answer);
            }
            "subscribe" => {
                let endpoint = request.field("endpoint").unwrap().as_str().unwrap();
                same(session.subscribe(endpoint).await, answer);
            }
            "unsubscribe" => drop(same(session.unsubscribe().await, answer)),
            "unlend" => drop(same(session.unlend(&transcript.array("token")).await, answer)),
            other => panic!("no request {other}"),
        }
    }
}

fn pass(pass: &Json) -> Pass {
    match pass.get("token") {
        Some(token) => Pass::Token(bytes(token).try_into().unwrap()),
        None => {
            let part = |name: &str| pass["work"][name].as_u64().unwrap();
            Pass::Work(Work { day: u32::try_from(part("day")).unwrap(), nonce: part("nonce") })
        }
    }
}

async fn mailbox_client(mut stream: Pipe, steps: &mut Steps<'_>) {
    while let Some(request) = steps.next() {
        let answer = steps.next().unwrap();
        match request.name() {
            "price" => {
                let price = same(mailbox::price(&mut stream, request.id("to")).await, answer).unwrap();
                assert_eq!(
                    (Some(u64::from(price.day)), Some(u64::from(price.bits))),
                    (answer.int("day"), answer.int("bits"))
                );
            }
            "deposit" => {
                let mail = Mail::new(request.bytes("mail").unwrap().into());
                let pass = pass(request.field("pass").unwrap());
                same(mailbox::deposit(&mut stream, request.id("to"), &mail.unwrap(), pass).await, answer);
            }
            "open" => {
                let opened = mailbox::Session::open(stream, &request.bytes("certificate").unwrap()).await;
                if let Some(session) = same(opened, answer) {
                    owner(session, steps).await;
                }
                return;
            }
            other => panic!("no request {other}"),
        }
    }
}

async fn owner(mut session: mailbox::Session<Pipe>, steps: &mut Steps<'_>) {
    while let Some(request) = steps.next() {
        if request.name() == "watch" {
            let mut updates = pin!(session.watch().await.unwrap());
            for answer in steps {
                let expected = match answer.bytes("mail") {
                    Some(mail) => mailbox::Update::Mail(Mail::new(mail.into()).unwrap()),
                    None => mailbox::Update::Current,
                };
                assert_eq!(updates.next().await.unwrap().unwrap(), expected);
            }
            return;
        }
        let answer = steps.next().unwrap();
        let done = match request.name() {
            "expect" => session.expect(&request.digests("tokens")).await,
            "forget" => session.forget(&request.digests("tokens")).await,
            "discard" => session.discard(&request.digests("mails")).await,
            other => panic!("no request {other}"),
        };
        same(done, answer);
    }
}

/// Everything that a new device says is in the first messages; what it makes of the last answer is compared.
async fn new_device(stream: Pipe, transcript: &Transcript) {
    let code = Code {
        device: transcript.id("old").verifying_key(),
        relays: vec![],
        secret: CodeSecret::from_bytes(transcript.array("secret")),
        until: 0,
    };
    let (new, nonce) = (transcript.id("new").verifying_key(), transcript.array("nonce_new"));
    let joiner = Joiner::with_nonce(code, new, transcript.text("name"), nonce);
    let last = transcript.steps.iter().rfind(|step| !step.from_client).unwrap();
    let joined = device_link::join(stream, joiner).await;
    let session = match joined {
        Ok(session) => session,
        Err(error) => {
            same::<(), _>(Err(error), last);
            return;
        }
    };
    assert_eq!(*session.id(), transcript.id("id"));
    let inherited = same(session.inherit().await, last);
    assert_eq!(
        inherited.map(|inherited| inherited.ring.id()),
        (last.name() == "seed").then(|| transcript.id("id"))
    );
}

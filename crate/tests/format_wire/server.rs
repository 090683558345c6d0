//! The servers' code over a storage that answers as a transcript says.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use libp2p::PeerId;
use serde::de::DeserializeOwned;
use spinney::crypto::sign::VerifyingKey;
use spinney::format::Cid;
use spinney::format::keep::FetchKey;
use spinney::format::secret::Secret;
use spinney::keys::Id;
use spinney::keys::device_link::{Attempt, Offer};
use spinney::net::device_link::{self, Refusal, Request, Welcome};
use spinney::net::exchange;
use spinney::net::keep::{self, Allowance, Block, PinOutcome, Weight};
use spinney::net::mailbox::{self, Digest, Mail, Pass, Price, Token};
use spinney::net::records::{self, Change};
use spinney::net::share;

use super::{Pipe, Step, Transcript};

/// Serves a stream with the protocol of the transcript; an error says whether the peer broke it.
pub(crate) async fn serve(stream: Pipe, transcript: &Transcript) -> Result<(), &'static str> {
    let answers = transcript.steps.iter().filter(|step| !step.from_client).collect();
    let script = Script { transcript, answers: Mutex::new(answers) };
    let peer = PeerId::random();
    match transcript.protocol.as_str() {
        "/spinney/records/1" => ended(records::serve(stream, peer, &script).await),
        "/spinney/keep/1" => ended(keep::serve(stream, peer, &script).await),
        "/spinney/mailbox/1" => ended(mailbox::serve(stream, peer, &script).await),
        "/spinney/device-link/1" => {
            let host = OldDevice::new(transcript);
            let new = transcript.id("new").verifying_key();
            ended(device_link::serve(stream, new, &host, || {}).await)
        }
        "/spinney/share/1" => {
            let asker = PeerId::from_bytes(&transcript.id("asker").peer_id()).unwrap();
            ended(share::serve(stream, asker, &KeepingDevice(transcript)).await)
        }
        other => panic!("no protocol {other}"),
    }
}

/// Keeps one share, or says that it does not.
struct KeepingDevice<'a>(&'a Transcript);

impl share::Host for KeepingDevice<'_> {
    fn open(&self, _: PeerId, asker: &VerifyingKey, tag: &[u8; 32], proof: &[u8; 32]) -> bool {
        let (key, me) = (FetchKey::from_bytes(self.0.array("fetch")), self.0.id("keeper").verifying_key());
        assert_eq!((*tag, key.check(asker, &me, proof)), (key.tag(&me), Ok(())));
        self.0.steps.last().unwrap().name() == "done"
    }
}

fn ended<R: std::error::Error + 'static>(served: Result<(), exchange::Error<R>>) -> Result<(), &'static str> {
    match served {
        Ok(()) => Ok(()),
        Err(exchange::Error::Violation(_)) => Err("violation"),
        Err(other) => panic!("the stream broke: {other}"),
    }
}

/// The answers of a transcript, in order.
struct Script<'a> {
    transcript: &'a Transcript,
    answers: Mutex<VecDeque<&'a Step>>,
}

impl<'a> Script<'a> {
    fn next(&self) -> &'a Step {
        self.answers.lock().unwrap().pop_front().expect("the transcript has an answer to each request")
    }

    /// The next answer, unless it is a refusal.
    fn answer<R: DeserializeOwned + Debug>(&self, name: &str) -> Result<&'a Step, R> {
        let step = self.next();
        match step.refusal() {
            Some(refusal) => Err(refusal),
            None => {
                assert_eq!(step.name(), name);
                Ok(step)
            }
        }
    }

    /// The names of the records that a watch sends before it says that this was all. They are read one by one.
    fn until_current(&self) -> Vec<Id> {
        let answers = self.answers.lock().unwrap();
        answers.iter().take_while(|step| step.name() != "current").map(|step| step.id("id")).collect()
    }

    fn rest(&self) -> Vec<&'a Step> {
        self.answers.lock().unwrap().drain(..).collect()
    }
}

/// A device that shows a code.
struct OldDevice<'a> {
    transcript: &'a Transcript,
    offer: RefCell<Offer>,
}

impl<'a> OldDevice<'a> {
    fn new(transcript: &'a Transcript) -> Self {
        let secret = Secret::from_bytes(transcript.array("secret"));
        let (device, id) = (transcript.id("old").verifying_key(), transcript.id("id"));
        Self { transcript, offer: RefCell::new(Offer::with_secret(secret, device, id, 0)) }
    }

    /// Its last message.
    fn last(&self) -> &'a Step {
        self.transcript.steps.iter().rfind(|step| !step.from_client).unwrap()
    }
}

#[async_trait(?Send)]
impl device_link::Host for OldDevice<'_> {
    fn begin(&self, new: VerifyingKey, commit: [u8; 32]) -> Result<Attempt, Refusal> {
        let answer = self.transcript.steps.iter().find(|step| !step.from_client).unwrap();
        match answer.refusal() {
            Some(refusal) => Err(refusal),
            None => {
                Ok(self.offer.borrow().begin(new, commit, 0)?.with_nonce(self.transcript.array("nonce_old")))
            }
        }
    }

    fn join(&self, attempt: &Attempt, request: &Request) -> Result<Welcome, Refusal> {
        let mut offer = self.offer.borrow_mut();
        let mac = offer.join(attempt, &request.nonce, &request.name, &request.mac, 0)?;
        Ok(Welcome { id: *offer.id(), mac })
    }

    async fn handover(&self) -> Result<Vec<u8>, Refusal> {
        let last = self.last();
        last.refusal().map_or_else(|| Ok(last.bytes("sealed").unwrap()), Err)
    }

    fn ended(&self, outcome: Result<(), device_link::Error>) {
        match outcome {
            Ok(()) => assert_eq!(self.last().name(), "seed"),
            Err(exchange::Error::Refused(refusal)) => assert_eq!(Some(refusal), self.last().refusal()),
            Err(other) => panic!("the stream broke: {other}"),
        }
    }
}

fn record_of(step: &Step) -> (Id, u64, Bytes) {
    let (id, record) = (step.id("id"), step.bytes("record").unwrap());
    let sequence = spinney::format::ipns::open(&record, &id.verifying_key()).unwrap().sequence;
    (id, sequence, record.into())
}

#[async_trait]
impl records::Backend for Script<'_> {
    async fn put(&self, _: PeerId, _: Id, _: Bytes, _: Option<u64>) -> Result<(), records::Refusal> {
        self.answer("done").map(drop)
    }

    async fn get(&self, _: Id) -> Result<Option<(u64, Bytes)>, records::Refusal> {
        let step = self.next();
        let found = step.bytes("record").map(|_| record_of(step));
        Ok(found.map(|(_, sequence, record)| (sequence, record)))
    }

    async fn newer(&self, _: &[(Id, u64)]) -> Result<Vec<Id>, records::Refusal> {
        Ok(self.until_current())
    }

    fn changes(&self) -> BoxStream<'static, Change> {
        // All that stands behind `current`; the look for what is newer reads what is before it.
        let answers = self.answers.lock().unwrap();
        let at = answers.iter().position(|step| step.name() == "current").unwrap();
        let later: Vec<_> = answers.iter().skip(at + 1).map(|step| record_of(step)).collect();
        let changes = later.into_iter().map(|(id, sequence, record)| Change::Stored { id, sequence, record });
        stream::iter(changes.collect::<Vec<_>>()).chain(stream::pending()).boxed()
    }
}

#[async_trait]
impl keep::Backend for Script<'_> {
    type Owner = ();

    async fn admit(&self, _: PeerId, _: &[u8]) -> Result<((), Allowance), keep::Refusal> {
        let opened = self.answer("opened")?;
        let (used, quota) = (opened.int("used").unwrap(), opened.int("quota").unwrap());
        let vapid = opened.bytes("vapid").map(|key| key.try_into().unwrap());
        let allowance = Allowance { used, quota, now: None, vapid };
        Ok(((), allowance))
    }

    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, keep::Refusal> {
        // A guest's session is opened without the storage.
        let mut step = self.next();
        while step.name() == "opened" {
            step = self.next();
        }
        let bitmap = step.bytes("bitmap").unwrap();
        Ok((0..cids.len()).map(|i| bitmap[i / 8] >> (i % 8) & 1 == 1).collect())
    }

    async fn room(&self, (): &(), _: Weight) -> Result<(), keep::Refusal> {
        self.answer("done").map(drop)
    }

    async fn store(&self, (): &(), blocks: Vec<Block>) -> Result<(), keep::Refusal> {
        assert_eq!(blocks.len(), 1, "the next block is sent when this one is stored");
        self.answer("stored").map(drop)
    }

    async fn pin(&self, (): &(), _: &Cid, _: Option<u64>) -> Result<PinOutcome, keep::Refusal> {
        let step = self.next();
        match step.name() {
            "pinned" => Ok(PinOutcome::Kept),
            "missing" => Ok(PinOutcome::Missing(step.cids())),
            _ => Err(step.refusal().unwrap()),
        }
    }

    async fn unpin(&self, (): &(), _: &Cid) -> Result<(), keep::Refusal> {
        self.answer("done").map(drop)
    }

    async fn pins(&self, (): &(), _: Option<Cid>) -> Result<Vec<Cid>, keep::Refusal> {
        self.answer("pins").map(Step::cids)
    }

    async fn borrow(&self, _: &keep::TokenDigest) -> Result<((), Allowance), keep::Refusal> {
        keep::Backend::admit(self, PeerId::random(), &[]).await
    }

    async fn lend(&self, (): &(), _: &keep::Loan) -> Result<(), keep::Refusal> {
        self.answer("done").map(drop)
    }

    async fn unlend(&self, (): &(), _: &keep::TokenDigest) -> Result<(), keep::Refusal> {
        self.answer("done").map(drop)
    }

    /// Hashes the blocks that the transcript gives, as far as they are asked for.
    async fn prove(&self, (): &(), question: &keep::Question) -> Result<keep::Proved, keep::Refusal> {
        let step = self.next();
        match step.name() {
            "proof" => {
                let (owner, keeper) = (self.transcript.id("owner"), self.transcript.id("keeper"));
                let mut hasher = question.hasher(&owner, &keeper.verifying_key());
                for cid in &question.cids {
                    hasher.add(&self.transcript.block(cid));
                }
                Ok(keep::Proved::Hash(hasher.finish()))
            }
            "missing" => Ok(keep::Proved::Missing(step.cids())),
            _ => Err(step.refusal().unwrap()),
        }
    }

    async fn subscribe(&self, (): &(), _: &str) -> Result<(), keep::Refusal> {
        self.answer("done").map(drop)
    }

    async fn unsubscribe(&self, (): &()) -> Result<(), keep::Refusal> {
        self.answer("done").map(drop)
    }
}

#[async_trait]
impl mailbox::Backend for Script<'_> {
    type Owner = ();

    async fn price(&self, _: Id) -> Result<Price, mailbox::Refusal> {
        let price = self.answer("price")?;
        let part = |field| u32::try_from(price.int(field).unwrap()).unwrap();
        Ok(Price { day: part("day"), bits: part("bits") })
    }

    async fn deposit(&self, _: Id, _: Mail, _: Pass) -> Result<(), mailbox::Refusal> {
        // A mail of another length is refused before the storage is asked.
        let mut step = self.next();
        while step.refusal() == Some(mailbox::Refusal::BadMail) {
            step = self.next();
        }
        step.refusal().map_or(Ok(()), Err)
    }

    async fn admit(&self, _: PeerId, _: &[u8]) -> Result<(), mailbox::Refusal> {
        self.answer("opened").map(drop)
    }

    async fn expect(&self, (): &(), _: &[Token]) -> Result<(), mailbox::Refusal> {
        self.answer("done").map(drop)
    }

    async fn forget(&self, (): &(), _: &[Token]) -> Result<(), mailbox::Refusal> {
        self.answer("done").map(drop)
    }

    async fn discard(&self, (): &(), _: &[Digest]) -> Result<(), mailbox::Refusal> {
        self.answer("done").map(drop)
    }

    async fn after(&self, (): &(), number: u64) -> Result<Vec<(u64, Bytes)>, mailbox::Refusal> {
        let mails = |steps: Vec<&Step>| {
            let mails = steps.into_iter().map(|step| Bytes::from(step.bytes("mail").unwrap()));
            (number + 1..).zip(mails).collect()
        };
        if self.answers.lock().unwrap().iter().any(|step| step.name() == "current") {
            // The one before `current`, and then none.
            let first = self.answers.lock().unwrap().front().map(|step| step.name().to_owned());
            if first.as_deref() == Some("current") {
                self.next();
                return Ok(Vec::new());
            }
            return Ok(mails(vec![self.next()]));
        }
        Ok(mails(self.rest()))
    }

    fn arrivals(&self, (): &()) -> BoxStream<'static, ()> {
        stream::iter([()]).chain(stream::pending()).boxed()
    }
}

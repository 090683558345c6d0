use std::cell::{Cell, RefCell};

use async_trait::async_trait;
use futures::channel::oneshot;
use futures::future::join as both;
use serde::Serialize;
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

use super::*;
use crate::crypto::sign::{SigningKey, VerifyingKey};
use crate::format::device_link::Handover;
use crate::format::secret::Secret;
use crate::keys::device_link::{Attempt, Inherited, Joiner, Offer};
use crate::keys::{Phrase, Ring};
use crate::net::exchange::Violation;
use crate::net::{block_on, frame};

type Pipe = Compat<tokio::io::DuplexStream>;

fn key(seed: u8) -> VerifyingKey {
    SigningKey::from_bytes(&[seed; 32]).verifying_key()
}

fn phrase() -> Phrase {
    Phrase::from_bytes([1; 32])
}

/// A device that shows a code, and a person who types what `typed` says.
struct Old {
    offer: RefCell<Offer>,
    typed: RefCell<Option<oneshot::Receiver<String>>>,
    outcome: RefCell<Option<Result<(), Error>>>,
    was_asked: Cell<bool>,
}

impl Old {
    fn new() -> (Self, oneshot::Sender<String>) {
        let (words, typed) = oneshot::channel();
        let offer = RefCell::new(Offer::new(key(7), Ring::from_phrase(&phrase()).id(), 0));
        let (typed, outcome) = (RefCell::new(Some(typed)), RefCell::default());
        (Self { offer, typed, outcome, was_asked: Cell::new(false) }, words)
    }

    fn joiner(&self) -> Joiner {
        Joiner::new(self.offer.borrow().code(vec![]), key(8), "Ann's phone".into())
    }
}

#[async_trait(?Send)]
impl Host for Old {
    fn begin(&self, new: VerifyingKey, commit: [u8; 32]) -> Result<Attempt, Refusal> {
        self.offer.borrow().begin(new, commit, 0)
    }

    fn join(&self, attempt: &Attempt, request: &Request) -> Result<Welcome, Refusal> {
        let mut offer = self.offer.borrow_mut();
        let mac = offer.join(attempt, &request.nonce, &request.name, &request.mac, 0)?;
        Ok(Welcome { id: *offer.id(), mac })
    }

    async fn handover(&self) -> Result<Vec<u8>, Refusal> {
        self.was_asked.set(true);
        let typed = self.typed.take().expect("asked once");
        let typed = typed.await.map_err(|_| Refusal::Ended)?;
        let approved = self.offer.borrow_mut().enter(&typed, 0).map_err(|_| Refusal::Words)?;
        let seed = Secret::from_bytes(*phrase().seed(0));
        let heir = phrase().heir(0);
        Ok(approved.seal(&Handover { n: 0, seed, heir, relays: vec![], seq: 3, extra: Default::default() }))
    }

    fn ended(&self, outcome: Result<(), Error>) {
        self.outcome.replace(Some(outcome));
    }
}

/// Runs one conversation: what the new device's side gave, and what `serve` did.
fn talk<T>(old: &Old, new: impl AsyncFnOnce(Pipe) -> T) -> (T, Result<(), Error>) {
    let (near, far) = tokio::io::duplex(64 << 10);
    block_on(both(new(near.compat()), serve(far.compat(), key(8), old, || {})))
}

async fn linked(old: &Old, pipe: Pipe, words: oneshot::Sender<String>) -> Result<Inherited, Error> {
    let session = join(pipe, old.joiner()).await?;
    words.send(session.words().join(" ")).expect("the other device waits");
    session.inherit().await
}

#[test]
fn a_device_is_linked_once_its_words_were_typed() {
    let (old, words) = Old::new();
    let (inherited, served) = talk(&old, async |pipe| linked(&old, pipe, words).await);
    served.unwrap();
    let inherited = inherited.unwrap();
    assert_eq!((inherited.ring.id(), inherited.seq), (*old.offer.borrow().id(), 3));
    assert!(matches!(old.outcome.take(), Some(Ok(()))));
    let ((), served) = talk(&old, async |pipe| {
        let again = join(pipe, old.joiner()).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::Ended))), "the code was used");
    });
    served.unwrap();
}

#[test]
fn nothing_is_handed_over_for_other_words() {
    let (old, words) = Old::new();
    let (inherited, _) = talk(&old, async |pipe| {
        let session = join(pipe, old.joiner()).await.unwrap();
        words.send("zoo zoo zoo zoo".into()).expect("the other device waits");
        session.inherit().await
    });
    assert!(matches!(inherited, Err(Error::Refused(Refusal::Words))));
    assert!(matches!(old.outcome.take(), Some(Err(Error::Refused(Refusal::Words)))));
}

#[test]
fn a_device_that_read_another_code_is_refused_alone() {
    let (old, words) = Old::new();
    let (other, _) = Old::new();
    let (joined, served) = talk(&old, async |pipe| join(pipe, other.joiner()).await.map(drop));
    assert!(matches!(joined, Err(Error::Refused(Refusal::Mac))));
    served.unwrap();
    assert!(!old.was_asked.get() && old.outcome.take().is_none());
    let (inherited, _) = talk(&old, async |pipe| linked(&old, pipe, words).await);
    inherited.unwrap();
}

#[test]
fn a_host_that_did_not_make_the_code_shows_no_words() {
    let (old, _words) = Old::new();
    let (joined, _) = talk(&old, async |mut pipe| {
        // Somebody in between who answers for the host.
        let (near, far) = tokio::io::duplex(64 << 10);
        let impostor = async {
            let mut far = far.compat();
            let _: FromNew = expect(&mut far, PATIENCE).await.unwrap();
            frame::send(&mut far, &FromOld::Nonce { nonce: ByteArray::new([5; 32]) }).await.unwrap();
            let FromNew::Join { mac, .. } = expect(&mut far, PATIENCE).await.unwrap() else {
                panic!("in turn")
            };
            let id = *old.offer.borrow().id();
            frame::send(&mut far, &FromOld::Welcome { id, mac }).await.unwrap();
        };
        let (joined, ()) = both(join(near.compat(), old.joiner()), impostor).await;
        frame::send(&mut pipe, &FromNew::Done).await.unwrap();
        joined.map(drop)
    });
    assert!(matches!(joined, Err(Error::Violation(Violation::Unasked))));
}

#[test]
fn a_message_out_of_turn_ends_the_stream() {
    let hello = || FromNew::Hello { commit: ByteArray::new([1; 32]) };
    let orders: [&[&dyn Fn() -> FromNew]; 3] =
        [&[&|| FromNew::Done], &[&hello, &hello], &[&hello, &|| FromNew::Done]];
    for order in orders {
        let (old, _words) = Old::new();
        let ((), served) = talk(&old, async |mut pipe| {
            for (at, message) in order.iter().enumerate() {
                frame::send(&mut pipe, &message()).await.unwrap();
                if at + 1 < order.len() {
                    let _: FromOld = expect(&mut pipe, PATIENCE).await.unwrap();
                }
            }
            assert!(expect::<FromOld, _>(&mut pipe, PATIENCE).await.is_err(), "without an answer");
        });
        assert!(matches!(served, Err(Error::Violation(Violation::OutOfTurn))));
        assert!(old.outcome.take().is_none(), "the code is still good");
    }
}

#[test]
fn a_device_that_does_not_wait_for_the_words_ends_the_code() {
    let (old, _words) = Old::new();
    let ((), _) = talk(&old, async |pipe| drop(join(pipe, old.joiner()).await.unwrap()));
    assert!(matches!(old.outcome.take(), Some(Err(Error::Broken(_)))));
}

#[test]
fn a_host_that_closes_in_between_is_told_from_one_that_refuses() {
    let (old, words) = Old::new();
    drop(words);
    let (inherited, _) = talk(&old, async |pipe| join(pipe, old.joiner()).await.unwrap().inherit().await);
    assert!(matches!(inherited, Err(Error::Refused(Refusal::Ended))), "cancelled");

    let (near, far) = tokio::io::duplex(64 << 10);
    let (old, _words) = Old::new();
    let joined = block_on(both(join(near.compat(), old.joiner()), async { drop(far) })).0;
    assert!(matches!(joined.map(drop), Err(Error::Broken(_))));
}

#[tokio::test(start_paused = true)]
async fn each_message_must_come_in_a_minute_and_the_seed_in_ten() {
    for (says_hello, seconds) in [(false, 60), (true, 60)] {
        let (old, _words) = Old::new();
        let (near, far) = tokio::io::duplex(64 << 10);
        let mut near = near.compat();
        if says_hello {
            frame::send(&mut near, &FromNew::Hello { commit: ByteArray::new([1; 32]) }).await.unwrap();
        }
        let start = tokio::time::Instant::now();
        let served = serve(far.compat(), key(8), &old, || {}).await;
        assert!(matches!(served, Err(Error::Broken(FrameError::Late))));
        assert_eq!(start.elapsed().as_secs(), seconds);
    }
    let (old, words) = Old::new();
    let (near, far) = tokio::io::duplex(64 << 10);
    let (inherited, _) = both(
        async {
            let session = join(near.compat(), old.joiner()).await.unwrap();
            let start = tokio::time::Instant::now();
            let inherited = session.inherit().await.map(drop);
            assert_eq!(start.elapsed(), TYPING);
            inherited
        },
        serve(far.compat(), key(8), &old, || {}),
    )
    .await;
    assert!(matches!(inherited, Err(Error::Broken(FrameError::Late))));
    drop(words);
}

#[test]
fn names_of_devices_are_short_plain_text() {
    #[derive(Serialize)]
    #[serde(rename_all = "kebab-case")]
    enum Raw {
        Join { nonce: ByteArray<32>, name: String, mac: ByteArray<32> },
    }
    let read = |name: &str| {
        let join =
            Raw::Join { nonce: ByteArray::new([1; 32]), name: name.into(), mac: ByteArray::new([2; 32]) };
        serde_ipld_dagcbor::from_slice::<FromNew>(&serde_ipld_dagcbor::to_vec(&join).unwrap())
    };
    assert!(read(&"🌳".repeat(limits::NAME_CHARS)).is_ok());
    assert!(read(&"a".repeat(limits::NAME_CHARS + 1)).is_err());
    assert!(read("Ame\u{301}lie").is_err());
    assert!(read("a\u{0}b").is_err());
}

#[test]
fn the_longest_handover_fits_into_a_message() {
    let (old, words) = Old::new();
    drop(words);
    let joiner = old.joiner();
    let attempt = old.offer.borrow().begin(key(8), joiner.commit(), 0).unwrap();
    let joined = joiner.answer(attempt.nonce());
    let mut offer = old.offer.borrow_mut();
    let mac = offer.join(&attempt, joined.nonce(), joined.name(), &joined.mac(), 0).unwrap();
    let words = joined.welcome(*offer.id(), &mac).unwrap().words().join(" ");
    let relays = vec!["r".repeat(limits::RELAY_BYTES); limits::RELAYS];
    let (seed, seq) = (Secret::from_bytes([1; 32]), (1 << 53) - 1);
    let handover = Handover { n: u32::MAX, seed, heir: [2; 32], relays, seq, extra: Default::default() };
    let sealed = ByteBuf::from(offer.enter(&words, 0).unwrap().seal(&handover));
    let message = serde_ipld_dagcbor::to_vec(&FromOld::Seed { sealed }).unwrap();
    assert!(message.len() <= MAX_MESSAGE, "{}", message.len());
}

use std::{collections::HashSet, pin::pin, sync::Mutex};

use async_trait::async_trait;
use futures::{SinkExt, StreamExt, channel::mpsc, future::join, stream::BoxStream};
use libp2p::PeerId;
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

use super::*;
use crate::{
    crypto::sign::SigningKey,
    net::{block_on, exchange::Violation, frame},
};

const PRICE: Price = Price { day: 20_000, bits: 8 };

/// A mailbox in memory, for every recipient.
#[derive(Default)]
struct Post {
    bits: Option<u32>,
    mails: Mutex<Vec<Bytes>>,
    tokens: Mutex<HashSet<Token>>,
    arrivals: Mutex<Option<mpsc::Receiver<()>>>,
}

#[async_trait]
impl Backend for Post {
    type Owner = ();

    async fn price(&self, _: Id) -> Result<Price, Refusal> {
        Ok(Price { bits: self.bits.unwrap_or(PRICE.bits), ..PRICE })
    }

    async fn deposit(&self, to: Id, mail: Mail, pass: Pass) -> Result<(), Refusal> {
        match pass {
            Pass::Token(token) if !self.tokens.lock().unwrap().remove(&token) => Err(Refusal::UnknownToken),
            Pass::Work(work) if work.bits(&to, &mail.digest()) < PRICE.bits => Err(Refusal::TooLittleWork),
            _ => {
                self.mails.lock().unwrap().push(mail.bytes().clone());
                Ok(())
            }
        }
    }

    async fn admit(&self, _: PeerId, certificate: &[u8]) -> Result<(), Refusal> {
        if certificate == b"mine" { Ok(()) } else { Err(Refusal::BadCertificate) }
    }

    async fn expect(&self, (): &(), tokens: &[Token]) -> Result<(), Refusal> {
        self.tokens.lock().unwrap().extend(tokens);
        Ok(())
    }

    async fn forget(&self, (): &(), tokens: &[Token]) -> Result<(), Refusal> {
        self.tokens.lock().unwrap().retain(|token| !tokens.contains(token));
        Ok(())
    }

    async fn discard(&self, (): &(), mails: &[Digest]) -> Result<(), Refusal> {
        self.mails.lock().unwrap().retain(|mail| !mails.contains(&sha256(mail)));
        Ok(())
    }

    async fn after(&self, (): &(), number: u64) -> Result<Vec<(u64, Bytes)>, Refusal> {
        // One at a time, because a large mailbox comes in parts.
        let mails = self.mails.lock().unwrap();
        Ok(mails.get(number as usize).map(|mail| (number + 1, mail.clone())).into_iter().collect())
    }

    fn arrivals(&self, (): &()) -> BoxStream<'static, ()> {
        self.arrivals.lock().unwrap().take().expect("one watch in each test").boxed()
    }
}

type Pipe = Compat<tokio::io::DuplexStream>;

fn with<T>(post: &Post, ours: impl AsyncFnOnce(Pipe) -> T) -> (T, Result<(), Error>) {
    let (near, far) = tokio::io::duplex(1 << 10);
    block_on(join(ours(near.compat()), serve(far.compat(), PeerId::random(), post)))
}

fn ann() -> Id {
    SigningKey::from_bytes(&[1; 32]).verifying_key().into()
}

fn mail(byte: u8) -> Mail {
    Mail::new(vec![byte; MAIL].into()).unwrap()
}

fn worked(mail: &Mail) -> Pass {
    let mut search = work::Search::new(PRICE, ann(), mail.digest());
    Pass::Work(std::iter::repeat_with(|| search.step(64)).find_map(|found| found).unwrap())
}

#[test]
fn mail_passes_by_work_or_by_a_token_that_is_expected() {
    let post = Post::default();
    let (_, served) = with(&post, async |mut pipe| {
        assert_eq!(price(&mut pipe, ann()).await.unwrap(), PRICE);
        deposit(&mut pipe, ann(), &mail(1), worked(&mail(1))).await.unwrap();
        let lazy = deposit(&mut pipe, ann(), &mail(2), worked(&mail(1))).await;
        assert!(matches!(lazy, Err(Error::Refused(Refusal::TooLittleWork))));
        let guessed = deposit(&mut pipe, ann(), &mail(2), Pass::Token([9; 32])).await;
        assert!(matches!(guessed, Err(Error::Refused(Refusal::UnknownToken))));
        let mut session = Session::open(pipe, b"mine").await.unwrap();
        session.expect(&[[7; 32], [8; 32]]).await.unwrap();
        session.forget(&[[8; 32]]).await.unwrap();
    });
    served.unwrap();
    let ((), served) = with(&post, async |mut pipe| {
        deposit(&mut pipe, ann(), &mail(2), Pass::Token([7; 32])).await.unwrap();
        let forgotten = deposit(&mut pipe, ann(), &mail(3), Pass::Token([8; 32])).await;
        assert!(matches!(forgotten, Err(Error::Refused(Refusal::UnknownToken))));
    });
    served.unwrap();
    assert_eq!(*post.mails.lock().unwrap(), [mail(1).bytes().clone(), mail(2).bytes().clone()]);
}

#[test]
fn a_watch_brings_what_is_there_then_says_so_then_what_comes() {
    let (mut arrivals, receiver) = mpsc::channel(8);
    let post = Post { arrivals: Mutex::new(Some(receiver)), ..Post::default() };
    post.mails.lock().unwrap().extend([1, 2, 3].map(|byte| mail(byte).bytes().clone()));
    let (_, served) = with(&post, async |pipe| {
        let session = Session::open(pipe, b"mine").await.unwrap();
        let mut updates = pin!(session.watch().await.unwrap());
        let mut next = async || updates.next().await.unwrap().unwrap();
        for byte in [1, 2, 3] {
            assert_eq!(next().await, Update::Mail(mail(byte)));
        }
        assert_eq!(next().await, Update::Current);
        post.mails.lock().unwrap().extend([4, 5].map(|byte| mail(byte).bytes().clone()));
        arrivals.send(()).await.unwrap();
        assert_eq!(next().await, Update::Mail(mail(4)));
        assert_eq!(next().await, Update::Mail(mail(5)));
    });
    served.unwrap();
}

#[test]
fn a_mailbox_is_its_owners_alone() {
    let post = Post::default();
    post.mails.lock().unwrap().push(mail(1).bytes().clone());
    let requests = || {
        let list = vec![ByteArray::new([7; 32])];
        [
            Request::Expect { tokens: list.clone() },
            Request::Forget { tokens: list.clone() },
            Request::Discard { mails: list },
            Request::Watch,
        ]
    };
    let (_, served) = with(&post, async |mut pipe| {
        for request in requests() {
            frame::send(&mut pipe, &request).await.unwrap();
            let answer = exchange::expect(&mut pipe, MAX_MESSAGE).await.unwrap();
            assert!(matches!(answer, Answer::Refused(Refusal::NeedsCertificate)), "{request:?}");
        }
        let opened = Session::open(pipe, b"yours").await.map(drop);
        assert!(matches!(opened, Err(Error::Refused(Refusal::BadCertificate))));
    });
    served.unwrap();
    let ((), served) = with(&post, async |pipe| {
        let mut session = Session::open(pipe, b"mine").await.unwrap();
        session.discard(&[mail(2).digest(), mail(1).digest()]).await.unwrap();
        session.discard(&[mail(1).digest()]).await.expect("again is harmless");
    });
    served.unwrap();
    assert!(post.mails.lock().unwrap().is_empty());
}

#[test]
fn mail_of_another_length_and_long_lists_are_refused() {
    assert_eq!(MAIL, 5232);
    assert_eq!(Mail::new(vec![0; MAIL - 1].into()), Err(Refusal::BadMail));
    let (_, served) = with(&Post::default(), async |mut pipe| {
        for length in [0, MAIL - 1, MAIL + 1] {
            let mail = ByteBuf::from(vec![0; length]);
            let request = Request::Deposit { to: ann(), mail, pass: Pass::Token([7; 32]) };
            frame::send(&mut pipe, &request).await.unwrap();
            let answer = exchange::expect(&mut pipe, MAX_MESSAGE).await.unwrap();
            assert!(matches!(answer, Answer::Refused(Refusal::BadMail)));
        }
        let mut session = Session::open(pipe, b"mine").await.unwrap();
        session.expect(&[[7; 32]; MAX_LIST]).await.unwrap();
        let long = session.expect(&[[7; 32]; MAX_LIST + 1]).await;
        assert!(matches!(long, Err(Error::Refused(Refusal::TooLarge))));
    });
    served.unwrap();
    let (_, served) = with(&Post::default(), async |mut pipe| {
        frame::write(&mut pipe, &vec![0; MAX_MESSAGE + 1]).await.ok();
        futures::AsyncReadExt::read(&mut pipe, &mut [0; 1]).await.ok();
    });
    assert!(matches!(served, Err(Error::Violation(Violation::Frame(_)))));
}

#[test]
fn a_relay_that_asks_for_a_days_work_is_not_obeyed() {
    let post = Post { bits: Some(work::MAX_BITS + 1), ..Post::default() };
    let (asked, _) = with(&post, async |mut pipe| price(&mut pipe, ann()).await);
    assert!(matches!(asked, Err(Error::Violation(Violation::Unasked))));
}

#[test]
fn a_refusal_of_a_later_version_is_understood_as_a_refusal() {
    #[derive(Serialize)]
    struct Later {
        code: &'static str,
        why: u8,
    }
    let bytes = serde_ipld_dagcbor::to_vec(&Later { code: "full-moon", why: 3 }).unwrap();
    assert_eq!(serde_ipld_dagcbor::from_slice::<Refusal>(&bytes).unwrap(), Refusal::Other);
}

//! Mail: left by somebody unknown, fetched by its recipient, bounded, and never lost once it was acknowledged.

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use futures::StreamExt;
use libp2p::{
    PeerId,
    identity::{Keypair, ed25519},
};
use spinney::{
    crypto::sign::VerifyingKey,
    format::Cid,
    keys::{Id, device},
    net::{
        Args, CallError, Net, RelayAddr,
        bitswap::Blocks,
        mailbox::{self, Error, MAIL, Mail, Pass, Refusal, Token, Update, deposit, price, work::Search},
        streams::Stream,
    },
    platform,
};
use spinney_relay::{
    config::{Admission, Name},
    store::{Allotment, Requests, Store},
};
use tokio::task::LocalSet;

use crate::{
    client::{Client, ring},
    database,
    relay::{Local, Program},
    sample::Seeded,
};

/// Bits of work in tests that are not about its price.
const LITTLE: u32 = 4;

/// Longer than any wait here, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

fn mail(seed: u64) -> Mail {
    Mail::new(Seeded(seed).raw(MAIL).1).unwrap()
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// Leaves a mail as a stranger.
async fn leave(client: &Client, to: Id, mail: &Mail) -> Result<(), Error> {
    leave_over(&mut client.open(mailbox::PROTOCOL).await, to, mail).await
}

async fn leave_over(stream: &mut Stream, to: Id, mail: &Mail) -> Result<(), Error> {
    let price = price(stream, to).await?;
    let work = Search::new(price, to, mail.digest()).step(1 << 20).expect("little work is asked for");
    deposit(stream, to, mail, Pass::Work(work)).await
}

async fn with_token(client: &Client, to: Id, mail: &Mail, token: Token) -> Result<(), Error> {
    deposit(&mut client.open(mailbox::PROTOCOL).await, to, mail, Pass::Token(token)).await
}

async fn relay() -> Local {
    Local::with(|config| config.work = LITTLE).await
}

#[tokio::test]
async fn a_stranger_pays_with_work_and_an_invite_passes_once() {
    let relay = relay().await;
    let (ann, ben) = (Client::connect(relay.address(), 1).await, Client::connect(relay.address(), 2).await);
    assert_eq!(refused(leave(&ben, ann.id(), &mail(1)).await), Refusal::NoMailbox);
    ann.publish(1, 1).await;
    ann.mailbox().await.expect(&[[7; 32], [8; 32], [9; 32]]).await.unwrap();
    ann.mailbox().await.forget(&[[9; 32]]).await.unwrap();

    leave(&ben, ann.id(), &mail(1)).await.unwrap();
    leave(&ben, ann.id(), &mail(1)).await.expect("again is harmless");
    with_token(&ben, ann.id(), &mail(2), [7; 32]).await.unwrap();
    with_token(&ben, ann.id(), &mail(2), [7; 32]).await.expect("again is harmless");
    for (token, refusal) in
        [([7; 32], Refusal::UsedToken), ([9; 32], Refusal::UnknownToken), ([1; 32], Refusal::UnknownToken)]
    {
        assert_eq!(refused(with_token(&ben, ann.id(), &mail(3), token).await), refusal);
    }
    assert_eq!(refused(with_token(&ben, ben.id(), &mail(3), [8; 32]).await), Refusal::NoMailbox);
    let mut stream = ben.open(mailbox::PROTOCOL).await;
    let asked = price(&mut stream, ann.id()).await.unwrap();
    assert_eq!(asked.bits, LITTLE);
    let yesterday = mailbox::Price { day: asked.day - 2, ..asked };
    let old = Search::new(yesterday, ann.id(), mail(3).digest()).step(1 << 20).unwrap();
    let lazy = (0..).map(|nonce| mailbox::Work { day: asked.day, nonce });
    let lazy = lazy.into_iter().find(|work| work.bits(&ann.id(), &mail(3).digest()) == 0).unwrap();
    for work in [old, lazy] {
        let answer = deposit(&mut stream, ann.id(), &mail(3), Pass::Work(work)).await;
        assert_eq!(refused(answer), Refusal::TooLittleWork);
    }

    assert_eq!(ann.found().await, [mail(1), mail(2)]);
    assert_eq!(relay.counter("mail").await, 4);
    ann.mailbox().await.discard(&[mail(1).digest(), mail(2).digest()]).await.unwrap();
    assert_eq!(ann.found().await, []);
    // The invite stays used, and a sender who did not hear that theirs was taken hears it now.
    with_token(&ben, ann.id(), &mail(2), [7; 32]).await.unwrap();
    assert_eq!(refused(with_token(&ben, ann.id(), &mail(3), [7; 32]).await), Refusal::UsedToken);
    assert_eq!(ann.found().await, []);
}

#[tokio::test]
async fn mail_is_fetched_and_deleted_by_the_recipients_devices_alone() {
    let relay = relay().await;
    let (ann, ben) = (Client::connect(relay.address(), 1).await, Client::connect(relay.address(), 2).await);
    ann.mailbox().await;
    leave(&ben, ann.id(), &mail(1)).await.unwrap();
    assert_eq!(ben.found().await, []);
    ben.mailbox().await.discard(&[mail(1).digest()]).await.unwrap();
    let stolen = mailbox::Session::open(ben.open(mailbox::PROTOCOL).await, ann.certificate()).await;
    assert_eq!(refused(stolen.map(drop)), Refusal::BadCertificate);
    assert_eq!(ann.found().await, [mail(1)]);

    let listed = Local::with(|config| {
        config.admission = Some(Admission::List);
        config.admitted = vec![Name(ann.id())];
    })
    .await;
    let ben = Client::connect(listed.address(), 2).await;
    let opened = mailbox::Session::open(ben.open(mailbox::PROTOCOL).await, ben.certificate()).await;
    assert_eq!(refused(opened.map(drop)), Refusal::NotAdmitted);
    assert_eq!(refused(leave(&ben, ben.id(), &mail(1)).await), Refusal::NoMailbox);
}

#[tokio::test]
async fn ten_thousand_from_one_sender_leave_a_few_and_others_their_room() {
    let relay = relay().await;
    let ann = Client::connect(relay.address(), 1).await;
    let mallory = Client::connect(relay.address(), 3).await;
    ann.publish(1, 1).await;
    ann.mailbox().await;
    let mut stream = mallory.open(mailbox::PROTOCOL).await;
    let (mut left, mut refusals) = (0, 0);
    for seed in 0..10_000 {
        match leave_over(&mut stream, ann.id(), &mail(seed)).await {
            Ok(()) => left += 1,
            Err(Error::Refused(Refusal::TooMany)) => refusals += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((left, refusals), (16, 9_984));
    // On a busy machine the relay has closed by now what was idle.
    let (ann, ben) = (Client::connect(relay.address(), 1).await, Client::connect(relay.address(), 2).await);
    leave(&ben, ann.id(), &mail(20_000)).await.unwrap();
    assert_eq!(ann.found().await.len(), 17);
}

#[tokio::test]
async fn mailboxes_that_somebody_fills_leave_room_where_a_root_is_kept() {
    let relay = relay().await;
    let ann = Client::connect(relay.address(), 1).await;
    ann.publish(1, 1).await;
    ann.mailbox().await.expect(&[[7; 32]]).await.unwrap();
    drop(ann);
    let Local { running, folder } = relay;
    running.stop().await;
    // As many mails as all mailboxes hold, in mailboxes of somebody's own.
    database::run(
        folder.path(),
        "INSERT INTO identity (owner, id) VALUES (1000, x'07');
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 65536)
         INSERT INTO mail (owner, digest, sealed, invited, day)
         SELECT 1000, randomblob(32), x'00', 1, 40000 FROM n;",
    )
    .await;
    let relay = Local::at_with(folder, |config| config.work = LITTLE).await;
    let (ann, mallory) =
        (Client::connect(relay.address(), 1).await, Client::connect(relay.address(), 3).await);
    with_token(&mallory, ann.id(), &mail(1), [7; 32]).await.unwrap();
    for seed in 2..6 {
        leave(&mallory, ann.id(), &mail(seed)).await.unwrap();
    }
    assert_eq!(refused(leave(&mallory, ann.id(), &mail(6)).await), Refusal::Full);
    assert_eq!(ann.found().await.len(), 5);
    // Who keeps nothing here has no room now.
    let stranger = Client::connect(relay.address(), 4).await;
    stranger.mailbox().await;
    assert_eq!(refused(leave(&mallory, stranger.id(), &mail(7)).await), Refusal::Full);
}

/// A device without blocks.
#[derive(Clone)]
struct Nothing;

impl Blocks for Nothing {
    async fn allowed(&self, _: PeerId, _: Cid) -> bool {
        false
    }

    async fn has(&self, _: Cid) -> bool {
        false
    }

    async fn get(&self, _: Cid) -> Option<Bytes> {
        None
    }
}

/// The network of a person's device, whose relay this is.
async fn net(relay: &RelayAddr, seed: u8) -> Net {
    let key = ed25519::Keypair::generate();
    let device = VerifyingKey::from_bytes(&key.public().to_bytes()).unwrap();
    let certificate = device::issue(&ring(seed), &device, platform::now_ms());
    let (net, events) =
        Net::start(Args { device: Keypair::from(key), blocks: Nothing, direct: None }).unwrap();
    net.set_relays(vec![relay.clone()], Some(certificate.into())).await;
    // Events that nobody takes are replaced by one.
    drop(events);
    net
}

async fn next(
    updates: &mut (impl futures::Stream<Item = Result<Update, CallError<Refusal>>> + Unpin),
) -> Update {
    let next = tokio::time::timeout(PATIENCE, updates.next()).await;
    next.expect("something comes").expect("the network runs").expect("the relay is there")
}

#[tokio::test]
async fn a_request_reaches_somebody_who_is_here_and_somebody_who_comes_later() {
    LocalSet::new()
        .run_until(async {
            let relay = relay().await;
            let address = RelayAddr::own(&relay.address().to_string()).unwrap();
            let (ann, ben) = (net(&address, 1).await, net(&address, 2).await);
            let id = ring(1).id();
            let mut updates = pin!(ann.mail(address.clone()));
            assert_eq!(next(&mut updates).await, Update::Current);
            ann.expect_mail(&address, &[[7; 32], [8; 32]]).await.unwrap();
            ann.forget_tokens(&address, &[[8; 32]]).await.unwrap();

            ben.deposit(&address, id, &mail(1), None).await.unwrap();
            assert_eq!(next(&mut updates).await, Update::Mail(mail(1)));
            ben.deposit(&address, id, &mail(2), Some([7; 32])).await.unwrap();
            assert_eq!(next(&mut updates).await, Update::Mail(mail(2)));
            let used = ben.deposit(&address, id, &mail(3), Some([7; 32])).await;
            assert!(matches!(used, Err(CallError::Exchange(Error::Refused(Refusal::UsedToken)))), "{used:?}");
            ann.discard_mail(&address, &[mail(1).digest()]).await.unwrap();

            let mut later = pin!(net(&address, 1).await.mail(address.clone()));
            assert_eq!(next(&mut later).await, Update::Mail(mail(2)));
            assert_eq!(next(&mut later).await, Update::Current);
        })
        .await;
}

/// Moments at which the program is killed.
const KILLS: u64 = 25;

/// Each kill comes at most this many milliseconds after the deposits have begun.
const LATEST: u64 = 30;

/// Mails that are acknowledged before the time runs: machines are as slow as they like.
const FIRST: usize = 3;

/// Leaves mails, one of them with a token, until the connection breaks, and writes down which were acknowledged.
async fn send(sender: &Client, to: Id, token: Token, first: u64, told: &Mutex<Vec<Mail>>) {
    let Some(mut stream) = sender.try_open(mailbox::PROTOCOL).await else { return };
    for at in 0..16 {
        let mail = mail(first + at);
        let left = match at {
            3 => deposit(&mut stream, to, &mail, Pass::Token(token)).await,
            _ => leave_over(&mut stream, to, &mail).await,
        };
        match left {
            Ok(()) => told.lock().unwrap().push(mail),
            Err(Error::Refused(refusal)) => panic!("{refusal:?}"),
            Err(_) => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_that_was_acknowledged_survives_every_kill() {
    let folder = tempfile::tempdir().unwrap();
    let allotment =
        Allotment { quota: 1 << 30, newcomer: None, capacity: 1 << 30, grace: Duration::from_secs(3600) };
    let id = ring(1).id();
    let mut seeded = Seeded(2027);
    for kill in 0..KILLS {
        let mut program = Program::start(folder.path());
        let ann = Client::connect(&program.address, 1).await;
        if kill == 0 {
            ann.publish(1, 1).await;
        }
        let tokens = [0, 1, 2, 3].map(|sender| [[sender, kill as u8]; 16].concat().try_into().unwrap());
        ann.mailbox().await.expect(&tokens).await.unwrap();
        let told: Arc<Mutex<Vec<Mail>>> = Arc::default();
        let mut senders = Vec::new();
        for (seed, token) in (10..).zip(tokens) {
            senders.push((Client::connect(&program.address, seed).await, token, seeded.next() >> 8));
        }
        let senders: Vec<_> = senders
            .into_iter()
            .map(|(client, token, first)| {
                let told = told.clone();
                tokio::spawn(async move { send(&client, id, token, first, &told).await })
            })
            .collect();
        // The first are told before the time runs.
        let begun = async {
            while told.lock().unwrap().len() < FIRST {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, begun).await.expect("a mail is acknowledged");
        tokio::time::sleep(Duration::from_millis(seeded.below(LATEST))).await;
        program.kill();
        for sender in senders {
            sender.await.unwrap();
        }

        let store = Store::open(folder.path(), allotment).await.expect("the store opens after a kill");
        let mut stored: Vec<(u64, Bytes)> = Vec::new();
        loop {
            let last = stored.last().map_or(0, |(number, _)| *number);
            match store.mail_after(&id, last).await.unwrap() {
                more if more.is_empty() => break,
                more => stored.extend(more),
            }
        }
        let told = told.lock().unwrap().clone();
        for mail in &told {
            assert!(stored.iter().any(|(_, bytes)| bytes == mail.bytes()), "kill {kill} lost mail");
        }
        // What was not acknowledged may be there, but whole.
        let digests: Vec<_> =
            stored.into_iter().map(|(_, bytes)| Mail::new(bytes).unwrap().digest()).collect();
        store.discard(&id, &digests).await.unwrap();
        store.close().await;
    }
}

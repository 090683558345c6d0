//! Floods of requests: what they fill is bounded, others do not notice, and a kill in the middle changes nothing.

use std::path::Path;

use futures::{StreamExt, stream};
use spinney::{
    keys::Id,
    net::mailbox::{self, Error, MAIL, Mail, Pass, Refusal, Token, deposit, price, work::Search},
};

use crate::{client::Client, relay::Program, sample::Seeded};

/// What one mailbox has room for, of strangers.
const ROOM: usize = 256;

/// What one device may try to leave in an hour.
const EACH: usize = 16;

/// Deposits that are tried.
const FLOOD: usize = 10_000;

/// Devices that flood: each is a connection of its own, which is what limits cost an attacker.
const SENDERS: usize = 40;

/// Bytes that a flood may take, of disk and of memory: the mails themselves are 1.3 MB.
const BOUND: u64 = 16 << 20;

fn mail(seed: usize) -> Mail {
    Mail::new(Seeded(seed as u64).raw(MAIL).1).unwrap()
}

/// What came of many deposits.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    left: Vec<Mail>,
    full: usize,
    too_many: usize,
}

/// One device leaves as many mails as it is let, and goes on trying.
async fn flood(sender: &Client, to: Id, first: usize, tries: usize) -> Sum {
    let mut stream = sender.open(mailbox::PROTOCOL).await;
    let mut sum = Sum::default();
    for seed in first..first + tries {
        let mail = mail(seed);
        let left = async {
            let price = price(&mut stream, to).await?;
            let work = Search::new(price, to, mail.digest()).step(1 << 20).expect("little work is asked for");
            deposit(&mut stream, to, &mail, Pass::Work(work)).await
        };
        match left.await {
            Ok(()) => sum.left.push(mail),
            Err(Error::Refused(Refusal::Full)) => sum.full += 1,
            Err(Error::Refused(Refusal::TooMany)) => sum.too_many += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    sum
}

/// The bytes of all files in a folder and those in it.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(about) if about.is_dir() => size(&entry.path()),
        // A file that went since it was listed has no size.
        about => about.map_or(0, |about| about.len()),
    });
    sizes.sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_bounded_spares_others_and_stands_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path());
    let (ann, ben) = (Client::connect(&program.address, 1).await, Client::connect(&program.address, 2).await);
    let (id, token): (Id, Token) = (ann.id(), [7; 32]);
    // Both keep a root here, as everybody does who has published.
    ann.publish(1, 1).await;
    ben.publish(2, 1).await;
    ann.mailbox().await.expect(&[token]).await.unwrap();
    ben.mailbox().await;
    let (disk, memory) = (size(folder.path()), program.memory());

    let sums: Vec<Sum> = stream::iter(0..SENDERS)
        .map(|sender| {
            let address = program.address.clone();
            let tries = FLOOD / SENDERS;
            let flooding = async move {
                let client = Client::connect(&address, 10 + sender as u8).await;
                flood(&client, id, sender * tries, tries).await
            };
            async { tokio::spawn(flooding).await.unwrap() }
        })
        .buffer_unordered(8)
        .collect()
        .await;
    let left: Vec<Mail> = sums.iter().flat_map(|sum| sum.left.clone()).collect();
    assert_eq!(left.len(), ROOM, "as many as there is room for");
    assert!(sums.iter().all(|sum| sum.left.len() <= EACH), "nobody leaves more than their share");
    assert!(sums.iter().any(|sum| sum.full > 0), "a sender who finds no room is told so");
    let taken = size(folder.path()) - disk;
    assert!(taken < BOUND, "the flood took {taken} bytes of the disk");
    let taken = program.memory().saturating_sub(memory);
    assert!(taken < BOUND, "the flood took {taken} bytes of memory");

    // Somebody else's mailbox is as it was, and so is the one for invites.
    let stranger = Client::connect(&program.address, 3).await;
    assert_eq!(flood(&stranger, ben.id(), FLOOD, 1).await.left, [mail(FLOOD)]);
    program.kill();

    let again = Program::start(folder.path());
    let (ann, ben) = (Client::connect(&again.address, 1).await, Client::connect(&again.address, 2).await);
    let mut found = ann.found().await;
    let key = |mail: &Mail| mail.digest();
    let mut expected = left;
    found.sort_by_key(key);
    expected.sort_by_key(key);
    assert!(found == expected, "other mails than were acknowledged: {} of {ROOM}", found.len());
    let stranger = Client::connect(&again.address, 4).await;
    let late = flood(&stranger, id, 2 * FLOOD, 1).await;
    assert_eq!(late, Sum { full: 1, ..Sum::default() });
    let mut invited = stranger.open(mailbox::PROTOCOL).await;
    deposit(&mut invited, id, &mail(3 * FLOOD), Pass::Token(token)).await.unwrap();
    assert_eq!(ben.found().await, [mail(FLOOD)]);
    assert_eq!(ann.found().await.len(), ROOM + 1);
}

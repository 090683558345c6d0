//! The downloader over a mocked source of blocks, on a clock that stands still while something can run.

use std::cell::Cell;
use std::rc::Weak;

use async_trait::async_trait;
use futures::stream::{self, TryStreamExt};
use futures::{poll, select};
use tokio::sync::{Mutex, Notify};

use super::*;
use crate::format::keep::FetchKey;
use crate::format::{RAW, cid_of};
use crate::net::{Rank, RelayAddr};

#[derive(Clone)]
enum Answer {
    Block,
    /// One block after the other, as over a line of a certain speed.
    Line(Rc<Mutex<()>>),
    Silence,
    Wrong,
    Failure(FetchError),
}

/// Some providers, the first of which is the nearest.
struct World {
    providers: Vec<Provider>,
    answers: RefCell<Vec<Answer>>,
    distances: Vec<Distance>,
    strikes: RefCell<Vec<u32>>,
    /// How often each was asked, and how many blocks it sent.
    asked: RefCell<Vec<usize>>,
    sent: RefCell<Vec<usize>>,
    /// Wants that are neither answered nor withdrawn.
    wants: Cell<usize>,
    changed: Notify,
}

struct Source(Rc<World>);

struct Open(Weak<World>);

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(world) = self.0.upgrade() {
            world.wants.set(world.wants.get() - 1);
        }
    }
}

impl World {
    /// Providers that answer so, at these distances, with the downloader that asks them.
    fn new(of: impl IntoIterator<Item = (Answer, Distance)>) -> (Rc<Self>, Downloader, Rc<Providers>) {
        Self::with(of, |_| Provider::Relay(relay()))
    }

    /// The same with providers of another kind at some places.
    fn with(
        of: impl IntoIterator<Item = (Answer, Distance)>,
        provider: impl Fn(usize) -> Provider,
    ) -> (Rc<Self>, Downloader, Rc<Providers>) {
        let (answers, distances): (Vec<_>, Vec<_>) = of.into_iter().unzip();
        let providers: Vec<_> = (0..answers.len()).map(provider).collect();
        let nothing = vec![0; providers.len()];
        let world = Rc::new(Self {
            strikes: RefCell::new(vec![0; providers.len()]),
            asked: RefCell::new(nothing.clone()),
            sent: RefCell::new(nothing),
            wants: Cell::new(0),
            changed: Notify::new(),
            answers: RefCell::new(answers),
            providers: providers.clone(),
            distances,
        });
        let downloader = Downloader::new(Args { source: Rc::new(Source(Rc::clone(&world))) });
        let over = downloader.over(providers);
        (world, downloader, over)
    }

    fn place(&self, provider: &Provider) -> usize {
        self.providers.iter().position(|other| other == provider).expect("a provider of this world")
    }
}

#[async_trait(?Send)]
impl BlockSource for Source {
    async fn fetch_from(&self, _: Cid, provider: &Provider) -> Result<(Bytes, PeerId), FetchError> {
        let place = self.0.place(provider);
        self.0.asked.borrow_mut()[place] += 1;
        self.0.wants.set(self.0.wants.get() + 1);
        self.0.changed.notify_one();
        let _open = Open(Rc::downgrade(&self.0));
        let answer = self.0.answers.borrow()[place].clone();
        match answer {
            Answer::Block => {}
            Answer::Line(line) => {
                let _turn = line.lock().await;
                platform::sleep(Duration::from_millis(5)).await;
            }
            Answer::Silence => pending().await,
            Answer::Wrong => {
                self.0.strikes.borrow_mut()[place] += 1;
                return Err(FetchError::NotFound);
            }
            Answer::Failure(why) => return Err(why),
        }
        self.0.sent.borrow_mut()[place] += 1;
        Ok((Bytes::from_static(b"block"), provider.peer()))
    }

    fn rank(&self, provider: &Provider) -> Rank {
        let place = self.0.place(provider);
        Rank { strikes: self.0.strikes.borrow()[place], distance: self.0.distances[place] }
    }
}

fn cid(number: usize) -> Cid {
    cid_of(RAW, &number.to_be_bytes())
}

fn relay() -> RelayAddr {
    let text = format!("/dns4/relay.example/tcp/443/wss/p2p/{}", PeerId::random());
    RelayAddr::own(&text).expect("a relay's address")
}

fn line() -> Answer {
    Answer::Line(Rc::default())
}

#[tokio::test(start_paused = true)]
async fn a_silent_provider_delays_one_block_and_may_prove_itself_later() {
    let (world, downloader, from) =
        World::new([(Answer::Silence, Distance::Direct), (Answer::Block, Distance::Connected)]);
    for number in 0..20 {
        assert!(downloader.fetch(cid(number), &from).await.is_ok());
    }
    assert_eq!(*world.asked.borrow(), [1, 20], "the other blocks did not wait for the silent provider");
    assert_eq!(world.wants.get(), 0, "what the silent provider was asked for is withdrawn");

    world.answers.borrow_mut()[0] = Answer::Block;
    from.standing(0, |standing| standing.age(Duration::from_secs(60)));
    for number in 20..30 {
        assert!(downloader.fetch(cid(number), &from).await.is_ok());
    }
    assert_eq!(*world.asked.borrow(), [11, 20], "it is the nearest again");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_tried_again_and_is_still_silent_delays_one_block() {
    let (world, downloader, from) =
        World::new([(Answer::Silence, Distance::Direct), (Answer::Block, Distance::Connected)]);
    downloader.fetch(cid(0), &from).await.unwrap();
    from.standing(0, |standing| standing.age(Duration::from_secs(60)));
    let many = stream::iter(1..30).map(|number| Ok(downloader.fetch(cid(number), &from)));
    let blocks: Vec<_> = many.try_buffer_unordered(8).try_collect().await.unwrap();
    assert_eq!(blocks.len(), 29);
    assert_eq!(*world.asked.borrow(), [2, 30]);
}

#[tokio::test(start_paused = true)]
async fn equal_providers_share_many_blocks_and_none_is_fetched_twice() {
    let (world, downloader, from) =
        World::new([(line(), Distance::Connected), (line(), Distance::Connected)]);
    let many = stream::iter(0..100).map(|number| Ok(downloader.fetch(cid(number), &from)));
    many.try_buffer_unordered(8).try_for_each(|_| async { Ok(()) }).await.unwrap();
    let (asked, sent) = (world.asked.borrow(), world.sent.borrow());
    assert!(sent.iter().all(|blocks| *blocks >= 10), "each sent some: {sent:?}");
    // A machine that stands still for a second looks like a silent provider.
    assert!(asked.iter().sum::<usize>() <= 108, "each was asked of one: {asked:?}");
}

#[tokio::test(start_paused = true)]
async fn keepers_share_the_blocks_that_the_relay_lacks() {
    let lacks = (Answer::Failure(FetchError::NotFound), Distance::Connected);
    let (world, downloader, from) =
        World::new([lacks, (line(), Distance::Circuit), (line(), Distance::Circuit)]);
    let many = stream::iter(0..100).map(|number| Ok(downloader.fetch(cid(number), &from)));
    many.try_buffer_unordered(8).try_for_each(|_| async { Ok(()) }).await.unwrap();
    let sent = world.sent.borrow();
    assert!(sent[1] >= 40 && sent[2] >= 40, "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_keeper_who_is_not_connected_yet_takes_part_where_many_blocks_wait() {
    let keeper = |_| {
        let key = FetchKey::from_bytes([7; 32]);
        Provider::Keeper { device: PeerId::random(), relay: relay(), key }
    };
    let lines = [(line(), Distance::Circuit), (line(), Distance::Unconnected)];
    let (world, downloader, from) = World::with(lines, keeper);
    let fetch = |number| downloader.fetch(cid(number), &from);
    for number in 0..10 {
        fetch(number).await.unwrap();
    }
    assert_eq!(*world.asked.borrow(), [10, 0], "nobody is called for single blocks");
    stream::iter(10..30)
        .map(|number| Ok(fetch(number)))
        .try_buffer_unordered(8)
        .try_for_each(|_| async { Ok(()) })
        .await
        .unwrap();
    assert_eq!(world.sent.borrow()[1], 1, "one finds out; the mocked connection stays as it was");
}

#[tokio::test(start_paused = true)]
async fn single_blocks_come_from_the_first_of_equal_providers() {
    let (world, downloader, from) =
        World::new([(Answer::Block, Distance::Connected), (Answer::Block, Distance::Connected)]);
    for number in 0..10 {
        downloader.fetch(cid(number), &from).await.unwrap();
    }
    assert_eq!(*world.asked.borrow(), [10, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_provider_that_sends_other_blocks_is_not_silent() {
    let (world, downloader, from) =
        World::new([(line(), Distance::Direct), (Answer::Block, Distance::Connected)]);
    // More than a second's worth for the line, all asked for at once.
    let many = stream::iter(0..400).map(|number| Ok(downloader.fetch(cid(number), &from)));
    many.try_buffer_unordered(400).try_for_each(|_| async { Ok(()) }).await.unwrap();
    assert_eq!(*world.asked.borrow(), [400, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_device_that_stood_still_does_not_take_providers_for_silent() {
    let (world, downloader, from) =
        World::new([(line(), Distance::Direct), (Answer::Block, Distance::Connected)]);
    let mut blocks: Vec<_> = (0..8).map(|number| downloader.fetch(cid(number), &from)).collect();
    for block in &mut blocks {
        assert!(poll!(block).is_pending());
    }
    tokio::time::advance(Duration::from_secs(2)).await;
    assert!(futures::future::join_all(blocks).await.iter().all(Result::is_ok));
    assert_eq!(*world.asked.borrow(), [8, 0]);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_future_withdraws_all_wants() {
    let (world, downloader, from) =
        World::new([(Answer::Silence, Distance::Connected), (Answer::Silence, Distance::Connected)]);
    let (mut one, mut other) = (downloader.fetch(cid(0), &from), downloader.fetch(cid(0), &from));
    assert!(poll!(&mut other).is_pending());
    while world.wants.get() < 2 {
        select! {
            _ = (&mut one).fuse() => panic!("everybody is silent"),
            () = world.changed.notified().fuse() => {}
        }
    }
    drop(one);
    assert_eq!(*world.asked.borrow(), [1, 1], "both waited for one request");
    assert_eq!(world.wants.get(), 2, "somebody waits yet");
    drop(other);
    assert_eq!(world.wants.get(), 0);
    assert!(from.running.borrow().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_caller_gets_the_block_after_another_caller_gave_up() {
    let (world, downloader, from) = World::new([(line(), Distance::Connected)]);
    let (mut one, mut other) = (downloader.fetch(cid(0), &from), downloader.fetch(cid(0), &from));
    assert!(poll!(&mut one).is_pending());
    assert!(poll!(&mut other).is_pending());
    drop(one);
    assert!(other.await.is_ok());
    assert_eq!(*world.asked.borrow(), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_block_is_replaced_and_its_sender_is_asked_last() {
    let (world, downloader, from) =
        World::new([(Answer::Wrong, Distance::Direct), (Answer::Block, Distance::Connected)]);
    for number in 0..5 {
        assert!(downloader.fetch(cid(number), &from).await.is_ok());
    }
    assert_eq!(*world.asked.borrow(), [1, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_block_is_not_found_only_if_every_provider_says_so() {
    let lacks = || (Answer::Failure(FetchError::NotFound), Distance::Connected);
    let fails = |why| (Answer::Failure(why), Distance::Connected);
    let cases = [
        (vec![], FetchError::NotFound),
        (vec![lacks(), lacks(), lacks(), lacks(), lacks()], FetchError::NotFound),
        (vec![lacks(), fails(FetchError::Unreachable), lacks()], FetchError::Unreachable),
        (vec![fails(FetchError::Busy), lacks()], FetchError::Busy),
        (vec![fails(FetchError::Stopped), (Answer::Block, Distance::Connected)], FetchError::Stopped),
    ];
    for (providers, failure) in cases {
        let (world, downloader, from) = World::new(providers);
        assert_eq!(downloader.fetch(cid(0), &from).await, Err(failure));
        let asked = if failure == FetchError::Stopped { 1 } else { world.providers.len() };
        assert_eq!(world.asked.borrow().iter().sum::<usize>(), asked);
    }
}

#[tokio::test(start_paused = true)]
async fn one_block_is_asked_of_few_at_a_time() {
    let (world, downloader, from) = World::new(vec![(Answer::Silence, Distance::Connected); 6]);
    let mut block = downloader.fetch(cid(0), &from);
    while world.wants.get() < MAX_ASKED {
        select! {
            _ = (&mut block).fuse() => panic!("everybody is silent"),
            () = world.changed.notified().fuse() => {}
        }
    }
    let more = platform::sleep(Duration::from_millis(1_500));
    futures::future::select(block, std::pin::pin!(more)).await;
    assert_eq!(*world.asked.borrow(), [1, 1, 1, 0, 0, 0]);
}

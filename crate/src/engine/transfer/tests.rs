use std::collections::BTreeSet;

use cid::Cid;
use futures::{FutureExt, StreamExt, TryStreamExt, join};

use crate::dag;
use crate::engine::api::{Transfer, TransferId, TransferState};
use crate::engine::mocked::{Given, file, settle, until, with_seeds};

/// Two chunks.
const SIZE: usize = dag::CHUNK as usize + 1;

/// A share of two files that somebody gave to me, none of which is here.
async fn given(seed: u64) -> Given {
    let given = Given::new(seed, vec![file("a", 1, SIZE), file("b", 2, SIZE)]).await;
    given.ingest().await;
    given
}

/// The chunks of a file, as its author has them.
async fn chunks(given: &Given, path: &str) -> Vec<Cid> {
    let contents = given.author.fetchers.open_contents(&given.share).await.expect("it opens");
    let file = contents.find(path).await.expect("it is listed").expect("it is listed");
    file.chunks().await.expect("they are listed").into_iter().map(|chunk| chunk.cid).collect()
}

/// The paths of the files of which everything is here.
async fn held(given: &Given) -> BTreeSet<String> {
    let fetchers = &given.me.fetchers;
    let mut files = fetchers.open_contents(&given.share).await.expect("it opens").files();
    let mut held = BTreeSet::new();
    while let Some(file) = files.try_next().await.expect("it is listed") {
        if fetchers.held(&file).await.expect("memory is read") == file.size() {
            held.insert(file.path().to_owned());
        }
    }
    held
}

fn transfer(given: &Given) -> Option<Transfer> {
    given.me.transfers.get(&TransferId::down(given.share.id()))
}

fn is(given: &Given, state: TransferState) -> bool {
    transfer(given).is_some_and(|transfer| transfer.state == state)
}

fn wishes(given: &Given) -> usize {
    given.me.state.read(|tables| tables.wishes.len())
}

fn paths(paths: &[&str]) -> Option<Vec<String>> {
    Some(paths.iter().map(|path| (*path).to_owned()).collect())
}

/// Asserts that the download ends with both files here, and that nothing is left to be fetched after the next unlock.
async fn assert_all_comes(given: &Given) {
    until("it is done", || is(given, TransferState::Done)).await;
    assert_eq!(held(given).await, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
    assert_eq!(wishes(given), 0);
}

#[tokio::test]
async fn a_download_that_is_paused_moves_nothing_and_finishes_once_it_goes_on() {
    with_seeds(async |seed| {
        let mut given = given(seed).await;
        given.network.hold(chunks(&given, "b").await[1]);
        let id = given.id();
        let download = given.me.downloads.download(&id, None).await.expect("there is room");
        until("the last chunk is asked for", || given.network.is_waited_for()).await;

        given.me.downloads.pause(&download).await.expect("it runs");
        given.network.let_go();
        settle().await;
        assert!(is(&given, TransferState::Paused));
        assert!(!held(&given).await.contains("b"), "what is paused moves nothing");
        given.me.downloads.start();
        settle().await;
        assert!(is(&given, TransferState::Paused), "it stays paused with the next unlock");

        given.me.downloads.resume(&download).await.expect("it is paused");
        assert_all_comes(&given).await;
        let done = transfer(&given).expect("it is listed");
        assert_eq!((done.bytes, done.total), (2 * SIZE as u64, 2 * SIZE as u64));
        assert_eq!(given.me.fetched.next().now_or_never(), Some(Some(given.share.id())));
    })
    .await;
}

#[tokio::test]
async fn a_download_that_is_cancelled_is_wished_for_no_longer() {
    with_seeds(async |seed| {
        let given = given(seed).await;
        given.network.hold(chunks(&given, "a").await[0]);
        let download = given.me.downloads.download(&given.id(), None).await.expect("there is room");
        until("a chunk is asked for", || given.network.is_waited_for()).await;
        given.me.downloads.cancel(&download).await.expect("it runs");
        assert!(is(&given, TransferState::Cancelled));
        assert_eq!(wishes(&given), 0);
        given.network.let_go();
        settle().await;
        assert!(is(&given, TransferState::Cancelled), "nothing takes it up again");
        assert!(!held(&given).await.contains("a"));
        assert_eq!(given.me.opened_anew().await.state.read(|tables| tables.wishes.len()), 0);
    })
    .await;
}

#[tokio::test]
async fn more_files_that_are_wished_for_while_a_download_runs_come_too() {
    with_seeds(async |seed| {
        let given = given(seed).await;
        let (id, downloads) = (given.id(), &given.me.downloads);
        given.network.hold(chunks(&given, "a").await[1]);
        downloads.download(&id, paths(&["a"])).await.expect("there is room");
        until("a chunk is asked for", || given.network.is_waited_for()).await;
        downloads.download(&id, paths(&["b"])).await.expect("there is room");
        given.network.let_go();
        assert_all_comes(&given).await;
    })
    .await;
}

#[tokio::test]
async fn of_two_wishes_at_once_the_transfer_is_done_when_both_are() {
    with_seeds(async |seed| {
        let given = given(seed).await;
        let (id, downloads) = (given.id(), &given.me.downloads);
        given.network.hold(chunks(&given, "b").await[0]);
        let wishes_at_once =
            join!(downloads.download(&id, paths(&["a"])), downloads.download(&id, paths(&["b"])));
        assert!(wishes_at_once.0.is_ok() && wishes_at_once.1.is_ok());
        until("b is asked for", || given.network.is_waited_for()).await;
        settle().await;
        assert!(!is(&given, TransferState::Done), "one of them is not here yet");
        given.network.let_go();
        assert_all_comes(&given).await;
    })
    .await;
}

#[tokio::test]
async fn a_download_that_is_paused_before_it_has_begun_waits() {
    with_seeds(async |seed| {
        let given = given(seed).await;
        let download = given.me.downloads.download(&given.id(), None).await.expect("there is room");
        given.me.downloads.pause(&download).await.expect("it runs");
        settle().await;
        assert!(is(&given, TransferState::Paused));
    })
    .await;
}

#[tokio::test]
async fn a_save_waits_for_what_nobody_has_and_goes_on_once_somebody_does() {
    with_seeds(async |seed| {
        let given = given(seed).await;
        let last = chunks(&given, "a").await[1];
        let blocks = given.author.storage.blocks();
        let block = blocks.block(&last).await.expect("memory is read").expect("its author has it");
        blocks.discard(vec![last]).await.expect("memory is written");

        let mut impatient = given.me.shares.read(&given.id(), "a", None).await.expect("it is listed");
        assert_eq!(
            impatient.next().await.expect("it has bytes").expect("it is there").len() as u64,
            dag::CHUNK
        );
        assert!(impatient.next().await.expect("it has more").is_err());

        let mut pieces =
            Box::pin(given.me.shares.read_patiently(&given.id(), "a", 5).await.expect("it is listed"));
        assert_eq!(
            pieces.next().await.expect("it has bytes").expect("it is there").len() as u64,
            dag::CHUNK - 5
        );
        assert!(pieces.next().now_or_never().is_none());
        settle().await;
        assert!(pieces.next().now_or_never().is_none());
        blocks.put(vec![(last, block)], crate::store::Durability::Strict).await.expect("memory is written");
        given.me.state.peers_reached();
        assert_eq!(&pieces.next().await.expect("it has more").expect("it came")[..], [1]);
        assert!(pieces.next().await.is_none());
    })
    .await;
}

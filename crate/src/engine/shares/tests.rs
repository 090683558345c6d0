use std::rc::Rc;

use futures::{TryStreamExt, join};

use super::revise::Revision;
use crate::engine::Error;
use crate::engine::api::{Audience, FilesQuery, TransferId};
use crate::engine::mocked::{
    Given, MockedProfile, Neighbours, file, for_contacts, new_share, ring, settle, until, with_seeds,
};
use crate::engine::publish::MockedKeeper;
use crate::format::Value as _;
use crate::format::note::{Note, Says};
use crate::format::share_id::InnerId;
use crate::keys::Id;
use crate::social::share_record::ShareRecord;
use crate::store::memory::Disk;

fn typed(ids: &[Id]) -> Vec<String> {
    ids.iter().map(Id::to_string).collect()
}

/// The paths of the files in a share, as everybody who may open it reads them.
async fn paths(profile: &MockedProfile, share: &ShareRecord) -> Vec<String> {
    let files = profile.fetchers.open_contents(share).await.expect("it opens").files();
    files.map_ok(|file| file.path().to_owned()).try_collect().await.expect("they are listed")
}

/// The notes that wait for the next root, of those who were told that this share is gone.
fn told_gone(profile: &MockedProfile, inner: InnerId) -> Vec<Id> {
    let is_gone = |note: &[u8]| {
        let note = Note::from_bytes(note).expect("it was written here");
        matches!(note.says, Says::Gone { share, .. } if share == inner)
    };
    profile.state.read(|tables| {
        let notes = tables.outbox.iter().filter(|(_, note)| is_gone(note));
        notes.map(|(key, _)| key.contact).collect()
    })
}

/// Gives a share another title, as somebody can whose page is not ours.
async fn retitle(author: &MockedProfile, share: &ShareRecord, title: &str) {
    let (mut header, key) = author.shares.own_header(share).await.expect("its header is here");
    header.title = title.into();
    let change = share.present().renew(&share.recipients);
    let revision = Revision { change, key, header, listed: None, withdrawn: false, draft: None, link: None };
    let revised = author.shares.revise(share, revision, author.storage.pin([])).await;
    assert!(revised.is_ok_and(|share| share.is_some()));
}

/// Asserts that memory has of a share what the disk has.
async fn assert_kept(profile: &MockedProfile, id: &str) {
    let kept = profile.opened_anew().await;
    assert!(kept.record(id) == profile.record(id), "memory is what the disk has");
}

#[tokio::test]
async fn a_share_that_i_remove_while_its_new_revision_is_fetched_does_not_come_back() {
    with_seeds(async |seed| {
        let given = Given::new(seed, vec![file("a", 1, 10)]).await;
        given.ingest().await;
        let (id, author) = (given.id(), &given.author);
        author.shares.add_files(&id, vec![file("b", 2, 10)], false).await.expect("there is room");
        let manifest = author.record(&id).and_then(|share| share.manifest()).expect("it is sealed");
        given.network.hold(manifest.cid);
        let removing = async {
            until("the list of files is asked for", || given.network.is_waited_for()).await;
            given.me.shares.remove(&id).await.expect("it is here");
            given.network.let_go();
        };
        let (heard, ()) = join!(given.hear(), removing);
        heard.expect("what is not wanted is no error");
        assert_eq!(given.me.record(&id), None);
        given.hear().await.expect("what is not wanted is no error");
        assert_eq!(given.me.record(&id), None, "nor when it is told again");
        assert_kept(&given.me, &id).await;
    })
    .await;
}

#[tokio::test]
async fn a_share_that_is_taken_back_while_it_is_fetched_does_not_come_back() {
    with_seeds(async |seed| {
        let given = Given::new(seed, vec![file("a", 1, 10)]).await;
        let manifest = given.share.manifest().expect("it is sealed");
        given.network.hold(manifest.cid);
        let taking_back = async {
            until("the list of files is asked for", || given.network.is_waited_for()).await;
            let (author, inner) = (given.author.ring.id(), given.share.inner());
            given.me.shares.ingest_gone(&author, vec![(inner, 0)]).await.expect("there is room");
            given.network.let_go();
        };
        let (heard, ()) = join!(given.hear(), taking_back);
        heard.expect("what is gone is no error");
        assert_eq!(given.me.record(&given.id()), None);
    })
    .await;
}

#[tokio::test]
async fn many_shares_that_are_taken_back_at_once_go_in_one_commit() {
    with_seeds(async |seed| {
        let given = Given::new(seed, vec![file("a", 1, 10)]).await;
        given.ingest().await;
        let (author, inner) = (given.author.ring.id(), given.share.inner());
        let never_seen = (0..=255).map(|number| (InnerId([number; 16]), 5));
        given.me.disk.fill_at(None);
        let gone = never_seen.chain([(inner, 5)]).collect();
        given.me.shares.ingest_gone(&author, gone).await.expect("there is room");
        assert_eq!(given.me.disk.adding_commits(), 1);
        assert_eq!(given.me.record(&given.id()), None);
        assert_eq!(given.me.state.read(|tables| tables.hidden.len()), 1, "only what was shown is hidden");
        given.hear().await.expect("what is gone is no error");
        assert_eq!(given.me.record(&given.id()), None);
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_switched_off_while_files_are_added_leaves_the_newest_revision() {
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let link = Audience::Link { password: None, expires: None };
        let share = profile.share(new_share(vec![file("a", 1, 10)], link)).await;
        let id = share.id().to_string();
        let adding = profile.shares.add_files(&id, vec![file("b", 2, 10)], false);
        let switching_off = async {
            // At another moment with each store.
            for _ in 0..20 * seed {
                tokio::task::yield_now().await;
            }
            profile.shares.disable_link(&id).await
        };
        let (added, switched_off) = join!(adding, switching_off);
        assert_eq!(added.map(|share| share.files), Ok(2));
        assert_eq!(switched_off, Ok(()));
        let newest = profile.record(&id).expect("it stays here");
        assert_eq!((newest.rev, newest.files), (1, 2), "no older copy is written over it");
        assert_eq!(paths(&profile, &newest).await, ["a", "b"]);
        assert_eq!(profile.shares.links(), []);
        assert!(newest.kept_by.is_empty() && !newest.delivered);
        assert_kept(&profile, &id).await;
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_switched_off_while_a_keeper_takes_the_share_counts_as_kept_nowhere() {
    with_seeds(async |seed| {
        let keeper = MockedKeeper::gated("keeper");
        let neighbours = Neighbours { keepers: vec![Rc::clone(&keeper) as _], ..Neighbours::default() };
        let profile = MockedProfile::open(&Disk::with_latency(seed), 1, neighbours).await;
        let link = Audience::Link { password: None, expires: None };
        let share = profile.share(new_share(vec![file("a", 1, 10)], link)).await;
        let (id, block) = (share.id().to_string(), share.block());
        profile.publisher.start();
        until("it is pushed", || keeper.is_pushed_to()).await;
        keeper.open_gate();
        if seed % 2 == 0 {
            until("it is kept", || keeper.has_pinned(&block)).await;
        }
        profile.shares.disable_link(&id).await.expect("there is room");
        until("the keeper has the newest record", || {
            profile.state.read(|tables| tables.is_current_at("keeper"))
        })
        .await;
        until("the keeper lets go of it", || !keeper.has_pinned(&block)).await;
        settle().await;
        let newest = profile.record(&id).expect("it stays here");
        assert!(newest.kept_by.is_empty() && !newest.delivered, "nobody has it");
        assert_eq!(profile.transfers.get(&TransferId::up(share.id())), None);
        assert_kept(&profile, &id).await;
    })
    .await;
}

#[tokio::test]
async fn of_two_audiences_at_once_both_are_revisions_and_the_later_stays() {
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let [a, b, c] = [
            profile.befriend(&ring(3)).await,
            profile.befriend(&ring(4)).await,
            profile.befriend(&ring(5)).await,
        ];
        let share = profile.share(new_share(vec![file("a", 1, 10)], for_contacts(&[a]))).await;
        let id = share.id().to_string();
        // The first takes somebody off, which needs a new list of files: the second may overtake it.
        let mut both = [a, c];
        both.sort();
        let (first, second) = (typed(&[b]), typed(&both));
        let given =
            join!(profile.shares.set_audience(&id, &first), profile.shares.set_audience(&id, &second));
        let [given_first, given_second] = [given.0, given.1].map(|share| share.map(|it| it.recipients));
        assert_eq!(given_first, Ok(Some(first)));
        assert_eq!(given_second, Ok(Some(second)));
        let newest = profile.record(&id).expect("it is here");
        assert_eq!(newest.rev, 2, "each made a revision");
        assert!([&[b][..], &both].contains(&&*newest.recipients));
        assert_eq!(paths(&profile, &newest).await, ["a"], "its header and its list belong together");
        assert_kept(&profile, &id).await;
    })
    .await;
}

#[tokio::test]
async fn names_are_listed_alone_and_files_in_the_order_that_is_asked_for() {
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let (a, b, c) = (file("a", 1, 10), file("b", 2, 20), file("c", 3, 30));
        let share = profile.share(new_share(vec![a, b, c], Audience::Myself)).await;
        let id = share.id().to_string();
        let names = profile.shares.file_names(&id, 2).await.expect("they are here");
        assert_eq!(names.iter().map(|name| &*name.path).collect::<Vec<_>>(), ["a", "b"]);
        let query =
            FilesQuery { paths: Some(vec!["c".into(), "x".into(), "a".into()]), ..FilesQuery::default() };
        let files = profile.shares.files(&id, query).await.expect("they are here");
        let found: Vec<_> = files.iter().map(|file| (&*file.path, file.size)).collect();
        assert_eq!(found, [("c", 30), ("a", 10)]);
    })
    .await;
}

#[tokio::test]
async fn files_that_are_added_while_the_audience_changes_are_there_for_the_new_audience() {
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let (a, b) = (profile.befriend(&ring(3)).await, profile.befriend(&ring(4)).await);
        let share = profile.share(new_share(vec![file("a", 1, 10)], for_contacts(&[a]))).await;
        let id = share.id().to_string();
        let changing = async {
            for _ in 0..20 * seed {
                tokio::task::yield_now().await;
            }
            profile.shares.set_audience(&id, &typed(&[b])).await
        };
        let (added, changed) = join!(profile.shares.add_files(&id, vec![file("b", 2, 10)], false), changing);
        assert!(added.is_ok() && changed.is_ok());
        let newest = profile.record(&id).expect("it is here");
        assert_eq!((newest.rev, newest.files), (2, 2));
        assert_eq!(newest.recipients, [b]);
        assert_eq!(paths(&profile, &newest).await, ["a", "b"]);
        assert_eq!(profile.shares.drafts(), []);
        assert_kept(&profile, &id).await;
    })
    .await;
}

#[tokio::test]
async fn a_share_that_is_removed_on_a_full_disk_is_gone_at_once_and_told_once_there_is_room() {
    with_seeds(async |seed| {
        let profile = MockedProfile::alone(seed).await;
        let (a, b) = (profile.befriend(&ring(3)).await, profile.befriend(&ring(4)).await);
        let share = profile.share(new_share(vec![file("a", 1, 10)], for_contacts(&[a]))).await;
        let (id, inner) = (share.id().to_string(), share.inner());
        profile.shares.set_audience(&id, &typed(&[a, b])).await.expect("there is room");

        profile.disk.fill_at(Some(1));
        profile.shares.remove(&id).await.expect("removing needs no room");
        assert_eq!(profile.record(&id), None);
        assert_eq!(profile.shares.remove(&id).await, Err(Error::NotFound("share")));
        assert_eq!(told_gone(&profile, inner), [], "there is no room for a note");
        profile.disk.fill_at(Some(1));
        let is_tried = || {
            let is_tried = profile.disk.adding_commits() > 0;
            if !is_tried {
                profile.storage.room_may_be_free();
            }
            is_tried
        };
        until("it is tried again", is_tried).await;
        settle().await;
        assert_eq!(told_gone(&profile, inner), [], "the disk is still full");

        profile.disk.fill_at(None);
        let are_told = || {
            profile.storage.room_may_be_free();
            !told_gone(&profile, inner).is_empty()
        };
        until("its readers are told", are_told).await;
        let mut readers = [a, b];
        readers.sort();
        assert_eq!(told_gone(&profile, inner), readers);
        assert_kept(&profile, &id).await;
    })
    .await;
}

#[tokio::test]
async fn what_i_passed_on_keeps_its_title_and_note_when_files_of_it_change() {
    with_seeds(async |seed| {
        let given = Given::new(seed, vec![file("a", 1, 10)]).await;
        given.ingest().await;
        let cleo = given.me.befriend(&ring(3)).await;
        let own = given.me.shares.pass_on(&given.id(), &typed(&[cleo])).await.expect("it can be passed on");
        let author = &given.author;
        retitle(author, &given.share, "Not what I passed on").await;
        author.shares.add_files(&given.id(), vec![file("b", 2, 10)], false).await.expect("there is room");
        given.ingest().await;
        let received = given.me.record(&given.id()).expect("it is listed");
        assert_eq!((received.title.as_str(), received.files), ("Not what I passed on", 2));
        let mine = given.me.record(&own.id).expect("it is listed");
        assert_eq!((mine.title.as_str(), mine.files), ("Walk", 2));
    })
    .await;
}

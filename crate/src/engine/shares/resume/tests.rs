use futures::TryStreamExt;
use tokio::task::LocalSet;

use super::*;
use crate::dag::{CHUNK, File};
use crate::engine::api::{Audience, TransferId};
use crate::engine::mocked::{InMemory, MockedProfile, file, new_share};
use crate::engine::shares::create::Reading;

const LEN: usize = 3 * CHUNK as usize;

async fn alone(test: impl AsyncFn(MockedProfile)) {
    LocalSet::new().run_until(async { Box::pin(test(MockedProfile::alone(1).await)).await }).await;
}

/// Makes a draft of which so many chunks of each file are stored, as a tab leaves it that dies.
async fn draft(profile: &MockedProfile, files: Vec<NewFile>, audience: Audience, stored: &[u64]) -> String {
    let (plan, sources) = profile.shares.plan(new_share(files, audience)).await.expect("it is sound");
    let id = plan.share_id(&profile.directory.id).to_string();
    let reading = profile.shares.keep_draft(&id, &TransferId::add(&id), &plan, sources).await;
    let Reading { sources, sink, .. } = reading.expect("there is room");
    let mut beginnings = Vec::new();
    for (source, chunks) in sources.iter().zip(stored).filter(|(_, chunks)| **chunks > 0) {
        let len = usize::try_from(chunks * if plan.public { unixfs::CHUNK } else { CHUNK }).expect("short");
        beginnings.push(InMemory(source.read(0, len.min(LEN)).await.expect("it is in memory")));
    }
    if plan.public {
        let inputs = beginnings.iter().map(|source| unixfs::Input { source, known: vec![] });
        unixfs::write(inputs.collect(), &sink).await.expect("there is room");
    } else {
        let files = beginnings.iter().map(|source| File { source, known: vec![] });
        let secret = profile.ring.chunk_secret();
        dag::write(files.collect(), secret, &sink).await.expect("there is room");
    }
    id
}

/// The first byte of each file, if all its bytes are the same, and its length.
async fn contents(profile: &MockedProfile, share: &Share) -> Vec<(String, u8, usize)> {
    let record = profile.record(&share.id).expect("it is listed");
    let files: Vec<_> = profile
        .fetchers
        .open_contents(&record)
        .await
        .expect("it opens")
        .files()
        .try_collect()
        .await
        .expect("it is listed");
    let mut found = Vec::new();
    for file in files {
        let pieces: Vec<_> = file.read(0, u64::MAX).try_collect().await.expect("it is here");
        let bytes = pieces.concat();
        assert!(bytes.iter().all(|byte| *byte == bytes[0]), "{} is of one file", file.path());
        found.push((file.path().to_owned(), bytes[0], bytes.len()));
    }
    found
}

fn at(time: u64, file: NewFile) -> NewFile {
    NewFile { modified: Some(time), ..file }
}

fn of_two_folders() -> Vec<NewFile> {
    vec![at(1, file("c/100/a", 1, LEN)), at(1, file("c/101/a", 2, LEN))]
}

#[tokio::test]
async fn files_of_one_name_get_their_own_bytes_in_any_order() {
    for audience in [Audience::Myself, Audience::Public] {
        for stored in [[1, 0], [2, 1]] {
            alone(async |profile| {
                let id = draft(&profile, of_two_folders(), audience.clone(), &stored).await;
                let again = vec![at(1, file("a", 2, LEN)), at(1, file("a", 1, LEN))];
                let share = profile.shares.resume_draft(&id, again, false).await.expect("both are found");
                let expected = [("c/100/a".to_owned(), 1, LEN), ("c/101/a".to_owned(), 2, LEN)];
                assert_eq!(contents(&profile, &share.expect("all is there")).await, expected);
                assert_eq!(profile.shares.drafts(), []);
            })
            .await;
        }
    }
}

#[tokio::test]
async fn what_no_byte_tells_apart_is_asked_for_and_a_whole_path_is_an_answer() {
    alone(async |profile| {
        let id = draft(&profile, of_two_folders(), Audience::Myself, &[0, 0]).await;
        let again = vec![at(1, file("a", 2, LEN)), at(1, file("a", 1, LEN))];
        let asked = profile.shares.resume_draft(&id, again, false).await.expect_err("it is not clear");
        assert!(asked.to_string().contains("c/100/a, c/101/a"), "{asked}");
        let share = profile.shares.resume_draft(&id, of_two_folders(), false).await.expect("it is clear");
        assert_eq!(contents(&profile, &share.expect("all is there")).await[1].1, 2);
    })
    .await;
}

#[tokio::test]
async fn a_file_with_another_time_goes_on_and_one_with_other_bytes_is_read_anew() {
    for audience in [Audience::Myself, Audience::Public] {
        alone(async |profile| {
            for (byte, len) in [(1, LEN), (3, LEN), (1, LEN / 2), (1, LEN + 1)] {
                let first = vec![at(1, file("a", 1, LEN))];
                let id = draft(&profile, first, audience.clone(), &[1]).await;
                let again = vec![at(2, file("a", byte, len))];
                let share = profile.shares.resume_draft(&id, again, false).await.expect("it is found");
                let share = share.expect("all is there");
                assert_eq!(contents(&profile, &share).await, [("a".to_owned(), byte, len)]);
                assert_eq!(share.size, len as u64);
            }
        })
        .await;
    }
}

#[tokio::test]
async fn files_are_chosen_one_after_the_other_and_the_rest_is_left_out() {
    for audience in [Audience::Myself, Audience::Public] {
        alone(async |profile| {
            let files = vec![file("a", 1, LEN), file("b", 2, LEN), file("c", 3, LEN)];
            let id = draft(&profile, files, audience.clone(), &[3, 1, 0]).await;
            let none = profile.shares.resume_draft(&id, vec![file("x", 9, LEN)], false).await;
            assert_eq!(none.map_err(|why| why.code()), Err("invalid-name"));
            let part = profile.shares.resume_draft(&id, vec![file("c", 3, LEN)], false).await;
            assert_eq!(part, Ok(None));
            assert_eq!(profile.shares.drafts()[0].missing, ["b"]);
            let share = profile.shares.resume_draft(&id, vec![], true).await.expect("the rest is there");
            let share = share.expect("all is there");
            assert_eq!((share.files, share.size), (2, 2 * LEN as u64));
            let expected = [("a".to_owned(), 1, LEN), ("c".to_owned(), 3, LEN)];
            assert_eq!(contents(&profile, &share).await, expected);
        })
        .await;
    }
}

#[tokio::test]
async fn a_draft_of_which_all_is_stored_needs_no_file() {
    for audience in [Audience::Myself, Audience::Public] {
        alone(async |profile| {
            let id = draft(&profile, vec![file("a", 1, LEN)], audience.clone(), &[3]).await;
            assert_eq!(profile.shares.drafts()[0].missing, [""; 0]);
            let share = profile.shares.resume_draft(&id, vec![], false).await.expect("all is there");
            assert_eq!(contents(&profile, &share.expect("all is there")).await, [("a".to_owned(), 1, LEN)]);
        })
        .await;
    }
}

/// A file that is not there any more.
struct Vanished;

#[async_trait::async_trait(?Send)]
impl Source for Vanished {
    fn size(&self) -> u64 {
        9
    }

    async fn read(&self, _: u64, _: usize) -> Result<bytes::Bytes, SourceError> {
        Err(SourceError::Changed)
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named_and_leaves_no_draft() {
    alone(async |profile| {
        let vanished = || NewFile { source: Rc::new(Vanished), ..file("trip/b", 1, 1) };
        let files = || vec![file("trip/a", 1, 9), vanished()];
        for audience in [Audience::Myself, Audience::Public] {
            let refused = profile.shares.create(new_share(files(), audience)).await.expect_err("it is gone");
            assert_eq!((refused.code(), path_of(&refused).as_deref()), ("file-changed", Some("trip/b")));
            assert_eq!(profile.shares.drafts(), []);
        }
        let share = profile.share(new_share(vec![file("trip/a", 1, 9)], Audience::Myself)).await;
        let adding = profile.shares.add_files(&share.id().to_string(), vec![vanished()], false).await;
        assert_eq!(adding.map_err(|why| path_of(&why)), Err(Some("trip/b".to_owned())));
        assert_eq!(profile.shares.drafts(), []);
        assert!(profile.transfers.list().iter().all(|transfer| transfer.error.is_none()));
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_read_once_at_a_time_and_remembers_how_pictures_are_prepared() {
    alone(async |profile| {
        let new = crate::engine::api::NewShare {
            keep_location: true,
            ..new_share(vec![file("a", 1, 9)], Audience::Myself)
        };
        let (plan, sources) = profile.shares.plan(new).await.expect("it is sound");
        let id = plan.share_id(&profile.directory.id).to_string();
        profile.shares.keep_draft(&id, &TransferId::add(&id), &plan, sources).await.expect("there is room");
        assert!(profile.shares.drafts()[0].keep_location);
        let (one, other) = futures::join!(
            profile.shares.resume_draft(&id, vec![file("a", 1, 9)], false),
            profile.shares.resume_draft(&id, vec![file("a", 1, 9)], false),
        );
        assert_eq!((one.is_ok(), other.map_err(|why| why.code())), (true, Err("already-exists")));
    })
    .await;
}

#[tokio::test]
async fn folders_without_files_stay_in_a_share_and_come_with_its_files() {
    for audience in [Audience::Myself, Audience::Public] {
        alone(async |profile| {
            let folders = ["trip/empty/inner/", "a b/", "trip/é/"];
            let folders = folders.map(|path| NewFile::folder(path.into()));
            let files: Vec<_> = [file("trip/a", 1, 9), file("z", 1, 9)].into_iter().chain(folders).collect();
            let share = profile.share(new_share(files, audience.clone())).await;
            assert_eq!(share.files, 2);
            if audience == Audience::Myself {
                let more = vec![file("trip/b", 1, 9), NewFile::folder("more/".into())];
                profile.shares.add_files(&share.id().to_string(), more, false).await.expect("there is room");
                let taken = vec![file("trip/empty", 1, 1)];
                let refused = profile.shares.add_files(&share.id().to_string(), taken, false).await;
                assert_eq!(refused.map_err(|why| why.code()), Err("invalid-name"));
            }
            let record = profile.record(&share.id().to_string()).expect("it is listed");
            let contents = profile.fetchers.open_contents(&record).await.expect("it opens");
            let all = contents.files_and_folders().map_ok(|file| file.path().to_owned());
            let mut all: Vec<_> = all.try_collect().await.expect("it is listed");
            all.sort();
            let mut expected = vec!["a b/", "trip/a", "trip/empty/inner/", "trip/é/", "z"];
            if audience == Audience::Myself {
                expected.extend(["trip/b", "more/"]);
            }
            expected.sort();
            assert_eq!(all, expected);
            let none = vec![NewFile::folder("nothing/deep/".into())];
            assert_eq!(profile.share(new_share(none, audience.clone())).await.files, 0);
        })
        .await;
    }
}

/// The file that an error names.
fn path_of(error: &Error) -> Option<String> {
    error.parameters().and_then(|parameters| parameters.path)
}

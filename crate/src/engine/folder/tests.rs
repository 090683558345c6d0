mod empty;

use std::rc::Rc;

use super::*;
use crate::engine::api::memory_directory::{MemoryDirectories, MemoryDirectory};
use crate::engine::api::{FileChange, FolderBinding, FolderState, JournalQuery, Mode, NewFile};
use crate::engine::mocked::{InMemory, MockedProfile, with_seeds};
use crate::keys::Id;

const ID: &str = "0011";

/// A profile with one folder, which is kept in step with a share.
struct Bound {
    profile: MockedProfile,
    folders: Folders,
    directories: MemoryDirectories,
    disk: MemoryDirectory,
}

impl Bound {
    /// Binds a folder with these files to a new share.
    async fn new(seed: u64, files: &[(&str, &str)], mode: Mode) -> Self {
        let profile = MockedProfile::alone(seed).await;
        let directories = MemoryDirectories::default();
        let disk = MemoryDirectory::default();
        for (path, text) in files {
            disk.write(path, text);
        }
        directories.keep(ID, &disk);
        let folders = folders_of(&profile, &directories);
        let new = FolderBinding { mode, ..FolderBinding::default() };
        folders.bind(ID, "Papers", new).await.expect("a folder is bound");
        let bound = Self { profile, folders, directories, disk };
        bound.look().await;
        bound
    }

    async fn look(&self) {
        self.folders.look(ID, false).await.expect("it is looked at");
    }

    fn state(&self) -> FolderState {
        self.folders.list()[0].state
    }

    fn share(&self) -> String {
        self.folders.list()[0].share.clone()
    }

    /// Every file of the share with its text.
    async fn shared(&self) -> Vec<(String, String)> {
        use futures::TryStreamExt;
        let share = self.profile.record(&self.share()).expect("it is here");
        let contents = self.profile.fetchers.open_contents(&share).await.expect("it opens");
        let files: Vec<_> = contents.files().try_collect().await.expect("they are listed");
        let mut shared = Vec::new();
        for file in files {
            let bytes: Vec<bytes::Bytes> = file.read(0, file.size()).try_collect().await.expect("it is read");
            shared.push((file.path().to_owned(), String::from_utf8(bytes.concat()).expect("it is text")));
        }
        shared
    }

    /// Has another device of the person add or change a file at the share, at a moment.
    async fn elsewhere(&self, path: &str, text: &str, modified: u64) {
        let source = Rc::new(InMemory(bytes::Bytes::copy_from_slice(text.as_bytes())));
        let file = NewFile {
            path: path.into(),
            source,
            media_type: String::new(),
            modified: Some(modified),
            preview: None,
        };
        self.profile.shares.add_files(&self.share(), vec![file], true).await.expect("there is room");
    }

    /// Has another device of the person delete a file of the share.
    async fn deleted_elsewhere(&self, path: &str) {
        let share = self.profile.record(&self.share()).expect("it is here");
        let removed = [path.to_owned()].into();
        let changed = self.profile.shares.change_files(&share, Vec::new(), &[], &removed).await;
        assert!(changed.is_ok_and(|share| share.is_some()));
    }

    /// The journal, oldest line first: what happened, where, and whether here.
    fn lines(&self) -> Vec<(FileChange, String, bool)> {
        let lines = self.folders.journal(&JournalQuery::default()).expect("it is read").into_iter().rev();
        lines.map(|line| (line.change, line.path, line.here)).collect()
    }

    async fn undo_last(&self) -> Result<(), crate::engine::Error> {
        let lines = self.folders.journal(&JournalQuery::default()).expect("it is read");
        self.folders.undo(&lines[0].id).await
    }
}

fn folders_of(profile: &MockedProfile, directories: &MemoryDirectories) -> Folders {
    Folders::new(Args {
        ring: profile.ring.clone(),
        device: Id::from(*profile.publisher.device()),
        state: profile.state.clone(),
        storage: profile.storage.clone(),
        shares: profile.shares.clone(),
        directories: directories.store(),
        hub: profile.hub.clone(),
        tasks: profile.tasks.clone(),
    })
}

fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[tokio::test]
async fn what_is_done_in_a_folder_comes_into_its_share_and_only_what_changed_is_read() {
    with_seeds(async |seed| {
        let bound =
            Bound::new(seed, &[("a.txt", "a"), ("dir/b.txt", "b"), (".DS_Store", "x")], Mode::Both).await;
        assert_eq!(bound.state(), FolderState::Step);
        assert_eq!(bound.shared().await, owned(&[("a.txt", "a"), ("dir/b.txt", "b")]));
        assert_eq!(bound.lines(), [], "the first time is no news");
        let reads = bound.disk.reads();
        bound.look().await;
        assert_eq!(bound.disk.reads(), reads, "nothing is read of what did not change");
        bound.disk.write("a.txt", "A");
        bound.disk.write("c", "");
        bound.disk.delete("dir/b.txt");
        bound.look().await;
        assert_eq!(bound.disk.reads(), reads + 2);
        assert_eq!(bound.shared().await, owned(&[("a.txt", "A"), ("c", "")]));
        let lines = [
            (FileChange::Changed, "a.txt".into(), true),
            (FileChange::Added, "c".into(), true),
            (FileChange::Deleted, "dir/b.txt".into(), true),
        ];
        assert_eq!(bound.lines(), lines);
    })
    .await;
}

#[tokio::test]
async fn what_another_device_does_comes_into_the_folder() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "a"), ("b", "b"), ("d/c", "c")], Mode::Both).await;
        bound.elsewhere("a", "A", 5).await;
        bound.elsewhere("new/n", "n", 5).await;
        bound.deleted_elsewhere("b").await;
        bound.deleted_elsewhere("d/c").await;
        bound.elsewhere("d", "no folder any more", 5).await;
        bound.look().await;
        assert_eq!(bound.disk.files(), owned(&[("a", "A"), ("d", "no folder any more"), ("new/n", "n")]));
        assert_eq!(bound.state(), FolderState::Step);
        let revision = bound.profile.record(&bound.share()).expect("it is here").rev;
        bound.look().await;
        let after = bound.profile.record(&bound.share()).expect("it is here").rev;
        assert_eq!(after, revision, "what came from the share does not go back into it");
        assert!(bound.lines().iter().all(|(.., here)| !here));
        assert_eq!(bound.lines().len(), 5);
    })
    .await;
}

#[tokio::test]
async fn of_a_file_that_both_changed_both_versions_stay_and_the_conflict_is_listed_until_it_was_looked_at() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("plan.txt", "first")], Mode::Both).await;
        bound.elsewhere("plan.txt", "theirs", u64::MAX >> 12).await;
        bound.disk.write_at("plan.txt", "mine", 1_764_511_380_000);
        bound.look().await;
        let copy = "plan (conflict, another device, 2025-11-30 14.03 UTC).txt";
        let both = owned(&[(copy, "mine"), ("plan.txt", "theirs")]);
        assert_eq!((bound.disk.files(), bound.shared().await), (both.clone(), both));
        let open = bound.folders.conflicts(ID).expect("it is bound");
        assert_eq!((open.len(), &*open[0].path, &*open[0].copy), (1, "plan.txt", copy));
        assert_eq!(bound.folders.list()[0].conflicts, 1);
        bound.look().await;
        assert_eq!(bound.folders.list()[0].conflicts, 1, "it is one conflict");
        bound.folders.settle(ID, "plan.txt").await.expect("there is room");
        assert_eq!(bound.folders.list()[0].conflicts, 0);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_changed_since_it_was_looked_at_is_not_overwritten() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "first"), ("b", "b")], Mode::Both).await;
        bound.elsewhere("a", "theirs", 5).await;
        bound.disk.at_finish(|disk| disk.write("a", "written meanwhile"));
        bound.look().await;
        assert_eq!(bound.disk.text("a").as_deref(), Some("written meanwhile"));
        bound.look().await;
        let texts: Vec<_> = bound.disk.files().into_iter().map(|(_, text)| text).collect();
        assert!(texts.contains(&"theirs".into()) && texts.contains(&"written meanwhile".into()), "{texts:?}");
        assert_eq!(bound.disk.files(), bound.shared().await);
        // Nor is it removed.
        bound.deleted_elsewhere("b").await;
        bound.disk.write("b", "changed");
        bound.look().await;
        assert_eq!(bound.disk.text("b").as_deref(), Some("changed"));
        assert_eq!(bound.disk.files(), bound.shared().await);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_written_while_it_is_read_is_taken_whole_in_the_next_round() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "first")], Mode::Both).await;
        bound.disk.write("a", "half");
        bound.disk.at_read(|disk| disk.write("a", "half and half"));
        bound.look().await;
        assert_eq!(bound.shared().await, owned(&[("a", "first")]));
        bound.look().await;
        assert_eq!(bound.shared().await, owned(&[("a", "half and half")]));
    })
    .await;
}

#[tokio::test]
async fn a_torn_write_leaves_the_file_as_it_was_and_is_done_again() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "first")], Mode::Both).await;
        bound.elsewhere("a", "a longer text", 5).await;
        bound.elsewhere("b", "new", 5).await;
        bound.disk.set_room(Some(4));
        bound.disk.set_killed(true);
        bound.look().await;
        assert_eq!((bound.state(), bound.disk.text("a")), (FolderState::Fails, Some("first".into())));
        let why = bound.folders.list()[0].why.clone().expect("it says why");
        assert!(why.contains("disk of the folder is full"), "{why}");
        // The next one tears in the file that is new, and leaves an empty file behind.
        bound.disk.set_room(Some("a longer text".len()));
        bound.look().await;
        assert_eq!(bound.disk.files(), owned(&[("a", "a longer text"), ("b", "")]));
        bound.disk.set_room(None);
        bound.disk.set_killed(false);
        // With the next tab.
        let folders = folders_of(&bound.profile, &bound.directories);
        folders.look(ID, false).await.expect("it is looked at");
        assert_eq!(bound.disk.files(), owned(&[("a", "a longer text"), ("b", "new")]));
        assert_eq!(
            bound.shared().await,
            bound.disk.files(),
            "an empty file was never taken for one of the person"
        );
    })
    .await;
}

#[tokio::test]
async fn of_a_folder_that_is_gone_or_locked_nothing_is_deleted() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "a"), ("b", "b")], Mode::Both).await;
        let before = bound.shared().await;
        bound.disk.set_gone(true);
        bound.look().await;
        assert_eq!((bound.state(), bound.shared().await), (FolderState::Gone, before.clone()));
        bound.disk.set_gone(false);
        bound.disk.set_locked(true);
        bound.look().await;
        assert_eq!((bound.state(), bound.shared().await), (FolderState::Permission, before.clone()));
        bound.disk.set_locked(false);
        // The disk was taken out, and its empty folder is left.
        bound.disk.clear();
        bound.look().await;
        assert_eq!((bound.state(), bound.shared().await), (FolderState::Asks, before));
        bound.folders.look(ID, true).await.expect("it is looked at");
        assert_eq!(bound.shared().await, []);
    })
    .await;
}

#[tokio::test]
async fn a_folder_that_can_only_be_read_gives_what_is_in_it_says_why_it_takes_nothing_and_goes_on_later() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "a"), ("b", "b")], Mode::Both).await;
        bound.disk.write("mine", "mine");
        bound.disk.set_read_only(true);
        bound.elsewhere("a", "theirs", u64::MAX >> 12).await;
        bound.deleted_elsewhere("b").await;
        bound.look().await;
        let folder = bound.folders.list()[0].clone();
        assert_eq!(
            (folder.state, &*folder.why.expect("it says why")),
            (FolderState::Fails, "this folder can only be read")
        );
        assert_eq!(bound.disk.files(), owned(&[("a", "a"), ("b", "b"), ("mine", "mine")]));
        let shared = owned(&[("a", "theirs"), ("mine", "mine")]);
        assert_eq!(bound.shared().await, shared);
        bound.disk.set_read_only(false);
        bound.look().await;
        assert_eq!((bound.state(), bound.disk.files()), (FolderState::Step, shared));
    })
    .await;
}

#[tokio::test]
async fn a_person_is_asked_before_much_is_deleted_on_either_side() {
    let paths: Vec<String> = (0..30).map(|number| format!("{number:02}")).collect();
    let files: Vec<(&str, &str)> = paths.iter().map(|path| (&**path, "text")).collect();
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &files, Mode::Both).await;
        paths[..21].iter().for_each(|path| bound.disk.delete(path));
        bound.look().await;
        let folder = bound.folders.list()[0].clone();
        assert_eq!((folder.state, folder.gone, folder.changed), (FolderState::Asks, 21, 0));
        assert_eq!(bound.shared().await.len(), 30);
        paths[..21].iter().for_each(|path| bound.disk.write(path, "text"));
        let share = bound.profile.record(&bound.share()).expect("it is here");
        let removed = paths[..25].iter().cloned().collect();
        bound.profile.shares.change_files(&share, Vec::new(), &[], &removed).await.expect("there is room");
        bound.look().await;
        assert_eq!((bound.state(), bound.disk.files().len()), (FolderState::Asks, 30));
        bound.folders.look(ID, true).await.expect("it is looked at");
        assert_eq!((bound.state(), bound.disk.files().len()), (FolderState::Step, 5));
    })
    .await;
}

#[tokio::test]
async fn what_was_done_can_be_undone() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "first"), ("b", "b")], Mode::Both).await;
        bound.disk.delete("b");
        bound.look().await;
        bound.undo_last().await.expect("the version before is kept");
        assert_eq!(bound.disk.files(), owned(&[("a", "first"), ("b", "b")]));
        bound.disk.write("a", "second");
        bound.look().await;
        bound.undo_last().await.expect("the version before is kept");
        assert_eq!(bound.disk.text("a").as_deref(), Some("first"));
        bound.elsewhere("c", "c", 5).await;
        bound.look().await;
        bound.undo_last().await.expect("it can be taken away again");
        assert_eq!(bound.disk.text("c"), None);
        // What was changed since stays.
        bound.disk.write("a", "third");
        bound.look().await;
        let third = bound.folders.journal(&JournalQuery::default()).expect("it is read")[0].id.clone();
        bound.disk.write("a", "fourth");
        bound.look().await;
        // What is needed for that is not collected.
        bound.profile.storage.collect().await.expect("it is collected");
        bound.folders.undo(&third).await.expect("the version before is kept");
        let files = bound.disk.files();
        assert_eq!(bound.disk.text("a").as_deref(), Some("fourth"));
        let beside =
            files.iter().find(|(path, _)| path.starts_with("a (earlier, ")).expect("it is beside it");
        assert_eq!(beside.1, "first");
        assert!(bound.folders.undo(&third).await.is_err(), "it is undone already");
        let lines =
            bound.folders.journal(&JournalQuery { text: Some("B".into()), ..JournalQuery::default() });
        let deleted = lines.expect("it is read").into_iter().find(|line| line.change == FileChange::Deleted);
        assert!(!deleted.expect("it is told").undoable);
    })
    .await;
}

#[tokio::test]
async fn names_that_a_system_cannot_have_are_kept_apart_and_told() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("Plan.txt", "mine"), (".profile", "p")], Mode::Both).await;
        bound.elsewhere("plan.txt", "theirs", 5).await;
        bound.elsewhere("a:b", "c", 5).await;
        bound.elsewhere("refused", "r", 5).await;
        bound.disk.refuse("refused");
        bound.look().await;
        let there =
            owned(&[(".profile", "p"), ("Plan.txt", "mine"), ("a_b", "c"), ("plan (2).txt", "theirs")]);
        assert_eq!(bound.disk.files(), there);
        let folder = bound.folders.list()[0].clone();
        let renamed: Vec<_> = folder.renamed.iter().map(|it| (&*it.path, &*it.local)).collect();
        assert_eq!(renamed, [("a:b", "a_b"), ("plan.txt", "plan (2).txt")]);
        assert_eq!(folder.left_out, ["refused"]);
        bound.disk.write("plan (2).txt", "changed");
        bound.look().await;
        let shared = owned(&[
            (".profile", "p"),
            ("Plan.txt", "mine"),
            ("a:b", "c"),
            ("plan.txt", "changed"),
            ("refused", "r"),
        ]);
        assert_eq!(bound.shared().await, shared);
    })
    .await;
}

#[tokio::test]
async fn rules_leave_files_out_and_take_none_away_elsewhere() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a.log", "a"), ("b", "b")], Mode::Both).await;
        bound.disk.write(".spinneyignore", "*.log\nbuild/");
        bound.disk.write("build/x", "x");
        bound.look().await;
        let shared = owned(&[(".spinneyignore", "*.log\nbuild/"), ("a.log", "a"), ("b", "b")]);
        assert_eq!(bound.shared().await, shared);
        assert_eq!(bound.disk.text("a.log").as_deref(), Some("a"));
    })
    .await;
}

#[tokio::test]
async fn in_one_direction_the_other_side_stays_as_it_is() {
    with_seeds(async |seed| {
        let out = Bound::new(seed, &[("a", "a")], Mode::Out).await;
        out.elsewhere("there", "t", 5).await;
        out.disk.write("b", "b");
        out.look().await;
        out.look().await;
        assert_eq!(out.disk.files(), owned(&[("a", "a"), ("b", "b")]));
        assert_eq!(out.shared().await, owned(&[("a", "a"), ("b", "b"), ("there", "t")]));

        let into = Bound::new(seed, &[("a", "a")], Mode::In).await;
        into.elsewhere("there", "t", 5).await;
        into.elsewhere("b", "theirs", u64::MAX >> 12).await;
        into.disk.write("b", "b");
        into.look().await;
        let once = into.disk.files();
        into.look().await;
        assert_eq!(into.disk.files(), once);
        assert_eq!(into.shared().await, owned(&[("b", "theirs"), ("there", "t")]));
        let texts: Vec<_> = once.iter().map(|(_, text)| &**text).collect();
        assert_eq!(texts, ["a", "theirs", "b", "t"], "{once:?}");
    })
    .await;
}

#[tokio::test]
async fn a_share_goes_with_its_folder_alone_and_a_folder_without_its_share_is_let_go() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "a")], Mode::Both).await;
        let again = FolderBinding { share: Some(bound.share()), ..FolderBinding::default() };
        assert!(bound.folders.bind("0022", "Other", again).await.is_err());
        let share = bound.share();
        bound.profile.shares.remove(&share).await.expect("it is here");
        bound.look().await;
        assert_eq!(bound.folders.list(), []);
        assert_eq!(bound.disk.files(), owned(&[("a", "a")]));
    })
    .await;
}

#[tokio::test]
#[ignore = "a measurement"]
async fn ten_and_fifty_thousand_files() {
    for count in [10_000, 50_000] {
        println!("{count} files");
        many_files(count).await;
    }
}

async fn many_files(count: usize) {
    let files: Vec<(String, String)> =
        (0..count).map(|n| (format!("{}/{n}", n % 100), n.to_string())).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    let local = tokio::task::LocalSet::new();
    local
        .run_until(async {
            let started = std::time::Instant::now();
            let bound = Bound::new(0, &files, Mode::Both).await;
            println!("bound: {:?}", started.elapsed());
            for _ in 0..2 {
                let started = std::time::Instant::now();
                bound.look().await;
                println!("unchanged: {:?}", started.elapsed());
            }
            bound.disk.write("7/7", "changed");
            let started = std::time::Instant::now();
            bound.look().await;
            println!("one changed: {:?}", started.elapsed());
        })
        .await;
}

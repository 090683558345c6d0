//! Folders in which there is nothing: made, filled, emptied, renamed and removed, here and elsewhere.

use super::*;

impl Bound {
    /// The empty folders of the share.
    async fn shared_folders(&self) -> Vec<String> {
        let share = self.profile.record(&self.share()).expect("it is here");
        let list = self.profile.fetchers.open_manifest(&share).await.expect("it opens");
        list.manifest().folders().to_vec()
    }

    /// What another device of the person does to the folders and files of the share.
    async fn changed_elsewhere(&self, made: &[&str], removed: &[&str]) {
        let share = self.profile.record(&self.share()).expect("it is here");
        let made: Vec<String> = made.iter().map(|path| (*path).to_owned()).collect();
        let removed = removed.iter().map(|path| (*path).to_owned()).collect();
        let changed = self.profile.shares.change_files(&share, Vec::new(), &made, &removed).await;
        assert!(changed.is_ok_and(|share| share.is_some()));
    }

    /// Whether folder and share have these empty folders, and nothing is left to do.
    async fn agree_on(&self, folders: &[&str]) {
        assert_eq!(self.disk.empty_folders(), folders, "on the disk");
        assert_eq!(self.shared_folders().await, folders, "in the share");
        assert_eq!(self.disk.files(), self.shared().await);
        let revision = self.profile.record(&self.share()).expect("it is here").rev;
        self.look().await;
        assert_eq!(self.state(), FolderState::Step);
        assert_eq!(self.profile.record(&self.share()).expect("it is here").rev, revision, "it rests");
        assert_eq!(self.disk.empty_folders(), folders, "on the disk afterwards");
    }
}

#[tokio::test]
async fn an_empty_folder_comes_into_the_share_and_goes_with_the_folder() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "a")], Mode::Both).await;
        bound.disk.make("new/inner");
        bound.disk.make("other");
        bound.look().await;
        bound.agree_on(&["new/inner", "other"]).await;
        // Renamed.
        bound.disk.delete_folder("other");
        bound.disk.make("another");
        bound.look().await;
        bound.agree_on(&["another", "new/inner"]).await;
        bound.disk.delete_folder("new/inner");
        bound.look().await;
        bound.agree_on(&["another", "new"]).await;
        let lines = [
            (FileChange::Added, "new/inner/".into(), true),
            (FileChange::Added, "other/".into(), true),
            (FileChange::Added, "another/".into(), true),
            (FileChange::Deleted, "other/".into(), true),
            (FileChange::Deleted, "new/inner/".into(), true),
        ];
        assert_eq!(bound.lines(), lines);
    })
    .await;
}

#[tokio::test]
async fn a_folder_that_is_filled_or_emptied_stays_and_only_its_files_are_told() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "a"), ("dir/b", "b")], Mode::Both).await;
        bound.disk.delete("dir/b");
        bound.look().await;
        bound.agree_on(&["dir"]).await;
        bound.disk.write("dir/c", "c");
        bound.look().await;
        bound.agree_on(&[]).await;
        assert_eq!(bound.shared().await, owned(&[("a", "a"), ("dir/c", "c")]));
        let told = [(FileChange::Deleted, "dir/b".into(), true), (FileChange::Added, "dir/c".into(), true)];
        assert_eq!(bound.lines(), told);
        // The same elsewhere.
        bound.changed_elsewhere(&["dir"], &["dir/c"]).await;
        bound.look().await;
        bound.agree_on(&["dir"]).await;
        bound.elsewhere("dir/d", "d", 5).await;
        bound.look().await;
        bound.agree_on(&[]).await;
        let lines = bound.lines();
        let told = [(FileChange::Deleted, "dir/c".into(), false), (FileChange::Added, "dir/d".into(), false)];
        assert_eq!(lines[2..], told);
    })
    .await;
}

#[tokio::test]
async fn what_another_device_does_to_empty_folders_comes_into_the_folder() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "a"), ("gone/x/y", "y")], Mode::Both).await;
        bound.disk.make("old");
        bound.look().await;
        bound.changed_elsewhere(&["new/inner"], &["old/", "gone/x/y"]).await;
        bound.look().await;
        bound.agree_on(&["new/inner"]).await;
        assert_eq!(bound.disk.files(), owned(&[("a", "a")]));
        let told = [
            (FileChange::Deleted, "gone/x/y".into(), false),
            (FileChange::Deleted, "old/".into(), false),
            (FileChange::Added, "new/inner/".into(), false),
        ];
        assert_eq!(bound.lines()[1..], told);
    })
    .await;
}

#[tokio::test]
async fn of_a_file_and_a_folder_of_one_name_both_stay() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "a")], Mode::Both).await;
        // One takes the place of the other on one side alone: that is no conflict.
        bound.disk.make("d");
        bound.look().await;
        bound.disk.delete_folder("d");
        bound.disk.write("d", "a file");
        bound.look().await;
        bound.agree_on(&[]).await;
        bound.changed_elsewhere(&["d"], &["d"]).await;
        bound.look().await;
        bound.agree_on(&["d"]).await;
        assert_eq!(bound.folders.list()[0].conflicts, 0);
        // Each side makes one.
        bound.disk.write_at("e", "mine", 1_764_511_380_000);
        bound.changed_elsewhere(&["e"], &[]).await;
        bound.look().await;
        bound.agree_on(&["d", "e"]).await;
        let copy = "e (conflict, another device, 2025-11-30 14.03 UTC)";
        assert_eq!(bound.disk.text(copy).as_deref(), Some("mine"));
        bound.disk.make("f");
        bound.elsewhere("f", "theirs", 1_764_511_380_000).await;
        bound.look().await;
        bound.agree_on(&["d", "e", "f"]).await;
        let copy = "f (conflict, another device, 2025-11-30 14.03 UTC)";
        assert_eq!(bound.disk.text(copy).as_deref(), Some("theirs"));
        assert_eq!(bound.folders.list()[0].conflicts, 2);
    })
    .await;
}

#[tokio::test]
async fn a_folder_with_rubbish_alone_stays_on_the_disk_and_does_not_come_back_elsewhere() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "a"), ("dir/b", "b"), ("dir/.DS_Store", "x")], Mode::Both).await;
        // New, it is nobody's folder.
        bound.disk.write("cache/Thumbs.db", "x");
        bound.look().await;
        assert_eq!(bound.shared_folders().await, [""; 0]);
        bound.deleted_elsewhere("dir/b").await;
        bound.look().await;
        bound.look().await;
        assert_eq!(bound.shared_folders().await, [""; 0]);
        assert_eq!(bound.disk.text("dir/.DS_Store").as_deref(), Some("x"));
        // An empty one is one still when a program has left something in it.
        bound.disk.make("kept");
        bound.look().await;
        bound.disk.write("kept/.DS_Store", "x");
        bound.look().await;
        assert_eq!(bound.shared_folders().await, ["kept"]);
        // The same where its last file goes.
        bound.disk.write("kept/file", "x");
        bound.look().await;
        bound.disk.delete("kept/file");
        bound.look().await;
        assert_eq!(bound.shared_folders().await, ["kept"]);
    })
    .await;
}

#[tokio::test]
async fn a_folder_that_could_not_be_removed_at_once_is_removed_in_the_next_round() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "a"), ("dir/b", "b"), ("dir/c", "c")], Mode::Both).await;
        bound.changed_elsewhere(&[], &["dir/b", "dir/c"]).await;
        // The disk goes after one of the files.
        bound.disk.at_remove(|disk| disk.set_gone(true));
        bound.look().await;
        bound.disk.set_gone(false);
        bound.look().await;
        bound.agree_on(&[]).await;
        assert_eq!(bound.disk.files(), owned(&[("a", "a")]));
    })
    .await;
}

#[tokio::test]
async fn empty_folders_come_back_and_go_by_undo() {
    with_seeds(async |seed| {
        let bound = Bound::new(seed, &[("a", "a")], Mode::Both).await;
        bound.disk.make("d");
        bound.look().await;
        bound.undo_last().await.expect("it is empty still");
        bound.agree_on(&[]).await;
        bound.disk.make("e");
        bound.look().await;
        let made = bound.folders.journal(&JournalQuery::default()).expect("it is read")[0].id.clone();
        bound.disk.delete_folder("e");
        bound.look().await;
        bound.undo_last().await.expect("it can come back");
        bound.agree_on(&["e"]).await;
        bound.disk.write("e/file", "x");
        bound.look().await;
        assert!(bound.folders.undo(&made).await.is_err(), "something is in it by now");
        assert_eq!(bound.disk.text("e/file").as_deref(), Some("x"));
    })
    .await;
}

#[tokio::test]
async fn in_one_direction_the_folders_of_the_other_side_stay_as_they_are() {
    with_seeds(async |seed| {
        let out = Bound::new(seed, &[("a", "a")], Mode::Out).await;
        out.changed_elsewhere(&["there"], &[]).await;
        out.disk.make("here");
        out.look().await;
        out.look().await;
        assert_eq!(out.disk.empty_folders(), ["here"]);
        assert_eq!(out.shared_folders().await, ["here", "there"]);

        let into = Bound::new(seed, &[("a", "a")], Mode::In).await;
        into.changed_elsewhere(&["there"], &[]).await;
        into.disk.make("here");
        into.look().await;
        into.look().await;
        assert_eq!(into.disk.empty_folders(), ["here", "there"]);
        assert_eq!(into.shared_folders().await, ["there"]);
        assert_eq!(into.folders.list()[0].left_out, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn of_more_empty_folders_than_a_share_can_have_those_that_are_too_many_are_told() {
    let local = tokio::task::LocalSet::new();
    local
        .run_until(async {
            let bound = Bound::new(0, &[("a", "a")], Mode::Both).await;
            (0..1_030).for_each(|number| bound.disk.make(&format!("{number:04}")));
            for _ in 0..2 {
                bound.look().await;
                assert_eq!(bound.shared_folders().await.len(), 1_024);
                let told: Vec<String> = (1_024..1_030).map(|number| format!("{number}/")).collect();
                assert_eq!(bound.folders.list()[0].left_out, told);
                assert_eq!(bound.disk.empty_folders().len(), 1_030);
            }
        })
        .await;
}

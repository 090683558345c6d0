//! One person with two browsers: a share to oneself, and folders of both that are kept in step with it.

use spinney::engine::api::memory_directory::{MemoryDirectories, MemoryDirectory};
use spinney::engine::api::{Config, FileChange, FolderBinding, FolderState, JournalQuery};
use spinney_relay::Server;

use crate::person::{Gone, PASSPHRASE, Person, config, recovered_with, relay, tell};

const ID: &str = "0011";

/// A browser with a folder on its disk.
struct Device {
    person: Person,
    directories: MemoryDirectories,
    disk: MemoryDirectory,
}

/// A browser that is closed, with its folder.
struct Closed {
    gone: Gone,
    directories: MemoryDirectories,
    disk: MemoryDirectory,
}

fn with(directories: &MemoryDirectories, relays: &[&Server]) -> Config {
    Config { directories: directories.store(), ..config(relays) }
}

fn a_disk() -> (MemoryDirectories, MemoryDirectory) {
    let (directories, disk) = (MemoryDirectories::default(), MemoryDirectory::default());
    directories.keep(ID, &disk);
    (directories, disk)
}

impl Device {
    /// The first browser of somebody.
    async fn first(relays: &[&Server]) -> Self {
        let (directories, disk) = a_disk();
        let person = Person::with("Ann", with(&directories, relays)).await;
        Self { person, directories, disk }
    }

    /// One more browser of the same person.
    async fn another(&self, relays: &[&Server]) -> Self {
        let words = self.person.engine.recovery_phrase(PASSPHRASE).await.unwrap();
        let (directories, disk) = a_disk();
        let person = recovered_with(&words, with(&directories, relays)).await;
        person.engine.confirm_restored().await.unwrap();
        Self { person, directories, disk }
    }

    /// Binds its folder to a share.
    async fn bind(&self, share: Option<&str>) -> String {
        let new = FolderBinding { share: share.map(str::to_owned), ..FolderBinding::default() };
        self.person.engine.bind_folder(ID, "Papers", new).await.unwrap().share
    }

    async fn scan(&self) {
        self.person.engine.scan_folder(ID, false).await.unwrap();
    }

    /// Waits until the folder has these files.
    async fn has(&mut self, files: &[(&str, &str)]) {
        let files: Vec<_> = files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
        while self.disk.files() != files {
            let there = self.disk.files();
            self.person.something_happens(&format!("folder with {files:?}: it has {there:?}")).await;
        }
    }

    /// Waits until the folder is in step, and nothing of its share waits for a relay.
    async fn in_step(&mut self) {
        loop {
            let folder = self.person.engine.folders().await.unwrap().remove(0);
            let share = self.person.engine.share(&folder.share).await.unwrap();
            if folder.state == FolderState::Step && share.kept {
                return;
            }
            self.person.something_happens(&format!("step: {folder:?}, kept: {}", share.kept)).await;
        }
    }

    async fn leave(self) -> Closed {
        let Self { person, directories, disk } = self;
        Closed { gone: person.leave().await, directories, disk }
    }
}

impl Closed {
    async fn back(self, relays: &[&Server]) -> Device {
        let Self { gone, directories, disk } = self;
        Device { person: gone.back_with(with(&directories, relays)).await, directories, disk }
    }
}

#[tokio::test]
async fn what_i_share_with_myself_shows_with_its_files_on_my_other_device() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let laptop = Device::first(&[&relay]).await.person;
        let words = laptop.engine.recovery_phrase(PASSPHRASE).await.unwrap();
        let mut phone = recovered_with(&words, config(&[&relay])).await;
        phone.engine.confirm_restored().await.unwrap();
        let share = laptop.share("papers", &[("a", b"bytes"), ("dir/b", b"more")], &[]).await;
        let there = loop {
            match phone.engine.share(&share.id).await {
                Ok(there) if there.kept => break there,
                _ => phone.something_happens("share to oneself").await,
            }
        };
        assert_eq!((there.audience, there.files, &*there.title), ("self", 2, "papers"));
        assert_eq!(phone.paths(&there).await, ["a", "dir/b"]);
        // Also when the laptop is closed.
        laptop.leave().await;
        assert_eq!(phone.read(&there, "dir/b").await, b"more");
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_folder_is_kept_in_step_between_two_devices_and_what_happened_can_be_undone() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut laptop = Device::first(&[&relay]).await;
        laptop.disk.write("plan.txt", "first");
        laptop.disk.write("dir/notes.txt", "notes");
        let share = laptop.bind(None).await;
        laptop.in_step().await;
        let mut phone = laptop.another(&[&relay]).await;
        while phone.person.engine.share(&share).await.is_err() {
            phone.person.something_happens("share").await;
        }
        phone.bind(Some(&share)).await;
        phone.has(&[("dir/notes.txt", "notes"), ("plan.txt", "first")]).await;
        phone.in_step().await;

        phone.disk.write("plan.txt", "second");
        phone.disk.delete("dir/notes.txt");
        phone.disk.write("new.txt", "new");
        phone.scan().await;
        laptop.has(&[("new.txt", "new"), ("plan.txt", "second")]).await;
        laptop.in_step().await;
        let lines = laptop.person.engine.journal(JournalQuery::default()).await.unwrap();
        let told: Vec<_> = lines.iter().map(|line| (line.change, &*line.path, line.here)).collect();
        for line in [
            (FileChange::Deleted, "dir/notes.txt", false),
            (FileChange::Changed, "plan.txt", false),
            (FileChange::Added, "new.txt", false),
        ] {
            assert!(told.contains(&line), "{told:?}");
        }

        // The laptop has what the phone deleted.
        let deleted = lines.iter().find(|line| line.change == FileChange::Deleted).unwrap();
        assert!(deleted.undoable);
        laptop.person.engine.undo(&deleted.id).await.unwrap();
        let all = [("dir/notes.txt", "notes"), ("new.txt", "new"), ("plan.txt", "second")];
        laptop.has(&all).await;
        phone.has(&all).await;
        assert_eq!(phone.person.engine.folders().await.unwrap()[0].conflicts, 0);
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_both_folders_changed_while_one_was_offline_is_all_kept() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut laptop = Device::first(&[&relay]).await;
        for path in ["both", "gone", "kept", "mine", "theirs"] {
            laptop.disk.write(path, "first");
        }
        let share = laptop.bind(None).await;
        laptop.in_step().await;
        let mut phone = laptop.another(&[&relay]).await;
        while phone.person.engine.share(&share).await.is_err() {
            phone.person.something_happens("share").await;
        }
        phone.bind(Some(&share)).await;
        phone.in_step().await;
        let closed = laptop.leave().await;

        // While the laptop is closed, its folder is written all the same.
        closed.disk.write_at("both", "of the laptop", 1_764_511_380_000);
        closed.disk.write("mine", "of the laptop");
        closed.disk.delete("gone");
        phone.disk.write_at("both", "of the phone", 1_764_511_440_000);
        phone.disk.write("theirs", "of the phone");
        phone.disk.write("gone", "changed, so that it stays");
        phone.disk.delete("kept");
        phone.scan().await;
        phone.in_step().await;

        let mut laptop = closed.back(&[&relay]).await;
        let copy = "both (conflict, another device, 2025-11-30 14.03 UTC)";
        let all = [
            ("both", "of the phone"),
            (copy, "of the laptop"),
            ("gone", "changed, so that it stays"),
            ("mine", "of the laptop"),
            ("theirs", "of the phone"),
        ];
        laptop.has(&all).await;
        phone.has(&all).await;
        let conflicts = laptop.person.engine.folder_conflicts(ID).await.unwrap();
        assert_eq!((conflicts.len(), &*conflicts[0].path), (1, "both"));
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn two_folders_that_made_revisions_without_a_relay_are_joined_by_what_was_done_in_each() {
    let folder = tempfile::tempdir().unwrap();
    let one = relay(folder.path(), 0).await;
    tell(async {
        let mut laptop = Device::first(&[&one]).await;
        for path in ["both", "deleted here", "deleted there", "same"] {
            laptop.disk.write(path, "first");
        }
        let share = laptop.bind(None).await;
        laptop.in_step().await;
        let mut phone = laptop.another(&[&one]).await;
        while phone.person.engine.share(&share).await.is_err() {
            phone.person.something_happens("share").await;
        }
        phone.bind(Some(&share)).await;
        phone.in_step().await;
        let port = one.local().port();
        one.stop().await;

        laptop.disk.write_at("both", "of the laptop", 1_764_511_380_000);
        laptop.disk.delete("deleted here");
        laptop.scan().await;
        phone.disk.write_at("both", "of the phone", 1_764_511_440_000);
        phone.disk.delete("deleted there");
        phone.disk.write("new", "new");
        phone.scan().await;
        let one = relay(folder.path(), port).await;
        let copy = "both (conflict, another device, 2025-11-30 14.03 UTC)";
        let all = [("both", "of the phone"), (copy, "of the laptop"), ("new", "new"), ("same", "first")];
        laptop.has(&all).await;
        phone.has(&all).await;
        laptop.in_step().await;
        phone.in_step().await;
        laptop.has(&all).await;
        phone.has(&all).await;
        one.stop().await;
    })
    .await;
}

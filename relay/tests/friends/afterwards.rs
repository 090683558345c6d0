//! What an author changes after sharing: title, note, cover, order, files, and the terms of a link.

use spinney::engine::api::{Audience, Link, LinkChange, NewShare, Share};
use spinney::engine::{Engine, Error};
use spinney::format::limits;
use spinney::platform;
use spinney::store::memory::Disk;

use crate::person::{Person, file, friends, open, relay, tell};

/// Milliseconds of an hour.
const HOUR: u64 = 60 * 60 * 1000;

impl Person {
    /// Waits until a share is here and as `wanted` says.
    async fn looks_until(&mut self, id: &str, wanted: impl Fn(&Share) -> bool) -> Share {
        loop {
            match self.engine.share(id).await {
                Ok(share) if wanted(&share) => return share,
                _ => self.something_happens("change of a share").await,
            }
        }
    }

    /// Shares a text alone, or files, by a link with this password; gives the link too.
    async fn gives(&mut self, note: &str, password: Option<&str>, expires: Option<u64>) -> (Share, Link) {
        let audience = Audience::Link { password: password.map(str::to_owned), expires };
        let note = Some(note.to_owned());
        let new = NewShare {
            title: "Trip".into(),
            note,
            files: vec![file("a", b"a")],
            audience,
            keep_location: false,
        };
        let share = self.engine.create_share(new).await.unwrap();
        self.looks_until(&share.id, |share| share.kept).await;
        let link = self.engine.links().await.unwrap().remove(0);
        (share, link)
    }

    /// Changes a link and waits until the relay has that.
    async fn changes(&mut self, share: &Share, password: Option<&str>, expires: Option<Option<u64>>) -> Link {
        let change = LinkChange { password: password.map(str::to_owned), expires };
        let link = self.engine.change_link(&share.id, change).await.unwrap();
        self.looks_until(&share.id, |share| share.kept).await;
        link
    }
}

/// Opens a link again and again until it is refused.
async fn refused(engine: &Engine, link: &str, password: &str) -> Error {
    loop {
        if let Err(why) = engine.open_link(link, password).await {
            return why;
        }
    }
}

/// Opens a link again and again until that is possible.
async fn opens(engine: &Engine, link: &str, password: &str) -> Share {
    loop {
        if let Ok(share) = engine.open_link(link, password).await {
            return share;
        }
        platform::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_reader_sees_the_new_title_note_cover_and_order() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (ann, mut ben) = friends("Ann", "Ben", &relay).await;
        let share = ann.share("Wlak", &[("1.jpg", b"one"), ("2.jpg", b"three")], &[&ben.id()]).await;
        ben.received("Wlak").await;
        ben.engine.mark_read(&share.id).await.unwrap();

        ann.engine.rename_share(&share.id, Some(" Walk "), None).await.unwrap();
        ann.engine.set_cover(&share.id, Some("2.jpg")).await.unwrap();
        ann.engine.set_order(&share.id, "date").await.unwrap();
        let seen = ben.looks_until(&share.id, |share| share.title == "Walk" && share.order.is_some()).await;
        assert_eq!((seen.note.as_deref(), seen.cover.as_deref()), (Some("a note"), Some("2.jpg")));
        assert_eq!((seen.order.as_deref(), seen.unread), (Some("date"), false));
        assert_eq!(ben.read(&seen, "2.jpg").await, b"three");

        ann.engine.rename_share(&share.id, None, Some("by the lake")).await.unwrap();
        let seen = ben.looks_until(&share.id, |share| share.note.as_deref() == Some("by the lake")).await;
        assert!(seen.unread, "another text is to be read");
        assert_eq!((seen.title.as_str(), seen.cover.as_deref()), ("Walk", Some("2.jpg")));

        // What is said already makes no revision, and what cannot be is refused.
        let rev = ann.engine.rename_share(&share.id, Some("Walk"), Some("by the lake")).await.unwrap();
        assert_eq!(rev.root, ann.engine.share(&share.id).await.unwrap().root);
        assert_eq!(ann.engine.set_cover(&share.id, Some("3.jpg")).await.unwrap_err().code(), "not-found");
        assert_eq!(ann.engine.set_order(&share.id, "colour").await.unwrap_err().code(), "unsupported");
        assert_eq!(
            ann.engine.rename_share(&share.id, Some(""), None).await.unwrap_err().code(),
            "invalid-name"
        );
        assert_eq!(
            ben.engine.rename_share(&share.id, Some("Mine"), None).await.unwrap_err().code(),
            "unsupported"
        );
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn several_files_are_taken_out_in_one_revision_and_the_cover_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (ann, mut ben) = friends("Ann", "Ben", &relay).await;
        let files: [(&str, &[u8]); 4] = [("a/1", b"one"), ("a/2", b"second"), ("3", b"3"), ("4", b"four")];
        let share = ann.share("Walk", &files, &[&ben.id()]).await;
        ben.received("Walk").await;
        ann.engine.set_cover(&share.id, Some("a/2")).await.unwrap();
        let gone = ["a/2", "3", "never there"].map(str::to_owned);
        let left = ann.engine.remove_files(&share.id, &gone).await.unwrap();
        assert_eq!((left.files, left.size, left.cover), (2, 7, None));
        let seen = ben.looks_until(&share.id, |share| share.files == 2 && share.cover.is_none()).await;
        assert_eq!(ben.paths(&seen).await, ["4", "a/1"]);
        assert_eq!(ben.read(&seen, "a/1").await, b"one");
        let again = ann.engine.remove_files(&share.id, &gone).await;
        assert_eq!(again.unwrap_err().code(), "not-found");
        // A list to be put in order has sizes and times at hand.
        let names = ben.engine.file_names(&share.id, 10).await.unwrap();
        assert_eq!(names.iter().map(|file| file.size).collect::<Vec<_>>(), [4, 3]);
        // What was taken out comes back as any file does.
        ann.engine.add_files(&share.id, vec![file("3", b"3")], false).await.unwrap();
        ben.looks_until(&share.id, |share| share.files == 3).await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_text_alone_is_shared_up_to_ten_thousand_characters() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, mut ben) = friends("Ann", "Ben", &relay).await;
        let text = "ä line\n".repeat(limits::TEXT_CHARS / 7);
        let new = |note: &str, audience: Audience| NewShare {
            title: "Where we meet".into(),
            note: Some(note.into()),
            files: Vec::new(),
            audience,
            keep_location: false,
        };
        let for_ben = || Audience::Contacts { ids: vec![ben.me.summary.id.clone()] };
        let too_long = ann.engine.create_share(new(&"a".repeat(limits::TEXT_CHARS + 1), for_ben())).await;
        assert_eq!(too_long.unwrap_err().code(), "invalid-name");
        let too_heavy = ann.engine.create_share(new(&"🌳".repeat(limits::TEXT_CHARS), for_ben())).await;
        assert!(too_heavy.unwrap_err().to_string().contains("share it as a file"));
        let nothing = ann.engine.create_share(new("", for_ben())).await;
        assert_eq!(nothing.unwrap_err().code(), "invalid-name");
        let to_all =
            ann.engine.create_share(new(&"a".repeat(limits::NOTE_CHARS + 1), Audience::Public)).await;
        assert_eq!(to_all.unwrap_err().code(), "invalid-name");

        let share = ann.engine.create_share(new(&text, for_ben())).await.unwrap();
        let seen = ben.received("Where we meet").await;
        assert_eq!((seen.files, seen.note.as_deref()), (0, Some(text.trim_end())));
        ann.looks_until(&share.id, |share| share.kept).await;
        assert_eq!(ben.paths(&seen).await, Vec::<String>::new());

        // By a link too, and it can be changed to another text.
        let by_link = Audience::Link { password: None, expires: None };
        let given = ann.engine.create_share(new("https://example.org/a?b=c", by_link)).await.unwrap();
        ann.looks_until(&given.id, |share| share.kept).await;
        let guest = open(&Disk::new(), &[]).await;
        let link = ann.engine.links().await.unwrap().remove(0).link;
        assert_eq!(opens(&guest, &link, "").await.note.as_deref(), Some("https://example.org/a?b=c"));
        ann.engine.rename_share(&given.id, None, Some(&text)).await.unwrap();
        ann.looks_until(&given.id, |share| share.kept).await;
        while opens(&guest, &link, "").await.note.as_deref() != Some(text.trim_end()) {}
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn the_password_of_a_link_changes_and_its_address_stays() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let guest = open(&Disk::new(), &[]).await;
        let (share, given) = ann.gives("one", Some("first"), None).await;
        opens(&guest, &given.link, "first").await;

        let changed = ann.changes(&share, Some("second"), None).await;
        assert!(changed.password && changed.link == given.link);
        assert!(matches!(refused(&guest, &given.link, "first").await, Error::WrongPassword));
        assert_eq!(opens(&guest, &given.link, "second").await.id, share.id);

        let open_to_all = ann.changes(&share, Some(""), None).await;
        assert!(!open_to_all.password && open_to_all.link == given.link);
        opens(&guest, &given.link, "").await;
        // Typed passwords are passed over where there is none: they open nothing.
        assert!(matches!(refused(&guest, &given.link, "second").await, Error::WrongPassword));
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn the_end_of_a_link_is_put_off_and_brought_forward_and_its_first_text_goes_on_to_lead_there() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let guest = open(&Disk::new(), &[]).await;
        let soon = platform::now_ms() + 8_000;
        let (share, given) = ann.gives("one", Some("word"), Some(soon)).await;
        let late = soon + HOUR;
        let changed = ann.changes(&share, None, Some(Some(late))).await;
        assert_eq!((changed.expires, changed.password), (Some(late), true));
        while platform::now_ms() <= soon {
            platform::sleep(std::time::Duration::from_millis(100)).await;
        }
        // What was given out at first says that it is over.
        assert_eq!(opens(&guest, &given.link, "word").await.id, share.id);
        assert_eq!(ann.engine.links().await.unwrap().len(), 1);

        let never = ann.changes(&share, None, Some(None)).await;
        assert_eq!(never.expires, None);
        opens(&guest, &given.link, "word").await;

        let past = LinkChange { password: None, expires: Some(Some(platform::now_ms())) };
        assert_eq!(ann.engine.change_link(&share.id, past).await.unwrap_err().code(), "invalid-name");
        let end = platform::now_ms() + 8_000;
        ann.changes(&share, None, Some(Some(end))).await;
        let gone = ann.leave().await;
        // Nobody is there who could drop it.
        let why = refused(&guest, &given.link, "word").await;
        assert!(matches!(why, Error::LinkEnded) && platform::now_ms() >= end, "{why}");
        let ann = gone.back(&[&relay]).await;
        let none = LinkChange { password: Some("x".into()), expires: None };
        while !ann.engine.links().await.unwrap().is_empty() {
            platform::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(ann.engine.change_link(&share.id, none).await.unwrap_err().code(), "not-found");
    })
    .await;
    relay.stop().await;
}

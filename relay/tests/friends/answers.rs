//! Hearts and comments on a share: all of its readers see them, and nobody says anything in somebody else's name.

use spinney::engine::Error;
use spinney::engine::api::{Audience, Comment, NewComment, NewShare, Share};
use spinney::format::note::Says;
use spinney::format::{comment, signed};
use spinney::keys::{Phrase, Ring};
use spinney::platform;

use crate::authors::Author;
use crate::devices::second;
use crate::hostile::{Device, address, recipient};
use crate::person::{Person, befriend, file, relay, tell};

impl Person {
    /// Says something of a share.
    async fn says(&self, share: &Share, words: &str) -> Comment {
        let new = NewComment { text: Some(words.into()), ..NewComment::default() };
        self.engine.comment(&share.id, new).await.expect("it is said")
    }

    async fn gives_heart(&self, share: &Share) -> Comment {
        let new = NewComment { heart: true, ..NewComment::default() };
        self.engine.comment(&share.id, new).await.expect("a heart is given")
    }

    /// What this person sees of what was answered: who, and the words or a heart.
    async fn answers(&self, share: &Share) -> Vec<(String, String)> {
        let all = self.engine.comments(&share.id).await.expect("the share is here");
        let shown = all.into_iter().filter(|comment| !comment.hidden);
        shown.map(|comment| (comment.name, comment.text.unwrap_or_else(|| "♥".into()))).collect()
    }

    /// Waits until exactly this is answered to a share, by whom, in its order.
    async fn sees_answers(&mut self, share: &Share, wanted: &[(&str, &str)]) {
        let wanted: Vec<_> =
            wanted.iter().map(|(who, what)| ((*who).to_owned(), (*what).to_owned())).collect();
        while self.answers(share).await != wanted {
            self.something_happens(&format!("answers {wanted:?}")).await;
        }
        while self.engine.share(&share.id).await.unwrap().answered != wanted.len() as u64 {
            self.something_happens("share that counts its answers").await;
        }
    }

    /// Waits until a share shows whether it may be answered.
    async fn may_answer(&mut self, share: &Share, may: bool) {
        while self.engine.share(&share.id).await.map(|share| share.answers) != Ok(may) {
            self.something_happens("share that may be answered, or not").await;
        }
    }
}

/// Shares something with these people, who may not answer.
async fn silent(author: &Person, title: &str, with: &[&Person]) -> Share {
    let new = NewShare {
        title: title.into(),
        note: None,
        files: vec![file("a", b"a")],
        audience: Audience::Contacts { ids: with.iter().map(|person| person.id()).collect() },
        keep_location: false,
    };
    author.engine.create_share_as(new, false, false).await.expect("a share is made")
}

#[tokio::test]
async fn a_heart_and_a_comment_show_to_all_until_they_are_hidden_or_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        befriend(&mut ann, &mut ben).await;
        befriend(&mut ann, &mut cleo).await;
        let share = ann.share("Lake", &[("a.jpg", b"a")], &[&ben.id(), &cleo.id()]).await;
        assert!(share.answers && share.answered == 0);
        let (bens, cleos) = (ben.received("Lake").await, cleo.received("Lake").await);
        assert!(bens.answers && cleos.answers);

        ben.gives_heart(&bens).await;
        assert_eq!(ben.answers(&bens).await, [("Ben".into(), "♥".into())], "his own shows at once");
        ann.sees_answers(&share, &[("Ben", "♥")]).await;
        // Cleo does not know Ben, and sees it under the name that he signed.
        cleo.sees_answers(&cleos, &[("Ben", "♥")]).await;
        let words = cleo.says(&cleos, "What a day!").await;
        let all: &[(&str, &str)] = &[("Ben", "♥"), ("Cleo", "What a day!")];
        for person in [&mut ann, &mut ben, &mut cleo] {
            person.sees_answers(&share, all).await;
        }
        // A second heart is the first.
        ben.gives_heart(&bens).await;
        let reply = NewComment { text: Some("Yes!".into()), reply: Some(words.id.clone()), heart: false };
        ann.engine.comment(&share.id, reply).await.unwrap();
        let with_reply: &[(&str, &str)] = &[("Ben", "♥"), ("Cleo", "What a day!"), ("Ann", "Yes!")];
        for person in [&mut ann, &mut ben, &mut cleo] {
            person.sees_answers(&share, with_reply).await;
        }
        let seen = ben.engine.comments(&bens.id).await.unwrap();
        assert_eq!(seen[2].reply.as_ref(), Some(&words.id));
        assert_eq!(seen.iter().map(|comment| comment.mine).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!(seen[1].who, cleo.id());

        // Only Ann hides, and can show again; only the writer takes back.
        let hidden = ben.engine.hide_comment(&bens.id, &words.id, true).await;
        assert!(matches!(hidden, Err(Error::Unsupported(_))));
        assert_eq!(ben.engine.take_back_comment(&bens.id, &words.id).await, Err(Error::NotFound("comment")));
        ann.engine.hide_comment(&share.id, &words.id, true).await.unwrap();
        for person in [&mut ann, &mut ben] {
            person.sees_answers(&share, &[("Ben", "♥"), ("Ann", "Yes!")]).await;
        }
        let of_ann = ann.engine.comments(&share.id).await.unwrap();
        assert!(
            of_ann.iter().any(|comment| comment.hidden && comment.id == words.id),
            "she sees what she hides"
        );
        ann.engine.hide_comment(&share.id, &words.id, false).await.unwrap();
        ben.sees_answers(&share, with_reply).await;

        cleo.engine.take_back_comment(&cleos.id, &words.id).await.unwrap();
        for person in [&mut cleo, &mut ann, &mut ben] {
            person.sees_answers(&share, &[("Ben", "♥"), ("Ann", "Yes!")]).await;
        }
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn what_is_said_while_the_author_is_away_comes_when_they_are_back_and_to_all_their_devices() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        befriend(&mut ann, &mut ben).await;
        befriend(&mut ann, &mut cleo).await;
        let share = ann.share("Lake", &[("a.jpg", b"a")], &[&ben.id(), &cleo.id()]).await;
        let (bens, _) = (ben.received("Lake").await, cleo.received("Lake").await);
        ann.delivered(&share).await;
        let ann_away = ann.leave().await;
        ben.says(&bens, "Are you there?").await;
        ben.says(&bens, "Hello!").await;
        let mut ann = ann_away.back(&[&relay]).await;
        let both: &[(&str, &str)] = &[("Ben", "Are you there?"), ("Ben", "Hello!")];
        ann.sees_answers(&share, both).await;
        cleo.sees_answers(&share, both).await;
        let ben_away = ben.leave().await;
        ann.says(&share, "Here I am.").await;
        let all: &[(&str, &str)] = &[("Ben", "Are you there?"), ("Ben", "Hello!"), ("Ann", "Here I am.")];
        // The words bring all of it back: what she said, and what others did.
        cleo.sees_answers(&share, all).await;
        let mut phone = second(&ann, &[&relay]).await;
        phone.sees_answers(&share, all).await;
        let mut ben = ben_away.back(&[&relay]).await;
        ben.sees_answers(&bens, all).await;
        let mut bens_phone = second(&ben, &[&relay]).await;
        while bens_phone.engine.share(&bens.id).await.is_err() {
            bens_phone.something_happens("share").await;
        }
        bens_phone.sees_answers(&bens, all).await;
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn who_was_removed_can_neither_answer_nor_read_what_is_said_later() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        befriend(&mut ann, &mut ben).await;
        befriend(&mut ann, &mut cleo).await;
        let share = ann.share("Lake", &[("a.jpg", b"a")], &[&ben.id(), &cleo.id()]).await;
        let (bens, cleos) = (ben.received("Lake").await, cleo.received("Lake").await);
        ben.says(&bens, "before").await;
        for person in [&mut ann, &mut cleo, &mut ben] {
            person.sees_answers(&share, &[("Ben", "before")]).await;
        }
        ann.engine.revoke(&share.id, &[ben.id()]).await.unwrap();
        // His device does not know it, and what he says reaches nobody.
        ben.says(&bens, "too late").await;
        cleo.says(&cleos, "among us").await;
        let now: &[(&str, &str)] = &[("Ben", "before"), ("Cleo", "among us")];
        for person in [&mut ann, &mut cleo] {
            person.sees_answers(&share, now).await;
        }
        ann.says(&share, "yes").await;
        let later: &[(&str, &str)] = &[("Ben", "before"), ("Cleo", "among us"), ("Ann", "yes")];
        cleo.sees_answers(&cleos, later).await;
        // Something that reaches him after all of that.
        ann.share("For Ben", &[("b", b"b")], &[&ben.id()]).await;
        ben.received("For Ben").await;
        assert_eq!(
            ben.answers(&bens).await,
            [("Ben".into(), "before".into()), ("Ben".into(), "too late".into())]
        );
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_share_without_answers_takes_none_and_there_are_twenty_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut ben = Person::new("Ben", &[&relay]).await;
        befriend(&mut ann, &mut ben).await;
        let mine = ann.share("mine", &[("a", b"a")], &[]).await;
        assert!(!mine.answers);
        assert!(matches!(ann.engine.set_answers(&mine.id, true).await, Err(Error::Unsupported(_))));
        let share = silent(&ann, "Papers", &[&ben]).await;
        assert!(!share.answers);
        let bens = ben.received("Papers").await;
        let word = || NewComment { text: Some("a word".into()), ..NewComment::default() };
        assert!(matches!(ben.engine.comment(&bens.id, word()).await, Err(Error::Unsupported(_))));
        assert!(matches!(ben.engine.set_answers(&bens.id, true).await, Err(Error::Unsupported(_))));

        assert!(ann.engine.set_answers(&share.id, true).await.unwrap().answers);
        ben.may_answer(&bens, true).await;
        for wrong in [
            NewComment::default(),
            NewComment { text: Some("  ".into()), ..NewComment::default() },
            NewComment { heart: true, ..word() },
            NewComment { text: Some("a".repeat(1001)), ..NewComment::default() },
            NewComment { text: Some("🌳".repeat(1000)), ..NewComment::default() },
        ] {
            let refused = ben.engine.comment(&bens.id, wrong.clone()).await;
            assert!(matches!(refused, Err(Error::InvalidName(_))), "{wrong:?}: {refused:?}");
        }
        for number in 0..20 {
            ben.says(&bens, &number.to_string()).await;
        }
        let one_more = ben.engine.comment(&bens.id, word()).await;
        let Err(Error::InvalidName(why)) = one_more else { panic!("{one_more:?}") };
        assert!(why.contains("20 answers for today"), "{why}");
        while ann.answers(&share).await.len() != 20 {
            ann.something_happens("twenty answers").await;
        }

        assert!(!ann.engine.set_answers(&share.id, false).await.unwrap().answers);
        ben.may_answer(&bens, false).await;
        assert!(matches!(ann.engine.comment(&share.id, word()).await, Err(Error::Unsupported(_))));
    })
    .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_hostile_reader_says_nothing_in_the_name_of_others_and_floods_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let mut ann = Person::new("Ann", &[&relay]).await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        befriend(&mut ann, &mut cleo).await;
        let friend = recipient(&mut ann, &relay).await;
        let mut eve = Author::new("Eve".into(), vec![address(&relay)]);
        let device = Device::of(&eve, &relay).await;
        let made = eve.make(&friend, None);
        device.leave(&eve, made).await;
        ann.add(&eve.id.to_string()).await;
        let share = ann.share("Lake", &[("a.jpg", b"a")], &[&cleo.id(), &eve.id.to_string()]).await;
        let cleos = cleo.received("Lake").await;
        cleo.says(&cleos, "What a day!").await;
        ann.sees_answers(&share, &[("Cleo", "What a day!")]).await;

        // Signed by somebody else than whose letterbox it is, of a share that is not for her, and of the future.
        let stranger = Ring::from_phrase(&Phrase::generate());
        let sign = |ring: &Ring, share: &str, text: &str, time: u64| {
            let comment = comment::Comment {
                share: share.parse().unwrap(),
                rev: 0,
                time,
                name: "Cleo".into(),
                text: Some(text.into()),
                heart: None,
                reply: None,
                extra: Default::default(),
            };
            Says::Comment { comment: signed::sign(ring.identity(), &comment).unwrap().into() }
        };
        let now = platform::now_ms();
        let other = ann.share("Other", &[("b", b"b")], &[&cleo.id()]).await;
        eve.says = vec![
            sign(&stranger, &share.id, "forged", now),
            sign(&eve.ring, &other.id, "not for me", now),
            sign(&eve.ring, &share.id, "from the future", now + 3 * 24 * 60 * 60 * 1000),
            sign(&eve.ring, &share.id, "my own", now),
        ];
        let made = eve.make(&friend, None);
        device.leave(&eve, made).await;
        let sound: &[(&str, &str)] = &[("Cleo", "What a day!"), ("Cleo", "my own")];
        ann.sees_answers(&share, sound).await;
        cleo.sees_answers(&cleos, sound).await;
        let seen = cleo.engine.comments(&cleos.id).await.unwrap();
        assert_eq!(
            [&seen[0].who, &seen[1].who],
            [&cleo.id(), &eve.id.to_string()],
            "a name is a claim, a key is none"
        );
        assert_eq!(ann.answers(&other).await, []);

        eve.says = (0..40).map(|number| sign(&eve.ring, &share.id, "flood", now + number)).collect();
        eve.says.push(sign(&eve.ring, &share.id, "next day", now + 24 * 60 * 60 * 1000));
        let made = eve.make(&friend, None);
        device.leave(&eve, made).await;
        // Cleo's, twenty of one day and one of the next.
        while ann.answers(&share).await.len() != 22 {
            ann.something_happens("what there is room for").await;
        }
    })
    .await;
    relay.stop().await;
}

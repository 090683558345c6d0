//! Coming back with the words while a relay is silent that knows more than the others.

use spinney::engine::api::{Config, ContactState, Restored, Trial, TrialFailure};
use spinney_relay::Server;

use crate::person::{PASSPHRASE, PATIENCE, Person, config, recovered_with, relay, tell};

/// What the first relay has of Ann is older than what the second one has: there she blocked Ben and added Cleo.
struct Story {
    words: String,
    ben: Person,
    cleo: Person,
}

impl Story {
    async fn begin(one: &Server, other: &Server) -> Self {
        let mut ann = Person::new("Ann", &[one]).await;
        let mut ben = Person::new("Ben", &[one, other]).await;
        // What the first relay has of Ann names that relay alone, so Cleo must not find it there.
        let mut cleo = Person::new("Cleo", &[other]).await;
        ann.add(&ben.me.invite).await;
        ben.add(&ann.me.invite).await;
        ben.stands(&ann.id(), ContactState::Mutual).await;
        let words = ann.engine.recovery_phrase(PASSPHRASE).await.unwrap();

        // Ben is away, because somebody who has seen that Ann moved to the second relay looks for her there alone.
        let (ben_id, ben) = (ben.id(), ben.leave().await);
        let mut ann = ann.leave().await.back(&[other]).await;
        ann.engine.block(&ben_id).await.unwrap();
        ann.add(&cleo.me.invite).await;
        cleo.add(&ann.me.invite).await;
        cleo.stands(&ann.id(), ContactState::Mutual).await;
        ann.leave().await;
        let ben = ben.back(&[one, other]).await;
        Self { words, ben, cleo }
    }

    /// Ann comes back while the second relay is silent.
    async fn come_back(&self, config: &Config) -> Person {
        let mut ann = recovered_with(&self.words, config.clone()).await;
        let restored = ann.me.restored.as_ref().expect("the page says how old it is");
        assert_eq!(restored.silent, config.relays[1..]);
        ann.stands(&self.ben.id(), ContactState::Mutual).await;
        assert!(ann.engine.contact(&self.cleo.id()).await.is_err(), "of whom only the other relay knows");
        ann
    }
}

/// Waits until what is said of the restored profile is so.
async fn until(person: &mut Person, is_so: impl Fn(Option<&Restored>) -> bool) {
    while !is_so(person.engine.current().unwrap().restored.as_ref()) {
        person.something_happens("answer of a relay").await;
    }
}

#[tokio::test]
async fn what_a_silent_relay_knew_is_merged_once_it_answers() {
    let (one, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(one.path(), 0).await, relay(folder.path(), 0).await);
    tell(async {
        let mut story = Story::begin(&one, &other).await;
        let (config, port) = (config(&[&one, &other]), other.local().port());
        other.stop().await;
        let mut ann = story.come_back(&config).await;
        let found = ann.me.restored.as_ref().map(|restored| restored.published);
        ann.engine.rename_contact(&story.ben.id(), "Benny").await.unwrap();

        let other = relay(folder.path(), port).await;
        until(&mut ann, |restored| restored.is_some_and(|restored| restored.silent.is_empty())).await;
        let merged = ann.engine.current().unwrap().restored.map(|restored| restored.published);
        assert!(merged > found, "it is newer now");
        let ben = ann.engine.contact(&story.ben.id()).await.unwrap();
        assert_eq!(ben.state, ContactState::Blocked, "what she decided before");
        assert_eq!(ben.petname.as_deref(), Some("Benny"), "what she changed since");
        ann.stands(&story.cleo.id(), ContactState::Mutual).await;

        ann.share("after", &[("a", b"bytes")], &[&story.cleo.id()]).await;
        story.cleo.received("after").await;
        assert_eq!(ann.engine.confirm_restored().await.unwrap().restored, None);
        other.stop().await;
    })
    .await;
    one.stop().await;
}

#[tokio::test]
async fn a_person_can_go_on_without_a_relay_that_stays_silent() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(one.path(), 0).await, relay(other.path(), 0).await);
    tell(async {
        let mut story = Story::begin(&one, &other).await;
        let config = config(&[&one, &other]);
        other.stop().await;
        let mut ann = story.come_back(&config).await;
        let share = ann.share("at last", &[("a", b"bytes")], &[&story.ben.id()]).await;
        assert_eq!(ann.engine.confirm_restored().await.unwrap().restored, None);
        ann.delivered(&share).await;
        story.ben.received("at last").await;
    })
    .await;
    one.stop().await;
}

/// Tries coming back until what the trial says is so: relays get what is new one after the other.
async fn tried(person: &Person, is_so: impl Fn(&[Trial]) -> bool) -> Vec<Trial> {
    let tried = async {
        loop {
            let tried = person.engine.trial().await.unwrap();
            if is_so(&tried) {
                return tried;
            }
        }
    };
    tokio::time::timeout(PATIENCE, tried).await.expect("no such trial")
}

#[tokio::test]
async fn a_trial_tells_from_which_relays_the_words_would_bring_everything_back() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, other) = (relay(one.path(), 0).await, relay(other.path(), 0).await);
    tell(async {
        let mut ann = Person::new("Ann", &[&one, &other]).await;
        let share = ann.share("Lake", &[("a", b"bytes")], &[]).await;
        ann.delivered(&share).await;
        let places = config(&[&one, &other]).relays;
        let passed = tried(&ann, |tried| tried.iter().all(|trial| trial.ok)).await;
        assert_eq!(passed.iter().map(|trial| trial.place.clone()).collect::<Vec<_>>(), places);

        other.stop().await;
        let tried = ann.engine.trial().await.unwrap();
        assert_eq!(tried[0], passed[0], "nothing was published by trying");
        assert_eq!((tried[1].ok, tried[1].reason), (false, Some(TrialFailure::Unreachable)));
        assert_eq!(ann.engine.devices().await.unwrap().len(), 1, "the device that tried is none of hers");
        let status = ann.engine.keeping_status().await.unwrap();
        let times: Vec<_> =
            status.relays.iter().map(|relay| relay.passed.expect("it passed before")).collect();
        assert!(times[0] > times[1], "the first one passed once more");
    })
    .await;
    one.stop().await;
}

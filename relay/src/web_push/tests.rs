use std::collections::VecDeque;

use spinney::{
    crypto::sign::SigningKey,
    net::mailbox::{MAIL, Mail},
};
use tokio::{sync::mpsc, time::timeout};

use super::*;
use crate::store::{Subscription, memory::Memory};

const MINUTE: Duration = Duration::from_secs(60);

/// More pushes than any test has.
const PUSHED: usize = 256;

/// A push service that answers as it is told, and then that it has everything.
struct Played {
    answers: Mutex<VecDeque<Outcome>>,
    pushed: mpsc::Sender<String>,
}

#[async_trait]
impl Push for Played {
    async fn push(&self, endpoint: &Endpoint) -> Outcome {
        self.pushed.send(endpoint.path().to_owned()).await.unwrap();
        if endpoint.host().starts_with("hangs.") {
            std::future::pending::<()>().await;
        }
        self.answers.lock().unwrap().pop_front().unwrap_or(Outcome::Sent)
    }
}

/// The service over a store in memory, with a push service that is played.
struct World {
    store: Arc<Memory>,
    presence: Presence,
    pushed: mpsc::Receiver<String>,
    number: u32,
    _running: JoinSet<()>,
}

impl World {
    fn answering(answers: impl IntoIterator<Item = Outcome>) -> Self {
        let (store, presence) = (Arc::new(Memory::default()), Presence::default());
        let (pushed, asked) = mpsc::channel(PUSHED);
        let client = Arc::new(Played { answers: Mutex::new(answers.into_iter().collect()), pushed });
        let service = Service::new(Parts {
            policy: Policy::new(Arc::default(), store.clone()),
            requests: store.clone(),
            subscriptions: store.clone(),
            presence: presence.clone(),
            client,
            reach: Reach::Public,
            metrics: Arc::default(),
        });
        let mut running = JoinSet::new();
        running.spawn(Arc::new(service).run(store.arrivals()));
        Self { store, presence, pushed: asked, number: 0, _running: running }
    }

    /// A device of an identity that has subscribed. Its endpoint ends in its number.
    async fn subscribed(&self, id: Id, host: &str, path: &str) -> PeerId {
        self.store.open_mailbox(&id).await.unwrap();
        self.store.keeps_root(&id);
        let device = PeerId::random();
        let new = Subscription { device, endpoint: format!("https://{host}{path}"), until: u64::MAX };
        self.store.subscribe(&id, &new).await.unwrap();
        device
    }

    async fn leave_mail(&mut self, to: Id) -> Mail {
        let mut bytes = vec![0; MAIL];
        bytes[..4].copy_from_slice(&self.number.to_be_bytes());
        self.number += 1;
        let mail = Mail::new(bytes.into()).unwrap();
        self.store.deposit(&to, &mail, None).await.unwrap();
        mail
    }

    /// The next push within this time.
    async fn next(&mut self, within: Duration) -> Option<String> {
        timeout(within, self.pushed.recv()).await.ok().flatten()
    }
}

fn id(seed: u8) -> Id {
    SigningKey::from_bytes(&[seed; 32]).verifying_key().into()
}

#[tokio::test(start_paused = true)]
async fn every_device_of_who_has_mail_is_told_and_nobody_else() {
    let mut world = World::answering([]);
    world.subscribed(id(1), "push.example.net", "/phone").await;
    world.subscribed(id(1), "push.example.net", "/laptop").await;
    world.subscribed(id(2), "push.example.net", "/other").await;
    world.leave_mail(id(1)).await;
    let mut told = [world.next(MINUTE).await.unwrap(), world.next(MINUTE).await.unwrap()];
    told.sort();
    assert_eq!(told, ["/laptop", "/phone"]);
    assert_eq!(world.next(60 * MINUTE).await, None);
}

#[tokio::test(start_paused = true)]
async fn what_comes_within_ten_minutes_is_told_together_unless_somebody_has_looked() {
    let mut world = World::answering([]);
    world.subscribed(id(1), "push.example.net", "/phone").await;
    world.leave_mail(id(1)).await;
    assert!(world.next(MINUTE).await.is_some());
    let mut mails = vec![];
    for _ in 0..20 {
        mails.push(world.leave_mail(id(1)).await);
    }
    assert_eq!(world.next(9 * MINUTE).await, None, "not so soon");
    assert!(world.next(2 * MINUTE).await.is_some());
    assert_eq!(world.next(60 * MINUTE).await, None, "once for all of them");

    world.leave_mail(id(1)).await;
    assert!(world.next(MINUTE).await.is_some());
    world.leave_mail(id(1)).await;
    // The person opens the page, which takes everything in, and closes it.
    let all = world.store.mail_after(&id(1), 0).await.unwrap();
    let all: Vec<_> = all.into_iter().map(|(_, bytes)| Mail::new(bytes).unwrap().digest()).collect();
    world.store.discard(&id(1), &all).await.unwrap();
    assert_eq!(world.next(60 * MINUTE).await, None);
}

#[tokio::test(start_paused = true)]
async fn who_is_here_is_not_told_but_who_has_lost_the_line_is() {
    let mut world = World::answering([]);
    world.subscribed(id(1), "push.example.net", "/phone").await;
    let here = world.presence.enter(id(1));
    let mail = world.leave_mail(id(1)).await;
    assert_eq!(world.next(60 * MINUTE).await, None);

    world.store.discard(&id(1), &[mail.digest()]).await.unwrap();
    // The line is dead, and nobody knows yet.
    world.leave_mail(id(1)).await;
    assert_eq!(world.next(MINUTE).await, None);
    drop(here);
    assert!(world.next(3 * MINUTE).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_service_that_asks_to_wait_is_asked_later_and_not_for_ever() {
    let busy = |seconds| Outcome::Later(Some(Duration::from_secs(seconds)));
    let mut world = World::answering([busy(3600), Outcome::Later(None), Outcome::Sent]);
    world.subscribed(id(1), "push.example.net", "/phone").await;
    world.leave_mail(id(1)).await;
    assert!(world.next(MINUTE).await.is_some());
    assert_eq!(world.next(59 * MINUTE).await, None);
    assert!(world.next(2 * MINUTE).await.is_some());
    assert_eq!(world.next(19 * MINUTE).await, None, "twice the first wait");
    assert!(world.next(2 * MINUTE).await.is_some());
    assert_eq!(world.next(600 * MINUTE).await, None);

    let mut world = World::answering(std::iter::repeat_n(busy(1 << 40), 100));
    world.subscribed(id(1), "push.example.net", "/phone").await;
    world.leave_mail(id(1)).await;
    let mut attempts = 0;
    while world.next(24 * 60 * MINUTE).await.is_some() {
        attempts += 1;
    }
    assert_eq!(attempts, limits::WEB_PUSH_ATTEMPTS);
}

#[tokio::test(start_paused = true)]
async fn a_subscription_that_is_gone_is_forgotten_unless_it_was_renewed() {
    let mut world = World::answering([Outcome::Gone]);
    world.subscribed(id(1), "push.example.net", "/phone").await;
    world.leave_mail(id(1)).await;
    assert!(world.next(MINUTE).await.is_some());
    world.leave_mail(id(1)).await;
    assert_eq!(world.next(60 * MINUTE).await, None);
    assert!(world.store.subscriptions(&id(1)).await.unwrap().is_empty());

    let device = world.subscribed(id(1), "push.example.net", "/new").await;
    world.store.unsubscribe(&id(1), &device, Some("https://push.example.net/old")).await.unwrap();
    assert_eq!(world.store.subscriptions(&id(1)).await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_refuses_is_asked_again_only_for_the_next_mail() {
    let mut world = World::answering([Outcome::Refused]);
    world.subscribed(id(1), "push.example.net", "/phone").await;
    world.leave_mail(id(1)).await;
    assert!(world.next(MINUTE).await.is_some());
    assert_eq!(world.next(60 * MINUTE).await, None);
    world.leave_mail(id(1)).await;
    assert!(world.next(MINUTE).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_host_that_hangs_keeps_nobody_else_waiting() {
    let mut world = World::answering([]);
    for seed in 10..100 {
        world.subscribed(id(seed), "hangs.example.net", "/").await;
        world.leave_mail(id(seed)).await;
    }
    for _ in 0..limits::WEB_PUSHES_PER_HOST {
        assert!(world.next(MINUTE).await.is_some());
    }
    assert_eq!(world.next(MINUTE).await, None, "no more at once to one host");
    world.subscribed(id(1), "push.example.net", "/phone").await;
    world.leave_mail(id(1)).await;
    assert_eq!(world.next(MINUTE).await.as_deref(), Some("/phone"));
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_should_not_be_there_is_not_asked() {
    let mut world = World::answering([]);
    world.subscribed(id(1), "localhost", "/phone").await;
    world.leave_mail(id(1)).await;
    assert_eq!(world.next(60 * MINUTE).await, None);
}

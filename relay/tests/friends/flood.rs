//! Floods of requests, and what others notice of them.

use bytes::Bytes;
use futures::{StreamExt, stream};
use libp2p::PeerId;
use libp2p::identity::Keypair;
use spinney::engine::api::{Asked, ContactState};
use spinney::format::Cid;
use spinney::format::profile::Kem;
use spinney::keys::{KEM_EPOCH, Phrase, Ring};
use spinney::net::bitswap::Blocks;
use spinney::net::mailbox::{Mail, Refusal};
use spinney::net::{Args, CallError, Net, RelayAddr, exchange};
use spinney::platform;
use spinney::social::request::{MAX_WAITING, ask};
use spinney::social::share::Recipient;

use crate::person::{PASSPHRASE, Person, friends, relay, tell};

/// Senders, each with a device and a request of their own.
const FLOOD: u32 = 600;

/// Of them at once.
const AT_ONCE: usize = 8;

#[tokio::test]
async fn a_flood_of_requests_leaves_its_target_and_others_usable() {
    let folder = tempfile::tempdir().unwrap();
    let relay = relay(folder.path(), 0).await;
    tell(async {
        let (mut ann, ben) = friends("Ann", "Ben", &relay).await;
        let invite = ann.engine.new_invite().await.unwrap();
        let words = ann.engine.recovery_phrase(PASSPHRASE).await.unwrap();
        let address = RelayAddr::own(&relay.addresses()[0].to_string()).unwrap();
        let (left, full) = flood(&address, &keys(&words)).await;
        assert!(left + full == FLOOD as usize && left >= 256, "{left} were left, {full} found it full");
        let shown = left.min(MAX_WAITING);
        while ann.engine.requests().await.unwrap().len() < shown {
            ann.something_happens("request").await;
        }

        // Friends, the invited and strangers to others notice nothing.
        ben.share("as ever", &[("a", b"bytes")], &[&ann.id()]).await;
        ann.received("as ever").await;
        let mut cleo = Person::new("Cleo", &[&relay]).await;
        let mut dan = Person::new("Dan", &[&relay]).await;
        cleo.add(&invite).await;
        ann.stands(&cleo.id(), ContactState::Mutual).await;
        dan.add(&cleo.me.invite).await;
        dan.has_asked(&cleo.id(), Asked::Left).await;
        cleo.is_asked_by("Dan").await;
        assert_eq!(ann.engine.requests().await.unwrap().len(), shown);

        // What found no room waits in the mailbox until there is some.
        let answered = left - shown;
        for request in ann.engine.requests().await.unwrap().iter().take(answered) {
            ann.engine.decline(&request.id).await.unwrap();
        }
        let mut ann = ann.leave().await.back(&[&relay]).await;
        while ann.engine.requests().await.unwrap().len() < shown {
            ann.something_happens("request that waited").await;
        }
    })
    .await;
    relay.stop().await;
}

/// Leaves requests of people who do not exist; says how many were left and how many found the mailbox full.
async fn flood(relay: &RelayAddr, to: &Recipient) -> (usize, usize) {
    let device = Keypair::generate_ed25519();
    let (net, events) = Net::start(Args { device, blocks: Nothing, direct: None }).unwrap();
    // Events that nobody takes are replaced by one.
    drop(events);
    let nowhere = format!("/ip4/127.0.0.1/tcp/1/ws/p2p/{}", PeerId::random());
    let outcomes = stream::iter(0..FLOOD).map(|number| {
        let seed = [&number.to_be_bytes()[..], &[7; 28]].concat().try_into().unwrap();
        let sender = Ring::from_phrase(&Phrase::from_bytes(seed));
        let (now, relays) = (platform::now_ms(), [nowhere.clone()]);
        let mail = ask(&sender, to, "let me in", &relays, None, None, now).unwrap();
        let net = &net;
        async move { net.deposit(relay, to.id, &Mail::new(mail.into()).unwrap(), None).await }
    });
    let outcomes: Vec<_> = outcomes.buffer_unordered(AT_ONCE).collect().await;
    let mut counts = (0, 0);
    for outcome in outcomes {
        match outcome {
            Ok(()) => counts.0 += 1,
            Err(CallError::Exchange(exchange::Error::Refused(Refusal::Full))) => counts.1 += 1,
            Err(other) => panic!("{other}"),
        }
    }
    counts
}

/// The keys of the person who has these words.
fn keys(words: &str) -> Recipient {
    let ring = Ring::from_phrase(&Phrase::from_words(words).unwrap());
    let kem = Kem { epoch: KEM_EPOCH, key: ring.kem(KEM_EPOCH).public() };
    Recipient { id: ring.id(), kem, label: ring.label().public() }
}

/// A device without blocks.
#[derive(Clone)]
struct Nothing;

impl Blocks for Nothing {
    async fn allowed(&self, _: PeerId, _: Cid) -> bool {
        false
    }

    async fn has(&self, _: Cid) -> bool {
        false
    }

    async fn get(&self, _: Cid) -> Option<Bytes> {
        None
    }
}
